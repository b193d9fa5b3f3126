/** What a race draws, as plain data: a scene goes through JSON into a page unchanged. */
import type { ThemeName } from "../style.js";
import type { Camera } from "./camera.js";

export type Interval = readonly [low: number, high: number];

/** f on a grid over the window. */
export interface Surface {
  /** Samples along x1, both ends of the window included. */
  readonly columns: number;
  /** Samples along x2. */
  readonly rows: number;
  /** f, row by row, x1 fastest; null where it isn't finite. */
  readonly values: readonly (number | null)[];
  /** Colours from the lowest value to the highest, evenly spaced, as #rrggbb. */
  readonly colors: readonly string[];
  /** The colour of the grid's lines, or null for none. */
  readonly edges: string | null;
  /** A line of the grid stands at every so many faces; default at each. */
  readonly every?: number;
}

/** What happened to a run, and at which step. */
export interface Note {
  readonly step: number;
  readonly text: string;
}

export interface Racer {
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[];
  /** The name of a run before it with the same path. */
  readonly same?: string;
  /** The steps taken before each point, ascending: points that lie on others are left out. */
  readonly times: readonly number[];
  /** x1, x2 and f at them, as far as they lie inside the box; flat. */
  readonly points: readonly number[];
  /** Places of points to which no line leads: what lies between is covered by what is drawn. */
  readonly gaps?: readonly number[];
  /** Where the run leaves the box: the time, between two steps, and the point on the box's side. */
  readonly exit: { readonly time: number; readonly point: readonly number[] } | null;
  readonly notes: readonly Note[];
}

/** Heights by the logarithm of how far values are above a base, in units of which one is hardly seen. */
export interface LogHeight {
  readonly base: number;
  readonly unit: number;
}

/** Heights by the part of the surface that is below: ascending values that part it into pieces of one size. */
export interface QuantileHeight {
  readonly quantiles: readonly number[];
}

export type HeightScale = LogHeight | QuantileHeight;

/** Where a value stands on the axis of heights. */
export function heightOf(height: HeightScale | undefined, value: number): number {
  if (!height || Number.isNaN(value)) return value;
  if (!("quantiles" in height)) return Math.log10(1 + Math.max(0, value - height.base) / height.unit);
  const { quantiles } = height;
  const next = quantiles.findIndex((one) => one > value);
  if (next < 0) return quantiles.length - 1;
  if (next === 0) return 0;
  const before = quantiles[next - 1]!;
  return next - 1 + (value - before) / (quantiles[next]! - before);
}

export interface RaceScene {
  readonly theme?: ThemeName;
  /** None: heights are the values themselves. */
  readonly height?: HeightScale;
  readonly title: string;
  readonly labels: readonly [x1: string, x2: string, value: string];
  /** The box: the window of x1 and x2, and the values that are shown. */
  readonly ranges: readonly [x1: Interval, x2: Interval, value: Interval];
  readonly surface: Surface;
  readonly racers: readonly Racer[];
  /** Known minima in the box, as x1, x2, f. */
  readonly minima: readonly (readonly number[])[];
  /** The last step of the longest run. */
  readonly steps: number;
  readonly camera: Camera;
}
