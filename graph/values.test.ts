import { suite } from "uvu";
import * as assert from "uvu/assert";
import { saying } from "../property-tests/support/saying.js";
import { describe } from "./describe.js";
import { compile, reshape, square, sum, take, trace, vector } from "./index.js";
import { checkKeys } from "./names.js";
import { flatten, nest, readValue, shapeOfValue } from "./values.js";

const values = suite("values");

values("nested rows have the shape that they look like", () => {
  assert.equal(shapeOfValue(3, "x"), []);
  assert.equal(shapeOfValue([1, 2], "x"), [2]);
  assert.equal(
    shapeOfValue(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      "x",
    ),
    [2, 3],
  );
  assert.equal(shapeOfValue([Float64Array.of(1, 2), [3, 4]], "x"), [2, 2]);
  assert.equal(shapeOfValue([], "x"), [0]);
  assert.equal(shapeOfValue([[], []], "x"), [2, 0]);
  assert.equal(shapeOfValue(new Float32Array(4), "x"), [4]);
});

values("ragged rows and what isn't a number are named", () => {
  assert.throws(
    () => shapeOfValue([[1, 2], [3]], "X"),
    saying("X: row 0 has shape (2) but row 1 has (1); rows must be equally long."),
  );
  assert.throws(() => shapeOfValue([1, [2]], "X"), saying("X: row 0 has shape () but row 1 has (1)"));
  assert.throws(
    () => shapeOfValue("2", "X"),
    saying('X: expected a number or an array of numbers, got the text "2".'),
  );
  assert.throws(
    () => shapeOfValue([1, null], "X"),
    saying("X: expected a number or an array of numbers, got null."),
  );
  assert.throws(() => shapeOfValue(undefined, "X"), saying("got undefined."));
  assert.throws(() => shapeOfValue({ length: 2 }, "X"), saying("got an object (length)."));
  assert.throws(() => shapeOfValue([true], "X"), saying("got true."));
  for (const array of [BigInt64Array.of(1n), new DataView(new ArrayBuffer(8))])
    assert.throws(() => shapeOfValue(array, "X"), /expected a number or an array of numbers, got/);
});

values("flattening is row-major, and copies", () => {
  const { data, shape } = flatten(
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    "x",
  );
  assert.equal(data, Float64Array.of(1, 2, 3, 4, 5, 6));
  assert.equal(shape, [3, 2]);
  const own = Float64Array.of(1);
  assert.is.not(flatten(own, "x").data, own);
});

values("an input is nested in its shape, or flat in its size", () => {
  const expected = Float64Array.of(1, 2, 3, 4);
  assert.equal(
    readValue(
      [
        [1, 2],
        [3, 4],
      ],
      [2, 2],
      "x",
    ),
    expected,
  );
  assert.equal(readValue([1, 2, 3, 4], [2, 2], "x"), expected);
  assert.equal(readValue(Float32Array.of(1, 2, 3, 4), [2, 2], "x"), expected);
  assert.is(readValue(expected, [2, 2], "x"), expected);
  assert.equal(readValue(5, [], "x"), Float64Array.of(5));
  assert.equal(readValue([], [0, 3], "x"), new Float64Array(0));
});

values("a value of another shape is an error with both shapes", () => {
  assert.throws(
    () => readValue([1, 2, 3], [2], 'input "x"'),
    saying('input "x": expected shape (2), got (3).'),
  );
  assert.throws(
    () => readValue([1], [], 'input "x"'),
    saying('input "x": expected shape (), got (1); the count fits'),
  );
  assert.throws(() => readValue(1, [1], 'input "x"'), saying("expected shape (1), got (); the count fits"));
  assert.throws(
    () => readValue([[1, 2, 3]], [3, 1], "x"),
    saying("x: expected shape (3×1), got (1×3); the count fits, so pass it flat or nested in that shape."),
  );
  assert.throws(() => readValue(new Float64Array(3), [2, 2], "x"), saying("expected shape (2×2), got (3)."));
});

