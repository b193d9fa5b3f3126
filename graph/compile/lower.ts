/** Rewrites a graph into the ops that the loops know. */
import { declareInputs, finish, type Graph, inline, mapOutputs } from "../graph.js";
import { apply, Builder, type Expr } from "../node.js";
import type { Op } from "../op.js";
import { multiply } from "../ops/arithmetic.js";
import { insertAxes, sumAxes } from "../ops/broadcast.js";
import { matmulOp } from "../ops/matmul.js";
import { transposeExpr } from "../ops/moving.js";

/** Matrix products as sums of products. */
export function lower(graph: Graph): Graph {
  if (!graph.nodes.some(({ op }) => op === matmulOp)) return graph;
  const builder = new Builder();
  const moved = inline(graph, builder, declareInputs(builder, graph.inputs), (node) =>
    node.op === (matmulOp as Op)
      ? sumOfProducts(builder.expr(node.operands[0]!), builder.expr(node.operands[1]!)).id
      : builder.adopt(node),
  );
  return finish(
    builder,
    graph.inputs,
    mapOutputs(graph.outputs, (id) => builder.expr(moved[id]!)),
  );
}

/** Σₖ a[…, i, k]·b[…, k, j] over the axes (…, i, j, k). */
function sumOfProducts(a: Expr, b: Expr): Expr {
  const rank = a.shape.length;
  const [i, j, k] = [rank - 2, rank - 1, rank];
  const shape = [...a.shape.slice(0, -1), b.shape[rank - 1]!, a.shape[rank - 1]!];
  const batch = a.shape.slice(0, -2).map((_, axis) => axis);
  const swapped = transposeExpr(b, [...batch, j, i]);
  const products = apply(multiply.op, [insertAxes(a, shape, [j]), insertAxes(swapped, shape, [i])]);
  return sumAxes(products, [k]);
}
