/** Errors in predictors: ODRPACK's values, the whole problem with every true predictor as an unknown, effective variances. */
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  concatenate,
  cumsum,
  divide,
  type Expr,
  exp,
  expm1,
  multiply,
  square,
  subtract,
  trace,
  vector,
} from "../../graph/index.js";
import { randomSource } from "../data/index.js";
import { leastSquares } from "../runs/internal.js";
import { curveFit } from "./curve-fit.js";

const fits = suite("errors in predictors");

type Inputs = Readonly<Record<string, Expr>>;

interface Reference {
  readonly x: readonly number[] | readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly xSigma: readonly number[] | readonly (readonly number[])[];
  readonly sigma: readonly number[];
  readonly beta: readonly number[];
  readonly sd: readonly number[];
  readonly covariance: readonly (readonly number[])[];
  readonly chiSquare: number;
  readonly truePredictors: readonly number[] | readonly (readonly number[])[];
}
const file = new URL("../../property-tests/reference/fits.json", import.meta.url);
const reference = JSON.parse(readFileSync(file, "utf8")) as Readonly<
  Record<"guide" | "york" | "two", Reference>
>;

/** That of one predictor. */
const flat = (given: Reference) =>
  given as unknown as Readonly<Record<"x" | "y" | "sigma" | "xSigma", number[]>>;

const line = ({ a, b, x }: Inputs) => add(a!, multiply(b!, x!));
const guide = ({ b1, b2, b3, x }: Inputs) => add(b1!, multiply(b2!, square(expm1(multiply(b3!, x!)))));
const two = ({ a, k, b, x, t }: Inputs) =>
  add(multiply(a!, exp(multiply(-1, k!, x!))), multiply(b!, square(t!)));

const cases = [
  ["guide", guide, { b1: 1500, b2: -50, b3: -0.1 }, ["x"], 1e-7],
  ["york", line, { a: 0, b: 1 }, ["x"], 1e-7],
  ["two", two, { a: 1, k: 1, b: 1 }, ["x", "t"], 1e-7],
] as const;

for (const [name, model, start, predictors, digits] of cases) {
  const known = reference[name];
  const columns = (given: Reference["x"]) =>
    Object.fromEntries(
      predictors.map((one, k) => [one, predictors.length === 1 ? given : given[k]]),
    ) as Record<string, number[]>;
  const close = (found: number, wanted: number, what: string) =>
    assert.ok(
      Math.abs(found - wanted) <= digits * (1e-3 + Math.abs(wanted)),
      `${what}: ${found} beside ${wanted}`,
    );

  fits(`${name}: parameters, covariance, χ² and true predictors are ODRPACK's`, () => {
    const fit = curveFit(
      model,
      start,
      { ...columns(known.x), y: known.y as number[] },
      { sigma: known.sigma, xSigma: columns(known.xSigma) },
    );
    assert.is(fit.status, "converged", fit.message);
    const n = known.beta.length;
    fit.estimates.forEach(({ name: own, value, standardError }, i) => {
      close(value, known.beta[i]!, own);
      close(standardError as number, known.sd[i]!, `error of ${own}`);
      known.covariance[i]!.forEach((one, j) => {
        close(fit.covariance[i * n + j]!, one, `covariance ${i}, ${j}`);
      });
    });
    close(fit.quality.chiSquare, known.chiSquare, "χ²");
    for (const [own, wanted] of Object.entries(columns(known.truePredictors)))
      wanted.forEach((one, i) => {
        assert.ok(Math.abs(fit.truePredictors[own]![i]! - one) < 2e-6, `${own} in row ${i}`);
      });
  });

  fits(`${name}: it is the least of all that parameters and true predictors could do`, () => {
    const rows = known.y.length;
    const shifts = Object.fromEntries(predictors.map((one) => [`shift_${one}`, vector(rows)]));
    const scalars = Object.fromEntries(Object.keys(start).map((one) => [one, vector(1)]));
    const whole = trace({ ...scalars, ...shifts }, (inputs: Inputs) => {
      const own = Object.fromEntries(
        predictors.map((one) => [
          one,
          add(columns(known.x)[one]!, multiply(inputs[`shift_${one}`]!, columns(known.xSigma)[one]!)),
        ]),
      );
      const epsilon = divide(subtract(model({ ...inputs, ...own }), known.y), known.sigma);
      return concatenate([epsilon, ...predictors.map((one) => inputs[`shift_${one}`]!)]);
    });
    const zero = Object.fromEntries(Object.keys(shifts).map((one) => [one, new Float64Array(rows)]));
    const from = Object.fromEntries(Object.entries(start).map(([one, value]) => [one, [value]]));
    const run = leastSquares(whole, { ...from, ...zero });
    assert.is(run.status, "converged", run.message);
    const fit = curveFit(
      model,
      start,
      { ...columns(known.x), y: known.y as number[] },
      { sigma: known.sigma, xSigma: columns(known.xSigma) },
    );
    assert.ok(Math.abs(fit.quality.chiSquare / (2 * run.value) - 1) < 1e-10);
    Object.keys(start).forEach((one, i) => {
      const value = (run.parameters as Record<string, Float64Array>)[one]![0]!;
      assert.ok(Math.abs(fit.estimates[i]!.value / value - 1) < 1e-7, one);
    });
  });
}

