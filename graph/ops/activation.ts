/** What neural networks are made of besides products. */
import { composed, unary, type WithOp } from "../elementwise.js";
import { integer } from "../op.js";
import type { Recipe } from "../recipe.js";
import type { Unary } from "../types.js";
import { multiply, negative } from "./arithmetic.js";
import { equal, greater, lessEqual, logicalNot, where } from "./comparison.js";
import { kinkWhere, noSlope } from "./kinks.js";
import { normalCdf } from "./special.js";
import { tanh } from "./trigonometric.js";

/** e⁻ˣ; where it is infinite, eˣ is denormal. */
const decay: Recipe = ["exp", ["negative", 0]];
const above: Recipe = ["add", { value: 1 }, decay];
const logistic: Recipe = ["divide", { value: 1 }, above];
const orTail = (recipe: Recipe): Recipe => ["select", ["less", 0, { value: -709 }], ["exp", 0], recipe];

/**
 * The logistic function 1/(1 + e⁻ˣ); its derivative is `logisticDensity`.
 *
 * @example
 * sigmoid([0, -1000]); // [0.5, 0]
 */
export const sigmoid: Unary & WithOp = unary({
  name: "sigmoid",
  recipe: orTail(logistic),
  partials: (x) => [() => logisticDensity(x)],
});

/**
 * σ(x)·σ(−x), σ being the logistic function: the density of the logistic distribution, with all digits far out, as
 * e^(−|x|)/(1 + e^(−|x|))²; its derivative −σ(x)·σ(−x)·tanh(x/2) does so near 0 too, where σ(−x) − σ(x) cancels.
 */
export const logisticDensity: Unary & WithOp = unary({
  name: "logisticDensity",
  recipe: orTail(["multiply", ["divide", decay, above], logistic]),
  partials: (x) => [(result) => negative(multiply(result, tanh(multiply(x, 0.5))))],
});

/**
 * log(1 + eˣ), without overflow; its derivative is the logistic function.
 *
 * @example
 * softplus([0, 1000]); // [0.693147…, 1000]
 */
export const softplus: Unary & WithOp = unary({
  name: "softplus",
  recipe: ["add", ["maximum", 0, { value: 0 }], ["log1p", ["exp", ["negative", ["abs", 0]]]]],
  partials: (x) => [() => sigmoid(x)],
});

/**
 * x where it is positive, else 0; the derivative at 0 is 0, and there is no second one: NaN. At NaN it is NaN, as the value.
 *
 * @example
 * relu([-1, 0, 2]); // [0, 0, 2]
 */
export const relu: Unary & WithOp = unary({
  name: "relu",
  recipe: ["select", ["lessEqual", 0, { value: 0 }], { value: 0 }, 0],
  partials: (x) => [
    () => ({
      value: 1,
      mask: logicalNot(lessEqual(x, 0)),
      kink: kinkWhere(equal(x, 0), x),
      taint: where(greater(x, 0), 1, noSlope(x)),
    }),
  ],
});

/**
 * x·Φ(x), Φ being the normal distribution's cumulative probability.
 * D. Hendrycks and K. Gimpel, "Gaussian error linear units", arXiv 1606.08415, 2016; exact, not its approximation by tanh.
 *
 * @example
 * gelu([-1, 0, 1]); // [-0.158655…, 0, 0.841344…]
 */
export const gelu: Unary = /* @__PURE__ */ composed("gelu", (x) => multiply(x, normalCdf(x)));

/**
 * x itself, of which the derivative is taken to be 0: what is computed from it counts as given.
 *
 * @example
 * const f = trace({ x: scalar() }, ({ x }) => multiply(x, stopGradient(x)));
 * grad(f)({ x: 3 }); // { x: 3 }
 */
export const stopGradient: Unary & WithOp = unary({
  name: "stopGradient",
  recipe: 0,
  partials: "constant",
  // By decree, not by its slope, which is 1.
  domains: [integer()],
});
