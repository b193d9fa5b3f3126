/** The figure of a fit as a chart: pure, and free of Node, so that it draws in a browser as well. */
import type { Chart, ChartConfiguration, ChartDataset, ChartOptions, LegendItem, Scale } from "chart.js";
import { asked, axisTitle, chartTitle, tickLabels } from "../axes.js";
import { type ChartHooks, setVisible } from "../highlight.js";
import { legendLabels } from "../legend.js";
import { axisNumbers, formatNumber, formatPower, isPower, logTicks } from "../numbers.js";
import { dashIn, font, inTheme, type Theme, type ThemeName, themeOf, tooltipSize } from "../style.js";
import { fitPlugin } from "./drawing.js";
import { residualRange, uprightRange } from "./range.js";

/** Ends of an axis. */
export type Range = readonly [low: number, high: number];

/** All that a fit's figure shows, as JSON can hold it; null stands where a number isn't finite. */
export interface FitSpec {
  readonly theme?: ThemeName;
  readonly title?: string;
  readonly labels: readonly [string, string];
  /** What the lower panel measures; none, no panel. */
  readonly residualLabel?: string;
  readonly scale: "linear" | "log";
  readonly yScale?: "log";
  readonly x: Range;
  readonly y: Range;
  readonly residuals: Range;
  readonly series: readonly FitSeries[];
  /** The names of the bands, where there are any. */
  readonly bands: { readonly confidence?: string; readonly prediction?: string };
  /** What the line is: "fit". */
  readonly line: string;
}

type Numbers = readonly (number | null)[];

/** A band along the curve. */
export interface Band {
  readonly color: string;
  readonly lower: Numbers;
  readonly upper: Numbers;
}

/** What belongs to one group; a fit without groups has one. */
export interface FitSeries {
  readonly name: string;
  readonly color: string;
  readonly pointColor: string;
  readonly dash: readonly number[];
  readonly points: {
    readonly x: Numbers;
    readonly y: Numbers;
    /** One standard deviation to both sides, where they are given. */
    readonly xError?: Numbers;
    readonly yError?: Numbers;
    readonly residuals: Numbers;
  };
  readonly curve: { readonly x: Numbers; readonly y: Numbers };
  readonly confidence?: Band;
  readonly prediction?: Band;
}

/** Datasets of a series: its points, its residuals where they are shown, its curve. */
const perSeries = (spec: FitSpec) => (spec.residualLabel === undefined ? 2 : 3);

/** @returns the configuration of a chart: `new Chart(canvas, fitChart(spec))` */
export function fitChart(
  spec: FitSpec,
  { onHover, onToggle }: ChartHooks = {},
): ChartConfiguration<"scatter"> {
  const { series } = spec;
  const theme = themeOf(spec.theme);
  const seriesOf = (datasetIndex: number) => series[Math.floor(datasetIndex / perSeries(spec))]!;
  return {
    type: "scatter",
    data: { datasets: series.flatMap((one, i) => datasetsOf(spec, one, i, theme)) },
    options: {
      animation: false,
      maintainAspectRatio: false,
      layout: { padding: { top: 8, right: 20, bottom: 4, left: 4 } },
      interaction: { mode: "nearest", axis: "xy", intersect: true },
      ...(onHover && {
        onHover: (_event, [element]) =>
          onHover(element && { run: seriesOf(element.datasetIndex).name, step: element.index }),
      }),
      scales: scalesOf(spec, theme),
      plugins: {
        title: chartTitle(spec.title, theme),
        legend: legendOf(spec, theme, onToggle),
        tooltip: {
          filter: (_item, index) => index === 0,
          titleFont: font(tooltipSize, "bold"),
          bodyFont: font(tooltipSize),
          callbacks: {
            title: ([item]) => (item ? seriesOf(item.datasetIndex).name : ""),
            label: ({ datasetIndex, dataIndex }) => [
              ...describePoint(spec, seriesOf(datasetIndex), dataIndex),
            ],
          },
        },
      },
    },
    plugins: [fitPlugin(spec)],
  };
}

/** The groups that a chart shows; all, where it hides each. */
function shownSeries(chart: Chart, spec: FitSpec): readonly FitSeries[] {
  const shown = spec.series.filter((_, i) => chart.isDatasetVisible(i * perSeries(spec)));
  return shown.length > 0 ? shown : spec.series;
}

