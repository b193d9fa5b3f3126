/** Exponential, logarithm, circular and special functions of floating-point numbers of any precision. */
import {
  absolute,
  exponentOf,
  type Float,
  Floats,
  fromDouble,
  negate,
  scaleBinary,
  toDouble,
  Undefined,
  zero,
} from "./floats.js";

/** From here on eˣ is nothing, or more than any number that it is added to: an exponent must stay a safe integer. */
const largestExponent = 40;

interface Constants {
  readonly pi: Float;
  readonly ln2: Float;
}

const constants = new Map<number, Constants>();

function constantsOf(bits: number): Constants {
  const known = constants.get(bits);
  if (known) return known;
  const f = new Floats(bits + 64);
  // J. Machin, 1706: π = 16·atan(1/5) − 4·atan(1/239); and ln 2 = 2·artanh(1/3).
  const pi = f.subtract(f.ratio(inverseSeries(f, 5, -1), 16, 1), f.ratio(inverseSeries(f, 239, -1), 4, 1));
  const made = { pi, ln2: f.ratio(inverseSeries(f, 3, 1), 2, 1) };
  constants.set(bits, made);
  return made;
}

export const pi = (f: Floats): Float => constantsOf(f.bits).pi;
export const ln2 = (f: Floats): Float => constantsOf(f.bits).ln2;

/** atan(1/n), sign −1, or artanh(1/n), sign 1: Σ signᵏ/((2k + 1)·n²ᵏ⁺¹). */
function inverseSeries(f: Floats, n: number, sign: 1 | -1): Float {
  const p = f.bits + 32;
  let term = (1n << BigInt(p)) / BigInt(n);
  let sum = 0n;
  for (let k = 0; term !== 0n; k++) {
    const part = term / BigInt(2 * k + 1);
    sum += sign < 0 && k % 2 === 1 ? -part : part;
    term /= BigInt(n * n);
  }
  return f.round(sum, -p);
}

/** The whole number nearest to x, as a number; for |x| below 2⁵². */
function nearest(f: Floats, x: Float): bigint {
  return f.floor(f.add(x, { m: 1n, e: -1 })).m;
}

/** eˣ: x is taken to [−½ln 2, ½ln 2], halved a few times, put into the series, and squared as often. */
export function exp(f: Floats, x: Float): Float {
  if (exponentOf(x) > largestExponent) return { m: 1n, e: (x.m < 0n ? -1 : 1) * 2 ** 44 };
  const halvings = Math.ceil(Math.sqrt(f.bits) / 2);
  const p = f.bits + 2 * halvings + 96;
  const wide = new Floats(p);
  const k = nearest(f, f.divide(x, ln2(f)));
  const rest = wide.subtract(x, wide.multiply({ m: k, e: 0 }, ln2(wide)));
  const r = wide.fixed(scaleBinary(rest, -halvings), p);
  const shift = BigInt(p);
  let term = 1n << shift;
  let sum = term;
  for (let i = 1n; term !== 0n && term !== -1n; i++) {
    term = (term * r) >> shift;
    term /= i;
    sum += term;
  }
  for (let i = 0; i < halvings; i++) sum = (sum * sum) >> shift;
  return f.round(sum, Number(k) - p);
}

/** 2·artanh(u/(2 + u)): log(1 + u), with all digits for small u. */
export function log1p(f: Floats, u: Float): Float {
  if (exponentOf(u) > -12) return log(f, f.add(f.one, u));
  const z = f.divide(u, f.add(f.whole(2), u));
  return scaleBinary(oddSeries(f, z, 1), 1);
}

/** Σ signᵏ·z²ᵏ⁺¹/(2k + 1) for small z: artanh, or atan. */
function oddSeries(f: Floats, z: Float, sign: 1 | -1): Float {
  const square = f.multiply(z, z);
  let [term, sum] = [z, z];
  for (let k = 1; exponentOf(term) > exponentOf(sum) - f.bits - 8; k++) {
    term = f.multiply(term, sign < 0 ? negate(square) : square);
    sum = f.add(sum, f.ratio(term, 1, 2 * k + 1));
  }
  return sum;
}

