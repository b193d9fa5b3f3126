/** Exponentials, logarithms and roots. */
import { binary, fullLike, mathFunction, unary, type WithOp } from "../elementwise.js";
import type { Expr } from "../node.js";
import { real } from "../op.js";
import type { Binary, Unary } from "../types.js";
import { add, divide, multiply, square } from "./arithmetic.js";
import { notEqual } from "./comparison.js";

/** eˣ */
export const exp: Unary & WithOp = unary({
  name: "exp",
  ...mathFunction("exp"),
  partials: () => [(result) => result],
});

/** eˣ − 1, exact near 0 */
export const expm1: Unary & WithOp = unary({
  name: "expm1",
  ...mathFunction("expm1"),
  partials: (x) => [() => exp(x!)],
});

/** The natural logarithm; its derivative 1/x is ∞ at 0. */
export const log: Unary & WithOp = unary({
  name: "log",
  ...mathFunction("log"),
  partials: (x) => [() => divide(fullLike(x!, 1), x!)],
  domains: [real(0.1, 5)],
});

/** log(1 + x), exact near 0 */
export const log1p: Unary & WithOp = unary({
  name: "log1p",
  ...mathFunction("log1p"),
  partials: (x) => [() => divide(fullLike(x!, 1), add(x!, 1))],
  domains: [real(-0.8, 4)],
});

/** The logarithm to base 2 */
export const log2: Unary & WithOp = unary({
  name: "log2",
  ...mathFunction("log2"),
  partials: (x) => [() => divide(fullLike(x!, Math.LOG2E), x!)],
  domains: [real(0.1, 5)],
});

/** The logarithm to base 10 */
export const log10: Unary & WithOp = unary({
  name: "log10",
  ...mathFunction("log10"),
  partials: (x) => [() => divide(fullLike(x!, Math.LOG10E), x!)],
  domains: [real(0.1, 5)],
});

/** √x; its derivative ½/√x is ∞ at 0. */
export const sqrt: Unary & WithOp = unary({
  name: "sqrt",
  ...mathFunction("sqrt"),
  wasm: () => [0, "f64.sqrt"],
  partials: () => [(result) => divide(fullLike(result, 0.5), result)],
  domains: [real(0.1, 5)],
});

/** ∛x, negative for negative x; its derivative ⅓/∛x² is ∞ at 0. */
export const cbrt: Unary & WithOp = unary({
  name: "cbrt",
  ...mathFunction("cbrt"),
  partials: () => [(result) => divide(fullLike(result, 1), multiply(square(result), 3))],
  domains: [real(0.1, 5)],
});

/** √(a² + b²), without overflow on the way; its gradient (a, b)/√(a² + b²) is 0 at 0. */
export const hypot: Binary & WithOp = binary({
  name: "hypot",
  commutative: true,
  ...mathFunction("hypot"),
  partials: (a, b) => [
    (result) => ({ value: divide(a!, result), mask: notEqual(result, 0) as Expr }),
    (result) => ({ value: divide(b!, result), mask: notEqual(result, 0) as Expr }),
  ],
});