fits("Pearson's line with York's weights is the published one, its χ² that of effective variances", () => {
  const { x, y, sigma, xSigma } = flat(reference.york);
  const fit = curveFit(line, { a: 5, b: -1 }, { x, y }, { sigma, xSigma: { x: xSigma } });
  // York, Can. J. Phys. 44 (1966), with the digits of Reed, Am. J. Phys. 57 (1989).
  assert.ok(Math.abs(fit.parameters.a - 5.4799102240329) < 1e-8);
  assert.ok(Math.abs(fit.parameters.b + 0.4805334074462) < 1e-9);
  const { a, b } = fit.parameters;
  const effective = x.reduce(
    (sum, at, i) => sum + (y[i]! - a - b * at) ** 2 / (sigma[i]! ** 2 + (b * xSigma[i]!) ** 2),
    0,
  );
  assert.ok(Math.abs(fit.quality.chiSquare / effective - 1) < 1e-12);
});

fits(
  "exact predictors give the fit without; other units change nothing but numbers; residuals are distances",
  () => {
    const { x, y } = flat(reference.guide);
    const start = { b1: 1300, b2: -50, b3: -0.1 };
    const plain = curveFit(guide, start, { x, y });
    const exact = curveFit(guide, start, { x, y }, { xSigma: { x: 0 } });
    plain.estimates.forEach(({ value, standardError }, i) => {
      assert.ok(Math.abs(exact.estimates[i]!.value / value - 1) < 1e-8);
      assert.ok(Math.abs(Number(exact.estimates[i]!.standardError) / Number(standardError) - 1) < 1e-6);
    });
    const fit = curveFit(guide, start, { x, y }, { xSigma: { x: 1 }, sigma: 2 });
    const units = curveFit(
      guide,
      { ...start, b3: -100 },
      { x: x.map((one) => one / 1000), y },
      { xSigma: { x: 1e-3 }, sigma: 2 },
    );
    assert.ok(Math.abs(units.quality.chiSquare / fit.quality.chiSquare - 1) < 1e-9);
    assert.ok(Math.abs(units.parameters.b3 / fit.parameters.b3 / 1000 - 1) < 1e-6);
    fit.residuals.forEach((one, i) => {
      const across = fit.truePredictors.x![i]! - x[i]!;
      const along = (fit.fitted[i]! - y[i]!) / 2;
      assert.ok(Math.abs(Math.abs(one) - Math.hypot(across, along)) < 1e-9);
      // What is nearest lies along the normal.
      const { values } = fit.predict({
        x: [fit.truePredictors.x![i]! - 1e-5, fit.truePredictors.x![i]! + 1e-5],
      });
      const slope = (values[1]! - values[0]!) / 2e-5 / 2;
      assert.ok(Math.abs(along * slope + across) < 1e-5 * (1 + Math.abs(along * slope)));
    });
  },
);

