/**
 * The functions and constants of texts: the op set under mathjs's, JavaScript's and the textbook's names. Each says how many
 * arguments it takes, and what it is made of.
 */
import * as ops from "../../graph/index.js";
import { AdjointError, Expr, type Operand } from "../../graph/index.js";
import { describe, rowsOf, shapeOfValue } from "../../graph/internal.js";

/** What a part of a text is worth: an expression, a number, or nested lists of numbers. */
export type Value = Operand;

/** A function of texts. */
export interface TextFunction {
  /** The fewest and the most arguments. */
  readonly arity: readonly [number, number];
  readonly make: (...args: Value[]) => Value;
}

type Make = (...args: never[]) => unknown;

export const of = (arity: number | readonly [number, number], make: Make): TextFunction => ({
  arity: typeof arity === "number" ? [arity, arity] : arity,
  make: make as TextFunction["make"],
});

export const shapeOf = (value: Value): readonly number[] =>
  value instanceof Expr ? value.shape : typeof value === "number" ? [] : shapeOfValue(value, "value");

/** A number that the text gives, for what shapes depend on. */
export function wholeOf(value: Value, what: string, least = -Infinity, most = Infinity): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  const range = least === -Infinity ? "" : most === Infinity ? ` ≥ ${least}` : ` from ${least} to ${most}`;
  throw new AdjointError(`${what} must be a whole number${range}, not ${named(value)}.`);
}

function named(value: Value): string {
  return value instanceof Expr ? "an expression, which has no value before it runs" : describe(value);
}

/** The axes of mathjs count from 1. */
const axisOf = (x: Value, axis: Value, what: string): number =>
  wholeOf(axis, `${what}: the axis`, 1, shapeOf(x).length) - 1;

/** A reduction of all elements, along an axis, or of several arguments. */
const reduction = (name: string, op: (x: Value, axis?: number) => Value): [string, TextFunction] => [
  name,
  of([1, Infinity], (x: Value, ...others: Value[]) => {
    if (others.length === 0) return op(x);
    if (shapeOf(x).length > 0 && others.length === 1) return op(x, axisOf(x, others[0]!, name));
    return op(stacked([x, ...others]));
  }),
];

/** Values in a list: of numbers a list, else an expression. */
export function stacked(values: readonly Value[]): Value {
  return values.some((value) => value instanceof Expr)
    ? (ops.stack(values as never) as Value)
    : (values as unknown as Value);
}

/** Values of one shape in a list. */
export function stackedAlike(values: readonly Value[]): Value {
  const [first, ...others] = values.map((value) => shapeOf(value).join("×") || "a number");
  const odd = others.find((shape) => shape !== first);
  if (odd !== undefined) throw new AdjointError(`a row holds ${first} and ${odd}; all must have one shape.`);
  return stacked(values);
}

/** The most elements that a text can make of nothing. */
export const mostElements = 100_000;

/** The most numbers of a list that is written. */
export const mostWritten = 10_000;

function sizes(what: string, given: readonly Value[]): number[] {
  const list = given.length === 1 && rowsOf(given[0]) ? [...(given[0] as readonly number[])] : given;
  const shape = list.map((length) => wholeOf(length as Value, `${what}: a length`, 0, mostElements));
  if (shape.reduce((size, length) => size * length, 1) > mostElements)
    throw new AdjointError(`${what}: more than ${mostElements} elements.`);
  return shape;
}

/** first:step:last with both ends. */
export function rangeOf(first: Value, step: Value, last: Value): number[] {
  for (const [name, one] of Object.entries({ first, step, last })) {
    if (typeof one === "number" && Number.isFinite(one)) continue;
    throw new AdjointError(`range: the ${name} must be a number, not ${named(one)}.`);
  }
  const [from, by, to] = [first, step, last] as [number, number, number];
  if (by === 0) throw new AdjointError("range: the step must not be 0.");
  const count = Math.max(0, Math.floor((to - from) / by + 1e-10) + 1);
  if (count > mostElements) throw new AdjointError(`range: ${count} elements are more than ${mostElements}.`);
  return Array.from({ length: count }, (_, i) => from + i * by);
}

