import { suite } from "uvu";
import * as assert from "uvu/assert";
import { add, divide, scalar, square, subtract, trace, vector } from "../../../graph/index.js";
import { gradientDescent, momentum } from "../../../optimizers/index.js";
import { cubic, saddle } from "../../objectives/index.js";
import { minimize } from "../../runs/minimize.js";
import type { RaceOptions } from "./options.js";
import { raceScene } from "./prepare.js";

const prepare = suite("race scenes");

const descend = (learningRate: number, steps: number) =>
  minimize(saddle.f, { x: [0.5, 0.5] }, gradientDescent({ learningRate }), { steps });
const scene = (options: Partial<RaceOptions>) =>
  raceScene("raceFigure", { objective: saddle, runs: { GD: descend(0.1, 5) }, ...options });

prepare("a run's points are its trajectory and its last point, each with f", () => {
  const { racers, steps } = scene({});
  // x1 grows by 1.1 a step, x2 shrinks by 0.8.
  const expected = [0, 1, 2, 3, 4, 5].flatMap((t) => {
    const [x1, x2] = [0.5 * 1.1 ** t, 0.5 * 0.8 ** t];
    return [x1, x2, x2 ** 2 - x1 ** 2 / 2];
  });
  assert.is(steps, 5);
  assert.is(racers[0]!.exit, null);
  assert.equal(racers[0]!.notes, []);
  assert.is(racers[0]!.points.length, 18);
  for (const [i, x] of racers[0]!.points.entries())
    assert.ok(Math.abs(x - expected[i]!) < 1e-6, `${i}: ${x}`);
});

prepare("a run of which every second step is recorded is told by its steps", () => {
  // Room for ten rows of two numbers and a value; it passes 2 between the steps 14 and 15, of which 16 is recorded.
  const thin = minimize(saddle.f, { x: [0.5, 0.5] }, gradientDescent({ learningRate: 0.1 }), {
    ...{ steps: 19, memoryLimit: 10 * 24 },
  });
  assert.is(thin.trajectory.stride, 2);
  const { racers, steps } = scene({ runs: { thin } });
  assert.is(steps, 19);
  const { points, exit, notes } = racers[0]!;
  assert.is(points.length, 8 * 3);
  for (let i = 0; i < 8; i++) assert.ok(Math.abs(points[3 * i]! - 0.5 * 1.1 ** (2 * i)) < 1e-6);
  assert.equal(notes, [{ step: 16, text: "left the box at step 16" }]);
  const [from, to] = [0.5 * 1.1 ** 14, 0.5 * 1.1 ** 16];
  assert.ok(Math.abs(exit!.time - (14 + (2 * (2 - from)) / (to - from))) < 1e-6);
});

prepare("the surface holds f over the window, both ends included, x1 fastest", () => {
  const { surface, ranges } = scene({ faces: [3, 2] });
  assert.equal(ranges.slice(0, 2), [
    [-1, 2],
    [-1, 1],
  ]);
  const row = (x2: number) => [-1, 0, 1, 2].map((x1) => x2 ** 2 - x1 ** 2 / 2);
  assert.equal(surface.values, [...row(-1), ...row(0), ...row(1)]);
  assert.equal(ranges[2], [-2, 1]);
  assert.equal(scene({ values: [-3, 2] }).ranges[2], [-3, 2]);
});

prepare("a run that leaves the window ends at its side, on the surface, and the legend says when", () => {
  // 0.5·1.1^t passes 2 between the steps 14 (1.899) and 15 (2.089).
  const { racers } = scene({ runs: { GD: descend(0.1, 40) } });
  const { points, exit, notes } = racers[0]!;
  assert.is(points.length, 15 * 3);
  assert.equal(notes, [{ step: 15, text: "left the box at step 15" }]);
  const [from, to] = [0.5 * 1.1 ** 14, 0.5 * 1.1 ** 15];
  assert.ok(Math.abs(exit!.time - (14 + (2 - from) / (to - from))) < 1e-6);
  assert.ok(Math.abs(exit!.point[0]! - 2) < 1e-6);
  const share = (2 - from) / (to - from);
  const x2 = 0.5 * 0.8 ** 14 * (1 - 0.2 * share);
  assert.ok(Math.abs(exit!.point[1]! - x2) < 1e-6);
  assert.ok(Math.abs(exit!.point[2]! - (x2 ** 2 - 2)) < 1e-6);
});

