/** Sliding windows on a dialect's primitives: a strided slice for each element of a window, and their transpose. */
import type { Shape } from "../../../graph/index.js";
import { sizeOf, unravel } from "../../../graph/internal.js";
import type { Dialect, Value } from "./dialect.js";

/** Windows over some axes in a row. */
export interface Sliding {
  readonly axis: number;
  readonly windows: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** The boxes of the whole that hold the first, the second … element of all windows. */
function boxesOf(whole: Shape, windows: Shape, { axis, windows: lengths, strides, dilations }: Sliding) {
  const rank = lengths.length;
  const counts = windows.slice(axis, axis + rank);
  const shape = whole.map((length, i) => counts[i - axis] ?? length);
  const steps = whole.map((_, i) => (counts[i - axis] === undefined ? 1 : strides[i - axis]!));
  const starts = Array.from({ length: sizeOf(lengths) }, (_, place) => {
    const at = unravel(place, lengths);
    return whole.map((_, i) => (at[i - axis] ?? 0) * (dilations[i - axis] ?? 1));
  });
  return { shape, steps: steps.map((step, i) => (shape[i] === 1 ? 1 : step)), starts };
}

export function windowsOf<V extends Value>(dialect: Dialect<V>, x: V, sliding: Sliding, shape: Shape): V {
  if (sizeOf(shape) === 0) return dialect.full(0, shape);
  const box = boxesOf(x.shape, shape, sliding);
  const at = sliding.axis + sliding.windows.length;
  const parts = box.starts.map((starts) =>
    dialect.reshape(dialect.slice(x, starts, box.shape, box.steps), box.shape.toSpliced(at, 0, 1)),
  );
  return dialect.reshape(parts.length === 1 ? parts[0]! : dialect.concatenate(parts, at), shape);
}

export function addedWindows<V extends Value>(dialect: Dialect<V>, x: V, sliding: Sliding, shape: Shape): V {
  if (sizeOf(x.shape) === 0) return dialect.full(0, shape);
  const box = boxesOf(shape, x.shape, sliding);
  const at = sliding.axis + sliding.windows.length;
  const count = sizeOf(sliding.windows);
  const flat = dialect.bind(dialect.reshape(x, box.shape.toSpliced(at, 0, count)), { uses: count });
  const ones = flat.shape.map(() => 1);
  return box.starts
    .map((starts, place) => {
      const own = dialect.slice(
        flat,
        flat.shape.map((_, i) => (i === at ? place : 0)),
        flat.shape.with(at, 1),
        ones,
      );
      const between = box.steps.map((step) => step - 1);
      const high = starts.map(
        (start, i) => shape[i]! - start - ((box.shape[i]! - 1) * (between[i]! + 1) + 1),
      );
      return dialect.pad(dialect.reshape(own, box.shape), starts, high, between);
    })
    .reduce((a, b) => dialect.binary("add", a, b));
}
