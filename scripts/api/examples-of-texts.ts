/** Valid calls of what reads and writes texts. */
import { add, matrix, sin, square, trace, vector } from "adjoint";
import type { Examples } from "./examples.js";

const f = trace({ x: vector(2) }, ({ x: [a, b] }) => add(square(a), sin(b)));

export const texts: Readonly<Record<string, Examples>> = {
  expression: {
    calls: [
      () => ["x^2 + 2y"],
      () => [
        "x: vector(2)\nf(t) = t^2\nf(x[1]) + sum(A*x)",
        { inputs: { A: matrix(2, 2) }, constants: { k: [1, 2] } },
      ],
    ],
    maps: [1],
    // Names are the user's, and JSON makes an object without keys of an array without elements.
    free: /^1\.constants/,
  },
  // A tag: what templates hold is a list of texts, one longer than the places.
  math: {
    calls: [
      () => [["2 + ", "*3"], 4],
      () => [
        ["", " .* ", ""],
        [1, 2],
        [3, 4],
      ],
    ],
    free: /^[012]/,
  },
  model: { calls: [() => ["a*exp(-k*x) + c", { constants: { c: 2 } }]], maps: [1], free: /^1\.constants/ },
  toExpression: { calls: [() => [f]] },
};
