import { multiply, subtract } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, learningRate } from "./options.js";
import { descentGradient, rateFor } from "./terms.js";
import type { NoSlots, Optimizer } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule. */
  learningRate,
  /** λ ≥ 0 adds λx to the gradient. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `gradientDescent`.
 * @example const options: GradientDescentOptions = { learningRate: 0.1 };
 */
export type GradientDescentOptions = OptionsOf<typeof options>;

/**
 * Gradient descent: down the gradient by a fixed share of it.
 *
 *     x ← x − lr·g
 *
 * @param given `learningRate`; `weightDecay` = 0, `maximize` = false
 *
 * @example
 * const optimizer = gradientDescent({ learningRate: 0.1 });
 * const state = optimizer.init({ x: 3 });
 * optimizer.step({ x: 3 }, { x: 2 }, state).parameters; // { x: 2.8 }
 *
 * Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", 1847. With gradients of
 * mini-batches it is stochastic gradient descent, torch's and optax's `SGD`/`sgd`; all libraries agree.
 */
export function gradientDescent(given: GradientDescentOptions): Optimizer<NoSlots> {
  const hyperparameters = readOptions("gradientDescent", options, given);
  const { learningRate } = hyperparameters;
  return sharedOptimizer({
    name: "gradientDescent",
    hyperparameters,
    slots: {},
    rule(parameter, gradient, _slots, step) {
      const g = descentGradient(gradient, parameter, hyperparameters);
      return {
        parameter: subtract(parameter, multiply(rateFor("gradientDescent", learningRate, step), g)),
        slots: {},
      };
    },
  });
}
