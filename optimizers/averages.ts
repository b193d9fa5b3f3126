/** Parts of chains that stand after an optimizer: averages of the parameters, lookahead, rates that watch the objective. */
import {
  add,
  divide,
  type Expr,
  equal,
  floor,
  greater,
  greaterEqual,
  less,
  logicalAnd,
  logicalOr,
  multiply,
  subtract,
  where,
} from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { makePart, type Part } from "./chain.js";
import { atLeastZero, count, fraction, share } from "./options.js";
import { larger, runningMean } from "./terms.js";
import type { Slot } from "./types.js";

/** Whether a step is one of every so many. */
const isEvery = (step: Expr, every: number): Expr => {
  const parts = divide(step, every);
  return equal(parts, floor(parts)) as Expr;
};

const exponentialOptions = {
  /** β in [0, 1): the share of the average that stays. */
  decay: fraction(0.999),
};

/**
 * Options of `exponentialAverage`.
 * @example const options: ExponentialAverageOptions = { decay: 0.99 };
 */
export type ExponentialAverageOptions = OptionsOf<typeof exponentialOptions>;

/**
 * A part of a chain, after the optimizer: an exponential average of the parameters, in the slot `average`, to be evaluated with.
 * It changes nothing.
 *
 *     A ← βA + (1−β)x,   A = x after the first step
 *
 * @param given `decay` β = 0.999
 *
 * @example
 * const optimizer = chain(gradientDescent({ learningRate: 1 }), exponentialAverage({ decay: 0.5 }));
 * const first = optimizer.step({ x: 3 }, { x: 1 }, optimizer.init({ x: 3 }));
 * optimizer.step(first.parameters, { x: 1 }, first.state).state.slots.average; // { x: 1.5 }
 *
 * Polyak, Juditsky, "Acceleration of stochastic approximation by averaging", 1992. As torch's `AveragedModel` with `get_ema_avg_fn`.
 */
export function exponentialAverage(given: ExponentialAverageOptions = {}): Part<{ readonly average: Slot }> {
  const hyperparameters = readOptions("exponentialAverage", exponentialOptions, given);
  return makePart({
    name: "exponentialAverage",
    hyperparameters,
    changes: "parameters",
    slots: { average: { initial: 0 } },
    apply: (places, step) =>
      places.map(({ parameter, slots }) => {
        const later = runningMean(slots.average, parameter, hyperparameters.decay);
        return { changed: parameter, slots: { average: where(equal(step, 1), parameter, later) as Expr } };
      }),
  });
}

const stochasticOptions = {
  /** The first step whose parameters are averaged; before it the average is the parameter. */
  from: count(1),
  /** After so many steps the next. */
  every: count(1),
};

/**
 * Options of `stochasticWeightAverage`.
 * @example const options: StochasticWeightAverageOptions = { from: 100, every: 10 };
 */
export type StochasticWeightAverageOptions = OptionsOf<typeof stochasticOptions>;

/**
 * A part of a chain, after the optimizer: the mean of the parameters at every so many steps from some step on, in the slot
 * `average`. It changes nothing.
 *
 *     A ← A + (x − A)/n   for the n-th of these steps
 *
 * @param given `from` = 1, `every` = 1
 *
 * @example
 * const optimizer = chain(gradientDescent({ learningRate: 1 }), stochasticWeightAverage());
 * const first = optimizer.step({ x: 3 }, { x: 1 }, optimizer.init({ x: 3 }));
 * optimizer.step(first.parameters, { x: 1 }, first.state).state.slots.average; // { x: 1.5 }
 *
 * Izmailov et al., "Averaging weights leads to wider optima and better generalization", UAI 2018. torch's `AveragedModel`.
 */
export function stochasticWeightAverage(
  given: StochasticWeightAverageOptions = {},
): Part<{ readonly average: Slot }> {
  const hyperparameters = readOptions("stochasticWeightAverage", stochasticOptions, given);
  const { from, every } = hyperparameters;
  return makePart({
    name: "stochasticWeightAverage",
    hyperparameters,
    changes: "parameters",
    slots: { average: { initial: 0 } },
    apply: (places, step) =>
      places.map(({ parameter, slots }) => {
        const since = subtract(step, from) as Expr;
        const taken = add(floor(divide(since, every)), 1) as Expr;
        const moved = add(slots.average, divide(subtract(parameter, slots.average), larger(taken, 1)));
        const average = where(isEvery(since, every), moved, slots.average);
        const begun = greater(since, 0);
        return { changed: parameter, slots: { average: where(begun, average, parameter) as Expr } };
      }),
  });
}

const lookaheadOptions = {
  /** k: the slow parameters move after so many steps. */
  every: count(5),
  /** α in [0, 1]: the share of the way that they go. */
  share: share(0.5),
};

/**
 * Options of `lookahead`.
 * @example const options: LookaheadOptions = { every: 5, share: 0.5 };
 */
export type LookaheadOptions = OptionsOf<typeof lookaheadOptions>;

