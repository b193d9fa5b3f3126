/** The figure of a fit: what is drawn, number by number, against what the fit says. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { AdjointError, add, divide, type Expr, exp, multiply } from "../../../graph/index.js";
import {
  color,
  decode,
  distance,
  hasClearRim,
  longLines,
  type Picture,
} from "../../../property-tests/support/picture.js";
import { curveFit } from "../../fits/index.js";
import { fitChart } from "./chart.js";
import { fitPlugin } from "./drawing.js";
import { type FitOptions, fitFigure } from "./figure.js";
import { fitSpec } from "./spec.js";

const figures = suite("fitFigure");

type Inputs = Readonly<Record<string, Expr>>;

const saturation = ({ top, half, x }: Inputs) => divide(multiply(top!, x!), add(half!, x!));
const x = [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.1, 1.1];
const y = [76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200];
const fit = curveFit(saturation, { top: 200, half: 0.1 }, { x, y });
const lower = y.map((one) => 0.8 * one);
const grouped = curveFit(
  saturation,
  { top: 200, half: 0.1 },
  { treated: { x, y }, untreated: { x, y: lower } },
  { own: ["top"], sigma: 8 },
);
const near = (found: number | null, wanted: number) =>
  assert.ok(Math.abs(found! - wanted) <= 1e-9 * (1 + Math.abs(wanted)), `${found} beside ${wanted}`);

figures("points, residuals, curve and bands are the fit's", () => {
  const spec = fitSpec({ fit, labels: ["S (ppm)", "v"] });
  const [series] = spec.series;
  assert.equal(spec.labels, ["S (ppm)", "v"]);
  assert.equal(series!.points.x, x);
  assert.equal(series!.points.y, y);
  x.forEach((at, i) => {
    const { top, half } = fit.parameters;
    near(series!.points.residuals[i]!, y[i]! - (top * at) / (half + at));
  });
  assert.is(series!.curve.x[0], 0);
  assert.ok(series!.curve.x.at(-1)! > 1.1);
  const told = fit.predict({ x: series!.curve.x as number[] });
  for (const i of [0, 17, 250, 500]) {
    near(series!.curve.y[i]!, told.values[i]!);
    near(series!.confidence!.lower[i]!, told.confidence.lower[i]!);
    near(series!.confidence!.upper[i]!, told.confidence.upper[i]!);
    near(series!.prediction!.lower[i]!, told.prediction.lower[i]!);
    near(series!.prediction!.upper[i]!, told.prediction.upper[i]!);
  }
  assert.equal(spec.bands, { confidence: "95% confidence", prediction: "95% prediction" });
  const [low, high] = spec.y;
  assert.ok(low <= 0 && high >= 207 && low > -50 && high < 300);
  assert.ok(spec.residuals[1] >= 25.4 && spec.residuals[0] === -spec.residuals[1]);
});

/** What a plugin draws on a canvas whose axes are the numbers themselves. */
function recorded(spec: ReturnType<typeof fitSpec>): [string, ...number[]][] {
  const calls: [string, ...number[]][] = [];
  const ctx = new Proxy({} as Record<string, unknown>, {
    get:
      (_, name) =>
      (...args: number[]) =>
        calls.push([String(name), ...args]),
    set: (_, name, value) => calls.push([`${String(name)} ${value}`]) > 0,
  });
  const axis = { getPixelForValue: (value: number) => value, top: 0, bottom: 1 };
  const chart = {
    ctx,
    chartArea: { left: 0, right: 1, top: 0, bottom: 1 },
    scales: { x: axis, y: axis, residuals: axis },
    isDatasetVisible: () => true,
  };
  const { beforeDatasetsDraw, beforeDatasetDraw, afterDatasetsDraw } = fitPlugin(spec);
  beforeDatasetsDraw!(chart as never, {} as never, {});
  const { datasets } = fitChart(spec).data;
  for (let index = datasets.length - 1; index >= 0; index--)
    beforeDatasetDraw!(chart as never, { index } as never, {});
  afterDatasetsDraw!(chart as never, {}, {}, false);
  return calls;
}

