/** Everything about a race of optimizers on one page. */
import { AdjointError } from "../../../graph/index.js";
import { checkOptions, describe, isRecord, reading } from "../../../graph/internal.js";
import { nameTex, toTex } from "../../pictures/index.js";
import type { ContourOptions } from "../contour.js";
import { contourSpec } from "../contour-spec.js";
import { type Figure, makeFigure } from "../figure.js";
import type { LossOptions } from "../loss.js";
import { lossSpecs } from "../loss-spec.js";
import { checkChoice, checkText, readInterval } from "../options.js";
import { type Plane, type PlaneFunction, readPaths, readPlane } from "../plane.js";
import type { RaceOptions } from "../race/options.js";
import { raceScene } from "../race/prepare.js";
import { type Runs, readRuns } from "../runs.js";
import type { ThemeName } from "../style.js";
import { keptPoints, rounded, thinnedPath } from "../thinning.js";
import type { ComparisonData } from "./data.js";
import { comparisonHtml } from "./page-html.js";

/**
 * Options of `comparisonPage`.
 * @example const grey = (options: ComparisonOptions): ComparisonOptions => ({ ...options, runColors: ["grey"] });
 */
export interface ComparisonOptions
  extends Pick<RaceOptions, "runColors" | "window" | "values" | "colorMap" | "camera">,
    Pick<ContourOptions, "axes" | "at" | "levels" | "minima"> {
  /** A traced function that gives one number, or one of the library's objectives; of more than two elements with `axes`. */
  readonly objective: PlaneFunction;
  /** Runs of `minimize` by the names that the legend and the table show, in their order. */
  readonly runs: Runs;
  /** Default: the objective's own title, else "Comparison of optimizers". */
  readonly title?: string;
  /** The objective in TeX, for math mode; default: what `toTex` makes of the graph, unless it is too long to be read. */
  readonly formula?: string;
  /** The spacing of bands, heights and colours, as in `contourFigure` and `raceFigure`; default `"auto"`. */
  readonly scale?: "auto" | "linear" | "log" | "quantile";
  /**
   * The axis of the losses. Default `"auto"`: logarithmic where all are above 0 and some a hundred times others. `"above minimum"`
   * is the logarithm of how far they are above the least known value: at the minima, or in any run.
   */
  readonly lossScale?: "auto" | "linear" | "log" | "symlog" | "above minimum";
  /** The ends of the axis of losses; default: all values, or those of the box where a run leaves it. */
  readonly range?: readonly [number, number];
  /** Default: as the reader's screen is, light or dark. */
  readonly theme?: ThemeName;
}

const what = "comparisonPage";

/** Cells of the contours' grid, whose corners, all or every second, are the surface's. */
const cells = [120, 120] as const;

/** Pale, so that lines of every colour stand out: the course's hue. */
const pinks = ["#c9417f", "#de78a6", "#eca6c6", "#f5cbdf", "#fbe6ef", "#fff8fb"];

/**
 * A page that compares optimizers on one objective: contours, surface and losses side by side, a table of results, and
 * the objective as a formula. The panels are linked: the step of a run under the pointer is marked in all of them, the
 * legend shows and hides runs in all of them, and playing the surface's race moves the marks along. Of an objective of many
 * elements it shows two, or a plane (`axes`), the others held. The page is one file that loads nothing; its numbers stand in
 * it as one JSON (the element with the id `data`).
 *
 * @example
 * const run = (optimizer: Optimizer) => minimize(cubic.f, cubic.start, optimizer, { steps: 150 });
 * const runs = { Adam: run(adam({ learningRate: 0.1 })), Momentum: run(momentum({ learningRate: 0.01 })) };
 * await comparisonPage({ objective: cubic, runs }).save("comparison.html");
 *
 * @returns a figure with the format html
 * @throws AdjointError where the objective isn't a scalar function, its axes can't be chosen, a run isn't one of it, or an
 *   option isn't known or can't be used
 */
export function comparisonPage(options: ComparisonOptions): Figure {
  const data = comparisonData(options);
  return makeFigure({
    html: async (onProgress) => {
      const page = await comparisonHtml(what, data);
      onProgress(1, 1);
      return page;
    },
  });
}

