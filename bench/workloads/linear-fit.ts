/** An epoch of the linear fit: 1000 samples of 2 numbers in 16 batches of 64, a step of gradient descent after each. */
import {
  compile,
  gradientDescent,
  halfMeanSquaredError,
  linear,
  matrix,
  randomSource,
  trace,
  valueAndGrad,
} from "adjoint";
import type { HandWritten, Program, Workload } from "../workload.js";

const samples = 1000;
const batchSize = 64;
const learningRate = 0.03;
const batches = Math.ceil(samples / batchSize);

/** Samples X and their targets y = 0.5x₁ + 0.8x₂ + noise. */
function makeData() {
  const random = randomSource(0);
  const X = random.normals(samples * 2);
  const y = Float64Array.from(
    { length: samples },
    (_, i) => 0.5 * X[2 * i]! + 0.8 * X[2 * i + 1]! + random.normal(0, 0.01),
  );
  return { X, y };
}

/** Writes the loss ½Σ(output − y)²/K of each batch and the parameters W₁, W₂, b after the last one. */
function epochByHand(X: Float64Array, y: Float64Array, losses: Float64Array, parameters: Float64Array): void {
  let w1 = 0;
  let w2 = 0;
  let b = 0;
  for (let k = 0; k < batches; k++) {
    const from = k * batchSize;
    const to = Math.min(from + batchSize, samples);
    let loss = 0;
    let g1 = 0;
    let g2 = 0;
    let gb = 0;
    for (let i = from; i < to; i++) {
      const x1 = X[2 * i]!;
      const x2 = X[2 * i + 1]!;
      const residual = x1 * w1 + x2 * w2 + b - y[i]!;
      loss += residual * residual;
      g1 += residual * x1;
      g2 += residual * x2;
      gb += residual;
    }
    const rate = learningRate / (to - from);
    losses[k] = loss / (2 * (to - from));
    w1 -= rate * g1;
    w2 -= rate * g2;
    b -= rate * gb;
  }
  parameters[0] = w1;
  parameters[1] = w2;
  parameters[2] = b;
}

function byHand(): HandWritten {
  const { X, y } = makeData();
  const losses = new Float64Array(batches);
  const parameters = new Float64Array(3);
  return {
    run: () => {
      epochByHand(X, y, losses, parameters);
    },
    results: () => ({ losses, parameters }),
  };
}

/** One kernel a size of batch: the loss and the parameters after the step. */
function compileStep(size: number) {
  const model = linear({ inputs: 2, outputs: 1 });
  const loss = trace({ X: matrix(size, 2), y: matrix(size, 1), ...model.parameters }, ({ X, y, W, b }) =>
    halfMeanSquaredError(model(X, { W, b }), y),
  );
  const differentiated = valueAndGrad(loss, "W", "b");
  const optimizer = gradientDescent({ learningRate });
  return compile(
    trace({ X: matrix(size, 2), y: matrix(size, 1), ...model.parameters }, ({ X, y, W, b }) => {
      const { value, grad } = differentiated({ X, y, W, b });
      const { parameters } = optimizer.update({ W, b }, grad, {}, 1);
      return { value, W: parameters.W, b: parameters.b };
    }),
  );
}

function byAdjoint(): Program {
  const { X, y } = makeData();
  // Two sets of parameters take turns: a kernel that writes what it reads has to copy it first.
  const sets = [0, 1].map(() => ({ W: new Float64Array(2), b: new Float64Array(1) }));
  const [first, last] = [sets[0]!, sets[batches % 2]!];
  const losses = new Float64Array(batches);
  const step = compileStep(batchSize);
  const lastStep = compileStep(samples % batchSize);
  const calls = Array.from({ length: batches }, (_, k) => {
    const from = k * batchSize;
    const to = Math.min(from + batchSize, samples);
    return {
      inputs: { X: X.subarray(2 * from, 2 * to), y: y.subarray(from, to), ...sets[k % 2]! },
      outputs: { value: losses.subarray(k, k + 1), ...sets[(k + 1) % 2]! },
    };
  });
  return {
    run: () => {
      first.W[0] = 0;
      first.W[1] = 0;
      first.b[0] = 0;
      for (let k = 0; k + 1 < batches; k++) step.into(calls[k]!.inputs, calls[k]!.outputs);
      lastStep.into(calls[batches - 1]!.inputs, calls[batches - 1]!.outputs);
    },
    results: () => ({ losses, parameters: [...last.W, ...last.b] }),
  };
}

export const linearFit: Workload = {
  name: "linear-fit",
  title: "linear fit, an epoch of 1000 samples",
  hand: byHand,
  adjoint: byAdjoint,
  peers: {},
};
