import { AdjointError, add, equal, multiply, subtract, where } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, fraction, learningRate, share } from "./options.js";
import { descentGradient, rateFor } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule. */
  learningRate,
  /** ρ in [0, 1): the share of the velocity that stays; 0 is gradient descent. */
  momentum: fraction(0),
  /** d in [0, 1] takes that share from every gradient but the first. */
  dampening: share(0),
  /** Whether to move to where the next velocity would lead; it needs momentum and no dampening. */
  nesterov: flag(false),
  /** λ ≥ 0 adds λx to the gradient. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `sgd`.
 * @example const options: SgdOptions = { learningRate: 0.1, momentum: 0.9 };
 */
export type SgdOptions = OptionsOf<typeof options>;

type SgdSlots = {
  /** Only with momentum. */
  readonly velocity?: Slot;
};

/**
 * Stochastic gradient descent as torch writes it: the velocity is made of gradients, and lr multiplies it.
 *
 *     v ← ρv + (1−d)·g  (v = g at first),   x ← x − lr·v
 *
 * With `nesterov`, x ← x − lr·(g + ρv) by the new v.
 *
 * @param given `learningRate`; `momentum` ρ = 0, `dampening` d = 0, `nesterov` = false, `weightDecay` = 0,
 * `maximize` = false
 *
 * @example
 * const optimizer = sgd({ learningRate: 0.1, momentum: 0.5 });
 * const { parameters, state } = optimizer.step({ x: 3 }, { x: 2 }, optimizer.init({ x: 3 }));
 * optimizer.step(parameters, { x: 2 }, state).parameters; // { x: 2.5 }
 *
 * Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML 2013.
 *
 * Where libraries differ: the course's Momentum has lr in the velocity (`momentum`), which is another rule where the
 * rate changes; optax's `sgd` has no dampening.
 *
 * @throws where `nesterov` stands without momentum or with dampening, as in torch
 */
export function sgd(given: SgdOptions): Optimizer<SgdSlots> {
  const hyperparameters = readOptions("sgd", options, given);
  const { learningRate, dampening, nesterov, momentum: rho } = hyperparameters;
  refuseNesterov("sgd", hyperparameters);
  return sharedOptimizer<SgdSlots>({
    name: "sgd",
    hyperparameters,
    slots: rho === 0 ? {} : { velocity: { initial: 0 } },
    rule(parameter, gradient, slots, step) {
      const rate = rateFor("sgd", learningRate, step);
      const g = descentGradient(gradient, parameter, hyperparameters);
      if (!slots.velocity) return { parameter: subtract(parameter, multiply(rate, g)), slots: {} };
      const taken = dampening === 0 ? g : multiply(where(equal(step, 1), 1, subtract(1, dampening)), g);
      const velocity = add(multiply(rho, slots.velocity), taken);
      const direction = nesterov ? add(g, multiply(rho, velocity)) : velocity;
      return { parameter: subtract(parameter, multiply(rate, direction)), slots: { velocity } };
    },
  });
}

/** What Nesterov's form means nothing with. @throws as torch does */
export function refuseNesterov(
  name: string,
  { nesterov, momentum, dampening }: { nesterov: boolean; momentum: unknown; dampening: unknown },
): void {
  if (!nesterov || (momentum !== 0 && dampening === 0)) return;
  throw new AdjointError(
    momentum === 0
      ? `${name}: nesterov: true with momentum 0 has no velocity to look ahead along; give a momentum such as 0.9.`
      : `${name}: nesterov: true with a dampening isn't Nesterov's rule; leave one of them out.`,
  );
}
