import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  divide,
  dot,
  type Expr,
  log,
  matrix,
  multiply,
  power,
  scalar,
  sqrt,
  square,
  subtract,
  sum,
  trace,
  vector,
} from "../../graph/index.js";
import { adagrad, adam, gradientDescent, momentum, rmsprop } from "../../optimizers/index.js";
import { minimize, type Progress } from "./minimize.js";

const bowl = trace({ x: vector(2) }, ({ x }) => sum(square(x)));
const descent = gradientDescent({ learningRate: 0.25 });

const minimizing = suite("minimize");

minimizing("gradient descent halves the distance to the minimum at this rate", () => {
  const run = minimize(bowl, { x: [4, -8] }, descent, { steps: 3, tolerance: 0 });
  assert.equal([...run.parameters.x], [0.5, -1]);
  assert.is(run.value, 1.25);
  assert.is(run.status, "max-steps");
  assert.is(run.steps, 3);
});

minimizing("a trajectory holds the point before each step, and the value there", () => {
  const { trajectory } = minimize(bowl, { x: [4, -8] }, descent, { steps: 3, tolerance: 0 });
  assert.is(trajectory.steps, 3);
  assert.equal([...trajectory.parameters.x], [4, -8, 2, -4, 1, -2]);
  assert.equal([...trajectory.values], [80, 20, 5]);
});

minimizing("recorded points stay what they are, over more rows than the first arrays hold", () => {
  const slow = gradientDescent({ learningRate: 1e-3 });
  const { trajectory } = minimize(bowl, { x: [1, 1] }, slow, { steps: 3000, tolerance: 0 });
  assert.is(trajectory.steps, 3000);
  let x = 1;
  for (let i = 0; i < 3000; i++) {
    assert.ok(Math.abs(trajectory.parameters.x[2 * i]! - x) < 1e-12);
    x -= 1e-3 * (2 * x);
  }
});

minimizing("without a trajectory the result is the same", () => {
  const run = minimize(bowl, { x: [4, -8] }, descent, { steps: 3, tolerance: 0, trajectory: false });
  assert.equal([...run.parameters.x], [0.5, -1]);
  assert.is(run.trajectory.steps, 0);
  assert.is(run.trajectory.values.length, 0);
});

minimizing("a run converges where no element of the gradient is larger than the tolerance", () => {
  const run = minimize(bowl, { x: [4, -8] }, descent, { tolerance: 0.5 });
  assert.is(run.status, "converged");
  // The gradient is 2x: (4, −8)·2⁻ᵏ·2 has no element above ½ from k = 5 on.
  assert.is(run.steps, 5);
  assert.equal([...run.parameters.x], [4 / 32, -8 / 32]);
});

minimizing("a start at a minimum takes no step", () => {
  const run = minimize(bowl, { x: [0, 0] }, adam({ learningRate: 0.1 }));
  assert.is(run.status, "converged");
  assert.is(run.steps, 0);
  assert.is(run.trajectory.steps, 0);
});

minimizing("a run that leaves the finite numbers has diverged, at its last finite point", () => {
  const slide = trace({ x: scalar() }, ({ x }) => power(x, 3));
  const { status, steps, parameters, value, trajectory } = minimize(
    slide,
    { x: -1 },
    gradientDescent({ learningRate: 1 }),
  );
  assert.is(status, "diverged");
  const points = [-1];
  const next = (x: number) => x - 3 * (x * x);
  while (Number.isFinite(next(points.at(-1)!) ** 3)) points.push(next(points.at(-1)!));
  assert.is(steps, points.length - 1);
  assert.is(parameters.x, points.at(-1));
  assert.is(value, parameters.x * parameters.x * parameters.x);
  assert.is(trajectory.steps, steps);
  assert.equal([...trajectory.parameters.x], points.slice(0, -1));
});

