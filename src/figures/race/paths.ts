/// <reference lib="dom" />
/** The runs of a scene over its surface: lines that grow with time, and a dot at the head of each. */
import { dashIn, inTheme, type Theme } from "../style.js";
import { type BoxPoint, boxCoordinates, boxHeight, type Pixel, type View } from "./camera.js";
import type { Racer, RaceScene } from "./scene.js";
import { heightAt, type Mesh } from "./surface.js";
import { isHidden } from "./visibility.js";

/** A run as one camera sees it: its line in short pieces, each visible or hidden as a whole. */
export interface Track {
  readonly racer: Racer;
  /** The recorded points and, last, the exit: in the box, at a time, as a pixel. */
  readonly vertices: readonly { readonly point: BoxPoint; readonly time: number; readonly pixel: Pixel }[];
  /** The ends of the pieces; `hidden` is of the piece that ends here, of which there is none at a `gap`. */
  readonly samples: readonly {
    readonly pixel: Pixel;
    readonly time: number;
    readonly hidden: boolean;
    readonly gap: boolean;
  }[];
}

/** The length of a piece in pixels, and how many a run may have about: those of longer ones are longer. */
const pieceLength = 4;
const mostPieces = 6000;

/** A path that crosses itself costs the square of its length: so many pieces at a time are drawn. */
const chunk = 150;

/** The tracks of all runs, for one camera. */
export function makeTracks(scene: RaceScene, mesh: Mesh, view: View, most = mostPieces): Track[] {
  const toBox = boxCoordinates(scene);
  return scene.racers.map((racer) => {
    const { points, exit } = racer;
    const vertices = Array.from({ length: points.length / 3 }, (_, i) => {
      const point = toBox(points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!);
      return { point, time: racer.times[i]!, pixel: view.project(...point) };
    });
    if (exit) {
      const point = toBox(exit.point[0]!, exit.point[1]!, exit.point[2]!);
      vertices.push({ point, time: exit.time, pixel: view.project(...point) });
    }
    const gaps = new Set(racer.gaps ?? []);
    const lengthTo = (i: number) => {
      const [from, to] = [vertices[i - 1]!.pixel, vertices[i]!.pixel];
      return gaps.has(i) ? 0 : Math.hypot(to.x - from.x, to.y - from.y);
    };
    const whole = vertices.reduce((sum, _, i) => sum + (i > 0 ? lengthTo(i) : 0), 0);
    const piece = Math.max(pieceLength, whole / most);
    const samples: Track["samples"][number][] = vertices
      .slice(0, 1)
      .map(({ pixel, time }) => ({ pixel, time, hidden: false, gap: false }));
    for (let i = 1; i < vertices.length; i++) {
      const [from, to] = [vertices[i - 1]!, vertices[i]!];
      if (gaps.has(i)) {
        samples.push({ pixel: to.pixel, time: to.time, hidden: false, gap: true });
        continue;
      }
      const pieces = Math.min(400, Math.max(1, Math.ceil(lengthTo(i) / piece)));
      for (let k = 1; k <= pieces; k++) {
        const middle = between(from.point, to.point, (k - 0.5) / pieces, mesh);
        samples.push({
          pixel: view.project(...between(from.point, to.point, k / pieces, mesh)),
          time: from.time + (k / pieces) * (to.time - from.time),
          hidden: isHidden(middle, mesh, view),
          gap: false,
        });
      }
    }
    return { racer, vertices, samples };
  });
}

/**
 * A point between two steps. What an optimizer does there is nobody's knowledge: across the floor the line is straight,
 * and it follows the surface, since a straight line in space would dive through it in every long step.
 */
function between(from: BoxPoint, to: BoxPoint, share: number, mesh: Mesh): BoxPoint {
  const at = (i: 0 | 1 | 2): number => from[i] + share * (to[i] - from[i]);
  if (share === 0) return from;
  if (share === 1) return to;
  const [u, v] = [at(0), at(1)];
  // At its ends the line lies on f itself, from where the mesh may be a little off.
  const error = ([a, b, w]: BoxPoint): number => w - heightAt(mesh, a, b);
  const height = heightAt(mesh, u, v) + (1 - share) * error(from) + share * error(to);
  // Over a hole of the surface the line is straight; where the surface is cut away it keeps to the cut.
  return [u, v, Number.isNaN(height) ? at(2) : Math.min(boxHeight, Math.max(-boxHeight, height))];
}

/** Where a run is at a time, which may lie between two steps; `undefined` if it never was in the box. */
export function headAt({ vertices }: Track, mesh: Mesh, time: number): BoxPoint | undefined {
  const next = vertices.findIndex((vertex) => vertex.time >= time);
  if (next < 0) return vertices.at(-1)?.point;
  const to = vertices[next]!;
  const from = vertices[next - 1] ?? to;
  return to.time === from.time
    ? to.point
    : between(from.point, to.point, (time - from.time) / (to.time - from.time), mesh);
}

/** Sizes of strokes and marks, in pixels. */
export interface Strokes {
  readonly line: number;
  readonly dot: number;
}

/**
 * Draws the runs up to a time: behind the surface dashed and faded, in front of it with a halo, then the dots. A run
 * that has left the box ends in a ring instead of a dot.
 */
