/** Calls of a graph on numbers: its inputs read and checked, and the graph interpreted where there is no code. */
import { checkOutputs, isDebug } from "./debug.js";
import { arrayOf, type Dtype } from "./dtype.js";
import { AdjointError } from "./errors.js";
import { type Graph, mapOutputs, outputsOf } from "./graph.js";
import { doubles, interpretNodes } from "./interpret.js";
import { checkKeys } from "./names.js";
import { formatShape, sizeOf } from "./shape.js";
import { atPath, pathText } from "./tree.js";
import { readValue } from "./values.js";

type AnyArray = Float64Array | Float32Array;

/** What generated calls ask for where an argument isn't simply what it should be. */
export interface Helpers {
  /** Throws for a missing or unknown key. */
  check(inputs: unknown): void;
  /** Converts an input, or throws. */
  read(index: number, inputs: unknown): number | AnyArray;
  /** Throws for an output that can't be written to. */
  reject(index: number): never;
  /** Throws for the map that was missing where the arguments of `into` were read. */
  missing(inputs: unknown, targets: unknown, error: unknown): never;
}

/** The two calls of a kernel, free of types. */
export interface Calls {
  call(inputs: unknown): unknown;
  into(inputs: unknown, outputs: unknown): void;
}

/** The dtype of the array of each node of a graph. */
export type DtypeOf = (id: number) => Dtype;

const double: DtypeOf = () => "f64";

export function makeHelpers(graph: Graph, dtypeOf: DtypeOf = double): Helpers {
  const names = graph.inputs.map(({ name }) => name);
  const outputs = outputsOf(graph);
  const check = (inputs: unknown) => checkKeys(inputs, names, "inputs");
  const reject = (index: number): never => {
    const { path, id } = outputs[index]!;
    const { shape } = graph.nodes[id]!;
    throw new AdjointError(
      `into: output ${path.length === 0 ? "(the only one)" : `"${pathText(path)}"`} of shape ${formatShape(shape)} ` +
        `needs a ${arrayOf(dtypeOf(id)).name} of length ${sizeOf(shape)}.`,
    );
  };
  return {
    check,
    read(index, inputs) {
      check(inputs);
      const { name, shape } = graph.inputs[index]!;
      const data = readValue((inputs as Record<string, unknown>)[name], shape, `input "${name}"`);
      if (shape.length === 0) return data[0]!;
      const dtype = dtypeOf(index);
      return dtype === "f64" ? data : arrayOf(dtype).from(data);
    },
    reject,
    missing(inputs, targets, error) {
      if (inputs === undefined || inputs === null) check(inputs);
      outputs.forEach(({ path }, i) => {
        if (atPath(targets, path) === undefined) reject(i);
      });
      throw error;
    },
  };
}

/** The calls of a graph that is interpreted. */
export function interpretedCalls(graph: Graph, helpers: Helpers, dtypeOf: DtypeOf = double): Calls {
  const outputs = outputsOf(graph);
  const checks = isDebug(graph);
  const evaluate = (inputs: unknown) => {
    helpers.check(inputs);
    const given = graph.inputs.map((_, i) => {
      const value = helpers.read(i, inputs);
      return typeof value === "number" ? [value] : Array.from(value);
    });
    const values = interpretNodes(graph.nodes, doubles, given);
    if (checks) checkOutputs(graph, values);
    return values;
  };
  return {
    call(inputs) {
      const values = evaluate(inputs);
      return mapOutputs<number | AnyArray>(graph.outputs, (id) =>
        graph.nodes[id]!.shape.length === 0 ? values[id]![0]! : arrayOf(dtypeOf(id)).from(values[id]!),
      );
    },
    into(inputs, targets) {
      const values = evaluate(inputs);
      outputs.forEach(({ path, id }, i) => {
        const array = atPath(targets, path);
        if (!(array instanceof arrayOf(dtypeOf(id))) || array.length !== values[id]!.length)
          helpers.reject(i);
        (array as AnyArray).set(values[id]!);
      });
    },
  };
}
