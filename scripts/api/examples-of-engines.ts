/** Valid calls of what writes models for other engines. */
import { add, matrix, mean, sgd, square, sum, trace, vector } from "adjoint";
import type { Examples } from "./examples.js";

const f = trace({ x: vector(2) }, ({ x }) => sum(square(x)));
const fit = trace({ w: vector(2), X: matrix(3, 2) }, ({ w, X }) => mean(square(add(X, w))));

export const engines: Readonly<Record<string, Examples>> = {
  toJax: { calls: [() => [f, { name: "f", dtype: "f32" }]] },
  toC: { calls: [() => [f, { name: "f", dtype: "f32" }]] },
  toOnnx: { calls: [() => [f, { name: "f", dtype: "f32" }]] },
  toStableHlo: { calls: [() => [f, { name: "f", dtype: "f32" }]] },
  trainingStep: {
    calls: [() => [{ objective: fit, start: { w: [1, 2] }, optimizer: sgd({ learningRate: 0.1 }) }]],
    // Names are the user's.
    free: /^0\.start/,
  },
  exportJax: {
    calls: [
      () => [
        { objective: fit, start: { w: [1, 2] }, optimizer: sgd({ learningRate: 0.1 }) },
        { name: "fit" },
      ],
    ],
    // Names are the user's.
    free: /^0\.start/,
  },
};
