import type { Interval } from "../objectives/index.js";
import { multiple, niceSteps } from "./numbers.js";
import type { Path, PlanePoint, PlaneWindow } from "./plane.js";

/**
 * The part of the plane that shows all minima and all points of the paths, with a margin, its ends nice numbers. Of a
 * run that diverged only the beginning counts: a window of all its points would show nothing.
 */
export function fitWindow(paths: readonly Path[], minima: readonly PlanePoint[]): PlaneWindow {
  const boxes = [...paths.map(beginning), { x1: minima.map(({ x1 }) => x1), x2: minima.map(({ x2 }) => x2) }];
  const extents = (["x1", "x2"] as const).map((axis) => extent(boxes.map((box) => box[axis])));
  const ranges = extents.map(([low, high]) => high - low);
  // A path along an axis, or of one point, has no extent of its own.
  const floor =
    Math.max(...ranges) / 4 || Math.max(1e-6, ...extents.flat().map((end) => Math.abs(end) / 2)) || 1;
  const [x1, x2] = extents.map(([low, high]) => widen(low, high, floor)) as [Interval, Interval];
  return { x1, x2 };
}

/** The finite points that a window should hold. */
function beginning({ x1, x2, status }: Path): { x1: ArrayLike<number>; x2: ArrayLike<number> } {
  if (status !== "diverged") return { x1, x2 };
  // What the first steps reach tells how far is far.
  const away = (i: number) => Math.max(Math.abs(x1[i]! - x1[0]!), Math.abs(x2[i]! - x2[0]!));
  const near = Math.max(0, ...Array.from(x1.subarray(0, 6), (_, i) => away(i))) * 5;
  const end = x1.findIndex((_, i) => !(away(i) <= near));
  return end < 0 ? { x1, x2 } : { x1: x1.subarray(0, end), x2: x2.subarray(0, end) };
}

function extent(lists: readonly ArrayLike<number>[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      const value = list[i]!;
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return [low, high];
}

/** A margin of a tenth on both sides, out to the next nice number. */
function widen(low: number, high: number, floor: number): Interval {
  const missing = Math.max(0, floor - (high - low)) / 2;
  const range = high - low + 2 * missing;
  const margin = missing + range / 10;
  const step = niceSteps(range / 20).next().value!;
  const first = Math.floor((low - margin) / step + 1e-9);
  const last = Math.ceil((high + margin) / step - 1e-9);
  return [multiple(first, step), multiple(last, step)];
}
