import { add, divide, multiply, power, square, subtract } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, fraction, learningRate } from "./options.js";
import { descentGradient, rateFor, rootPlusEpsilon, runningMean } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule. */
  learningRate,
  /** β₁ in [0, 1): what the momentum tends to. */
  beta1: fraction(0.9),
  /** β₂ in [0, 1): the share of the running mean of squares that stays. */
  beta2: fraction(0.999),
  /** ε ≥ 0 keeps the divisor from 0. */
  epsilon: atLeastZero(1e-8),
  /** ψ ≥ 0: how fast the momentum comes near β₁. */
  momentumDecay: atLeastZero(0.004),
  /** λ ≥ 0 adds λx to the gradient. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `nadam`.
 * @example const options: NAdamOptions = { learningRate: 0.01 };
 */
export type NAdamOptions = OptionsOf<typeof options>;

/**
 * NAdam: Adam with Nesterov's momentum, whose share grows from step to step.
 *
 *     μₜ = β₁(1 − ½·0.96^(tψ)),   M ← β₁M + (1−β₁)g,   G ← β₂G + (1−β₂)g²
 *     M̂ = μₜ₊₁M/(1 − Πᵢ≤ₜ₊₁μᵢ) + (1−μₜ)g/(1 − Πᵢ≤ₜμᵢ),   x ← x − lr·M̂/(√(G/(1−β₂ᵗ)) + ε)
 *
 * @param given `learningRate`; `beta1` = 0.9, `beta2` = 0.999, `epsilon` = 1e-8, `momentumDecay` ψ = 0.004,
 * `weightDecay` = 0, `maximize` = false
 *
 * @example
 * const optimizer = nadam({ learningRate: 0.1 });
 * optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).parameters.x < 3; // true
 *
 * Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop 2016. As torch documents it; optax's `nadam` has no
 * schedule of the momentum.
 */
export function nadam(given: NAdamOptions): Optimizer<{
  readonly mean: Slot;
  readonly meanSquare: Slot;
  readonly momentumProduct: Slot;
  readonly beta2Power: Slot;
}> {
  const hyperparameters = readOptions("nadam", options, given);
  const { learningRate, beta1, beta2, epsilon, momentumDecay } = hyperparameters;
  const one = { initial: 1, scalar: true };
  return sharedOptimizer({
    name: "nadam",
    hyperparameters,
    slots: { mean: { initial: 0 }, meanSquare: { initial: 0 }, momentumProduct: one, beta2Power: one },
    rule(parameter, gradient, slots, step) {
      const g = descentGradient(gradient, parameter, hyperparameters);
      const mean = runningMean(slots.mean, g, beta1);
      const meanSquare = runningMean(slots.meanSquare, square(g), beta2);
      const momentumAt = (t: typeof step) =>
        multiply(beta1, subtract(1, multiply(0.5, power(0.96, multiply(t, momentumDecay)))));
      const now = momentumAt(step);
      const next = momentumAt(add(step, 1));
      const momentumProduct = multiply(slots.momentumProduct, now);
      const ofMean = divide(next, subtract(1, multiply(momentumProduct, next)));
      const ofGradient = divide(subtract(1, now), subtract(1, momentumProduct));
      const ahead = add(multiply(ofMean, mean), multiply(ofGradient, g));
      const beta2Power = multiply(beta2, slots.beta2Power);
      const corrected = multiply(meanSquare, divide(1, subtract(1, beta2Power)));
      const divisor = rootPlusEpsilon(corrected, epsilon, false);
      const rate = rateFor("nadam", learningRate, step);
      return {
        parameter: subtract(parameter, divide(multiply(rate, ahead), divisor)),
        slots: { mean, meanSquare, momentumProduct, beta2Power },
      };
    },
  });
}
