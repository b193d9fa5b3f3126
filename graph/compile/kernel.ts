/** Kernels: a graph compiled to a function on typed arrays, with a convenient call and one that allocates nothing. */
import { AdjointError } from "../errors.js";
import { type Graph, mapOutputs, outputsOf, type Tree } from "../graph.js";
import { doubles, interpretNodes } from "../interpret.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import { simplifyGraph } from "../simplify.js";
import { graphOf, type Results, type Shapes, type Traced, type ValueOf } from "../trace.js";
import { checkKeys, readValue } from "../values.js";
import { makeArena } from "./arena.js";
import { emitLoops, type LoopCode } from "./loops.js";
import { lower } from "./lower.js";
import { mergeConstants } from "./merge-constants.js";
import { bufferName, constantName, inputName, outputName } from "./names.js";
import { countElements, scalarize } from "./scalarize.js";
import { unroll } from "./unroll.js";
import { straightLine } from "./wasm/straight.js";
import { type Calls, type Helpers, keysOf, wrapperText } from "./wrapper.js";

/** What `into` takes for an input: a number for a scalar, the caller's own array for a tensor. */
export type InputArray<S extends Shape> = S extends readonly [] ? number : Float64Array;

/** What `into` writes to: an array for each output, of length 1 for a scalar. */
export type OutputArrays<O> = O extends { readonly shape: Shape }
  ? Float64Array
  : { [K in keyof O]: OutputArrays<O[K]> };

export interface Kernel<I extends Shapes, O> {
  /** Computes into fresh arrays, which the caller may keep. Inputs may be nested, flat or typed arrays. */
  (inputs: { readonly [K in keyof I]: ValueOf<I[K]> }): Results<O>;
  /**
   * Computes into the caller's arrays and allocates nothing. An output may be the very array of an input, but no
   * overlapping view of it.
   */
  into(inputs: { readonly [K in keyof I]: InputArray<I[K]> }, outputs: OutputArrays<O>): void;
  /** The shapes of the inputs, by name. */
  readonly inputs: { readonly [K in keyof I]: I[K] };
  /** The shapes of the outputs: a tree of names like that of the results. */
  readonly outputs: Tree<Shape>;
  /** The generated code: inputs are `x0, x1 …` in order, outputs `o0, o1 …`. Empty where the graph is interpreted. */
  readonly source: string;
}

/** Graphs of up to this many elements are unrolled. */
const unrollLimit = 600;

/** Graphs of more nodes than this don't become JavaScript: it would be beyond what engines optimize. */
const loopLimit = 5000;

/** A function of the inputs' and outputs' arrays (numbers for scalar inputs), in order. */
type Core = (...arrays: (number | Float64Array)[]) => void;

/**
 * Compiles a traced function. Small graphs become straight-line code, tensors fused loops. Where code can't be made
 * (a content-security policy forbids it) or would be too long, the graph is interpreted.
 */
export function compile<I extends Shapes, O>(f: Traced<I, O>): Kernel<I, O> {
  const given = graphOf(f, "compile");
  const helpers = makeHelpers(given);
  const { calls, source } =
    given.nodes.length > loopLimit ? compileLarge(given, helpers) : compileSmall(given, helpers);
  const { call, into } = calls ?? interpreted(given, helpers);
  return Object.assign(call, {
    into,
    source: calls ? source : "",
    inputs: Object.fromEntries(given.inputs.map(({ name, shape }) => [name, shape])),
    outputs: mapOutputs(given.outputs, (id) => given.nodes[id]!.shape),
  }) as unknown as Kernel<I, O>;
}

interface Compiled {
  readonly calls: Calls | undefined;
  readonly source: string;
}

function compileSmall(given: Graph, helpers: Helpers): Compiled {
  const graph = simplifyGraph(given, mergeConstants);
  const code =
    countElements(graph) <= unrollLimit
      ? { source: unroll(graph, scalarize(graph)), buffers: [], arena: 0, constants: [], columns: 0 }
      : emitLoops(simplifyGraph(lower(graph), mergeConstants));
  return { calls: build(graph, code, helpers), source: code.source };
}