/** The product of mathjs: of matrices and vectors where both are none scalars. */
export function product(a: Value, b: Value): Value {
  const scalar = shapeOf(a).length === 0 || shapeOf(b).length === 0;
  return scalar ? ops.multiply(a, b) : (ops.matmul(a as never, b as never) as Value);
}

export function quotient(a: Value, b: Value): Value {
  if (shapeOf(b).length === 0) return ops.divide(a, b);
  if (shapeOf(b).length === 2) return product(a, ops.inv(b as never) as Value);
  throw new AdjointError("divide: there is no division by a vector; ./ divides each element.");
}

export function raised(a: Value, b: Value): Value {
  if (shapeOf(a).length === 0 && shapeOf(b).length === 0) return ops.power(a, b);
  if (shapeOf(a).length === 2 && shapeOf(b).length === 0)
    return ops.matrixPower(a as never, wholeOf(b, "power of a matrix: the exponent")) as Value;
  throw new AdjointError("power: a vector has no power; .^ raises each element.");
}

function factorial(n: Value): number {
  const whole = wholeOf(n, "factorial: n", 0);
  let result = 1;
  for (let i = 2; i <= whole && result < Infinity; i++) result *= i;
  return result;
}

function cross(a: Value, b: Value): Value {
  for (const one of [a, b])
    if (shapeOf(one).join() !== "3") throw new AdjointError("cross: both must be vectors of three elements.");
  const at = (x: Value, i: number) => ops.index(x as never, i) as Value;
  const minor = (i: number, j: number) =>
    ops.subtract(ops.multiply(at(a, i), at(b, j)), ops.multiply(at(a, j), at(b, i))) as Value;
  return stacked([minor(1, 2), minor(2, 0), minor(0, 1)]);
}

function norm(x: Value, order: Value = 2): Value {
  if (shapeOf(x).length === 0) return ops.abs(x);
  if (typeof order !== "number")
    throw new AdjointError(`norm: the order must be a number, not ${named(order)}.`);
  return ops.norm(x as never, undefined, { ord: order } as never) as Value;
}

/** max and min: of several arguments the one of each element, of one the one of all. */
const extreme = (all: Make, each: Make) =>
  of([1, Infinity], (...args: Value[]) => {
    const [x, axis] = args;
    if (args.length === 1) return (all as (x: Value) => Value)(x!);
    if (args.length === 2 && shapeOf(x!).length > 0 && typeof axis === "number")
      return (all as (x: Value, axis: number) => Value)(x!, axisOf(x!, axis, "max"));
    return args.reduce((best, one) => (each as (a: Value, b: Value) => Value)(best, one));
  });

const inverted = (op: Make) => of(1, (x: Value) => ops.divide(1, (op as (x: Value) => Value)(x)));
const ofInverse = (op: Make) => of(1, (x: Value) => (op as (x: Value) => Value)(ops.divide(1, x) as Value));
export const folded = (op: Make) =>
  of([2, Infinity], (...args: Value[]) =>
    args.reduce((all, one) => (op as (a: Value, b: Value) => Value)(all, one)),
  );

