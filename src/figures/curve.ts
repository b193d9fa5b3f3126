/** The figure of an objective of one element: its curve, and runs along it. */
import { AdjointError } from "../../graph/index.js";
import { checkOptions, readList, readValue } from "../../graph/internal.js";
import type { Interval } from "../objectives/index.js";
import { chartFigure } from "./chart-figure.js";
import type { RunColors } from "./colors.js";
import { drawnRuns } from "./contour-spec.js";
import type { CurveSpec } from "./curve-chart.js";
import type { Figure } from "./figure.js";
import { multiple, niceSteps } from "./numbers.js";
import {
  checkChoice,
  checkText,
  readInterval,
  readLook,
  readSize,
  type SizeOptions,
  sizeOptions,
} from "./options.js";
import { type Path, type PlaneFunction, readObjective } from "./plane.js";
import { append, type Runs, readRuns } from "./runs.js";
import { readSection } from "./section.js";
import { iterationColor } from "./style.js";
import { dotStride, rounded } from "./thinning.js";
import { logRange, type Range } from "./value-axis.js";
import { fitWindow } from "./window.js";

/**
 * Options of `curveFigure`.
 * @example const wide = (options: CurveOptions): CurveOptions => ({ ...options, width: 1200 });
 */
export interface CurveOptions extends SizeOptions {
  /** A traced function of one element that gives one number; of more than one with `axis`. */
  readonly objective: PlaneFunction;
  /** Runs of `minimize` by the names that the legend shows; without them the curve alone, in your window. */
  readonly runs?: Runs;
  /** Of an objective of many elements, the one that is shown: `"x1"`, `"W[2, 3]"`, counted from 1. */
  readonly axis?: string;
  /** Where the others are held: the start or the end of the first run (default), or a value for each input. */
  readonly at?: "start" | "end" | Readonly<Record<string, unknown>>;
  /** Text above the figure; default: none. */
  readonly title?: string;
  /** From where to where; default: what fits the runs and the minima. */
  readonly window?: Interval;
  /** The ends of the axis of values; default: the curve's, without the walls of poles. */
  readonly range?: Interval;
  /** The axis of values: `"log"` shows values of many sizes above 0; default `"linear"`. */
  readonly scale?: "linear" | "log";
  /** Places to mark with a star. */
  readonly minima?: readonly number[];
  /** Colours of the runs, by name or in order; default: eight, of which the colour-blind tell six apart, and a single run black. */
  readonly runColors?: RunColors;
}

const curveOptions = [
  ...["objective", "runs", "axis", "at", "title", "window", "range", "scale", "minima", "runColors"],
  ...sizeOptions,
];

/**
 * Draws an objective of one element as a curve, and runs as points along it: a dot for each step, a line from each to the next, a
 * circle at the start, a diamond at the end, and a star at each minimum that is given. Of an objective of many elements it
 * shows one (`axis`), the others held.
 *
 * @example
 * const f = trace({ x: scalar() }, ({ x }) => add(square(x), multiply(3, sin(multiply(3, x)))));
 * const run = minimize(f, { x: 2.5 }, momentum({ learningRate: 0.01 }), { steps: 60 });
 * await curveFigure({ objective: f, runs: { momentum: run } }).save("valleys.svg");
 *
 * @returns a figure with the formats png, svg, pdf (800×500 by default) and html, where a point tells run, step, place and value to
 *   the pointer
 * @throws AdjointError where the objective isn't a scalar function of one element, none can be chosen, there is neither a run nor
 *   a window, no value is finite in it, or an option isn't known or can't be used
 */
export function curveFigure(options: CurveOptions): Figure {
  const what = "curveFigure";
  const own = checkOptions(what, options, curveOptions);
  const spec = curveSpec(own);
  const names = spec.runs.map(({ name }) => name).join(", ") || spec.valueLabel;
  return chartFigure({
    what,
    charts: [{ kind: "curve", spec }],
    size: readSize(what, own, { width: 800, height: 500 }),
    look: readLook(what, own),
    description: spec.title ?? `Curve: ${names}`,
  });
}

/** Points of a curve: enough for a picture that is a thousand pixels wide. */
const samples = 1000;

