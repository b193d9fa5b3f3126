import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  compile,
  divide,
  grad,
  gradientDescent,
  greater,
  label,
  log,
  minimize,
  multiply,
  simplify,
  sqrt,
  square,
  subtract,
  sum,
  trace,
  valueAndGrad,
  vector,
  where,
} from "../src/index.js";

const debugging = suite("debug");

const objective = trace(
  { x: vector(3) },
  ({ x }) => {
    const [a, b, c] = x;
    const inner = label(subtract(a!, b!), "difference");
    return add(sqrt(inner), square(c!));
  },
  { debug: true },
);

const expected =
  /the output isn't finite: sqrt gives NaN of difference = -1, traced at graph\/debug\.test\.ts:\d+\./;

debugging("the first value that isn't finite names its op, label, line and operands", () => {
  assert.is(objective({ x: [2, 1, 3] }), 10);
  assert.throws(() => objective({ x: [1, 2, 3] }), expected);
  assert.throws(() => compile(objective)({ x: [1, 2, 3] }), expected);
  assert.throws(() => simplify(objective)({ x: [1, 2, 3] }), expected);
});

debugging("derivatives know the line that they come from", () => {
  const at = { x: [1, 1, 3] };
  const line = /divide gives Infinity of 0\.5 and 0, traced at graph\/debug\.test\.ts:\d+\./;
  assert.throws(() => grad(objective)(at), line);
  assert.throws(() => compile(valueAndGrad(objective))(at), line);
});

debugging("elements are told by their place, an input by its name", () => {
  const f = trace({ x: vector(3) }, ({ x }) => sum(divide(1, x)), { debug: true });
  assert.throws(() => f({ x: [1, 0, 2] }), /divide\[1\] gives Infinity of 1 and x = 0, traced at/);
  assert.throws(() => f({ x: [1, Number.NaN, 2] }), /the output isn't finite, since input "x"\[1\] is NaN\./);
});

debugging("what a choice leaves out is no fault", () => {
  const f = trace({ x: vector(2) }, ({ x }) => sum(where(greater(x, 0), multiply(2, log(x)), 0)), {
    debug: true,
  });
  assert.is(f({ x: [1, 0] }), 0);
  assert.equal([...grad(f)({ x: [1, 0] }).x], [2, 0]);
});

debugging("a run that diverges tells the op and its line", () => {
  const f = trace({ x: vector(1) }, ({ x }) => sum(log(x)), { debug: true });
  const run = minimize(f, { x: [0.5] }, gradientDescent({ learningRate: 1 }), { steps: 5 });
  assert.is(run.status, "diverged");
  assert.match(run.message, /log.* gives NaN of x = -1\.5, traced at .*debug\.test\.ts:\d+/);
});

debugging("without debug, nothing is kept and nothing thrown", () => {
  const f = trace({ x: vector(1) }, ({ x }) => sum(log(x)));
  assert.ok(f.graph.nodes.every(({ origin }) => origin === undefined));
  assert.is(f({ x: [0] }), Number.NEGATIVE_INFINITY);
});

debugging.run();
