/** What every optimizer of the table leaves as it is: by nothing to go by, another order, other names, another form or precision. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, type Expr, grad, multiply, square, sum, trace, vector } from "../graph/index.js";
import {
  isElementwise,
  isRandom,
  isRule,
  problemOf,
  rests,
  type Subject,
  subjects,
} from "../property-tests/support/optimizers.js";
import { minimize } from "../src/index.js";
import type { OptimizerState, ParameterValues, Values } from "./index.js";

const laws = suite("optimizers: invariance");

function law(title: string, check: (subject: Subject) => void, applies = (_: Subject) => true): void {
  for (const subject of subjects.filter(applies)) laws(`${title}: ${subject.title}`, () => check(subject));
}

/** The parameters after some steps with gradients of the points' form. */
function run<P extends ParameterValues>(
  { make }: Subject,
  start: P,
  gradient: (step: number) => unknown,
  steps = 3,
  options: object = {},
) {
  const optimizer = make({ learningRate: 0.1, ...options });
  let parameters: ParameterValues = start;
  let state: OptimizerState<never, ParameterValues> = optimizer.init(parameters) as never;
  for (let step = 1; step <= steps; step++) {
    const problem = problemOf(state.shapes);
    ({ parameters, state } = optimizer.step(parameters, gradient(step) as never, state, problem) as never);
  }
  return { parameters, state };
}

const flat = (tree: unknown): number[] =>
  typeof tree === "number" ? [tree] : Object.values(tree as object).flatMap(flat);

function assertClose(actual: unknown, expected: unknown, tolerance: number): void {
  const [a, b] = [flat(actual), flat(expected)];
  assert.is(a.length, b.length);
  for (const [i, x] of a.entries())
    assert.ok(Math.abs(x - b[i]!) <= tolerance * (1 + Math.abs(b[i]!)), `${i}: ${x} instead of ${b[i]}`);
}

law(
  "a gradient of 0 moves nothing",
  (subject) => {
    const start = { W: [[1, -2], [0.5, 3]], b: [0.1, 7], c: 2 }; // biome-ignore format: a matrix
    const zero = { W: [[0, 0], [0, 0]], b: [0, 0], c: 0 }; // biome-ignore format: a matrix
    // A mean of three equal numbers may be rounded.
    assertClose(run(subject, start, () => zero).parameters, start, 4e-16);
  },
  rests,
);

const vectorOf = (order: readonly number[], values: readonly number[]) => order.map((i) => values[i]!);

law(
  "another order of coordinates is another order of the result",
  (subject) => {
    const order = [2, 0, 3, 1];
    const x = [1, -2, 3, 0.5];
    const g = (step: number) => [0.3, -1, 0.2 * step, 2 / step];
    const plain = run(subject, { x }, (step) => ({ x: g(step) }));
    const other = run(subject, { x: vectorOf(order, x) }, (step) => ({ x: vectorOf(order, g(step)) }));
    assertClose(other.parameters.x, vectorOf(order, flat(plain.parameters.x)), 1e-12);
  },
  (subject) => !isRandom(subject),
);

law(
  "other names are other names of the result",
  (subject) => {
    const start = { a: [1, 2], b: 3 };
    const g = (step: number) => ({ a: [step, -1], b: 0.5 });
    const { a, b } = run(subject, start, g).parameters;
    const other = run(subject, { z: start.a, y: start.b }, (step) => ({
      z: g(step).a,
      y: g(step).b,
    })).parameters;
    assertClose(other.z, a, 1e-14);
    assertClose(other.y, b, 1e-14);
  },
  (subject) => !isRandom(subject),
);

law("a tree is a flat map of its leaves", (subject) => {
  const [W, b, c] = [[[1, -2], [0.5, 3]], [0.1, 7], 2]; // biome-ignore format: a matrix
  const [gW, gb] = [[[0.3, 1], [-1, 0.5]], [-1, 2]]; // biome-ignore format: a matrix
  const flatRun = run(subject, { W, b, c }, (step) => ({ W: gW, b: gb, c: step }));
  const treeRun = run(subject, { layers: [{ W, b }], more: { c } }, (step) => ({
    layers: [{ W: gW, b: gb }],
    more: { c: step },
  }));
  if (!isRandom(subject)) assertClose(flat(treeRun.parameters), flat(flatRun.parameters), 1e-14);
  assert.is(flat(treeRun.state.slots).length, flat(flatRun.state.slots).length);
});

/** Σ(1 + i)xᵢ²/2 */
const bowl = trace({ x: vector(4) }, ({ x }) => sum(multiply([0.5, 1, 1.5, 2], square(x))));

law(
  "a convex quadratic falls",
  (subject) => {
    const start = { x: [1, -2, 3, 0.5] };
    const end = minimize(bowl, start, subject.make({ learningRate: 0.02 }), { steps: 60 });
    assert.ok((end.value < bowl(start)) as boolean, `${end.value}`);
  },
  ({ options }) => !options.maximize,
);

law("restored from text and gone on with is never interrupted", (subject) => {
  const g = (step: number) => ({ W: [[0.3, step], [-1, 0.5]], c: -1 }); // biome-ignore format: a matrix
  const start: Values = { W: [[1, -2], [0.5, 3]], c: 2 }; // biome-ignore format: a matrix
  const whole = run(subject, start, g, 6);
  const half = run(subject, start, g, 3);
  const text = JSON.stringify(half, (_, one) => (one instanceof Float64Array ? [...one] : one));
  let { parameters, state } = JSON.parse(text) as typeof half;
  const optimizer = subject.make({ learningRate: 0.1 });
  for (let step = 4; step <= 6; step++) {
    const problem = problemOf(state.shapes);
    ({ parameters, state } = optimizer.step(parameters, g(step) as never, state, problem) as never);
  }
  assert.equal({ parameters, state }, whole);
});

law("f32 follows f64", (subject) => {
  const optimizer = subject.make({ learningRate: 0.1 });
  const steps = trace({ x: vector(4) }, ({ x }) => {
    let parameters: Record<string, Expr> = { x };
    let slots = optimizer.initialSlots(parameters);
    for (let step = 1; step <= 2; step++) {
      const gradients = grad(bowl)(parameters as never);
      ({ parameters, slots } = optimizer.update(parameters, gradients, slots, step, {
        objective: bowl,
      }));
    }
    return parameters.x!;
  });
  const start = { x: [1, -2, 3, 0.5] };
  const [double, single] = (["f64", "f32"] as const).map((dtype) => compile(steps, { dtype })(start));
  assertClose(single, double, 2e-4);
});

laws("the table has chains, rules and elementwise ones", () => {
  for (const kind of [isElementwise, isRule, isRandom, rests]) {
    const count = subjects.filter(kind).length;
    assert.ok(count > 0 && count < subjects.length);
  }
});

laws.run();