prepare("so does one that leaves the values that are shown", () => {
  // f = x2² − x1²/2 falls below −1 where x1 is about √2.
  const { racers } = scene({ runs: { GD: descend(0.1, 40) }, values: [-1, 1] });
  const { exit, notes } = racers[0]!;
  assert.is(notes[0]!.text, "left the box at step 11");
  assert.ok(Math.abs(exit!.point[2]! + 1) < 1e-6);
  assert.ok(Math.abs(exit!.point[0]! ** 2 / 2 - exit!.point[1]! ** 2 - 1) < 1e-6);
});

prepare("a run that diverges and one that converges say so", () => {
  const diverged = minimize(cubic.f, { x: [2, 3] }, momentum({ learningRate: 0.01 }), { steps: 150 });
  const converged = minimize(cubic.f, { x: [0.5, 0.5] }, gradientDescent({ learningRate: 0.1 }));
  const { racers } = raceScene("raceFigure", { objective: cubic, runs: { diverged, converged } });
  assert.is(diverged.status, "diverged");
  assert.equal(racers[0]!.notes.at(-1), {
    step: diverged.steps,
    text: `diverged at step ${diverged.steps + 1}`,
  });
  assert.match(racers[0]!.notes[0]!.text, /^left the box at step \d+$/);
  assert.equal(racers[1]!.notes, [{ step: converged.steps, text: `converged at step ${converged.steps}` }]);
});

prepare("a run that starts outside has no points", () => {
  const { racers } = scene({ window: { x1: [1, 2], x2: [-1, 1] } });
  assert.equal(racers[0]!.points, []);
  assert.is(racers[0]!.notes[0]!.text, "starts outside of the box");
});

prepare(
  "functions of two scalars, and of a vector of any name, need no record; the window fits the paths",
  () => {
    const two = trace({ a: scalar(), b: scalar() }, ({ a, b }) => add(square(a), square(subtract(b, 3))));
    const run = minimize(two, { a: 2, b: 5 }, gradientDescent({ learningRate: 0.25 }), { steps: 3 });
    const { racers, ranges, minima } = raceScene("raceFigure", { objective: two, runs: { run } });
    assert.equal(racers[0]!.points, [2, 5, 8, 1, 4, 2, 0.5, 3.5, 0.5, 0.25, 3.25, 0.125]);
    assert.equal(minima, []);
    assert.ok(ranges[0][0] < 0.25 && ranges[0][0] > -0.1 && ranges[0][1] > 2 && ranges[0][1] < 2.4);
    const named = trace({ p: vector(2) }, ({ p: [a, b] }) => add(square(a!), square(subtract(b!, 3))));
    const other = minimize(named, { p: [2, 5] }, gradientDescent({ learningRate: 0.25 }), { steps: 3 });
    assert.equal(raceScene("raceFigure", { objective: named, runs: { run: other } }).racers, racers);
  },
);

prepare("known minima are marked where they lie in the box", () => {
  const run = minimize(cubic.f, { x: [2, 3] }, gradientDescent({ learningRate: 0.01 }), { steps: 5 });
  assert.equal(raceScene("raceFigure", { objective: cubic, runs: { run } }).minima, [[0, 0, 0]]);
  const window = { x1: [1, 3], x2: [1, 3] } as const;
  assert.equal(raceScene("raceFigure", { objective: cubic, runs: { run }, window }).minima, []);
});

prepare("a scene goes through JSON unchanged, non-finite values of f as null", () => {
  const f = trace({ x: vector(2) }, ({ x: [a, b] }) => divide(add(square(a!), square(b!)), a!));
  const run = minimize(f, { x: [1, 1] }, gradientDescent({ learningRate: 0.01 }), { steps: 3 });
  const window = { x1: [-1, 2], x2: [0, 2] } as const;
  const made = raceScene("raceFigure", {
    objective: f,
    runs: { run },
    window,
    faces: [3, 2],
    values: [0, 5],
  });
  assert.equal(JSON.parse(JSON.stringify(made)), made);
  assert.equal(made.surface.values.slice(0, 4), [-1, null, 1, 2]);
});

