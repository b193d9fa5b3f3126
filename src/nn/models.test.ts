import { suite } from "uvu";
import * as assert from "uvu/assert";
import { matrix, trace, valueAndGrad, vector } from "../../graph/index.js";
import { randomSource } from "../data/random.js";
import { halfMeanSquaredError } from "./losses.js";
import { linear } from "./models.js";

const models = suite("models");

models("a linear model is XW + b", () => {
  const model = linear({ inputs: 2, outputs: 3 });
  const f = trace({ X: matrix(2, 2), ...model.parameters }, ({ X, W, b }) => ({
    outputs: model(X, { W, b }),
  }));
  const { outputs } = f({
    X: [
      [1, 2],
      [3, 4],
    ],
    W: [
      [1, 0, -1],
      [0, 1, 2],
    ],
    b: [10, 20, 30],
  });
  assert.equal(outputs, Float64Array.of(11, 22, 33, 13, 24, 35));
});

models("with half the mean squared error its gradient is the course's, for any batch and widths", () => {
  for (const [K, inputs, outputs] of [
    [1, 1, 1],
    [64, 2, 1],
    [7, 3, 4],
  ] as const) {
    const model = linear({ inputs, outputs });
    const loss = trace(
      { X: matrix(K, inputs), y: matrix(K, outputs), ...model.parameters },
      ({ X, y, W, b }) => halfMeanSquaredError(model(X, { W, b }), y),
    );
    const random = randomSource(K);
    const [X, y] = [random.normals(K * inputs), random.normals(K * outputs)];
    const [W, b] = [random.normals(inputs * outputs), random.normals(outputs)];
    const { value, grad } = valueAndGrad(loss, "W", "b")({ X, y, W, b });

    // The course's manual gradient: ∂W = Xᵀ(outputs − y)/K, ∂b = Σ(outputs − y)/K.
    let squares = 0;
    const manualW = new Float64Array(inputs * outputs);
    const manualB = new Float64Array(outputs);
    for (let k = 0; k < K; k++) {
      for (let o = 0; o < outputs; o++) {
        let residual = b[o]! - y[k * outputs + o]!;
        for (let i = 0; i < inputs; i++) residual += X[k * inputs + i]! * W[i * outputs + o]!;
        squares += residual ** 2;
        manualB[o]! += residual / K;
        for (let i = 0; i < inputs; i++) manualW[i * outputs + o]! += (X[k * inputs + i]! * residual) / K;
      }
    }
    close(value, squares / (2 * K));
    for (const [i, slope] of manualW.entries()) close(grad.W[i]!, slope);
    for (const [i, slope] of manualB.entries()) close(grad.b[i]!, slope);
  }
});

models("a misfit and bad widths are named", () => {
  const model = linear({ inputs: 2, outputs: 1 });
  assert.throws(
    () => trace({ X: matrix(5, 3), ...model.parameters }, ({ X, W, b }) => model(X as never, { W, b })),
    /linear: X has the shape \(5×3\), but the model takes \(samples×2\)/,
  );
  assert.throws(
    () => trace({ X: vector(2), ...model.parameters }, ({ X, W, b }) => model(X as never, { W, b })),
    /linear: X has the shape \(2\)/,
  );
  assert.throws(
    () =>
      trace({ X: matrix(5, 2), W: matrix(2, 3), b: vector(3) }, ({ X, W, b }) => model(X, { W, b } as never)),
    /linear: W has the shape \(2×3\), but the model takes \(2×1\)/,
  );
  const wide = linear({ inputs: 2, outputs: 3 });
  assert.throws(
    () =>
      trace({ X: matrix(5, 2), W: matrix(2, 3), b: vector(1) }, ({ X, W, b }) => wide(X, { W, b } as never)),
    /linear: b has the shape \(1\), but the model takes \(3\)/,
  );
  for (const inputs of [0, -1, 1.5, Number.NaN]) {
    assert.throws(
      () => linear({ inputs, outputs: 1 }),
      new RegExp(`linear: inputs must be a whole number of at least 1, not ${inputs}`),
    );
  }
  assert.throws(
    () => linear({ inputs: 1, outputs: 0 }),
    /linear: outputs must be a whole number of at least 1, not 0/,
  );
});

function close(got: number, expected: number): void {
  assert.ok(Math.abs(got - expected) <= 1e-12 * Math.max(1, Math.abs(expected)), `${got} is not ${expected}`);
}

models.run();
