import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openChart } from "../../property-tests/support/charts.js";
import {
  color,
  decode,
  distance,
  hasClearRim,
  isDark,
  type Picture,
} from "../../property-tests/support/picture.js";
import {
  AdjointError,
  gradientDescent,
  mean,
  minimize,
  saddle,
  square,
  subtract,
  train,
  weightedSphere,
} from "../index.js";
import { type LossOptions, lossFigure } from "./loss.js";
import { lossChart } from "./loss-chart.js";
import { lossSpecs } from "./loss-spec.js";

/** A fit of one number to one: the loss after k steps is 4·0.64ᵏ, by a closed form. */
const fit = (learningRate: number, epochs = 10) =>
  train(
    ({ a, y }) => mean(square(subtract(a!, y!))),
    { a: [2] },
    { y: [0, 0, 0, 0] },
    gradientDescent({ learningRate }),
    { batchSize: 1, epochs },
  );
const training = fit(0.1);
const { f } = weightedSphere([1, 1]);
const run = minimize(f, { x: [1, 0] }, gradientDescent({ learningRate: 0.1 }), { steps: 12, tolerance: 0 });

const losses = suite("losses");

losses("two panels of trainings: every iteration's loss before its step, every epoch's mean", () => {
  const [iterations, epochs] = lossSpecs({ trainings: { GD: training } });
  const expected = Array.from({ length: 40 }, (_, k) => 4 * 0.64 ** k);
  assert.equal([iterations!.title, epochs!.title], ["iteration loss", "epoch loss"]);
  assert.equal([iterations!.runs[0]!.color, epochs!.runs[0]!.color], ["#e4007f", "#f19ec2"]);
  assert.equal(
    iterations!.runs[0]!.steps,
    Array.from({ length: 40 }, (_, k) => k + 1),
  );
  for (const [k, loss] of expected.entries())
    assert.ok(Math.abs(iterations!.runs[0]!.values[k]! / loss - 1) < 1e-7);
  for (const [k, loss] of epochs!.runs[0]!.values.entries()) {
    const part = expected.slice(4 * k, 4 * k + 4);
    assert.ok(Math.abs(loss! / (part.reduce((sum, one) => sum + one, 0) / 4) - 1) < 1e-7);
  }
});

losses("runs and trainings that went through JSON are drawn as they were", () => {
  const copy = <T>(given: T): T => JSON.parse(JSON.stringify(given));
  assert.equal(lossSpecs({ runs: { GD: copy(run) } }), lossSpecs({ runs: { GD: run } }));
  assert.equal(lossSpecs({ trainings: { GD: copy(training) } }), lossSpecs({ trainings: { GD: training } }));
});

losses("one panel of runs: the value from the start to the end", () => {
  const [panel, ...rest] = lossSpecs({ runs: { GD: run } });
  assert.is(rest.length, 0);
  assert.equal(
    panel!.runs[0]!.steps,
    Array.from({ length: 13 }, (_, k) => k),
  );
  panel!.runs[0]!.values.forEach((value, k) => {
    assert.ok(Math.abs(value! / 0.64 ** k - 1) < 1e-7, `step ${k}`);
  });
});

/** Where a panel's axes lie, and the rows of the ticks of its values, from the lowest: found by their ink. */
function axesOf(picture: Picture, from: number, to: number) {
  const share = (count: number, dark: (i: number) => boolean) =>
    Array.from({ length: count }, (_, i) => i).filter(dark).length;
  const rows = Array.from({ length: picture.height }, (_, y) =>
    share(to - from, (x) => isDark(picture.at(from + x, y))),
  );
  const bottom = rows.lastIndexOf(Math.max(...rows));
  const columns = Array.from({ length: to - from }, (_, x) =>
    share(picture.height, (y) => isDark(picture.at(from + x, y))),
  );
  const left = from + columns.indexOf(Math.max(...columns));
  // Both axes end at their last ticks; the curve may cover the line itself.
  const right = Array.from({ length: to - from }, (_, x) => from + x).findLast((x) =>
    isDark(picture.at(x, bottom + 4)),
  )!;
  // The ticks of the axis of values, from the lowest.
  const ticks = Array.from({ length: bottom + 3 }, (_, y) => y).filter(
    (y) => isDark(picture.at(left - 4, y)) && !isDark(picture.at(left - 4, y - 1)),
  );
  return { left, right, bottom, ticks: ticks.reverse() };
}

losses("the curves lie where the losses say, on both panels", async () => {
  const picture = await decode(await lossFigure({ trainings: { GD: training } }).render("png"));
  assert.equal([picture.width, picture.height], [1000, 400]);
  for (const [from, to, last, ink, loss] of [
    [0, 500, 40, "#e4007f", (k: number) => 4 * 0.64 ** (k - 1)],
    [
      500,
      1000,
      10,
      "#f19ec2",
      (k: number) => (4 * (1 + 0.64 + 0.64 ** 2 + 0.64 ** 3) * 0.64 ** (4 * (k - 1))) / 4,
    ],
  ] as const) {
    const { left, right, bottom, ticks } = axesOf(picture, from, to);
    // The ticks of both panels are 0, 0.5, 1, …
    const unit = (ticks[0]! - ticks.at(-1)!) / (0.5 * (ticks.length - 1));
    for (const k of [1, 2, 3, 4]) {
      const x = left + (k / last) * (right - left);
      const y = bottom - loss(k) * unit;
      const near = [-2, -1, 0, 1, 2].map((dy) => distance(picture.at(x, y + dy), color(ink)));
      assert.ok(Math.min(...near) < 40, `${ink} at ${k}: ${near}`);
    }
  }
});

