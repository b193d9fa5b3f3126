/// <reference lib="dom" />
// Lines of many points. No import, so that pages use it, too.

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A point of a canvas; NaN, where a line breaks. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Stroke {
  readonly color: string;
  readonly width: number;
  readonly dash: readonly number[];
}

/** A path that crosses itself costs the square of its length: so many pieces at a time are drawn. */
const chunk = 60;

/**
 * Strokes a line in its colour, in pieces, as far as it lies in the box or near it: canvases have limits, and what lies far
 * outside costs time. `isGap` tells the points to which no line leads.
 */
export function strokeLine(
  ctx: CanvasRenderingContext2D,
  points: readonly Place[],
  { left, right, top, bottom }: Box,
  { color, width, dash }: Stroke,
  isGap: (i: number) => boolean = () => false,
): void {
  const margin = 4 * width + 8;
  const wide = { left: left - margin, right: right + margin, top: top - margin, bottom: bottom + margin };
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.lineJoin = "round";
  ctx.lineCap = dash.length > 0 ? "butt" : "round";
  ctx.setLineDash([...dash]);
  const period = dash.reduce((sum, one) => sum + one, 0);
  let [pieces, length, begun] = [0, 0, 0];
  let at: Place | undefined;
  const finish = () => {
    if (pieces > 0) {
      ctx.lineDashOffset = period > 0 ? begun % period : 0;
      ctx.stroke();
    }
    [pieces, at] = [0, undefined];
  };
  for (let i = 1; i < points.length; i++) {
    const piece = isGap(i) ? undefined : clipped(points[i - 1]!, points[i]!, wide);
    if (!piece) {
      finish();
      continue;
    }
    const [from, to] = piece;
    if (pieces >= chunk || (at && (at.x !== from.x || at.y !== from.y))) finish();
    if (pieces === 0) {
      ctx.beginPath();
      ctx.moveTo(from.x, from.y);
      begun = length;
    }
    ctx.lineTo(to.x, to.y);
    length += Math.hypot(to.x - from.x, to.y - from.y);
    pieces++;
    at = to;
  }
  finish();
  ctx.restore();
}

/** The part of a line in a box (Liang and Barsky, 1984); none, where it misses it or an end isn't a number. */
export function clipped(
  from: Place,
  to: Place,
  { left, right, top, bottom }: Box,
): readonly [Place, Place] | undefined {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  if (!Number.isFinite(dx) || !Number.isFinite(dy)) return undefined;
  let [low, high] = [0, 1];
  for (const [change, room] of [
    [-dx, from.x - left],
    [dx, right - from.x],
    [-dy, from.y - top],
    [dy, bottom - from.y],
  ] as const) {
    if (change === 0 && room < 0) return undefined;
    if (change < 0) low = Math.max(low, room / change);
    if (change > 0) high = Math.min(high, room / change);
  }
  if (low > high) return undefined;
  const on = (share: number) => ({ x: from.x + share * dx, y: from.y + share * dy });
  return [low === 0 ? from : on(low), high === 1 ? to : on(high)];
}
