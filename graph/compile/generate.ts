import type { Graph } from "../graph.js";
import { simplifyGraph } from "../simplify.js";
import { emitLoops, type LoopCode } from "./loops.js";
import { lower } from "./lower.js";
import { mergeConstants } from "./merge-constants.js";
import { countElements, scalarize } from "./scalarize.js";
import { unroll } from "./unroll.js";

/** Graphs of up to this many elements are written out. */
export const unrollLimit = 600;

/** Code that wants no memory. */
export const noCode: LoopCode = { parts: [], buffers: [], arena: 0, constants: [], columns: 0, routines: [] };

/** JavaScript for a graph: straight-line code if it is small, else loops. `plain` leaves nothing to other routines. */
export function generate(graph: Graph, plain = false): LoopCode {
  if (countElements(graph) > unrollLimit)
    return emitLoops(simplifyGraph(lower(graph, plain), mergeConstants));
  return { ...noCode, parts: [unroll(graph, scalarize(graph))] };
}
