/**
 * The reference meaning of a graph, simple enough to be believed: every node in order, every element by itself, on any
 * arithmetic. Compiled kernels are tested against it.
 */
import { type Builder, checkSize, type Expr, isOp, type Node } from "./node.js";
import type { Arithmetic } from "./op.js";
import { inputOp } from "./ops/constant.js";
import { type Shape, sizeOf, tooManyPlain } from "./shape.js";

export const doubles: Arithmetic<number> = {
  constant: (value) => value,
  add: (a, b) => a + b,
  multiply: (a, b) => a * b,
  apply: (op, operands) => op.scalar!.compute(...operands),
};

/** Flat row-major values of every node up to `last`, the inputs' being given by `inputs[index]`. */
export function interpretNodes<T>(
  nodes: readonly Node[],
  arithmetic: Arithmetic<T>,
  inputs: readonly (readonly T[])[],
  needed?: Uint8Array,
): (readonly T[])[] {
  const values = new Array<readonly T[]>(nodes.length);
  for (let id = 0; id < nodes.length; id++) {
    if (needed && !needed[id]) continue;
    const node = nodes[id]!;
    if (isOp(node, inputOp)) {
      values[id] = inputs[node.params.index]!;
      continue;
    }
    const { op, operands, params, shape } = node;
    checkSize(op.name, shape, tooManyPlain, "an array without compile");
    const operandValues = new Array<readonly T[]>(operands.length);
    const shapes = new Array<Shape>(operands.length);
    for (let i = 0; i < operands.length; i++) {
      operandValues[i] = values[operands[i]!]!;
      shapes[i] = nodes[operands[i]!]!.shape;
    }
    values[id] = op.evaluate(arithmetic, operandValues, { operands: shapes, result: shape }, params);
  }
  return values;
}

/** How many elements interpreting computes, those on the way to a result included. */
export function countElements({ nodes }: { readonly nodes: readonly Node[] }): number {
  return nodes.reduce((sum, { op, operands, params, shape }) => {
    if (!op.work) return sum + sizeOf(shape);
    return sum + op.work({ operands: operands.map((id) => nodes[id]!.shape), result: shape }, params);
  }, 0);
}

/** The numbers of expressions of one trace that depend on constants only. */
export function evaluate(exprs: readonly Expr[]): (readonly number[])[] {
  const { builder } = exprs[0]!;
  const ids = exprs.map(({ id }) => id);
  const nodes = builder.nodes.slice(0, Math.max(...ids) + 1);
  const values = interpretNodes(nodes, doubles, [], ancestors(builder, ids));
  return ids.map((id) => values[id]!);
}

/** 1 for each node, from `from` on, that one of `ids` needs, itself included. */
export function ancestors(
  builder: { readonly nodes: Builder["nodes"] },
  ids: readonly number[],
  from = 0,
): Uint8Array {
  const { nodes } = builder;
  const needed = new Uint8Array(Math.max(0, nodes.length - from));
  let last = -1;
  for (const id of ids) {
    if (id >= from) needed[id - from] = 1;
    if (id > last) last = id;
  }
  for (let id = last; id >= from; id--) {
    if (!needed[id - from]) continue;
    for (const operand of nodes[id]!.operands) if (operand >= from) needed[operand - from] = 1;
  }
  return needed;
}
