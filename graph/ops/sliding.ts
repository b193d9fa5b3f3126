/** What convolutions and pools share: how windows slide over the axes between the first and the last. */
import { readCount, readList } from "../arguments.js";
import { describe } from "../describe.js";
import { AdjointError } from "../errors.js";
import type { Expr } from "../node.js";
import { formatShape, type Shape, sizeOf, tooMany } from "../shape.js";
import { rowsOf } from "../tree.js";
import { assemble, partAt } from "./boxes.js";
import { type Sliding, spanOf, windowCount } from "./windows.js";

/** How many elements stand before and behind an axis. */
export type Widths = readonly [before: number, after: number];

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
  const dilations = perAxis(
    options.dilation === undefined ? 1 : options.dilation,
    rank,
    `${what}: the dilation`,
  );
  const spans = windows.map((window, i) => spanOf(window, dilations[i]!));
  const widths = readPadding(what, options.padding, lengths, spans, strides);
  const padded = lengths.map((length, i) => length + widths[i]![0] + widths[i]![1]);
  const narrow = padded.findIndex((length, i) => spans[i]! > length);
  if (narrow >= 0) {
    throw new AdjointError(
      `${what}: a window that spans ${spans[narrow]} elements doesn't fit into axis ${narrow + 1} of ${formatShape(x.shape)}, of ${padded[narrow]} with the padding.`,
    );
  }
  const counts = padded.map((length, i) => windowCount(length, spans[i]!, strides[i]!));
  const around = sizeOf([x.shape[0]!, ...padded, x.shape.at(-1)!]);
  const held = sizeOf([x.shape[0]!, ...counts, ...windows, x.shape.at(-1)!]);
  if (Math.max(around, held, sizeOf(padded)) >= tooMany)
    throw new AdjointError(
      `${what}: the windows of ${formatShape(x.shape)} hold more elements than an array can.`,
    );
  return { sliding: { axis: 1, windows, strides, dilations }, widths };
}

/** A whole number of at least 1 for all axes, or a list of one each. */
export function perAxis(given: unknown, rank: number, what: string): readonly number[] {
  if (typeof given === "number") return new Array(rank).fill(readCount(given, what, 1));
  const list = rowsOf(given) && readList(given, what, (one) => readCount(one, `${what} of an axis`, 1));
  if (list?.length === rank) return list;
  const all = rank === 1 ? "or a list of one" : `or a list of ${rank} of them`;
  throw new AdjointError(`${what} is ${describe(given)}; it must be a whole number of at least 1, ${all}.`);
}

function readPadding(
  what: string,
  given: unknown,
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
  const name = `${what}: the padding`;
  const both = (one: unknown): Widths => {
    const width = readCount(one, `${name} of an axis`);
    return [width, width];
  };
  if (typeof given === "number") return lengths.map(() => both(given));
  const pairs =
    rowsOf(given) &&
    readList(given, name, (one) => {
      const pair = rowsOf(one) && readList(one, name, (width) => readCount(width, `${name} of a side`));
      return pair ?? both(one);
    });
  if (pairs?.length === lengths.length && pairs.every((pair) => pair.length === 2))
    return pairs as readonly Widths[];
  throw new AdjointError(
    `${name} is ${describe(given)}; it must be "same", "valid", a whole number, or a list with a number or a pair ` +
      `[before, after] for each of the ${lengths.length} axes.`,
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
