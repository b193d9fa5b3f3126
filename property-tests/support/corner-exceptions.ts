/** Where the law of corners isn't kept, and why. */
import type { Fault, Kind } from "./corners.js";

export interface Exception {
  /** Of a function, as the law has it. */
  readonly name: string;
  readonly kind: Kind;
  readonly order: number;
  /** The corners; by default all. */
  readonly places: RegExp;
  readonly reason: string;
}

/** A kind and orders: "wrong 0 1" */
type Rows = Readonly<Record<string, readonly string[]>>;

const because = (reason: string, rows: Rows, places = /(?:)/): Exception[] =>
  Object.entries(rows).flatMap(([name, list]) =>
    list.flatMap((row) => {
      const [kind, ...orders] = row.split(" ");
      return orders.map((order) => ({ name, kind: kind as Kind, order: Number(order), places, reason }));
    }),
  );

const attentions = ["", ", with a masked key", ", with a bias", ", with a mask known before"];
const ofAttention = (row: string): Rows =>
  Object.fromEntries(attentions.map((rest) => [`attention${rest}`, [row]]));

/** Where results, or factors on the way to them, are denormal or beyond all doubles: NaN or ±∞ tells so. */
const extremes: readonly Exception[] = [
  ...because("a factor of the result is infinite where the result is a number, and another one may be 0", {
    divide: ["missing 3"],
    hypot: ["missing 3", "infinite 3"],
    direction: ["missing 2 3", "infinite 2 3"],
    atan2: ["missing 2 3", "infinite 2"],
    "norm [a, b]": ["missing 3", "infinite 3"],
    power: ["missing 2 3", "infinite 2 3"],
  }),
  ...because(
    "products of queries with keys, twice the exponent, are infinite, and what two infinite scores weigh isn't known",
    ofAttention("missing 0 1"),
    /^around 1e[+](160|300)$/,
  ),
  ...because(
    "whole exponents that are data are products where they are interpreted and Math.pow in kernels, which differ in what is denormal",
    { power: ["differs 0 1 2 3"] },
    /1e[+]160/,
  ),
];

/** An error that is small beside the function's other derivatives of the same order, but not beside the result. */
const absolute: readonly Exception[] = [
  ...because("1/r − x²/r³ cancels where one number is nearly all (hypot keeps it); see the accuracy table", {
    "norm [a, b]": ["wrong 2"],
    "std [a, b, 1]": ["wrong 2 3"],
  }),
  ...because(
    "p·(1 − p)·(1 − 2p) cancels to 0 where both shares are a half but for the last bit; see the accuracy table",
    {
      "logSumExp [a, b]": ["wrong 3"],
      "logSoftmax [a, b]": ["wrong 3"],
      "softmax [a, b]": ["wrong 2"],
    },
    /1e-(160|300)/,
  ),
  ...because(
    "the direction's square is infinite, or within a rounding error of the largest double",
    { logCumsumExp: ["wrong 2"], layerNorm: ["wrong 2"] },
    /^around 1e[+]160$/,
  ),
];

/** What the function's docstring promises, against a limit that differs from side to side, or from all of them. */
const conventions: readonly Exception[] = [
  ...because(
    "terms that are −∞ are none: where there is no other, nothing moves",
    {
      "logSumExp [a, b]": ["wrong 1 2"],
      "logSoftmax [a, b]": ["wrong 1 2"],
      "softmax [a, b]": ["wrong 0 1 3"],
      logAddExp: ["wrong 1 2"],
    },
    /^-Infinity,-Infinity$/,
  ),
  ...because(
    "the slopes of two equal infinities are ½ each, a constant",
    { logAddExp: ["wrong 2"] },
    /^Infinity,Infinity$/,
  ),
  ...because("terms that are −∞ are none: they don't move", { logCumsumExp: ["wrong 1"] }, /= -Infinity$/),
  ...because(
    "a query whose scores are all −∞ sees nothing, which gives 0",
    ofAttention("wrong 0 1"),
    /= -Infinity$/,
  ),
  ...because("by the exponent, the slope of 0ⁿ is 0 also for n = 0", { power: ["wrong 1"] }, /^-?0,/),
  ...because(
    "0 to a power above 0, and ∞ to one below, is 0 however small the exponent is; 10³⁰⁰ to it is 1",
    { power: ["wrong 0 1 2 3"] },
    /^(-?0|Infinity),-?1e-(160|300)$/,
  ),
  ...because("−π of two zeros below 0, as the language's standard has it", { atan2: ["wrong 0"] }, /^-0,-0$/),
  ...because(
    "equal elements, and their derivatives, stand in the order of their places, whatever the direction is",
    { sort: ["wrong 1"], median: ["wrong 1"] },
    /^(zeros|zeros below 0|ones|a row of zeros)$/,
  ),
  ...because(
    "the middle of equal elements moves by the middle of their slopes: along each line smoothly, but with no Hessian",
    { median: ["missing 2 3"] },
    /^(ones|a row of zeros)$/,
  ),
  ...because(
    "equal singular values have the slope of functions that treat them alike",
    { svdvals: ["wrong 1 2"] },
    /^(the identity|ones)$/,
  ),
  ...because("below full rank the factors aren't unique", { qr: ["wrong 0"] }, /^(ones|rank 1)$/),
  ...because("where x and both bounds are one number, ties of ties share the derivative", {
    "clip, by expressions": ["wrong 1", "missing 2 3"],
  }),
  ...because(
    "a comparison with NaN is false, and chooses",
    {
      "where(a > b, a, b)": ["wrong 0 1"],
      greater: ["wrong 0"],
      greaterEqual: ["wrong 0"],
      less: ["wrong 0"],
      lessEqual: ["wrong 0"],
    },
    /NaN/,
  ),
  ...because(
    "it asks what an element is: NaN is truly no number, and neither true nor 0",
    {
      all: ["wrong 0"],
      logicalAnd: ["wrong 0"],
      logicalNot: ["wrong 0"],
      isNaN: ["wrong 0"],
      isFinite: ["wrong 0"],
      nanToNum: ["wrong 0 1"],
    },
    /NaN|Infinity/,
  ),
  ...because(
    "NaN has a place in the order: the last one, or the first that is found",
    {
      argmax: ["wrong 0"],
      argmin: ["wrong 0"],
      sort: ["wrong 0 1"],
      argsort: ["wrong 0"],
      topK: ["wrong 0 1"],
      searchsorted: ["wrong 0"],
    },
    /NaN/,
  ),
];

export const excepted: readonly Exception[] = [...extremes, ...absolute, ...conventions];

export function exceptionFor({ name, kind, order, place }: Fault): Exception | undefined {
  return excepted.find(
    (one) => one.name === name && one.kind === kind && one.order === order && one.places.test(place),
  );
}
