/** From a fit's report to all that its figure shows. */
import { rgb } from "d3-color";
import { AdjointError } from "../../../graph/index.js";
import { checkOptions, describe, isRecord, reading, readList, readText } from "../../../graph/internal.js";
import type { Bands, FitReport, FittedData } from "../../fits/index.js";
import { isReport } from "../../fits/internal.js";
import { readRunColors } from "../colors.js";
import { checkChoice, checkText, readInterval, readLook, sizeOptions } from "../options.js";
import { iterationColor, runStyle, singleColor } from "../style.js";
import type { Band, FitSeries, FitSpec, Range } from "./chart.js";
import type { FitOptions } from "./figure.js";
import { extent, residualRange, uprightRange } from "./range.js";
import { thinned } from "./thinning.js";

/** The options of `fitFigure`. */
export const fitOptions = [
  "fit",
  "predictor",
  "at",
  "title",
  "labels",
  "bands",
  "residuals",
  "scale",
  "yScale",
  "range",
  "colors",
  ...sizeOptions,
];

const what = "fitFigure";

/** Points of a curve: enough for a picture that is a thousand pixels wide. */
const curvePoints = 500;

/** What `fitChart` draws, of the options of `fitFigure`. */
export function fitSpec(options: FitOptions): FitSpec {
  const own = checkOptions(what, options, fitOptions);
  const { title, bands = "both", residuals = true, scale = "linear", yScale = "linear" } = own;
  const { theme } = readLook(what, own);
  checkText(what, "title", title);
  checkChoice(what, "bands", bands, ["both", "confidence", "prediction", "none"]);
  checkChoice(what, "scale", scale, ["linear", "log"]);
  checkChoice(what, "yScale", yScale, ["linear", "log"]);
  if (typeof residuals !== "boolean")
    throw new AdjointError(`${what}: residuals must be true or false, not ${describe(residuals)}.`);
  const fit = readFit(own.fit);
  const axis = chooseAxis(fit.data, own.predictor);
  const rows = rowsOf(fit, axis, own.at);
  const { data, level } = fit;
  const colors = coloursOf(own.colors, rows);
  checkLog(scale, rows);
  const across =
    own.range === undefined ? acrossOf(rows, scale, data.xSigma[axis ?? ""]) : readRange(own.range, scale);
  const series = rows.map((group, i) =>
    seriesOf(fit, group, axis, across, scale, bands, lookOf(colors[i]!, i, rows.length)),
  );
  const percent = `${Number((100 * level).toPrecision(4))}%`;
  const labels =
    own.labels === undefined
      ? ([axis ?? `${data.response}, fitted`, axis ? data.response : `${data.response}, observed`] as const)
      : readLabels(own.labels);
  const y = uprightRange(series, yScale);
  if (!y)
    throw new AdjointError(
      `${what}: nothing lies above 0, where a logarithmic axis begins; use { yScale: "linear" }.`,
    );
  return {
    ...(theme !== undefined && { theme }),
    ...(title !== undefined && { title }),
    labels,
    ...(residuals && { residualLabel: data.sigma ? "residual / σ" : "residual" }),
    scale,
    ...(yScale === "log" && { yScale }),
    x: across,
    y,
    residuals: residualRange(series),
    series: series.map((one) => thinned(one, across, y, scale, yScale)),
    bands: { confidence: `${percent} confidence`, prediction: `${percent} prediction` },
    line: axis === undefined ? "observed = fitted" : "fit",
  };
}

type Given = FitReport<unknown>;

/** @throws where it isn't what `curveFit` returned */
function readFit(fit: unknown): Given {
  if (isReport(fit)) return fit;
  throw new AdjointError(
    `${what}: fit is ${describe(fit)}; pass what curveFit returned itself, which can predict.`,
  );
}

/** The predictor that goes from left to right; none, where what the model gives does. */
function chooseAxis({ columns, response }: FittedData, wanted: unknown): string | undefined {
  const names = Object.keys(columns).filter((name) => name !== response);
  if (wanted === undefined) return names.length === 1 ? names[0] : undefined;
  const name = readText(wanted, `${what}: predictor`);
  if (names.includes(name)) return name;
  throw new AdjointError(
    `${what}: the predictor "${name}" isn't one of the fit's, which are ${names.join(", ")}.`,
  );
}

/** Rows of a group, and the other predictors of its curve. */
interface Rows {
  readonly name: string | undefined;
  readonly rows: readonly number[];
  readonly x: readonly number[];
  readonly others: Readonly<Record<string, number>>;
}

function rowsOf({ data, fitted }: Given, axis: string | undefined, at: unknown): Rows[] {
  const { columns, groups, response } = data;
  const names = groups ? [...new Set(groups)] : [undefined];
  const held = at === undefined ? {} : readAt(at, columns);
  return names.map((name) => {
    const rows = [...fitted.keys()].filter((i) => !groups || groups[i] === name);
    const x = rows.map((i) => (axis === undefined ? fitted[i]! : columns[axis]![i]!));
    const others = Object.fromEntries(
      Object.keys(columns)
        .filter((other) => ![response, axis].includes(other))
        .map((other) => {
          const mean = rows.reduce((sum, i) => sum + columns[other]![i]!, 0) / rows.length;
          return [other, held[other] ?? mean];
        }),
    );
    return { name, rows, x, others };
  });
}

