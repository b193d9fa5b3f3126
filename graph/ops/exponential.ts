/** Exponentials, logarithms and roots. */
import { binary, fullLike, unary, type WithOp } from "../elementwise.js";
import { real } from "../op.js";
import type { Recipe } from "../recipe.js";
import type { Binary, Unary } from "../types.js";
import { add, divide, multiply, negative, square } from "./arithmetic.js";
import { equal, notEqual } from "./comparison.js";
import { kinkWhere } from "./kinks.js";

const positive = [/* @__PURE__ */ real(0.1, 5)];

/**
 * eˣ
 *
 * @example
 * exp([0, 1, -Infinity]); // [1, 2.71828…, 0]
 */
export const exp: Unary & WithOp = /* @__PURE__ */ unary({
  name: "exp",
  recipe: ["exp", 0],
  partials: () => [(result) => result],
});

/**
 * eˣ − 1, exact near 0
 *
 * @example
 * expm1(1e-20); // 1e-20
 */
export const expm1: Unary & WithOp = /* @__PURE__ */ unary({
  name: "expm1",
  recipe: ["expm1", 0],
  partials: (x) => [() => exp(x)],
});

/**
 * The natural logarithm; its derivative 1/x is ∞ at 0.
 *
 * @example
 * log([1, Math.E, 0]); // [0, 1, -Infinity]
 */
export const log: Unary & WithOp = /* @__PURE__ */ unary({
  name: "log",
  recipe: ["log", 0],
  partials: (x) => [() => divide(fullLike(x, 1), x)],
  domains: positive,
});

/**
 * log(1 + x), exact near 0
 *
 * @example
 * log1p(1e-20); // 1e-20
 */
export const log1p: Unary & WithOp = /* @__PURE__ */ unary({
  name: "log1p",
  recipe: ["log1p", 0],
  partials: (x) => [() => divide(fullLike(x, 1), add(x, 1))],
  domains: [/* @__PURE__ */ real(-0.8, 4)],
});

/**
 * The logarithm to base 2
 *
 * @example
 * log2([8, 0.5]); // [3, -1]
 */
export const log2: Unary & WithOp = /* @__PURE__ */ unary({
  name: "log2",
  recipe: ["log2", 0],
  partials: (x) => [() => divide(fullLike(x, Math.LOG2E), x)],
  domains: positive,
});

/**
 * The logarithm to base 10
 *
 * @example
 * log10([1000, 0.01]); // [3, -2]
 */
export const log10: Unary & WithOp = /* @__PURE__ */ unary({
  name: "log10",
  recipe: ["log10", 0],
  partials: (x) => [() => divide(fullLike(x, Math.LOG10E), x)],
  domains: positive,
});

/**
 * √x; its derivative ½/√x is ∞ at 0.
 *
 * @example
 * sqrt([4, 0, -1]); // [2, 0, NaN]
 */
export const sqrt: Unary & WithOp = /* @__PURE__ */ unary({
  name: "sqrt",
  recipe: ["sqrt", 0],
  partials: () => [(result) => divide(fullLike(result, 0.5), result)],
  domains: positive,
});

/**
 * ∛x, negative for negative x; its derivative ⅓/∛x² is ∞ at 0.
 *
 * @example
 * cbrt([-8, 27]); // [-2, 3]
 */
export const cbrt: Unary & WithOp = /* @__PURE__ */ unary({
  name: "cbrt",
  recipe: ["cbrt", 0],
  // Of factors that don't change sign: nothing cancels, and 0·∞ comes about nowhere but at 0.
  partials: () => [(result) => multiply(square(divide(fullLike(result, 1), result)), 1 / 3)],
  domains: positive,
});

/**
 * √(a² + b²), without overflow on the way; its gradient (a, b)/√(a² + b²), by `direction`, is 0 at 0, its Hessian NaN there.
 *
 * @example
 * hypot([3, 1e200], [4, 1e200]); // [5, 1.41421…e+200]
 */
export const hypot: Binary & WithOp = /* @__PURE__ */ binary({
  name: "hypot",
  commutative: true,
  recipe: ["hypot", 0, 1],
  partials: (a, b) => [
    (result) => ({
      value: direction(a, b),
      mask: notEqual(result, 0),
      kink: kinkWhere(equal(result, 0), add(a, b)),
    }),
    (result) => ({
      value: direction(b, a),
      mask: notEqual(result, 0),
      kink: kinkWhere(equal(result, 0), add(a, b)),
    }),
  ],
  squared: ({ operands: [a, b] }) => add(square(a!), square(b!)),
});

/** What divides 1 + (x/y)², y being the larger one */
const slant = (x: Recipe, y: Recipe): Recipe => [
  "sqrt",
  ["add", { value: 1 }, ["multiply", ["divide", x, y], ["divide", x, y]]],
];

/**
 * a/√(a² + b²), for operands of any size: the cosine of the point's angle. Its derivatives, s²/r and −c·s/r of c, the
 * sine s and the radius r, don't cancel as those of the quotient do. NaN at the origin,
 * which `hypot` and `atan2` leave out.
 */
export const direction: Binary & WithOp = /* @__PURE__ */ binary({
  name: "direction",
  recipe: [
    "select",
    ["greaterEqual", ["abs", 0], ["abs", 1]],
    ["divide", ["sign", 0], /* @__PURE__ */ slant(1, 0)],
    ["divide", ["divide", 0, ["abs", 1]], /* @__PURE__ */ slant(0, 1)],
  ],
  partials: (a, b) => {
    const radius = hypot(a, b);
    const sine = direction(b, a);
    return [
      () => multiply(sine, divide(sine, radius)),
      // The product first: where the radius is denormal, c·(s/r) were 0·∞.
      (cosine) => negative(divide(multiply(cosine, sine), radius)),
    ];
  },
  domains: [/* @__PURE__ */ real(), /* @__PURE__ */ real(0.3, 3)],
});
