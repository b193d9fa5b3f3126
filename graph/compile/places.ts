/**
 * Places in f32 kernels: indices are whole numbers, not elements of the dtype, and f32 holds them only up to 2²⁴. What
 * names places in longer tensors is kept in f64, and so are the inputs and outputs that do.
 */
import type { Graph } from "../graph.js";
import { isOp, type Node } from "../node.js";
import { assembleOp } from "../ops/boxes.js";
import { iotaOp } from "../ops/constant.js";
import { sizeOf } from "../shape.js";

/** Up to this, all whole numbers are elements of f32. */
const longest = 2 ** 24;

/** The nodes whose elements are places beyond 2²⁴, or lead to them. */
export function exactNodes({ nodes }: Graph): ReadonlySet<number> {
  const exact = new Set<number>();
  if (nodes.every((node) => sizeOf(node.shape) <= longest)) return exact;
  const isLong = ({ operands, shape }: Node) =>
    [shape, ...operands.map((id) => nodes[id]!.shape)].some((one) => sizeOf(one) > longest);
  const passes = (node: Node) => node.op.scalar ?? node.op.fold ?? node.op.move ?? isOp(node, assembleOp);
  nodes.forEach((node, id) => {
    const { op, operands } = node;
    const counts = isOp(node, iotaOp) || (op.derivative.kind === "constant" && op.routine);
    // What is computed of places is no less exact.
    if ((counts && isLong(node)) || (passes(node) && operands.some((one) => exact.has(one)))) exact.add(id);
  });
  for (let id = nodes.length - 1; id >= 0; id--) {
    const node = nodes[id]!;
    const { derivative } = node.op;
    if (derivative.kind === "transpose" && derivative.discrete && isLong(node))
      for (const place of derivative.discrete) exact.add(node.operands[place]!);
    // Nor is what they are computed of.
    if (exact.has(id) && passes(node)) for (const one of node.operands) exact.add(one);
  }
  return exact;
}
