/**
 * The incomplete gamma functions and their derivatives by the shape, by the truncated series in a step of the shape that
 * `graph/ops/incomplete-gamma-functions.ts` has, whose loops take as many steps here as any of their arguments needs.
 */
import {
  abs,
  add,
  divide,
  type Expr,
  equal,
  exp,
  expm1,
  floor,
  greater,
  greaterEqual,
  hypot,
  less,
  lessEqual,
  log,
  log1p,
  logicalAnd,
  logicalOr,
  maximum,
  multiply,
  negative,
  power,
  remainder,
  scan,
  sqrt,
  square,
  subtract,
  where,
} from "../../../../graph/index.js";
import { constant } from "../../../../graph/internal.js";
import type { Expansion } from "./expansion.js";
import { log1pmx, logGamma, logGamma1p, stirling } from "./gamma-functions.js";
import { horner, knownOrder, like, type Numeric, repeated, type State } from "./pieces.js";
import { polygammaOf } from "./polygamma.js";

const infinity = Number.POSITIVE_INFINITY;

/** xᵃe⁻ˣ/Γ(a + 1) */
function powered(a: Expr, x: Expr): Expr {
  const exponent = subtract(subtract(multiply(a, log(x)), x), logGamma1p(a)) as Expr;
  const { y, product } = repeated(
    { y: add(a, 1) as Expr, product: like(a, 1) },
    12,
    (state) => logicalAnd(greater(state.y, 2), less(a, 13)) as Expr,
    (state) => {
      const lowered = subtract(state.y, 1) as Expr;
      return { y: lowered, product: multiply(state.product, lowered) as Expr };
    },
  );
  const isLong = greater(x, 600);
  const half = exp(where(isLong, divide(x, -2), negative(x)) as Expr);
  const whole = multiply(divide(divide(power(x, a), product), exp(logGamma(y))), half);
  const plain = where(isLong, multiply(whole, half), whole);
  const isDirect = logicalAnd(less(a, 1), greater(exponent, -0.5));
  const small = where(isDirect, exp(exponent), plain);
  // From a = 13 on by the distance from the largest value, at x = a.
  const u = divide(subtract(x, a), a) as Expr;
  const scale = multiply(sqrt(a), Math.sqrt(2 * Math.PI)) as Expr;
  const correction = stirling(a);
  const close = divide(exp(subtract(multiply(a, log1pmx(u)), correction) as Expr), scale);
  const [far, near] = [power(divide(x, a), a) as Expr, exp(subtract(a, x) as Expr)];
  const isInside = (one: Expr) => logicalAnd(greater(one, 1e-290), less(one, 1e290));
  const direct = multiply(divide(multiply(far, near), scale), exp(negative(correction) as Expr));
  const logarithmic = divide(
    exp(subtract(multiply(a, subtract(log(divide(x, a) as Expr), u)), correction) as Expr),
    scale,
  );
  const apart = where(logicalAnd(isInside(far), isInside(near)), direct, logarithmic);
  const large = where(less(abs(u), 0.5), close, apart);
  const regular = where(less(a, 13), where(greater(x, 1e4), 0, small), large);
  return where(equal(x, 0), where(equal(a, 0), 1, 0), regular) as Expr;
}

/** log b − ψ(b) for b ≥ 1 */
function logAboveDigamma(b: Expr): Expr {
  const { y, sum } = repeated(
    { y: b, sum: like(b, 0) },
    12,
    (state) => less(state.y, 13) as Expr,
    (state) => ({
      y: add(state.y, 1) as Expr,
      sum: subtract(state.sum, log1pmx(divide(1, state.y) as Expr)) as Expr,
    }),
  );
  const r = divide(1, square(y)) as Expr;
  const series = horner([1 / 12, -691 / 32760, 1 / 132, -1 / 240, 1 / 252, -1 / 120, 1 / 12], r);
  return add(sum, add(divide(0.5, y), multiply(r, series))) as Expr;
}

