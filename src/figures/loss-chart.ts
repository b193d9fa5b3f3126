/** A panel of the loss figure as a chart: pure, and free of Node, so that it draws in a browser as well. */
import type { ChartConfiguration, ChartDataset, Plugin, Scale } from "chart.js";
import { type ChartHooks, drawHighlights } from "./highlight.js";
import { legend } from "./legend.js";
import { formatNumber, formatPower, isPower, logTicks } from "./numbers.js";
import { axisStyle, font, ink, tooltipSize } from "./style.js";

/** All that a panel shows, as JSON can hold it. */
export interface LossSpec {
  /** Text above the panel. */
  readonly title: string;
  /** What is counted from left to right: `"iteration"`. */
  readonly stepLabel: string;
  readonly valueLabel: string;
  readonly scale: "linear" | "log";
  /** The ends of a linear axis; default: all values. */
  readonly range?: readonly [number, number];
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
}

/** @returns the configuration of a chart: `new Chart(canvas, lossChart(spec))` */
export function lossChart(spec: LossSpec, hooks: ChartHooks = {}): ChartConfiguration<"scatter"> {
  const { runs, scale } = spec;
  const { onHover } = hooks;
  const range = scale === "log" ? logRange(runs) : undefined;
  const ticks = range ? logTicks(range) : [];
  // Powers of ten, unless all of the ticks are short as plain numbers.
  const isPlain = !ticks.every(isPower) || ticks.every((tick) => tick >= 0.01 && tick <= 1000);
  const formatTick = (tick: number) =>
    isPlain ? formatNumber(tick) : formatPower(Math.round(Math.log10(tick)));
  const last = runs.reduce((most, { steps }) => Math.max(most, steps.at(-1) ?? 0), 1);
  return {
    type: "scatter",
    data: { datasets: runs.map(lossDataset) },
    options: {
      animation: false,
      maintainAspectRatio: false,
      layout: { padding: { top: 8, right: 16, bottom: 4, left: 4 } },
      interaction: { mode: "nearest", axis: "xy", intersect: false },
      ...(onHover && {
        onHover: (_event, [element]) => {
          const run = element && runs[element.datasetIndex];
          onHover(run && { run: run.name, step: run.steps[element.index]! });
        },
      }),
      scales: {
        x: {
          ...axisStyle(spec.stepLabel),
          type: "linear",
          position: "bottom",
          min: 0,
          max: last,
          ticks: {
            color: ink,
            font: font(),
            precision: 0,
            includeBounds: false,
            maxTicksLimit: 8,
            maxRotation: 0,
            callback: (value) => formatNumber(Number(value)),
          },
        },
        y: {
          ...axisStyle(spec.valueLabel),
          type: scale === "log" ? "logarithmic" : "linear",
          position: "left",
          ...(scale === "log" && {
            ...range,
            afterBuildTicks: (axis: Scale) => {
              axis.ticks = ticks.map((value) => ({ value }));
            },
          }),
          ...(scale === "linear" && spec.range && { min: spec.range[0], max: spec.range[1] }),
          ticks: {
            color: ink,
            font: font(),
            includeBounds: spec.range === undefined,
            callback: (value) => formatTick(Number(value)),
          },
        },
      },
      plugins: {
        title: {
          display: true,
          text: spec.title,
          color: ink,
          font: font(14, "bold"),
          padding: { top: 4, bottom: 6 },
        },
        legend: { ...legend(runs, hooks), display: spec.legend },
        tooltip: {
          // Of points in one place, the one that is told to hooks.
          filter: (_item, index) => index === 0,
          titleFont: font(tooltipSize, "bold"),
          bodyFont: font(tooltipSize),
          callbacks: {
            title: ([item]) => (item ? runs[item.datasetIndex]!.name : ""),
            label: ({ datasetIndex, dataIndex }) => {
              const { steps, values } = runs[datasetIndex]!;
              const value = formatNumber(values[dataIndex] ?? Number.NaN);
              return [`${spec.stepLabel} ${steps[dataIndex]}`, `${spec.valueLabel} ${value}`];
            },
          },
        },
      },
    },
    plugins: [highlightPlugin(spec)],
  };
}

function lossDataset({ name, color, dash, steps, values }: LossRun): ChartDataset<"scatter"> {
  return {
    label: name,
    data: values.map((y, i) => ({ x: steps[i]!, y: y ?? Number.NaN })),
    showLine: true,
    borderColor: color,
    backgroundColor: color,
    borderWidth: steps.length > 200 ? 1.5 : 2,
    borderDash: [...dash],
    borderJoinStyle: "round",
    pointRadius: 0,
    pointHoverRadius: 5,
    pointHitRadius: 6,
  };
}

/** The ends of a logarithmic axis: 1, 2 or 5 times a power of ten, the nearest that hold all values. */
function logRange(runs: readonly LossRun[]): { readonly min: number; readonly max: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const value of runs.flatMap(({ values }) => values)) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const candidates = (value: number) => {
    const exponent = Math.floor(Math.log10(value));
    return ["1", "2", "5", "10", "20"].map((factor) => Number(`${factor}e${exponent}`));
  };
  const min = candidates(low).findLast((end) => end <= low) ?? low;
  const max = candidates(high).find((end) => end >= high && end > min)!;
  return { min, max };
}

function highlightPlugin({ runs }: LossSpec): Plugin<"scatter"> {
  return {
    id: "highlight",
    afterDatasetsDraw: (chart) => drawHighlights(chart, runs),
  };
}
