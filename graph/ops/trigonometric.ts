/** Circular and hyperbolic functions, in radians, and their inverses. */
import { binary, fullLike, unary, type WithOp } from "../elementwise.js";
import type { Expr } from "../node.js";
import { real } from "../op.js";
import type { Binary, Unary } from "../types.js";
import { abs, add, divide, multiply, negative, square, subtract } from "./arithmetic.js";
import { equal, less, notEqual, where } from "./comparison.js";
import { direction, hypot, sqrt } from "./exponential.js";
import { kinkWhere } from "./kinks.js";

function reciprocal(x: Expr): Expr {
  return divide(fullLike(x, 1), x);
}

/** 1 − x² without the cancellation near ±1; its derivative −2x isn't that of the product, which cancels near 0. */
export const oneMinusSquare: Unary & WithOp = unary({
  name: "oneMinusSquare",
  recipe: ["multiply", ["subtract", { value: 1 }, 0], ["add", 0, { value: 1 }]],
  partials: (x) => [() => multiply(x, -2)],
});

/** From here on x² + 1 is x² to the last bit, and so are the derivatives of whatever is made of it. */
const far = 1e9;

/**
 * The sine
 *
 * @example
 * sin([0, Math.PI / 2]); // [0, 1]
 */
export const sin: Unary & WithOp = unary({
  name: "sin",
  recipe: ["sin", 0],
  partials: (x) => [() => cos(x)],
});

/**
 * The cosine
 *
 * @example
 * cos([0, Math.PI]); // [1, -1]
 */
export const cos: Unary & WithOp = unary({
  name: "cos",
  recipe: ["cos", 0],
  partials: (x) => [() => negative(sin(x))],
});

/**
 * The tangent; its derivative is 1 + tan².
 *
 * @example
 * tan(Math.PI / 4); // 0.999999…
 */
export const tan: Unary & WithOp = unary({
  name: "tan",
  recipe: ["tan", 0],
  partials: () => [(result) => add(square(result), 1)],
  domains: [real(-1.3, 1.3)],
});

/**
 * The angle in [−π/2, π/2] whose sine is x
 *
 * @example
 * asin(1); // 1.57079…
 */
export const asin: Unary & WithOp = unary({
  name: "asin",
  recipe: ["asin", 0],
  partials: (x) => [() => reciprocal(sqrt(oneMinusSquare(x)))],
  domains: [real(-0.9, 0.9)],
});

/**
 * The angle in [0, π] whose cosine is x
 *
 * @example
 * acos(-1); // 3.14159…
 */
export const acos: Unary & WithOp = unary({
  name: "acos",
  recipe: ["acos", 0],
  partials: (x) => [() => negative(reciprocal(sqrt(oneMinusSquare(x))))],
  domains: [real(-0.9, 0.9)],
});

/**
 * The angle in (−π/2, π/2) whose tangent is x
 *
 * @example
 * atan([1, Infinity]); // [0.785398…, 1.57079…]
 */
export const atan: Unary & WithOp = unary({
  name: "atan",
  recipe: ["atan", 0],
  partials: (x) => [
    () => {
      const isNear = less(abs(x), far);
      const inverse = reciprocal(where(isNear, add(square(x), 1), x));
      return where(isNear, inverse, square(inverse));
    },
  ],
});

/**
 * The angle of the point (x, y) in (−π, π]; note the order, y first. Its gradient (x, −y)/(x² + y²) is 0 at the origin, its Hessian NaN there.
 *
 * @example
 * atan2([1, -1], [-1, -1]); // [2.35619…, -2.35619…]
 */
export const atan2: Binary & WithOp = binary({
  name: "atan2",
  recipe: ["atan2", 0, 1],
  partials: (y, x) => {
    const radius = hypot(y, x);
    const by = (value: Expr) => ({
      value: divide(value, radius),
      mask: notEqual(radius, 0),
      kink: kinkWhere(equal(radius, 0), add(y, x)),
    });
    return [() => by(direction(x, y)), () => by(negative(direction(y, x)))];
  },
  domains: [real(), real(0.3, 3)],
});

/**
 * The hyperbolic sine
 *
 * @example
 * sinh([0, 1]); // [0, 1.17520…]
 */
export const sinh: Unary & WithOp = unary({
  name: "sinh",
  recipe: ["sinh", 0],
  partials: (x) => [() => cosh(x)],
});

/**
 * The hyperbolic cosine
 *
 * @example
 * cosh([0, 1]); // [1, 1.54308…]
 */
export const cosh: Unary & WithOp = unary({
  name: "cosh",
  recipe: ["cosh", 0],
  partials: (x) => [() => sinh(x)],
});

/**
 * The hyperbolic tangent; its derivative is `sechSquared`, since 1 − tanh² has no digits left from |x| = 19 on.
 *
 * @example
 * tanh([0, 1000]); // [0, 1]
 */
export const tanh: Unary & WithOp = unary({
  name: "tanh",
  recipe: ["tanh", 0],
  partials: (x) => [() => sechSquared(x)],
});

/** 1/cosh²(x), to the last places and without overflow, however large x is; its derivative is −2·sech²·tanh. */
export const sechSquared: Unary & WithOp = unary({
  name: "sechSquared",
  compute(x) {
    const e = Math.exp(-2 * Math.abs(x));
    return (4 * e) / ((1 + e) * (1 + e));
  },
  partials: (x) => [(result) => multiply(multiply(result, tanh(x)), -2)],
});

/**
 * The inverse of sinh
 *
 * @example
 * asinh([0, 1e300]); // [0, 691.468…]
 */
export const asinh: Unary & WithOp = unary({
  name: "asinh",
  recipe: ["asinh", 0],
  partials: (x) => [() => reciprocal(where(less(abs(x), far), sqrt(add(square(x), 1)), abs(x)))],
});

/**
 * The inverse of cosh, for x ≥ 1
 *
 * @example
 * acosh(1); // 0
 */
export const acosh: Unary & WithOp = unary({
  name: "acosh",
  recipe: ["acosh", 0],
  partials: (x) => [() => divide(reciprocal(sqrt(subtract(x, 1))), sqrt(add(x, 1)))],
  domains: [real(1.2, 5)],
});

/**
 * The inverse of tanh, for |x| < 1
 *
 * @example
 * atanh(0.5); // 0.549306…
 */
export const atanh: Unary & WithOp = unary({
  name: "atanh",
  recipe: ["atanh", 0],
  partials: (x) => [() => reciprocal(oneMinusSquare(x))],
  domains: [real(-0.9, 0.9)],
});
