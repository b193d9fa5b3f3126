/** What charts and surfaces draw, by the calls that draw it. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { drawnCalls, openChart, textsOf } from "../../property-tests/support/charts.js";
import {
  add,
  cubic,
  gradientDescent,
  log,
  minimize,
  momentum,
  multiply,
  rosenbrock,
  square,
  sum,
  trace,
  vector,
  weightedSphere,
} from "../index.js";
import { contourChart } from "./contour-chart.js";
import { contourSpec } from "./contour-spec.js";
import { setVisible } from "./highlight.js";
import { lossFigure } from "./loss.js";
import { lossChart } from "./loss-chart.js";
import { lossSpecs } from "./loss-spec.js";
import { drawRace } from "./race/picture.js";
import { raceScene } from "./race/prepare.js";
import { raceFigure } from "./race/race-figure.js";
import { type Call, record } from "./record.js";
import { measuring } from "./renderer.js";
import type { Runs } from "./runs.js";

setFlagsFromString("--expose-gc");
const objective = weightedSphere([1, 1]);
const window = { x1: [-3, 3], x2: [-3, 3] } as const;
const cells = [24, 24] as const;
const descend = (x: readonly [number, number], learningRate = 0.1, steps = 12) =>
  minimize(objective.f, { x: [...x] }, gradientDescent({ learningRate }), { steps, tolerance: 0 });

const drawn = suite("what is drawn");

/** The calls of one name, with the fill and the stroke that hold there. */
function callsOf(calls: readonly Call[], name: string) {
  const found: { args: readonly number[]; fill: string; stroke: string; at: number }[] = [];
  const kept: [string, string][] = [];
  let [fill, stroke] = ["", ""];
  calls.forEach((call, at) => {
    if ("set" in call) {
      if (call.set === "fillStyle") fill = String(call.value);
      if (call.set === "strokeStyle") stroke = String(call.value);
    } else if (call.name === "save") kept.push([fill, stroke]);
    else if (call.name === "restore") [fill, stroke] = kept.pop() ?? ["", ""];
    else if (call.name === name) found.push({ args: call.args as number[], fill, stroke, at });
  });
  return found;
}

drawn("pictures of many sizes take no more memory than one: nothing of a size is kept", async () => {
  const collect = runInNewContext("gc") as () => void;
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const render = (k: number) =>
    lossFigure({ runs: { one: descend([2, 1]) }, width: 300 + k, height: 200 + k }).render("svg");
  await render(0);
  const before = used();
  for (let k = 1; k <= 30; k++) await render(k);
  // chart.js once more for each would be 3 MB each.
  assert.ok(used() - before < 20e6, `${(used() - before) / 1e6} MB`);
});

const draw = (runs: Runs, more: object = {}) => {
  const spec = contourSpec({ objective, runs, window, cells, ...more });
  const calls = drawnCalls(contourChart(spec));
  const texts = textsOf(calls).map(({ text }) => text);
  return { spec, calls, texts };
};
/** The dots of a colour, in their order. */
const dotsOf = (calls: readonly Call[], color: string) =>
  callsOf(calls, "arc").filter(({ args, fill }) => args[2] === 2.25 && fill === color);

drawn(
  "a short run has a dot for each step, evenly where its steps are even; a long one at a constant stride",
  () => {
    const { spec, calls, texts } = draw({ a: descend([2.5, -2.5], 0.02, 40), b: descend([1, 2]) });
    const dots = dotsOf(calls, spec.runs[0]!.color);
    assert.is(dots.length, 41);
    dots.slice(2).forEach((dot, i) => {
      const step = (k: number) => dots[i + k]!.args[0]! - dots[i + k - 1]!.args[0]!;
      assert.ok(Math.abs((dot.args[0]! - dots[i + 1]!.args[0]!) / step(1) - 0.96) < 1e-3);
    });
    assert.ok(texts.some((text) => text.includes("• step")));
    const long = draw({ a: descend([2.5, -2.5], 0.001, 1000) });
    assert.is(long.spec.dots, 5);
    assert.is(dotsOf(long.calls, long.spec.runs[0]!.color).length, 201);
    assert.ok(long.texts.some((text) => text.includes("• every 5 steps")));
  },
);

