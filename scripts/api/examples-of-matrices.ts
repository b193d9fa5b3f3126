/** Valid calls of the functions of matrices. */
import type { Example, Examples } from "./examples.js";

const of = (...calls: Example[]): Examples => ({ calls });
const V = () => [0.5, 1.5, 2.5];
const M = () => [
  [2, 0.5],
  [0.5, 1],
];

export const matrices: Readonly<Record<string, Examples>> = {
  matmul: of(
    () => [M(), M()],
    () => [M(), [1, 2]],
  ),
  dot: of(() => [V(), [0.25, 1.25, 0.75]]),
  outer: of(() => [V(), [1, 2]]),
  solve: of(() => [M(), [1, 2]]),
  triangularSolve: of(
    () => [M(), [1, 2]],
    () => [M(), M(), { lower: true, transpose: true, unitDiagonal: true }],
  ),
  choleskySolve: of(() => [M(), [1, 2]]),
  lstsq: of(() => [M(), [1, 2]]),
  matrixPower: of(
    () => [M(), 3],
    () => [M(), -1],
  ),
  kron: of(
    () => [M(), M()],
    () => [V(), [0.25, 1.25, 0.75]],
  ),
  ...Object.fromEntries(
    [
      "inv",
      "det",
      "slogdet",
      "qr",
      "eigh",
      "eigvalsh",
      "svd",
      "svdvals",
      "pinv",
      "expm",
      "cholesky",
      "matrixTrace",
      "diagonal",
    ].map((name) => [name, of(() => [M()])]),
  ),
  tril: of(() => [M(), 1]),
  triu: of(() => [M(), -1]),
  diag: of(() => [V()]),
  eye: of(() => [3]),
  oneHot: of(() => [[0, 2, 1], 3]),
};
