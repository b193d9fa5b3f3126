/** Arrangements of the same elements, and evenly spaced numbers. */
import { readCount, readList, readShape, readWhole } from "../arguments.js";
import { describe } from "../describe.js";
import type { WithOp } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import type { Expr } from "../node.js";
import type { Op } from "../op.js";
import { lift, ownerOf, withOperands } from "../operand.js";
import { formatShape, isLength, type Shape, sizeOf, tooManyPlain } from "../shape.js";
import type { Axes, Inserted, Permuted, Reverse, Squeezed, Writable } from "../shape-types.js";
import { rowsOf } from "../tree.js";
import type { Operand, Pieces, ResultOf, ShapeOf } from "../types.js";
import { flatten } from "../values.js";
import { normalizeAxis, readAxes } from "./axes.js";
import { slice } from "./indexing.js";
import { reshapeExpr, reshapeOp, transposeExpr, transposeOp } from "./moving.js";

interface Reshape extends WithOp {
  <const A extends Operand, const S extends Shape>(x: A, shape: S): ResultOf<[A], Writable<S>>;
}

/**
 * The same elements, row-major, in another shape of the same size. One length may be −1: it is what the others leave.
 *
 * @example
 * reshape([1, 2, 3, 4], [2, -1]); // [[1, 2], [3, 4]]
 *
 * @throws where the counts of elements differ
 */
export const reshape: Reshape = /* @__PURE__ */ Object.assign(
  ((x: Operand, shape: Shape) =>
    withOperands("reshape", [x], ([operand]) =>
      reshapeExpr(operand, inferLength(operand, shape)),
    )) as Reshape,
  { op: reshapeOp as Op },
);

function inferLength(x: Expr, given: Shape): Shape {
  const shape = readShape(given, "reshape", (length) =>
    length === -1 ? -1 : readCount(length, "reshape: a length"),
  );
  const open = shape.indexOf(-1);
  const known = shape.reduce((product, length, axis) => (axis === open ? product : product * length), 1);
  const inferred = open < 0 ? shape : shape.with(open, sizeOf(x.shape) / known);
  if (inferred.every(isLength)) return [...inferred];
  throw new AdjointError(
    `reshape: ${formatShape(x.shape)} doesn't go into (${shape.join("×")}); lengths are whole numbers, at most one of them −1.`,
  );
}

interface Transpose extends WithOp {
  <const A extends Operand>(x: A): ResultOf<[A], Reverse<ShapeOf<A>>>;
  <const A extends Operand, const X extends readonly number[]>(
    x: A,
    axes: X,
  ): ResultOf<[A], Permuted<ShapeOf<A>, X>>;
}

/**
 * The axes in another order: axis `i` of the result is axis `axes[i]` of `x`. Without `axes` the order is reversed,
 * which is the transpose of a matrix.
 *
 * @example
 * transpose([[1, 2], [3, 4]]); // [[1, 3], [2, 4]]
 */
export const transpose: Transpose = /* @__PURE__ */ Object.assign(
  ((x: Operand, axes?: readonly number[]) =>
    withOperands("transpose", [x], ([operand]) => {
      const rank = operand.shape.length;
      const all = readAxes(undefined, rank, "transpose");
      const order = axes === undefined ? all.reverse() : readAxes(axes, rank, "transpose");
      if (order.length !== rank) {
        throw new AdjointError(
          `transpose: axes [${order.join(", ")}] must name each axis of ${formatShape(operand.shape)} once.`,
        );
      }
      return transposeExpr(operand, order);
    })) as Transpose,
  { op: transposeOp as Op },
);

/**
 * The same elements in the opposite order along axes, of all or of those given.
 *
 * @example
 * flip([[1, 2], [3, 4]], 1); // [[2, 1], [4, 3]]
 */
export function flip<const A extends Operand>(x: A, axes?: Axes): ResultOf<[A], ShapeOf<A>> {
  return withOperands("flip", [x as Operand], ([operand]) =>
    readAxes(axes, operand.shape.length, "flip").reduce(
      (result: Expr, axis) => slice(result, undefined, undefined, { axis, step: -1 }),
      operand,
    ),
  ) as never;
}

/**
 * The same elements without axes of length 1: without all of these, or without those given.
 *
 * @example
 * squeeze([[[1], [2]]]); // [1, 2]
 *
 * @throws where one that is given has another length
 */
