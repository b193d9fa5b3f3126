/** What is traced and generated once, and what isn't. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { generated } from "../../property-tests/support/generated.js";
import {
  adam,
  add,
  cosineDecay,
  defineOptimizer,
  type Expr,
  gradientDescent,
  matmul,
  mean,
  minimize,
  momentum,
  multiply,
  type Optimizer,
  scalar,
  scan,
  square,
  subtract,
  sum,
  type Traced,
  trace,
  train,
  unary,
  vector,
} from "../index.js";
import { programOf } from "./kernels.js";

const kept = suite("kernels");

type Inputs = Readonly<Record<"X" | "y" | "W", Expr>>;

/** A loss of its own that counts how often it is traced. */
function makeLoss() {
  let count = 0;
  const loss = ({ X, y, W }: Inputs): Expr => {
    count++;
    return mean(square(subtract(matmul(X, W), y)));
  };
  return { loss, count: () => count };
}

const X = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(2 * i)]);
const y = X.map(([a, b]) => [2 * a! - b!]);
const start = { W: [[0], [0]] };
const options = { batchSize: 5, epochs: 2 };

kept("train called again traces nothing; with another metric, optimizer or size of a batch it does", () => {
  const { loss, count } = makeLoss();
  const optimizer = adam({ learningRate: 0.1 });
  const first = train(loss, start, { X, y }, optimizer, options);
  // One for each size of a batch.
  assert.is(count(), 2);
  const again = train(loss, start, { X, y }, optimizer, { ...options, shuffle: 3, epochs: 4 });
  assert.not.equal(again.parameters, first.parameters);
  assert.equal(train(loss, start, { X, y }, adam({ learningRate: 0.1 }), options), first);
  assert.is(count(), 2);
  train(loss, start, { X, y }, adam({ learningRate: 0.2 }), options);
  assert.is(count(), 4);
  train(loss, start, { X, y }, optimizer, { batchSize: 4, epochs: 1 });
  assert.is(count(), 5);
  const metric = makeLoss();
  for (let i = 0; i < 2; i++) {
    train(loss, start, { X, y }, optimizer, { ...options, metric: metric.loss });
    assert.equal([count(), metric.count()], [7, 2]);
  }
});

kept("an objective made anew is traced, and finds the kernels of the same graph", () => {
  const optimizer = adam({ learningRate: 0.17 });
  const run = (loss: (inputs: Inputs) => Expr) => train(loss, start, { X, y }, optimizer, options);
  const first = makeLoss();
  const expected = run(first.loss);
  const second = makeLoss();
  assert.is(
    generated(() => assert.equal(run(second.loss), expected)),
    0,
  );
  assert.is(second.count(), 2);
});

kept("parameters and data of the same shapes are told apart", () => {
  const f = ({ a, b }: Readonly<Record<"a" | "b", Expr>>): Expr => mean(square(subtract(multiply(3, a), b)));
  const descent = gradientDescent({ learningRate: 0.1 });
  const one = train(f, { a: [1, 1] }, { b: [1, 2] }, descent, { batchSize: 2, epochs: 1 });
  const other = train(f, { b: [1, 1] }, { a: [1, 2] }, descent, { batchSize: 2, epochs: 1 });
  // The slopes are 3(3a − b) by a and b − 3a by b, times 0.1.
  const rounded = (values: Float64Array) => Array.from(values, (value) => Number(value.toFixed(9)));
  assert.equal(rounded(one.parameters.a), [0.4, 0.7]);
  assert.equal(rounded(other.parameters.b), [1.2, 1.5]);
});

/** A sphere that is scaled, traced anew. */
const sphere = (factor = 2.5) => trace({ x: vector(3) }, ({ x }) => multiply(factor, sum(square(x))));
const x = [1, -2, 3];
const pull = (learningRate: number) =>
  defineOptimizer({
    name: "pull",
    slots: {},
    hyperparameters: { learningRate },
    rule: (parameter, gradient) => ({
      parameter: subtract(parameter, multiply(learningRate, gradient)),
      slots: {},
    }),
  });

