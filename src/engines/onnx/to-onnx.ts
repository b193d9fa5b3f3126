/** A traced function as an ONNX model. */
import { AdjointError, type Dtype, type Shapes, type Traced } from "../../../graph/index.js";
import { describe, formatShape, graphOf, outputsOf, type Path } from "../../../graph/internal.js";
import { lowerGraph } from "../lowering/lower.js";
import { primitivesOf } from "../lowering/primitives.js";
import { readTarget } from "../target.js";
import { OnnxDialect } from "./dialect.js";
import { declaration, OnnxModule } from "./module.js";
import { encode } from "./protobuf.js";

/**
 * Options of `toOnnx`.
 * @example const options: OnnxOptions = { dtype: "f32" };
 */
export interface OnnxOptions {
  /** What the numbers are; default "f64". */
  readonly dtype?: Dtype;
  /** The name of the graph, which viewers show; default "adjoint". */
  readonly name?: string;
}

/**
 * A traced function as an ONNX model, for any runtime that reads these: its inputs and outputs have the names of the
 * function's, a tree's keys joined by dots (`layer.weights`), the only input or output without one being `x` and `result`;
 * an output that would have the name of an input has `_out` behind it. A gradient is that which Adjoint derived (export
 * `valueAndGrad(f)`, or `trainingStep` for a whole step of training), a loop is one Scan, the shapes are fixed. The bytes depend on the graph alone.
 *
 * It wants the operators of version 13 (of 16 where gradients go through indices). Engines add in an order of their own, and
 * lose −0 in sums and padding; all else is equal but for the last places. For f32 some have functions of fewer digits.
 *
 * @example
 * const model = toOnnx(valueAndGrad(cubic.f));
 * model instanceof Uint8Array; // true
 *
 * @throws where the dtype isn't known, the name is no text, two names are one, or an op of the user's has neither a recipe
 * nor an `expand`
 */
export function toOnnx<I extends Shapes, O>(f: Traced<I, O>, options: OnnxOptions = {}): Uint8Array {
  const { dtype, name } = readTarget("toOnnx", options, {
    named: "a graph",
    wanted: 'a text such as "cubic"',
    isName: (name) => name !== "",
    name: "adjoint",
    dtypes: ["f64", "f32"],
  });
  const graph = primitivesOf(graphOf(f, "toOnnx"), "toOnnx", () => false);
  const inputs = graph.inputs.map(({ path, shape }) => ({ name: nameOf(path, "x"), shape }));
  const taken = new Set(inputs.map((input) => input.name));
  const outputs = outputsOf(graph).map(({ path, id }) => {
    const wanted = nameOf(path, "result");
    return { name: taken.has(wanted) ? `${wanted}_out` : wanted, shape: graph.nodes[id]!.shape };
  });
  const names = [...inputs, ...outputs].map((one) => one.name);
  const twice = names.find((one, i) => names.indexOf(one) !== i);
  if (twice !== undefined)
    throw new AdjointError(
      `toOnnx: two inputs or outputs are called ${describe(twice)}; rename one of the keys.`,
    );
  const module = new OnnxModule(dtype, names);
  const dialect = new OnnxDialect(
    module,
    inputs.map((input) => input.name),
  );
  const values = inputs.map(({ shape }, i) => dialect.input(i, shape));
  lowerGraph(graph, dialect, values).forEach((value, i) => {
    module.result(outputs[i]!.name, dialect.solid(value).name);
  });
  const told = [...inputs, ...outputs].map((one) => `${one.name}: ${formatShape(one.shape)}`);
  return encode({
    1: module.opset < 15 ? 7 : 8,
    2: "adjoint",
    7: {
      1: module.nodes,
      2: name,
      5: module.constants,
      10: told.join("\n"),
      11: inputs.map((one) => declaration(one.name, dtype, one.shape)),
      12: outputs.map((one) => declaration(one.name, dtype, one.shape)),
    },
    8: { 1: "", 2: module.opset },
  });
}

/** A tree's keys, joined. */
const nameOf = (path: Path, alone: string) => (path.length === 0 ? alone : path.join("."));
