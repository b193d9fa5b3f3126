/** Random texts of objectives: those that mathjs and `expression` both have a meaning for, and what only looks like one. */
import { AdjointError } from "adjoint";
import { expression } from "adjoint/expression";
import { fc } from "./law.js";

/** Functions that both know, by how many arguments. */
const unary = [
  ...[
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "exp",
    "expm1",
    "sqrt",
    "cbrt",
  ],
  ...[
    "abs",
    "sign",
    "square",
    "cube",
    "log",
    "log2",
    "log10",
    "log1p",
    "floor",
    "ceil",
    "sec",
    "csc",
    "cot",
    "sech",
  ],
];
const binary = ["atan2", "hypot", "pow", "max", "min", "log", "add", "subtract", "multiply", "divide"];

export const variables = ["x", "y", "z1"] as const;

const number = fc.constantFrom("0", "1", "2", "3", "0.5", "2.5", "1e-3", ".25", "1e2", "pi", "e");
const leaf = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...variables) }, number);
const space = fc.constantFrom("", " ");

/** Texts with all of the grammar of scalars: operators bare and in brackets, implicit products, comparisons, choices. */
export const scalarTexts = fc.letrec<{ text: string; factor: string }>((tie) => ({
  factor: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.tuple(fc.constantFrom(...unary), tie("text")).map(([name, x]) => `${name}(${x})`),
    fc
      .tuple(fc.constantFrom(...binary), tie("text"), tie("text"))
      .map(([name, a, b]) => `${name}(${a}, ${b})`),
    tie("text").map((text) => `(${text})`),
    fc
      .tuple(fc.constantFrom("2", "0.5", "(x + 1)"), fc.constantFrom(...variables))
      .map(([a, b]) => `${a}${b}`),
    fc.tuple(tie("factor"), fc.constantFrom("2", "3", "-1", "0.5")).map(([a, n]) => `(${a})^${n}`),
  ),
  text: fc.oneof(
    { depthSize: "small" },
    tie("factor"),
    fc
      .tuple(
        tie("factor"),
        space,
        fc.constantFrom("+", "-", "*", "/", "+", "-", "*", "^"),
        space,
        tie("factor"),
      )
      .map((parts) => parts.join("")),
    fc.tuple(fc.constantFrom("-", "+", "--"), tie("factor")).map((parts) => parts.join("")),
    fc
      .tuple(
        tie("factor"),
        fc.constantFrom("<", "<=", ">", ">="),
        tie("factor"),
        tie("factor"),
        tie("factor"),
      )
      .map(([a, symbol, b, yes, no]) => `(${a} ${symbol} ${b} ? ${yes} : ${no})`),
    fc.tuple(tie("factor"), tie("factor"), tie("factor")).map(([a, b, c]) => `(${a} - ${b}*${c}^2)`),
  ),
})).text;

const pieces = [
  ...[
    "x",
    "y",
    "2",
    "0.5",
    "1e400",
    "sin(",
    "f(x) = ",
    "x[",
    "[1, 2; 3, 4]",
    "sum(x, i, 1, 3)",
    "diff(x^2, x)",
    "\n",
    ";",
  ],
  ...[
    "(",
    ")",
    "[",
    "]",
    ",",
    "+",
    "-",
    "*",
    "/",
    "^",
    "!",
    "'",
    '"',
    "?",
    ":",
    "=",
    "==",
    "<",
    "and ",
    "not ",
    "{",
    "}",
  ],
  ...[
    ".",
    "..",
    "x.y",
    "constructor",
    "__proto__",
    "import",
    "eval(",
    "#",
    "\\",
    "\u0000",
    "π",
    "𝑥",
    "é",
    "x: vector(2)\n",
  ],
  ...[
    "where(",
    "max(",
    "zeros(",
    "eye(",
    "range(",
    "1:",
    "end",
    "in",
    "to",
    "mod",
    "%",
    "|",
    "&",
    "??",
    "?.",
    "`",
    "$" + "{x}",
  ],
  ...[
    "9^9^9",
    "gradient(",
    "prod(",
    "f(",
    "A*",
    "A: matrix(2, 2)\n",
    "e",
    "i",
    "NaN",
    "Infinity",
    "true",
    "0x1F",
    "1e",
    "-0",
  ],
];

/** What might be typed, pasted or meant to break something. */
export const wildTexts = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((all) => all.join("")),
  fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((all) => all.join(" ")),
  // A right text with a part cut out, doubled or replaced.
  fc
    .tuple(scalarTexts, fc.nat(), fc.nat(20), fc.constantFrom(...pieces, ""))
    .map(([text, at, length, piece]) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + piece + text.slice(from + length);
    }),
  fc
    .tuple(fc.constantFrom(...pieces), fc.integer({ min: 1, max: 3000 }))
    .map(([piece, count]) => piece.repeat(count)),
  fc.string({ unit: "binary", maxLength: 60 }),
);

/** What is wrong with what `expression` makes of a text: a foreign error, or one that isn't short and in its name. */
export function faultOf(text: string): string | undefined {
  try {
    expression(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof AdjointError)) return `${JSON.stringify(text)}: ${error}`;
    const { message } = error;
    return message.startsWith("expression: ") && message.length < 700
      ? undefined
      : `${JSON.stringify(text)}: ${message}`;
  }
}
