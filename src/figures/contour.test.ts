import { color as d3Color } from "d3-color";
import { interpolateViridis } from "d3-scale-chromatic";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type Color,
  color,
  decode,
  distance,
  hasClearRim,
  isDark,
  longLines,
  type Picture,
} from "../../property-tests/support/picture.js";
import {
  AdjointError,
  adam,
  add,
  cubic,
  gradientDescent,
  log,
  matrix,
  minimize,
  momentum,
  multiply,
  saddle,
  scalar,
  square,
  sum,
  trace,
  vector,
  weightedSphere,
} from "../index.js";
import { type ContourOptions, contourFigure } from "./contour.js";
import { contourSpec } from "./contour-spec.js";

const objective = weightedSphere([0.2, 2]);
const window = { x1: [-2, 5], x2: [-2, 5] } as const;
const run = minimize(objective.f, { x: [3, 4] }, gradientDescent({ learningRate: 0.2 }), {
  steps: 20,
  tolerance: 0,
});
const adamRun = minimize(objective.f, { x: [3, 4] }, adam({ learningRate: 0.2 }), { steps: 20 });

const bands = ["#e4007f", "#f19ec2", "#e86096", "#eb7aaa", "#f6c8dc", "#f5f5f5", "#000000"].map(color);
const black: Color = [0, 0, 0];
const white: Color = [255, 255, 255];

/** Where points of the plane lie on a picture, by its frame: the outermost long lines left of the colour bar. */
function frameOf(
  picture: Picture,
  { x1, x2 }: { x1: readonly [number, number]; x2: readonly [number, number] },
) {
  const lines = longLines(picture);
  // Behind the frame's right side come the two of the colour bar.
  const [left, right] = [lines.x[0]!, lines.x.at(-3)!];
  const [top, bottom] = [lines.y[0]!, lines.y.at(-1)!];
  return {
    left,
    right,
    top,
    bottom,
    lines,
    x: (value: number) => left + ((value - x1[0]) / (x1[1] - x1[0])) * (right - left),
    y: (value: number) => bottom - ((value - x2[0]) / (x2[1] - x2[0])) * (bottom - top),
  };
}

async function draw(options: Omit<ContourOptions, "runs" | "objective"> & Partial<ContourOptions> = {}) {
  const figure = contourFigure({
    objective,
    runs: { GD: run },
    window,
    scale: "linear",
    colorMap: "course",
    ...options,
  });
  return decode(await figure.render("png"));
}

const course = await draw();
const frame = frameOf(course, window);

const contours = suite("contours");

contours("runs that went through JSON are drawn as they were", () => {
  const copy = <T>(given: T): T => JSON.parse(JSON.stringify(given));
  const runs = { GD: run, adam: adamRun };
  const spec = contourSpec({ objective, runs, window });
  assert.equal(contourSpec({ objective, runs: copy(runs), window }), spec);
});

contours("the picture is 1000×600, or as large as asked, times the pixel ratio", async () => {
  assert.equal([course.width, course.height], [1000, 600]);
  const small = await draw({ width: 400, height: 300, pixelRatio: 2 });
  assert.equal([small.width, small.height], [800, 600]);
});

contours("the bands have the course's colours, by the values at their points", () => {
  const { x, y } = frame;
  let compared = 0;
  for (let x1 = -1.95; x1 < 5; x1 += 0.1) {
    for (let x2 = -1.95; x2 < 5; x2 += 0.1) {
      const value = 0.2 * x1 ** 2 + 2 * x2 ** 2;
      // Three pixels, in values, from a boundary, and as far from the path, the star and the marks.
      const reach = 0.03 * Math.hypot(0.4 * x1, 4 * x2);
      const nearPath = Math.abs(x2) < 0.3 || (x1 > 2.4 && x1 < 3.2);
      if (nearPath || Math.floor((value - reach) / 8) !== Math.floor((value + reach) / 8)) continue;
      const found = course.at(x(x1), y(x2));
      assert.ok(distance(found, bands[Math.floor(value / 8)]!) <= 2, `at (${x1}, ${x2}): ${found}`);
      compared++;
    }
  }
  assert.ok(compared > 2500, String(compared));
});

