// The axis of values: of which range, how spaced, how written. Free of Node, so that pages use it, too.
import { axisNumbers, formatNumber, formatPower, isPower, logTicks } from "./numbers.js";

/** How values are spaced: `"symlog"` as their logarithm on both sides of 0, and evenly near it. */
export type ValueScale = "linear" | "log" | "symlog";

/** Values over steps; null where they aren't finite. */
interface Values {
  readonly values: readonly (number | null)[];
  readonly status: string;
}

export type Range = readonly [low: number, high: number];

/** A diverged run may take so much of the axis beyond the others: once their range, or a hundred times their highest. */
const reach = { linear: 1, log: 100 };

/**
 * From the lowest to the highest value of runs. One that diverged says nothing about the scale: of it those count that come
 * before it leaves the range of the others, or before it is far from where it began.
 */
export function rangeOf(runs: readonly Values[], scale: ValueScale): Range {
  const usable = (value: number | null): value is number => value !== null && (scale !== "log" || value > 0);
  const calm = runs.filter(({ status }) => status !== "diverged");
  const wild = runs.filter(({ status }) => status === "diverged").map(({ values }) => values.filter(usable));
  const list = calm.flatMap(({ values }) => values.filter(usable));
  const [low, high] = extent(list);
  for (const values of wild) {
    const end = values.findIndex(
      list.length > 0 && low < high ? isBeyond(low, high, scale) : isFar(values, scale),
    );
    list.push(...(end < 0 ? values : values.slice(0, Math.max(1, end))));
  }
  const [least, most] = extent(list);
  return least <= most ? [least, most] : scale === "log" ? [1, 10] : [0, 1];
}

function isBeyond(low: number, high: number, scale: ValueScale) {
  if (scale === "log") return (value: number) => value > high * reach.log || value < low / reach.log;
  const room = reach.linear * (high - low);
  return (value: number) => value > high + room || value < low - room;
}

/** Whether a value is much farther from the first than the next ones are. */
function isFar(values: readonly number[], scale: ValueScale) {
  const [first = 0] = values;
  if (scale === "log") return (value: number) => value > first * 1e4 || value < first * 1e-12;
  const away = (value: number) => Math.abs(value - first);
  const near = 10 * (Math.max(...values.slice(1, 6).map(away)) || Math.abs(first) || 1);
  return (value: number) => !(away(value) <= near);
}

function extent(values: readonly number[]): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** The ends of a logarithmic axis: 1, 2 or 5 times a power of ten, the nearest that hold all values. */
export function logRange([low, high]: Range): Range {
  const candidates = (value: number) => {
    const exponent = Math.floor(Math.log10(value));
    return ["1", "2", "5", "10", "20", "50"].map((factor) => Number(`${factor}e${exponent}`));
  };
  const min = candidates(low).findLast((end) => end <= low && end > 0) ?? low;
  return [
    min,
    candidates(high).find((end) => end >= high && end > min && Number.isFinite(end)) ?? Number.MAX_VALUE,
  ];
}

/** Where values stand on an axis of the chart, which is linear or logarithmic itself. */
export interface Spacing {
  readonly place: (value: number) => number;
  /** The ticks of a range of places. */
  readonly ticks: (
    low: number,
    high: number,
  ) => { readonly value: number; readonly label: string }[] | undefined;
}

/** How values of a range stand on the axis. */
export function spacing(scale: ValueScale, [low, high]: Range): Spacing {
  if (scale === "linear") return { place: (value) => value, ticks: () => undefined };
  if (scale === "log") {
    return {
      place: (value) => value,
      ticks: (min, max) => {
        const ticks = logTicks({ min, max });
        // Powers of ten, unless all of the ticks are short as plain numbers.
        const isPlain = !ticks.every(isPower) || ticks.every((tick) => tick >= 0.01 && tick <= 1000);
        const text = (tick: number) =>
          isPlain ? formatNumber(tick) : formatPower(Math.round(Math.log10(tick)));
        return ticks.map((value) => ({ value, label: text(value) }));
      },
    };
  }
  const largest = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const unit = Number(`1e${Math.floor(Math.log10(largest)) - 4}`);
  const place = (value: number) => Math.sign(value) * Math.log10(1 + Math.abs(value) / unit);
  return {
    place,
    ticks: (min, max) => {
      // Not the unit: it stands so near to 0 that their texts could meet.
      const powers = Array.from({ length: 6 }, (_, k) => unit * 10 ** (k + 1)).map((value) =>
        Number(value.toPrecision(3)),
      );
      const all = [...powers.map((power) => -power).reverse(), 0, ...powers];
      const inside = all.filter((value) => place(value) >= min - 1e-9 && place(value) <= max + 1e-9);
      const stride = Math.ceil(inside.length / 10);
      const zero = Math.max(0, inside.indexOf(0));
      return inside
        .filter((_, i) => (i - zero) % stride === 0)
        .map((value) => ({ value: place(value), label: formatNumber(value) }));
    },
  };
}

/** What a linear axis of these values is called, and how its ticks are written. */
export const linearNumbers = ([low, high]: Range) => axisNumbers(low, high);
