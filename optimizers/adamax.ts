import { abs, add, divide, multiply, subtract } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, fraction, learningRate } from "./options.js";
import { descentGradient, larger, rateFor, runningMean } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule. */
  learningRate,
  /** β₁ in [0, 1): the share of the running mean of gradients that stays. */
  beta1: fraction(0.9),
  /** β₂ in [0, 1): by which the largest slope so far shrinks. */
  beta2: fraction(0.999),
  /** ε ≥ 0 keeps the divisor from 0. */
  epsilon: atLeastZero(1e-8),
  /** λ ≥ 0 adds λx to the gradient. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `adamax`.
 * @example const options: AdamaxOptions = { learningRate: 0.01 };
 */
export type AdamaxOptions = OptionsOf<typeof options>;

/**
 * Adamax: Adam by the largest slope so far instead of the root of the mean square.
 *
 *     M ← β₁M + (1−β₁)g,   u ← max(β₂u, |g| + ε),   x ← x − lr/(1−β₁ᵗ)·M/u
 *
 * @param given `learningRate`; `beta1` = 0.9, `beta2` = 0.999, `epsilon` = 1e-8, `weightDecay` = 0, `maximize` = false
 *
 * @example
 * const optimizer = adamax({ learningRate: 0.5, epsilon: 0 });
 * optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).parameters; // { x: 2.5 }
 *
 * Kingma, Ba, "Adam: a method for stochastic optimization", ICLR 2015, section 7.1, which has no ε. torch and optax are
 * as here; Keras divides by u + ε.
 */
export function adamax(given: AdamaxOptions): Optimizer<{
  readonly mean: Slot;
  readonly largest: Slot;
  readonly beta1Power: Slot;
}> {
  const hyperparameters = readOptions("adamax", options, given);
  const { learningRate, beta1, beta2, epsilon } = hyperparameters;
  return sharedOptimizer({
    name: "adamax",
    hyperparameters,
    slots: { mean: { initial: 0 }, largest: { initial: 0 }, beta1Power: { initial: 1, scalar: true } },
    rule(parameter, gradient, slots, step) {
      const g = descentGradient(gradient, parameter, hyperparameters);
      const mean = runningMean(slots.mean, g, beta1);
      const largest = larger(multiply(beta2, slots.largest), add(abs(g), epsilon));
      const beta1Power = multiply(beta1, slots.beta1Power);
      const rate = divide(rateFor("adamax", learningRate, step), subtract(1, beta1Power));
      return {
        parameter: subtract(parameter, divide(multiply(rate, mean), largest)),
        slots: { mean, largest, beta1Power },
      };
    },
  });
}
