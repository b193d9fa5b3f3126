/**
 * Access: which elements of its operands an element of a fused node is made of. Nothing here is computed; the walks only
 * follow the places.
 */
import { type Affine, along, at, linear } from "../../affine.js";
import type { Graph } from "../../graph.js";
import { isOp, type Node } from "../../node.js";
import { assembleOp } from "../../ops/boxes.js";
import { constantOp, fullOp, inputOp, iotaOp } from "../../ops/constant.js";
import { matmulOp } from "../../ops/matmul.js";
import { reshapeOp } from "../../ops/moving.js";
import { stridesOf } from "../../shape.js";

export function isReduction(node: Node): boolean {
  return node.op.fold !== undefined;
}

/** Whether a node is computed by a routine on whole tensors. */
export function isCall(node: Node): boolean {
  const { op } = node;
  const isKnown = op.scalar || op.fold || op.move || op.accumulate || op === matmulOp;
  return !isKnown && !isGiven(node) && !isOp(node, fullOp) && !isOp(node, iotaOp);
}

/** The axes that a reduction does away with. */
export function reducedAxes({ op, params }: Node): readonly number[] {
  return op.fold!.axes(params);
}

/** Whether a node is in memory from the start. */
export function isGiven(node: Node): boolean {
  return isOp(node, inputOp) || isOp(node, constantOp);
}

/** The node behind reshapes: the same elements in the same order. */
export function behindReshapes({ nodes }: Graph, id: number): number {
  let current = id;
  while (isOp(nodes[current]!, reshapeOp)) current = nodes[current]!.operands[0]!;
  return current;
}

/**
 * Where an operand of a product lies: the tensor in memory that it is a view of, with the place there of the element at
 * axes 0, 1 …
 */
export function viewOf(graph: Graph, id: number): { readonly id: number; readonly place: Affine } {
  const { nodes } = graph;
  let source = id;
  let index: readonly Affine[] = nodes[id]!.shape.map((_, axis) => along(axis));
  for (;;) {
    const { op, operands, params, shape } = nodes[source]!;
    const place = op.move?.(index, { operand: nodes[operands[0]!]!.shape, result: shape }, params);
    // A reshape without affine places: its elements lie in the order of what is behind it.
    if (!place) return { id: behindReshapes(graph, source), place: linear(index, stridesOf(shape)) };
    source = operands[0]!;
    index = place;
  }
}

/** An element of a node as a key of maps. */
export function elementKey(id: number, index: readonly Affine[]): string {
  return `${id}:${keyOf(index)}`;
}

export function keyOf(index: readonly Affine[]): string {
  let key = "";
  for (const { terms, offset } of index) {
    for (const [axis, factor] of terms) key += `${factor}*${axis}+`;
    key += `${offset},`;
  }
  return key;
}

/** Walks the nodes that are fused into a root, each with the place that is needed of it. */
export function walk(
  graph: Graph,
  id: number,
  index: readonly Affine[],
  enter: (id: number, index: readonly Affine[]) => boolean,
): void {
  const seen = new Set<string>();
  let freshAxis = 1000;
  const stack: { id: number; index: readonly Affine[] }[] = [{ id, index }];
  while (stack.length > 0) {
    const next = stack.pop()!;
    const key = elementKey(next.id, next.index);
    if (seen.has(key)) continue;
    seen.add(key);
    if (!enter(next.id, next.index)) continue;
    const node = graph.nodes[next.id]!;
    if (isReduction(node)) {
      stack.push({
        id: node.operands[0]!,
        index: unreduce(graph, node, next.index, () => along(freshAxis++)),
      });
      continue;
    }
    for (const operand of operandsAt(graph, node, next.index)) stack.push(operand);
  }
}

/** The place in a reduction's operand, given that in its result and one along each reduced axis. */
export function unreduce(
  graph: Graph,
  node: Node,
  index: readonly Affine[],
  reduced: (axis: number) => Affine,
): Affine[] {
  const axes = reducedAxes(node);
  let next = 0;
  return graph.nodes[node.operands[0]!]!.shape.map((length, axis) =>
    axes.includes(axis) ? (length === 1 ? at(0) : reduced(axis)) : index[next++]!,
  );
}

/** The elements that an element of a fused node is made of. An operand without an affine place is asked for whole. */
function operandsAt(
  graph: Graph,
  node: Node,
  index: readonly Affine[],
): { id: number; index: readonly Affine[] }[] {
  const { op, operands, params, shape } = node;
  if (op.scalar) return operands.map((id) => ({ id, index }));
  if (isOp(node, assembleOp)) {
    const { parts } = node.params;
    return operands.map((id, i) => ({
      id,
      index: index.map((place, axis) => ({ ...place, offset: place.offset - parts[i]!.starts[axis]! })),
    }));
  }
  const operand = operands[0];
  if (operand === undefined || !op.move) return [];
  const place = op.move(index, { operand: graph.nodes[operand]!.shape, result: shape }, params);
  // Without an affine place the operand is read from memory, at no place that a loop could share.
  return place ? [{ id: operand, index: place }] : [{ id: behindReshapes(graph, operand), index: [] }];
}

/** The least and the greatest place that a part covers along an axis. */
export function partEnds(start: number, step: number, length: number): [number, number] {
  const end = start + step * (length - 1);
  return step > 0 ? [start, end] : [end, start];
}
