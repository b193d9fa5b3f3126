/** Every public function of the ops, and the losses, on small operands: what the laws of corners and of unused parts go through. */
import { opOf } from "../../graph/all-ops.js";
import type { Expr, Op, Shape } from "../../graph/index.js";
import * as f from "../../graph/ops/index.js";
import * as losses from "../../src/nn/losses.js";
import { domainOf } from "../../src/testing/programs.js";

/** An operand: its shape, and what it holds where that is no matter of numbers that may move (indices, conditions). */
export interface Given {
  readonly shape: Shape;
  readonly values?: readonly number[];
  /** Matrices: far from singular. */
  readonly diagonal?: number;
  readonly low?: number;
  readonly high?: number;
}

export interface Call {
  readonly name: string;
  readonly operands: readonly Given[];
  readonly build: (...operands: Expr[]) => Expr | readonly Expr[];
  readonly op?: Op | undefined;
}

type Loose = (...operands: unknown[]) => Expr | readonly Expr[];

const of = (...shape: number[]): Given => ({ shape });
const matrix = (n: number, batch: readonly number[] = []): Given => ({
  shape: [...batch, n, n],
  diagonal: 3,
});
const fixed = (shape: Shape, ...values: number[]): Given => ({ shape, values });
const all = (made: object): Expr[] => Object.values(made);

type Row = readonly [operands: readonly Given[], build: Loose];
/** For functions whose names and operands say nothing: a plain application. */
const loose = (given: unknown) => given as (...operands: unknown[]) => Expr;

/** What isn't elementwise; further calls of a function are told apart by what follows a comma. */
const arranging: Readonly<Record<string, Row>> = {
  reshape: [[of(2, 3)], (x) => loose(f.reshape)(x, [3, 2])],
  transpose: [[of(2, 3)], loose(f.transpose)],
  flip: [[of(3)], loose(f.flip)],
  expandDims: [[of(3)], (x) => loose(f.expandDims)(x, 0)],
  squeeze: [[of(1, 3)], (x) => loose(f.squeeze)(x, 0)],
  split: [[of(4)], (x) => loose(f.split)(x, 2)],
  broadcastTo: [[of(3)], (x) => loose(f.broadcastTo)(x, [2, 3])],
  tile: [[of(2)], (x) => loose(f.tile)(x, 2)],
  repeat: [[of(2)], (x) => loose(f.repeat)(x, 2)],
  roll: [[of(3)], (x) => loose(f.roll)(x, 1)],
  swapaxes: [[of(2, 3)], (x) => loose(f.swapaxes)(x, 0, 1)],
  moveaxis: [[of(2, 3)], (x) => loose(f.moveaxis)(x, 0, 1)],
  unstack: [[of(2, 2)], loose(f.unstack)],
  diff: [[of(4)], loose(f.diff)],
  pad: [[of(3)], (x) => loose(f.pad)(x, [1, 2])],
  "pad, by reflection": [[of(3)], (x) => loose(f.pad)(x, 2, { mode: "reflect" })],
  "pad, with a value": [[of(2), of()], (x, value) => loose(f.pad)(x, 1, { value })],
  full: [[of()], (x) => loose(f.full)([2], x)],
  fullLike: [[of(2), of()], loose(f.fullLike)],
  onesLike: [[of(2)], loose(f.onesLike)],
  zerosLike: [[of(2)], loose(f.zerosLike)],
  meshgrid: [[of(2), of(2)], (a, b) => loose(f.meshgrid)([a, b])],
  concatenate: [[of(2), of(3)], (a, b) => loose(f.concatenate)([a, b])],
  stack: [[of(2), of(2)], (a, b) => loose(f.stack)([a, b])],
  slice: [[of(4)], (x) => loose(f.slice)(x, 1, 3)],
  "slice, by steps": [[of(5)], (x) => loose(f.slice)(x, 0, 5, { step: 2 })],
  index: [[of(3, 2)], (x) => loose(f.index)(x, 1)],
  take: [[of(4), fixed([3], 2, 0, 2)], loose(f.take)],
  "take, along two axes": [
    [of(2, 3), fixed([2], 1, 0), fixed([2], 2, -1)],
    (x, i, j) => loose(f.take)(x, [i, j], [0, 1]),
  ],
  takeAlongAxis: [[of(2, 3), fixed([2, 1], 1, 2)], (x, i) => loose(f.takeAlongAxis)(x, i)],
  segmentSum: [[of(4), fixed([4], 0, -1, 1, 5)], (x, i) => loose(f.segmentSum)(x, i, 2)],
  scatterAdd: [[of(4), fixed([4], 1, 1, 3, 0)], (x, i) => loose(f.scatterAdd)(x, i, 2)],
  diag: [[of(2)], loose(f.diag)],
  diagonal: [[of(3, 3)], loose(f.diagonal)],
  tril: [[of(3, 3)], loose(f.tril)],
  triu: [[of(3, 3)], loose(f.triu)],
  where: [[fixed([4], 1, 0, Number.NaN, 0), of(4), of(4)], loose(f.where)],
};

