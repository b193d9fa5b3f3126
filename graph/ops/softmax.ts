/** Exponentials that are weighed against each other along axes, stable for arguments of any size. */
import type { Expr } from "../node.js";
import { withOperands } from "../operand.js";
import type { Operand, ResultOf, ShapeOf } from "../types.js";
import { stopGradient } from "./activation.js";
import { abs, add, subtract } from "./arithmetic.js";
import { normalizeAxis, type Reduction, reduction } from "./axes.js";
import { insertAxes, sumAxes } from "./broadcast.js";
import { equal, less, where } from "./comparison.js";
import { exp, log } from "./exponential.js";
import { max } from "./reduction.js";

/** The largest elements, by which all are shifted; 0 in place of an infinite one, which would give ∞ − ∞. */
function shiftOf(x: Expr, axes: readonly number[]): Expr {
  const largest = stopGradient(max(x, axes));
  return where(less(abs(largest), Number.POSITIVE_INFINITY), largest, 0);
}

function logSumExpAxes(x: Expr, axes: readonly number[]): Expr {
  const shift = shiftOf(x, axes);
  const shifted = subtract(x, insertAxes(shift, x.shape, axes));
  const total = sumAxes(exp(shifted), axes);
  // Of nothing but −∞ it stays −∞ wherever those move: no derivative, where that of the logarithm is infinite.
  return where(equal(total, 0), Number.NEGATIVE_INFINITY, add(log(total), shift));
}

/**
 * log Σ eˣ, of all elements or along axes, without overflow; its gradient is the softmax. −∞ counts as no term;
 * where there is no other, the gradient is 0.
 * @throws where there is no element
 */
export const logSumExp: Reduction = reduction("logSumExp", logSumExpAxes);

/** x − logSumExp(x) along an axis, the last by default: the logarithm of `softmax`, exact where that is close to 0. */
export function logSoftmax<const A extends Operand>(x: A, axis = -1): ResultOf<[A], ShapeOf<A>> {
  return withOperands("logSoftmax", [x], ([operand]) => {
    const along = [normalizeAxis(axis, operand.shape.length, "logSoftmax")];
    const shift = shiftOf(operand, along);
    const shifted = subtract(operand, insertAxes(shift, operand.shape, along));
    const total = log(sumAxes(exp(shifted), along));
    return subtract(shifted, insertAxes(total, operand.shape, along));
  }) as never;
}

/** eˣ/Σeˣ along an axis, the last by default. */
export function softmax<const A extends Operand>(x: A, axis = -1): ResultOf<[A], ShapeOf<A>> {
  return withOperands("softmax", [x], ([operand]) => exp(logSoftmax(operand, axis))) as never;
}
