/** Arithmetic of 64 decimal digits: what double results are measured against. */
import { all, type BigNumber, create } from "mathjs";
import type { Arithmetic, Op } from "../../graph/op.js";
import { specialMeanings } from "./special-numbers.js";

const math = create(all, { number: "BigNumber", precision: 64 });

/** The double itself, to the last bit: mathjs alone takes the shortest decimal number that rounds to it. */
function big(x: number): BigNumber {
  if (!Number.isFinite(x) || Number.isSafeInteger(x)) return math.bignumber(x);
  let [whole, halvings] = [x, 0];
  for (; !Number.isInteger(whole); halvings++) whole *= 2;
  return math.bignumber(BigInt(whole)).div(math.bignumber(2).pow(halvings));
}

const one = big(1);
const zero = big(0);
const truth = (holds: boolean): BigNumber => (holds ? one : zero);
const isTrue = (x: BigNumber): boolean => !x.isZero() && !x.isNaN();

type Meaning = (...operands: BigNumber[]) => BigNumber;

/** What each scalar op means, by its name. */
const meanings: Readonly<Record<string, Meaning>> = {
  add: (a, b) => a!.plus(b!),
  subtract: (a, b) => a!.minus(b!),
  multiply: (a, b) => a!.times(b!),
  divide: (a, b) => a!.div(b!),
  negative: (x) => x!.neg(),
  square: (x) => x!.times(x!),
  power: (x, n) => x!.pow(n!),
  abs: (x) => x!.abs(),
  sign: (x) => big(x!.isZero() ? 0 : x!.isNegative() ? -1 : 1),
  maximum: (a, b) => (a!.gte(b!) ? a! : b!),
  minimum: (a, b) => (a!.lte(b!) ? a! : b!),
  greater: (a, b) => truth(a!.gt(b!)),
  greaterEqual: (a, b) => truth(a!.gte(b!)),
  less: (a, b) => truth(a!.lt(b!)),
  lessEqual: (a, b) => truth(a!.lte(b!)),
  equal: (a, b) => truth(a!.eq(b!)),
  notEqual: (a, b) => truth(!a!.eq(b!)),
  logicalAnd: (a, b) => truth(isTrue(a!) && isTrue(b!)),
  logicalOr: (a, b) => truth(isTrue(a!) || isTrue(b!)),
  logicalNot: (x) => truth(!isTrue(x!)),
  where: (condition, a, b) => (isTrue(condition!) ? a! : b!),
  exp: (x) => x!.exp(),
  // Close to 0 by their series, of which 64 digits take three terms.
  expm1: (x) =>
    x!.abs().lt(1e-22) ? x!.times(x!.div(3).plus(one).times(x!).div(2).plus(one)) : x!.exp().minus(one),
  log: (x) => x!.ln(),
  log1p: (x) =>
    x!.abs().lt(1e-22)
      ? x!.times(one.minus(one.minus(x!.times(2).div(3)).times(x!).div(2)))
      : x!.plus(one).ln(),
  log2: (x) => x!.log(2),
  log10: (x) => x!.log(10),
  sqrt: (x) => x!.sqrt(),
  cbrt: (x) => x!.cbrt(),
  sin: (x) => x!.sin(),
  cos: (x) => x!.cos(),
  tan: (x) => x!.tan(),
  asin: (x) => x!.asin(),
  acos: (x) => x!.acos(),
  atan: (x) => x!.atan(),
  // mathjs declares it for numbers and matrices only.
  atan2: (y, x) => math.atan2(y as never, x as never) as BigNumber,
  sinh: (x) => x!.sinh(),
  cosh: (x) => x!.cosh(),
  tanh: (x) => x!.tanh(),
  sechSquared: (x) => x!.cosh().pow(-2),
  oneMinusSquare: (x) => one.minus(x!.times(x!)),
  asinh: (x) => x!.asinh(),
  acosh: (x) => x!.acosh(),
  atanh: (x) => x!.atanh(),
  hypot: (a, b) => a!.times(a!).plus(b!.times(b!)).sqrt(),
  direction: (a, b) => a!.div(a!.times(a!).plus(b!.times(b!)).sqrt()),
  floor: (x) => x!.floor(),
  ceil: (x) => x!.ceil(),
  trunc: (x) => x!.trunc(),
  round: (x) => {
    const low = x!.floor();
    const above = x!.minus(low);
    if (above.eq(0.5)) return low.mod(2).isZero() ? low : low.plus(1);
    return above.lt(0.5) ? low : low.plus(1);
  },
  remainder: (x, y) => x!.minus(x!.div(y!).floor().times(y!)),
  stopGradient: (x) => x!,
  rooted: (root) => root!,
  bentBy: (x) => x!,
  bent: (x) => x!,
  unlessNaN: (x) => x!,
  kink: () => big(0),
  mark: () => one,
  shadow: () => big(0),
  noSlope: () => big(Number.NaN),
  relu: (x) => (x!.gt(0) ? x! : big(0)),
  relu6: (x) => between(x!, 0, 6),
  hardTanh: (x) => between(x!, -1, 1),
  sigmoid: (x) => one.div(x!.neg().exp().plus(one)),
  logisticDensity: (x) => one.div(x!.exp().plus(x!.neg().exp()).plus(2)),
  // Below −80 the next term, e²ˣ/2, is beyond all digits.
  softplus: (x) => (x!.lt(-80) ? x!.exp() : x!.exp().plus(one).ln()),
  erf: (x) => errorFunction(x!),
  erfc: (x) => complement(x!),
  normalCdf: (x) => complement(x!.neg().div(big(2).sqrt())).div(2),
  gammaln: (x) => logGamma(x!),
  polygamma: (n, x) => polygamma(n!.toNumber(), x!),
  ...specialMeanings(big),
};

