/** Terms that the formulas of several optimizers share. */
import {
  AdjointError,
  add,
  divide,
  Expr,
  equal,
  greaterEqual,
  logicalOr,
  multiply,
  negative,
  norm,
  sqrt,
  subtract,
  where,
} from "../graph/index.js";
import { describe, liftTo } from "../graph/internal.js";
import type { Hyperparameter, LearningRate } from "./options.js";

/**
 * The learning rate at a step, as a scalar expression.
 *
 * @example
 * const decay = exponentialDecay({ initialValue: 1, decayRate: 0.5, transitionSteps: 1 });
 * const rate = trace({ step: scalar() }, ({ step }) => rateAt(decay, step));
 * rate({ step: 3 }); // 0.25
 *
 * @throws where the step isn't the scalar expression that a rule is given, or the rate is no scalar
 */
export function rateAt(learningRate: LearningRate, step: Expr): Expr {
  if (!(step instanceof Expr))
    throw new AdjointError(`rateAt: the step is ${describe(step)}; pass that of the rule, an expression.`);
  return rateFor("rateAt", learningRate, step);
}

/** `rateAt` for an optimizer, which errors name and which makes the step an expression. */
export function rateFor(owner: string, learningRate: LearningRate, step: Expr): Expr {
  const rate = typeof learningRate === "function" ? learningRate(step) : learningRate;
  return liftTo(step.builder, rate, [], `${owner}: the learning rate`);
}

/** The gradient of what is to fall: with `maximize` that of −f, and with λ that of ½λ‖x‖² too, as in torch. */
export function descentGradient(
  gradient: Expr,
  parameter: Expr,
  { weightDecay, maximize }: { readonly weightDecay: Hyperparameter; readonly maximize: boolean },
): Expr {
  const g = maximize ? negative(gradient) : gradient;
  return weightDecay === 0 ? g : add(g, multiply(weightDecay, parameter));
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

/** x − lr·λx: the decay that isn't in the gradient, as in AdamW. */
export function decayed(parameter: Expr, rate: Expr, weightDecay: Hyperparameter): Expr {
  return weightDecay === 0 ? parameter : multiply(parameter, subtract(1, multiply(rate, weightDecay)));
}

/** The larger of two, of tensors that nothing differentiates: without the rules for ties of `maximum`; NaN stays. */
export function larger(a: Expr, b: Hyperparameter): Expr {
  return where(greaterEqual(a, b), a, b) as Expr;
}

/** c‖x‖/(‖u‖ + ε), by which a tensor's step is as long as a share of the tensor; 1 where either norm is 0. */
export function trustRatio(x: Expr, u: Expr, coefficient: Hyperparameter, epsilon: Hyperparameter): Expr {
  const [size, length] = [norm(x), norm(u)];
  const none = logicalOr(equal(size, 0), equal(length, 0));
  return where(none, 1, divide(multiply(coefficient, size), add(length, epsilon))) as Expr;
}
