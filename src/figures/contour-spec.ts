/** From an objective and runs to all that their contour figure shows. */
import { interpolateRgb, piecewise } from "d3-interpolate";
import { AdjointError } from "../../graph/index.js";
import { checkOptions, describe } from "../../graph/internal.js";
import type { Interval } from "../objectives/index.js";
import type { ContourOptions } from "./contour.js";
import type { ContourRun, ContourSpec } from "./contour-chart.js";
import { chooseLevels } from "./levels.js";
import { checkChoice, checkText } from "./options.js";
import { type Plane, type PlanePoint, type PlaneWindow, readPaths, readPlane } from "./plane.js";
import { courseColors, runStyle } from "./style.js";
import { thinnedPath } from "./thinning.js";
import { fitWindow } from "./window.js";

const known = [
  "objective",
  "runs",
  "title",
  "window",
  "levels",
  "scale",
  "colors",
  "minima",
  "cells",
  "width",
  "height",
  "pixelRatio",
];
const what = "contourFigure";

/** What `contourChart` draws, of the options of `contourFigure`, for which `caller` asks. */
export function contourSpec(options: ContourOptions, caller = what): ContourSpec {
  checkOptions(what, options, known);
  const { title, scale = "auto", cells = [160, 120] } = options;
  checkText(what, "title", title);
  checkChoice(what, "scale", scale, ["auto", "linear", "log"]);
  const plane = readPlane(caller, options.objective);
  const paths = readPaths(caller, options.runs, plane);
  const minima = readMinima(options.minima ?? plane.minima);
  const window = options.window ? readWindow(options.window) : fitWindow(paths, minima, plane.window);
  const values = sample(plane, window, readCells(cells));
  const inside = insideOf(values, cells);
  if (inside.length === 0) {
    const [x1, x2] = [window.x1, window.x2].map((interval) => `[${interval.join(", ")}]`);
    throw new AdjointError(
      `${caller}: the objective has no finite value in the window ${x1} × ${x2}; choose another window.`,
    );
  }
  const colors = options.colors ?? courseColors;
  checkColors(colors);
  const levels = readLevels(inside, options);
  const isIn = ({ x1, x2 }: PlanePoint) =>
    x1 >= window.x1[0] && x1 <= window.x1[1] && x2 >= window.x2[0] && x2 <= window.x2[1];
  return {
    ...(title !== undefined && { title }),
    labels: plane.labels,
    valueLabel: `f(${plane.labels.join(", ")})`,
    window,
    grid: { cells, values: roundGrid(values, levels) },
    levels,
    colors: bandColors(colors, levels.length - 1),
    open: {
      below: inside.some((value) => value < levels[0]!),
      above: inside.some((value) => value > levels.at(-1)!),
    },
    runs: paths.map((path, i) => ({ ...thinnedPath(path, window), ...runLook(i, paths.length) })),
    minima: minima.filter(isIn),
  };
}

/** A single path is black, as in the course. */
function runLook(i: number, count: number): Pick<ContourRun, "color" | "dash"> {
  return count === 1 ? { color: "#000000", dash: [] } : runStyle(i);
}

/**
 * The objective on the grid of a spec, row by row, NaN where it isn't finite or too large to reckon with. Just outside
 * of the window, what isn't finite is as just inside.
 */
function sample(
  { f }: Plane,
  { x1, x2 }: PlaneWindow,
  [columns, rows]: readonly [number, number],
): Float64Array {
  const width = columns + 3;
  const at = ([low, high]: Interval, count: number, i: number) => low + ((i - 1) * (high - low)) / count;
  const values = new Float64Array(width * (rows + 3));
  for (let j = 0; j < rows + 3; j++) {
    for (let i = 0; i < width; i++) {
      const value = f(at(x1, columns, i), at(x2, rows, j));
      values[j * width + i] = Math.abs(value) <= 1e300 ? value : Number.NaN;
    }
  }
  for (let j = 0; j < rows + 3; j++) {
    for (let i = 0; i < width; i++) {
      const inner = Math.min(Math.max(j, 1), rows + 1) * width + Math.min(Math.max(i, 1), columns + 1);
      if (!Number.isFinite(values[j * width + i])) values[j * width + i] = values[inner]!;
    }
  }
  return values;
}

