/** What convolutions and pools share: how windows slide over the axes between the first and the last. */
import { AdjointError } from "../errors.js";
import type { Expr } from "../node.js";
import { formatShape, isLength, type Shape } from "../shape.js";
import { describe } from "../values.js";
import { assemble, partAt } from "./boxes.js";
import { type Sliding, spanOf } from "./windows.js";

/** How many elements stand before and behind an axis. */
type Widths = readonly [before: number, after: number];

/**
 * What stands around the axes that windows slide over:
 * - `"valid"`, the default: nothing.
 * - `"same"`: as much as it takes for ⌈length/stride⌉ windows, the greater half of it behind (TensorFlow's and JAX's rule).
 * - A number for both sides of all axes, or a list that has a number or a pair `[before, after]` for each axis.
 */
export type Padding = "valid" | "same" | number | readonly (number | Widths)[];

export interface SlidingOptions {
  /** How far a window lies from the next, for all axes or for each. */
  readonly stride?: number | readonly number[];
  readonly padding?: Padding;
  /** How far an element of a window lies from the next, for all axes or for each; default 1. */
  readonly dilation?: number | readonly number[];
}

/** Windows over the axes from the second on, and what stands around these. */
export interface PaddedSliding {
  readonly sliding: Sliding;
  readonly widths: readonly Widths[];
}

/**
 * Windows over `x`, whose first axis counts the batch and whose last one the channels.
 * @throws where the options don't fit, or no window does
 */
export function readSliding(
  what: string,
  x: Expr,
  windows: readonly number[],
  options: SlidingOptions,
  defaultStrides: readonly number[],
): PaddedSliding {
  const lengths = x.shape.slice(1, -1);
  const rank = windows.length;
  const strides =
    options.stride === undefined ? defaultStrides : perAxis(options.stride, rank, `${what}: the stride`);
  const dilations = perAxis(options.dilation ?? 1, rank, `${what}: the dilation`);
  const spans = windows.map((window, i) => spanOf(window, dilations[i]!));
  const widths = readPadding(what, options.padding, lengths, spans, strides);
  lengths.forEach((length, i) => {
    const padded = length + widths[i]![0] + widths[i]![1];
    if (spans[i]! <= padded) return;
    throw new AdjointError(
      `${what}: a window that spans ${spans[i]} elements doesn't fit into axis ${i + 1} of ${formatShape(x.shape)}, of ${padded} with the padding.`,
    );
  });
  return { sliding: { axis: 1, windows, strides, dilations }, widths };
}

/** A whole number of at least 1 for all axes, or a list of one each. */
export function perAxis(given: unknown, rank: number, what: string): readonly number[] {
  const list: unknown = typeof given === "number" ? new Array(rank).fill(given) : given;
  if (isList(list) && list.length === rank && list.every((one) => isLength(one) && one > 0))
    return list as number[];
  const all = rank === 1 ? "or a list of one" : `or a list of ${rank} of them`;
  throw new AdjointError(`${what} is ${describe(given)}; it must be a whole number of at least 1, ${all}.`);
}

function isList(given: unknown): given is readonly unknown[] {
  return Array.isArray(given);
}

function readPadding(
  what: string,
  given: Padding | undefined,
  lengths: Shape,
  spans: readonly number[],
  strides: readonly number[],
): readonly Widths[] {
  if (given === undefined || given === "valid") return lengths.map(() => [0, 0]);
  if (given === "same") {
    return lengths.map((length, i) => {
      const windows = Math.ceil(length / strides[i]!);
      const missing = Math.max(0, (windows - 1) * strides[i]! + spans[i]! - length);
      return [Math.floor(missing / 2), Math.ceil(missing / 2)];
    });
  }
  const list: unknown = typeof given === "number" ? lengths.map(() => given) : given;
  if (isList(list) && list.length === lengths.length) {
    const pairs = list.map((one) => (typeof one === "number" ? [one, one] : one));
    if (pairs.every((pair) => isList(pair) && pair.length === 2 && pair.every(isLength)))
      return pairs as unknown as readonly Widths[];
  }
  throw new AdjointError(
    `${what}: the padding is ${describe(given)}; it must be "same", "valid", a whole number, or a list with a number or a ` +
      `pair [before, after] for each of the ${lengths.length} axes.`,
  );
}

/** `x` with zeros around the axes between the first and the last. */
export function padded(x: Expr, widths: readonly Widths[]): Expr {
  if (widths.every(([before, after]) => before === 0 && after === 0)) return x;
  const around: readonly Widths[] = [[0, 0], ...widths, [0, 0]];
  return assemble(
    [x],
    [partAt(around.map(([before]) => before))],
    x.shape.map((length, axis) => length + around[axis]![0] + around[axis]![1]),
  );
}
