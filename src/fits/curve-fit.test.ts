/** Fits and their reports: NIST's standard errors, covariances, what is told instead of numbers, bad input. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  divide,
  type Expr,
  exp,
  hessian,
  multiply,
  sin,
  square,
  subtract,
  sum,
  trace,
  vector,
} from "../../graph/index.js";
import {
  digits,
  nistModels,
  nistSets,
  predictorsOf,
  responsesOf,
} from "../../property-tests/support/nist.js";
import { randomSource } from "../data/index.js";
import { curveFit } from "./curve-fit.js";
import { studentT } from "./student.js";

const fits = suite("curveFit");

type Inputs = Readonly<Record<string, Expr>>;

const x = Float64Array.from({ length: 24 }, (_, i) => i / 4);
const decay = ({ a, k, x }: Inputs) => multiply(a!, exp(multiply(multiply(k!, -1), x!)));
const noisy = (seed: number, deviation: number) => {
  const random = randomSource(seed);
  return x.map((at) => 5 * Math.exp(-0.7 * at) + deviation * random.normal());
};

fits("parameters, standard errors and residual deviations of NIST's sets have eight certified digits", () => {
  for (const set of nistSets) {
    const { b, ...report } = (() => {
      const model = (inputs: Inputs) =>
        nistModels[set.name]!(
          set.params.map((name) => inputs[name]!),
          inputs,
        );
      const start = Object.fromEntries(set.params.map((name, i) => [name, set.start2[i]!]));
      const fit = curveFit(model, start, { ...predictorsOf(set), y: responsesOf(set) });
      return { b: fit.estimates, ...fit };
    })();
    assert.is(report.status, "converged", `${set.name}: ${report.message}`);
    set.certified.params.forEach((value, i) => {
      assert.ok(digits(b[i]!.value, value) >= 8, `${set.name}: ${b[i]!.name}`);
      // Lanczos1's residuals are the rounding of its data.
      if (set.name === "Lanczos1") return;
      const error = b[i]!.standardError as number;
      assert.ok(digits(error, set.certified.std_dev[i]!) >= 8, `${set.name}: ${b[i]!.name} ${error}`);
    });
    const deviation = report.quality.residualDeviation as number;
    if (set.name !== "Lanczos1") assert.ok(digits(deviation, set.certified.residual_std_dev) >= 8, set.name);
    assert.is(report.quality.degreesOfFreedom, set.dof);
  }
});

fits("quantiles of Student's t are those of the tables", () => {
  // SciPy: stats.t.ppf(0.975, dof).
  for (const [dof, expected] of [
    [1, 12.706204736174707],
    [4, 2.7764451051977987],
    [30, 2.0422724563012373],
    [1000, 1.9623390808264078],
  ] as const)
    assert.ok(Math.abs(studentT(0.95, dof) / expected - 1) < 1e-12, `${dof}`);
});

fits("the covariance is the inverse Hessian of the likelihood where the model is linear", () => {
  const y = noisy(1, 0.1);
  const sigma = x.map((_, i) => 0.1 + 0.05 * (i % 3));
  const line = ({ a, b, x }: Inputs) => add(multiply(a!, x!), b!);
  const fit = curveFit(line, { a: 0, b: 0 }, { x, y }, { sigma, absoluteSigma: true });
  const likelihood = trace({ p: vector(2) }, ({ p: [a, b] }) => {
    const r = multiply(
      subtract(add(multiply(a, x), b), y),
      sigma.map((one) => 1 / one),
    );
    return multiply(0.5, sum(square(r))) as Expr<[]>;
  });
  const H = (hessian(likelihood)({ p: [0, 0] }) as unknown as { p: { p: Float64Array } }).p.p;
  const determinant = H[0]! * H[3]! - H[1]! * H[2]!;
  const inverse = [H[3]! / determinant, -H[1]! / determinant, -H[2]! / determinant, H[0]! / determinant];
  inverse.forEach((one, i) => {
    assert.ok(Math.abs(fit.covariance[i]! / one - 1) < 1e-10);
  });
  // Of a linear model the likelihood's profile is the parabola that standard errors are of.
  const { lower, upper } = fit.profile("a");
  const [low, high] = fit.estimates[0]!.interval as [number, number];
  assert.ok(Math.abs((lower as number) - low) < 1e-6 && Math.abs((upper as number) - high) < 1e-6);
});

fits("what there is no number for has a word", () => {
  const y = noisy(3, 0.1);
  const sums = ({ a, b, x }: Inputs) => multiply(add(a!, b!), x!);
  const lost = curveFit(sums, { a: 1, b: 1 }, { x, y });
  assert.is(lost.estimates[0]!.standardError, "undetermined");
  assert.is(lost.quality.conditionNumber, Infinity);
  const bounded = curveFit(decay, { a: 4, k: 1 }, { x, y }, { bounds: { k: { lower: 0.9 } } });
  assert.is(bounded.estimates[1]!.standardError, "at bound");
  assert.type(bounded.estimates[0]!.standardError, "number");
  const fixed = curveFit(decay, { a: 4, k: 0.7 }, { x, y }, { fixed: ["k"] });
  assert.is(fixed.parameters.k, 0.7);
  assert.is(fixed.estimates[1]!.standardError, "fixed");
  const exact = curveFit(decay, { a: 4, k: 1 }, { x: [0, 1], y: [5, 2] });
  assert.is(exact.estimates[0]!.standardError, "no degrees of freedom");
  const perfect = curveFit(decay, { a: 4, k: 1 }, { x, y: noisy(1, 0) });
  assert.ok((perfect.estimates[0]!.standardError as number) < 1e-12);
  assert.match(bounded.toString(), /k +0\.9 +at bound/);
  const json = JSON.parse(JSON.stringify(bounded)) as { parameters: { name: string }[]; quality: object };
  assert.equal(Object.keys(json), [
    "status",
    "message",
    "level",
    "parameters",
    "derived",
    "correlation",
    "quality",
    "groups",
  ]);
});

fits("expressions tie parameters, weights of 2 are rows twice, other starts find what one doesn't", () => {
  const y = noisy(5, 0.1);
  const tied = curveFit(
    decay,
    { a: 4 },
    { x, y },
    { expressions: { k: ({ a }: Inputs) => multiply(a!, 0.14) } },
  );
  const plain = curveFit(decay, { a: 4, k: 1 }, { x, y });
  assert.ok(tied.quality.chiSquare >= plain.quality.chiSquare);
  const twice = curveFit(decay, { a: 4, k: 1 }, { x: [...x, x[2]!], y: [...y, y[2]!] });
  const weighted = curveFit(decay, { a: 4, k: 1 }, { x, y }, { weights: y.map((_, i) => (i === 2 ? 2 : 1)) });
  for (const key of ["chiSquare", "degreesOfFreedom", "aic", "rSquared"] as const)
    assert.ok(Math.abs(weighted.quality[key] - twice.quality[key]) < 1e-8, key);
  assert.ok(
    Math.abs(
      (weighted.estimates[1]!.standardError as number) - (twice.estimates[1]!.standardError as number),
    ) < 1e-9,
  );
  const far = curveFit(decay, { a: 4, k: 900 }, { x, y }, { starts: 20, seed: 1 });
  assert.is(far.status, "converged");
  assert.ok(Math.abs(far.parameters.k - plain.parameters.k) < 1e-8);
});

fits("parameters that follow from others have the errors that these give them", () => {
  const y = noisy(5, 0.1);
  const half = { life: ({ k }: Inputs) => divide(Math.LN2, k!), area: ({ a, k }: Inputs) => divide(a!, k!) };
  const fit = curveFit(decay, { a: 4, k: 1 }, { x, y }, { expressions: half });
  const { a, k } = fit.parameters;
  const [aa, ak, , kk] = fit.covariance;
  const [life, area] = fit.derived;
  assert.equal([life!.name, area!.name], ["life", "area"]);
  assert.ok(Math.abs(life!.value - Math.LN2 / k) < 1e-12);
  const close = (found: unknown, wanted: number) =>
    assert.ok(Math.abs((found as number) / wanted - 1) < 1e-9, `${found} beside ${wanted}`);
  close(life!.standardError, (Math.LN2 / k ** 2) * Math.sqrt(kk!));
  const [da, dk] = [1 / k, -a / k ** 2];
  close(area!.standardError, Math.sqrt(da * da * aa! + 2 * da * dk * ak! + dk * dk * kk!));
  // The same fit by the other parameter has the same error, to first order.
  const other = curveFit(
    ({ a, life, x }: Inputs) => decay({ a: a!, k: divide(Math.LN2, life!), x: x! }),
    { a: 4, life: 1 },
    { x, y },
  );
  assert.ok(Math.abs(Number(other.estimates[1]!.standardError) / Number(life!.standardError) - 1) < 1e-6);
  const fixed = curveFit(decay, { a: 4, k: 0.7 }, { x, y }, { fixed: ["k"], expressions: half });
  assert.is(fixed.derived[0]!.standardError, "fixed");
  close(fixed.derived[1]!.standardError, Number(fixed.estimates[0]!.standardError) / 0.7);
  assert.match(fixed.toString(), /\nlife +0\.99\d+ +fixed/);
});

fits("a profile that finds a better fit than the fit says so", () => {
  const y = x.map((at) => Math.sin(3 * at));
  const wave = ({ w, x }: Inputs) => sin(multiply(w!, x!));
  const rough = curveFit(wave, { w: 1 }, { x, y });
  assert.is(rough.status, "converged");
  assert.throws(
    () => rough.profile("w"),
    /profile: at w = .* the fit is better than where it ended; fit again from there: w = /,
  );
});

fits("bands hold the model and new data; the bootstrap is the same for the same seed", () => {
  const y = noisy(7, 0.2);
  const fit = curveFit(decay, { a: 4, k: 1 }, { x, y });
  const { values, confidence, prediction } = fit.predict({ x: [0, 1, 30] });
  assert.ok(Math.abs(values[0]! - fit.parameters.a) < 1e-12);
  // At 0 the model is its first parameter.
  const [low, high] = fit.estimates[0]!.interval as [number, number];
  assert.ok(Math.abs(confidence.lower[0]! - low) < 1e-9 && Math.abs(confidence.upper[0]! - high) < 1e-9);
  assert.ok(prediction.upper[1]! - values[1]! > confidence.upper[1]! - values[1]!);
  // Another sigma for all changes no band; of sigmas that differ, new data need one of their own.
  const scaled = curveFit(decay, { a: 4, k: 1 }, { x, y }, { sigma: 0.05 }).predict({
    x: [0, 1, 30],
  });
  prediction.upper.forEach((one, i) => {
    assert.ok(Math.abs(scaled.prediction.upper[i]! - one) < 1e-9);
  });
  const uneven = curveFit(decay, { a: 4, k: 1 }, { x, y }, { sigma: x.map((_, i) => 1 + (i % 2)) });
  assert.ok(uneven.predict({ x: [1] }).prediction.upper.every(Number.isNaN));
  const told = uneven.predict({ x: [1] }, { sigma: 0 });
  assert.equal(told.prediction, told.confidence);
  const one = fit.bootstrap({ samples: 40, seed: 3 });
  assert.equal(one, fit.bootstrap({ samples: 40, seed: 3 }));
  const error = fit.estimates[1]!.standardError as number;
  assert.ok(
    one.parameters[1]!.standardDeviation > 0.4 * error && one.parameters[1]!.standardDeviation < 2.5 * error,
  );
});

fits("bad input gets one sentence, with the row", () => {
  const y = noisy(1, 0.1);
  const start = { a: 4, k: 1 };
  const refuse = (pattern: RegExp, run: () => unknown) => assert.throws(run, pattern);
  refuse(/data "y" has 3 rows, and "x" has 24/, () => curveFit(decay, start, { x, y: [1, 2, 3] }));
  refuse(/data "y" holds NaN in row 2/, () =>
    curveFit(decay, start, { x: [1, 2, 3], y: [1, 2, Number.NaN] }),
  );
  refuse(/data "y" holds null in row 1/, () =>
    curveFit(decay as never, start, { x: [1, 2], y: [1, null] } as never),
  );
  refuse(/2 parameters can't be told from 1 rows/, () => curveFit(decay, start, { x: [1], y: [1] }));
  refuse(/data has no column "y" for the response; it has x, z/, () => curveFit(decay, start, { x, z: y }));
  refuse(/the model is .* at the start in row 23 \(x = 5.75, y = /, () =>
    curveFit(decay, { a: 1, k: -1e3 }, { x: x.map((one) => (one === 5.75 ? one : 0)), y }),
  );
  refuse(/the model must give a number for each of the 24 rows/, () => curveFit(() => 3, start, { x, y }));
  refuse(/"x" is given twice/, () => curveFit(decay, { ...start, x: 1 }, { x, y }));
  refuse(/fixed names "b", which is no parameter/, () => curveFit(decay, start, { x, y }, { fixed: ["b"] }));
  refuse(/sigma is 0 in row 0/, () => curveFit(decay, start, { x, y }, { sigma: 0 }));
  refuse(/level must be a number between 0 and 1, not 95/, () =>
    curveFit(decay, start, { x, y }, { level: 95 }),
  );
  refuse(/the model asks for "k", which isn't given; there are a, x/, () =>
    curveFit(decay, { a: 4 }, { x, y }),
  );
  refuse(/the model doesn't depend on "z"; leave it out of start/, () =>
    curveFit(decay, { ...start, z: 1 }, { x, y }),
  );
  refuse(/predict: the model asks for "x", which isn't given/, () =>
    curveFit(decay, start, { x, y }).predict({ t: [1] }),
  );
  refuse(/bootstrap: seed must be a whole number/, () =>
    curveFit(decay as never, start, { x, y }).bootstrap({ samples: 3 } as never),
  );
  refuse(/curveFit: seed must be a whole number/, () =>
    curveFit(decay, start, { x, y }, { starts: 5, seed: null as never }),
  );
  refuse(/starts needs a seed/, () => curveFit(decay, start, { x, y }, { starts: 5 }));
});

fits.run();
