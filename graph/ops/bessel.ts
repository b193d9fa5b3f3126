/** Modified Bessel functions of the first kind, scaled so that they neither grow nor overflow. */
import { applyElementwise, composed, elementwise } from "../elementwise.js";
import type { Expr } from "../node.js";
import { integer, type Op, real } from "../op.js";
import type { Unary } from "../types.js";
import { add } from "./arithmetic.js";
import { equal, logicalAnd, logicalNot } from "./comparison.js";
import { full } from "./constant.js";
import { kinkWhere } from "./kinks.js";
import { computedBy } from "./numeric.js";
import { remainder } from "./rounding.js";

/** The n-th derivative by x of e^(−|x|)·I_ν(x), ν being 0 or 1; at 0, where odd ones jump, the mean of both sides: 0. */
export const besselDerivative: Op = /* @__PURE__ */ elementwise<readonly [Expr, Expr, Expr]>(
  {
    name: "besselDerivative",
    .../* @__PURE__ */ computedBy({}, scaledBessel),
    partials: (order, n, x) => [
      undefined,
      undefined,
      () => {
        const jumps = logicalAnd(equal(x, 0), equal(remainder(add(order, n), 2), 0));
        return {
          value: bessel(order, add(n, 1), x),
          mask: logicalNot(jumps),
          kink: kinkWhere(jumps, x),
        };
      },
    ],
    domains: [/* @__PURE__ */ integer(0, 1), /* @__PURE__ */ integer(0, 2), /* @__PURE__ */ real(0.2, 5)],
  },
  3,
);

function bessel(order: Expr, n: Expr, x: Expr): Expr {
  return applyElementwise(besselDerivative, [order, n, x]);
}

function ofOrder(name: string, order: number): Unary {
  return composed(name, (x) => bessel(full(x.builder, order, []), full(x.builder, 0, []), x));
}

/**
 * e^(−|x|)·I₀(x), I₀ being the modified Bessel function of the first kind of order 0 (SciPy's and JAX's `i0e`). Even, 1 at
 * 0, about 1/√(2π|x|) far out. It has a kink at 0: the derivative is taken to be 0, the mean of both sides, the second is NaN.
 *
 * @example
 * i0e(1); // 0.46575960759364043
 */
export const i0e: Unary = /* @__PURE__ */ ofOrder("i0e", 0);

/**
 * e^(−|x|)·I₁(x), I₁ being the modified Bessel function of the first kind of order 1 (SciPy's and JAX's `i1e`). Odd, with
 * slope ½ at 0; its second derivative jumps there and is taken to be 0, the mean of both sides; the third is NaN.
 *
 * @example
 * i1e(1); // 0.20791041534970847
 */
export const i1e: Unary = /* @__PURE__ */ ofOrder("i1e", 1);

/**
 * Far out by the asymptotic series, M. Abramowitz and I. Stegun, "Handbook of mathematical functions", 1964, 9.7.1, term by
 * term; elsewhere by the integrals 9.6.19 and 9.6.18, whose integrands have one sign at every order, with the midpoint rule,
 * which converges exponentially: L. Trefethen and J. Weideman, "The exponentially convergent trapezoidal rule", SIAM Review
 * 56(3), 2014.
 */
function scaledBessel(_lib: object, order: number, n: number, x: number): number {
  const isKnown = (order === 0 || order === 1) && n >= 0 && n <= 100 && n === Math.floor(n);
  if (!isKnown || Number.isNaN(x)) return Number.NaN;
  const y = Math.abs(x);
  // Even functions have odd derivatives of odd order, and the other way round.
  const isOdd = (order + n) % 2 === 1;
  if (isOdd && y === 0) return x;
  const sign = isOdd && x < 0 ? -1 : 1;
  let sum = 0;
  if (y > 30 + n) {
    let term = 1;
    for (let i = 0; i < n; i++) term *= -0.5 - i;
    for (let k = 1; Math.abs(term) > 1e-18 * Math.abs(sum); k++) {
      sum += term;
      term *= (((2 * k - 1) ** 2 - 4 * order) / (8 * k) / y) * ((k - 0.5 + n) / (k - 0.5));
    }
    return (sign * sum) / Math.sqrt(2 * Math.PI) / Math.sqrt(y) / y ** n;
  }
  // I₁(x)/x is the mean of sin²θ·e^(x·cos θ), I₀(x) that of e^(x·cos θ).
  const count = 32 + 4 * n;
  let carry = 0;
  for (let j = 0; j < count; j++) {
    const half = Math.sin(((2 * j + 1) * Math.PI) / (4 * count));
    // 1 − cos θ
    const below = 2 * half * half;
    let term = Math.exp(-y * below) * below ** n;
    if (order === 1) term *= n === 0 ? y * below * (2 - below) : (y * below - n) * (2 - below);
    // W. Kahan's summation: so many roundings would be several units.
    const next = term - carry;
    const total = sum + next;
    carry = total - sum - next;
    sum = total;
  }
  return (sign * (n % 2 === 0 ? sum : -sum)) / count;
}
