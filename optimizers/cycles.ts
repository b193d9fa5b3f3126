/** Learning rates that rise and fall more than once, and schedules one after the other. */
import {
  AdjointError,
  add,
  cos,
  divide,
  floor,
  greater,
  log,
  minimum,
  multiply,
  power,
  subtract,
  where,
} from "../graph/index.js";
import {
  describe,
  isLength,
  type Option,
  type OptionsOf,
  readList,
  readOptions,
  rowsOf,
} from "../graph/internal.js";
import {
  atLeastZero,
  type Hyperparameter,
  type LearningRate,
  learningRate,
  requiredAtLeastZero,
  requiredPositive,
  share,
} from "./options.js";
import { type NumericSchedule, rateOf, schedule } from "./schedules.js";

/** From a to b by half a wave of the cosine, at a share p of the way: b + (a−b)(1 + cos πp)/2. */
function halfWave(from: Hyperparameter, to: Hyperparameter, p: Hyperparameter): Hyperparameter {
  const wave = divide(add(1, cos(multiply(Math.PI, p))), 2);
  return add(to, multiply(subtract(from, to), wave));
}

const restartOptions = {
  initialValue: requiredAtLeastZero,
  /** T₀: the first cycle's steps. */
  firstCycle: requiredPositive,
  /** m ≥ 1: each cycle is so many times as long as the one before. */
  cycleFactor: { ...requiredPositive, default: 1 as Hyperparameter },
  endValue: atLeastZero(0),
};

/**
 * Warm restarts: half waves of the cosine from a down to b, one after the other, each m times as long as the one before.
 *
 *     b + (a−b)·(1 + cos(πk/Tᵢ))/2  at the k-th step of cycle i, counted from 0;  Tᵢ = T₀mⁱ
 *
 * @param given `initialValue` a, `firstCycle` T₀; `cycleFactor` m = 1, `endValue` b = 0
 *
 * @example
 * const rate = cosineRestarts({ initialValue: 1, firstCycle: 2, cycleFactor: 2 });
 * [1, 2, 3, 4, 5, 6, 7].map((step) => rate(step).toFixed(2)); // ["1.00", "0.50", "1.00", "0.85", "0.50", "0.15", "1.00"]
 *
 * Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017; torch's
 * `CosineAnnealingWarmRestarts`.
 */
export function cosineRestarts(given: OptionsOf<typeof restartOptions>): NumericSchedule {
  const options = readOptions("cosineRestarts", restartOptions, given);
  const { initialValue, firstCycle, cycleFactor, endValue } = options;
  return schedule("cosineRestarts", options, (step) => {
    const taken = divide(subtract(step, 1), firstCycle);
    if (cycleFactor === 1) return halfWave(initialValue, endValue, subtract(taken, floor(taken)));
    // Cycle i begins at T₀(mⁱ − 1)/(m − 1); rounding must not put a beginning into the cycle before.
    const more = subtract(cycleFactor, 1);
    const cycle = floor(add(divide(log(add(1, multiply(taken, more))), log(cycleFactor)), 1e-9));
    const length = power(cycleFactor, cycle);
    const begun = divide(subtract(length, 1), more);
    return halfWave(initialValue, endValue, divide(subtract(taken, begun), length));
  });
}

const cycleOptions = {
  /** The largest rate. */
  peakValue: requiredAtLeastZero,
  /** All steps of the cycle. */
  totalSteps: requiredPositive,
  /** The share of the steps in which the rate rises. */
  risingShare: share(0.3),
  /** The first rate is the peak divided by this. */
  initialDivisor: { ...requiredPositive, default: 25 as Hyperparameter },
  /** The last one is the first divided by this. */
  finalDivisor: { ...requiredPositive, default: 1e4 as Hyperparameter },
};