figures("bands are filled from edge to edge, error bars reach one sigma, the frame is drawn", () => {
  const spec = fitSpec({ fit: grouped });
  const calls = recorded(spec);
  // Prediction and confidence of two groups.
  assert.is(calls.filter(([name]) => name === "fill").length, 4);
  const { confidence, curve } = spec.series[0]!;
  const has = (name: string, ...args: number[]) =>
    calls.some(([own, ...rest]) => own === name && String(rest) === String(args));
  for (const i of [3, 400]) {
    assert.ok(has("lineTo", curve.x[i]!, confidence!.lower[i]!));
    assert.ok(has("lineTo", curve.x[i]!, confidence!.upper[i]!));
  }
  y.forEach((one, i) => {
    assert.ok(has("moveTo", x[i]!, one - 8) && has("lineTo", x[i]!, one + 8), `bar ${i}`);
  });
  assert.is(calls.filter(([name]) => name === "strokeRect").length, 2);
  // Without errors there are no bars, and without residuals one panel.
  const plain = recorded(fitSpec({ fit, residuals: false }));
  assert.is(plain.filter(([name]) => name === "moveTo").length, 0);
  assert.is(plain.filter(([name]) => name === "strokeRect").length, 1);
  // A stretch where the model isn't a number parts the band.
  const broken = {
    ...spec.series[0]!,
    confidence: { ...confidence!, lower: confidence!.lower.map((one, i) => (i === 250 ? null : one)) },
  };
  const parts = recorded({ ...spec, series: [broken] });
  assert.is(parts.filter(([name]) => name === "fill").length, 3);
});

figures(
  "groups have a colour and a legend each; a sigma that differs from row to row has no band of prediction",
  () => {
    const spec = fitSpec({ fit: grouped });
    assert.equal(
      spec.series.map(({ name }) => name),
      ["treated", "untreated"],
    );
    assert.is(new Set(spec.series.map((one) => one.color)).size, 2);
    lower.forEach((one, i) => {
      near(spec.series[1]!.points.y[i]!, one);
    });
    near(
      spec.series[1]!.curve.y[500]!,
      grouped.predict({ x: [spec.x[1]] }, { group: "untreated" }).values[0]!,
    );
    assert.is(spec.residualLabel, "residual / σ");
    const uneven = curveFit(
      saturation,
      { top: 200, half: 0.1 },
      { x, y },
      { sigma: y.map((one) => 0.1 * one), xSigma: { x: 0.01 } },
    );
    const [series] = fitSpec({ fit: uneven }).series;
    assert.is(series!.prediction, undefined);
    assert.ok(series!.confidence);
    near(series!.points.yError![2]!, 9.7);
    near(series!.points.xError![2]!, 0.01);
    assert.equal(fitSpec({ fit, bands: "none" }).series[0]!.confidence, undefined);
  },
);

figures("of several predictors one is drawn, or what was observed over what was fitted", () => {
  const t = x.map((_, i) => 10 + (i % 3));
  const two = curveFit(
    ({ a, b, x, t }: Inputs) => add(multiply(a!, x!), multiply(b!, t!)),
    { a: 1, b: 1 },
    { x, t, y },
  );
  const [all] = fitSpec({ fit: two }).series;
  x.forEach((at, i) => {
    near(all!.points.x[i]!, two.parameters.a * at + two.parameters.b * t[i]!);
    near(all!.points.y[i]!, y[i]!);
  });
  assert.equal(all!.curve.x, all!.curve.y);
  const mean = t.reduce((sum, one) => sum + one, 0) / t.length;
  const [one] = fitSpec({ fit: two, predictor: "x" }).series;
  near(one!.curve.y[0]!, two.parameters.a * one!.curve.x[0]! + two.parameters.b * mean);
  const [held] = fitSpec({ fit: two, predictor: "x", at: { t: 0 }, range: [1, 2] }).series;
  near(held!.curve.y[0]!, two.parameters.a);
  near(held!.curve.x.at(-1)!, 2);
});

const draw = async (options: Partial<FitOptions> = {}): Promise<Picture> =>
  decode(await fitFigure({ fit, ...options }).render("png"));

