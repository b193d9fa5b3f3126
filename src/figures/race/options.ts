/** What a race can be told. */
import type { ColorMap, RunColors } from "../colors.js";
import { type SizeOptions, sizeOptions } from "../options.js";
import type { PlaneFunction } from "../plane.js";
import type { Runs } from "../runs.js";
import type { Camera } from "./camera.js";
import type { Interval } from "./scene.js";

/**
 * Options of `raceFigure`.
 * @example const wide = (options: RaceOptions): RaceOptions => ({ ...options, width: 1200 });
 */
export interface RaceOptions extends SizeOptions {
  /** One of the package's objectives, which know a window and their minima, or a traced function; of more than two elements with `axes`. */
  readonly objective: PlaneFunction;
  /** What `minimize` returned, by the names that the legend shows, in its order. */
  readonly runs: Runs;
  /** As in `contourFigure`: the two elements that are shown, or `"pca"`, the plane in which the runs vary most. */
  readonly axes?: readonly [string, string] | "pca";
  /** As in `contourFigure`: where the other elements are held. Runs stand at the heights of their own values, off the surface. */
  readonly at?: "start" | "end" | Readonly<Record<string, unknown>>;
  /** Colours of the runs, by name or in order; default: eight, of which the colour-blind tell six apart. */
  readonly runColors?: RunColors;
  readonly title?: string;
  /** Default `["x1", "x2", "f(x1, x2)"]`, or what `axes` chooses. */
  readonly labels?: readonly [x1: string, x2: string, value: string];
  /** The part of the plane; by default the objective's own, else what the paths need. */
  readonly window?: { readonly x1: Interval; readonly x2: Interval };
  /** The values that are shown: the surface is cut at both; by default all of the window's. */
  readonly values?: Interval;
  /** Faces of the surface along x1 and x2, from 1 to 400; default `[60, 60]`, twice that where heights aren't as values are. */
  readonly faces?: readonly [x1: number, x2: number];
  /**
   * How high values stand, and with it their colours: as they are, by the logarithm of how far they are above the lowest (or above
   * 0, of values that are all above it), or by quantile: by the part of the surface that is below. Default `"auto"`: as they are, unless half of the surface would lie in its lowest seventh.
   */
  readonly scale?: "auto" | "linear" | "log" | "quantile";
  /** Colours by height; default `"viridis"`. */
  readonly colorMap?: ColorMap;
  /** The colour of the surface's grid lines, or `null` for none; default a dark grey. */
  readonly edges?: string | null;
  /** Degrees: azimuth from x1 towards x2, by default where most of the paths is seen; elevation default 30. */
  readonly camera?: Partial<Camera>;
  /** The step that a picture shows; default the last. */
  readonly frame?: number;
  /** The most frames of a GIF, spread evenly over the steps; default 151. */
  readonly frames?: number;
  /** Frames a second, at most 50; default 15. */
  readonly fps?: number;
}

/** The names of the options. */
export const raceOptions = [
  "objective",
  "runs",
  "axes",
  "at",
  "runColors",
  "title",
  "labels",
  "window",
  "values",
  "scale",
  "faces",
  "colorMap",
  "edges",
  "camera",
  ...sizeOptions,
  "frame",
  "frames",
  "fps",
];
