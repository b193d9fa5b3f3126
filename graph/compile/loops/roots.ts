/**
 * What a kernel computes into memory (its roots). All other nodes are fused into the loops of the roots that need them.
 *
 * - A *store* writes a tensor element by element: an output, an operand of something that needs it in memory, or a
 *   value that costs more to compute twice than to keep.
 * - A *fold* reduces a tensor along axes, a barrier for whoever uses it. Short reductions are no roots: they are
 *   written out as sums.
 * - A *scatter* adds one part of an `assemble` to the zeros of the whole, where the whole isn't fused; or all of the operand
 *   of an op that accumulates.
 * - A *product* is a matrix product of tensors in memory, left to a routine of its own.
 * - A *call* is any other op that no loop is written for, on tensors in memory.
 *
 * A root has a level, one more than what it must wait for; what takes no loops comes first on its level. Roots of one level whose
 * loops agree share one loop nest.
 */
import { type Affine, along, at } from "../../affine.js";
import { type Graph, outputsOf } from "../../graph.js";
import { isOp, type Node } from "../../node.js";
import { assembleOp } from "../../ops/boxes.js";
import { numberIn } from "../../ops/constant.js";
import { matmulOp } from "../../ops/matmul.js";
import { reshapeOp } from "../../ops/moving.js";
import { type Shape, sizeOf } from "../../shape.js";
import {
  chainDepth,
  elsewhereCost,
  fusedParts,
  fusedPlaces,
  greatestCost,
  localTotals,
  repeatedCost,
  unrolledWidth,
} from "../limits.js";
import { scalarCost } from "../text.js";
import { behindReshapes, isCall, isGiven, isReduction, keyOf, reducedAxes, viewOf, walk } from "./access.js";

/** One piece of work that ends in memory, with the order in which its domain is visited. */
export interface Root {
  readonly id: number;
  readonly kind: "store" | "fold" | "scatter" | "product" | "call";
  /** The node whose elements are visited: the root itself, the operand of a fold, or the part that is scattered. */
  readonly source: number;
  /** Scatters: which part. */
  readonly part: number;
  readonly shape: Shape;
  /** Axes of `shape` that become loops, outermost first. */
  readonly loops: readonly number[];
  /** Axes of `shape` that are written out, outermost first. Axes of length 1 are in neither. */
  readonly unrolled: readonly number[];
  /** Folds: the axes that vanish. */
  readonly reduced: readonly number[];
  level: number;
}

/** Whether a reduction is so short that it is written out where it is used. */
function isShort(graph: Graph, node: Node): boolean {
  return reducedLength(graph, node) <= unrolledWidth / 2;
}

/** How many elements a reduction makes one of. */
function reducedLength({ nodes }: Graph, node: Node): number {
  const { shape } = nodes[node.operands[0]!]!;
  return sizeOf(reducedAxes(node).map((axis) => shape[axis]!));
}

/** Whether a node is put together in memory by adding up, an `assemble` part by part, instead of being fused. */
function isScattered(node: Node): boolean {
  if (!isOp(node, assembleOp)) return node.op.accumulate !== undefined;
  return (
    node.operands.length > fusedParts ||
    node.params.parts.some(({ steps }) => steps.some((step) => Math.abs(step) !== 1))
  );
}

function isProduct({ op }: Node): boolean {
  return op === matmulOp;
}

function makeRoots(graph: Graph, id: number): Root[] {
  const node = graph.nodes[id]!;
  if (isProduct(node)) return [makeRoot(graph, id, "product", id)];
  if (isCall(node)) return [makeRoot(graph, id, "call", id)];
  if (isScattered(node))
    return node.operands.map((source, part) => makeRoot(graph, id, "scatter", source, part));
  const folds = isReduction(node) && !isShort(graph, node);
  return [folds ? makeRoot(graph, id, "fold", node.operands[0]!) : makeRoot(graph, id, "store", id)];
}

/** Whether there are loops around a root's elements. */
export function hasLoops({ kind, loops }: Root): boolean {
  return isRoutine(kind) || loops.length > 0;
}

/** Whether a root is computed by a call, not by loops. */
export function isRoutine(kind: Root["kind"]): kind is "product" | "call" {
  return kind === "product" || kind === "call";
}

