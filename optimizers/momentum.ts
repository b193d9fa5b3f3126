import { add, equal, multiply, subtract, where } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, fraction, learningRate, share } from "./options.js";
import { refuseNesterov } from "./sgd.js";
import { descentGradient, rateFor } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule. */
  learningRate,
  /** ρ in [0, 1): the share of the velocity that stays. */
  momentum: fraction(0.9),
  /** d in [0, 1] takes that share from every gradient but the first. */
  dampening: share(0),
  /** Whether to move to where the next velocity would lead. */
  nesterov: flag(false),
  /** λ ≥ 0 adds λx to the gradient. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
  /** Whether the velocity is made of steps, lr·g, or (as in torch) of gradients, and lr multiplies it. */
  learningRateInsideVelocity: flag(true),
};

/**
 * Options of `momentum`.
 * @example const options: MomentumOptions = { learningRate: 0.01 };
 */
export type MomentumOptions = OptionsOf<typeof options>;

/**
 * Momentum, the heavy ball: steps add up to a velocity that friction wears down.
 *
 *     δ ← ρδ − lr·g,   x ← x + δ
 *
 * With `nesterov`, x ← x + ρδ − lr·g by the new δ. With `dampening` d, δ takes (1−d)·g from the second step on.
 *
 * @param given `learningRate`; `momentum` ρ = 0.9, `dampening` = 0, `nesterov` = false, `weightDecay` = 0, `maximize` = false,
 * `learningRateInsideVelocity` = true
 *
 * @example
 * const optimizer = momentum({ learningRate: 0.1, momentum: 0.5 });
 * const { parameters, state } = optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 }));
 * parameters; // { x: 2.8 }
 * optimizer.step(parameters, { x: 2 }, state).parameters; // { x: 2.5 }
 *
 * Polyak, "Some methods of speeding up the convergence of iteration methods", 1964; Sutskever et al., "On the
 * importance of initialization and momentum in deep learning", 2013, with Nesterov's form.
 *
 * Where libraries differ: torch, tfjs and optax keep v ← ρv + g and move by −lr·v
 * (`learningRateInsideVelocity: false`). At a constant rate that is the same; when the rate changes, it rescales
 * the steps already in the velocity too. Dampening that spares the first step is torch's.
 *
 * @throws where `nesterov` stands without momentum or with dampening, as in torch
 */
export function momentum(given: MomentumOptions): Optimizer<{ readonly velocity: Slot }> {
  const hyperparameters = readOptions("momentum", options, given);
  const { learningRate, dampening, nesterov, learningRateInsideVelocity } = hyperparameters;
  const rho = hyperparameters.momentum;
  refuseNesterov("momentum", hyperparameters);
  return sharedOptimizer({
    name: "momentum",
    hyperparameters,
    slots: { velocity: { initial: 0 } },
    rule(parameter, gradient, { velocity }, step) {
      const rate = rateFor("momentum", learningRate, step);
      const g = descentGradient(gradient, parameter, hyperparameters);
      const damped = dampening === 0 ? g : multiply(where(equal(step, 1), 1, subtract(1, dampening)), g);
      if (learningRateInsideVelocity) {
        const delta = subtract(multiply(rho, velocity), multiply(rate, damped));
        const move = nesterov ? subtract(multiply(rho, delta), multiply(rate, g)) : delta;
        return { parameter: add(parameter, move), slots: { velocity: delta } };
      }
      const v = add(multiply(rho, velocity), damped);
      const direction = nesterov ? add(multiply(rho, v), g) : v;
      return { parameter: subtract(parameter, multiply(rate, direction)), slots: { velocity: v } };
    },
  });
}
