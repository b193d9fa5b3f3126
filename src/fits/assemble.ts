/** A fit's report put together: covariance, intervals, quality, and what can be asked for later. */
import { flattenTree, unflattenTree } from "../../graph/internal.js";
import {
  costOf,
  covarianceOf,
  type Evaluations,
  type LeastSquares,
  type LeastSquaresSolver,
} from "../../optimizers/solvers/least-squares/index.js";
import {
  isTensor,
  type LeastSquaresStatus,
  type Limits,
  plainValue,
  type Solved,
  type Tensor,
  type Tensors,
} from "../runs/internal.js";
import { derivedOf } from "./derived.js";
import { type Interval, profileInterval, type Resampled, resample } from "./intervals.js";
import { markReport } from "./made.js";
import type { Orthogonal } from "./orthogonal.js";
import { type Bands, bandsOf, type PredictOptions } from "./predict.js";
import type { Form } from "./problem.js";
import {
  type Described,
  type Estimate,
  type GroupQuality,
  jsonOf,
  type NoNumber,
  type Quality,
  tableOf,
} from "./report.js";
import { studentT } from "./student.js";
import { asGiven, type FittedData, type Table } from "./table.js";

type Fitted<V> = V extends number
  ? number
  : V extends readonly number[] | Float64Array
    ? Float64Array
    : unknown;

/**
 * Numbers by name, a tree where the start is one; of own parameters a record by group.
 * @example const parameters: FittedParameters<{ a: number }> = { a: 1.5 };
 */
export type FittedParameters<P, Own extends string = never> = {
  readonly [K in keyof P]: K extends Own
    ? Readonly<
        Record<
          string,
          Fitted<P[K] extends Readonly<Record<string, infer V>> ? (V extends number ? V : P[K]) : P[K]>
        >
      >
    : Fitted<P[K]>;
};

/**
 * A fit and its report.
 * @example const summaryOf = (report: FitReport): string => report.toString();
 */
export interface FitReport<P = Readonly<Record<string, unknown>>, Own extends string = never>
  extends Described {
  readonly parameters: FittedParameters<P, Own>;
  readonly status: LeastSquaresStatus;
  readonly evaluations: Readonly<Evaluations>;
  /** (model − y)/σ by row; with errors in predictors the distance from the curve in standard deviations, with that sign. */
  readonly residuals: Float64Array;
  /** What the model gives by row. */
  readonly fitted: Float64Array;
  /** Of predictors that have errors, the true ones as estimated: where on the curve each row comes from. */
  readonly truePredictors: Readonly<Record<string, Float64Array>>;
  /** What was fitted. */
  readonly data: FittedData;
  /** Of the parameters in the order of the estimates, row by row; NaN where there is none. */
  readonly covariance: Float64Array;
  /** The model at other predictors, with the bands of its mean (confidence) and of new data (prediction). */
  predict(predictors: Readonly<Record<string, ArrayLike<number>>>, options?: PredictOptions): Bands;
  /** The interval of a parameter by profile likelihood: where the best fit with it fixed is as much worse as t² says. */
  profile(name: string): Interval;
  /** Fits of rows drawn again: by parameter the standard deviation and the percentiles of the level. */
  bootstrap(options: { readonly samples: number; readonly seed: number }): Resampled;
  toString(): string;
  /** The report as JSON has it, with keys that stay. */
  toJSON(): object;
}

/** All that a report is made of. */
export interface Fit {
  readonly problem: LeastSquares;
  readonly found: Solved;
  readonly form: Form;
  readonly names: readonly string[];
  readonly first: Float64Array;
  readonly level: number;
  readonly solver: LeastSquaresSolver;
  readonly limits: Limits;
  readonly y: Float64Array;
  readonly sigma: Float64Array;
  readonly absolute: boolean;
  readonly table: Table;
  readonly data: FittedData;
  /** Where predictors have errors. */
  readonly orthogonal: Orthogonal | undefined;
}

