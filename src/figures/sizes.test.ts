/** Awkward pictures: texts neither overlap nor are cut, whatever the size, the names and the numbers. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type DrawnText, drawnCalls, textsOf } from "../../property-tests/support/charts.js";
import { fc, forAll } from "../../property-tests/support/law.js";
import { whole } from "../../property-tests/support/pages.js";
import {
  AdjointError,
  add,
  gradientDescent,
  minimize,
  multiply,
  square,
  sum,
  trace,
  vector,
  weightedSphere,
} from "../index.js";
import { contourChart } from "./contour-chart.js";
import { contourSpec } from "./contour-spec.js";
import { curveSpec } from "./curve.js";
import { curveChart } from "./curve-chart.js";
import { registerFonts } from "./fonts.js";
import { lossChart } from "./loss-chart.js";
import { lossSpecs } from "./loss-spec.js";
import { drawRace } from "./race/picture.js";
import { raceScene } from "./race/prepare.js";
import { type Call, record } from "./record.js";
import { measuring } from "./renderer.js";
import type { Runs } from "./runs.js";

registerFonts();
const objective = weightedSphere([1, 2]);
const run = (k: number) =>
  minimize(objective.f, { x: [3, 4 - k / 10] }, gradientDescent({ learningRate: 0.1 }), {
    steps: 12,
    tolerance: 0,
  });
const long = "a very long name of a run ".repeat(8);
// By `npm run test:figures`, more of both.
const counts = whole ? [1, 3, 14, 40] : [1, 40];
const sizes = whole
  ? [
      [200, 200],
      [240, 400],
      [300, 250],
      [400, 300],
      [1000, 600],
      [4000, 400],
      [220, 2000],
    ]
  : [
      [200, 200],
      [300, 250],
      [1000, 600],
    ];

/** What is wrong with the texts of a picture. */
function faults(calls: readonly Call[], width: number, height: number): string[] {
  const texts = textsOf(calls).filter(({ text }) => text.trim() !== "");
  const meets = (a: DrawnText, b: DrawnText) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  return texts.flatMap((one, i) => [
    ...(one.left < -1 || one.right > width + 1 || one.top < -1 || one.bottom > height + 1
      ? [`cut: ${one.text}`]
      : []),
    ...texts.slice(0, i).flatMap((other) => (meets(one, other) ? [`${one.text} on ${other.text}`] : [])),
  ]);
}

const pictures = suite("sizes of pictures");

pictures(
  "texts keep apart and inside, for any number of runs, long names and titles, numbers with an offset",
  () => {
    for (const count of counts) {
      const runs = Object.fromEntries(
        Array.from({ length: count }, (_, i) => [i === 1 ? long : `run ${i}`, run(i)]),
      );
      const window = { x1: [1e6 - 1, 1e6 + 1], x2: [-5, 5] } as const;
      const contour = contourSpec({ objective, runs, title: long, window });
      const [loss] = lossSpecs({ runs, scale: "log" });
      const scene = raceScene("raceFigure", { objective, runs, title: long, faces: [8, 8] });
      for (const [width, height] of sizes as [number, number][]) {
        const where = `${count} runs at ${width} × ${height}`;
        assert.equal(
          faults(drawnCalls(contourChart(contour), width, height), width, height),
          [],
          `contours of ${where}`,
        );
        assert.equal(
          faults(drawnCalls(lossChart(loss!), width, height), width, height),
          [],
          `losses of ${where}`,
        );
        const race = record((ctx) => drawRace(ctx, scene, 12, { width, height }), measuring());
        assert.equal(faults(race, width, height), [], `race of ${where}`);
      }
    }
  },
);

