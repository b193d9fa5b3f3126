/** Valid calls of least squares and fits, of their figure, and of what they make. */
import { add, type Expr, exp, multiply, scalar, subtract, trace } from "adjoint";
import { curveFit, levenbergMarquardt } from "adjoint/solvers";
import type { Examples, Made } from "./examples.js";

const of = (...calls: Examples["calls"][number][]): Examples => ({ calls });

type Inputs = Readonly<Record<string, Expr>>;

const line = trace({ a: scalar(), b: scalar() }, ({ a, b }) =>
  subtract(add(multiply(a, [0, 1, 2, 3]), b), [1, 3, 5, 7.5]),
);
const growth = ({ a, k, x }: Inputs) => multiply(a!, exp(multiply(k!, x!)));
const data = () => ({ x: [0, 1, 2, 3, 4], y: Float64Array.of(2, 3.3, 5.4, 9, 15) });
const start = () => ({ a: 2, k: 0.5 });
const limits = { steps: 20, maxEvaluations: 50, maxTime: 1000, tolerance: 1e-8 };
const fit = curveFit(growth as never, { a: 2, k: 0.5 }, data());
const apart = curveFit(growth as never, { a: 2, k: 0.5 }, { m: data(), n: data() }, { own: ["a"] });
/** What is far off isn't a mistake in numbers that are only numbers. */
const work = /^3\.(steps|maxEvaluations|maxTime|starts)$/;

export const fits: Readonly<Record<string, Examples>> = {
  levenbergMarquardt: of(() => [{ initialRadius: 1, acceleration: false, jacobian: "matrix" }]),
  gaussNewton: of(() => [{ initialRadius: 1, jacobian: "products" }]),
  leastSquares: {
    ...of(
      () => [line, { a: 1, b: 0 }],
      () => [
        line,
        { a: 1, b: 0 },
        levenbergMarquardt(),
        {
          ...{ ...limits, bounds: { a: { lower: 0, upper: 1.5 } }, weights: [1, 2, 1, 0.5] },
          ...{ loss: "huber", lossScale: 0.1, trajectory: true, memoryLimit: 1000, onStep: () => true },
        },
      ],
    ),
    rarity: 2,
    maps: [1],
    free: /^2\./,
    work,
  },
  leastSquaresAsync: {
    ...of(() => [
      line,
      { a: 1, b: 0 },
      undefined,
      { steps: 10, timeBudget: 1, signal: new AbortController().signal, onStep: () => true },
    ]),
    rarity: 2,
    maps: [1],
    free: /^(2|3\.signal)\./,
    work: /^3\.(steps|timeBudget)$/,
  },
  curveFit: {
    ...of(
      () => [growth, start(), data()],
      () => [
        growth,
        start(),
        data(),
        {
          ...{ ...limits, response: "y", sigma: 0.1, absoluteSigma: true, weights: [1, 1, 2, 1, 1] },
          ...{ fixed: ["a"], bounds: { k: { lower: 0, upper: 2 } }, loss: "softL1", lossScale: 2 },
          ...{ level: 0.9, starts: 2, seed: 1, solver: levenbergMarquardt(), expressions: {} },
        },
      ],
      () => [
        growth,
        start(),
        { ...data(), group: ["m", "n", "m", "n", "m"] },
        { ...limits, groups: "group", own: ["a"], xSigma: { x: 0.1 } },
      ],
    ),
    rarity: 4,
    limit: 5000,
    maps: [1, 2],
    free: /^3\.(solver|expressions)/,
    work,
  },
  curveFitAsync: {
    ...of(() => [
      growth,
      start(),
      data(),
      {
        steps: 10,
        starts: 2,
        seed: 1,
        timeBudget: 1,
        signal: new AbortController().signal,
        onProgress: () => 0,
      },
    ]),
    rarity: 2,
    maps: [1, 2],
    free: /^3\.signal\./,
    work: /^3\.(steps|timeBudget|starts)$/,
  },
  guessStart: { ...of(() => ["powerLaw", { x: [1, 2, 4], y: [3, 12, 48] }]), maps: [1] },
  fitFigure: {
    ...of(
      () => [
        { fit, title: "A title", labels: ["t", "cells"], bands: "both", residuals: true, scale: "linear" },
      ],
      () => [{ fit: apart, colors: ["red", "blue"], range: [0, 5], predictor: "x", width: 300, height: 240 }],
    ),
    limit: 10_000,
    rarity: 8,
    free: /^0\.fit/,
  },
};

export const madeOfFits: Readonly<Record<string, Made>> = {
  "curveFit(…).predict": {
    make: () => apart.predict,
    names: ["predict"],
    maps: [0],
    ...of(() => [{ x: [0, 1.5] }, { group: "n", sigma: [0.1, 0.2] }]),
  },
  "curveFit(…).profile": { make: () => fit.profile, names: ["profile"], ...of(() => ["k"]) },
  "curveFit(…).bootstrap": {
    make: () => fit.bootstrap,
    names: ["bootstrap"],
    work: /^0\.samples$/,
    ...of(() => [{ samples: 4, seed: 1 }]),
  },
};
