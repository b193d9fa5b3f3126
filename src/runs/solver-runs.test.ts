/** Runs of solvers and of least squares are runs as others: they go on from checkpoints to the same bits, wait, and are ended. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { boundedProblems } from "../../property-tests/support/bounded-problems.js";
import * as a from "../index.js";
import { gaussNewton, leastSquares, leastSquaresAsync, levenbergMarquardt } from "../solvers/index.js";

const { add, multiply, square, stack, subtract, sum, trace, vector } = a;

const running = suite("runs of solvers");

const residualsOf = (x: a.Expr<[4]>) => {
  const [p, q, r, s] = x as unknown as readonly [a.Expr<[]>, a.Expr<[]>, a.Expr<[]>, a.Expr<[]>];
  return [
    multiply(10, subtract(q, square(p))),
    subtract(1, p),
    multiply(9, subtract(s, square(r))),
    subtract(1, r),
    multiply(3, subtract(add(q, s), 2)),
  ] as const;
};
/** Two valleys that are tied together. */
const f = trace({ x: vector(4) }, ({ x }) => sum(square(stack(residualsOf(x)))));
const residuals = trace({ x: vector(4) }, ({ x }) => stack(residualsOf(x)));
const start = { x: [-3, -1, -3, -1] };
const bounds = { x: { lower: [-10, -1.5, -10, -10], upper: [0.8, 10, 10, 10] } };

const solvers: Readonly<Record<string, a.Solver>> = {
  lbfgs: a.lbfgs({ memory: 3 }),
  lbfgsb: a.lbfgsb({ memory: 3 }),
  conjugateGradient: a.conjugateGradient(),
  newtonCG: a.newtonCG(),
  trustRegion: a.trustRegion(),
  "trustRegion by products": a.trustRegion({ dense: 0 }),
  nelderMead: a.nelderMead(),
  auto: a.auto(),
};

const methods = {
  levenbergMarquardt: levenbergMarquardt(),
  gaussNewton: gaussNewton(),
  "levenbergMarquardt by products": levenbergMarquardt({ jacobian: "products" }),
};

/** The checkpoints of a run, each through its bytes. */
function collect(run: (save: (checkpoint: a.Checkpoint) => void) => unknown): a.Checkpoint[] {
  const kept: a.Checkpoint[] = [];
  run((checkpoint) => kept.push(a.decodeCheckpoint(a.encodeCheckpoint(checkpoint))));
  return kept;
}

interface Told {
  readonly trajectory: { readonly start: number; readonly values: Float64Array };
  readonly steps: number;
}

/** From each of its steps a run goes on to what it came to without a stop, and records the rest. */
function goesOn<R extends Told>(run: (options: a.ResumeOptions) => R): R {
  const whole = run({});
  const kept = collect((save) => run({ checkpoint: { every: 1, save } }));
  assert.ok(
    kept.length >= Math.min(whole.steps - 1, 3),
    `${kept.length} checkpoints of ${whole.steps} steps`,
  );
  for (const resume of kept) {
    const { trajectory, ...rest } = run({ resume });
    const { trajectory: all, ...expected } = whole;
    assert.equal(rest, expected, `from step ${resume.steps}`);
    assert.is(trajectory.start, resume.steps);
    assert.equal([...trajectory.values], [...all.values.slice(resume.steps)]);
  }
  return whole;
}

for (const [name, solver] of Object.entries(solvers)) {
  running(`${name}: a run goes on from any of its steps to the same bits, with bounds and without`, () => {
    for (const own of [undefined, bounds]) {
      const run = goesOn((options) =>
        a.minimize(f, start, solver, { steps: 60, patience: 40, ...(own && { bounds: own }), ...options }),
      );
      assert.ok(run.steps > 5);
    }
  });

  running(`${name}: the same bits, whoever waits; aborted, the best point with the reason`, async () => {
    const whole = a.minimize(f, start, solver, { bounds });
    let seen = 0;
    const told: number[] = [];
    const slow = await a.minimizeAsync(f, start, solver, {
      bounds,
      timeBudget: 0,
      onStep: async () => {
        seen++;
      },
      onProgress: ({ value }) => told.push(value),
    });
    assert.equal(slow, whole);
    assert.ok(seen >= whole.steps && told.length > 0);
    const controller = new AbortController();
    const ended = await a.minimizeAsync(f, start, solver, {
      bounds,
      timeBudget: 0,
      signal: controller.signal,
      onStep: ({ step }) => {
        if (step === 4) controller.abort(new Error("enough"));
      },
    });
    assert.equal([ended.status, ended.message], ["aborted", "The signal was aborted: enough."]);
    assert.ok(ended.value <= Math.min(...ended.trajectory.values));
    assert.ok(ended.steps >= 3 && ended.steps < whole.steps);
  });
}

