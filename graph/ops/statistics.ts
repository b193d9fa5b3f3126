/** Products, variances and norms along axes. */

import { describe } from "../describe.js";
import { fullLike } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import type { Expr } from "../node.js";
import { checkOptions } from "../options.js";
import { formatShape, sizeOf } from "../shape.js";
import type { Operand } from "../types.js";
import { abs, divide, multiply, subtract } from "./arithmetic.js";
import { type Reduction, type ReductionOptions, reduction } from "./axes.js";
import { insertAxes, sumAxes } from "./broadcast.js";
import { full } from "./constant.js";
import { concatenate, slice } from "./indexing.js";
import { reshapeExpr, transposeExpr } from "./moving.js";
import { meanSquare, rootMeanSquare } from "./norm.js";
import { max } from "./reduction.js";

/**
 * The product of the elements, of all or along axes; 1 where there is none. Its derivatives are exact with zeros among
 * them, at every order: it multiplies the even with the odd places until one is left, so nothing is ever divided by.
 *
 * @example
 * prod([[1, 2], [3, 4]]); // 24
 * prod([[1, 2], [3, 4]], 0); // [3, 8]
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

/**
 * Options of `variance` and `std`.
 * @example const options: VarianceOptions = { ddof: 1 };
 */
export interface VarianceOptions<K extends boolean = boolean> extends ReductionOptions<K> {
  /** What is taken off the number of elements that the sum is divided by: 1 for a sample's estimate; default 0. */
  readonly ddof?: number;
}

type VarianceReduction = Reduction<VarianceOptions>;

/** `measure` takes, besides the mean, what to divide by instead of the number of elements. */
function varianceBy(
  name: string,
  measure: (x: Expr, axes: readonly number[], count: number, mean: Expr) => Expr,
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
      return measure(operand, along, count, mean);
    });
    return reduce(x, axes as number, rest);
  }) as VarianceReduction;
}

/**
 * Σ(x − mean)²/(n − ddof), of all elements or along axes.
 *
 * @example
 * variance([1, 2, 3, 4]); // 1.25
 *
 * @throws where there are too few elements
 */
export const variance: VarianceReduction = varianceBy("variance", (x, axes, count, mean) =>
  meanSquare(subtract(x, insertAxes(mean, x.shape, axes)), axes, count),
);

/**
 * The square root of the variance; its gradient is 0 where all elements are equal, its Hessian NaN there, but that of its
 * square is the variance's. @throws as `variance`
 *
 * @example
 * std([1, 2, 3, 4], undefined, { ddof: 1 }); // 1.29099…
 */
export const std: VarianceReduction = varianceBy("std", rootMeanSquare);

/**
 * Options of `norm`.
 * @example const options: NormOptions = { ord: 1 };
 */
export interface NormOptions<K extends boolean = boolean> extends ReductionOptions<K> {
  /** 2: √Σx², the default; 1: Σ|x|; Infinity: the largest |x|. */
  readonly ord?: 1 | 2 | typeof Number.POSITIVE_INFINITY;
}

type Norm = Reduction<NormOptions>;

/**
 * The norm of the elements, of all or along axes, as a vector (a matrix too: its Frobenius norm). The gradient x/‖x‖ is
 * 0 at 0, as are those of |x| for order 1; for order ∞ elements that tie share it. There is no Hessian there: it is NaN, but
 * that of ‖x‖² is 2·I.
 *
 * @example
 * norm([3, 4]); // 5
 * norm([[3, 4], [1, -2]], 1, { ord: 1 }); // [7, 3]
 *
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
