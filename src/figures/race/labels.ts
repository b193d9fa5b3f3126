/// <reference lib="dom" />
/** Text that keeps clear of other text. */
import { tickStep, ticks } from "d3-array";
import type { Pixel, Rectangle } from "./camera.js";

/** Places labels on a picture; one that would touch another is left out or moved on. */
export class Labels {
  readonly #taken: Rectangle[] = [];
  readonly #ctx: CanvasRenderingContext2D;
  readonly #height: number;
  readonly #width: number;

  /** Uses the context's font, whose height in pixels is `height`, in a picture of the width `width`. */
  constructor(ctx: CanvasRenderingContext2D, height: number, width: number) {
    this.#ctx = ctx;
    this.#height = height;
    this.#width = width;
  }

  /**
   * Draws `text` beside `at`, on the side of the unit vector `outward`, `gap` pixels away. If that place is taken, tries
   * up to `tries` places farther out. Tells how far out the label reaches, or 0 where it has found no place.
   */
  place(text: string, at: Pixel, outward: Pixel, gap: number, tries: number): number {
    const ctx = this.#ctx;
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
      if (this.#taken.some((other) => overlap(box, other))) continue;
      this.#taken.push(box);
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      // The halo keeps a label readable that lies over the surface.
      ctx.lineWidth = height / 4;
      ctx.strokeStyle = "#ffffffc0";
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

/** About `count` round numbers inside a range, as they are written: all with the decimals that their step needs. */
export function writtenTicks(low: number, high: number, count: number): { value: number; text: string }[] {
  const power = Math.floor(Math.log10(tickStep(low, high, count)) + 1e-9);
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const plain = largest < 1e5 && power >= -4;
  return ticks(low, high, count).map((value) => {
    const digits = Math.max(0, Math.floor(Math.log10(Math.abs(value))) - power);
    const text = plain ? value.toFixed(Math.max(0, -power)) : value === 0 ? "0" : value.toExponential(digits);
    return { value, text: minus(text.replace("e+", "e")) };
  });
}

/** With U+2212 for the minus, which is as wide as a digit. */
export function minus(text: string): string {
  return text.replaceAll("-", "−");
}
