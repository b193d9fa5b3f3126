/** What neural networks are made of besides products. */
import { composed, unary, type WithOp } from "../elementwise.js";
import { integer } from "../op.js";
import type { Unary } from "../types.js";
import { multiply, negative } from "./arithmetic.js";
import { lessEqual, where } from "./comparison.js";
import { erfc } from "./special.js";

/** The logistic function 1/(1 + e⁻ˣ); its derivative σ(x)·σ(−x) keeps its relative accuracy on both sides. */
export const sigmoid: Unary & WithOp = unary({
  name: "sigmoid",
  recipe: ["divide", { value: 1 }, ["add", { value: 1 }, ["exp", ["negative", 0]]]],
  partials: (x) => [(result) => multiply(result, sigmoid(negative(x)))],
});

/** log(1 + eˣ), without overflow; its derivative is the logistic function. */
export const softplus: Unary & WithOp = unary({
  name: "softplus",
  recipe: ["add", ["maximum", 0, { value: 0 }], ["log1p", ["exp", ["negative", ["abs", 0]]]]],
  partials: (x) => [() => sigmoid(x)],
});

/** x where it is positive, else 0; the derivative at 0 is 0. */
export const relu: Unary = /* @__PURE__ */ composed("relu", (x) => where(lessEqual(x, 0), 0, x));

/**
 * x·Φ(x), Φ being the normal distribution's cumulative probability.
 * D. Hendrycks and K. Gimpel, "Gaussian error linear units", arXiv 1606.08415, 2016; exact, not its approximation by tanh.
 */
export const gelu: Unary = /* @__PURE__ */ composed("gelu", (x) => {
  const tail = erfc(multiply(x, -Math.SQRT1_2));
  return multiply(multiply(x, 0.5), tail);
});

/** x itself, of which the derivative is taken to be 0: what is computed from it counts as given. */
export const stopGradient: Unary & WithOp = unary({
  name: "stopGradient",
  recipe: 0,
  partials: "constant",
  // By decree, not by its slope, which is 1.
  domains: [integer()],
});
