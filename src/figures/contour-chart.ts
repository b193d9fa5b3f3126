/** The contour figure as a chart: pure, and free of Node, so that it draws in a browser as well. */
import type { Chart, ChartConfiguration, ChartDataset, Plugin, Scale } from "chart.js";
import { contours } from "d3-contour";
import { type ChartHooks, drawHighlights } from "./highlight.js";
import { legend } from "./legend.js";
import { formatLevels, formatNumber } from "./numbers.js";
import { font, ink, tooltipSize } from "./style.js";

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
const dotRadius = 3;
const bar = { gap: 14, width: 18, point: 12 };

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
          // chart.js reserves the labels' padding on both sides.
          afterFit: (scale: Scale) => {
            scale.width -= bar.gap + bar.width;
          },
          ticks: {
            color: ink,
            font: font(),
            padding: bar.gap + bar.width + 4,
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
        legend: legend(runs, hooks, `○ start   ◆ end${spec.minima.length > 0 ? "   ★ minimum" : ""}`),
        tooltip: {
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
    pointHitRadius: 6,
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

/** Draws what chart.js has no element for: bands and their lines, the colour bar, marks and the paths' rims. */
function contourPlugin(spec: ContourSpec): Plugin<"scatter"> {
  const regions = findRegions(spec);
  return {
    id: "contour",
    beforeDatasetsDraw(chart) {
      inChartArea(chart, () => {
        drawRegions(chart, spec, regions);
        for (const { x1, x2 } of spec.minima) drawStar(chart.ctx, ...pixel(chart, x1, x2), 12);
      });
    },
    beforeDatasetDraw(chart, { index }) {
      inChartArea(chart, () => drawRim(chart, index));
    },
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      inChartArea(chart, () => {
        spec.runs.forEach((run, index) => {
          if (chart.isDatasetVisible(index)) drawEnds(chart, run);
        });
      });
      drawHighlights(chart, spec.runs);
      ctx.save();
      ctx.strokeStyle = ink;
      ctx.lineWidth = 1;
      ctx.strokeRect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
      drawBar(chart, spec);
      ctx.restore();
    },
  };
}

function inChartArea({ ctx, chartArea }: Chart, draw: () => void): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
  ctx.clip();
  draw();
  ctx.restore();
}

function pixel({ scales }: Chart, x1: number, x2: number): [number, number] {
  return [scales.x!.getPixelForValue(x1), scales.y!.getPixelForValue(x2)];
}

/** Closed curves in the plane around the points at or above a boundary; the outer ones and those of holes alike. */
type Region = readonly (readonly (readonly [number, number])[])[];

/** A region for each band: where the objective is at least its lower boundary; for the lowest, where it is finite. */
function findRegions({ grid, levels, window }: ContourSpec): Region[] {
  const [columns, rows] = grid.cells;
  const generator = contours().size([columns + 3, rows + 3]);
  // A sample stands in the middle of its cell of the generator; the first is one step outside of the window.
  const place = ([low, high]: readonly [number, number], cells: number, at: number) =>
    low + ((at - 1.5) * (high - low)) / cells;
  return levels.slice(0, -1).map((level, band) => {
    // The generator takes null for −∞, which its types don't say.
    const { coordinates } = generator.contour(
      grid.values as number[],
      band === 0 ? -Number.MAX_VALUE : level,
    );
    return coordinates.flatMap((polygon) =>
      polygon.map((ring) =>
        ring.map(([x, y]) => [place(window.x1, columns, x!), place(window.x2, rows, y!)] as const),
      ),
    );
  });
}

function drawRegions(chart: Chart, { colors }: ContourSpec, regions: readonly Region[]): void {
  const { ctx } = chart;
  const outline = (region: Region) => {
    ctx.beginPath();
    for (const ring of region) {
      ring.forEach(([x1, x2], i) => {
        const [x, y] = pixel(chart, x1, x2);
        if (i === 0) ctx.moveTo(x, y);
        else ctx.lineTo(x, y);
      });
      ctx.closePath();
    }
  };
  regions.forEach((region, band) => {
    outline(region);
    ctx.fillStyle = colors[band]!;
    ctx.fill("evenodd");
  });
  ctx.strokeStyle = "#000000";
  ctx.lineWidth = 1;
  regions.slice(1).forEach((region) => {
    outline(region);
    ctx.stroke();
  });
}

