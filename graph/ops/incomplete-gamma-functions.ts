/**
 * The numbers behind the incomplete gamma functions and their derivatives by the shape a: truncated series in a step h of a,
 * by each of which the function is computed as well. `emit` writes these functions down, so they use nothing outside.
 */
import { log1pmx, logGamma1p, stirling } from "./beta.js";
import { logGamma, polygammaFunction } from "./special.js";

export const library = {
  logGamma,
  logGamma1p,
  log1pmx,
  stirling,
  polygamma: polygammaFunction,
  logAboveDigamma,
  power,
  powerSeries,
  densitySeries,
  moments,
  lower,
  tail,
};

type Library = typeof library;

/** xᵃe⁻ˣ/Γ(a + 1) for a ≥ 0 and 0 ≤ x < ∞, from a = 13 on by the distance from its largest value, at x = a. */
function power(lib: Library, a: number, x: number): number {
  if (x === 0) return a === 0 ? 1 : 0;
  if (a < 13) {
    if (x > 1e4) return 0;
    // Small exponents have less to lose than the product of three functions.
    if (a < 1) {
      const exponent = a * Math.log(x) - x - lib.logGamma1p(lib, a);
      if (exponent > -0.5) return Math.exp(exponent);
    }
    let y = a + 1;
    let product = 1;
    for (; y > 2; product *= y) y -= 1;
    const half = Math.exp(x > 600 ? -x / 2 : -x);
    const value = (x ** a / product / Math.exp(lib.logGamma(y))) * half;
    return x > 600 ? value * half : value;
  }
  const u = (x - a) / a;
  const scale = Math.sqrt(a) * Math.sqrt(2 * Math.PI);
  if (Math.abs(u) < 0.5) return Math.exp(a * lib.log1pmx(u) - lib.stirling(a)) / scale;
  // As a product, an exponent of some hundreds would cost as many units.
  const far = (x / a) ** a;
  const near = Math.exp(a - x);
  if (far > 1e-290 && far < 1e290 && near > 1e-290 && near < 1e290)
    return ((far * near) / scale) * Math.exp(-lib.stirling(a));
  return Math.exp(a * (Math.log(x / a) - u) - lib.stirling(a)) / scale;
}

/** log b − ψ(b) for b ≥ 1, by the recurrence and the asymptotic series, all of one sign. */
function logAboveDigamma({ log1pmx }: Library, b: number): number {
  let sum = 0;
  let y = b;
  for (; y < 13; y += 1) sum -= log1pmx(1 / y);
  const r = 1 / (y * y);
  const far = 1 / 240 - r * (1 / 132 - r * (691 / 32760 - r / 12));
  return sum + (0.5 / y + r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * far))));
}

/** The same of a + h, the first coefficients in powers of h, for x > 0. */
function powerSeries(lib: Library, count: number, a: number, x: number): number[] {
  const series = [lib.power(lib, a, x)];
  if (count === 1) return series;
  // Of the logarithm: the derivatives of h·log x − log Γ(a + 1 + h), divided by (j − 1)!
  const slopes: number[] = [];
  const b = a + 1;
  const u = (x - b) / b;
  slopes.push((Math.abs(u) < 0.5 ? Math.log1p(u) : Math.log(x / b)) + lib.logAboveDigamma(lib, b));
  let factorial = 1;
  for (let j = 2; j < count; j++) {
    factorial *= j - 1;
    slopes.push(-lib.polygamma(j - 1, b) / factorial);
  }
  for (let k = 1; k < count; k++) {
    let sum = 0;
    for (let j = 1; j <= k; j++) sum += slopes[j - 1]! * series[k - j]!;
    series.push(sum / k);
  }
  return series;
}

