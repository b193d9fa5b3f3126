/** Valid calls of the functions that arrange and order elements. */
import type { Example, Examples } from "./examples.js";

const of = (...calls: Example[]): Examples => ({ calls });
const V = () => [0.5, 1.5, 2.5];
const M = () => [
  [2, 0.5],
  [0.5, 1],
];

const alongAxis = of(
  () => [V()],
  () => [M(), 1, {}],
);
const cumulative = of(
  () => [V()],
  () => [M(), 0, { reverse: true }],
);
const sorting = of(
  () => [V()],
  () => [M(), 0, { descending: true }],
);

export const arranging: Readonly<Record<string, Examples>> = {
  cumsum: cumulative,
  cumprod: cumulative,
  cummax: cumulative,
  cummin: cumulative,
  logCumsumExp: cumulative,
  sort: sorting,
  argsort: sorting,
  topK: of(
    () => [V(), 2],
    () => [M(), 1, 0],
  ),
  median: alongAxis,
  quantile: of(
    () => [V(), 0.5],
    () => [M(), [0, 0.25, 1], [0, 1], { keepDims: true, method: "nearest" }],
  ),
  searchsorted: of(
    () => [V(), 1],
    () => [M(), M(), { side: "right" }],
  ),
  interp: of(
    () => [1, [0, 1, 2], V()],
    () => [M(), V(), V(), { left: 0, right: 1 }],
  ),
  take: of(
    () => [V(), [0, -1]],
    () => [M(), 1, 1],
    () => [
      M(),
      [
        [0, 1],
        [1, 0],
      ],
      [0, 1],
    ],
  ),
  takeAlongAxis: of(() => [M(), [[0], [1]], 1]),
  tile: of(
    () => [V(), 2],
    () => [M(), [2, 1]],
  ),
  repeat: of(
    () => [V(), 2],
    () => [M(), [2, 1], 0],
  ),
  roll: of(
    () => [V(), -1],
    () => [M(), [1, 1], [0, 1]],
  ),
  swapaxes: of(() => [M(), 0, 1]),
  moveaxis: of(
    () => [M(), 0, -1],
    () => [M(), [0, 1], [1, 0]],
  ),
  unstack: of(() => [M(), 1]),
  diff: of(
    () => [V()],
    () => [M(), 1, 0],
  ),
  pad: of(
    () => [V(), 1, { mode: "reflect" }],
    () => [
      M(),
      [
        [0, 1],
        [1, 0],
      ],
      { value: 2 },
    ],
    () => [V(), [1], [2]],
  ),
  zeros: of(() => [[2, 3]]),
  ones: of(() => [[2]]),
  full: of(() => [[2, 3], 0.5]),
  zerosLike: of(() => [M()]),
  onesLike: of(() => [M()]),
  fullLike: of(() => [M(), 2]),
  meshgrid: {
    ...of(
      () => [[V(), V()]],
      () => [[V(), V(), V()], { indexing: "ij" }],
    ),
    // Vectors of any lengths span a grid.
    free: /^0$/,
  },
  einsum: of(
    () => ["ij,jk->ik", M(), M()],
    () => ["...i,i", M(), [1, 2]],
    () => ["ii", M()],
  ),
  tensordot: of(
    () => [M(), M(), 1],
    () => [M(), M(), [[0], [1]]],
  ),
};
