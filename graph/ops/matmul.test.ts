/** Matrix products by NumPy's rules: vectors, batches, and batches that broadcast. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dot, type Expr, grad, matmul, multiply, reshape, sum, trace, vector } from "../index.js";
import { sizeOf } from "../shape.js";

const products = suite("matmul");

products("matrices and vectors, as NumPy multiplies them", () => {
  const A = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const B = [
    [1, 0],
    [0, 1],
    [1, 1],
  ];
  assert.equal(matmul(A, B), [
    [4, 5],
    [10, 11],
  ]);
  assert.equal(matmul(A, [1, 0, -1]), [-2, -2]);
  assert.equal(matmul([1, -1], A), [-3, -3, -3]);
  assert.is(matmul([1, 2, 3], [4, 5, 6]), 32);
  assert.is(dot([1, 2, 3], [4, 5, 6]), 32);
  assert.is(dot([], []), 0);
});

type Shape = readonly number[];

/** The shape of a NumPy product, or `undefined` where there is none; written from NumPy's manual. */
function productShape(a: Shape, b: Shape): Shape | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  const left = a.length === 1 ? [1, ...a] : a;
  const right = b.length === 1 ? [...b, 1] : b;
  if (left.at(-1) !== right.at(-2)) return undefined;
  const rank = Math.max(left.length, right.length) - 2;
  const pad = (shape: Shape) => [
    ...new Array<number>(rank - shape.length + 2).fill(1),
    ...shape.slice(0, -2),
  ];
  const [m, n] = [pad(left), pad(right)];
  if (m.some((length, i) => length !== n[i] && length !== 1 && n[i] !== 1)) return undefined;
  return [
    ...m.map((length, i) => (length === 1 ? n[i]! : length)),
    ...(a.length > 1 ? [left.at(-2)!] : []),
    ...(b.length > 1 ? [right.at(-1)!] : []),
  ];
}

/** Σₖ a[…, i, k]·b[…, k, j], each batch by itself. */
function productOf(a: readonly number[], aShape: Shape, b: readonly number[], bShape: Shape): number[] {
  const left = aShape.length === 1 ? [1, ...aShape] : aShape;
  const right = bShape.length === 1 ? [...bShape, 1] : bShape;
  const [m, k] = left.slice(-2) as [number, number];
  const n = right.at(-1)!;
  const shape = productShape(left, right)!;
  const batch = shape.slice(0, -2);
  const result: number[] = [];
  const batchOffset = (own: Shape, index: readonly number[]) =>
    own.slice(0, -2).reduce((offset, length, axis) => {
      const place = index[index.length - (own.length - 2) + axis]!;
      return offset * length + (length === 1 ? 0 : place);
    }, 0);
  for (let number = 0; number < sizeOf(batch); number++) {
    const index: number[] = [];
    for (let axis = batch.length - 1, rest = number; axis >= 0; axis--) {
      index.unshift(rest % batch[axis]!);
      rest = Math.floor(rest / batch[axis]!);
    }
    const [from, to] = [batchOffset(left, index) * m * k, batchOffset(right, index) * k * n];
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let total = 0;
        for (let l = 0; l < k; l++) total += a[from + i * k + l]! * b[to + l * n + j]!;
        result.push(total);
      }
    }
  }
  return result;
}

const shapes: readonly Shape[] = [
  [],
  [2],
  [3],
  [2, 3],
  [3, 2],
  [1, 3],
  [3, 1],
  [0, 3],
  [3, 0],
  [2, 2, 3],
  [2, 3, 1],
  [1, 3, 2],
  [4, 1, 2, 3],
  [3, 3, 2],
];

const numbers = (size: number, seed: number): number[] =>
  Array.from({ length: size }, (_, i) => ((seed + 7 * i) % 11) - 5);

products("every pairing of shapes computes what loops compute, or is refused", () => {
  let refused = 0;
  for (const aShape of shapes) {
    for (const bShape of shapes) {
      const shape = productShape(aShape, bShape);
      const traced = () =>
        trace({ a: { shape: aShape }, b: { shape: bShape } }, ({ a, b }) => matmul(a, b) as Expr);
      if (!shape) {
        refused++;
        assert.throws(traced, /^matmul: /);
        continue;
      }
      const f = traced();
      const [a, b] = [numbers(sizeOf(aShape), 1), numbers(sizeOf(bShape), 2)];
      const result = f({ a: aShape.length ? a : a[0]!, b: bShape.length ? b : b[0]! });
      const actual = typeof result === "number" ? [result] : [...(result as Float64Array)];
      assert.equal(actual, productOf(a, aShape, b, bShape), `(${aShape}) · (${bShape})`);
      assert.equal(f.graph.nodes[f.graph.outputs as number]!.shape, shape);
    }
  }
  assert.ok(refused > 50);
});

products("a batch that is broadcast adds its gradients up", () => {
  const f = trace({ A: { shape: [2, 2, 3] }, B: { shape: [3, 2] }, w: { shape: [2, 2, 2] } }, ({ A, B, w }) =>
    sum(multiply(matmul(A, B) as Expr, w) as Expr),
  );
  const A = numbers(12, 1);
  const w = numbers(8, 4);
  const { B } = grad(f, "B")({ A, B: numbers(6, 2), w }) as { B: Float64Array };
  const expected = Array.from({ length: 6 }, (_, at) => {
    const [k, j] = [Math.floor(at / 2), at % 2];
    let total = 0;
    for (let row = 0; row < 4; row++) total += A[row * 3 + k]! * w[row * 2 + j]!;
    return total;
  });
  assert.equal([...B], expected);
});

products("the gradient of a quadratic form is (A + Aᵀ)x", () => {
  const A = [
    [1, 2],
    [3, 4],
  ];
  const f = trace({ x: vector(2) }, ({ x }) => dot(x, matmul(A, x) as Expr<[2]>) as Expr<[]>);
  assert.equal(grad(f)({ x: [1, -1] }).x, Float64Array.of(-3, -3));
});

products("a product with an inner length of 0 is 0", () => {
  const f = trace({ a: { shape: [2, 0] } }, ({ a }) => matmul(a, reshape(a, [0, 3]) as Expr) as Expr);
  assert.equal(f({ a: [] }), new Float64Array(6));
});

products.run();
