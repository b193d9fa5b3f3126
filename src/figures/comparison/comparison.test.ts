/** The data of a comparison page, and what it refuses. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  adam,
  add,
  gradientDescent,
  minimize,
  multiply,
  saddle,
  scalar,
  square,
  trace,
  weightedSphere,
} from "../../index.js";
import { comparisonPage } from "../index.js";
import { raceScene } from "../race/prepare.js";
import { comparisonData } from "./comparison.js";
import { contourOf, lossOf, sceneOf } from "./data.js";

const objective = weightedSphere([1, 3]);
const descend = (learningRate: number, steps: number) =>
  minimize(objective.f, { x: [3, 4] }, gradientDescent({ learningRate }), { steps, tolerance: 0 });
const runs = {
  slow: descend(0.02, 20),
  Adam: minimize(objective.f, { x: [3, 4] }, adam({ learningRate: 0.3 }), { steps: 30, tolerance: 0 }),
};
const options = { objective, runs, window: { x1: [-4, 4], x2: [-5, 5] } } as const;

const comparisons = suite("comparisons");

comparisons("every panel is made of the one list of runs, point by point", () => {
  const data = comparisonData(options);
  for (const [i, [name, run]] of Object.entries(runs).entries()) {
    const { steps, parameters, value, trajectory } = run;
    const path = [...trajectory.parameters.x.subarray(0, 2 * steps), ...parameters.x];
    const values = [...trajectory.values.subarray(0, steps), value];
    const scene = sceneOf(data).racers[i]!;
    const loss = lossOf(data).runs[i]!;
    const contour = contourOf(data).runs[i]!;
    assert.equal([scene.name, loss.name, contour.name], [name, name, name]);
    assert.equal(new Set([scene.color, loss.color, contour.color]).size, 1);
    const close = (found: readonly (number | null)[], expected: readonly number[]) => {
      assert.is(found.length, expected.length);
      for (const [k, x] of found.entries())
        assert.ok(Math.abs(x! - expected[k]!) <= 1e-8 * Math.abs(expected[k]!));
    };
    close(loss.values, values);
    close(
      scene.points,
      values.flatMap((f, k) => [path[2 * k]!, path[2 * k + 1]!, f]),
    );
    close(
      contour.x1,
      contour.steps.map((k) => path[2 * k]!),
    );
    const [g1, g2] = [2 * parameters.x[0]!, 6 * parameters.x[1]!];
    close([data.runs[i]!.gradientNorm], [Math.hypot(g1, g2)]);
  }
});

comparisons("the surface taken from the contours' grid is the objective's", () => {
  const { surface } = sceneOf(comparisonData(options));
  const own = raceScene("raceFigure", options).surface;
  assert.equal([surface.columns, surface.rows], [own.columns, own.rows]);
  for (const [i, value] of surface.values.entries()) {
    assert.ok(Math.abs(value! - own.values[i]!) <= 1e-4 * Math.max(1, Math.abs(own.values[i]!)));
  }
});

comparisons(
  "the formula is the graph's in TeX, one that is given, or none where it would be too long",
  async () => {
    assert.is(
      comparisonData({ objective: saddle, runs: { a: onSaddle(3) } }).formula,
      "f(x_{1}, x_{2}) = x_{2}^{2} - 0.5 x_{1}^{2}",
    );
    const two = trace({ a: scalar(), beta: scalar() }, ({ a, beta }) => add(square(a), square(beta)));
    const run = minimize(two, { a: 1, beta: 2 }, gradientDescent({ learningRate: 0.1 }), { steps: 3 });
    assert.match(
      comparisonData({ objective: two, runs: { run } }).formula!,
      /^f\(a, .*beta\S*\) = a\^\{2\} \+ /,
    );
    const long = trace({ a: scalar(), b: scalar() }, ({ a, b }) => {
      let sum = add(a, b);
      for (let i = 0; i < 100; i++) sum = add(multiply(0.1, square(sum)), 0.1);
      return sum;
    });
    const short = minimize(long, { a: 0, b: 0 }, gradientDescent({ learningRate: 1e-9 }), { steps: 0 });
    assert.is(
      comparisonData({
        objective: long,
        runs: { short },
        window: { x1: [-0.1, 0.1], x2: [-0.1, 0.1] },
        values: [0, 1],
      }).formula,
      null,
    );
    const page = String(
      Buffer.from(await comparisonPage({ ...options, formula: "\\frac{1}{2}" }).render("html")),
    );
    assert.match(page, /<math.*<mfrac>/);
  },
);

const onSaddle = (steps: number) =>
  minimize(saddle.f, { x: [0.5, 0.5] }, gradientDescent({ learningRate: 0.1 }), { steps });

comparisons("a run that leaves the box doesn't flatten the losses of the others", () => {
  assert.is(comparisonData(options).loss.range, undefined);
  assert.equal(
    comparisonData({ objective: saddle, runs: { a: onSaddle(60) }, values: [-3, 2] }).loss.range,
    [-3, 2],
  );
});

comparisons("losses of many sizes are logarithmic, unless one isn't above 0", () => {
  assert.is(comparisonData(options).loss.scale, "log");
  assert.is(comparisonData({ ...options, lossScale: "linear" }).loss.scale, "linear");
  assert.is(comparisonData({ objective: saddle, runs: { a: onSaddle(60) } }).loss.scale, "linear");
});

comparisons("a name with markup stays text, and the data stand in the page once", async () => {
  const name = '</script><img src=x onerror="alert(1)">';
  const page = String(
    Buffer.from(
      await comparisonPage({ ...options, runs: { [name]: runs.slow }, title: name }).render("html"),
    ),
  );
  assert.not.match(page, "<img");
  assert.is(page.match(/"gradientNorm"/g)!.length, 1);
  const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)![1]!;
  assert.equal(
    JSON.parse(json),
    JSON.parse(JSON.stringify(comparisonData({ ...options, runs: { [name]: runs.slow }, title: name }))),
  );
  assert.not.match(page, /(src|href)\s*=\s*["']?(https?:)?\/\//);
  assert.ok(page.length < 500_000, `${page.length} bytes`);
});

for (const [what, wrong, message] of [
  [
    "an unknown option",
    { colour: "red" },
    /comparisonPage: unknown option "colour"; the options are objective, /,
  ],
  ["no runs", { runs: {} }, /comparisonPage: runs is empty/],
  [
    "a run of another objective",
    {
      runs: {
        a: minimize(
          trace({ y: scalar() }, ({ y }) => square(y)),
          { y: 1 },
          adam({ learningRate: 1 }),
          { steps: 1 },
        ),
      },
    },
    /run "a" has the parameters y, not the two/,
  ],
  [
    "a colour that is none",
    { runColors: ["reddish"] },
    /comparisonPage: runColors: "slow": "reddish" is no opaque CSS colour/,
  ],
  ["too many colours", { runColors: ["red", "blue", "green"] }, /runColors is a list of 3 for 2 runs/],
  [
    "a scale that is none",
    { lossScale: "cubic" },
    /comparisonPage: lossScale must be "auto" or "linear" or "log" or "symlog" or "above minimum"/,
  ],
] as const) {
  comparisons(`error: ${what}`, () => {
    assert.throws(() => comparisonPage({ ...options, ...wrong } as never), message);
  });
}

comparisons("error: logarithms of negative values, and TeX that is none", async () => {
  assert.throws(
    () => comparisonPage({ objective: saddle, runs: { a: onSaddle(60) }, lossScale: "log" }),
    /comparisonPage: "a" has the value -\S+ at step \d+; a logarithmic axis needs values above 0, so use \{ lossScale: "linear" \}/,
  );
  let reason = "";
  await comparisonPage({ ...options, formula: "\\frac{" })
    .render("html")
    .catch((error) => (reason = String(error)));
  assert.match(reason, /comparisonPage: the formula isn't TeX that can be drawn: .*end of input/);
});

comparisons.run();