values("nesting gives the rows back", () => {
  assert.equal(nest([1, 2, 3, 4, 5, 6], [3, 2]), [
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  assert.is(nest([7], []), 7);
  assert.equal(nest([], [0]), []);
  assert.equal(nest([], [2, 0]), [[], []]);
});

values("a wrong value is described in a few words", () => {
  assert.is(describe(null), "null");
  assert.is(describe(undefined), "undefined");
  assert.is(describe("x".repeat(100)), `the text "${"x".repeat(40)}…"`);
  assert.is(describe({ a: 1, b: 2, c: 3, d: 4 }), "an object (a, b, c)");
  assert.is(
    describe(() => 1),
    "a function",
  );
  assert.is(describe(3n), "a bigint");
  assert.is(describe([1, [2], "3"]), 'the list [1, […], the text "3"]');
  assert.is(describe(new Map()), "a Map");
  assert.is(describe(Promise.resolve(1)), "a Promise (await it)");
  assert.is(describe(Int8Array.of(1)), "an Int8Array of length 1");
  assert.is(describe(Proxy.revocable([], {}).proxy), "the list []");
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  assert.is(describe(proxy), "something that can't be read");
});

values("arrays of all kinds of numbers are read; what has no end, holes or traps is refused at once", () => {
  const kinds = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array];
  for (const Kind of [...kinds, Float32Array, Float64Array])
    assert.equal(flatten(Kind.of(1, 2), "x"), { data: Float64Array.of(1, 2), shape: [2] });
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  let deep: unknown = 1;
  for (let i = 0; i < 1e5; i++) deep = [deep];
  let shared: unknown = 1;
  for (let i = 0; i < 40; i++) shared = [shared, shared];
  for (const endless of [cyclic, deep, shared, new Array(2 ** 32 - 1)])
    assert.throws(() => flatten(endless, "X"), /^X: (the lists hold too many|expected a number)/);
  assert.throws(() => flatten(Object.assign(new Array(3), { 0: 1, 2: 3 }), "X"), saying("got undefined"));
  const cause = new Error("no");
  const trapped = new Proxy([1], {
    get: () => {
      throw cause;
    },
  });
  try {
    flatten(trapped, "X");
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /^X can't be read: an Error/);
    assert.is((error as Error).cause, cause);
  }
});

values("typed arrays are taken wherever numbers are", () => {
  const f = trace({ x: vector(2) }, ({ x }) => sum(square(x)));
  assert.is(sum(Int32Array.of(1, 2)), 3);
  assert.is(f({ x: Uint8Array.of(1, 2) }), 5);
  assert.is(compile(f)({ x: Int16Array.of(1, 2) }), 5);
  assert.equal(take([1, 2, 3], Uint32Array.of(2, 0)), [3, 1]);
  assert.equal(reshape([1, 2], Int8Array.of(2, 1) as never), [[1], [2]]);
});

values("missing and unknown keys are named, with the known ones", () => {
  checkKeys({ a: 1, b: 2 }, ["b", "a"], "inputs");
  assert.throws(
    () => checkKeys({ a: 1 }, ["a", "b"], "inputs"),
    saying('inputs: "b" is missing; the keys are a, b.'),
  );
  assert.throws(
    () => checkKeys({ a: 1, c: 2 }, ["a"], "inputs"),
    saying('inputs: unknown key "c"; the keys are a.'),
  );
  assert.throws(
    () => checkKeys(null, ["a"], "inputs"),
    saying("inputs: expected an object with the keys a, got null."),
  );
  assert.throws(() => checkKeys(undefined, ["a"], "inputs"), saying("got undefined."));
  assert.throws(() => checkKeys({}, ["constructor"], "inputs"), saying('inputs: "constructor" is missing'));
  assert.throws(() => checkKeys({}, ["__proto__"], "inputs"), saying('inputs: "__proto__" is missing'));
  const given = Object.fromEntries([["__proto__", 1]]);
  checkKeys(given, ["__proto__"], "inputs");
  assert.throws(() => checkKeys(given, [], "inputs"), saying('inputs: unknown key "__proto__"'));
});

values.run();