drawn("a constant is one band with its value, and no scale is made up", () => {
  const flat = trace({ x: vector(2) }, ({ x }) => add(multiply(0, sum(x)), 7));
  const spec = contourSpec({ objective: flat, window, cells });
  assert.equal([spec.levels, spec.colors.length], [[7, 7], 1]);
  const texts = textsOf(drawnCalls(contourChart(spec))).map(({ text }) => text);
  assert.ok(texts.includes("f(x1, x2) = 7"), String(texts));
});

drawn("small differences of large numbers are written as matplotlib does", () => {
  const far = trace({ x: vector(2) }, ({ x }) => add(sum(square(x)), 1e9));
  const spec = contourSpec({ objective: far, window: { x1: [1e6 - 1, 1e6 + 1], x2: [-3, 3] }, cells });
  assert.ok(new Set(spec.colors).size === 7 && spec.grid.values.length > 0);
  const texts = textsOf(drawnCalls(contourChart(spec))).map(({ text }) => text);
  assert.ok(texts.includes("x1 − 1000000"), String(texts));
  for (const text of ["−1", "−0.5", "0", "0.5", "1"]) assert.ok(texts.includes(text), text);
  const values = [3.1, 2.4, 2.2, 2.15, 2.1].map((x) => 1e9 + x);
  const run = { ...descend([1, 1], 0.1, 4), value: values[4]! };
  const trajectory = { ...run.trajectory, values: Float64Array.from(values.slice(0, 4)) };
  const [panel] = lossSpecs({ runs: { a: { ...run, trajectory } } });
  assert.is(new Set(panel!.runs[0]!.values).size, 5);
  const labels = textsOf(drawnCalls(lossChart(panel!))).map(({ text }) => text);
  assert.ok(labels.includes("value − 1000000003"), String(labels));
});

drawn("one to three bands by logarithm divide what there is", () => {
  for (const levels of [1, 2, 3]) {
    const spec = contourSpec({ objective: rosenbrock, levels, scale: "log", cells });
    assert.ok(
      spec.levels.every((level) => level >= 0 && level <= 1e5),
      String(spec.levels),
    );
  }
});

drawn(
  "a run of one point is a dot, and one that diverged leaves with an arrow, without stretching the axis",
  () => {
    const once = descend([1, 1], 0.1, 0);
    const wild = descend([2, 2], 1.5, 3000);
    assert.is(wild.status, "diverged");
    const [panel] = lossSpecs({ runs: { once, wild, calm: descend([2, 2]) } });
    const chart = openChart(lossChart(panel!));
    assert.ok(chart.scales.y!.max <= 10 && chart.scales.x!.max === 12);
    const calls = drawnCalls(lossChart(panel!));
    const point = callsOf(calls, "arc").filter(
      ({ args, fill }) => args[2] === 3 && fill === panel!.runs[0]!.color,
    );
    assert.is(point.length, 1);
    assert.ok(
      textsOf(calls).some(({ text, color }) => text === "↑ diverged" && color === panel!.runs[1]!.color),
    );
    const down = minimize(cubic.f, { x: [2, 3] }, momentum({ learningRate: 0.01 }), { steps: 150 });
    const alone = textsOf(drawnCalls(lossChart(lossSpecs({ runs: { down } })[0]!)));
    assert.ok(
      alone.some(({ text }) => text === "↓ diverged"),
      String(alone.map(({ text }) => text)),
    );
  },
);

drawn("hiding a run rescales the losses", () => {
  const [panel] = lossSpecs({ runs: { high: descend([3, 3]), low: descend([0.1, 0.1], 0.1, 5) } });
  const chart = openChart(lossChart(panel!));
  const before = [chart.scales.y!.max, chart.scales.x!.max];
  setVisible(chart, "high", false);
  assert.equal(before, [18, 12]);
  assert.ok(chart.scales.y!.max < 0.05 && chart.scales.x!.max === 5);
});

drawn(
  "of runs in one place the last lies on top in every panel, line and mark, and the legend says that they are the same",
  () => {
    const runs = { a: descend([2, 2]), b: descend([2, 2]) };
    const { spec, calls, texts } = draw(runs);
    assert.ok(texts.includes("b (same as a)"));
    const [a, b] = spec.runs.map(({ color }) => color);
    const lines = callsOf(calls, "stroke").filter(({ stroke }) => stroke === a || stroke === b);
    const ends = callsOf(calls, "fill").filter(({ fill }) => fill === a || fill === b);
    assert.equal([lines.at(-1)!.stroke, ends.at(-1)!.fill], [b, b]);
    const losses = callsOf(drawnCalls(lossChart(lossSpecs({ runs })[0]!)), "stroke");
    assert.is(losses.filter(({ stroke }) => stroke === a || stroke === b).at(-1)!.stroke, b);
    const scene = raceScene("raceFigure", { objective, runs, faces: [10, 10] });
    const race = callsOf(raceCalls(scene, 500, 400), "stroke").filter(
      ({ stroke }) => stroke === a || stroke === b,
    );
    assert.is(race.at(-1)!.stroke, b);
  },
);

