/** `curveFit`: a model's parameters from data, and a report of how well they are known. */
import { AdjointError, type Expr } from "../../graph/index.js";
import {
  checkOptions,
  describe,
  flattenTree,
  isRecord,
  pathText,
  readCount,
  readList,
  readText,
} from "../../graph/internal.js";
import { project } from "../../optimizers/solvers/internal.js";
import {
  type LeastSquares,
  type LeastSquaresSolver,
  type LossName,
  levenbergMarquardt,
  readLeastSquaresSolver,
} from "../../optimizers/solvers/least-squares/index.js";
import { randomSource } from "../data/index.js";
import {
  isTensor,
  type Limits,
  readBounds,
  readLimits,
  readWeighing,
  readWeights,
  type Solved,
  solve,
  type Tensor,
  type Tensors,
} from "../runs/internal.js";
import { type FitReport, reportOf } from "./assemble.js";
import {
  bindResiduals,
  checkNamesOf,
  type Expressions,
  type Model,
  readColumns,
  readParameters,
  traceResiduals,
} from "./problem.js";
import { readLevel } from "./student.js";

export interface CurveFitOptions {
  /** The column of data that the model is of; default "y". */
  readonly response?: string;
  /** The standard deviation of each response, or of all; default 1. */
  readonly sigma?: number | ArrayLike<number>;
  /** That sigma is known and not only its ratios: standard errors aren't scaled by the residuals. Default false. */
  readonly absoluteSigma?: boolean;
  /** A weight ≥ 0 for each row; 2 counts it twice. */
  readonly weights?: ArrayLike<number>;
  /** Parameters that stay as they start. */
  readonly fixed?: readonly string[];
  /** Parameters that follow from others, as in `{ b: ({ a }) => multiply(2, a) }`; tied ones are `({ a }) => a`. */
  readonly expressions?: Expressions;
  readonly bounds?: Readonly<Record<string, { readonly lower?: unknown; readonly upper?: unknown }>>;
  /** What becomes of large residuals, in sigmas; default "linear". */
  readonly loss?: LossName;
  readonly lossScale?: number;
  /** The confidence of intervals and bands; default 0.95. */
  readonly level?: number;
  /** From so many starts about the given one; default 1, the given one alone. The best that converges is taken. */
  readonly starts?: number;
  /** Decides the other starts; it must be given with `starts`. */
  readonly seed?: number;
  readonly solver?: LeastSquaresSolver;
  readonly tolerance?: number;
  readonly steps?: number;
  readonly maxEvaluations?: number;
  readonly maxTime?: number;
}

const known = {
  response: "string",
  sigma: "any",
  absoluteSigma: "boolean",
  weights: "any",
  fixed: "any",
  expressions: "any",
  bounds: "any",
  loss: "any",
  lossScale: "any",
  level: "any",
  starts: "any",
  seed: "any",
  solver: "any",
  tolerance: "any",
  steps: "any",
  maxEvaluations: "any",
  maxTime: "any",
} as const;

const what = "curveFit";

