/**
 * Reverse mode, Graph → Graph: one walk from the results to the inputs. Each op's derivative writes new nodes, so the
 * gradient is a graph like any other and can be differentiated again.
 */
import { fullLike } from "../elementwise.js";
import type { Builder, Expr, Node } from "../node.js";
import type { Application } from "../op.js";
import { placeholder } from "../placeholder.js";
import { sizeOf } from "../shape.js";
import { combine, following, type Masked, materialize, scale, zeroed } from "./masked.js";

/**
 * The adjoints of `inputs`, given those of results (pairs, since two results may be one node). All belong to
 * `builder`, whose nodes are extended. `inputs` are leaves.
 */
export function pullback(
  builder: Builder,
  results: readonly (readonly [result: Expr, adjoint: Masked])[],
  inputs: readonly Expr[],
): (Masked | undefined)[] {
  const low = inputs.reduce((least, { id }) => Math.min(least, id), builder.nodes.length);
  const high = results.reduce((most, [{ id }]) => Math.max(most, id), -1);
  const active = dependents(builder.nodes, inputs, low, high);
  // By node, from `low` on: what has arrived so far.
  const arrived = new Array<Masked | Masked[] | undefined>(Math.max(0, high - low + 1)).fill(undefined);
  const contribute = (id: number, adjoint: Masked) => {
    const present = arrived[id - low];
    if (present === undefined) arrived[id - low] = adjoint;
    else if (Array.isArray(present)) present.push(adjoint);
    else arrived[id - low] = [present, adjoint];
  };
  for (const [{ id }, adjoint] of results) {
    if (id >= low && active[id - low]) contribute(id, adjoint);
  }
  const found = new Map<number, Masked>();
  const wanted = new Set(inputs.map(({ id }) => id));
  for (let id = high; id >= low; id--) {
    const present = arrived[id - low];
    if (present === undefined) continue;
    arrived[id - low] = undefined;
    const adjoint = Array.isArray(present) ? combine(present) : present;
    builder.origin = builder.nodes[id]!.origin;
    if (wanted.has(id)) found.set(id, adjoint);
    else {
      const { operands } = builder.nodes[id]!;
      const matters = operands.map((operand) => operand >= low && active[operand - low] === 1);
      operandAdjoints(builder, id, adjoint, matters).forEach((one, i) => {
        if (one && matters[i]) contribute(operands[i]!, following(one, [adjoint]));
      });
    }
  }
  builder.origin = undefined;
  return inputs.map(({ id }) => found.get(id));
}

/** 1 for each node from `low` to `high` that depends on `inputs` by a derivative. */
export function dependents(
  nodes: readonly Node[],
  inputs: readonly Expr[],
  low: number,
  high: number,
): Uint8Array {
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

/** The adjoints that a node's gives to those of its operands that matter. */
function operandAdjoints(
  builder: Builder,
  id: number,
  adjoint: Masked,
  matters: readonly boolean[],
): readonly (Masked | undefined)[] {
  const { op, operands: ids, params, shape } = builder.nodes[id]!;
  // Nothing depends on a tensor without elements, not even with the slope 0 that the sum of no adjoints would be.
  if (sizeOf(shape) === 0) return [];
  const operands = ids.map((operand) => builder.expr(operand));
  const used = adjoint.sparse ? adjoint.mask : undefined;
  const application: Application = { operands, params, result: builder.expr(id), used };
  const { derivative } = op;
  switch (derivative.kind) {
    case "partials":
      return derivative
        .partials(application)
        .map((partial, i) => (partial && matters[i] ? scale(adjoint, partial()) : undefined));
    case "transpose": {
      const value = materialize(adjoint);
      const sparse = derivative.sparse && !derivative.covers?.(application);
      return ids.map((_, i) => {
        if (!matters[i] || derivative.discrete?.includes(i)) return undefined;
        const on = (one: Expr) => derivative.transpose(one, i, application);
        const along = (one: Expr | undefined) => (derivative.carries && one ? on(one) : undefined);
        const present = adjoint.mask ?? (sparse ? fullLike(value, 1) : undefined);
        const mask = along(present) ?? derivative.mask?.(i, application);
        return zeroed(on(value), mask, along(adjoint.rest), sparse || adjoint.sparse);
      });
    }
    case "tangent": {
      // The rule is linear in the tangents: it is written down for placeholders, and that piece is pulled back.
      const tangents = operands.map((operand, i) =>
        matters[i] ? placeholder(builder, operand.shape) : undefined,
      );
      const tangent = derivative.tangent(tangents, application);
      const placeholders = tangents.filter((placeholder) => placeholder !== undefined);
      const pulled = pullback(builder, [[tangent, adjoint]], placeholders).values();
      return tangents.map((one) => one && pulled.next().value);
    }
    case "forwardReverse":
      return derivative.reverse(materialize(adjoint), matters, application).map((value, i) => {
        const mask = value && derivative.mask?.(i, application);
        return value && { value, mask, zeroed: !mask, sparse: true };
      });
    case "masked":
      return derivative.reverse(adjoint, matters, application);
    case "constant":
      return [];
    default:
      return derivative satisfies never;
  }
}
