export type { FitReport, FittedParameters } from "./assemble.js";
export { type CurveFitOptions, curveFit } from "./curve-fit.js";
export { type Family, type Guess, guessStart } from "./guesses.js";
export type { Interval, Resampled } from "./intervals.js";
export type { Bands } from "./predict.js";
export type { Expressions, Model } from "./problem.js";
export type { Estimate, NoNumber, Quality } from "./report.js";
