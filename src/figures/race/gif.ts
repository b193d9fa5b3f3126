/** Frames to an animated GIF: one palette for all, and of each frame only what has changed. */
import { setImmediate } from "node:timers/promises";
import * as module from "gifenc";
import type { OnProgress } from "../figure.js";

// Node takes its CommonJS file, whose functions are the default's; the package is bundled with the other, which has them itself.
const gifenc = "quantize" in module ? module : (module as { readonly default: typeof module }).default;

export interface Animation {
  readonly width: number;
  readonly height: number;
  /** How long each frame stays, in milliseconds. */
  readonly delays: readonly number[];
  /** Draws a frame; the pixels, four bytes each, need to hold until the next call only. */
  readonly draw: (frame: number) => Uint8ClampedArray;
}

/** The first colour index is the transparent one: a pixel that stays as it was. */
const unchanged = 0;

/** Encodes an animation that repeats for ever. */
export async function encodeGif(animation: Animation, onProgress: OnProgress): Promise<Uint8Array> {
  const { width, height, delays, draw } = animation;
  const count = delays.length;
  const palette = [[255, 255, 255], ...samplePalette(animation)];
  const nearest = nearestColors(palette);
  const encoder = gifenc.GIFEncoder();
  const before = new Uint32Array(width * height);
  const indices = new Uint8Array(width * height);
  for (let frame = 0; frame < count; frame++) {
    const bytes = draw(frame);
    const pixels = new Uint32Array(bytes.buffer, bytes.byteOffset, width * height);
    for (let i = 0; i < pixels.length; i++) {
      indices[i] = frame > 0 && pixels[i] === before[i] ? unchanged : nearest(pixels[i]!);
    }
    before.set(pixels);
    encoder.writeFrame(indices, width, height, {
      ...(frame === 0 ? { palette, repeat: 0 } : {}),
      delay: delays[frame]!,
      transparent: frame > 0,
      transparentIndex: unchanged,
      // Each frame is drawn over the one before.
      dispose: 1,
    });
    onProgress(frame + 1, count);
    // So that what waits in the program gets its turn.
    await setImmediate();
  }
  encoder.finish();
  return encoder.bytes();
}

/** 255 colours for the frames in the middle and at the end: what is seen in the others is seen in one of these. */
function samplePalette({ delays, draw }: Animation): number[][] {
  const frames = [Math.floor(delays.length / 2), delays.length - 1];
  const drawn = frames.map((frame) => draw(frame).slice());
  const both = new Uint8ClampedArray(drawn[0]!.length * 2);
  for (const [i, bytes] of drawn.entries()) both.set(bytes, i * bytes.length);
  return gifenc.quantize(both, 255, { format: "rgb565" });
}

/** The index of the palette's nearest colour to a pixel (little endian: 0xAABBGGRR), never the transparent one. */
function nearestColors(palette: readonly (readonly number[])[]): (pixel: number) => number {
  const known = new Map<number, number>();
  return (pixel) => {
    const found = known.get(pixel);
    if (found !== undefined) return found;
    const [r, g, b] = [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
    let best = unchanged + 1;
    let least = Number.POSITIVE_INFINITY;
    for (let i = unchanged + 1; i < palette.length; i++) {
      const [pr, pg, pb] = palette[i]! as [number, number, number];
      const distance = (r - pr) ** 2 + (g - pg) ** 2 + (b - pb) ** 2;
      if (distance >= least) continue;
      least = distance;
      best = i;
    }
    known.set(pixel, best);
    return best;
  };
}
