/**
 * Learning rates that change from step to step, as graph functions of the step's number, which is 1 at the first step:
 * there every schedule but a warm-up has its initial value. They also work on plain numbers, to be looked at.
 *
 * Where libraries differ: optax counts from 0, so that its `schedule(count)` is `schedule(count + 1)` here; torch's
 * schedulers change the optimizer from outside, once an epoch in their examples.
 */

import {
  AdjointError,
  add,
  cos,
  divide,
  Expr,
  floor,
  greaterEqual,
  lessEqual,
  minimum,
  multiply,
  power,
  subtract,
  where,
} from "../graph/index.js";
import {
  describe,
  inNameOf,
  isLength,
  lift,
  type Option,
  type OptionsOf,
  readList,
  readOptions,
  rowsOf,
} from "../graph/internal.js";
import { intern } from "./intern.js";
import {
  atLeastZero,
  flag,
  type Hyperparameter,
  type LearningRate,
  learningRate,
  requiredAtLeastZero,
  requiredPositive,
} from "./options.js";

/**
 * A schedule that also takes a plain step number.
 * @example const halfwayOf = (schedule: NumericSchedule): number => schedule(50);
 */
export interface NumericSchedule {
  (step: number): number;
  (step: Expr): Hyperparameter;
}

/**
 * The schedule of a name and its options. Rates whose parameters are numbers give numbers for numbers; the ops see to it.
 */
export function schedule(
  name: string,
  options: object,
  rate: (step: Hyperparameter) => Hyperparameter,
): NumericSchedule {
  return intern(
    name,
    options,
    () =>
      ((step: unknown) =>
        inNameOf(name, () => rate(checkScalar(name, "the step is", step)))) as NumericSchedule,
  );
}

/** A plain number or a scalar expression. @throws for anything else */
function checkScalar(name: string, what: string, value: unknown): Hyperparameter {
  if (typeof value === "number" || (value instanceof Expr && value.shape.length === 0)) return value;
  throw new AdjointError(`${name}: ${what} ${describe(value)}, not a number or a scalar expression.`);
}

/** A rate, or that of a schedule at a step. @throws where a schedule gives no rate */
export function rateOf(name: string, rate: LearningRate, step: Hyperparameter): Hyperparameter {
  if (typeof rate !== "function") return rate;
  const given = checkScalar(name, "the schedule gives", rate(step as Expr));
  return typeof step === "number" ? given : lift(step.builder, given, `${name}: what the schedule gives`);
}

/** The share of `duration` that has gone by before a step, at most 1. */
function progress(step: Hyperparameter, duration: Hyperparameter): Hyperparameter {
  return minimum(divide(subtract(step, 1), duration), 1);
}

/**
 * The same rate at every step: lr.
 *
 * @example
 * constantSchedule(0.1)(7); // 0.1
 */
export function constantSchedule(value: Hyperparameter): NumericSchedule {
  const options = readOptions("constantSchedule", { rate: requiredAtLeastZero }, { rate: value });
  const { rate } = options;
  return schedule("constantSchedule", options, () => rate);
}

const linearOptions = {
  initialValue: requiredAtLeastZero,
  endValue: requiredAtLeastZero,
  /** The end value is reached after so many steps. */
  transitionSteps: requiredPositive,
};

/**
 * From one rate to another in a straight line, then constant: a + (b−a)·min((t−1)/T, 1).
 *
 * @param given `initialValue` a, `endValue` b, `transitionSteps` T
 *
 * @example
 * const rate = linearSchedule({ initialValue: 0, endValue: 1, transitionSteps: 4 });
 * [1, 2, 5, 9].map((step) => rate(step)); // [0, 0.25, 1, 1]
 *
 * optax's `linear_schedule`; torch's `LinearLR` gives factors of the initial rate instead.
 */
export function linearSchedule(given: OptionsOf<typeof linearOptions>): NumericSchedule {
  const options = readOptions("linearSchedule", linearOptions, given);
  const { initialValue, endValue, transitionSteps } = options;
  const range = inNameOf("linearSchedule", () => subtract(endValue, initialValue));
  return schedule("linearSchedule", options, (step) =>
    add(initialValue, multiply(range, progress(step, transitionSteps))),
  );
}

const exponentialOptions = {
  initialValue: requiredAtLeastZero,
  /** The factor that `transitionSteps` steps bring. */
  decayRate: requiredAtLeastZero,
  transitionSteps: requiredPositive,
  /** Whether the factor applies at once after every `transitionSteps` steps. */
  staircase: flag(false),
};

/**
 * A constant factor a step: a·r^((t−1)/T), or with `staircase` a factor every T steps: a·r^⌊(t−1)/T⌋.
 *
 * @param given `initialValue` a, `decayRate` r, `transitionSteps` T; `staircase` = false
 *
 * @example
 * const rate = exponentialDecay({ initialValue: 1, decayRate: 0.25, transitionSteps: 2 });
 * [1, 2, 3].map((step) => rate(step)); // [1, 0.5, 0.25]
 *
 * optax's `exponential_decay`; torch's `ExponentialLR` is T = 1, its `StepLR` has `staircase`.
 */
export function exponentialDecay(given: OptionsOf<typeof exponentialOptions>): NumericSchedule {
  const options = readOptions("exponentialDecay", exponentialOptions, given);
  const { initialValue, decayRate, transitionSteps, staircase } = options;
  return schedule("exponentialDecay", options, (step) => {
    const exponent = divide(subtract(step, 1), transitionSteps);
    return multiply(initialValue, power(decayRate, staircase ? floor(exponent) : exponent));
  });
}

const polynomialOptions = {
  ...linearOptions,
  /** p ≥ 0; 1 is a straight line. */
  power: { ...requiredAtLeastZero, default: 1 as Hyperparameter },
};

