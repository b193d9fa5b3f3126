/** A fit's report put together: covariance, intervals, quality, and what can be asked for later. */
import { flattenTree, unflattenTree } from "../../graph/internal.js";
import {
  costOf,
  covarianceOf,
  type Evaluations,
  type LeastSquares,
  type LeastSquaresSolver,
  reweigh,
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
import { type Interval, profileInterval, type Resampled, resample } from "./intervals.js";
import { type Bands, bandsOf } from "./predict.js";
import type { Expressions, Model } from "./problem.js";
import { type Described, type Estimate, jsonOf, type NoNumber, type Quality, tableOf } from "./report.js";
import { studentT } from "./student.js";

/** Numbers by name, a tree where the start is one. */
export type FittedParameters<P> = {
  readonly [K in keyof P]: P[K] extends number
    ? number
    : P[K] extends readonly number[] | Float64Array
      ? Float64Array
      : unknown;
};

/** A fit and its report. */
export interface FitReport<P = Readonly<Record<string, unknown>>> extends Described {
  readonly parameters: FittedParameters<P>;
  readonly status: LeastSquaresStatus;
  readonly evaluations: Readonly<Evaluations>;
  /** (model − y)/σ by row. */
  readonly residuals: Float64Array;
  /** Of the parameters in the order of the estimates, row by row; NaN where there is none. */
  readonly covariance: Float64Array;
  /** The model at other predictors, with the bands of its mean (confidence) and of new data (prediction). */
  predict(predictors: Readonly<Record<string, ArrayLike<number>>>): Bands;
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
  readonly model: Model;
  readonly expressions: Expressions;
  readonly parameters: Tensors;
  readonly names: readonly string[];
  readonly first: Float64Array;
  readonly level: number;
  readonly solver: LeastSquaresSolver;
  readonly limits: Limits;
  readonly y: Float64Array;
  readonly sigma: Float64Array;
  readonly absolute: boolean;
}

export function reportOf(fit: Fit): FitReport {
  const { problem, found, names, first, level, absolute } = fit;
  const { engine, status, message, evaluations } = found;
  const { x } = engine;
  const { lower, upper } = problem.bounds;
  const n = names.length;
  const held = names.map((_, j) => lower[j] === upper[j] || x[j] === lower[j] || x[j] === upper[j]);
  const among = [...names.keys()].filter((j) => !held[j]);
  const J = new Float64Array(problem.residuals.count * n);
  problem.residuals.jacobian(x, J);
  const scratch = new Float64Array(problem.residuals.count);
  const factors = reweigh(engine.r, problem.weighing, scratch, new Float64Array(scratch.length));
  const { matrix, undetermined, condition } = covarianceOf(J, problem.residuals.count, factors, among);
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
  const described: Described = { status, message, level, estimates, correlation, quality };
  return {
    ...described,
    status,
    parameters: valuesOf(fit.parameters, x) as never,
    evaluations,
    residuals: engine.r.slice(),
    covariance,
    predict: (predictors) => bandsOf(fit, among, covariance, quality, t, predictors),
    profile: (name) => profileInterval(fit, quality, name),
    bootstrap: (options) => resample(fit, options),
    toString: () => tableOf(described),
    toJSON: () => jsonOf(described),
  };
}

function valuesOf(parameters: Tensors, x: Float64Array): object {
  let offset = 0;
  const values = flattenTree<Tensor>(parameters, isTensor).map(({ leaf: { data, shape } }) => {
    offset += data.length;
    return plainValue({ data: x.slice(offset - data.length, offset), shape });
  });
  return unflattenTree(parameters, isTensor, values) as object;
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