/** The ends of an axis that shows all groups in a range, of those that a chart shows. */
function endsOf(spec: FitSpec, all: Range, range: (series: readonly FitSeries[]) => Range | undefined) {
  const ends = (chart: Chart): Range => {
    const shown = shownSeries(chart, spec);
    return shown.length === spec.series.length ? all : (range(shown) ?? all);
  };
  return { min: asked((chart) => ends(chart)[0]), max: asked((chart) => ends(chart)[1]) };
}

/** The axes: of two panels, one upon the other, those from bottom to top are stacked. */
function scalesOf(
  spec: FitSpec,
  theme: Theme,
): NonNullable<NonNullable<ChartConfiguration<"scatter">["options"]>["scales"]> {
  const { labels, residualLabel, scale } = spec;
  const panel = (stackWeight: number) =>
    residualLabel === undefined ? {} : { stack: "panels", stackWeight };
  const upright = { type: "linear", axis: "y", position: "left" } as const;
  const y = {
    ...axis(labels[1], spec.y, theme, "height", 8),
    ...panel(10),
    ...upright,
    ...(spec.yScale === "log" && logarithmic(theme)),
    ...endsOf(spec, spec.y, (shown) => uprightRange(shown, spec.yScale ?? "linear")),
  };
  const x = {
    ...axis(labels[0], spec.x, theme, "width"),
    type: "linear" as const,
    position: "bottom" as const,
    ...(scale === "log" && logarithmic(theme)),
  };
  if (residualLabel === undefined) return { x, y };
  return {
    x,
    residuals: {
      ...axis(residualLabel, spec.residuals, theme, "height"),
      ...panel(3),
      ...upright,
      ...endsOf(spec, spec.residuals, residualRange),
      afterBuildTicks: (own: Scale) => {
        own.ticks = [-1, 0, 1].map((side) => ({ value: side * tickWithin(own.max) }));
      },
    },
    // Room between the panels, so that the labels at their ends don't meet.
    gap: { ...panel(0.5), ...upright, display: false },
    y,
  };
}

function axis(text: string, [min, max]: Range, theme: Theme, side: "width" | "height", maxTicksLimit = 11) {
  const numbers = axisNumbers(min, max);
  return {
    title: axisTitle(numbers.title(text), theme, side),
    grid: { color: theme.grid, tickColor: theme.ink },
    border: { color: theme.ink },
    min,
    max,
    ticks: { ...tickLabels(theme, numbers), includeBounds: false, maxTicksLimit },
  };
}

/** What a logarithmic axis has of its own. */
function logarithmic(theme: Theme) {
  let isPlain = true;
  return {
    type: "logarithmic" as const,
    afterBuildTicks: (axis: Scale) => {
      const ticks = logTicks(axis, 4);
      isPlain = !ticks.every(isPower) || ticks.every((tick) => tick >= 0.01 && tick <= 1000);
      axis.ticks = ticks.map((value) => ({ value }));
    },
    ticks: {
      color: theme.ink,
      font: font(),
      maxRotation: 0,
      includeBounds: false,
      callback: (value: string | number) =>
        isPlain ? formatNumber(Number(value)) : formatPower(Math.round(Math.log10(Number(value)))),
    },
  };
}

/** The largest of 1, 2 and 5 times a power of ten that leaves a fifth of the way to the end. */
function tickWithin(end: number): number {
  const power = Math.floor(Math.log10(0.8 * end));
  const steps = [1, 2, 5].map((factor) => Number(`${factor}e${power}`));
  return steps.findLast((step) => step <= 0.8 * end) ?? steps[0]!;
}

const at = (x: Numbers, y: Numbers) => x.map((one, i) => ({ x: one ?? Number.NaN, y: y[i] ?? Number.NaN }));

