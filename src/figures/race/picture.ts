/// <reference lib="dom" />
/** The whole picture of a race on a canvas: the same code in Node and in a page. */
import { drawLabels, drawWalls, makeAxes } from "./axes.js";
import { boxCoordinates, type Camera, fit, type Pixel, type Placement, View } from "./camera.js";
import { writtenTicks } from "./labels.js";
import { drawDot, drawTracks, makeTracks, type Strokes, type Track } from "./paths.js";
import type { RaceScene } from "./scene.js";
import { drawSurface, type Mesh, makeMesh } from "./surface.js";
import { isHidden } from "./visibility.js";

/** DejaVu is what Node registers and has every sign; a page may have to do with its own sans-serif. */
const fontFamily = '"DejaVu Sans", system-ui, sans-serif';

/** Where things stand in a picture of a size. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** The height of text. */
  readonly size: number;
  readonly strokes: Strokes;
  readonly placement: Placement;
  /** Where the entries of the legend start: the runs, then the minimum. */
  readonly legend: readonly Pixel[];
}

/** A scene that can be drawn again and again, from changing cameras. */
export class RacePicture {
  readonly scene: RaceScene;
  readonly mesh: Mesh;
  /** What the legend names: nothing where something beside the picture does. */
  readonly #named: Pick<RaceScene, "racers" | "minima">;

  constructor(scene: RaceScene, { legend }: { readonly legend: boolean }) {
    this.scene = scene;
    this.#named = legend ? scene : { racers: [], minima: [] };
    this.mesh = makeMesh(scene);
  }

  /** The layout for a picture of `width` × `height` pixels; with `turning` the box has room to turn. */
  layout(ctx: CanvasRenderingContext2D, width: number, height: number, turning: boolean): Layout {
    const { title, camera } = this.scene;
    const { racers, minima } = this.#named;
    const size = Math.min(20, Math.max(11, Math.sqrt(width * height) / 53));
    ctx.font = `${size}px ${fontFamily}`;
    const texts = racers.flatMap(({ name, notes }) => [name, ...notes.map(({ text }) => text)]);
    if (minima.length > 0) texts.push("minimum");
    const widths = texts.map((text) => ctx.measureText(text).width);
    const column = widths.length > 0 ? 3.6 * size + Math.max(...widths) : 0;
    const heights = [
      ...racers.map(({ notes }) => 1.65 + 1.35 * notes.length),
      ...(minima.length > 0 ? [1.65] : []),
    ];
    const top = (title ? 4 : 2.4) * size;
    const [low, high] = this.scene.ranges[2];
    const tickWidths = writtenTicks(low, high, 8).map(({ text }) => ctx.measureText(text).width);
    const left = Math.max(2.5 * size, ...tickWidths) + 1.4 * size;
    const arrange = (columns: number, beside: boolean): Pick<Layout, "placement" | "legend"> => {
      const rows = Array.from({ length: Math.ceil(heights.length / columns) }, (_, row) =>
        Math.max(...heights.slice(row * columns, (row + 1) * columns)),
      );
      const total = rows.reduce((sum, one) => sum + one * size, 0.6 * size);
      const corner = beside ? { x: width - column, y: top } : { x: size, y: height - total };
      const legend = heights.map((_, i) => ({
        x: corner.x + (i % columns) * (width / columns),
        y:
          corner.y +
          rows.slice(0, Math.floor(i / columns)).reduce((sum, one) => sum + one * size, 0.8 * size),
      }));
      // Room for the ticks and labels round the box.
      const area = {
        x: left,
        y: top,
        width: (beside ? corner.x : width) - left - 2 * size,
        height: (beside ? height : corner.y) - top - 3.2 * size,
      };
      return { placement: fit(camera, area, turning), legend };
    };
    // The legend stands beside the box or, in columns, below it: where it leaves more room.
    const beside = arrange(1, true);
    const below = arrange(Math.max(1, Math.min(heights.length, Math.floor(width / column))), false);
    const { placement, legend } = beside.placement.scale >= below.placement.scale ? beside : below;
    return { width, height, size, strokes: { line: size / 6, dot: size / 2.1 }, placement, legend };
  }

  view(camera: Camera, layout: Layout): View {
    return new View(camera, layout.placement);
  }

  tracks(view: View): Track[] {
    return makeTracks(this.scene, this.mesh, view);
  }

