/** The trajectories of the course's rules and of PyTorch, with gradients from plain formulas. */
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as optimizers from "./index.js";
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  asgd,
  gradientDescent,
  momentum,
  nadam,
  type Optimizer,
  radam,
  rmsprop,
  rprop,
  sgd,
  type Values,
} from "./index.js";
import { optax } from "./presets.js";

type Point = readonly [number, number];

interface Objective {
  value(x: Point): number;
  gradient(x: Point): Point;
}

const objectives: Readonly<Record<string, Objective>> = {
  sphere: { value: ([x, y]) => 0.2 * x * x + 2 * y * y, gradient: ([x, y]) => [0.4 * x, 4 * y] },
  cubic: {
    value: ([x, y]) => x * x + y * y + y * y * y + x * y,
    gradient: ([x, y]) => [2 * x + y, 2 * y + 3 * y * y + x],
  },
  saddle: { value: ([x, y]) => (-x * x) / 2 + y * y, gradient: ([x, y]) => [-x, 2 * y] },
};

/** The point before each step and after the last one. */
function run(optimizer: Optimizer, gradient: (x: Point) => Point, start: Point, steps: number): Point[] {
  const points = [start];
  let parameters: Values = { x: start };
  let state = optimizer.init(parameters);
  for (let i = 0; i < steps; i++) {
    ({ parameters, state } = optimizer.step(parameters, { x: gradient(points[i]!) }, state));
    const [x, y] = parameters.x as Float64Array;
    points.push([x!, y!]);
  }
  return points;
}

function assertClose(actual: number, expected: number, what: string): void {
  if (Object.is(actual, expected)) return;
  const deviation = Math.abs(actual - expected);
  assert.ok(deviation <= 1e-10 * (1 + Math.abs(expected)), `${what}: ${actual} instead of ${expected}`);
}

