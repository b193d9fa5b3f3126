/// <reference lib="dom" />
/** The whole picture of a race on a canvas: the same code in Node and in a page. */

import { dashIn, fontFamily, inTheme, type Theme, themeOf } from "../style.js";
import { shortened } from "../texts.js";
import { drawLabels, drawWalls, makeAxes } from "./axes.js";
import { boxCoordinates, type Camera, fit, type Pixel, type Placement, View } from "./camera.js";
import { sceneTicks, stepPlace, stepText } from "./labels.js";
import { drawDot, drawTracks, makeTracks, type Strokes, type Track } from "./paths.js";
import type { Note, Racer, RaceScene } from "./scene.js";
import { drawSurface, type Mesh, makeMesh } from "./surface.js";
import { isHidden } from "./visibility.js";

/** Where things stand in a picture of a size. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** The height of text. */
  readonly size: number;
  readonly strokes: Strokes;
  readonly placement: Placement;
  /** Where the entries of the legend start: as many of the runs as have room, then the minimum. */
  readonly legend: readonly Pixel[];
  /** How wide the texts of the legend may be. */
  readonly legendWidth: number;
  /** How many runs it names. */
  readonly named: number;
}

/** A scene that can be drawn again and again, from changing cameras. */
export class RacePicture {
  readonly scene: RaceScene;
  readonly mesh: Mesh;
  readonly theme: Theme;
  /** What the legend names: nothing where something beside the picture does. */
  readonly #named: Pick<RaceScene, "racers" | "minima">;

  constructor(scene: RaceScene, { legend }: { readonly legend: boolean }) {
    this.scene = scene;
    this.#named = legend ? scene : { racers: [], minima: [] };
    this.mesh = makeMesh(scene);
    this.theme = themeOf(scene.theme);
  }

  /** The layout for a picture of `width` × `height` pixels; with `turning` the box has room to turn. */
  layout(
    ctx: CanvasRenderingContext2D,
    width: number,
    height: number,
    turning: boolean,
    camera = this.scene.camera,
  ): Layout {
    const { title } = this.scene;
    const { minima } = this.#named;
    const size = Math.min(20, Math.max(11, Math.min(Math.sqrt(width * height) / 53, height / 16)));
    ctx.font = `${size}px ${fontFamily}`;
    // Of very many runs, those are named that have room in half of the picture.
    const all = this.#named.racers;
    const heightOf = ({ notes }: (typeof all)[0]) => 1.65 + 1.35 * notes.length;
    let taken = 0;
    const racers = all.filter((racer, i) => {
      taken += heightOf(racer) * size;
      return i === 0 || taken <= 0.5 * height;
    });
    const texts = racers.flatMap((racer) => [nameOf(racer), ...racer.notes.map(({ text }) => text)]);
    if (minima.length > 0) texts.push("minimum");
    if (all.length > racers.length) texts.push(moreRuns(all.length - racers.length));
    const widths = texts.map((text) => ctx.measureText(text).width);
    const widest = Math.min(Math.max(0, ...widths), 0.4 * width);
    const column = widths.length > 0 ? 3.6 * size + widest : 0;
    const heights = [
      ...racers.map(heightOf),
      ...(minima.length > 0 ? [1.65] : []),
      ...(all.length > racers.length ? [1.65] : []),
    ];
    const top = (title ? 4 : 2.4) * size;
    const tickWidths = sceneTicks(this.scene, 2, 8).map(({ text }) => ctx.measureText(text).width);
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
    const strokes = { line: (size / 6) * this.theme.width, dot: size / 2.1 };
    return { width, height, size, strokes, placement, legend, legendWidth: widest + 1, named: racers.length };
  }

  view(camera: Camera, layout: Layout): View {
    return new View(camera, layout.placement);
  }

  tracks(view: View): Track[] {
    return makeTracks(this.scene, this.mesh, view);
  }

