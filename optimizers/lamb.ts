import { add, divide, multiply, square, subtract } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, fraction, learningRate } from "./options.js";
import { descentGradient, rateFor, rootPlusEpsilon, runningMean, trustRatio } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule. */
  learningRate,
  /** β₁ in [0, 1): the share of the running mean of gradients that stays. */
  beta1: fraction(0.9),
  /** β₂ in [0, 1): that of their squares. */
  beta2: fraction(0.999),
  /** ε ≥ 0 keeps the divisor from 0. */
  epsilon: atLeastZero(1e-6),
  /** λ ≥ 0 adds λx to Adam's direction. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `lamb`.
 * @example const options: LambOptions = { learningRate: 0.01 };
 */
export type LambOptions = OptionsOf<typeof options>;

/**
 * LAMB: Adam's direction, for each tensor as long as the tensor itself: for large batches.
 *
 *     u = M̂/(√Ĝ + ε) + λx,   x ← x − lr·‖x‖/‖u‖·u   (the ratio is 1 where either norm is 0)
 *
 * @param given `learningRate`; `beta1` = 0.9, `beta2` = 0.999, `epsilon` = 1e-6, `weightDecay` λ = 0, `maximize` = false
 *
 * @example
 * const optimizer = lamb({ learningRate: 0.5, epsilon: 0 });
 * optimizer.step({ x: [3, 4] }, { x: [2, 2] }, optimizer.init({ x: [3, 4] })).parameters.x; // Float64Array [1.23223…, 2.23223…]
 *
 * You et al., "Large batch optimization for deep learning: training BERT in 76 minutes", ICLR 2020. As optax's `lamb`.
 */
export function lamb(given: LambOptions): Optimizer<{
  readonly mean: Slot;
  readonly meanSquare: Slot;
  readonly beta1Power: Slot;
  readonly beta2Power: Slot;
}> {
  const hyperparameters = readOptions("lamb", options, given);
  const { learningRate, beta1, beta2, epsilon, weightDecay, maximize } = hyperparameters;
  const one = { initial: 1, scalar: true };
  return sharedOptimizer({
    name: "lamb",
    hyperparameters,
    slots: { mean: { initial: 0 }, meanSquare: { initial: 0 }, beta1Power: one, beta2Power: one },
    rule(parameter, gradient, slots, step) {
      const g = descentGradient(gradient, parameter, { weightDecay: 0, maximize });
      const mean = runningMean(slots.mean, g, beta1);
      const meanSquare = runningMean(slots.meanSquare, square(g), beta2);
      const beta1Power = multiply(beta1, slots.beta1Power);
      const beta2Power = multiply(beta2, slots.beta2Power);
      const corrected = multiply(meanSquare, divide(1, subtract(1, beta2Power)));
      const adam = divide(
        multiply(mean, divide(1, subtract(1, beta1Power))),
        rootPlusEpsilon(corrected, epsilon, false),
      );
      const direction = weightDecay === 0 ? adam : add(adam, multiply(weightDecay, parameter));
      const rate = multiply(rateFor("lamb", learningRate, step), trustRatio(parameter, direction, 1, 0));
      return {
        parameter: subtract(parameter, multiply(rate, direction)),
        slots: { mean, meanSquare, beta1Power, beta2Power },
      };
    },
  });
}
