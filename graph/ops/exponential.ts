/** Exponentials, logarithms and roots. */
import { binary, fullLike, unary, type WithOp } from "../elementwise.js";
import { real } from "../op.js";
import type { Binary, Unary } from "../types.js";
import { add, divide, multiply, square } from "./arithmetic.js";
import { notEqual } from "./comparison.js";

const positive = [/* @__PURE__ */ real(0.1, 5)];

/** eˣ */
export const exp: Unary & WithOp = /* @__PURE__ */ unary({
  name: "exp",
  recipe: ["exp", 0],
  partials: () => [(result) => result],
});

/** eˣ − 1, exact near 0 */
export const expm1: Unary & WithOp = /* @__PURE__ */ unary({
  name: "expm1",
  recipe: ["expm1", 0],
  partials: (x) => [() => exp(x)],
});

/** The natural logarithm; its derivative 1/x is ∞ at 0. */
export const log: Unary & WithOp = /* @__PURE__ */ unary({
  name: "log",
  recipe: ["log", 0],
  partials: (x) => [() => divide(fullLike(x, 1), x)],
  domains: positive,
});

/** log(1 + x), exact near 0 */
export const log1p: Unary & WithOp = /* @__PURE__ */ unary({
  name: "log1p",
  recipe: ["log1p", 0],
  partials: (x) => [() => divide(fullLike(x, 1), add(x, 1))],
  domains: [/* @__PURE__ */ real(-0.8, 4)],
});

/** The logarithm to base 2 */
export const log2: Unary & WithOp = /* @__PURE__ */ unary({
  name: "log2",
  recipe: ["log2", 0],
  partials: (x) => [() => divide(fullLike(x, Math.LOG2E), x)],
  domains: positive,
});

/** The logarithm to base 10 */
export const log10: Unary & WithOp = /* @__PURE__ */ unary({
  name: "log10",
  recipe: ["log10", 0],
  partials: (x) => [() => divide(fullLike(x, Math.LOG10E), x)],
  domains: positive,
});

/** √x; its derivative ½/√x is ∞ at 0. */
export const sqrt: Unary & WithOp = /* @__PURE__ */ unary({
  name: "sqrt",
  recipe: ["sqrt", 0],
  partials: () => [(result) => divide(fullLike(result, 0.5), result)],
  domains: positive,
});

/** ∛x, negative for negative x; its derivative ⅓/∛x² is ∞ at 0. */
export const cbrt: Unary & WithOp = /* @__PURE__ */ unary({
  name: "cbrt",
  recipe: ["cbrt", 0],
  partials: () => [(result) => divide(fullLike(result, 1), multiply(square(result), 3))],
  domains: positive,
});

/** √(a² + b²), without overflow on the way; its gradient (a, b)/√(a² + b²) is 0 at 0. */
export const hypot: Binary & WithOp = /* @__PURE__ */ binary({
  name: "hypot",
  commutative: true,
  recipe: ["hypot", 0, 1],
  partials: (a, b) => [
    (result) => ({ value: divide(a, result), mask: notEqual(result, 0) }),
    (result) => ({ value: divide(b, result), mask: notEqual(result, 0) }),
  ],
});