fits("ten thousand rows take as many evaluations as a hundred", () => {
  const made = (rows: number) => {
    const random = randomSource(2);
    const at = Float64Array.from({ length: rows }, (_, i) => (8 * i) / rows);
    return {
      x: at.map((one) => one + 0.05 * random.normal()),
      y: at.map((one) => 3 * Math.exp(-0.5 * one) + 1 + 0.02 * random.normal()),
    };
  };
  const decay = ({ a, k, c, x }: Inputs) => add(multiply(a!, exp(multiply(-1, k!, x!))), c!);
  const fit = (rows: number) =>
    curveFit(decay, { a: 1, k: 1, c: 0 }, made(rows), { sigma: 0.02, xSigma: { x: 0.05 } });
  const many = fit(10_000);
  assert.is(many.status, "converged");
  assert.ok(many.evaluations.residuals <= 2 * fit(100).evaluations.residuals);
  const error = many.estimates[1]!.standardError as number;
  assert.ok(Math.abs(many.parameters.k - 0.5) < 4 * error);
  // Both sigmas are the true ones.
  assert.ok(Math.abs((many.quality.reducedChiSquare as number) - 1) < 0.05);
});

fits("bounds, profiles, weights and bootstraps are those of distances", () => {
  const { x, y } = flat(reference.york);
  const options = { sigma: 0.3, xSigma: { x: 0.3 } };
  const fit = curveFit(line, { a: 5, b: -1 }, { x, y }, options);
  const { lower, upper } = fit.profile("b");
  const [low, high] = fit.estimates[1]!.interval as [number, number];
  assert.ok(Math.abs((lower as number) - low) < 0.02 && Math.abs((upper as number) - high) < 0.02);
  const twice = curveFit(line, { a: 5, b: -1 }, { x: [...x, x[3]!], y: [...y, y[3]!] }, options);
  const weighted = curveFit(
    line,
    { a: 5, b: -1 },
    { x, y },
    { ...options, weights: x.map((_, i) => (i === 3 ? 2 : 1)) },
  );
  assert.ok(Math.abs(weighted.parameters.b - twice.parameters.b) < 1e-10);
  assert.ok(
    Math.abs(Number(weighted.estimates[0]!.standardError) - Number(twice.estimates[0]!.standardError)) < 1e-9,
  );
  const bounded = curveFit(line, { a: 5, b: -1 }, { x, y }, { ...options, bounds: { b: { upper: -0.6 } } });
  assert.is(bounded.parameters.b, -0.6);
  assert.is(bounded.estimates[1]!.standardError, "at bound");
  assert.equal(fit.bootstrap({ samples: 10, seed: 1 }), fit.bootstrap({ samples: 10, seed: 1 }));
});

fits("what can't have errors is told", () => {
  const { x, y } = flat(reference.york);
  const refuse = (pattern: RegExp, xSigma: unknown, model: unknown = line) =>
    assert.throws(() => curveFit(model as never, { a: 5, b: -1 }, { x, y }, { xSigma } as never), pattern);
  refuse(/xSigma must be an object with standard deviations by predictor/, 0.1);
  refuse(/xSigma names "y", which is no predictor/, { y: 1 });
  refuse(/xSigma of "x" is -1 in row 0/, { x: -1 });
  const summed = ({ a, b, x }: Inputs) => add(a!, multiply(b!, cumsum(x!)));
  refuse(/must take each row from that row's predictors alone, which row \d+ isn't/, { x: 0.1 }, summed);
});

fits.run();
