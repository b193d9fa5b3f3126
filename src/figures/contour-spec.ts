/** From an objective and runs to all that their contour figure shows. */
import { AdjointError } from "../../graph/index.js";
import { checkOptions, describe, isLength, isRecord, readList, rowsOf } from "../../graph/internal.js";
import type { Interval } from "../objectives/index.js";
import { defaultMap, readRunColors, sampleMap } from "./colors.js";
import type { ContourOptions } from "./contour.js";
import type { ContourSpec } from "./contour-chart.js";
import { chooseLevels, isConstant } from "./levels.js";
import { checkChoice, checkText, readItems, readLook, readWindow, sizeOptions } from "./options.js";
import { type Path, type Plane, type PlanePoint, type PlaneWindow, readPaths, readPlane } from "./plane.js";
import { runStyle, singleColor } from "./style.js";
import { dotStride, keptPoints, thinnedPath } from "./thinning.js";
import { fitWindow } from "./window.js";

/** The options of `contourFigure`. */
export const contourOptions = [
  "objective",
  "runs",
  "axes",
  "at",
  "title",
  "window",
  "levels",
  "scale",
  "colorMap",
  "runColors",
  "minima",
  "cells",
  ...sizeOptions,
];

/** What `contourChart` draws, of the options of `contourFigure`, for which `what` asks. */
export function contourSpec(options: ContourOptions, what = "contourFigure"): ContourSpec {
  const own = checkOptions(what, options, contourOptions);
  const { title, scale = "auto", colorMap = defaultMap } = own;
  const { theme } = readLook(what, own);
  checkText(what, "title", title);
  checkChoice(what, "scale", scale, ["auto", "linear", "log", "quantile"]);
  const plane = readPlane(what, own.objective, { axes: own.axes, at: own.at, runs: own.runs });
  if (own.runs === undefined && own.window === undefined && plane.window === undefined) {
    throw new AdjointError(
      `${what}: there are neither runs nor a window; pass { runs: { adam: minimize(…) } } or { window: { x1: [-2, 2], x2: [-2, 2] } }.`,
    );
  }
  const paths = own.runs === undefined ? [] : readPaths(what, own.runs, plane);
  const minima = own.minima === undefined ? plane.minima : readMinima(what, own.minima);
  const window =
    own.window !== undefined
      ? readWindow(what, own.window)
      : own.runs === undefined
        ? plane.window!
        : fitWindow(paths, minima, plane.window);
  const cells = own.cells === undefined ? ([160, 120] as const) : readCells(what, own.cells);
  const bands = sampleMap(`${what}: colorMap`, colorMap);
  const values = sample(plane, window, cells);
  const inside = insideOf(values, cells);
  if (inside.length === 0) {
    const [x1, x2] = [window.x1, window.x2].map((interval) => `[${interval.join(", ")}]`);
    throw new AdjointError(
      `${what}: the objective has no finite value in the window ${x1} × ${x2}; choose another window.`,
    );
  }
  const [low, high] = [inside.reduce((a, b) => Math.min(a, b)), inside.reduce((a, b) => Math.max(a, b))];
  const constant = own.levels === undefined && isConstant(low, high);
  const levels = constant
    ? [low, high]
    : readLevels(what, inside, own.levels === undefined ? bands.length : own.levels, scale);
  const isIn = ({ x1, x2 }: PlanePoint) =>
    x1 >= window.x1[0] && x1 <= window.x1[1] && x2 >= window.x2[0] && x2 <= window.x2[1];
  return {
    ...(theme !== undefined && { theme }),
    ...(title !== undefined && { title }),
    labels: plane.labels,
    valueLabel: plane.valueLabel,
    window,
    grid: { cells, values: roundGrid(values, levels) },
    levels,
    colors: constant
      ? [bands[Math.floor(bands.length / 2)]!]
      : sampleMap(`${what}: colorMap`, colorMap, levels.length - 1),
    open: {
      below: !constant && inside.some((value) => value < levels[0]!),
      above: !constant && inside.some((value) => value > levels.at(-1)!),
    },
    dots: dotStride(paths),
    runs: drawnRuns(what, own.runColors, paths, window),
    minima: minima.filter(isIn),
  };
}

/** Paths as a spec shows them, in their colours: of long ones what a picture of the window can tell apart. */
export function drawnRuns(
  what: string,
  colors: unknown,
  paths: readonly Path[],
  window: PlaneWindow,
): ContourSpec["runs"] {
  const isSingle = paths.length === 1;
  const names = paths.map(({ name }) => name);
  const chosen = readRunColors(`${what}: runColors`, colors, names, (i) =>
    isSingle ? singleColor : runStyle(i).color,
  );
  const dots = dotStride(paths);
  const most = Math.ceil(12_000 / Math.max(3, paths.length));
  return paths.map((path, i) => ({
    name: path.name,
    status: path.status,
    color: chosen[i]!,
    dash: runStyle(i).dash,
    ...thinnedPath(path, window, keptPoints(path, window, dots, most)),
    ...sameAs(paths, i),
  }));
}

/** The name of the first run before a run that is the same, if there is one. */
export function sameAs(paths: readonly Path[], i: number): { readonly same?: string } {
  const same = (a: Float64Array, b: Float64Array) =>
    a.length === b.length && a.every((x, k) => Object.is(x, b[k]));
  const twin = paths.slice(0, i).find((one) => same(one.x1, paths[i]!.x1) && same(one.x2, paths[i]!.x2));
  return twin ? { same: twin.name } : {};
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
  const digits = Math.min(17, Math.max(5, (Math.ceil(Math.log10(largest / finest)) || 0) + 4));
  return Array.from(values, (value) => (Number.isFinite(value) ? Number(value.toPrecision(digits)) : null));
}

function readCells(what: string, cells: unknown): readonly [number, number] {
  const [columns, rows, ...others] = readItems(`${what}: cells`, cells);
  const isCount = (count: unknown): count is number => isLength(count) && count >= 2 && count <= 2000;
  if (isCount(columns) && isCount(rows) && others.length === 0) return [columns, rows];
  throw new AdjointError(`${what}: cells must be two whole numbers from 2 to 2000, such as [160, 120].`);
}

function readMinima(what: string, minima: unknown): readonly PlanePoint[] {
  return readList(minima, `${what}: minima`, (point) => {
    const { x1, x2 } = isRecord(point) ? point : {};
    if (Number.isFinite(x1) && Number.isFinite(x2)) return { x1: x1 as number, x2: x2 as number };
    throw new AdjointError(`${what}: minima must be a list of finite points, such as [{ x1: 0, x2: 0 }].`);
  });
}

/** More bands than anybody can tell apart. */
const mostBands = 1000;

function readLevels(
  what: string,
  inside: Float64Array,
  levels: unknown,
  scale: ContourOptions["scale"],
): readonly number[] {
  if (typeof levels === "number") {
    if (isLength(levels) && levels >= 1 && levels <= 100) return chooseLevels(inside, levels, scale).levels;
  } else if (rowsOf(levels)) {
    const list = readItems(`${what}: levels`, levels);
    const isAscending = list.every(
      (level, i) => Number.isFinite(level) && (i === 0 || (level as number) > (list[i - 1] as number)),
    );
    if (isAscending && list.length >= 2 && list.length <= mostBands) return list as number[];
    throw new AdjointError(
      `${what}: levels must be at least two finite numbers, ascending, such as [0, 1, 10, 100].`,
    );
  }
  throw new AdjointError(
    `${what}: levels must be how many bands, from 1 to 100, or their boundaries, not ${describe(levels)}.`,
  );
}
