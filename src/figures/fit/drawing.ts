/** What the figure of a fit shows and chart.js has no element for: bands, error bars, frames; free of Node. */
import type { Chart, Plugin, Scale } from "chart.js";
import { drawHighlights } from "../highlight.js";
import { inTheme, themeOf } from "../style.js";
import type { Band, FitSeries, FitSpec } from "./chart.js";

/** Half the width of an error bar's ends. */
const cap = 3.5;

/** Draws bands below the curves, error bars below the points, the line of no residual, and the panels' frames. */
export function fitPlugin(spec: FitSpec): Plugin<"scatter"> {
  const { series } = spec;
  const theme = themeOf(spec.theme);
  const { ink } = theme;
  const count = spec.residualLabel === undefined ? 2 : 3;
  const stepped = series.map(({ name, points }) => ({ name, steps: [...points.x.keys()] }));
  const shown = (chart: Chart) => series.filter((_, i) => chart.isDatasetVisible(i * count));
  return {
    id: "fit",
    beforeDatasetsDraw(chart) {
      inPanel(chart, "y", () => {
        for (const kind of ["prediction", "confidence"] as const) {
          for (const one of shown(chart)) {
            const band = one[kind];
            if (band) drawBand(chart, one.curve.x, band);
          }
        }
      });
      if (spec.residualLabel === undefined) return;
      inPanel(chart, "residuals", () => {
        const { ctx, chartArea, scales } = chart;
        const zero = Math.floor(scales.residuals!.getPixelForValue(0)) + 0.5;
        stroke(ctx, ink, 1, [[chartArea.left, zero, chartArea.right, zero]]);
      });
    },
    beforeDatasetDraw(chart, { index }) {
      const one = series[Math.floor(index / count)]!;
      if (index % count === 0)
        inPanel(chart, "y", () => drawErrors(chart, one, inTheme(one.pointColor, theme)));
    },
    afterDatasetsDraw(chart) {
      const { ctx } = chart;
      ctx.save();
      for (const name of spec.residualLabel === undefined ? ["y"] : ["y", "residuals"]) {
        const { left, right, top, bottom } = panelOf(chart, name);
        // In the middle of pixels, a thin line is as dark as its colour.
        const [x, y] = [Math.floor(left) + 0.5, Math.floor(top) + 0.5];
        ctx.strokeStyle = ink;
        ctx.lineWidth = 1;
        ctx.strokeRect(x, y, Math.floor(right) + 0.5 - x, Math.floor(bottom) + 0.5 - y);
      }
      ctx.restore();
      drawHighlights(chart, stepped, count);
    },
  };
}

function panelOf({ chartArea, scales }: Chart, name: string) {
  const { top, bottom } = scales[name] as Scale;
  return { left: chartArea.left, right: chartArea.right, top, bottom };
}

function inPanel(chart: Chart, name: string, draw: () => void): void {
  const { ctx } = chart;
  const { left, right, top, bottom } = panelOf(chart, name);
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, right - left, bottom - top);
  ctx.clip();
  draw();
  ctx.restore();
}

/** Fills between both edges, each stretch in which they are numbers by itself. */
function drawBand(chart: Chart, x: readonly (number | null)[], { lower, upper, color }: Band): void {
  const { ctx, scales } = chart;
  const { top, bottom } = scales.y!;
  // What isn't above 0 lies below the end of a logarithmic axis.
  const up = (value: number) => {
    const y = scales.y!.getPixelForValue(value);
    return Number.isFinite(y) ? Math.min(bottom + 1e4, Math.max(top - 1e4, y)) : bottom + 1e4;
  };
  const place = (i: number, edge: readonly (number | null)[]) =>
    [scales.x!.getPixelForValue(x[i]!), up(edge[i]!)] as const;
  ctx.fillStyle = color;
  let from = 0;
  while (from < x.length) {
    let to = from;
    while (to < x.length && lower[to] !== null && upper[to] !== null) to++;
    if (to - from > 1) {
      ctx.beginPath();
      for (let i = from; i < to; i++) ctx.lineTo(...place(i, upper));
      for (let i = to - 1; i >= from; i--) ctx.lineTo(...place(i, lower));
      ctx.closePath();
      ctx.fill();
    }
    from = to + 1;
  }
}

/** Bars of one standard deviation to both sides of the points, with ends across. */
function drawErrors({ ctx, scales }: Chart, { points }: FitSeries, color: string): void {
  const { x, y, xError, yError } = points;
  const px = (value: number) => scales.x!.getPixelForValue(value);
  const py = (value: number) => scales.y!.getPixelForValue(value);
  const lines: [number, number, number, number][] = [];
  for (let i = 0; i < x.length; i++) {
    const [cx, cy] = [x[i], y[i]];
    if (cx === null || cx === undefined || cy === null || cy === undefined) continue;
    const up = yError?.[i] ?? 0;
    const across = xError?.[i] ?? 0;
    if (up > 0) {
      const low = Number.isFinite(py(cy - up)) ? py(cy - up) : scales.y!.bottom + 10;
      const [high, middle] = [py(cy + up), px(cx)];
      lines.push([middle, low, middle, high]);
      for (const end of [low, high]) lines.push([middle - cap, end, middle + cap, end]);
    }
    if (across > 0) {
      const [low, high, middle] = [px(cx - across), px(cx + across), py(cy)];
      lines.push([low, middle, high, middle]);
      for (const end of [low, high])
        if (Number.isFinite(end)) lines.push([end, middle - cap, end, middle + cap]);
    }
  }
  stroke(ctx, color, 1.25, lines);
}

function stroke(
  ctx: CanvasRenderingContext2D,
  color: string,
  width: number,
  lines: readonly (readonly [number, number, number, number])[],
): void {
  ctx.beginPath();
  for (const [x1, y1, x2, y2] of lines) {
    ctx.moveTo(x1, y1);
    ctx.lineTo(x2, y2);
  }
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.stroke();
}
