/**
 * What a fit's intervals and bands say, by simulation: of many data from one truth, as many intervals hold it as their level
 * says. Fits move with their data: by other units, an offset, another order of rows.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  divide,
  type Expr,
  exp,
  hessian,
  index,
  multiply,
  square,
  subtract,
  sum,
  trace,
  vector,
} from "../../graph/index.js";
import { randomSource } from "../data/index.js";
import { curveFit } from "./curve-fit.js";

const laws = suite("laws of fits");

type Inputs = Readonly<Record<string, Expr>>;

const x = Float64Array.from({ length: 16 }, (_, i) => i / 3);
const decay = ({ a, k, x }: Inputs) => multiply(a!, exp(multiply(-1, k!, x!)));
const mean = (at: number) => 5 * Math.exp(-0.7 * at);
const noisy = (seed: number, deviation: number) => {
  const random = randomSource(seed);
  return x.map((at) => mean(at) + deviation * random.normal());
};

/** Within three and a half deviations of the binomial distribution: four laws err together once in five hundred draws. */
const asOften = (hits: number, runs: number, level: number, what: string) =>
  assert.ok(
    Math.abs(hits - level * runs) < 3.5 * Math.sqrt(runs * level * (1 - level)),
    `${what}: ${hits} of ${runs}, at a level of ${level}`,
  );

const within = (value: number, low: unknown, high: unknown) =>
  (low as number) <= value && value <= (high as number);

for (const [name, options] of [
  ["sigmas unknown", { level: 0.8 }],
  ["sigmas known", { level: 0.8, sigma: 0.15, absoluteSigma: true }],
] as const) {
  laws(`${name}: intervals, profiles and both bands cover the truth as often as they say`, () => {
    const runs = 80;
    const hits = { interval: 0, profile: 0, confidence: 0, prediction: 0 };
    for (let seed = 0; seed < runs; seed++) {
      const fit = curveFit(decay, { a: 4, k: 1 }, { x, y: noisy(seed, 0.15) }, options);
      const [low, high] = fit.estimates[1]!.interval as [number, number];
      if (within(0.7, low, high)) hits.interval++;
      const { lower, upper } = fit.profile("k");
      if (within(0.7, lower, upper)) hits.profile++;
      const { confidence, prediction } = fit.predict({ x: [1.5] });
      if (within(mean(1.5), confidence.lower[0], confidence.upper[0])) hits.confidence++;
      const next = mean(1.5) + 0.15 * randomSource(10_000 + seed).normal();
      if (within(next, prediction.lower[0], prediction.upper[0])) hits.prediction++;
    }
    for (const [what, count] of Object.entries(hits)) asOften(count, runs, options.level, what);
  });
}

laws(
  "covariance is s² times the inverse of the likelihood's Hessian, without what the residuals' own bend adds",
  () => {
    const y = noisy(3, 0.15);
    const sigma = x.map((_, i) => 0.1 + 0.02 * (i % 4));
    const fit = curveFit(decay, { a: 4, k: 1 }, { x, y }, { sigma, tolerance: 1e-14 });
    const residuals = (p: Expr) =>
      divide(subtract(decay({ a: index(p, 0), k: index(p, 1), x: x as never }), y), sigma);
    const likelihood = trace({ p: vector(2) }, ({ p }) => multiply(0.5, sum(square(residuals(p)))));
    const bent = trace({ p: vector(2), r: vector(x.length) }, ({ p, r }) => sum(multiply(r, residuals(p))));
    const p = fit.estimates.map(({ value }) => value);
    const r = x.map((at, i) => (p[0]! * Math.exp(-p[1]! * at) - y[i]!) / sigma[i]!);
    const whole = hessian(likelihood)({ p }).p.p;
    const bend = hessian(bent, "p")({ p, r }).p.p;
    assert.ok(Math.abs(bend[3]!) > 1e-3 * whole[3]!, "the residuals' own bend is no rounding");
    const errors = fit.estimates.map(({ standardError }) => standardError as number);
    const scale = fit.quality.reducedChiSquare as number;
    for (let i = 0; i < 2; i++) {
      for (let j = 0; j < 2; j++) {
        let entry = 0;
        for (let k = 0; k < 2; k++) {
          const covariance = fit.correlation[2 * i + k]! * errors[i]! * errors[k]!;
          entry += (covariance * (whole[2 * k + j]! - bend[2 * k + j]!)) / scale;
        }
        assert.ok(Math.abs(entry - (i === j ? 1 : 0)) < 1e-9, `${entry} at ${i}, ${j}`);
      }
    }
  },
);