/** The first coefficients of xᵃ⁺ʰe⁻ˣ/Γ(a + h + 1) in powers of h. */
function powerSeries(count: number, a: Expr, x: Expr): Expr[] {
  const series = [powered(a, x)];
  if (count === 1) return series;
  const b = add(a, 1) as Expr;
  const u = divide(subtract(x, b), b) as Expr;
  const first = where(less(abs(u), 0.5), log1p(u), log(divide(x, b) as Expr));
  const slopes = [add(first, logAboveDigamma(b)) as Expr];
  let factorial = 1;
  for (let j = 2; j < count; j++) {
    factorial *= j - 1;
    slopes.push(divide(polygammaOf(j - 1, b), -factorial) as Expr);
  }
  for (let k = 1; k < count; k++) series.push(divide(crossed(slopes, series, k - 1), k) as Expr);
  return series;
}

/** Σ a[j]·b[k − j] over 0 ≤ j ≤ k */
function crossed(a: readonly Expr[], b: readonly Expr[], k: number): Expr {
  let sum: Numeric = 0;
  for (let j = 0; j <= k; j++) sum = add(sum, multiply(a[j]!, b[k - j]!)) as Expr;
  return sum as Expr;
}

const named = (prefix: string, list: readonly Expr[]): State =>
  Object.fromEntries(list.map((one, j) => [`${prefix}${j}`, one]));
const listOf = (prefix: string, count: number, state: State): Expr[] =>
  Array.from({ length: count }, (_, j) => state[`${prefix}${j}`]!);

/** How far below 1 a shape may lie; what lies further is NaN. */
const deepest = 32;

/** The coefficients of xᵃ⁺ʰ⁻¹e⁻ˣ/Γ(a + h) */
function densitySeries(count: number, a: Expr, x: Expr): Expr[] {
  const m = where(greaterEqual(a, 1), 0, negative(floor(subtract(a, 1) as Expr))) as Expr;
  const series = powerSeries(count, add(a, subtract(m, 1)) as Expr, x);
  const state = repeated(
    named("s", series),
    deepest,
    (_, i) => less(i, m) as Expr,
    (state, i) => {
      const s = listOf("s", count, state);
      const raised = add(a, i) as Expr;
      const next = s.map((one, k) => {
        const own = multiply(one, raised);
        return divide(k > 0 ? add(own, s[k - 1]!) : own, x) as Expr;
      });
      return named("s", next);
    },
  );
  return listOf("s", count, state).map((one) => where(greater(m, deepest), Number.NaN, one) as Expr);
}

/** W. Kahan's summation: the new sums and what they lost. */
function summed(terms: readonly Expr[], sums: readonly Expr[], lost: readonly Expr[]): State {
  const next = terms.map((term, j) => subtract(term, lost[j]!) as Expr);
  const totals = next.map((one, j) => add(sums[j]!, one) as Expr);
  const carries = totals.map((total, j) => subtract(subtract(total, sums[j]!), next[j]!) as Expr);
  return { ...named("sum", totals), ...named("lost", carries) };
}

/** The coefficients of P(a + h, x) by its series, where x is below a and a below 30. */
function lower(count: number, a: Expr, x: Expr): Expr[] {
  const terms = Array.from({ length: count }, (_, j) => like(a, j === 0 ? 1 : 0));
  const zeros = terms.map(() => like(a, 0));
  const state = repeated(
    { ...named("term", terms), ...named("sum", terms), ...named("lost", zeros) },
    150,
    ({ term0, sum0 }) => greater(term0!, multiply(1e-20, sum0!)) as Expr,
    (state, i) => {
      const below = add(a, add(i, 1));
      const next: Expr[] = [];
      listOf("term", count, state).forEach((term, j) => {
        const own = multiply(term, x);
        next.push(divide(j > 0 ? subtract(own, next[j - 1]!) : own, below) as Expr);
      });
      const sums = summed(next, listOf("sum", count, state), listOf("lost", count, state));
      return { ...named("term", next), ...sums };
    },
  );
  const sums = listOf("sum", count, state);
  const factor = powerSeries(count, a, x);
  return factor.map((_, k) => crossed(sums, factor, k));
}

