/** Arithmetic of 64 decimal digits: what double results are measured against. */
import { all, type BigNumber, create } from "mathjs";
import type { Arithmetic, Op } from "../../graph/op.js";

const math = create(all, { number: "BigNumber", precision: 64 });

const big = (x: number): BigNumber => math.bignumber(x);
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
  expm1: (x) => x!.exp().minus(one),
  log: (x) => x!.ln(),
  log1p: (x) => x!.plus(one).ln(),
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
  atan2: (y, x) => math.atan2(y as never, x as never) as unknown as BigNumber,
  sinh: (x) => x!.sinh(),
  cosh: (x) => x!.cosh(),
  tanh: (x) => x!.tanh(),
  asinh: (x) => x!.asinh(),
  acosh: (x) => x!.acosh(),
  atanh: (x) => x!.atanh(),
};

/** Whether a scalar op has its meaning here; a new one is to be added. */
export function isKnown(op: Op): boolean {
  return Object.hasOwn(meanings, op.name);
}

export const bigNumbers: Arithmetic<BigNumber> = {
  constant: big,
  add: (a, b) => a.plus(b),
  multiply: (a, b) => a.times(b),
  apply: (op, operands) => meanings[op.name]!(...operands),
};

export type { BigNumber };
