import { add, multiply, subtract } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, fraction, learningRate } from "./options.js";
import { descentGradient, rateFor, trustRatio } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule. */
  learningRate,
  /** ρ in [0, 1): the share of the velocity that stays. */
  momentum: fraction(0.9),
  /** Whether to move to where the next velocity would lead. */
  nesterov: flag(false),
  /** c ≥ 0: a step's length for each tensor, as a share of the tensor's own. */
  trustCoefficient: atLeastZero(0.001),
  /** ε ≥ 0 is added to the gradient's norm. */
  epsilon: atLeastZero(0),
  /** λ ≥ 0 adds λx to the gradient. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `lars`.
 * @example const options: LarsOptions = { learningRate: 0.1 };
 */
export type LarsOptions = OptionsOf<typeof options>;

/**
 * LARS: momentum with a rate for each tensor, by its norm and that of its gradient u = g + λx.
 *
 *     δ ← ρδ + lr·c‖x‖/(‖u‖ + ε)·u,   x ← x − δ   (the ratio is 1 where either norm is 0)
 *
 * @param given `learningRate`; `momentum` ρ = 0.9, `nesterov` = false, `trustCoefficient` c = 0.001, `epsilon` = 0,
 * `weightDecay` λ = 0, `maximize` = false
 *
 * @example
 * const optimizer = lars({ learningRate: 1, trustCoefficient: 0.5 });
 * optimizer.step({ x: [3, 4] }, { x: [0, 2] }, optimizer.init({ x: [3, 4] })).parameters.x; // Float64Array [3, 1.5]
 *
 * You, Gitman, Ginsburg, "Large batch training of convolutional networks", 2017. As optax's `lars`.
 */
export function lars(given: LarsOptions): Optimizer<{ readonly velocity: Slot }> {
  const hyperparameters = readOptions("lars", options, given);
  const { learningRate, momentum: rho, nesterov, trustCoefficient, epsilon } = hyperparameters;
  return sharedOptimizer({
    name: "lars",
    hyperparameters,
    slots: { velocity: { initial: 0 } },
    rule(parameter, gradient, slots, step) {
      const g = descentGradient(gradient, parameter, hyperparameters);
      const ratio = trustRatio(parameter, g, trustCoefficient, epsilon);
      const taken = multiply(multiply(rateFor("lars", learningRate, step), ratio), g);
      const velocity = add(multiply(rho, slots.velocity), taken);
      const move = nesterov ? add(taken, multiply(rho, velocity)) : velocity;
      return { parameter: subtract(parameter, move), slots: { velocity } };
    },
  });
}
