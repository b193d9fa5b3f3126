/** Pools: the largest or the mean element of each window. */

import { describe } from "../describe.js";
import { fullLike } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import type { Expr } from "../node.js";
import { withOperands } from "../operand.js";
import { checkOptions } from "../options.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import type { Operand, ResultOf } from "../types.js";
import { add, divide, maximum, minimum, multiply, subtract } from "./arithmetic.js";
import { insertAxes, sumAxes } from "./broadcast.js";
import { equal, where } from "./comparison.js";
import { iota } from "./constant.js";
import { max } from "./reduction.js";
import {
  type PaddedSliding,
  padded,
  perAxis,
  readSliding,
  type SlidingOptions,
  type Widths,
} from "./sliding.js";
import { windowCount, windowsOf } from "./windows.js";

/**
 * Options of `maxPool`.
 * @example const options: PoolOptions = { stride: 2 };
 */
export type PoolOptions = Pick<SlidingOptions, "stride" | "padding">;

/**
 * Options of `averagePool`.
 * @example const options: AveragePoolOptions = { countIncludePad: false };
 */
export interface AveragePoolOptions extends PoolOptions {
  /** Whether the padding counts as zeros that are averaged, too; default false: what isn't there doesn't count. */
  readonly countIncludePad?: boolean;
}

/** What a window may be: a length for all axes between the first and the last, or one each. */
type Window = number | readonly number[];

interface Slid extends PaddedSliding {
  readonly x: Expr;
}

/** How many of an axis' elements the window at a place holds. */
function heldAt(place: number, whole: number, length: number, stride: number, [before]: Widths): number {
  const start = place * stride - before;
  return Math.min(start + length, whole) - Math.max(start, 0);
}

function slide(what: string, x: Expr, window: Window, options: PoolOptions): Slid {
  const { shape } = x;
  const axes = shape.length - 2;
  if (axes < 1) {
    throw new AdjointError(
      `${what}: x ${formatShape(shape)} must have the axes (batch, …, channels), with at least one between.`,
    );
  }
  const windows = perAxis(window, axes, `${what}: the window`);
  const { sliding, widths } = readSliding(what, x, windows, options, windows);
  const isOutside = windows.some((length, i) => {
    const count = windowCount(shape[i + 1]! + widths[i]![0] + widths[i]![1], length, sliding.strides[i]!);
    // Of the windows of an axis, none holds less than the outermost.
    return [0, count - 1].some(
      (place) => heldAt(place, shape[i + 1]!, length, sliding.strides[i]!, widths[i]!) <= 0,
    );
  });
  if (isOutside) {
    throw new AdjointError(
      `${what}: a window ${describe(window)} over x ${formatShape(shape)} lies in the padding altogether; pad by less than the window's length.`,
    );
  }
  return { x, sliding, widths };
}

/** The axes within the windows. */
function within({ sliding: { axis, windows } }: Slid): number[] {
  return windows.map((_, i) => axis + windows.length + i);
}

type Pool<O> = <const X extends Operand>(
  x: X,
  window: Window,
  options?: O,
) => ResultOf<[X], X extends Expr<infer S> ? { readonly [K in keyof S]: number } : Shape>;

/**
 * The largest element of each window, channel by channel: x (batch, width, channels) or (batch, height, width, channels),
 * any number of axes between the first and the last; `window` is a length for all of these, or a list of one each.
 * Windows lie beside each other (`stride` = `window`) unless told otherwise; padding never wins.
 * Elements of a window that tie share the gradient equally, as those of `max` do (others give it to the first).
 * @throws where the window is larger than the padded axis, or lies in the padding altogether
 *
 * @example
 * maxPool([[[1], [3], [2], [5]]], 2); // [[[3], [5]]]
 */
export const maxPool: Pool<PoolOptions> = (x, window, options = {}) => {
  const own = checkOptions("maxPool", options, ["stride", "padding"]);
  return withOperands("maxPool", [x], ([operand]) => {
    const slid = slide("maxPool", operand, window, own);
    const whole = padded(operand, slid.widths);
    const isThere = padded(fullLike(operand, 1), slid.widths);
    const filled = whole === operand ? operand : where(equal(isThere, 1), whole, Number.NEGATIVE_INFINITY);
    return max(windowsOf(filled as Expr, slid.sliding), within(slid));
  }) as never;
};

/**
 * The mean of each window, channel by channel, over axes as in `maxPool`. Padding isn't counted, so that a mean at an edge
 * is that of the elements there are (TensorFlow's and ONNX's rule); with `countIncludePad` it counts as zeros (PyTorch's).
 * @throws where the window is larger than the padded axis, or lies in the padding altogether
 *
 * @example
 * averagePool([[[1], [3], [2], [5]]], 3, { stride: 1, padding: "same" }); // [[[2], [2], [3.33333…], [3.5]]]
 */
export const averagePool: Pool<AveragePoolOptions> = (x, window, options = {}) => {
  const known = { stride: "any", padding: "any", countIncludePad: "boolean" } as const;
  const { countIncludePad = false, ...own } = checkOptions("averagePool", options, known);
  return withOperands("averagePool", [x], ([operand]) => {
    const slid = slide("averagePool", operand, window, own);
    const totals = sumAxes(windowsOf(padded(operand, slid.widths), slid.sliding), within(slid));
    return divide(totals, countsLike(totals, slid, countIncludePad));
  }) as never;
};

/** How many elements each total is of. */
function countsLike(totals: Expr, { x, sliding, widths }: Slid, countIncludePad: boolean): Expr {
  const { windows, strides } = sliding;
  const isPadded = widths.some(([before, after]) => before + after > 0);
  if (countIncludePad || !isPadded) return fullLike(totals, sizeOf(windows));
  return windows
    .map((length, i) => {
      const axis = i + 1;
      const starts = subtract(multiply(iota(x.builder, totals.shape[axis]!), strides[i]!), widths[i]![0]);
      const ends = minimum(add(starts, length), x.shape[axis]!);
      const held = subtract(ends, maximum(starts, 0));
      return insertAxes(
        held as Expr,
        totals.shape,
        [...totals.shape.keys()].filter((other) => other !== axis),
      );
    })
    .reduce((counts, held) => multiply(counts, held));
}
