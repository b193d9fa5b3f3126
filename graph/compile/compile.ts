/**
 * Compiling, Graph → function on typed arrays. Three backends share the work: straight-line JavaScript for small graphs,
 * fused loop nests for tensors, straight-line WebAssembly for large graphs of scalars.
 */
import { type Calls, type DtypeOf, type Helpers, interpretedCalls, makeHelpers } from "../calls.js";
import { isDebug } from "../debug.js";
import { type ArrayOf, arrayOf, type Dtype } from "../dtype.js";
import type { Graph } from "../graph.js";
import { mapOutputs, outputsOf } from "../graph.js";
import { countElements } from "../interpret.js";
import { checkOptions } from "../options.js";
import { graphOf, type Shapes, type Traced } from "../trace.js";
import { type Environment, makeEnvironment } from "./environment.js";
import { makeFunction } from "./function.js";
import { generate } from "./generate.js";
import type { Kernel } from "./kernel.js";
import { scalarNodes, scalarWidth } from "./limits.js";
import type { LoopCode } from "./loops/loops.js";
import { inputName, namesOf, outputName } from "./names.js";
import { exactNodes } from "./places.js";
import { expand, tidy } from "./prepare.js";
import { scalarizeIfGeneral } from "./scalars/scalarize.js";
import { straightLine } from "./wasm/straight.js";
import { keysOf, wrapperText } from "./wrapper.js";

/**
 * Options of `compile`.
 * @example const options: CompileOptions = { dtype: "f32" };
 */
export interface CompileOptions<D extends Dtype = Dtype> {
  /**
   * The elements of all tensors: `"f64"` (default) or `"f32"`. Sums and products are formed in f64 but for matmul.
   * Places (results of argmax, indices of take) in tensors of more than 2²⁴ elements are kept in f64, and given and taken
   * as Float64Arrays.
   */
  readonly dtype?: D;
}

/** A function of the inputs' and outputs' arrays (numbers for scalar inputs), in order. */
type Core = (...arrays: (number | Float64Array | Float32Array)[]) => void;

/**
 * Compiles a traced function. Where code can't be made (a content-security policy forbids it), the graph is
 * interpreted: slower by orders of magnitude, with the same results.
 *
 * @example
 * const f = compile(valueAndGrad(cubic.f));
 * f({ x: [2, 3] }); // { value: 46, grad: { x: Float64Array [7, 35] } }
 */
export function compile<I extends Shapes, O, const D extends Dtype = "f64">(
  f: Traced<I, O>,
  options: CompileOptions<D> = {},
): Kernel<I, O, ArrayOf<D>> {
  const graph = graphOf(f, "compile");
  const { dtype = "f64" as D } = checkOptions("compile", options, ["dtype"]);
  arrayOf(dtype);
  const compiled = isDebug(graph) ? undefined : compileGraph(expand(graph), dtype);
  const { call, into } = compiled?.calls ?? interpretedCalls(graph, ...surroundings(graph, dtype));
  return Object.assign(call, {
    into,
    dtype,
    source: compiled?.source ?? "",
    inputs: mapOutputs(graph.inputTree, (i) => graph.inputs[i]!.shape),
    outputs: mapOutputs(graph.outputs, (id) => graph.nodes[id]!.shape),
  }) as unknown as Kernel<I, O, ArrayOf<D>>;
}

interface Compiled {
  readonly calls: Calls;
  readonly source: string;
}

function surroundings(graph: Graph, dtype: Dtype): [Helpers, DtypeOf] {
  const exact = dtype === "f32" ? exactNodes(graph) : undefined;
  const dtypeOf: DtypeOf = (id) => (exact?.has(id) ? "f64" : dtype);
  return [makeHelpers(graph, dtypeOf), dtypeOf];
}

function compileGraph(graph: Graph, dtype: Dtype): Compiled | undefined {
  const { length } = graph.nodes;
  const ofScalars = length > scalarNodes && countElements(graph) <= scalarWidth * length;
  // What is taken apart is tidied then, element by element; to do it before, too, would cost a fifth of compiling.
  const scalar = ofScalars ? scalarizeIfGeneral(graph) : undefined;
  if (!scalar) return compileTensors(tidy(graph), dtype);
  const core = straightLine(graph, scalar);
  const calls = core && wrap(graph, [core], dtype, { memory: [] });
  return calls && { calls, source: "" };
}

function compileTensors(graph: Graph, dtype: Dtype): Compiled | undefined {
  // Without WebAssembly, matrix products are loops too.
  for (const withoutWasm of [false, true]) {
    const code = generate(graph, withoutWasm);
    const environment = makeEnvironment(code, dtype);
    const calls = environment && build(graph, code, environment, dtype);
    if (calls) return { calls, source: code.parts.join("\n\n") };
  }
  return undefined;
}

function build(
  graph: Graph,
  { parts, inPlace }: LoopCode,
  { names: memory, values }: Environment,
  dtype: Dtype,
): Calls | undefined {
  const names = [...namesOf(graph.inputs, inputName), ...namesOf(outputsOf(graph), outputName), ...memory];
  const functions = parts.map((text) => makeFunction(names, text) as Core | undefined);
  if (!functions.every((one) => one !== undefined)) return undefined;
  return wrap(graph, functions, dtype, { memory, values, inPlace });
}

/** What functions work on behind the inputs' and outputs' arrays, and which of these may be the same. */
interface Surroundings {
  readonly memory: readonly string[];
  readonly values?: readonly unknown[];
  readonly inPlace?: LoopCode["inPlace"];
}

/** The calls around functions. */
function wrap(
  graph: Graph,
  functions: readonly Core[],
  dtype: Dtype,
  { memory, values = [], inPlace = [] }: Surroundings,
): Calls | undefined {
  const [helpers, dtypeOf] = surroundings(graph, dtype);
  const text = wrapperText(graph, memory, inPlace, (id) => arrayOf(dtypeOf(id)).name, functions.length);
  const make = makeFunction(["functions", "helpers", "keys", ...memory], text);
  return make?.(functions, helpers, keysOf(graph), ...values) as Calls | undefined;
}
