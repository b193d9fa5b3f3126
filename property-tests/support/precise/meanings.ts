/** What functions mean, as series of any precision: formulas that the library's own rules have no part in. */
import * as elementary from "./elementary.js";
import { absolute, type Float, fromDouble, negate, scaleBinary, toDouble, Undefined } from "./floats.js";
import { type Series, SeriesOf } from "./series.js";

/** @throws Undefined where there is no value, or a kink */
export type Meaning = (s: SeriesOf, a: Series, b: Series) => Series;

const at = (u: Series): Float => u[0]![0]!;
const isNegative = (u: Series) => at(u).m < 0n;
const isZero = (u: Series) => at(u).m === 0n;
const one = (s: SeriesOf) => s.constant(1);
const squared = (s: SeriesOf, u: Series) => s.multiply(u, u);
const inverse = (s: SeriesOf, u: Series) => s.divide(one(s), u);

function refuse(where: boolean, what: string): void {
  if (where) throw new Undefined(what);
}

/** What is constant between jumps. */
export const steps =
  (compute: (a: number, b: number) => number): Meaning =>
  (s, a, b) =>
    s.constant(compute(toDouble(at(a)), toDouble(at(b))));

export const abs: Meaning = (s, a) => {
  refuse(isZero(a), "a kink");
  return isNegative(a) ? s.negate(a) : a;
};

/** The larger one. */
export const maximum: Meaning = (s, a, b) => {
  const order = s.f.compare(at(a), at(b));
  refuse(order === 0, "a kink");
  return order > 0 ? a : b;
};

export const minimum: Meaning = (s, a, b) => s.negate(maximum(s, s.negate(a), s.negate(b)));

export const between =
  (low: number, high: number): Meaning =>
  (s, a) =>
    minimum(s, maximum(s, a!, s.constant(low)), s.constant(high));

/** a, of which 0 is a kink. */
export const bent: Meaning = (_s, a) => {
  refuse(at(a).m === 0n, "a kink");
  return a!;
};

/** a − ⌊a/b⌋·b, the quotient being that of whole numbers. */
export const remainder: Meaning = (s, a, b) => {
  const [x, y] = [at(a), at(b)];
  refuse(y.m === 0n, "a division by 0");
  const e = Math.min(x.e, y.e);
  const [over, under] = [x.m << BigInt(x.e - e), y.m << BigInt(y.e - e)];
  const rest = ((over % under) + under) % under;
  const quotient = { m: (over - rest) / under, e: 0 };
  const slopes = s.subtract(a, s.times(b, quotient)).slice(1);
  return [[{ m: rest, e }], ...slopes];
};

/** The value with all its digits, and the derivative as a series. */
const integral =
  (value: (s: SeriesOf, x: Float) => Float, derivative: (s: SeriesOf, u: Series) => Series): Meaning =>
  (s, u) =>
    s.compose(value(s, at(u)), u, derivative(s, u));

export const expm1: Meaning = (s, u) => s.plus(s.exp(u), -1);
export const log2: Meaning = (s, u) => s.times(s.log(u), s.f.divide(s.f.one, elementary.ln2(s.f)));
export const log10: Meaning = (s, u) =>
  s.times(s.log(u), s.f.divide(s.f.one, elementary.log(s.f, s.f.whole(10))));
export const tan: Meaning = (s, u) => s.divide(...s.sinCos(u));

export const oneMinusSquare: Meaning = (s, u) => s.multiply(s.plus(s.negate(u), 1), s.plus(u, 1));
/** √(1 − x²) of a number */
const other = ({ f }: SeriesOf, x: Float) => f.sqrt(f.multiply(f.subtract(f.one, x), f.add(f.one, x)));

export const asin = integral(
  (s, x) => elementary.atan2(s.f, x, other(s, x)),
  (s, u) => s.power(oneMinusSquare(s, u, u), -1, 2),
);
export const acos = integral(
  (s, x) => elementary.atan2(s.f, other(s, x), x),
  (s, u) => s.negate(s.power(oneMinusSquare(s, u, u), -1, 2)),
);

/** The angle as seen from the point itself, by the addition theorem. */
export const atan2: Meaning = (s, y, x) => {
  const [y0, x0] = [at(y), at(x)];
  const angle = elementary.atan2(s.f, y0, x0);
  const across = s.subtract(s.times(y, x0), s.times(x, y0));
  const along = s.add(s.times(x, x0), s.times(y, y0));
  return s.add(s.atan(s.divide(across, along)), s.number(angle));
};

/** [e^u/2, e^−u/2] */
function halves(s: SeriesOf, u: Series): readonly [Series, Series] {
  const e = s.exp(u);
  return [s.ratio(e, 1, 2), s.ratio(inverse(s, e), 1, 2)];
}

export const sinh: Meaning = (s, u) => s.subtract(...halves(s, u));
export const cosh: Meaning = (s, u) => s.add(...halves(s, u));
export const sechSquared: Meaning = (s, u) => inverse(s, squared(s, cosh(s, u, u)));
export const tanh = integral(
  ({ f }, x) => {
    const e = elementary.exp(f, scaleBinary(negate(absolute(x)), 1));
    const size = f.divide(f.subtract(f.one, e), f.add(f.one, e));
    return x.m < 0n ? negate(size) : size;
  },
  (s, u) => sechSquared(s, u, u),
);