function raceCalls(scene: ReturnType<typeof raceScene>, width: number, height: number): Call[] {
  return record((ctx) => drawRace(ctx, scene, scene.steps, { width, height }), measuring());
}

drawn("beyond eight runs, dashes tell them apart in contours, losses and surface", () => {
  const runs = Object.fromEntries(
    Array.from({ length: 9 }, (_, i) => [`r${i}`, descend([2, 0.2 * i], 0.1, 3)]),
  );
  const scene = raceScene("raceFigure", { objective, runs, faces: [8, 8] });
  for (const calls of [
    draw(runs).calls,
    drawnCalls(lossChart(lossSpecs({ runs })[0]!)),
    raceCalls(scene, 600, 400),
  ]) {
    const dashes = callsOf(calls, "setLineDash").map(({ args }) => String(args[0]));
    assert.ok(dashes.includes("7,4"), String(new Set(dashes)));
  }
});

drawn(
  "stars lie on the ends, starts on both, whole at the edge; no value is aslant, with an entry in the legend",
  () => {
    const { calls } = draw({ a: descend([3, 3], 0.5, 3) }, { minima: [{ x1: 0, x2: 0 }] });
    const star = callsOf(calls, "fill").find(({ fill }) => fill === "#ffd400")!;
    const end = callsOf(calls, "fill")
      .filter(({ fill }) => fill === "#000000")
      .at(-1)!;
    const begin = callsOf(calls, "arc").find(({ args }) => args[2] === 6)!;
    assert.ok(end.at < star.at && star.at < begin.at);
    // No clip holds where the start is drawn: as many were left as were begun.
    const before = calls.slice(0, begin.at).filter((call) => "name" in call);
    const clipped: boolean[] = [];
    let isClipped = false;
    for (const call of before) {
      if (!("name" in call)) continue;
      if (call.name === "save") clipped.push(isClipped);
      if (call.name === "restore") isClipped = clipped.pop() ?? false;
      if (call.name === "clip") isClipped = true;
    }
    assert.not.ok(isClipped);
    const half = trace({ x: vector(2) }, ({ x: [a, b] }) => add(log(a!), square(b!)));
    const spec = contourSpec({ objective: half, window, cells });
    const hatched = drawnCalls(contourChart(spec));
    assert.ok(textsOf(hatched).some(({ text }) => text.includes("▨ no value")));
    assert.ok(callsOf(hatched, "stroke").some(({ stroke }) => stroke === "#55555c"));
  },
);

drawn("a run has its colour by name in every figure, whatever it is called", () => {
  const runs = { constructor: descend([2, 2]), toString: descend([1, 2]) };
  const runColors = { toString: "#123456" };
  const contour = contourSpec({ objective, runs, window, runColors }).runs[1]!;
  const loss = lossSpecs({ runs, runColors })[0]!.runs[1]!;
  const racer = raceScene("raceFigure", { objective, runs, runColors, faces: [4, 4] }).racers[1]!;
  assert.equal([contour.color, loss.color, racer.color], ["#123456", "#123456", "#123456"]);
});

drawn("a sign that no font has is an error, unless a font is given", async () => {
  const figure = raceFigure({ objective, runs: { "\u{13000}": descend([1, 1]) }, faces: [4, 4] });
  let message = "";
  await figure.render("png").catch((error) => (message = String(error)));
  assert.match(message, /raceFigure: no font has the sign ".*" of ".*"; pass \{ fonts: \[PATH\] \}/u);
});

drawn("numbers are written alike in two and in three dimensions", () => {
  const runs = { a: descend([2, 2]) };
  const flat = new Set(draw(runs).texts);
  const deep = textsOf(
    raceCalls(raceScene("raceFigure", { objective, runs, window, faces: [4, 4] }), 600, 500),
  );
  for (const text of ["−2", "0", "2"])
    assert.ok(flat.has(text) && deep.some((one) => one.text === text), text);
});

drawn.run();