function between(x: BigNumber, low: number, high: number): BigNumber {
  return x.lt(low) ? big(low) : x.gt(high) ? big(high) : x;
}

/**
 * 2/√π·Σ (−1)ᵏx²ᵏ⁺¹/(k!(2k + 1)) up to 2, where its terms are at most 50 times the sum; beyond, 1 less what is below.
 * M. Abramowitz and I. Stegun, "Handbook of mathematical functions", 1964, 7.1.5.
 */
function errorFunction(x: BigNumber): BigNumber {
  if (x.abs().gt(2)) return one.minus(complement(x.abs())).times(x.isNegative() ? -1 : 1);
  const s = x.times(x).neg();
  let [term, sum] = [x, x];
  for (let k = 1; k < 400 && term.abs().gt(1e-70); k++) {
    term = term.times(s).div(k);
    sum = sum.plus(term.div(2 * k + 1));
  }
  return sum.times(2).div(pi.sqrt());
}

/** 1 − erf(x); from 2 on by the continued fraction of its tail, Abramowitz and Stegun 7.1.14. */
function complement(x: BigNumber): BigNumber {
  if (x.lt(2)) return x.lt(-2) ? big(2).minus(complement(x.neg())) : one.minus(errorFunction(x));
  let fraction = x;
  for (let k = Math.ceil(4000 / x.toNumber() ** 2) + 20; k >= 1; k--)
    fraction = x.plus(big(k / 2).div(fraction));
  return x.times(x).neg().exp().div(fraction.times(pi.sqrt()));
}

const pi = big(-1).acos();

/** B₂, B₄ … by their recurrence Σ (n+1 over k)·Bₖ = 0. */
const bernoulli: readonly BigNumber[] = (() => {
  const all = [one];
  for (let n = 1; n <= 60; n++) {
    let sum = zero;
    let choose = one;
    for (let k = 0; k < n; k++) {
      sum = sum.plus(choose.times(all[k]!));
      choose = choose.times(n + 1 - k).div(k + 1);
    }
    all.push(sum.div(-(n + 1)));
  }
  return all.filter((_, n) => n > 0 && n % 2 === 0);
})();

/** Stirling's series beyond 60, to which x is moved by the recurrence. Abramowitz and Stegun 6.1.41. */
function logGamma(x: BigNumber): BigNumber {
  let [y, product] = [x, one];
  for (; y.lt(60); y = y.plus(1)) product = product.times(y);
  const square = y.times(y);
  let series = zero;
  let power = y;
  bernoulli.forEach((b, i) => {
    const k = 2 * (i + 1);
    series = series.plus(b.div(power.times(k * (k - 1))));
    power = power.times(square);
  });
  const main = y.minus(0.5).times(y.ln()).minus(y).plus(pi.times(2).ln().div(2));
  return main.plus(series).minus(product.abs().ln());
}

/** The derivative of the same of order n + 1: 6.4.11, with 6.4.6. */
function polygamma(n: number, x: BigNumber): BigNumber {
  const factorial = (k: number): BigNumber => (k < 2 ? one : factorial(k - 1).times(k));
  let [y, shift] = [x, zero];
  for (; y.lt(60); y = y.plus(1)) shift = shift.plus(one.div(y.pow(n + 1)));
  const square = y.times(y);
  let series = n === 0 ? y.ln().neg() : factorial(n - 1).div(y.pow(n));
  series = series.plus(factorial(n).div(y.pow(n + 1).times(2)));
  // (k + n − 1)!/(k!·yᵏ⁺ⁿ), k = 2, 4 …
  let factor = factorial(n + 1).div(y.pow(n + 2).times(2));
  bernoulli.forEach((b, i) => {
    const k = 2 * (i + 1);
    series = series.plus(b.times(factor));
    factor = factor.times((k + n) * (k + n + 1)).div(square.times((k + 1) * (k + 2)));
  });
  return series.plus(shift.times(factorial(n))).times(n % 2 === 0 ? -1 : 1);
}

/** Whether a scalar op has its meaning here; a new one is to be added. */
export function isKnown(op: Op): boolean {
  return Object.hasOwn(meanings, op.name);
}

export const bigNumbers: Arithmetic<BigNumber> = {
  constant: big,
  add: (a, b) => a.plus(b),
  multiply: (a, b) => a.times(b),
  apply: (op, operands) => meanings[op.name]!(...operands),
  holds: isTrue,
};

export type { BigNumber };
