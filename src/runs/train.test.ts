import { suite } from "uvu";
import * as assert from "uvu/assert";
import { add, type Expr, matmul, mean, multiply, reshape, square, subtract } from "../../graph/index.js";
import { adam, gradientDescent } from "../../optimizers/index.js";
import { train } from "./train.js";

type Inputs = Readonly<Record<string, Expr>>;

const loss = ({ X, y, W, b }: Inputs): Expr => mean(square(subtract(add(matmul(X!, W!), b!), y!)));
const start = { W: [[0], [0]], b: [0] };
const X = Array.from({ length: 10 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const y = X.map(([p, q]) => [2 * p! - q! + 0.5]);
const descent = gradientDescent({ learningRate: 0.1 });

const training = suite("train");

training("finds the line behind exact data", () => {
  const fit = train(loss, start, { X, y }, adam({ learningRate: 0.1 }), { batchSize: 4, epochs: 400 });
  assert.is(fit.status, "completed");
  const found = [...fit.parameters.W, ...fit.parameters.b];
  found.forEach((value, i) => {
    assert.ok(Math.abs(value - [2, -1, 0.5][i]!) < 1e-4, String(found));
  });
});

training("steps by hand: batches in order, the last one smaller, losses before the step", () => {
  const fit = train(loss, start, { X, y }, descent, { batchSize: 4, epochs: 2 });
  let [w0, w1, b] = [0, 0, 0];
  const losses: number[] = [];
  for (let epoch = 0; epoch < 2; epoch++) {
    for (const rows of [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]) {
      const errors = rows.map((i) => X[i]![0]! * w0 + X[i]![1]! * w1 + b - y[i]![0]!);
      losses.push(errors.reduce((total, error) => total + error ** 2, 0) / rows.length);
      const slope = (factor: (i: number) => number) =>
        (2 * rows.reduce((total, i, k) => total + errors[k]! * factor(i), 0)) / rows.length;
      const slopes = [slope((i) => X[i]![0]!), slope((i) => X[i]![1]!), slope(() => 1)] as const;
      [w0, w1, b] = [w0 - 0.1 * slopes[0], w1 - 0.1 * slopes[1], b - 0.1 * slopes[2]];
    }
  }
  assert.is(fit.iterations, 6);
  assert.is(fit.epochs, 2);
  losses.forEach((expected, i) => {
    assert.ok(Math.abs(fit.iterationLosses[i]! - expected) < 1e-12);
  });
  assert.ok(Math.abs(fit.epochLosses[1]! - (losses[3]! + losses[4]! + losses[5]!) / 3) < 1e-12);
  const after = fit.parametersAfterEpoch;
  [w0, w1].forEach((expected, i) => {
    assert.ok(Math.abs(after.W[2 + i]! - expected) < 1e-12);
  });
  assert.ok(Math.abs(after.b[1]! - b) < 1e-12);
});

training("shuffling is the same for the same seed, and visits every sample once an epoch", () => {
  const options = { batchSize: 10, epochs: 1 };
  const inOrder = train(loss, start, { X, y }, descent, options);
  const shuffled = train(loss, start, { X, y }, descent, { ...options, shuffle: 5 });
  // One batch of all samples: the order changes the rounding at most.
  assert.ok(Math.abs(inOrder.iterationLosses[0]! - shuffled.iterationLosses[0]!) < 1e-12);
  const small = { batchSize: 3, epochs: 3 };
  const run = (shuffle: number) => [
    ...train(loss, start, { X, y }, descent, { ...small, shuffle }).iterationLosses,
  ];
  assert.equal(run(1), run(1));
  assert.not.equal(run(1), run(2));
});

training("a batch beyond the data is all of it", () => {
  const fit = (batchSize: number) => train(loss, start, { X, y }, descent, { batchSize, epochs: 3 });
  assert.equal(fit(11), fit(10));
  assert.is(fit(2 ** 30).iterations, 3);
});

training("the metric is reported instead of the objective", () => {
  const half = (inputs: Inputs): Expr => multiply(0.5, loss(inputs)) as Expr;
  const options = { batchSize: 5, epochs: 1 };
  const plain = train(half, start, { X, y }, descent, options);
  const whole = train(half, start, { X, y }, descent, { ...options, metric: loss });
  plain.iterationLosses.forEach((value, i) => {
    assert.ok(Math.abs(2 * value - whole.iterationLosses[i]!) < 1e-12);
  });
  assert.equal([...plain.parameters.W], [...whole.parameters.W]);
});

training("diverges at the last finite parameters, and stops when told to", () => {
  const wild = train(loss, start, { X, y }, gradientDescent({ learningRate: 1e200 }), {
    batchSize: 5,
    epochs: 20,
  });
  assert.is(wild.status, "diverged");
  assert.ok([...wild.parameters.W].every(Number.isFinite));
  assert.ok(wild.iterationLosses.every(Number.isFinite));
  const epochs: number[] = [];
  const stopped = train(loss, start, { X, y }, descent, {
    batchSize: 5,
    epochs: 20,
    onEpoch({ epoch }) {
      epochs.push(epoch);
      return epoch < 3;
    },
  });
  assert.is(stopped.status, "stopped");
  assert.equal(epochs, [1, 2, 3]);
});

/** y ≈ w·x by one number. */
const slopeLoss = ({ x, y, w }: { x: Expr; y: Expr; w: Expr }): Expr =>
  mean(square(subtract(multiply(x, w), y)));

training("scalar parameters are numbers, flat samples one number each", () => {
  const fit = train(slopeLoss, { w: 0 }, { x: [1, 2, 3], y: [2, 4, 6] }, descent, {
    batchSize: 3,
    epochs: 50,
  });
  const w: number = fit.parameters.w;
  assert.ok(Math.abs(w - 2) < 1e-9);
  assert.is(fit.parametersAfterEpoch.w.length, 50);
});

training("samples may come flat with their shape, and of any rank", () => {
  const flat = { data: Float64Array.from(X.flat()), shape: [10, 2] };
  const deep = { data: Float64Array.from(y.flat()), shape: [10, 1, 1] };
  const options = { batchSize: 4, epochs: 2 };
  const fit = train(
    ({ X, y, W, b }) => loss({ X, y: reshape(y, [y.shape[0]!, 1]), W, b }),
    start,
    { X: flat, y: deep },
    descent,
    options,
  );
  assert.equal(fit.parameters.W, train(loss, start, { X, y }, descent, options).parameters.W);
});

training("names may be any", () => {
  const own = "__proto__";
  const fit = train(
    (inputs) => slopeLoss({ x: inputs.constructor as Expr, y: inputs.y, w: inputs[own] as Expr }),
    { [own]: 0 },
    { constructor: [1, 2], y: [2, 4] } as { constructor: number[]; y: number[] },
    descent,
    { batchSize: 2, epochs: 60 },
  );
  assert.ok(Math.abs((fit.parameters[own] as number) - 2) < 1e-9);
});

training("a step to parameters that aren't finite isn't taken, the last one either", () => {
  const fit = train(
    slopeLoss,
    { w: 0 },
    { x: [1e100], y: [1e100] },
    gradientDescent({ learningRate: 1e200 }),
    {
      batchSize: 1,
      epochs: 1,
    },
  );
  assert.equal([fit.status, fit.iterations, fit.epochs, fit.parameters.w], ["diverged", 0, 0, 0]);
  assert.is(fit.iterationLosses.length, 0);
});

training("where an epoch ends in divergence, the ones before it stay complete", () => {
  // Each step multiplies the error by −3; the loss overflows in the middle of an epoch or at its end.
  for (const batches of [1, 2, 3, 5, 7]) {
    const ones = new Float64Array(batches).fill(1);
    const fit = train(slopeLoss, { w: 2 }, { x: ones, y: ones }, gradientDescent({ learningRate: 2 }), {
      batchSize: 1,
      epochs: 1000,
    });
    assert.is(fit.status, "diverged");
    assert.is(fit.iterations, fit.iterationLosses.length);
    assert.is(fit.epochs, Math.floor(fit.iterations / batches));
    assert.is(fit.epochLosses.length, fit.epochs);
    assert.is(fit.parametersAfterEpoch.w.length, fit.epochs);
    assert.ok(Number.isFinite(fit.parameters.w));
    if (fit.iterations % batches === 0) assert.is(fit.parametersAfterEpoch.w.at(-1), fit.parameters.w);
  }
});

training("what a callback is given is its own", () => {
  const kept: Float64Array[] = [];
  const fit = train(loss, start, { X, y }, descent, {
    batchSize: 5,
    epochs: 3,
    onEpoch({ parameters }) {
      kept.push(parameters.W);
      kept.at(-2)?.fill(Number.NaN);
    },
  });
  assert.equal(kept[2], fit.parameters.W);
  assert.ok(fit.parametersAfterEpoch.W.every(Number.isFinite));
});

training("the given arrays are left alone", () => {
  const samples = { X: X.map((row) => [...row]), y: y.map((row) => [...row]) };
  const given = { W: Float64Array.of(0), b: [0] };
  train(({ X, y, W, b }) => mean(square(subtract(add(multiply(X, W), b), y))), given, samples, descent, {
    batchSize: 3,
    epochs: 2,
    shuffle: 1,
  });
  assert.equal(samples, { X, y });
  assert.equal(given.W, Float64Array.of(0));
});

training("names and kinds are known to the compiler", () => {
  const check = () => {
    const options = { batchSize: 1, epochs: 1 };
    const fit = train(slopeLoss, { w: 0 }, { x: [1], y: [1] }, descent, options);
    fit.parameters.w satisfies number;
    // @ts-expect-error: there is no such parameter
    fit.parameters.v;
    // @ts-expect-error: there are no such samples
    train(({ z }) => z, { w: 0 }, { x: [1], y: [1] }, descent, options);
    train(loss, start, { X, y }, descent, options).parameters.W satisfies Float64Array;
  };
  assert.type(check, "function");
});

const options = { batchSize: 5, epochs: 1 };
const refused = (name: string, call: () => unknown, message: RegExp) =>
  training(`refused: ${name}`, () => assert.throws(call, message));

refused("no data", () => train(loss, start, {}, descent, options), /there is no data/);
refused(
  "an empty data set",
  () => train(loss, start, { X: [], y: [] }, descent, options),
  /"X" holds no samples/,
);
refused(
  "samples that aren't as many",
  () => train(loss, start, { X, y: y.slice(1) }, descent, options),
  /"X" holds 10 samples and "y" 9/,
);
refused(
  "a batch of none",
  () => train(loss, start, { X, y }, descent, { ...options, batchSize: 0 }),
  /batchSize must be/,
);
refused(
  "epochs that aren't whole",
  () => train(loss, start, { X, y }, descent, { ...options, epochs: 0.5 }),
  /epochs/,
);
refused(
  "a start that isn't finite",
  () => train(loss, { ...start, b: [Number.NaN] }, { X, y }, descent, options),
  /"b" holds NaN/,
);
refused(
  "data that aren't finite",
  () => train(loss, start, { X, y: y.map(() => [Number.POSITIVE_INFINITY]) }, descent, options),
  /"y" holds Infinity/,
);
refused("no start", () => train(loss, undefined as never, { X, y }, descent, options), /start must be/);
refused("an empty start", () => train(loss, {}, { X, y }, descent, options), /not an empty one/);
refused(
  "rows of different lengths",
  () => train(loss, start, { X: [[1, 2], [3]], y: [[1], [2]] }, descent, { ...options, batchSize: 1 }),
  /train: "X": row 0 has shape \(2\) but row 1 has \(1\)/,
);
refused(
  "flat samples that don't fill their shape",
  () => train(loss, start, { X: { data: new Float64Array(9), shape: [5, 2] }, y }, descent, options),
  /train: "X": expected shape \(5×2\), got \(9\)/,
);
refused(
  "an objective that isn't a scalar",
  () => train(({ X, W }) => matmul(X, W), { W: start.W }, { X }, descent, options),
  /the objective must be a scalar, not of shape \(5×1\)/,
);
refused(
  "a metric that isn't a scalar",
  () => train(loss, start, { X, y }, descent, { ...options, metric: ({ X, W }) => matmul(X, W) }),
  /train: the metric must be a scalar, not of shape \(5×1\); sum or mean it/,
);
refused(
  "a seed that is none",
  () => train(loss, start, { X, y }, descent, { ...options, shuffle: -1 }),
  /seed/,
);
refused(
  "a name that is both",
  () => train(loss, { ...start, X: [1] }, { X, y }, descent, options),
  /"X" is in both start and data/,
);

training.run();
