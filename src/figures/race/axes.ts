/// <reference lib="dom" />
/** The box round the surface: three walls behind it with grid lines, and ticks and labels on its outer edges. */
import { type Theme, themeOf } from "../style.js";
import { type BoxPoint, boxHeight, type Pixel, type View } from "./camera.js";
import { Labels, type PictureBox, sceneLabel, sceneTicks, stepPlace, stepText } from "./labels.js";
import { heightOf, type RaceScene } from "./scene.js";

/** The half extents of the box along its three axes. */
const extents = [1, 1, boxHeight] as const;

/** An axis of the box: the edge that carries its ticks. */
interface Edge {
  readonly axis: 0 | 1 | 2;
  /** The other two coordinates, at their place; that of the axis itself is not used. */
  readonly at: BoxPoint;
  readonly from: Pixel;
  readonly to: Pixel;
  /** The unit vector across the edge, away from the box. */
  readonly outward: Pixel;
}

/** The sides of the box behind the surface: −1 or 1 along each axis; the camera is never below the floor. */
function farSides(view: View): readonly [number, number, number] {
  return [view.eye[0] > 0 ? -1 : 1, view.eye[1] > 0 ? -1 : 1, -1];
}

function withCoordinate(point: BoxPoint, axis: number, coordinate: number): BoxPoint {
  return [
    axis === 0 ? coordinate : point[0],
    axis === 1 ? coordinate : point[1],
    axis === 2 ? coordinate : point[2],
  ];
}

/** The edges for the ticks: those of the floor nearest to the camera, and the leftmost upright one. */
function tickEdges(view: View): Edge[] {
  const [farU, farV, floor] = farSides(view);
  const uprights = [-1, 1].flatMap((u) => [-1, 1].map((v): BoxPoint => [u, v, 0]));
  uprights.sort((a, b) => view.project(...a).x - view.project(...b).x);
  const places: readonly BoxPoint[] = [
    [0, -farV, floor * boxHeight],
    [-farU, 0, floor * boxHeight],
    uprights[0]!,
  ];
  const centre = view.project(0, 0, 0);
  return places.map((at, i) => {
    const axis = i as 0 | 1 | 2;
    const from = view.project(...withCoordinate(at, axis, -extents[axis]));
    const to = view.project(...withCoordinate(at, axis, extents[axis]));
    const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const across = { x: (from.y - to.y) / length, y: (to.x - from.x) / length };
    const away = across.x * (middle.x - centre.x) + across.y * (middle.y - centre.y) >= 0 ? 1 : -1;
    return { axis, at, from, to, outward: { x: away * across.x, y: away * across.y } };
  });
}

/** As many ticks as fit on an edge with all their labels: an edge seen end on has none. */
function edgeTicks(
  ctx: CanvasRenderingContext2D,
  scene: RaceScene,
  view: View,
  edge: Edge,
  size: number,
): { at: number; text: string }[] {
  const { axis, from, to } = edge;
  if (Math.hypot(to.x - from.x, to.y - from.y) < 3 * size) return [];
  const place = (value: number) => (axis === 2 ? heightOf(scene.height, value) : value);
  const [low, high] = scene.ranges[axis].map(place) as [number, number];
  for (let count = 10; count > 1; count--) {
    const marks = sceneTicks(scene, axis, count).map(({ value, text }) => {
      const at = extents[axis] * ((2 * (place(value) - low)) / (high - low) - 1);
      const pixel = view.project(...withCoordinate(edge.at, axis, at));
      return { at, text, pixel, width: ctx.measureText(text).width };
    });
    const crowded = marks.some((mark, i) => {
      const before = marks[i - 1];
      if (!before) return false;
      const across = Math.abs(mark.pixel.x - before.pixel.x) - (mark.width + before.width) / 2;
      return across < 0.8 * size && Math.abs(mark.pixel.y - before.pixel.y) < 1.8 * size;
    });
    if (!crowded) return marks;
  }
  return [];
}

/** The walls and edges as one camera sees them, with ticks in text of the height `size`. */
export interface Axes {
  readonly theme: Theme;
  readonly size: number;
  readonly font: string;
  readonly edges: readonly Edge[];
  readonly marks: readonly (readonly { readonly at: number; readonly text: string }[])[];
}

/** Chooses the edges and ticks for a view. */
export function makeAxes(
  ctx: CanvasRenderingContext2D,
  scene: RaceScene,
  view: View,
  size: number,
  family: string,
): Axes {
  const font = `${size}px ${family}`;
  ctx.font = font;
  const edges = tickEdges(view);
  return {
    theme: themeOf(scene.theme),
    size,
    font,
    edges,
    marks: edges.map((edge) => edgeTicks(ctx, scene, view, edge, size)),
  };
}

