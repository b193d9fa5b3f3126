/**
 * What a kernel computes into memory (its roots) and in which order. All other nodes are fused into the loops of
 * the roots that need them.
 *
 * - A *store* writes a tensor element by element: an output, an operand of something that needs it in memory, or a
 *   value that costs more to compute twice than to keep.
 * - A *fold* reduces a tensor along axes, a barrier for whoever uses it. Short reductions are no roots: they are
 *   written out as sums.
 * - A *scatter* adds one part of an `assemble` to the zeros of the whole, where the whole isn't fused.
 *
 * - A *product* is a matrix product of tensors in memory, left to a routine of its own.
 *
 * A root has a level, one more than what it must wait for. Roots of one level whose loops agree share one loop nest.
 */
import { type Affine, along, at } from "../affine.js";
import { type Graph, outputsOf } from "../graph.js";
import type { Node } from "../node.js";
import type { Op } from "../op.js";
import { constantOp, fullOp, inputOp } from "../ops/constant.js";
import { type AssembleParams, assembleOp } from "../ops/indexing.js";
import { matmulOp } from "../ops/matmul.js";
import { type Shape, sizeOf } from "../shape.js";
import { numberText } from "./text.js";

/** Axes of up to this many elements together are written out instead of looped over. */
export const unrollWidth = 32;

