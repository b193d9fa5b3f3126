import { add, divide, equal, multiply, square, subtract, where } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, fraction, learningRate } from "./options.js";
import { decayed, descentGradient, rateFor, rootPlusEpsilon, runningMean } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule. */
  learningRate,
  /** β₁ in [0, 1): the share of the running mean of gradients that stays. */
  beta1: fraction(0.98),
  /** β₂ in [0, 1): that of the changes of gradients. */
  beta2: fraction(0.92),
  /** β₃ in [0, 1): that of the squares. */
  beta3: fraction(0.99),
  /** ε ≥ 0 keeps the divisor from 0. */
  epsilon: atLeastZero(1e-8),
  /** ε₀ ≥ 0 is added to N̂, inside the root. */
  epsilonRoot: atLeastZero(0),
  /** λ ≥ 0 takes lr·λ of the parameter away at each step. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `adan`.
 * @example const options: AdanOptions = { learningRate: 0.01 };
 */
export type AdanOptions = OptionsOf<typeof options>;

/**
 * Adan: Adam with Nesterov's momentum from the change of the gradient. Δ = g − g₋₁ (0 at first),
 *
 *     M ← β₁M + (1−β₁)g,   V ← β₂V + (1−β₂)Δ,   N ← β₃N + (1−β₃)(g + (1−β₂)Δ)²
 *     x ← x − lr·(M̂ + (1−β₂)V̂)/(√(N̂ + ε₀) + ε) − lr·λx
 *
 * with M̂ = M/(1−β₁ᵗ), and V̂, N̂ likewise.
 *
 * @param given `learningRate`; `beta1` = 0.98, `beta2` = 0.92, `beta3` = 0.99, `epsilon` = 1e-8, `epsilonRoot` ε₀ = 0,
 * `weightDecay` λ = 0, `maximize` = false
 *
 * @example
 * const optimizer = adan({ learningRate: 0.5, epsilon: 0 });
 * optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).parameters; // { x: 2.5 }
 *
 * Xie et al., "Adan: adaptive Nesterov momentum algorithm for faster optimizing deep models", 2023. The βs are what
 * stays, as in optax; the paper's are 1 − β. Its decay divides by 1 + lr·λ, where optax, as here, subtracts; optax
 * has ε₀ = 1e-8.
 */
export function adan(given: AdanOptions): Optimizer<{
  readonly mean: Slot;
  readonly meanChange: Slot;
  readonly meanSquare: Slot;
  readonly before: Slot;
  readonly beta1Power: Slot;
  readonly beta2Power: Slot;
  readonly beta3Power: Slot;
}> {
  const hyperparameters = readOptions("adan", options, given);
  const { learningRate, beta1, beta2, beta3, epsilon, epsilonRoot, weightDecay, maximize } = hyperparameters;
  const zero = { initial: 0 };
  const one = { initial: 1, scalar: true };
  return sharedOptimizer({
    name: "adan",
    hyperparameters,
    slots: {
      ...{ mean: zero, meanChange: zero, meanSquare: zero, before: zero },
      ...{ beta1Power: one, beta2Power: one, beta3Power: one },
    },
    rule(parameter, gradient, slots, step) {
      const g = descentGradient(gradient, parameter, { weightDecay: 0, maximize });
      const change = where(equal(step, 1), 0, subtract(g, slots.before));
      const rest = subtract(1, beta2);
      const mean = runningMean(slots.mean, g, beta1);
      const meanChange = runningMean(slots.meanChange, change, beta2);
      const meanSquare = runningMean(slots.meanSquare, square(add(g, multiply(rest, change))), beta3);
      const beta1Power = multiply(beta1, slots.beta1Power);
      const beta2Power = multiply(beta2, slots.beta2Power);
      const beta3Power = multiply(beta3, slots.beta3Power);
      const ofMean = multiply(mean, divide(1, subtract(1, beta1Power)));
      const ofChange = multiply(meanChange, divide(rest, subtract(1, beta2Power)));
      const unbiased = multiply(meanSquare, divide(1, subtract(1, beta3Power)));
      const corrected = epsilonRoot === 0 ? unbiased : add(unbiased, epsilonRoot);
      const rate = rateFor("adan", learningRate, step);
      const move = divide(multiply(rate, add(ofMean, ofChange)), rootPlusEpsilon(corrected, epsilon, false));
      return {
        parameter: subtract(decayed(parameter, rate, weightDecay), move),
        slots: { mean, meanChange, meanSquare, before: g, beta1Power, beta2Power, beta3Power },
      };
    },
  });
}
