/** Errors: one sentence with the fact, the reason and the remedy, and the user's own line. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { saying } from "../property-tests/support/saying.js";
import { callerLine } from "./errors.js";
import {
  AdjointError,
  add,
  broadcastTo,
  concatenate,
  dot,
  type Expr,
  grad,
  index,
  matmul,
  max,
  mean,
  multiply,
  pad,
  reshape,
  slice,
  stack,
  subtract,
  sum,
  tensor,
  trace,
  transpose,
  vector,
  where,
} from "./index.js";

const errors = suite("errors");

function caught(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error("Nothing was thrown.");
}

errors("an error ends with the user's own line", () => {
  const here = callerLine(new Error("here").stack!)!;
  const error = caught(() => add([1, 2], [1, 2, 3] as never));
  const line = Number(here.split(":")[1]) + 1;
  assert.instance(error, AdjointError);
  assert.is(error.name, "AdjointError");
  assert.is(
    error.message,
    `add: shapes (2) and (3) don't broadcast; lengths must agree from the last axis on, or be 1.  at graph/errors.test.ts:${line}`,
  );
});

errors("the line is read from frames of all kinds, of paths with spaces, too", () => {
  const frames = {
    "    at f (/x y/c.js:12:3)": "x y/c.js:12",
    "    at new Some.<anonymous> (file:///x%20y/c.mjs:1:2)": "x%20y/c.mjs:1",
    "    at async file:///x/c.js:7:1": "x/c.js:7",
    "    at /x y/c.js:5:1": "x y/c.js:5",
    "    at Module._compile (node:internal/modules/cjs/loader:1521:14)": undefined,
    "    at async Promise.all (index 0)": undefined,
    "    at eval (eval at f (/x/c.js:1:2), <anonymous>:3:4)": undefined,
  };
  for (const [frame, line] of Object.entries(frames)) assert.is(callerLine(`Error\n${frame}`), line, frame);
});

errors("the line is that inside the traced function, however deep the op lies", () => {
  const here = callerLine(new Error("here").stack!)!;
  const error = caught(() =>
    trace({ x: vector(2) }, ({ x }) => {
      const y = multiply(x, x);
      return dot(y, [1, 2, 3] as never);
    }),
  );
  assert.match(error.message, new RegExp(`  at graph/errors.test.ts:${Number(here.split(":")[1]) + 4}$`));
});

errors("the innermost frame outside the library is found in stacks of several forms", () => {
  const own = import.meta.url.slice(0, import.meta.url.lastIndexOf("/"));
  const frames = (...places: string[]) =>
    ["AdjointError: x", ...places.map((place) => `    at ${place}`)].join("\n");
  assert.is(
    callerLine(frames(`f (${own}/node.ts:3:1)`, "g (/project/model.ts:12:5)")),
    "project/model.ts:12",
  );
  assert.is(
    callerLine(frames(`${own}/ops/axes.ts:3:1`, "file:///project/model.js:7:5")),
    "project/model.js:7",
  );
  assert.is(
    callerLine(frames("Array.map (<anonymous>)", "node:internal/modules/run:1:2", "file:///a/b.mjs:4:2")),
    "a/b.mjs:4",
  );
  assert.is(callerLine("AdjointError: x"), undefined);
});

/** Every complaint of an op, as its user reads it. */
const complaints: readonly (readonly [string, () => unknown, string])[] = [
  [
    "broadcasting",
    () => subtract([[1, 2, 3]], [1, 2] as never),
    "subtract: shapes (1×3) and (2) don't broadcast; lengths must agree from the last axis on, or be 1.",
  ],
  [
    "where",
    () => where([1, 0], [1, 2, 3], 0),
    "where: shapes (2) and (3) and () don't broadcast; lengths must agree from the last axis on, or be 1.",
  ],
  ["no operand", () => add(), "add needs at least one operand."],
  [
    "an operand that isn't there",
    () => (add as (...x: unknown[]) => unknown)(1, undefined),
    "add: operand 2: expected a number or an array of numbers, got undefined.",
  ],
  [
    "text",
    () => (multiply as (...x: unknown[]) => unknown)("2", 3),
    'multiply: operand 1: expected a number or an array of numbers, got the text "2".',
  ],
  [
    "ragged rows",
    () => add([[1, 2], [3]], 1),
    "add: operand 1: row 0 has shape (2) but row 1 has (1); rows must be equally long.",
  ],
  [
    "matmul",
    () => matmul(tensorOf([1000, 3]), tensorOf([2, 1])),
    "matmul: columns of a (1000×3) and rows of b (2×1) differ; transpose one of them?",
  ],
  [
    "matmul of a vector",
    () => matmul([1, 2, 3], tensorOf([2, 3])),
    "matmul: columns of a (3) and rows of b (2×3) differ; transpose one of them?",
  ],
  [
    "matmul of a scalar",
    () => matmul(2, [1, 2]),
    "matmul: () and (2): a scalar has no rows; use multiply for it.",
  ],
  [
    "batches",
    () => matmul(tensorOf([2, 3, 4]), tensorOf([3, 4, 5])),
    "matmul: the batches of (2×3×4) and (3×4×5) don't broadcast.",
  ],
  [
    "dot",
    () => dot([1, 2], [1, 2, 3] as never),
    "dot: shapes (2) and (3) aren't two vectors of one length; use matmul for matrices.",
  ],
  [
    "reshape",
    () => reshape([1, 2, 3], [2, 2]),
    "reshape: (3) has 3 elements and (2×2) has 4; the counts must agree.",
  ],
  [
    "reshape by −1",
    () => reshape([1, 2, 3], [2, -1]),
    "reshape: (3) doesn't go into (2×-1); lengths are whole numbers, at most one of them −1.",
  ],
  ["reshape by two", () => reshape([1, 2, 3, 4], [-1, -1]), "reshape: (4) doesn't go into (-1×-1);"],
  ["transpose", () => transpose(tensorOf([2, 3]), [0, 0]), "transpose: the list [0, 0] names an axis twice."],
  [
    "broadcastTo",
    () => broadcastTo([1, 2], [2, 3]),
    "broadcastTo: (2) can't become (2×3); only axes of length 1 and new leading axes can be repeated.",
  ],
  ["broadcastTo fewer axes", () => broadcastTo([[1]], [1]), "broadcastTo: (1×1) can't become (1);"],
  [
    "an axis that isn't there",
    () => sum(tensorOf([2, 3]), 2),
    "sum: there is no axis 2 in 2 axes, counted from 0, or from −1 at the back.",
  ],
  ["half an axis", () => sum([1, 2], 0.5), "sum: there is no axis 0.5 in 1 axes, counted from 0"],
  ["an axis twice", () => sum(tensorOf([2, 3]), [1, -1]), "sum: the list [1, -1] names an axis twice."],
  ["max of nothing", () => max([]), "max: (0) has no element along the axes [0]."],
  [
    "mean of nothing",
    () => trace({ x: tensor([0, 3]) }, ({ x }) => mean(x, 0)),
    "mean: (0×3) has no element along the axes [0].",
  ],
  ["index outside", () => index(tensorOf([2, 3]), 1, 3), "index: [1, 3] is outside (2×3)."],
  ["index too deep", () => index([1, 2], 0, 0), "index: [0, 0] is outside (2)."],
  ["index by a half", () => index([1, 2], 0.5), "index: each place must be a whole number, not 0.5."],
  [
    "step 0",
    () => slice([1, 2], 0, 1, { step: 0 }),
    "slice: the step must be a whole number other than 0, not 0.",
  ],
  ["half a bound", () => slice([1, 2], 0.5), "slice: the start must be a whole number, not 0.5."],
  [
    "concatenate",
    () => concatenate([tensorOf([2, 3]), tensorOf([2, 2])]),
    "concatenate: shapes (2×3) and (2×2) differ besides axis 0.",
  ],
  ["concatenate nothing", () => concatenate([]), "concatenate needs at least one operand."],
  ["stack", () => stack([1, [1, 2]]), "stack: shapes () and (2) differ."],
  ["stack too deep", () => stack([1, 2], 1), "stack: there is no axis 1 in 1 axes, counted from 0"],
  ["pad", () => pad([1, 2], [[1, -1]]), "pad: a width must be a whole number of at least 0, not -1."],
  [
    "pad by one list too many",
    () =>
      pad(
        [1, 2],
        [
          [1, 1],
          [0, 0],
        ],
      ),
    "pad: (2) needs a pair of widths",
  ],
];

