/** A graph as text for code of others: statements in a loop around them, or a module. */
import type { Graph } from "../graph.js";
import type { Source } from "../op.js";
import { environmentText, makeEnvironment } from "./environment.js";
import { generate, smallScalar, straightCode } from "./generate.js";
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
