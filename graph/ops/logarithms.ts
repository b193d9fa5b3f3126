/** Logarithms of sums, differences and products of probabilities, where the obvious composition gives NaN or no digits. */
import { binary, composed, type WithOp } from "../elementwise.js";
import type { Expr } from "../node.js";
import { real } from "../op.js";
import type { Binary, Unary } from "../types.js";
import { sigmoid, softplus } from "./activation.js";
import { abs, add, divide, negative, subtract } from "./arithmetic.js";
import { equal, lessEqual, logicalAnd, logicalNot, logicalOr, notEqual, where } from "./comparison.js";
import { exp, expm1, log, log1p } from "./exponential.js";
import { kinkWhere } from "./kinks.js";

const positive = /* @__PURE__ */ real(0.1, 5);

/** x/y as the slope of x·log y: where both are 0 it is 0, since 0·log y doesn't move with y until x does. */
function slopeByLogarithm(x: Expr, y: Expr) {
  return () => {
    const mask = logicalOr(notEqual(x, 0), notEqual(y, 0));
    return { value: divide(x, y), mask, kink: kinkWhere(logicalNot(mask), x) };
  };
}

/**
 * x·log(y), and 0 where x is 0, whatever y is (NaN apart): the terms of entropies. ∂/∂x = log y, ∂/∂y = x/y, which is 0
 * where both are 0. SciPy's `xlogy`.
 *
 * @example
 * xlogy(0, 0); // 0
 */
export const xlogy: Binary & WithOp = /* @__PURE__ */ binary({
  name: "xlogy",
  recipe: [
    "select",
    ["and", ["equal", 0, { value: 0 }], ["equal", 1, 1]],
    { value: 0 },
    ["multiply", 0, ["log", 1]],
  ],
  partials: (x, y) => [() => log(y), slopeByLogarithm(x, y)],
  domains: [/* @__PURE__ */ real(), positive],
});

/**
 * x·log(1 + y), exact for small y, and 0 where x is 0, whatever y is (NaN apart). ∂/∂x = log(1 + y), ∂/∂y = x/(1 + y),
 * which is 0 where both x and 1 + y are 0. SciPy's `xlog1py`.
 *
 * @example
 * xlog1py(0, -1); // 0
 */
export const xlog1py: Binary & WithOp = /* @__PURE__ */ binary({
  name: "xlog1py",
  recipe: [
    "select",
    ["and", ["equal", 0, { value: 0 }], ["equal", 1, 1]],
    { value: 0 },
    ["multiply", 0, ["log1p", 1]],
  ],
  partials: (x, y) => [() => log1p(y), slopeByLogarithm(x, add(y, 1))],
  domains: [/* @__PURE__ */ real(), /* @__PURE__ */ real(-0.8, 4)],
});

/**
 * log(eᵃ + eᵇ), without overflow (NumPy's and JAX's `logaddexp`); −∞ is no term. Its gradient is (σ(a − b), σ(b − a)); of
 * two equal infinities it is ½ each where they are ∞, and 0 where they are −∞, as that of `logSumExp`.
 *
 * @example
 * logAddExp(1000, 1000); // 1000.6931471805599
 */
export const logAddExp: Binary & WithOp = /* @__PURE__ */ binary({
  name: "logAddExp",
  commutative: true,
  recipe: [
    "select",
    ["equal", 0, 1],
    ["add", 0, { value: Math.LN2 }],
    ["add", ["maximum", 0, 1], ["log1p", ["exp", ["negative", ["abs", ["subtract", 0, 1]]]]]],
  ],
  partials: (a, b) => [share(a, b), share(b, a)],
});

function share(a: Expr, b: Expr) {
  return (result: Expr) => {
    const isTie = logicalAnd(equal(a, b), equal(abs(a), Number.POSITIVE_INFINITY));
    return {
      value: where(isTie, 0.5, sigmoid(subtract(a, b))),
      mask: logicalNot(lessEqual(result, Number.NEGATIVE_INFINITY)),
    };
  };
}

/**
 * log(1 − e⁻ˣ) for x > 0, with all digits both near 0 and far out: JAX's and TensorFlow Probability's convention, in which
 * the argument is positive (Stan's `log1m_exp` takes −x). −∞ at 0, NaN below; its derivative is 1/(eˣ − 1).
 * M. Mächler, "Accurately computing log(1 − exp(−|a|))", 2012.
 *
 * @example
 * log1mexp(1e-20); // −46.051701859880914
 */
export const log1mexp: Unary = /* @__PURE__ */ composed("log1mexp", (x) =>
  where(
    lessEqual(x, Math.LN2),
    log(negative(expm1(negative(x)) as Expr) as Expr),
    log1p(negative(exp(negative(x)) as Expr) as Expr),
  ),
);

/**
 * log(σ(x)) = −log(1 + e⁻ˣ), the logarithm of the logistic function, with all digits on both sides; its derivative is
 * σ(−x).
 *
 * @example
 * logSigmoid(-1000); // −1000
 */
export const logSigmoid: Unary = /* @__PURE__ */ composed("logSigmoid", (x) =>
  negative(softplus(negative(x)) as Expr),
);
