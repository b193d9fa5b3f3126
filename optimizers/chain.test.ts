/** Chains, groups, wrappers and hyperparameters in the state, by what they are made of. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { multiply, square, sum, trace, vector } from "../graph/index.js";
import { generated } from "../property-tests/support/generated.js";
import { minimize, train } from "../src/index.js";
import {
  accumulateGradients,
  adam,
  addNoise,
  adjustable,
  chain,
  clipByGlobalNorm,
  frozen,
  gradientDescent,
  groups,
  lookahead,
  momentum,
  type Optimizer,
  reduceOnPlateau,
  sam,
  setHyperparameters,
  sophia,
  type Values,
} from "./index.js";

const parts = suite("optimizers: chains");

const f = trace({ x: vector(2) }, ({ x }) => sum(multiply([0.2, 2], square(x))));
const start = { x: [3, 4] };

function steps(optimizer: Optimizer, from: Values, gradient: Values, count: number) {
  let now: { parameters: Values; state: ReturnType<Optimizer["init"]> } = {
    parameters: from,
    state: optimizer.init(from),
  };
  for (let i = 0; i < count; i++) now = optimizer.step(now.parameters, gradient, now.state);
  return now;
}

parts("a chain in a run is the chain by hand, and so it is in training", () => {
  const optimizer = chain(clipByGlobalNorm(1), adam({ learningRate: 0.1 }), lookahead({ every: 2 }));
  let now: { parameters: { x: ArrayLike<number> }; state: unknown } = {
    parameters: start,
    state: optimizer.init(start),
  };
  for (let i = 0; i < 5; i++) {
    const [x, y] = Array.from(now.parameters.x);
    now = optimizer.step(now.parameters as never, { x: [0.4 * x!, 4 * y!] } as never, now.state as never);
  }
  assertClose(minimize(f, start, optimizer, { steps: 5 }).parameters.x, now.parameters.x);
  const trained = train(
    ({ x, k }) => multiply(sum(k), sum(multiply([0.2, 2], square(x)))),
    start,
    { k: [1, 1, 1, 1, 1] },
    optimizer,
    { batchSize: 1, epochs: 1 },
  );
  assertClose(trained.parameters.x, now.parameters.x);
});

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.is(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++)
    assert.ok(Math.abs(actual[i]! - expected[i]!) < 1e-14, `${actual[i]} instead of ${expected[i]}`);
}

parts("equal chains are the same object, others aren't", () => {
  const make = (limit: number, rate: number) => chain(clipByGlobalNorm(limit), adam({ learningRate: rate }));
  assert.is(make(1, 0.1), make(1, 0.1));
  assert.is.not(make(1, 0.1), make(2, 0.1));
  assert.is.not(make(1, 0.1), make(1, 0.2));
  const byPattern = (pattern: RegExp) => groups([pattern, frozen()], ["*", adam({ learningRate: 0.1 })]);
  assert.is.not(byPattern(/a/), byPattern(/b/));
});

parts("a slot whose name is taken gets a number", () => {
  const inner = momentum({ learningRate: 0.1 });
  const optimizer = chain(addNoise({ variance: 1 }), addNoise({ variance: 1, seed: 1 }), inner);
  assert.equal(Object.keys(optimizer.slots).slice(0, 2), ["generators", "generators2"]);
});

parts("what isn't a chain is told why", () => {
  const rule = adam({ learningRate: 0.1 });
  assert.throws(() => chain(), /chain: there is no optimizer among the parts/);
  assert.throws(() => chain(rule, frozen()), /chain: adam and frozen are both optimizers/);
  assert.throws(
    () => chain(rule, clipByGlobalNorm(1)),
    /chain: clipByGlobalNorm changes gradients, which adam/,
  );
  assert.throws(() => chain(rule, 3 as never), /chain: part 1 is the number 3|chain: part 1 is 3/);
  assert.throws(() => sam(3 as never), /sam: the optimizer is 3/);
  assert.throws(() => accumulateGradients(rule, 0), /accumulateGradients: steps/);
});

parts("groups go by path, the first that matches", () => {
  const optimizer = groups(
    ["layers.0", frozen()],
    ["**.b", gradientDescent({ learningRate: 1 })],
    [/norm$/, frozen()],
    ["*", gradientDescent({ learningRate: 0.5 })],
  );
  const tree = { layers: [{ W: 1, b: 1 }, { W: 1, b: 1 }], b: 1, norm: 1 }; // biome-ignore format: a tree
  const { parameters } = optimizer.step(tree, tree, optimizer.init(tree));
  assert.equal(parameters, { layers: [{ W: 1, b: 1 }, { W: 0.5, b: 0 }], b: 0, norm: 1 }); // biome-ignore format: a tree
  const two = groups(["a", adam({ learningRate: 1 })], ["*", frozen()]);
  assert.equal(two.init({ a: [1, 2], c: [1, 2, 3] }).slots.mean, {
    a: new Float64Array(2),
    c: new Float64Array(0),
  });
  assert.throws(
    () =>
      groups(["a", frozen()]).init({ a: 1, c: 1 }) &&
      steps(groups(["a", frozen()]), { a: 1, c: 1 }, { a: 1, c: 1 }, 1),
    /groups: the parameter "c" is in no group/,
  );
  assert.throws(
    () => steps(groups(["layer", frozen()], ["*", frozen()]), { a: 1 }, { a: 1 }, 1),
    /groups: layer matches no parameter; the parameters are a/,
  );
});

parts("gradients accumulate to their mean, and the optimizer counts its own steps", () => {
  const optimizer = accumulateGradients(adam({ learningRate: 0.1 }), 3);
  const { parameters, state } = steps(optimizer, { x: 3 }, { x: 2 }, 7);
  assert.equal(parameters, steps(adam({ learningRate: 0.1 }), { x: 3 }, { x: 2 }, 2).parameters);
  assert.is((state.slots as Record<string, Values>).meanGradient!.x, 2);
});

parts("sharpness-aware steps use the gradient up the slope", () => {
  const run = minimize(f, start, sam(gradientDescent({ learningRate: 0.1 }), { radius: 0.5 }), { steps: 1 });
  const g = [1.2, 16];
  const size = Math.hypot(...g);
  const expected = start.x.map((x, i) => x - 0.1 * [0.4, 4][i]! * (x + (0.5 * g[i]!) / size));
  assertClose(run.parameters.x, expected);
  const own = sam(gradientDescent({ learningRate: 0.1 }), { radius: 0.5 });
  const byHand = own.step(start, { x: g }, own.init(start), { objective: f }).parameters.x as Float64Array;
  assertClose(byHand, expected);
  assert.throws(
    () => own.step(start, { x: g }, own.init(start)),
    /sam: it looks at the objective, which isn't known/,
  );
});

parts("Sophia's steps are the paper's where the Hessian is diagonal", () => {
  const run = minimize(f, start, sophia({ learningRate: 0.1, gamma: 200, every: 2 }), { steps: 3 });
  const expected = start.x.map((from, i) => {
    let [x, m, h] = [from, 0, 0];
    for (let t = 1; t <= 3; t++) {
      const curvature = [0.4, 4][i]!;
      m = 0.965 * m + 0.035 * curvature * x;
      if (t % 2 === 1) h = 0.99 * h + 0.01 * curvature;
      x -= 0.1 * Math.max(-1, Math.min(1, m / Math.max(200 * h, 1e-12)));
    }
    return x;
  });
  assertClose(run.parameters.x, expected);
});

parts("noise is the same for the same seed, normal, and other for each element", () => {
  const size = 20_000;
  const drawn = (seed: number) => {
    const optimizer = chain(addNoise({ variance: 4, decay: 0, seed }), gradientDescent({ learningRate: 1 }));
    return steps(optimizer, { x: new Float64Array(size) }, { x: new Float64Array(size) }, 1).parameters
      .x as Float64Array;
  };
  const x = drawn(1);
  assert.equal(x, drawn(1));
  assert.is.not(x[0], drawn(2)[0]);
  const moment = (k: number) => x.reduce((all, one) => all + (one / 2) ** k, 0) / size;
  // Five standard deviations of what n normal numbers have.
  for (const [k, expected, variance] of [[1, 0, 1], [2, 1, 2], [3, 0, 15], [4, 3, 96]] as const) // biome-ignore format: a table
    assert.ok(Math.abs(moment(k) - expected) < 5 * Math.sqrt(variance / size), `moment ${k}: ${moment(k)}`);
  assert.is(new Set(x).size > size * 0.99, true);
});

parts("hyperparameters in the state change without another kernel, and sweeps run one", () => {
  const sweep = (rates: readonly number[]) =>
    rates.map((learningRate) => {
      const optimizer = adjustable(adam, { learningRate, beta1: 0.8 });
      return minimize(f, start, optimizer, { steps: 5 }).parameters.x;
    });
  const [first] = sweep([0.1]);
  assert.equal(first, minimize(f, start, adam({ learningRate: 0.1, beta1: 0.8 }), { steps: 5 }).parameters.x);
  let ends: Float64Array[] = [];
  assert.is(
    generated(() => (ends = sweep([0.01, 0.02, 0.05, 0.3]))),
    0,
  );
  const plain = adam({ learningRate: 0.3, beta1: 0.8 });
  assert.equal(ends[3], minimize(f, start, plain, { steps: 5 }).parameters.x);
  const optimizer = adjustable(adam, { learningRate: 0.1 });
  let now = optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 }));
  const changed = () => {
    const state = setHyperparameters(optimizer, now.state, { learningRate: 0.5 });
    now = optimizer.step(now.parameters, { x: 2 }, state) as typeof now;
  };
  assert.is(generated(changed), 0);
  const slow = adam({ learningRate: 0.1 });
  const one = slow.step({ x: 3 }, { x: 2 }, slow.init({ x: 3 }));
  const two = adam({ learningRate: 0.5 }).step(one.parameters, { x: 2 }, one.state);
  assert.ok(Math.abs(now.parameters.x - two.parameters.x) < 1e-15);
  assert.throws(
    () => setHyperparameters(optimizer, now.state, { beta1: 0.5 }),
    /setHyperparameters: beta1 isn't adjustable; adjustable are: learningRate/,
  );
  assert.throws(
    () => setHyperparameters(optimizer, now.state, { learningRate: -1 }),
    /adam: learningRate is -1/,
  );
});

parts("a rate falls where the value stays", () => {
  const optimizer = chain(
    gradientDescent({ learningRate: 0 }),
    reduceOnPlateau({ factor: 0.5, patience: 2 }),
  );
  let state = optimizer.init(start);
  const scales: unknown[] = [];
  for (let i = 0; i < 7; i++) {
    ({ state } = optimizer.step(start, { x: [0, 0] }, state, { objective: f }));
    scales.push((state.slots as Record<string, Values>).scale!.x);
  }
  assert.equal(scales, [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125]);
});

parts.run();