/**
 * One cycle: half a wave of the cosine up to a peak, and half a wave down far below where it began.
 *
 * @param given `peakValue`, `totalSteps`; `risingShare` = 0.3, `initialDivisor` = 25, `finalDivisor` = 1e4
 *
 * @example
 * const rate = oneCycle({ peakValue: 1, totalSteps: 10, risingShare: 0.3, initialDivisor: 10 });
 * [1, 3, 10].map((step) => rate(step).toFixed(5)); // ["0.10000", "1.00000", "0.00001"]
 *
 * Smith, Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2018. Step by step
 * as torch's `OneCycleLR`; optax's `cosine_onecycle_schedule` takes a step more.
 */
export function oneCycle(given: OptionsOf<typeof cycleOptions>): NumericSchedule {
  const options = readOptions("oneCycle", cycleOptions, given);
  const { peakValue, totalSteps, risingShare, initialDivisor, finalDivisor } = options;
  const first = divide(peakValue, initialDivisor);
  const last = divide(first, finalDivisor);
  return schedule("oneCycle", options, (step) => {
    const taken = subtract(step, 1);
    const risen = subtract(multiply(risingShare, totalSteps), 1);
    const rising = halfWave(first, peakValue, divide(taken, risen));
    const down = divide(subtract(taken, risen), subtract(subtract(totalSteps, 1), risen));
    const falling = halfWave(peakValue, last, minimum(down, 1));
    return where(greater(taken, risen), falling, rising) as Hyperparameter;
  });
}

const schedules: Option<readonly LearningRate[], undefined> = {
  default: undefined,
  range: "a list of rates and schedules",
  allows: (value) => rowsOf(value) !== undefined,
};

const joinOptions = {
  /** One rate or schedule more than there are boundaries. */
  schedules,
  /** Numbers of steps taken, after each of which the next one begins, counted from its own step 1. */
  boundaries: {
    ...schedules,
    range: "a list of whole numbers ≥ 1, each larger than the one before",
  } as Option<readonly number[], undefined>,
};

/**
 * Schedules one after the other, each counted from its own step 1.
 *
 * @param given `schedules`, rates or schedules; `boundaries`, the numbers of steps after which the next one begins
 *
 * @example
 * const rate = joinSchedules({ schedules: [0.1, linearSchedule({ initialValue: 1, endValue: 0, transitionSteps: 2 })], boundaries: [2] });
 * [1, 2, 3, 4, 5].map((step) => rate(step)); // [0.1, 0.1, 1, 0.5, 0]
 *
 * optax's `join_schedules`, torch's `SequentialLR`.
 *
 * @throws where there isn't one schedule more than there are boundaries, or these don't grow
 */
export function joinSchedules(given: OptionsOf<typeof joinOptions>): NumericSchedule {
  const options = readOptions("joinSchedules", joinOptions, given);
  const parts = readList(options.schedules, "joinSchedules: schedules", (one) => {
    if (learningRate.allows(one)) return one as LearningRate;
    throw new AdjointError(
      `joinSchedules: schedules holds ${describe(one)}; it takes finite rates ≥ 0, scalar expressions and schedules (step) => rate.`,
    );
  });
  const boundaries = readList(options.boundaries, "joinSchedules: boundaries", (one) => {
    if (isLength(one) && one >= 1) return one;
    throw new AdjointError(`joinSchedules: boundaries holds ${describe(one)}; they are whole numbers ≥ 1.`);
  });
  if (
    parts.length !== boundaries.length + 1 ||
    boundaries.some((one, i) => one <= (boundaries[i - 1] ?? 0))
  ) {
    throw new AdjointError(
      `joinSchedules: ${parts.length} schedules at the boundaries [${boundaries.join(", ")}]; give one schedule more than boundaries, which grow.`,
    );
  }
  return schedule("joinSchedules", { parts, boundaries }, (step) =>
    boundaries.reduce<Hyperparameter>(
      (rate, boundary, i) =>
        where(
          greater(step, boundary),
          rateOf("joinSchedules", parts[i + 1]!, subtract(step, boundary)),
          rate,
        ) as Hyperparameter,
      rateOf("joinSchedules", parts[0]!, step),
    ),
  );
}