prepare("the camera is the one that is asked for, else one that sees the paths", () => {
  assert.equal(scene({ camera: { azimuth: 77, elevation: 12 } }).camera, {
    azimuth: 77,
    elevation: 12,
    zoom: 1,
  });
  // The wall of x1 = −1 is high in the cubic's window only at large x2: seen from there, the runs are hidden.
  const run = minimize(cubic.f, { x: [2, 3] }, gradientDescent({ learningRate: 0.01 }), { steps: 100 });
  const { azimuth } = raceScene("raceFigure", { objective: cubic, runs: { run } }).camera;
  assert.ok(Math.sin((azimuth * Math.PI) / 180) < 0, `${azimuth}`);
});

const wrong: readonly (readonly [string, Partial<Record<keyof RaceOptions | "colour", unknown>>, RegExp])[] =
  [
    ["unknown option", { colour: "red" }, /unknown option "colour"; the options are objective, /],
    ["no runs", { runs: {} }, /runs is empty; pass them by name/],
    ["a run that is none", { runs: { GD: 3 } }, /"GD" is .*; pass what they return by name/],
    ["a plain function", { objective: () => 0 }, /expected a traced function/],
    [
      "three dimensions",
      { objective: trace({ x: vector(3) }, ({ x: [a] }) => square(a!)) },
      /has 3 elements \(x1, x2, x3\); a plane is of two: pass \{ axes: \["x1", "x2"\] \}/,
    ],
    [
      "a run of another objective",
      { objective: trace({ y: vector(2) }, ({ y: [a] }) => square(a!)) },
      /run "GD" has the parameters x, not the two of the objective \(y1, y2\)/,
    ],
    [
      "window",
      { window: { x1: [1, 0], x2: [0, 1] } },
      /window\.x1 must be \[low, high\].* not the list \[1, 0\]/,
    ],
    ["half a window", { window: { x1: [0, 1] } }, /window\.x2 must be \[low, high\]/],
    ["values", { values: [0, Number.NaN] }, /values must be \[low, high\]/],
    ["faces", { faces: [0, 10] }, /faces along x1 must be a whole number from 1 to 400, not 0/],
    ["too many colours", { runColors: ["red", "blue"] }, /runColors is a list of 2 for 1 runs/],
    [
      "a colour of no run",
      { runColors: { Adam: "red" } },
      /runColors names "Adam", which is none of the runs; the runs are GD/,
    ],
    [
      "a colour that is none",
      { runColors: ["reddish"] },
      /runColors: "GD": "reddish" is no opaque CSS colour/,
    ],
    [
      "a colour map that is none",
      { colorMap: "jet" },
      /colorMap: "jet" is no colour map; pass "viridis", "magma", "cividis"/,
    ],
    [
      "a bad colour in a map",
      { colorMap: ["red", "bleu"] },
      /colorMap: element 1: "bleu" is no opaque CSS colour/,
    ],
    ["labels", { labels: ["a", "b"] }, /labels must be three texts/],
    [
      "camera",
      { camera: { tilt: 3 } },
      /camera: unknown option "tilt"; the options are azimuth, elevation, zoom/,
    ],
    ["elevation", { camera: { elevation: -5 } }, /camera\.elevation must be a number from 0 to 90, not -5/],
  ];
for (const [name, options, message] of wrong) {
  prepare(`error: ${name}`, () => {
    assert.throws(() => scene(options as Partial<RaceOptions>), message);
  });
}

prepare("error: a run without its trajectory", () => {
  const run = minimize(saddle.f, { x: [0.5, 0.5] }, gradientDescent({ learningRate: 0.1 }), {
    steps: 5,
    trajectory: false,
  });
  assert.throws(
    () => scene({ runs: { GD: run } }),
    /took 5 steps but recorded none; leave out \{ trajectory: false \}/,
  );
});

prepare.run();
