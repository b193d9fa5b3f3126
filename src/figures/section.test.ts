/** Objectives of many elements: as the figure of two of them or of a plane, and of one. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { drawnCalls, textsOf } from "../../property-tests/support/charts.js";
import {
  AdjointError,
  adam,
  add,
  divide,
  gradientDescent,
  log,
  minimize,
  multiply,
  scalar,
  square,
  subtract,
  sum,
  trace,
  vector,
} from "../index.js";
import { comparisonData } from "./comparison/comparison.js";
import { contourChart } from "./contour-chart.js";
import { contourSpec } from "./contour-spec.js";
import { curveSpec } from "./curve.js";
import { curveChart } from "./curve-chart.js";
import { raceScene } from "./race/prepare.js";
import { heightOf } from "./race/scene.js";

const sections = suite("sections of objectives");

/** Σ k·(wₖ − k)² + (b − w₁)². */
const objective = trace({ w: vector(4), b: scalar() }, ({ w, b }) =>
  add(sum(multiply([1, 2, 3, 4], square(subtract(w, [1, 2, 3, 4])))), square(subtract(b, w[0]!))),
);
const value = (w: readonly number[], b: number) =>
  w.reduce((total, x, k) => total + (k + 1) * (x - k - 1) ** 2, 0) + (b - w[0]!) ** 2;
const start = { w: [3, -1, 2, 0], b: 5 };
const runs = {
  Adam: minimize(objective, start, adam({ learningRate: 0.2 }), { steps: 40 }),
  GD: minimize(objective, start, gradientDescent({ learningRate: 0.05 }), { steps: 40 }),
};
const cells = [8, 6] as const;
const window = { x1: [-1, 3], x2: [0, 6] } as const;
const close = (found: number | null, wanted: number, bound = 1e-4) =>
  assert.ok(Math.abs(found! - wanted) <= bound * (1 + Math.abs(wanted)), `${found} beside ${wanted}`);

function refused(call: () => unknown, message: RegExp): void {
  try {
    call();
  } catch (error) {
    assert.instance(error, AdjointError);
    assert.match((error as Error).message, message);
    return;
  }
  assert.unreachable(String(message));
}

sections("two elements are shown, the others held where the figure says", () => {
  const end = runs.Adam.parameters;
  for (const [at, w, words] of [
    ["start", start.w, "others as at the start of Adam"],
    ["end", [...end.w], "others as at the end of Adam"],
    [{ w: [9, 8, 7, 6], b: 1 }, [9, 8, 7, 6], "others as given"],
  ] as const) {
    const spec = contourSpec({ objective, runs, axes: ["w[2]", "b"], at, window, cells });
    assert.equal(spec.labels, ["w2", "b"]);
    assert.is(spec.valueLabel, `f, ${words}`);
    for (const [i, j] of [
      [0, 0],
      [3, 5],
      [8, 6],
    ] as const) {
      const found = spec.grid.values[(j + 1) * (cells[0] + 3) + i + 1]!;
      const [x1, x2] = [-1 + (4 * i) / cells[0], (6 * j) / cells[1]];
      close(found, value([w[0]!, x1, w[2]!, w[3]!], x2));
    }
    const path = spec.runs[1]!;
    const all = runs.GD.trajectory.parameters;
    path.steps.forEach((step, i) => {
      if (step === 40) return;
      close(path.x1[i]!, all.w[4 * step + 1]!, 1e-8);
      close(path.x2[i]!, all.b[step]!, 1e-8);
    });
    assert.ok(textsOf(drawnCalls(contourChart(spec), 1000, 600)).some(({ text }) => text === `f, ${words}`));
  }
  // Of two elements, the other way round.
  const turned = contourSpec({
    objective: trace({ a: scalar(), b: scalar() }, ({ a, b }) => add(a, multiply(10, b))),
    axes: ["b", "a"],
    window,
    cells,
  });
  assert.equal(turned.labels, ["b", "a"]);
  close(turned.grid.values[1 * (cells[0] + 3) + 1]!, -10);
});

