/** A traced function as StableHLO text. */
import { AdjointError, type Dtype, type Shapes, type Traced } from "../../../graph/index.js";
import { checkOptions, describe, graphOf, outputsOf, pathText } from "../../../graph/internal.js";
import { lowerGraph } from "../lowering/lower.js";
import { primitivesOf } from "../lowering/primitives.js";
import { StableDialect } from "./dialect.js";
import { StableWriter } from "./writer.js";

/**
 * Options of `toStableHlo`.
 * @example const options: StableHloOptions = { dtype: "f32" };
 */
export interface StableHloOptions {
  /** The name of the module; default "adjoint". */
  readonly name?: string;
  /** What the numbers are; default "f64". */
  readonly dtype?: Dtype | "bf16";
}

/**
 * A traced function as StableHLO text: the function `main`, from the inputs to the outputs in the order of their leaves, which
 * comments tell. Loops stay loops. It has no operation of CHLO nor of later versions than 1.0, so that it serializes to a
 * portable artifact of the least version: for XLA, IREE and what else reads it.
 *
 * @example
 * const text = toStableHlo(valueAndGrad(cubic.f));
 * text.includes("func.func public @main"); // true
 *
 * @throws where an option is wrong, or an op of the user's has neither a recipe nor an `expand`
 */
export function toStableHlo<I extends Shapes, O>(f: Traced<I, O>, options: StableHloOptions = {}): string {
  const what = "toStableHlo";
  const { name = "adjoint", dtype = "f64" } = checkOptions(what, options, ["name", "dtype"]);
  if (typeof name !== "string" || !/^[A-Za-z_]\w*$/.test(name))
    throw new AdjointError(
      `${what}: ${describe(name)} can't name a module; give an identifier such as "cubic".`,
    );
  if (!["f64", "f32", "bf16"].includes(dtype))
    throw new AdjointError(`${what}: dtype is "f64", "f32" or "bf16", not ${describe(dtype)}.`);
  const graph = primitivesOf(graphOf(f, what), what, () => false);
  const writer = new StableWriter(dtype);
  const inputs = graph.inputs.map(({ shape }, i) => ({ text: `%arg${i}`, shape, kind: "number" as const }));
  const outputs = lowerGraph(graph, new StableDialect(writer), inputs);
  const types = outputs.map((value) => writer.type(value)).join(", ");
  const told = (path: readonly (string | number)[]) => JSON.stringify(pathText(path));
  return [
    ...graph.inputs.map(({ path }, i) => `// %arg${i} is ${told(path)}.`),
    ...outputsOf(graph).map(({ path }, i) => `// Result ${i} is ${told(path)}.`),
    `module @${name} {`,
    `  func.func public @main(${inputs.map((one) => `${one.text}: ${writer.type(one)}`).join(", ")}) -> (${types}) {`,
    writer.text,
    `    return ${outputs.map(({ text }) => text).join(", ")} : ${types}`,
    "  }",
    "}",
    "",
  ].join("\n");
}
