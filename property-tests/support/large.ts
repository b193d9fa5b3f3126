/** Every public function of the ops on large tensors: how each is applied to a vector of n elements. */

import { opOf } from "../../graph/all-ops.js";
import { add, type Expr, sum, type Traced, trace, vector } from "../../graph/index.js";
import * as functions from "../../graph/ops/index.js";

/** A call on a vector of `n` elements, a multiple of 10,000, all in (0, 1). */
export type Large = (x: Expr, n: number) => Expr | readonly Expr[];

const f = functions;
const root = (n: number) => Math.round(Math.sqrt(n));
const wide = (x: Expr, n: number) => f.reshape(x, [n / 100, 100]);
/** 0, 1, 2 …, known only when it runs; neighbours lie side by side, so that memory isn't what is timed. */
const places = (x: Expr) => f.subtract(f.cumsum(f.add(1, f.multiply(0, x))), 1);
const small = (x: Expr, n: number) => f.reshape(x, [n / 25, 5, 5]);
const square = (x: Expr) => f.reshape(f.slice(x, 0, 10_000), [100, 100]);

/** Calls of what isn't elementwise; further ones of a function are told apart by what follows a comma. */
const calls: Readonly<Record<string, Large>> = {
  reshape: (x, n) => f.reshape(x, [100, n / 100]),
  transpose: (x, n) => f.transpose(wide(x, n)),
  flip: (x) => f.flip(x),
  expandDims: (x) => f.expandDims(x, 0),
  squeeze: (x) => f.squeeze(f.expandDims(x, 0)),
  split: (x) => f.split(x, 10),
  broadcastTo: (x, n) => f.broadcastTo(x, [2, n]),
  sum: (x) => f.sum(x),
  "sum, along an axis": (x, n) => f.sum(wide(x, n), 0),
  max: (x) => f.max(x),
  min: (x) => f.min(x),
  mean: (x) => f.mean(x),
  prod: (x) => f.prod(x),
  norm: (x) => f.norm(x),
  std: (x) => f.std(x),
  variance: (x) => f.variance(x),
  any: (x) => f.any(x),
  all: (x) => f.all(x),
  argmax: (x) => f.argmax(x),
  argmin: (x) => f.argmin(x),
  cumsum: (x) => f.cumsum(x),
  cumprod: (x) => f.cumprod(x),
  cummax: (x) => f.cummax(x),
  cummin: (x) => f.cummin(x),
  logCumsumExp: (x) => f.logCumsumExp(x),
  sort: (x) => f.sort(x),
  "sort, of columns": (x, n) => f.sort(wide(x, n), 0),
  argsort: (x) => f.argsort(x),
  topK: (x) => f.topK(x, 100).values,
  median: (x) => f.median(x),
  quantile: (x) => f.quantile(x, [0.1, 0.9]),
  searchsorted: (x) => f.searchsorted(x, x),
  interp: (x) => f.interp(x, f.cumsum(x), x),
  softmax: (x) => f.softmax(x),
  "softmax, of rows": (x, n) => f.softmax(wide(x, n)),
  logSoftmax: (x) => f.logSoftmax(x),
  logSumExp: (x) => f.logSumExp(x),
  take: (x) => f.take(x, places(x)),
  segmentSum: (x, n) => f.segmentSum(x, places(x), n),
  scatterAdd: (x, n) => f.scatterAdd(x, places(x), n),
  "take, along two axes": (x, n) => f.take(wide(x, n), [f.floor(x), f.floor(x)], [0, 1]),
  takeAlongAxis: (x, n) => f.takeAlongAxis(wide(x, n), f.floor(wide(x, n))),
  tile: (x) => f.tile(x, 2),
  repeat: (x) => f.repeat(x, 2),
  roll: (x) => f.roll(x, 3),
  swapaxes: (x, n) => f.swapaxes(wide(x, n), 0, 1),
  moveaxis: (x, n) => f.moveaxis(wide(x, n), 0, 1),
  unstack: (x) => f.unstack(f.reshape(x, [10, -1])),
  diff: (x) => f.diff(x, 2),
  "pad, by reflection": (x) => f.pad(x, 3, { mode: "reflect" }),
  "pad, with a value": (x) => f.pad(x, 3, { value: f.index(x, 0) }),
  fullLike: (x) => f.fullLike(x, f.index(x, 0)),
  full: (x, n) => f.full([n], f.index(x, 0)),
  meshgrid: (x, n) => f.meshgrid([f.slice(x, 0, root(n)), f.slice(x, 0, root(n))]),
  einsum: (x, n) => f.einsum("ij,jk,ik->j", wide(x, n), square(x), wide(x, n)),
  tensordot: (x, n) => f.tensordot(wide(x, n), square(x), 1),
  concatenate: (x) => f.concatenate([x, x]),
  stack: (x) => f.stack([x, x]),
  slice: (x, n) => f.slice(x, 1, n - 1),
  "slice, by steps": (x, n) => f.slice(x, 0, n, { step: 2 }),
  index: (x) => f.index(x, 3),
  pad: (x) => f.pad(x, [2, 2]),
  dot: (x) => f.dot(x, x),
  matmul: (x, n) => f.matmul(wide(x, n), square(x)),
  outer: (x, n) => f.outer(f.slice(x, 0, root(n)), f.slice(x, 0, root(n))),
  diag: (x, n) => f.diag(f.slice(x, 0, root(n))),
  diagonal: (x, n) => f.diagonal(wide(x, n)),
  matrixTrace: (x, n) => f.matrixTrace(wide(x, n)),
  tril: (x, n) => f.tril(wide(x, n)),
  triu: (x, n) => f.triu(wide(x, n)),
  oneHot: (x, n) => f.oneHot(f.floor(f.multiply(f.slice(x, 0, n / 100), 100)), 100),
  conv1d: (x, n) =>
    f.conv1d(f.reshape(x, [1, n / 4, 4]), f.reshape(f.slice(x, 0, 96), [3, 4, 8]), { padding: "same" }),
  conv2d: (x, n) =>
    f.conv2d(f.reshape(x, [n / 400, 10, 10, 4]), f.reshape(f.slice(x, 0, 288), [3, 3, 4, 8]), {
      padding: 1,
    }),
  "conv2d, depthwise": (x, n) =>
    f.conv2d(f.reshape(x, [n / 400, 10, 10, 4]), f.reshape(f.slice(x, 0, 36), [3, 3, 1, 4]), { groups: 4 }),
  maxPool: (x, n) => f.maxPool(f.reshape(x, [1, n / 4, 4]), 3, { padding: 1 }),
  averagePool: (x, n) =>
    f.averagePool(f.reshape(x, [1, n / 100, 100, 1]), 20, { padding: "same", stride: 10 }),
  layerNorm: (x, n) => f.layerNorm(wide(x, n)),
  attention: (x, n) => {
    const heads = f.reshape(x, [n / 400, 20, 20]);
    return f.attention(heads, heads, heads);
  },
  clip: (x) => f.clip(x, 0.2, 0.8),
  cholesky: (x) => f.cholesky(f.add(f.eye(100), square(x))),
  det: (x) => f.det(square(x)),
  inv: (x) => f.inv(square(x)),
  solve: (x) => f.solve(square(x), f.slice(x, 0, 100)),
  triangularSolve: (x, n) => f.triangularSolve(small(x, n), small(x, n)),
  choleskySolve: (x, n) => f.choleskySolve(small(x, n), small(x, n)),
  lstsq: (x, n) => f.lstsq(small(x, n), small(x, n)),
  slogdet: (x, n) => Object.values(f.slogdet(small(x, n))),
  qr: (x, n) => Object.values(f.qr(small(x, n))),
  eigh: (x, n) => Object.values(f.eigh(small(x, n))),
  eigvalsh: (x, n) => f.eigvalsh(small(x, n)),
  svd: (x, n) => Object.values(f.svd(small(x, n))),
  svdvals: (x, n) => f.svdvals(small(x, n)),
  pinv: (x, n) => f.pinv(small(x, n)),
  expm: (x, n) => f.expm(small(x, n)),
  matrixPower: (x, n) => f.matrixPower(small(x, n), -5),
  kron: (x, n) => f.kron(small(x, n), f.eye(2)),
};

/** What depends on the data alone: it makes numbers or arrays, and no node. */
const makers = ["arange", "eye", "linspace", "ones", "zeros"];

/** All others, taken for elementwise ones: on as many vectors as their op takes, on one where they are made of others. */
const further = Object.entries(functions).flatMap(([name, given]): [string, Large][] => {
  if (name in calls || makers.includes(name) || typeof given !== "function") return [];
  const operands = opOf(given)?.domains ?? [0];
  return [[name, (x) => (given as (...operands: Expr[]) => Expr)(...operands.map(() => x))]];
});

export const largeCalls: Readonly<Record<string, Large>> = { ...calls, ...Object.fromEntries(further) };

/** The sum of all that a call gives, as a function of a vector of `size` elements. */
export function traceLarge(call: Large, size: number): Traced<{ x: [number] }, Expr<[]>> {
  return trace({ x: vector(size) }, ({ x }) => {
    const made = call(x, size);
    return (Array.isArray(made) ? made : [made as Expr])
      .map((one: Expr): Expr => sum(one))
      .reduce((total, one) => add(total, one) as Expr) as Expr<[]>;
  }) as Traced<{ x: [number] }, Expr<[]>>;
}
