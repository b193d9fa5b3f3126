/**
 * What reading a text costs, and computing with its lists of numbers. A text's own numbers are computed when it is read, each op at once, so that a few
 * characters could ask for any work: it is counted in parts of a text, before it is done.
 */
import { Expr } from "../../graph/index.js";
import { shapeOf, type Value } from "./functions.js";
import { problem, type Source } from "./problem.js";

/** The most parts of a text that are looked at, those of functions and sums at each use. */
const mostVisits = 120_000;

/** As many parts is a derivative worth. */
const derivativeVisits = 1000;

/** What is counted over all of a text. */
export class Budget {
  readonly #source: Source;
  #visits = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  visit(at: number | undefined): void {
    if (++this.#visits > mostVisits)
      throw problem(this.#source, at, `the text unfolds to more than ${mostVisits} parts.`);
  }

  derive(): void {
    this.#visits += derivativeVisits;
  }

  /** Counts what lists of numbers cost. */
  pay(cost: number, at: number | undefined): void {
    this.#visits += cost;
    if (cost === 0 || this.#visits <= mostVisits) return;
    throw problem(
      this.#source,
      at,
      "the text computes with too many numbers; what is large is an input, as in x: matrix(100, 100).",
    );
  }
}

/** So many elements of lists are worth a part. */
const perVisit = 2;

/** Functions and operators of matrices, with what a product of three lengths is worth in parts. */
const cubic: Readonly<Record<string, number>> = {
  ...{ eigvalsh: 1, pinv: 1, svdvals: 1, expm: 1, power: 1, pow: 1 },
  ...{ det: 0.2, inv: 0.2, cholesky: 0.2, solve: 0.2, lusolve: 0.2, lsolve: 0.2, divide: 0.2 },
  ...{ matmul: 0.2, multiply: 0.2 },
};

/** Functions whose result has an element for each pair of elements. */
const ofPairs = ["outer", "kron"];

const sizeOf = (value: Value): number => shapeOf(value).reduce((size, length) => size * length, 1);

/** In parts of a text; nothing where no list is among the values. */
export function costOf(name: string, values: readonly Value[]): number {
  const lists = values.filter((value) => !(value instanceof Expr) && typeof value !== "number");
  if (lists.length === 0) return 0;
  const sizes = lists.map(sizeOf);
  let elements = sizes.reduce((all, size) => all + size, 0);
  if (ofPairs.includes(name)) elements += values.map(sizeOf).reduce((all, size) => all * size, 1);
  // A vector on the diagonal of a matrix.
  if (name === "diag" && shapeOf(lists[0]!).length === 1) elements += sizes[0]! ** 2;
  // With an expression it is a node, to be computed when the function is called.
  if (lists.length < values.length && values.some((value) => value instanceof Expr))
    return elements / perVisit;
  const [a = [], b = []] = values.map(shapeOf);
  const share = Object.hasOwn(cubic, name) && a.length === 2 ? cubic[name]! : 0;
  const third = b.length === 2 ? b[1]! : b.length === 1 ? 1 : a[0]!;
  const isScaling = values.length === 2 && b.length === 0 && !["power", "pow"].includes(name);
  return elements / perVisit + (isScaling ? 0 : share * a[0]! * (a[1] ?? 1) * third);
}