/** The finite values of a grid in the window itself. */
function insideOf(values: Float64Array, [columns, rows]: readonly [number, number]): Float64Array {
  const width = columns + 3;
  return values.filter((value, k) => {
    const i = k % width;
    const j = Math.floor(k / width);
    return i > 0 && i <= columns + 1 && j > 0 && j <= rows + 1 && Number.isFinite(value);
  });
}

/** Values with the digits that a picture shows: a page is half as large. */
function roundGrid(values: Float64Array, levels: readonly number[]): (number | null)[] {
  const largest = levels.reduce((most, level) => Math.max(most, Math.abs(level)), 0);
  const finest = Math.min(...levels.slice(1).map((level, i) => level - levels[i]!));
  // Of values near a boundary, a thousandth of the narrowest band.
  const digits = Math.min(17, Math.max(5, Math.ceil(Math.log10(largest / finest)) + 4));
  return Array.from(values, (value) => (Number.isFinite(value) ? Number(value.toPrecision(digits)) : null));
}

function readCells(cells: unknown): readonly [number, number] {
  const isPair = Array.isArray(cells) && cells.length === 2;
  if (isPair && cells.every((count) => Number.isSafeInteger(count) && count >= 2 && count <= 2000)) {
    return cells as unknown as readonly [number, number];
  }
  throw new AdjointError(`${what}: cells must be two whole numbers from 2 to 2000, such as [160, 120].`);
}

function readMinima(minima: unknown): readonly PlanePoint[] {
  const isPoint = (point: Partial<PlanePoint> | null) =>
    typeof point === "object" && Number.isFinite(point?.x1) && Number.isFinite(point?.x2);
  if (Array.isArray(minima) && minima.every(isPoint)) return minima.map(({ x1, x2 }) => ({ x1, x2 }));
  throw new AdjointError(`${what}: minima must be a list of finite points, such as [{ x1: 0, x2: 0 }].`);
}

function readWindow(window: PlaneWindow): PlaneWindow {
  checkOptions(`${what}: window`, window, ["x1", "x2"]);
  for (const name of ["x1", "x2"] as const) {
    const interval: unknown = window[name];
    const isInterval = Array.isArray(interval) && interval.length === 2 && interval.every(Number.isFinite);
    if (isInterval && interval[0] < interval[1]) continue;
    throw new AdjointError(`${what}: window.${name} must be [low, high] with low < high, such as [-2, 5].`);
  }
  return { x1: [...window.x1], x2: [...window.x2] };
}

function readLevels(inside: Float64Array, { levels, scale, colors }: ContourOptions): readonly number[] {
  if (typeof levels === "object" && levels !== null) {
    const isAscending = levels.every(
      (level, i) => Number.isFinite(level) && (i === 0 || level > levels[i - 1]!),
    );
    if (isAscending && levels.length >= 2) return [...levels];
    throw new AdjointError(
      `${what}: levels must be at least two finite numbers, ascending, such as [0, 1, 10, 100].`,
    );
  }
  const count = levels ?? (Array.isArray(colors) ? colors.length : courseColors.length);
  if (Number.isSafeInteger(count) && count >= 1 && count <= 100)
    return chooseLevels(inside, count, scale).levels;
  throw new AdjointError(
    `${what}: levels must be how many bands, from 1 to 100, or their boundaries, not ${typeof count === "number" ? count : describe(count)}.`,
  );
}

type Colors = NonNullable<ContourOptions["colors"]>;

function checkColors(colors: Colors): void {
  const isText = (color: unknown) => typeof color === "string";
  if (typeof colors === "function" && isText(colors(0)) && isText(colors(1))) return;
  if (Array.isArray(colors) && colors.length > 0 && colors.every(isText)) return;
  throw new AdjointError(
    `${what}: colors must be a list of CSS colours, or a function from [0, 1] to one such as interpolateViridis of d3-scale-chromatic.`,
  );
}

function bandColors(colors: Colors, count: number): string[] {
  const places = Array.from({ length: count }, (_, i) => (count === 1 ? 0 : i / (count - 1)));
  if (typeof colors === "function") return places.map((place) => colors(place));
  if (colors.length === count) return [...colors];
  return colors.length === 1
    ? places.map(() => colors[0]!)
    : places.map(piecewise(interpolateRgb, [...colors]));
}