const reducing: Readonly<Record<string, Row>> = {
  sum: [[of(2, 2)], (x) => loose(f.sum)(x, 1)],
  mean: [[of(2, 2)], (x) => loose(f.mean)(x, 0)],
  max: [[of(2, 3)], (x) => loose(f.max)(x, 1)],
  min: [[of(2, 3)], (x) => loose(f.min)(x, 1)],
  prod: [[of(2, 3)], (x) => loose(f.prod)(x, 1)],
  norm: [[of(2, 2)], (x) => loose(f.norm)(x, 1)],
  "norm, of order 1": [[of(2, 2)], (x) => loose(f.norm)(x, 1, { ord: 1 })],
  "norm, of order ∞": [[of(2, 2)], (x) => loose(f.norm)(x, 1, { ord: Number.POSITIVE_INFINITY })],
  std: [[of(2, 3)], (x) => loose(f.std)(x, 1)],
  variance: [[of(2, 3)], (x) => loose(f.variance)(x, 1)],
  any: [[of(3)], loose(f.any)],
  all: [[of(3)], loose(f.all)],
  argmax: [[of(2, 3)], (x) => loose(f.argmax)(x, 1)],
  argmin: [[of(2, 3)], (x) => loose(f.argmin)(x, 1)],
  median: [[of(2, 3)], (x) => loose(f.median)(x, 1)],
  quantile: [[of(2, 3)], (x) => loose(f.quantile)(x, [0.3, 0.9], 1)],
  cumsum: [[of(2, 3)], (x) => loose(f.cumsum)(x, 1)],
  cumprod: [[of(2, 3)], (x) => loose(f.cumprod)(x, 1)],
  cummax: [[of(2, 3)], (x) => loose(f.cummax)(x, 1)],
  cummin: [[of(2, 3)], (x) => loose(f.cummin)(x, 1)],
  logCumsumExp: [[of(2, 3)], (x) => loose(f.logCumsumExp)(x, 1)],
  sort: [[of(2, 3)], (x) => loose(f.sort)(x, 1)],
  argsort: [[of(3)], loose(f.argsort)],
  topK: [[of(2, 3)], (x) => all(loose(f.topK)(x, 2, 1))],
  searchsorted: [[fixed([3], 0.1, 0.4, 0.7), of(2)], loose(f.searchsorted)],
  interp: [[of(2), fixed([3], 0, 0.45, 1), of(3)], loose(f.interp)],
  softmax: [[of(2, 3)], (x) => loose(f.softmax)(x, 1)],
  logSoftmax: [[of(2, 3)], (x) => loose(f.logSoftmax)(x, 1)],
  logSumExp: [[of(2, 3)], (x) => loose(f.logSumExp)(x, 1)],
  dot: [[of(2), of(2)], loose(f.dot)],
  matmul: [[of(2, 2), of(2, 2)], loose(f.matmul)],
  "matmul, of batches": [[of(2, 1, 2), of(2, 2, 2)], loose(f.matmul)],
  outer: [[of(2), of(2)], loose(f.outer)],
  einsum: [[of(2, 2), of(2, 2)], (a, b) => loose(f.einsum)("bi,bi->b", a, b)],
  "einsum, of three": [[of(2, 2), of(2, 2), of(2, 2)], (a, b, c) => loose(f.einsum)("ij,jk,ik->i", a, b, c)],
  tensordot: [[of(2, 2), of(2, 2)], (a, b) => loose(f.tensordot)(a, b, 1)],
  kron: [[of(1, 2), of(2, 2)], loose(f.kron)],
};

