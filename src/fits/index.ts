export type { FitReport, FittedParameters } from "./assemble.js";
export { curveFit, curveFitAsync } from "./curve-fit.js";
export { type Family, type Guess, guessStart } from "./guesses.js";
export type { Interval, Resampled } from "./intervals.js";
export type { CurveFitOptions, PerRow } from "./options.js";
export type { Bands, PredictOptions } from "./predict.js";
export type { Expressions, Model } from "./problem.js";
export type { Derived, Estimate, GroupQuality, NoNumber, Quality } from "./report.js";
export type { FittedData } from "./table.js";
