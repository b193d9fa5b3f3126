// What long runs lose without a picture showing it. No import of values, so that pages use it, too.
import type { Path, PlaneWindow } from "./plane.js";

/** When the points of a run are: a trajectory may hold one of several steps, and its last point follows. */
export interface Stepping {
  readonly stride: number;
  /** Those of the whole run. */
  readonly steps: number;
}

/** The steps taken before a point. */
export function stepAt({ stride, steps }: Stepping, point: number): number {
  return Math.min(point * stride, steps);
}

/** Runs that are no longer have a dot for each step. */
const shortRun = 200;

/** A dot stands at every so many steps of all runs: at each of short ones, else at 2, 5, 10, 20, … of them. */
export function dotStride(runs: readonly Stepping[]): number {
  const recorded = Math.max(1, ...runs.map(({ stride }) => stride));
  const longest = Math.max(0, ...runs.map(({ steps }) => steps)) / recorded;
  let stride = 1;
  for (const factor of nice()) {
    stride = factor;
    if (longest / factor <= shortRun) break;
  }
  return recorded * stride;
}

function* nice(): Generator<number> {
  for (let power = 1; power < 1e15; power *= 10) yield* [power, 2 * power, 5 * power];
}

/** The pixels of the picture for which paths are thinned; half of one isn't seen. */
const [across, up] = [1000, 600];

/** What is kept of a path: the places of its points, and those of them to which no line leads. */
export interface Kept {
  readonly places: readonly number[];
  readonly gaps: readonly number[];
}

/**
 * The points of a path that a picture of the window shows: without those that lie on the one kept before, unless a dot stands
 * there. Of more than `most`, without those whose line covers nothing that those before it haven't covered: the line to the
 * next then begins anew, at a gap.
 */
export function keptPoints(path: Path, window: PlaneWindow, dots: number, most = 4000): Kept {
  const u = inPixels(path.x1, window.x1, across);
  const v = inPixels(path.x2, window.x2, up);
  const places = apart(path, u, v, dots);
  if (places.length <= most) return { places, gaps: [] };
  // Of very many, a fine look would keep too many in any case.
  for (let cell = places.length > 8 * most ? 4 : 1; ; cell *= 2) {
    const kept = covering(places, u, v, cell);
    if (kept.places.length <= most || cell > across) return kept;
  }
}

function inPixels(x: Float64Array, [low, high]: readonly [number, number], size: number): Float64Array {
  const middle = low / 2 + high / 2;
  return x.map((value) => ((value - middle) / (high - low)) * size);
}

/** Those at least half a pixel from the last one, and those with a dot that are as far from the last dot. */
function apart({ x1, ...path }: Path, u: Float64Array, v: Float64Array, dots: number): number[] {
  const places: number[] = [];
  let [last, dot] = [-1, -1];
  const isFar = (from: number, to: number) =>
    // Anything that isn't finite is far: a line ends there.
    from < 0 || !(Math.hypot(u[to]! - u[from]!, v[to]! - v[from]!) < 0.5);
  for (let i = 0; i < x1.length; i++) {
    const isDot = stepAt(path, i) % dots === 0;
    if (!isFar(last, i) && !(isDot && isFar(dot, i)) && i < x1.length - 1) continue;
    if (isDot) dot = i;
    last = i;
    places.push(i);
  }
  return places;
}

/** Those whose line covers a cell of the picture first. */
function covering(all: readonly number[], u: Float64Array, v: Float64Array, cell: number): Kept {
  const columns = Math.ceil(across / cell) + 2;
  const rows = Math.ceil(up / cell) + 2;
  const covered = new Uint8Array(columns * rows);
  const cover = (x: number, y: number): boolean => {
    const column = Math.floor((x + across / 2) / cell) + 1;
    const row = Math.floor((y + up / 2) / cell) + 1;
    if (!(column > 0 && column < columns - 1 && row > 0 && row < rows - 1)) return false;
    const at = row * columns + column;
    const isNew = covered[at] === 0;
    covered[at] = 1;
    return isNew;
  };
  const places: number[] = [];
  const gaps: number[] = [];
  let last = -1;
  const keep = (k: number) => {
    if (last === k) return;
    places.push(all[k]!);
    last = k;
  };
  all.forEach((to, k) => {
    const from = k > 0 ? all[k - 1]! : to;
    const isSeen = coversNew(u[from]!, v[from]!, u[to]!, v[to]!, cell, cover);
    if (!isSeen && k > 0 && k < all.length - 1) return;
    if (k > 0 && last !== k - 1) {
      gaps.push(places.length);
      keep(k - 1);
    }
    keep(k);
  });
  return { places, gaps };
}

