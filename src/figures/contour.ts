/** The contour figure of runs: a picture and a page. */
import { checkOptions } from "../../graph/internal.js";
import { contourChart } from "./contour-chart.js";
import { contourOptions, contourSpec } from "./contour-spec.js";
import { type Figure, makeFigure } from "./figure.js";
import type { LevelScale } from "./levels.js";
import { readSize, type SizeOptions } from "./options.js";
import { loadDrawing } from "./packages.js";
import { chartsPage } from "./page/charts.js";
import type { PlaneFunction, PlanePoint, PlaneWindow } from "./plane.js";
import type { Runs } from "./runs.js";

/**
 * Options of `contourFigure`.
 * @example const wide = (options: ContourOptions): ContourOptions => ({ ...options, width: 1200 });
 */
export interface ContourOptions extends SizeOptions {
  /** A traced function of one vector(2) or of two scalars, or one of the library's objectives. */
  readonly objective: PlaneFunction;
  /** Runs of `minimize` by the names that the legend shows; without them the objective alone, in its window or yours. */
  readonly runs?: Runs;
  /** Text above the figure; default: none. */
  readonly title?: string;
  /** The part of the plane to show; default: what fits the paths and the minima. */
  readonly window?: PlaneWindow;
  /** How many bands (default: one a colour, seven), or their boundaries, ascending. */
  readonly levels?: number | readonly number[];
  /**
   * The spacing of the bands: equal steps, or equal ratios above 0 (above the lowest value, if that is negative).
   * Default `"auto"`: equal steps unless half of the picture would lie in the lowest band.
   */
  readonly scale?: LevelScale | "auto";
  /**
   * Colours of the bands from the lowest: a list of CSS colours, or a function from [0, 1] to a colour such as
   * `interpolateViridis` of d3-scale-chromatic. A list of another length than the bands is interpolated. Default: the
   * course's seven.
   */
  readonly colors?: readonly string[] | ((t: number) => string);
  /** Points to mark with a star; default: those that an objective knows. */
  readonly minima?: readonly PlanePoint[];
  /** Cells into which the window is divided to find the contours; default [160, 120]. */
  readonly cells?: readonly [number, number];
}

/**
 * Draws runs over the contours of their objective: filled bands, their lines, a labelled colour bar, a path for each
 * run with a dot for each step (fewer where they would cover each other), a circle at its start, a diamond at its end,
 * and a star at each known minimum.
 *
 * @example
 * const { f } = weightedSphere();
 * const run = minimize(f, { x: [3, 4] }, adam({ learningRate: 0.2 }), { steps: 20 });
 * await contourFigure({ objective: weightedSphere(), runs: { adam: run } }).save("sphere.png");
 *
 * @returns a figure with the formats png (1000×600 by default) and html, where a point tells run, step, point and
 *   value to the pointer
 * @throws AdjointError where the objective isn't a scalar function of two variables, there is no run or one has no
 *   finite point, or an option isn't known or can't be used
 */
export function contourFigure(options: ContourOptions): Figure {
  const own = checkOptions("contourFigure", options, contourOptions);
  const spec = contourSpec(own);
  const size = readSize("contourFigure", own, { width: 1000, height: 600 });
  return makeFigure({
    png: async (onProgress) => {
      const { renderCharts } = await loadDrawing("contourFigure");
      const picture = await renderCharts([contourChart(spec) as never], size);
      onProgress(1, 1);
      return picture;
    },
    html: async (onProgress) => {
      const names = spec.runs.map(({ name }) => name).join(", ") || spec.valueLabel;
      const page = await chartsPage(spec.title ?? `Contours: ${names}`, [{ kind: "contour", spec }], size);
      onProgress(1, 1);
      return page;
    },
  });
}
