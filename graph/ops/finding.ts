/** Whether and where elements are: reductions that give truths and places, and have no derivative. */
import { fullLike } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import { withOperands } from "../operand.js";
import { formatShape } from "../shape.js";
import type { Replaced } from "../shape-types.js";
import type { Operand, ResultOf, ShapeOf } from "../types.js";
import { normalizeAxis, type Reduction, reduction } from "./axes.js";
import { insertAxes, sumAxes } from "./broadcast.js";
import { equal, greater, logicalNot, logicalOr, notEqual, where } from "./comparison.js";
import { iota } from "./constant.js";
import { max, min } from "./reduction.js";

/**
 * 1 where an element is true (neither 0 nor NaN), of all or along axes; of none, 0. It has no derivative.
 *
 * @example
 * any([[0, 0], [0, 2]], 1); // [0, 1]
 */
export const any: Reduction = reduction("any", (x, axes) =>
  greater(sumAxes(logicalNot(logicalNot(x)), axes), 0),
);

/**
 * 1 where all elements are true (neither 0 nor NaN), of all or along axes; of none, 1. It has no derivative.
 *
 * @example
 * all([[1, 0], [1, 1]], 1); // [0, 1]
 */
export const all: Reduction = reduction("all", (x, axes) => equal(sumAxes(logicalNot(x), axes), 0));

function placeOf(name: string, extremum: Reduction, x: Operand, axis: number): never {
  return withOperands(name, [x], ([operand]) => {
    const { shape, builder } = operand;
    const along = normalizeAxis(axis, shape.length, name);
    const length = shape[along]!;
    if (length === 0)
      throw new AdjointError(`${name}: ${formatShape(shape)} has no element along axis ${axis}.`);
    const best = insertAxes(extremum(operand, along), shape, [along]);
    // As in NumPy, NaN is what counts where there is one.
    const found = logicalOr(equal(operand, best), notEqual(operand, operand));
    const places = insertAxes(
      iota(builder, length),
      shape,
      [...shape.keys()].filter((other) => other !== along),
    );
    return min(where(found, places, fullLike(places, length)), along);
  }) as never;
}

/**
 * The place of the largest element along an axis, the last by default; of equal ones, the first. No derivative.
 *
 * @example
 * argmax([[1, 5, 2], [7, 3, 7]]); // [1, 0]
 */
export function argmax<const A extends Operand, const X extends number = -1>(
  x: A,
  axis: X = -1 as X,
): ResultOf<[A], Replaced<ShapeOf<A>, X, []>> {
  return placeOf("argmax", max, x, axis);
}

/**
 * The place of the smallest element along an axis, the last by default; of equal ones, the first. No derivative.
 *
 * @example
 * argmin([[1, 5, 2], [7, 3, 7]]); // [0, 1]
 */
export function argmin<const A extends Operand, const X extends number = -1>(
  x: A,
  axis: X = -1 as X,
): ResultOf<[A], Replaced<ShapeOf<A>, X, []>> {
  return placeOf("argmin", min, x, axis);
}