/** Draws the walls and the grid on them, which the surface may cover. */
export function drawWalls(ctx: CanvasRenderingContext2D, { theme, edges, marks }: Axes, view: View): void {
  const far = farSides(view);
  ctx.save();
  ctx.lineJoin = "round";
  for (const axis of [0, 1, 2] as const) drawWall(ctx, view, axis, far[axis], marks, theme);
  for (const { from, to } of edges) inkLine(ctx, from, to, theme);
  ctx.restore();
}

/** Draws the edges' ticks and the labels, which nothing covers. */
export function drawLabels(
  ctx: CanvasRenderingContext2D,
  { theme, size, font, edges, marks }: Axes,
  scene: RaceScene,
  view: View,
  picture: PictureBox,
): void {
  ctx.save();
  ctx.lineJoin = "round";
  ctx.font = font;
  ctx.fillStyle = theme.ink;
  const labels = new Labels(ctx, size, picture, `${theme.background}c0`);
  labels.keepOff(stepText(scene, scene.steps), stepPlace(scene, size));
  const reaches = edges.map((edge, i) => {
    let reach = 0.5 * size;
    for (const { at, text } of marks[i]!) {
      const pixel = view.project(...withCoordinate(edge.at, edge.axis, at));
      const tip = {
        x: pixel.x + 0.4 * size * edge.outward.x,
        y: pixel.y + 0.4 * size * edge.outward.y,
      };
      inkLine(ctx, pixel, tip, theme);
      reach = Math.max(reach, labels.place(text, pixel, edge.outward, 0.65 * size, 0));
    }
    return reach;
  });
  edges.forEach((edge, i) => {
    const { axis, from, to, outward } = edge;
    if (Math.hypot(to.x - from.x, to.y - from.y) < 3.2 * size) return;
    // The label of the upright axis stands above it, where text needs no turning, or where there is no room beside its end.
    if (axis === 2) {
      const top = from.y < to.y ? from : to;
      const text = sceneLabel(scene, axis);
      const reach = labels.place(text, top, { x: 0, y: -1 }, 0.9 * size, 9);
      if (reach === 0) labels.place(text, top, { x: 1, y: 0 }, 0.9 * size, 9);
    } else {
      const middle = view.project(...withCoordinate(edge.at, axis, 0));
      labels.place(sceneLabel(scene, axis), middle, outward, reaches[i]! + 0.3 * size, 9);
    }
  });
  ctx.restore();
}

function inkLine(ctx: CanvasRenderingContext2D, from: Pixel, to: Pixel, { ink }: Theme): void {
  ctx.strokeStyle = ink;
  ctx.lineWidth = 1;
  line(ctx, from, to);
}

/** One wall: its panel, the lines of the two axes that span it, and its outline. */
function drawWall(
  ctx: CanvasRenderingContext2D,
  view: View,
  axis: 0 | 1 | 2,
  side: number,
  marks: readonly (readonly { readonly at: number }[])[],
  { wall, grid }: Theme,
): void {
  const spanning = ([0, 1, 2] as const).filter((other) => other !== axis);
  const [a, b] = spanning as [0 | 1 | 2, 0 | 1 | 2];
  const base = withCoordinate([0, 0, 0], axis, side * extents[axis]);
  const corner = (s: number, t: number): Pixel =>
    view.project(...withCoordinate(withCoordinate(base, a, s * extents[a]), b, t * extents[b]));
  const outline = [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
  ctx.beginPath();
  outline.forEach(({ x, y }, i) => {
    if (i === 0) ctx.moveTo(x, y);
    else ctx.lineTo(x, y);
  });
  ctx.closePath();
  ctx.fillStyle = wall;
  ctx.fill();
  ctx.strokeStyle = grid;
  ctx.lineWidth = 1;
  ctx.stroke();
  for (const [along, across] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const { at } of marks[along]!) {
      const point = withCoordinate(base, along, at);
      line(
        ctx,
        view.project(...withCoordinate(point, across, -extents[across])),
        view.project(...withCoordinate(point, across, extents[across])),
      );
    }
  }
}

function line(ctx: CanvasRenderingContext2D, from: Pixel, to: Pixel): void {
  ctx.beginPath();
  ctx.moveTo(from.x, from.y);
  ctx.lineTo(to.x, to.y);
  ctx.stroke();
}
