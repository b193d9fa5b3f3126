import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, type Expr, grad, scalar, trace } from "../graph/index.js";
import {
  constantSchedule,
  cosineDecay,
  cosineRestarts,
  exponentialDecay,
  joinSchedules,
  linearSchedule,
  type NumericSchedule,
  oneCycle,
  polynomialDecay,
  stepDecay,
  warmup,
} from "./index.js";

const schedules = suite("optimizers: schedules");

const falling = linearSchedule({ initialValue: 1, endValue: 0, transitionSteps: 2 });

/** Each schedule with its rates at some steps. */
const table: Readonly<Record<string, readonly [NumericSchedule, Readonly<Record<number, number>>]>> = {
  constantSchedule: [constantSchedule(0.1), { 1: 0.1, 7: 0.1 }],
  linearSchedule: [
    linearSchedule({ initialValue: 0, endValue: 1, transitionSteps: 4 }),
    { 1: 0, 2: 0.25, 5: 1, 9: 1 },
  ],
  exponentialDecay: [
    exponentialDecay({ initialValue: 1, decayRate: 0.25, transitionSteps: 2 }),
    { 1: 1, 2: 0.5, 3: 0.25, 5: 0.0625 },
  ],
  cosineDecay: [
    cosineDecay({ initialValue: 1, decaySteps: 4 }),
    { 1: 1, 2: (1 + Math.SQRT1_2) / 2, 3: 0.5, 5: 0, 9: 0 },
  ],
  "cosineDecay to an end value": [
    cosineDecay({ initialValue: 3, decaySteps: 4, endValue: 1 }),
    { 1: 3, 3: 2, 5: 1 },
  ],
  stepDecay: [
    stepDecay({ initialValue: 1, decayRate: 0.5, milestones: [2, 4] }),
    { 1: 1, 2: 1, 3: 0.5, 4: 0.5, 5: 0.25, 99: 0.25 },
  ],
  "warmup to a schedule": [
    warmup({ warmupSteps: 4, schedule: falling }),
    { 1: 0.25, 2: 0.5, 4: 1, 5: 1, 6: 0.5, 7: 0 },
  ],
  polynomialDecay: [
    polynomialDecay({ initialValue: 1, endValue: 0.5, transitionSteps: 4, power: 2 }),
    { 1: 1, 3: 0.625, 5: 0.5, 9: 0.5 },
  ],
  // torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(T_0=3, T_mult=2) and T_mult=1, from a rate of 1
  cosineRestarts: [
    cosineRestarts({ initialValue: 1, firstCycle: 3, cycleFactor: 2 }),
    { 1: 1, 2: 0.75, 3: 0.25, 4: 1, 5: (1 + Math.cos(Math.PI / 6)) / 2, 7: 0.5, 10: 1, 16: 0.5, 22: 1 },
  ],
  "cosineRestarts of equal cycles": [
    cosineRestarts({ initialValue: 1, firstCycle: 4, endValue: 0.5 }),
    { 1: 1, 3: 0.75, 5: 1, 7: 0.75, 4001: 1 },
  ],
  joinSchedules: [
    joinSchedules({ schedules: [0.25, falling, 2], boundaries: [2, 4] }),
    { 1: 0.25, 2: 0.25, 3: 1, 4: 0.5, 5: 2, 50: 2 },
  ],
  // torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=10, pct_start=0.4, div_factor=10, final_div_factor=100)
  oneCycle: [
    oneCycle({ peakValue: 1, totalSteps: 10, risingShare: 0.4, initialDivisor: 10, finalDivisor: 100 }),
    { 1: 0.1, 2: 0.325, 3: 0.775, 4: 1, 7: 0.5005, 10: 0.001, 12: 0.001 },
  ],
  "warmup to a rate": [warmup({ warmupSteps: 2, schedule: 0.5 }), { 1: 0.25, 2: 0.5, 3: 0.5, 30: 0.5 }],
};

for (const [name, [schedule, rates]] of Object.entries(table)) {
  schedules(`${name}: on numbers, interpreted and compiled`, () => {
    const traced = trace({ step: scalar() }, ({ step }) => schedule(step) as Expr<[]>);
    const kernel = compile(traced);
    for (const [step, expected] of Object.entries(rates)) {
      for (const rate of [
        schedule(Number(step)),
        traced({ step: Number(step) }),
        kernel({ step: Number(step) }),
      ]) {
        assert.type(rate, "number");
        assert.ok(Math.abs(rate - expected) < 1e-15, `step ${step}: ${rate} instead of ${expected}`);
      }
    }
  });
}

schedules("a rate's parameters may be expressions", () => {
  const rate = trace(
    { initialValue: scalar(), decayRate: scalar(), step: scalar() },
    ({ step, ...given }) => {
      return exponentialDecay({ ...given, transitionSteps: 2 })(step) as Expr<[]>;
    },
  );
  const gradient = grad(rate, "initialValue", "decayRate")({ initialValue: 2, decayRate: 0.5, step: 5 });
  assert.equal(gradient, { initialValue: 0.25, decayRate: 2 });
});

schedules("bad options are named with their value and range", () => {
  assert.throws(() => constantSchedule(-1), /constantSchedule: rate is -1; it must be a finite number ≥ 0/);
  assert.throws(() => constantSchedule(Infinity), /rate is Infinity; it must be a finite number ≥ 0/);
  assert.throws(
    () => linearSchedule({ initialValue: 1, endValue: 0, transitionSteps: 0 }),
    /linearSchedule: transitionSteps is 0; it must be a finite number > 0/,
  );
  assert.throws(
    () => cosineDecay({ initialValue: Number.NaN, decaySteps: 4 }),
    /cosineDecay: initialValue is NaN; it must be a finite number ≥ 0/,
  );
  assert.throws(
    () => stepDecay({ initialValue: 1, decayRate: 0.5, milestones: [0.5] }),
    /stepDecay: milestones is .*; it must be a list of whole numbers ≥ 1/,
  );
  assert.throws(() => warmup({ warmupSteps: 4 } as never), /warmup: schedule is missing/);
});

schedules.run();
