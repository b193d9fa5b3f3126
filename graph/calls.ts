/** Calls of a graph on numbers: its inputs read and checked, and the graph interpreted where there is no code. */
import { checkOutputs, isDebug } from "./debug.js";
import { reading, shortened } from "./describe.js";
import { arrayOf, type Dtype } from "./dtype.js";
import { AdjointError } from "./errors.js";
import { type Graph, mapOutputs, outputsOf } from "./graph.js";
import { doubles, interpretNodes } from "./interpret.js";
import { checkKeys, checkNames } from "./names.js";
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
      const what = `input "${shortened(name)}"`;
      const value = reading(what, () => (inputs as Record<string, unknown>)[name]);
      const data = readValue(value, shape, what);
      if (shape.length === 0) return data[0]!;
      const dtype = dtypeOf(index);
      return dtype === "f64" ? data : arrayOf(dtype).from(data);
    },
    reject,
    unread(error, ...given) {
      reading("inputs: what is given", () => {
        if (given[0] == null) check(given[0]);
        outputs.forEach(({ path }, i) => {
          if (given.length > 1 && atPath(given[1], path) === undefined) reject(i);
        });
        throw error;
      });
    },
    checkTargets(targets) {
      reading("into: what is given", () => {
        for (const { path } of outputs) {
          path.forEach((_, i) => {
            const [given, known] = [targets, graph.outputs].map((tree) => atPath(tree, path.slice(0, i)));
            checkNames("into", "outputs", given, Object.keys(known as object));
          });
        }
      });
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
