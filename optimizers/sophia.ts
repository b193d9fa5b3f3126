import {
  divide,
  type Expr,
  equal,
  floor,
  less,
  maximum,
  minimum,
  multiply,
  subtract,
  where,
} from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { atLeastZero, count, flag, fraction, learningRate, positive, seed } from "./options.js";
import { randomSlot, uniform } from "./random.js";
import { decayed, descentGradient, larger, rateFor, runningMean } from "./terms.js";
import { sharedTree } from "./tree.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule; the largest change of an element. */
  learningRate,
  /** β₁ in [0, 1): the share of the running mean of gradients that stays. */
  beta1: fraction(0.965),
  /** β₂ in [0, 1): that of the Hessian's diagonal. */
  beta2: fraction(0.99),
  /** γ > 0: how much of the diagonal divides; the larger, the fewer elements are clipped. */
  gamma: positive(0.01),
  /** ε > 0: the least divisor. */
  epsilon: positive(1e-12),
  /** The diagonal is estimated at the first step and at every so many. */
  every: count(10),
  /** The seed of the random signs. */
  seed: seed(0),
  /** λ ≥ 0 takes lr·λ of the parameter away at each step. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `sophia`.
 * @example const options: SophiaOptions = { learningRate: 0.01 };
 */
export type SophiaOptions = OptionsOf<typeof options>;

/**
 * Sophia: the running mean of gradients over that of the Hessian's diagonal, no element by more than the rate. The diagonal is
 * Hutchinson's estimate v·Hv for random signs v; so it needs the objective, which `minimize` and `train` pass on (by hand:
 * the last argument of `update` or `step`).
 *
 *     M ← β₁M + (1−β₁)g,   every k steps: h ← β₂h + (1−β₂)·v·Hv
 *     x ← x − lr·λx − lr·clip(M/max(γh, ε), ±1)
 *
 * The product with the Hessian is a part of the one compiled step, at about the cost of another gradient whether it is used or not.
 *
 * @param given `learningRate`; `beta1` = 0.965, `beta2` = 0.99, `gamma` = 0.01, `epsilon` = 1e-12, `every` k = 10, `seed` = 0,
 * `weightDecay` λ = 0, `maximize` = false
 *
 * @example
 * const f = trace({ x: vector(2) }, ({ x }) => sum(multiply([0.2, 2], square(x))));
 * minimize(f, { x: [3, 4] }, sophia({ learningRate: 0.05, gamma: 1 }), { steps: 200 }).value < 0.1; // true
 *
 * Liu et al., "Sophia: a scalable stochastic second-order optimizer for language model pre-training", ICLR 2024, algorithm 3.
 * optax's `sophia` corrects M for its start and steps by the h of the step before, by ±lr at first.
 *
 * @throws where the objective isn't known
 */
export function sophia(given: SophiaOptions): Optimizer<{
  readonly mean: Slot;
  readonly curvature: Slot;
  /** What random signs come from. */
  readonly generators: Slot;
}> {
  const hyperparameters = readOptions("sophia", options, given);
  const { learningRate, beta1, beta2, gamma, epsilon, every, weightDecay, maximize } = hyperparameters;
  return sharedTree({
    name: "sophia",
    hyperparameters,
    slots: {
      mean: { initial: 0 },
      curvature: { initial: 0 },
      generators: randomSlot(hyperparameters.seed),
    },
    treeRule(places, step, landscape) {
      const rate = rateFor("sophia", learningRate, step);
      const before = divide(subtract(step, 1), every);
      const isDue = equal(before, floor(before));
      const drawn = places.map(({ slots }) => uniform(slots.generators));
      const signs = drawn.map(({ numbers }) => where(less(numbers, 0.5), -1, 1) as Expr);
      const products = landscape.hvp(
        places.map(({ parameter }) => parameter),
        signs,
      );
      return places.map(({ parameter, gradient, slots }, i) => {
        const g = descentGradient(gradient, parameter, { weightDecay: 0, maximize });
        const mean = runningMean(slots.mean, g, beta1);
        const estimate = multiply(maximize ? multiply(-1, signs[i]!) : signs[i]!, products[i]!) as Expr;
        const curvature = where(
          isDue,
          runningMean(slots.curvature, estimate, beta2),
          slots.curvature,
        ) as Expr;
        const ratio = divide(mean, larger(multiply(gamma, curvature) as Expr, epsilon));
        const clipped = maximum(minimum(ratio, 1), -1);
        return {
          parameter: subtract(decayed(parameter, rate, weightDecay), multiply(rate, clipped)),
          slots: { mean, curvature, generators: drawn[i]!.generators },
        };
      });
    },
  });
}
