/** Runs go on from checkpoints to the same bits; foreign ones are refused by what differs. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { subjects } from "../../property-tests/support/optimizers.js";
import {
  adam,
  add,
  type Checkpoint,
  cubic,
  decodeCheckpoint,
  type Expr,
  encodeCheckpoint,
  gradientDescent,
  matmul,
  mean,
  minimize,
  minimizeAsync,
  rosenbrock,
  square,
  subtract,
  sum,
  trace,
  train,
  vector,
} from "../index.js";
import { checkpointParts } from "./checkpoint-bytes.js";

const resuming = suite("checkpoints");

for (const dtype of ["f64", "f32"] as const) {
  resuming(
    `${dtype}: the parts that are written are views of a checkpoint's tensors, which are not copied`,
    () => {
      const size = 1000;
      const f = trace({ x: vector(size) }, ({ x }) => sum(square(x)));
      const made: Checkpoint[] = [];
      const checkpoint = { save: (one: Checkpoint) => void made.push(one) };
      minimize(f, { x: new Float64Array(size).fill(1) }, adam({ learningRate: 0.1 }), {
        steps: 3,
        dtype,
        checkpoint,
      });
      const { tensors } = made.at(-1)!;
      const own = new Map(Object.values(tensors).map(({ data }) => [data.buffer as ArrayBufferLike, data]));
      const parts = checkpointParts("this test", made.at(-1)!);
      const large = parts.filter(({ byteLength }) => byteLength >= 4 * size);
      assert.ok(large.length >= 3);
      for (const part of large) {
        const data = own.get(part.buffer)!;
        assert.equal([part.byteOffset, part.byteLength], [data.byteOffset, data.byteLength]);
      }
    },
  );
}

const wide = trace({ x: vector(100) }, ({ x }) => sum(square(subtract(x, 1))));
const wideStart = { x: Float64Array.from({ length: 100 }, (_, i) => Math.sin(i)) };

const loss = ({ X, y, W, b }: Readonly<Record<"X" | "y" | "W" | "b", Expr>>): Expr =>
  mean(square(subtract(add(matmul(X, W), b), y)));
const X = Array.from({ length: 20 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const y = X.map(([p, q]) => [2 * p! - q! + 0.5]);
const start = { W: [[0], [0]], b: [0] };

/** The checkpoints of a run, each through its bytes. */
function collect(run: (save: (checkpoint: Checkpoint) => void) => unknown): Checkpoint[] {
  const kept: Checkpoint[] = [];
  run((checkpoint) => kept.push(decodeCheckpoint(encodeCheckpoint(checkpoint))));
  return kept;
}

for (const [i, { title, make }] of subjects.entries()) {
  resuming(`${title}: minimize goes on from any step, written out or not`, () => {
    const optimizer = make({ learningRate: 0.01 });
    for (const [f, at] of [
      [rosenbrock.f, { x: [-1, 2] }],
      // It takes longer to compile.
      ...(i % 6 === 0 ? [[wide, wideStart]] : []),
    ] as never as readonly (readonly [typeof wide, typeof wideStart])[]) {
      const options = {
        steps: 12,
        tolerance: 0,
        valueTolerance: 1e-300,
        stepTolerance: 1e-300,
        patience: 11,
      };
      const whole = minimize(f, at, optimizer, options);
      const kept = collect((save) =>
        minimize(f, at, optimizer, { ...options, checkpoint: { every: 5, save } }),
      );
      const last = whole.status === "diverged" ? whole.steps : whole.steps - 1;
      const due = [5, 10].filter((steps) => steps <= last);
      const steps = kept.map(({ steps }) => steps);
      assert.equal(steps, whole.status === "max-steps" ? [...due, 12] : due);
      for (const resume of kept) {
        const { trajectory, ...rest } = minimize(f, at, optimizer, { ...options, resume });
        const { trajectory: all, ...expected } = whole;
        assert.equal(rest, expected);
        assert.is(trajectory.start, resume.steps);
        assert.equal([...trajectory.values], [...all.values.slice(resume.steps)]);
      }
    }
  });
}

