/** Graphs of 10⁵ nodes and more (10⁶ are in the bench): nothing recurses over a graph, nothing spreads an array, all work is linear in the nodes. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  compile,
  type Expr,
  grad,
  multiply,
  print,
  scalar,
  simplify,
  sin,
  square,
  stack,
  sum,
  trace,
  valueAndGrad,
  vector,
} from "./index.js";

const large = suite("large graphs");

/** sin(sin(… x)) and its derivative, by a loop. */
function iteratedSine(x: number, times: number): { value: number; slope: number } {
  let value = x;
  let slope = 1;
  for (let i = 0; i < times; i++) {
    slope *= Math.cos(value);
    value = Math.sin(value);
  }
  return { value, slope };
}

large("a chain of 2·10⁵ sines is traced, differentiated and evaluated", () => {
  const length = 2e5;
  const f = trace({ x: scalar() }, ({ x }) => {
    let y: Expr<[]> = x;
    for (let i = 0; i < length; i++) y = sin(y);
    return y;
  });
  assert.is(f.graph.nodes.length, length + 1);
  const gradient = valueAndGrad(f);
  const { value, grad: slopes } = gradient({ x: 1 });
  const expected = iteratedSine(1, length);
  assert.is(value, expected.value);
  assert.ok(Math.abs(slopes.x / expected.slope - 1) < 1e-9, `${slopes.x} instead of ${expected.slope}`);
});

large("a chain of 4·10⁴ nodes is simplified, compiled and printed", () => {
  const length = 2e4;
  const f = trace({ x: scalar() }, ({ x }) => {
    let y: Expr<[]> = x;
    for (let i = 0; i < length; i++) y = sin(multiply(y, 1));
    return y;
  });
  const simpler = simplify(valueAndGrad(f));
  const expected = iteratedSine(1, length);
  const kernel = compile(simpler);
  for (const run of [simpler, kernel]) {
    const { value, grad: slopes } = run({ x: 1 });
    assert.is(value, expected.value);
    assert.ok(Math.abs(slopes.x / expected.slope - 1) < 1e-9);
  }
  assert.is(simplify(f).graph.nodes.length, length + 1);
  assert.is(print(f).split("\n").length, 2 * length + 2);
});

large("a sum of 2·10⁴ uses of one expression has a gradient of as many terms, not of their square", () => {
  const length = 2e4;
  const f = trace({ x: scalar() }, ({ x }) => {
    let total: Expr<[]> = x;
    for (let i = 1; i <= length; i++) total = add(total, multiply(x, i));
    return total;
  });
  const gradient = grad(f);
  assert.ok(gradient.graph.nodes.length < 6 * length);
  assert.is(gradient({ x: 2 }).x, 1 + (length * (length + 1)) / 2);
});

large("2·10⁴ scalars taken from one vector have a gradient of as many nodes", () => {
  const chain = (length: number) =>
    trace({ x: vector(length) }, ({ x }) => {
      const xs = Array.from(x) as Expr<[]>[];
      let total = square(xs[0]!);
      for (let i = 1; i < length; i++) total = add(total, multiply(xs[i]!, xs[i - 1]!));
      return total;
    });
  const counts = [1000, 2000, 3000].map((length) => grad(chain(length)).graph.nodes.length);
  assert.is(
    counts[2]! - counts[1]!,
    counts[1]! - counts[0]!,
    `${counts} nodes for 1000, 2000 and 3000 scalars`,
  );
  const length = 2e4;
  const gradient = grad(chain(length));
  assert.ok(gradient.graph.nodes.length < 12 * length, `${gradient.graph.nodes.length} nodes`);
  const x = Float64Array.from({ length }, (_, i) => i % 17);
  const expected = Float64Array.from(x, (_, i) => (i === 0 ? 2 * x[0]! : x[i - 1]!) + (x[i + 1] ?? 0));
  assert.equal(gradient({ x }).x, expected);
});

large("10⁴ scalars are stacked, and their gradients taken apart", () => {
  const length = 1e4;
  const f = trace({ x: vector(length) }, ({ x }) => sum(square(stack(Array.from(x).reverse()))) as Expr<[]>);
  const x = Float64Array.from({ length }, (_, i) => i);
  assert.equal(
    grad(f)({ x }).x,
    Float64Array.from(x, (value) => 2 * value),
  );
});

large.run();
