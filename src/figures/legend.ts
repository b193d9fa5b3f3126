import type { Chart, ChartOptions, LegendItem } from "chart.js";
import { type ChartHooks, setVisible } from "./highlight.js";
import { font, ink } from "./style.js";

/** What a legend tells of a run. */
interface LegendRun {
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[];
  readonly status: string;
}

/** The legend of a chart whose datasets are these runs; a click shows or hides one. `key` explains the marks. */
export function legend(
  runs: readonly LegendRun[],
  { onToggle }: ChartHooks,
  key?: string,
): NonNullable<NonNullable<ChartOptions<"scatter">["plugins"]>["legend"]> {
  return {
    onClick: (_event, { datasetIndex }, { chart }) => {
      // The key belongs to no run.
      if (datasetIndex === undefined) return;
      const visible = !chart.isDatasetVisible(datasetIndex);
      const { name } = runs[datasetIndex]!;
      setVisible(chart, name, visible);
      onToggle?.(name, visible);
    },
    labels: {
      color: ink,
      font: font(),
      usePointStyle: true,
      pointStyleWidth: 26,
      generateLabels: (chart) => [
        ...runs.map((run, index) => runItem(chart, run, index)),
        ...(key === undefined ? [] : [keyItem(key)]),
      ],
    },
  };
}

function runItem(chart: Chart, { name, color, dash, status }: LegendRun, datasetIndex: number): LegendItem {
  const text = status === "diverged" ? `${name} (diverged)` : name;
  // A line of the legend is broken between runs only.
  const most = Math.max(8, Math.floor((chart.width - 80) / 8));
  return {
    text: text.length > most ? `${text.slice(0, most - 1)}…` : text,
    strokeStyle: color,
    fillStyle: color,
    fontColor: ink,
    lineWidth: 3,
    lineDash: [...dash],
    pointStyle: "line",
    hidden: !chart.isDatasetVisible(datasetIndex),
    datasetIndex,
  };
}

function keyItem(text: string): LegendItem {
  return { text, strokeStyle: "transparent", fillStyle: "transparent", fontColor: ink, lineWidth: 0 };
}
