/** A graph as text for code of others: statements in a loop around them, or a module. */
import { AdjointError } from "../errors.js";
import type { Graph } from "../graph.js";
import type { CompileBody, Source } from "../op.js";
import { bodyCode, makeEnvironment } from "./environment.js";
import { generate, smallScalar, straightCode } from "./generate.js";
import type { LoopCode } from "./loops/loops.js";
import { bufferName, constantName, routineName, slotName } from "./names.js";
import { prepare } from "./prepare.js";
import { writeStatements } from "./scalars/unroll.js";

export interface Statements {
  readonly lines: readonly string[];
  /** What the lines use besides the sources: names, and what stands behind them. */
  readonly names: readonly string[];
  readonly values: readonly unknown[];
}

/**
 * Statements that compute a graph, for code around them: `sources` is the code of each element of the inputs, `targetOf`
 * what each element of the outputs is assigned to. `undefined` where the graph is too large to be written out.
 */
export function generateStatements(
  given: Graph,
  sources: readonly Source[],
  targetOf: (output: number, element: number) => string,
): Statements | undefined {
  const graph = prepare(given);
  const scalar = smallScalar(graph);
  if (!scalar) return undefined;
  const { names, values } = makeEnvironment(straightCode(scalar), "f64")!;
  return { lines: writeStatements(graph, scalar, sources, targetOf), names, values };
}

/** A graph as text that stands for itself. */
export interface ModuleText {
  /** What the code uses besides inputs and outputs. */
  readonly declarations: readonly string[];
  /** Blocks that compute the outputs `o0, o1 …` of the inputs `x0, x1 …`. */
  readonly parts: readonly string[];
  /** Whether functions are among the declarations: these are JavaScript without types. */
  readonly isUntyped: boolean;
}

/** @throws where an op of the user's can't be written down */
export function generateModule(given: Graph): ModuleText {
  const code = generate(prepare(given), true);
  return {
    declarations: environmentText(code),
    parts: code.parts,
    isUntyped: code.routines.length + code.slots.length > 0,
  };
}

/** The environment of code without matrix products as declarations, for modules of their own. */
function environmentText({ buffers, constants, routines, slots }: LoopCode): string[] {
  const list = (values: Float64Array) =>
    Array.from(values, (x) => (Object.is(x, -0) ? "-0" : String(x))).join(", ");
  return [
    ...buffers.map(({ length }, i) => `const ${bufferName(i)} = new Float64Array(${length});`),
    ...constants.map(({ values }, i) => `const ${constantName(i)} = Float64Array.of(${list(values)});`),
    ...routines.map((call, i) => {
      const text = call.op.routine?.(call.shapes, call.params, "f64", writeBody)?.text?.();
      if (text !== undefined) return `const ${routineName(i)} = ${text};`;
      throw new AdjointError(
        `emit: the op ${call.op.name} has no routine with a text, so it can't be written down; give it one, or build it of other ops.`,
      );
    }),
    ...slots.map(
      ({ key, scalar }) => `const ${slotName(key)} = ${scalar!.text?.() ?? functionText(scalar!.compute)};`,
    ),
  ];
}

/** A function as an expression: the text of a method lacks the keyword. */
function functionText(f: (...x: number[]) => number): string {
  const text = String(f);
  return /^(function\b|\(|\w+\s*=>)/.test(text) ? text : `function ${text}`;
}

/** A routine of a body as text alone. */
const writeBody: CompileBody = (body, write) => ({
  text() {
    const { code, text } = bodyCode(body, write, "f64", true);
    return `(() => {\n${environmentText(code).join("\n")}\nreturn ${text};\n})()`;
  },
});