contours("a black line runs along each boundary", () => {
  const { x, y } = frame;
  for (const level of [8, 16, 24, 32, 40, 48]) {
    for (const x1 of [-1.5, -0.5, 0.5, 1.5, 4.5]) {
      const at = y(Math.sqrt((level - 0.2 * x1 ** 2) / 2));
      const darkest = Math.min(...[-1, 0, 1].map((dy) => Math.max(...course.at(x(x1), at + dy))));
      assert.ok(darkest < 160, `level ${level} at x1 = ${x1}: ${darkest}`);
    }
  }
});

contours("the path's dots lie on the points of the run, which are known in closed form", () => {
  const { x, y } = frame;
  // Each step of gradient descent multiplies xᵢ by 1 − 2·0.2·wᵢ. Marks cover the first and the last steps.
  for (let k = 1; k < 18; k++) {
    const found = course.at(x(3 * 0.92 ** k), y(4 * 0.2 ** k));
    assert.ok(distance(found, black) < 60, `step ${k}: ${found}`);
  }
  for (const t of [0.25, 0.5, 0.75]) {
    const between = course.at(x(3 - t * 0.24), y(4 - t * 3.2));
    assert.ok(distance(between, black) < 90, `on the way to step 1: ${between}`);
  }
  assert.ok(distance(course.at(x(3), y(4)), white) < 10, "the start is a circle, empty");
  assert.ok(distance(course.at(x(3) + 6, y(4)), [34, 34, 34]) < 90, "with a dark rim");
  const end = [x(3 * 0.92 ** 20), y(0)] as const;
  assert.ok(distance(course.at(...end), black) < 10, "the end is a diamond");
  assert.ok(distance(course.at(end[0], end[1] - 4), black) < 10);
  assert.ok(distance(course.at(end[0] - 5, end[1] - 5), bands[0]!) < 10);
});

contours("there is a star at the known minimum, and at minima that are given", async () => {
  const gold = color("#ffd400");
  const star = (picture: Picture, x: number, y: number) =>
    distance(picture.at(x, y), gold) < 10 &&
    distance(picture.at(x, y - 5), gold) < 10 &&
    distance(picture.at(x, y + 9), gold) > 50;
  const { x, y } = frame;
  assert.ok(star(course, x(0), y(0)));
  const others = await draw({
    minima: [
      { x1: -1, x2: 3 },
      { x1: 4.5, x2: -1 },
      { x1: 50, x2: 0 },
    ],
  });
  assert.not.ok(star(others, x(0), y(0)));
  assert.ok(star(others, x(-1), y(3)) && star(others, x(4.5), y(-1)));
});

contours("the axes end where the window does, with ticks at whole numbers", () => {
  const { left, bottom, x, y } = frame;
  const marks = (count: number, isMark: (i: number) => boolean) =>
    Array.from({ length: count }, (_, i) => i).filter((i) => isMark(i) && !isMark(i - 1));
  const ticks = [-2, -1, 0, 1, 2, 3, 4, 5];
  const horizontal = marks(
    course.width,
    (i) => i >= left - 1 && i <= x(5) + 2 && isDark(course.at(i, bottom + 4)),
  );
  const vertical = marks(course.height, (i) => isDark(course.at(left - 4, i)));
  assert.is(horizontal.length, ticks.length);
  assert.is(vertical.length, ticks.length);
  for (const [i, tick] of ticks.entries()) {
    assert.ok(Math.abs(horizontal[i]! - x(tick)) <= 1.5, `x1 = ${tick}`);
    assert.ok(Math.abs(vertical[7 - i]! - y(tick)) <= 1.5, `x2 = ${tick}`);
  }
});

contours("the colour bar shows all bands, from the lowest at the bottom, with text beside it", () => {
  const { lines, top, bottom } = frame;
  const [left, right] = [lines.x.at(-2)!, lines.x.at(-1)!];
  bands.forEach((band, i) => {
    const y = bottom - ((i + 0.5) / 7) * (bottom - top);
    assert.ok(distance(course.at((left + right) / 2, y), band) <= 2, `band ${i}`);
  });
  for (let i = 0; i <= 7; i++) {
    const y = Math.round(bottom - (i / 7) * (bottom - top));
    const inked = Array.from({ length: 15 * 30 }, (_, k) =>
      course.at(right + 6 + (k % 30), y - 7 + Math.floor(k / 30)),
    );
    assert.ok(inked.some(isDark), `label ${i}`);
  }
});