  /** Draws what doesn't change with time: the box, the surface, the minima, the names. */
  drawBackdrop(ctx: CanvasRenderingContext2D, view: View, layout: Layout): void {
    const { scene, mesh } = this;
    const { width, height, size } = layout;
    ctx.save();
    ctx.fillStyle = "#ffffff";
    ctx.fillRect(0, 0, width, height);
    const axes = makeAxes(ctx, scene, view, size, fontFamily);
    drawWalls(ctx, axes, view);
    drawSurface(ctx, mesh, view);
    drawLabels(ctx, axes, scene, view, width);
    const toBox = boxCoordinates(scene.ranges);
    for (const minimum of scene.minima) {
      const point = toBox(minimum[0]!, minimum[1]!, minimum[2]!);
      const { x, y } = view.project(...point);
      ctx.globalAlpha = isHidden(point, mesh, view) ? 0.4 : 1;
      drawStar(ctx, x, y, 0.6 * size);
    }
    ctx.globalAlpha = 1;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    ctx.fillStyle = "#202024";
    if (scene.title) {
      ctx.font = `bold ${1.15 * size}px ${fontFamily}`;
      ctx.fillText(scene.title, size, 1.5 * size);
    }
    this.#legend(ctx, layout, Number.NEGATIVE_INFINITY, true);
    ctx.restore();
  }

  /** Draws what does, up to a time in steps: the runs, the count of steps, the notes. */
  drawRuns(
    ctx: CanvasRenderingContext2D,
    tracks: readonly Track[],
    view: View,
    layout: Layout,
    time: number,
  ): void {
    const { scene, mesh } = this;
    const { size, strokes } = layout;
    drawTracks(ctx, tracks, mesh, view, time, strokes);
    ctx.save();
    ctx.font = `${size}px ${fontFamily}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    ctx.fillStyle = "#55555c";
    ctx.fillText(`step ${Math.floor(time + 1e-9)} of ${scene.steps}`, size, (scene.title ? 3.1 : 1.5) * size);
    this.#legend(ctx, layout, time, false);
    ctx.restore();
  }

  /** The legend's names and marks, or the notes that are due. */
  #legend(ctx: CanvasRenderingContext2D, layout: Layout, time: number, names: boolean): void {
    const { racers, minima } = this.#named;
    const { size, legend, strokes } = layout;
    ctx.font = `${size}px ${fontFamily}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    racers.forEach(({ name, color, notes }, i) => {
      const place = legend[i]!;
      if (names) {
        ctx.strokeStyle = color;
        ctx.lineWidth = strokes.line;
        ctx.beginPath();
        ctx.moveTo(place.x, place.y);
        ctx.lineTo(place.x + 1.9 * size, place.y);
        ctx.stroke();
        drawDot(ctx, place.x + 0.95 * size, place.y, 0.8 * strokes.dot, color, false);
        ctx.fillStyle = "#202024";
        ctx.fillText(name, place.x + 2.5 * size, place.y);
        return;
      }
      ctx.fillStyle = "#66666e";
      notes
        .filter(({ step }) => step <= time + 1e-9)
        .forEach(({ text }, line) => {
          ctx.fillText(text, place.x + 2.5 * size, place.y + 1.35 * (line + 1) * size);
        });
    });
    if (!names || minima.length === 0) return;
    const place = legend[racers.length]!;
    drawStar(ctx, place.x + 0.95 * size, place.y, 0.6 * size);
    ctx.fillStyle = "#202024";
    ctx.fillText("minimum", place.x + 2.5 * size, place.y);
  }
}

/** A white star with a black edge, for a minimum. */
function drawStar(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  ctx.beginPath();
  for (let i = 0; i < 10; i++) {
    const angle = (Math.PI * i) / 5 - Math.PI / 2;
    const reach = i % 2 === 0 ? radius : 0.42 * radius;
    const [px, py] = [x + reach * Math.cos(angle), y + reach * Math.sin(angle)];
    if (i === 0) ctx.moveTo(px, py);
    else ctx.lineTo(px, py);
  }
  ctx.closePath();
  ctx.fillStyle = "#ffffff";
  ctx.fill();
  ctx.strokeStyle = "#000000";
  ctx.lineWidth = 1;
  ctx.stroke();
}
