/** Code for prepared graphs: straight-line if they are small, else loops. */
import type { Graph } from "../graph.js";
import { countElements } from "../interpret.js";
import { unrolledElements } from "./limits.js";
import { emitLoops, type LoopCode } from "./loops/loops.js";
import { lower } from "./lower.js";
import { type ScalarGraph, scalarizeIfGeneral } from "./scalars/scalarize.js";
import { unroll } from "./scalars/unroll.js";
import { slotsOf } from "./text.js";

/** The elements of a prepared graph, if it is so small that it is written out. */
export function smallScalar(graph: Graph): ScalarGraph | undefined {
  return countElements(graph) <= unrolledElements ? scalarizeIfGeneral(graph) : undefined;
}

/** Code that is written elsewhere of a graph of elements: all it wants are the ops that it calls. */
export function straightCode(scalar: ScalarGraph, parts: readonly string[] = []): LoopCode {
  return {
    ...{ parts, buffers: [], arena: 0, constants: [], columns: 0, routines: [], inPlace: [] },
    slots: slotsOf(scalar.graph),
  };
}

/** JavaScript for a prepared graph. `withoutWasm` leaves nothing to other routines. */
export function generate(graph: Graph, withoutWasm = false): LoopCode {
  const scalar = smallScalar(graph);
  return scalar ? straightCode(scalar, [unroll(graph, scalar)]) : emitLoops(lower(graph, withoutWasm));
}
