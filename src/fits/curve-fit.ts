/** `curveFit`: a model's parameters from data, and a report of how well they are known. */
import { AdjointError, type Expr } from "../../graph/index.js";
import { checkOptions, describe, flattenTree, isRecord, readCount } from "../../graph/internal.js";
import { project } from "../../optimizers/solvers/internal.js";
import {
  type LeastSquares,
  type LeastSquaresSolver,
  levenbergMarquardt,
  readLeastSquaresSolver,
} from "../../optimizers/solvers/least-squares/index.js";
import { randomSource } from "../data/index.js";
import {
  isTensor,
  type Limits,
  readLimits,
  readWeighing,
  type Solved,
  solve,
  type Tensor,
} from "../runs/internal.js";
import { type FitReport, reportOf } from "./assemble.js";
import {
  type CurveFitOptions,
  curveFitOptions,
  fix,
  readOwnBounds,
  readRowWeights,
  readSigma,
  readXSigma,
} from "./options.js";
import { makeOrthogonal } from "./orthogonal.js";
import {
  bindResiduals,
  checkNamesOf,
  checkParametersUsed,
  elementNames,
  type Form,
  type Model,
  readParameters,
  traceResiduals,
} from "./problem.js";
import { readLevel } from "./student.js";
import { asGiven, type FittedData, readTable, type Table } from "./table.js";

const what = "curveFit";

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
 * distance from the curve. Groups of rows (`groups` names their column, or data are given by group) are fitted together: the
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
  const given = checkOptions(what, options, curveFitOptions);
  const { response = "y", level: wanted = 0.95, expressions = {}, solver = levenbergMarquardt() } = given;
  readLeastSquaresSolver(solver, what);
  if (!isRecord(expressions))
    throw new AdjointError(
      `${what}: expressions must be an object of functions by name, not ${describe(expressions)}.`,
    );
  const level = readLevel(what, wanted);
  const table = readTable(data, what, given.groups);
  const groups = (table.groups ?? []).map(({ name }) => name);
  const { parameters, own } = readParameters(start, given.own, table.groups);
  const form: Form = { model, expressions, parameters, own };
  const { [response]: y, ...columns } = table.columns;
  if (y?.shape.length !== 1)
    throw new AdjointError(
      `${what}: data has no column "${response}" for the response; it has ${Object.keys(table.columns).join(", ")}.`,
    );
  checkNamesOf(form, columns);
  const names = elementNames(parameters);
  const sigma = readSigma(given.sigma, table);
  const xSigma = readXSigma(given.xSigma, table, response);
  const predictors: Table = { ...table, columns };
  const shifted = Object.entries(xSigma).map(([name, one], k) => ({ name, input: `shift${k}`, sigma: one }));
  const f = traceResiduals(form, predictors, shifted);
  checkParametersUsed(f);
  const others = { response: y.data, sigma };
  const orthogonal = shifted.length > 0 ? makeOrthogonal(f, form, predictors, others, shifted) : undefined;
  const first = Float64Array.from(
    flattenTree<Tensor>(parameters, isTensor).flatMap(({ leaf }) => [...leaf.data]),
  );
  const bounds = fix(
    given.fixed,
    parameters,
    own,
    readOwnBounds(given.bounds, parameters, own, groups),
    first,
  );
  const { weights, ...weighed } = given;
  const problem: LeastSquares = {
    residuals: orthogonal ?? bindResiduals(f, form, columns, others),
    weighing: {
      ...readWeighing(what, weighed, table.rows),
      weights: readRowWeights(weights, table),
    },
    bounds,
  };
  project(bounds, first);
  const free = names.filter((_, j) => bounds.lower[j] !== bounds.upper[j]).length;
  if (free > table.rows)
    throw new AdjointError(
      `${what}: ${free} parameters can't be told from ${table.rows} rows; fix some, or give more data.`,
    );
  checkFirst(problem, first, table);
  const limits = readLimits(what, given);
  const found = search(problem, first, solver, limits, names, given);
  const fitted: FittedData = {
    response,
    columns: Object.fromEntries(
      Object.entries(table.columns).map(([name, column]) => [name, asGiven(column.data, table)]),
    ),
    sigma: given.sigma === undefined ? undefined : asGiven(sigma, table),
    xSigma: Object.fromEntries(Object.entries(xSigma).map(([name, one]) => [name, asGiven(one, table)])),
    groups: table.groups && labelsOf(table),
  };
  const absolute = given.absoluteSigma ?? false;
  return reportOf({
    ...{ problem, found, form, names, first, level, solver, limits, orthogonal },
    ...{ y: y.data, sigma, absolute, table, data: fitted },
  }) as FitReport<never>;
}

/** The group of each row, as rows were given. */
function labelsOf({ groups, order, rows }: Table): string[] {
  const labels = new Array<string>(rows);
  for (const { name, from, rows: count } of groups!)
    for (let i = from; i < from + count; i++) labels[order?.[i] ?? i] = name;
  return labels;
}

/** @throws where the model isn't finite at the start: the row is named, with what it holds */
function checkFirst({ residuals }: LeastSquares, first: Float64Array, { columns, order }: Table): void {
  const r = new Float64Array(residuals.count);
  residuals.residuals(first, r);
  const row = r.findIndex((one) => !Number.isFinite(one));
  if (row < 0) return;
  const held = Object.entries(columns).map(([name, { data, shape }]) =>
    shape.length === 1 ? `${name} = ${data[row]}` : `${name} has ${data.length / shape[0]!} numbers`,
  );
  throw new AdjointError(
    `${what}: the model is ${r[row]} at the start in row ${order?.[row] ?? row} (${held.join(", ")}); start where it is finite.`,
  );
}
/** The best of all starts that were asked for. */
function search(
  problem: LeastSquares,
  first: Float64Array,
  solver: LeastSquaresSolver,
  limits: Limits,
  names: readonly string[],
  { starts = 1, seed }: CurveFitOptions,
): Solved {
  readCount(starts, `${what}: starts`, 1);
  if (starts > 1 && seed === undefined)
    throw new AdjointError(
      `${what}: starts needs a seed, so that a fit can be repeated; give a whole number.`,
    );
  const random = randomSource(readCount(seed ?? 0, `${what}: seed`, 0, 2 ** 32 - 1));
  const run = (from: Float64Array) => solve(problem, from, solver, limits, (j) => names[j]!);
  let best = run(first);
  if (starts === 1) return best;
  const { lower, upper } = problem.bounds;
  const r = new Float64Array(problem.residuals.count);
  for (let k = 1; k < starts; k++) {
    // Within finite bounds anywhere; else of the start's sign, and up to a hundred times as large or as small.
    const from = first.map((one, j) => {
      if (upper[j]! - lower[j]! < Infinity) return random.uniform(lower[j], upper[j]);
      return one === 0 ? random.normal() : one * 10 ** random.uniform(-2, 2);
    });
    project(problem.bounds, from);
    problem.residuals.residuals(from, r);
    if (!r.every(Number.isFinite)) continue;
    const next = run(from);
    const isBetter = next.engine.cost < best.engine.cost;
    if (
      next.status === "converged"
        ? best.status !== "converged" || isBetter
        : best.status !== "converged" && isBetter
    )
      best = next;
  }
  return best;
}
