/** A panel of the loss figure as a chart: pure, and free of Node, so that it draws in a browser as well. */
import type { ChartConfiguration, ChartDataset, Plugin, Scale } from "chart.js";
import { type ChartHooks, drawHighlights, toggleRun } from "./highlight.js";
import { formatNumber, formatPower } from "./numbers.js";
import { font, ink, tooltipSize } from "./style.js";

/** All that a panel shows, as JSON can hold it. */
export interface LossSpec {
  /** Text above the panel. */
  readonly title: string;
  /** What is counted from left to right: `"iteration"`. */
  readonly stepLabel: string;
  readonly valueLabel: string;
  readonly scale: "linear" | "log";
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
  const axis = (text: string) => ({
    title: { display: true, text, color: ink, font: font(14) },
    grid: { color: "#e4e4e4", tickColor: ink },
    border: { color: ink },
  });
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
          ...axis(spec.stepLabel),
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
          ...axis(spec.valueLabel),
          type: scale === "log" ? "logarithmic" : "linear",
          position: "left",
          ticks: {
            color: ink,
            font: font(),
            callback(value) {
              return scale === "log" ? powerLabel(Number(value), this) : formatNumber(Number(value));
            },
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
        legend: {
          display: spec.legend,
          onClick: (_event, { datasetIndex }, { chart }) => toggleRun(chart, runs, datasetIndex, hooks),
          labels: { color: ink, font: font(), usePointStyle: true, pointStyleWidth: 24, padding: 8 },
        },
        tooltip: {
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

function lossDataset({ name, color, dash, steps, values, status }: LossRun): ChartDataset<"scatter"> {
  return {
    label: status === "diverged" ? `${name} (diverged)` : name,
    data: values.map((y, i) => ({ x: steps[i]!, y: y ?? Number.NaN })),
    showLine: true,
    borderColor: color,
    backgroundColor: color,
    borderWidth: 1.75,
    borderDash: [...dash],
    borderJoinStyle: "round",
    pointStyle: "line",
    pointRadius: 0,
    pointHoverRadius: 5,
    pointHitRadius: 6,
  };
}

/** A power of ten has a label; where there are fewer than two of them, every tick has. */
function powerLabel(value: number, { min, max }: Pick<Scale, "min" | "max">): string {
  const exponent = Math.log10(value);
  const isPower = Math.abs(exponent - Math.round(exponent)) < 1e-9;
  const powers = Math.floor(Math.log10(max) + 1e-9) - Math.ceil(Math.log10(min) - 1e-9) + 1;
  if (isPower) return Math.abs(exponent) < 3.5 ? formatNumber(value) : formatPower(Math.round(exponent));
  return powers < 2 ? formatNumber(value) : "";
}

function highlightPlugin({ runs }: LossSpec): Plugin<"scatter"> {
  return {
    id: "highlight",
    afterDatasetsDraw: (chart) => drawHighlights(chart, runs),
  };
}