contours(
  "nothing is cut off at the rim: long names, many runs, large and negative values, a title",
  async () => {
    const many = Object.fromEntries(
      Array.from({ length: 14 }, (_, i) => [`momentum, learning rate 0.${i}`, run]),
    );
    const long = { ["a name that is much longer than the picture is wide ".repeat(5)]: run };
    const steep = trace({ x: vector(2) }, ({ x }) => multiply(-12345678, sum(square(x))));
    for (const options of [
      {},
      { runs: many },
      { runs: long, title: "A title" },
      { objective: steep, width: 500, height: 400 },
      { levels: [10, 20, 30] },
      { width: 300, height: 250, runs: { GD: run, Adam: adamRun } },
    ]) {
      assert.ok(hasClearRim(await draw(options)), JSON.stringify(Object.keys(options)));
    }
  },
);

contours("a name wider than the picture is shortened, and not cut off by the legend's ends", async () => {
  const { width, at } = await draw({ runs: { ["a long name, ".repeat(20)]: run } });
  const inks = (from: number) =>
    Array.from({ length: 24 * 40 }, (_, k) => at(from + (k % 24), Math.floor(k / 24))).some(isDark);
  assert.not.ok(inks(0), "left");
  assert.not.ok(inks(width - 24), "right");
  assert.ok(inks(width / 2), "between");
});

contours("runs have colours of their own, the same in the legend, each with its diamond", async () => {
  const two = await draw({ runs: { GD: run, Adam: adamRun } });
  const { x, y, top } = frameOf(two, window);
  const first = two.at(x(3 * 0.92 ** 20), y(0));
  const [x1, x2] = adamRun.parameters.x as unknown as [number, number];
  const second = two.at(x(x1), y(x2));
  assert.ok(distance(first, second) > 60);
  for (const wanted of [first, second]) {
    const legend = Array.from({ length: two.width * (top - 4) }, (_, k) =>
      two.at(k % two.width, Math.floor(k / two.width)),
    );
    assert.ok(legend.some((found) => distance(found, wanted) < 10));
  }
});

contours("colours are a list, of any length, or an interpolator", () => {
  const spec = (options: Partial<ContourOptions>) =>
    contourSpec({ objective, runs: { GD: run }, window, ...options });
  assert.equal(spec({ colorMap: ["red", "green", "blue"] }).colors, ["#ff0000", "#008000", "#0000ff"]);
  assert.is(spec({ colorMap: ["red", "green", "blue"] }).levels.length, 4);
  assert.equal(
    spec({ colorMap: interpolateViridis, levels: 3 }).colors,
    [0, 0.5, 1].map((t) => d3Color(interpolateViridis(t))!.formatHex()),
  );
  assert.equal(spec({ colorMap: ["#000000", "#ffffff"], levels: 3 }).colors, [
    "#000000",
    "#808080",
    "#ffffff",
  ]);
  assert.is(spec({ levels: 12 }).colors.length, 12);
});

contours("given levels are taken as they are, and the colour bar says where values go beyond", () => {
  const spec = contourSpec({ objective, runs: { GD: run }, window, levels: [10, 20, 40] });
  assert.equal(spec.levels, [10, 20, 40]);
  assert.equal(spec.open, { below: true, above: true });
  assert.equal(contourSpec({ objective, runs: { GD: run }, window, scale: "linear" }).open, {
    below: false,
    above: false,
  });
});

contours(
  "an objective of two scalars is drawn by their names; where it isn't finite, nothing is",
  async () => {
    const f = trace({ a: scalar(), b: scalar() }, ({ a, b }) => add(square(log(a)), square(b)));
    const descent = minimize(f, { a: 3, b: 1 }, gradientDescent({ learningRate: 0.1 }));
    const options = {
      objective: f,
      runs: { GD: descent },
      window: { x1: [-1, 4], x2: [-2, 2] },
      levels: [0, 1, 50],
    } as const;
    assert.equal(contourSpec(options).labels, ["a", "b"]);
    const picture = await draw({ ...options, colorMap: ["#ff0000", "#0000ff"] });
    const { x, y } = frameOf(picture, options.window);
    assert.ok(distance(picture.at(x(-0.5), y(1)), white) < 3);
    assert.ok(distance(picture.at(x(1), y(0.5)), [255, 0, 0]) < 3);
    assert.ok(distance(picture.at(x(0.2), y(1)), [0, 0, 255]) < 3);
  },
);

