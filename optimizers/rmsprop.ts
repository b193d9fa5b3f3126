import { add, divide, maximum, multiply, square, subtract } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, fraction, learningRate } from "./options.js";
import { descentGradient, rateFor, rootPlusEpsilon, runningMean } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule. */
  learningRate,
  /** β in [0, 1): the share of the running mean that stays; `alpha` in torch, `decay` in optax. */
  beta: fraction(0.9),
  /** ε ≥ 0 keeps the divisor from 0. */
  epsilon: atLeastZero(1e-8),
  /** Whether to divide by √(G + ε), the course's form, instead of √G + ε. */
  epsilonInsideSqrt: flag(false),
  /** Whether to divide by the root of the variance instead of that of the mean square. */
  centered: flag(false),
  /** ρ in [0, 1): above 0, steps add up to a velocity. */
  momentum: fraction(0),
  /** λ ≥ 0 adds λx to the gradient. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
  /** Whether the velocity is made of steps, or (as in torch) lr multiplies it. */
  learningRateInsideVelocity: flag(true),
};

/**
 * Options of `rmsprop`.
 * @example const options: RmspropOptions = { learningRate: 0.01 };
 */
export type RmspropOptions = OptionsOf<typeof options>;

type RmspropSlots = {
  readonly meanSquare: Slot;
  /** Only where centered. */
  readonly mean?: Slot;
  /** Only with momentum. */
  readonly velocity?: Slot;
};

const zeros: Slot = { initial: 0 };

/**
 * RMSprop: a rate for each element, by the root of the running mean of its squared gradients.
 *
 *     G ← βG + (1−β)g²,   x ← x − lr/(√G + ε)·g
 *
 * `centered` replaces G in the step by the variance G − m², with m ← βm + (1−β)g (never below 0, where rounding
 * would take a nearly constant gradient, and the root to NaN). With `momentum` ρ, δ ← ρδ − lr/(√G + ε)·g and
 * x ← x + δ.
 *
 * @param given `learningRate`; `beta` = 0.9, `epsilon` = 1e-8, `epsilonInsideSqrt` = false, `centered` = false,
 * `momentum` = 0, `weightDecay` = 0, `maximize` = false,
 * `learningRateInsideVelocity` = true
 *
 * @example
 * const optimizer = rmsprop({ learningRate: 0.1, beta: 0.75, epsilon: 0 });
 * optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).parameters; // { x: 2.8 }
 *
 * Tieleman, Hinton, "Lecture 6.5: rmsprop", Coursera 2012; Graves, "Generating sequences with recurrent neural
 * networks", 2013, for the centered form and momentum.
 *
 * Where libraries differ: the course, optax and tfjs divide by √(G + ε) (`epsilonInsideSqrt`); torch has ε outside,
 * β = 0.99, and multiplies the velocity by lr (`learningRateInsideVelocity: false`).
 */
export function rmsprop(given: RmspropOptions): Optimizer<RmspropSlots> {
  const hyperparameters = readOptions("rmsprop", options, given);
  const { learningRate, beta, epsilon, epsilonInsideSqrt, centered, learningRateInsideVelocity } =
    hyperparameters;
  const rho = hyperparameters.momentum;
  return sharedOptimizer<RmspropSlots>({
    name: "rmsprop",
    hyperparameters,
    slots: {
      meanSquare: zeros,
      ...(centered && { mean: zeros }),
      ...(rho !== 0 && { velocity: zeros }),
    },
    rule(parameter, gradient, slots, step) {
      const rate = rateFor("rmsprop", learningRate, step);
      const g = descentGradient(gradient, parameter, hyperparameters);
      const meanSquare = runningMean(slots.meanSquare, square(g), beta);
      const mean = slots.mean && runningMean(slots.mean, g, beta);
      const variance = mean ? maximum(subtract(meanSquare, square(mean)), 0) : meanSquare;
      const divisor = rootPlusEpsilon(variance, epsilon, epsilonInsideSqrt);
      const kept = { meanSquare, ...(mean && { mean }) };
      if (!slots.velocity) {
        return { parameter: subtract(parameter, multiply(divide(rate, divisor), g)), slots: kept };
      }
      if (learningRateInsideVelocity) {
        const velocity = subtract(multiply(rho, slots.velocity), multiply(divide(rate, divisor), g));
        return { parameter: add(parameter, velocity), slots: { ...kept, velocity } };
      }
      const velocity = add(multiply(rho, slots.velocity), divide(g, divisor));
      return { parameter: subtract(parameter, multiply(rate, velocity)), slots: { ...kept, velocity } };
    },
  });
}
