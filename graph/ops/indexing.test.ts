/** Slices as JavaScript and Python count them, and putting tensors together. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  compile,
  concatenate,
  type Expr,
  grad,
  index,
  pad,
  segmentSum,
  slice,
  sqrt,
  stack,
  sum,
  trace,
  vector,
} from "../index.js";

const indexing = suite("indexing");

const letters = [0, 1, 2, 3, 4, 5, 6];

/** A Python slice, by its definition in the language's reference: k-th element start + k·step, stop not reached. */
function pythonSlice(
  list: readonly number[],
  start: number | undefined,
  stop: number | undefined,
  step: number,
): number[] {
  const n = list.length;
  const low = step > 0 ? 0 : -1;
  const high = step > 0 ? n : n - 1;
  const resolve = (bound: number | undefined, missing: number): number =>
    bound === undefined ? missing : Math.max(low, Math.min(high, bound < 0 ? bound + n : bound));
  const first = resolve(start, step > 0 ? low : high);
  const last = resolve(stop, step > 0 ? high : low);
  const result: number[] = [];
  for (let i = first; step > 0 ? i < last : i > last; i += step) result.push(list[i]!);
  return result;
}

indexing("slices are those of arrays, for every pair of bounds", () => {
  for (const length of [0, 1, 4, 7]) {
    const list = letters.slice(0, length);
    for (let start = -9; start <= 9; start++) {
      assert.equal(slice(list, start), list.slice(start));
      for (let stop = -9; stop <= 9; stop++) assert.equal(slice(list, start, stop), list.slice(start, stop));
    }
  }
});

indexing("slices with a step are Python's, for every pair of bounds", () => {
  const bounds = [undefined, ...Array.from({ length: 19 }, (_, i) => i - 9)];
  for (const length of [0, 1, 4, 7]) {
    const list = letters.slice(0, length);
    for (const step of [1, 2, 3, 9, -1, -2, -3, -9]) {
      for (const start of bounds) {
        for (const stop of bounds) {
          assert.equal(slice(list, start, stop, { step }), pythonSlice(list, start, stop, step));
        }
      }
    }
  }
});

const matrix = [
  [1, 2, 3],
  [4, 5, 6],
];

indexing("an axis is cut, counted from the front or the back", () => {
  assert.equal(slice(matrix, 1), [[4, 5, 6]]);
  assert.equal(slice(matrix, 1, undefined, { axis: 1 }), [
    [2, 3],
    [5, 6],
  ]);
  assert.equal(slice(matrix, 0, 2, { axis: -1, step: -1 }), [[], []]);
  assert.equal(slice(matrix, undefined, undefined, { axis: -1, step: -1 }), [
    [3, 2, 1],
    [6, 5, 4],
  ]);
});

indexing("an index takes one axis away", () => {
  assert.is(index([5, 6, 7], 1), 6);
  assert.is(index([5, 6, 7], -1), 7);
  assert.equal(index(matrix, 1), [4, 5, 6]);
  assert.is(index(matrix, -1, -3), 4);
  assert.equal(index(matrix), matrix);
});

indexing("taking apart gives the elements in order, and only those that are asked for", () => {
  const f = trace({ x: vector(3) }, ({ x }) => {
    const [a, , c] = x;
    return { a: a!, c: c! };
  });
  assert.equal(f({ x: [1, 2, 3] }), { a: 1, c: 3 });
  const rows = trace({ A: { shape: [2, 3] } }, ({ A }) => {
    const [first, second] = A;
    return { first: first!, second: second! };
  });
  assert.equal(rows({ A: matrix }), { first: Float64Array.of(1, 2, 3), second: Float64Array.of(4, 5, 6) });
});

indexing("concatenating joins along an axis", () => {
  assert.equal(concatenate([[1, 2], [3], []]), [1, 2, 3]);
  assert.equal(concatenate([matrix, [[7, 8, 9]]]), [...matrix, [7, 8, 9]]);
  assert.equal(concatenate([matrix, [[7], [8]]], 1), [
    [1, 2, 3, 7],
    [4, 5, 6, 8],
  ]);
  assert.equal(concatenate([matrix, [[7], [8]]], -1), concatenate([matrix, [[7], [8]]], 1));
  assert.equal(concatenate([[1, 2]]), [1, 2]);
});

indexing("stacking joins along a new axis", () => {
  assert.equal(stack([1, 2, 3]), [1, 2, 3]);
  assert.equal(
    stack([
      [1, 2],
      [3, 4],
      [5, 6],
    ]),
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  );
  const columns = [
    [1, 3, 5],
    [2, 4, 6],
  ];
  assert.equal(
    stack(
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      1,
    ),
    columns,
  );
  assert.equal(
    stack(
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      -1,
    ),
    columns,
  );
});

indexing("padding puts zeros around", () => {
  assert.equal(pad([1, 2], [[1, 2]]), [0, 1, 2, 0, 0]);
  const padded = [
    [0, 0, 0],
    [1, 0, 0],
  ];
  const pairs = [
    [1, 0],
    [0, 2],
  ] as const;
  assert.equal(pad([[1]], pairs), padded);
  assert.equal(pad([1, 2], [1, 2]), [0, 1, 2, 0, 0], "a pair for all axes");
  assert.equal(pad([[3]], [1, 0]), [
    [0, 0],
    [0, 3],
  ]);
  assert.equal(pad([3], 1), [0, 3, 0], "a number for all axes");
  assert.equal(pad(3, []), 3);
  assert.equal(pad([[1]], [1, 0], [0, 2]), padded, "the old form");
});

indexing("what overlaps is added in the gradient", () => {
  const f = trace({ x: vector(4) }, ({ x }) => {
    const windows = [slice(x, 0, 3), slice(x, 1, 4), slice(x, undefined, undefined, { step: -2 })];
    return sum(concatenate(windows)) as Expr<[]>;
  });
  assert.equal(grad(f)({ x: [1, 1, 1, 1] }).x, Float64Array.of(1, 3, 2, 2));
});

indexing("an element used twice counts twice, one not used not at all", () => {
  const f = trace({ x: vector(3) }, ({ x }) => {
    const [a, , c] = x;
    return sum(stack([a!, c!, a!])) as Expr<[]>;
  });
  assert.equal(grad(f)({ x: [1, 2, 3] }).x, Float64Array.of(2, 0, 1));
});

indexing("what segmentSum drops has no derivative, whatever it holds", () => {
  const f = trace(
    { v: vector(4), at: vector(4) },
    ({ v, at }) => sum(segmentSum(sqrt(v), at, 2)) as Expr<[]>,
  );
  const given = { v: [1, 0, 0, 4], at: [0, -1, 0.5, 1] };
  const expected = Float64Array.of(0.5, 0, 0, 0.25);
  for (const g of [grad(f, "v"), compile(grad(f, "v"))]) assert.equal(g(given).v, expected);
});

indexing("graphs without inputs and outputs compile, too", () => {
  const nothing = trace({ x: vector(2) }, () => ({}));
  assert.equal(compile(nothing)({ x: [1, 2] }), {});
  compile(nothing).into({ x: Float64Array.of(1, 2) }, {});
  for (const g of [trace({}, () => ({ a: {} })), grad(trace({}, () => 5))]) {
    const kernel = compile(g);
    assert.equal(kernel({}), g({}));
    kernel.into({}, {});
  }
});

indexing.run();
