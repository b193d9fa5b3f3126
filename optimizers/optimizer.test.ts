/** Optimizers of one's own: what the types and the checks catch, and the examples of the docstrings. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Expr, equal, multiply, sign, subtract, sum, trace, vector, where } from "../graph/index.js";
import {
  adagrad,
  adam,
  defineOptimizer,
  gradientDescent,
  type MomentumOptions,
  momentum,
  type Optimizer,
  type Rule,
  rmsprop,
  type Slots,
  type Values,
} from "./index.js";

const optimizers = suite("optimizers: examples and definitions");

const firstStep = (optimizer: Optimizer) =>
  optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).parameters;

optimizers("the docstrings' examples", () => {
  assert.equal(firstStep(gradientDescent({ learningRate: 0.1 })), { x: 2.8 });
  assert.equal(firstStep(adagrad({ learningRate: 0.5, epsilon: 0 })), { x: 2.5 });
  assert.equal(firstStep(rmsprop({ learningRate: 0.1, beta: 0.75, epsilon: 0 })), { x: 2.8 });
  assert.equal(firstStep(adam({ learningRate: 0.5, epsilon: 0 })), { x: 2.5 });
  const heavyBall = momentum({ learningRate: 0.1, momentum: 0.5 });
  const { parameters, state } = heavyBall.step({ x: 3 }, { x: 2 }, heavyBall.init({ x: 3 }));
  assert.equal(parameters, { x: 2.8 });
  assert.equal(heavyBall.step(parameters, { x: 2 }, state).parameters, { x: 2.5 });
});

optimizers("a loop by hand", () => {
  const optimizer = adam({ learningRate: 0.1 });
  let parameters: Values = { x: [2, 3] };
  let state = optimizer.init(parameters);
  ({ parameters, state } = optimizer.step(parameters, { x: [7, 35] }, state));
  assert.ok(Math.abs((parameters.x as Float64Array)[1]! - 2.9) < 1e-9);
  assert.is(state.step, 1);
  assert.is(state.slots.beta1Power.x, 0.9);
});

/** Sign descent, of a rule that may be wrong. */
function own(rule: Rule, slots: Slots = {}, learningRate = 0.1): Optimizer {
  return defineOptimizer({ name: "own", slots, hyperparameters: { learningRate }, rule });
}

optimizers("an optimizer of one's own", () => {
  const signDescent = own((parameter, gradient) => ({
    parameter: subtract(parameter, multiply(0.5, sign(gradient))),
    slots: {},
  }));
  const state = signDescent.init({ x: [1, 2, 3] });
  assert.equal(
    signDescent.step({ x: [1, 2, 3] }, { x: [5, -5, 0] }, state).parameters.x,
    Float64Array.of(0.5, 2.5, 3),
  );
});

optimizers("a wrong rule is told what it must give", () => {
  const slots = { mean: { initial: 0 }, count: { initial: 1, scalar: true } };
  const start = { x: [1, 2] };
  const step = (rule: Rule) => {
    const optimizer = own(rule, slots);
    return optimizer.step(start, start, optimizer.init(start));
  };
  assert.throws(
    () => step((parameter, _g, given) => ({ parameter: sum(parameter), slots: given })),
    /own: the rule must give the parameter as an expression of shape \(2\), not an expression of shape \(\)/,
  );
  assert.throws(
    () => step((parameter, _g, { mean }) => ({ parameter, slots: { mean: mean! } })),
    /own: the rule must give the slot "count" as an expression of shape \(\), not undefined/,
  );
  assert.throws(
    () => step((parameter, _g, { mean }) => ({ parameter, slots: { mean: mean!, count: mean! } })),
    /own: the rule must give the slot "count" as an expression of shape \(\), not an expression of shape \(2\)/,
  );
  assert.throws(
    () => own(() => ({}) as never, {}, Number.NaN),
    /own: learningRate is NaN; it must be finite/,
  );
});

optimizers("a rule is traced once for each shape", () => {
  let traced = 0;
  const optimizer = own((parameter) => {
    traced++;
    return { parameter, slots: {} };
  });
  const start = { a: [1, 2], b: [3, 4], c: [[5, 6]], d: 7, e: 8 };
  let state = optimizer.init(start);
  for (let i = 0; i < 3; i++) ({ state } = optimizer.step(start, start, state));
  assert.is(traced, 3);
});