/** The double nearest to log x̃, x̃ being x by a power of two in [1, 2), and what is left by log1p of a tiny number. */
export function log(f: Floats, x: Float): Float {
  if (x.m <= 0n) throw new Undefined("the logarithm of a number that isn't positive");
  const k = exponentOf(x);
  // Around 1 from both sides alike, for the digits that a difference from 1 has.
  const above = f.subtract(x, f.one);
  if (exponentOf(above) < -12) return log1p(f, above);
  const reduced = scaleBinary(x, -k);
  const start = fromDouble(Math.log(toDouble(reduced)));
  const left = f.subtract(f.multiply(reduced, exp(f, negate(start))), f.one);
  const rest = f.add(start, log1p(f, left));
  return f.add(rest, f.multiply(f.whole(k), ln2(f)));
}

/** [sin x, cos x]: x is taken to [−π/4, π/4] by as many digits of π as it takes. */
export function sinCos(f: Floats, x: Float): readonly [Float, Float] {
  const size = exponentOf(x);
  if (x.m === 0n) return [zero, f.one];
  const wide = new Floats(f.bits + Math.max(0, size) + 64);
  const half = scaleBinary(pi(wide), -1);
  const turns = size < -1 ? 0n : nearest(wide, wide.divide(x, half));
  const rest = turns === 0n ? x : wide.subtract(x, wide.multiply({ m: turns, e: 0 }, half));
  // Digits enough behind the first of a tiny rest.
  const p = f.bits + 64 + Math.min(1e5, Math.max(0, -exponentOf(rest)));
  const r = wide.fixed(rest, p);
  const shift = BigInt(p);
  const square = (r * r) >> shift;
  const series = (first: bigint, from: number): Float => {
    let [term, sum] = [first, first];
    for (let i = from; term !== 0n && term !== -1n; i += 2) {
      term = (-term * square) >> shift;
      term /= BigInt(i * (i + 1));
      sum += term;
    }
    return f.round(sum, -p);
  };
  const [sine, cosine] = [series(r, 2), series(1n << shift, 1)];
  const quarter = Number(((turns % 4n) + 4n) % 4n);
  if (quarter === 0) return [sine, cosine];
  if (quarter === 1) return [cosine, negate(sine)];
  return quarter === 2 ? [negate(sine), negate(cosine)] : [negate(cosine), sine];
}

/** The double nearest to atan x, and what is left of it by the addition theorem. */
export function atan(f: Floats, x: Float): Float {
  if (exponentOf(x) > 2) {
    const right = scaleBinary(pi(f), -1);
    return f.subtract(x.m < 0n ? negate(right) : right, atan(f, f.divide(f.one, x)));
  }
  const start = fromDouble(Math.atan(toDouble(x)));
  const [sine, cosine] = sinCos(f, start);
  const over = f.subtract(f.multiply(x, cosine), sine);
  const left = f.divide(over, f.add(cosine, f.multiply(x, sine)));
  return f.add(start, oddSeries(f, left, -1));
}

/** The angle of the point (x, y) in (−π, π]. */
export function atan2(f: Floats, y: Float, x: Float): Float {
  if (x.m === 0n && y.m === 0n) throw new Undefined("the angle of the origin");
  // The quotient that is at most 1, so that its arctangent keeps all digits.
  if (f.compare(absolute(x), absolute(y)) < 0) {
    const right = scaleBinary(pi(f), -1);
    return f.subtract(y.m < 0n ? negate(right) : right, atan(f, f.divide(x, y)));
  }
  const angle = atan(f, f.divide(y, x));
  if (x.m > 0n) return angle;
  return f.add(angle, y.m < 0n ? negate(pi(f)) : pi(f));
}