contours("a long run has dots apart, and every part of its path", () => {
  const slow = minimize(objective.f, { x: [3, 4] }, gradientDescent({ learningRate: 1e-5 }), {
    steps: 200_000,
    tolerance: 0,
  });
  const [path] = contourSpec({ objective, runs: { slow }, window }).runs;
  assert.ok(path!.steps.length < 5000, String(path!.steps.length));
  assert.is(path!.steps[0], 0);
  assert.is(path!.steps.at(-1), 200_000);
  assert.ok(path!.steps.every((step, i) => i === 0 || step > path!.steps[i - 1]!));
  for (const i of [1, 100, path!.steps.length - 2]) {
    const expected = 3 * (1 - 1e-5 * 0.4) ** path!.steps[i]!;
    assert.ok(Math.abs(path!.x1[i]! - expected) < 1e-7);
  }
});

contours("a run that diverged leaves the picture, and the legend says so", async () => {
  const diverging = minimize(cubic.f, { x: [2, 3] }, momentum({ learningRate: 0.01 }), { steps: 150 });
  assert.is(diverging.status, "diverged");
  const options = { objective: cubic, runs: { Momentum: diverging } };
  const spec = contourSpec(options);
  for (const [low, high] of [spec.window.x1, spec.window.x2]) assert.ok(low >= -10 && high <= 10);
  assert.is(spec.runs[0]!.status, "diverged");
  // Far points are brought near enough for every canvas.
  for (const x of [...spec.runs[0]!.x1, ...spec.runs[0]!.x2]) assert.ok(Math.abs(x!) < 1e5);
  assert.ok(hasClearRim(await decode(await contourFigure(options).render("png"))));
});

