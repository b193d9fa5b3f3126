/** Faults of derivative rules: each op's record is changed in one place while the program runs, and put back. */
import { type Masked, materialize, unmasked } from "../../graph/derivatives/masked.js";
import { fullLike } from "../../graph/elementwise.js";
import { type Expr, multiply, negative } from "../../graph/index.js";
import type {
  Application,
  Derivative,
  Factor,
  ForwardReverse,
  MaskedRules,
  Op,
  Partials,
  Tangent,
  Transpose,
} from "../../graph/op.js";
import { logicalNot } from "../../graph/ops/comparison.js";
import { sameShape } from "../../graph/shape.js";

export interface Mutant {
  readonly op: Op;
  /** Such as `∂/∂b negated`. */
  readonly fault: string;
  /** Whether the fault has changed anything that was computed since it was planted. */
  touched(): boolean;
  plant(): void;
  remove(): void;
}

/** What can be wrong with a value. */
const valueFaults: Readonly<Record<string, (value: Expr) => Expr>> = {
  negated: (value) => negative(value) as Expr,
  doubled: (value) => multiply(value, 2) as Expr,
  halved: (value) => multiply(value, 0.5) as Expr,
  "off by 0.1 %": (value) => multiply(value, 1.001) as Expr,
  zero: (value) => fullLike(value, 0),
};

type Change<D> = (rule: D, touch: () => void) => Partial<D>;

function mutant<D extends Derivative>(op: Op, fault: string, change: Change<D>): Mutant {
  // Records are frozen, their derivatives aren't: their properties are exchanged, so that all who hold one see it.
  const rule = op.derivative as D;
  const original = { ...rule };
  let isTouched = false;
  return {
    op,
    fault,
    touched: () => isTouched,
    plant: () => {
      isTouched = false;
      Object.assign(
        rule,
        change(original, () => {
          isTouched = true;
        }),
      );
    },
    remove: () => {
      for (const key of Object.keys(rule))
        if (!(key in original)) delete (rule as unknown as Record<string, unknown>)[key];
      Object.assign(rule, original);
    },
  };
}

const letter = (operand: number) => String.fromCharCode(97 + operand);

/** All single faults of an op's derivative. */
export function mutantsOf(op: Op): Mutant[] {
  switch (op.derivative.kind) {
    case "partials":
      return partialsMutants(op, op.domains.length);
    case "transpose":
      return transposeMutants(op, op.domains.length);
    case "tangent":
      return tangentMutants(op, op.domains.length);
    case "forwardReverse":
      return bodyMutants(op);
    case "masked":
      return maskedMutants(op);
    case "constant":
      return constantMutants(op, op.domains.length);
    default:
      throw new Error(`No faults are known for ${op.name}: ${op.derivative satisfies never}`);
  }
}

type MaskedFactor = Extract<Factor, { readonly mask: Expr }>;

const isMasked = (partial: Factor): partial is MaskedFactor =>
  typeof partial === "object" && "mask" in partial;

function omitKink({ value, mask, taint }: MaskedFactor): MaskedFactor {
  return taint ? { value, mask, taint } : { value, mask };
}

/** The value of a partial, as an expression. */
function valueOfPartial(partial: Factor, { result }: Application): Expr {
  const value = isMasked(partial) ? partial.value : partial;
  return typeof value === "number" ? fullLike(result, value) : (value as Expr);
}

