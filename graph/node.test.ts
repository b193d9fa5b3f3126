import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeBuilder } from "./builder.js";
import { add, divide, type Expr, maximum, multiply, subtract, trace, vector, where } from "./index.js";
import type { Builder } from "./node.js";
import { constant, full, input } from "./ops/constant.js";
import { noParams } from "./params.js";

const nodes = suite("nodes");

/** A builder with two vector inputs. */
function start(): { builder: Builder; a: Expr; b: Expr } {
  const builder = makeBuilder();
  return { builder, a: input(builder, 0, [2]), b: input(builder, 1, [2]) };
}

const idOf = (value: unknown): number => (value as Expr).id;

nodes("the same op on the same operands is the same node", () => {
  const { a, b } = start();
  assert.is(idOf(subtract(a, b)), idOf(subtract(a, b)));
  assert.is.not(idOf(subtract(a, b)), idOf(subtract(b, a)));
  assert.is.not(idOf(subtract(a, b)), idOf(divide(a, b)));
});

nodes("a commutative op is shared whichever way round its operands are, and keeps the first way", () => {
  const { builder, a, b } = start();
  const sum = add(b, a) as Expr;
  assert.is(idOf(add(a, b)), sum.id);
  assert.equal(builder.nodes[sum.id]!.operands, [b.id, a.id]);
  assert.is(idOf(maximum(a, b)), idOf(maximum(b, a)));
  assert.is.not(idOf(multiply(a, a)), idOf(multiply(a, b)));
});

nodes("operands of an op that doesn't commute keep their order and their number", () => {
  const { a, b } = start();
  assert.is.not(idOf(where(a, a, b)), idOf(where(a, b, a)));
});

nodes("0 and −0 are two constants, NaN is one", () => {
  const { builder } = start();
  const numbers = [0, -0, Number.NaN, 1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const ids = numbers.map((value) => full(builder, value, []).id);
  assert.is(new Set(ids).size, numbers.length);
  assert.equal(
    numbers.map((value) => full(builder, value, []).id),
    ids,
  );
  const nans = new Float64Array(new Uint32Array([1, 0x7ff80000, 0, 0x7ff80000, 7, 0xfff80001]).buffer);
  assert.is(constant(builder, nans, [3]).id, full(builder, Number.NaN, [3]).id);
});

nodes("constants are compared number by number, −0 and 0 apart", () => {
  const { builder } = start();
  const a = constant(builder, [1, -0, Number.NaN], [3]);
  assert.is(constant(builder, Float64Array.of(1, -0, Number.NaN), [3]).id, a.id);
  assert.is.not(constant(builder, [1, 0, Number.NaN], [3]).id, a.id);
  assert.is.not(constant(builder, [1, -0, Number.NaN], [1, 3]).id, a.id);
});

nodes("a constant keeps its own copy of the numbers, and equal ones are a full", () => {
  const { builder } = start();
  const data = Float64Array.of(1, 2);
  const { id } = constant(builder, data, [2]);
  data[0] = 5;
  assert.equal(builder.nodes[id]!.params, { values: Float64Array.of(1, 2), shape: [2] });
  assert.is(constant(builder, [3, 3], [2]).id, full(builder, 3, [2]).id);
  assert.is.not(constant(builder, [0, -0], [2]).id, full(builder, 0, [2]).id);
});

nodes("data given to a traced function is copied too", () => {
  const data = Float64Array.of(1, 2);
  const f = trace({ x: vector(2) }, ({ x }) => multiply(x, data));
  data[0] = 100;
  assert.equal(f({ x: [1, 1] }), Float64Array.of(1, 2));
});

nodes("sharing survives the growth of the table", () => {
  const { builder, a } = start();
  const { op } = add;
  const ids: number[] = [];
  for (let i = 0; i < 5000; i++) {
    const previous = ids[i - 1] ?? a.id;
    ids.push(builder.intern(op, [previous, full(builder, i, [2]).id], noParams, [2]));
  }
  assert.is(new Set(ids).size, 5000);
  const count = builder.nodes.length;
  for (let i = 0; i < 5000; i++) {
    const previous = ids[i - 1] ?? a.id;
    assert.is(builder.intern(op, [full(builder, i, [2]).id, previous], noParams, [2]), ids[i]);
  }
  assert.is(builder.nodes.length, count);
});

nodes("thirty thousand constants that differ in a few bits are told apart", () => {
  const { builder } = start();
  const ids = new Set<number>();
  for (let i = 0; i < 300; i++) {
    for (let j = 0; j < 100; j++) ids.add(full(builder, i + j / 128, []).id);
  }
  assert.is(ids.size, 30000);
});

nodes("an expression can't be used with JavaScript's operators, or as text", () => {
  const { a } = start();
  const remedy =
    /^An expression is no number or text to JavaScript; use add\(x, 1\) for x \+ 1, where\(less\(x, 0\)/;
  for (const use of [
    () => (a as unknown as number) + 1,
    () => (a as unknown as number) * 2,
    () => `${a}`,
    () => (a as unknown as number) < 3,
    () => Math.sin(a as unknown as number),
    () => JSON.parse(String(a)),
  ]) {
    assert.throws(use, remedy);
  }
});

nodes("a scalar can't be taken apart, a tensor is by its first axis", () => {
  const builder = makeBuilder();
  const x = input(builder, 3, [2, 3]);
  assert.equal([x.length, x[0].shape, x[1].shape], [2, [3], [3]]);
  assert.is(x[1].id, [...x][1]!.id);
  for (const place of [2, -1])
    assert.throws(() => x[place], /^x\[.*\]: an expression of shape \(2×3\) has no such element/);
  assert.throws(
    () => input(builder, 0, []).length,
    /^x\[0\]: an expression of shape \(\) has no such element/,
  );
  assert.is((x as unknown as PromiseLike<never>).then, undefined);
  assert.throws(() => [...input(builder, 0, [])], /^x\[0\]: an expression of shape \(\)/);
  assert.equal(
    [...input(builder, 1, [2, 3])].map(({ shape }) => shape),
    [[3], [3]],
  );
  assert.equal([...input(builder, 2, [0])], []);
});

nodes.run();
