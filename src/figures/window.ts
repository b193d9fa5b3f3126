import type { Interval } from "../objectives/index.js";
import { multiple, niceSteps } from "./numbers.js";
import type { Path, PlanePoint, PlaneWindow } from "./plane.js";

/**
 * The part of the plane that shows all minima and all points of the paths, with a margin, its ends nice numbers. A window
 * of all points of a run that diverged would show nothing: of those, the ones count that lie in the objective's `usual`
 * window; where that isn't known, those at its beginning.
 */
export function fitWindow(
  paths: readonly Path[],
  minima: readonly PlanePoint[],
  usual?: PlaneWindow,
): PlaneWindow {
  const boxes = paths.map((path) =>
    path.status !== "diverged" ? path : usual ? inside(path, usual) : beginning(path),
  );
  boxes.push({
    x1: Float64Array.from(minima, ({ x1 }) => x1),
    x2: Float64Array.from(minima, ({ x2 }) => x2),
  });
  const extents = (["x1", "x2"] as const).map((axis) => extent(boxes.map((box) => box[axis])));
  const ranges = extents.map(([low, high]) => high - low);
  // A path along an axis, or of one point, has no extent of its own; nor has one whose numbers are hardly any.
  const size = Math.max(...extents.flat().map(Math.abs));
  const widest = Math.max(...ranges);
  const least = widest > 1e-12 * size ? widest / 4 : size;
  const floor = least >= 1e-290 ? least : 1;
  const [x1, x2] = extents.map(([low, high]) => widen(low, high, floor)) as [Interval, Interval];
  return { x1, x2 };
}

type Points = Pick<Path, "x1" | "x2">;

/** The start, and the points in the window. */
function inside({ x1, x2 }: Points, window: PlaneWindow): Points {
  const isIn = (value: number, [low, high]: Interval) => value >= low && value <= high;
  const keeps = (i: number) => i === 0 || (isIn(x1[i]!, window.x1) && isIn(x2[i]!, window.x2));
  return { x1: x1.filter((_, i) => keeps(i)), x2: x2.filter((_, i) => keeps(i)) };
}

/** The points before the first that is much farther from the start than the first steps reach. */
function beginning({ x1, x2 }: Points): Points {
  const away = (i: number) => Math.max(Math.abs(x1[i]! - x1[0]!), Math.abs(x2[i]! - x2[0]!));
  const near = 5 * Math.max(...Array.from(x1.subarray(0, 6), (_, i) => away(i)));
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