/** A white rim under a path and its dots, which parts it from black bands and from other paths. */
function drawRim(chart: Chart, index: number): void {
  const { ctx } = chart;
  const points = chart.getDatasetMeta(index).data;
  const isPoint = ({ x, y }: (typeof points)[number]) => Number.isFinite(x) && Number.isFinite(y);
  ctx.beginPath();
  points.forEach((point, i) => {
    if (!isPoint(point)) return;
    if (i > 0 && isPoint(points[i - 1]!)) ctx.lineTo(point.x, point.y);
    else ctx.moveTo(point.x, point.y);
  });
  ctx.strokeStyle = "#ffffff";
  ctx.lineJoin = "round";
  ctx.lineWidth = 4.5;
  ctx.stroke();
  ctx.beginPath();
  for (const point of points) {
    if (!isPoint(point) || !(point.options as { radius?: number }).radius) continue;
    ctx.moveTo(point.x, point.y);
    ctx.arc(point.x, point.y, dotRadius + 1.25, 0, 2 * Math.PI);
  }
  ctx.fillStyle = "#ffffff";
  ctx.fill();
}

/** A circle where a run starts, a diamond where it ends. */
function drawEnds(chart: Chart, { color, x1, x2, status }: ContourRun): void {
  const { ctx } = chart;
  const finite = x1.map((x, i) => [x, x2[i]!] as const).filter(([x, y]) => x !== null && y !== null);
  const [start, end] = [finite[0], finite.at(-1)] as [[number, number], [number, number]];
  ctx.lineWidth = 2;
  if (status !== "diverged") {
    const [x, y] = pixel(chart, ...end);
    ctx.beginPath();
    for (const [dx, dy] of [
      [0, -7],
      [7, 0],
      [0, 7],
      [-7, 0],
    ] as const) {
      ctx.lineTo(x + dx, y + dy);
    }
    ctx.closePath();
    ctx.fillStyle = color;
    ctx.strokeStyle = "#ffffff";
    ctx.lineWidth = 1.5;
    ctx.fill();
    ctx.stroke();
  }
  const [x, y] = pixel(chart, ...start);
  ctx.beginPath();
  ctx.arc(x, y, 6, 0, 2 * Math.PI);
  ctx.fillStyle = "#ffffff";
  ctx.strokeStyle = ink;
  ctx.lineWidth = 2.5;
  ctx.fill();
  ctx.stroke();
}

/** A star of five points. */
function drawStar(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  ctx.beginPath();
  for (let k = 0; k < 10; k++) {
    const angle = (Math.PI * k) / 5 - Math.PI / 2;
    const reach = k % 2 === 0 ? radius : radius * 0.42;
    ctx.lineTo(x + reach * Math.cos(angle), y + reach * Math.sin(angle));
  }
  ctx.closePath();
  ctx.fillStyle = "#ffd400";
  ctx.strokeStyle = "#000000";
  ctx.lineWidth = 1.5;
  ctx.lineJoin = "round";
  ctx.fill();
  ctx.stroke();
}

function drawBar({ ctx, chartArea }: Chart, { colors, open }: ContourSpec): void {
  const left = chartArea.right + bar.gap;
  const { width, point } = bar;
  const height = chartArea.height / colors.length;
  ctx.lineWidth = 1;
  ctx.strokeStyle = ink;
  colors.forEach((color, band) => {
    const bottom = chartArea.bottom - band * height;
    ctx.fillStyle = color;
    ctx.fillRect(left, bottom - height, width, height);
    ctx.strokeRect(left, bottom - height, width, height);
  });
  for (const [isOpen, base, tip, color] of [
    [open.below, chartArea.bottom, chartArea.bottom + point, colors[0]!],
    [open.above, chartArea.top, chartArea.top - point, colors.at(-1)!],
  ] as const) {
    if (!isOpen) continue;
    ctx.beginPath();
    ctx.moveTo(left, base);
    ctx.lineTo(left + width / 2, tip);
    ctx.lineTo(left + width, base);
    ctx.closePath();
    ctx.fillStyle = color;
    ctx.fill();
    ctx.stroke();
  }
}
