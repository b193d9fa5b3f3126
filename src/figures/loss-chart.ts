/** A panel of the loss figure as a chart: pure, and free of Node, so that it draws in a browser as well. */
import type { Chart, ChartConfiguration, ChartDataset, Plugin, Scale } from "chart.js";
import { asked, axisTitle, chartTitle, tickLabels } from "./axes.js";
import { type ChartHooks, drawHighlights, pointOptions, pointTooltip, shownOf } from "./highlight.js";
import { legend } from "./legend.js";
import { type Place, strokeLine } from "./lines.js";
import { axisNumbers, formatNumber } from "./numbers.js";
import { dashIn, fontFamily, fontSize, inTheme, type Theme, type ThemeName, themeOf } from "./style.js";
import { logRange, type Range, rangeOf, spacing, type ValueScale } from "./value-axis.js";

/** All that a panel shows, as JSON can hold it. */
export interface LossSpec {
  readonly theme?: ThemeName;
  /** Text above the panel. */
  readonly title: string;
  /** What is counted from left to right: `"iteration"`. */
  readonly stepLabel: string;
  readonly valueLabel: string;
  readonly scale: ValueScale;
  /** The ends of the axis of values; default: all of them, of runs that diverged their beginnings. */
  readonly range?: Range;
  readonly runs: readonly LossRun[];
  /** Whether the runs are named above the panel. */
  readonly legend: boolean;
}

export interface LossRun {
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[];
  /** Ascending. Of a long run, those that a picture can tell apart. */
  readonly steps: readonly number[];
  /** A value for each of them; null where it isn't finite. */
  readonly values: readonly (number | null)[];
  readonly status: string;
  /** The name of a run before it with the same values. */
  readonly same?: string;
}

/** @returns the configuration of a chart: `new Chart(canvas, lossChart(spec))` */
export function lossChart(spec: LossSpec, hooks: ChartHooks = {}): ChartConfiguration<"scatter"> {
  const { runs } = spec;
  const theme = themeOf(spec.theme);
  return {
    type: "scatter",
    data: { datasets: runs.map((run, i) => lossDataset(spec, run, i)) },
    options: {
      ...pointOptions(runs, hooks, 16),
      interaction: { mode: "nearest", axis: "xy", intersect: false },
      scales: { x: stepAxis(spec, theme), y: valueAxis(spec, theme) },
      plugins: {
        title: chartTitle(spec.title, theme, 14),
        legend: { ...legend(runs, hooks, theme), display: spec.legend },
        tooltip: pointTooltip(runs, (i, k) => {
          const value = formatNumber(runs[i]!.values[k] ?? Number.NaN, 9);
          return [`${spec.stepLabel} ${runs[i]!.steps[k]}`, `${spec.valueLabel} ${value}`];
        }),
      },
    },
    plugins: [lossPlugin(spec, theme)],
  };
}

/** The runs that a chart shows; all, where it hides each. */
function shownRuns(chart: Chart, { runs }: Pick<LossSpec, "runs">): readonly LossRun[] {
  const shown = runs.filter((_, i) => chart.isDatasetVisible(i));
  return shown.length > 0 ? shown : runs;
}

function stepAxis(spec: LossSpec, theme: Theme) {
  const last = (chart: Chart) => lastStep(shownRuns(chart, spec), spec);
  return {
    title: axisTitle(spec.stepLabel, theme, "width"),
    grid: { color: theme.grid, tickColor: theme.ink },
    border: { color: theme.ink },
    type: "linear" as const,
    position: "bottom" as const,
    min: 0,
    max: asked(last),
    ticks: { ...tickLabels(theme, axisNumbers(0, 1)), precision: 0, includeBounds: false, maxTicksLimit: 8 },
  };
}

/** Where the axis of steps ends: of a run that diverged among others, what comes after it has left is of no interest. */
function lastStep(runs: readonly LossRun[], { scale, range }: LossSpec): number {
  const [low, high] = range ?? rangeOf(runs, scale);
  const ends = runs.map(({ status, steps, values }) => {
    const left =
      status === "diverged"
        ? values.findIndex((value) => value !== null && !(value >= low && value <= high))
        : -1;
    return steps.at(left) ?? 0;
  });
  return Math.max(1, ...ends);
}

