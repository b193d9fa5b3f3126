/** What a contour figure shows and chart.js has no element for; free of Node, as the chart is. */
import type { Chart, Plugin } from "chart.js";
import { contours } from "d3-contour";
import type { ContourRun, ContourSpec } from "./contour-chart.js";
import { drawHighlights, shownOf } from "./highlight.js";
import { type Place, strokeLine } from "./lines.js";
import { dashIn, inTheme, type Theme, themeOf } from "./style.js";

export const dotRadius = 2.25;

/** The colour bar: its distance from the chart's area, its width, and the height of a pointed end. */
export const bar = { gap: 14, width: 18, point: 12 };

/** Whether there is room for the colour bar. */
export function hasBar({ width }: Chart): boolean {
  return width >= 280;
}

/** Draws bands and their lines, the colour bar, marks and the paths with their rims. */
export function contourPlugin(spec: ContourSpec): Plugin<"scatter"> {
  const regions = findRegions(spec);
  const theme = themeOf(spec.theme);
  return {
    id: "contour",
    beforeDatasetsDraw(chart) {
      inChartArea(chart, () => {
        if (spec.grid.values.includes(null)) drawHatch(chart, theme);
        drawRegions(chart, spec, regions);
      });
    },
    beforeDatasetDraw(chart, { index }) {
      inChartArea(chart, () => drawPath(chart, spec, index, theme));
    },
    afterDatasetsDraw(chart) {
      const { ctx } = chart;
      ctx.save();
      const [left, right, top, bottom] = frameOf(chart);
      ctx.strokeStyle = theme.ink;
      ctx.lineWidth = 1;
      ctx.strokeRect(left, top, right - left, bottom - top);
      if (hasBar(chart)) drawBar(chart, spec, theme);
      ctx.restore();
      drawMarks(chart, spec, theme);
    },
  };
}

/** The chart's area, in the middle of pixels: there a thin line is as dark as its colour. */
function frameOf({ chartArea }: Chart): readonly [number, number, number, number] {
  const { left, right, top, bottom } = chartArea;
  const [a, b, c, d] = [left, right, top, bottom].map((place) => Math.floor(place) + 0.5);
  return [a!, b!, c!, d!];
}

/** Ends, minima, starts and rings, above all else, and whole where they stand at the edge. */
export function drawMarks(chart: Chart, spec: Paths, theme: Theme): void {
  const { ctx } = chart;
  const [left, right, top, bottom] = frameOf(chart);
  const shown = spec.runs.filter((_, index) => chart.isDatasetVisible(index));
  const place = (point: readonly [number, number] | undefined, draw: (x: number, y: number) => void) => {
    if (!point) return;
    const [x, y] = pixel(chart, ...point);
    const isInside = x >= left - 1 && x <= right + 1 && y >= top - 1 && y <= bottom + 1;
    if (isInside) draw(x, y);
  };
  ctx.save();
  for (const run of shown) {
    if (run.status === "diverged" || shownOf(chart, run.steps) < run.steps.length) continue;
    place(endsOf(run)[1], (x, y) => drawEnd(ctx, x, y, inTheme(run.color, theme), theme));
  }
  for (const { x1, x2 } of spec.minima) place([x1, x2], (x, y) => drawStar(ctx, x, y, 11));
  for (const run of shown) place(endsOf(run)[0], (x, y) => drawStart(ctx, x, y, theme));
  drawHighlights(chart, spec.runs);
  ctx.restore();
}

/** What contours and curves draw alike. */
type Paths = Pick<ContourSpec, "runs" | "dots" | "minima">;

export function inChartArea({ ctx, chartArea }: Chart, draw: () => void): void {
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

/** Grey lines aslant: there is no value here. */
function drawHatch({ ctx, chartArea }: Chart, { muted, background }: Theme): void {
  const { left, top, width, height } = chartArea;
  ctx.fillStyle = background;
  ctx.fillRect(left, top, width, height);
  ctx.beginPath();
  for (let x = left - height; x < left + width; x += 9) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.strokeStyle = muted;
  ctx.lineWidth = 1;
  ctx.stroke();
}

/** A path on a rim, as are its dots, which parts it from black bands and from other paths. */
export function drawPath(
  chart: Chart,
  { runs, dots }: Pick<Paths, "runs" | "dots">,
  index: number,
  theme: Theme,
  isOnCurve = false,
): void {
  const { ctx, chartArea } = chart;
  const run = runs[index]!;
  const points = chart.getDatasetMeta(index).data.slice(0, shownOf(chart, run.steps)) as readonly Place[];
  const gaps = new Set(run.gaps ?? []);
  const isGap = (i: number) => gaps.has(i);
  const width = (isOnCurve ? 1 : 2) * theme.width;
  // Its rim would cover the curve on which a run lies.
  if (!isOnCurve)
    strokeLine(ctx, points, chartArea, { color: theme.rim, width: width + 2.5, dash: [] }, isGap);
  const drawDots = (radius: number, color: string) => {
    ctx.fillStyle = color;
    ctx.beginPath();
    points.forEach(({ x, y }, i) => {
      if (run.steps[i]! % dots !== 0 || !Number.isFinite(x + y)) return;
      ctx.moveTo(x + radius, y);
      ctx.arc(x, y, radius, 0, 2 * Math.PI);
    });
    ctx.fill();
  };
  drawDots(dotRadius + 1.25, theme.rim);
  const stroke = { color: inTheme(run.color, theme), width, dash: dashIn(theme, run.dash, index) };
  strokeLine(ctx, points, chartArea, stroke, isGap);
  drawDots(dotRadius, stroke.color);
}

/** The first and the last point of a run that is finite. */
function endsOf({
  x1,
  x2,
}: ContourRun): [start?: readonly [number, number], end?: readonly [number, number]] {
  const isPoint = (_: unknown, i: number) => x1[i] !== null && x2[i] !== null;
  const [first, last] = [x1.findIndex(isPoint), x1.findLastIndex(isPoint)];
  return first < 0
    ? []
    : [
        [x1[first]!, x2[first]!],
        [x1[last]!, x2[last]!],
      ];
}

/** A diamond where a run ends. */
function drawEnd(ctx: CanvasRenderingContext2D, x: number, y: number, color: string, { rim }: Theme): void {
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
  ctx.strokeStyle = rim;
  ctx.lineWidth = 1.5;
  ctx.fill();
  ctx.stroke();
}

/** A circle where a run starts. */
function drawStart(ctx: CanvasRenderingContext2D, x: number, y: number, { rim, ink }: Theme): void {
  ctx.beginPath();
  ctx.arc(x, y, 6, 0, 2 * Math.PI);
  ctx.fillStyle = rim;
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

function drawBar({ ctx, chartArea }: Chart, { colors, open }: ContourSpec, { ink }: Theme): void {
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