/** The integrals by the double exponential formula, above x where `sign` is 1, below it where it is −1. */
function moments(count: number, a: Expr, x: Expr, sign: 1 | -1): Expr[] {
  const isAbove = sign > 0;
  const slope = (isAbove ? divide(add(subtract(x, a), 1), x) : subtract(a, x)) as Expr;
  const bend = (isAbove ? divide(divide(maximum(0, subtract(a, 1)), x), x) : x) as Expr;
  const width = divide(2, add(slope, hypot(slope, sqrt(multiply(2, bend) as Expr)))) as Expr;
  const steps = 12;
  const places: number[] = [];
  for (let k = -3.6 * steps; k < 4.2 * steps; k++) places.push(k);
  const row = (of: (k: number) => number) => constant(a.builder, places.map(of), [places.length]);
  const e = (k: number) => Math.exp(-k / steps);
  const zeros = Array.from({ length: count }, () => like(a, 0));
  const { last } = scan(
    (carry, rows) => {
      const state = carry as unknown as State;
      const { reach, weight } = rows as unknown as State;
      const s = multiply(width, reach!) as Expr;
      const exponent = add(multiply(negative(slope), s), isAbove ? beyond(a, x, s) : within(x, s));
      const logarithm = isAbove ? (log1p(divide(s, x) as Expr) as Expr) : (negative(s) as Expr);
      const terms = [multiply(multiply(s, weight!), exp(exponent as Expr)) as Expr];
      for (let j = 1; j < count; j++) terms.push(multiply(terms[j - 1]!, divide(logarithm, j)) as Expr);
      return summed(terms, listOf("sum", count, state), listOf("lost", count, state)) as never;
    },
    { ...named("sum", zeros), ...named("lost", zeros) },
    { xs: { reach: row((k) => Math.exp(k / steps - e(k))), weight: row((k) => 1 + e(k)) } },
  ) as unknown as { readonly last: State };
  return listOf("sum", count, last).map((one) => divide(isAbove ? one : multiply(one, x), steps) as Expr);
}

const beyond = (a: Expr, x: Expr, s: Expr): Expr =>
  multiply(subtract(a, 1), log1pmx(divide(s, x) as Expr)) as Expr;

/** −x·(e⁻ˢ − 1 + s) */
function within(x: Expr, s: Expr): Expr {
  let near: Numeric = 0;
  for (let i = 20; i >= 2; i--) near = divide(multiply(negative(s), add(1, near)), i) as Expr;
  const above = where(less(s, 1), multiply(near, negative(s)), add(expm1(negative(s) as Expr), s));
  return multiply(negative(x), above) as Expr;
}

function tail(count: number, a: Expr, x: Expr, sign: 1 | -1): Expr[] {
  const factor = densitySeries(count, a, x);
  const integrals = moments(count, a, x, sign);
  return factor.map((_, k) => crossed(integrals, factor, k));
}

interface Regions {
  readonly isUpper: Expr;
  readonly isLarge: Expr;
}

/** Arguments where a formula doesn't count are replaced by ones that it takes. */
function inRegion(condition: Expr, a: Expr, x: Expr): readonly [a: Expr, x: Expr] {
  return [where(condition, a, 2) as Expr, where(condition, x, 1) as Expr];
}

function regionsOf(a: Expr, x: Expr): Regions {
  return {
    isUpper: greaterEqual(x, maximum(a, 1)) as Expr,
    isLarge: greaterEqual(a, 30) as Expr,
  };
}

/** The coefficient k of P's series: by its own below, less that of Q above. */
function lowerCoefficient(k: number, a: Expr, x: Expr): { readonly below: Expr; readonly above: Expr } {
  const { isLarge } = regionsOf(a, x);
  const series = lower(k + 1, ...inRegion(less(a, 30) as Expr, a, x))[k]!;
  const integral = tail(k + 1, ...inRegion(isLarge, a, x), -1)[k]!;
  return { below: where(isLarge, integral, series) as Expr, above: tail(k + 1, a, x, 1)[k]! };
}

/** NaN outside, and the edges 0 and ∞, where P is `atZero` and `atInfinity`. */
function edged(a: Expr, x: Expr, value: Expr, atZero: number, atInfinity: number): Expr {
  const isCorner = logicalAnd(equal(a, x), logicalOr(equal(a, 0), equal(a, infinity)));
  const isValid = logicalAnd(greaterEqual(a, 0), greaterEqual(x, 0));
  const isLow = logicalOr(equal(x, 0), equal(a, infinity));
  const isHigh = logicalOr(equal(a, 0), equal(x, infinity));
  const regular = where(isLow, atZero, where(isHigh, atInfinity, value));
  return where(isValid, where(isCorner, Number.NaN, regular), Number.NaN) as Expr;
}

