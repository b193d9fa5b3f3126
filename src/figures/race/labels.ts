/// <reference lib="dom" />
/** Text that keeps clear of other text. */
import { ticks } from "d3-array";
import { axisNumbers, formatNumber } from "../numbers.js";
import { shortened } from "../texts.js";
import type { Pixel, Rectangle } from "./camera.js";
import type { RaceScene } from "./scene.js";

/** How large a picture is. */
export type PictureBox = Pick<Rectangle, "width" | "height">;

/** Places labels on a picture; one that would touch another is left out or moved on. */
export class Labels {
  readonly #taken: Rectangle[] = [];
  readonly #ctx: CanvasRenderingContext2D;
  readonly #height: number;
  readonly #width: number;
  readonly #bottom: number;
  readonly #halo: string;

  /** Uses the context's font, whose height in pixels is `size`, in a picture of a width and a height. */
  constructor(ctx: CanvasRenderingContext2D, size: number, picture: PictureBox, halo: string) {
    this.#ctx = ctx;
    this.#height = size;
    this.#width = picture.width;
    this.#bottom = picture.height;
    this.#halo = halo;
  }

  /** Keeps labels off the place of a text that begins at `at`, at half its height. */
  keepOff(text: string, { x, y }: Pixel): void {
    const height = this.#height;
    this.#taken.push({ x, y: y - height / 2, width: this.#ctx.measureText(text).width, height });
  }

  /**
   * Draws a text beside `at`, on the side of the unit vector `outward`, `gap` pixels away. If that place is taken, tries
   * up to `tries` places farther out. Tells how far out the label reaches, or 0 where it has found no place.
   */
  place(whole: string, at: Pixel, outward: Pixel, gap: number, tries: number): number {
    const ctx = this.#ctx;
    const text = shortened(ctx, whole, this.#width - this.#height);
    const width = ctx.measureText(text).width;
    const height = this.#height;
    const half = (Math.abs(outward.x) * width + Math.abs(outward.y) * height) / 2;
    for (let i = 0; i <= tries; i++) {
      const reach = gap + half + (i * height) / 3;
      const margin = height / 3;
      const left = at.x + reach * outward.x - width / 2;
      const box = {
        x: Math.max(margin, Math.min(this.#width - margin - width, left)),
        y: at.y + reach * outward.y - height / 2,
        width,
        height,
      };
      const isCut = box.y < 0 || box.y + height > this.#bottom;
      if (isCut || this.#taken.some((other) => overlap(box, other))) continue;
      this.#taken.push(box);
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      // The halo keeps a label readable that lies over the surface.
      ctx.lineWidth = height / 4;
      ctx.strokeStyle = this.#halo;
      ctx.strokeText(text, box.x + width / 2, box.y + height / 2);
      ctx.fillText(text, box.x + width / 2, box.y + height / 2);
      return reach + half;
    }
    return 0;
  }
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  const apart = 5;
  return (
    a.x < b.x + b.width + apart && b.x < a.x + a.width + apart && a.y < b.y + b.height && b.y < a.y + a.height
  );
}

/** How a picture tells the step, and where. */
export const stepText = ({ steps }: RaceScene, time: number): string => `step ${time} of ${steps}`;
export const stepPlace = ({ title }: RaceScene, size: number): Pixel => ({
  x: size,
  y: (title ? 3.1 : 1.5) * size,
});

/** About `count` round numbers inside a range, as they are written. */
export function writtenTicks(low: number, high: number, count: number): { value: number; text: string }[] {
  const values = ticks(low, high, count);
  const texts = axisNumbers(low, high).texts(values);
  return values.map((value, i) => ({ value, text: texts[i]! }));
}

/** About `count` ticks of an axis of a scene. */
export function sceneTicks(
  { ranges, height }: RaceScene,
  axis: 0 | 1 | 2,
  count: number,
): { value: number; text: string }[] {
  const [low, high] = ranges[axis];
  if (axis < 2 || !height) return writtenTicks(low, high, count);
  if ("quantiles" in height) {
    const { quantiles } = height;
    const last = quantiles.length - 1;
    const wanted = Array.from({ length: count }, (_, i) => quantiles[Math.round((i * last) / (count - 1))]!);
    const values = [...new Set(wanted)].map((value, i, all) => {
      const room = Math.min(value - (all[i - 1] ?? -Infinity), (all[i + 1] ?? Infinity) - value) / 10;
      const digits = [1, 2, 3, 4].find((one) => Math.abs(Number(value.toPrecision(one)) - value) <= room);
      return Math.min(high, Math.max(low, Number(value.toPrecision(digits ?? 5))));
    });
    return values.map((value) => ({ value, text: formatNumber(value, 5) }));
  }
  const { base, unit } = height;
  const decades = Array.from({ length: 40 }, (_, k) => base + unit * 10 ** k);
  const inside = [base, ...decades]
    .map((value) => Number(value.toPrecision(12)))
    .filter((value) => value >= low && value <= high);
  const stride = Math.ceil(inside.length / count);
  const values = inside.filter((_, i) => i % stride === 0);
  const texts = axisNumbers(low, high).texts(values);
  return values.map((value, i) => ({ value, text: texts[i]! }));
}

/** What an axis of a scene is called. */
export function sceneLabel({ ranges, labels }: RaceScene, axis: 0 | 1 | 2): string {
  return axisNumbers(...ranges[axis]).title(labels[axis]);
}