const linear: Readonly<Record<string, Row>> = {
  matrixTrace: [[matrix(2)], loose(f.matrixTrace)],
  cholesky: [[matrix(2, [2])], loose(f.cholesky)],
  det: [[matrix(2, [2])], loose(f.det)],
  "det, of four rows": [[matrix(4)], loose(f.det)],
  inv: [[matrix(2, [2])], loose(f.inv)],
  "inv, of four rows": [[matrix(4)], loose(f.inv)],
  solve: [[matrix(2, [2]), of(2, 2, 1)], loose(f.solve)],
  "solve, of four rows": [[matrix(4), of(4)], loose(f.solve)],
  triangularSolve: [[matrix(2, [2]), of(2, 2, 1)], loose(f.triangularSolve)],
  choleskySolve: [[matrix(2, [2]), of(2, 2, 1)], loose(f.choleskySolve)],
  lstsq: [[{ shape: [2, 3, 2], diagonal: 2 }, of(2, 3, 1)], loose(f.lstsq)],
  slogdet: [[matrix(2, [2])], (a) => all(loose(f.slogdet)(a))],
  qr: [[{ shape: [2, 3, 2], diagonal: 2 }], (a) => all(loose(f.qr)(a))],
  eigh: [[matrix(2, [2])], (a) => all(loose(f.eigh)(a))],
  eigvalsh: [[matrix(2, [2])], loose(f.eigvalsh)],
  svd: [[{ shape: [2, 3, 2], diagonal: 2 }], (a) => all(loose(f.svd)(a))],
  svdvals: [[{ shape: [2, 3, 2], diagonal: 2 }], loose(f.svdvals)],
  pinv: [[{ shape: [2, 3, 2], diagonal: 2 }], loose(f.pinv)],
  expm: [[of(2, 2, 2)], loose(f.expm)],
  matrixPower: [[matrix(2, [2])], (a) => loose(f.matrixPower)(a, 3)],
  "matrixPower, below 0": [[matrix(2, [2])], (a) => loose(f.matrixPower)(a, -2)],
  "matrixPower, 0": [[matrix(2)], (a) => loose(f.matrixPower)(a, 0)],
};

const mask = (...values: number[]) => fixed([values.length], ...values);

