import { AdjointError, type Shape, type Shapes, type Traced } from "../../graph/index.js";
import {
  checkOptions,
  describe,
  foldTree,
  formatShape,
  generateModule,
  graphOf,
  inputName,
  isId,
  outputName,
  outputsOf,
  sizeOf,
} from "../../graph/internal.js";

/**
 * Options of `emit`.
 * @example const options: EmitOptions = { name: "loss", language: "js" };
 */
export interface EmitOptions {
  /** The name of the exported function: an identifier. */
  readonly name: string;
  /** Write type annotations (`"ts"`, default) or plain JavaScript (`"js"`). */
  readonly language?: "ts" | "js";
}

const identifier = /^[A-Za-z_$][\w$]*$/;

/** Words that no function may be called, in a module. */
const reserved = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends false " +
    "finally for function if implements import in instanceof interface let new null package private protected public return " +
    "static super switch this throw true try typeof var void while with yield Float64Array Math"
  ).split(" "),
);

/**
 * A traced function as a module of its own, with no import: the gradient as a file to keep. It exports one function from
 * an object of inputs (numbers for scalars, flat row-major Float64Arrays for tensors) to fresh results shaped as those of
 * `compile`. Inputs aren't checked. C and Python are written by `toC` and `toJax` of `adjoint/export`.
 *
 * @example
 * import { writeFileSync } from "node:fs";
 * writeFileSync("cubic.ts", emit(valueAndGrad(cubic.f), { name: "cubic" }));
 *
 * @throws where the name is no identifier, or an op of the user's has neither code nor a routine with a text
 */
export function emit<I extends Shapes, O>(f: Traced<I, O>, options: EmitOptions): string {
  const { name, language = "ts" } = checkOptions("emit", options, ["name", "language"]);
  if (language !== "ts" && language !== "js") {
    const others = "toC and toJax of adjoint/export write C and Python";
    throw new AdjointError(`emit: language is ${describe(language)}; it must be "ts" or "js" (${others}).`);
  }
  if (typeof name !== "string" || !identifier.test(name) || reserved.has(name)) {
    throw new AdjointError(
      `emit: ${describe(name)} can't name a function; give an identifier such as "cubic".`,
    );
  }
  const graph = graphOf(f, "emit");
  const { declarations, parts, isUntyped } = generateModule(graph);
  const typed = (text: string) => (language === "ts" ? text : "");
  const kind = (shape: Shape) => (shape.length === 0 ? "number" : "Float64Array");
  // Users' names are property keys, as string literals; inside, everything has a number.
  const inputs = graph.inputs.map(({ name, path, shape }, i) => ({
    told: JSON.stringify(name),
    source: `inputs${path.map((key) => `[${JSON.stringify(key)}]`).join("")}`,
    local: inputName(i),
    shape,
  }));
  const shapes = outputsOf(graph).map(({ id }) => graph.nodes[id]!.shape);
  const record = (separator: string, write: (shape: Shape, output: string) => string): string => {
    let next = 0;
    const leaf = () => write(shapes[next]!, outputName(next++));
    return foldTree(graph.outputs, isId, leaf, (children, isList) => {
      const list = children.map(([key, child]) => (isList ? child : `[${JSON.stringify(key)}]: ${child}`));
      if (isList) return `[${list.join(", ")}]`;
      return list.length === 0 ? "{}" : `{ ${list.join(separator)} }`;
    });
  };
  const resultType = record("; ", kind);
  const result = record(", ", (shape, output) => (shape.length === 0 ? `${output}[0]${typed("!")}` : output));
  const parameterType = foldTree<number, string>(
    graph.inputTree,
    isId,
    (i) => kind(graph.inputs[i]!.shape),
    (children, isList) =>
      isList
        ? `readonly [${children.map(([, child]) => child).join(", ")}]`
        : `{ ${children.map(([key, child]) => `readonly [${JSON.stringify(key)}]: ${child}`).join("; ")} }`,
  );
  return [
    "/** Written by Adjoint. */",
    ...(isUntyped ? [typed("// @ts-nocheck")] : []),
    ...declarations,
    "",
    "/**",
    ...inputs.map(
      ({ local, told, shape }) => ` * ${local} is ${told.replaceAll("*/", "*\\/")} ${formatShape(shape)}`,
    ),
    " */",
    `export function ${name}(inputs${typed(`: ${parameterType}`)})${typed(`: ${resultType}`)} {`,
    ...inputs.map(({ local, source }) => `  const ${local} = ${source};`),
    ...shapes.map((shape, i) => `  const ${outputName(i)} = new Float64Array(${sizeOf(shape)});`),
    // A block a part keeps their locals apart.
    ...parts.flatMap((part) => ["  {", ...part.split("\n").map((line) => `    ${line}`), "  }"]),
    `  return ${result};`,
    "}",
    "",
  ].join("\n");
}
