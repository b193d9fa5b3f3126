/** Whole numbers near a number. Their derivative is 0: it is wherever they don't jump. */
import { mathFunction, unary, type WithOp } from "../elementwise.js";
import type { Operand, ResultOf, ShapeOf, Unary } from "../types.js";
import { maximum, minimum } from "./arithmetic.js";

/** The largest whole number ≤ x; derivative 0 */
export const floor: Unary & WithOp = unary({
  name: "floor",
  ...mathFunction("floor"),
  wasm: () => [0, "f64.floor"],
  partials: "constant",
});

/** The smallest whole number ≥ x; derivative 0 */
export const ceil: Unary & WithOp = unary({
  name: "ceil",
  ...mathFunction("ceil"),
  wasm: () => [0, "f64.ceil"],
  partials: "constant",
});

/** The whole number next to x towards 0; derivative 0 */
export const trunc: Unary & WithOp = unary({
  name: "trunc",
  ...mathFunction("trunc"),
  wasm: () => [0, "f64.trunc"],
  partials: "constant",
});

/** The nearest whole number, of two the even one, as NumPy and IEEE 754 round; derivative 0 */
export const round: Unary & WithOp = unary({
  name: "round",
  compute: roundHalfEven,
  wasm: () => [0, "f64.nearest"],
  partials: "constant",
});

function roundHalfEven(x: number): number {
  // Doubles from 2⁵² on are whole; below, adding and taking away 2⁵² rounds as the processor does.
  if (!(Math.abs(x) < 4503599627370496)) return x;
  return x < 0 || Object.is(x, -0)
    ? x - 4503599627370496 + 4503599627370496 || -0
    : x + 4503599627370496 - 4503599627370496;
}

/** x where it is between `low` and `high`, else the nearer of these. On a bound the derivative is ½. */
export function clip<const A extends Operand>(x: A, low: number, high: number): ResultOf<[A], ShapeOf<A>> {
  return minimum(maximum(x as Operand, low), high) as never;
}