laws("with errors in predictors, too, intervals cover the truth", () => {
  let hits = 0;
  const runs = 40;
  for (let seed = 0; seed < runs; seed++) {
    const random = randomSource(500 + seed);
    const measured = x.map((at) => at + 0.1 * random.normal());
    const fit = curveFit(
      decay,
      { a: 4, k: 1 },
      { x: measured, y: noisy(seed, 0.05) },
      { level: 0.8, sigma: 0.05, xSigma: { x: 0.1 } },
    );
    const [low, high] = fit.estimates[1]!.interval as [number, number];
    if (within(0.7, low, high)) hits++;
  }
  asOften(hits, runs, 0.8, "interval");
});

laws("other units, an offset and another order of rows do to the fit what they do to the data", () => {
  const y = noisy(3, 0.1);
  const sigma = x.map((_, i) => 0.05 + 0.02 * (i % 3));
  const model = ({ a, k, c, x }: Inputs) => add(decay({ a: a!, k: k!, x: x! }), c!);
  const fit = curveFit(model, { a: 4, k: 1, c: 0 }, { x, y }, { sigma });
  const close = (found: number, wanted: number) =>
    assert.ok(Math.abs(found - wanted) <= 2e-7 * (1e-3 + Math.abs(wanted)), `${found} beside ${wanted}`);
  const compare = (other: typeof fit, scale: Readonly<Record<string, number>>, offset = 0) => {
    assert.is(other.status, "converged");
    fit.estimates.forEach(({ name, value, standardError }, i) => {
      const own = other.estimates[i]!;
      close(own.value, scale[name]! * value + (name === "c" ? offset : 0));
      close(Number(own.standardError), scale[name]! * Number(standardError));
    });
    for (const key of ["rSquared", "conditionNumber"] as const) close(other.quality[key], fit.quality[key]);
    close(other.quality.chiSquare, fit.quality.chiSquare);
  };
  const units = curveFit(
    model,
    { a: 4e6, k: 1e-3, c: 0 },
    { x: x.map((one) => 1e3 * one), y: y.map((one) => 1e6 * one) },
    { sigma: sigma.map((one) => 1e6 * one) },
  );
  compare(units, { a: 1e6, k: 1e-3, c: 1e6 });
  const shifted = curveFit(model, { a: 4, k: 1, c: 7 }, { x, y: y.map((one) => one + 7) }, { sigma });
  compare(shifted, { a: 1, k: 1, c: 1 }, 7);
  const order = randomSource(8).permutation(x.length);
  const permuted = <T extends Float64Array>(values: T) => Float64Array.from(order, (i) => values[i]!);
  const mixed = curveFit(
    model,
    { a: 4, k: 1, c: 0 },
    { x: permuted(x), y: permuted(y) },
    { sigma: permuted(sigma) },
  );
  compare(mixed, { a: 1, k: 1, c: 1 });
  Array.from(order, (row, i) => close(mixed.residuals[i]!, fit.residuals[row]!));
  // The same fit again is the same to the last bit.
  const again = curveFit(model, { a: 4, k: 1, c: 0 }, { x, y }, { sigma });
  assert.equal(again.toJSON(), fit.toJSON());
});

laws.run();