function datasetsOf(spec: FitSpec, one: FitSeries, i: number, theme: Theme): ChartDataset<"scatter">[] {
  const { points, curve } = one;
  const [color, pointColor] = [inTheme(one.color, theme), inTheme(one.pointColor, theme)];
  const dots = {
    label: one.name,
    showLine: false,
    pointRadius: points.x.length > 500 ? 2 : 4,
    pointHoverRadius: 6,
    pointHitRadius: 8,
    pointBackgroundColor: pointColor,
    pointBorderColor: theme.rim,
    pointBorderWidth: points.x.length > 500 ? 0.5 : 1,
    borderColor: pointColor,
    backgroundColor: pointColor,
  };
  return [
    { ...dots, data: at(points.x, points.y), yAxisID: "y" },
    ...(spec.residualLabel === undefined
      ? []
      : [{ ...dots, data: at(points.x, points.residuals), yAxisID: "residuals" }]),
    {
      label: one.name,
      data: at(curve.x, curve.y),
      yAxisID: "y",
      showLine: true,
      borderColor: color,
      backgroundColor: color,
      borderWidth: 2.5 * theme.width,
      borderDash: spec.series.length > 1 ? dashIn(theme, one.dash, i) : [],
      borderJoinStyle: "round",
      pointRadius: 0,
      pointHitRadius: 0,
    },
  ];
}

/** The width of a key in the legend. */
const keyWidth = 26;

/** A click on a group shows or hides all of it. */
function legendOf(
  spec: FitSpec,
  theme: Theme,
  onToggle: ChartHooks["onToggle"],
): NonNullable<NonNullable<ChartOptions<"scatter">["plugins"]>["legend"]> {
  const { series, bands } = spec;
  const count = perSeries(spec);
  const item = (text: string, rest: Partial<LegendItem>): LegendItem => ({
    text,
    fontColor: theme.ink,
    lineWidth: 0,
    strokeStyle: "transparent",
    ...rest,
  });
  const lineOf = ({ color, dash }: FitSeries, text: string, i: number): LegendItem =>
    item(text, {
      strokeStyle: inTheme(color, theme),
      lineWidth: 3,
      lineDash: series.length > 1 ? dashIn(theme, dash, i) : [],
      pointStyle: "line",
    });
  // chart.js would make a point as wide as the lines are long: a line of one round dash, in the middle, is a dot.
  const dotOf = ({ pointColor }: FitSeries, text: string): LegendItem =>
    item(text, {
      ...{ strokeStyle: inTheme(pointColor, theme), lineWidth: 8, lineCap: "round", pointStyle: "line" },
      ...{ lineDash: [0.01, 100], lineDashOffset: -keyWidth / 2 },
    });
  return {
    onClick: (_event, { datasetIndex }, { chart }) => {
      if (datasetIndex === undefined) return;
      const visible = !chart.isDatasetVisible(datasetIndex);
      const { name } = series[Math.floor(datasetIndex / count)]!;
      setVisible(chart, name, visible);
      onToggle?.(name, visible);
    },
    labels: legendLabels(theme, (chart) => {
      const bandItems = (["confidence", "prediction"] as const).flatMap((kind) => {
        const band = series[0]?.[kind];
        const name = bands[kind];
        if (!band || name === undefined) return [];
        const grey = kind === "confidence" ? "#9a9a9a90" : "#9a9a9a48";
        return [item(name, { fillStyle: series.length === 1 ? band.color : grey, pointStyle: "rect" })];
      });
      const own =
        series.length === 1
          ? [dotOf(series[0]!, series[0]!.name), lineOf(series[0]!, spec.line, 0)]
          : series.map((one, i) => ({
              ...lineOf(one, one.name, i),
              hidden: !chart.isDatasetVisible(i * count),
              datasetIndex: i * count,
            }));
      return [...own, ...bandItems];
    }),
  };
}

/** A point in words, a line a number. */
export function describePoint(
  { labels, residualLabel }: FitSpec,
  { points }: FitSeries,
  i: number,
): readonly string[] {
  const number = (value: number | null | undefined) => formatNumber(value ?? Number.NaN);
  const told = (label: string, value: number | null | undefined, error: number | null | undefined) =>
    `${label} ${number(value)}${error ? ` ± ${number(error)}` : ""}`;
  return [
    told(labels[0], points.x[i], points.xError?.[i]),
    told(labels[1], points.y[i], points.yError?.[i]),
    `${residualLabel ?? "residual"} ${number(points.residuals[i])}`,
  ];
}
