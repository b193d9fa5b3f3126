/**
 * Which outputs may be written over which inputs: where every element is read before it is written, a caller's array
 * serves as both, and nothing is copied. A step of an optimizer changes its parameters like this.
 */
import type { Affine } from "../../affine.js";
import { type Graph, outputsOf } from "../../graph.js";
import { sameShape } from "../../shape.js";
import { outputName } from "../names.js";
import { keyOf } from "./access.js";
import type { MemoryPlan } from "./memory.js";
import type { Nest } from "./nests.js";
import { rootIndex, walkRoot } from "./roots.js";

/** Where elements are read or stored: by which root of which nest, and which ones in a pass of its loops. */
type Visit = readonly [nest: number, position: number, elements: string];

/** The pairs of an input and an output, by their numbers. */
export function inPlacePairs(
  graph: Graph,
  nests: readonly Nest[],
  { arrays, copies }: MemoryPlan,
): (readonly [input: number, output: number])[] {
  const reads = graph.inputs.map((): Visit[] => []);
  const stores = new Map<string | undefined, readonly [id: number, visit: Visit]>();
  nests.forEach(({ roots }, nest) => {
    roots.forEach((root, position) => {
      const { id, shape, loops } = root;
      const visit = (index: readonly Affine[]): Visit => [
        nest,
        position,
        `${loops.map((axis) => shape[axis])}:${keyOf(index)}`,
      ];
      if (root.kind === "store") stores.set(arrays.get(id), [id, visit(rootIndex(root))]);
      walkRoot(graph, root, (other, index) => {
        reads[other]?.push(visit(index));
        return other === id || !arrays.has(other);
      });
    });
  });
  const isFree = (input: number, output: number): boolean => {
    const store = stores.get(outputName(output));
    if (!store || copies.some(({ source }) => source === arrays.get(input))) return false;
    const [id, [nest, position, elements]] = store;
    const all = reads[input]!;
    // What a pass of the loops has read once it keeps in locals.
    const isKept = all.some(([own, at]) => own === nest && at <= position);
    return (
      sameShape(graph.nodes[id]!.shape, graph.inputs[input]!.shape) &&
      all.every(([own, , read]) => own < nest || (own === nest && isKept && read === elements))
    );
  };
  return graph.inputs.flatMap((_, input) =>
    outputsOf(graph).flatMap((_, output) => (isFree(input, output) ? [[input, output] as const] : [])),
  );
}
