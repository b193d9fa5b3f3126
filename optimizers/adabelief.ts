import { add, divide, multiply, square, subtract } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, fraction, learningRate } from "./options.js";
import { decayed, descentGradient, rateFor, rootPlusEpsilon, runningMean } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule. */
  learningRate,
  /** β₁ in [0, 1): the share of the running mean of gradients that stays. */
  beta1: fraction(0.9),
  /** β₂ in [0, 1): that of the squared deviations from it. */
  beta2: fraction(0.999),
  /** ε ≥ 0 is added to the divisor. */
  epsilon: atLeastZero(1e-16),
  /** ε₀ ≥ 0 is added to the mean of squares at each step. */
  epsilonRoot: atLeastZero(1e-16),
  /** λ ≥ 0 takes lr·λ of the parameter away at each step. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `adabelief`.
 * @example const options: AdaBeliefOptions = { learningRate: 0.01 };
 */
export type AdaBeliefOptions = OptionsOf<typeof options>;

/**
 * AdaBelief: Adam that divides by how far gradients lie from their running mean: large steps where they are as expected.
 *
 *     M ← β₁M + (1−β₁)g,   S ← β₂S + (1−β₂)(g − M)² + ε₀
 *     x ← x − lr·M̂/(√Ŝ + ε) − lr·λx,   M̂ = M/(1−β₁ᵗ),   Ŝ = S/(1−β₂ᵗ)
 *
 * @param given `learningRate`; `beta1` = 0.9, `beta2` = 0.999, `epsilon` = 1e-16, `epsilonRoot` ε₀ = 1e-16,
 * `weightDecay` λ = 0, `maximize` = false
 *
 * @example
 * const optimizer = adabelief({ learningRate: 0.1 });
 * optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).parameters.x < 3; // true
 *
 * Zhuang et al., "AdaBelief optimizer: adapting stepsizes by the belief in observed gradients", NeurIPS 2020. As
 * optax's `adabelief`.
 */
export function adabelief(given: AdaBeliefOptions): Optimizer<{
  readonly mean: Slot;
  readonly meanSquare: Slot;
  readonly beta1Power: Slot;
  readonly beta2Power: Slot;
}> {
  const hyperparameters = readOptions("adabelief", options, given);
  const { learningRate, beta1, beta2, epsilon, epsilonRoot, weightDecay, maximize } = hyperparameters;
  const one = { initial: 1, scalar: true };
  return sharedOptimizer({
    name: "adabelief",
    hyperparameters,
    slots: { mean: { initial: 0 }, meanSquare: { initial: 0 }, beta1Power: one, beta2Power: one },
    rule(parameter, gradient, slots, step) {
      const g = descentGradient(gradient, parameter, { weightDecay: 0, maximize });
      const mean = runningMean(slots.mean, g, beta1);
      const deviation = square(subtract(g, mean));
      const meanSquare = add(runningMean(slots.meanSquare, deviation, beta2), epsilonRoot);
      const beta1Power = multiply(beta1, slots.beta1Power);
      const beta2Power = multiply(beta2, slots.beta2Power);
      const rate = rateFor("adabelief", learningRate, step);
      const corrected = multiply(meanSquare, divide(1, subtract(1, beta2Power)));
      const direction = divide(
        multiply(divide(rate, subtract(1, beta1Power)), mean),
        rootPlusEpsilon(corrected, epsilon, false),
      );
      return {
        parameter: subtract(decayed(parameter, rate, weightDecay), direction),
        slots: { mean, meanSquare, beta1Power, beta2Power },
      };
    },
  });
}
