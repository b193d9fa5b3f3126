/** Functions composed of ops: values against plain loops, derivatives of orders 1 to 3 against differences, kernels. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  all,
  any,
  argmax,
  argmin,
  clip,
  compile,
  diag,
  diagonal,
  type Expr,
  expandDims,
  flip,
  gelu,
  grad,
  logSoftmax,
  logSumExp,
  matrixTrace,
  multiply,
  norm,
  oneHot,
  outer,
  prod,
  relu,
  type Shape,
  softmax,
  split,
  squeeze,
  std,
  stopGradient,
  sum,
  trace,
  tril,
  triu,
  valueAndGrad,
  variance,
} from "../graph/index.js";
import { constant as constantOf } from "../graph/ops/constant.js";
import {
  checkDerivatives,
  flat,
  flatten,
  give,
  type Objective,
  type Point,
  run,
} from "./support/differences.js";
import { assertClose, assertSame } from "./support/tolerance.js";

const composed = suite("composed functions");

type Rows = readonly (readonly number[])[];

interface Case {
  readonly name: string;
  readonly f: (x: Expr) => Expr;
  /** The same on a matrix, by loops; a flat list, row by row. */
  readonly naive: (rows: Rows) => readonly number[];
  /** The shapes of x; by default matrices, also of one row or column. */
  readonly shapes?: readonly Shape[];
  /** The result has no derivative. */
  readonly constant?: true;
}

const matrices: readonly Shape[] = [
  [2, 3],
  [3, 2],
  [1, 3],
  [3, 1],
  [1, 1],
];
/** Those and ones without elements, where these are no error. */
const withEmpty: readonly Shape[] = [...matrices, [0, 2], [2, 0]];

const total = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
const product = (list: readonly number[]) => list.reduce((a, b) => a * b, 1);
const turned = (rows: Rows): Rows => (rows[0] ?? []).map((_, j) => rows.map((row) => row[j]!));
const naiveSoftmax = (list: readonly number[]) => list.map((x) => Math.exp(x) / total(list.map(Math.exp)));
const naiveVariance = (list: readonly number[], ddof = 0) => {
  const mean = total(list) / list.length;
  return total(list.map((x) => (x - mean) ** 2)) / (list.length - ddof);
};

/** Elements of a matrix that are kept, 0 in place of the others. */
const masked = (keeps: (i: number, j: number) => boolean) => (rows: Rows) =>
  rows.flatMap((row, i) => row.map((x, j) => (keeps(i, j) ? x : 0)));

/** Φ by Simpson's rule. */
function normalProbability(x: number): number {
  const n = 2000;
  const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let result = density(0) + density(x);
  for (let k = 1; k < n; k++) result += (k % 2 === 1 ? 4 : 2) * density((x * k) / n);
  return 0.5 + (result * x) / (3 * n);
}

