import { multiply, sign, subtract } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, fraction, learningRate } from "./options.js";
import { decayed, descentGradient, rateFor, runningMean } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule; three to ten times less than Adam's. */
  learningRate,
  /** β₁ in [0, 1): the share of the mean in the step. */
  beta1: fraction(0.9),
  /** β₂ in [0, 1): the share of the mean that stays. */
  beta2: fraction(0.99),
  /** λ ≥ 0 takes lr·λ of the parameter away at each step. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `lion`.
 * @example const options: LionOptions = { learningRate: 0.001 };
 */
export type LionOptions = OptionsOf<typeof options>;

/**
 * Lion: steps of one size, by the sign of a mix of the slope and its running mean.
 *
 *     x ← x − lr·(sign(β₁M + (1−β₁)g) + λx),   M ← β₂M + (1−β₂)g
 *
 * @param given `learningRate`; `beta1` = 0.9, `beta2` = 0.99, `weightDecay` λ = 0, `maximize` = false
 *
 * @example
 * const optimizer = lion({ learningRate: 0.25 });
 * optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).parameters; // { x: 2.75 }
 *
 * Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023. optax's default λ is 1e-3.
 */
export function lion(given: LionOptions): Optimizer<{ readonly mean: Slot }> {
  const hyperparameters = readOptions("lion", options, given);
  const { learningRate, beta1, beta2, weightDecay, maximize } = hyperparameters;
  return sharedOptimizer({
    name: "lion",
    hyperparameters,
    slots: { mean: { initial: 0 } },
    rule(parameter, gradient, { mean }, step) {
      const g = descentGradient(gradient, parameter, { weightDecay: 0, maximize });
      const rate = rateFor("lion", learningRate, step);
      const direction = sign(runningMean(mean, g, beta1));
      return {
        parameter: subtract(decayed(parameter, rate, weightDecay), multiply(rate, direction)),
        slots: { mean: runningMean(mean, g, beta2) },
      };
    },
  });
}
