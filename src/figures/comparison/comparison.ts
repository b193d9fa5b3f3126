/** Everything about a race of optimizers on one page. */
import { AdjointError } from "../../../graph/index.js";
import { checkOptions, isRecord, reading, rowsOf } from "../../../graph/internal.js";
import { nameTex, toTex } from "../../pictures/index.js";
import { contourSpec } from "../contour-spec.js";
import { type Figure, makeFigure } from "../figure.js";
import { lossSpecs } from "../loss-spec.js";
import { checkChoice, checkText, readItems } from "../options.js";
import { type PlaneFunction, readPaths, readPlane } from "../plane.js";
import type { RaceOptions } from "../race/options.js";
import { raceScene } from "../race/prepare.js";
import { type Runs, readRuns } from "../runs.js";
import { runStyle } from "../style.js";
import type { ComparisonData } from "./data.js";
import { comparisonHtml } from "./page-html.js";

/**
 * Options of `comparisonPage`.
 * @example const grey = (options: ComparisonOptions): ComparisonOptions => ({ ...options, colors: ["grey"] });
 */
export interface ComparisonOptions
  extends Pick<RaceOptions, "colors" | "window" | "values" | "colorMap" | "camera"> {
  /** A traced function of one vector(2) or of two scalars, or one of the library's objectives. */
  readonly objective: PlaneFunction;
  /** Runs of `minimize` by the names that the legend and the table show, in their order. */
  readonly runs: Runs;
  /** Default: the objective's own title, else "Comparison of optimizers". */
  readonly title?: string;
  /** The objective in TeX, for math mode; default: what `toTex` makes of the graph, unless it is too long to be read. */
  readonly formula?: string;
  /** The axis of the losses. Default `"auto"`: logarithmic where all are above 0 and some a hundred times others. */
  readonly lossScale?: "linear" | "log" | "auto";
}

const what = "comparisonPage";

/** Cells of the contours' grid and, every second of their corners, the surface's. */
const cells = [120, 120] as const;
const faces = [60, 60] as const;

/** Pale, so that lines of every colour stand out: the course's hue. */
const pinks = ["#c9417f", "#de78a6", "#eca6c6", "#f5cbdf", "#fbe6ef", "#fff8fb"];

/**
 * A page that compares optimizers on one objective: contours, surface and losses side by side, a table of results, and
 * the objective as a formula. The panels are linked: the step of a run under the pointer is marked in all of them, the
 * legend shows and hides runs in all of them, and playing the surface's race moves the marks along. The page is one
 * file that loads nothing; its numbers stand in it as one JSON (the element with the id `data`).
 *
 * @example
 * const run = (optimizer: Optimizer) => minimize(cubic.f, cubic.start, optimizer, { steps: 150 });
 * const runs = { Adam: run(adam({ learningRate: 0.1 })), Momentum: run(momentum({ learningRate: 0.01 })) };
 * await comparisonPage({ objective: cubic, runs }).save("comparison.html");
 *
 * @returns a figure with the format html
 * @throws AdjointError where the objective isn't a scalar function of two variables, a run isn't one of it, or an option
 *   isn't known or can't be used
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
  const names = ["objective", "runs", "title", "formula", "lossScale"];
  const own = checkOptions(what, options, [...names, "colors", "window", "values", "colorMap", "camera"]);
  const { lossScale = "auto", colorMap = pinks, window, values, camera } = own;
  const objective = readOnce(own.objective);
  const runs = Object.fromEntries(readRuns(what, own.runs));
  checkText(what, "title", own.title);
  checkText(what, "formula", own.formula);
  checkChoice(what, "lossScale", lossScale, ["auto", "linear", "log"]);
  const plane = readPlane(what, objective);
  const paths = readPaths(what, runs, plane);
  const {
    surface,
    racers,
    title: _,
    ...box
  } = raceScene(what, {
    ...{ objective, runs, colors: chooseColors(own, paths), colorMap, faces, edges: "#b98a9f" },
    labels: [...plane.labels, `f(${plane.labels.join(", ")})`],
    ...(window !== undefined && { window }),
    ...(values !== undefined && { values }),
    ...(camera !== undefined && { camera }),
  });
  const bands = surface.colors;
  const { runs: _paths, ...contour } = contourSpec(
    {
      ...{ objective, runs, cells },
      window: { x1: box.ranges[0], x2: box.ranges[1] },
      colors: (t) => bands[Math.round(t * (bands.length - 1))]!,
    },
    what,
  );
  // Runs that leave the box must not make the others a flat line.
  const leaves = racers.some(({ exit }) => exit !== null);
  const scale = lossScale === "auto" ? chooseScale(paths) : lossScale;
  const { runs: _series, legend: __, ...loss } = lossSpecs({ runs, scale }, what)[0]!;
  const { values: ___, ...grid } = surface;
  return {
    title: own.title ?? plane.title ?? "Comparison of optimizers",
    formula: own.formula ?? formulaOf(objective, plane.labels),
    contour,
    loss: leaves ? { ...loss, range: box.ranges[2] } : loss,
    surface: { ...box, surface: grid },
    runs: paths.map(({ name, status, x1, x2, values }, i) => {
      const { color, exit, notes, stride, steps, points } = racers[i]!;
      const norm = Math.hypot(...plane.gradient(x1.at(-1)!, x2.at(-1)!));
      return {
        ...{
          name,
          color,
          dash: runStyle(i).dash,
          status,
          exit,
          notes,
          stride,
          steps,
          inBox: points.length / 3,
        },
        ...{ x1: rounded(x1), x2: rounded(x2), values: rounded(values) },
        gradientNorm: rounded([norm])[0]!,
      };
    }),
  };
}

/** An objective of the library's as a copy, since it is read for each chart. */
function readOnce(objective: PlaneFunction): PlaneFunction {
  const given: unknown = objective;
  if (!isRecord(given)) return objective;
  return reading(`${what}: the objective`, () => ({ ...given })) as unknown as PlaneFunction;
}

/** The digits that a pointer is told, and more. */
function rounded(numbers: ArrayLike<number>): (number | null)[] {
  return Array.from(numbers, (x) => (Number.isFinite(x) ? Number(x.toPrecision(9)) : null));
}

/** The colours of all charts, but for those that are given. */
function chooseColors(
  { colors }: ComparisonOptions,
  paths: readonly { readonly name: string }[],
): NonNullable<RaceOptions["colors"]> {
  const usual = Object.fromEntries(paths.map(({ name }, i) => [name, runStyle(i).color]));
  if (colors === undefined) return usual;
  if (isRecord(colors)) return reading(`${what}: colors`, () => ({ ...usual, ...colors }));
  const list = rowsOf(colors) ? (readItems(`${what}: colors`, colors) as string[]) : [];
  // The race says what is wrong.
  if (list.length === 0) return colors;
  return [...list, ...Object.values(usual).slice(list.length)];
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

/** f(x1, x2) = …, or null where that is too long. */
function formulaOf(objective: PlaneFunction, labels: readonly string[]): string | null {
  const f = typeof objective === "function" ? objective : objective.f;
  const names = labels.map((label) => {
    const [, name, index] = /^(.*?)(\d*)$/.exec(label)!;
    return index === "" ? nameTex(name!) : `${nameTex(name!)}_{${index}}`;
  });
  try {
    const tex = toTex(f);
    return tex.length > longestFormula ? null : `f(${names.join(", ")}) = ${tex}`;
  } catch (error) {
    if (error instanceof AdjointError) return null;
    throw error;
  }
}
