import { suite } from "uvu";
import * as assert from "uvu/assert";
import { add, type Expr, matmul, mean, multiply, square, subtract } from "../graph/index.js";
import { adam, gradientDescent } from "../optimizers/index.js";
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
  const found = [...(fit.parameters.W as Float64Array), ...(fit.parameters.b as Float64Array)];
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

training("the metric is reported instead of the objective", () => {
  const half = (inputs: Inputs): Expr => multiply(0.5, loss(inputs)) as Expr;
  const options = { batchSize: 5, epochs: 1 };
  const plain = train(half, start, { X, y }, descent, options);
  const whole = train(half, start, { X, y }, descent, { ...options, metric: loss });
  plain.iterationLosses.forEach((value, i) => {
    assert.ok(Math.abs(2 * value - whole.iterationLosses[i]!) < 1e-12);
  });
  assert.equal([...(plain.parameters.W as Float64Array)], [...(whole.parameters.W as Float64Array)]);
});

training("diverges at the last finite parameters, and stops when told to", () => {
  const wild = train(loss, start, { X, y }, gradientDescent({ learningRate: 1e200 }), {
    batchSize: 5,
    epochs: 20,
  });
  assert.is(wild.status, "diverged");
  assert.ok([...(wild.parameters.W as Float64Array)].every(Number.isFinite));
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
  "a batch beyond the data",
  () => train(loss, start, { X, y }, descent, { ...options, batchSize: 11 }),
  /batchSize 11 is more than the 10 samples/,
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
refused(
  "a name that is both",
  () => train(loss, { ...start, X: [1] }, { X, y }, descent, options),
  /"X" is in both start and data/,
);

training.run();
