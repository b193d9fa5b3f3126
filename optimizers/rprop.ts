import { clip, equal, greater, less, multiply, sign, subtract, where } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, fraction, learningRate } from "./options.js";
import { descentGradient, rateFor } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** The first step of each element: a number, an expression or a schedule, of which the first rate counts. */
  learningRate,
  /** η⁻ in [0, 1): the factor where the slope has changed its sign. */
  decrease: fraction(0.5),
  /** η⁺ ≥ 0: the factor where it has kept it. */
  increase: atLeastZero(1.2),
  /** The least step. */
  smallestStep: atLeastZero(1e-6),
  /** The largest step. */
  largestStep: atLeastZero(50),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `rprop`.
 * @example const options: RpropOptions = { learningRate: 0.01 };
 */
export type RpropOptions = OptionsOf<typeof options>;

/**
 * Resilient propagation: steps by the sign of the slope alone, longer while it stays, shorter where it changes. For full
 * batches.
 *
 *     s ← clip(s·η, least, largest) with η = η⁺, η⁻ or 1 as g·g₋₁ is > 0, < 0 or 0
 *     x ← x − sign(g)·s, where the sign hasn't changed
 *
 * @param given `learningRate`; `decrease` η⁻ = 0.5, `increase` η⁺ = 1.2, `smallestStep` = 1e-6, `largestStep` = 50,
 * `maximize` = false
 *
 * @example
 * const optimizer = rprop({ learningRate: 0.25 });
 * optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 })).parameters; // { x: 2.75 }
 *
 * Riedmiller, Braun, "A direct adaptive method for faster backpropagation learning", 1993, in the form without
 * back-tracking (Igel, Hüsken's Rprop⁻ sets the slope to 0 after a change, as torch does here).
 */
export function rprop(given: RpropOptions): Optimizer<{ readonly before: Slot; readonly size: Slot }> {
  const hyperparameters = readOptions("rprop", options, given);
  const { learningRate, decrease, increase, smallestStep, largestStep, maximize } = hyperparameters;
  return sharedOptimizer({
    name: "rprop",
    hyperparameters,
    slots: { before: { initial: 0 }, size: { initial: 0 } },
    rule(parameter, gradient, { before, size }, step) {
      const g = descentGradient(gradient, parameter, { weightDecay: 0, maximize });
      const first = rateFor("rprop", learningRate, step);
      const turn = multiply(g, before);
      const factor = where(greater(turn, 0), increase, where(less(turn, 0), decrease, 1));
      const now = multiply(where(equal(step, 1), first, size), factor);
      const next = clip(now, smallestStep, largestStep);
      const taken = where(less(turn, 0), 0, g);
      return {
        parameter: subtract(parameter, multiply(sign(taken), next)),
        slots: { before: taken, size: next },
      };
    },
  });
}
