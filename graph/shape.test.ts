import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  broadcastShapes,
  forEachOffset,
  formatShape,
  isLength,
  sameShape,
  sizeOf,
  stridesOf,
} from "./shape.js";

const shapes = suite("shapes");

shapes("sizes are products of lengths", () => {
  assert.is(sizeOf([]), 1);
  assert.is(sizeOf([3]), 3);
  assert.is(sizeOf([2, 3, 4]), 24);
  assert.is(sizeOf([2, 0, 4]), 0);
});

shapes("two shapes are the same if their lengths are, in order", () => {
  assert.ok(sameShape([2, 3], [2, 3]));
  assert.ok(sameShape([], []));
  assert.not(sameShape([2, 3], [3, 2]));
  assert.not(sameShape([2], [2, 1]));
});

shapes("a shape is printed with ×", () => {
  assert.is(formatShape([1000, 3]), "(1000×3)");
  assert.is(formatShape([2]), "(2)");
  assert.is(formatShape([]), "()");
});

shapes("strides are those of row-major order", () => {
  assert.equal(stridesOf([2, 3, 4]), [12, 4, 1]);
  assert.equal(stridesOf([]), []);
  assert.equal(stridesOf([5, 1]), [1, 1]);
});

shapes("broadcasting aligns shapes at their last axes", () => {
  assert.equal(broadcastShapes([2, 1, 4], [3, 1]), [2, 3, 4]);
  assert.equal(broadcastShapes([], [2, 3]), [2, 3]);
  assert.equal(broadcastShapes([1], [0]), [0]);
  assert.is(broadcastShapes([2], [3]), undefined);
  assert.equal(broadcastShapes([3, 1], [0, 2, 1, 2]), [0, 2, 3, 2]);
  assert.is(broadcastShapes([0], [2]), undefined);
});

shapes("a length is a whole number that isn't negative", () => {
  assert.equal([0, 1, 7].map(isLength), [true, true, true]);
  assert.equal(
    [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "2"].map(isLength),
    new Array(6).fill(false),
  );
});

shapes("a box in a tensor is visited in row-major order", () => {
  const visited: number[] = [];
  // Rows 1 and 2, columns 3 and 1 of a 3×4 tensor.
  forEachOffset([2, 2], [4, -2], 7, (offset) => visited.push(offset));
  assert.equal(visited, [7, 5, 11, 9]);
  const scalar: number[] = [];
  forEachOffset([], [], 5, (offset) => scalar.push(offset));
  assert.equal(scalar, [5]);
  forEachOffset([2, 0], [1, 1], 0, () => assert.unreachable());
});

shapes.run();