/** Whether a line covers what wasn't covered, all of which it covers; of one that leads far out, the part in the picture. */
function coversNew(
  fromU: number,
  fromV: number,
  toU: number,
  toV: number,
  cell: number,
  cover: (u: number, v: number) => boolean,
): boolean {
  const [du, dv] = [toU - fromU, toV - fromV];
  let [low, high] = [0, 1];
  for (const [start, change, half] of [
    [fromU, du, across / 2],
    [fromV, dv, up / 2],
  ] as const) {
    const ends = [(-half - start) / change, (half - start) / change].sort((a, b) => a - b);
    if (change === 0 || ends.some(Number.isNaN)) continue;
    low = Math.max(low, ends[0]!);
    high = Math.min(high, ends[1]!);
  }
  if (!(low <= high)) return false;
  const parts = Math.ceil(((high - low) * Math.max(Math.abs(du), Math.abs(dv))) / cell);
  if (!Number.isFinite(parts)) return false;
  let isNew = false;
  for (let k = 0; k <= parts; k++) {
    const share = low + ((high - low) * k) / Math.max(1, parts);
    if (cover(fromU + share * du, fromV + share * dv)) isNew = true;
  }
  return isNew;
}

/** A path as pictures draw it; null where a number isn't finite. */
export interface ThinPath {
  /** The steps taken before each point, ascending from 0: points that lie on another may be left out. */
  readonly steps: readonly number[];
  readonly x1: readonly (number | null)[];
  readonly x2: readonly (number | null)[];
  readonly values: readonly (number | null)[];
  /** Places of points to which no line leads: what lies between is covered by what is drawn. */
  readonly gaps?: readonly number[];
}

/** The kept points of a path. Those far outside of the window are brought nearer, in their direction: canvases have limits. */
export function thinnedPath(path: Path, window: PlaneWindow, { places, gaps }: Kept): ThinPath {
  const near = ([low, high]: readonly [number, number]) => [low / 2 + high / 2, high / 2 - low / 2] as const;
  const [[middle1, half1], [middle2, half2]] = [near(window.x1), near(window.x2)];
  const pull = (i: number): number => {
    const reach = Math.hypot((path.x1[i]! - middle1) / half1, (path.x2[i]! - middle2) / half2);
    return reach > 1000 ? 1000 / reach : 1;
  };
  const coordinate = (x: Float64Array, middle: number, half: number) => {
    const round = rounding(middle - half, middle + half);
    return places.map((i) => {
      if (!Number.isFinite(path.x1[i]!) || !Number.isFinite(path.x2[i]!)) return null;
      const share = pull(i);
      return round(share < 1 ? middle + share * (x[i]! - middle) : x[i]!);
    });
  };
  const values = path.values;
  return {
    steps: places.map((i) => stepAt(path, i)),
    x1: coordinate(path.x1, middle1, half1),
    x2: coordinate(path.x2, middle2, half2),
    values: rounded(places.map((i) => values[i]!)),
    ...(gaps.length > 0 && { gaps }),
  };
}

/** Rounds to the digits that tell numbers from `low` to `high` apart, and to nine at least. */
function rounding(low: number, high: number): (x: number) => number {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const digits = Math.min(17, Math.max(9, 6 + Math.ceil(Math.log10(size / (high - low))) || 9));
  return (x) => Number(x.toPrecision(digits));
}

/** Numbers with as many digits as tell most of them apart; null where they aren't finite. */
export function rounded(numbers: readonly number[]): (number | null)[] {
  const sorted = Float64Array.from(numbers.filter(Number.isFinite)).sort();
  const quantile = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  const round = rounding(quantile(0.1), quantile(0.9));
  return numbers.map((x) => (Number.isFinite(x) ? round(x) : null));
}

/** Of more values than `most`, the places of the lowest and the highest of each stretch of equal length, and of the last. */
export function keptValues(values: Float64Array, most = 4000): number[] {
  if (values.length <= most) return [...values.keys()];
  const kept: number[] = [];
  const stretch = values.length / (most / 2);
  for (let from = 0; from < values.length; from += stretch) {
    const first = Math.floor(from);
    const end = Math.min(values.length, Math.floor(from + stretch));
    let [low, high] = [first, first];
    for (let i = first; i < end; i++) {
      if (values[i]! < values[low]! || Number.isNaN(values[low]!)) low = i;
      if (values[i]! > values[high]! || Number.isNaN(values[high]!)) high = i;
    }
    kept.push(...new Set([Math.min(low, high), Math.max(low, high)]));
  }
  if (kept.at(-1) !== values.length - 1) kept.push(values.length - 1);
  return kept;
}

/** Of points, told as shares of a picture's width and height, more than `most`: those that cover a place that none before covers. */
export function seenPoints(x: readonly number[], y: readonly number[], most = 4000): number[] {
  const all = [...x.keys()];
  for (let cell = 1; all.length > most; cell *= 2) {
    const taken = new Set<number>();
    const kept = all.filter((i) => {
      const place = Math.floor((x[i]! * across) / cell) * 1e6 + Math.floor((y[i]! * up) / cell);
      if (taken.has(place)) return false;
      taken.add(place);
      return true;
    });
    if (kept.length <= most || cell > across) return kept;
  }
  return all;
}
