import type { Expr } from "../graph/index.js";
import { add, divide, equal, multiply, square, subtract, where } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, fraction, learningRate } from "./options.js";
import { descentGradient, larger, rateFor, rootPlusEpsilon, runningMean } from "./terms.js";
import type { BySlot, Optimizer, Slot } from "./types.js";

const common = {
  /** lr ≥ 0: a number, an expression or a schedule, for a warm-up such as `warmup`. */
  learningRate,
  /** β₁ in (0, 1): how near to the average gradients are asked for. */
  beta1: fraction(0.9),
  /** λ ≥ 0 adds λy to the direction. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

const adamOptions = {
  ...common,
  /** β₂ in [0, 1): the share of the running mean of squares that stays. */
  beta2: fraction(0.999),
  /** ε ≥ 0 keeps the divisor from 0. */
  epsilon: atLeastZero(1e-8),
};

/**
 * Options of `scheduleFreeSgd`.
 * @example const options: ScheduleFreeSgdOptions = { learningRate: 0.5 };
 */
export type ScheduleFreeSgdOptions = OptionsOf<typeof common>;

/**
 * Options of `scheduleFreeAdamW`.
 * @example const options: ScheduleFreeAdamWOptions = { learningRate: 0.01 };
 */
export type ScheduleFreeAdamWOptions = OptionsOf<typeof adamOptions>;

/** What both keep: the point z of the steps, the average x of these points, and what weighs them. */
type AveragingSlots = {
  readonly point: Slot;
  readonly average: Slot;
  readonly totalWeight: Slot;
  readonly largestRate: Slot;
};

const averaging = {
  point: { initial: 0 },
  average: { initial: 0 },
  totalWeight: { initial: 0, scalar: true },
  largestRate: { initial: 0, scalar: true },
};

/** From a direction u at y: z ← z − lr·u, x ← (1−c)x + cz with c = w/Σw and w = max(lr)², y ← β₁x + (1−β₁)z. */
function averaged(
  y: Expr,
  direction: Expr,
  slots: BySlot<AveragingSlots, Expr>,
  { rate, beta1, step }: { rate: Expr; beta1: ScheduleFreeSgdOptions["beta1"] & {}; step: Expr },
): { parameter: Expr; slots: BySlot<AveragingSlots, Expr> } {
  // All three begin where the parameter does.
  const first = equal(step, 1);
  const point = subtract(where(first, y, slots.point), multiply(rate, direction));
  const largestRate = larger(slots.largestRate, rate);
  const weight = square(largestRate);
  const totalWeight = add(slots.totalWeight, weight);
  const share = where(equal(totalWeight, 0), 0, divide(weight, totalWeight));
  const before = where(first, y, slots.average);
  const average = add(multiply(subtract(1, share), before), multiply(share, point));
  return {
    parameter: add(multiply(beta1, average), multiply(subtract(1, beta1), point)),
    slots: { point, average, totalWeight, largestRate },
  };
}

/**
 * Schedule-free gradient descent: instead of a falling rate, an average x of the points z of all steps; gradients are asked for
 * between the two, at y, which is the parameter. The slot `average` is x, the point to use in the end.
 *
 *     z ← z − lr·(g + λy),   x ← (1−c)x + cz,   y ← β₁x + (1−β₁)z,   c = w/Σw,   w = (largest lr so far)²
 *
 * @param given `learningRate`; `beta1` = 0.9, `weightDecay` λ = 0, `maximize` = false
 *
 * @example
 * const optimizer = scheduleFreeSgd({ learningRate: 0.1 });
 * optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).state.slots.average; // { x: 2.8 }
 *
 * Defazio et al., "The road less scheduled", NeurIPS 2024. As optax's `schedule_free_sgd`.
 */
export function scheduleFreeSgd(given: ScheduleFreeSgdOptions): Optimizer<AveragingSlots> {
  const hyperparameters = readOptions("scheduleFreeSgd", common, given);
  const { learningRate, beta1 } = hyperparameters;
  return sharedOptimizer<AveragingSlots>({
    name: "scheduleFreeSgd",
    hyperparameters,
    slots: averaging,
    rule(parameter, gradient, slots, step) {
      const g = descentGradient(gradient, parameter, hyperparameters);
      return averaged(parameter, g, slots, {
        rate: rateFor("scheduleFreeSgd", learningRate, step),
        beta1,
        step,
      });
    },
  });
}

/**
 * Schedule-free AdamW: as `scheduleFreeSgd`, by the gradient over the root of the mean of its squares, without a mean of
 * gradients.
 *
 *     G ← β₂G + (1−β₂)g²,   z ← z − lr·(g/(√(G/(1−β₂ᵗ)) + ε) + λy),   x and y as there
 *
 * @param given `learningRate`; `beta1` = 0.9, `beta2` = 0.999, `epsilon` = 1e-8, `weightDecay` λ = 0, `maximize` = false
 *
 * @example
 * const optimizer = scheduleFreeAdamW({ learningRate: 0.5, epsilon: 0 });
 * optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).state.slots.average; // { x: 2.5 }
 *
 * Defazio et al., "The road less scheduled", NeurIPS 2024. As optax's `schedule_free_adamw`.
 */
export function scheduleFreeAdamW(
  given: ScheduleFreeAdamWOptions,
): Optimizer<AveragingSlots & { readonly meanSquare: Slot; readonly beta2Power: Slot }> {
  const hyperparameters = readOptions("scheduleFreeAdamW", adamOptions, given);
  const { learningRate, beta1, beta2, epsilon, weightDecay, maximize } = hyperparameters;
  return sharedOptimizer<AveragingSlots & { readonly meanSquare: Slot; readonly beta2Power: Slot }>({
    name: "scheduleFreeAdamW",
    hyperparameters,
    slots: { ...averaging, meanSquare: { initial: 0 }, beta2Power: { initial: 1, scalar: true } },
    rule(parameter, gradient, slots, step) {
      const g = descentGradient(gradient, parameter, { weightDecay: 0, maximize });
      const meanSquare = runningMean(slots.meanSquare, square(g), beta2);
      const beta2Power = multiply(beta2, slots.beta2Power);
      const corrected = multiply(meanSquare, divide(1, subtract(1, beta2Power)));
      const scaled = divide(g, rootPlusEpsilon(corrected, epsilon, false));
      const direction = weightDecay === 0 ? scaled : add(scaled, multiply(weightDecay, parameter));
      const rate = rateFor("scheduleFreeAdamW", learningRate, step);
      const next = averaged(parameter, direction, slots, { rate, beta1, step });
      return { parameter: next.parameter, slots: { ...next.slots, meanSquare, beta2Power } };
    },
  });
}