function readAt(at: unknown, columns: FittedData["columns"]): Record<string, number> {
  const given = isRecord(at) ? reading(`${what}: at`, () => ({ ...at })) : undefined;
  if (!given)
    throw new AdjointError(
      `${what}: at must be an object with numbers by predictor, such as { temperature: 20 }, not ${describe(at)}.`,
    );
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      if (!Object.hasOwn(columns, name))
        throw new AdjointError(`${what}: at names "${name}", which is no predictor of the fit.`);
      if (typeof value === "number" && Number.isFinite(value)) return [name, value];
      throw new AdjointError(`${what}: at "${name}" must be a finite number, not ${describe(value)}.`);
    }),
  );
}

function checkLog(scale: "linear" | "log", groups: readonly Rows[]): void {
  if (scale === "linear") return;
  const wrong = groups.flatMap(({ x }) => x).find((one) => one <= 0);
  if (wrong !== undefined)
    throw new AdjointError(
      `${what}: a row stands at ${wrong}, and a logarithmic axis needs numbers above 0; use { scale: "linear" }.`,
    );
}

/** All rows with a margin, or from 0 on where they begin near it. */
function acrossOf(groups: readonly Rows[], scale: "linear" | "log", errors: Float64Array | undefined): Range {
  const all = groups.flatMap(({ x, rows }) =>
    x.flatMap((one, k) => [one - (errors?.[rows[k]!] ?? 0), one + (errors?.[rows[k]!] ?? 0)]),
  );
  const usable = scale === "log" ? all.filter((one) => one > 0) : all;
  const [low, high] = extent(usable);
  if (scale === "log") {
    const margin = (high / low) ** 0.05 || 2;
    return high > low ? [low / margin, high * margin] : [low / 2, high * 2];
  }
  const width = high - low || Math.abs(high) || 1;
  const first = low >= 0 && low < 0.15 * width ? 0 : low - 0.04 * width;
  return [first, high + 0.04 * width];
}

function readRange(range: unknown, scale: "linear" | "log"): Range {
  const [low, high] = readInterval(`${what}: range`, range);
  if (scale === "log" && low <= 0)
    throw new AdjointError(`${what}: range must lie above 0 on a logarithmic axis, not begin at ${low}.`);
  return [low, high];
}

function seriesOf(
  fit: Given,
  { name, rows, x, others }: Rows,
  axis: string | undefined,
  [low, high]: Range,
  scale: "linear" | "log",
  bands: NonNullable<FitOptions["bands"]>,
  look: Pick<FitSeries, "color" | "pointColor" | "dash">,
): FitSeries {
  const { data, residuals } = fit;
  const grid = Array.from({ length: curvePoints + 1 }, (_, k) =>
    scale === "log" ? low * (high / low) ** (k / curvePoints) : low + ((high - low) * k) / curvePoints,
  );
  const column = (values: Float64Array) => rounded(rows.map((i) => values[i]!));
  const curve = axis === undefined ? undefined : predicted(fit, name, axis, grid, others);
  const xSigma = axis === undefined ? undefined : data.xSigma[axis];
  const band = (kind: "confidence" | "prediction", opacity: number): Band | undefined => {
    if (!curve || (bands !== "both" && bands !== kind)) return undefined;
    const { lower, upper } = curve[kind];
    if (!lower.some(Number.isFinite)) return undefined;
    return {
      color: rgb(look.color).copy({ opacity }).formatRgb(),
      lower: rounded(lower),
      upper: rounded(upper),
    };
  };
  const confidence = band("confidence", 0.3);
  const prediction = band("prediction", 0.13);
  return {
    name: name ?? "data",
    ...look,
    points: {
      x: rounded(x),
      y: column(data.columns[data.response]!),
      ...(data.sigma && { yError: column(data.sigma) }),
      ...(xSigma && { xError: column(xSigma) }),
      residuals: rounded(rows.map((i) => -residuals[i]!)),
    },
    curve: { x: rounded(grid), y: rounded(curve ? curve.values : grid) },
    ...(confidence && { confidence }),
    ...(prediction && { prediction }),
  };
}

function predicted(
  { predict }: Given,
  group: string | undefined,
  axis: string,
  grid: readonly number[],
  others: Rows["others"],
): Bands {
  const columns = Object.fromEntries(
    Object.entries(others).map(([name, value]) => [name, grid.map(() => value)]),
  );
  return predict({ ...columns, [axis]: grid }, group === undefined ? {} : { group });
}

/** Black points and one pink curve; groups have a colour each. */
function lookOf(color: string, i: number, count: number): Pick<FitSeries, "color" | "pointColor" | "dash"> {
  if (count > 1) return { color, pointColor: color, dash: runStyle(i).dash };
  return { color, pointColor: singleColor, dash: [] };
}

function coloursOf(colors: unknown, rows: readonly Rows[]): string[] {
  const isSingle = rows.length === 1;
  const names = rows.map(({ name }) => name ?? "data");
  const usual = (i: number) => (isSingle ? iterationColor : runStyle(i).color);
  return readRunColors(`${what}: colors`, colors, names, usual, isSingle ? "curves" : "groups");
}

function readLabels(labels: unknown): readonly [string, string] {
  const [x, y, ...rest] = readList(labels, `${what}: labels`, (one, i) =>
    readText(one, `${what}: labels[${i}]`),
  );
  if (x !== undefined && y !== undefined && rest.length === 0) return [x, y];
  throw new AdjointError(`${what}: labels must be two texts, such as ["time (s)", "height (m)"].`);
}

/** Texts of numbers as short as pictures need them; null where they aren't finite. */
function rounded(values: ArrayLike<number>): (number | null)[] {
  return Array.from(values, (one) => (Number.isFinite(one) ? Number(one.toPrecision(12)) : null));
}
