/** Rewrites a prepared graph into the ops that the loops know. */
import { type Graph, rebuild } from "../graph.js";
import { apply, type Expr, type Node } from "../node.js";
import { multiply } from "../ops/arithmetic.js";
import { element } from "../ops/boxes.js";
import { insertAxes, sumAxes } from "../ops/broadcast.js";
import { matmulOp } from "../ops/matmul.js";
import { transposeExpr } from "../ops/moving.js";
import { sizeOf } from "../shape.js";
import { productLength, productWork } from "./limits.js";
import { tidy } from "./prepare.js";

function isSmall(nodes: readonly Node[], { op, operands, shape }: Node): boolean {
  if (op !== matmulOp) return false;
  const lengths = [...shape.slice(-2), nodes[operands[0]!]!.shape.at(-1)!];
  return lengths.some((length) => length < productLength) || sizeOf(lengths) < productWork;
}

/**
 * Small matrix products, all of them without WebAssembly, as sums of products; what is an element of a tensor that is there, too (the
 * last carry of a scan, of its history), as that element.
 */
export function lower(graph: Graph, withoutWasm = false): Graph {
  const wholes = graph.nodes.find(({ op }) => op.wholes)?.op.wholes?.(graph.nodes);
  const isLowered = (nodes: readonly Node[], node: Node) =>
    isSmall(nodes, node) || (withoutWasm && node.op === matmulOp);
  if (!wholes?.size && !graph.nodes.some((node) => isLowered(graph.nodes, node))) return graph;
  const lowered = rebuild(graph, (node, builder) => {
    const operands = node.operands.map((id) => builder.expr(id));
    if (isLowered(builder.nodes, node)) return sumOfProducts(operands[0]!, operands[1]!).id;
    const whole = wholes?.get(node.params);
    return whole ? element(apply(node.op, operands, whole.params), whole.at).id : builder.adopt(node);
  });
  return tidy(lowered);
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
