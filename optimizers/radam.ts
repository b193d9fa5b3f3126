import { divide, greater, multiply, sqrt, square, subtract, where } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, fraction, learningRate } from "./options.js";
import { descentGradient, rateFor, rootPlusEpsilon, runningMean } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule. */
  learningRate,
  /** β₁ in [0, 1): the share of the running mean of gradients that stays. */
  beta1: fraction(0.9),
  /** β₂ in [0, 1): that of their squares. */
  beta2: fraction(0.999),
  /** ε ≥ 0 keeps the divisor from 0. */
  epsilon: atLeastZero(1e-8),
  /** λ ≥ 0 adds λx to the gradient. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `radam`.
 * @example const options: RAdamOptions = { learningRate: 0.01 };
 */
export type RAdamOptions = OptionsOf<typeof options>;

/**
 * RAdam: Adam that goes without the divisor until enough squares have been seen, and then corrects its variance.
 *
 *     M ← β₁M + (1−β₁)g,   G ← β₂G + (1−β₂)g²,   M̂ = M/(1−β₁ᵗ)
 *     ρ∞ = 2/(1−β₂) − 1,   ρₜ = ρ∞ − 2tβ₂ᵗ/(1−β₂ᵗ)
 *     ρₜ > 5:  x ← x − lr·M̂·√((ρₜ−4)(ρₜ−2)ρ∞/((ρ∞−4)(ρ∞−2)ρₜ))·√(1−β₂ᵗ)/(√G + ε),   else  x ← x − lr·M̂
 *
 * @param given `learningRate`; `beta1` = 0.9, `beta2` = 0.999, `epsilon` = 1e-8, `weightDecay` = 0, `maximize` = false
 *
 * @example
 * const optimizer = radam({ learningRate: 0.1 });
 * optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).parameters; // { x: 2.8 }: lr·g at first
 *
 * Liu et al., "On the variance of the adaptive learning rate and beyond", ICLR 2020. As torch; the paper has 4 for 5,
 * and ε is added before √(1−β₂ᵗ) divides in optax.
 */
export function radam(given: RAdamOptions): Optimizer<{
  readonly mean: Slot;
  readonly meanSquare: Slot;
  readonly beta1Power: Slot;
  readonly beta2Power: Slot;
}> {
  const hyperparameters = readOptions("radam", options, given);
  const { learningRate, beta1, beta2, epsilon } = hyperparameters;
  const one = { initial: 1, scalar: true };
  return sharedOptimizer({
    name: "radam",
    hyperparameters,
    slots: { mean: { initial: 0 }, meanSquare: { initial: 0 }, beta1Power: one, beta2Power: one },
    rule(parameter, gradient, slots, step) {
      const g = descentGradient(gradient, parameter, hyperparameters);
      const mean = runningMean(slots.mean, g, beta1);
      const meanSquare = runningMean(slots.meanSquare, square(g), beta2);
      const beta1Power = multiply(beta1, slots.beta1Power);
      const beta2Power = multiply(beta2, slots.beta2Power);
      const limit = subtract(divide(2, subtract(1, beta2)), 1);
      const seen = divide(multiply(2, step, beta2Power), subtract(1, beta2Power));
      const length = subtract(limit, seen);
      const rectified = divide(
        multiply(subtract(length, 4), subtract(length, 2), limit),
        multiply(subtract(limit, 4), subtract(limit, 2), length),
      );
      const adaptive = multiply(
        sqrt(multiply(rectified, subtract(1, beta2Power))),
        divide(1, rootPlusEpsilon(meanSquare, epsilon, false)),
      );
      const rate = divide(rateFor("radam", learningRate, step), subtract(1, beta1Power));
      const scale = where(greater(length, 5), adaptive, 1);
      return {
        parameter: subtract(parameter, multiply(multiply(rate, mean), scale)),
        slots: { mean, meanSquare, beta1Power, beta2Power },
      };
    },
  });
}
