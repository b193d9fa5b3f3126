import { suite } from "uvu";
import * as assert from "uvu/assert";
import { add, type Expr, grad, multiply, sum, trace, vector } from "../graph/index.js";
import { clipByGlobalNorm, clipByNorm, clipByValue, gradientDescent } from "./index.js";

const clipping = suite("optimizers: clipping");

clipping("the docstrings' examples", () => {
  assert.equal(clipByValue({ x: [0.5, -3] }, 1), { x: [0.5, -1] });
  assert.equal(clipByNorm({ x: [3, 4], y: 0.5 }, 2.5), { x: [1.5, 2], y: 0.5 });
  assert.equal(clipByGlobalNorm({ x: 3, y: 4 }, 2.5), { x: 1.5, y: 2 });
});

clipping("what is small enough stays as it is", () => {
  const gradients = { x: [0.3, -0.4], y: 0.1 };
  for (const clip of [clipByValue, clipByNorm, clipByGlobalNorm]) assert.equal(clip(gradients, 1), gradients);
  assert.equal(clipByGlobalNorm({ x: [0, 0] }, 1), { x: [0, 0] });
  assert.equal(clipByGlobalNorm({}, 1), {});
});

clipping("the order of keys changes nothing, not even the last place", () => {
  // From one end each small square is lost beside 1, from the other they add up to something first.
  const entries = [["a", 1] as const, ..."bcdefghi".split("").map((name) => [name, 1e-8] as const)];
  const forwards = clipByGlobalNorm(Object.fromEntries(entries), 0.5);
  assert.equal(clipByGlobalNorm(Object.fromEntries(entries.reverse()), 0.5).a, forwards.a);
});

clipping("any name is a name", () => {
  const gradients = Object.fromEntries([
    ["__proto__", 3],
    ["constructor", 4],
  ]);
  const clipped = clipByGlobalNorm(gradients, 2.5);
  assert.equal(Object.entries(clipped), [
    ["__proto__", 1.5],
    ["constructor", 2],
  ]);
});

clipping("on expressions, before an update", () => {
  const optimizer = gradientDescent({ learningRate: 1 });
  const step = trace({ x: vector(2), g: vector(2) }, ({ x, g }) => {
    const clipped = clipByGlobalNorm({ x: g }, 2.5);
    return optimizer.update({ x }, clipped, optimizer.initialSlots({ x }), 1).parameters.x;
  });
  assert.equal(step({ x: [0, 0], g: [3, 4] }), Float64Array.of(-1.5, -2));
});

clipping("a gradient of 0 has a derivative", () => {
  for (const clip of [clipByNorm, clipByGlobalNorm]) {
    const f = trace({ x: vector(2) }, ({ x }) => sum(clip({ x: multiply(x, 2) }, 1).x as Expr) as Expr<[]>);
    assert.equal(grad(f)({ x: [0, 0] }).x, Float64Array.of(2, 2));
  }
  // Beyond the limit only the direction is left: the derivative along the gradient is 0.
  const norm = trace({ x: vector(2) }, ({ x }) => {
    const [u, v] = clipByNorm({ x }, 1).x;
    return add(multiply(u!, 3), multiply(v!, 4)) as Expr<[]>;
  });
  for (const slope of grad(norm)({ x: [3, 4] }).x) assert.ok(Math.abs(slope) < 1e-15);
});

clipping("a bad limit is named", () => {
  assert.throws(() => clipByValue({ x: 1 }, 0), /clipByValue: limit is 0; it must be a finite number > 0/);
  assert.throws(() => clipByNorm({ x: 1 }, Number.NaN), /clipByNorm: maxNorm is NaN/);
  assert.throws(() => clipByGlobalNorm({ x: 1 }, -1), /clipByGlobalNorm: maxNorm is -1/);
});

clipping.run();