function partialsMutants(op: Op, arity: number): Mutant[] {
  const list: Mutant[] = [];
  /** One operand's partial becomes another, or none. */
  const change = (
    operand: number,
    fault: string,
    map: (
      partial: Factor,
      application: Application,
      all: ReturnType<Partials["partials"]>,
    ) => Factor | undefined,
  ) =>
    list.push(
      mutant<Partials>(op, `∂/∂${letter(operand)} ${fault}`, ({ partials }, touch) => ({
        partials: (application) => {
          const all = partials(application);
          return all.map((thunk, i) => {
            if (i !== operand || !thunk) return thunk;
            const right = thunk();
            const wrong = map(right, application, all);
            if (wrong !== right) touch();
            return wrong === undefined ? undefined : () => wrong;
          });
        },
      })),
    );
  for (let operand = 0; operand < arity; operand++) {
    for (const [fault, apply] of Object.entries(valueFaults)) {
      change(operand, fault, (partial, application) => {
        // Any of it times 0 is 0.
        if (isMasked(partial) && partial.value === 0) return partial;
        const value = apply(valueOfPartial(partial, application));
        return isMasked(partial) ? { ...partial, value } : value;
      });
    }
    list.push(
      mutant<Partials>(op, `∂/∂${letter(operand)} made up`, ({ partials }, touch) => ({
        partials: (application) => {
          const all = partials(application);
          if (all[operand]) return all;
          touch();
          return Array.from({ length: arity }, (_, i) => (i === operand ? () => 1 : all[i]));
        },
      })),
    );
    change(operand, "absent", () => undefined);
    change(operand, "without its mask", (partial) => (isMasked(partial) ? (partial.value as Expr) : partial));
    change(operand, "with its mask inverted", (partial) =>
      isMasked(partial) ? { ...partial, mask: logicalNot(partial.mask) as Expr } : partial,
    );
    change(operand, "without its kink", (partial) =>
      isMasked(partial) && partial.kink ? omitKink(partial) : partial,
    );
    for (let other = 0; other < arity; other++) {
      if (other === operand) continue;
      change(operand, `taken from ∂/∂${letter(other)}`, (partial, _application, all) => {
        const taken = all[other]?.();
        // Two equal numbers: nothing has changed.
        return taken === undefined || taken === partial ? partial : taken;
      });
    }
  }
  return list;
}

/** A derivative where there should be none. */
function constantMutants(op: Op, arity: number): Mutant[] {
  return Array.from({ length: arity }, (_, operand) =>
    mutant<Derivative>(op, `∂/∂${letter(operand)} made up`, (_original, touch) => ({
      kind: "partials",
      partials: () => {
        touch();
        return Array.from({ length: arity }, (_, i) => (i === operand ? () => 1 : undefined));
      },
    })),
  );
}

function transposeMutants(op: Op, arity: number): Mutant[] {
  const list: Mutant[] = [];
  const rule = op.derivative as Transpose;
  const change = (
    operand: number,
    fault: string,
    transpose: (original: Transpose["transpose"], ...given: Parameters<Transpose["transpose"]>) => Expr,
  ) =>
    list.push(
      mutant<Transpose>(op, `transpose for ${letter(operand)} ${fault}`, (original, touch) => ({
        transpose: (adjoint, i, application) => {
          const right = original.transpose(adjoint, i, application);
          if (i !== operand) return right;
          const wrong = transpose(original.transpose, adjoint, i, application);
          if (wrong.id === right.id || !sameShape(wrong.shape, right.shape)) return right;
          touch();
          return wrong;
        },
      })),
    );
  for (let operand = 0; operand < arity; operand++) {
    for (const [fault, apply] of Object.entries(valueFaults))
      change(operand, fault, (original, ...given) => apply(original(...given)));
    for (let other = 0; other < arity; other++) {
      if (other === operand) continue;
      change(operand, `taken from that for ${letter(other)}`, (original, adjoint, _i, application) =>
        original(adjoint, other, application),
      );
    }
  }
  const flag = (fault: string, flags: Partial<Transpose>) =>
    list.push(
      mutant<Transpose>(op, fault, (_original, touch) => {
        touch();
        return flags;
      }),
    );
  list.push(...usedMutants(op));
  if (rule.carries) flag("drops masks", { carries: false });
  if (rule.sparse) flag("claims to cover its operand", { sparse: false });
  if (arity > 1) {
    flag(`linear ${rule.linear === "each" ? "jointly" : "each"}`, {
      linear: rule.linear === "each" ? "jointly" : "each",
    });
  }
  return list;
}

