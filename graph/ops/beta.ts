/** The logarithm of the beta function. */
import { applyElementwise, binary, elementwise, type WithOp } from "../elementwise.js";
import type { Expr } from "../node.js";
import { integer, type Op, real } from "../op.js";
import type { Binary } from "../types.js";
import { add, negative } from "./arithmetic.js";
import { full } from "./constant.js";
import { computedBy } from "./numeric.js";
import { logGamma, polygamma } from "./special.js";

const positive = /* @__PURE__ */ real(0.2, 5);

/**
 * log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b) for a, b ≥ 0, without the cancellation of these three where a and b are
 * of different sizes (SciPy's `betaln`); ∞ where one is 0, NaN where one is negative. ∂/∂a = ψ(a) − ψ(a + b), with all its
 * digits for small b too.
 *
 * @example
 * betaln(1e12, 2); // −55.262042231858096
 */
export const betaln: Binary & WithOp = /* @__PURE__ */ binary({
  name: "betaln",
  commutative: true,
  .../* @__PURE__ */ computedBy({ logGamma, logGamma1p, log1pmx, stirling }, logBeta),
  partials: (a, b) => [() => difference(zeroOf(a), a, b), () => difference(zeroOf(b), b, a)],
  domains: [positive, positive],
});

/** ψ⁽ⁿ⁾(a) − ψ⁽ⁿ⁾(a + b) for a > 0 and b ≥ 0; n is a whole number from 0 to 100. */
export const polygammaDifference: Op = /* @__PURE__ */ elementwise<readonly [Expr, Expr, Expr]>(
  {
    name: "polygammaDifference",
    .../* @__PURE__ */ computedBy({}, differenceFunction),
    partials: (n, a, b) => [
      undefined,
      () => difference(add(n, 1), a, b),
      () => negative(polygamma(add(n, 1), add(a, b))),
    ],
    domains: [/* @__PURE__ */ integer(0, 2), positive, positive],
  },
  3,
);

function difference(n: Expr, a: Expr, b: Expr): Expr {
  return applyElementwise(polygammaDifference, [n, a, b]);
}

const zeroOf = ({ builder }: Expr) => full(builder, 0, []);

interface Library {
  logGamma(x: number): number;
  logGamma1p(lib: Library, z: number): number;
  log1pmx(u: number): number;
  stirling(x: number): number;
}

/*
 * From 13 on by Stirling's series of the differences, A. DiDonato and A. Morris, "Algorithm 708", ACM Transactions on
 * Mathematical Software 18(3), 1992; below by the recurrence, whose factors are ratios near 1.
 */
function logBeta(lib: Library, x: number, y: number): number {
  let [a, b] = x < y ? [x, y] : [y, x];
  if (!(a >= 0 && b >= 0)) return Number.NaN;
  if (b === Number.POSITIVE_INFINITY) return a === 0 ? Number.NaN : -b;
  if (a === 0) return Number.POSITIVE_INFINITY;
  if (b >= 13) {
    const h = a / b;
    const rest = lib.stirling(b) - lib.stirling(a + b);
    if (a < 13)
      return lib.logGamma(a) + (rest - (a - 0.5) * Math.log1p(h) - a * Math.log(b) - b * lib.log1pmx(h));
    // ½·log 2π
    const scale = 0.9189385332046727 - 0.5 * Math.log(b) + (lib.stirling(a) + rest);
    return scale + (a - 0.5) * Math.log(h / (1 + h)) - b * Math.log1p(h);
  }
  let result = 0;
  for (; b > 1.5; result -= Math.log1p(a / b)) b -= 1;
  for (; a > 1.5; result -= Math.log1p(b / a)) a -= 1;
  [a, b] = a < b ? [a, b] : [b, a];
  const sum = a + b;
  const near = lib.logGamma1p(lib, a) + lib.logGamma1p(lib, b) - lib.logGamma1p(lib, sum);
  return result + near + Math.log1p(a / b) - Math.log(a);
}

/** log Γ(1 + z) for z ≥ 0, with what 1 + z rounds away. */
export function logGamma1p({ logGamma }: Library, z: number): number {
  const y = 1 + z;
  // ψ(1) and ψ′(1)
  return logGamma(y) + (z - (y - 1)) * (z * 1.6449340668482264 - 0.5772156649015329);
}

/** log(1 + u) − u, with all digits for small u. */
export function log1pmx(u: number): number {
  if (Math.abs(u) >= 0.5) return Math.log1p(u) - u;
  const r = u / (2 + u);
  const square = r * r;
  let sum = 0;
  for (let k = 37; k >= 3; k -= 2) sum = sum * square + 1 / k;
  return 2 * r * square * sum - u * r;
}

/** What log Γ(x) has beyond (x − ½)·log x − x + ½·log 2π, from 13 on. */
export function stirling(x: number): number {
  const r = 1 / (x * x);
  const inner = -1 / 1680 + r * (1 / 1188 + r * (-691 / 360360 + r * (1 / 156 - (r * 3617) / 122400)));
  return (1 / 12 + r * (-1 / 360 + r * (1 / 1260 + r * inner))) / x;
}

/*
 * The recurrence and the asymptotic series of ψ⁽ⁿ⁾, M. Abramowitz and I. Stegun, "Handbook of mathematical functions", 1964,
 * 6.3.18 and 6.4.11, term by term: y⁻ᵐ − (y + b)⁻ᵐ = −y⁻ᵐ·(e^(−m·log(1 + b/y)) − 1), all of one sign.
 */
function differenceFunction(_lib: object, n: number, a: number, b: number): number {
  if (!(n >= 0 && n <= 100 && n === Math.floor(n) && a > 0 && b >= 0)) return Number.NaN;
  if (b === 0 || a === Number.POSITIVE_INFINITY) return b < Number.POSITIVE_INFINITY ? 0 : Number.NaN;
  let factorial = 1;
  for (let i = 2; i <= n; i++) factorial *= i;
  let y = a;
  let sum = 0;
  for (; y < n + 15; y += 1) sum -= (factorial * Math.expm1(-(n + 1) * Math.log1p(b / y))) / y ** (n + 1);
  const step = Math.log1p(b / y);
  sum += n === 0 ? step : (-factorial / n) * (Math.expm1(-n * step) / y ** n);
  sum -= (factorial / 2) * (Math.expm1(-(n + 1) * step) / y ** (n + 1));
  // Bernoulli numbers B₂, B₄ …
  const bernoulli = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798];
  let coefficient = (factorial * (n + 1)) / 2;
  for (let k = 0; k < bernoulli.length; k++) {
    const m = 2 * k + 2 + n;
    sum -= coefficient * bernoulli[k]! * (Math.expm1(-m * step) / y ** m);
    coefficient *= ((m + 1) * m) / ((2 * k + 4) * (2 * k + 3));
  }
  return n % 2 === 0 ? -sum : sum;
}
