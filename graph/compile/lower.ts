/** Rewrites a graph into the ops that the loops know. */
import { declareInputs, finish, type Graph, inline, mapOutputs } from "../graph.js";
import { apply, Builder, type Expr, type Node } from "../node.js";
import { multiply } from "../ops/arithmetic.js";
import { insertAxes, sumAxes } from "../ops/broadcast.js";
import { matmulOp } from "../ops/matmul.js";
import { transposeExpr } from "../ops/moving.js";
import { sizeOf } from "../shape.js";

/** Products of fewer multiplications are written as loops, and so are those with hardly any rows or columns. */
const leastWork = 4096;
const leastLength = 4;

function isSmall(nodes: readonly Node[], { op, operands, shape }: Node): boolean {
  if (op !== matmulOp) return false;
  const lengths = [...shape.slice(-2), nodes[operands[0]!]!.shape.at(-1)!];
  return lengths.some((length) => length < leastLength) || sizeOf(lengths) < leastWork;
}

/** Small matrix products, or all of them, as sums of products. */
export function lower(graph: Graph, all = false): Graph {
  const isLowered = (nodes: readonly Node[], node: Node) =>
    isSmall(nodes, node) || (all && node.op === matmulOp);
  if (!graph.nodes.some((node) => isLowered(graph.nodes, node))) return graph;
  const builder = new Builder();
  const moved = inline(graph, builder, declareInputs(builder, graph.inputs), (node) =>
    isLowered(builder.nodes, node)
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