/** What `curveChart` draws, of the options of `curveFigure`. */
export function curveSpec(options: CurveOptions): CurveSpec {
  const what = "curveFigure";
  const own = checkOptions(what, options, curveOptions);
  const { title, scale = "linear", runs, axis, at, minima } = own;
  const { theme } = readLook(what, own);
  checkText(what, "title", title);
  checkChoice(what, "scale", scale, ["linear", "log"]);
  const { field } = readObjective(what, own.objective);
  const section = readSection(what, field, 1, { axes: axis, at, runs });
  const paths = runs === undefined ? [] : readLines(what, runs, section);
  const stars =
    minima === undefined
      ? []
      : readList(minima, `${what}: minima`, (x) => readValue(x, [], `${what}: minima`)[0]!);
  if (own.window === undefined && paths.length === 0)
    throw new AdjointError(`${what}: there are neither runs nor a window; pass { window: [-2, 2] }.`);
  const window =
    own.window === undefined
      ? fitWindow(
          paths.map((path) => ({ ...path, x2: path.x1 })),
          stars.map((x) => ({ x1: x, x2: x })),
        ).x1
      : readInterval(`${what}: window`, own.window);
  const x = Array.from(
    { length: samples + 1 },
    (_, i) => window[0] + ((window[1] - window[0]) * i) / samples,
  );
  const y = x.map((one) => section.f(one));
  const shown = paths.flatMap(({ x1, x2 }) =>
    [...x2].filter((_, i) => x1[i]! >= window[0] && x1[i]! <= window[1]),
  );
  const usable = (value: number) => Number.isFinite(value) && (scale === "linear" || value > 0);
  if (!y.some(usable))
    throw new AdjointError(
      `${what}: the objective has no ${scale === "log" ? "value above 0" : "finite value"} in the window [${window.join(", ")}]; choose another window${scale === "log" ? ', or { scale: "linear" }' : ""}.`,
    );
  const range =
    own.range === undefined
      ? rangeOf(y.filter(usable), shown.filter(usable), scale)
      : readRange(what, own.range, scale);
  return {
    ...(theme !== undefined && { theme }),
    ...(title !== undefined && { title }),
    label: section.labels[0]!,
    valueLabel: section.held === undefined ? `f(${section.labels[0]})` : `f${section.held}`,
    ...{ window, range, scale, dots: dotStride(paths) },
    curve: {
      color: iterationColor,
      x: rounded(x),
      y: broken(y, range).map((one) => (Number.isFinite(one) ? Number(one.toPrecision(9)) : null)),
    },
    runs: drawnRuns(what, own.runColors, paths, { x1: window, x2: range }),
    minima: stars.map((one) => ({ x1: one, x2: section.f(one) })).filter(({ x2 }) => usable(x2)),
  };
}

/** Runs as paths in the plane of places and values. */
function readLines(
  what: string,
  runs: unknown,
  { coordinates, labels }: ReturnType<typeof readSection>,
): Path[] {
  return readRuns(what, runs).map(([name, { trajectory, parameters, value, status, steps }]) => {
    const [before, last] = [coordinates(trajectory.parameters)?.[0], coordinates(parameters)?.[0]];
    if (!before || last?.length !== 1 || before.length !== trajectory.values.length)
      throw new AdjointError(
        `${what}: run "${name}" isn't one of this objective (${labels[0]}); pass what minimize returned for it.`,
      );
    if (trajectory.steps === 0 && steps > 0)
      throw new AdjointError(
        `${what}: run "${name}" took ${steps} steps but recorded none; leave out { trajectory: false }.`,
      );
    const values = append(trajectory.values, value);
    const path = {
      name,
      x1: append(before, last[0]!),
      x2: values,
      values,
      status,
      stride: trajectory.stride,
      steps,
    };
    if (path.x1.some((x, i) => Number.isFinite(x) && Number.isFinite(values[i]))) return path;
    throw new AdjointError(
      `${what}: run "${name}" has no finite point; start it where the objective is finite.`,
    );
  });
}

/** Of all values and all points; the walls of poles, which most of the curve isn't near, are cut. */
function rangeOf(curve: readonly number[], points: readonly number[], scale: "linear" | "log"): Range {
  const sorted = Float64Array.from(curve).sort();
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)]!;
  let [low, high] = [at(0), at(1)];
  if (scale === "linear") {
    const [least, most] = [at(0.05), at(0.95)];
    const usual = most - least;
    if (low < least - 10 * usual) low = least - usual;
    if (high > most + 10 * usual) high = most + usual;
  }
  for (const value of points) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (scale === "log") return logRange([low, high]);
  const range =
    high - low > 1e-12 * Math.max(Math.abs(low), Math.abs(high)) ? high - low : Math.abs(high) || 1;
  const step = niceSteps(range / 20).next().value!;
  return [
    multiple(Math.floor((low - 0.04 * range) / step), step),
    multiple(Math.ceil((high + 0.04 * range) / step), step),
  ];
}

function readRange(what: string, given: unknown, scale: "linear" | "log"): Range {
  const range = readInterval(`${what}: range`, given);
  if (scale === "log" && range[0] <= 0)
    throw new AdjointError(
      `${what}: range must lie above 0 on a logarithmic axis, not begin at ${range[0]}.`,
    );
  return range;
}

/** NaN where a line would lead from above the range to below it: between two samples is a pole. */
function broken(y: readonly number[], [low, high]: Range): number[] {
  const side = (value: number) => (value > high ? 1 : value < low ? -1 : 0);
  return y.map((value, i) => (i > 0 && side(value) * side(y[i - 1]!) < 0 ? Number.NaN : value));
}