/** Graphs of very many nodes are nearly always scalar: their elements are few for each node. */
function compileLarge(graph: Graph, helpers: Helpers): Compiled {
  if (countElements(graph) > 50 * graph.nodes.length) return { calls: undefined, source: "" };
  const core = straightLine(graph, scalarize(graph));
  return { calls: core && wrap(graph, core, helpers, []), source: "" };
}

let serial = 0;

/**
 * The generated code as functions. A number of its own keeps the engine from sharing code and type feedback between
 * kernels that happen to have the same text.
 */
function build(graph: Graph, code: LoopCode, helpers: Helpers): Calls | undefined {
  const { source, buffers, constants, columns } = code;
  const memory = [...buffers.map((_, i) => bufferName(i)), ...constants.map((_, i) => constantName(i))];
  if (columns > 0) memory.push("multiply");
  const names = [
    ...graph.inputs.map((_, i) => inputName(i)),
    ...outputsOf(graph).map((_, i) => outputName(i)),
    ...memory,
  ];
  const core = makeFunction(names, source);
  if (!core) return undefined;
  const { arena, multiply } = makeArena(code.arena, columns, "f64");
  const values: unknown[] = buffers.map(({ offset, length }) => arena.subarray(offset, offset + length));
  values.push(...constants);
  if (columns > 0) values.push(multiply);
  return wrap(graph, core as Core, helpers, memory, values);
}

/** The calls around a core that works on the inputs' and outputs' arrays and, behind them, `memory`. */
function wrap(
  graph: Graph,
  core: Core,
  helpers: Helpers,
  memory: readonly string[],
  values: readonly unknown[] = [],
): Calls | undefined {
  const make = makeFunction(["core", "helpers", "keys", ...memory], wrapperText(graph, memory));
  return make?.(core, helpers, keysOf(graph), ...values) as Calls | undefined;
}

/** A function of generated text, or `undefined` where a content-security policy forbids it. */
function makeFunction(
  names: readonly string[],
  text: string,
): ((...values: unknown[]) => unknown) | undefined {
  try {
    return new Function(...names, `"use strict"; // kernel ${++serial}\n${text}`) as () => unknown;
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}

function makeHelpers(graph: Graph): Helpers {
  const names = graph.inputs.map(({ name }) => name);
  const outputs = outputsOf(graph);
  const check = (inputs: unknown) => checkKeys(inputs, names, "inputs");
  return {
    check,
    read(index, inputs) {
      check(inputs);
      const { name, shape } = graph.inputs[index]!;
      const data = readValue((inputs as Record<string, unknown>)[name], shape, `input "${name}"`);
      return shape.length === 0 ? data[0]! : data;
    },
    reject(index) {
      const { path, id } = outputs[index]!;
      const { shape } = graph.nodes[id]!;
      throw new AdjointError(
        `into: output ${path.length === 0 ? "(the only one)" : `"${path.join(".")}"`} of shape ${formatShape(shape)} ` +
          `needs a Float64Array of length ${sizeOf(shape)}.`,
      );
    },
  };
}

/** The same calls without generated code. */
function interpreted(graph: Graph, helpers: Helpers): Calls {
  const outputs = outputsOf(graph);
  const evaluate = (inputs: unknown) => {
    helpers.check(inputs);
    const given = graph.inputs.map((_, i) => {
      const value = helpers.read(i, inputs);
      return typeof value === "number" ? [value] : Array.from(value);
    });
    return interpretNodes(graph.nodes, doubles, given);
  };
  return {
    call(inputs) {
      const values = evaluate(inputs);
      return mapOutputs<number | Float64Array>(graph.outputs, (id) =>
        graph.nodes[id]!.shape.length === 0 ? values[id]![0]! : Float64Array.from(values[id]!),
      );
    },
    into(inputs, targets) {
      const values = evaluate(inputs);
      outputs.forEach(({ path, id }, i) => {
        const array = path.reduce(
          (tree, name) => (tree as Record<string, unknown> | undefined)?.[name],
          targets,
        );
        if (!(array instanceof Float64Array) || array.length !== values[id]!.length)
          helpers.reject(i, targets);
        (array as Float64Array).set(values[id]!);
      });
    },
  };
}
