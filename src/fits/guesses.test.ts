/** Start values that are guessed lead fits to the truth, from clean data and from noisy ones. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { add, divide, type Expr, exp, multiply, power, sin, square, subtract } from "../../graph/index.js";
import { randomSource } from "../data/index.js";
import { curveFit } from "./curve-fit.js";
import { type Family, guessStart } from "./guesses.js";

const guesses = suite("guessStart");

type Model = (inputs: Readonly<Record<string, Expr>>) => unknown;

const cases: Readonly<
  Record<Family, readonly [truth: Record<string, number>, from: number, to: number, Model]>
> = {
  exponential: [
    { a: 3, k: -0.8, c: 1 },
    0,
    6,
    ({ a, k, c, x }) => add(multiply(a!, exp(multiply(k!, x!))), c!),
  ],
  logistic: [
    { top: 20, rate: 1.5, middle: 4 },
    0,
    9,
    ({ top, rate, middle, x }) =>
      divide(top!, add(1, exp(multiply(multiply(rate!, -1), subtract(x!, middle!))))),
  ],
  gaussianPeak: [
    { height: 5, centre: 3, width: 0.7, base: 0.5 },
    0,
    8,
    ({ height, centre, width, base, x }) =>
      add(multiply(height!, exp(multiply(-0.5, square(divide(subtract(x!, centre!), width!))))), base!),
  ],
  powerLaw: [{ a: 2, power: 1.7 }, 0.5, 9, ({ a, power: p, x }) => multiply(a!, power(x!, p!))],
  michaelisMenten: [
    { top: 200, half: 0.3 },
    0.02,
    2,
    ({ top, half, x }) => divide(multiply(top!, x!), add(half!, x!)),
  ],
  sine: [
    { amplitude: 2, frequency: 3.1, phase: 0.6, offset: 1 },
    0,
    10,
    ({ amplitude, frequency, phase, offset, x }) =>
      add(multiply(amplitude!, sin(add(multiply(frequency!, x!), phase!))), offset!),
  ],
};

for (const [family, [truth, from, to, model]] of Object.entries(cases) as [
  Family,
  (typeof cases)[Family],
][]) {
  guesses(`${family}: fits that begin there find the truth`, () => {
    const x = Float64Array.from({ length: 60 }, (_, i) => from + ((to - from) * i) / 59);
    const random = randomSource(4);
    const constants = Object.fromEntries(Object.entries(truth).map(([name, value]) => [name, value]));
    const clean = curveFit(model, constants, { x, y: new Float64Array(60) }, { fixed: Object.keys(truth) });
    for (const noise of [0, 0.02]) {
      const size = Math.max(...clean.residuals.map(Math.abs));
      const y = clean.residuals.map((one) => one + noise * size * random.normal());
      const fit = curveFit(model, guessStart(family, { x, y }), { x, y });
      assert.is(fit.status, "converged", fit.message);
      for (const { name, value } of fit.estimates)
        assert.ok(
          Math.abs(value - truth[name]!) <= (noise ? 0.2 : 1e-6) * (1 + Math.abs(truth[name]!)),
          `${name}: ${value}`,
        );
    }
  });
}

guesses("what can't be guessed is told", () => {
  assert.throws(
    () => guessStart("lines" as Family, { x: [1, 2, 3], y: [1, 2, 3] }),
    /it must be one of exponential/,
  );
  assert.throws(() => guessStart("sine", { x: [1, 2], y: [1, 2] }), /at least three rows/);
});

guesses.run();
