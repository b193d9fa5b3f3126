/** Tensors repeated, shifted and differenced, and axes that change places. */
import { readCount, readList, readShape, readWhole } from "../arguments.js";
import { AdjointError } from "../errors.js";
import type { Expr } from "../node.js";
import { withOperands } from "../operand.js";
import { sizeOf } from "../shape.js";
import type { Axes, Exchanged, LengthAt, ListOf, Minus, Moved, Replaced } from "../shape-types.js";
import { rowsOf } from "../tree.js";
import type { Operand, ResultOf, ShapeOf, Tiled } from "../types.js";
import { subtract } from "./arithmetic.js";
import { normalizeAxis, readAxes } from "./axes.js";
import { element } from "./boxes.js";
import { insertAxes } from "./broadcast.js";
import { constant } from "./constant.js";
import { gather } from "./gather.js";
import { concatenate, slice } from "./indexing.js";
import { moveAxis, permuted, reshapeExpr } from "./moving.js";

/** A number, or a list of numbers, each read by `read`. */
function readNumbers(
  given: unknown,
  what: string,
  read: (value: unknown, what: string) => number,
): number | number[] {
  return rowsOf(given) ? readList(given, what, (one) => read(one, what)) : read(given, what);
}

/** `x` with each axis in front of one of `counts`, along which it is repeated, and the two made one. */
function tiled(x: Expr, shape: readonly number[], counts: readonly number[], what: string): Expr {
  const result = readShape(
    shape.map((length, axis) => length * counts[axis]!),
    what,
  );
  const both = shape.flatMap((length, axis) => [counts[axis]!, length]);
  const places = shape.map((_, axis) => 2 * axis);
  return reshapeExpr(insertAxes(reshapeExpr(x, shape), both, places), result);
}

/**
 * `x` beside itself so many times along each axis (NumPy's `tile`): a count for the last axis, or one for each. Where
 * there are more counts than axes, `x` gets axes of length 1 in front; where there are fewer, the axes in front stay.
 *
 * @example
 * tile([1, 2], 3); // [1, 2, 1, 2, 1, 2]
 * tile([1, 2], [2, 1]); // [[1, 2], [1, 2]]
 */
export function tile<const A extends Operand, const N extends Axes>(
  x: A,
  counts: N,
): ResultOf<[A], Tiled<ShapeOf<A>, N>> {
  return withOperands("tile", [x], ([operand]) => {
    const list = [readNumbers(counts, "tile: the counts", readCount)].flat();
    const rank = Math.max(list.length, operand.shape.length);
    const filled = <T>(few: readonly T[], one: T) => [...new Array<T>(rank - few.length).fill(one), ...few];
    return tiled(operand, filled(operand.shape, 1), filled(list, 1), "tile");
  }) as never;
}

/**
 * Each element (or row) so many times in place along an axis; without one, of all elements as a vector (NumPy's
 * `repeat`). A list of counts has one for each element.
 *
 * @example
 * repeat([1, 2], 3); // [1, 1, 1, 2, 2, 2]
 * repeat([[1, 2], [3, 4]], [1, 2], 0); // [[1, 2], [3, 4], [3, 4]]
 */
export function repeat<const A extends Operand, const X extends number | undefined = undefined>(
  x: A,
  counts: number | readonly number[],
  axis?: X,
): ResultOf<[A], X extends number ? Replaced<ShapeOf<A>, X, [number]> : [number]> {
  return withOperands("repeat", [x], ([operand]) => {
    const flat = axis === undefined ? reshapeExpr(operand, [sizeOf(operand.shape)]) : operand;
    const { shape } = flat;
    const along = normalizeAxis(axis ?? 0, shape.length, "repeat");
    const length = shape[along]!;
    const given = readNumbers(counts, "repeat: the counts", readCount);
    if (typeof given === "number") {
      const repeated = readShape(shape.with(along, length * given), "repeat");
      return reshapeExpr(insertAxes(flat, shape.toSpliced(along + 1, 0, given), [along + 1]), repeated);
    }
    if (given.length !== length) {
      throw new AdjointError(
        `repeat: ${given.length} counts for the ${length} elements along axis ${along}; pass one number, or one for each.`,
      );
    }
    const total = readCount(
      given.reduce((sum, count) => sum + count, 0),
      "repeat: the sum of the counts",
    );
    const places = given.flatMap((count, i) => new Array<number>(count).fill(i));
    return gather(flat, constant(flat.builder, places, [total]), along);
  }) as never;
}

/**
 * The elements moved on by `shift` places along an axis, those that leave coming in at the other end (NumPy's `roll`);
 * negative ones move back. Without an axis, of all elements in their order; with a list of axes, a shift for each, or
 * one for all.
 *
 * @example
 * roll([1, 2, 3, 4], 1); // [4, 1, 2, 3]
 */