sections("the plane of principal components holds runs that lie in a plane, with their values", () => {
  // Of six elements two move, along mixed directions.
  const [p, q] = [
    [1, 2, 0, -1, 0.5, 0],
    [0, 1, 1, 1, 0, -2],
  ];
  const flat = trace({ x: vector(6) }, ({ x }) =>
    add(square(sum(multiply(p, x))), multiply(3, square(sum(multiply(q, x))))),
  );
  const run = minimize(flat, { x: [1, 2, 1, 0, 0.5, -2] }, gradientDescent({ learningRate: 0.01 }), {
    steps: 30,
    tolerance: 0,
  });
  const spec = contourSpec({ objective: flat, runs: { run }, axes: "pca", cells: [60, 60] });
  const shares = spec.labels.map((label) => Number(/^principal component \d \((.*) %\)$/.exec(label)![1]));
  close(shares[0]! + shares[1]!, 100, 1e-2);
  assert.ok(shares[0]! >= shares[1]! && shares[1]! > 0);
  assert.is(spec.valueLabel, "f on the plane through the end of run");
  // Where the run is, the plane has its value: between four samples of a quadratic.
  const path = spec.runs[0]!;
  const lengths = path.steps.slice(1).map((step, i) => {
    const row = (k: number) =>
      k < 30 ? run.trajectory.parameters.x.subarray(6 * k, 6 * k + 6) : run.parameters.x;
    const away = row(step).map((x, k) => x - row(path.steps[i]!)[k]!);
    return [Math.hypot(...away), Math.hypot(path.x1[i + 1]! - path.x1[i]!, path.x2[i + 1]! - path.x2[i]!)];
  });
  for (const [wanted, found] of lengths) close(found!, wanted!, 1e-7);
  const { x1, x2 } = spec.window;
  path.steps.forEach((_, k) => {
    const column = ((path.x1[k]! - x1[0]) / (x1[1] - x1[0])) * 60 + 1;
    const row = ((path.x2[k]! - x2[0]) / (x2[1] - x2[0])) * 60 + 1;
    const at = (i: number, j: number) => spec.grid.values[j * 63 + i]!;
    const [i, j] = [Math.floor(column), Math.floor(row)];
    const near = [at(i, j), at(i + 1, j), at(i, j + 1), at(i + 1, j + 1)];
    const [low, high] = [Math.min(...near), Math.max(...near)];
    const room = 0.3 * (high - low) + 0.02;
    assert.ok(
      path.values[k]! >= low - room && path.values[k]! <= high + room,
      `${path.values[k]} in ${near}`,
    );
  });
  // On a line the other direction has no share, and is there.
  const straight = minimize(flat, { x: [1, 2, 0, -1, 0.5, 0] }, gradientDescent({ learningRate: 0.001 }), {
    steps: 1,
    tolerance: 0,
  });
  const line = contourSpec({ objective: flat, runs: { straight }, axes: "pca", cells });
  assert.equal(line.labels, ["principal component 1 (100 %)", "principal component 2 (0 %)"]);
  for (const x of line.runs[0]!.x2) close(x, 0, 1e-9);
});

sections("a curve is the objective's, runs are points along it, poles are cut", () => {
  const f = trace({ x: scalar() }, ({ x }) => add(square(x), divide(1, add(square(x), 1))));
  const at = (x: number) => x * x + 1 / (x * x + 1);
  const run = minimize(f, { x: 2 }, gradientDescent({ learningRate: 0.2 }), { steps: 10, tolerance: 0 });
  const spec = curveSpec({ objective: f, runs: { run }, minima: [0] });
  for (const [i, x] of spec.curve.x.entries()) close(spec.curve.y[i]!, at(x!), 1e-7);
  spec.runs[0]!.steps.forEach((step, i) => {
    close(
      spec.runs[0]!.x1[i]!,
      step < 10 ? run.trajectory.parameters.x[step]! : Number(run.parameters.x),
      1e-8,
    );
    close(spec.runs[0]!.x2[i]!, at(spec.runs[0]!.x1[i]!), 1e-7);
  });
  assert.ok(spec.window[0] < -0.1 && spec.window[1] > 2 && spec.range[0] <= 1 && spec.range[1] >= at(2));
  assert.equal(spec.minima, [{ x1: 0, x2: 1 }]);
  const texts = textsOf(drawnCalls(curveChart(spec))).map(({ text }) => text);
  for (const text of ["x", "f(x)", "run"]) assert.ok(texts.includes(text), text);
  assert.ok(texts.some((text) => text.includes("★ minimum")));
  const pole = curveSpec({
    objective: trace({ x: vector(1) }, ({ x }) => sum(divide(1, x))),
    window: [-2, 3],
  });
  assert.is(pole.label, "x1");
  assert.ok(pole.range[0] > -100 && pole.range[1] < 100, String(pole.range));
  const across = pole.curve.y.filter((y, i) => i > 0 && y !== null && y * (pole.curve.y[i - 1] ?? 0) < 0);
  assert.equal(across, [], "no line leads through the pole");
  const one = curveSpec({ objective, runs, axis: "w1", at: "end" });
  assert.is(one.valueLabel, "f, others as at the end of Adam");
  assert.equal(curveSpec({ objective: f, window: [-10, 10], scale: "log" }).range, [1, 200]);
  const half = curveSpec({ objective: trace({ x: scalar() }, ({ x }) => log(x)), window: [-1, 1] });
  assert.is(half.curve.y[0], null);
});

sections("bands by quantile hold as much of the picture each, heights as much of the surface", () => {
  const spec = contourSpec({
    objective: trace({ x: vector(2) }, ({ x }) => sum(multiply([1, 100], square(square(x))))),
    window: { x1: [-2, 2], x2: [-2, 2] },
    scale: "quantile",
    cells: [80, 80],
  });
  assert.is(spec.levels.length, 8);
  const inside = spec.grid.values.filter(
    (_, k) => k % 83 > 0 && k % 83 < 82 && k >= 83 && k < 82 * 83,
  ) as number[];
  for (const [i, low] of spec.levels.slice(0, -1).entries()) {
    const share =
      inside.filter((value) => value >= low && value < spec.levels[i + 1]!).length / inside.length;
    assert.ok(Math.abs(share - 1 / 7) < 0.03, `band ${i}: ${share}`);
  }
  const height = { quantiles: [0, 1, 10, 100] };
  assert.equal(
    [-1, 0, 0.5, 1, 55, 100, 1e9].map((x) => heightOf(height, x)),
    [0, 0, 0.5, 1, 2.5, 3, 3],
  );
});