/**
 * A part of a chain, after the optimizer: every k steps the parameters go back a part of the way that they have come since.
 *
 *     every k steps:   s ← s + α(x − s),   x ← s
 *
 * @param given `every` k = 5, `share` α = 0.5
 *
 * @example
 * const optimizer = chain(gradientDescent({ learningRate: 1 }), lookahead({ every: 1, share: 0.25 }));
 * optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).parameters; // { x: 2.5 }
 *
 * Zhang et al., "Lookahead optimizer: k steps forward, 1 step back", NeurIPS 2019. The optimizer's slots stay as they are;
 * optax's `lookahead` has two sets of parameters instead of a slot.
 */
export function lookahead(given: LookaheadOptions = {}): Part<{ readonly slow: Slot }> {
  const hyperparameters = readOptions("lookahead", lookaheadOptions, given);
  const { every, share } = hyperparameters;
  return makePart({
    name: "lookahead",
    hyperparameters,
    changes: "parameters",
    slots: { slow: { initial: 0 } },
    apply: (places, step) =>
      places.map(({ start, parameter, slots }) => {
        const before = where(equal(step, 1), start, slots.slow) as Expr;
        const isDue = isEvery(step, every);
        const moved = add(before, multiply(share, subtract(parameter, before)));
        return {
          changed: where(isDue, moved, parameter) as Expr,
          slots: { slow: where(isDue, moved, before) as Expr },
        };
      }),
  });
}

const plateauOptions = {
  /** In [0, 1]: what the scale is multiplied by. */
  factor: share(0.1),
  /** So many steps without a better value. */
  patience: count(10),
  /** A value is better where it is below (1 − r)·best − a. */
  relativeTolerance: share(1e-4),
  absoluteTolerance: atLeastZero(0),
  /** So many steps after the scale has fallen don't count. */
  cooldown: atLeastZero(0),
  /** The scale doesn't fall below this. */
  leastScale: share(0),
};

/**
 * Options of `reduceOnPlateau`.
 * @example const options: ReduceOnPlateauOptions = { patience: 20 };
 */
export type ReduceOnPlateauOptions = OptionsOf<typeof plateauOptions>;

/**
 * A part of a chain, after the optimizer: its steps are scaled down when the objective's value hasn't become better for some steps.
 * It needs the objective, which `minimize` and `train` pass on; of a batch, the value is that of the batch.
 *
 *     x ← x₀ + s·(x − x₀) from x₀ before the step;   s ← max(s·factor, least) after `patience` steps that weren't better
 *
 * @param given `factor` = 0.1, `patience` = 10, `relativeTolerance` r = 1e-4, `absoluteTolerance` a = 0, `cooldown` = 0,
 * `leastScale` = 0
 *
 * @example
 * const f = trace({ x: vector(2) }, ({ x }) => sum(square(x)));
 * const optimizer = chain(adam({ learningRate: 0.1 }), reduceOnPlateau({ factor: 0.5, patience: 3 }));
 * minimize(f, { x: [3, 4] }, optimizer, { steps: 200 }).value < 25; // true
 *
 * torch's `ReduceLROnPlateau`; as optax's `reduce_on_plateau` with one value a step.
 *
 * @throws where the objective isn't known
 */
export function reduceOnPlateau(given: ReduceOnPlateauOptions = {}): Part<{
  readonly scale: Slot;
  readonly best: Slot;
  readonly waited: Slot;
  readonly cooling: Slot;
}> {
  const hyperparameters = readOptions("reduceOnPlateau", plateauOptions, given);
  const { factor, patience, relativeTolerance, absoluteTolerance, cooldown, leastScale } = hyperparameters;
  const number = (initial: number) => ({ initial, scalar: true });
  return makePart({
    name: "reduceOnPlateau",
    hyperparameters,
    changes: "parameters",
    slots: { scale: number(1), best: number(0), waited: number(0), cooling: number(0) },
    apply(places, step, landscape) {
      if (places.length === 0) return [];
      const value = landscape.value(places.map(({ start }) => start));
      const now = places[0]!.slots;
      const bound = subtract(multiply(subtract(1, relativeTolerance), now.best), absoluteTolerance);
      const isBetter = logicalOr(equal(step, 1), less(value, bound));
      const isCooling = greater(now.cooling, 0);
      const waited = where(isBetter, 0, add(now.waited, 1)) as Expr;
      const falls = logicalAnd(greaterEqual(waited, patience), equal(now.cooling, 0));
      const scale = where(falls, larger(multiply(now.scale, factor) as Expr, leastScale), now.scale) as Expr;
      const next = {
        scale,
        best: where(isBetter, value, now.best) as Expr,
        waited: where(logicalOr(isCooling, falls), 0, waited) as Expr,
        cooling: where(falls, cooldown, larger(subtract(now.cooling, 1) as Expr, 0)) as Expr,
      };
      return places.map(({ start, parameter }) => {
        const scaled = add(start, multiply(scale, subtract(parameter, start)));
        return { changed: where(equal(scale, 1), parameter, scaled) as Expr, slots: next };
      });
    },
  });
}