for (const [name, solver] of Object.entries(methods)) {
  running(`${name}: a run goes on from any of its steps to the same bits`, () => {
    for (const options of [{}, { bounds, loss: "softL1" }, { weights: [1, 2, 1, 2, 3], steps: 4 }] as const) {
      const run = goesOn((own) => leastSquares(residuals, start, solver, { ...options, ...own }));
      assert.ok(run.steps > 3);
    }
  });

  running(`${name}: the same bits, whoever waits; aborted, the best point with the reason`, async () => {
    const whole = leastSquares(residuals, start, solver);
    const told: number[] = [];
    const slow = await leastSquaresAsync(residuals, start, solver, {
      timeBudget: 0,
      onStep: async () => {},
      onProgress: ({ value }) => told.push(value),
    });
    assert.equal(slow, whole);
    assert.ok(told.length > 0);
    const controller = new AbortController();
    const ended = await leastSquaresAsync(residuals, start, solver, {
      timeBudget: 0,
      signal: controller.signal,
      onStep: ({ step }) => {
        if (step === 3) controller.abort();
      },
    });
    assert.is(ended.status, "aborted");
    assert.match(ended.message, /^The signal was aborted/);
    assert.ok(ended.value <= Math.min(...ended.trajectory.values) && ended.steps < whole.steps);
    assert.throws(
      () => leastSquares(residuals, start, solver, { onStep: () => Promise.resolve() }),
      /leastSquares: a callback gives a promise.*leastSquaresAsync/,
    );
  });
}

/** Where the cost has two dead ends that attempts run into, and a plain beyond. */
const deceptive = trace({ x: vector(2) }, ({ x }) => {
  const [p, q] = x as unknown as readonly [a.Expr<[]>, a.Expr<[]>];
  return stack([
    multiply(a.exp(multiply(-0.5, square(p))), subtract(q, 3)),
    multiply(1e-3, add(q, a.exp(q))),
  ]);
});

running("attempts that follow one that stalls are steps of one run, which goes on from any of them", () => {
  const run = goesOn((options) => leastSquares(deceptive, { x: [3, 9] }, undefined, options));
  assert.is(run.status, "stalled", run.message);
  assert.is(run.trajectory.values.length, run.steps);
  assert.equal(run.value, Math.min(...run.trajectory.values, run.value));
  const again = Array.from({ length: run.steps }, (_, i) =>
    run.trajectory.parameters.x.slice(2 * i, 2 * i + 2),
  );
  assert.is(again.filter(([p, q]) => p === 3 && q === 9).length, 3);
});

running("checkpoints of another solver, of another memory, or of another kind of run are refused", () => {
  const [kept] = collect((save) => a.minimize(f, start, a.lbfgs(), { steps: 3, checkpoint: { save } }));
  const refused = (solver: a.Solver, message: RegExp) =>
    assert.throws(() => a.minimize(f, start, solver, { resume: kept }), message);
  refused(a.lbfgsb(), /its method is the text "lbfgs", and here it is lbfgsb/);
  refused(a.lbfgs({ memory: 5 }), /"slots\.lbfgs\.all" has shape/);
  refused(a.auto(), /and here it is trustRegion/);
  assert.throws(
    () => leastSquares(residuals, start, undefined, { resume: kept }),
    /leastSquares: resume is a checkpoint of minimize/,
  );
  const [other] = collect((save) =>
    leastSquares(residuals, start, undefined, { steps: 3, checkpoint: { save } }),
  );
  assert.throws(
    () => a.minimize(f, start, a.lbfgs(), { resume: other }),
    /resume is a checkpoint of leastSquares/,
  );
  assert.throws(
    () => leastSquares(residuals, start, gaussNewton(), { resume: other }),
    /its method is the text "levenbergMarquardt", and here it is gaussNewton/,
  );
});

running("the chosen solver goes on from the middle of problems with bounds", () => {
  for (const { f: own, start: from, lower, upper } of boundedProblems.filter((_, i) => i % 6 === 0)) {
    const options = { bounds: { x: { lower, upper } } };
    const whole = a.minimize(own, from, undefined, options);
    const every = Math.max(1, Math.floor(whole.steps / 2));
    const [kept] = collect((save) =>
      a.minimize(own, from, undefined, { ...options, checkpoint: { every, save } }),
    );
    if (!kept) continue;
    const { trajectory: _, ...rest } = a.minimize(own, from, undefined, { ...options, resume: kept });
    const { trajectory: __, ...expected } = whole;
    assert.equal(rest, expected);
  }
});

running.run();