/** The coefficients of xᵃ⁺ʰ⁻¹e⁻ˣ/Γ(a + h) for any a, by 1/Γ(a) = a(a + 1)…/Γ(a + m), and x > 0. */
function densitySeries(lib: Library, count: number, a: number, x: number): number[] {
  const m = a >= 1 ? 0 : Math.ceil(1 - a);
  const series = lib.powerSeries(lib, count, a + (m - 1), x);
  for (let i = 0; i < m; i++) {
    for (let k = count - 1; k >= 0; k--)
      series[k] = (series[k]! * (a + i) + (k > 0 ? series[k - 1]! : 0)) / x;
  }
  return series;
}

/** P(a + h, x) by Σ xᵃ⁺ᵏe⁻ˣ/Γ(a + k + 1), whose derivatives by a are of one sign, term by term, where x is below a. */
function lower(lib: Library, count: number, a: number, x: number): number[] {
  const term = new Array<number>(count).fill(0);
  term[0] = 1;
  const sum = term.slice();
  const carry = sum.map(() => 0);
  for (let k = 1; term[0]! > 1e-20 * sum[0]!; k++) {
    // Divided by a + k + h, and summed up as by W. Kahan
    for (let j = 0; j < count; j++) {
      term[j] = (term[j]! * x - (j > 0 ? term[j - 1]! : 0)) / (a + k);
      const next = term[j]! - carry[j]!;
      const total = sum[j]! + next;
      carry[j] = total - sum[j]! - next;
      sum[j] = total;
    }
  }
  const factor = lib.powerSeries(lib, count, a, x);
  return factor.map((_, k) => {
    let coefficient = 0;
    for (let j = 0; j <= k; j++) coefficient += factor[k - j]! * sum[j]!;
    return coefficient;
  });
}

/**
 * The ratios of an incomplete gamma function and its derivatives by a to the density: integrals of (t/x)ᵃ⁻¹e^(x−t)·logʲ(t/x)/j!
 * above x, where `sign` is 1, by t = x + s, or below it by t = x·e⁻ᵛ, so that nothing cancels near t = x. By the double
 * exponential formula: H. Takahasi and M. Mori, "Double exponential formulas for numerical integration", Publications of the
 * RIMS 9, 1974.
 */
function moments({ log1pmx }: Library, count: number, a: number, x: number, sign: number): number[] {
  // The exponent is −slope·s − bend·s²/2 near 0, and reaches −1 at the width.
  const slope = sign > 0 ? (x - a + 1) / x : a - x;
  const bend = sign > 0 ? Math.max(0, a - 1) / x / x : x;
  const width = 2 / (slope + Math.hypot(slope, Math.sqrt(2 * bend)));
  const sums = new Array<number>(count).fill(0);
  const carries = sums.slice();
  const steps = 12;
  for (let k = -3.6 * steps; k < 4.2 * steps; k++) {
    const e = Math.exp(-k / steps);
    const s = width * Math.exp(k / steps - e);
    let exponent = -slope * s;
    if (sign > 0) exponent += (a - 1) * log1pmx(s / x);
    else {
      // e⁻ᵛ − 1 + v
      let above = Math.expm1(-s) + s;
      if (s < 1) {
        above = 0;
        for (let i = 20; i >= 2; i--) above = (-s * (1 + above)) / i;
        above *= -s;
      }
      exponent -= x * above;
    }
    let term = s * (1 + e) * Math.exp(exponent);
    if (k > 0 && term < 1e-19 * sums[0]!) break;
    const logarithm = count === 1 ? 0 : sign > 0 ? Math.log1p(s / x) : -s;
    for (let j = 0; j < count; j++) {
      // W. Kahan's summation
      const next = term - carries[j]!;
      const total = sums[j]! + next;
      carries[j] = total - sums[j]! - next;
      sums[j] = total;
      term *= logarithm / (j + 1);
    }
  }
  const unit = sign > 0 ? 1 : x;
  for (let j = 0; j < count; j++) sums[j] = (sums[j]! * unit) / steps;
  return sums;
}

/** Q(a + h, x) where `sign` is 1, P(a + h, x) where it is −1, by the integral from x on. */
function tail(lib: Library, count: number, a: number, x: number, sign: number): number[] {
  const factor = lib.densitySeries(lib, count, a, x);
  const integrals = lib.moments(lib, count, a, x, sign);
  return factor.map((_, k) => {
    let coefficient = 0;
    for (let j = 0; j <= k; j++) coefficient += factor[k - j]! * integrals[j]!;
    return coefficient;
  });
}

