/** How ops are written in TeX; those that aren't here are written as functions of their operands. */
import * as functions from "../../graph/index.js";
import {
  bent,
  bentBy,
  direction,
  kink,
  logisticDensity,
  normalCdf,
  oneMinusSquare,
  rooted,
  sechSquared,
  unlessNaN,
} from "../../graph/internal.js";
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

export const notations: ReadonlyMap<functions.Op, Notation> = new Map([
  [functions.add.op, (a, b) => sumOf(asNumber(a!), asNumber(b!))],
  [functions.subtract.op, (a, b) => differenceOf(asNumber(a!), asNumber(b!))],
  [
    functions.multiply.op,
    (a, b) => {
      if (isNumber(a!, -1)) return negativeOf(asNumber(b!));
      if (isNumber(b!, -1)) return negativeOf(asNumber(a!));
      return productOf(asNumber(a!), asNumber(b!));
    },
  ],
  [functions.divide.op, (a, b) => fractionOf(a!, b!)],
  [functions.negative.op, (x) => negativeOf(asNumber(x!))],
  [functions.square.op, (x) => powerOf(asNumber(x!), numberTex(2))],
  [functions.power.op, (x, n) => powerNotation(asNumber(x!), asNumber(n!))],
  [kink.op, () => numberTex(0)],
  [rooted.op, (root) => root!],
  [bentBy.op, (x) => x!],
  [bent.op, (x) => x!],
  [unlessNaN.op, (x) => x!],
  [functions.abs.op, (x) => atom(`\\left|${asNumber(x!).text}\\right|`)],
  [functions.sign.op, word("sgn")],
  [functions.maximum.op, named("\\max")],
  [functions.minimum.op, named("\\min")],
  [functions.exp.op, (x) => powerOf(atom("e"), x!)],
  [functions.expm1.op, (x) => differenceOf(powerOf(atom("e"), x!), one)],
  [functions.log.op, named("\\ln")],
  [functions.log1p.op, (x) => call("\\ln", sumOf(one, asNumber(x!)))],
  [functions.log2.op, named("\\log_{2}")],
  [functions.log10.op, named("\\log_{10}")],
  [functions.sqrt.op, (x) => atom(`\\sqrt{${asNumber(x!).text}}`)],
  [functions.cbrt.op, (x) => atom(`\\sqrt[3]{${asNumber(x!).text}}`)],
  [functions.sin.op, named("\\sin")],
  [functions.cos.op, named("\\cos")],
  [functions.tan.op, named("\\tan")],
  [functions.asin.op, named("\\arcsin")],
  [functions.acos.op, named("\\arccos")],
  [functions.atan.op, named("\\arctan")],
  [functions.sinh.op, named("\\sinh")],
  [functions.cosh.op, named("\\cosh")],
  [functions.tanh.op, named("\\tanh")],
  [sechSquared.op, (x) => powerOf(call("\\operatorname{sech}", x!), numberTex(2))],
  [oneMinusSquare.op, (x) => differenceOf(one, powerOf(asNumber(x!), numberTex(2)))],
  [
    direction.op,
    (a, b) => {
      const squares = [a!, b!].map((x) => powerOf(asNumber(x), numberTex(2)));
      return fractionOf(a!, atom(`\\sqrt{${sumOf(squares[0]!, squares[1]!).text}}`));
    },
  ],
  [normalCdf.op, named("\\Phi")],
  [
    logisticDensity.op,
    (x) =>
      productOf(
        call("\\operatorname{sigmoid}", x!),
        call("\\operatorname{sigmoid}", negativeOf(asNumber(x!))),
      ),
  ],
  [functions.asinh.op, word("arsinh")],
  [functions.acosh.op, word("arcosh")],
  [functions.atanh.op, word("artanh")],
  [functions.xlogy.op, (x, y) => productOf(asNumber(x!), call("\\ln", asNumber(y!)))],
  [functions.xlog1py.op, (x, y) => productOf(asNumber(x!), call("\\ln", sumOf(one, asNumber(y!))))],
  [
    functions.logAddExp.op,
    (a, b) => call("\\ln", sumOf(powerOf(atom("e"), asNumber(a!)), powerOf(atom("e"), asNumber(b!)))),
  ],
  [functions.betaln.op, (a, b) => call("\\ln", call("\\operatorname{B}", asNumber(a!), asNumber(b!)))],
  [functions.logErfc.op, (x) => call("\\ln", call("\\operatorname{erfc}", asNumber(x!)))],
  [functions.gammainc.op, named("P")],
  [functions.gammaincc.op, named("Q")],
  [functions.floor.op, (x) => atom(`\\left\\lfloor ${asNumber(x!).text} \\right\\rfloor`)],
  [functions.ceil.op, (x) => atom(`\\left\\lceil ${asNumber(x!).text} \\right\\rceil`)],
  [functions.greater.op, relation(">")],
  [functions.greaterEqual.op, relation("\\ge")],
  [functions.less.op, relation("<")],
  [functions.lessEqual.op, relation("\\le")],
  [functions.equal.op, relation("=")],
  [functions.notEqual.op, relation("\\ne")],
  [functions.logicalAnd.op, connective("\\land")],
  [functions.logicalOr.op, connective("\\lor")],
  [
    functions.logicalNot.op,
    (x) => ({
      text: x!.condition ? `\\lnot (${x!.text})` : `${operand(x!, Binding.sum)} = 0`,
      binding: Binding.sum,
      condition: true,
    }),
  ],
  [
    functions.where.op,
    (condition, a, b) => ({
      text:
        `\\begin{cases} ${asNumber(a!).text} & \\text{if } ${asCondition(condition!)} \\\\ ` +
        `${asNumber(b!).text} & \\text{otherwise} \\end{cases}`,
      binding: Binding.product,
      open: true,
    }),
  ],
]);

export type Reduction = (letter: string, length: number, body: Tex) => Tex;

/** The symbol in front of the terms, with the index and its range as subscript and superscript. */
export const reductions: ReadonlyMap<functions.Op, Reduction> = new Map([
  [
    functions.sum.op,
    (letter, length, body) => bigOperator(`\\sum_{${letter}=1}^{${length}}`, asNumber(body)),
  ],
  [
    functions.max.op,
    (letter, length, body) => bigOperator(`\\max_{1 \\le ${letter} \\le ${length}}`, asNumber(body)),
  ],
  [
    functions.min.op,
    (letter, length, body) => bigOperator(`\\min_{1 \\le ${letter} \\le ${length}}`, asNumber(body)),
  ],
]);
