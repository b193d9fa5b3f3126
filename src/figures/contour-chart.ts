/** The contour figure as a chart: pure, and free of Node, so that it draws in a browser as well. */
import type { ChartConfiguration, ChartDataset, Scale } from "chart.js";
import { bar, contourPlugin, dotRadius } from "./contour-drawing.js";
import type { ChartHooks } from "./highlight.js";
import { legend } from "./legend.js";
import { formatLevels, formatNumber } from "./numbers.js";
import { font, fontFamily, fontSize, ink, tooltipSize } from "./style.js";

/** All that a contour figure shows, as JSON can hold it. */
export interface ContourSpec {
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
  /** The boundaries of the bands, ascending. Lower and higher values have the colours of the outermost bands. */
  readonly levels: readonly number[];
  /** One colour a band. */
  readonly colors: readonly string[];
  /** Whether there are values below the first boundary and above the last: the colour bar then ends in a point. */
  readonly open: { readonly below: boolean; readonly above: boolean };
  readonly runs: readonly ContourRun[];
  readonly minima: readonly { readonly x1: number; readonly x2: number }[];
}

/** A path; null where a coordinate isn't finite. */
export interface ContourRun {
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[];
  /** The steps taken before each point, ascending from 0: points that lie on another may be left out. */
  readonly steps: readonly number[];
  readonly x1: readonly (number | null)[];
  readonly x2: readonly (number | null)[];
  readonly values: readonly (number | null)[];
  /** Why it ended. The end of a run that diverged isn't marked: it went on. */
  readonly status: string;
}

/** Points closer than this on the picture share a dot. */
const dotDistance = 9;

/** From the chart's area across the colour bar to its labels. */
const labelPadding = bar.gap + bar.width + 4;

/** @returns the configuration of a chart: `new Chart(canvas, contourChart(spec))` */
export function contourChart(spec: ContourSpec, hooks: ChartHooks = {}): ChartConfiguration<"scatter"> {
  const { onHover } = hooks;
  const { labels, window, levels, runs } = spec;
  const levelTexts = formatLevels(levels);
  const axis = (k: 0 | 1) => {
    const [min, max] = k === 0 ? window.x1 : window.x2;
    return {
      type: "linear" as const,
      min,
      max,
      title: { display: true, text: labels[k], color: ink, font: font(14) },
      ticks: {
        color: ink,
        font: font(),
        includeBounds: false,
        maxTicksLimit: 9,
        callback: (value: string | number) => formatNumber(Number(value)),
      },
      grid: { drawOnChartArea: false, color: ink },
      border: { color: ink },
    };
  };
  return {
    type: "scatter",
    data: { datasets: runs.map(pathDataset) },
    options: {
      animation: false,
      maintainAspectRatio: false,
      layout: { padding: { top: 8, right: 12, bottom: 4, left: 4 } },
      interaction: { mode: "nearest", intersect: true },
      ...(onHover && {
        onHover: (_event, [element]) => {
          const run = element && runs[element.datasetIndex];
          onHover(run && { run: run.name, step: run.steps[element.index]! });
        },
      }),
      scales: {
        x: { ...axis(0), position: "bottom" },
        y: { ...axis(1), position: "left" },
        // The colour bar: an axis of equal bands, its labels moved aside for the bar that the plugin draws.
        levels: {
          type: "linear",
          axis: "y",
          position: "right",
          min: 0,
          max: levels.length - 1,
          title: { display: true, text: spec.valueLabel, color: ink, font: font(14) },
          border: { display: false },
          grid: { display: false },
          afterBuildTicks: (scale: Scale) => {
            scale.ticks = levels.map((_, value) => ({ value }));
          },
          // chart.js would reserve the labels' padding on all sides.
          afterFit: (scale: Scale) => {
            scale.ctx.font = `${fontSize}px ${fontFamily}`;
            const widest = Math.max(...levelTexts.map((text) => scale.ctx.measureText(text).width));
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
        title: {
          display: spec.title !== undefined,
          text: spec.title ?? "",
          color: ink,
          font: font(15, "bold"),
        },
        legend: legend(runs, hooks, marksOf(spec) || undefined),
        tooltip: {
          // Of points in one place, the one that is told to hooks.
          filter: (_item, index) => index === 0,
          titleFont: font(tooltipSize, "bold"),
          bodyFont: font(tooltipSize),
          callbacks: {
            title: ([item]) => (item ? runs[item.datasetIndex]!.name : ""),
            label: ({ datasetIndex, dataIndex }) => describePoint(spec, runs[datasetIndex]!, dataIndex),
          },
        },
      },
    },
    plugins: [contourPlugin(spec)],
  };
}

/** What the marks mean that are there. */
function marksOf({ runs, minima }: ContourSpec): string {
  return [...(runs.length > 0 ? ["○ start   ◆ end"] : []), ...(minima.length > 0 ? ["★ minimum"] : [])].join(
    "   ",
  );
}

function pathDataset(run: ContourRun): ChartDataset<"scatter"> {
  const { name, color, dash, x1, x2 } = run;
  let dots: readonly boolean[] = [];
  let drawnFor = "";
  return {
    label: name,
    data: x1.map((x, i) => ({ x: x ?? Number.NaN, y: x2[i] ?? Number.NaN })),
    showLine: true,
    borderColor: color,
    backgroundColor: color,
    borderWidth: 2,
    borderDash: [...dash],
    borderJoinStyle: "round",
    pointBorderWidth: 0,
    pointHoverRadius: 5,
    pointHitRadius: 10,
    pointRadius: ({ chart, dataIndex }) => {
      const { x, y } = chart.scales;
      const key = `${x!.left} ${x!.right} ${y!.top} ${y!.bottom}`;
      if (key !== drawnFor) dots = chooseDots(run, x!, y!);
      drawnFor = key;
      return dots[dataIndex] ? dotRadius : 0;
    },
  };
}

/** Which points have a dot: those far enough from the last dot before them. */
function chooseDots({ x1, x2 }: ContourRun, x: Scale, y: Scale): boolean[] {
  let lastX = Number.NEGATIVE_INFINITY;
  let lastY = Number.NEGATIVE_INFINITY;
  return x1.map((value, i) => {
    const other = x2[i];
    if (value === null || other === null || other === undefined) return false;
    const px = x.getPixelForValue(value);
    const py = y.getPixelForValue(other);
    if (Math.hypot(px - lastX, py - lastY) < dotDistance) return false;
    lastX = px;
    lastY = py;
    return true;
  });
}

function describePoint({ labels }: ContourSpec, run: ContourRun, i: number): string[] {
  const number = (value: number | null | undefined) => formatNumber(value ?? Number.NaN);
  return [
    `step ${run.steps[i]}`,
    `(${labels.join(", ")}) = (${number(run.x1[i])}, ${number(run.x2[i])})`,
    `value ${number(run.values[i])}`,
  ];
}
