/** Fits are runs as others: they go on from checkpoints to the same bits, wait, and are ended; from many starts as well. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { add, type Expr, multiply, sin } from "../../graph/index.js";
import { randomSource } from "../data/index.js";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../index.js";
import { gaussNewton, levenbergMarquardt } from "../solvers/index.js";
import type { FitReport } from "./assemble.js";
import { curveFit, curveFitAsync } from "./curve-fit.js";
import type { CurveFitOptions } from "./options.js";

const running = suite("runs of curveFit");

type Inputs = { readonly a: Expr; readonly w: Expr; readonly c: Expr; readonly x: Expr };

/** A sine, whose frequency has many valleys. */
const wave = ({ a, w, c, x }: Inputs) => add(multiply(a, sin(multiply(w, x))), c);
const random = randomSource(7);
const x = Float64Array.from({ length: 40 }, (_, i) => i / 4);
const y = x.map((at) => 3 * Math.sin(2.5 * at) + 0.5 + 0.1 * random.normal());
const start = { a: 1, w: 1, c: 0 };
const fit = (options: CurveFitOptions<never>) => curveFit(wave, start, { x, y }, options);
const told = ({ parameters, evaluations, residuals, covariance, ...report }: FitReport<typeof start>) => ({
  ...{ parameters, evaluations, residuals, covariance: [...covariance], all: JSON.stringify(report) },
});

const forms: Readonly<Record<string, CurveFitOptions<never>>> = {
  "one start": {},
  "five starts": { starts: 5, seed: 4, bounds: { w: { lower: 0.1, upper: 5 } } },
  "starts of few steps, of which the first is best": { starts: 4, seed: 1, steps: 4, loss: "softL1" },
  "by products": { starts: 3, seed: 5, solver: levenbergMarquardt({ jacobian: "products" }), steps: 20 },
};

for (const [name, options] of Object.entries(forms)) {
  running(`${name}: a fit goes on from any of its steps to the same bits`, () => {
    const whole = told(fit(options));
    const kept: Checkpoint[] = [];
    const save = (checkpoint: Checkpoint) => {
      kept.push(decodeCheckpoint(encodeCheckpoint(checkpoint)));
    };
    assert.equal(told(fit({ ...options, checkpoint: { every: 1, save } })), whole);
    assert.ok(kept.length > 3 * (options.starts ?? 1) - 3, `${kept.length} checkpoints`);
    for (const resume of kept) assert.equal(told(fit({ ...options, resume })), whole);
  });

  running(`${name}: the same bits, whoever waits`, async () => {
    let asked = 0;
    const waiting = { timeBudget: 0, onProgress: async () => void asked++ };
    const slow = await curveFitAsync(wave, start, { x, y }, { ...options, ...waiting });
    assert.equal(told(slow), told(fit(options)));
    assert.ok(asked > 0);
  });
}

running(
  "one that is aborted gives the report of its best point; the best of the starts before counts",
  async () => {
    const far = { starts: 6, seed: 3 } as const;
    const rest = (calls: number) => {
      const controller = new AbortController();
      let left = calls;
      return curveFitAsync(
        wave,
        start,
        { x, y },
        {
          ...{ ...far, timeBudget: 0, signal: controller.signal },
          onProgress: () => left-- === 0 && controller.abort(new Error("enough")),
        },
      );
    };
    let least = Number.POSITIVE_INFINITY;
    for (const calls of [1, 8, 15, 25]) {
      const ended = await rest(calls);
      assert.equal([ended.status, ended.message], ["aborted", "The signal was aborted: enough."]);
      assert.ok(ended.quality.chiSquare <= least);
      least = ended.quality.chiSquare;
      assert.match(ended.toString(), /fit: aborted/);
    }
  },
);

running("mistakes name the function, checkpoints of other fits are refused", async () => {
  const kept: Checkpoint[] = [];
  const saving = { every: 1, save: (one: Checkpoint) => void kept.push(one) };
  fit({ starts: 4, seed: 3, checkpoint: saving });
  const last = kept.at(-1)!;
  assert.is(last.run, "curveFit");
  assert.throws(() => fit({ starts: 2, seed: 3, resume: last }), /curveFit: resume is .* it was at start 4/);
  assert.throws(
    () => fit({ solver: gaussNewton(), resume: last }),
    /method is the text "levenbergMarquardt"/,
  );
  const other = () => curveFit(({ a, x }) => multiply(a, x), { a: 1 }, { x, y }, { resume: last });
  assert.throws(other, /has no "parameters\.a"|"parameters\.\w" besides|has shape/);
  const promise = () => fit({ onProgress: () => Promise.resolve() });
  assert.throws(promise, /curveFit: a callback gives a promise.*curveFitAsync/);
  const refused = async (run: () => Promise<unknown>, message: RegExp) => {
    const error = await run().then(String, String);
    assert.match(error, message);
  };
  await refused(() => curveFitAsync(wave, start, { x, y: [1] }), /curveFitAsync: /);
  await refused(
    () => curveFitAsync(wave, { ...start, d: 1 }, { x, y }),
    /curveFitAsync: the model doesn't depend/,
  );
  await refused(
    () => curveFitAsync(wave, start, { x, y }, { sigma: -1 }),
    /^AdjointError: curveFitAsync: sigma/,
  );
  await refused(
    () => curveFitAsync(() => 3, start, { x, y }, {}),
    /curveFitAsync: the model must give a number for each/,
  );
});

running.run();
