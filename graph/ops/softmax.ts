/** Exponentials that are weighed against each other along axes, stable for arguments of any size. */
import type { Expr } from "../node.js";
import { withOperands } from "../operand.js";
import type { Operand, ResultOf, ShapeOf } from "../types.js";
import { stopGradient } from "./activation.js";
import { abs, add, divide, multiply, negative, subtract } from "./arithmetic.js";
import { normalizeAxis, type Reduction, reduction } from "./axes.js";
import { insertAxes, sumAxes } from "./broadcast.js";
import { equal, less, logicalAnd, logicalNot, where } from "./comparison.js";
import { exp, log1p } from "./exponential.js";
import { max } from "./reduction.js";

/** What all are made of. */
interface Weighed {
  /** The largest, of each group along the axes, as it moves where it is alone. */
  readonly shift: Expr;
  readonly isCounted: Expr;
  /** e^(x − shift) */
  readonly weights: Expr;
  /** log1p of it is the logarithm of the sum of all weights. */
  readonly rest: Expr;
}

/**
 * Where one element alone is the largest, its weight is the number 1, and the others are added up by themselves: then
 * neither 1 − p cancels nor what derivatives make of it, however close to 1 its share p is. Of those that tie none has more
 * than a half. By how much it moves, all other weights shrink together, so that they need no second look.
 */
function weigh(x: Expr, axes: readonly number[]): Weighed {
  const all = (one: Expr) => insertAxes(one, x.shape, axes);
  const largest = stopGradient(max(x, axes));
  const isLargest = equal(x, all(largest));
  // An infinite one would give ∞ − ∞.
  const isPlain = less(abs(largest), Number.POSITIVE_INFINITY);
  const isAlone = logicalAnd(equal(sumAxes(isLargest, axes), 1), isPlain);
  const isCounted = logicalAnd(isLargest, all(isAlone));
  const fixed = where(isPlain, largest, 0);
  // 0 that moves with the largest
  const moved = where(isAlone, subtract(sumAxes(where(isLargest, x, 0), axes), largest), 0);
  const shrunk = exp(negative(moved));
  const weights = where(isCounted, 1, exp(subtract(x, all(fixed))));
  const others = sumAxes(where(isCounted, 0, weights), axes);
  return {
    shift: add(fixed, moved),
    isCounted,
    weights: where(isCounted, 1, multiply(weights, all(shrunk))),
    rest: subtract(multiply(others, shrunk), logicalNot(isAlone)),
  };
}

/**
 * log Σ eˣ, of all elements or along axes, without overflow; its gradient is the softmax. −∞ counts as no term;
 * where there is no other, the gradient is 0.
 * @throws where there is no element
 */
export const logSumExp: Reduction = reduction("logSumExp", (x, axes) => {
  const { shift, rest } = weigh(x, axes);
  // Of nothing but −∞ it stays −∞ wherever those move: no derivative, where that of the logarithm is infinite.
  return where(equal(rest, -1), Number.NEGATIVE_INFINITY, add(shift, log1p(rest)));
});

/** x − logSumExp(x) along an axis, the last by default: the logarithm of `softmax`, exact where that is close to 0. */
export function logSoftmax<const A extends Operand>(x: A, axis = -1): ResultOf<[A], ShapeOf<A>> {
  return withOperands("logSoftmax", [x], ([operand]) => {
    const along = [normalizeAxis(axis, operand.shape.length, "logSoftmax")];
    const { shift, isCounted, rest } = weigh(operand, along);
    const differences = where(isCounted, 0, subtract(operand, insertAxes(shift, operand.shape, along)));
    return subtract(differences, insertAxes(log1p(rest), operand.shape, along));
  }) as never;
}

/** eˣ/Σeˣ along an axis, the last by default. */
export function softmax<const A extends Operand>(x: A, axis = -1): ResultOf<[A], ShapeOf<A>> {
  return withOperands("softmax", [x], ([operand]) => {
    const along = [normalizeAxis(axis, operand.shape.length, "softmax")];
    const { weights, rest } = weigh(operand, along);
    return divide(weights, insertAxes(add(rest, 1), operand.shape, along));
  }) as never;
}