contours("the page holds its data and nothing from elsewhere", async () => {
  const name = '</script><script>alert("x")</script>';
  const figure = contourFigure({ objective, runs: { [name]: run }, window, title: "<b>&" });
  assert.equal(figure.formats, ["png", "svg", "pdf", "html"]);
  const page = new TextDecoder().decode(await figure.render("html"));
  const elsewhere = /https?:|\bsrc=|\bhref=|@import|url\((?!#)|\bfetch\(|XMLHttpRequest|\bimport\(/;
  // The name of a language, which nobody loads.
  assert.not.match(page.replaceAll("http://www.w3.org/2000/svg", ""), elsewhere);
  assert.not.match(page, name);
  assert.match(page, "<title>&lt;b&gt;&amp;</title>");
  assert.ok(page.length < 450_000, String(page.length));
  const json = /<script type="application\/json" id="data">(.*?)<\/script>/.exec(page)![1]!;
  const [{ kind, spec }] = JSON.parse(json);
  assert.is(kind, "contour");
  assert.is(spec.runs[0].name, name);
  assert.equal(spec.levels, contourSpec({ objective, runs: { GD: run }, window }).levels);
});

contours("mistakes are one clear error", () => {
  const refused = (options: object, message: RegExp) => {
    try {
      contourFigure({ objective, runs: { GD: run }, ...options } as ContourOptions);
    } catch (error) {
      assert.instance(error, AdjointError);
      assert.match((error as Error).message, message);
      return;
    }
    assert.unreachable(`expected ${message}`);
  };
  const three = weightedSphere([1, 2, 3]);
  const matrixed = trace({ x: matrix(2, 2) }, ({ x }) => sum(square(x)));
  const vectored = trace({ x: vector(2) }, ({ x }) => square(x));
  const threeRun = minimize(three.f, { x: [1, 2, 3] }, gradientDescent({ learningRate: 0.1 }));
  const silent = minimize(objective.f, { x: [3, 4] }, gradientDescent({ learningRate: 0.1 }), {
    trajectory: false,
  });
  const nowhere = {
    ...run,
    parameters: { x: [Number.NaN, 0] },
    trajectory: {
      ...run.trajectory,
      steps: 0,
      parameters: { x: new Float64Array() },
      values: new Float64Array(),
    },
    steps: 0,
  };
  refused({ objective: three }, /the objective has 3 elements \(x1, x2, x3\); a plane is of two: pass/);
  refused({ objective: matrixed }, /the objective has \d+ elements \(.*\[1, 1\], /);
  refused({ objective: vectored }, /returns the shape .*return one scalar/);
  refused({ objective: (x: number) => x }, /expected a traced function, got a plain one/);
  refused({ runs: {} }, /runs is empty; pass them by name/);
  refused({ runs: run }, /runs is itself one; .*by name/);
  refused({ runs: [run] }, /runs is the list \[an object/);
  refused({ runs: { GD: 3 } }, /"GD" is 3/);
  refused(
    { runs: { GD: threeRun } },
    /run "GD" has the parameters x, not the two of the objective \(x1, x2\)/,
  );
  refused({ runs: { GD: silent } }, /recorded none; leave out \{ trajectory: false \}/);
  refused(
    { runs: { GD: { ...nowhere, parameters: { x: Float64Array.of(Number.NaN, 0) } } } },
    /no finite point/,
  );
  refused({ window: { x1: [5, -2], x2: [0, 1] } }, /window\.x1 must be \[low, high\]/);
  refused({ window: { x1: [0, 1] } }, /window\.x2/);
  refused({ window: { x1: [0, 5e-324], x2: [0, 1] } }, /window\.x1: .* from 0 to 5e-324; pass a wider/);
  refused({ window: new Map() }, /window: expected an object .*, got a Map/);
  refused(
    { colorMap: ["red", "no colour"] },
    /contourFigure: colorMap: element 1: "no colour" is no opaque CSS colour/,
  );
  refused(
    { runColors: ["notacolour"] },
    /contourFigure: runColors: "GD": "notacolour" is no opaque CSS colour/,
  );
  refused(
    { runColors: { Adam: "red" } },
    /runColors names "Adam", which is none of the runs; the runs are GD/,
  );
  refused({ colorMap: class {} }, /colorMap must be a function, not a class/);
  refused({ runs: { GD: { ...run, trajectory: {} } } }, /run "GD" lacks .*its trajectory/);
  refused({ window: { x1: [0, 1], x2: [0, 1], x3: [0, 1] } }, /unknown option "x3"/);
  refused({ levels: [3, 2] }, /ascending/);
  refused({ levels: 0 }, /levels must be how many bands/);
  refused({ colorMap: [] }, /colorMap: .* is no colour map; pass "viridis"/);
  refused({ colorMap: () => 3 }, /colorMap: 3 is no opaque CSS colour/);
  refused({ theme: "sepia" }, /theme must be "light" or "dark" or "print" or "contrast"/);
  refused({ fonts: [3] }, /fonts\[0\] must be a text/);
  refused({ scale: "cubic" }, /scale must be "auto" or "linear" or "log"/);
  refused({ minima: [{ x1: 0 }] }, /minima must be a list of finite points/);
  refused({ cells: [1, 1] }, /cells must be two whole numbers/);
  refused({ width: 10 }, /width must be a whole number from 200/);
  refused({ pixelRatio: 0 }, /pixelRatio must be a number from 0\.5/);
  refused({ title: 3 }, /title must be a text/);
  refused({ colour: "red" }, /unknown option "colour"; the options are objective, runs/);
  const logarithm = trace({ x: vector(2) }, ({ x }) => sum(log(x)));
  refused({ objective: logarithm, window: { x1: [-2, -1], x2: [-2, -1] } }, /no finite value in the window/);
});

contours(
  "an objective alone is drawn in its window or the one that is given, and without either there is an error",
  () => {
    const f = trace({ x: vector(2) }, ({ x }) => sum(square(x)));
    const window = { x1: [-1, 2], x2: [-3, 1] } as const;
    const spec = contourSpec({ objective: f, window });
    assert.equal([spec.runs, spec.window], [[], window]);
    assert.equal(contourSpec({ objective: saddle }).window, saddle.window);
    assert.throws(() => contourSpec({ objective: f }), /there are neither runs nor a window/);
  },
);

contours.run();
