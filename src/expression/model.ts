/** `model`: a model of data as text, for fits. */
import { AdjointError, Expr, type Operand } from "../../graph/index.js";
import { checkOptions, describe, isRecord, reading, readText } from "../../graph/internal.js";
import { Evaluator } from "./evaluator.js";
import { readConstant, readMap, within } from "./expression.js";
import { freeNames } from "./names.js";
import { parseText } from "./parser.js";
import { problem, type Source } from "./problem.js";
import { identifiersOf } from "./tokens.js";

/**
 * Options of `model`.
 * @example const options: ModelOptions = { constants: { k: 2 } };
 */
export interface ModelOptions {
  /** Values of names that are neither parameters nor predictors. */
  readonly constants?: Readonly<Record<string, number>>;
}

/**
 * A model from a text, for `curveFit` and `guessStart`: what it gives for each row, from parameters and predictors by their
 * names. The grammar is that of `expression`, of numbers: each row is computed by itself.
 *
 * @example
 * const saturation = model("b1*(1 - exp(-b2*x))");
 * const x = [77.6, 114.9, 141.1, 190.8, 239.9, 289, 332.8];
 * const y = x.map((one) => 240 * (1 - Math.exp(-5e-4 * one)));
 * const fit = curveFit(saturation, { b1: 500, b2: 1e-4 }, { x, y });
 * fit.parameters.b1.toFixed(6); // "240.000000"
 *
 * @throws AdjointError with line, column and caret where the text isn't one, is of arrays, or names what isn't given
 */
export function model(
  text: string,
  options: ModelOptions = {},
): (inputs: Readonly<Record<string, Operand>>) => Expr {
  const what = "model";
  const { constants = {} } = checkOptions(what, options, ["constants"]);
  const source: Source = { owner: what, text: readText(text, `${what}: the text`) };
  const statements = parseText(source);
  const values = readMap(`${what}: constants`, constants, "numbers by name, as in { k: 2 }", readConstant);
  return (inputs) => {
    if (!isRecord(inputs))
      throw new AdjointError(
        `${what}: the model takes parameters and predictors by name, not ${describe(inputs)}.`,
      );
    const own = reading(`${what}: the inputs`, () => Object.entries(inputs));
    const given = new Map<string, Operand>([...values, ...own]);
    const missing = freeNames(source, statements, new Set(given.keys())).find((name) => !given.has(name));
    if (missing !== undefined) {
      const place = identifiersOf(source.text).all.find(({ name }) => name === missing);
      throw problem(source, place?.at, `"${missing}" is neither a parameter nor a predictor.`);
    }
    return within(source, () => {
      const value = new Evaluator(source, statements, given, true).run();
      if (value instanceof Expr) return value;
      throw problem(source, undefined, "the model depends on no parameter and no predictor.");
    });
  };
}
