import type { Graph } from "../graph.js";
import { simplifyGraph } from "../simplify.js";
import { emitLoops, type LoopCode } from "./loops/loops.js";
import { lower } from "./lower.js";
import { mergeConstants } from "./merge-constants.js";
import { countElements, type ScalarGraph, scalarize } from "./scalars/scalarize.js";
import { unroll } from "./scalars/unroll.js";
import { slotsOf } from "./text.js";

/** Graphs of up to this many elements are written out. */
export const unrollLimit = 600;

/** Code that wants no memory. */
const noCode: LoopCode = {
  ...{ parts: [], buffers: [], arena: 0, constants: [], columns: 0 },
  ...{ routines: [], slots: [] },
};

/** Code that is written elsewhere of a graph of elements: all it wants are the ops that it calls. */
export function straightCode(scalar: ScalarGraph): LoopCode {
  return { ...noCode, slots: slotsOf(scalar.graph) };
}

/** JavaScript for a graph: straight-line code if it is small, else loops. `plain` leaves nothing to other routines. */
export function generate(graph: Graph, plain = false): LoopCode {
  if (countElements(graph) > unrollLimit)
    return emitLoops(simplifyGraph(lower(graph, plain), mergeConstants));
  const scalar = scalarize(graph);
  return { ...straightCode(scalar), parts: [unroll(graph, scalar)] };
}
