/**
 * Reverse mode, Graph → Graph: one walk from the results to the inputs. Each op's derivative writes new nodes, so the
 * gradient is a graph like any other and can be differentiated again.
 *
 * An adjoint is a pair {value, mask}. Where the mask is 0 there is no adjoint at all, whatever the value says, so that
 * an infinite factor can't turn a branch not taken into NaN. An adjoint that is absent everywhere is `undefined`.
 */
import { fullLike } from "./elementwise.js";
import { type Builder, type Expr, type Node, nodeOf } from "./node.js";
import type { Application, Partial } from "./op.js";
import { add, multiply, negative } from "./ops/arithmetic.js";
import { logicalAnd, logicalOr, where } from "./ops/comparison.js";
import { input, uniformValue } from "./ops/constant.js";
import { coversAll, isAssembled, mergeAssembled } from "./ops/indexing.js";

export interface Adjoint {
  readonly value: Expr;
  /** Absent where 0; `undefined`: present everywhere. */
  readonly mask?: Expr | undefined;
  /** Whether `value` is 0 wherever `mask` is. */
  readonly clean: boolean;
}

/** The adjoint's value, 0 where it is absent. */
export function materialize({ value, mask, clean }: Adjoint): Expr {
  return mask === undefined || clean ? value : (where(mask, value, fullLike(value, 0)) as Expr);
}

/**
 * The adjoints of `inputs`, given those of results (pairs, since two results may be one node). All belong to
 * `builder`, whose nodes are extended. `inputs` are leaves.
 */
export function pullback(
  builder: Builder,
  results: readonly (readonly [result: Expr, adjoint: Adjoint])[],
  inputs: readonly Expr[],
): (Adjoint | undefined)[] {
  const low = inputs.reduce((least, { id }) => Math.min(least, id), builder.nodes.length);
  const high = results.reduce((most, [{ id }]) => Math.max(most, id), -1);
  const active = dependents(builder.nodes, inputs, low, high);
  // By node, from `low` on: what has arrived so far.
  const arrived = new Array<Adjoint | Adjoint[] | undefined>(Math.max(0, high - low + 1)).fill(undefined);
  const contribute = (id: number, adjoint: Adjoint) => {
    const present = arrived[id - low];
    if (present === undefined) arrived[id - low] = adjoint;
    else if (Array.isArray(present)) present.push(adjoint);
    else arrived[id - low] = [present, adjoint];
  };
  for (const [{ id }, adjoint] of results) {
    if (id >= low && active[id - low]) contribute(id, adjoint);
  }
  const found = new Map<number, Adjoint>();
  const wanted = new Set(inputs.map(({ id }) => id));
  for (let id = high; id >= low; id--) {
    const present = arrived[id - low];
    if (present === undefined) continue;
    arrived[id - low] = undefined;
    const adjoint = Array.isArray(present) ? combine(present) : present;
    if (wanted.has(id)) found.set(id, adjoint);
    else
      propagate(builder, id, adjoint, (operand) => operand >= low && active[operand - low] === 1, contribute);
  }
  return inputs.map(({ id }) => found.get(id));
}

/** 1 for each node from `low` to `high` that depends on `inputs` by a derivative. */
function dependents(nodes: readonly Node[], inputs: readonly Expr[], low: number, high: number): Uint8Array {
  const active = new Uint8Array(Math.max(0, high - low + 1));
  for (const { id } of inputs) if (id <= high) active[id - low] = 1;
  for (let id = low; id <= high; id++) {
    const { op, operands } = nodes[id]!;
    if (op.derivative.kind === "constant") continue;
    for (let i = 0; i < operands.length; i++) {
      if (operands[i]! >= low && active[operands[i]! - low]) {
        active[id - low] = 1;
        break;
      }
    }
  }
  return active;
}