losses("a logarithmic axis has powers of ten, and ends at 1, 2 or 5 times one", () => {
  const [iterations] = lossSpecs({ trainings: { GD: training }, scale: "log" });
  const { y } = openChart(lossChart(iterations!)).scales;
  assert.is(y!.type, "logarithmic");
  // The losses go from 4 to 4·0.64³⁹ = 1.1e-7.
  assert.equal([y!.min, y!.max], [1e-7, 5]);
});

losses("several are drawn over each other, named above, nothing cut off", async () => {
  const trainings = {
    slow: fit(0.01),
    fast: fit(0.2),
    "a name that is much longer than all of the others": fit(0.1),
  };
  const [iterations] = lossSpecs({ trainings });
  assert.is(iterations!.legend, true);
  assert.is(new Set(iterations!.runs.map((one) => one.color)).size, 3);
  for (const options of [
    { trainings },
    { trainings, scale: "log", title: "A title" },
    { trainings, width: 500, height: 300 },
    { runs: { GD: run }, title: "One run" },
    { trainings: { "one epoch": fit(0.1, 1) }, scale: "log" },
  ] as const) {
    const picture = await decode(await lossFigure(options).render("png"));
    assert.ok(hasClearRim(picture), JSON.stringify(options).slice(0, 80));
    for (const one of "title" in options ? [] : iterations!.runs.slice(0, "runs" in options ? 0 : 3)) {
      if (!("trainings" in options) || Object.keys(options.trainings).length < 3) continue;
      const found = Array.from({ length: picture.width * 80 }, (_, k) =>
        distance(picture.at(k % picture.width, Math.floor(k / picture.width)), color(one.color)),
      );
      assert.ok(Math.min(...found) < 10, `${one.name} in the legend`);
    }
  }
});

losses("a long run keeps the lowest and highest of each stretch", () => {
  const long = {
    ...run,
    steps: 100_000,
    trajectory: { ...run.trajectory, steps: 100_000, values: new Float64Array(100_000).fill(1) },
  };
  long.trajectory.values[54_321] = 9;
  long.trajectory.values[77_777] = -9;
  const [panel] = lossSpecs({ runs: { long } });
  const { steps, values } = panel!.runs[0]!;
  assert.ok(steps.length <= 4100, String(steps.length));
  assert.ok(steps.every((step, i) => i === 0 || step > steps[i - 1]!));
  assert.is(values[steps.indexOf(54_321)], 9);
  assert.is(values[steps.indexOf(77_777)], -9);
  assert.equal([steps[0], steps.at(-1)], [0, 100_000]);
});

losses("a run of which every fourth step is recorded shows these steps, and the last one", () => {
  // Rows of two numbers and a value: room for four.
  const thin = minimize(saddle.f, { x: [1, 1] }, gradientDescent({ learningRate: 0.1 }), {
    ...{ steps: 14, memoryLimit: 4 * 24 },
  });
  const [panel] = lossSpecs({ runs: { thin } });
  assert.equal(panel!.runs[0]!.steps, [0, 4, 8, 12, 14]);
  panel!.runs[0]!.steps.forEach((step, i) => {
    const value = (0.8 ** step) ** 2 - (1.1 ** step) ** 2 / 2;
    assert.ok(Math.abs(panel!.runs[0]!.values[i]! - value) < 1e-7);
  });
});

losses("the page holds its data and nothing from elsewhere", async () => {
  const page = new TextDecoder().decode(
    await lossFigure({ trainings: { "</script>": training } }).render("html"),
  );
  const elsewhere = /https?:|\bsrc=|\bhref=|@import|url\((?!#)|\bfetch\(|XMLHttpRequest|\bimport\(/;
  // The name of a language, which nobody loads.
  assert.not.match(page.replaceAll("http://www.w3.org/2000/svg", ""), elsewhere);
  assert.is(page.match(/<canvas /g)!.length, 2);
  const json = JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/.exec(page)![1]!);
  assert.equal(
    json.map(({ kind }: { kind: string }) => kind),
    ["loss", "loss"],
  );
  assert.is(json[0].spec.runs[0].name, "</script>");
});

losses("mistakes are one clear error", () => {
  const refused = (options: object, message: RegExp) => {
    try {
      lossFigure(options as LossOptions);
    } catch (error) {
      assert.instance(error, AdjointError);
      assert.match((error as Error).message, message);
      return;
    }
    assert.unreachable(`expected ${message}`);
  };
  const solved = minimize(f, { x: [0, 0] }, gradientDescent({ learningRate: 0.1 }));
  refused({}, /neither trainings nor runs/);
  refused({ trainings: { GD: training }, runs: { GD: run } }, /both trainings and runs/);
  refused({ trainings: {} }, /trainings is empty/);
  refused({ trainings: training }, /trainings is itself one/);
  refused({ trainings: { GD: run } }, /"GD" is an object/);
  refused(
    { runs: { GD: solved }, scale: "log" },
    /"GD" has the value 0 at step 0; a logarithmic axis needs values above 0/,
  );
  refused({ trainings: { GD: fit(0.1, 0) } }, /no finite iteration loss/);
  refused({ runs: { GD: run }, scale: "auto" }, /scale must be "linear" or "log" or "symlog"/);
  refused({ runs: { GD: run }, colour: 1 }, /unknown option "colour"/);
});

losses.run();