export function squeeze<const A extends Operand, const X extends Axes | undefined = undefined>(
  x: A,
  axes?: X,
): ResultOf<[A], Squeezed<ShapeOf<A>, X>> {
  return withOperands("squeeze", [x], ([operand]) => {
    const { shape } = operand;
    const dropped = readAxes(axes, shape.length, "squeeze").filter((axis) => {
      if (shape[axis] === 1) return true;
      if (axes === undefined) return false;
      throw new AdjointError(
        `squeeze: axis ${axis} of ${formatShape(shape)} has length ${shape[axis]}; only axes of length 1 can go.`,
      );
    });
    return reshapeExpr(
      operand,
      shape.filter((_, axis) => !dropped.includes(axis)),
    );
  }) as never;
}

/**
 * The same elements with an axis of length 1 put in, which becomes axis `axis` of the result.
 *
 * @example
 * expandDims([1, 2], 1); // [[1], [2]]
 */
export function expandDims<const A extends Operand, const X extends number>(
  x: A,
  axis: X,
): ResultOf<[A], Inserted<ShapeOf<A>, X, [1]>> {
  return withOperands("expandDims", [x], ([operand]) => {
    const { shape } = operand;
    return reshapeExpr(operand, shape.toSpliced(normalizeAxis(axis, shape.length + 1, "expandDims"), 0, 1));
  }) as never;
}

/**
 * `x` cut along an axis: into `parts` of equal length, or before each of the places that `parts` lists.
 *
 * @example
 * split([1, 2, 3, 4], 2); // [[1, 2], [3, 4]]
 * split([1, 2, 3, 4], [1]); // [[1], [2, 3, 4]]
 *
 * @throws where the axis isn't divisible by the number of parts, or the places aren't whole numbers
 */
export function split<
  const A extends Operand,
  const P extends number | readonly number[],
  const X extends number = 0,
>(x: A, parts: P, axis: X = 0 as X): Pieces<A, P, X> {
  const owner = ownerOf(x, "split");
  const { shape } = owner ? lift(owner, x, "split") : flatten(x, "split");
  const length = shape[normalizeAxis(axis, shape.length, "split")]!;
  const listed =
    rowsOf(parts) && readList(parts, "split: the places", (one) => readWhole(one, "split: a place"));
  const count = listed ? 1 : readCount(parts, "split: the parts, or a list of places to cut at,", 1);
  if (length % count !== 0) {
    throw new AdjointError(
      `split: axis ${axis} of ${formatShape(shape)} can't be cut into ${count} equal parts; pass the places to cut at.`,
    );
  }
  const places = listed ?? Array.from({ length: count - 1 }, (_, i) => ((i + 1) * length) / count);
  return [...places, length].map((stop, i) =>
    slice(x as Operand, i === 0 ? 0 : places[i - 1]!, stop, { axis: axis as number }),
  ) as never;
}

/**
 * `count` numbers from `start` to `stop`, both of them included, at equal distances.
 *
 * @example
 * linspace(0, 1, 5); // [0, 0.25, 0.5, 0.75, 1]
 *
 * @throws where the count isn't whole or the ends aren't finite
 */
export function linspace(start: number, stop: number, count = 50): number[] {
  readCount(count, "linspace: the count", 0, tooManyPlain - 1);
  if (!Number.isFinite(start) || !Number.isFinite(stop)) {
    throw new AdjointError(`linspace: from ${describe(start)} to ${describe(stop)}; pass finite ends.`);
  }
  // The last one is `stop` itself, which rounding could miss.
  return Array.from({ length: count }, (_, i) =>
    i > 0 && i === count - 1 ? stop : start + ((stop - start) * i) / Math.max(1, count - 1),
  );
}

/**
 * The whole numbers from 0 up to `stop`, which isn't among them; or start, start + step … up (or down) to `stop`.
 *
 * @example
 * arange(4); // [0, 1, 2, 3]
 * arange(1, 0, -0.25); // [1, 0.75, 0.5, 0.25]
 */
export function arange(stop: number): number[];
/** @throws where a number isn't finite, or the step is 0 */
export function arange(start: number, stop: number, step?: number): number[];
export function arange(first: number, second?: number, step = 1): number[] {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  if (![start, stop, step].every(Number.isFinite) || step === 0) {
    throw new AdjointError(
      `arange: ${describe(start)} to ${describe(stop)} by ${describe(step)} has no end; pass finite numbers, no step of 0.`,
    );
  }
  const length = readCount(
    Math.max(0, Math.ceil((stop - start) / step)),
    "arange: the count of numbers",
    0,
    tooManyPlain - 1,
  );
  return Array.from({ length }, (_, i) => start + i * step);
}
