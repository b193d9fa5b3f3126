/** Terms that the formulas of several optimizers share. */
import { AdjointError, add, Expr, equal, multiply, sqrt, subtract, where } from "../graph/index.js";
import { describe, liftTo } from "../graph/internal.js";
import type { Hyperparameter, LearningRate } from "./options.js";

/**
 * The learning rate at a step, as a scalar expression.
 * @throws where the step isn't the scalar expression that a rule is given, or the rate is no scalar
 */
export function rateAt(learningRate: LearningRate, step: Expr): Expr {
  return rateFor("rateAt", learningRate, step);
}

/** `rateAt` for an optimizer, which errors name. */
export function rateFor(owner: string, learningRate: LearningRate, step: Expr): Expr {
  if (!(step instanceof Expr)) {
    throw new AdjointError(
      `${owner}: the step is ${describe(step)}; pass the scalar expression that a rule is given.`,
    );
  }
  const rate = typeof learningRate === "function" ? learningRate(step) : learningRate;
  return liftTo(step.builder, rate, [], `${owner}: the learning rate`);
}

/** g + λx: the gradient with that of ½λ‖x‖² (L2 regularization; torch's `weight_decay`). */
export function withWeightDecay(gradient: Expr, parameter: Expr, weightDecay: Hyperparameter): Expr {
  return weightDecay === 0 ? gradient : add(gradient, multiply(weightDecay, parameter));
}

/**
 * What a step is divided by: √v + ε as in the papers, or √(v + ε), the course's form, with `epsilonInsideSqrt`.
 *
 * The root of 0 is taken apart. Its value is the same, but its infinite derivative is gone, so that a loss can be
 * differentiated through steps on which a gradient was exactly 0 (optax has `eps_root` for this).
 */
export function rootPlusEpsilon(v: Expr, epsilon: Hyperparameter, epsilonInsideSqrt: boolean): Expr {
  return epsilonInsideSqrt ? sqrt(add(v, epsilon)) : add(where(equal(v, 0), 0, sqrt(v)), epsilon);
}

/** βm + (1−β)x */
export function runningMean(mean: Expr, x: Expr, beta: Hyperparameter): Expr {
  return add(multiply(beta, mean), multiply(subtract(1, beta), x));
}
