import { add, divide, multiply, square, subtract } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, fixedAtLeastZero, flag, learningRate } from "./options.js";
import { descentGradient, rateFor, rootPlusEpsilon } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule. */
  learningRate,
  /** ε ≥ 0 keeps the divisor from 0. */
  epsilon: atLeastZero(1e-10),
  /** Whether to divide by √(G + ε), the course's form, instead of √G + ε. */
  epsilonInsideSqrt: flag(false),
  /** What G is before the first step. */
  initialAccumulator: fixedAtLeastZero(0),
  /** κ ≥ 0 lowers the rate to lr/(1 + (t−1)κ). */
  learningRateDecay: atLeastZero(0),
  /** λ ≥ 0 adds λx to the gradient. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `adagrad`.
 * @example const options: AdagradOptions = { learningRate: 0.1 };
 */
export type AdagradOptions = OptionsOf<typeof options>;

/**
 * AdaGrad: a rate for each element, smaller the more it has moved.
 *
 *     G ← G + g²,   x ← x − lr/(√G + ε)·g
 *
 * @param given `learningRate`; `epsilon` = 1e-10, `epsilonInsideSqrt` = false, `initialAccumulator` = 0,
 * `learningRateDecay` = 0, `weightDecay` = 0, `maximize` = false
 *
 * @example
 * const optimizer = adagrad({ learningRate: 0.5, epsilon: 0 });
 * optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).parameters; // { x: 2.5 }
 *
 * Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning and stochastic optimization", JMLR 2011.
 *
 * Where libraries differ: the course, optax and tfjs divide by √(G + ε) (`epsilonInsideSqrt`), and the latter two
 * start at G = 0.1 (`initialAccumulator`); torch is as here.
 */
export function adagrad(given: AdagradOptions): Optimizer<{ readonly sumOfSquares: Slot }> {
  const hyperparameters = readOptions("adagrad", options, given);
  const { learningRate, epsilon, epsilonInsideSqrt, initialAccumulator, learningRateDecay } = hyperparameters;
  return sharedOptimizer({
    name: "adagrad",
    hyperparameters,
    slots: { sumOfSquares: { initial: initialAccumulator } },
    rule(parameter, gradient, slots, step) {
      const constant = rateFor("adagrad", learningRate, step);
      const taken = subtract(step, 1);
      const rate =
        learningRateDecay === 0 ? constant : divide(constant, add(1, multiply(taken, learningRateDecay)));
      const g = descentGradient(gradient, parameter, hyperparameters);
      const sumOfSquares = add(slots.sumOfSquares, square(g));
      const divisor = rootPlusEpsilon(sumOfSquares, epsilon, epsilonInsideSqrt);
      return { parameter: subtract(parameter, multiply(divide(rate, divisor), g)), slots: { sumOfSquares } };
    },
  });
}
