/// <reference lib="dom" />
/** The surface of a scene: four-sided faces over the grid, cut at the box's floor and ceiling, painted far to near. */
import { type BoxPoint, boxCoordinates, boxHeight, type Pixel, type View } from "./camera.js";
import type { RaceScene } from "./scene.js";

/** The grid in the box's coordinates: what the painter and the test of visibility share. */
export interface Mesh {
  readonly columns: number;
  readonly rows: number;
  /** Heights, row by row; NaN where f isn't finite. */
  readonly heights: Float64Array;
  /** A colour for each face, row by row; the list is one shorter than the grid in both directions. */
  readonly colors: readonly string[];
  readonly edges: string | null;
  readonly every: number;
}

export function makeMesh(scene: RaceScene): Mesh {
  const { columns, rows, values, colors, edges, every = 1 } = scene.surface;
  const toBox = boxCoordinates(scene);
  const heights = Float64Array.from(values, (value) => (value === null ? Number.NaN : toBox(0, 0, value)[2]));
  // The colours span what is seen of the surface, not the box, which may be higher.
  const seen = Array.from(heights)
    .filter((height) => !Number.isNaN(height))
    .map(clamp);
  const [low, high] = seen.reduce(([a, b], height) => [Math.min(a, height), Math.max(b, height)], [1, -1]);
  const faces: string[] = [];
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      const mean =
        [at, at + 1, at + columns, at + columns + 1]
          .map((i) => clamp(heights[i]!))
          .reduce((sum, height) => sum + height, 0) / 4;
      // A face with a corner that isn't finite is not drawn and needs no colour.
      const share = high > low && !Number.isNaN(mean) ? (mean - low) / (high - low) : 0.5;
      faces.push(colors[Math.round(share * (colors.length - 1))]!);
    }
  }
  return { columns, rows, heights, colors: faces, edges, every };
}

/** A height as far as the box shows it. */
function clamp(height: number): number {
  return Math.min(boxHeight, Math.max(-boxHeight, height));
}

/** The surface's height between its samples, bilinear. */
export function heightAt({ columns, rows, heights }: Mesh, u: number, v: number): number {
  const column = ((u + 1) / 2) * (columns - 1);
  const row = ((v + 1) / 2) * (rows - 1);
  const i = Math.min(columns - 2, Math.max(0, Math.floor(column)));
  const j = Math.min(rows - 2, Math.max(0, Math.floor(row)));
  const [s, t] = [column - i, row - j];
  const at = j * columns + i;
  const near = (1 - s) * heights[at]! + s * heights[at + 1]!;
  const far = (1 - s) * heights[at + columns]! + s * heights[at + columns + 1]!;
  return (1 - t) * near + t * far;
}

/** Where on the surface a pixel is: its nearest place to the eye; none beside the surface. */
export function placeAt(mesh: Mesh, view: View, pixel: Pixel): readonly [u: number, v: number] | undefined {
  const ray = view.ray(pixel);
  const [nearest, farthest, steps] = [1.7, -1.7, 600];
  let before: { readonly point: BoxPoint; readonly gap: number } | undefined;
  for (let k = 0; k <= steps; k++) {
    const point = ray(nearest + ((farthest - nearest) * k) / steps);
    const [u, v, w] = point;
    const isInside = Math.abs(u) <= 1 && Math.abs(v) <= 1 && Math.abs(w) <= boxHeight;
    const gap = isInside ? w - heightAt(mesh, u, v) : Number.NaN;
    if (before && before.gap * gap <= 0) {
      const share = before.gap === gap ? 0 : before.gap / (before.gap - gap);
      const at = (i: 0 | 1) => before!.point[i] + share * (point[i] - before!.point[i]);
      return [at(0), at(1)];
    }
    before = { point, gap };
  }
  return undefined;
}

/** The coordinate of sample i of n along u or v. */
export function gridCoordinate(i: number, n: number): number {
  return (2 * i) / (n - 1) - 1;
}

/**
 * Draws the faces from far to near. For a height over a grid this order needs no depths: on a ray from the eye both
 * coordinates run one way, so a face that is nearer in both can't be hidden by the other.
 */
