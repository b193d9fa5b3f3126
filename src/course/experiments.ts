/** The experiments of the course: its objectives, optimizers and hyperparameters, with gradients from the graph. */
import { add, type Expr, matmul } from "../../graph/index.js";
import { adagrad, adam, gradientDescent, momentum, type Optimizer, rmsprop } from "../../optimizers/index.js";
import { type Table, tableMatrix } from "../data/index.js";
import { halfMeanSquaredError, meanSquaredError } from "../nn/index.js";
import { cubic, type Objective, saddle, weightedSphere } from "../objectives/index.js";
import { minimize, type Run, type Training, train } from "../runs/index.js";

/** The optimizers of the course by their short names, ε inside the root and β₂ = 0.99 as there. */
export const courseOptimizers = {
  gd: (learningRate: number): Optimizer => gradientDescent({ learningRate }),
  adagrad: (learningRate: number): Optimizer =>
    adagrad({ learningRate, epsilon: 1e-7, epsilonInsideSqrt: true }),
  rmsprop: (learningRate: number): Optimizer =>
    rmsprop({ learningRate, beta: 0.9, epsilon: 1e-7, epsilonInsideSqrt: true }),
  momentum: (learningRate: number): Optimizer => momentum({ learningRate, momentum: 0.9 }),
  adam: (learningRate: number): Optimizer =>
    adam({ learningRate, beta1: 0.9, beta2: 0.99, epsilon: 1e-7, epsilonInsideSqrt: true }),
} as const;

export type CourseOptimizer = keyof typeof courseOptimizers;

/** Learning rate and steps of each optimizer. */
type Settings = Readonly<Record<CourseOptimizer, readonly [learningRate: number, steps: number]>>;

/** A run of one optimizer on one objective of the plane. */
export interface PlaneRun {
  readonly experiment: string;
  readonly optimizer: CourseOptimizer;
  readonly objective: Objective;
  readonly start: readonly number[];
  readonly run: Run<{ x: [number] }>;
}

const plane: readonly { name: string; objective: Objective; start: readonly number[]; settings: Settings }[] =
  [
    {
      name: "sphere",
      objective: weightedSphere([0.2, 2]),
      start: [3, 4],
      settings: {
        gd: [0.2, 20],
        adagrad: [0.5, 50],
        rmsprop: [0.1, 50],
        momentum: [0.01, 50],
        adam: [0.2, 20],
      },
    },
    {
      name: "cubic",
      objective: cubic,
      start: [2, 3],
      settings: {
        gd: [0.01, 150],
        adagrad: [0.5, 150],
        rmsprop: [0.1, 150],
        momentum: [0.01, 150],
        adam: [0.1, 150],
      },
    },
    {
      name: "saddle",
      objective: saddle,
      start: [1e-5, 0.5],
      settings: {
        gd: [0.05, 100],
        adagrad: [0.05, 100],
        rmsprop: [0.05, 100],
        momentum: [0.05, 100],
        adam: [0.05, 100],
      },
    },
  ];

/** The sphere, the cubic race and the saddle race: five optimizers each, every one of them taking all its steps. */
export function runPlaneExperiments(): PlaneRun[] {
  return plane.flatMap(({ name, objective, start, settings }) =>
    (Object.keys(settings) as CourseOptimizer[]).map((optimizer) => {
      const [learningRate, steps] = settings[optimizer];
      const run = minimize(objective.f, { x: start }, courseOptimizers[optimizer](learningRate), {
        steps,
        tolerance: 0,
      });
      return { experiment: name, optimizer, objective, start, run };
    }),
  );
}

/** Where the course starts its linear fit. */
const linearStart = { W: [[1.5409961], [-0.2934289]], b: [0] };

const linearRates: Readonly<Record<CourseOptimizer, number>> = {
  gd: 0.01,
  adagrad: 0.1,
  rmsprop: 0.1,
  momentum: 0.01,
  adam: 0.1,
};

export interface LinearFit {
  readonly optimizer: CourseOptimizer;
  readonly start: typeof linearStart;
  readonly training: Training<typeof linearStart>;
}

/**
 * The linear fit: 30 epochs in batches of 64, in the order of the data. As in the course, the steps follow the
 * gradient of half the mean squared error, and the loss that is reported is the whole.
 */
export function runLinearFits(table: Table): LinearFit[] {
  const data = {
    X: { data: tableMatrix(table, ["x1", "x2"]), shape: [table.rows, 2] },
    y: { data: tableMatrix(table, ["y"]), shape: [table.rows, 1] },
  };
  const outputs = ({ X, W, b }: { readonly X: Expr; readonly W: Expr; readonly b: Expr }): Expr =>
    add(matmul(X, W), b);
  return (Object.keys(linearRates) as CourseOptimizer[]).map((optimizer) => ({
    optimizer,
    start: linearStart,
    training: train(
      (inputs) => halfMeanSquaredError(outputs(inputs), inputs.y),
      linearStart,
      data,
      courseOptimizers[optimizer](linearRates[optimizer]),
      { batchSize: 64, epochs: 30, metric: (inputs) => meanSquaredError(outputs(inputs), inputs.y) },
    ),
  }));
}