function tensorOf(shape: readonly number[]): number[][] {
  return reshape(new Float64Array(shape.reduce((a, b) => a * b, 1)), shape) as number[][];
}

for (const [what, run, message] of complaints) {
  errors(`${what}: ${message}`, () => {
    const error = caught(run);
    assert.instance(error, AdjointError);
    assert.ok(error.message.startsWith(message), error.message);
    assert.match(error.message, / {2}at graph\/errors\.test\.ts:\d+$/);
  });
}

errors("on expressions the complaints are the same", () => {
  trace({ a: tensor([2, 3]), b: vector(2) }, ({ a, b }) => {
    assert.throws(
      () => matmul(a as Expr, b as Expr),
      saying("matmul: columns of a (2×3) and rows of b (2) differ; transpose one of them?"),
    );
    assert.throws(() => add(a as Expr, b as Expr), saying("add: shapes (2×3) and (2) don't broadcast;"));
    return sum(a);
  });
});

errors("grad of what isn't a scalar objective", () => {
  const ofVector = trace({ x: vector(2) }, ({ x }) => multiply(x, x));
  const ofTwo = trace({ x: vector(2) }, ({ x }) => ({ a: sum(x), b: sum(x) }));
  const f = trace({ x: vector(2), y: vector(2) }, ({ x, y }) => dot(x, y));
  assert.throws(
    () => grad(ofVector as never),
    saying("grad: the objective must be a scalar, not of shape (2); sum or mean it."),
  );
  assert.throws(
    () => grad(ofTwo as never),
    saying("grad: the objective must be one scalar, not the outputs a, b; return the one to differentiate."),
  );
  assert.throws(() => grad(f, "z" as "x"), saying('grad: there is no input "z"; the inputs are x, y.'));
  assert.throws(
    () => grad((() => 1) as never),
    saying(
      "grad: expected a traced function, got a plain one; write grad(trace({ x: vector(2) }, ({ x }) => …)).",
    ),
  );
  assert.throws(() => grad(3 as never), saying("grad: expected a traced function, got 3;"));
});

errors.run();