const gammainc: Expansion = ([a, x]) => {
  const { isUpper, isLarge } = regionsOf(a!, x!);
  const { below, above } = lowerCoefficient(0, a!, x!);
  const isAbove = where(isLarge, greaterEqual(x!, a!), isUpper);
  return edged(a!, x!, where(isAbove, subtract(1, above), below) as Expr, 0, 1);
};

const gammaincc: Expansion = ([a, x]) => {
  const { isUpper } = regionsOf(a!, x!);
  const { below, above } = lowerCoefficient(0, a!, x!);
  // 1 − (1 + u)(1 − a·v), where P is close to 1
  const [s, y] = inRegion(logicalAnd(less(a!, 1), less(x!, 1)) as Expr, a!, x!);
  const u = expm1(subtract(multiply(s, log(y)), logGamma1p(s)) as Expr);
  const { v } = repeated(
    { term: y, v: divide(y, add(s, 1)) as Expr },
    40,
    ({ term, v }) => greater(abs(term), multiply(1e-18, v)) as Expr,
    ({ term, v }, i) => {
      const k = add(i, 2);
      const next = multiply(term, divide(negative(y), k)) as Expr;
      return { term: next, v: add(v, divide(next, add(s, k))) as Expr };
    },
  );
  const close = add(negative(u), multiply(multiply(add(1, u), s), v));
  const other = where(greaterEqual(a!, 1), subtract(1, below), close);
  return edged(a!, x!, where(isUpper, above, other) as Expr, 1, 0);
};

const gammaByShape: Expansion = ([order, a, x]) => {
  const n = knownOrder(order!, "gammaByShape");
  if (!(n >= 0 && n <= 50 && Number.isInteger(n))) return multiply(a!, Number.NaN) as Expr;
  let factorial = 1;
  for (let i = 2; i <= n; i++) factorial *= i;
  const { isUpper } = regionsOf(a!, x!);
  const { below, above } = lowerCoefficient(n, a!, x!);
  const upper = multiply(factorial, above);
  const value = where(
    isUpper,
    n === 0 ? subtract(1, upper) : negative(upper),
    multiply(factorial, below),
  ) as Expr;
  const isCorner = logicalAnd(equal(a!, x!), logicalOr(equal(a!, 0), equal(a!, infinity)));
  const isValid = logicalAnd(greaterEqual(a!, 0), greaterEqual(x!, 0));
  const isEdge = logicalOr(logicalOr(equal(x!, 0), equal(a!, infinity)), equal(x!, infinity));
  const edge = n === 0 ? where(logicalAnd(equal(x!, infinity), less(a!, x!)), 1, 0) : 0;
  return where(isValid, where(isCorner, Number.NaN, where(isEdge, edge, value)), Number.NaN) as Expr;
};

const gammaDensity: Expansion = ([order, a, x]) => {
  const n = knownOrder(order!, "gammaDensity");
  if (!(n >= 0 && n <= 50 && Number.isInteger(n))) return multiply(a!, Number.NaN) as Expr;
  let factorial = 1;
  for (let i = 2; i <= n; i++) factorial *= i;
  const value = multiply(factorial, densitySeries(n + 1, a!, x!)[n]!);
  const lowest = logicalAnd(lessEqual(a!, 0), equal(a!, floor(a!)));
  // 1/Γ(a) changes its sign at each whole number below 0.
  const isUp = logicalOr(greater(a!, 0), equal(remainder(floor(a!), 2), 0));
  const pole = where(equal(a!, 1), 1, where(lowest, 0, where(isUp, infinity, -infinity)));
  const atZero = where(greater(a!, 1), 0, n > 0 ? Number.NaN : pole);
  const isFar = logicalOr(equal(x!, infinity), equal(a!, infinity));
  const far = where(equal(a!, x!), Number.NaN, 0);
  const isValid = logicalAnd(greater(a!, -1e3), greaterEqual(x!, 0));
  const regular = where(isFar, far, where(equal(x!, 0), atZero, value));
  return where(isValid, regular, Number.NaN) as Expr;
};

export const incompleteGamma: Readonly<Record<string, Expansion>> = {
  gammainc,
  gammaincc,
  gammaByShape,
  gammaDensity,
};
