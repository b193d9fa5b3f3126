/**
 * What isn't used never changes a value or a derivative, whatever it holds. Which elements of operands an element of a
 * result depends on is found by moving them far; all others are then filled with numbers that spoil what they touch.
 */
import {
  cbrt,
  compile,
  concatenate,
  type Expr,
  grad,
  hvp,
  jvp,
  multiply,
  reshape,
  sum,
  type Traced,
  tensor,
  trace,
  where,
} from "../../graph/index.js";
import { constant } from "../../graph/ops/constant.js";
import { type Call, type Given, usualOf } from "./calls.js";
import { along, flatten, type Objective, operandName } from "./differences.js";

const fillers: readonly number[] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1e300];

/** Moves that no element that matters survives unseen: small, large, of both signs. */
const moves = [0.013, 1e3, -1e3, -0.37, 7.3, 0.51];

type Plain = (inputs: object) => unknown;
type Values = readonly (readonly number[])[];

/** Shapes of the operands by their names. */
function inputsOf({ operands }: Call): Record<string, { shape: readonly number[] }> {
  return Object.fromEntries(operands.map(({ shape }, i) => [operandName(i), tensor(shape)]));
}

/** All that a call gives, as one vector. */
export function resultOf(call: Call, operands: readonly Expr[]): Expr {
  const made = call.build(...operands);
  const list = (Array.isArray(made) ? made : [made]) as readonly Expr[];
  return concatenate(list.map((one) => reshape(one, [-1]) as Expr));
}

/** The operands that may move. */
export function movingOf({ operands }: Call): readonly number[] {
  return operands.flatMap(({ values }, i) => (values ? [] : [i]));
}

export function given(call: Call, values: Values): Record<string, unknown> {
  return Object.fromEntries(
    values.map((list, i) => [operandName(i), call.operands[i]!.shape.length === 0 ? list[0]! : list]),
  );
}

/** Calls in which what isn't used isn't told by moving it, and why. */
const skipped: Readonly<Record<string, string>> = {
  any: "it asks what an element is, which has no derivative",
  all: "it asks what an element is, which has no derivative",
  isFinite: "it asks what an element is, which has no derivative",
  isNaN: "it asks what an element is, which has no derivative",
};

/** Calls of which one element uses more than moves tell: all that it shares a result with, directly or not. */
const mixed: Readonly<Record<string, string>> = {
  cholesky: "the factor of a matrix is used as a whole: the rule mixes its elements",
  qr: "the factors of a matrix are used as a whole: the rule mixes their elements",
  triangularSolve: "a solution is used as a whole column: the rule mixes its elements",
};

/** Elements that share a result with used ones are used, too, and so on. */
function close(depends: readonly boolean[][][]): boolean[][][] {
  let closed = depends.map((of) => of.map((list) => [...list]));
  const share = (a: boolean[][], b: boolean[][]) =>
    a.some((list, i) => list.some((one, k) => one && b[i]![k]));
  for (let changes = true; changes; ) {
    changes = false;
    closed = closed.map((own) =>
      own.map((list, i) =>
        list.map((one, k) => {
          const next = one || closed.some((other) => other[i]![k] && share(own, other));
          changes ||= next !== one;
          return next;
        }),
      ),
    );
  }
  return closed;
}

/** Which elements of the operands (operand, place) each element of the result depends on. */
function dependence(call: Call, usual: Values): boolean[][][] {
  const f = trace(inputsOf(call), (named) =>
    resultOf(call, Object.values(named as Record<string, Expr>)),
  ) as Plain;
  const before = flatten(f(given(call, usual)));
  const depends = before.map(() => usual.map((list) => list.map(() => false)));
  for (const i of movingOf(call)) {
    usual[i]!.forEach((x, k) => {
      for (const by of moves) {
        const moved = usual.with(i, usual[i]!.with(k, x + by));
        flatten(f(given(call, moved))).forEach((y, j) => {
          if (!Object.is(y, before[j])) depends[j]![i]![k] = true;
        });
      }
    });
  }
  return depends;
}