/**
 * From one rate to another by a power of what is left, then constant: b + (a−b)·(1 − min((t−1)/T, 1))ᵖ.
 *
 * @param given `initialValue` a, `endValue` b, `transitionSteps` T; `power` p = 1
 *
 * @example
 * const rate = polynomialDecay({ initialValue: 1, endValue: 0, transitionSteps: 4, power: 2 });
 * [1, 3, 5, 9].map((step) => rate(step)); // [1, 0.25, 0, 0]
 *
 * optax's `polynomial_schedule`, torch's `PolynomialLR`.
 */
export function polynomialDecay(given: OptionsOf<typeof polynomialOptions>): NumericSchedule {
  const options = readOptions("polynomialDecay", polynomialOptions, given);
  const { initialValue, endValue, transitionSteps, power: exponent } = options;
  const range = subtract(initialValue, endValue);
  return schedule("polynomialDecay", options, (step) =>
    add(endValue, multiply(range, power(subtract(1, progress(step, transitionSteps)), exponent))),
  );
}

const cosineOptions = {
  initialValue: requiredAtLeastZero,
  /** The end value is reached after so many steps. */
  decaySteps: requiredPositive,
  endValue: atLeastZero(0),
};

/**
 * Half a wave of the cosine from one rate down to another, then constant: b + (a−b)·(1 + cos(π·min((t−1)/T, 1)))/2.
 *
 * @param given `initialValue` a, `decaySteps` T; `endValue` b = 0
 *
 * @example
 * const rate = cosineDecay({ initialValue: 1, decaySteps: 4 });
 * [1, 3, 5, 9].map((step) => rate(step)); // [1, 0.5, 0, 0]
 *
 * Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, without the restarts.
 * optax's `cosine_decay_schedule` with alpha = b/a; torch's `CosineAnnealingLR` rises again after T.
 */
export function cosineDecay(given: OptionsOf<typeof cosineOptions>): NumericSchedule {
  const options = readOptions("cosineDecay", cosineOptions, given);
  const { initialValue, decaySteps, endValue } = options;
  const range = inNameOf("cosineDecay", () => subtract(initialValue, endValue));
  return schedule("cosineDecay", options, (step) => {
    const wave = add(1, cos(multiply(Math.PI, progress(step, decaySteps))));
    return add(endValue, multiply(range, divide(wave, 2)));
  });
}

const boundaries: Option<readonly number[], undefined> = {
  default: undefined,
  range: "a list of whole numbers ≥ 1",
  allows: (value) => rowsOf(value) !== undefined,
};

const stepOptions = {
  initialValue: requiredAtLeastZero,
  /** The factor at each milestone. */
  decayRate: requiredAtLeastZero,
  /** Numbers of steps taken, after each of which the factor applies once more. */
  milestones: boundaries,
};

/**
 * A factor after each of some numbers of steps: a·rᵏ, where k milestones are ≤ t−1.
 *
 * @param given `initialValue` a, `decayRate` r, `milestones`
 *
 * @example
 * const rate = stepDecay({ initialValue: 1, decayRate: 0.5, milestones: [2, 4] });
 * [1, 2, 3, 4, 5].map((step) => rate(step)); // [1, 1, 0.5, 0.5, 0.25]
 *
 * torch's `MultiStepLR`; optax's `piecewise_constant_schedule` takes a factor for each boundary.
 */
export function stepDecay(given: OptionsOf<typeof stepOptions>): NumericSchedule {
  const options = readOptions("stepDecay", stepOptions, given);
  const { initialValue, decayRate } = options;
  const milestones = readList(options.milestones, "stepDecay: milestones", (step) => {
    if (isLength(step) && step >= 1) return step;
    throw new AdjointError(
      `stepDecay: milestones is ${describe(options.milestones)}; it must be ${boundaries.range}.`,
    );
  });
  return schedule("stepDecay", { ...options, milestones }, (step) =>
    milestones.reduce<Hyperparameter>(
      (rate, milestone) =>
        where(greaterEqual(subtract(step, 1), milestone), multiply(rate, decayRate), rate) as Hyperparameter,
      initialValue,
    ),
  );
}

const warmupOptions = {
  /** How many steps it takes. */
  warmupSteps: requiredPositive,
  /** What follows, counted from its own step 1: a rate or a schedule. */
  schedule: learningRate,
};

/**
 * A straight rise to the first rate of a schedule, then the schedule: s(1)·t/N up to step N, then s(t−N).
 *
 * @param given `warmupSteps` N, `schedule` s
 *
 * @example
 * const rate = warmup({ warmupSteps: 4, schedule: linearSchedule({ initialValue: 1, endValue: 0, transitionSteps: 2 }) });
 * [1, 2, 4, 5, 6, 7].map((step) => rate(step)); // [0.25, 0.5, 1, 1, 0.5, 0]
 *
 * Goyal et al., "Accurate, large minibatch SGD", 2017. optax's `warmup_cosine_decay_schedule` starts at a rate of 0,
 * so that its first step does nothing; here the first rate is the first rise.
 */
export function warmup(given: OptionsOf<typeof warmupOptions>): NumericSchedule {
  const options = readOptions("warmup", warmupOptions, given);
  const { warmupSteps, schedule: following } = options;
  const at = (step: Hyperparameter): Hyperparameter => rateOf("warmup", following, step);
  return schedule("warmup", options, (step) => {
    const first = at(typeof step === "number" ? 1 : lift(step.builder, 1, "warmup"));
    const rising = multiply(first, divide(step, warmupSteps));
    return where(lessEqual(step, warmupSteps), rising, at(subtract(step, warmupSteps))) as Hyperparameter;
  });
}
