/** From the box of a scene to pixels: a camera that circles the box and looks at its centre. */

import { heightOf, type RaceScene } from "./scene.js";

/** Where the camera stands: degrees round the vertical axis from x1 towards x2, degrees above the floor, magnification. */
export interface Camera {
  readonly azimuth: number;
  readonly elevation: number;
  readonly zoom: number;
}

/** A point in the box: u and v run from −1 to 1 across the floor, w from −boxHeight to boxHeight. */
export type BoxPoint = readonly [u: number, v: number, w: number];

export interface Pixel {
  readonly x: number;
  readonly y: number;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the box's centre lies in a picture, and how many pixels one unit of the box takes there. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** Half the height of the box; half its widths are 1. The proportions, 4:4:3, are those of matplotlib. */
export const boxHeight = 0.75;

/** From the camera to the box's centre, in units of the box: far enough for a calm perspective. */
const distance = 8;

/** The eight corners of the box. */
export const corners: readonly BoxPoint[] = [-1, 1].flatMap((u) =>
  [-1, 1].flatMap((v) => [-boxHeight, boxHeight].map((w): BoxPoint => [u, v, w])),
);

/** A function from the numbers of a scene (x1, x2, f) to its box. */
export function boxCoordinates({
  ranges,
  height,
}: Pick<RaceScene, "ranges" | "height">): (x1: number, x2: number, value: number) => BoxPoint {
  const unit = (x: number, low: number, high: number): number => (2 * (x - low)) / (high - low) - 1;
  const [first, second, values] = ranges;
  const [floor, ceiling] = [heightOf(height, values[0]), heightOf(height, values[1])];
  return (x1, x2, value) => [
    unit(x1, ...first),
    unit(x2, ...second),
    boxHeight * unit(heightOf(height, value), floor, ceiling),
  ];
}

/** A camera and the place of its picture: projects points of the box to pixels. */
export class View {
  readonly camera: Camera;
  readonly placement: Placement;
  /** Where the camera stands, in the box's coordinates. */
  readonly eye: BoxPoint;
  readonly #right: BoxPoint;
  readonly #up: BoxPoint;
  readonly #forward: BoxPoint;

  constructor(camera: Camera, placement: Placement) {
    this.camera = camera;
    this.placement = placement;
    const azimuth = (camera.azimuth * Math.PI) / 180;
    const elevation = (camera.elevation * Math.PI) / 180;
    const [sinA, cosA, sinE, cosE] = [
      Math.sin(azimuth),
      Math.cos(azimuth),
      Math.sin(elevation),
      Math.cos(elevation),
    ];
    this.#right = [-sinA, cosA, 0];
    this.#up = [-sinE * cosA, -sinE * sinA, cosE];
    this.#forward = [cosE * cosA, cosE * sinA, sinE];
    this.eye = [distance * cosE * cosA, distance * cosE * sinA, distance * sinE];
  }

  /** The pixel of a point: its offset along the camera's right and up, in perspective. */
  project(u: number, v: number, w: number): Pixel {
    const along = ([a, b, c]: BoxPoint): number => a * u + b * v + c * w;
    const { x, y, scale } = this.placement;
    const pixels = (scale * this.camera.zoom * distance) / (distance - along(this.#forward));
    return { x: x + pixels * along(this.#right), y: y - pixels * along(this.#up) };
  }

  /** The points that a pixel shows, by how near they are along the line of sight. */
  ray({ x, y }: Pixel): (near: number) => BoxPoint {
    const { x: left, y: top, scale } = this.placement;
    return (near) => {
      const pixels = (scale * this.camera.zoom * distance) / (distance - near);
      const [right, up] = [(x - left) / pixels, (top - y) / pixels];
      const at = (i: 0 | 1 | 2) => right * this.#right[i] + up * this.#up[i] + near * this.#forward[i];
      return [at(0), at(1), at(2)];
    };
  }
}

/** The placement that fills `area` with the box at zoom 1; with `turning` it stays inside as it turns round. */
export function fit(camera: Camera, area: Rectangle, turning: boolean): Placement {
  const seen = turning
    ? [0, 45].map((azimuth) => ({ azimuth, elevation: camera.elevation, zoom: 1 }))
    : [{ ...camera, zoom: 1 }];
  const pixels = seen.flatMap((one) => {
    const view = new View(one, { x: 0, y: 0, scale: 1 });
    return corners.map((corner) => view.project(...corner));
  });
  const [left, right] = [Math.min(...pixels.map(({ x }) => x)), Math.max(...pixels.map(({ x }) => x))];
  const [top, bottom] = [Math.min(...pixels.map(({ y }) => y)), Math.max(...pixels.map(({ y }) => y))];
  const scale = Math.max(1, Math.min(area.width / (right - left), area.height / (bottom - top)));
  return {
    scale,
    x: area.x + area.width / 2 - (scale * (left + right)) / 2,
    y: area.y + area.height / 2 - (scale * (top + bottom)) / 2,
  };
}
