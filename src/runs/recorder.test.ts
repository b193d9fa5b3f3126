import { suite } from "uvu";
import * as assert from "uvu/assert";
import { gradientDescent } from "../../optimizers/index.js";
import { cubic } from "../objectives/index.js";
import { minimize } from "./minimize.js";
import { makeRecorder } from "./recorder.js";
import { State } from "./state.js";

const recording = suite("recorder");

/** Records steps whose point is [step, −step], a and a scalar, in room for so many rows. */
function record(steps: number, rows: number, most = steps) {
  const parameters = {
    x: { data: Float64Array.of(0, 0), shape: [2] },
    a: { data: Float64Array.of(0), shape: [] },
  };
  const state = new State({ parameters, slots: {} });
  const recorder = makeRecorder(state, most, rows * 8 * 4);
  for (let step = 0; step < steps; step++) {
    state.now.set([step, -step, 2 * step]);
    recorder.record(step, step / 2);
  }
  const { steps: count, stride, parameters: found, values } = recorder.finish(steps);
  return { count, stride, rows: found as Readonly<Record<"x" | "a", Float64Array>>, values };
}

recording("every step's row, where they fit", () => {
  const { count, stride, rows, values } = record(5, 5);
  assert.equal([count, stride], [5, 1]);
  assert.equal([...rows.x], [0, 0, 1, -1, 2, -2, 3, -3, 4, -4]);
  assert.equal([...rows.a], [0, 2, 4, 6, 8]);
  assert.equal([...values], [0, 0.5, 1, 1.5, 2]);
});

recording("within the memory, every row is of step i·stride, at the least power of two that fits", () => {
  for (const rows of [2, 3, 4, 5, 7, 8, 64]) {
    for (let steps = 0; steps <= 200; steps++) {
      const { count, stride, rows: found, values } = record(steps, rows);
      let least = 1;
      while (Math.ceil(steps / least) > rows) least *= 2;
      assert.is(stride, least, `${steps} steps in ${rows} rows`);
      assert.is(count, Math.ceil(steps / stride));
      const expected = Array.from({ length: count }, (_, i) => i * stride);
      assert.equal(
        [...values],
        expected.map((step) => step / 2),
      );
      assert.equal(
        [...found.x],
        expected.flatMap((step) => [step, step === 0 ? -0 : -step]),
      );
      assert.equal(
        [...found.a],
        expected.map((step) => 2 * step),
      );
    }
  }
});

recording("two rows stand even where the memory has room for none", () => {
  const { count, stride } = record(9, 0);
  assert.equal([count, stride], [2, 8]);
});

recording("what is returned holds no more than its rows", () => {
  for (const [steps, rows] of [
    [3, 1000],
    [100, 16],
    [16, 16],
  ] as const) {
    const { rows: found, values, count } = record(steps, rows, 10 * steps);
    assert.is(values.buffer.byteLength, 8 * count);
    assert.is(found.x.buffer.byteLength, 16 * count);
    assert.is(structuredClone(found.x).buffer.byteLength, 16 * count);
  }
});

recording("rows behind the steps that count are forgotten", () => {
  const state = new State({ parameters: { x: { data: Float64Array.of(0), shape: [1] } }, slots: {} });
  const recorder = makeRecorder(state, 100, 4 * 16);
  for (let step = 0; step < 7; step++) recorder.record(step, step);
  // Rows of the steps 0, 2, 4, 6.
  assert.equal([...recorder.finish(6).values], [0, 2, 4]);
});

recording("a run in little memory has the rows of the same run in enough", () => {
  const optimizer = gradientDescent({ learningRate: 0.01 });
  const run = (memoryLimit?: number) =>
    minimize(cubic.f, { x: [2, 3] }, optimizer, {
      ...{ steps: 1000, tolerance: 0 },
      ...(memoryLimit !== undefined && { memoryLimit }),
    });
  const whole = run();
  assert.is(whole.trajectory.stride, 1);
  for (const [bytes, stride] of [
    [1000 * 24, 1],
    [999 * 24, 2],
    [500 * 24, 2],
    [30 * 24, 64],
  ] as const) {
    const { trajectory, parameters, value, steps } = run(bytes);
    assert.equal([trajectory.stride, steps], [stride, 1000]);
    assert.equal([parameters, value], [whole.parameters, whole.value]);
    assert.is(trajectory.steps, Math.ceil(1000 / stride));
    for (let i = 0; i < trajectory.steps; i++) {
      assert.is(trajectory.values[i], whole.trajectory.values[i * stride]);
      assert.equal(
        trajectory.parameters.x.slice(2 * i, 2 * i + 2),
        whole.trajectory.parameters.x.slice(2 * i * stride, 2 * i * stride + 2),
      );
    }
  }
});

recording("more rows than are set aside at first", () => {
  // Of three numbers and a value, 32,768 rows at first, then 16 times as many, then all.
  const steps = 800_000;
  const { count, stride, rows, values } = record(steps, steps);
  assert.equal([count, stride], [steps, 1]);
  for (const i of [0, 32_767, 32_768, 524_287, 524_288, steps - 1]) {
    assert.equal([rows.x[2 * i], rows.a[i], values[i]], [i, 2 * i, i / 2]);
  }
});

recording.run();
