/** `curveFit`: a model's parameters from data, and a report of how well they are known. */
import type { Expr } from "../../graph/index.js";
import { checkOptions } from "../../graph/internal.js";
import { finish, finishAsync, knownAsync, readAsync, type Scheduling } from "../runs/internal.js";
import type { FitReport } from "./assemble.js";
import { fitting } from "./fitting.js";
import { type CurveFitOptions, curveFitOptions } from "./options.js";
import type { Model } from "./problem.js";

type Columns = Readonly<Record<string, ArrayLike<number>>>;
type TextsOrNumbers = Readonly<Record<string, ArrayLike<number> | readonly string[]>>;

/**
 * Fits a model to data by least squares: the parameters named in `start` are found, the columns of `data` are its predictors,
 * and `y` (or what `response` names) is what it is compared with. The model is written with ops and gives a number a row.
 *
 * The report has standard errors, t-intervals, profile-likelihood intervals, correlations, χ², R², AIC and BIC, tells what the
 * data don't determine, and predicts with bands. Standard errors are √diag(s²(JᵀWJ)⁻¹) with s² = χ²/(n − p), or 1 with
 * `absoluteSigma`; where parameters stand at bounds, of the others alone.
 *
 * A model is traced once for the same names and shapes, and not again by later fits: it must depend on its inputs alone, as
 * objectives of `train` do.
 *
 * With `xSigma` predictors have errors, too: the true ones are unknowns beside the parameters, and rows are fitted at their
 * distance from the curve. Standard errors are then those of the model made linear at the solution in both, as ODRPACK's: they
 * leave out what the curve bends within a predictor's error. Groups of rows (`groups` names their column, or data are given by group) are fitted together: the
 * parameters named in `own` are each group's own, all others shared.
 *
 * Sources: Bates & Watts, "Nonlinear Regression Analysis and Its Applications" (1988), chapters 2 and 6; SciPy's `curve_fit`;
 * for errors in predictors Boggs, Byrd & Schnabel (1987), SciPy's `odr`.
 *
 * @example
 * const fit = curveFit(
 *   ({ a, k, x }) => multiply(a, exp(multiply(k, x))),
 *   { a: 1, k: 0 },
 *   { x: [0, 1, 2, 3], y: [2.0, 3.3, 5.4, 9.0] },
 * );
 * fit.status; // "converged"
 * fit.estimates[0]!.name; // "a"
 *
 * @throws where start, data or an option can't be used: the name, the row and the reason are told
 */
export function curveFit<
  const P extends Readonly<Record<string, unknown>>,
  const D extends TextsOrNumbers,
  const Own extends string = never,
>(
  model: (inputs: { readonly [K in keyof P | keyof D]: Expr }) => unknown,
  start: P,
  data: D,
  options?: CurveFitOptions<Own>,
): FitReport<P, Own>;
/** Data by groups. */
export function curveFit<
  const P extends Readonly<Record<string, unknown>>,
  const D extends Columns,
  const Own extends string = never,
>(
  model: (inputs: { readonly [K in keyof P | keyof D]: Expr }) => unknown,
  start: P,
  data: Readonly<Record<string, D>> | readonly D[],
  options?: CurveFitOptions<Own>,
): FitReport<P, Own>;
/** A model of other inputs: a traced function, one with expressions, or one of trees of parameters. */
export function curveFit<const P extends Readonly<Record<string, unknown>>, const Own extends string = never>(
  model: Model,
  start: P,
  data: TextsOrNumbers | Readonly<Record<string, Columns>> | readonly Columns[],
  options?: CurveFitOptions<Own>,
): FitReport<P, Own>;
export function curveFit(
  model: Model,
  start: Readonly<Record<string, unknown>>,
  data: unknown,
  options: CurveFitOptions = {},
): FitReport<never> {
  const what = "curveFit";
  const given = checkOptions(what, options, curveFitOptions);
  return finish(what, fitting(what, { isAsync: false }, model, start, data, given)) as FitReport<never>;
}

/**
 * `curveFit` for programs that do something else meanwhile: every 10 ms (`timeBudget`) the solver lets other tasks run, it
 * waits for promises that callbacks give, and ends when its `signal` is aborted, with the report of the best parameters so
 * far. Results are those of `curveFit`, to the bit.
 *
 * @example
 * const controller = new AbortController();
 * const fit = await curveFitAsync(
 *   ({ a, k, x }) => multiply(a, exp(multiply(k, x))),
 *   { a: 1, k: 0 },
 *   { x: [0, 1, 2, 3], y: [2.0, 3.3, 5.4, 9.0] },
 *   { starts: 20, seed: 1, signal: controller.signal },
 * );
 * fit.status; // "converged"
 *
 * @throws (rejects) where start, data or an option can't be used: the name, the row and the reason are told
 */
export async function curveFitAsync<
  const P extends Readonly<Record<string, unknown>>,
  const D extends TextsOrNumbers,
  const Own extends string = never,
>(
  model: (inputs: { readonly [K in keyof P | keyof D]: Expr }) => unknown,
  start: P,
  data: D,
  options?: CurveFitOptions<Own> & Scheduling,
): Promise<FitReport<P, Own>>;
/** Data by groups. */
export async function curveFitAsync<
  const P extends Readonly<Record<string, unknown>>,
  const D extends Columns,
  const Own extends string = never,
>(
  model: (inputs: { readonly [K in keyof P | keyof D]: Expr }) => unknown,
  start: P,
  data: Readonly<Record<string, D>> | readonly D[],
  options?: CurveFitOptions<Own> & Scheduling,
): Promise<FitReport<P, Own>>;
/** A model of other inputs: a traced function, one with expressions, or one of trees of parameters. */
export async function curveFitAsync<
  const P extends Readonly<Record<string, unknown>>,
  const Own extends string = never,
>(
  model: Model,
  start: P,
  data: TextsOrNumbers | Readonly<Record<string, Columns>> | readonly Columns[],
  options?: CurveFitOptions<Own> & Scheduling,
): Promise<FitReport<P, Own>>;
export async function curveFitAsync(
  model: Model,
  start: Readonly<Record<string, unknown>>,
  data: unknown,
  options: CurveFitOptions & Scheduling = {},
): Promise<FitReport<never>> {
  const what = "curveFitAsync";
  const { signal, timeBudget, ...given } = checkOptions(what, options, { ...curveFitOptions, ...knownAsync });
  const waiting = { isAsync: true, ...readAsync(what, { signal, timeBudget } as Scheduling) };
  return (await finishAsync(fitting(what, waiting, model, start, data, given))) as FitReport<never>;
}