/** All that the page shows. */
export function comparisonData(options: ComparisonOptions): ComparisonData {
  const own = checkOptions(what, options, comparisonOptions);
  const { lossScale = "auto", scale = "auto", colorMap = pinks, runColors, levels, minima, theme } = own;
  const objective = readOnce(own.objective);
  const runs = Object.fromEntries(readRuns(what, own.runs));
  checkText(what, "title", own.title);
  checkText(what, "formula", own.formula);
  checkChoice(what, "lossScale", lossScale, ["auto", "linear", "log", "symlog", "above minimum"]);
  const chosen = picked(own, ["axes", "at"]);
  const plane = readPlane(what, objective, { ...chosen, runs });
  const paths = readPaths(what, runs, plane);
  const given = picked(own, ["window", "values", "camera"]);
  const {
    surface,
    racers,
    title: _,
    ...box
  } = raceScene(what, {
    ...{ objective, runs, colorMap, scale, edges: "#b98a9f", ...chosen },
    ...(runColors !== undefined && { runColors }),
    ...(theme !== undefined && { theme }),
    labels: [...plane.labels, plane.valueLabel],
    ...given,
  });
  const window = { x1: box.ranges[0], x2: box.ranges[1] };
  const bands = surface.colors;
  const { runs: _paths, ...contour } = contourSpec(
    {
      ...{ objective, runs, cells, window, scale, ...chosen },
      colorMap: (t) => bands[Math.round(t * (bands.length - 1))]!,
      ...(levels !== undefined && { levels }),
      ...(minima !== undefined && { minima }),
      ...(theme !== undefined && { theme }),
    },
    what,
  );
  const losses = lossesOf(
    own,
    plane.minima.map(({ x1, x2 }) => plane.f(x1, x2)),
    paths,
    runs,
  );
  // Runs that leave the box must not make the others a flat line.
  const leaves = racers.some(({ exit }) => exit !== null);
  const isPlain = losses.scale === "linear" && (losses.minimum ?? 0) === 0;
  const { runs: series, legend: __, ...loss } = lossSpecs(losses, what, "lossScale")[0]!;
  const range =
    own.range === undefined
      ? leaves && isPlain
        ? box.ranges[2]
        : undefined
      : readInterval(`${what}: range`, own.range);
  if (range && loss.scale === "log" && range[0] <= 0)
    throw new AdjointError(
      `${what}: range must lie above 0 on a logarithmic axis, not begin at ${describe(range[0])}.`,
    );
  const { values: ___, ...grid } = surface;
  const most = Math.ceil(8000 / Math.max(2, paths.length));
  return {
    title: own.title ?? plane.title ?? "Comparison of optimizers",
    formula: own.formula ?? formulaOf(objective, plane),
    contour,
    loss: range ? { ...loss, range } : loss,
    surface: { ...box, surface: grid },
    runs: paths.map((path, i) => {
      const { name, status, x1, x2, values } = path;
      const { color, dash, same, exit, notes, times } = racers[i]!;
      const norm = plane.gradientNorm(runs[name]!.parameters);
      const thin = thinnedPath(path, window, keptPoints(path, window, contour.dots, most));
      const left = notes.find(
        ({ text }) => text.startsWith("left the box") || text.startsWith("starts outside"),
      );
      const last = left ? left.step - 1 : (times.at(-1) ?? -1);
      return {
        ...{ name, color, dash, status, exit, notes, taken: path.steps, ...thin },
        ...(same !== undefined && { same }),
        inBox: thin.steps.filter((step) => step <= last).length,
        isOutside: [x1, x2, values].some((all, k) => !isWithin(all.at(-1)!, box.ranges[k]!)),
        end: [values, x1, x2].map((all) => rounded([all.at(-1)!])[0]!),
        losses: { steps: series[i]!.steps, values: series[i]!.values },
        gradientNorm: rounded([norm])[0]!,
      };
    }),
  };
}

const isWithin = (x: number, [low, high]: readonly [number, number]) => x >= low && x <= high;

const comparisonOptions = [
  ...[
    "objective",
    "runs",
    "axes",
    "at",
    "title",
    "formula",
    "lossScale",
    "scale",
    "range",
    "levels",
    "minima",
  ],
  ...["runColors", "window", "values", "colorMap", "camera", "theme"],
];

/** The options among these that are given. */
function picked<K extends keyof ComparisonOptions>(
  own: ComparisonOptions,
  keys: readonly K[],
): Pick<ComparisonOptions, K> {
  return Object.fromEntries(
    keys.filter((key) => own[key] !== undefined).map((key) => [key, own[key]]),
  ) as never;
}

/** What the losses' panel is told. */
function lossesOf(
  { lossScale = "auto", runColors, theme }: ComparisonOptions,
  minima: readonly number[],
  paths: readonly { readonly values: Float64Array; readonly status: string }[],
  runs: Runs,
): LossOptions {
  const told = { runs, ...(runColors !== undefined && { runColors }), ...(theme !== undefined && { theme }) };
  if (lossScale !== "above minimum")
    return { ...told, scale: lossScale === "auto" ? chooseScale(paths) : lossScale };
  const calm = paths.filter(({ status }) => status !== "diverged");
  const reached = calm.flatMap(({ values }) => [...values.filter(Number.isFinite)]);
  const minimum = [...minima, ...reached].reduce(
    (least, value) => Math.min(least, value),
    Number.POSITIVE_INFINITY,
  );
  return { ...told, scale: "log", ...(Number.isFinite(minimum) && { minimum }) };
}

/** An objective of the library's as a copy, since it is read for each chart. */
function readOnce(objective: PlaneFunction): PlaneFunction {
  const given: unknown = objective;
  if (!isRecord(given)) return objective;
  return reading(`${what}: the objective`, () => ({ ...given })) as unknown as PlaneFunction;
}

function chooseScale(paths: readonly { readonly values: Float64Array }[]): "linear" | "log" {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { values } of paths) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low > 0 && high >= 100 * low ? "log" : "linear";
}

/** Longer formulas fill several lines, which nobody reads. */
const longestFormula = 1000;

/** f(x1, x2) = …, or f = … of more elements than are shown; null where that is too long. */
function formulaOf(objective: PlaneFunction, { labels, isSection }: Plane): string | null {
  const f = typeof objective === "function" ? objective : objective.f;
  const names = labels.map((label) => {
    const [, name, index] = /^(.*?)(\d*)$/.exec(label)!;
    return index === "" ? nameTex(name!) : `${nameTex(name!)}_{${index}}`;
  });
  try {
    const tex = toTex(f);
    return tex.length > longestFormula ? null : `f${isSection ? "" : `(${names.join(", ")})`} = ${tex}`;
  } catch (error) {
    if (error instanceof AdjointError) return null;
    throw error;
  }
}
