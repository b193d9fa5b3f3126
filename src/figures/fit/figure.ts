/** The figure of a fit: a picture and a page. */
import { checkOptions } from "../../../graph/internal.js";
import type { FitReport } from "../../fits/index.js";
import { chartFigure } from "../chart-figure.js";
import type { RunColors } from "../colors.js";
import type { Figure } from "../figure.js";
import { readLook, readSize, type SizeOptions } from "../options.js";
import { fitOptions, fitSpec } from "./spec.js";

/**
 * Options of `fitFigure`.
 * @example const wide = (options: FitOptions): FitOptions => ({ ...options, width: 1200 });
 */
export interface FitOptions extends SizeOptions {
  /** What `curveFit` returned. */
  readonly fit: FitReport<unknown>;
  /**
   * The predictor that goes from left to right. Default: the only one; of several, none: what was observed is then drawn
   * over what the model gives.
   */
  readonly predictor?: string;
  /** Where the curve holds other predictors; default: their means. */
  readonly at?: Readonly<Record<string, number>>;
  /** Text above the figure; default: none. */
  readonly title?: string;
  /** Of the axes, as in `["time (s)", "height (m)"]`; default: the names in the data. */
  readonly labels?: readonly [string, string];
  /** Which bands of the fit's level are drawn; default `"both"`. */
  readonly bands?: "both" | "confidence" | "prediction" | "none";
  /** A panel of residuals below, observed − fitted, in standard deviations where they are given; default true. */
  readonly residuals?: boolean;
  /** The axis from left to right; default `"linear"`. */
  readonly scale?: "linear" | "log";
  /** The axis of what was observed; default `"linear"`. What isn't above 0 has no place on a logarithmic one. */
  readonly yScale?: "linear" | "log";
  /** The ends of the axis from left to right; default: all rows with a margin. */
  readonly range?: readonly [number, number];
  /** The colour of the curve, or those of groups by name or in order. */
  readonly colors?: RunColors;
}

/**
 * Draws a fit: the data with bars of one standard deviation where they are given, the curve, the bands of its mean
 * (confidence) and of new data (prediction), and the residuals below. Groups that were fitted together have a colour each.
 * A fit of several predictors shows one of them (`predictor`), or what was observed over what the model gives.
 *
 * A band of prediction needs the standard deviation of new data, so there is none where sigma differs from row to row.
 *
 * @example
 * const x = [0, 1, 2, 3, 4];
 * const fit = curveFit(({ a, k, x }) => multiply(a, exp(multiply(k, x))), { a: 1, k: 0 }, { x, y: [2, 3.3, 5.4, 9, 15] });
 * await fitFigure({ fit, labels: ["time (h)", "cells"] }).save("growth.png");
 *
 * @returns a figure with the formats png, svg, pdf (800×600 by default) and html, where a point tells its numbers to the pointer
 * @throws AdjointError where the fit isn't what `curveFit` returned, or an option isn't known or can't be used
 */
export function fitFigure(options: FitOptions): Figure {
  const what = "fitFigure";
  const own = checkOptions(what, options, fitOptions);
  const spec = fitSpec(own);
  return chartFigure({
    what,
    charts: [{ kind: "fit", spec }],
    size: readSize(what, own, { width: 800, height: 600 }),
    look: readLook(what, own),
    description: spec.title ?? `Fit: ${spec.labels[1]}`,
  });
}