export function roll<const A extends Operand>(
  x: A,
  shift: number | readonly number[],
  axis?: Axes,
): ResultOf<[A], ShapeOf<A>> {
  return withOperands("roll", [x], ([operand]) => {
    const { shape } = operand;
    const given = readNumbers(shift, "roll: the shift", readWhole);
    if (axis === undefined) {
      const total = [given].flat().reduce((sum, one) => sum + one, 0);
      return reshapeExpr(rolled(reshapeExpr(operand, [sizeOf(shape)]), total, 0), shape);
    }
    const axes = readAxes(axis, shape.length, "roll");
    const shifts = typeof given === "number" ? axes.map(() => given) : given;
    if (shifts.length !== axes.length)
      throw new AdjointError(`roll: ${shifts.length} shifts for ${axes.length} axes; pass one for each.`);
    return axes.reduce((result, one, i) => rolled(result, shifts[i]!, one), operand as Expr);
  }) as never;
}

function rolled(x: Expr, shift: number, axis: number): Expr {
  const length = x.shape[axis]!;
  const first = length === 0 ? 0 : ((-shift % length) + length) % length;
  if (first === 0) return x;
  return concatenate([slice(x, first, length, { axis }), slice(x, 0, first, { axis })], axis);
}

/**
 * The two axes exchanged (NumPy's `swapaxes`).
 *
 * @example
 * swapaxes([[1, 2], [3, 4]], 0, 1); // [[1, 3], [2, 4]]
 */
export function swapaxes<const A extends Operand, const X extends number, const Y extends number>(
  x: A,
  first: X,
  second: Y,
): ResultOf<[A], Exchanged<ShapeOf<A>, X, Y>> {
  return withOperands("swapaxes", [x], ([operand]) => {
    const order = [...operand.shape.keys()];
    const [a, b] = [first, second].map((axis) => normalizeAxis(axis, order.length, "swapaxes"));
    return permuted(operand, order.with(a!, b!).with(b!, a!));
  }) as never;
}

/**
 * The axes `source` moved to the places `destination` among the result's, the others keeping their order (NumPy's
 * `moveaxis`).
 *
 * @example
 * // (batch, width, channels) becomes (batch, channels, width)
 * moveaxis([[[1, 2], [3, 4], [5, 6]]], -1, 1); // [[[1, 3, 5], [2, 4, 6]]]
 */
export function moveaxis<const A extends Operand, const X extends Axes, const Y extends Axes>(
  x: A,
  source: X,
  destination: Y,
): ResultOf<[A], Moved<ShapeOf<A>, X, Y>> {
  return withOperands("moveaxis", [x], ([operand]) => {
    const rank = operand.shape.length;
    const read = (axes: unknown) =>
      axes === undefined ? [normalizeAxis(axes, rank, "moveaxis")] : readAxes(axes, rank, "moveaxis");
    const [from, to] = [read(source), read(destination)];
    if (from.length !== to.length)
      throw new AdjointError(`moveaxis: ${from.length} axes can't move to ${to.length} places.`);
    const order = [...Array(rank).keys()].filter((axis) => !from.includes(axis));
    for (const i of [...to.keys()].sort((a, b) => to[a]! - to[b]!)) order.splice(to[i]!, 0, from[i]!);
    return permuted(operand, order);
  }) as never;
}

/**
 * The elements (or rows) along an axis, the first by default, one by one: the inverse of `stack`.
 *
 * @example
 * unstack([[1, 2], [3, 4]]); // [[1, 2], [3, 4]], two vectors
 */
export function unstack<const A extends Operand, const X extends number = 0>(
  x: A,
  axis: X = 0 as X,
): ListOf<ResultOf<[A], Replaced<ShapeOf<A>, X, []>>, LengthAt<ShapeOf<A>, X>> {
  let count = 0;
  const one = (i: number) =>
    withOperands("unstack", [x], ([operand]) => {
      const along = normalizeAxis(axis, operand.shape.length, "unstack");
      count = operand.shape[along]!;
      return i < count ? element(moveAxis(operand, along, 0), i) : operand;
    });
  one(Number.POSITIVE_INFINITY);
  return Array.from({ length: count }, (_, i) => one(i)) as never;
}

/**
 * Differences of neighbours along an axis, the last by default, taken `n` times: xᵢ₊₁ − xᵢ (NumPy's `diff`). Each time
 * there is one fewer, until there is none.
 *
 * @example
 * diff([1, 4, 9, 16]); // [3, 5, 7]
 * diff([1, 4, 9, 16], 2); // [2, 2]
 */
export function diff<const A extends Operand, const N extends number = 1, const X extends number = -1>(
  x: A,
  n: N = 1 as N,
  axis: X = -1 as X,
): ResultOf<[A], Replaced<ShapeOf<A>, X, [Minus<LengthAt<ShapeOf<A>, X>, N>]>> {
  return withOperands("diff", [x], ([operand]) => {
    const along = normalizeAxis(axis, operand.shape.length, "diff");
    let result: Expr = operand;
    for (let left = readCount(n, "diff: n"); left > 0 && result.shape[along]! > 0; left--)
      result = subtract(
        slice(result, 1, undefined, { axis: along }),
        slice(result, 0, -1, { axis: along }),
      ) as Expr;
    return result;
  }) as never;
}