pictures("values of any size are a picture, or one clear error", () => {
  const magnitudes = whole ? [1e-300, 1e-30, 1e-9, 1, 1e9, 1e30, 1e300] : [1e-300, 1, 1e300];
  for (const scale of magnitudes) {
    const f = trace({ x: vector(2) }, ({ x }) => multiply(scale, add(sum(square(x)), 1)));
    for (const size of magnitudes) {
      const window = { x1: [-size, size], x2: [0, size] } as const;
      try {
        const calls = drawnCalls(
          contourChart(contourSpec({ objective: f, window, cells: [10, 10] })),
          400,
          300,
        );
        assert.equal(faults(calls, 400, 300), [], `${scale} at ${size}`);
      } catch (error) {
        if (error instanceof AdjointError) assert.match(error.message, /^contourFigure: /);
        else throw error;
      }
    }
  }
});

/** Numbers as runs have them: of one size, or of any; some tied, some none. */
const places = fc.oneof(
  fc.constantFrom(0, 1, 1, -2.5),
  fc.double({ min: -3, max: 3, noNaN: true }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 1e300, -1e300, 1e-300),
);
const numbersFrom = (scale: number) => places.map((x) => x * scale);

/** A run as `minimize` returns one, of two elements. */
const runs = fc.constantFrom(1, 1, 1e-300, 1e-9, 1e9, 1e300).chain((scale) =>
  fc
    .array(fc.tuple(numbersFrom(scale), numbersFrom(scale), places), { minLength: 1, maxLength: 30 })
    .map((rows) => {
      const [x1, x2, value] = rows.at(-1)!;
      const before = rows.slice(0, -1);
      return {
        ...{
          parameters: { x: [x1, x2] },
          value,
          status: "completed",
          evaluations: rows.length,
          steps: before.length,
        },
        trajectory: {
          ...{ start: 0, stride: 1, steps: before.length, values: before.map(([, , one]) => one) },
          parameters: { x: before.flatMap((row) => row.slice(0, 2)) },
        },
      } as unknown as Runs[string];
    }),
);

const names = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
  fc.constantFrom("constructor", "עברית", "القاهرة", "日本語の名前", "👩‍👩‍👧 family", "a\nb", " "),
);

const awkward = fc.record({
  runs: fc.dictionary(names, runs, { minKeys: 1, maxKeys: whole ? 20 : 6 }),
  title: fc.option(names, { nil: undefined }),
  width: fc.integer({ min: 200, max: 4000 }),
  height: fc.integer({ min: 200, max: 2000 }),
  scale: fc.constantFrom("linear", "log", "symlog"),
  labels: fc.option(fc.tuple(names, names, names), { nil: undefined }),
  bands: fc.constantFrom("auto", "linear", "log", "quantile"),
});

pictures("whatever is drawn, texts keep apart and inside, or it is one clear error, within seconds", () => {
  const drawn = (what: string, draw: () => readonly Call[], [width, height]: readonly [number, number]) => {
    const began = performance.now();
    try {
      assert.equal(faults(draw(), width, height), [], what);
    } catch (error) {
      if (!(error instanceof AdjointError)) throw error;
      assert.match(error.message, new RegExp(`^${what}: `));
    }
    assert.ok(performance.now() - began < 20_000, `${what} takes long`);
  };
  forAll(whole ? 2500 : 8, awkward, ({ title, labels, scale, bands, ...given }) => {
    const { width, height } = given;
    const size = [width, height] as const;
    const options = { runs: given.runs, ...(title !== undefined && { title }) };
    const field = { ...options, objective, scale: bands as "log" };
    drawn(
      "lossFigure",
      () => drawnCalls(lossChart(lossSpecs({ ...options, scale } as never)[0]!), width, height),
      size,
    );
    drawn(
      "contourFigure",
      () => drawnCalls(contourChart(contourSpec({ ...field, cells: [20, 20] })), width, height),
      size,
    );
    const race = () => {
      const scene = raceScene("raceFigure", { ...field, faces: [8, 8], ...(labels && { labels }) });
      return record((ctx) => drawRace(ctx, scene, 3, { width, height }), measuring());
    };
    drawn("raceFigure", race, size);
    const along = { ...options, objective, axis: "x1" };
    drawn("curveFigure", () => drawnCalls(curveChart(curveSpec(along)), width, height), size);
  });
});

pictures.run();
