/** What neural networks are made of besides products. */
import { unary, type WithOp } from "../elementwise.js";
import type { Expr } from "../node.js";
import { integer } from "../op.js";
import type { Operand, ResultOf, ShapeOf, Unary } from "../types.js";
import { multiply, negative } from "./arithmetic.js";
import { lessEqual, where } from "./comparison.js";
import { erfc } from "./special.js";

/** The logistic function 1/(1 + e⁻ˣ); its derivative σ(x)·σ(−x) keeps its relative accuracy on both sides. */
export const sigmoid: Unary & WithOp = unary({
  name: "sigmoid",
  compute: (x) => 1 / (1 + Math.exp(-x!)),
  code: (x) => `1 / (1 + Math.exp(-${x}))`,
  partials: (x) => [(result) => multiply(result, sigmoid(negative(x!)) as Expr)],
});

/** log(1 + eˣ), without overflow; its derivative is the logistic function. */
export const softplus: Unary & WithOp = unary({
  name: "softplus",
  compute: (x) => Math.max(x!, 0) + Math.log1p(Math.exp(-Math.abs(x!))),
  code: (x) => `Math.max(${x}, 0) + Math.log1p(Math.exp(-Math.abs(${x})))`,
  partials: (x) => [() => sigmoid(x!)],
});

/** x where it is positive, else 0; the derivative at 0 is 0. */
export function relu<const A extends Operand>(x: A): ResultOf<[A], ShapeOf<A>> {
  return where(lessEqual(x as Operand, 0), 0, x as Operand) as never;
}

/**
 * x·Φ(x), Φ being the normal distribution's cumulative probability.
 * D. Hendrycks and K. Gimpel, "Gaussian error linear units", arXiv 1606.08415, 2016; exact, not its approximation by tanh.
 */
export function gelu<const A extends Operand>(x: A): ResultOf<[A], ShapeOf<A>> {
  const tail = erfc(multiply(x as Operand, -Math.SQRT1_2) as Operand);
  return multiply(multiply(x as Operand, 0.5) as Operand, tail as Operand) as never;
}

/** x itself, of which the derivative is taken to be 0: what is computed from it counts as given. */
export const stopGradient: Unary & WithOp = unary({
  name: "stopGradient",
  compute: (x) => x!,
  code: (x) => x!,
  partials: "constant",
  // By decree, not by its slope, which is 1.
  domains: [integer()],
});