function makeRoot(graph: Graph, id: number, kind: Root["kind"], source: number, part = 0): Root {
  const node = graph.nodes[id]!;
  const folds = kind === "fold";
  const { shape } = graph.nodes[source]!;
  const reduced = folds ? reducedAxes(node) : [];
  const wide = isRoutine(kind) ? [] : [...shape.keys()].filter((axis) => shape[axis] !== 1);
  const kept = wide.filter((axis) => !reduced.includes(axis));
  const size = (axes: readonly number[]) => sizeOf(axes.map((axis) => shape[axis]!));
  // A fold to few elements keeps them in locals, whatever the order of its axes. Else the axes stay in the order in
  // which they lie in memory: totals are locals where the kept ones come first, and lie in memory where they don't.
  const leading = kept.every((axis, i) => axis === wide[i]);
  const few = folds && size(kept) <= (leading ? localTotals : unrolledWidth);
  const order = few ? [...wide.filter((axis) => reduced.includes(axis)), ...kept] : wide;
  let first = order.length;
  let width = 1;
  // What has no elements keeps its loops, by which the emitter knows it.
  const isEmpty = sizeOf(shape) === 0;
  while (first > 0 && !isEmpty && width * shape[order[first - 1]!]! <= unrolledWidth) {
    width *= shape[order[--first]!]!;
  }
  return {
    id,
    kind,
    source,
    part,
    shape,
    loops: order.slice(0, first),
    unrolled: order.slice(first),
    reduced,
    level: 0,
  };
}

/** The place of a root's source element, its loop axes being axes 0, 1, … of its nest. */
export function rootIndex(root: Root): Affine[] {
  return root.shape.map((_, axis) => {
    const loop = root.loops.indexOf(axis);
    if (loop >= 0) return along(loop);
    const unrolled = root.unrolled.indexOf(axis);
    return unrolled >= 0 ? along(root.loops.length + unrolled) : at(0);
  });
}

/** Walks what a root is computed from, itself first; `enter` tells whether to go on below a node. */
export function walkRoot(
  graph: Graph,
  root: Root,
  enter: (id: number, index: readonly Affine[]) => boolean,
): void {
  if (isRoutine(root.kind)) {
    for (const operand of graph.nodes[root.id]!.operands) {
      enter(root.kind === "call" ? behindReshapes(graph, operand) : viewOf(graph, operand).id, []);
    }
    return;
  }
  walk(graph, root.source, rootIndex(root), enter);
}

/** What an element costs to compute from memory, in additions, up to the roots and inputs below it. */
function costs(graph: Graph, ids: ReadonlySet<number>): number[] {
  const { nodes } = graph;
  const result: number[] = [];
  nodes.forEach((node) => {
    const { op, operands } = node;
    const atoms = () => operands.map((operand) => numberIn(nodes[operand]!) ?? "x");
    let cost = op.scalar ? scalarCost(op, atoms()) : 0;
    for (const operand of operands) cost += ids.has(operand) ? 0 : result[operand]!;
    if (isReduction(node)) cost = (cost + 1) * reducedLength(graph, node);
    result.push(Math.min(cost, greatestCost));
  });
  return result;
}

/** The roots of a graph in an order of computation, each with its level. */
export function findRoots(graph: Graph): Root[] {
  const ids = new Set<number>();
  for (const { id } of outputsOf(graph)) {
    const node = behindReshapes(graph, id);
    if (!isGiven(graph.nodes[node]!)) ids.add(node);
  }
  for (const [id, node] of graph.nodes.entries()) {
    if (isProduct(node)) {
      ids.add(id);
      for (const operand of node.operands) ids.add(viewOf(graph, operand).id);
    }
    if (isCall(node)) {
      ids.add(id);
      for (const operand of node.operands) ids.add(behindReshapes(graph, operand));
    }
    if (node.op.overlaps?.(node.params)) ids.add(viewOf(graph, node.operands[0]!).id);
    if ((isReduction(node) && !isShort(graph, node)) || isScattered(node)) ids.add(id);
    if (isOp(node, reshapeOp)) {
      const operand = graph.nodes[node.operands[0]!]!;
      const place = node.op.move!(
        node.shape.map((_, axis) => along(axis)),
        { operand: operand.shape, result: node.shape },
        node.params,
      );
      if (!place) ids.add(behindReshapes(graph, id));
    }
  }
  for (const id of ids) if (isGiven(graph.nodes[id]!)) ids.delete(id);
  cutChains(graph, ids);
  // Each of these finds values that are better kept in memory, which makes them roots.
  let roots = order(graph, ids);
  for (const find of [unaligned, worthKeeping]) {
    const found = find(graph, roots, ids);
    for (const id of found) ids.add(id);
    if (found.length > 0) roots = order(graph, ids);
  }
  return roots;
}

/**
 * Makes roots of nodes so deep in a chain of fused ones, or of so many places of one tensor, that the walks and the code
 * would become too long.
 */
