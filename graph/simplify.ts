/**
 * Simplification, Graph → Graph: known numbers are folded, each op's exact rewrites are applied, until nothing
 * changes. Values stay the same to the last bit, so there is no x + 0 → x (−0) and no x·0 → 0 (∞, NaN).
 */
import { type Graph, rebuild } from "./graph.js";
import { doubles } from "./interpret.js";
import type { Builder, Expr, Node } from "./node.js";
import { constant, full, knownValues, uniformValue } from "./ops/constant.js";
import { sizeOf } from "./shape.js";
import { graphOf, makeTraced, type Shapes, type Traced } from "./trace.js";

/** Constants of more elements than this are left to run time. */
const foldLimit = 1024;

/**
 * The same function with a simpler graph.
 *
 * @example
 * const f = trace({ x: scalar() }, ({ x }) => multiply(1, add(x, negative(negative(x)))));
 * print(f).split("\n").length; // 6
 * print(simplify(f)).split("\n").length; // 3
 */
export function simplify<I extends Shapes, O>(f: Traced<I, O>): Traced<I, O> {
  return makeTraced(simplifyGraph(graphOf(f, "simplify", true)));
}

/** A rewrite besides those of the ops. */
export type Rewrite = (expr: Expr) => Expr | undefined;

/** Passes over the graph until nothing changes, or so many. */
export function simplifyGraph(graph: Graph, also?: Rewrite, passes = Infinity): Graph {
  let current = graph;
  let changed = true;
  for (let i = 0; changed && i < passes; i++) {
    changed = false;
    current = rebuild(current, (node, builder) => {
      builder.origin = node.origin;
      let id = builder.adopt(node);
      for (;;) {
        const simpler = step(builder, id, also);
        if (!simpler || simpler.id === id) return id;
        changed = true;
        id = simpler.id;
      }
    });
  }
  return current;
}

function step(builder: Builder, id: number, also: Rewrite | undefined): Expr | undefined {
  const { nodes } = builder;
  const { op, operands: ids, params, shape } = nodes[id]!;
  if (ids.length === 0) return undefined;
  const known = ids.every((operand) => nodes[operand]!.operands.length === 0);
  if (!known && !op.rewrite && !also) return undefined;
  const operands = ids.map((operand) => builder.expr(operand));
  return (
    (known ? fold(builder, nodes[id]!, operands) : undefined) ??
    op.rewrite?.({ operands, params, shape }) ??
    also?.(builder.expr(id))
  );
}

/** Known operands: the op is computed here, by the meaning that the interpreter gives it. */
function fold(builder: Builder, { op, params, shape }: Node, operands: readonly Expr[]): Expr | undefined {
  if (op.scalar || op.move) {
    const values = operands.map(uniformValue);
    if (values.every((value) => value !== undefined))
      return full(builder, op.scalar ? op.scalar.compute(...values) : values[0]!, shape);
  }
  if (sizeOf(shape) > foldLimit) return undefined;
  const known = operands.map((operand) => knownValues(operand, foldLimit));
  if (!known.every((values) => values !== undefined)) return undefined;
  const shapes = { operands: operands.map((operand) => operand.shape), result: shape };
  const values = op.evaluate(
    doubles,
    known.map((one) => Array.from(one)),
    shapes,
    params,
  );
  return constant(builder, values, shape);
}
