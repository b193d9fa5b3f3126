/** Asynchronous runs: the same bits as synchronous ones, other tasks in between, promises, signals. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  adam,
  add,
  cubic,
  type Expr,
  matmul,
  mean,
  minimize,
  minimizeAsync,
  type RunProgress,
  rosenbrock,
  square,
  subtract,
  sum,
  trace,
  train,
  trainAsync,
  vector,
} from "../index.js";

const running = suite("asynchronous runs");

const optimizer = adam({ learningRate: 0.05 });
const wide = trace({ x: vector(300) }, ({ x }) => sum(square(subtract(x, 1))));
const wideStart = { x: Float64Array.from({ length: 300 }, (_, i) => Math.sin(i)) };

const loss = ({ X, y, W, b }: Readonly<Record<"X" | "y" | "W" | "b", Expr>>): Expr =>
  mean(square(subtract(add(matmul(X, W), b), y)));
const X = Array.from({ length: 20 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const y = X.map(([p, q]) => [2 * p! - q! + 0.5]);
const start = { W: [[0], [0]], b: [0] };
const fitting = { batchSize: 6, epochs: 8, shuffle: 3 };

const later = <T>(value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), 1));

// With a budget of 0, other tasks run after every single step.
for (const timeBudget of [0, 10]) {
  running(`minimizeAsync is minimize to the bit, letting others run every ${timeBudget} ms`, async () => {
    const seen: [number[], number[]] = [[], []];
    const options = { steps: 40, tolerance: 0, memoryLimit: 300 };
    const observed = (at: 0 | 1) => ({
      ...options,
      onStep: ({ value }: { value: number }) => seen[at].push(value),
    });
    const expected = minimize(rosenbrock.f, { x: [-1, 2] }, optimizer, observed(0));
    const found = await minimizeAsync(rosenbrock.f, { x: [-1, 2] }, optimizer, {
      ...observed(1),
      timeBudget,
    });
    assert.equal(found, expected);
    assert.equal(seen[1], seen[0]);
    assert.equal(
      await minimizeAsync(wide, wideStart, optimizer, { ...options, timeBudget }),
      minimize(wide, wideStart, optimizer, options),
    );
    assert.equal(
      await minimizeAsync(wide, wideStart, optimizer, { ...options, dtype: "f32", timeBudget }),
      minimize(wide, wideStart, optimizer, { ...options, dtype: "f32" }),
    );
  });

  running(`trainAsync is train to the bit, letting others run every ${timeBudget} ms`, async () => {
    const expected = train(loss, start, { X, y }, optimizer, fitting);
    assert.equal(await trainAsync(loss, start, { X, y }, optimizer, { ...fitting, timeBudget }), expected);
  });
}

running("other tasks run meanwhile", async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await minimizeAsync(wide, wideStart, optimizer, { steps: 20_000, tolerance: 0, trajectory: false });
  clearInterval(timer);
  assert.ok(ticks > 0);
});

running("promises of callbacks are waited for, and false stops, told once a step", async () => {
  const told: number[] = [];
  for (const [f, at] of [
    [cubic.f, { x: [2, 3] }],
    [wide, wideStart],
  ] as const) {
    told.length = 0;
    const run = await minimizeAsync(f as typeof wide, at as typeof wideStart, optimizer, {
      steps: 30,
      tolerance: 0,
      onStep: async ({ step }) => {
        told.push(step);
        return later(step < 7);
      },
    });
    assert.equal([run.status, run.steps, run.message], ["stopped", 6, "onStep returned false."]);
    assert.equal(told, [1, 2, 3, 4, 5, 6, 7]);
  }
  const epochs: number[] = [];
  const fit = await trainAsync(loss, start, { X, y }, optimizer, {
    ...fitting,
    onEpoch: ({ epoch }) => {
      epochs.push(epoch);
      return later(epoch < 3);
    },
  });
  assert.equal([fit.status, fit.epochs, epochs], ["stopped", 3, [1, 2, 3]]);
});

running("a callback's error rejects", async () => {
  const failing = (onStep: () => unknown) =>
    minimizeAsync(wide, wideStart, optimizer, { onStep }).then(
      () => "resolved",
      (error: Error) => error.message,
    );
  assert.is(await failing(() => Promise.reject(new Error("mine"))), "mine");
  assert.is(
    await failing(() => {
      throw new Error("at once");
    }),
    "at once",
  );
});

running("a synchronous run refuses promises", () => {
  assert.throws(
    () => minimize(wide, wideStart, optimizer, { onStep: () => Promise.reject(new Error("never heard of")) }),
    /minimize: a callback gives a promise, for which minimize can't wait; use minimizeAsync/,
  );
});

running("a signal ends a run, with what it has reached", async () => {
  const controller = new AbortController();
  const options = { steps: 1e9, tolerance: 0, trajectory: false, signal: controller.signal };
  setTimeout(() => controller.abort(new Error("enough")), 20);
  const run = await minimizeAsync(rosenbrock.f, { x: [-1, 2] }, optimizer, options);
  assert.equal([run.status, run.message], ["aborted", "The signal was aborted: enough."]);
  assert.ok(run.steps > 0 && run.evaluations === run.steps + 1);
  const same = minimize(rosenbrock.f, { x: [-1, 2] }, optimizer, { steps: run.steps, tolerance: 0 });
  assert.equal([run.parameters, run.value], [same.parameters, same.value]);
  // Aborted before: at the start.
  const none = await minimizeAsync(cubic.f, { x: [2, 3] }, optimizer, { signal: AbortSignal.abort() });
  assert.equal([none.status, none.steps, [...none.parameters.x], none.value], ["aborted", 0, [2, 3], 46]);
  const fit = await trainAsync(loss, start, { X, y }, optimizer, { ...fitting, signal: AbortSignal.abort() });
  assert.equal([fit.status, fit.iterations, fit.epochs], ["aborted", 0, 0]);
});

running("progress is told", async () => {
  const told: RunProgress[] = [];
  const run = await minimizeAsync(wide, wideStart, optimizer, {
    steps: 20,
    timeBudget: 0,
    tolerance: 0,
    onProgress: (progress) => told.push(progress),
  });
  assert.ok(told.length >= 10 && told.every(({ maxSteps, elapsed }) => maxSteps === 20 && elapsed >= 0));
  for (const { steps, value } of told) assert.is(value, run.trajectory.values[steps] ?? run.value);
});

running("refused, by a rejection: what isn't a signal, a budget, an option of theirs", async () => {
  const told = async (options: object) => {
    try {
      await minimizeAsync(wide, wideStart, optimizer, options);
    } catch (error) {
      return String(error);
    }
    return "nothing";
  };
  assert.match(await told({ signal: {} }), /minimizeAsync: signal is .*AbortController/);
  assert.match(await told({ timeBudget: -1 }), /minimizeAsync: timeBudget must be milliseconds, not -1/);
  assert.match(await told({ signall: 1 }), /minimizeAsync: unknown option "signall".*signal/);
  assert.match(await told({ steps: -1 }), /minimizeAsync: steps must be/);
  assert.throws(
    () => minimize(wide, wideStart, optimizer, { signal: AbortSignal.abort() } as never),
    /unknown option "signal"/,
  );
});

running.run();