/** Ops of one argument, under their own names. */
const unary = {
  ...{
    abs: ops.abs,
    negative: ops.negative,
    sign: ops.sign,
    square: ops.square,
    sqrt: ops.sqrt,
    cbrt: ops.cbrt,
  },
  ...{ exp: ops.exp, expm1: ops.expm1, log1p: ops.log1p, log2: ops.log2, log10: ops.log10 },
  ...{ sin: ops.sin, cos: ops.cos, tan: ops.tan, asin: ops.asin, acos: ops.acos, atan: ops.atan },
  ...{ sinh: ops.sinh, cosh: ops.cosh, tanh: ops.tanh, asinh: ops.asinh, acosh: ops.acosh, atanh: ops.atanh },
  ...{ floor: ops.floor, ceil: ops.ceil, trunc: ops.trunc, round: ops.round },
  ...{ erf: ops.erf, erfc: ops.erfc, erfinv: ops.erfinv, logErfc: ops.logErfc, gammaln: ops.gammaln },
  ...{ digamma: ops.digamma, sinc: ops.sinc, i0e: ops.i0e, i1e: ops.i1e, log1mexp: ops.log1mexp },
  ...{ relu: ops.relu, relu6: ops.relu6, sigmoid: ops.sigmoid, softplus: ops.softplus, gelu: ops.gelu },
  ...{ silu: ops.silu, elu: ops.elu, selu: ops.selu, mish: ops.mish, leakyRelu: ops.leakyRelu },
  ...{ hardTanh: ops.hardTanh, logSigmoid: ops.logSigmoid, isNaN: ops.isNaN, isFinite: ops.isFinite },
  ...{
    nanToNum: ops.nanToNum,
    stopGradient: ops.stopGradient,
    softmax: ops.softmax,
    logSoftmax: ops.logSoftmax,
  },
  ...{ transpose: ops.transpose, inv: ops.inv, det: ops.det, cholesky: ops.cholesky, pinv: ops.pinv },
  ...{ expm: ops.expm, svdvals: ops.svdvals, eigvalsh: ops.eigvalsh, diag: ops.diag, diagonal: ops.diagonal },
  ...{ matrixTrace: ops.matrixTrace, tril: ops.tril, triu: ops.triu, sort: ops.sort, cumsum: ops.cumsum },
  ...{ cumprod: ops.cumprod, not: ops.logicalNot },
} satisfies Record<string, Make>;

/** Ops of two. */
const binary = {
  ...{ subtract: ops.subtract, divide: quotient, multiply: product, power: raised, atan2: ops.atan2 },
  ...{
    hypot: ops.hypot,
    logAddExp: ops.logAddExp,
    xlogy: ops.xlogy,
    xlog1py: ops.xlog1py,
    betaln: ops.betaln,
  },
  ...{ gammainc: ops.gammainc, gammaincc: ops.gammaincc, mod: ops.remainder, dot: ops.dot, outer: ops.outer },
  ...{ matmul: ops.matmul, solve: ops.solve, kron: ops.kron, equal: ops.equal, unequal: ops.notEqual },
  ...{ larger: ops.greater, largerEq: ops.greaterEqual, smaller: ops.less, smallerEq: ops.lessEqual },
  ...{ dotMultiply: ops.multiply, dotDivide: ops.divide, dotPow: ops.power, cross },
} satisfies Record<string, Make>;

const others: Readonly<Record<string, TextFunction>> = {
  add: folded(ops.add),
  and: folded(ops.logicalAnd),
  or: folded(ops.logicalOr),
  xor: of(2, (a: Value, b: Value) => ops.notEqual(ops.notEqual(a, 0), ops.notEqual(b, 0))),
  max: extreme(ops.max, ops.maximum),
  min: extreme(ops.min, ops.minimum),
  log: of([1, 2], (x: Value, base?: Value) =>
    base === undefined ? ops.log(x) : ops.divide(ops.log(x), ops.log(base)),
  ),
  cube: of(1, (x: Value) => ops.power(x, 3)),
  nthRoot: of([1, 2], (x: Value, n: Value = 2) =>
    n === 2 ? ops.sqrt(x) : n === 3 ? ops.cbrt(x) : ops.power(x, ops.divide(1, n) as Value),
  ),
  sec: inverted(ops.cos),
  csc: inverted(ops.sin),
  cot: inverted(ops.tan),
  sech: inverted(ops.cosh),
  csch: inverted(ops.sinh),
  coth: inverted(ops.tanh),
  asec: ofInverse(ops.acos),
  acsc: ofInverse(ops.asin),
  acot: ofInverse(ops.atan),
  asech: ofInverse(ops.acosh),
  acsch: ofInverse(ops.asinh),
  acoth: ofInverse(ops.atanh),
  clip: of(3, ops.clip),
  norm: of([1, 2], norm),
  factorial: of(1, factorial),
  polygamma: of(2, (n: Value, x: Value) => ops.polygamma(wholeOf(n, "polygamma: n", 0), x as never)),
  quantile: of(2, ops.quantile),
  zeros: of([1, Infinity], (...lengths: Value[]) => ops.zeros(sizes("zeros", lengths))),
  ones: of([1, Infinity], (...lengths: Value[]) => ops.ones(sizes("ones", lengths))),
  identity: of(1, (n: Value) => ops.eye(sizes("identity", [n, n])[0]!)),
  range: of([2, 3], (first: Value, last: Value, step: Value = 1) => rangeOf(first, step, last)),
  linspace: of(3, (first: Value, last: Value, count: Value) =>
    ops.linspace(first as never, last as never, sizes("linspace", [count])[0]!),
  ),
  concat: of([1, Infinity], (...parts: Value[]) => ops.concatenate(parts as never)),
  reshape: of(2, (x: Value, shape: Value) => ops.reshape(x as never, sizes("reshape", [shape]))),
  size: of(1, (x: Value) => [...shapeOf(x)]),
  count: of(1, (x: Value) => shapeOf(x).reduce((size, length) => size * length, 1)),
};