function cutChains({ nodes }: Graph, ids: Set<number>): void {
  const depths = new Int32Array(nodes.length);
  // In how many places an element looks at one tensor: twice as many each time that a half meets the other.
  const places = new Float64Array(nodes.length).fill(1);
  const bases = nodes.map((_, id) => id);
  nodes.forEach(({ op, operands }, id) => {
    const ofBase = new Map<number, number>();
    for (const operand of new Set(operands)) {
      if (ids.has(operand)) continue;
      depths[id] = Math.max(depths[id]!, depths[operand]! + 1);
      const base = bases[operand]!;
      ofBase.set(base, (ofBase.get(base) ?? 0) + places[operand]!);
    }
    places[id] = Math.max(1, ...ofBase.values());
    if (op.move && operands.length === 1) bases[id] = bases[operands[0]!]!;
    if ((depths[id]! >= chainDepth || places[id]! >= fusedPlaces) && op.scalar) ids.add(id);
  });
}

/** Roots with their levels, in topological order. */
function order(graph: Graph, ids: ReadonlySet<number>): Root[] {
  const roots = [...ids].sort((a, b) => a - b).flatMap((id) => makeRoots(graph, id));
  const byId = new Map<number, Root[]>();
  for (const root of roots) byId.set(root.id, [...(byId.get(root.id) ?? []), root]);
  for (const root of roots) {
    walkRoot(graph, root, (id, index) => {
      if (id === root.id) return true;
      const others = byId.get(id);
      for (const other of others ?? []) {
        root.level = Math.max(root.level, other.level + (sharesLevel(root, other, index) ? 0 : 1));
      }
      return !others;
    });
  }
  return roots;
}

/** Assembled tensors that are asked for at places which no split of a loop can tell apart. */
function unaligned(graph: Graph, roots: readonly Root[], ids: ReadonlySet<number>): number[] {
  const found: number[] = [];
  for (const root of roots) {
    walkRoot(graph, root, (id, index) => {
      if (id === root.id) return true;
      if (ids.has(id)) return false;
      if (isOp(graph.nodes[id]!, assembleOp)) {
        const aligned = index.every(
          ({ terms }) => terms.length === 0 || (terms.length === 1 && Math.abs(terms[0]![1]) === 1),
        );
        if (!aligned) found.push(id);
      }
      return true;
    });
  }
  return found;
}

/** Whether a root can be computed on the level of another: it takes that one's element from a local, in the same pass of the loops. */
function sharesLevel(root: Root, other: Root, index: readonly Affine[]): boolean {
  if (isRoutine(root.kind) || other.kind !== "store") return false;
  // What takes no loops comes first among what has one level.
  if (hasLoops(root) && !hasLoops(other)) return true;
  if (root.loops.length !== other.loops.length) return false;
  const same = root.loops.every((axis, i) => root.shape[axis] === other.shape[other.loops[i]!]);
  if (!same) return false;
  const own = rootIndex(other);
  // Written-out axes may be at any place: the other root's elements of this pass are all there.
  const loopsOnly = (one: readonly Affine[]) => one.filter((_, axis) => other.loops.includes(axis));
  return keyOf(loopsOnly(index)) === keyOf(loopsOnly(own));
}

/** Values that cost more to compute again, in another nest or in a loop around theirs, than to keep. */
function worthKeeping(graph: Graph, roots: readonly Root[], ids: ReadonlySet<number>): number[] {
  const cost = costs(graph, ids);
  const firstNest = new Map<number, string>();
  const kept = new Set<number>();
  for (const root of roots) {
    const nest = `${root.level}:${root.loops.map((axis) => root.shape[axis])}`;
    walkRoot(graph, root, (id, index) => {
      if (id === root.id) return true;
      if (ids.has(id) || kept.has(id)) return false;
      const first = firstNest.get(id);
      if (first === undefined) firstNest.set(id, nest);
      const elsewhere = first !== undefined && first !== nest;
      const worth = repeats(root, index) ? repeatedCost : elsewhere ? elsewhereCost : Infinity;
      const node = graph.nodes[id]!;
      const computes = node.op.scalar !== undefined || isReduction(node);
      const keeps = cost[id]! >= worth && sizeOf(node.shape) > 1 && computes;
      if (keeps) kept.add(id);
      return !keeps;
    });
  }
  return [...kept];
}

/** Whether the innermost loops run over a value's axes while a loop around them does not. */
function repeats(root: Root, index: readonly Affine[]): boolean {
  const used = new Set(index.flatMap(({ terms }) => terms.map(([axis]) => axis)));
  const depth = root.loops.length;
  for (let axis = 0; axis < depth; axis++) {
    if (used.has(axis)) continue;
    for (let inner = axis + 1; inner < depth; inner++) if (used.has(inner)) return true;
  }
  return false;
}
