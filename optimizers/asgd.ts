import { add, divide, equal, maximum, multiply, power, subtract, where } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, learningRate } from "./options.js";
import { descentGradient, rateFor } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule. */
  learningRate,
  /** Λ ≥ 0: how fast the rate falls, and the decay. */
  lambda: atLeastZero(1e-4),
  /** α ≥ 0: the power by which the rate falls. */
  alpha: atLeastZero(0.75),
  /** t₀ ≥ 0: after so many steps points are averaged. */
  averageFrom: atLeastZero(1e6),
  /** λ ≥ 0 adds λx to the gradient. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `asgd`.
 * @example const options: AsgdOptions = { learningRate: 0.1 };
 */
export type AsgdOptions = OptionsOf<typeof options>;

/**
 * Averaged stochastic gradient descent: a falling rate, and beside the point the mean of the points from some step on, which
 * is the slot `average`.
 *
 *     η = lr/(1 + Λ·lr·(t−1))^α,   x ← (1 − Λη)x − ηg,   a ← a + (x − a)/max(1, t − 1 − t₀)
 *
 * @param given `learningRate`; `lambda` Λ = 1e-4, `alpha` = 0.75, `averageFrom` t₀ = 1e6, `weightDecay` = 0,
 * `maximize` = false
 *
 * @example
 * const optimizer = asgd({ learningRate: 0.1, lambda: 0, averageFrom: 0 });
 * optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).parameters; // { x: 2.8 }
 *
 * Polyak, Juditsky, "Acceleration of stochastic approximation by averaging", 1992; as torch's `ASGD`.
 */
export function asgd(given: AsgdOptions): Optimizer<{ readonly average: Slot }> {
  const hyperparameters = readOptions("asgd", options, given);
  const { learningRate, lambda, alpha, averageFrom } = hyperparameters;
  return sharedOptimizer({
    name: "asgd",
    hyperparameters,
    slots: { average: { initial: 0 } },
    rule(parameter, gradient, { average }, step) {
      const g = descentGradient(gradient, parameter, hyperparameters);
      const rate = rateFor("asgd", learningRate, step);
      const before = subtract(step, 1);
      const eta = divide(rate, power(add(1, multiply(lambda, rate, before)), alpha));
      const next = subtract(multiply(parameter, subtract(1, multiply(lambda, eta))), multiply(eta, g));
      const since = subtract(before, averageFrom);
      const mu = divide(1, maximum(since, 1));
      const mean = where(equal(mu, 1), next, add(average, multiply(mu, subtract(next, average))));
      return { parameter: next, slots: { average: mean } };
    },
  });
}