kept("minimize: optimizers and objectives made anew generate nothing", () => {
  const f = sphere();
  const cosine = () => cosineDecay({ initialValue: 0.01, decaySteps: 5 });
  const makers: Record<string, () => Optimizer> = {
    adam: () => adam({ learningRate: 0.01 }),
    "momentum by a schedule": () => momentum({ learningRate: cosine() }),
    "by a function": () => gradientDescent({ learningRate: (step) => multiply(0.001, step) as Expr }),
    "a user's own": () => pull(0.01),
  };
  for (const [title, make] of Object.entries(makers)) {
    const run = (g: typeof f) => minimize(g, { x }, make(), { steps: 10 });
    const expected = run(f);
    assert.is(
      generated(() => assert.equal(run(f), expected)),
      0,
      title,
    );
    assert.is(
      generated(() => assert.equal(run(sphere()), expected)),
      0,
      `${title}, objective anew`,
    );
    assert.ok(generated(() => run(sphere(3.5))) > 0, title);
  }
  assert.ok(generated(() => minimize(f, { x }, pull(0.02), { steps: 10 })) > 0);
});

kept("minimize by some of the inputs is another step than by others", () => {
  const f = trace({ a: vector(2), b: vector(2) }, ({ a, b }) => sum(square(subtract(multiply(3, a), b))));
  const descent = gradientDescent({ learningRate: 0.01 });
  const [p, q] = [{ a: [1, 2] }, { b: [2, 5] }];
  const byA = minimize(f, p, descent, { steps: 1, tolerance: 0, data: q }).parameters.a;
  const byB = minimize(f, q, descent, { steps: 1, tolerance: 0, data: p }).parameters.b;
  const rounded = (values: Float64Array) => Array.from(values, (value) => Number(value.toFixed(9)));
  // 3a − b is (1, 1); the slopes are 6 and −2.
  assert.equal([rounded(byA), rounded(byB)], [[0.94, 1.94], [2.02, 5.02]]); // biome-ignore format: points
});

/** The program of a graph, for functions of its own. */
const programFor = (f: unknown) => programOf("test", [{}], "", "f64", () => f as Traced);

kept("graphs of the same content share a program, others don't", () => {
  const graphs: Record<string, () => unknown> = {
    sphere,
    "another constant": () => sphere(2.5000001),
    "0": () => sphere(0),
    "-0": () => sphere(-0),
    "another shape": () => trace({ x: vector(4) }, ({ x }) => multiply(2.5, sum(square(x)))),
    "another name": () => trace({ z: vector(3) }, ({ z }) => multiply(2.5, sum(square(z)))),
    "another output": () => trace({ x: vector(3) }, ({ x }) => ({ a: multiply(2.5, sum(square(x))) })),
    "two outputs": () => trace({ x: scalar() }, ({ x }) => ({ a: x, b: square(x) })),
    "two outputs the other way round": () => trace({ x: scalar() }, ({ x }) => ({ a: square(x), b: x })),
    "a loop": () => trace({ x: scalar() }, ({ x }) => scan((y) => add(y, 1), x, { length: 50 }).last),
    "another body": () => trace({ x: scalar() }, ({ x }) => scan((y) => add(y, 2), x, { length: 50 }).last),
  };
  const programs = Object.values(graphs).map((make) => programFor(make()));
  assert.is(new Set(programs).size, programs.length);
  Object.entries(graphs).forEach(([title, make], i) => {
    assert.is(programFor(make()), programs[i], title);
  });
});

kept("own ops of the same text aren't shared", () => {
  const debug = (debug: boolean) => trace({ x: scalar() }, ({ x }) => multiply(7, x), { debug });
  // Where nodes come from is asked for of the objective, not of its program.
  assert.is(programFor(debug(true)), programFor(debug(false)));
  const own = (by: number) => {
    const op = unary({ name: "times", compute: (a: number) => by * a, partials: () => [() => by] });
    return trace({ x: scalar() }, ({ x }) => op(x) as Expr<[]>);
  };
  assert.is.not(programFor(own(2)), programFor(own(3)));
});

kept("what is kept is bounded: the oldest make room", () => {
  const first = programFor(sphere(1000));
  assert.is(programFor(sphere(1000)), first);
  for (let i = 0; i < 100; i++) programFor(sphere(1001 + i));
  assert.is.not(programFor(sphere(1000)), first);
  // For the same functions, too, however many shapes they see.
  const functions: [object] = [{}];
  let made = 0;
  const ask = (inputs: string) =>
    programOf("test", functions, inputs, "f64", () => {
      made++;
      return sphere() as unknown as Traced;
    });
  for (let i = 0; i < 100; i++) ask(String(i));
  ask("99");
  assert.is(made, 100);
  ask("0");
  assert.is(made, 101);
});

kept.run();