const cases: readonly Case[] = [
  { name: "softmax", f: (x) => softmax(x) as Expr, naive: (rows) => rows.flatMap(naiveSoftmax) },
  {
    name: "softmax of columns",
    f: (x) => softmax(x, 0) as Expr,
    naive: (rows) => turned(turned(rows).map(naiveSoftmax)).flat(),
  },
  {
    name: "logSoftmax",
    f: (x) => logSoftmax(x) as Expr,
    naive: (rows) => rows.flatMap((row) => naiveSoftmax(row).map(Math.log)),
  },
  {
    name: "logSumExp",
    f: (x) => logSumExp(x) as Expr,
    naive: (rows) => [Math.log(total(rows.flat().map(Math.exp)))],
  },
  {
    name: "logSumExp of rows",
    f: (x) => logSumExp(x, 1, { keepDims: true }),
    naive: (rows) => rows.map((row) => Math.log(total(row.map(Math.exp)))),
  },
  { name: "prod", f: (x) => prod(x) as Expr, naive: (rows) => [product(rows.flat())], shapes: withEmpty },
  {
    name: "prod of rows",
    f: (x) => prod(x, -1),
    naive: (rows) => rows.map(product),
    shapes: withEmpty,
  },
  {
    name: "prod of columns",
    f: (x) => prod(x, 0, { keepDims: true }),
    naive: (rows) => turned(rows).map(product),
    shapes: [...matrices, [2, 0]],
  },
  { name: "variance", f: (x) => variance(x) as Expr, naive: (rows) => [naiveVariance(rows.flat())] },
  {
    name: "variance of columns, estimated",
    f: (x) => variance(x, 0, { ddof: 1 }),
    naive: (rows) => turned(rows).map((column) => naiveVariance(column, 1)),
    shapes: [
      [2, 3],
      [3, 1],
    ],
  },
  {
    name: "std of rows",
    f: (x) => std(x, 1, { keepDims: true }),
    naive: (rows) => rows.map((row) => Math.sqrt(naiveVariance(row))),
    shapes: [
      [2, 3],
      [1, 4],
    ],
  },
  {
    name: "norm",
    f: (x) => norm(x) as Expr,
    naive: (rows) => [Math.hypot(...rows.flat())],
    shapes: withEmpty,
  },
  {
    name: "norm of columns",
    f: (x) => norm(x, 0),
    naive: (rows) => turned(rows).map((column) => Math.hypot(...column)),
  },
  {
    name: "norm of order 1",
    f: (x) => norm(x, 1, { ord: 1 }),
    naive: (rows) => rows.map((row) => total(row.map(Math.abs))),
    shapes: withEmpty,
  },
  {
    name: "norm of order ∞",
    f: (x) => norm(x, undefined, { ord: Number.POSITIVE_INFINITY, keepDims: true }),
    naive: (rows) => [Math.max(...rows.flat().map(Math.abs))],
  },
  {
    name: "relu",
    f: (x) => relu(x) as Expr,
    naive: (rows) => rows.flat().map((x) => (x > 0 ? x : 0)),
    shapes: withEmpty,
  },
  {
    name: "gelu",
    f: (x) => gelu(x) as Expr,
    naive: (rows) => rows.flat().map((x) => x * normalProbability(x)),
    shapes: withEmpty,
  },
  {
    name: "clip",
    f: (x) => clip(x, -0.3, 0.4) as Expr,
    naive: (rows) => rows.flat().map((x) => (x < -0.3 ? -0.3 : x > 0.4 ? 0.4 : x)),
    shapes: withEmpty,
  },
  {
    name: "outer",
    f: (x) => {
      const [a, b] = split(x, [1]);
      return outer(add(squeeze(a!, 0), 1), squeeze(b!, 0));
    },
    naive: ([a, b]) => a!.flatMap((x) => b!.map((y) => (x + 1) * y)),
    shapes: [
      [2, 3],
      [2, 1],
      [2, 0],
    ],
  },
  {
    name: "diagonal",
    f: (x) => diagonal(x),
    naive: (rows) => rows.flatMap((row, i) => row.filter((_, j) => i === j)),
    shapes: withEmpty,
  },
  {
    name: "diagonal above",
    f: (x) => diagonal(x, 1),
    naive: (rows) => rows.flatMap((row, i) => row.filter((_, j) => j - i === 1)),
    shapes: withEmpty,
  },
  {
    name: "diagonal below",
    f: (x) => diagonal(x, -1),
    naive: (rows) => rows.flatMap((row, i) => row.filter((_, j) => j - i === -1)),
    shapes: withEmpty,
  },
  {
    name: "matrixTrace",
    f: (x) => matrixTrace(x),
    naive: (rows) => [total(rows.map((row, i) => row[i] ?? 0))],
    shapes: withEmpty,
  },
  {
    name: "diag of each row",
    f: (x) => diag(x),
    naive: (rows) => rows.flatMap((row) => row.flatMap((x, i) => row.map((_, j) => (i === j ? x : 0)))),
    shapes: withEmpty,
  },
  { name: "tril", f: (x) => tril(x), naive: masked((i, j) => j <= i), shapes: withEmpty },
  { name: "tril and a diagonal", f: (x) => tril(x, 1), naive: masked((i, j) => j <= i + 1) },
  { name: "triu", f: (x) => triu(x), naive: masked((i, j) => j >= i), shapes: withEmpty },
  { name: "triu and a diagonal", f: (x) => triu(x, -1), naive: masked((i, j) => j >= i - 1) },
  {
    name: "flip",
    f: (x) => flip(x),
    naive: (rows) => rows.flat().reverse(),
    shapes: withEmpty,
  },
  {
    name: "flip of rows",
    f: (x) => flip(x, 1),
    naive: (rows) => rows.flatMap((row) => row.toReversed()),
    shapes: withEmpty,
  },
  {
    name: "expandDims and squeeze",
    f: (x) => squeeze(expandDims(expandDims(x, 1), -1), 1),
    naive: (rows) => rows.flat(),
    shapes: withEmpty,
  },
  {
    name: "split, each part with a weight of its own",
    f: (x) => split(x, x.shape[1]!, 1).reduce((sum, part, i) => add(sum, multiply(part, i + 1)) as Expr),
    naive: (rows) => rows.map((row) => row.reduce((sum, x, j) => sum + (j === 0 ? x : x * (j + 1)), 0)),
  },
  { name: "stopGradient", f: (x) => stopGradient(x) as Expr, naive: (rows) => rows.flat(), constant: true },
  {
    name: "any",
    f: (x) => any(x, 1),
    naive: (rows) => rows.map((row) => (row.some((x) => x !== 0) ? 1 : 0)),
    shapes: withEmpty,
    constant: true,
  },
  {
    name: "all",
    f: (x) => all(relu(x) as Expr, 1),
    naive: (rows) => rows.map((row) => (row.every((x) => x > 0) ? 1 : 0)),
    shapes: withEmpty,
    constant: true,
  },
  {
    name: "argmax",
    f: (x) => argmax(x),
    naive: (rows) => rows.map((row) => row.indexOf(Math.max(...row))),
    constant: true,
  },
  {
    name: "argmin of columns",
    f: (x) => argmin(x, 0),
    naive: (rows) => turned(rows).map((column) => column.indexOf(Math.min(...column))),
    constant: true,
  },
  {
    name: "oneHot",
    f: (x) => oneHot(argmax(x), x.shape[1]!),
    naive: (rows) => rows.flatMap((row) => row.map((_, j) => (j === row.indexOf(Math.max(...row)) ? 1 : 0))),
    constant: true,
  },
];

