/** What a contour figure shows and chart.js has no element for; free of Node, as the chart is. */
import type { Chart, Plugin } from "chart.js";
import { contours } from "d3-contour";
import type { ContourRun, ContourSpec } from "./contour-chart.js";
import { drawHighlights } from "./highlight.js";
import { ink } from "./style.js";

export const dotRadius = 3;

/** The colour bar: its distance from the chart's area, its width, and the height of a pointed end. */
export const bar = { gap: 14, width: 18, point: 12 };

/** Draws bands and their lines, the colour bar, marks and the paths' rims. */
export function contourPlugin(spec: ContourSpec): Plugin<"scatter"> {
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
      // In the middle of pixels, a thin line is as dark as its colour.
      const [left, right, top, bottom] = [
        chartArea.left,
        chartArea.right,
        chartArea.top,
        chartArea.bottom,
      ].map((place) => Math.floor(place) + 0.5) as [number, number, number, number];
      ctx.strokeRect(left, top, right - left, bottom - top);
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