minimizing("a step to a point that isn't finite isn't taken, though the objective would be", () => {
  const hyperbola = trace({ x: scalar() }, ({ x }) => divide(1, x));
  const run = minimize(hyperbola, { x: 1e-100 }, gradientDescent({ learningRate: 1e200 }), { steps: 5 });
  assert.is(run.status, "diverged");
  assert.is(run.steps, 0);
  assert.is(run.parameters.x, 1e-100);
  assert.is(run.value, 1e100);
});

minimizing("a start without a finite value or gradient has diverged before the first step", () => {
  const f = trace({ x: scalar() }, ({ x }) => log(x));
  const outside = minimize(f, { x: -1 }, descent);
  assert.equal([outside.status, outside.steps, outside.parameters.x], ["diverged", 0, -1]);
  assert.ok(Number.isNaN(outside.value));
  assert.is(outside.trajectory.steps, 0);
  const steep = minimize(
    trace({ x: scalar() }, ({ x }) => sqrt(x)),
    { x: 0 },
    descent,
  );
  assert.equal([steep.status, steep.steps, steep.value], ["diverged", 0, 0]);
});

minimizing("no step at all still gives the value", () => {
  const run = minimize(bowl, { x: [4, -8] }, descent, { steps: 0 });
  assert.equal([run.status, run.steps, run.value, run.trajectory.steps], ["max-steps", 0, 80, 0]);
});

minimizing("scalars, vectors and matrices move together, in any order of names", () => {
  const f = trace({ a: scalar(), b: vector(2), C: matrix(2, 2) }, ({ a, b, C }) =>
    add(square(a), sum(square(b)), sum(square(C))),
  );
  const options = { steps: 2, tolerance: 0 };
  const C = [[1, 2], [3, 4]]; // biome-ignore format: a matrix
  const run = minimize(f, { a: 8, b: [4, 2], C }, descent, options);
  assert.is(run.parameters.a, 2);
  assert.equal([...run.parameters.b], [1, 0.5]);
  assert.equal([...run.parameters.C], [0.25, 0.5, 0.75, 1]);
  assert.equal([...run.trajectory.parameters.a], [8, 4]);
  assert.equal([...run.trajectory.parameters.C], [1, 2, 3, 4, 0.5, 1, 1.5, 2]);
  const reordered = minimize(f, { C, b: [4, 2], a: 8 }, descent, options);
  assert.equal({ ...reordered.parameters }, { ...run.parameters });
  assert.equal([...reordered.trajectory.values], [...run.trajectory.values]);
});

minimizing("parameters without elements are no problem", () => {
  const f = trace({ x: vector(0) }, ({ x }) => sum(x));
  const run = minimize(f, { x: [] }, adam({ learningRate: 0.1 }));
  assert.equal([run.status, run.value, run.parameters.x.length], ["converged", 0, 0]);
});

minimizing("the callback sees every step before it is taken, and can stop the run", () => {
  const seen: Progress<{ x: [2] }>[] = [];
  const points: Float64Array[] = [];
  const run = minimize(bowl, { x: [4, -8] }, descent, {
    steps: 10,
    onStep(progress) {
      seen.push(progress);
      points.push(progress.parameters.x);
      return progress.value > 10;
    },
  });
  assert.is(run.status, "stopped");
  assert.equal(
    seen.map(({ step, value, gradientNorm }) => [step, value, gradientNorm]),
    [
      [1, 80, 16],
      [2, 20, 8],
      [3, 5, 4],
    ],
  );
  assert.equal([...points[1]!], [2, -4]);
  // What was asked for stays.
  assert.is(seen[1]!.parameters.x, points[1]);
  assert.equal([...run.parameters.x], [1, -2]);
  assert.is(run.value, 5);
});

minimizing("what a callback is given is its own: it may keep it and change it", () => {
  const kept: Float64Array[] = [];
  const run = minimize(bowl, { x: [4, -8] }, descent, {
    steps: 3,
    tolerance: 0,
    onStep({ parameters }) {
      kept.push(parameters.x.slice());
      parameters.x.fill(Number.NaN);
    },
  });
  assert.equal([...run.trajectory.parameters.x], [4, -8, 2, -4, 1, -2]);
  assert.equal([...kept[2]!], [1, -2]);
  run.parameters.x.fill(0);
  assert.equal([...run.trajectory.parameters.x.slice(-2)], [1, -2]);
});

