/** Tensors with more around them: a value, or their own elements again. */
import { readCount, readList, readShape } from "../arguments.js";
import { describe } from "../describe.js";
import { AdjointError } from "../errors.js";
import type { Expr } from "../node.js";
import { readScalar, withOperands } from "../operand.js";
import { checkOptions } from "../options.js";
import { formatShape, type Shape } from "../shape.js";
import { rowsOf } from "../tree.js";
import type { Operand } from "../types.js";
import { maximum, minimum, subtract } from "./arithmetic.js";
import { assemble, type Part, partAt } from "./boxes.js";
import { insertAxes } from "./broadcast.js";
import { iota, uniformValue } from "./constant.js";
import { gather } from "./gather.js";
import { remainder } from "./rounding.js";

/** How much stands before and behind an axis. */
type Widths = readonly [before: number, after: number];

/** By its mode's name, which of `length` elements stands at places of which those in front of the first are negative. */
const places = {
  reflect: (at: Expr, length: number) => mirrored(at, Math.max(1, 2 * (length - 1)), 0),
  symmetric: (at: Expr, length: number) => mirrored(at, 2 * length, 1),
  edge: (at: Expr, length: number) => minimum(maximum(at, 0), length - 1),
  wrap: (at: Expr, length: number) => remainder(at, length),
} as const;

/** Places in a period whose second half runs backwards; its last element stands `repeated` more times. */
function mirrored(at: Expr, period: number, repeated: 0 | 1): Expr {
  const place = remainder(at, period);
  return minimum(place, subtract(period - repeated, place)) as Expr;
}

/**
 * Options of `pad`.
 * @example const options: PadOptions = { mode: "reflect" };
 */
export interface PadOptions {
  /**
   * "constant", the default: `value`; "reflect": the elements backwards from the end on, which isn't repeated;
   * "symmetric": with it; "edge": the last one; "wrap": those from the other end. NumPy's names.
   */
  readonly mode?: "constant" | keyof typeof places;
  /** What stands around in mode "constant": a number or an expression of shape (); default 0. */
  readonly value?: Operand;
}

interface Pad {
  (x: Operand, widths: number | Widths | readonly Widths[], options?: PadOptions): Expr;
  /** @deprecated Pass pairs, `pad(x, [[1, 1], [0, 2]])`: one list for all axes is easily taken for a pair. */
  (x: Operand, before: readonly number[], after: readonly number[]): Expr;
}

/**
 * Puts zeros, another value, or the elements again around a tensor: `widths` are pairs, of which the first says how much
 * stands before an axis and the second how much behind it; or one pair, or one number, for all axes (NumPy's `pad`).
 * @throws where there isn't a pair for each axis, a width isn't a whole number from 0 on, or there is no element to repeat
 *
 * @example
 * pad([[1, 2]], [[0, 1], [2, 0]]); // [[0, 0, 1, 2], [0, 0, 0, 0]]
 * pad([1, 2, 3], 2, { mode: "reflect" }); // [3, 2, 1, 2, 3, 2, 1]
 * pad([1, 2, 3], [1, 0], { value: -Infinity }); // [-Infinity, 1, 2, 3]
 */
export const pad: Pad = (
  x: Operand,
  widths: number | Widths | readonly Widths[] | readonly number[],
  behind?: PadOptions | readonly number[],
) => {
  const after = rowsOf(behind);
  const given = after ? {} : (behind as PadOptions | undefined);
  const { mode = "constant", value } = checkOptions("pad", given ?? {}, { mode: "string", value: "any" });
  if (mode !== "constant" && !Object.hasOwn(places, mode)) {
    const names = ["constant", ...Object.keys(places)].join(", ");
    throw new AdjointError(`pad: the mode is ${describe(mode)}; it must be one of ${names}.`);
  }
  if (mode !== "constant" && value !== undefined)
    throw new AdjointError(`pad: a value goes with the mode constant, not ${describe(mode)}.`);
  const around = value === undefined ? 0 : readScalar(value, "pad: the value");
  return withOperands("pad", [x, around], ([operand, filler]) => {
    const pairs = pairsOf(operand.shape, widths, after);
    return mode === "constant" ? surrounded(operand, pairs, filler) : continued(operand, pairs, places[mode]);
  });
};

function surrounded(x: Expr, pairs: readonly Widths[], filler: Expr): Expr {
  const { shape } = x;
  const padded = paddedShape(shape, pairs);
  const parts: Expr[] = [x];
  const at: Part[] = [partAt(pairs.map(([before]) => before))];
  // Before and behind each axis a slab as wide as the whole along the axes in front, and as `x` along those behind.
  const isZero = Object.is(uniformValue(filler), 0);
  for (const [axis, [before, after]] of isZero ? [] : pairs.entries()) {
    for (const [start, width] of [
      [0, before],
      [before + shape[axis]!, after],
    ] as const) {
      if (width === 0) continue;
      const slab = shape.map((length, i) => (i < axis ? padded[i]! : i === axis ? width : length));
      parts.push(insertAxes(filler, slab, [...slab.keys()]));
      at.push(partAt(pairs.map(([own], i) => (i < axis ? 0 : i === axis ? start : own))));
    }
  }
  return assemble(parts, at, padded);
}

function continued(x: Expr, pairs: readonly Widths[], placeOf: (at: Expr, length: number) => Expr): Expr {
  const padded = paddedShape(x.shape, pairs);
  return pairs.reduce((result: Expr, [before, after], axis) => {
    if (before + after === 0) return result;
    const length = x.shape[axis]!;
    if (length === 0)
      throw new AdjointError(`pad: ${formatShape(x.shape)} has no element along axis ${axis} to repeat.`);
    return gather(result, placeOf(subtract(iota(x.builder, padded[axis]!), before), length), axis);
  }, x);
}

function paddedShape(shape: Shape, pairs: readonly Widths[]): Shape {
  return readShape(
    shape.map((length, axis) => length + pairs[axis]![0] + pairs[axis]![1]),
    "pad",
  );
}

/** A pair for each axis. */
function pairsOf(shape: Shape, given: unknown, after: unknown): readonly Widths[] {
  const widths = rowsOf(given);
  const width = (one: unknown) => readCount(one, "pad: a width");
  const list = <T>(values: unknown, read: (value: unknown) => T) => readList(values, "pad: the widths", read);
  const isPair = (pair: readonly number[]): pair is Widths => pair.length === 2;
  let pairs: (readonly number[])[];
  if (after !== undefined) {
    const [before, behind] = [list(given, width), list(after, width)];
    pairs = Array.from({ length: Math.max(before.length, behind.length) }, (_, axis) =>
      [before[axis], behind[axis]].filter((one) => one !== undefined),
    );
  } else if (!widths) pairs = shape.map(() => [width(given), width(given)]);
  else {
    const read = list(given, (one) => (rowsOf(one) ? list(one, width) : width(one)));
    const isOne = (one: number | number[]) => typeof one === "number";
    // One pair for all axes, or a list of pairs
    if (read.every(isOne)) pairs = shape.map(() => read as number[]);
    else pairs = read.map((one) => (isOne(one) ? [] : (one as number[])));
  }
  if (pairs.length === shape.length && pairs.every(isPair)) return pairs;
  throw new AdjointError(
    `pad: ${formatShape(shape)} needs a pair of widths for each of its ${shape.length} axes, or one for all; not ${describe(given)}.`,
  );
}
