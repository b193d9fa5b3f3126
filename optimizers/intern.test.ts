import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Expr, scalar, trace } from "../graph/index.js";
import {
  adagrad,
  adam,
  constantSchedule,
  cosineDecay,
  defineOptimizer,
  exponentialDecay,
  gradientDescent,
  linearSchedule,
  momentum,
  type NumericSchedule,
  rmsprop,
  stepDecay,
  warmup,
} from "./index.js";

const interning = suite("optimizers made twice");

const schedules: Record<string, () => NumericSchedule> = {
  constantSchedule: () => constantSchedule(0.3),
  linearSchedule: () => linearSchedule({ initialValue: 0.3, endValue: 0.1, transitionSteps: 9 }),
  exponentialDecay: () => exponentialDecay({ initialValue: 0.3, decayRate: 0.5, transitionSteps: 9 }),
  cosineDecay: () => cosineDecay({ initialValue: 0.3, decaySteps: 9 }),
  stepDecay: () => stepDecay({ initialValue: 0.3, decayRate: 0.5, milestones: [2, 4] }),
  warmup: () => warmup({ warmupSteps: 3, schedule: cosineDecay({ initialValue: 0.3, decaySteps: 9 }) }),
};
const optimizers = { gradientDescent, momentum, adagrad, rmsprop, adam };

interning("equal options make the same object, whatever is said of defaults and in which order", () => {
  for (const make of Object.values(optimizers)) {
    assert.is(make({ learningRate: 0.1 }), make({ learningRate: 0.1 }), make.name);
    assert.is(make({ weightDecay: 0, learningRate: 0.1 }), make({ learningRate: 0.1 }), make.name);
    assert.is.not(make({ learningRate: 0.1 }), make({ learningRate: 0.1 + 1e-17 + 1e-16 }), make.name);
    assert.is.not(make({ learningRate: 0 }), make({ learningRate: -0 }), make.name);
  }
  assert.is.not(adam({ learningRate: 0.1, amsgrad: true }), adam({ learningRate: 0.1 }));
  assert.is.not(momentum({ learningRate: 0.1, momentum: 0 }), gradientDescent({ learningRate: 0.1 }));
  assert.is(new Set(Object.values(optimizers).map((make) => make({ learningRate: 0.1 }) as object)).size, 5);
});

interning("so do schedules, and optimizers by them", () => {
  for (const [name, make] of Object.entries(schedules)) {
    assert.is(make(), make(), name);
    assert.is(adam({ learningRate: make() }), adam({ learningRate: make() }), name);
  }
  assert.is(new Set(Object.values(schedules).map((make) => make())).size, 6);
});

interning("a user's own functions and expressions are what they are: nothing is shared by them", () => {
  const rate = (step: Expr) => step;
  assert.is.not(adam({ learningRate: rate }), adam({ learningRate: rate }));
  trace({ rate: scalar() }, ({ rate }) => {
    assert.is.not(adam({ learningRate: rate }), adam({ learningRate: rate }));
    assert.is.not(constantSchedule(rate), constantSchedule(rate));
    return rate;
  });
  const own = () =>
    defineOptimizer({
      name: "adam",
      slots: {},
      hyperparameters: { learningRate: 0.1 },
      rule: (parameter) => ({ parameter, slots: {} }),
    });
  assert.is.not(own(), own());
});

interning("what is shared can't be changed", () => {
  const optimizer = adam({ learningRate: 0.1 });
  for (const part of [optimizer, optimizer.hyperparameters, optimizer.slots, optimizer.slots.mean]) {
    assert.ok(Object.isFrozen(part));
  }
  for (const make of Object.values(schedules)) assert.ok(Object.isFrozen(make()));
  const milestones = [2, 4];
  const rate = stepDecay({ initialValue: 1, decayRate: 0.5, milestones });
  milestones[0] = 100;
  assert.equal(
    [1, 3, 5].map(stepDecay({ initialValue: 1, decayRate: 0.5, milestones: [2, 4] })),
    [1, 0.5, 0.25],
  );
  assert.equal(
    [1, 3, 5].map((step) => rate(step)),
    [1, 0.5, 0.25],
  );
});

interning("what is kept is bounded", () => {
  const first = adam({ learningRate: 0.123 });
  for (let i = 0; i < 1000; i++) adam({ learningRate: 1 + i });
  assert.is.not(adam({ learningRate: 0.123 }), first);
  assert.equal(adam({ learningRate: 0.123 }).hyperparameters, first.hyperparameters);
});

interning.run();
