/** The trajectories of the course's rules, of PyTorch and of optax, with gradients from plain formulas. */
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { follow, trajectories } from "../property-tests/support/trajectories.js";
import { adagrad, adam, gradientDescent, momentum, type Optimizer, rmsprop, type Values } from "./index.js";

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

for (const library of ["torch", "optax", "numpy", "closed forms"] as const) {
  const own = trajectories.filter((one) => one.library === library);
  const followed = suite(`optimizers: trajectories of ${library}`);
  followed("all runs are there", () => {
    assert.is(own.length, { torch: 49, optax: 48, numpy: 12, "closed forms": 14 }[library]);
  });
  for (const trajectory of own) {
    followed(trajectory.title, () => {
      for (const optimizer of trajectory.optimizers) follow(optimizer, trajectory);
    });
  }
  followed.run();
}
