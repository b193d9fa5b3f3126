/**
 * Simplification, Graph → Graph: known numbers are folded, each op's exact rewrites are applied, until nothing
 * changes. Values stay the same to the last bit, so there is no x + 0 → x (−0) and no x·0 → 0 (∞, NaN).
 */
import { declareInputs, finish, type Graph, inline, mapOutputs } from "./graph.js";
import { doubles } from "./interpret.js";
import { Builder, type Expr, nodeOf } from "./node.js";
import { constant, full, knownValues, uniformValue } from "./ops/constant.js";
import { sizeOf } from "./shape.js";
import { graphOf, makeTraced, type Shapes, type Traced } from "./trace.js";

/** Constants of more elements than this are left to run time. */
const foldLimit = 1024;

/** The same function with a simpler graph. */
export function simplify<I extends Shapes, O>(f: Traced<I, O>): Traced<I, O> {
  return makeTraced(simplifyGraph(graphOf(f, "simplify")));
}

/** A rewrite besides those of the ops. */
export type Rewrite = (expr: Expr) => Expr | undefined;

export function simplifyGraph(graph: Graph, also?: Rewrite): Graph {
  let current = graph;
  for (;;) {
    const { graph: next, changed } = pass(current, also);
    if (!changed) return next;
    current = next;
  }
}

function pass(graph: Graph, also: Rewrite | undefined): { graph: Graph; changed: boolean } {
  const builder = new Builder();
  const inputs = declareInputs(builder, graph.inputs);
  let changed = false;
  const moved = inline(graph, builder, inputs, ({ op, params, shape }, operands) => {
    let expr = builder.expr(builder.intern(op, operands, params, shape));
    for (let simpler = step(expr, also); simpler && simpler.id !== expr.id; simpler = step(expr, also)) {
      changed = true;
      expr = simpler;
    }
    return expr.id;
  });
  const outputs = mapOutputs(graph.outputs, (id) => builder.expr(moved[id]!));
  return { graph: finish(builder, graph.inputs, outputs), changed };
}

function step(expr: Expr, also: Rewrite | undefined): Expr | undefined {
  const { op, operands: ids, params, shape } = nodeOf(expr);
  if (ids.length === 0) return undefined;
  const operands = ids.map((id) => expr.builder.expr(id));
  return fold(expr, operands) ?? op.rewrite?.({ operands, params, shape }) ?? also?.(expr);
}

/** Known operands: the op is computed here, by the meaning that the interpreter gives it. */
function fold(expr: Expr, operands: readonly Expr[]): Expr | undefined {
  const { builder } = expr;
  const { op, params, shape } = nodeOf(expr);
  if (op.scalar) {
    const values = operands.map(uniformValue);
    if (values.every((value) => value !== undefined))
      return full(builder, op.scalar.compute(...values), shape);
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
