/** Sums, means and extrema along axes. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  compile,
  type Expr,
  exp,
  grad,
  logSumExp,
  max,
  mean,
  min,
  multiply,
  prod,
  slice,
  sum,
  tensor,
  trace,
  vector,
} from "../index.js";
import { sizeOf } from "../shape.js";

const reductions = suite("reductions");

const matrix = [
  [1, 5, 3],
  [4, 2, 6],
];

reductions("all elements, an axis, axes from the back, and several", () => {
  assert.is(sum(matrix), 21);
  assert.equal(sum(matrix, 0), [5, 7, 9]);
  assert.equal(sum(matrix, 1), [9, 12]);
  assert.equal(sum(matrix, -1), [9, 12]);
  assert.is(sum(matrix, [0, 1]), 21);
  assert.is(sum(matrix, [1, 0]), 21);
  assert.equal(sum(matrix, []), matrix);
  assert.is(mean(matrix), 3.5);
  assert.equal(mean(matrix, 0), [2.5, 3.5, 4.5]);
  assert.equal(max(matrix, 0), [4, 5, 6]);
  assert.equal(max(matrix, 1), [5, 6]);
  assert.is(min(matrix), 1);
  assert.equal(min(matrix, [0]), [1, 2, 3]);
});

reductions("axes can be kept with length 1", () => {
  assert.equal(sum(matrix, 1, { keepDims: true }), [[9], [12]]);
  assert.equal(max(matrix, [0, 1], { keepDims: true }), [[6]]);
  assert.equal(mean(matrix, -2, { keepDims: true }), [[2.5, 3.5, 4.5]]);
});

reductions("a number is its own sum, mean and extrema", () => {
  for (const reduce of [sum, mean, max, min]) assert.is(reduce(7), 7);
});

reductions("nothing sums to 0, and empty rows to zeros", () => {
  assert.is(sum([]), 0);
  assert.equal(sum([[], []], 1), [0, 0]);
  assert.equal(sum([[], []], 0), []);
  assert.equal(max([[], []], 0), []);
});

reductions("NaN is the largest and the smallest, −0 is less than 0", () => {
  assert.ok(Number.isNaN(max([1, Number.NaN, 2])));
  assert.ok(Number.isNaN(min([1, Number.NaN, 2])));
  assert.ok(Object.is(max([-0, 0]), 0));
  assert.ok(Object.is(min([0, -0]), -0));
  assert.is(max([Number.NEGATIVE_INFINITY]), Number.NEGATIVE_INFINITY);
});

/** All lists of axes of a rank. */
function subsets(rank: number): number[][] {
  return Array.from({ length: 2 ** rank }, (_, bits) =>
    Array.from({ length: rank }, (_, axis) => axis).filter((axis) => (bits >> axis) & 1),
  );
}

/** The offset in the result of each element of a tensor from which `axes` vanish. */
function targets(shape: readonly number[], axes: readonly number[]): number[] {
  return Array.from({ length: sizeOf(shape) }, (_, at) => {
    const index: number[] = [];
    for (let axis = shape.length - 1, rest = at; axis >= 0; axis--) {
      index.unshift(rest % shape[axis]!);
      rest = Math.floor(rest / shape[axis]!);
    }
    return shape.reduce(
      (offset, length, axis) => (axes.includes(axis) ? offset : offset * length + index[axis]!),
      0,
    );
  });
}

reductions("every choice of axes, and its gradient, is what loops compute", () => {
  for (const shape of [[3], [2, 3], [2, 1, 3], [2, 3, 2, 2]]) {
    const x = Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7) % 10) + i / 100);
    for (const axes of subsets(shape.length)) {
      const place = targets(shape, axes);
      const count = sizeOf(axes.map((axis) => shape[axis]!));
      const size = x.length / count;
      const groups = Array.from({ length: size }, (_, at) => x.filter((_, i) => place[i] === at));
      const weights = Array.from({ length: size }, (_, i) => i + 1);
      const laws = [
        [sum, (group: number[]) => group.reduce((a, b) => a + b), () => 1],
        [mean, (group: number[]) => group.reduce((a, b) => a + b) / count, () => 1 / count],
        [
          max,
          (group: number[]) => Math.max(...group),
          (xi: number, group: number[]) => +(xi === Math.max(...group)),
        ],
        [
          min,
          (group: number[]) => Math.min(...group),
          (xi: number, group: number[]) => +(xi === Math.min(...group)),
        ],
      ] as const;
      for (const [reduce, ofGroup, slope] of laws) {
        const f = trace({ x: tensor(shape) }, ({ x }) => reduce(x, axes));
        const value = f({ x });
        close(typeof value === "number" ? [value] : [...value], groups.map(ofGroup));
        const kept = shape.filter((_, axis) => !axes.includes(axis));
        const objective = trace({ x: tensor(shape), weights: tensor(kept) }, ({ x, weights }) =>
          sum(multiply(reduce(x, axes), weights) as Expr),
        );
        const given = { x, weights: kept.length ? weights : 1 };
        const slopes = grad(objective, "x")(given) as { x: Float64Array };
        close(
          [...slopes.x],
          x.map((xi, i) => slope(xi, groups[place[i]!]!) * weights[place[i]!]!),
        );
      }
    }
  }
});

function close(actual: readonly number[], expected: readonly number[]): void {
  assert.is(actual.length, expected.length);
  expected.forEach((value, i) => {
    assert.ok(
      Math.abs(actual[i]! - value) <= 1e-14 * (1 + Math.abs(value)),
      `${actual[i]} instead of ${value}`,
    );
  });
}

reductions("logSumExp of nothing but −∞ has no derivative", () => {
  const x = [
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    [0, 1],
  ];
  const f = grad(trace({ x: tensor([2, 2]) }, (inputs) => sum(exp(logSumExp(inputs.x, 1))) as Expr<[]>));
  // e⁰ and e¹: exp(log Σ eˣ) is Σ eˣ.
  for (const g of [f, compile(f)]) {
    const [a, b, c, d] = g({ x }).x as unknown as [number, number, number, number];
    assert.equal([a, b], [0, 0]);
    assert.ok(Math.abs(c - 1) < 1e-15 && Math.abs(d - Math.E) < 1e-15, `${c}, ${d}`);
  }
});

reductions("the code of a tensor that is halved again and again doesn't grow with its elements", () => {
  const byHand = (x: Expr): Expr => {
    const [n] = x.shape as [number];
    if (n === 1) return sum(x) as Expr;
    const [even, odd] = [0, 1].map((from) => slice(x, from, undefined, { step: 2 })) as [Expr, Expr];
    return byHand(multiply(even, odd) as Expr);
  };
  const x = new Float64Array(2 ** 16).fill(2 ** (1 / 256));
  for (const f of [(given: Expr) => prod(given) as Expr, byHand]) {
    const sourceOf = (n: number) =>
      compile(trace({ x: vector(n) }, (inputs) => f(inputs.x) as Expr<[]>)).source.length;
    assert.ok(sourceOf(2 ** 16) < 16 * sourceOf(2 ** 10), `${sourceOf(2 ** 16)} characters`);
  }
  const product = trace({ x: vector(2 ** 16) }, (inputs) => prod(inputs.x) as Expr<[]>);
  const [got, expected] = [compile(product)({ x }), 2 ** 256];
  assert.ok(Math.abs(got / expected - 1) < 1e-10);
});

reductions.run();
