/**
 * Activations that are made of a few ops. All keep their value and slope at ±10³⁰⁰ and ±∞, and both are NaN at NaN. At a
 * kink the slope is that of the left side's formula, as PyTorch has it, and the second derivative NaN; so it is with `relu`.
 */
import { composed, unary, type WithOp } from "../elementwise.js";
import type { Expr } from "../node.js";
import { withOperands } from "../operand.js";
import { type Option, type OptionsOf, readOptions } from "../options.js";
import type { Recipe } from "../recipe.js";
import type { Operand, ResultOf, ShapeOf, Unary } from "../types.js";
import { relu, sigmoid, softplus } from "./activation.js";
import { multiply } from "./arithmetic.js";
import { equal, greaterEqual, lessEqual, logicalNot, logicalOr, where } from "./comparison.js";
import { expm1 } from "./exponential.js";
import { bent, kinkWhere, noSlope, unlessNaN } from "./kinks.js";
import { tanh } from "./trigonometric.js";

/** x·g(x) for a g that is 0 at −∞, where the product would be NaN. */
function gated(x: Expr, gate: Expr): Expr {
  return multiply(where(equal(x, Number.NEGATIVE_INFINITY), 0, x), gate);
}

/**
 * x·σ(x), σ being the logistic function; also called swish. S. Elfwing, E. Uchibe and K. Doya, "Sigmoid-weighted linear
 * units for neural network function approximation in reinforcement learning", Neural Networks 107, 2018.
 *
 * @example
 * silu(1); // 0.7310585786300049
 */
export const silu: Unary = /* @__PURE__ */ composed("silu", (x) => gated(x, sigmoid(x)));

/**
 * x·tanh(log(1 + eˣ)). D. Misra, "Mish: a self regularized non-monotonic activation function", arXiv 1908.08681, 2019.
 *
 * @example
 * mish(1); // 0.8650983882673103
 */
export const mish: Unary = /* @__PURE__ */ composed("mish", (x) => gated(x, tanh(softplus(x))));

/**
 * x between 0 and 6, else the nearer of these; slope 0 at both, where there is no second derivative: NaN. A. Krizhevsky,
 * "Convolutional deep belief networks on CIFAR-10", 2010.
 *
 * @example
 * relu6([-1, 3, 8]); // [0, 3, 6]
 */
export const relu6: Unary & WithOp = /* @__PURE__ */ between("relu6", 0, 6);

/**
 * x between −1 and 1, else the nearer of these; slope 0 at both, where there is no second derivative: NaN.
 *
 * @example
 * hardTanh([-2, 0.5, 2]); // [-1, 0.5, 1]
 */
export const hardTanh: Unary & WithOp = /* @__PURE__ */ between("hardTanh", -1, 1);

/** Like `clip`, but with the slope 0 on the bounds. */
function between(name: string, low: number, high: number): Unary & WithOp {
  const [bottom, top]: readonly Recipe[] = [{ value: low }, { value: high }];
  return unary({
    name,
    recipe: ["select", ["lessEqual", 0, bottom!], bottom!, ["select", ["greaterEqual", 0, top!], top!, 0]],
    partials: (x) => [
      () => ({
        value: 1,
        mask: logicalNot(logicalOr(lessEqual(x, low), greaterEqual(x, high))),
        kink: kinkWhere(logicalOr(equal(x, low), equal(x, high)), x),
        taint: where(equal(x, x), 1, noSlope(x)),
      }),
    ],
  });
}

const finite = (value: number): Option<number, number> => ({
  default: value,
  range: "a finite number",
  allows: (given: unknown) => typeof given === "number" && Number.isFinite(given),
});

const eluOptions = { alpha: /* @__PURE__ */ finite(1) };
const leakyOptions = { negativeSlope: /* @__PURE__ */ finite(0.01) };

/**
 * α of `elu`: the limit at −∞ is −α.
 * @example const options: EluOptions = { alpha: 0.5 };
 */
export type EluOptions = OptionsOf<typeof eluOptions>;
/**
 * The slope of `leakyRelu` below 0.
 * @example const options: LeakyReluOptions = { negativeSlope: 0.1 };
 */
export type LeakyReluOptions = OptionsOf<typeof leakyOptions>;

type WithOptions<O> = <const A extends Operand>(x: A, options?: O) => ResultOf<[A], ShapeOf<A>>;

/**
 * x where it is positive, else α·(eˣ − 1); α is 1 by default. Slope α at 0, where the second derivative is NaN, but for
 * α = 1, when all are those of the left side. D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and accurate deep
 * network learning by exponential linear units", arXiv 1511.07289, 2015.
 * @throws where α isn't a finite number
 *
 * @example
 * elu(-1, { alpha: 2 }); // −1.2642411176571153
 */
export const elu: WithOptions<EluOptions> = ((x: Operand, options: EluOptions = {}) => {
  const { alpha } = readOptions("elu", eluOptions, options);
  return withOperands("elu", [x], ([given]) => exponentialUnit(given, alpha, 1));
}) as WithOptions<EluOptions>;

/**
 * λ·x where x is positive, else λ·α·(eˣ − 1), with λ = 1.0507009873554805 and α = 1.6732632423543772: what keeps mean 0 and
 * variance 1 through layers. Slope λ·α at 0, and second derivative NaN. G. Klambauer and others, "Self-normalizing neural
 * networks", arXiv 1706.02515, 2017.
 *
 * @example
 * selu(1); // 1.0507009873554805
 */
export const selu: Unary = /* @__PURE__ */ composed("selu", (x) =>
  exponentialUnit(x, 1.6732632423543772 * 1.0507009873554805, 1.0507009873554805),
);

function exponentialUnit(x: Expr, alpha: number, scale: number): Expr {
  const own = alpha === scale ? unlessNaN(x) : bent(x);
  return where(lessEqual(x, 0), multiply(expm1(own) as Expr, alpha), multiply(own, scale));
}

/**
 * x where it is positive, else `negativeSlope`·x, by default 0.01. Slope `negativeSlope` at 0, and second derivative NaN.
 * A. Maas, A. Hannun and A. Ng, "Rectifier nonlinearities improve neural network acoustic models", ICML 2013.
 * @throws where the slope isn't a finite number
 *
 * @example
 * leakyRelu(-3, { negativeSlope: 0.1 }); // −0.30000000000000004
 */
export const leakyRelu: WithOptions<LeakyReluOptions> = ((x: Operand, options: LeakyReluOptions = {}) => {
  const { negativeSlope } = readOptions("leakyRelu", leakyOptions, options);
  return withOperands("leakyRelu", [x], ([given]) => {
    if (negativeSlope === 0) return relu(given);
    const own = negativeSlope === 1 ? unlessNaN(given) : bent(given);
    return where(lessEqual(given, 0), multiply(own, negativeSlope), own);
  });
}) as WithOptions<LeakyReluOptions>;
