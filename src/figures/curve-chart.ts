/** The figure of a curve as a chart: pure, and free of Node, so that it draws in a browser as well. */
import type { ChartConfiguration } from "chart.js";
import { axisTitle, chartTitle, tickLabels } from "./axes.js";
import { type ContourRun, pathDataset } from "./contour-chart.js";
import { drawMarks, drawPath, inChartArea } from "./contour-drawing.js";
import { type ChartHooks, pointOptions, pointTooltip } from "./highlight.js";
import { legend } from "./legend.js";
import { strokeLine } from "./lines.js";
import { valueAxis } from "./loss-chart.js";
import { axisNumbers, formatNumber } from "./numbers.js";
import { inTheme, type ThemeName, themeOf } from "./style.js";
import type { Range } from "./value-axis.js";

/** All that a curve's figure shows, as JSON can hold it. */
export interface CurveSpec {
  readonly theme?: ThemeName;
  readonly title?: string;
  /** The name of the element from left to right, and of its value. */
  readonly label: string;
  readonly valueLabel: string;
  readonly window: Range;
  readonly range: Range;
  readonly scale: "linear" | "log";
  /** null where there is no value. */
  readonly curve: {
    readonly color: string;
    readonly x: readonly (number | null)[];
    readonly y: readonly (number | null)[];
  };
  /** A dot stands at each step that is a multiple of this. */
  readonly dots: number;
  /** Paths whose x2 are the values. */
  readonly runs: readonly ContourRun[];
  readonly minima: readonly { readonly x1: number; readonly x2: number }[];
}

/** @returns the configuration of a chart: `new Chart(canvas, curveChart(spec))` */
export function curveChart(spec: CurveSpec, hooks: ChartHooks = {}): ChartConfiguration<"scatter"> {
  const { runs, curve } = spec;
  const theme = themeOf(spec.theme);
  const numbers = axisNumbers(...spec.window);
  return {
    type: "scatter",
    data: { datasets: runs.map((run, i) => pathDataset(spec, run, i)) },
    options: {
      ...pointOptions(runs, hooks, 16),
      interaction: { mode: "nearest", intersect: true },
      scales: {
        x: {
          type: "linear",
          position: "bottom",
          min: spec.window[0],
          max: spec.window[1],
          title: axisTitle(numbers.title(spec.label), theme, "width"),
          ticks: { ...tickLabels(theme, numbers), includeBounds: false, maxTicksLimit: 9 },
          grid: { color: theme.grid, tickColor: theme.ink },
          border: { color: theme.ink },
        },
        y: valueAxis({ ...spec, runs: [] }, theme),
      },
      plugins: {
        title: chartTitle(spec.title, theme),
        legend: { ...legend(runs, hooks, theme, curveMarks(spec) || undefined), display: runs.length > 0 },
        tooltip: pointTooltip(runs, (i, k) => {
          const { steps, x1, values } = runs[i]!;
          const number = (value: number | null | undefined) => formatNumber(value ?? Number.NaN);
          return [`step ${steps[k]}`, `${spec.label} ${number(x1[k])}`, `value ${number(values[k])}`];
        }),
      },
    },
    plugins: [
      {
        id: "curve",
        beforeDatasetsDraw(chart) {
          const { x, y } = chart.scales;
          const points = curve.x.map((one, i) => {
            const value = curve.y[i] ?? Number.NaN;
            // What isn't above 0 lies below the end of a logarithmic axis.
            const up =
              spec.scale === "log" && value <= 0 ? chart.chartArea.bottom + 1e3 : y!.getPixelForValue(value);
            return { x: x!.getPixelForValue(one!), y: up };
          });
          const stroke = { color: inTheme(curve.color, theme), width: 2.5 * theme.width, dash: [] };
          inChartArea(chart, () => strokeLine(chart.ctx, points, chart.chartArea, stroke));
        },
        beforeDatasetDraw(chart, { index }) {
          inChartArea(chart, () => drawPath(chart, spec, index, theme, true));
        },
        afterDatasetsDraw: (chart) => drawMarks(chart, spec, theme),
      },
    ],
  };
}

/** What the marks mean that are there. */
export function curveMarks({ runs, minima, dots }: CurveSpec): string {
  return [
    ...(runs.length > 0 ? ["○ start", "◆ end", dots === 1 ? "• step" : `• every ${dots} steps`] : []),
    ...(minima.length > 0 ? ["★ minimum"] : []),
  ].join("   ");
}
