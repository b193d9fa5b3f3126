/** What operators of texts mean. */
import * as ops from "../../graph/index.js";
import { functions, product, quotient, raised, type Value } from "./functions.js";

/** Comparisons, by mathjs's names of them. */
export const comparisons: Readonly<Record<string, (a: Value, b: Value) => Value>> = {
  equal: ops.equal,
  unequal: ops.notEqual,
  smaller: ops.less,
  larger: ops.greater,
  smallerEq: ops.lessEqual,
  largerEq: ops.greaterEqual,
};

/** Operators of one or two operands. */
export const operators: Readonly<Record<string, (...args: Value[]) => Value>> = {
  ...(comparisons as Readonly<Record<string, (...args: Value[]) => Value>>),
  add: (a, b) => ops.add(a!, b!),
  subtract: (a, b) => ops.subtract(a!, b!),
  multiply: (a, b) => product(a!, b!),
  dotMultiply: (a, b) => ops.multiply(a!, b!),
  divide: (a, b) => quotient(a!, b!),
  dotDivide: (a, b) => ops.divide(a!, b!),
  mod: (a, b) => ops.remainder(a!, b!),
  pow: (a, b) => raised(a!, b!),
  dotPow: (a, b) => ops.power(a!, b!),
  unaryMinus: (a) => ops.negative(a!),
  unaryPlus: (a) => a!,
  and: (a, b) => ops.logicalAnd(a!, b!),
  or: (a, b) => ops.logicalOr(a!, b!),
  not: (a) => ops.logicalNot(a!),
  xor: (a, b) => functions.get("xor")!.make(a!, b!),
  factorial: (a) => functions.get("factorial")!.make(a!),
  ctranspose: (a) => ops.transpose(a as never),
};

/** The same of numbers: each row by itself. */
export const rowOperators: Readonly<Record<string, (...args: Value[]) => Value>> = {
  ...operators,
  multiply: (a, b) => ops.multiply(a!, b!),
  divide: (a, b) => ops.divide(a!, b!),
  pow: (a, b) => ops.power(a!, b!),
  ctranspose: (a) => a!,
};