optimizers("shapes outlast the first step, which gives flat arrays", () => {
  const shapes: string[] = [];
  const optimizer = own((parameter) => {
    shapes.push(parameter.shape.join("×"));
    return { parameter, slots: {} };
  });
  let now: { parameters: Values; state: ReturnType<typeof optimizer.init> } = {
    parameters: { x: [[1, 2]] },
    state: optimizer.init({ x: [[1, 2]] }),
  };
  for (let i = 0; i < 3; i++) now = optimizer.step(now.parameters, { x: Float64Array.of(1, 1) }, now.state);
  assert.equal(shapes, ["1×2"]);
});

optimizers("empty and missing tensors", () => {
  const optimizer = adam({ learningRate: 0.1 });
  const start = { x: new Float64Array(0), y: 1 };
  const { parameters } = optimizer.step(start, start, optimizer.init(start));
  assert.equal(parameters.x, new Float64Array(0));
  assert.equal(optimizer.step({}, {}, optimizer.init({})).parameters, {});
});

optimizers("the types know names, kinds and options", () => {
  const optimizer = adam({ learningRate: 0.1 });
  const start = { x: 1, w: [1, 2] };
  const state = optimizer.init(start);
  const { parameters } = optimizer.step(start, start, state);
  const x: number = parameters.x;
  const w: Float64Array = parameters.w;
  assert.ok(x < 1 && w.length === 2);
  const mean: number | Float64Array = state.slots.mean.x;
  assert.is(mean, 0);
  // @ts-expect-error: the rate is required
  assert.throws(() => adam({}));
  // @ts-expect-error: a misspelled option
  assert.throws(() => adam({ learningRate: 0.1, beta3: 0.5 }));
  // @ts-expect-error: a switch isn't a number
  assert.throws(() => adam({ learningRate: 0.1, amsgrad: 1 }));
  // @ts-expect-error: a gradient is missing
  assert.throws(() => optimizer.step(start, { x: 1 }, state));
  // @ts-expect-error: no such slot
  assert.is(state.slots.velocity, undefined);
  trace({ x: vector(2) }, ({ x }) => {
    const next: Expr<[2]> = optimizer.update({ x }, { x }, optimizer.initialSlots({ x }), 1).parameters.x;
    // @ts-expect-error: the literal shape is kept
    const wrong: Expr<[3]> = next;
    return wrong;
  });
});

optimizers("expressions and numbers stay apart", () => {
  trace({ x: vector(2) }, ({ x }) => {
    const optimizer = adam({ learningRate: 0.1 });
    assert.throws(
      () => optimizer.init({ x } as never),
      /parameters "x": expected a number or an array of numbers/,
    );
    assert.throws(
      () => adam({ learningRate: x }),
      /adam: learningRate is an expression of shape \(2\); it must be/,
    );
    return x;
  });
});

optimizers("when the rate changes, it matters whether it is inside the velocity", () => {
  const rates = [0.1, 0.05, 0.2];
  const learningRate = (step: Expr) => {
    const later = where(equal(step, 2), rates[1]!, rates[2]!);
    return where(equal(step, 1), rates[0]!, later) as Expr;
  };
  const run = (optimizer: Optimizer) => {
    let parameters: Values = { x: 3 };
    let state = optimizer.init(parameters);
    for (let i = 0; i < 3; i++) ({ parameters, state } = optimizer.step(parameters, { x: 2 }, state));
    return parameters.x as number;
  };
  // A constant gradient of 2, which RMSprop without memory (β = 0) turns into 1.
  for (const [make, push] of [
    [momentum, 2],
    [(given: MomentumOptions) => rmsprop({ ...given, beta: 0, epsilon: 0 }), 1],
  ] as const) {
    let inside = 3;
    let outside = 3;
    let [steps, gradients] = [0, 0];
    for (const rate of rates) {
      steps = 0.5 * steps - rate * push;
      gradients = 0.5 * gradients + push;
      inside += steps;
      outside -= rate * gradients;
    }
    const options = { learningRate, momentum: 0.5 };
    assert.ok(Math.abs(run(make(options)) - inside) < 1e-15);
    assert.ok(Math.abs(run(make({ ...options, learningRateInsideVelocity: false })) - outside) < 1e-15);
  }
});

optimizers("a centered mean square isn't rounded below 0", () => {
  const optimizer = rmsprop({ learningRate: 0.1, beta: 0.5, centered: true });
  let parameters: Values = { x: 0 };
  let state = optimizer.init(parameters);
  for (let i = 0; i < 200; i++) ({ parameters, state } = optimizer.step(parameters, { x: 0.7 }, state));
  assert.ok(Number.isFinite(parameters.x));
});

optimizers.run();