minimizing("a point that nobody asked for during its callback is gone", () => {
  const seen: Progress<{ x: [2] }>[] = [];
  const onStep = (progress: Progress<{ x: [2] }>) => {
    const before = seen.at(-1);
    if (before)
      assert.throws(() => before.parameters, /onStep: parameters can be read during the callback only/);
    seen.push(progress);
  };
  minimize(bowl, { x: [4, -8] }, descent, { steps: 3, tolerance: 0, onStep });
  assert.throws(() => seen.at(-1)!.parameters, /during the callback only/);
  assert.equal(
    seen.map(({ step, value }) => [step, value]),
    [1, 2, 3].map((step) => [step, 80 / 4 ** (step - 1)]),
  );
});

minimizing("what is done to the start and the data during a run changes nothing", () => {
  const f = trace({ x: vector(2), t: vector(2) }, ({ x, t }) => sum(square(subtract(x, t))));
  const start = { x: Float64Array.of(4, -8) };
  const data = { t: Float64Array.of(0, 0) };
  const run = minimize(f, start, descent, {
    steps: 3,
    tolerance: 0,
    data,
    onStep() {
      start.x.fill(7);
      data.t.fill(7);
    },
  });
  assert.equal([...run.parameters.x], [0.5, -1]);
});

minimizing("a schedule is asked for the step's number, 1 at the first step", () => {
  const line = trace({ x: scalar() }, ({ x }) => multiply(1, x));
  const run = minimize(line, { x: 0 }, gradientDescent({ learningRate: (step) => step }), { steps: 4 });
  assert.equal([...run.trajectory.parameters.x], [0, -1, -3, -6]);
  assert.is(run.parameters.x, -10);
});

minimizing("an error of the callback goes to the caller", () => {
  const fail = () => {
    throw new RangeError("enough");
  };
  assert.throws(() => minimize(bowl, { x: [4, -8] }, descent, { onStep: fail }), /enough/);
});

minimizing("scalars are numbers, data stay as they are, names may be any", () => {
  const own = "__proto__";
  const f = trace({ [own]: scalar(), constructor: vector(2), t: vector(2) }, (inputs) => {
    const a = inputs.constructor as Expr<[2]>;
    const b = (inputs as unknown as Record<string, Expr<[]>>)[own]!;
    return add(sum(square(subtract(a, inputs.t))), square(subtract(b, dot(inputs.t, inputs.t))));
  });
  const start = { [own]: 1, constructor: [1, 2] };
  const run = minimize(f, start, descent, { data: { t: [3, 4] } });
  const found = run.parameters as Record<string, number | Float64Array>;
  assert.ok(Math.abs((found[own] as number) - 25) < 1e-6);
  assert.ok(Math.abs((found.constructor as unknown as Float64Array)[1]! - 4) < 1e-6);
});

minimizing("the start and the data are left alone", () => {
  const start = Float64Array.of(4, -8);
  minimize(bowl, { x: start }, descent, { steps: 5 });
  assert.equal([...start], [4, -8]);
});

minimizing("a tolerance of 0 takes all steps, through a point without gradient too", () => {
  // ρ = lr = ½ on ½x² leads to 0 in two steps, with a velocity that leads on.
  const f = trace({ x: scalar() }, ({ x }) => multiply(0.5, square(x)));
  const run = minimize(f, { x: 8 }, momentum({ learningRate: 0.5, momentum: 0.5 }), {
    steps: 4,
    tolerance: 0,
  });
  assert.equal([...run.trajectory.parameters.x], [8, 4, 0, -2]);
  assert.is(run.status, "max-steps");
});

