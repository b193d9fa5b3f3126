/** The contour figure as a chart: pure, and free of Node, so that it draws in a browser as well. */
import type { Chart, ChartConfiguration, ChartDataset, Scale } from "chart.js";
import { axisTitle, chartTitle, tickLabels } from "./axes.js";
import { bar, contourPlugin, hasBar } from "./contour-drawing.js";
import { type ChartHooks, pointOptions, pointTooltip } from "./highlight.js";
import { legend } from "./legend.js";
import { axisNumbers, formatNumber } from "./numbers.js";
import { font, fontFamily, fontSize, inTheme, type ThemeName, themeOf } from "./style.js";
import type { ThinPath } from "./thinning.js";

/** All that a contour figure shows, as JSON can hold it. */
export interface ContourSpec {
  readonly theme?: ThemeName;
  readonly title?: string;
  /** The names of the variables. */
  readonly labels: readonly [string, string];
  /** What the colour bar measures. */
  readonly valueLabel: string;
  readonly window: { readonly x1: readonly [number, number]; readonly x2: readonly [number, number] };
  /**
   * The objective at points on a grid, row by row from the lowest x2; null where it isn't finite. The window is
   * divided into `cells`, and one more cell on each side is sampled: cells[0] + 3 points in a row, cells[1] + 3 rows.
   */
  readonly grid: { readonly cells: readonly [number, number]; readonly values: readonly (number | null)[] };
  /** The boundaries of the bands, ascending; of a constant, it twice. Lower and higher values have the colours of the outermost bands. */
  readonly levels: readonly number[];
  /** One colour a band. */
  readonly colors: readonly string[];
  /** Whether there are values below the first boundary and above the last: the colour bar then ends in a point. */
  readonly open: { readonly below: boolean; readonly above: boolean };
  /** A dot stands at each step that is a multiple of this. */
  readonly dots: number;
  readonly runs: readonly ContourRun[];
  readonly minima: readonly { readonly x1: number; readonly x2: number }[];
}

/** A path. */
export interface ContourRun extends ThinPath {
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[];
  /** Why it ended. The end of a run that diverged isn't marked: it went on. */
  readonly status: string;
  /** The name of a run before it with the same path. */
  readonly same?: string;
}

/** From the chart's area across the colour bar to its labels. */
const labelPadding = bar.gap + bar.width + 4;

/** @returns the configuration of a chart: `new Chart(canvas, contourChart(spec))` */
export function contourChart(spec: ContourSpec, hooks: ChartHooks = {}): ChartConfiguration<"scatter"> {
  const { labels, window, levels, runs } = spec;
  const theme = themeOf(spec.theme);
  const isConstant = levels[0] === levels.at(-1);
  const numbers = axisNumbers(levels[0]!, levels.at(-1)!);
  const levelTexts = isConstant ? [] : numbers.texts(levels);
  const { ink } = theme;
  const axis = (k: 0 | 1) => {
    const [min, max] = k === 0 ? window.x1 : window.x2;
    const own = axisNumbers(min, max);
    return {
      type: "linear" as const,
      min,
      max,
      title: axisTitle(own.title(labels[k]), theme, k === 0 ? "width" : "height"),
      ticks: { ...tickLabels(theme, own), includeBounds: false, maxTicksLimit: 9 },
      grid: { drawOnChartArea: false, color: ink },
      border: { color: ink },
    };
  };
  return {
    type: "scatter",
    data: { datasets: runs.map((run, i) => pathDataset(spec, run, i)) },
    options: {
      ...pointOptions(runs, hooks, 12),
      interaction: { mode: "nearest", intersect: true },
      scales: {
        x: { ...axis(0), position: "bottom" },
        y: { ...axis(1), position: "left" },
        // The colour bar: an axis of equal bands, its labels moved aside for the bar that the plugin draws.
        levels: {
          type: "linear",
          axis: "y",
          position: "right",
          display: (({ chart }: { chart: Chart }) => hasBar(chart)) as unknown as boolean,
          min: 0,
          max: levels.length - 1,
          title: axisTitle(
            isConstant ? `${spec.valueLabel} = ${formatNumber(levels[0]!)}` : numbers.title(spec.valueLabel),
            theme,
            "height",
          ),
          border: { display: false },
          grid: { display: false },
          afterBuildTicks: (scale: Scale) => {
            scale.ticks = levels.map((_, value) => ({ value }));
          },
          // chart.js would reserve the labels' padding on all sides.
          afterFit: (scale: Scale) => {
            if (!hasBar(scale.chart)) return;
            scale.ctx.save();
            scale.ctx.font = `${fontSize}px ${fontFamily}`;
            const widest = Math.max(0, ...levelTexts.map((text) => scale.ctx.measureText(text).width));
            scale.ctx.restore();
            scale.width = labelPadding + widest + 36;
            scale.paddingTop = Math.ceil(fontSize / 2);
            scale.paddingBottom = Math.ceil(fontSize / 2);
          },
          ticks: {
            color: ink,
            font: font(),
            padding: labelPadding,
            callback: (value) => levelTexts[Number(value)] ?? "",
          },
        },
      },
      plugins: {
        title: chartTitle(spec.title, theme),
        legend: legend(runs, hooks, theme, marksOf(spec) || undefined),
        tooltip: pointTooltip(runs, (i, k) => describePoint(spec, runs[i]!, k)),
      },
    },
    plugins: [contourPlugin(spec)],
  };
}

/** What the marks mean that are there. */
export function marksOf({ runs, minima, dots, grid }: ContourSpec): string {
  const path = ["○ start", "◆ end", dots === 1 ? "• step" : `• every ${dots} steps`];
  return [
    ...(runs.length > 0 ? path : []),
    ...(minima.length > 0 ? ["★ minimum"] : []),
    ...(grid.values.includes(null) ? ["▨ no value"] : []),
  ].join("   ");
}

/** The points of a run, which the pointer finds: the plugin draws them. Runs lie on those before them. */
export function pathDataset(
  { theme }: Pick<ContourSpec, "theme">,
  run: ContourRun,
  i: number,
): ChartDataset<"scatter"> {
  const { name, x1, x2 } = run;
  const color = inTheme(run.color, themeOf(theme));
  return {
    label: name,
    order: -i,
    data: x1.map((x, k) => ({ x: x ?? Number.NaN, y: x2[k] ?? Number.NaN })),
    showLine: false,
    borderColor: color,
    backgroundColor: color,
    pointBorderWidth: 0,
    pointHoverRadius: 5,
    pointHitRadius: 10,
    pointRadius: 0,
  };
}

function describePoint({ labels }: ContourSpec, run: ContourRun, i: number): string[] {
  const number = (value: number | null | undefined) => formatNumber(value ?? Number.NaN);
  return [
    `step ${run.steps[i]}`,
    `(${labels.join(", ")}) = (${number(run.x1[i])}, ${number(run.x2[i])})`,
    `value ${number(run.values[i])}`,
  ];
}