/** Sends the adjoint of a node to those of its operands that matter. */
function propagate(
  builder: Builder,
  id: number,
  adjoint: Adjoint,
  matters: (operand: number) => boolean,
  contribute: (id: number, adjoint: Adjoint) => void,
): void {
  const { op, operands: ids, params, shape } = builder.nodes[id]!;
  const operands = ids.map((operand) => builder.expr(operand));
  const application: Application = { operands, params, result: builder.expr(id) };
  const { derivative } = op;
  switch (derivative.kind) {
    case "partials": {
      const partials = derivative.partials(application);
      ids.forEach((operand, i) => {
        const partial = partials[i];
        if (partial && matters(operand)) contribute(operand, scale(adjoint, partial()));
      });
      return;
    }
    case "transpose": {
      const value = materialize(adjoint);
      ids.forEach((operand, i) => {
        if (!matters(operand)) return;
        const transposed = derivative.transpose(value, i, application);
        const present = adjoint.mask ?? (derivative.sparse ? fullLike(value, 1) : undefined);
        const mask =
          derivative.carries && present ? derivative.transpose(present, i, application) : undefined;
        contribute(operand, { value: transposed, mask, clean: true });
      });
      return;
    }
    case "tangent": {
      // The rule is linear in the tangents: it is written down for placeholders, and that piece is pulled back.
      const tangents = ids.map((operand, i) =>
        matters(operand) ? input(builder, -1 - builder.nodes.length, operands[i]!.shape) : undefined,
      );
      const tangent = derivative.tangent(tangents, application);
      const placeholders = tangents.filter((placeholder) => placeholder !== undefined);
      const pulled = pullback(builder, [[tangent, adjoint]], placeholders);
      let next = 0;
      ids.forEach((operand, i) => {
        const arrived = tangents[i] && pulled[next++];
        if (arrived) contribute(operand, arrived);
      });
      return;
    }
    case "constant":
      return;
    default:
      throw new Error(`No rule for the derivative of ${op.name} ${shape}: ${derivative satisfies never}`);
  }
}

/** The adjoint times a factor. */
export function scale(adjoint: Adjoint, partial: Partial): Adjoint {
  if (typeof partial !== "number" && "mask" in partial) {
    const mask = adjoint.mask === undefined ? partial.mask : (logicalAnd(adjoint.mask, partial.mask) as Expr);
    return { value: times(adjoint.value, partial.value), mask, clean: false };
  }
  const finite = typeof partial === "number";
  return {
    value: times(adjoint.value, partial),
    mask: adjoint.mask,
    clean: adjoint.mask === undefined || (adjoint.clean && finite),
  };
}

function times(value: Expr, factor: Expr | number): Expr {
  if (factor === 1) return value;
  return (factor === -1 ? negative(value) : multiply(value, factor)) as Expr;
}

/** The sum of adjoints. Pieces of one tensor are assembled at once, so that n slices of it cost n, not n². */
function combine(adjoints: readonly Adjoint[]): Adjoint {
  const values = adjoints.map(materialize);
  const pieces = values.filter(isAssembled);
  const sum = values.filter((value) => !isAssembled(value));
  if (pieces.length > 0) sum.push(mergeAssembled(pieces));
  return {
    value: sum.reduce((left, right) => add(left, right) as Expr),
    mask: union(adjoints.map(({ mask }) => mask)),
    clean: true,
  };
}

/** Present where one of them is; `undefined`: everywhere. */
function union(masks: readonly (Expr | undefined)[]): Expr | undefined {
  const present = masks.filter((mask) => mask !== undefined);
  if (present.length < masks.length) return undefined;
  const pieces = present.filter(isAssembled);
  const rest = present.filter((mask) => !isAssembled(mask));
  if (pieces.length > 0) {
    const merged = mergeAssembled(pieces);
    if (isEverywhere(merged)) return undefined;
    rest.push(merged);
  }
  return rest.reduce((left, right) => logicalOr(left, right) as Expr);
}

/** Whether an assembled mask leaves nothing out: its parts are true and cover the tensor. */
function isEverywhere(mask: Expr): boolean {
  const { builder } = mask;
  return nodeOf(mask).operands.every((part) => uniformValue(builder.expr(part)) === 1) && coversAll(mask);
}
