/** Texts that are meant to break something: short ones, a line each of hostile-texts.txt, and long or deep ones. */
import { readFileSync } from "node:fs";

export const shortHostile: readonly string[] = readFileSync(
  new URL("./hostile-texts.txt", import.meta.url),
  "utf8",
)
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(`"${line}"`) as string);

/** Pieces that fill a text of 10⁵ characters, each with what stands at its end. */
const chains = [
  ...["x+|x", "x*|x", "x^|x", "x-|1", "x/|2", "-|x", "x;|x", "x\n|x", "a=x\n|a", "y = x\n|", "#|", "# x\n|x"],
  ...[
    " |x",
    "\n|x",
    "\t|",
    "x|",
    "1|",
    "1.|",
    "1e|",
    "0x|",
    "'|",
    '"|',
    "x!|",
    "!|",
    "x'|",
    ".|",
    "..|",
    ",|",
  ],
  ...[
    "x[1]|",
    "x,|",
    "x<|x",
    "x and |x",
    "not |x",
    "x mod |2",
    "x%|2",
    "(|",
    "[|",
    "{|",
    "f(|",
    "x[|",
    "\\|",
  ],
];
const lists = ["[1,|x]", "[1;|x]", "[x,|x]", "max(x,|x)", "add(x,|x)", "hypot(x,|x)"];

const fill = (piece: string, end: string) =>
  piece.repeat(Math.floor((99_999 - end.length) / piece.length)) + end;
const nest = (open: string, count: number, middle: string, close: string) =>
  open.repeat(count) + middle + close.repeat(count);
const lines = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join("\n");

export const longHostile: readonly string[] = [
  ...chains.map((chain) => {
    const at = chain.lastIndexOf("|");
    return fill(chain.slice(0, at), chain.slice(at + 1));
  }),
  ...lists.map((list) => {
    const [, open, piece, end] = /^(\w*[[(])(.*)\|(.*)$/.exec(list)!;
    return open! + fill(piece!, `${end}${" ".repeat(open!.length)}`);
  }),
  ...[nest("sin(", 5000, "x", ")"), nest("(", 10_000, "x", ")"), nest("[", 10_000, "x", "]")],
  ...[nest("x ? ", 10_000, "1", " : 2"), `${"x ? 1 : ".repeat(10_000)}2`, nest("[1,", 30_000, "1", "]")],
  ...[nest("not(", 190, "x", ")"), nest("diff(", 190, "x", ", x)"), nest("diff(", 12, "sin(x*x)", ", x)")],
  `${lines(60, (i) => `f${i}(x) = ${i ? `f${i - 1}(f${i - 1}(x))` : "x + 1"}`)}\nf59(y)`,
  `a0 = x\n${lines(60, (i) => `a${i + 1} = sin(a${i})*a${i}`)}`,
  `a0 = x\n${lines(30, (i) => `a${i + 1} = diff(a${i}^2, x)`)}`,
];