export const asinh = integral(
  ({ f }, x) => {
    const square = f.multiply(x, x);
    const above = f.divide(square, f.add(f.one, f.sqrt(f.add(f.one, square))));
    const size = elementary.log1p(f, f.add(absolute(x), above));
    return x.m < 0n ? negate(size) : size;
  },
  (s, u) => s.power(s.plus(squared(s, u), 1), -1, 2),
);
export const acosh = integral(
  ({ f }, x) => {
    const above = f.subtract(x, f.one);
    return elementary.log1p(f, f.add(above, f.sqrt(f.multiply(above, f.add(x, f.one)))));
  },
  (s, u) => s.power(s.negate(oneMinusSquare(s, u, u)), -1, 2),
);
export const atanh = integral(
  ({ f }, x) => scaleBinary(elementary.log1p(f, f.divide(scaleBinary(x, 1), f.subtract(f.one, x))), -1),
  (s, u) => inverse(s, oneMinusSquare(s, u, u)),
);

export const hypot: Meaning = (s, a, b) => root(s, s.add(squared(s, a), squared(s, b)));
export const direction: Meaning = (s, a, b) => s.divide(a, hypot(s, a, b));

function root(s: SeriesOf, u: Series): Series {
  refuse(isZero(u), "a kink");
  return s.sqrt(u);
}

/** a^b for a > 0 */
export const power: Meaning = (s, a, b) => s.exp(s.multiply(b, s.log(a)));
/** a to the constant power n/d */
export const powerBy =
  (n: number, d = 1): Meaning =>
  (s, a) =>
    s.power(a, n, d);
/** a to the power of a double that is no fraction of small numbers, a > 0 */
export const powerByDouble =
  (n: number): Meaning =>
  (s, a) =>
    s.exp(s.times(s.log(a), fromDouble(n)));

export const sigmoid: Meaning = (s, u) => inverse(s, s.plus(s.exp(s.negate(u)), 1));
export const logisticDensity: Meaning = (s, u) => s.multiply(sigmoid(s, u, u), sigmoid(s, s.negate(u), u));
export const softplus = integral(
  ({ f }, x) => {
    const tail = elementary.log1p(f, elementary.exp(f, negate(absolute(x))));
    return x.m < 0n ? tail : f.add(x, tail);
  },
  (s, u) => sigmoid(s, u, u),
);

/** erfc(−x/√2)/2 */
export const normalCdf: Meaning = (s, u) => {
  const root = s.f.sqrt(s.f.whole(2));
  const tail = s.errorFunction(s.times(u, negate(s.f.divide(s.f.one, root))), true);
  return s.ratio(tail, 1, 2);
};
export const gelu: Meaning = (s, u) => s.multiply(u, normalCdf(s, u, u));

/** ψ⁽ⁿ⁾, of which log|Γ| is one integral more. */
export const polygamma =
  (n: number): Meaning =>
  (s, u) => {
    const longer = new SeriesOf(s.f.bits, s.variables, s.order + n + 1);
    return longer.shifted(longer.gammaln(longer.longer(u)), n + 1);
  };

/** log Σ eˣ of a, b and constants, shifted by the largest. */
function logSumExpOf(s: SeriesOf, list: readonly Series[]): Series {
  const largest = list.reduce((x, y) => (s.f.compare(at(x), at(y)) >= 0 ? x : y));
  const others = list.filter((x) => x !== largest).map((x) => s.exp(s.subtract(x, largest)));
  return s.add(largest, s.log1p(others.reduce((x, y) => s.add(x, y))));
}

const withConstants = (s: SeriesOf, a: Series, b: Series, rest: readonly number[]) => [
  a,
  b,
  ...rest.map((x) => s.constant(x)),
];

export const logSumExp =
  (...rest: number[]): Meaning =>
  (s, a, b) =>
    logSumExpOf(s, withConstants(s, a, b, rest));
/** Of the first element. */
export const logSoftmax =
  (...rest: number[]): Meaning =>
  (s, a, b) =>
    s.subtract(a, logSumExpOf(s, withConstants(s, a, b, rest)));
export const softmax =
  (...rest: number[]): Meaning =>
  (s, a, b) =>
    s.exp(logSoftmax(...rest)(s, a, b));

export const variance =
  (...rest: number[]): Meaning =>
  (s, a, b) => {
    const list = withConstants(s, a, b, rest);
    const total = (all: readonly Series[]) => all.reduce((x, y) => s.add(x, y));
    const mean = s.ratio(total(list), 1, list.length);
    return s.ratio(total(list.map((x) => squared(s, s.subtract(x, mean)))), 1, list.length);
  };
export const std =
  (...rest: number[]): Meaning =>
  (s, a, b) =>
    root(s, variance(...rest)(s, a, b));

/** softplus(z) − t·z */
export const binaryCrossEntropy =
  (target: number): Meaning =>
  (s, z) =>
    target === 1
      ? softplus(s, s.negate(z), z)
      : s.subtract(softplus(s, z, z), s.times(z, fromDouble(target)));
