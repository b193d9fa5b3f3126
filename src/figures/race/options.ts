/** What a race can be told. */
import type { PlaneFunction } from "../plane.js";
import type { Runs } from "../runs.js";
import type { Camera } from "./camera.js";
import type { ColorMap } from "./colors.js";
import type { Interval } from "./scene.js";

/**
 * Options of `raceFigure`.
 * @example const wide = (options: RaceOptions): RaceOptions => ({ ...options, width: 1200 });
 */
export interface RaceOptions {
  /** One of the package's objectives, which know a window and their minima, or a traced function. */
  readonly objective: PlaneFunction;
  /** What `minimize` returned, by the names that the legend shows, in its order. */
  readonly runs: Runs;
  /** Colours of the runs, by name or in order; by default eight that also the colour-blind tell apart. */
  readonly colors?: readonly string[] | Readonly<Record<string, string>>;
  readonly title?: string;
  /** Default `["x1", "x2", "f(x1, x2)"]`. */
  readonly labels?: readonly [x1: string, x2: string, value: string];
  /** The part of the plane; by default the objective's own, else what the paths need. */
  readonly window?: { readonly x1: Interval; readonly x2: Interval };
  /** The values that are shown: the surface is cut at both; by default all of the window's. */
  readonly values?: Interval;
  /** Faces of the surface along x1 and x2, from 1 to 400; default `[60, 60]`. */
  readonly faces?: readonly [x1: number, x2: number];
  /** Default `"rainbow"`. */
  readonly colorMap?: ColorMap;
  /** The colour of the surface's grid lines, or `null` for none; default a dark grey. */
  readonly edges?: string | null;
  /** Degrees: azimuth from x1 towards x2, by default where most of the paths is seen; elevation default 30. */
  readonly camera?: Partial<Camera>;
  /** Pixels; default 800 × 600. A page fills its window instead. */
  readonly width?: number;
  readonly height?: number;
  /** Device pixels a pixel, for sharper PNG files; default 1. */
  readonly pixelRatio?: number;
  /** The step that a PNG shows; default the last. */
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
  "colors",
  "title",
  "labels",
  "window",
  "values",
  "faces",
  "colorMap",
  "edges",
  "camera",
  "width",
  "height",
  "pixelRatio",
  "frame",
  "frames",
  "fps",
];
