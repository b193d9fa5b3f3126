export { type ComparisonOptions, comparisonPage } from "./comparison/comparison.js";
export { type ContourOptions, contourFigure } from "./contour.js";
export type { Figure, Format, OnProgress, RenderOptions } from "./figure.js";
export { type LossOptions, lossFigure } from "./loss.js";
export type { SizeOptions } from "./options.js";
export type { PlaneFunction, PlanePoint, PlaneWindow } from "./plane.js";
export type { RaceOptions } from "./race/options.js";
export { raceFigure } from "./race/race-figure.js";
export type { Runs, Trainings } from "./runs.js";