  /** Draws what doesn't change with time: the box, the surface, the minima, the names. */
  drawBackdrop(ctx: CanvasRenderingContext2D, view: View, layout: Layout): void {
    const { scene, mesh, theme } = this;
    const { width, height, size } = layout;
    ctx.save();
    ctx.fillStyle = theme.background;
    ctx.fillRect(0, 0, width, height);
    const axes = makeAxes(ctx, scene, view, size, fontFamily);
    drawWalls(ctx, axes, view);
    drawSurface(ctx, mesh, view);
    drawLabels(ctx, axes, scene, view, layout);
    const toBox = boxCoordinates(scene);
    for (const minimum of scene.minima) {
      const point = toBox(minimum[0]!, minimum[1]!, minimum[2]!);
      const { x, y } = view.project(...point);
      ctx.globalAlpha = isHidden(point, mesh, view) ? 0.4 : 1;
      drawStar(ctx, x, y, 0.6 * size);
    }
    ctx.globalAlpha = 1;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    ctx.fillStyle = theme.ink;
    if (scene.title) {
      ctx.font = `bold ${1.15 * size}px ${fontFamily}`;
      ctx.fillText(shortened(ctx, scene.title, width - 2 * size), size, 1.5 * size);
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
    const { scene, mesh, theme } = this;
    const { size, strokes } = layout;
    drawTracks(ctx, tracks, mesh, view, time, strokes, theme);
    ctx.save();
    ctx.font = `${size}px ${fontFamily}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    ctx.fillStyle = theme.muted;
    const { x, y } = stepPlace(scene, size);
    ctx.fillText(stepText(scene, Math.floor(time + 1e-9)), x, y);
    this.#legend(ctx, layout, time, false);
    ctx.restore();
  }

  /** The legend's names and marks, or the notes that are due. */
  #legend(ctx: CanvasRenderingContext2D, layout: Layout, time: number, names: boolean): void {
    const { racers, minima } = this.#named;
    const { size, legend, strokes, legendWidth, named } = layout;
    const { theme } = this;
    ctx.font = `${size}px ${fontFamily}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    const write = (text: string, x: number, y: number) =>
      ctx.fillText(shortened(ctx, text, legendWidth), x, y);
    racers.slice(0, named).forEach((racer, i) => {
      const place = legend[i]!;
      if (names) {
        const color = inTheme(racer.color, theme);
        ctx.strokeStyle = color;
        ctx.lineWidth = strokes.line;
        ctx.setLineDash(dashIn(theme, racer.dash, i));
        ctx.beginPath();
        ctx.moveTo(place.x, place.y);
        ctx.lineTo(place.x + 1.9 * size, place.y);
        ctx.stroke();
        ctx.setLineDash([]);
        drawDot(ctx, place.x + 0.95 * size, place.y, 0.8 * strokes.dot, color, false);
        ctx.fillStyle = theme.ink;
        write(nameOf(racer), place.x + 2.5 * size, place.y);
        return;
      }
      ctx.fillStyle = theme.muted;
      dueNotes(racer, time).forEach(({ text }, line) => {
        write(text, place.x + 2.5 * size, place.y + 1.35 * (line + 1) * size);
      });
    });
    if (!names) return;
    ctx.fillStyle = theme.ink;
    if (racers.length > named) {
      const place = legend.at(-1)!;
      write(moreRuns(racers.length - named), place.x + 2.5 * size, place.y);
    }
    if (minima.length === 0) return;
    const place = legend[named]!;
    write("minimum", place.x + 2.5 * size, place.y);
    drawStar(ctx, place.x + 0.95 * size, place.y, 0.6 * size);
  }
}

const nameOf = ({ name, same }: Racer) => (same === undefined ? name : `${name} (same as ${same})`);
const moreRuns = (count: number) => `… and ${count} more`;
const dueNotes = ({ notes }: Racer, time: number): Note[] => notes.filter(({ step }) => step <= time + 1e-9);

/** Draws a race as it is after so many steps, with its legend. */
export function drawRace(
  ctx: CanvasRenderingContext2D,
  scene: RaceScene,
  step: number,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  const picture = new RacePicture(scene, { legend: true });
  const layout = picture.layout(ctx, width, height, false);
  const view = picture.view(scene.camera, layout);
  picture.drawBackdrop(ctx, view, layout);
  picture.drawRuns(ctx, picture.tracks(view), view, layout, step);
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