export function drawSurface(ctx: CanvasRenderingContext2D, mesh: Mesh, view: View): void {
  const { columns, rows, heights, colors, edges, every } = mesh;
  const pixels: Pixel[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const height = heights[row * columns + column]!;
      pixels.push(view.project(gridCoordinate(column, columns), gridCoordinate(row, rows), height));
    }
  }
  ctx.save();
  ctx.lineJoin = "round";
  for (const row of farToNear(rows - 1, view.eye[1])) {
    for (const column of farToNear(columns - 1, view.eye[0])) {
      const first = row * columns + column;
      const indices = [first, first + 1, first + columns + 1, first + columns];
      const outline = face(indices, mesh, pixels, view);
      if (outline.length < 3) continue;
      ctx.beginPath();
      outline.forEach(({ x, y }, i) => {
        if (i === 0) ctx.moveTo(x, y);
        else ctx.lineTo(x, y);
      });
      ctx.closePath();
      const color = colors[row * (columns - 1) + column]!;
      ctx.fillStyle = color;
      ctx.fill();
      // Even without a grid each outline is stroked: antialiasing would leave seams between the faces.
      const isOutlined = edges !== null && every === 1;
      ctx.strokeStyle = isOutlined ? edges : color;
      ctx.lineWidth = isOutlined ? 0.5 : 0.75;
      ctx.stroke();
      if (edges === null || isOutlined || indices.some((i) => !(Math.abs(heights[i]!) <= boxHeight)))
        continue;
      const [a, b, c, d] = indices.map((i) => pixels[i]!) as [Pixel, Pixel, Pixel, Pixel];
      ctx.beginPath();
      for (const [isLine, from, to] of [
        [row % every === 0, a, b],
        [(row + 1) % every === 0, d, c],
        [column % every === 0, a, d],
        [(column + 1) % every === 0, b, c],
      ] as const) {
        if (!isLine) continue;
        ctx.moveTo(from.x, from.y);
        ctx.lineTo(to.x, to.y);
      }
      ctx.strokeStyle = edges;
      ctx.lineWidth = 0.5;
      ctx.stroke();
    }
  }
  ctx.restore();
}

/** The pixels of a face's outline, cut where it leaves the box; none where f isn't finite at a corner. */
function face(indices: readonly number[], mesh: Mesh, pixels: readonly Pixel[], view: View): Pixel[] {
  const { columns, rows, heights } = mesh;
  const inside = indices.every((i) => Math.abs(heights[i]!) <= boxHeight);
  if (inside) return indices.map((i) => pixels[i]!);
  if (indices.some((i) => Number.isNaN(heights[i]!))) return [];
  let outline: readonly BoxPoint[] = indices.map((i) => [
    gridCoordinate(i % columns, columns),
    gridCoordinate(Math.floor(i / columns), rows),
    heights[i]!,
  ]);
  for (const side of [-1, 1]) outline = cut(outline, side);
  return outline.map((point) => view.project(...point));
}

/** Sutherland and Hodgman's cut of an outline by the plane side·w = boxHeight. */
function cut(outline: readonly BoxPoint[], side: number): BoxPoint[] {
  return outline.flatMap((from, i) => {
    const to = outline[(i + 1) % outline.length]!;
    const [a, b] = [boxHeight - side * from[2], boxHeight - side * to[2]];
    const kept = a >= 0 ? [from] : [];
    if (a >= 0 === b >= 0) return kept;
    const share = a / (a - b);
    const crossing: BoxPoint = [
      from[0] + share * (to[0] - from[0]),
      from[1] + share * (to[1] - from[1]),
      side * boxHeight,
    ];
    return [...kept, crossing];
  });
}

/** The cells 0 … count − 1 of an axis, those farthest from the eye's coordinate first. */
function farToNear(count: number, eye: number): number[] {
  const gap = (cell: number): number => Math.abs(gridCoordinate(cell + 0.5, count + 1) - eye);
  return Array.from({ length: count }, (_, cell) => cell).sort((a, b) => gap(b) - gap(a));
}
