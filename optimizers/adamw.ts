import { type OptionsOf, readOptions } from "../graph/internal.js";
import { type AdamSlots, adam, adamOptions } from "./adam.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero } from "./options.js";
import { decayed, rateFor } from "./terms.js";
import type { Optimizer } from "./types.js";

const options = {
  ...adamOptions,
  /** λ ≥ 0 takes lr·λ of the parameter away at each step. */
  weightDecay: atLeastZero(0.01),
};

/**
 * Options of `adamw`.
 * @example const options: AdamWOptions = { learningRate: 0.01, weightDecay: 0.1 };
 */
export type AdamWOptions = OptionsOf<typeof options>;

/**
 * AdamW: Adam whose decay acts on the parameters alone, instead of going through the running means.
 *
 *     x ← x − lr·λx,   then Adam's step
 *
 * @param given as `adam`, with `weightDecay` λ = 0.01
 *
 * @example
 * const optimizer = adamw({ learningRate: 0.5, epsilon: 0, weightDecay: 0.5 });
 * optimizer.step({ x: 4 }, { x: 2 }, optimizer.init({ x: 4 })).parameters; // { x: 2.5 }
 *
 * Loshchilov, Hutter, "Decoupled weight decay regularization", ICLR 2019. As in torch the decay is multiplied by the
 * rate, schedules included; optax's default λ is 1e-4.
 */
export function adamw(given: AdamWOptions): Optimizer<AdamSlots> {
  const hyperparameters = readOptions("adamw", options, given);
  const { weightDecay, ...others } = hyperparameters;
  const { slots, rule } = adam(others);
  return sharedOptimizer<AdamSlots>({
    name: "adamw",
    hyperparameters,
    slots,
    rule: (parameter, gradient, now, step) =>
      rule(decayed(parameter, rateFor("adamw", others.learningRate, step), weightDecay), gradient, now, step),
  });
}
