/** How ops are written in TeX, by their names; those that aren't here are written as functions of their operands. */
import {
  asNumber,
  atom,
  Binding,
  bigOperator,
  call,
  differenceOf,
  fractionOf,
  negativeOf,
  numberTex,
  operand,
  powerOf,
  productOf,
  sumOf,
  type Tex,
} from "./tex-text.js";

type Notation = (...operands: Tex[]) => Tex;

const one = numberTex(1);

const named =
  (name: string): Notation =>
  (...operands) =>
    call(name, ...operands);

const word = (name: string): Notation => named(`\\operatorname{${name}}`);

const relation =
  (symbol: string): Notation =>
  (a, b) => ({
    text: `${operand(a!, Binding.sum)} ${symbol} ${operand(b!, Binding.sum)}`,
    binding: Binding.sum,
    condition: true,
  });

/** A number is true if it isn't 0. */
const asCondition = (x: Tex): string => (x.condition ? x.text : `${operand(x, Binding.sum)} \\ne 0`);

const connective =
  (symbol: string): Notation =>
  (a, b) => ({
    text: [a!, b!].map((x) => (x.condition ? `(${x.text})` : asCondition(x))).join(` ${symbol} `),
    binding: Binding.sum,
    condition: true,
  });

const isNumber = (x: Tex, value: number) => x.text === numberTex(value).text;

function powerNotation(x: Tex, n: Tex): Tex {
  if (isNumber(n, 1)) return x;
  if (isNumber(n, 0.5)) return atom(`\\sqrt{${asNumber(x).text}}`);
  if (isNumber(n, -1)) return fractionOf(one, x);
  return powerOf(x, n);
}

export const notations: Readonly<Record<string, Notation>> = {
  add: (a, b) => sumOf(asNumber(a!), asNumber(b!)),
  subtract: (a, b) => differenceOf(asNumber(a!), asNumber(b!)),
  multiply: (a, b) => {
    if (isNumber(a!, -1)) return negativeOf(asNumber(b!));
    if (isNumber(b!, -1)) return negativeOf(asNumber(a!));
    return productOf(asNumber(a!), asNumber(b!));
  },
  divide: (a, b) => fractionOf(a!, b!),
  negative: (x) => negativeOf(asNumber(x!)),
  square: (x) => powerOf(asNumber(x!), numberTex(2)),
  power: (x, n) => powerNotation(asNumber(x!), asNumber(n!)),
  abs: (x) => atom(`\\left|${asNumber(x!).text}\\right|`),
  sign: word("sgn"),
  maximum: named("\\max"),
  minimum: named("\\min"),
  exp: (x) => powerOf(atom("e"), x!),
  expm1: (x) => differenceOf(powerOf(atom("e"), x!), one),
  log: named("\\ln"),
  log1p: (x) => call("\\ln", sumOf(one, asNumber(x!))),
  log2: named("\\log_{2}"),
  log10: named("\\log_{10}"),
  sqrt: (x) => atom(`\\sqrt{${asNumber(x!).text}}`),
  cbrt: (x) => atom(`\\sqrt[3]{${asNumber(x!).text}}`),
  sin: named("\\sin"),
  cos: named("\\cos"),
  tan: named("\\tan"),
  asin: named("\\arcsin"),
  acos: named("\\arccos"),
  atan: named("\\arctan"),
  sinh: named("\\sinh"),
  cosh: named("\\cosh"),
  tanh: named("\\tanh"),
  asinh: word("arsinh"),
  acosh: word("arcosh"),
  atanh: word("artanh"),
  floor: (x) => atom(`\\left\\lfloor ${asNumber(x!).text} \\right\\rfloor`),
  ceil: (x) => atom(`\\left\\lceil ${asNumber(x!).text} \\right\\rceil`),
  greater: relation(">"),
  greaterEqual: relation("\\ge"),
  less: relation("<"),
  lessEqual: relation("\\le"),
  equal: relation("="),
  notEqual: relation("\\ne"),
  logicalAnd: connective("\\land"),
  logicalOr: connective("\\lor"),
  logicalNot: (x) => ({
    text: x!.condition ? `\\lnot (${x!.text})` : `${operand(x!, Binding.sum)} = 0`,
    binding: Binding.sum,
    condition: true,
  }),
  where: (condition, a, b) => ({
    text:
      `\\begin{cases} ${asNumber(a!).text} & \\text{if } ${asCondition(condition!)} \\\\ ` +
      `${asNumber(b!).text} & \\text{otherwise} \\end{cases}`,
    binding: Binding.product,
    open: true,
  }),
};

/** Reductions: the symbol in front of the terms, with the index and its range as subscript and superscript. */
export const reductions: Readonly<Record<string, (letter: string, length: number, body: Tex) => Tex>> = {
  sum: (letter, length, body) => bigOperator(`\\sum_{${letter}=1}^{${length}}`, asNumber(body)),
  prod: (letter, length, body) => bigOperator(`\\prod_{${letter}=1}^{${length}}`, asNumber(body)),
  max: (letter, length, body) => bigOperator(`\\max_{1 \\le ${letter} \\le ${length}}`, asNumber(body)),
  min: (letter, length, body) => bigOperator(`\\min_{1 \\le ${letter} \\le ${length}}`, asNumber(body)),
};