/**
 * Fits a model to data by least squares: the parameters named in `start` are found, the columns of `data` are its predictors,
 * and `y` (or what `response` names) is what it is compared with. The model is written with ops and gives a number a row.
 *
 * The report has standard errors, t-intervals, profile-likelihood intervals, correlations, χ², R², AIC and BIC, tells what the
 * data don't determine, and predicts with bands. Standard errors are √diag(s²(JᵀWJ)⁻¹) with s² = χ²/(n − p), or 1 with
 * `absoluteSigma`; where parameters stand at bounds, of the others alone.
 *
 * Sources: Bates & Watts, "Nonlinear Regression Analysis and Its Applications" (1988), chapters 2 and 6; SciPy's `curve_fit`.
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
  const D extends Readonly<Record<string, ArrayLike<number>>>,
>(
  model: (inputs: { readonly [K in keyof P | keyof D]: Expr }) => unknown,
  start: P,
  data: D,
  options?: CurveFitOptions,
): FitReport<P>;
/** A model of other inputs: a traced function, one with expressions, or one of trees of parameters. */
export function curveFit<const P extends Readonly<Record<string, unknown>>>(
  model: Model,
  start: P,
  data: Readonly<Record<string, ArrayLike<number>>>,
  options?: CurveFitOptions,
): FitReport<P>;
export function curveFit(
  model: Model,
  start: Readonly<Record<string, unknown>>,
  data: Readonly<Record<string, ArrayLike<number>>>,
  options: CurveFitOptions = {},
): FitReport<never> {
  const given = checkOptions(what, options, known);
  const { response = "y", level: wanted = 0.95, expressions = {}, solver = levenbergMarquardt() } = given;
  readLeastSquaresSolver(solver, what);
  if (!isRecord(expressions))
    throw new AdjointError(
      `${what}: expressions must be an object of functions by name, not ${describe(expressions)}.`,
    );
  const level = readLevel(what, wanted);
  const parameters = readParameters(start);
  const { predictors: columns, rows } = readColumns(data);
  const { [response]: y, ...predictors } = columns as Record<string, Tensor>;
  if (y?.shape.length !== 1)
    throw new AdjointError(
      `${what}: data has no column "${response}" for the response; it has ${Object.keys(columns).join(", ")}.`,
    );
  checkNamesOf(model, parameters, expressions, predictors);
  const names = elementNames(parameters);
  const sigma = readSigma(given.sigma, rows);
  const f = traceResiduals(model, expressions, parameters, predictors, rows);
  const bounds = readBounds(what, given.bounds, parameters);
  const first = flat(parameters);
  fix(readFixed(given.fixed), parameters, bounds, first);
  const problem: LeastSquares = {
    residuals: bindResiduals(f, parameters, predictors, y.data as Float64Array, sigma),
    weighing: readWeighing(what, { ...given }, rows),
    bounds,
  };
  readWeights(what, "weights", given.weights, rows);
  project(bounds, first);
  const free = names.filter((_, j) => bounds.lower[j] !== bounds.upper[j]).length;
  if (free > rows)
    throw new AdjointError(
      `${what}: ${free} parameters can't be told from ${rows} rows; fix some, or give more data.`,
    );
  checkFirst(problem, first, columns as Tensors);
  const limits = readLimits(what, given);
  const found = search(problem, first, solver, limits, names, given);
  return reportOf({
    problem,
    found,
    model,
    expressions,
    parameters,
    names,
    first,
    level,
    solver,
    limits,
    y: y.data as Float64Array,
    sigma,
    absolute: given.absoluteSigma ?? false,
  }) as FitReport<never>;
}

/** The names of all elements: `a`, or `a[0]`, `a[1]`. */
function elementNames(parameters: Tensors): string[] {
  return flattenTree<Tensor>(parameters, isTensor).flatMap(({ path, leaf: { data, shape } }) =>
    Array.from(data, (_, i) => (shape.length === 0 ? pathText(path) : `${pathText(path)}[${i}]`)),
  );
}

function flat(parameters: Tensors): Float64Array {
  return Float64Array.from(flattenTree<Tensor>(parameters, isTensor).flatMap(({ leaf }) => [...leaf.data]));
}

function readFixed(given: unknown): string[] {
  if (given === undefined) return [];
  return readList(given, `${what}: fixed`, (name, i) => readText(name, `${what}: fixed[${i}]`));
}

/** Makes the bounds of fixed parameters equal. @throws where one isn't known */
function fix(
  names: readonly string[],
  parameters: Tensors,
  { lower, upper }: LeastSquares["bounds"],
  first: Float64Array,
): void {
  const leaves = flattenTree<Tensor>(parameters, isTensor);
  const all = leaves.map(({ path }) => pathText(path));
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined)
    throw new AdjointError(
      `${what}: fixed names "${unknown}", which is no parameter; they are ${all.join(", ")}.`,
    );
  let offset = 0;
  leaves.forEach(({ leaf }, i) => {
    const end = offset + leaf.data.length;
    if (names.includes(all[i]!)) {
      lower.set(first.subarray(offset, end), offset);
      upper.set(first.subarray(offset, end), offset);
    }
    offset = end;
  });
}

function readSigma(given: unknown, rows: number): Float64Array {
  if (given === undefined) return new Float64Array(rows).fill(1);
  const read =
    typeof given === "number" ? new Float64Array(rows).fill(given) : readWeights(what, "sigma", given, rows)!;
  const place = read.findIndex((one) => !(one > 0 && one < Infinity));
  if (place >= 0)
    throw new AdjointError(`${what}: sigma is ${read[place]} in row ${place}; it must be finite and > 0.`);
  return read;
}

/** @throws where the model isn't finite at the start: the row is named, with what it holds */
function checkFirst({ residuals }: LeastSquares, first: Float64Array, columns: Tensors): void {
  const r = new Float64Array(residuals.count);
  residuals.residuals(first, r);
  const row = r.findIndex((one) => !Number.isFinite(one));
  if (row < 0) return;
  const held = Object.entries(columns).map(([name, one]) => `${name} = ${(one as Tensor).data[row]}`);
  throw new AdjointError(
    `${what}: the model is ${r[row]} at the start in row ${row} (${held.join(", ")}); start where it is finite.`,
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
  const random = randomSource(seed === undefined ? 0 : seed);
  if (starts > 1 && seed === undefined)
    throw new AdjointError(
      `${what}: starts needs a seed, so that a fit can be repeated; give a whole number.`,
    );
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
