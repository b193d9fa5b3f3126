/** Ops on plain data: numbers give numbers, nested arrays nested arrays, by the same rules as in a graph. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { slotName } from "./compile/names.js";
import { scalarText } from "./compile/text.js";
import * as library from "./index.js";
import {
  add,
  divide,
  type Expr,
  equal,
  greater,
  logicalAnd,
  logicalNot,
  logicalOr,
  maximum,
  minimum,
  multiply,
  notEqual,
  type Op,
  power,
  sign,
  sin,
  subtract,
  trace,
  vector,
  where,
} from "./index.js";

const plain = suite("plain operands");

/** The public elementwise functions, by name. */
const functions = Object.entries(library as Readonly<Record<string, unknown>>).filter(
  (entry): entry is [string, ((...operands: unknown[]) => unknown) & { op: Op }] =>
    typeof entry[1] === "function" && "op" in entry[1] && (entry[1].op as Op).scalar !== undefined,
);

for (const [name, f] of functions) {
  plain(`${name}: a number of numbers, an array of arrays, and an expression of expressions`, () => {
    const { op } = f;
    assert.is(op.name, name);
    const middles = op.domains.map(({ kind, low, high }) => {
      const middle = (low + high) / 2 + 0.25;
      return kind === "real" ? middle : Math.round(middle);
    });
    const value = op.scalar!.compute(...middles);
    assert.is(f(...middles), value);
    assert.equal(f(...middles.map((x) => [[x, x]])), [[value, value]]);
    assert.equal(f(...middles.map((x, i) => (i === 0 ? Float64Array.of(x) : x))), [value]);
    const inputs = Object.fromEntries(middles.map((_, i) => [`x${i}`, vector(1)]));
    const traced = trace(inputs, (exprs) => f(...Object.values(exprs)) as Expr);
    const given = Object.fromEntries(middles.map((x, i) => [`x${i}`, [x]]));
    assert.equal(traced(given), Float64Array.of(value));
  });

  plain(`${name}: its code computes what its function computes`, () => {
    const { compute } = f.op.scalar!;
    const code = (...operands: string[]) => scalarText(f.op, operands);
    const slot = slotName(f.op.key);
    const numbers = [
      0,
      -0,
      1,
      -1,
      0.5,
      -2.5,
      3,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ];
    const names = f.op.domains.map((_, i) => `x${i}`);
    const run = new Function(slot, ...names, `return ${code(...names)};`).bind(undefined, compute) as (
      ...x: number[]
    ) => number;
    const visit = (chosen: number[]): void => {
      if (chosen.length < names.length) {
        for (const x of numbers) visit([...chosen, x]);
        return;
      }
      const [actual, expected] = [run(...chosen), compute(...chosen)];
      const same = Object.is(actual, expected) || Math.abs(actual - expected) <= 1e-15 * Math.abs(expected);
      assert.ok(same, `${name}(${chosen}) is ${actual} in code, ${expected} otherwise`);
      // The same with numbers in the text, where a sign could meet another.
      const texts = chosen.map((x) =>
        x < 0 || Object.is(x, -0) ? `(${Object.is(x, -0) ? "-0" : x})` : String(x),
      );
      const literal = new Function(slot, `return ${code(...texts)};`)(compute) as number;
      const close =
        Object.is(literal, expected) || Math.abs(literal - expected) <= 1e-15 * Math.abs(expected);
      assert.ok(close, `${name}(${chosen}) is ${literal} with literals, ${expected} otherwise`);
    };
    visit([]);
  });
}

plain("the four operations, mixed", () => {
  assert.equal(
    add(
      [
        [1, 2],
        [3, 4],
      ],
      [10, 20],
    ),
    [
      [11, 22],
      [13, 24],
    ],
  );
  assert.equal(subtract(1, [1, 2]), [0, -1]);
  assert.equal(multiply([1, 2], [[1], [2]], 10), [
    [10, 20],
    [20, 40],
  ]);
  assert.equal(divide([1, -1, 0], 0), [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]);
  assert.is(add(1, 2, 3, 4), 10);
  assert.is(multiply(2, 3, 4), 24);
});

plain("comparisons and logic give 1 and 0", () => {
  assert.equal(greater([1, 2, 3], 2), [0, 0, 1]);
  assert.equal(equal([0, Number.NaN], [-0, Number.NaN]), [1, 0]);
  assert.equal(notEqual([0, Number.NaN], [-0, Number.NaN]), [0, 1]);
  assert.equal(logicalAnd([0, 1, 2, Number.NaN], 1), [0, 1, 1, 0]);
  assert.equal(logicalOr([0, 1, 2, Number.NaN], 0), [0, 1, 1, 0]);
  assert.equal(logicalNot([0, -0, 1, -3, Number.NaN]), [1, 1, 0, 0, 1]);
  assert.equal(where([1, 0, Number.NaN, -1], 5, [1, 2, 3, 4]), [5, 2, 3, 5]);
});

plain("powers", () => {
  assert.is(power(0, 0), 1);
  assert.is(power(Number.NaN, 0), 1);
  assert.is(power(-2, 3), -8);
  assert.is(power(2, -3), 1 / 8);
  assert.is(power(9, 0.5), 3);
  assert.ok(Number.isNaN(power(-8, 1 / 3)));
  assert.is(power(2, 1000), 2 ** 1000);
  assert.is(power(2, -1074), Number.MIN_VALUE);
  // Products, which Math.pow isn't to the last place.
  for (const x of [1.1, -0.7, 3.3]) {
    assert.is(power(x, 3), x * x * x);
    assert.is(power(x, 2), x * x);
    assert.is(power(x, -1), 1 / x);
  }
});

plain("the larger and smaller of two know NaN and −0", () => {
  assert.ok(Object.is(maximum(0, -0), 0));
  assert.ok(Object.is(minimum(0, -0), -0));
  assert.ok(Number.isNaN(maximum(Number.NaN, 1)));
  assert.ok(Number.isNaN(minimum(1, Number.NaN)));
  assert.equal(sign([-2, 0, 3, Number.NaN]), [-1, 0, 1, Number.NaN]);
});

plain("data may be typed arrays, also inside of rows", () => {
  assert.equal(sin(Float32Array.of(0, 0)), [0, 0]);
  assert.equal(add([Float64Array.of(1, 2), [3, 4]], 1), [
    [2, 3],
    [4, 5],
  ]);
});

plain.run();
