/** Calls of a graph on numbers: its inputs read and checked, and the graph interpreted where there is no code. */
import { checkOutputs, isDebug } from "./debug.js";
import { reading } from "./describe.js";
import { arrayOf, type Dtype } from "./dtype.js";
import { AdjointError } from "./errors.js";
import { placeOf, readAlong } from "./given.js";
import { type Graph, isId, mapOutputs, outputsOf, type Signature } from "./graph.js";
import { doubles, interpretNodes } from "./interpret.js";
import { formatShape, sizeOf } from "./shape.js";
import { atPath, pathText } from "./tree.js";
import { readValue } from "./values.js";

type AnyArray = Float64Array | Float32Array;

/** What generated calls ask for where an argument isn't simply what it should be. */
export interface Helpers {
  /** Throws for a missing or unknown key, or a list of another length. */
  check(inputs: unknown): void;
  /** Converts an input, or throws. */
  read(index: number, inputs: unknown): number | AnyArray;
  /** Throws for an output that can't be written to. */
  reject(index: number): never;
  /** Throws for inputs, or these and targets, where reading them threw an error. */
  unread(error: unknown, ...given: readonly unknown[]): void;
  /** Throws for names among the targets that no output has. */
  checkTargets(targets: unknown): void;
}

/** The two calls of a kernel, free of types. */
export interface Calls {
  call(inputs: unknown): unknown;
  into(inputs: unknown, outputs: unknown): void;
}

/** The dtype of the array of each node of a graph. */
export type DtypeOf = (id: number) => Dtype;

const double: DtypeOf = () => "f64";

const place = /* @__PURE__ */ placeOf("inputs", "input");

/** What is given for each input, in order. @throws where a key or an item is missing or unknown */
export function readInputs({ inputTree }: Signature, given: unknown): unknown[] {
  const values: unknown[] = [];
  readAlong(inputTree, isId, given, place, (value) => values.push(value));
  return values;
}

/** The numbers of an input. @throws where these can't be read, or don't fit */
export function numbersOf({ inputs }: Graph, index: number, value: unknown): Float64Array {
  const { path, shape } = inputs[index]!;
  return readValue(value, shape, place(path));
}

export function makeHelpers(graph: Graph, dtypeOf: DtypeOf = double): Helpers {
  const outputs = outputsOf(graph);
  const check = (inputs: unknown) => readInputs(graph, inputs);
  const reject = (index: number): never => {
    const { path, id } = outputs[index]!;
    const { shape } = graph.nodes[id]!;
    throw new AdjointError(
      `into: output ${path.length === 0 ? "(the only one)" : `"${pathText(path)}"`} of shape ${formatShape(shape)} ` +
        `needs a ${arrayOf(dtypeOf(id)).name} of length ${sizeOf(shape)}.`,
    );
  };
  const helpers: Helpers = {
    check,
    read(index, inputs) {
      const { path, shape } = graph.inputs[index]!;
      const value = reading(place(path), () => atPath(inputs, path));
      if (value === undefined) check(inputs);
      const data = numbersOf(graph, index, value);
      if (shape.length === 0) return data[0]!;
      const dtype = dtypeOf(index);
      return dtype === "f64" ? data : arrayOf(dtype).from(data);
    },
    reject,
    unread(error, ...given) {
      reading("inputs: what is given", () => {
        check(given[0]);
        for (let i = 0; i < graph.inputs.length; i++) helpers.read(i, given[0]);
        outputs.forEach(({ path }, i) => {
          if (given.length > 1 && atPath(given[1], path) === undefined) reject(i);
        });
        throw error;
      });
    },
    checkTargets(targets) {
      const like = outputs.length === 0 ? {} : graph.outputs;
      readAlong(like, isId, targets, placeOf("into", "into: output"), () => {}, "outputs");
    },
  };
  return helpers;
}

/** The numbers of all nodes for what is given for the inputs, in order. */
function evaluate(graph: Graph, given: readonly unknown[], dtypeOf: DtypeOf): (readonly number[])[] {
  const inputs = given.map((value, i) => {
    const read = numbersOf(graph, i, value);
    return Array.from(graph.inputs[i]!.shape.length === 0 ? read : arrayOf(dtypeOf(i)).from(read));
  });
  const values = interpretNodes(graph.nodes, doubles, inputs);
  if (isDebug(graph)) checkOutputs(graph, values);
  return values;
}

/** What an interpreted graph gives for what is given for its inputs, in order. */
export function interpreted(graph: Graph, given: readonly unknown[], dtypeOf: DtypeOf = double): unknown {
  const values = evaluate(graph, given, dtypeOf);
  return mapOutputs<number | AnyArray>(graph.outputs, (id) =>
    graph.nodes[id]!.shape.length === 0 ? values[id]![0]! : arrayOf(dtypeOf(id)).from(values[id]!),
  );
}

/** The calls of a graph that is interpreted. */
export function interpretedCalls(graph: Graph, helpers: Helpers, dtypeOf: DtypeOf): Calls {
  const outputs = outputsOf(graph);
  return {
    call: (inputs) => interpreted(graph, readInputs(graph, inputs), dtypeOf),
    into(inputs, targets) {
      const values = evaluate(graph, readInputs(graph, inputs), dtypeOf);
      const arrays = outputs.map(({ path, id }, i) => {
        const array = reading("into: what is given", () => atPath(targets, path));
        const fits = ArrayBuffer.isView(array) && array instanceof arrayOf(dtypeOf(id));
        return fits && array.length === values[id]!.length ? array : helpers.reject(i);
      });
      helpers.checkTargets(targets);
      outputs.forEach(({ id }, i) => {
        arrays[i]!.set(values[id]!);
      });
    },
  };
}
