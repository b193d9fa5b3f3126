/** The regularized incomplete gamma functions. */
import { applyElementwise, binary, elementwise, type WithOp } from "../elementwise.js";
import type { Expr } from "../node.js";
import { integer, type Op, real } from "../op.js";
import type { Binary } from "../types.js";
import { add, divide, multiply, negative, subtract } from "./arithmetic.js";
import { lessEqual, where } from "./comparison.js";
import { full, uniformValue } from "./constant.js";
import * as functions from "./incomplete-gamma-functions.js";
import { computedBy } from "./numeric.js";

const positive = /* @__PURE__ */ real(0.2, 5);
const order = /* @__PURE__ */ integer(0, 2);

/**
 * The regularized lower incomplete gamma function P(a, x) = ∫₀ˣ tᵃ⁻¹e⁻ᵗ dt/Γ(a) for a, x ≥ 0 (SciPy's and JAX's
 * `gammainc`): the probability that a gamma variable of shape a is below x. NaN where a or x is negative.
 *
 * ∂/∂x is the density xᵃ⁻¹e⁻ˣ/Γ(a). ∂/∂a, of every order, is that of the same series and integrals: R. J. Moore, "Algorithm
 * AS 187: derivatives of the incomplete gamma integral", Applied Statistics 31(3), 1982. So −(∂P/∂a)/(∂P/∂x) is the implicit
 * derivative of a gamma sample by its shape.
 *
 * @example
 * gammainc(1, 2); // 1 − e⁻² = 0.8646647167633873
 */
export const gammainc: Binary & WithOp = /* @__PURE__ */ binary({
  name: "gammainc",
  .../* @__PURE__ */ computedBy(functions.library, functions.lowerGamma),
  partials: (a, x) => [() => byShape(one(a), a, x), () => density(zero(a), a, x)],
  domains: [positive, positive],
});

/**
 * The regularized upper incomplete gamma function Q(a, x) = ∫ₓ^∞ tᵃ⁻¹e⁻ᵗ dt/Γ(a) = 1 − P(a, x), with all its digits where
 * it is small (SciPy's and JAX's `gammaincc`). Derivatives as of `gammainc`, negated.
 *
 * @example
 * gammaincc(1, 100); // e⁻¹⁰⁰ = 3.720075976020836e-44
 */
export const gammaincc: Binary & WithOp = /* @__PURE__ */ binary({
  name: "gammaincc",
  .../* @__PURE__ */ computedBy(functions.library, functions.upperGamma),
  partials: (a, x) => [() => negative(byShape(one(a), a, x)), () => negative(density(zero(a), a, x))],
  domains: [positive, positive],
});

/** ∂ⁿP(a, x)/∂aⁿ; n is a whole number from 0 to 50. */
export const gammaByShape: Op = /* @__PURE__ */ elementwise<readonly [Expr, Expr, Expr]>(
  {
    name: "gammaByShape",
    .../* @__PURE__ */ computedBy(functions.library, functions.gammaByShape),
    partials: (n, a, x) => [undefined, () => byShape(add(n, 1), a, x), () => density(n, a, x)],
    domains: [order, positive, positive],
  },
  3,
);

/** ∂ⁿ/∂aⁿ of the gamma distribution's density xᵃ⁻¹e⁻ˣ/Γ(a), for negative a too; n is a whole number from 0 to 50. */
export const gammaDensity: Op = /* @__PURE__ */ elementwise<readonly [Expr, Expr, Expr]>(
  {
    name: "gammaDensity",
    .../* @__PURE__ */ computedBy(functions.library, functions.gammaDensity),
    partials: (n, a, x) => [
      undefined,
      () => density(add(n, 1), a, x),
      // Both forms are exact; the difference is so at 0 too, the product where the two cancel.
      (result) => {
        const lower = subtract(a, 1);
        const shifted = subtract(density(n, lower, x), result);
        if (uniformValue(n) !== 0) return shifted;
        const slope = multiply(result, subtract(divide(lower, x), 1));
        return where(lessEqual(multiply(x, 2), lower), shifted, slope);
      },
    ],
    domains: [order, positive, positive],
  },
  3,
);

const zero = ({ builder }: Expr) => full(builder, 0, []);
const one = ({ builder }: Expr) => full(builder, 1, []);

function byShape(n: Expr, a: Expr, x: Expr): Expr {
  return applyElementwise(gammaByShape, [n, a, x]);
}

function density(n: Expr, a: Expr, x: Expr): Expr {
  return applyElementwise(gammaDensity, [n, a, x]);
}
