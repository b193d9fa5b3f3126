/** Where the tensors of a kernel lie: the caller's arrays, constants, and buffers in one arena. */
import { type Graph, outputsOf } from "../../graph.js";
import { isOp } from "../../node.js";
import { constantOp } from "../../ops/constant.js";
import { sizeOf } from "../../shape.js";
import { bufferName, constantName, inputName, outputName } from "../names.js";
import { exactNodes } from "../places.js";
import { behindReshapes, viewOf } from "./access.js";
import { type Lifetime, placeBuffers } from "./buffers.js";
import type { Nest } from "./nests.js";
import { walkRoot } from "./roots.js";

/** A buffer in the arena or, if it is exact (in f64 whatever the dtype), an array of its own. */
export interface Buffer {
  readonly offset: number;
  readonly length: number;
  readonly exact: boolean;
}

/** The elements of a constant. */
export interface Known {
  readonly values: Float64Array;
  readonly exact: boolean;
}

export interface MemoryPlan {
  /** The name of the array that holds a root or a node that is given. */
  readonly arrays: ReadonlyMap<number, string>;
  /** Outputs that lie elsewhere, to be copied at the end. */
  readonly copies: readonly { readonly target: string; readonly source: string }[];
  readonly constants: readonly Known[];
  readonly buffers: readonly Buffer[];
  /** Elements of the arena. */
  readonly arena: number;
  /** The buffer of a node, or that of the copy which matrix products work on, if the node isn't in the arena. */
  readonly bufferOf: ReadonlyMap<number, number>;
  readonly copyOf: ReadonlyMap<number, number>;
}

export function planMemory(graph: Graph, nests: readonly Nest[]): MemoryPlan {
  const { nodes, inputs } = graph;
  const arrays = new Map<number, string>(inputs.map((_, i) => [i, inputName(i)]));
  const exact = exactNodes(graph);
  const constants: Known[] = [];
  nodes.forEach((node, id) => {
    if (!isOp(node, constantOp)) return;
    arrays.set(id, constantName(constants.length));
    constants.push({ values: node.params.values, exact: exact.has(id) });
  });
  const products = new Set(
    nests.flatMap(({ roots }) => roots.filter(({ kind }) => kind === "product").map(({ id }) => id)),
  );
  const outputs = outputsOf(graph).map(({ id }) => behindReshapes(graph, id));
  outputs.forEach((id, i) => {
    // What the matrix product writes must be in the arena.
    if (!arrays.has(id) && !products.has(id)) arrays.set(id, outputName(i));
  });

  const lifetimes: Lifetime[] = [];
  // Exact buffers take no room in the arena.
  const own = new Map<number, number>();
  const bufferOf = new Map<number, number>();
  const copyOf = new Map<number, number>();
  const addBuffer = (id: number, first: number, last: number, isExact = false): number => {
    const length = sizeOf(nodes[id]!.shape);
    if (isExact) own.set(lifetimes.length, length);
    return lifetimes.push({ length: isExact ? 0 : length, first, last }) - 1;
  };
  const extend = (buffer: number | undefined, nest: number) => {
    if (buffer !== undefined) lifetimes[buffer]!.last = Math.max(lifetimes[buffer]!.last, nest);
  };
  nests.forEach(({ roots }, nest) => {
    for (const root of roots) {
      const { id, kind } = root;
      if (!arrays.has(id)) {
        const last = outputs.includes(id) ? nests.length : nest;
        const buffer = addBuffer(id, nest, last, exact.has(id));
        if (!exact.has(id)) bufferOf.set(id, buffer);
        arrays.set(id, bufferName(buffer));
      }
      walkRoot(graph, root, (other) => {
        if (other === id) return true;
        extend(bufferOf.get(other), nest);
        return !arrays.has(other);
      });
      if (kind !== "product") continue;
      for (const operand of nodes[id]!.operands) {
        const view = viewOf(graph, operand).id;
        if (bufferOf.has(view)) continue;
        if (!copyOf.has(view)) copyOf.set(view, addBuffer(view, nest, nest));
        extend(copyOf.get(view), nest);
      }
    }
  });

  const { offsets, length } = placeBuffers(lifetimes);
  const copies = outputs.flatMap((id, i) => {
    const array = arrays.get(id)!;
    // A scalar input is a number, not an array.
    const source = id < inputs.length && nodes[id]!.shape.length === 0 ? `[${array}]` : array;
    return array === outputName(i) ? [] : [{ target: outputName(i), source }];
  });
  const buffers = lifetimes.map(({ length }, i) => ({
    offset: offsets[i]!,
    length: own.get(i) ?? length,
    exact: own.has(i),
  }));
  return { arrays, copies, constants, buffers, arena: length, bufferOf, copyOf };
}
