import { divide, multiply, square, subtract } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, fraction, learningRate } from "./options.js";
import { descentGradient, larger, rateFor, rootPlusEpsilon, runningMean } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

/** What AdamW has too. */
export const adamOptions = {
  /** lr ≥ 0: a number, an expression or a schedule. */
  learningRate,
  /** β₁ in [0, 1): the share of the running mean of gradients that stays. */
  beta1: fraction(0.9),
  /** β₂ in [0, 1): that of their squares. */
  beta2: fraction(0.999),
  /** ε ≥ 0 keeps the divisor from 0. */
  epsilon: atLeastZero(1e-8),
  /** Whether to divide by √(Ĝ + ε), the course's form, instead of √Ĝ + ε. */
  epsilonInsideSqrt: flag(false),
  /** Whether to divide by the largest G so far. */
  amsgrad: flag(false),
  /** Whether to climb instead. */
  maximize: flag(false),
};

const options = {
  ...adamOptions,
  /** λ ≥ 0 adds λx to the gradient. */
  weightDecay: atLeastZero(0),
};

/**
 * Options of `adam`.
 * @example const options: AdamOptions = { learningRate: 0.01, beta1: 0.95 };
 */
export type AdamOptions = OptionsOf<typeof options>;

export type AdamSlots = {
  readonly mean: Slot;
  readonly meanSquare: Slot;
  readonly beta1Power: Slot;
  readonly beta2Power: Slot;
  /** Only with `amsgrad`. */
  readonly largestMeanSquare?: Slot;
};

/**
 * Adam: running means of the gradient and of its square, both corrected for their start at 0.
 *
 *     M ← β₁M + (1−β₁)g,   G ← β₂G + (1−β₂)g²
 *     M̂ = M/(1−β₁ᵗ),   Ĝ = G/(1−β₂ᵗ),   x ← x − lr/(√Ĝ + ε)·M̂
 *
 * β₁ᵗ and β₂ᵗ are kept as products, since a power costs more than the rest of the step. With `amsgrad`, the
 * largest G so far stands in Ĝ.
 *
 * @param given `learningRate`; `beta1` = 0.9, `beta2` = 0.999, `epsilon` = 1e-8, `epsilonInsideSqrt` = false,
 * `amsgrad` = false, `weightDecay` = 0, `maximize` = false
 *
 * @example
 * const optimizer = adam({ learningRate: 0.5, epsilon: 0 });
 * optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).parameters; // { x: 2.5 }: lr·sign(g) at first
 *
 * Kingma, Ba, "Adam: a method for stochastic optimization", ICLR 2015; Reddi, Kale, Kumar, "On the convergence of
 * Adam and beyond", ICLR 2018, for amsgrad, here as in torch: the largest G is corrected, not the largest Ĝ taken.
 *
 * Where libraries differ: the course divides by √(Ĝ + ε) (`epsilonInsideSqrt`) and has β₂ = 0.99; tfjs has
 * ε = 1e-7; torch and optax are as here.
 */
export function adam(given: AdamOptions): Optimizer<AdamSlots> {
  const hyperparameters = readOptions("adam", options, given);
  const { learningRate, beta1, beta2, epsilon, epsilonInsideSqrt, amsgrad } = hyperparameters;
  return sharedOptimizer<AdamSlots>({
    name: "adam",
    hyperparameters,
    slots: {
      mean: { initial: 0 },
      meanSquare: { initial: 0 },
      beta1Power: { initial: 1, scalar: true },
      beta2Power: { initial: 1, scalar: true },
      ...(amsgrad && { largestMeanSquare: { initial: 0 } }),
    },
    rule(parameter, gradient, slots, step) {
      const g = descentGradient(gradient, parameter, hyperparameters);
      const mean = runningMean(slots.mean, g, beta1);
      const meanSquare = runningMean(slots.meanSquare, square(g), beta2);
      const beta1Power = multiply(beta1, slots.beta1Power);
      const beta2Power = multiply(beta2, slots.beta2Power);
      const largestMeanSquare = slots.largestMeanSquare && larger(slots.largestMeanSquare, meanSquare);
      // Divisions are what a step takes longest for, so what is the same for all elements is divided once.
      const rate = divide(rateFor("adam", learningRate, step), subtract(1, beta1Power));
      const correction = divide(1, subtract(1, beta2Power));
      const correctedSquare = multiply(largestMeanSquare ?? meanSquare, correction);
      const divisor = rootPlusEpsilon(correctedSquare, epsilon, epsilonInsideSqrt);
      return {
        parameter: subtract(parameter, divide(multiply(rate, mean), divisor)),
        slots: { mean, meanSquare, beta1Power, beta2Power, ...(largestMeanSquare && { largestMeanSquare }) },
      };
    },
  });
}

/**
 * Options of `amsgrad`.
 * @example const options: AmsgradOptions = { learningRate: 0.01 };
 */
export type AmsgradOptions = Omit<AdamOptions, "amsgrad">;

/**
 * Adam that divides by the largest running mean of squares so far, so that a rate never grows: `adam` with `amsgrad`.
 *
 * @example
 * const optimizer = amsgrad({ learningRate: 0.5, epsilon: 0 });
 * optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).parameters; // { x: 2.5 }
 *
 * Reddi, Kale, Kumar, "On the convergence of Adam and beyond", ICLR 2018.
 */
export function amsgrad(given: AmsgradOptions): Optimizer<AdamSlots> {
  const { amsgrad: _, ...others } = options;
  const hyperparameters = readOptions("amsgrad", others, given);
  const { slots, rule } = adam({ ...hyperparameters, amsgrad: true });
  return sharedOptimizer({ name: "amsgrad", hyperparameters, slots, rule });
}
