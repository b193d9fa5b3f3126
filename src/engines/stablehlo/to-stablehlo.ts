/** A traced function as StableHLO text. */
import type { Dtype, Shapes, Traced } from "../../../graph/index.js";
import { graphOf, outputsOf, pathText } from "../../../graph/internal.js";
import type { ExportedConstant } from "../lowering/constants.js";
import { lowerGraph } from "../lowering/lower.js";
import { primitivesOf } from "../lowering/primitives.js";
import { readTarget } from "../target.js";
import { StableDialect } from "./dialect.js";
import { StableWriter } from "./writer.js";

/**
 * Options of `toStableHlo`.
 * @example const options: StableHloOptions = { dtype: "f32" };
 */
export interface StableHloOptions {
  /** The name of the module; default "adjoint". */
  readonly name?: string;
  /** What the numbers are; default "f64". "bf16" is "f32" whose products of matrices take factors of bfloat16. */
  readonly dtype?: Dtype | "bf16";
}

/**
 * A module as text.
 * @example const lines = ({ source }: StableHloSource): number => source.split("\n").length;
 */
export interface StableHloSource {
  /** The module's text. */
  readonly source: string;
  /** The large constants, which `main` takes behind the inputs in this order. */
  readonly constants: ReadonlyMap<string, ExportedConstant>;
}

/**
 * A traced function as StableHLO text: the function `main`, from the inputs to the outputs in the order of their leaves, which
 * comments tell. Loops stay loops. It has no operation of CHLO nor of later versions than 1.0, so that it serializes to a
 * portable artifact of the least version: for XLA, IREE and what else reads it. Constants of more than 64 elements are
 * arguments behind the inputs, so that the text grows with the nodes alone.
 *
 * @example
 * const { source } = toStableHlo(valueAndGrad(cubic.f));
 * source.includes("func.func public @main"); // true
 *
 * @throws where an option is wrong, or an op of the user's has neither a recipe nor an `expand`
 */
export function toStableHlo<I extends Shapes, O>(
  f: Traced<I, O>,
  options: StableHloOptions = {},
): StableHloSource {
  const what = "toStableHlo";
  const { name, dtype } = readTarget(what, options, {
    named: "a module",
    wanted: 'an identifier such as "cubic"',
    isName: (name) => /^[A-Za-z_]\w*$/.test(name),
    name: "adjoint",
    dtypes: ["f64", "f32", "bf16"],
  });
  const graph = primitivesOf(graphOf(f, what), what, () => false);
  const writer = new StableWriter(dtype === "bf16" ? "f32" : dtype);
  const inputs = graph.inputs.map(({ shape }, i) => ({ text: `%arg${i}`, shape, kind: "number" as const }));
  const outputs = lowerGraph(graph, new StableDialect(writer, dtype === "bf16"), inputs);
  const types = outputs.map((value) => writer.type(value)).join(", ");
  const told = (path: readonly (string | number)[]) => JSON.stringify(pathText(path));
  const constants = writer.constants.all;
  const stored = [...constants].map(([name, { shape }]) => ({
    text: `%${name}`,
    shape,
    kind: "number" as const,
  }));
  const given = [...inputs, ...stored].map((one) => `${one.text}: ${writer.type(one)}`).join(", ");
  const source = [
    ...graph.inputs.map(({ path }, i) => `// %arg${i} is ${told(path)}.`),
    ...stored.map(({ text }) => `// ${text} is the constant "${text.slice(1)}".`),
    ...outputsOf(graph).map(({ path }, i) => `// Result ${i} is ${told(path)}.`),
    `module @${name} {`,
    `  func.func public @main(${given}) -> (${types}) {`,
    writer.text,
    `    return ${outputs.map(({ text }) => text).join(", ")} : ${types}`,
    "  }",
    "}",
    "",
  ].join("\n");
  return { source, constants };
}