export function drawTracks(
  ctx: CanvasRenderingContext2D,
  tracks: readonly Track[],
  mesh: Mesh,
  view: View,
  time: number,
  strokes: Strokes,
  theme: Theme,
): void {
  ctx.save();
  ctx.lineJoin = "round";
  ctx.lineCap = "round";
  for (const track of tracks) {
    ctx.globalAlpha = 0.5;
    ctx.setLineDash([strokes.line, 2.5 * strokes.line]);
    ctx.lineWidth = 0.75 * strokes.line;
    ctx.strokeStyle = inTheme(track.racer.color, theme);
    strokeParts(ctx, track, time, true);
  }
  ctx.setLineDash([]);
  // Runs along one way are common: the ones drawn first are wider, so that they are seen beside those on top.
  const widthOf = (i: number): number => strokes.line * (1 + Math.min(1.5, 0.3 * (tracks.length - 1 - i)));
  for (const [i, track] of tracks.entries()) {
    ctx.globalAlpha = 0.8;
    ctx.lineWidth = widthOf(i) + 2;
    ctx.strokeStyle = haloOf(inTheme(track.racer.color, theme));
    strokeParts(ctx, track, time, false);
  }
  // After all halos: that of one line must not cover another that runs along it.
  ctx.globalAlpha = 1;
  for (const [i, track] of tracks.entries()) {
    ctx.lineWidth = widthOf(i);
    ctx.strokeStyle = inTheme(track.racer.color, theme);
    const dash = dashIn(theme, track.racer.dash, i);
    ctx.setLineDash(dash);
    ctx.lineCap = dash.length > 0 ? "butt" : "round";
    strokeParts(ctx, track, time, false);
  }
  ctx.setLineDash([]);
  const heads = tracks.flatMap((track) => {
    const head = headAt(track, mesh, time);
    return head ? [{ head, racer: track.racer, pixel: view.project(...head) }] : [];
  });
  heads.forEach(({ head, racer, pixel }, i) => {
    // Of dots in one place the ones below are larger: the others lie on them like the rings of a target.
    const above = heads
      .slice(i + 1)
      .filter(({ pixel: { x, y } }) => Math.hypot(x - pixel.x, y - pixel.y) < 0.5 * strokes.dot);
    const left = racer.exit !== null && time >= racer.exit.time;
    ctx.globalAlpha = isHidden(head, mesh, view) ? 0.4 : 1;
    drawDot(
      ctx,
      pixel.x,
      pixel.y,
      strokes.dot * (1 + 0.5 * Math.min(4, above.length)),
      inTheme(racer.color, theme),
      left,
    );
  });
  ctx.restore();
}

/** A dot with a black edge, or the ring of a run that has left. */
export function drawDot(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  color: string,
  ring: boolean,
): void {
  const circle = (size: number, fill: string): void => {
    ctx.beginPath();
    ctx.arc(x, y, size, 0, 2 * Math.PI);
    ctx.fillStyle = fill;
    ctx.fill();
  };
  circle(radius, "#000000");
  circle(Math.max(0, radius - 1.5), color);
  if (ring) circle(0.45 * radius, "#ffffff");
}

/** Strokes the pieces up to a time that are hidden, or those that aren't. */
function strokeParts(ctx: CanvasRenderingContext2D, { samples }: Track, time: number, hidden: boolean): void {
  let pieces = 0;
  const finish = () => {
    if (pieces > 0) ctx.stroke();
    pieces = 0;
  };
  for (let i = 1; i < samples.length; i++) {
    const [from, to] = [samples[i - 1]!, samples[i]!];
    if (from.time >= time) break;
    if (to.hidden !== hidden || to.gap) {
      finish();
      continue;
    }
    if (pieces >= chunk) finish();
    if (pieces === 0) {
      ctx.beginPath();
      ctx.moveTo(from.pixel.x, from.pixel.y);
    }
    pieces++;
    const share = to.time <= time ? 1 : (time - from.time) / (to.time - from.time);
    ctx.lineTo(
      from.pixel.x + share * (to.pixel.x - from.pixel.x),
      from.pixel.y + share * (to.pixel.y - from.pixel.y),
    );
  }
  finish();
}

/** White round dark lines, dark round light ones: both must stand out from any surface. */
function haloOf(color: string): string {
  const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(color.slice(i, i + 2), 16)) as [
    number,
    number,
    number,
  ];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 150 ? "#202020" : "#ffffff";
}

/** The step of a run nearest to a pixel, as far as it is drawn, within a distance; for a pointer. */
export function nearestStep(
  tracks: readonly Track[],
  x: number,
  y: number,
  time: number,
  within: number,
): { readonly racer: number; readonly step: number; readonly pixel: Pixel } | undefined {
  let best = within;
  let found: { racer: number; step: number; pixel: Pixel } | undefined;
  tracks.forEach(({ racer, vertices }, index) => {
    for (let i = 0; 3 * i < racer.points.length && vertices[i]!.time <= time + 1e-9; i++) {
      const { pixel, time: step } = vertices[i]!;
      const distance = Math.hypot(pixel.x - x, pixel.y - y);
      // Of steps in one place the last is the one whose dot is seen.
      if (distance > best) continue;
      best = distance;
      found = { racer: index, step, pixel };
    }
  });
  return found;
}
