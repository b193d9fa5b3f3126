/** Intervals that follow the likelihood or the data instead of a tangent: by profiles, and by drawing rows again. */
import { AdjointError } from "../../graph/index.js";
import { checkOptions, describe, readCount, readText } from "../../graph/internal.js";
import type { LeastSquares } from "../../optimizers/solvers/least-squares/index.js";
import { randomSource } from "../data/index.js";
import { solve } from "../runs/internal.js";
import type { Fit } from "./assemble.js";
import type { NoNumber, Quality } from "./report.js";
import { studentT } from "./student.js";

/**
 * Where an interval ends; a word where the likelihood never falls so far.
 * @example const widthOf = ({ lower, upper }: Interval): number => Number(upper) - Number(lower);
 */
export interface Interval {
  readonly lower: number | NoNumber;
  readonly upper: number | NoNumber;
}

/** A gain by this share of what ends the interval isn't rounding: the fit wasn't at its best. */
const leastGain = 1e-4;

/** More doublings of the distance than a profile needs that ends. */
const mostDoublings = 30;

/**
 * The values of a parameter at which the best fit of the others has χ² = χ²₀ + s²·t²: the profile-likelihood interval, which
 * standard errors only approximate (Bates & Watts 1988, section 6.1).
 */
export function profileInterval(
  fit: Fit,
  { reducedChiSquare, degreesOfFreedom }: Quality,
  name: string,
): Interval {
  const place = fit.names.indexOf(readText(name, "profile: the parameter's name"));
  if (place < 0)
    throw new AdjointError(`profile: ${describe(name)} is no parameter; they are ${fit.names.join(", ")}.`);
  const { lower, upper } = fit.problem.bounds;
  if (lower[place] === upper[place]) return { lower: "fixed", upper: "fixed" };
  if (typeof reducedChiSquare === "string") return { lower: reducedChiSquare, upper: reducedChiSquare };
  const goal = studentT(fit.level, degreesOfFreedom) ** 2 * (fit.absolute ? 1 : reducedChiSquare);
  const at = fit.found.engine.x[place]!;
  if (goal === 0) return { lower: at, upper: at };
  return { lower: edgeOf(fit, place, goal, -1), upper: edgeOf(fit, place, goal, 1) };
}

/** Where √(χ² − χ²₀) is that of the goal, on one side. */
function edgeOf(fit: Fit, place: number, goal: number, side: 1 | -1): number | NoNumber {
  const { problem, found, solver, limits, names } = fit;
  const { x, cost } = found.engine;
  const best = x[place]!;
  const limit = side < 0 ? problem.bounds.lower[place]! : problem.bounds.upper[place]!;
  let from = x;
  /** The root of how much worse the best fit with the parameter there is, beside the goal's. */
  const worse = (value: number): number => {
    const lower = problem.bounds.lower.slice();
    const upper = problem.bounds.upper.slice();
    lower[place] = value;
    upper[place] = value;
    const start = from.slice();
    start[place] = value;
    const fixed: LeastSquares = { ...problem, bounds: { lower, upper, some: true } };
    const r = new Float64Array(problem.residuals.count);
    problem.residuals.residuals(start, r);
    if (!r.every(Number.isFinite)) return Infinity;
    const { engine } = solve(fixed, start, solver, limits, (j) => names[j]!);
    from = engine.x.slice();
    if (2 * (cost - engine.cost) > leastGain * goal)
      throw new AdjointError(
        `profile: at ${names[place]} = ${value} the fit is better than where it ended; fit again from there: ${names
          .map((name, j) => `${name} = ${engine.x[j]}`)
          .join(", ")}.`,
      );
    return Math.sqrt(Math.max(0, 2 * (engine.cost - cost)) / goal);
  };
  let near = 0;
  let far = Math.abs(best) * 0.05 || 0.05;
  let nearWorse = 0;
  let farWorse = 0;
  for (let i = 0; ; i++) {
    const isLast = side * (best + side * far - limit) >= 0;
    if (isLast) far = Math.abs(limit - best);
    farWorse = worse(best + side * far);
    if (farWorse >= 1) break;
    if (isLast) return "at bound";
    if (i === mostDoublings) return "unbounded";
    [near, nearWorse] = [far, farWorse];
    far *= farWorse > 0.1 ? Math.min(4, 1.2 / farWorse) : 4;
  }
  for (let i = 0; i < 60 && far - near > 1e-9 * far; i++) {
    // The root is about a straight line, so that its secant is close; the middle where it isn't.
    const secant = near + ((1 - nearWorse) / (farWorse - nearWorse)) * (far - near);
    const next =
      i % 4 < 3 && Number.isFinite(secant) && secant > near && secant < far ? secant : (near + far) / 2;
    const found = worse(best + side * next);
    if (Math.abs(found - 1) < 1e-9) return best + side * next;
    if (found < 1) [near, nearWorse] = [next, found];
    else [far, farWorse] = [next, found];
  }
  return best + side * far;
}

/**
 * What fits of rows drawn again gave, by parameter.
 * @example const countOf = ({ samples }: Resampled): number => samples;
 */
export interface Resampled {
  readonly samples: number;
  /** Those that converged. */
  readonly converged: number;
  readonly parameters: readonly {
    readonly name: string;
    readonly mean: number;
    readonly standardDeviation: number;
    readonly interval: readonly [lower: number, upper: number];
  }[];
}

/** Rows drawn with replacement are weights: how often each was drawn. Efron & Tibshirani, "An Introduction to the Bootstrap" (1993). */
export function resample(
  { problem, found, solver, limits, names, level }: Fit,
  given: { readonly samples: number; readonly seed: number },
): Resampled {
  const { samples, seed } = checkOptions("bootstrap", given, ["samples", "seed"]);
  readCount(samples, "bootstrap: samples", 2);
  const random = randomSource(readCount(seed, "bootstrap: seed", 0, 2 ** 32 - 1));
  const rows = problem.residuals.count;
  const all = names.map((): number[] => []);
  let converged = 0;
  for (let k = 0; k < samples; k++) {
    const weights = new Float64Array(rows);
    for (let i = 0; i < rows; i++) weights[random.integer(0, rows)]! += 1;
    const own = problem.weighing.weights;
    if (own) for (let i = 0; i < rows; i++) weights[i] = weights[i]! * own[i]!;
    const drawn: LeastSquares = { ...problem, weighing: { ...problem.weighing, weights } };
    const { engine, status } = solve(drawn, found.engine.x, solver, limits, (j) => names[j]!);
    if (status !== "converged") continue;
    converged++;
    names.forEach((_, j) => {
      all[j]!.push(engine.x[j]!);
    });
  }
  const parameters = names.map((name, j) => {
    const values = all[j]!.sort((a, b) => a - b);
    const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
    const squares = values.reduce((sum, one) => sum + (one - mean) ** 2, 0);
    const interval = [quantile(values, (1 - level) / 2), quantile(values, (1 + level) / 2)] as const;
    return { name, mean, standardDeviation: Math.sqrt(squares / (values.length - 1)), interval };
  });
  return { samples, converged, parameters };
}

/** NumPy's linear quantile of sorted values. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (place - low) * (sorted[high]! - sorted[low]!);
}
