import { add, divide, multiply, sqrt, square, subtract } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, fraction, type LearningRate, learningRate } from "./options.js";
import { descentGradient, rateFor, runningMean } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule; the paper has none, which is 1. */
  learningRate: { ...learningRate, default: 1 as LearningRate },
  /** ρ in [0, 1): the share of both running means that stays. */
  rho: fraction(0.9),
  /** ε ≥ 0 lets the first steps begin. */
  epsilon: atLeastZero(1e-6),
  /** λ ≥ 0 adds λx to the gradient. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `adadelta`.
 * @example const options: AdadeltaOptions = { learningRate: 1 };
 */
export type AdadeltaOptions = OptionsOf<typeof options>;

/**
 * AdaDelta: steps in the units of the parameters, from the running means of squared gradients and of squared steps.
 *
 *     G ← ρG + (1−ρ)g²,   Δ = √(D + ε)/√(G + ε)·g,   D ← ρD + (1−ρ)Δ²,   x ← x − lr·Δ
 *
 * @param given `learningRate` = 1, `rho` = 0.9, `epsilon` = 1e-6, `weightDecay` = 0, `maximize` = false
 *
 * @example
 * const optimizer = adadelta({ learningRate: 1, rho: 0.75, epsilon: 1 });
 * optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).parameters; // { x: 1.58578… }
 *
 * Zeiler, "ADADELTA: an adaptive learning rate method", 2012. torch, optax and the paper agree; Keras has ε = 1e-7
 * and ρ = 0.95.
 */
export function adadelta(given: AdadeltaOptions = {}): Optimizer<{
  readonly meanSquare: Slot;
  readonly meanSquareStep: Slot;
}> {
  const hyperparameters = readOptions("adadelta", options, given);
  const { learningRate, rho, epsilon } = hyperparameters;
  return sharedOptimizer({
    name: "adadelta",
    hyperparameters,
    slots: { meanSquare: { initial: 0 }, meanSquareStep: { initial: 0 } },
    rule(parameter, gradient, slots, step) {
      const g = descentGradient(gradient, parameter, hyperparameters);
      const meanSquare = runningMean(slots.meanSquare, square(g), rho);
      const ratio = divide(sqrt(add(slots.meanSquareStep, epsilon)), sqrt(add(meanSquare, epsilon)));
      const delta = multiply(ratio, g);
      return {
        parameter: subtract(parameter, multiply(rateFor("adadelta", learningRate, step), delta)),
        slots: { meanSquare, meanSquareStep: runningMean(slots.meanSquareStep, square(delta), rho) },
      };
    },
  });
}