const networks: Readonly<Record<string, Row>> = {
  conv1d: [[of(2, 3, 1), of(2, 1, 2)], loose(f.conv1d)],
  conv2d: [[of(2, 2, 3, 1), of(2, 2, 1, 2)], loose(f.conv2d)],
  // Kernels that hold NaN are multiplied with the padding's zeros, too.
  "conv1d, padded": [
    [of(2, 3, 1), fixed([2, 1, 1], 0.7, -0.4)],
    (x, k) => loose(f.conv1d)(x, k, { padding: "same" }),
  ],
  "conv2d, padded and in groups": [
    [of(2, 2, 2, 2), fixed([2, 2, 1, 2], 0.7, -0.4, 0.2, 0.9, -1.1, 0.3, 0.8, 0.6)],
    (x, k) => loose(f.conv2d)(x, k, { padding: 1, stride: 2, groups: 2 }),
  ],
  maxPool: [[of(2, 4, 1)], (x) => loose(f.maxPool)(x, 2, { stride: 2 })],
  averagePool: [[of(2, 4, 1)], (x) => loose(f.averagePool)(x, 2, { stride: 3, padding: 1 })],
  layerNorm: [[of(2, 3), of(3), of(3)], (x, scale, shift) => loose(f.layerNorm)(x, { scale, shift })],
  attention: [[of(2, 2, 2), of(2, 3, 2), of(2, 3, 1)], loose(f.attention)],
  "attention, with a masked key": [
    [of(2, 2), of(3, 2), of(3, 1), fixed([1, 3], 1, 0, 1)],
    (q, k, v, allowed) => loose(f.attention)(q, k, v, { mask: allowed }),
  ],
  "attention, with a bias": [
    [
      of(2, 2),
      of(3, 2),
      of(3, 1),
      fixed([2, 3], 0.3, Number.NEGATIVE_INFINITY, 1, 0, Number.NEGATIVE_INFINITY, 0),
    ],
    (q, k, v, bias) => loose(f.attention)(q, k, v, { bias }),
  ],
  "attention, with a mask known before": [
    [of(2, 2), of(3, 2), of(3, 1)],
    (q, k, v) => loose(f.attention)(q, k, v, { mask: [[0, 1, 1]] }),
  ],
  clip: [[of(3)], (x) => loose(f.clip)(x, 0.2, 0.7)],
  "clip, by expressions": [
    [of(3), { shape: [], low: 0, high: 0.2 }, { shape: [], low: 0.8, high: 1 }],
    loose(f.clip),
  ],
  oneHot: [[fixed([2], 1, 0)], (x) => loose(f.oneHot)(x, 3)],
  nanToNum: [[of(3)], loose(f.nanToNum)],
  polygamma: [[fixed([], 1), of(3)], (n, x) => loose(f.polygamma)(n, x)],
  meanSquaredError: [[of(3), of(3), mask(1, 0, 1)], lossOf(losses.meanSquaredError)],
  halfMeanSquaredError: [[of(3), of(3), mask(1, 0, 1)], lossOf(losses.halfMeanSquaredError)],
  meanAbsoluteError: [[of(3), of(3), mask(1, 0, 1)], lossOf(losses.meanAbsoluteError)],
  huber: [[of(3, 2), of(3, 2), mask(1, 0, 1)], lossOf(losses.huber)],
  binaryCrossEntropy: [[of(3), of(3), mask(1, 0, 1)], lossOf(losses.binaryCrossEntropy)],
  softmaxCrossEntropy: [[of(3, 2), of(3, 2), mask(1, 0, 1)], lossOf(losses.softmaxCrossEntropy)],
  "softmaxCrossEntropy, of labels": [
    [of(3, 2), fixed([3], 1, 0, 0), mask(1, 0, 1)],
    lossOf(losses.softmaxCrossEntropy),
  ],
};

function lossOf(loss: unknown): Loose {
  return (predictions, targets, counts) => loose(loss)(predictions, targets, { mask: counts });
}

/** What depends on the data alone, and makes no node. */
const makers = ["arange", "eye", "linspace", "ones", "zeros"];

/** All others, taken for elementwise ones, on as many operands as their op has. */
const named = { ...arranging, ...reducing, ...linear, ...networks };
const further = Object.entries(f as Readonly<Record<string, unknown>>).flatMap(([name, given]): Call[] => {
  if (name in named || makers.includes(name) || typeof given !== "function") return [];
  const op = opOf(given);
  const operands = (op?.domains ?? [undefined]).map((_, i): Given => {
    if (!op) return of(3);
    const { low, high } = domainOf(op, i);
    return { shape: [3], low, high };
  });
  return [{ name, operands, build: loose(given), op }];
});

export const calls: readonly Call[] = [
  ...Object.entries(named).map(([name, [operands, build]]): Call => ({ name, operands, build })),
  ...further,
];

/** Usual numbers for an operand, no two alike and none special; others with each seed. */
export function usualOf({ shape, values, diagonal = 0, low = 0.1, high = 0.95 }: Given, seed = 1): number[] {
  if (values) return [...values];
  const size = shape.reduce((product, length) => product * length, 1);
  const [n, columns] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  return Array.from({ length: size }, (_, i) => {
    const unit = (seed * 0.7548776662466927 + (i + 1) * 0.6180339887498949) % 1;
    const isDiagonal = Math.floor(i / columns) % n === i % columns;
    return low + (high - low) * (0.04 + 0.92 * unit) + (isDiagonal ? diagonal : 0);
  });
}