/** A store, a fold or a scatter, with the order in which its domain is visited. */
export interface Root {
  readonly id: number;
  readonly kind: "store" | "fold" | "scatter" | "product";
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

/** A loop nest: roots whose loops have the same number of axes and nearly the same lengths. */
export interface Nest {
  readonly roots: Root[];
  /** The longest of the roots' lengths, axis by axis. */
  readonly extents: number[];
}

export function isReduction(node: Node): boolean {
  return node.op.fold !== undefined;
}

function reducedAxes(node: Node): readonly number[] {
  return (node.params as { readonly axes: readonly number[] }).axes;
}

/** Whether a reduction is so short that it is written out where it is used. */
export function isShort(graph: Graph, node: Node): boolean {
  const shape = graph.nodes[node.operands[0]!]!.shape;
  return sizeOf(reducedAxes(node).map((axis) => shape[axis]!)) <= unrollWidth / 2;
}

/** Whether a node is in memory from the start. */
export function isGiven({ op }: Node): boolean {
  return op === (inputOp as Op) || op === (constantOp as Op);
}

/** The node behind reshapes: the same elements in the same order. */
export function behindReshapes({ nodes }: Graph, id: number): number {
  let current = id;
  while (nodes[current]!.op.name === "reshape") current = nodes[current]!.operands[0]!;
  return current;
}

/** More parts than this would split the loops around them too often. */
const mostParts = 8;

/** Whether an `assemble` is put together in memory, part by part, instead of being fused. */
function isScattered({ op, params, operands }: Node): boolean {
  if (op !== (assembleOp as Op)) return false;
  return operands.length > mostParts || (params as AssembleParams).steps.some((step) => Math.abs(step) !== 1);
}

export function isProduct({ op }: Node): boolean {
  return op === matmulOp;
}

/**
 * Where an operand of a product lies: the tensor in memory that it is a view of, with the place there of the element at
 * axes 0, 1 …
 */
export function viewOf(
  { nodes }: Graph,
  id: number,
): { readonly id: number; readonly index: readonly Affine[] } {
  let view: { id: number; index: readonly Affine[] } = {
    id,
    index: nodes[id]!.shape.map((_, axis) => along(axis)),
  };
  for (;;) {
    const { op, operands, params, shape } = nodes[view.id]!;
    const place = op.move?.(view.index, { operand: nodes[operands[0]!]!.shape, result: shape }, params);
    if (!place) return view;
    view = { id: operands[0]!, index: place };
  }
}

function makeRoots(graph: Graph, id: number): Root[] {
  const node = graph.nodes[id]!;
  if (isProduct(node)) {
    const { shape } = node;
    return [
      { id, kind: "product", source: id, part: 0, shape, loops: [], unrolled: [], reduced: [], level: 0 },
    ];
  }
  if (isScattered(node))
    return node.operands.map((source, part) => makeRoot(graph, id, "scatter", source, part));
  const folds = isReduction(node) && !isShort(graph, node);
  return [folds ? makeRoot(graph, id, "fold", node.operands[0]!) : makeRoot(graph, id, "store", id)];
}

function makeRoot(graph: Graph, id: number, kind: Root["kind"], source: number, part = 0): Root {
  const node = graph.nodes[id]!;
  const folds = kind === "fold";
  const { shape } = graph.nodes[source]!;
  const reduced = folds ? reducedAxes(node) : [];
  const wide = shape.map((_, axis) => axis).filter((axis) => shape[axis] !== 1);
  const kept = wide.filter((axis) => !reduced.includes(axis));
  const size = (axes: readonly number[]) => sizeOf(axes.map((axis) => shape[axis]!));
  // A fold to few elements keeps them in locals, whatever the order of its axes; else the kept axes come first, so
  // that each total is a local of its own loop.
  const leading = kept.every((axis, i) => axis === wide[i]);
  const few = folds && size(kept) <= (leading ? 4 : unrollWidth);
  const order = few
    ? [...reduced.filter((axis) => shape[axis] !== 1), ...kept]
    : [...kept, ...reduced.filter((axis) => shape[axis] !== 1)];
  let first = order.length;
  let width = 1;
  // What has no elements keeps its loops, by which the emitter knows it.
  const isEmpty = sizeOf(shape) === 0;
  while (first > 0 && !isEmpty && width * shape[order[first - 1]!]! <= unrollWidth) {
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

function sameIndex(a: readonly Affine[], b: readonly Affine[]): boolean {
  return keyOf(a) === keyOf(b);
}

export function keyOf(index: readonly Affine[]): string {
  let key = "";
  for (const { terms, offset } of index) {
    for (const [axis, factor] of terms) key += `${factor}*${axis}+`;
    key += `${offset},`;
  }
  return key;
}

/** Walks what a root is computed from, itself first; `enter` tells whether to go on below a node. */
export function walkRoot(
  graph: Graph,
  root: Root,
  enter: (id: number, index: readonly Affine[]) => boolean,
): void {
  if (root.kind === "product") {
    for (const operand of graph.nodes[root.id]!.operands) enter(viewOf(graph, operand).id, []);
    return;
  }
  walk(graph, root.source, rootIndex(root), enter);
}

/** Walks the nodes that are fused into a root, each with the place that is needed of it. */
function walk(
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
    const key = `${next.id}:${keyOf(next.index)}`;
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
  if (op === (assembleOp as Op)) {
    const { starts } = params as AssembleParams;
    return operands.map((id, part) => ({
      id,
      index: index.map((place, axis) => ({
        ...place,
        offset: place.offset - starts[part * shape.length + axis]!,
      })),
    }));
  }
  const operand = operands[0];
  if (operand === undefined || !op.move) return [];
  const place = op.move(index, { operand: graph.nodes[operand]!.shape, result: shape }, params);
  // Without an affine place the operand is read from memory, at no place that a loop could share.
  return place ? [{ id: operand, index: place }] : [{ id: behindReshapes(graph, operand), index: [] }];
}

/** A call of Math that isn't one machine instruction. */
const slowCall = /Math\.(?!abs|max|min|sqrt|sign|floor|ceil|round|trunc|fround)/;

/** What an element costs to compute from memory, in additions, up to the roots and inputs below it. */
function costs({ nodes }: Graph, ids: ReadonlySet<number>): number[] {
  const result: number[] = [];
  nodes.forEach(({ op, operands }) => {
    const code = op.scalar?.code(...operands.map((operand) => literalOr(nodes[operand]!, "x")));
    let cost = code === undefined ? 0 : slowCall.test(code) ? 15 : / \/ |sqrt/.test(code) ? 4 : 1;
    for (const operand of operands) cost += ids.has(operand) ? 0 : result[operand]!;
    result.push(Math.min(cost, 1000));
  });
  return result;
}

function literalOr({ op, params }: Node, other: string): string {
  return op === (fullOp as Op) ? numberText((params as { readonly value: number }).value) : other;
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
    if ((isReduction(node) && !isShort(graph, node)) || isScattered(node)) ids.add(id);
    if (node.op.name === "reshape") {
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
  // Each of these finds values that are better kept in memory, which makes them roots.
  for (const find of [unaligned, worthKeeping]) {
    for (const id of find(graph, order(graph, ids), ids)) ids.add(id);
  }
  return order(graph, ids);
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
        root.level = Math.max(root.level, other.level + (sharesLoops(root, other, index) ? 0 : 1));
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
      if (graph.nodes[id]!.op === (assembleOp as Op)) {
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

/** Whether a root can take another's element from a local, both being computed in the same pass of the loops. */
function sharesLoops(root: Root, other: Root, index: readonly Affine[]): boolean {
  if (other.kind !== "store" || root.loops.length !== other.loops.length) return false;
  const same = root.loops.every((axis, i) => root.shape[axis] === other.shape[other.loops[i]!]);
  if (!same) return false;
  const own = rootIndex(other);
  // Written-out axes may be at any place: the other root's elements of this pass are all there.
  const loopsOnly = (one: readonly Affine[]) => one.filter((_, axis) => other.loops.includes(axis));
  return sameIndex(loopsOnly(index), loopsOnly(own));
}

/** Values that cost more to compute again, at another level or in a loop around theirs, than to keep. */
function worthKeeping(graph: Graph, roots: readonly Root[], ids: ReadonlySet<number>): number[] {
  const cost = costs(graph, ids);
  const firstLevel = new Map<number, number>();
  const kept = new Set<number>();
  for (const root of roots) {
    walkRoot(graph, root, (id, index) => {
      if (id === root.id) return true;
      if (ids.has(id) || kept.has(id)) return false;
      const level = firstLevel.get(id);
      if (level === undefined) firstLevel.set(id, root.level);
      const elsewhere = level !== undefined && level !== root.level;
      const worth = repeats(root, index) ? 1 : elsewhere ? 10 : Number.POSITIVE_INFINITY;
      const { shape, op } = graph.nodes[id]!;
      const keeps = cost[id]! >= worth && sizeOf(shape) > 1 && op.scalar !== undefined;
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

/** Groups roots into loop nests, in an order of computation. */
export function findNests(roots: readonly Root[]): Nest[] {
  const nests: { level: number; anchor: readonly number[]; nest: Nest }[] = [];
  for (const root of roots) {
    const extents = root.loops.map((axis) => root.shape[axis]!);
    // Comparing with the first root keeps all roots of equal lengths together, whatever joined in between.
    const found = nests.find(
      ({ level, anchor, nest }) =>
        level === root.level &&
        (nest.roots[0]!.kind === "product") === (root.kind === "product") &&
        alike(anchor, extents),
    );
    if (found) {
      found.nest.roots.push(root);
      extents.forEach((length, i) => {
        found.nest.extents[i] = Math.max(found.nest.extents[i]!, length);
      });
    } else nests.push({ level: root.level, anchor: extents, nest: { roots: [root], extents: [...extents] } });
  }
  return nests.sort((a, b) => a.level - b.level).map(({ nest }) => nest);
}

/** Lengths that differ by a few elements share a loop, which is split where the shorter ends. */
function alike(a: readonly number[], b: readonly number[]): boolean {
  return (
    a.length === b.length &&
    a.every((length, i) => {
      const difference = Math.abs(length - b[i]!);
      return difference <= 4 && difference * 4 < Math.max(1, length);
    })
  );
}

/** Where the loops of a nest are split: the places at which a part of an `assemble` begins or ends. */
export function findBreaks(graph: Graph, nest: Nest, ids: ReadonlySet<number>): number[][] {
  const breaks = nest.extents.map((extent) => new Set([0, extent]));
  const split = (axis: number, place: number) => {
    if (place > 0 && place < nest.extents[axis]!) breaks[axis]!.add(place);
  };
  for (const root of nest.roots) {
    root.loops.forEach((axis, loop) => {
      split(loop, root.shape[axis]!);
    });
    walkRoot(graph, root, (id, index) => {
      if (ids.has(id) && id !== root.id) return false;
      const { op, operands, params, shape } = graph.nodes[id]!;
      if (op !== (assembleOp as Op)) return true;
      const { starts, steps } = params as AssembleParams;
      operands.forEach((operand, part) => {
        index.forEach(({ terms, offset }, axis) => {
          const [term] = terms;
          if (terms.length !== 1 || term![0] >= nest.extents.length || Math.abs(term![1]) !== 1) return;
          const i = part * shape.length + axis;
          const [first, last] = partEnds(starts[i]!, steps[i]!, graph.nodes[operand]!.shape[axis]!);
          // first ≤ ±i + offset ≤ last
          split(term![0], term![1] > 0 ? first - offset : offset - last);
          split(term![0], (term![1] > 0 ? last - offset : offset - first) + 1);
        });
      });
      return true;
    });
  }
  return breaks.map((places) => [...places].sort((a, b) => a - b));
}

/** The least and the greatest place that a part covers along an axis. */
export function partEnds(start: number, step: number, length: number): [number, number] {
  const end = start + step * (length - 1);
  return step > 0 ? [start, end] : [end, start];
}
