/** When runs end, and what they say then. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  adam,
  add,
  divide,
  type Expr,
  gradientDescent,
  log,
  matmul,
  mean,
  minimize,
  multiply,
  scalar,
  sqrt,
  square,
  subtract,
  sum,
  trace,
  train,
  vector,
} from "../index.js";

const stopping = suite("stopping");

// On x², descent with rate 0.25 halves x: after k steps it is 2⁻ᵏ, the value 4⁻ᵏ, the gradient 2·2⁻ᵏ.
const parabola = trace({ x: scalar() }, ({ x }) => square(x));
// The same where the loop isn't generated: all other elements are 0.
const many = trace({ x: vector(300) }, ({ x }) => sum(square(x)));
const halving = gradientDescent({ learningRate: 0.25 });

function both(options: object) {
  const none = { steps: 60, tolerance: 0, ...options };
  const one = minimize(parabola, { x: 1 }, halving, none);
  const other = minimize(many, { x: Float64Array.of(1, ...new Float64Array(299)) }, halving, none);
  assert.equal([other.status, other.steps, other.evaluations], [one.status, one.steps, one.evaluations]);
  return one;
}

const ends: readonly (readonly [
  title: string,
  options: object,
  status: string,
  steps: number,
  message: RegExp,
])[] = [
  [
    "gradient, absolute",
    { tolerance: 2 ** -9 },
    "converged",
    10,
    /No element of the gradient is larger than 0\.00195/,
  ],
  [
    "gradient, absolute by name",
    { tolerance: { absolute: 2 ** -9 } },
    "converged",
    10,
    /No element of the gradient/,
  ],
  [
    "gradient, relative",
    { tolerance: { relative: 2 ** -7 } },
    "converged",
    7,
    /0\.0078125 times that at the start/,
  ],
  // From k − 1 to k the value changes by 3·4⁻ᵏ, a quarter of it is left: the relative change is 3/4 always.
  ["value, absolute", { valueTolerance: 3 * 4 ** -6 }, "converged", 6, /The last step changed the value by/],
  ["value, relative", { valueTolerance: { relative: 0.75 } }, "converged", 1, /within valueTolerance/],
  [
    "value, relative, not reached",
    { valueTolerance: { relative: 0.74 } },
    "max-steps",
    60,
    /All 60 steps are taken/,
  ],
  ["step, absolute", { stepTolerance: 2 ** -5 }, "converged", 5, /moved no element by more than 0\.03125/],
  ["step, relative", { stepTolerance: { relative: 1 } }, "converged", 1, /within stepTolerance/],
  ["step, relative, not reached", { stepTolerance: { relative: 0.9 } }, "max-steps", 60, /All 60 steps/],
  ["evaluations", { maxEvaluations: 12 }, "max-evaluations", 11, /evaluated 12 times/],
  ["one evaluation", { maxEvaluations: 1 }, "max-evaluations", 0, /evaluated 1 times/],
  [
    "either bound is enough",
    { tolerance: { absolute: 1e-30, relative: 2 ** -3 } },
    "converged",
    3,
    /at the start/,
  ],
];
for (const [title, options, status, steps, message] of ends) {
  stopping(title, () => {
    const run = both(options);
    assert.equal([run.status, run.steps, run.evaluations], [status, steps, steps + 1]);
    assert.match(run.message, message);
  });
}

stopping("patience: steps without a value below the least", () => {
  // x ↦ −x: the value stays what it was at the start.
  const flipping = gradientDescent({ learningRate: 1 });
  const run = minimize(parabola, { x: 1 }, flipping, { patience: 5 });
  assert.equal([run.status, run.steps], ["stalled", 5]);
  assert.match(run.message, /No step of the last 5 was better than the one with 1/);
  assert.is(
    minimize(parabola, { x: 1 }, halving, { patience: 1, steps: 20, tolerance: 0 }).status,
    "max-steps",
  );
});

stopping("time", () => {
  const run = minimize(parabola, { x: 1 }, gradientDescent({ learningRate: 1e-9 }), {
    ...{ steps: 1e9, tolerance: 0, maxTime: 30, trajectory: false },
  });
  assert.equal([run.status, run.message], ["max-time", "The run took the 30 ms that maxTime allows."]);
  assert.ok(run.steps > 0 && run.steps < 1e9 && run.value === run.parameters.x ** 2);
});

type Inputs = Readonly<Record<"x" | "y" | "w", Expr>>;
const line = ({ x, y, w }: Inputs): Expr => mean(square(subtract(multiply(x, w), y)));
const data = { x: [1, 2, 3, 4], y: [2, 4, 6, 8] };
const fitting = { batchSize: 2, epochs: 50 };

stopping("train: a change of the loss of epochs, their patience, and bounds on steps", () => {
  const fit = (options: object, learningRate = 0.02) =>
    train(line, { w: 0 }, data, gradientDescent({ learningRate }), { ...fitting, ...options });
  const small = fit({ valueTolerance: { relative: 0.1 } }, 0.001);
  assert.is(small.status, "converged");
  assert.match(small.message, /The last epoch changed the value/);
  const [before, last] = small.epochLosses.slice(-2) as unknown as [number, number];
  assert.ok(Math.abs(last - before) <= 0.1 * before);
  assert.equal(fit({ maxEvaluations: 7 }).status, "max-evaluations");
  assert.is(fit({ maxEvaluations: 7 }).iterations, 6);
  assert.is(fit({ tolerance: 1e-3 }).status, "converged");
  assert.is(fit({ stepTolerance: 1e-6 }).status, "converged");
  // No step at all: the second epoch isn't better than the first.
  const stalled = fit({ patience: 3 }, 0);
  assert.equal([stalled.status, stalled.epochs], ["stalled", 4]);
  assert.match(stalled.message, /No epoch of the last 3 was better/);
  assert.equal([fit({}).status, fit({}).message], ["completed", "All 50 epochs are over."]);
});

stopping("a validation set: its metric after each epoch, the best parameters are given back", () => {
  // The data say w = 2, the validation set w = 1: on the way from 0 to 2 its metric falls and rises again.
  const validation = { data: { x: [1, 1], y: [1, 1] } };
  const run = (options: object) =>
    train(line, { w: 0 }, data, gradientDescent({ learningRate: 0.01 }), { ...fitting, ...options });
  const fit = run({ validation });
  const after = fit.parametersAfterEpoch.w;
  assert.equal(
    Array.from(fit.validation),
    Array.from(after, (w) => (w - 1) ** 2),
  );
  const best = Math.min(...fit.validation);
  assert.is(fit.bestEpoch, fit.validation.indexOf(best) + 1);
  assert.is(fit.parameters.w, after[fit.bestEpoch - 1]);
  assert.is(fit.epochs, 50);
  // With patience it ends so many epochs after the best one.
  const early = run({ validation, patience: 4 });
  assert.equal([early.status, early.epochs], ["stalled", fit.bestEpoch + 4]);
  assert.is(early.parameters.w, fit.parameters.w);
  // A metric of its own, and one of which more is better.
  const metric = ({ x, w }: Inputs): Expr => multiply(-1, square(subtract(mean(multiply(x, w)), 1)));
  const own = run({ validation: { ...validation, metric, maximize: true }, patience: 4 });
  assert.equal([own.bestEpoch, own.parameters.w], [fit.bestEpoch, fit.parameters.w]);
  assert.ok(own.validation.every((value) => value <= 0));
  // Without one there is nothing.
  assert.equal([run({}).validation.length, run({}).bestEpoch], [0, 0]);
  const told: unknown[] = [];
  run({ validation, onEpoch: ({ validation }: { validation: number }) => told.push(validation) });
  assert.equal(told, [...fit.validation]);
});

stopping("a validation set that can't be used is refused by name", () => {
  const run = (validation: unknown) => () =>
    train(line, { w: 0 }, data, halving, { ...fitting, validation: validation as never });
  assert.throws(run({ data: { x: [1] } }), /train: "y" is missing in the validation's data/);
  assert.throws(run({ data: { x: [[1]], y: [1] } }), /train: "x" has samples of another shape/);
  assert.throws(
    run({ data: { ...data, z: [1, 2, 3, 4] } }),
    /train: "z" is unknown in the validation's data/,
  );
  assert.throws(run({ data: 5 }), /train: validation: data must be samples by name/);
  assert.throws(run({ data, metrics: () => 0 }), /validation: unknown option "metrics".*metric/);
});

stopping("divergence is told: which gradient or parameter, by which op, of which line", () => {
  const cliff = trace({ layers: [{ w: vector(2) }] }, ({ layers }) => sum(log(layers[0].w)));
  const run = minimize(cliff, { layers: [{ w: [1, 2] }] }, gradientDescent({ learningRate: 1.5 }));
  assert.is(run.status, "diverged");
  assert.match(
    run.message,
    /^After 1 steps, the value isn't finite: log\[0\] gives NaN of layers\.0\.w = -0\.5\.$/,
  );
  const root = trace({ a: scalar(), b: scalar() }, ({ a, b }) => add(square(a), sqrt(b)), {
    debug: true,
  });
  const slope = minimize(root, { a: 1, b: 0 }, halving);
  assert.equal([slope.status, slope.steps], ["diverged", 0]);
  assert.match(
    slope.message,
    /the gradient by "b" isn't finite: .* gives Infinity .*traced at .*stopping\.test\.ts:\d+/,
  );
  const far = minimize(
    trace({ u: scalar(), v: scalar() }, ({ u, v }) => add(square(u), divide(1, v))),
    { u: 1, v: 1e-100 },
    gradientDescent({ learningRate: 1e300 }),
  );
  assert.match(far.message, /After 0 steps, the step leads to "v" with Infinity at element 0\./);
  // Too large to be interpreted: the gradient's name, and its element.
  const large = trace({ x: vector(100_000) }, ({ x }) => sum(log(x)));
  const x = new Float64Array(100_000).fill(1);
  x[7] = 0;
  const found = minimize(large, { x }, halving);
  assert.match(found.message, /the value isn't finite: it holds -Infinity at element 0/);
});

stopping("train tells of divergence with the line of the objective", () => {
  const objective = ({ x, y, w }: Inputs): Expr => mean(log(subtract(multiply(x, w), y)));
  const fit = train(objective, { w: 3 }, data, adam({ learningRate: 1 }), { batchSize: 2, epochs: 9 });
  assert.is(fit.status, "diverged");
  assert.match(
    fit.message,
    /the value isn't finite: log\[0\] gives NaN of .*traced at .*stopping\.test\.ts:\d+/,
  );
  const overflow = train(
    ({ x, w }) => mean(matmul(x, w)),
    { w: [[1e308], [1e308]] },
    { x: [[9, 9]] },
    halving,
    {
      batchSize: 1,
      epochs: 1,
    },
  );
  assert.match(overflow.message, /the value isn't finite: /);
});

stopping("options that can't be used are refused by name", () => {
  const run = (options: object) => () => minimize(parabola, { x: 1 }, halving, options);
  assert.throws(run({ tolerance: { absolut: 1 } }), /minimize: tolerance: unknown option "absolut"/);
  assert.throws(
    run({ valueTolerance: { relative: -1 } }),
    /valueTolerance: a bound must be a finite number ≥ 0/,
  );
  assert.throws(run({ stepTolerance: "1" }), /stepTolerance must be a finite number ≥ 0/);
  assert.throws(run({ maxEvaluations: 0 }), /maxEvaluations must be a whole number of at least 1/);
  assert.throws(run({ maxTime: 0 }), /maxTime must be milliseconds above 0, not 0/);
  assert.throws(run({ patience: 0.5 }), /patience must be a whole number/);
  assert.throws(run({ dtype: "f16" }), /minimize: dtype is "f64" or "f32", not the text "f16"/);
});

stopping("f32: arrays of that kind, near the run in f64", () => {
  const options = { steps: 20, tolerance: 0 };
  const at = { x: Float64Array.from({ length: 300 }, (_, i) => Math.sin(i)) };
  const single = minimize(many, at, halving, { ...options, dtype: "f32" });
  const double = minimize(many, at, halving, options);
  const x: Float32Array = single.parameters.x;
  assert.instance(x, Float32Array);
  assert.instance(single.trajectory.parameters.x, Float32Array);
  for (const [i, value] of double.parameters.x.entries()) {
    assert.ok(Math.abs(x[i]! - value) <= 1e-6 * Math.abs(value));
  }
  const small = minimize(parabola, { x: 1 }, halving, { ...options, dtype: "f32" });
  assert.is(small.parameters.x, 2 ** -20);
  const fit = train(
    line,
    { w: [0] },
    { x: { data: Float32Array.from(data.x), shape: [4] }, y: data.y },
    halving,
    {
      ...{ batchSize: 4, epochs: 1, dtype: "f32" as const, validation: { data } },
    },
  );
  assert.instance(fit.parameters.w, Float32Array);
  assert.instance(fit.parametersAfterEpoch.w, Float32Array);
  assert.is(fit.parameters.w[0], 7.5);
});

stopping.run();