// From the shape 30 on the series takes more terms than the integral has points.

export function lowerGamma(lib: Library, a: number, x: number): number {
  if (!(a >= 0 && x >= 0) || (a === x && (a === 0 || a === Number.POSITIVE_INFINITY))) return Number.NaN;
  if (x === 0 || a === Number.POSITIVE_INFINITY) return 0;
  if (a === 0 || x === Number.POSITIVE_INFINITY) return 1;
  if (a >= 30) return x < a ? lib.tail(lib, 1, a, x, -1)[0]! : 1 - lib.tail(lib, 1, a, x, 1)[0]!;
  return x < Math.max(a, 1) ? lib.lower(lib, 1, a, x)[0]! : 1 - lib.tail(lib, 1, a, x, 1)[0]!;
}

export function upperGamma(lib: Library, a: number, x: number): number {
  if (!(a >= 0 && x >= 0) || (a === x && (a === 0 || a === Number.POSITIVE_INFINITY))) return Number.NaN;
  if (x === 0 || a === Number.POSITIVE_INFINITY) return 1;
  if (a === 0 || x === Number.POSITIVE_INFINITY) return 0;
  if (x >= Math.max(a, 1)) return lib.tail(lib, 1, a, x, 1)[0]!;
  if (a >= 30) return 1 - lib.tail(lib, 1, a, x, -1)[0]!;
  if (a >= 1) return 1 - lib.lower(lib, 1, a, x)[0]!;
  // 1 − (1 + u)(1 − a·v), where P is close to 1
  const u = Math.expm1(a * Math.log(x) - lib.logGamma1p(lib, a));
  let term = x;
  let v = x / (a + 1);
  for (let k = 2; Math.abs(term) > 1e-18 * v; k++) {
    term *= -x / k;
    v += term / (a + k);
  }
  return -u + (1 + u) * a * v;
}

export function gammaByShape(lib: Library, n: number, a: number, x: number): number {
  if (!(n >= 0 && n <= 50 && n === Math.floor(n) && a >= 0 && x >= 0)) return Number.NaN;
  if (a === x && (a === 0 || a === Number.POSITIVE_INFINITY)) return Number.NaN;
  const isEdge = x === 0 || a === Number.POSITIVE_INFINITY || x === Number.POSITIVE_INFINITY;
  if (isEdge) return n === 0 && x === Number.POSITIVE_INFINITY && a < x ? 1 : 0;
  let factorial = 1;
  for (let i = 2; i <= n; i++) factorial *= i;
  const isUpper = x >= Math.max(a, 1);
  const series = isUpper
    ? lib.tail(lib, n + 1, a, x, 1)
    : a < 30
      ? lib.lower(lib, n + 1, a, x)
      : lib.tail(lib, n + 1, a, x, -1);
  const derivative = factorial * series[n]!;
  if (!isUpper) return derivative;
  return n === 0 ? 1 - derivative : -derivative;
}

export function gammaDensity(lib: Library, n: number, a: number, x: number): number {
  if (!(n >= 0 && n <= 50 && n === Math.floor(n) && a > -1e3 && x >= 0)) return Number.NaN;
  if (x === Number.POSITIVE_INFINITY || a === Number.POSITIVE_INFINITY) return a === x ? Number.NaN : 0;
  if (x === 0) {
    if (a > 1) return 0;
    if (n > 0) return Number.NaN;
    if (a === 1) return 1;
    if (a <= 0 && a === Math.floor(a)) return 0;
    // 1/Γ(a) changes its sign at each whole number below 0.
    return a > 0 || Math.floor(a) % 2 === 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }
  let factorial = 1;
  for (let i = 2; i <= n; i++) factorial *= i;
  return factorial * lib.densitySeries(lib, n + 1, a, x)[n]!;
}