sections(
  "a race and a comparison take the same axes: runs stand at their own values over the section",
  () => {
    const chosen = { objective, runs, axes: ["b", "w3"], at: "start", window } as const;
    const contour = contourSpec({ ...chosen, cells: [120, 120] });
    const scene = raceScene("raceFigure", { ...chosen, faces: [60, 60] });
    assert.equal(scene.labels, [...contour.labels, contour.valueLabel]);
    const data = comparisonData(chosen);
    assert.equal(data.contour.labels, contour.labels);
    assert.equal(data.contour.grid.values, contour.grid.values);
    assert.match(data.formula!, /^f = /);
    for (const [i, racer] of scene.racers.entries()) {
      const { name, x1, x2, values, steps } = contour.runs[i]!;
      assert.is(racer.name, name);
      racer.times.forEach((time, k) => {
        const j = steps.indexOf(time);
        if (j < 0) return;
        for (const [axis, one] of [x1[j]!, x2[j]!, values[j]!].entries())
          close(racer.points[3 * k + axis]!, one, 1e-6);
      });
    }
    const turned = raceScene("raceFigure", { objective, runs, axes: "pca", faces: [8, 8] });
    assert.match(turned.labels[0], /^principal component 1 \(/);
    assert.equal(comparisonData({ objective, runs, axes: "pca" }).surface.labels, turned.labels);
    const messageOf = (make: () => unknown): string => {
      try {
        make();
      } catch (error) {
        return (error as Error).message.replace(/^\w+: | {2}at .*$/gs, "");
      }
      return "none";
    };
    for (const bad of [
      {},
      { axes: ["w1", "w7"] },
      { axes: ["b", "b"] },
      { axes: "tsne" },
      { axes: ["w1", "b"], at: "middle" },
      { axes: ["w1", "b"], at: { b: 1 } },
    ]) {
      const given = { objective, runs, ...bad } as never;
      const expected = messageOf(() => contourSpec(given));
      assert.is.not(expected, "none");
      assert.is(
        messageOf(() => raceScene("raceFigure", given)),
        expected,
      );
      assert.is(
        messageOf(() => comparisonData(given)),
        expected,
      );
    }
  },
);

sections("what can't be chosen is one clear error", () => {
  const more = { objective, runs } as const;
  refused(
    () => contourSpec(more),
    /the objective has 5 elements \(w1, w2, w3, w4, b\); a plane is of two: pass \{ axes: \["w1", "w2"\] \}, or \{ axes: "pca" \} with runs/,
  );
  refused(
    () => contourSpec({ ...more, axes: ["w1", "w7"] }),
    /axes\[1\]: the objective has no "w7"; .*w1, w2, w3/,
  );
  refused(() => contourSpec({ ...more, axes: ["b", "b"] }), /axes names "b" twice/);
  refused(
    () => contourSpec({ ...more, axes: "tsne" as never }),
    /axes must be two names of elements, or "pca", not the text "tsne"/,
  );
  refused(
    () => contourSpec({ ...more, axes: ["w1", "b"], at: "middle" as never }),
    /at must be "start", "end" or a value for each input/,
  );
  refused(() => contourSpec({ ...more, axes: ["w1", "b"], at: { b: 1 } }), /at: there is no value for "w"/);
  refused(
    () => contourSpec({ objective, window, axes: ["w1", "b"] }),
    /there is no run whose end could be where/,
  );
  refused(
    () => contourSpec({ objective, window, axes: "pca" }),
    /axes: "pca" is the plane of runs; pass \{ runs \}/,
  );
  const still = minimize(objective, start, adam({ learningRate: 0.1 }), { steps: 0 });
  refused(() => contourSpec({ objective, runs: { still }, axes: "pca" }), /axes: "pca" needs runs that move/);
  refused(() => curveSpec(more), /the objective has 5 elements .*; a curve is of one: pass \{ axis: "w1" \}/);
  const f = trace({ x: scalar() }, ({ x }) => log(x));
  refused(
    () => curveSpec({ objective: f }),
    /there are neither runs nor a window; pass \{ window: \[-2, 2\] \}/,
  );
  refused(() => curveSpec({ objective: f, window: [-2, -1] }), /no finite value in the window \[-2, -1\]/);
  refused(
    () => curveSpec({ objective: f, window: [0.1, 0.9], scale: "log" }),
    /no value above 0 in the window .*\{ scale: "linear" \}/,
  );
  refused(
    () => curveSpec({ objective: f, runs: runs as never }),
    /run "Adam" isn't one of this objective \(x\)/,
  );
  refused(
    () => contourSpec({ objective: f, window }),
    /the objective has one element \(x\); a plane needs two; use curveFigure/,
  );
});

sections.run();