export const reductions = Object.fromEntries([
  reduction("sum", ops.sum as never),
  reduction("prod", ops.prod as never),
  reduction("mean", ops.mean as never),
  reduction("median", ops.median as never),
  reduction("std", ((x: Value, axis?: number) =>
    ops.std(x as never, axis as never, { ddof: 1 } as never)) as never),
  reduction("variance", ((x: Value, axis?: number) =>
    ops.variance(x as never, axis as never, { ddof: 1 } as never)) as never),
  reduction("logSumExp", ops.logSumExp as never),
]);

/** Other names of the same: mathjs's, JavaScript's, the textbook's. */
const aliases: Readonly<Record<string, string>> = {
  ...{ ln: "log", lg: "log10", ld: "log2", pow: "power", unaryMinus: "negative", sgn: "sign", fix: "trunc" },
  ...{ arcsin: "asin", arccos: "acos", arctan: "atan", arctan2: "atan2", arcsinh: "asinh", arccosh: "acosh" },
  ...{ arctanh: "atanh", arsinh: "asinh", arcosh: "acosh", artanh: "atanh", arcsec: "asec", arccsc: "acsc" },
  ...{ arccot: "acot", cosec: "csc", cotan: "cot", expit: "sigmoid", logistic: "sigmoid", lgamma: "gammaln" },
  ...{ lnGamma: "gammaln", psi: "digamma", clamp: "clip", average: "mean", var: "variance", maximum: "max" },
  ...{
    minimum: "min",
    product: "prod",
    trace: "matrixTrace",
    eye: "identity",
    concatenate: "concat",
    rem: "mod",
  },
  ...{ remainder: "mod", lusolve: "solve", logsumexp: "logSumExp", greater: "larger", less: "smaller" },
  ...{
    greaterEqual: "largerEq",
    lessEqual: "smallerEq",
    notEqual: "unequal",
    numel: "count",
    lsolve: "solve",
  },
  ...{ logicalAnd: "and", logicalOr: "or", logicalNot: "not" },
};

function collect(): ReadonlyMap<string, TextFunction> {
  const all = new Map<string, TextFunction>();
  for (const [name, op] of Object.entries(unary)) all.set(name, of(1, op));
  for (const [name, op] of Object.entries(binary)) all.set(name, of(2, op));
  for (const [name, one] of Object.entries({ ...others, ...reductions })) all.set(name, one);
  for (const [name, of] of Object.entries(aliases)) {
    const target = all.get(of);
    if (target) all.set(name, target);
  }
  return all;
}

export const functions: ReadonlyMap<string, TextFunction> = /* @__PURE__ */ collect();

export const constants: ReadonlyMap<string, number> = /* @__PURE__ */ new Map([
  ...(["pi", "PI", "π"] as const).map((name) => [name, Math.PI] as const),
  ...(["e", "E"] as const).map((name) => [name, Math.E] as const),
  ["tau", 2 * Math.PI],
  ["τ", 2 * Math.PI],
  ["phi", (1 + Math.sqrt(5)) / 2],
  ["LN2", Math.LN2],
  ["LN10", Math.LN10],
  ["LOG2E", Math.LOG2E],
  ["LOG10E", Math.LOG10E],
  ["SQRT1_2", Math.SQRT1_2],
  ["SQRT2", Math.SQRT2],
]);

/** The functions that are made of the text of their arguments, not of their values. */
export const specialForms = ["diff", "derivative", "gradient", "where", "if"] as const;
