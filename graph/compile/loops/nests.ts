/** Loop nests: which roots are computed in the same loops, and where these are split. */
import type { Graph } from "../../graph.js";
import { isOp } from "../../node.js";
import { assembleOp } from "../../ops/boxes.js";
import { likeDifference, likePart } from "../limits.js";
import { partEnds } from "./access.js";
import { hasLoops, isRoutine, type Root, walkRoot } from "./roots.js";

/** A loop nest: roots whose loops have the same number of axes and nearly the same lengths. */
export interface Nest {
  readonly roots: Root[];
  /** The longest of the roots' lengths, axis by axis. */
  readonly extents: number[];
}

/** Groups roots into loop nests, in an order of computation. */
export function findNests(roots: readonly Root[]): Nest[] {
  const nests: { level: number; anchor: readonly number[]; nest: Nest }[] = [];
  for (const root of roots) {
    const extents = root.loops.map((axis) => root.shape[axis]!);
    // Comparing with the first root keeps all roots of equal lengths together, whatever joined in between.
    const found = nests.find(
      ({ level, anchor, nest }) =>
        level === root.level && routineKind(nest.roots[0]!) === routineKind(root) && alike(anchor, extents),
    );
    if (found) {
      found.nest.roots.push(root);
      extents.forEach((length, i) => {
        found.nest.extents[i] = Math.max(found.nest.extents[i]!, length);
      });
    } else nests.push({ level: root.level, anchor: extents, nest: { roots: [root], extents: [...extents] } });
  }
  const place = ({ nest }: (typeof nests)[number]) => Number(hasLoops(nest.roots[0]!));
  return nests.sort((a, b) => a.level - b.level || place(a) - place(b)).map(({ nest }) => nest);
}

/** What isn't computed by loops shares none. */
function routineKind({ kind }: Root): string {
  return isRoutine(kind) ? kind : "loops";
}

/** Lengths that differ by a few elements share a loop, which is split where the shorter ends. */
function alike(a: readonly number[], b: readonly number[]): boolean {
  return (
    a.length === b.length &&
    a.every((length, i) => {
      const difference = Math.abs(length - b[i]!);
      return difference <= likeDifference && difference < Math.max(1, length) * likePart;
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
      const node = graph.nodes[id]!;
      if (!isOp(node, assembleOp)) return true;
      node.operands.forEach((operand, part) => {
        const { starts, steps } = node.params.parts[part]!;
        index.forEach(({ terms, offset }, axis) => {
          const [term] = terms;
          if (terms.length !== 1 || term![0] >= nest.extents.length || Math.abs(term![1]) !== 1) return;
          const length = graph.nodes[operand]!.shape[axis]!;
          const [first, last] = partEnds(starts[axis]!, steps[axis]!, length);
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