/** What stands between the inputs and the call. */
interface Inner {
  readonly of: (x: Expr) => Expr;
  readonly inverse: (x: number) => number;
  readonly fillers: readonly number[];
}

const inners: Readonly<Record<string, Inner>> = {
  inputs: { of: (x) => x, inverse: (x) => x, fillers },
  // Infinitely steep at 0.
  roots: { of: (x) => cbrt(x) as Expr, inverse: (x) => x ** 3, fillers: [0, Number.NaN] },
};

interface Form {
  readonly name: string;
  readonly runs: readonly (readonly [engine: string, run: Plain])[];
  /** Whether its numbers are those of the operands that move, element by element. */
  readonly byElement: boolean;
}

/** The value and derivatives of orders 1 and 2 of Σ where(use, y, 0), in both modes and both ways to run. */
function formsOf(call: Call, sizes: readonly number[], size: number, inner: Inner): Form[] {
  const moving = movingOf(call);
  const names = moving.map(operandName);
  const f = trace({ ...inputsOf(call), use: tensor([size]) }, ({ use, ...named }) => {
    const given = Object.values(named as Record<string, Expr>);
    const y = resultOf(
      call,
      given.map((x, i) => (moving.includes(i) ? inner.of(x) : x)),
    );
    return sum(where(use as Expr, multiply(weightsOf(size), y), 0) as Expr);
  }) as Objective;
  const form = (name: string, g: unknown, byElement: boolean): Form => ({
    name,
    byElement,
    runs: [
      ["interpreted", g as Plain],
      ["compiled", compile(g as never) as Plain],
    ],
  });
  if (names.length === 0) return [form("value", f, false)];
  const direction = Object.fromEntries(names.map((name, k) => [name, directionOf(sizes[k]!, k)]));
  const tangent = (g: Objective): Objective => {
    const along = jvp(g, ...(names as never[])) as (inputs: object) => { tangent: Expr };
    const inputs = Object.fromEntries(g.graph.inputs.map(({ name, shape }) => [name, tensor(shape)]));
    return trace(inputs, (exprs) => {
      const by = names.map((name) => {
        const { builder, shape } = (exprs as Record<string, Expr>)[name]!;
        return [`tangent.${name}`, constant(builder, direction[name]!, shape)] as const;
      });
      return along({ ...exprs, ...Object.fromEntries(by) }).tangent;
    }) as Objective;
  };
  const gradOf = (g: Objective) => grad(g, ...(names as never[]));
  const forward = tangent(f);
  return [
    form("value", f, false),
    form("gradient", gradOf(f), true),
    form("tangent", forward, false),
    form("tangent of the tangent", tangent(forward), false),
    form("gradient of the tangent", gradOf(forward), true),
    form("gradient of the slope", gradOf(along(f, direction)), true),
    form("tangent of the slope", tangent(along(f, direction)), false),
    form("Hessian product", hessianProduct(f, names, direction), true),
  ];
}

function hessianProduct(
  f: Objective,
  names: readonly string[],
  direction: Readonly<Record<string, readonly number[]>>,
): Traced {
  const product = hvp(f, ...(names as never[])) as unknown as (inputs: object) => never;
  const inputs = Object.fromEntries(f.graph.inputs.map(({ name, shape }) => [name, tensor(shape)]));
  return trace(inputs, (exprs) => {
    const by = names.map((name) => {
      const { builder, shape } = (exprs as Record<string, Expr>)[name]!;
      return [`tangent.${name}`, constant(builder, direction[name]!, shape)] as const;
    });
    return product({ ...exprs, ...Object.fromEntries(by) });
  }) as Traced;
}

export const directionOf = (size: number, k: number): number[] =>
  Array.from({ length: size }, (_, i) => Math.sin(1 + 3 * k + 7 * i));

