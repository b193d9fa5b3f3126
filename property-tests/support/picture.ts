/** Pictures as numbers: what tests of figures look at. */
import { createCanvas, loadImage } from "@napi-rs/canvas";

export type Color = readonly [red: number, green: number, blue: number];

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** The colour of a pixel; places between pixels are rounded. */
  at(x: number, y: number): Color;
}

export async function decode(png: Uint8Array): Promise<Picture> {
  const image = await loadImage(Buffer.from(png));
  const { width, height } = image;
  const context = createCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return {
    width,
    height,
    at: (x, y) => {
      const i = 4 * (Math.round(y) * width + Math.round(x));
      return [data[i]!, data[i + 1]!, data[i + 2]!];
    },
  };
}

/** `#rrggbb` as numbers. */
export function color(hex: string): Color {
  const [red, green, blue] = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
  return [red!, green!, blue!];
}

/** The largest difference between two colours in a channel, of 255. */
export function distance(a: Color, b: Color): number {
  return Math.max(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]), Math.abs(a[2] - b[2]));
}

/** The places of all pixels of about a colour, row by row. */
export function pixelsOf(
  { width, height, at }: Picture,
  wanted: Color,
  tolerance: number,
): [number, number][] {
  const places: [number, number][] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if (distance(at(x, y), wanted) < tolerance) places.push([x, y]);
  }
  return places;
}

export const isDark = (found: Color): boolean => Math.max(...found) < 90;
const isWhite = (found: Color): boolean => Math.min(...found) > 250;

/** Runs of consecutive numbers below `count` for which a test holds, as their first numbers. */
function starts(count: number, holds: (i: number) => boolean): number[] {
  return Array.from({ length: count }, (_, i) => i).filter((i) => holds(i) && !(i > 0 && holds(i - 1)));
}

/** Where dark lines cross most of the picture: x of vertical ones, y of horizontal ones. */
export function longLines({ width, height, at }: Picture): { x: number[]; y: number[] } {
  const inColumn = new Uint32Array(width);
  const inRow = new Uint32Array(height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isDark(at(x, y))) continue;
      inColumn[x]!++;
      inRow[y]!++;
    }
  }
  return {
    x: starts(width, (x) => inColumn[x]! > 0.6 * height),
    y: starts(height, (y) => inRow[y]! > 0.6 * width),
  };
}

/** Whether nothing touches the rim: nothing is cut off there. */
export function hasClearRim({ width, height, at }: Picture, rim = 2): boolean {
  const clear = (x: number, y: number) => isWhite(at(x, y));
  for (let k = 0; k < rim; k++) {
    for (let x = 0; x < width; x++) if (!clear(x, k) || !clear(x, height - 1 - k)) return false;
    for (let y = 0; y < height; y++) if (!clear(k, y) || !clear(width - 1 - k, y)) return false;
  }
  return true;
}
