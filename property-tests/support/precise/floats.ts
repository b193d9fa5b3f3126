/**
 * Binary floating point of any precision, on BigInt: what the derivatives of every order are measured against. Beside
 * mathjs's 64 decimal digits it is some fifty times as fast, and has the thousand digits that 1 + 10⁻³⁰⁰ asks for.
 */

/** m·2^e */
export interface Float {
  readonly m: bigint;
  readonly e: number;
}

/** Where a function has no value: outside of its domain, at a pole or a kink. */
export class Undefined extends Error {}

export const zero: Float = { m: 0n, e: 0 };

/** The number of binary digits of |m|. */
function length(m: bigint): number {
  const hex = (m < 0n ? -m : m).toString(16);
  return 4 * hex.length - Math.clz32(Number.parseInt(hex[0]!, 16)) + 28;
}

/** m·2^−by, rounded to the nearest. */
function shiftRight(m: bigint, by: number): bigint {
  return by <= 0 ? m << BigInt(-by) : (m + (1n << BigInt(by - 1))) >> BigInt(by);
}

/** The whole number of a double's mantissa, and its exponent: the double itself, to the last bit. */
export function fromDouble(x: number): Float {
  if (!Number.isFinite(x)) throw new Undefined(`${x} is no number`);
  if (x === 0) return zero;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  const all = bits.getBigUint64(0);
  const exponent = Number((all >> 52n) & 2047n);
  const fraction = all & ((1n << 52n) - 1n);
  const m = exponent === 0 ? fraction : fraction | (1n << 52n);
  return { m: x < 0 ? -m : m, e: Math.max(exponent, 1) - 1075 };
}

/** ⌊log₂|x|⌋; −∞ for 0. */
export function exponentOf({ m, e }: Float): number {
  return m === 0n ? Number.NEGATIVE_INFINITY : length(m) - 1 + e;
}

/** The nearest double, ±∞ from the middle between the largest and 2¹⁰²⁴ on. */
export function toDouble(x: Float): number {
  const exponent = exponentOf(x);
  if (exponent < -1080) return 0;
  if (exponent > 1030) return x.m < 0n ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  // Of the digits that a double of this size has, all others are rounded away at once.
  const last = Math.max(exponent - 52, -1074);
  const { m, e } = x.e < last ? halfEven(x, last) : x;
  const first = Math.trunc(e / 2);
  return Number(m) * 2 ** first * 2 ** (e - first);
}

function halfEven({ m, e }: Float, last: number): Float {
  const by = BigInt(last - e);
  const floor = m >> by;
  const rest = m - (floor << by);
  const half = 1n << (by - 1n);
  const up = rest > half || (rest === half && (floor & 1n) === 1n);
  return { m: up ? floor + 1n : floor, e: last };
}

export const negate = ({ m, e }: Float): Float => ({ m: -m, e });
export const absolute = (x: Float): Float => (x.m < 0n ? negate(x) : x);
/** x·2ᵏ, without error. */
export const scaleBinary = ({ m, e }: Float, k: number): Float => (m === 0n ? zero : { m, e: e + k });

/** Arithmetic that rounds each result to `bits` binary digits. */
export class Floats {
  readonly bits: number;
  readonly one: Float;

  constructor(bits: number) {
    this.bits = bits;
    this.one = this.whole(1);
  }

  round(m: bigint, e: number): Float {
    if (m === 0n) return zero;
    const by = length(m) - this.bits;
    // A few digits too many are kept rather than shifted away at each step.
    return by <= 32 ? { m, e } : { m: shiftRight(m, by), e: e + by };
  }

  whole(n: number): Float {
    return { m: BigInt(n), e: 0 };
  }

  add(a: Float, b: Float): Float {
    if (a.m === 0n) return b;
    if (b.m === 0n) return a;
    const [high, low] = a.e >= b.e ? [a, b] : [b, a];
    const apart = high.e - low.e;
    if (apart > 4 * this.bits + 4096) {
      // What is this far below the last digit of the other is nothing.
      if (exponentOf(high) - exponentOf(low) > this.bits + 64) return high;
    }
    return this.round((high.m << BigInt(apart)) + low.m, low.e);
  }

  subtract(a: Float, b: Float): Float {
    return this.add(a, negate(b));
  }

  multiply(a: Float, b: Float): Float {
    return this.round(a.m * b.m, a.e + b.e);
  }

  divide(a: Float, b: Float): Float {
    if (b.m === 0n) throw new Undefined("a division by 0");
    if (a.m === 0n) return zero;
    const by = Math.max(0, this.bits + 8 + length(b.m) - length(a.m));
    return this.round((a.m << BigInt(by)) / b.m, a.e - by - b.e);
  }

  /** x·n/d of whole numbers n and d. */
  ratio(x: Float, n: number, d: number): Float {
    const times = n === 1 ? x.m : x.m * BigInt(n);
    if (d === 1) return this.round(times, x.e);
    // Guard digits, that the quotient is not shorter than x may be.
    const by = Math.max(0, this.bits + 64 - length(times));
    return this.round((times << BigInt(by)) / BigInt(d), x.e - by);
  }

  sqrt(x: Float): Float {
    if (x.m < 0n) throw new Undefined("the square root of a negative number");
    if (x.m === 0n) return zero;
    let by = Math.max(0, 2 * this.bits + 8 - length(x.m));
    if ((x.e - by) % 2 !== 0) by++;
    return this.round(rootOf(x.m << BigInt(by)), (x.e - by) / 2);
  }

  /** −1, 0 or 1 as a is less than, equal to or greater than b. */
  compare(a: Float, b: Float): number {
    const { m } = this.subtract(a, b);
    return m < 0n ? -1 : m > 0n ? 1 : 0;
  }

  /** The largest whole number that isn't greater. */
  floor({ m, e }: Float): Float {
    return e >= 0 ? { m, e } : { m: e < -1e6 ? (m < 0n ? -1n : 0n) : m >> BigInt(-e), e: 0 };
  }

  /** The whole number ⌊x·2^p⌋ with which fixed-point loops count. */
  fixed({ m, e }: Float, p: number): bigint {
    const by = e + p;
    if (by >= 0) return m << BigInt(by);
    return by < -1e6 ? 0n : m >> BigInt(-by);
  }
}

/** ⌊√n⌋ by Newton's method, from above. */
function rootOf(n: bigint): bigint {
  let root = 1n << BigInt((length(n) + 1) >> 1);
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