const size = (shape: Shape) => product(shape);
/** Numbers between −1.5 and 1.5, none of them near another or near a bound of `clip`. */
const numbers = (count: number, phase: number) =>
  Array.from({ length: count }, (_, i) => 1.5 * Math.sin(2.4 * i + phase));

for (const { name, f, naive, shapes = matrices, constant } of cases) {
  for (const shape of shapes) {
    const title = `${name} of ${shape.join("×")}`;
    const values = numbers(size(shape), 0.7);
    const traced = trace({ x: { shape } }, ({ x }): Expr => f(x)) as Objective;
    const rows = Array.from({ length: shape[0]! }, (_, i) =>
      values.slice(i * shape[1]!, (i + 1) * shape[1]!),
    );

    composed(`${title}: values`, () => {
      assertClose(run(traced, { x: values }), naive(rows), 1e-13, title);
    });

    composed(`${title}: derivatives, and kernels`, () => {
      const count = run(traced, { x: values }).length;
      const objective = trace({ x: { shape } }, ({ x }): Expr => {
        const result = f(x);
        const weights = numbers(count, 0.2).map((weight) => weight + 2);
        return sum(multiply(result, constantOf(result.builder, weights, result.shape)) as Expr);
      }) as Objective;
      const point: Point = { x: values };
      if (constant)
        assertSame(
          flat(grad(objective)(give(objective, point) as never).x as never),
          new Float64Array(values.length),
          title,
        );
      else {
        const directions = [1, 2, 3].map((phase): Point => ({ x: numbers(values.length, phase) }));
        assert.is(checkDerivatives(objective, point, directions, 1e-6), 3, `${title}: no kink at this point`);
      }
      const both = valueAndGrad(objective);
      const given = give(objective, point);
      assertClose(flatten(compile(both)(given)), flatten(both(given)), 1e-13, title);
    });
  }
}

composed.run();