/** The axis of values, of runs or of a range that is given. */
export function valueAxis(spec: Pick<LossSpec, "scale" | "runs" | "range" | "valueLabel">, theme: Theme) {
  const { scale, runs, range } = spec;
  const whole = range ?? rangeOf(runs, scale);
  const { place, ticks } = spacing(scale, whole);
  // Of all runs: the first digits that they share stay the same while some are hidden.
  const numbers = axisNumbers(...whole);
  const ends = (chart: Chart): Range => {
    const own = range ?? rangeOf(shownRuns(chart, spec), scale);
    return scale === "log" ? logRange(own) : [place(own[0]), place(own[1])];
  };
  // A linear axis finds round ends by itself.
  const isFixed = scale === "log" || range !== undefined;
  const key = isFixed ? ["min", "max"] : ["suggestedMin", "suggestedMax"];
  return {
    title: axisTitle(scale === "linear" ? numbers.title(spec.valueLabel) : spec.valueLabel, theme, "height"),
    grid: { color: theme.grid, tickColor: theme.ink },
    border: { color: theme.ink },
    type: scale === "log" ? ("logarithmic" as const) : ("linear" as const),
    position: "left" as const,
    ...Object.fromEntries(key.map((name, i) => [name, asked((chart) => ends(chart)[i as 0 | 1])])),
    // Points that the range leaves out have no say.
    afterDataLimits: (axis: Scale) => {
      const [low, high] = ends(axis.chart);
      axis.min = low;
      axis.max = low < high ? high : low + (Math.abs(low) || 1);
      if (low === high && scale !== "log") axis.min = low - (Math.abs(low) || 1);
    },
    afterBuildTicks: (axis: Scale) => {
      const own = ticks(axis.min, axis.max);
      if (own) axis.ticks = own;
    },
    ticks: {
      ...tickLabels(theme, numbers),
      includeBounds: range === undefined,
      ...(scale !== "linear" && {
        callback: (value: string | number, _i: number, all: readonly { value: number; label?: unknown }[]) =>
          String(all.find((tick) => tick.value === value)?.label ?? ""),
      }),
    },
  };
}

/** The points of a run: its line is drawn by the plugin, in pieces. Runs lie on those before them. */
function lossDataset(
  { scale, runs, range, theme }: LossSpec,
  run: LossRun,
  i: number,
): ChartDataset<"scatter"> {
  const { name, steps, values } = run;
  const { place } = spacing(scale, range ?? rangeOf(runs, scale));
  const color = inTheme(run.color, themeOf(theme));
  const isDrawn = (k: number) =>
    values[k] !== null && values[k] !== undefined && (scale !== "log" || values[k]! > 0);
  return {
    label: name,
    order: -i,
    data: values.map((y, k) => ({ x: steps[k]!, y: isDrawn(k) ? place(y!) : Number.NaN })),
    showLine: false,
    borderColor: color,
    backgroundColor: color,
    pointBorderWidth: 0,
    // No line leads to a value without neighbours.
    pointRadius: values.map((_, k) => (isDrawn(k) && !isDrawn(k - 1) && !isDrawn(k + 1) ? 3 : 0)),
    pointHoverRadius: 5,
    pointHitRadius: 6,
  };
}

function lossPlugin(spec: LossSpec, theme: Theme): Plugin<"scatter"> {
  const { runs } = spec;
  return {
    id: "losses",
    beforeDatasetDraw(chart, { index }) {
      const { ctx, chartArea } = chart;
      const { steps, color, dash } = runs[index]!;
      ctx.save();
      ctx.beginPath();
      ctx.rect(chartArea.left, chartArea.top - 2, chartArea.width + 2, chartArea.height + 4);
      ctx.clip();
      const points = chart.getDatasetMeta(index).data.slice(0, shownOf(chart, steps)) as readonly Place[];
      strokeLine(ctx, points, chartArea, {
        color: inTheme(color, theme),
        width: (steps.length > 200 ? 1.5 : 2) * theme.width,
        dash: dashIn(theme, dash, index),
      });
      ctx.restore();
    },
    afterDatasetsDraw: (chart) => {
      drawDiverged(chart, spec, theme);
      drawHighlights(chart, runs);
    },
  };
}

/** An arrow and a word where a run that diverged leaves the chart. */
function drawDiverged(chart: Chart, { runs }: LossSpec, theme: Theme): void {
  const { ctx, chartArea } = chart;
  const taken: { readonly x: number; readonly y: number; readonly width: number }[] = [];
  ctx.save();
  ctx.font = `${fontSize}px ${fontFamily}`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  runs.forEach(({ status, color }, index) => {
    if (status !== "diverged" || !chart.isDatasetVisible(index)) return;
    const points = chart.getDatasetMeta(index).data as readonly Place[];
    const isIn = ({ y }: Place) => y >= chartArea.top - 0.5 && y <= chartArea.bottom + 0.5;
    const out = points.findIndex(
      (point) => Number.isFinite(point.x) && !isIn(point) && !Number.isNaN(point.y),
    );
    const place = points[out < 0 ? points.findLastIndex(({ y }) => Number.isFinite(y)) : out];
    if (!place) return;
    const isDown = place.y > chartArea.bottom;
    const text = out < 0 ? "diverged" : isDown ? "↓ diverged" : "↑ diverged";
    const { width } = ctx.measureText(text);
    if (width > chartArea.width) return;
    const x = Math.min(chartArea.right - width - 3, Math.max(chartArea.left + 3, place.x + 5));
    let y = Math.min(chartArea.bottom - 10, Math.max(chartArea.top + 10, place.y));
    while (taken.some((one) => Math.abs(one.y - y) < 16 && one.x < x + width && x < one.x + one.width))
      y += isDown ? -16 : 16;
    if (y < chartArea.top || y > chartArea.bottom) return;
    taken.push({ x, y, width });
    ctx.strokeStyle = theme.background;
    ctx.lineWidth = 3;
    ctx.lineJoin = "round";
    ctx.strokeText(text, x, y);
    ctx.fillStyle = inTheme(color, theme);
    ctx.fillText(text, x, y);
  });
  ctx.restore();
}
