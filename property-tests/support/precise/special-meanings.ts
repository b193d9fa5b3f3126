/** What special functions mean, as series of any precision: by their definitions, and none of the library's formulas. */
import * as elementary from "./elementary.js";
import {
  absolute,
  exponentOf,
  type Float,
  type Floats,
  fromDouble,
  negate,
  scaleBinary,
  toDouble,
  Undefined,
} from "./floats.js";
import type { Meaning } from "./meanings.js";
import { type Series, SeriesOf } from "./series.js";

const at = (u: Series): Float => u[0]![0]!;

/** The derivative of order n of a function of one variable. */
export const derivativeOf =
  (n: number, meaning: Meaning): Meaning =>
  (s, u) => {
    const longer = new SeriesOf(s.f.bits, s.variables, s.order + n);
    const extended = longer.longer(u);
    return longer.shifted(meaning(longer, extended, extended), n);
  };

/** Σ of terms, each the one before times a factor, until they no longer matter. */
function sumOf(s: SeriesOf, first: Series, factor: (k: number) => Series): Series {
  let [term, sum] = [first, first];
  for (let k = 1; k < 40 || exponentOf(at(term)) > exponentOf(at(sum)) - s.f.bits - 8; k++) {
    term = s.multiply(term, factor(k));
    sum = s.add(sum, term);
    if (term.every((list) => list.every((x) => exponentOf(x) < -3 * s.f.bits))) break;
  }
  return sum;
}

export const sinc: Meaning = (s, u) => {
  const turned = s.times(u, elementary.pi(s.f));
  if (exponentOf(at(turned)) > 0) return s.divide(s.sinCos(turned)[0], turned);
  const square = s.negate(s.multiply(turned, turned));
  return sumOf(s, s.constant(1), (k) => s.ratio(square, 1, 2 * k * (2 * k + 1)));
};

export const xlogy: Meaning = (s, a, b) => s.multiply(a, s.log(b));
export const xlog1py: Meaning = (s, a, b) => s.multiply(a, s.log1p(b));
/** log(1 − e⁻ˣ), near 0 by the series of the difference. */
export const log1mexp: Meaning = (s, u) => {
  if (exponentOf(at(u)) > -12) return s.log1p(s.negate(s.exp(s.negate(u))));
  return s.log(sumOf(s, u, (k) => s.ratio(u, -1, k + 1)));
};
export const logErfc: Meaning = (s, u) => s.log(s.errorFunction(u, true));

/** The root of erf(y) = x by Newton's method, and its series by y′ = √π/2·e^(y²). */
export const erfinv: Meaning = (s, u) => {
  const x = at(u);
  const { f } = s;
  if (f.compare(absolute(x), f.one) >= 0) throw new Undefined("no number has this error function");
  const half = scaleBinary(f.sqrt(elementary.pi(f)), -1);
  const rest = f.subtract(f.one, absolute(x));
  const far = toDouble(rest) < 0.2;
  let y = fromDouble(far ? Math.sqrt(-Math.log(toDouble(rest))) : toDouble(absolute(x)));
  for (let i = 0; i < 200; i++) {
    const over = far
      ? f.subtract(rest, elementary.erfc(f, y))
      : f.subtract(elementary.erf(f, y), absolute(x));
    const step = f.multiply(f.multiply(over, half), elementary.exp(f, f.multiply(y, y)));
    if (step.m === 0n || exponentOf(step) < exponentOf(y) - f.bits + 16) break;
    y = f.subtract(y, step);
  }
  let series = s.number(x.m < 0n ? negate(y) : y);
  for (let k = 0; k < s.order; k++)
    series = s.compose(at(series), u, s.times(s.exp(s.multiply(series, series)), half));
  return series;
};

/** Σ (x²/4)ᵏ/(k!·(k + ν)!)·(x/2)^ν */
function besselSeries(f: Floats, order: 0 | 1, x: Float): Float {
  const square = scaleBinary(f.multiply(x, x), -2);
  let term = order === 0 ? f.one : scaleBinary(x, -1);
  let sum = term;
  for (let k = 1; exponentOf(term) > exponentOf(sum) - f.bits - 8; k++) {
    term = f.ratio(f.multiply(term, square), 1, k * (k + order));
    sum = f.add(sum, term);
  }
  return sum;
}

/** e⁻ˣ·I_ν(x) by its series or, far out, the asymptotic one, whose error is about e^(−2x). */
function scaledBessel(f: Floats, order: 0 | 1, x: Float): Float {
  const size = toDouble(x);
  if (size < 0.4 * f.bits) return f.multiply(besselSeries(f, order, x), elementary.exp(f, negate(x)));
  let [term, sum] = [f.one, f.one];
  for (let k = 1; exponentOf(term) > -f.bits - 8; k++) {
    term = f.divide(f.ratio(term, (2 * k - 1) ** 2 - 4 * order, 8 * k), x);
    sum = f.add(sum, term);
  }
  return f.divide(sum, f.sqrt(scaleBinary(f.multiply(elementary.pi(f), x), 1)));
}

