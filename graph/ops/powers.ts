/** Powers. */
import { binary, fullLike, type WithOp } from "../elementwise.js";
import type { Expr } from "../node.js";
import { type Factor, real } from "../op.js";
import { isProduct, product, type Recipe } from "../recipe.js";
import type { Binary } from "../types.js";
import { stopGradient } from "./activation.js";
import { abs, add, divide, multiply, square, subtract } from "./arithmetic.js";
import {
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  notEqual,
  where,
} from "./comparison.js";
import { uniformValue } from "./constant.js";
import { exp, log } from "./exponential.js";
import { kink, kinkWhere, smoothSquare } from "./kinks.js";

/** A known whole exponent makes a product; of one that is known only later, kernels take the last place apart. */
function powerRecipe(n: number | undefined): Recipe {
  if (n === undefined || !isProduct(n)) return ["power", 0, 1];
  if (n === 0) return { value: 1 };
  const recipe = product<Recipe>(0, Math.abs(n), (a, b) => ["multiply", a, b]);
  return n < 0 ? ["divide", { value: 1 }, recipe] : recipe;
}

/** c·x^(c − 1). What c − 1 loses by being rounded makes hundreds of ulps where x is far from 1. */
function slope(x: Expr, c: number): Expr {
  const lowered = c - 1;
  const lost = c - (lowered + 1);
  const value = multiply(c, power(x, lowered));
  if (lost === 0) return value;
  const isPlain = logicalAnd(greater(x, 0), less(x, Number.POSITIVE_INFINITY));
  // x^lost, to the last bit; how it moves with x is nothing beside how the power does.
  return multiply(value, stopGradient(where(isPlain, add(multiply(log(x), lost), 1), 1)));
}

/** ∞ to a negative power is 0, whatever becomes of the exponent and of what ∞ came from. */
function vanishes(x: Expr, n: Expr): Expr {
  return logicalAnd(equal(abs(x), Number.POSITIVE_INFINITY), less(n, 0));
}

/** At x = 0 the slope by x jumps where n passes 1, so that the mixed second derivative isn't finite up to there. */
function isCorner(x: Expr, n: Expr): Expr {
  return logicalAnd(equal(x, 0), lessEqual(n, 1));
}

/** The slope by x for an exponent that is known only when a graph runs. */
function byData(x: Expr, n: Expr): Factor {
  // 0·0⁻¹ is NaN, but x⁰ doesn't move with x, at 0 either.
  const moves = logicalOr(notEqual(x, 0), notEqual(n, 0));
  const jumps = add(where(logicalAnd(isCorner(x, n), equal(n, 1)), kink(n), 0), 1);
  const value = multiply(multiply(n, power(x, subtract(n, 1))), jumps);
  // But it does so as soon as the exponent moves, also where that is asked for after any number of slopes by x.
  const jumping = add(multiply(kink(n), exp(x)), 1);
  return {
    value,
    mask: logicalAnd(moves, logicalNot(vanishes(x, n))),
    kink: kinkWhere(logicalNot(moves), n, jumping),
  };
}

/**
 * xⁿ. Whole constant exponents up to 32 are products, so that x² and xⁿ are exact at 0 at every order; 0⁰ is 1.
 * By the exponent, the derivative is xⁿ·log x; at x = 0 it is 0, and −∞ for n < 0.
 *
 * @example
 * power([2, 9], [10, 0.5]); // [1024, 3]
 */
export const power: Binary & WithOp = binary({
  name: "power",
  recipe: (_x, n) => powerRecipe(n),
  partials: (x, n) => [
    () => {
      const exponent = uniformValue(n);
      if (exponent === 0) return { value: 0, mask: fullLike(x, 0) };
      if (exponent === 1) return 1;
      if (exponent === 2) return multiply(x, 2);
      return exponent === undefined ? byData(x, n) : slope(x, exponent);
    },
    (result) => ({
      value: multiply(result, log(x)),
      mask: logicalAnd(logicalOr(notEqual(x, 0), logicalNot(greaterEqual(n, 0))), logicalNot(vanishes(x, n))),
      kink: kinkWhere(isCorner(x, n), add(x, n)),
    }),
  ],
  applied([x, n]) {
    const exponent = uniformValue(n!) ?? 0;
    const s = exponent > 0 && exponent % 2 === 0 ? smoothSquare(x!) : undefined;
    return s && (exponent === 2 ? s : power(s, exponent / 2));
  },
  rewrite([x, n]) {
    const exponent = uniformValue(n);
    if (exponent === 0) return fullLike(x, 1);
    if (exponent === 1) return x;
    if (exponent === 2) return square(x);
    return exponent === -1 ? divide(fullLike(x, 1), x) : undefined;
  },
  domains: [real(0.2, 3), real()],
});
