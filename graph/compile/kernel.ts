/**
 * Kernels: a graph compiled to a function on typed arrays, with a convenient call and one that allocates nothing.
 */
import { AdjointError } from "../errors.js";
import { type Graph, mapOutputs, type Output, outputsOf, type Tree } from "../graph.js";
import { doubles, interpretNodes } from "../interpret.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import { simplifyGraph } from "../simplify.js";
import { graphOf, type Results, type Shapes, type Traced, type ValueOf } from "../trace.js";
import { checkKeys, readValue } from "../values.js";
import { emitLoops, type LoopCode } from "./loops.js";
import { lower } from "./lower.js";
import { countElements } from "./scalarize.js";
import { inputName, outputName, unroll } from "./unroll.js";

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
  /** The generated code; empty where the graph is interpreted. */
  readonly source: string;
}

/** Graphs of up to this many elements are unrolled. */
const unrollLimit = 600;

/** Graphs of more nodes than this are interpreted: their code would be beyond what engines optimize. */
const loopLimit = 5000;

/** A function of the inputs' and outputs' arrays (numbers for scalar inputs), in order. */
type Core = (...arrays: (number | Float64Array)[]) => void;

/**
 * Compiles a traced function. Small graphs become straight-line code; where code can't be made (a content-security
 * policy forbids it) the graph is interpreted.
 */
export function compile<I extends Shapes, O>(f: Traced<I, O>): Kernel<I, O> {
  const graph = simplifyGraph(graphOf(f, "compile"));
  const code = emit(graph);
  return makeKernel(graph, (code && build(graph, code)) || interpreted(graph), code?.source ?? "");
}

function emit(graph: Graph): LoopCode | undefined {
  if (countElements(graph) <= unrollLimit) return { source: unroll(graph), buffers: [], constants: [] };
  return graph.nodes.length <= loopLimit ? emitLoops(simplifyGraph(lower(graph))) : undefined;
}

let serial = 0;

/**
 * The generated code as a function. A number of its own keeps the engine from sharing code and type feedback between
 * kernels that happen to have the same text.
 */
function build(graph: Graph, { source, buffers, constants }: LoopCode): Core | undefined {
  const names = [
    ...graph.inputs.map((_, i) => inputName(i)),
    ...outputsOf(graph).map((_, i) => outputName(i)),
    ...buffers.map((_, i) => `t${i}`),
    ...constants.map((_, i) => `c${i}`),
  ];
  const memory = [...buffers.map((length) => new Float64Array(length)), ...constants];
  let code: Core;
  try {
    code = new Function(...names, `"use strict"; // kernel ${++serial}\n${source}`) as Core;
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    return undefined;
  }
  return memory.length === 0 ? code : (...arrays) => code(...arrays, ...memory);
}

function interpreted(graph: Graph): Core {
  const outputs = outputsOf(graph);
  return (...arrays) => {
    const given = graph.inputs.map((_, i) => {
      const array = arrays[i]!;
      return typeof array === "number" ? [array] : [...array];
    });
    const values = interpretNodes(graph.nodes, doubles, given);
    outputs.forEach(({ id }, i) => {
      (arrays[graph.inputs.length + i] as Float64Array).set(values[id]!);
    });
  };
}

function makeKernel<I extends Shapes, O>(graph: Graph, core: Core, source: string): Kernel<I, O> {
  const names = graph.inputs.map(({ name }) => name);
  const outputs = outputsOf(graph);
  const shapes = outputs.map(({ id }) => graph.nodes[id]!.shape);
  const read = (inputs: Readonly<Record<string, unknown>>) => {
    checkKeys(inputs, names, "inputs");
    return graph.inputs.map(({ name, shape }) => {
      const data = readValue(inputs[name], shape, `input "${name}"`);
      return shape.length === 0 ? data[0]! : data;
    });
  };
  const call = (inputs: Readonly<Record<string, unknown>>): unknown => {
    const arrays = shapes.map((shape) => new Float64Array(sizeOf(shape)));
    core(...read(inputs), ...arrays);
    let next = 0;
    return mapOutputs<number | Float64Array>(graph.outputs, () => {
      const array = arrays[next]!;
      return shapes[next++]!.length === 0 ? array[0]! : array;
    });
  };
  const into = (inputs: Readonly<Record<string, unknown>>, targets: unknown): void => {
    const given = read(inputs);
    const arrays = outputs.map((output, i) => targetAt(targets, output, shapes[i]!));
    const apart = given.map((array) =>
      arrays.includes(array as Float64Array) ? (array as Float64Array).slice() : array,
    );
    core(...apart, ...arrays);
  };
  return Object.assign(call, {
    into,
    source,
    inputs: Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, shape])),
    outputs: mapOutputs(graph.outputs, (id) => graph.nodes[id]!.shape),
  }) as unknown as Kernel<I, O>;
}

/** The caller's array for an output, checked. */
function targetAt(targets: unknown, { path }: Output, shape: Shape): Float64Array {
  const array = path.reduce(
    (tree: unknown, name) => (tree as Record<string, unknown> | undefined)?.[name],
    targets,
  );
  if (array instanceof Float64Array && array.length === sizeOf(shape)) return array;
  throw new AdjointError(
    `into: output ${path.join(".") || "(the only one)"} of shape ${formatShape(shape)} needs a Float64Array of length ${sizeOf(shape)}.`,
  );
}