function read<T>(file: string): T {
  const url = new URL(`../property-tests/reference/${file}`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")) as T;
}

interface CourseRun {
  readonly objective: string;
  readonly optimizer: string;
  readonly start: Point;
  readonly steps: number;
  readonly hyperparameters: { readonly learningRate: number };
  readonly comparableSteps: number;
  readonly points: readonly Point[];
  /** What is infinite is written as text. */
  readonly values: readonly (number | string)[];
  readonly last: Point;
}

/** The file's hyperparameters have the names that the options have. */
const courseForms: Readonly<Record<string, (options: { learningRate: number }) => Optimizer>> = {
  gd: gradientDescent,
  adagrad: (options) => adagrad({ ...options, epsilonInsideSqrt: true }),
  rmsprop: (options) => rmsprop({ ...options, epsilonInsideSqrt: true }),
  momentum,
  adam: (options) => adam({ ...options, epsilonInsideSqrt: true }),
};

const course = suite("optimizers: trajectories of the course");

const courseRuns = read<{ runs: CourseRun[] }>("course-trajectories.json").runs;

course("all fifteen runs are there", () => {
  assert.is(courseRuns.length, 15);
});

for (const reference of courseRuns) {
  course(`${reference.objective}, ${reference.optimizer}`, () => {
    const { value, gradient } = objectives[reference.objective]!;
    const optimizer = courseForms[reference.optimizer]!(reference.hyperparameters);
    const points = run(optimizer, gradient, reference.start, reference.steps);
    const wanted = [...reference.points, reference.last];
    const comparable = reference.comparableSteps + (reference.comparableSteps === reference.steps ? 1 : 0);
    for (let i = 0; i < comparable; i++) {
      points[i]!.forEach((coordinate, k) => {
        assertClose(coordinate, wanted[i]![k]!, `x${k + 1} before step ${i + 1}`);
      });
      if (i < reference.steps)
        assertClose(value(points[i]!), Number(reference.values[i]), `value before step ${i + 1}`);
    }
  });
}

course.run();

interface TorchRun {
  readonly name: string;
  readonly optimizer: string;
  readonly learningRate: number;
  readonly hyperparameters: TorchHyperparameters;
  readonly comparableSteps: number;
  readonly points: readonly Point[];
}

/** PyTorch's names; which are there depends on the optimizer. */
interface TorchHyperparameters {
  readonly momentum: number;
  readonly dampening: number;
  readonly weight_decay: number;
  readonly nesterov: boolean;
  readonly maximize?: boolean;
  readonly lr_decay: number;
  readonly eps: number;
  readonly initial_accumulator_value: number;
  readonly alpha: number;
  readonly centered: boolean;
  readonly betas: readonly [number, number];
  readonly amsgrad: boolean;
  readonly momentum_decay: number;
  readonly rho: number;
  readonly etas: readonly [number, number];
  readonly step_sizes: readonly [number, number];
  readonly lambd: number;
  readonly t0: number;
}

/** What Adam and its kin have in common. */
const adamLike = (learningRate: number, h: TorchHyperparameters) => ({
  learningRate,
  beta1: h.betas[0],
  beta2: h.betas[1],
  epsilon: h.eps,
  weightDecay: h.weight_decay,
  maximize: h.maximize ?? false,
});

const torchForms: Readonly<Record<string, (learningRate: number, h: TorchHyperparameters) => Optimizer[]>> = {
  "torch.optim.SGD": (learningRate, h) => {
    const { momentum: rho, dampening, nesterov, weight_decay: weightDecay, maximize = false } = h;
    const common = { learningRate, weightDecay, maximize };
    const own = sgd({ ...common, momentum: rho, dampening, nesterov });
    if (rho === 0) return [own, gradientDescent(common)];
    // At a constant rate both forms of the velocity are the same.
    const velocities = [true, false].map((learningRateInsideVelocity) =>
      momentum({ ...common, momentum: rho, dampening, nesterov, learningRateInsideVelocity }),
    );
    return [own, ...velocities];
  },
  "torch.optim.Adagrad": (learningRate, h) => [
    adagrad({
      learningRate,
      epsilon: h.eps,
      learningRateDecay: h.lr_decay,
      initialAccumulator: h.initial_accumulator_value,
      weightDecay: h.weight_decay,
    }),
  ],
  "torch.optim.RMSprop": (learningRate, h) =>
    [true, false].map((learningRateInsideVelocity) =>
      rmsprop({
        learningRate,
        beta: h.alpha,
        epsilon: h.eps,
        centered: h.centered,
        momentum: h.momentum,
        weightDecay: h.weight_decay,
        learningRateInsideVelocity,
      }),
    ),
  "torch.optim.Adam": (learningRate, h) => [adam({ ...adamLike(learningRate, h), amsgrad: h.amsgrad })],
  "torch.optim.AdamW": (learningRate, h) => [adamw({ ...adamLike(learningRate, h), amsgrad: h.amsgrad })],
  "torch.optim.NAdam": (learningRate, h) => [
    nadam({ ...adamLike(learningRate, h), momentumDecay: h.momentum_decay }),
  ],
  "torch.optim.RAdam": (learningRate, h) => [radam(adamLike(learningRate, h))],
  "torch.optim.Adamax": (learningRate, h) => [adamax(adamLike(learningRate, h))],
  "torch.optim.Adadelta": (learningRate, h) => [
    adadelta({ learningRate, rho: h.rho, epsilon: h.eps, weightDecay: h.weight_decay }),
  ],
  "torch.optim.Rprop": (learningRate, { etas, step_sizes: sizes }) => [
    rprop({
      ...{ learningRate, decrease: etas[0], increase: etas[1] },
      ...{ smallestStep: sizes[0], largestStep: sizes[1] },
    }),
  ],
  "torch.optim.ASGD": (learningRate, h) => [
    asgd({ learningRate, lambda: h.lambd, alpha: h.alpha, averageFrom: h.t0, weightDecay: h.weight_decay }),
  ],
};

const torch = suite("optimizers: trajectories of PyTorch");

const torchRuns = read<{ runs: TorchRun[] }>("torch-sphere.json").runs;

torch("all thirty runs are there", () => {
  assert.is(torchRuns.length, 30);
});

for (const { name, optimizer, learningRate, hyperparameters, comparableSteps, points: wanted } of torchRuns) {
  torch(name, () => {
    for (const form of torchForms[optimizer]!(learningRate, hyperparameters)) {
      const points = run(form, objectives.sphere!.gradient, [3, 4], wanted.length - 1);
      for (let i = 0; i < comparableSteps; i++) {
        points[i]!.forEach((coordinate, k) => {
          assertClose(coordinate, wanted[i]![k]!, `x${k + 1} before step ${i + 1}`);
        });
      }
    }
  });
}

torch.run();

interface OptaxRun {
  readonly optimizer: string;
  /** Whether optax's defaults aren't those of here, so that its preset is asked for. */
  readonly preset: boolean;
  readonly options: { readonly learningRate: number };
  readonly points: readonly (readonly number[])[];
}

const ofOptax = suite("optimizers: trajectories of optax");

const quadratic = read<{
  readonly stiffness: Tensors;
  readonly target: Tensors;
  readonly start: Tensors;
  readonly runs: readonly OptaxRun[];
}>("optax.json");
type Tensors = { readonly W: readonly number[][]; readonly b: readonly number[] };

/** The gradient of Σ s(p − t)²/2 + W₀₀·b₀, flat: W row by row, then b. */
function quadraticGradient(point: readonly number[]): number[] {
  const [s, t] = [quadratic.stiffness, quadratic.target].map(({ W, b }) => [...W.flat(), ...b]);
  return point.map((x, i) => s![i]! * (x - t![i]!) + (i === 0 ? point[6]! : i === 6 ? point[0]! : 0));
}

const rules = optimizers as unknown as Readonly<Record<string, (options: object) => Optimizer>>;

const presets = optax as unknown as typeof rules;

for (const { optimizer: name, preset, options, points } of quadratic.runs) {
  const make = preset ? presets[name] : rules[name];
  if (!make) continue;
  ofOptax(`${preset ? "optax." : ""}${name} ${JSON.stringify(options)}`, () => {
    const optimizer = make(options);
    let parameters: Values = { ...quadratic.start };
    let state = optimizer.init(parameters);
    let point = [...quadratic.start.W.flat(), ...quadratic.start.b];
    for (const [step, wanted] of points.entries()) {
      const gradient = quadraticGradient(point);
      const gradients = { W: gradient.slice(0, 6), b: gradient.slice(6) };
      ({ parameters, state } = optimizer.step(parameters, gradients, state));
      point = [...(parameters.W as Float64Array), ...(parameters.b as Float64Array)];
      point.forEach((x, i) => {
        assertClose(x, wanted[i]!, `element ${i} after step ${step + 1}`);
      });
    }
  });
}

ofOptax.run();
