import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  adagrad,
  adam,
  add,
  cubic,
  erf,
  gradientDescent,
  log,
  matrix,
  minimize,
  momentum,
  multiply,
  type Optimizer,
  power,
  rmsprop,
  square,
  sum,
  type Traced,
  trace,
  valueAndGrad,
  vector,
} from "../index.js";

/** The run by its definition: the gradient map by the interpreter, the rule on numbers, step by step. */
function reference(
  f: Traced,
  start: Record<string, Float64Array>,
  optimizer: Optimizer,
  steps: number,
  tolerance: number,
) {
  const differentiated = valueAndGrad(f) as (inputs: unknown) => {
    value: number;
    grad: Record<string, Float64Array>;
  };
  const points: Record<string, Float64Array>[] = [];
  const values: number[] = [];
  let parameters = start;
  let state = optimizer.init(parameters);
  const finite = (arrays: object) =>
    Object.values(arrays).every((one: Float64Array) => one.every(Number.isFinite));
  for (;;) {
    const { value, grad } = differentiated(parameters);
    if (!Number.isFinite(value) || !finite(grad)) {
      const [point, last] = [points.pop(), values.pop()];
      return { status: "diverged", points, values, parameters: point ?? parameters, value: last ?? value };
    }
    const norm = Math.max(...Object.values(grad).flatMap((one) => [...one].map(Math.abs)));
    const ended =
      tolerance > 0 && norm <= tolerance ? "converged" : points.length === steps ? "max-steps" : undefined;
    if (ended) return { status: ended, points, values, parameters, value };
    const next = optimizer.step(parameters, grad, state);
    if (!finite(next.parameters)) return { status: "diverged", points, values, parameters, value };
    points.push(parameters);
    values.push(value);
    parameters = next.parameters as Record<string, Float64Array>;
    state = next.state;
  }
}

// The same at sizes where the step is written out and where it is a loop over a kernel.
const sizes = [2, 400];
const objectives: Record<string, (n: number) => Traced> = {
  bowl: (n) => trace({ x: vector(n) }, ({ x }) => sum(square(x))) as unknown as Traced,
  "a cubic without a lower bound": (n) =>
    trace({ x: vector(n) }, ({ x }) => sum(add(power(x, 3), square(x)))) as unknown as Traced,
  "a logarithm whose domain is left": (n) =>
    trace({ x: vector(n) }, ({ x }) => sum(log(x))) as unknown as Traced,
  "a matrix and a vector": (n) =>
    trace({ x: vector(n), A: matrix(2, n) }, ({ x, A }) =>
      sum(square(add(multiply(A, x), 1))),
    ) as unknown as Traced,
};
const optimizers: Record<string, Optimizer> = {
  gradientDescent: gradientDescent({ learningRate: 0.1 }),
  momentum: momentum({ learningRate: 0.05, momentum: 0.9 }),
  adagrad: adagrad({ learningRate: 0.5 }),
  rmsprop: rmsprop({ learningRate: 0.1 }),
  adam: adam({ learningRate: 0.2 }),
};

const close = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  a.length === b.length &&
  Array.from(a).every((x, i) => Object.is(x, b[i]) || Math.abs(x - b[i]!) <= 1e-9 * (1 + Math.abs(b[i]!)));

const loops = suite("loop");

for (const [title, make] of Object.entries(objectives)) {
  for (const [name, optimizer] of Object.entries(optimizers)) {
    loops(`${title}, ${name}: many steps in one call are the steps one by one`, () => {
      for (const n of sizes) {
        const f = make(n);
        const start = Object.fromEntries(
          f.graph.inputs.map(({ name, shape }) => {
            const size = shape.reduce((a, b) => a * b, 1);
            return [name, Float64Array.from({ length: size }, (_, i) => 0.5 - ((i * 7) % 11) / 8)];
          }),
        );
        if (title.startsWith("a logarithm")) start.x = start.x!.map((x) => Math.abs(x) + 0.1);
        for (const [steps, tolerance] of [
          [0, 0],
          [1, 0],
          [60, 0],
          [60, 1e-2],
        ] as const) {
          const expected = reference(f, start, optimizer, steps, tolerance);
          const run = minimize(f, start, optimizer, { steps, tolerance }) as {
            status: string;
            steps: number;
            value: number;
            parameters: Record<string, Float64Array>;
            trajectory: { values: Float64Array; parameters: Record<string, Float64Array> };
          };
          const where = `${n} elements, ${steps} steps, tolerance ${tolerance}`;
          assert.is(run.status, expected.status, where);
          assert.is(run.steps, expected.points.length, where);
          assert.ok(close([run.value], [expected.value]), `${where}: ${run.value}, ${expected.value}`);
          assert.ok(close(run.trajectory.values, expected.values), where);
          for (const key of Object.keys(start)) {
            assert.ok(close(run.parameters[key]!, expected.parameters[key]!), where);
            const rows = expected.points.flatMap((point) => [...point[key]!]);
            assert.ok(close(run.trajectory.parameters[key]!, rows), where);
          }
        }
      }
    });
  }
}

loops("runs of the same objective and optimizer don't know of each other", () => {
  const optimizer = adam({ learningRate: 0.1 });
  const run = () => minimize(cubic.f, { x: [2, 3] }, optimizer, { steps: 20, tolerance: 0 });
  const first = run();
  const kept = [...first.parameters.x, ...first.trajectory.parameters.x];
  minimize(cubic.f, { x: [1, 1] }, optimizer, { steps: 50, tolerance: 0, onStep: () => run() });
  assert.equal([...first.parameters.x, ...first.trajectory.parameters.x], kept);
  assert.equal([...run().parameters.x], [...first.parameters.x]);
});

loops("a called op, in steps that are written out and in larger ones", () => {
  for (const n of [2, 400]) {
    const f = trace({ x: vector(n) }, ({ x }) => sum(square(erf(x)))) as unknown as Traced;
    const start = { x: new Float64Array(n).fill(0.4) };
    const expected = reference(f, start, gradientDescent({ learningRate: 0.1 }), 20, 0);
    for (let again = 0; again < 2; again++) {
      const optimizer = gradientDescent({ learningRate: 0.1 });
      const run = minimize(f, start, optimizer, { steps: 20, tolerance: 0 });
      assert.ok(close([run.value], [expected.value]));
    }
  }
});

loops("more steps than are set aside at first", () => {
  const steps = 400_000;
  const run = minimize(cubic.f, { x: [0.1, 0.1] }, gradientDescent({ learningRate: 1e-7 }), {
    steps,
    tolerance: 0,
  });
  assert.is(run.trajectory.steps, steps);
  assert.is(run.trajectory.values.length, steps);
  const { x } = run.trajectory.parameters;
  assert.is(x.length, 2 * steps);
  for (const i of [1, 349_524, 349_525, 349_526, steps - 1]) {
    const [a, b] = [x[2 * i - 2]!, x[2 * i - 1]!];
    assert.ok(close(x.slice(2 * i, 2 * i + 2), [a - 1e-7 * (2 * a + b), b - 1e-7 * (2 * b + 3 * b * b + a)]));
  }
});

loops.run();
