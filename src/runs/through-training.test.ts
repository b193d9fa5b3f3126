/** What a training ends at, by its rates, momentum, decay and start: derivatives against differences of loops in plain JavaScript. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  compile,
  divide,
  type Expr,
  grad,
  matmul,
  multiply,
  scalar,
  scan,
  sgd,
  square,
  subtract,
  sum,
  trace,
  valueAndGrad,
  vector,
} from "../index.js";

const through = suite("derivatives through training");

const steps = 50;
const weights = [0.2, 2];
const rows = Array.from({ length: 6 }, (_, i) => [Math.sin(i + 1), Math.cos(2 * i), 1]);
const targets = rows.map(([a, b], i) => 0.5 * a! + 0.8 * b! + 0.1 + 0.05 * (-1) ** i);
const residuals = (x: readonly number[]) =>
  rows.map((row, i) => row.reduce((total, one, j) => total + one * x[j]!, -targets[i]!));

/** Losses as graphs, and by hand with their gradients. */
const losses = {
  sphere: {
    start: [3, 4],
    loss: (x: Expr): Expr<[]> => sum(multiply(weights, square(x))),
    value: (x: readonly number[]) => weights.reduce((total, weight, i) => total + weight * x[i]! ** 2, 0),
    slope: (x: readonly number[]) => weights.map((weight, i) => 2 * weight * x[i]!),
  },
  "linear fit": {
    start: [1.5, -0.3, 0],
    loss: (x: Expr): Expr<[]> => divide(sum(square(subtract(matmul(rows, x), targets))), 12),
    value: (x: readonly number[]) => residuals(x).reduce((total, r) => total + r * r, 0) / 12,
    slope: (x: readonly number[]) => {
      const rests = residuals(x);
      return x.map((_, j) => rests.reduce((total, r, i) => total + (r * rows[i]![j]!) / 6, 0));
    },
  },
};

/** The loss after all steps as a graph. */
function finalLoss(loss: (x: Expr) => Expr<[]>, size: number, recompute: boolean) {
  const traced = trace({ x: vector(size) }, ({ x }) => loss(x));
  const inputs = { rates: vector(steps), momentum: scalar(), decay: scalar(), x: vector(size) };
  return trace(inputs, ({ rates, momentum, decay, x }) => {
    const rule = (learningRate: Expr | number) => sgd({ learningRate, momentum, weightDecay: decay });
    const { last } = scan(
      ({ parameters, slots }, rate, i) =>
        rule(rate).update(parameters, grad(traced)(parameters), slots, add(i, 1)),
      { parameters: { x }, slots: rule(1).initialSlots({ x }) },
      { xs: rates, recompute },
    );
    return loss(last.parameters.x);
  });
}

/** The same by torch's rule in plain JavaScript; rates, momentum, decay and start in one list. */
function byHand({ value, slope }: (typeof losses)["sphere"], given: readonly number[]): number {
  const [momentum, decay] = [given[steps]!, given[steps + 1]!];
  let x = given.slice(steps + 2);
  let velocity = x.map(() => 0);
  for (let step = 0; step < steps; step++) {
    const gradient = slope(x).map((one, i) => one + decay * x[i]!);
    velocity = velocity.map((one, i) => momentum * one + gradient[i]!);
    x = x.map((one, i) => one - given[step]! * velocity[i]!);
  }
  return value(x);
}

for (const [name, one] of Object.entries(losses)) {
  through(`${name}: by a rate for each step, momentum, decay and start`, () => {
    const rates = Array.from({ length: steps }, (_, i) => 0.02 + 0.0004 * i);
    const given = [...rates, 0.6, 0.01, ...one.start];
    const inputs = { rates, momentum: 0.6, decay: 0.01, x: one.start };
    const [kept, again] = [false, true].map((recompute) => {
      const kernel = compile(valueAndGrad(finalLoss(one.loss, one.start.length, recompute)));
      const { value, grad } = kernel(inputs);
      return { value, slopes: [...grad.rates, grad.momentum, grad.decay, ...grad.x] };
    });
    const near = (a: number, b: number) => Math.abs(a - b) <= 1e-13 * Math.abs(b);
    assert.is(again!.value, kept!.value);
    assert.ok(
      again!.slopes.every((slope, i) => near(slope, kept!.slopes[i]!)),
      "computed again",
    );
    const at = byHand(one, given);
    assert.ok(Math.abs(kept!.value - at) < 1e-13 * at, `${kept!.value} is ${at}`);
    // Differences of the fourth order, wrong by about 1e-12 of the largest slope.
    const largest = Math.max(...kept!.slopes.map(Math.abs));
    for (const [i, slope] of kept!.slopes.entries()) {
      const moved = (h: number) => byHand(one, given.with(i, given[i]! + h));
      const h = 1e-3;
      const difference = (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
      assert.ok(Math.abs(slope - difference) < 1e-9 * largest, `${i}: ${slope} is ${difference}`);
    }
  });
}

through.run();