resuming("a run that took all its steps goes on with more", () => {
  const optimizer = adam({ learningRate: 0.1 });
  const [last] = collect((save) =>
    minimize(cubic.f, { x: [2, 3] }, optimizer, { steps: 30, checkpoint: { save } }),
  );
  const seen: number[] = [];
  const onStep = ({ step }: { step: number }) => seen.push(step);
  const more = minimize(cubic.f, { x: [2, 3] }, optimizer, { steps: 33, resume: last, onStep });
  assert.equal(more.parameters, minimize(cubic.f, { x: [2, 3] }, optimizer, { steps: 33 }).parameters);
  assert.equal([more.evaluations, seen], [34, [31, 32, 33]]);
});

for (const dtype of ["f64", "f32"] as const) {
  resuming(`train goes on from any step, in ${dtype}: batches, losses, validation, the best so far`, () => {
    const options = {
      ...{ batchSize: 6, epochs: 7, shuffle: 3, dtype, patience: 6, tolerance: 1e-30, stepTolerance: 1e-30 },
      validation: { data: { X: X.slice(0, 3), y: y.slice(0, 3).map(([v]) => [v! + 0.1]) } },
    };
    const optimizer = adam({ learningRate: 0.2 });
    const {
      parametersAfterEpoch: _,
      start: none,
      ...whole
    } = train(loss, start, { X, y }, optimizer, options);
    assert.is(none, 0);
    // Every step, in the middle of epochs, too.
    const kept = collect((save) =>
      train(loss, start, { X, y }, optimizer, { ...options, checkpoint: { every: 1, save } }),
    );
    assert.is(kept.length, whole.iterations);
    for (const resume of kept) {
      const {
        parametersAfterEpoch,
        start: from,
        ...found
      } = train(loss, start, { X, y }, optimizer, { ...options, resume });
      assert.equal(found, whole);
      assert.is(from, Math.floor(resume.steps / 4));
      assert.is(parametersAfterEpoch.b.length, whole.epochs - from);
    }
    // By itself, one an epoch.
    const epochs = collect((save) =>
      train(loss, start, { X, y }, optimizer, { ...options, checkpoint: { save } }),
    );
    assert.equal(epochs.map(({ steps }) => steps).slice(0, 3), [4, 8, 12]);
  });
}

resuming("an asynchronous run waits for a checkpoint to be kept, and resumes a synchronous one", async () => {
  const optimizer = adam({ learningRate: 0.1 });
  const kept: Checkpoint[] = [];
  let pending = 0;
  const save = async (checkpoint: Checkpoint) => {
    assert.is(++pending, 1);
    await new Promise((resolve) => setTimeout(resolve, 1));
    pending--;
    kept.push(checkpoint);
  };
  await minimizeAsync(cubic.f, { x: [2, 3] }, optimizer, { steps: 9, checkpoint: { every: 2, save } });
  assert.equal(
    kept.map(({ steps }) => steps),
    [2, 4, 6, 8, 9],
  );
  const { parameters } = minimize(cubic.f, { x: [2, 3] }, optimizer, { steps: 9, resume: kept[1] });
  assert.equal(parameters, minimize(cubic.f, { x: [2, 3] }, optimizer, { steps: 9 }).parameters);
});