export function reportOf(fit: Fit): FitReport {
  const { problem, found, names, first, level, absolute } = fit;
  const { engine, status, message, evaluations } = found;
  const { x } = engine;
  const { lower, upper } = problem.bounds;
  const n = names.length;
  const held = names.map((_, j) => lower[j] === upper[j] || x[j] === lower[j] || x[j] === upper[j]);
  const among = [...names.keys()].filter((j) => !held[j]);
  const { matrix, undetermined, condition } = covarianceOf(engine.reduced(), n, among);
  const quality = qualityOf(fit, among.length, condition);
  const scale = absolute ? 1 : quality.reducedChiSquare;
  const covariance = new Float64Array(n * n).fill(Number.NaN);
  among.forEach((i, a) => {
    among.forEach((j, b) => {
      covariance[i * n + j] = typeof scale === "string" ? Number.NaN : matrix[a * among.length + b]! * scale;
    });
  });
  const correlation = covariance.map((one, k) => {
    const i = Math.floor(k / n);
    const j = k % n;
    return i === j ? 1 : one / Math.sqrt(covariance[i * n + i]! * covariance[j * n + j]!);
  });
  const dof = quality.degreesOfFreedom;
  const t = dof > 0 ? studentT(level, dof) : Number.NaN;
  const estimates = names.map((name, j): Estimate => {
    const value = x[j]!;
    const place = among.indexOf(j);
    const why: NoNumber | undefined =
      lower[j] === upper[j]
        ? "fixed"
        : held[j]
          ? "at bound"
          : undetermined[place]
            ? "undetermined"
            : typeof scale === "string"
              ? scale
              : undefined;
    if (why) return { name, value, start: first[j]!, standardError: why, interval: why };
    const standardError = Math.sqrt(covariance[j * n + j]!);
    const half = t * standardError;
    const interval = dof > 0 ? ([value - half, value + half] as const) : "no degrees of freedom";
    return { name, value, start: first[j]!, standardError, interval };
  });
  const groups = groupsOf(fit);
  const derived = derivedOf(fit, estimates, covariance, t);
  const described: Described = { status, message, level, estimates, derived, correlation, quality, groups };
  const epsilon = fit.orthogonal?.epsilon(x) ?? engine.r;
  return markReport<FitReport>({
    ...described,
    status,
    parameters: valuesOf(fit.form.parameters, x) as never,
    evaluations,
    residuals: asGiven(engine.r, fit.table),
    fitted: fittedOf(fit, epsilon),
    truePredictors: Object.fromEntries(
      Object.entries(fit.orthogonal?.truePredictors(x) ?? {}).map(([name, one]) => [
        name,
        asGiven(one, fit.table),
      ]),
    ),
    data: fit.data,
    covariance,
    predict: (predictors, options = {}) => bandsOf(fit, among, covariance, quality, t, predictors, options),
    profile: (name) => profileInterval(fit, quality, name),
    bootstrap: (options) => resample(fit, options),
    toString: () => tableOf(described),
    toJSON: () => jsonOf(described),
  });
}

/** What the model gives for each row, by how far it is from the response. */
function fittedOf({ y, sigma, table }: Fit, epsilon: Float64Array): Float64Array {
  const fitted = new Float64Array(y.length);
  for (let i = 0; i < y.length; i++) fitted[i] = y[i]! + sigma[i]! * epsilon[i]!;
  return table.order ? asGiven(fitted, table) : fitted;
}

function valuesOf(parameters: Tensors, x: Float64Array): object {
  let offset = 0;
  const values = flattenTree<Tensor>(parameters, isTensor).map(({ leaf: { data, shape } }) => {
    offset += data.length;
    return plainValue({ data: x.slice(offset - data.length, offset), shape });
  });
  return unflattenTree(parameters, isTensor, values) as object;
}

/** What each group has of χ², where there are groups. */
function groupsOf({ problem, found, table }: Fit): GroupQuality[] {
  const { weights } = problem.weighing;
  return (table.groups ?? []).map(({ name, from, rows }) => {
    const r = found.engine.r.subarray(from, from + rows);
    const own = { weights: weights?.subarray(from, from + rows), loss: "linear" as const, scale: 1 };
    return { name, count: rows, chiSquare: 2 * costOf(r, own) };
  });
}

function qualityOf({ problem, found, y, sigma }: Fit, free: number, conditionNumber: number): Quality {
  const { weights } = problem.weighing;
  const weightOf = (i: number) => (weights ? weights[i]! : 1);
  // A weight of 2 is a row twice, and one of 0 is none.
  const count = weights ? weights.reduce((sum, one) => sum + one, 0) : y.length;
  const chiSquare = 2 * costOf(found.engine.r, { ...problem.weighing, loss: "linear" });
  const degreesOfFreedom = count - free;
  let mass = 0;
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    mass += weightOf(i) / sigma[i]! ** 2;
    sum += (weightOf(i) * y[i]!) / sigma[i]! ** 2;
  }
  let total = 0;
  for (let i = 0; i < y.length; i++) total += weightOf(i) * ((y[i]! - sum / mass) / sigma[i]!) ** 2;
  const reducedChiSquare = degreesOfFreedom > 0 ? chiSquare / degreesOfFreedom : "no degrees of freedom";
  const likelihood = count * Math.log(chiSquare / count);
  return {
    count,
    degreesOfFreedom,
    chiSquare,
    reducedChiSquare,
    residualDeviation: typeof reducedChiSquare === "string" ? reducedChiSquare : Math.sqrt(reducedChiSquare),
    rSquared: 1 - chiSquare / total,
    aic: likelihood + 2 * free,
    bic: likelihood + free * Math.log(count),
    conditionNumber,
  };
}