/** e^(−|x|)·I_ν(x) around a point that isn't 0, by (e⁻ˣI₀)′ = e⁻ˣ(I₁ − I₀) and (e⁻ˣI₁)′ = e⁻ˣ(I₀ − I₁ − I₁/x). */
export const besselIe =
  (order: 0 | 1): Meaning =>
  (s, u) => {
    const { f } = s;
    const x = at(u);
    if (x.m === 0n) throw new Undefined("a kink");
    const y = absolute(x);
    if (exponentOf(y) < 0) {
      const v = x.m < 0n ? s.negate(u) : u;
      const square = s.ratio(s.multiply(v, v), 1, 4);
      const first = order === 0 ? s.constant(1) : s.ratio(u, 1, 2);
      return s.multiply(
        s.exp(s.negate(v)),
        sumOf(s, first, (n) => s.ratio(square, 1, n * (n + order))),
      );
    }
    const [zeroth, first]: [Float[], Float[]] = [[scaledBessel(f, 0, y)], [scaledBessel(f, 1, y)]];
    // The coefficients of 1/(y + h)
    const inverse = [f.divide(f.one, y)];
    for (let k = 0; k < s.order; k++) {
      inverse.push(negate(f.multiply(inverse[k]!, inverse[0]!)));
      const over = first.map((c, j) => f.multiply(c, inverse[k - j]!)).reduce((p, q) => f.add(p, q));
      const difference = f.subtract(zeroth[k]!, first[k]!);
      zeroth.push(f.ratio(negate(difference), 1, k + 1));
      first.push(f.ratio(f.subtract(difference, over), 1, k + 1));
    }
    const isNegative = x.m < 0n;
    return (order === 0 ? zeroth : first).map((c, k) => [
      isNegative && (k + order) % 2 === 1 ? negate(c) : c,
    ]);
  };

export const betaln: Meaning = (s, a, b) =>
  s.subtract(s.add(s.gammaln(a), s.gammaln(b)), s.gammaln(s.add(a, b)));

/** ψ⁽ⁿ⁾(a) − ψ⁽ⁿ⁾(a + b): derivatives by a of log Γ(a) − log Γ(a + b), coefficient by coefficient. */
export const polygammaDifference =
  (n: number): Meaning =>
  (s, a, b) => {
    const longer = new SeriesOf(s.f.bits, s.variables, s.order + n + 1);
    const [x, y] = [longer.longer(a), longer.longer(b)];
    const difference = longer.subtract(longer.gammaln(x), longer.gammaln(longer.add(x, y)));
    return derivativeByFirst(longer, difference, n + 1).slice(0, s.order + 1);
  };

/** Of a series of two variables: the coefficient of aⁱbʲ is that of aⁱ⁺¹bʲ, times i + 1. */
function derivativeByFirst(s: SeriesOf, u: Series, n: number): Series {
  let terms = u;
  for (let i = 0; i < n; i++) {
    terms = terms
      .slice(1)
      .map((list, degree) =>
        s.variables === 1
          ? list.map((x) => s.f.ratio(x, degree + 1, 1))
          : list.slice(0, -1).map((x, j) => s.f.ratio(x, degree + 1 - j, 1)),
      );
  }
  return terms;
}

/** P(a, x) = xᵃe⁻ˣ/Γ(a + 1)·(1 + x/(a + 1)·(1 + x/(a + 2)·(…))) */
export const gammainc: Meaning = (s, a, x) => {
  refuseNegative(a, x);
  const log = s.subtract(s.subtract(s.multiply(a, s.log(x)), x), s.gammaln(s.plus(a, 1)));
  let [term, sum] = [s.constant(1), s.constant(1)];
  for (let k = 1; exponentOf(at(term)) > exponentOf(at(sum)) - s.f.bits - 16; k++) {
    term = s.divide(s.multiply(x, term), s.plus(a, k));
    sum = s.add(sum, term);
  }
  return s.multiply(s.exp(log), sum);
};

/** 1 − P, with as many digits more as that loses: Q is about e⁻ˣ. */
export const gammaincc: Meaning = (s, a, x) => {
  refuseNegative(a, x);
  const wide = new SeriesOf(s.f.bits + Math.ceil(1.5 * toDouble(at(x))) + 64, s.variables, s.order);
  return wide.plus(wide.negate(gammainc(wide, a, x)), 1);
};

function refuseNegative(...operands: readonly Series[]): void {
  if (operands.some((u) => at(u).m <= 0n)) throw new Undefined("a gamma distribution has positive numbers");
}

/** ∂ⁿ/∂aⁿ of P, not far below 1 */
export const gammaByShape =
  (n: number): Meaning =>
  (s, a, x) => {
    const longer = new SeriesOf(s.f.bits + Math.ceil(1.5 * toDouble(at(x))) + 64, s.variables, s.order + n);
    return derivativeByFirst(longer, gammainc(longer, longer.longer(a), longer.longer(x)), n);
  };

/** ∂ⁿ/∂aⁿ of xᵃ⁻¹e⁻ˣ/Γ(a), by 1/Γ(a) = a(a + 1)…/Γ(a + m) below 0 */
export const gammaDensity =
  (n: number): Meaning =>
  (s, a, x) => {
    const longer = new SeriesOf(s.f.bits, s.variables, s.order + n);
    const [b, y] = [longer.longer(a), longer.longer(x)];
    let [factor, above] = [longer.constant(1), b];
    for (; at(above).m <= 0n; above = longer.plus(above, 1)) factor = longer.multiply(factor, above);
    const log = longer.subtract(
      longer.subtract(longer.multiply(longer.plus(b, -1), longer.log(y)), y),
      longer.gammaln(above),
    );
    return derivativeByFirst(longer, longer.multiply(factor, longer.exp(log)), n);
  };
