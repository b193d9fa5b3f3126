/** What `leastSquares` refuses, tells and records. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  divide,
  type Expr,
  log,
  multiply,
  scalar,
  square,
  stack,
  subtract,
  sum,
  trace,
  vector,
} from "../../graph/index.js";
import { adam } from "../../optimizers/index.js";
import { gaussNewton, levenbergMarquardt } from "../../optimizers/solvers/least-squares/index.js";
import { leastSquares } from "./least-squares.js";

const squares = suite("leastSquares");

const line = trace({ a: scalar(), b: scalar(), y: vector(3) }, ({ a, b, y }) =>
  subtract(add(multiply(a, [0, 1, 2]), b), y),
);
const data = { y: [1, 3, 5] };
const start = { a: 0, b: 0 };

const refused = (pattern: RegExp, run: () => unknown) => assert.throws(run, pattern);

squares("bad input gets one sentence before any iteration", () => {
  const call = (options: object, from: object = start, f: unknown = line) =>
    leastSquares(f as typeof line, from, undefined, { data, ...options } as never);
  refused(/^leastSquares: start and data: "b" is missing/, () => call({}, { a: 0 }));
  refused(/"a" holds NaN at element 0/, () => call({}, { a: Number.NaN, b: 0 }));
  refused(/bounds: unknown key "c"/, () => call({ bounds: { c: { lower: 0 } } }));
  refused(/the bounds of "a" are crossed: lower 1, upper 0/, () =>
    call({ bounds: { a: { lower: 1, upper: 0 } } }),
  );
  refused(/weights: expected shape .*3.*, got .*2/, () => call({ weights: [1, 1] }));
  refused(/weights holds -1 at element 1/, () => call({ weights: [1, -1, 1] }));
  refused(/loss is .*hubert.*; it must be one of linear, huber/, () => call({ loss: "hubert" }));
  refused(/lossScale must be a finite number > 0, not 0/, () => call({ lossScale: 0 }));
  refused(/tolerance must be a number in \[0, 1\), not 2/, () => call({ tolerance: 2 }));
  refused(/leastSquares options|unknown/, () => call({ step: 3 }));
  refused(/the solver is .*; pass levenbergMarquardt\(\) or gaussNewton\(\)/, () =>
    leastSquares(line, start, adam({ learningRate: 1 }) as never, { data }),
  );
  const scalarOne = trace({ a: scalar(), b: scalar(), y: vector(3) }, (x) => sum(square(line(x) as Expr)));
  refused(/the residuals must be a vector, not a scalar/, () => call({}, start, scalarOne));
  const ignoring = trace({ a: scalar(), b: scalar(), y: vector(3) }, ({ a, y }) => multiply(a, y));
  refused(/the residuals don't depend on "b"; leave it out of start/, () => call({}, start, ignoring));
  const poles = trace({ a: scalar() }, ({ a }) => stack([a, log(a)]));
  refused(/residual 1 is NaN at the start/, () => call({ data: {} }, { a: -1 }, poles));
});

squares("a start outside of its bounds is moved, and told; equal bounds hold a parameter fixed", () => {
  const bounds = { a: { lower: 2.5, upper: 4 }, b: { lower: 0.5, upper: 0.5 } };
  const run = leastSquares(line, { a: 9, b: 9 }, undefined, { data, bounds });
  assert.equal(run.movedStart, { a: 4, b: 0.5 });
  assert.equal(run.parameters, { a: 2.5, b: 0.5 });
  assert.equal(run.atBounds, ["a", "b"]);
  assert.is(run.status, "converged");
  assert.is(leastSquares(line, start, undefined, { data }).movedStart, undefined);
});

squares("it records points and values, calls back, and stops when it is told to", () => {
  const r = trace({ x: vector(2) }, ({ x: [a, b] }) =>
    stack([multiply(10, subtract(b, square(a))), subtract(1, a)]),
  );
  const seen: number[] = [];
  const run = leastSquares(r, { x: [-1.2, 1] }, gaussNewton(), {
    onStep: ({ step, value, parameters }) => {
      seen.push(value);
      assert.is(step, seen.length);
      assert.is(parameters.x.length, 2);
    },
  });
  assert.is(run.trajectory.steps, run.steps);
  assert.equal([...run.trajectory.values], seen.slice(0, run.steps));
  assert.equal([...run.trajectory.parameters.x.slice(0, 2)], [-1.2, 1]);
  const stopped = leastSquares(r, { x: [-1.2, 1] }, undefined, { onStep: ({ step }) => step < 3 });
  assert.is(stopped.status, "stopped");
  assert.is(stopped.steps, 2);
  const short = leastSquares(r, { x: [-1.2, 1] }, undefined, { steps: 2 });
  assert.is(short.status, "max-steps");
  assert.is(leastSquares(r, { x: [-1.2, 1] }, undefined, { maxEvaluations: 3 }).status, "max-evaluations");
  assert.is(leastSquares(r, { x: [-1.2, 1] }, undefined, { maxTime: 0 }).status, "max-time");
});

squares("trees of parameters keep their form, and many of them are solved by products", () => {
  const r = trace(
    { layers: [{ w: vector(2) }, { w: vector(2) }], y: vector(4) },
    ({ layers: [first, second], y }) =>
      subtract(
        stack(
          [first.w, second.w].flatMap(([a, b]) => [add(a!, b!), subtract(a!, multiply(2, b!))]) as [Expr<[]>],
        ),
        y,
      ),
  );
  const run = leastSquares(r, { layers: [{ w: [0, 0] }, { w: [0, 0] }] }, undefined, {
    data: { y: [3, 0, 3, 0] },
  });
  assert.is(run.status, "converged");
  const [one] = (run.parameters as unknown as { layers: { w: Float64Array }[] }).layers;
  assert.ok(Math.abs(one!.w[0]! - 2) < 1e-12 && Math.abs(one!.w[1]! - 1) < 1e-12);
  const many = trace({ x: vector(500) }, ({ x }) => subtract(square(x), 4));
  const far = leastSquares(many, { x: new Float64Array(500).fill(1) });
  assert.is(far.status, "converged", far.message);
  assert.is(far.evaluations.jacobians, 0);
  assert.ok(far.parameters.x.every((one) => Math.abs(one - 2) < 1e-9));
});

squares("a step to where residuals aren't finite is not taken", () => {
  const r = trace({ a: scalar() }, ({ a }) => stack([log(a), subtract(divide(1, a), 4)]));
  const run = leastSquares(r, { a: 3 }, levenbergMarquardt({ initialRadius: 50 }));
  assert.is(run.status, "converged", run.message);
  assert.ok(run.parameters.a > 0);
});

squares.run();