minimizing("large objectives take the same steps as small ones", () => {
  const n = 1500;
  const f = trace({ x: vector(n) }, ({ x }) => multiply(0.5, sum(square(x))));
  const start = Float64Array.from({ length: n }, (_, i) => i);
  const run = minimize(f, { x: start }, momentum({ learningRate: 0.5, momentum: 0.5 }), {
    steps: 4,
    tolerance: 0,
  });
  let [x, v] = [7, 0];
  for (let i = 0; i < 4; i++) {
    v = 0.5 * v - 0.5 * x;
    x += v;
  }
  assert.ok(Math.abs(run.parameters.x[7]! - x) < 1e-12);
});

const refused = (name: string, call: () => unknown, message: RegExp) =>
  minimizing(`refused: ${name}`, () => assert.throws(call, message));

refused(
  "a start that isn't finite",
  () => minimize(bowl, { x: [1, Number.NaN] }, descent),
  /"x" holds NaN at element 1/,
);
refused(
  "an infinite start",
  () => minimize(bowl, { x: [Number.POSITIVE_INFINITY, 1] }, descent),
  /"x" holds Infinity/,
);
refused(
  "a start of another shape",
  () => minimize(bowl, { x: [1, 2, 3] }, descent),
  /"x": expected shape \(2\), got \(3\)/,
);
refused(
  "an unknown parameter",
  () => minimize(bowl, { x: [1, 2], y: 3 } as never, descent),
  /unknown key "y"/,
);
const start = { x: [1, 2] };
refused("no start", () => minimize(bowl, undefined as never, descent), /start must be .*not undefined/);
refused("an empty start", () => minimize(bowl, {}, descent), /start must be .*not an empty one/);
refused(
  "a bare point",
  () => minimize(bowl, [1, 2] as never, descent),
  /start must be .*not the list \[1, 2\]/,
);
refused(
  "a function that isn't traced",
  () => minimize((() => 0) as never, start, descent),
  /minimize: expected a traced function, got a plain one/,
);

const target = trace({ x: vector(2), t: vector(2) }, ({ x, t }) => sum(square(subtract(x, t))));
const withData = (data?: object) => () => minimize(target, start, descent, { data } as never);
refused("missing data", withData(), /start and data: "t" is missing; the keys are x, t/);
refused("unknown data", withData({ t: [1, 2], u: 1 }), /unknown key "u"/);
refused("data of another shape", withData({ t: [1, 2, 3] }), /"t": expected shape \(2\), got \(3\)/);
refused("data that aren't finite", withData({ t: [1, Number.NaN] }), /"t" holds NaN at element 1/);
refused("a name that is both", withData({ t: [1, 2], x: [3, 4] }), /"x" is in both start and data/);
for (const tolerance of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
  refused(
    `a tolerance of ${tolerance}`,
    () => minimize(bowl, start, descent, { tolerance }),
    new RegExp(`tolerance must be a finite number ≥ 0, not ${tolerance}`),
  );
}
refused("fewer steps than none", () => minimize(bowl, start, descent, { steps: -1 }), /at least 0, not -1/);
refused(
  "half a step",
  () => minimize(bowl, { x: [1, 2] }, descent, { steps: 1.5 }),
  /steps must be a whole number/,
);
for (const [name, make] of Object.entries({ gradientDescent, momentum, adagrad, rmsprop, adam })) {
  for (const learningRate of [Number.NaN, Number.POSITIVE_INFINITY]) {
    refused(`${name} at the learning rate ${learningRate}`, () => make({ learningRate }), /learningRate is/);
  }
}
refused(
  "an objective that isn't a scalar",
  () => minimize(trace({ x: vector(2) }, ({ x }) => square(x)) as never, { x: [1, 2] }, descent),
  /scalar/,
);

refused(
  "an option by a wrong name",
  () => minimize(bowl, start, descent, { step: 5 } as never),
  /unknown option "step"; the options are steps, tolerance/,
);
refused(
  "no optimizer",
  () => minimize(bowl, start, {} as never),
  /the optimizer is an object \(\); pass one/,
);

minimizing.run();