/** Gradients of what is used alone are those of a product with 1 for it and 0 for all else: one line each that isn't. */
function gradientFaults(
  call: Call,
  form: Form,
  inner: Inner,
  uses: readonly (readonly number[])[],
  at: Values,
): string[] {
  const moving = movingOf(call);
  const size = uses[0]!.length;
  const f = trace({ ...inputsOf(call), use: tensor([size]) }, ({ use, ...named }) => {
    const operands = Object.values(named as Record<string, Expr>);
    const y = resultOf(
      call,
      operands.map((x, i) => (moving.includes(i) ? inner.of(x) : x)),
    );
    return sum(multiply(use as Expr, multiply(weightsOf(size), y)) as Expr);
  });
  const plain = grad(f, ...(moving.map(operandName) as never[])) as Plain;
  return uses.flatMap((use) => {
    const [expected, actual] = [plain, form.runs[0]![1]].map((run) =>
      flatten(run({ ...given(call, at), use })),
    ) as [number[], number[]];
    const isRight = actual.every((x, n) => !(Math.abs(x - expected[n]!) > 1e-10 * (1 + Math.abs(x))));
    return isRight ? [] : [`${call.name}: ${form.name}, use ${use}: ${actual} instead of ${expected}`];
  });
}

const weightsOf = (size: number): number[] => Array.from({ length: size }, (_, i) => Math.cos(1 + i));

/** What of a call changes because of what isn't used: one line each. */
export function unusedFaults(
  call: Call,
  {
    inner = "inputs",
    every = 1,
    draw = 0,
  }: { inner?: "inputs" | "roots"; every?: number; draw?: number } = {},
): string[] {
  if (call.name in skipped || call.op?.isTruth) return [];
  const usual = call.operands.map((one: Given, i) => usualOf(one, 1 + i));
  const moved = dependence(call, usual);
  const isMixed = call.name in mixed;
  const depends = isMixed ? close(moved) : moved;
  const size = depends.length;
  const moving = movingOf(call);
  const sizes = moving.map((i) => usual[i]!.length);
  const { inverse, fillers } = inners[inner]!;
  const forms = formsOf(call, sizes, size, inners[inner]!);
  const none = new Array<number>(size).fill(0);
  const units = none.map((_, j) => none.with(j, 1));
  const some = isMixed ? units.filter((_, j) => depends[j]!.some((list) => list.includes(true))) : units;
  const at = usual.map((list, i) => (moving.includes(i) ? list.map(inverse) : list));
  const gradient = forms.find(({ name }) => name === "gradient");
  const faults = gradient ? gradientFaults(call, gradient, inners[inner]!, some.slice(0, 3), at) : [];
  [none, ...some, none.map(() => 1)].forEach((use, which) => {
    if ((which + draw) % every !== 0) return;
    const used = usual.map((list, i) => list.map((_, k) => use.some((one, j) => one && depends[j]![i]![k])));
    if (moving.every((i) => used[i]!.every(Boolean))) return;
    const places = moving.flatMap((i) => used[i]!);
    for (const { name, runs, byElement } of forms) {
      for (const [engine, run] of runs) {
        const expected = flatten(run({ ...given(call, at), use }));
        for (const filler of fillers) {
          const filled = at.map((list, i) =>
            list.map((x, k) => (moving.includes(i) && !used[i]![k] ? filler : x)),
          );
          const actual = flatten(run({ ...given(call, filled), use }));
          const isRight = actual.every(
            (x, n) => Object.is(x + 0, expected[n]! + 0) && (!byElement || places[n] || x === 0),
          );
          if (isRight) continue;
          faults.push(
            `${call.name} of ${inner}: ${name}, ${engine}, use ${use}, filled with ${filler}: ${actual} instead of ${expected}`,
          );
        }
      }
    }
  });
  return faults;
}
