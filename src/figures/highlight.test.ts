import { createCanvas } from "@napi-rs/canvas";
import { Chart, type ChartConfiguration } from "chart.js/auto";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { color, decode, distance } from "../../property-tests/support/picture.js";
import { gradientDescent, minimize, weightedSphere } from "../index.js";
import { contourChart } from "./contour-chart.js";
import { contourSpec } from "./contour-spec.js";
import { highlight, lastNotAfter, type Mark, setVisible } from "./highlight.js";
import { lossChart } from "./loss-chart.js";
import { lossSpecs } from "./loss-spec.js";

const objective = weightedSphere([1, 1]);
const descend = (x2: number) =>
  minimize(objective.f, { x: [2, x2] }, gradientDescent({ learningRate: 0.1 }), { steps: 5, tolerance: 0 });
const runs = { up: descend(2), down: descend(-2) };
const window = { x1: [-3, 3], x2: [-3, 3] } as const;

/** A chart in Node, with what it looks like now. */
function open(configuration: unknown) {
  const canvas = createCanvas(600, 400);
  const { options, ...rest } = configuration as ChartConfiguration;
  const still = { ...rest, options: { ...options, responsive: false } } as ChartConfiguration;
  const chart = new Chart(canvas.getContext("2d") as never, still);
  return { chart, look: () => decode(canvas.toBuffer("image/png")) };
}

const highlights = suite("highlights");

highlights(
  "a step is ringed in the run's colour, where its point is; another call moves the ring",
  async () => {
    const spec = contourSpec({ objective, runs, window });
    const { chart, look } = open(contourChart(spec));
    // Each step multiplies both coordinates by 0.8.
    const ring = (step: number, sign: number) =>
      [
        chart.scales.x!.getPixelForValue(2 * 0.8 ** step) + 9,
        chart.scales.y!.getPixelForValue(sign * 2 * 0.8 ** step),
      ] as const;
    const isRinged = async (step: number, sign: number, run: number) =>
      distance((await look()).at(...ring(step, sign)), color(spec.runs[run]!.color)) < 60;
    assert.not.ok(await isRinged(2, 1, 0));
    highlight(chart, { run: "up", step: 2 }, { run: "down", step: 1 });
    assert.ok((await isRinged(2, 1, 0)) && (await isRinged(1, -1, 1)));
    highlight(chart, { run: "up", step: 1 }, { run: "unknown", step: 1 });
    assert.ok(await isRinged(1, 1, 0));
    assert.not.ok((await isRinged(2, 1, 0)) || (await isRinged(1, -1, 1)));
    setVisible(chart, "up", false);
    assert.not.ok(await isRinged(1, 1, 0), "a hidden run has no ring");
    highlight(chart);
    chart.destroy();
  },
);

highlights("the panel of values rings the same step", async () => {
  const [spec] = lossSpecs({ runs });
  const { chart, look } = open(lossChart(spec!));
  highlight(chart, { run: "down", step: 3 });
  const x = chart.scales.x!.getPixelForValue(3);
  const y = chart.scales.y!.getPixelForValue(8 * 0.64 ** 3);
  assert.ok(distance((await look()).at(x, y - 9), color(spec!.runs[1]!.color)) < 60);
  chart.destroy();
});

highlights("charts tell which step the pointer is at, and what the legend hides", () => {
  const told: (Mark | undefined)[] = [];
  const toggled: [string, boolean][] = [];
  const hooks = {
    onHover: (mark: Mark | undefined) => void told.push(mark),
    onToggle: (run: string, visible: boolean) => void toggled.push([run, visible]),
  };
  const [panel] = lossSpecs({ runs });
  for (const configuration of [
    contourChart(contourSpec({ objective, runs, window }), hooks),
    lossChart(panel!, hooks),
  ]) {
    const { chart } = open(configuration);
    const { onHover } = configuration.options!;
    onHover!.call(chart, {} as never, [{ datasetIndex: 1, index: 4 } as never], chart);
    onHover!.call(chart, {} as never, [], chart);
    const legend = configuration.options!.plugins!.legend!;
    legend.onClick!.call({} as never, {} as never, { datasetIndex: 1 } as never, { chart } as never);
    assert.not.ok(chart.isDatasetVisible(1));
    // The key of the contour figure's marks.
    legend.onClick!.call({} as never, {} as never, { text: "key" }, { chart } as never);
    chart.destroy();
  }
  assert.equal(told, [{ run: "down", step: 4 }, undefined, { run: "down", step: 4 }, undefined]);
  assert.equal(toggled, [
    ["down", false],
    ["down", false],
  ]);
});

highlights("a step that isn't kept counts as the last one kept before it", () => {
  const steps = [0, 1, 5, 9];
  const expected: [number, number][] = [
    [-1, 0],
    [0, 0],
    [1, 1],
    [4, 1],
    [5, 2],
    [8, 2],
    [9, 3],
    [1e9, 3],
  ];
  for (const [step, place] of expected) assert.is(lastNotAfter(steps, step), place);
});

highlights.run();