resuming("a checkpoint that can't be kept costs no result, and is told", async () => {
  const optimizer = adam({ learningRate: 0.1 });
  const full = () => {
    throw new Error("no space left on device");
  };
  const options = { steps: 9, checkpoint: { every: 2, save: full } };
  const run = minimize(cubic.f, { x: [2, 3] }, optimizer, options);
  const plain = minimize(cubic.f, { x: [2, 3] }, optimizer, { steps: 9 });
  assert.equal(run.parameters, plain.parameters);
  assert.is(run.message, `${plain.message} The last checkpoint couldn't be saved: no space left on device`);
  const later = await minimizeAsync(cubic.f, { x: [2, 3] }, optimizer, {
    ...options,
    checkpoint: { save: () => Promise.reject(new Error("gone")) },
  });
  assert.match(later.message, /couldn't be saved: gone$/);
});

resuming("refused: checkpoints of something else, by what differs", () => {
  const optimizer = adam({ learningRate: 0.1 });
  const at = { layers: [{ w: [1, 2] }], b: 3 };
  const f = trace({ layers: [{ w: vector(2) }], b: vector(1) }, ({ layers, b }) =>
    add(sum(square(layers[0].w)), sum(square(b))),
  );
  const from = { ...at, b: [3] };
  const [kept] = collect((save) => minimize(f, from, optimizer, { steps: 3, checkpoint: { save } })) as [
    Checkpoint,
  ];
  const refused = (resume: unknown, message: RegExp) =>
    assert.throws(() => minimize(f, from, optimizer, { resume: resume as never }), message);
  const without = (name: string) => {
    const { [name]: _, ...tensors } = kept.tensors;
    return { ...kept, tensors };
  };
  refused(5, /minimize: resume is 5; pass what a run gave to checkpoint\.save/);
  refused(
    { ...kept, version: 2 },
    /resume is a checkpoint of version 2, and this version of the library reads version 1/,
  );
  refused({ ...kept, run: "train" }, /resume is a checkpoint of train/);
  refused({ ...kept, method: "sgd" }, /its method is the text "sgd", and here it is adam/);
  refused(without("parameters.layers.0.w"), /it has no "parameters\.layers\.0\.w"/);
  refused(without("run.counts"), /it has no "run\.counts"/);
  refused(
    { ...kept, tensors: { ...kept.tensors, "slots.other": kept.tensors["parameters.b"] } },
    /it has "slots\.other" besides/,
  );
  const longer = { data: new Float64Array(3), shape: [3] };
  refused(
    { ...kept, tensors: { ...kept.tensors, "parameters.b": longer } },
    /"parameters\.b" has shape \(3\) there and \(1\) here/,
  );
  assert.throws(
    () => minimize(f, from, optimizer, { resume: kept, dtype: "f32" }),
    /this run's dtype is f32/,
  );
  assert.throws(
    () => minimize(f, from, gradientDescent({ learningRate: 1 }), { resume: kept }),
    /here it is gradientDescent/,
  );
  const fitting = { batchSize: 5, epochs: 1 };
  const [trained] = collect((save) =>
    train(loss, start, { X, y }, optimizer, { ...fitting, checkpoint: { save } }),
  );
  const refit =
    (options: object, rows = 20) =>
    () =>
      train(loss, start, { X: X.slice(0, rows), y: y.slice(0, rows) }, optimizer, {
        ...fitting,
        ...options,
        resume: trained,
      });
  assert.throws(refit({ batchSize: 4 }), /batchSize was 5, and is 4 here/);
  assert.throws(refit({ shuffle: 1 }), /shuffle was none, and is 1 here/);
  assert.throws(refit({}, 10), /samples was 20, and is 10 here/);
  assert.throws(
    () => minimize(f, from, optimizer, { checkpoint: { every: 0, save: () => {} } }),
    /minimize: checkpoint: every must be a whole number of at least 1/,
  );
  assert.throws(
    () => minimize(f, from, optimizer, { checkpoint: {} as never }),
    /checkpoint: save must be a function/,
  );
});

resuming("keys with dots are told from keys within keys", () => {
  const f = trace({ "a.b": vector(1), a: { b: vector(1) } }, (x) => add(sum(square(x["a.b"])), sum(x.a.b)));
  const at = { "a.b": [1], a: { b: [2] } };
  const optimizer = gradientDescent({ learningRate: 0.1 });
  const [kept] = collect((save) => minimize(f, at, optimizer, { steps: 3, checkpoint: { save } }));
  const resumed = minimize(f, at, optimizer, { steps: 5, resume: kept });
  assert.equal(resumed.parameters, minimize(f, at, optimizer, { steps: 5 }).parameters);
});

resuming.run();
