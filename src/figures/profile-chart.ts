/** A performance profile as a chart: pure, and free of Node, so that it draws in a browser as well. */
import type { ChartConfiguration } from "chart.js";
import { axisTitle, chartTitle } from "./axes.js";
import type { ChartHooks } from "./highlight.js";
import { legend } from "./legend.js";
import { formatNumber } from "./numbers.js";
import { dashIn, font, inTheme, type ThemeName, themeOf, tooltipSize } from "./style.js";

/** All that the profile shows, as JSON can hold it. */
export interface ProfileSpec {
  readonly theme?: ThemeName;
  readonly title?: string;
  /** What the costs are of: `"gradients"`. */
  readonly costLabel: string;
  /** How many problems there are. */
  readonly problems: number;
  /** The end of the axis of ratios. */
  readonly last: number;
  readonly runs: readonly ProfileRun[];
}

export interface ProfileRun {
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[];
  readonly status: string;
  /** Where the curve rises, ascending from 1: costs as multiples of the least one. */
  readonly ratios: readonly number[];
  /** The part of the problems from there on. */
  readonly parts: readonly number[];
}

/** @returns the configuration of a chart: `new Chart(canvas, profileChart(spec))` */
export function profileChart(spec: ProfileSpec, hooks: ChartHooks = {}): ChartConfiguration<"scatter"> {
  const { runs, costLabel, problems, last } = spec;
  const ticks = ratioTicks(last);
  const theme = themeOf(spec.theme);
  const { ink } = theme;
  const lines = { grid: { color: theme.grid, tickColor: ink }, border: { color: ink } };
  return {
    type: "scatter",
    data: {
      datasets: runs.map(({ name, color, dash, ratios, parts }, i) => ({
        label: name,
        // The last part holds to the end of the axis.
        data: [...ratios, last].map((x, i) => ({ x, y: parts[Math.min(i, parts.length - 1)]! })),
        showLine: true,
        stepped: "before" as const,
        // A line at 100 % is whole.
        clip: 2,
        order: -i,
        borderColor: inTheme(color, theme),
        backgroundColor: inTheme(color, theme),
        borderWidth: 2 * theme.width,
        borderDash: dashIn(theme, dash, i),
        pointRadius: 0,
        pointHoverRadius: 5,
        pointHitRadius: 8,
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      layout: { padding: { top: 8, right: 16, bottom: 4, left: 4 } },
      interaction: { mode: "nearest", axis: "xy", intersect: false },
      scales: {
        x: {
          ...lines,
          title: axisTitle(`${costLabel}, as a multiple of the least of all`, theme, "width"),
          type: "logarithmic",
          position: "bottom",
          min: 1,
          max: last,
          afterBuildTicks: (axis) => {
            axis.ticks = ticks.map((value) => ({ value }));
          },
          ticks: {
            color: ink,
            font: font(),
            maxRotation: 0,
            callback: (value) => formatNumber(Number(value)),
          },
        },
        y: {
          ...lines,
          title: axisTitle(`part of ${problems} ${problems === 1 ? "problem" : "problems"}`, theme, "height"),
          type: "linear",
          position: "left",
          min: 0,
          max: 1,
          ticks: {
            color: ink,
            font: font(),
            stepSize: 0.2,
            callback: (value) => `${Math.round(100 * Number(value))} %`,
          },
        },
      },
      plugins: {
        title: chartTitle(spec.title, theme),
        legend: legend(runs, hooks, theme),
        tooltip: {
          filter: (_item, index) => index === 0,
          titleFont: font(tooltipSize, "bold"),
          bodyFont: font(tooltipSize),
          callbacks: {
            title: ([item]) => (item ? runs[item.datasetIndex]!.name : ""),
            label: ({ parsed: { x, y } }) => [
              `at most ${formatNumber(Number(x), 3)} times the least`,
              `${Math.round(Number(y) * problems)} of ${problems} problems`,
            ],
          },
        },
      },
    },
  };
}

/** Ticks of ratios: powers of two, every second, third, … of many, or nice numbers between 1 and 2. */
function ratioTicks(last: number): number[] {
  const powers = Math.floor(Math.log2(last));
  if (powers < 2) return [1, 1.2, 1.5, 2, 3].filter((tick) => tick <= last);
  const stride = Math.ceil(powers / 9);
  return Array.from({ length: Math.floor(powers / stride) + 1 }, (_, i) => 2 ** (i * stride));
}
