/** Products, variances and norms along axes. */

import { describe } from "../describe.js";
import { fullLike } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import type { Expr } from "../node.js";
import { checkOptions } from "../options.js";
import { formatShape, sizeOf } from "../shape.js";
import type { Operand, ResultOf } from "../types.js";
import { stopGradient } from "./activation.js";
import { abs, divide, multiply, square, subtract } from "./arithmetic.js";
import { type Reduction, type ReductionOptions, reduction } from "./axes.js";
import { insertAxes, sumAxes } from "./broadcast.js";
import { greater, less, where } from "./comparison.js";
import { full } from "./constant.js";
import { sqrt } from "./exponential.js";
import { concatenate, slice } from "./indexing.js";
import { rooted } from "./kinks.js";
import { reshapeExpr, transposeExpr } from "./moving.js";
import { max } from "./reduction.js";

/**
 * The product of the elements, of all or along axes; 1 where there is none. Its derivatives are exact with zeros among
 * them, at every order: it multiplies the even with the odd places until one is left, so nothing is ever divided by.
 */
export const prod: Reduction = /* @__PURE__ */ reduction("prod", (x, axes) => {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const shape = kept.map((axis) => x.shape[axis]!);
  let count = sizeOf(axes.map((axis) => x.shape[axis]!));
  if (count === 0) return full(x.builder, 1, shape);
  let factors = reshapeExpr(transposeExpr(x, [...axes, ...kept]), [count, ...shape]);
  while (count > 1) {
    const pairs = count - (count % 2);
    const products = multiply(slice(factors, 0, pairs, { step: 2 }), slice(factors, 1, pairs, { step: 2 }));
    factors = count === pairs ? products : concatenate([products, slice(factors, pairs)]);
    count = Math.ceil(count / 2);
  }
  return reshapeExpr(factors, shape);
});

export interface VarianceOptions extends ReductionOptions {
  /** What is taken off the number of elements that the sum is divided by: 1 for a sample's estimate; default 0. */
  readonly ddof?: number;
}

interface VarianceReduction {
  <const A extends Operand>(x: A): ResultOf<[A], []>;
  (x: Operand, axes: number | readonly number[] | undefined, options?: VarianceOptions): Expr;
}

/** `measure` takes the differences from the mean, and what to divide by instead of their number. */
function varianceBy(
  name: string,
  measure: (residuals: Expr, axes: readonly number[], count: number) => Expr,
): VarianceReduction {
  return ((x: Operand, axes?: number | readonly number[], options: VarianceOptions = {}) => {
    const { ddof = 0, ...rest } = checkOptions(name, options, ["keepDims", "ddof"]);
    if (!Number.isFinite(ddof) || ddof < 0)
      throw new AdjointError(`${name}: ddof is ${describe(ddof)}; it must be a finite number ≥ 0.`);
    const reduce: Reduction = reduction(name, (operand, along) => {
      const count = sizeOf(along.map((axis) => operand.shape[axis]!)) - ddof;
      if (!(count > 0)) {
        throw new AdjointError(
          `${name}: ${formatShape(operand.shape)} has too few elements along the axes [${along.join(", ")}] for ddof ${ddof}.`,
        );
      }
      const total = sumAxes(operand, along);
      const mean = divide(total, fullLike(total, count + ddof));
      return measure(subtract(operand, insertAxes(mean, operand.shape, along)), along, count);
    });
    return reduce(x, axes as number, rest);
  }) as VarianceReduction;
}

/** Σ(x − mean)²/(n − ddof), of all elements or along axes. @throws where there are too few elements */
export const variance: VarianceReduction = varianceBy("variance", meanSquare);

/**
 * The square root of the variance; its gradient is 0 where all elements are equal, its Hessian NaN there, but that of its
 * square is the variance's. @throws as `variance`
 */
export const std: VarianceReduction = varianceBy("std", rootMeanSquare);

function meanSquare(x: Expr, axes: readonly number[], count: number): Expr {
  const squares = sumAxes(square(x), axes);
  return divide(squares, fullLike(squares, count));
}

/** √(Σx²/count), without over- or underflow on the way, with the slope 0 at 0. */
function rootMeanSquare(x: Expr, axes: readonly number[], count: number): Expr {
  const squares = meanSquare(x, axes, count);
  if (sizeOf(x.shape) === 0) return squares;
  const scale = scaleOf(stopGradient(max(abs(x), axes)));
  const scaled = multiply(x, insertAxes(scale, x.shape, axes));
  return rooted(divide(sqrt(meanSquare(scaled, axes, count)), scale), squares);
}

/** A power of two that takes numbers to where their squares are neither denormal nor infinite, in f32 kernels too. */
export function scaleOf(largest: Expr): Expr {
  const large = where(greater(largest, 2 ** 400), 2 ** -600, 2 ** -90);
  const small = where(less(largest, 2 ** -400), 2 ** 600, 2 ** 90);
  return where(greater(largest, 2 ** 50), large, where(less(largest, 2 ** -50), small, 1));
}

export interface NormOptions extends ReductionOptions {
  /** 2: √Σx², the default; 1: Σ|x|; Infinity: the largest |x|. */
  readonly ord?: 1 | 2 | typeof Number.POSITIVE_INFINITY;
}

interface Norm {
  <const A extends Operand>(x: A): ResultOf<[A], []>;
  (x: Operand, axes: number | readonly number[] | undefined, options?: NormOptions): Expr;
}

/**
 * The norm of the elements, of all or along axes, as a vector (a matrix too: its Frobenius norm). The gradient x/‖x‖ is
 * 0 at 0, as are those of |x| for order 1; for order ∞ elements that tie share it. There is no Hessian there: it is NaN, but
 * that of ‖x‖² is 2·I.
 * @throws for another order, and of order ∞ where there is no element
 */
export const norm: Norm = ((x: Operand, axes?: number | readonly number[], options: NormOptions = {}) => {
  const { ord = 2, ...rest } = checkOptions("norm", options, ["keepDims", "ord"]);
  const measure = norms.get(ord);
  if (measure) return reduction("norm", measure)(x, axes as number, rest);
  throw new AdjointError(`norm: ord is 1, 2 or Infinity, not ${describe(ord)}.`);
}) as Norm;

const norms: ReadonlyMap<number, (x: Expr, axes: readonly number[]) => Expr> = /* @__PURE__ */ new Map([
  [1, (x: Expr, axes: readonly number[]) => sumAxes(abs(x), axes)],
  [2, (x: Expr, axes: readonly number[]) => (axes.length === 0 ? abs(x) : rootMeanSquare(x, axes, 1))],
  [
    Number.POSITIVE_INFINITY,
    (x: Expr, axes: readonly number[]) => (axes.length === 0 ? abs(x) : max(abs(x), axes)),
  ],
]);
