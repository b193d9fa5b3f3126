/** Whole numbers near a number, whose derivative is taken to be 0 where they jump too; remainders; and bounds. */
import { binary, unary, type WithOp } from "../elementwise.js";
import { real } from "../op.js";
import { withOperands } from "../operand.js";
import type { Binary, Broadcast, Operand, ResultOf, ShapeOf, Unary } from "../types.js";
import { divide, maximum, minimum, negative, subtract } from "./arithmetic.js";

/**
 * The largest whole number ≤ x; derivative 0
 *
 * @example
 * floor([-1.5, 0.2]); // [-2, 0]
 */
export const floor: Unary & WithOp = unary({
  name: "floor",
  recipe: ["floor", 0],
  partials: "constant",
});

/**
 * The smallest whole number ≥ x; derivative 0
 *
 * @example
 * ceil([-1.5, 0.2]); // [-1, 1]
 */
export const ceil: Unary & WithOp = unary({
  name: "ceil",
  recipe: ["ceil", 0],
  partials: "constant",
});

/**
 * The whole number next to x towards 0; derivative 0
 *
 * @example
 * trunc([-1.5, 1.5]); // [-1, 1]
 */
export const trunc: Unary & WithOp = unary({
  name: "trunc",
  recipe: ["trunc", 0],
  partials: "constant",
});

/**
 * The nearest whole number, of two the even one, as NumPy and IEEE 754 round; derivative 0
 *
 * @example
 * round([0.5, 1.5, -2.6]); // [0, 2, -3]
 */
export const round: Unary & WithOp = unary({
  name: "round",
  recipe: ["round", 0],
  partials: "constant",
});

/**
 * What is left of x after the whole multiples of y, with the sign of y: x − ⌊x/y⌋·y, computed without error (NumPy's
 * `remainder`; JavaScript's % has the sign of x). ∂/∂x = 1, ∂/∂y = −⌊x/y⌋.
 *
 * @example
 * remainder([7, -7], 3); // [1, 2]
 */
export const remainder: Binary & WithOp = binary({
  name: "remainder",
  compute(x, y) {
    const rest = x % y;
    if (rest === 0) return y < 0 ? -0 : 0;
    return rest < 0 === y < 0 ? rest : rest + y;
  },
  partials: (x, y) => [
    () => 1,
    // Rounded, since the division may miss the whole number that it stands for.
    (result) => negative(round(divide(subtract(x, result), y))),
  ],
  domains: [real(), real(0.6, 3)],
});

type Clip = <const A extends Operand, const L extends Operand, const H extends Operand>(
  x: A,
  low: L,
  high: H,
) => ResultOf<[A, L, H], Broadcast<Broadcast<ShapeOf<A>, ShapeOf<L>>, ShapeOf<H>>>;

/**
 * x where it is between `low` and `high`, else the nearer of these. On a bound, it and x share the derivative equally.
 *
 * @example
 * clip([-3, 0.5, 9], 0, 1); // [0, 0.5, 1]
 */
export const clip: Clip = ((x: Operand, low: Operand, high: Operand) =>
  withOperands("clip", [x, low, high], ([expr, least, most]) => minimum(maximum(expr, least), most))) as Clip;
