/** Every public function of the ops on large tensors: how each is applied to about n elements. */

import { opOf } from "../../graph/all-ops.js";
import type { Expr } from "../../graph/index.js";
import * as functions from "../../graph/ops/index.js";

const f = functions;
const root = (n: number) => Math.round(Math.sqrt(n));
const wide = (x: Expr, n: number) => f.reshape(x, [n / 100, 100]);

/** A call on a vector of `n` elements, a multiple of 10,000, all in (0, 1). */
export type Large = (x: Expr, n: number) => Expr | readonly Expr[];

/** Calls of the functions that aren't elementwise. */
export const largeCalls: Readonly<Record<string, Large>> = {
  reshape: (x, n) => f.reshape(x, [100, n / 100]),
  transpose: (x, n) => f.transpose(wide(x, n)),
  flip: (x) => f.flip(x),
  expandDims: (x) => f.expandDims(x, 0),
  squeeze: (x) => f.squeeze(f.expandDims(x, 0)),
  split: (x) => f.split(x, 10),
  broadcastTo: (x, n) => f.broadcastTo(x, [2, n]),
  sum: (x) => f.sum(x),
  "sum along an axis": (x, n) => f.sum(wide(x, n), 0),
  max: (x) => f.max(x),
  min: (x) => f.min(x),
  mean: (x) => f.mean(x),
  prod: (x) => f.prod(x),
  norm: (x) => f.norm(x),
  "norm, greatest": (x) => f.norm(x, undefined, { order: Number.POSITIVE_INFINITY } as never),
  std: (x) => f.std(x),
  variance: (x) => f.variance(x),
  any: (x) => f.any(x),
  all: (x) => f.all(x),
  argmax: (x) => f.argmax(x),
  argmin: (x) => f.argmin(x),
  cumsum: (x) => f.cumsum(x),
  softmax: (x) => f.softmax(x),
  "softmax of rows": (x, n) => f.softmax(wide(x, n)),
  logSoftmax: (x) => f.logSoftmax(x),
  logSumExp: (x) => f.logSumExp(x),
  take: (x, n) => f.take(x, f.floor(f.multiply(x, n)) as Expr),
  segmentSum: (x, n) => f.segmentSum(x, f.floor(f.multiply(x, n)) as Expr, n),
  scatterAdd: (x, n) => f.scatterAdd(x, f.floor(f.multiply(x, n)) as Expr, n),
  concatenate: (x) => f.concatenate([x, x]),
  stack: (x) => f.stack([x, x]),
  slice: (x, n) => f.slice(x, 1, n - 1),
  "slice by steps": (x, n) => f.slice(x, 0, n, { step: 2 } as never),
  index: (x) => f.index(x, 3),
  pad: (x) => f.pad(x, [2, 2] as never),
  dot: (x) => f.dot(x, x),
  matmul: (x, n) => f.matmul(f.reshape(x, [n / 100, 100]), f.reshape(f.slice(x, 0, 10_000), [100, 100])),
  outer: (x, n) => f.outer(f.slice(x, 0, root(n)), f.slice(x, 0, root(n))),
  diag: (x, n) => f.diag(f.slice(x, 0, root(n))),
  diagonal: (x, n) => f.diagonal(f.reshape(x, [n / 100, 100])),
  matrixTrace: (x, n) => f.matrixTrace(f.reshape(x, [n / 100, 100])),
  tril: (x, n) => f.tril(wide(x, n)),
  triu: (x, n) => f.triu(wide(x, n)),
  oneHot: (x, n) => f.oneHot(f.floor(f.multiply(f.slice(x, 0, n / 100), 100)) as Expr, 100),
  cholesky: (x) => f.cholesky(f.add(f.eye(100), f.reshape(f.slice(x, 0, 10_000), [100, 100]))),
  det: (x) => f.det(f.reshape(f.slice(x, 0, 10_000), [100, 100])),
  inv: (x) => f.inv(f.reshape(f.slice(x, 0, 10_000), [100, 100])),
  solve: (x) => f.solve(f.reshape(f.slice(x, 0, 10_000), [100, 100]), f.slice(x, 0, 100)),
};
void opOf;