figures("the picture has the curve in its place, the bands around it, and nothing at its rim", async () => {
  const spec = fitSpec({ fit });
  const picture = await draw();
  assert.equal([picture.width, picture.height], [800, 600]);
  const { x: vertical, y: horizontal } = longLines(picture);
  const [left, right] = [vertical[0]!, vertical.at(-1)!];
  const [top, bottom] = [horizontal[0]!, horizontal[1]!];
  const at = (px: number, py: number) =>
    picture.at(
      left + ((px - spec.x[0]) / (spec.x[1] - spec.x[0])) * (right - left),
      bottom - ((py - spec.y[0]) / (spec.y[1] - spec.y[0])) * (bottom - top),
    );
  const { values, confidence, prediction } = fit.predict({ x: [0.4, 0.83] });
  for (const [i, place] of [0.4, 0.83].entries()) {
    assert.ok(distance(at(place, values[i]!), color("#e4007f")) < 60, `curve at ${place}`);
    const inner = at(place, (values[i]! + 2 * confidence.upper[i]!) / 3);
    const outer = at(place, (confidence.upper[i]! + prediction.upper[i]!) / 2);
    const beyond = at(place, prediction.upper[i]! + 8);
    assert.ok(inner[1] < outer[1] - 15 && outer[1] < beyond[1] - 15, `${inner} ${outer} ${beyond}`);
  }
  for (const options of [
    { title: "A title", labels: ["a label that is long ".repeat(3), "velocity"] as const },
    { fit: grouped, width: 420, height: 300 },
    { scale: "log", residuals: false, pixelRatio: 2 } as const,
  ])
    assert.ok(hasClearRim(await draw(options)), JSON.stringify(Object.keys(options)));
});

figures("the page holds its data and nothing from elsewhere", async () => {
  const page = new TextDecoder().decode(await fitFigure({ fit, title: "<b>&" }).render("html"));
  const elsewhere = /https?:|\bsrc=|\bhref=|@import|url\((?!#)|\bfetch\(|XMLHttpRequest|\bimport\(/;
  // The name of a language, which nobody loads.
  assert.not.match(page.replaceAll("http://www.w3.org/2000/svg", ""), elsewhere);
  assert.match(page, "<title>&lt;b&gt;&amp;</title>");
  const json = /<script type="application\/json" id="data">(.*?)<\/script>/.exec(page)![1]!;
  const [{ kind, spec }] = JSON.parse(json);
  assert.is(kind, "fit");
  assert.equal(spec, JSON.parse(JSON.stringify(fitSpec({ fit, title: "<b>&" }))));
});

figures("mistakes are one clear error", () => {
  const refused = (options: object, message: RegExp) => {
    try {
      fitFigure({ fit, ...options } as FitOptions);
    } catch (error) {
      assert.instance(error, AdjointError);
      assert.match((error as Error).message, message);
      return;
    }
    assert.unreachable(`expected ${message}`);
  };
  refused({ fit: {} }, /fit is an object .*pass what curveFit returned/);
  refused({ fit: JSON.parse(JSON.stringify(fit)) }, /pass what curveFit returned itself, which can predict/);
  refused({ predictor: "t" }, /the predictor "t" isn't one of the fit's, which are x/);
  refused({ at: { t: 1 } }, /at names "t"/);
  refused({ labels: ["one"] }, /labels must be two texts/);
  refused({ bands: "all" }, /bands must be "both" or/);
  refused({ residuals: 1 }, /residuals must be true or false/);
  refused({ range: [2, 1] }, /range must be \[low, high\]/);
  refused({ range: [-1, 1], scale: "log" }, /range must lie above 0/);
  refused({ colors: ["red", "blue"] }, /colors is a list of 2 for 1 curves/);
  refused({ colors: ["no colour"] }, /colors: "data": "no colour" is no opaque CSS colour/);
  refused({ colour: 1 }, /unknown option "colour"/);
  const decay = ({ a, x }: Inputs) => exp(multiply(a!, x!));
  const through = curveFit(decay, { a: 1 }, { x: [0, 1, 2], y: [1, 2, 3] });
  refused({ fit: through, scale: "log" }, /a row stands at 0, and a logarithmic axis/);
});

figures.run();