function tangentMutants(op: Op, arity: number): Mutant[] {
  const list = Object.entries(valueFaults).map(([fault, apply]) =>
    mutant<Tangent>(op, `tangent ${fault}`, ({ tangent }, touch) => ({
      tangent: (...given) => {
        touch();
        return apply(tangent(...given));
      },
    })),
  );
  for (let operand = 0; arity > 1 && operand < arity; operand++) {
    list.push(
      mutant<Tangent>(op, `tangent without that of ${letter(operand)}`, ({ tangent }, touch) => ({
        tangent: (tangents, application) => {
          const others = tangents.map((one, i) => (i === operand ? undefined : one));
          if (others.every((one) => one === undefined)) return tangent(tangents, application);
          touch();
          return tangent(others, application);
        },
      })),
    );
  }
  return list;
}

/** What a rule says of the elements of operands that are used. */
function usedMutants(op: Op): Mutant[] {
  const faults: Readonly<Record<string, (mask: Expr) => Expr | undefined>> = {
    "doesn't say what is used": () => undefined,
    "says the opposite of what is used": (mask) => logicalNot(mask) as Expr,
    "says that nothing is used": (mask) => fullLike(mask, 0),
  };
  if (!("mask" in op.derivative)) return [];
  return Object.entries(faults).map(([fault, apply]) =>
    mutant<Transpose | ForwardReverse>(op, fault, (original, touch) => ({
      mask: (operand: number, application: Application) => {
        const mask = original.mask!(operand, application);
        if (mask) touch();
        return mask && apply(mask);
      },
    })),
  );
}

function bodyMutants(op: Op): Mutant[] {
  const list: Mutant[] = usedMutants(op);
  for (const [fault, apply] of Object.entries(valueFaults)) {
    list.push(
      mutant<ForwardReverse>(op, `tangent ${fault}`, ({ forward }, touch) => ({
        forward: (...given) => {
          touch();
          return apply(forward(...given));
        },
      })),
    );
    // Operands beyond those that have a domain of their own are found by what arrives.
    for (let operand = 0; operand < 3; operand++) {
      list.push(
        mutant<ForwardReverse>(op, `adjoint of ${letter(operand)} ${fault}`, ({ reverse }, touch) => ({
          reverse: (...given) =>
            reverse(...given).map((one, i) => {
              if (!one || i !== operand) return one;
              touch();
              return apply(one);
            }),
        })),
      );
    }
  }
  return list;
}

/** The same faults, in rules that take and give masks, and masks that are lost. */
function maskedMutants(op: Op): Mutant[] {
  const list: Mutant[] = [];
  const faults: Readonly<Record<string, (one: Masked) => Masked>> = {
    ...Object.fromEntries(
      Object.entries(valueFaults).map(([fault, apply]) => [
        fault,
        ({ value, ...rest }: Masked) => ({ ...rest, value: apply(value) }),
      ]),
    ),
    "without its mask": (one) => (one.mask ? unmasked(materialize(one)) : one),
  };
  for (const [fault, apply] of Object.entries(faults)) {
    const wrong = (one: Masked | undefined, touch: () => void) => {
      const other = one && apply(one);
      if (other !== one) touch();
      return other;
    };
    list.push(
      mutant<MaskedRules>(op, `tangent ${fault}`, ({ forward }, touch) => ({
        forward: (...given) => wrong(forward(...given), touch),
      })),
    );
    // Operands beyond those that have a domain of their own are found by what arrives.
    for (let operand = 0; operand < 3; operand++) {
      list.push(
        mutant<MaskedRules>(op, `adjoint of ${letter(operand)} ${fault}`, ({ reverse }, touch) => ({
          reverse: (...given) => reverse(...given).map((one, i) => (i === operand ? wrong(one, touch) : one)),
        })),
      );
    }
  }
  return list;
}
