/** The contour figure of runs: a picture and a page. */
import { checkOptions } from "../../graph/internal.js";
import { chartFigure } from "./chart-figure.js";
import type { ColorMap, RunColors } from "./colors.js";
import { contourOptions, contourSpec } from "./contour-spec.js";
import type { Figure } from "./figure.js";
import type { LevelScale } from "./levels.js";
import { readLook, readSize, type SizeOptions } from "./options.js";
import type { PlaneFunction, PlanePoint, PlaneWindow } from "./plane.js";
import type { Runs } from "./runs.js";

/**
 * Options of `contourFigure`.
 * @example const wide = (options: ContourOptions): ContourOptions => ({ ...options, width: 1200 });
 */
export interface ContourOptions extends SizeOptions {
  /** A traced function that gives one number, or one of the library's objectives; of more than two elements with `axes`. */
  readonly objective: PlaneFunction;
  /** Runs of `minimize` by the names that the legend shows; without them the objective alone, in its window or yours. */
  readonly runs?: Runs;
  /**
   * Of an objective of many elements, the two that are shown, to the right and upwards: `["x1", "W[2, 3]"]`, counted from 1. Or
   * `"pca"`: the plane in which the points of the runs vary most, its axes labelled by how much of the variance is theirs.
   */
  readonly axes?: readonly [string, string] | "pca";
  /**
   * Where the elements that aren't shown are held, or the point through which the plane of `"pca"` goes: the start or the end of the
   * first run, or a value for each input. Default `"end"`; the figure says which.
   */
  readonly at?: "start" | "end" | Readonly<Record<string, unknown>>;
  /** Text above the figure; default: none. */
  readonly title?: string;
  /** The part of the plane to show; default: what fits the paths and the minima. */
  readonly window?: PlaneWindow;
  /** How many bands (default: one a colour of a list, else seven), or their boundaries, ascending. */
  readonly levels?: number | readonly number[];
  /**
   * The spacing of the bands: equal steps, equal ratios above 0 (above the lowest value, if that is negative), or quantiles: each
   * band covers as much of the picture.
   * Default `"auto"`: equal steps unless half of the picture would lie in the lowest band.
   */
  readonly scale?: LevelScale | "auto";
  /** Colours of the bands from the lowest; a list of another length than the bands is interpolated. Default `"viridis"`. */
  readonly colorMap?: ColorMap;
  /** Colours of the runs, by name or in order; default: eight, of which the colour-blind tell six apart, and a single run black. */
  readonly runColors?: RunColors;
  /** Points to mark with a star; default: those that an objective knows. */
  readonly minima?: readonly PlanePoint[];
  /** Cells into which the window is divided to find the contours; default [160, 120]. */
  readonly cells?: readonly [number, number];
}

/**
 * Draws runs over the contours of their objective: filled bands, their lines, a labelled colour bar, a path for each
 * run with a dot for each step (of long runs every second, fifth, tenth, …: the legend says which), a circle at its start, a
 * diamond at its end, and a star at each known minimum. Where there is no value, there are grey lines aslant. Of an objective of
 * many elements it shows two, or a plane (`axes`); the values that points tell are then their own, not those of the plane.
 *
 * @example
 * const { f } = weightedSphere();
 * const run = minimize(f, { x: [3, 4] }, adam({ learningRate: 0.2 }), { steps: 20 });
 * await contourFigure({ objective: weightedSphere(), runs: { adam: run } }).save("sphere.png");
 *
 * @returns a figure with the formats png, svg, pdf (1000×600 by default) and html, where a point tells run, step, point and
 *   value to the pointer
 * @throws AdjointError where the objective isn't a scalar function, its axes can't be chosen, there is no run or one has no
 *   finite point, or an option isn't known or can't be used
 */
export function contourFigure(options: ContourOptions): Figure {
  const what = "contourFigure";
  const own = checkOptions(what, options, contourOptions);
  const spec = contourSpec(own);
  const names = spec.runs.map(({ name }) => name).join(", ") || spec.valueLabel;
  return chartFigure({
    what,
    charts: [{ kind: "contour", spec }],
    size: readSize(what, own, { width: 1000, height: 600 }),
    look: readLook(what, own),
    description: spec.title ?? `Contours: ${names}${own.axes === undefined ? "" : `; ${spec.valueLabel}`}`,
  });
}
