import { multiple, niceSteps } from "./numbers.js";

/** How levels are spaced: equally, by equal ratios above a base, or so that each band holds as much of the picture. */
export type LevelScale = "linear" | "log" | "quantile";

/** Whether values from `low` to `high` are all the same but for rounding. */
export function isConstant(low: number, high: number): boolean {
  return !(high - low > 32 * Number.EPSILON * Math.max(Math.abs(low), Math.abs(high)));
}

/**
 * The boundaries of `count` bands that hold all values, equally far apart by a nice step: for 0 to 55 and 7 bands 0,
 * 8, …, 56.
 */
export function linearLevels(low: number, high: number, count: number): number[] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const range = isConstant(low, high) ? size || 1 : high - low;
  for (const step of niceSteps(range / count)) {
    const first = Math.floor(low / step + 1e-9);
    if (multiple(first + count, step) >= high - 1e-9 * Math.min(range, high - low)) {
      return Array.from({ length: count + 1 }, (_, i) => multiple(first + i, step));
    }
  }
  throw new RangeError("unreachable: the steps grow without end");
}

// Nice numbers as a rising sequence: member k, for a few spacings from the finest.
const sequences: readonly ((k: number) => number)[] = [
  ...[[1, 2, 5], [1, 3], [1]].map(
    (factors) => (k: number) =>
      Number(
        `${factors.at(k - factors.length * Math.floor(k / factors.length))}e${Math.floor(k / factors.length)}`,
      ),
  ),
  ...[2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40, 50].map((decades) => (k: number) => Number(`1e${k * decades}`)),
];

/**
 * The boundaries of `count` bands above `base`: nice numbers above it by about equal ratios, from base itself or from
 * one that isn't above the lowest value, to the first that isn't below 99 in 100 values (a corner that rises steeply
 * would cost a band). The spacing is the finest whose lowest band holds no more than a twentieth of the values (its share, of
 * four bands or fewer), or the one before it if that band would hold none.
 */
export function logLevels(values: ArrayLike<number>, base: number, count: number): number[] {
  const above = Float64Array.from(values, (value) => value - base)
    .filter((value) => value > 0)
    .sort();
  if (above.length === 0) return linearLevels(base, base, count);
  if (count === 1) return linearLevels(base, base + above.at(-1)!, 1);
  const quantile = (share: number) => above[Math.floor((above.length - 1) * share)]!;
  const lowest = above.length === values.length ? quantile(0) : 0;
  const boundary = (k: number, i: number) => {
    const at = sequences[k]!;
    return at(firstNotBelow(at, quantile(0.99)) - count + i);
  };
  const wide = sequences.findIndex((_, k) => boundary(k, 1) <= quantile(count > 4 ? 0.05 : 1 / count));
  const finest = wide < 0 ? sequences.length - 1 : wide;
  const chosen = finest > 0 && boundary(finest, 1) <= lowest ? finest - 1 : finest;
  const first = boundary(chosen, 0) <= lowest ? boundary(chosen, 0) : 0;
  return Array.from({ length: count + 1 }, (_, i) => base + (i === 0 ? first : boundary(chosen, i)));
}

/**
 * The boundaries of `count` bands that each hold as many of the values, with as few digits as keep them within a twentieth of a
 * band of where they are. Fewer bands where values are the same.
 */
export function quantileLevels(values: ArrayLike<number>, count: number): number[] {
  const sorted = Float64Array.from(values).sort();
  const exact = Array.from(
    { length: count + 1 },
    (_, i) => sorted[Math.round((i / count) * (sorted.length - 1))]!,
  );
  const apart = exact.filter((level, i) => i === 0 || level > exact[i - 1]!);
  return apart.map((level, i) => {
    const room = Math.min(level - (apart[i - 1] ?? -Infinity), (apart[i + 1] ?? Infinity) - level) / 20;
    for (let digits = 1; digits < 15; digits++) {
      const short = Number(level.toPrecision(digits));
      // The ends hold all values.
      const holds = (i > 0 || short <= level) && (i < apart.length - 1 || short >= level);
      if (Math.abs(short - level) <= room && holds) return short;
    }
    return level;
  });
}

function firstNotBelow(at: (k: number) => number, value: number): number {
  let k = 0;
  while (at(k) < value) k++;
  while (at(k - 1) >= value) k--;
  return k;
}

/**
 * The boundaries of bands for a picture of all these values. Equal steps, unless most of the picture would then lie in
 * the lowest band: then equal ratios above the base, which is 0 for values that have no sign and many sizes, else the lowest
 * value.
 */
export function chooseLevels(
  values: ArrayLike<number>,
  count: number,
  scale: LevelScale | "auto" = "auto",
): { readonly levels: number[]; readonly scale: LevelScale } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  const linear = linearLevels(low, high, count);
  if (isConstant(low, high) || scale === "linear" || (scale === "auto" && !isCrowded(values, linear)))
    return { levels: linear, scale: "linear" };
  if (scale === "quantile") {
    const levels = quantileLevels(values, count);
    return levels.length > 1 ? { levels, scale } : { levels: linear, scale: "linear" };
  }
  // Ratios of values that are nearly the same would show nothing.
  const isAbove0 = low === 0 || (low > 0 && high >= 10 * low);
  const levels = logLevels(values, isAbove0 ? 0 : low, count);
  return levels.every((level, i) => i === 0 || level > levels[i - 1]!)
    ? { levels, scale: "log" }
    : { levels: linear, scale: "linear" };
}

/** Whether half of the values or more lie in the lowest band. */
function isCrowded(values: ArrayLike<number>, levels: readonly number[]): boolean {
  let inside = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! < levels[1]!) inside++;
  return inside >= values.length / 2;
}
