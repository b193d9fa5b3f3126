/** What the accuracy table measures: each elementwise op, and functions that are made of several, with their meanings. */

import { opOf } from "../../../graph/all-ops.js";
import * as g from "../../../graph/index.js";
import { logisticDensity } from "../../../graph/ops/activation.js";
import { direction } from "../../../graph/ops/exponential.js";
import { bent, bentBy, rooted, unlessNaN } from "../../../graph/ops/kinks.js";
import { normalCdf } from "../../../graph/ops/special.js";
import { oneMinusSquare, sechSquared } from "../../../graph/ops/trigonometric.js";
import { binaryCrossEntropy } from "../../../src/nn/index.js";
import * as m from "./meanings.js";
import { specialOfOne, specialOfTwo } from "./special-subjects.js";

/** A function of one number or of two. */
export interface Subject {
  readonly name: string;
  /** The op whose record it measures, if it is one. */
  readonly op: g.Op | undefined;
  readonly variables: 1 | 2;
  build(a: g.Expr, b: g.Expr): unknown;
  readonly meaning: m.Meaning;
  /** Numbers near which to look closely. */
  readonly near: readonly number[];
  /** Where to look; by default all numbers. */
  readonly range: readonly [low: number, high: number];
}

interface Details {
  readonly near?: readonly number[];
  readonly range?: readonly [low: number, high: number];
}

type Build = (a: g.Expr, b: g.Expr) => unknown;

function subject(
  name: string,
  variables: 1 | 2,
  build: Build,
  meaning: m.Meaning,
  details: Details = {},
): Subject {
  const { near = [], range = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] } = details;
  return { name, op: opOf(build), variables, build, meaning, near, range };
}

export type One = readonly [name: string, build: Build, meaning: m.Meaning, details?: Details];

const halfPi = Math.PI / 2;
/** Where log|Γ| is 0 besides 1 and 2, and its derivative. */
const gammaZeros = [-2.4570247382208006, -2.7476826467274127, -3.1435808883499803];
const digammaZeros = [1.4616321449683622, -0.5040830082644554, -1.5734984731623904];
const polygammas = {
  near: [...digammaZeros, 0, -1, -2, 10, 20],
  range: [-50, Number.POSITIVE_INFINITY],
} as const;

const one: readonly One[] = [
  ["negative", g.negative, (s, a) => s.negate(a)],
  ["square", g.square, (s, a) => s.multiply(a, a)],
  ["abs", g.abs, m.abs],
  ["sign", g.sign, m.steps(Math.sign)],
  ["floor", g.floor, m.steps(Math.floor)],
  ["ceil", g.ceil, m.steps(Math.ceil)],
  ["trunc", g.trunc, m.steps(Math.trunc)],
  ["round", g.round, m.steps((x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)))],
  ["logicalNot", g.logicalNot, m.steps((x) => (x === 0 ? 1 : 0))],
  ["stopGradient", g.stopGradient, (s, a) => [a[0]!, ...s.constant(0).slice(1)]],
  ["exp", g.exp, (s, a) => s.exp(a), { near: [709.782712893384, -745] }],
  ["expm1", g.expm1, m.expm1],
  ["log", g.log, (s, a) => s.log(a)],
  ["log1p", g.log1p, (s, a) => s.log1p(a)],
  ["log2", g.log2, m.log2],
  ["log10", g.log10, m.log10],
  ["sqrt", g.sqrt, (s, a) => s.sqrt(a)],
  ["cbrt", g.cbrt, m.powerBy(1, 3)],
  ["sin", g.sin, (s, a) => s.sinCos(a)[0], { near: [halfPi, Math.PI] }],
  ["cos", g.cos, (s, a) => s.sinCos(a)[1], { near: [halfPi, Math.PI] }],
  ["tan", g.tan, m.tan, { near: [halfPi, Math.PI] }],
  ["asin", g.asin, m.asin],
  ["acos", g.acos, m.acos],
  ["atan", g.atan, (s, a) => s.atan(a)],
  ["sinh", g.sinh, m.sinh],
  ["cosh", g.cosh, m.cosh],
  ["tanh", g.tanh, m.tanh, { near: [19, 354, 0.6584789484624083] }],
  ["sechSquared", sechSquared, m.sechSquared, { near: [19, 354, 0.6584789484624083] }],
  ["oneMinusSquare", oneMinusSquare, m.oneMinusSquare],
  ["asinh", g.asinh, m.asinh],
  ["acosh", g.acosh, m.acosh],
  ["atanh", g.atanh, m.atanh],
  ["sigmoid", g.sigmoid, m.sigmoid, { near: [1.3169578969248166] }],
  ["logisticDensity", logisticDensity, m.logisticDensity, { near: [1.3169578969248166] }],
  ["softplus", g.softplus, m.softplus, { near: [1.3169578969248166] }],
  ["erf", g.erf, (s, a) => s.errorFunction(a, false), { near: [0.46875, 4, Math.SQRT1_2] }],
  ["erfc", g.erfc, (s, a) => s.errorFunction(a, true), { near: [0.46875, 4, Math.SQRT1_2, 26.5] }],
  ["normalCdf", normalCdf, m.normalCdf],
  [
    "gammaln",
    g.gammaln,
    (s, a) => s.gammaln(a),
    { near: [...gammaZeros, ...digammaZeros, 0, -1, 1.5, 2.5, 13], range: [-1e4, Number.POSITIVE_INFINITY] },
  ],
  ["polygamma", (a) => g.polygamma(0, a), m.polygamma(0), polygammas],
  ["polygamma(1, ·)", (a) => g.polygamma(1, a), m.polygamma(1), polygammas],
  ["polygamma(2, ·)", (a) => g.polygamma(2, a), m.polygamma(2), polygammas],
  ["relu", g.relu, (s, a) => m.maximum(s, a, s.constant(0))],
  ["relu6", g.relu6, m.between(0, 6), { near: [6] }],
  ["hardTanh", g.hardTanh, m.between(-1, 1)],
  ["bent", bent, m.bent],
  ["bentBy", ((a: g.Expr) => bentBy(a, g.fullLike(a, 0), a)) as Build, (_s, a) => a],
  ["unlessNaN", unlessNaN, (_s, a) => a],
  ["gelu", g.gelu, m.gelu, { near: [-0.7517915246935645, Math.SQRT2] }],
  ["power(·, 3)", (a) => g.power(a, 3), m.powerBy(3)],
  ["power(·, 7)", (a) => g.power(a, 7), m.powerBy(7)],
  ["power(·, 40)", (a) => g.power(a, 40), m.powerBy(40)],
  ["power(·, −1)", (a) => g.power(a, -1), m.powerBy(-1)],
  ["power(·, −2)", (a) => g.power(a, -2), m.powerBy(-2)],
  ["power(·, −5)", (a) => g.power(a, -5), m.powerBy(-5)],
  ["power(·, 1/2)", (a) => g.power(a, 0.5), m.powerBy(1, 2)],
  ["power(·, −1/2)", (a) => g.power(a, -0.5), m.powerBy(-1, 2)],
  ["power(·, 5/2)", (a) => g.power(a, 2.5), m.powerBy(5, 2)],
  ["power(·, 0.1)", (a) => g.power(a, 0.1), m.powerByDouble(0.1)],
  [
    "binaryCrossEntropy(·, 0)",
    (a) => binaryCrossEntropy(a, g.multiply(a, 0) as g.Expr),
    m.binaryCrossEntropy(0),
  ],
  ...specialOfOne,
];