/** From here on the asymptotic series of erfc has thousands of digits. */
const far = 40;

/** 2x/√π·e^(−x²)·Σ (2x²)ᵏ/(1·3·5 … (2k + 1)), all terms positive. Abramowitz and Stegun, 1964, 7.1.6. */
export function erf(f: Floats, x: Float): Float {
  if (toDouble(x) >= far) return f.subtract(f.one, erfc(f, x));
  if (toDouble(x) <= -far) return negate(erf(f, negate(x)));
  const square = f.multiply(x, x);
  let [term, sum] = [f.one, f.one];
  for (let k = 1; exponentOf(term) > exponentOf(sum) - f.bits - 8; k++) {
    term = f.ratio(f.multiply(term, square), 2, 2 * k + 1);
    sum = f.add(sum, term);
  }
  const factor = f.divide(scaleBinary(f.multiply(x, exp(f, negate(square))), 1), f.sqrt(pi(f)));
  return f.multiply(factor, sum);
}

/** 1 − erf x, with as many digits more as the difference loses; far out by the asymptotic series, 7.1.23. */
export function erfc(f: Floats, x: Float): Float {
  const size = toDouble(x);
  if (size < far) {
    // erfc x is about e^(−x²).
    const wide = new Floats(f.bits + Math.ceil(Math.max(0, size) ** 2 * 1.45) + 32);
    if (size > -far) return wide.subtract(wide.one, erf(wide, x));
    return f.subtract(f.whole(2), erfc(f, negate(x)));
  }
  const square = f.multiply(x, x);
  let [term, sum] = [f.one, f.one];
  for (let k = 1; k < 1600 && exponentOf(term) > -f.bits - 8; k++) {
    term = negate(f.divide(f.ratio(term, 2 * k - 1, 2), square));
    sum = f.add(sum, term);
  }
  return f.divide(f.multiply(exp(f, negate(square)), sum), f.multiply(x, f.sqrt(pi(f))));
}

interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

let evenBernoulli: readonly Fraction[] = [];

/**
 * B₂, B₄ … as fractions, from the tangent numbers: B₂ₖ = (−1)ᵏ⁻¹·2k·Tₖ/(4ᵏ(4ᵏ − 1)). R. Brent and D. Harvey, "Fast
 * computation of Bernoulli, tangent and secant numbers", 2011, arXiv 1108.0286, algorithm 2.
 */
function bernoulliFractions(count: number): Fraction[] {
  const tangent = [0n, 1n];
  for (let i = 2; i <= count; i++) tangent[i] = BigInt(i - 1) * tangent[i - 1]!;
  for (let i = 2; i <= count; i++)
    for (let j = i; j <= count; j++)
      tangent[j] = BigInt(j - i) * tangent[j - 1]! + BigInt(j - i + 2) * tangent[j]!;
  return Array.from({ length: count }, (_, at) => {
    const k = BigInt(at + 1);
    const power = 1n << (2n * k);
    const n = 2n * k * tangent[at + 1]!;
    return { n: at % 2 === 0 ? n : -n, d: power * (power - 1n) };
  });
}

/** The terms B₂ₖ/(2k(2k − 1)) of Stirling's series, by the number of binary digits. */
const stirlingTerms = new Map<number, Float[]>();

export function stirling(f: Floats, k: number): Float {
  let known = stirlingTerms.get(f.bits);
  if (!known) {
    known = [];
    stirlingTerms.set(f.bits, known);
  }
  if (known.length < k) {
    if (evenBernoulli.length < k) evenBernoulli = bernoulliFractions(Math.max(64, 2 * k));
    for (let i = known.length; i < k; i++) {
      const { n, d } = evenBernoulli[i]!;
      const divisor = d * BigInt((2 * i + 2) * (2 * i + 1));
      known.push(f.divide(f.round(n, 0), { m: divisor, e: 0 }));
    }
  }
  return known[k - 1]!;
}
