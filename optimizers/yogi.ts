import { divide, multiply, sign, square, subtract } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, fixedAtLeastZero, flag, fraction, learningRate } from "./options.js";
import { descentGradient, rateFor, rootPlusEpsilon, runningMean } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule. */
  learningRate,
  /** β₁ in [0, 1): the share of the running mean of gradients that stays. */
  beta1: fraction(0.9),
  /** β₂ in [0, 1): 1 − β₂ is the share of a squared gradient by which the divisor may change. */
  beta2: fraction(0.999),
  /** ε ≥ 0 keeps the divisor from 0. */
  epsilon: atLeastZero(1e-3),
  /** What both means are before the first step. */
  initialAccumulator: fixedAtLeastZero(1e-6),
  /** λ ≥ 0 adds λx to the gradient. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `yogi`.
 * @example const options: YogiOptions = { learningRate: 0.01 };
 */
export type YogiOptions = OptionsOf<typeof options>;

/**
 * Yogi: Adam whose mean of squares changes by a bounded share, so that rates don't jump up when gradients get small.
 *
 *     M ← β₁M + (1−β₁)g,   G ← G − (1−β₂)·sign(G − g²)·g²
 *     x ← x − lr·M̂/(√Ĝ + ε),   M̂ = M/(1−β₁ᵗ),   Ĝ = G/(1−β₂ᵗ)
 *
 * @param given `learningRate`; `beta1` = 0.9, `beta2` = 0.999, `epsilon` = 1e-3, `initialAccumulator` = 1e-6,
 * `weightDecay` = 0, `maximize` = false
 *
 * @example
 * const optimizer = yogi({ learningRate: 0.5, epsilon: 0, initialAccumulator: 0 });
 * optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).parameters; // { x: 2.5 }
 *
 * Zaheer et al., "Adaptive methods for nonconvex optimization", NeurIPS 2018. As optax's `yogi`; the paper has no
 * correction of the means.
 */
export function yogi(given: YogiOptions): Optimizer<{
  readonly mean: Slot;
  readonly meanSquare: Slot;
  readonly beta1Power: Slot;
  readonly beta2Power: Slot;
}> {
  const hyperparameters = readOptions("yogi", options, given);
  const { learningRate, beta1, beta2, epsilon, initialAccumulator: initial } = hyperparameters;
  const one = { initial: 1, scalar: true };
  return sharedOptimizer({
    name: "yogi",
    hyperparameters,
    slots: { mean: { initial }, meanSquare: { initial }, beta1Power: one, beta2Power: one },
    rule(parameter, gradient, slots, step) {
      const g = descentGradient(gradient, parameter, hyperparameters);
      const mean = runningMean(slots.mean, g, beta1);
      const squared = square(g);
      const change = multiply(subtract(1, beta2), sign(subtract(slots.meanSquare, squared)), squared);
      const meanSquare = subtract(slots.meanSquare, change);
      const beta1Power = multiply(beta1, slots.beta1Power);
      const beta2Power = multiply(beta2, slots.beta2Power);
      const rate = divide(rateFor("yogi", learningRate, step), subtract(1, beta1Power));
      const corrected = multiply(meanSquare, divide(1, subtract(1, beta2Power)));
      return {
        parameter: subtract(
          parameter,
          divide(multiply(rate, mean), rootPlusEpsilon(corrected, epsilon, false)),
        ),
        slots: { mean, meanSquare, beta1Power, beta2Power },
      };
    },
  });
}