const two: readonly One[] = [
  ["add", g.add, (s, a, b) => s.add(a, b)],
  ["subtract", g.subtract, (s, a, b) => s.subtract(a, b)],
  ["multiply", g.multiply, (s, a, b) => s.multiply(a, b)],
  ["divide", g.divide, (s, a, b) => s.divide(a, b)],
  ["power", g.power, m.power],
  ["maximum", g.maximum, m.maximum],
  ["minimum", g.minimum, m.minimum],
  ["greater", g.greater, m.steps((a, b) => Number(a > b))],
  ["greaterEqual", g.greaterEqual, m.steps((a, b) => Number(a >= b))],
  ["less", g.less, m.steps((a, b) => Number(a < b))],
  ["lessEqual", g.lessEqual, m.steps((a, b) => Number(a <= b))],
  ["equal", g.equal, m.steps((a, b) => Number(a === b))],
  ["notEqual", g.notEqual, m.steps((a, b) => Number(a !== b))],
  ["logicalAnd", g.logicalAnd, m.steps((a, b) => Number(a !== 0 && b !== 0))],
  ["logicalOr", g.logicalOr, m.steps((a, b) => Number(a !== 0 || b !== 0))],
  ["remainder", g.remainder, m.remainder],
  ["hypot", g.hypot, m.hypot],
  ["direction", direction, m.direction],
  ["rooted", rooted as Build, (_s, a) => a, { range: [5e-324, Number.POSITIVE_INFINITY] }],
  ["atan2", g.atan2, m.atan2],
  ["where(a > b, a, b)", (a, b) => g.where(g.greater(a, b), a, b), m.maximum],
  ["norm [a, b]", (a, b) => g.norm(g.stack([a, b])), m.hypot],
  ["variance [a, b, 1]", (a, b) => g.variance(g.stack([a, b, 1])), m.variance(1)],
  ["std [a, b, 1]", (a, b) => g.std(g.stack([a, b, 1])), m.std(1)],
  ["logSumExp [a, b]", (a, b) => g.logSumExp(g.stack([a, b])), m.logSumExp()],
  ["logSoftmax [a, b]", (a, b) => g.index(g.logSoftmax(g.stack([a, b])), 0), m.logSoftmax()],
  ["softmax [a, b]", (a, b) => g.index(g.softmax(g.stack([a, b])), 0), m.softmax()],
  ["logSumExp [a, b, 1]", (a, b) => g.logSumExp(g.stack([a, b, 1])), m.logSumExp(1)],
  ["logSoftmax [a, b, 1]", (a, b) => g.index(g.logSoftmax(g.stack([a, b, 1])), 0), m.logSoftmax(1)],
  ["softmax [a, b, 1]", (a, b) => g.index(g.softmax(g.stack([a, b, 1])), 0), m.softmax(1)],
  ...specialOfTwo,
];

export const subjects: readonly Subject[] = [
  ...one.map(([name, ...rest]) => subject(name, 1, ...rest)),
  ...two.map(([name, ...rest]) => subject(name, 2, ...rest)),
];
