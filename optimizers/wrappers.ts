/** Optimizers around others: gradients of several steps, gradients from further up the slope, hyperparameters in the state. */
import {
  AdjointError,
  abs,
  add,
  divide,
  type Expr,
  equal,
  floor,
  hypot,
  multiply,
  norm,
  square,
  subtract,
  where,
} from "../graph/index.js";
import { describe, type OptionsOf, readCount, readOptions } from "../graph/internal.js";
import { chain, joinHyperparameters, joinSlots, makePart, takeSlots } from "./chain.js";
import { intern } from "./intern.js";
import { isOptimizer } from "./optimizer.js";
import { flag, positive } from "./options.js";
import { applyTo, treeOptimizer } from "./tree.js";
import type { NoSlots, Optimizer, Place } from "./types.js";

/** What stands in place of an optimizer. @throws where it is none */
export function checkOptimizer(owner: string, given: unknown): Optimizer {
  if (isOptimizer(given)) return given;
  throw new AdjointError(
    `${owner}: the optimizer is ${describe(given)}; pass one such as adam({ learningRate: 0.1 }).`,
  );
}

/**
 * An optimizer that takes one step for so many gradients, by their mean: of batches too large for one. The parameters stay as they
 * are in between, and the optimizer counts its own steps.
 *
 * @param steps how many gradients make a step
 *
 * @example
 * const optimizer = accumulateGradients(gradientDescent({ learningRate: 1 }), 2);
 * const first = optimizer.step({ x: 3 }, { x: 1 }, optimizer.init({ x: 3 }));
 * first.parameters; // { x: 3 }
 * optimizer.step(first.parameters, { x: 2 }, first.state).parameters; // { x: 1.5 }
 *
 * optax's `MultiSteps`. All is computed at each step, and what isn't due is dropped.
 *
 * @throws where `steps` isn't a whole number of at least 1
 */
export function accumulateGradients(optimizer: Optimizer, steps: number): Optimizer {
  const inner = checkOptimizer("accumulateGradients", optimizer);
  const every = readCount(steps, "accumulateGradients: steps", 1);
  return intern("accumulateGradients", [inner, every], () => {
    const { slots, links } = joinSlots([inner, { slots: { meanGradient: { initial: 0 } } }]);
    const [own, [accumulated]] = links as [(typeof links)[0], (typeof links)[0]];
    const mean = accumulated![1];
    return treeOptimizer({
      name: "accumulateGradients",
      hyperparameters: { ...joinHyperparameters([inner]), steps: every },
      slots,
      treeRule(places, step, landscape) {
        const before = floor(divide(subtract(step, 1), every)) as Expr;
        const gathered = subtract(step, multiply(every, before)) as Expr;
        const isDue = equal(gathered, every);
        const means = places.map(({ gradient, slots }) => {
          const so = where(equal(gathered, 1), gradient, slots[mean]!) as Expr;
          return add(so, divide(subtract(gradient, so), gathered)) as Expr;
        });
        const given = places.map(
          (place, i): Place => ({ ...place, gradient: means[i]!, slots: takeSlots(place.slots, own) }),
        );
        const next = applyTo(inner, given, add(before, 1) as Expr, landscape);
        return places.map(({ parameter, slots }, i) => ({
          parameter: where(isDue, next[i]!.parameter, parameter) as Expr,
          slots: {
            ...Object.fromEntries(
              own.map(([name, outer]) => [outer, where(isDue, next[i]!.slots[name]!, slots[outer]!) as Expr]),
            ),
            [mean]: means[i]!,
          },
        }));
      },
    });
  });
}

const samOptions = {
  /** ρ > 0: how far up the slope. */
  radius: positive(0.05),
  /** Whether each element goes by its own size. */
  adaptive: flag(false),
};

/**
 * Options of `sam`.
 * @example const options: SamOptions = { radius: 0.1 };
 */
export type SamOptions = OptionsOf<typeof samOptions>;

/**
 * Sharpness-aware minimization: an optimizer that is given the gradient of the steepest point nearby, so that it ends where the
 * ground is flat. It needs the objective, which `minimize` and `train` pass on; a step costs two gradients.
 *
 *     g ← ∇f(x + ρ·g/‖g‖),   or with `adaptive` ∇f(x + ρ·x²g/‖ |x|g ‖)
 *
 * The norm is that of all parameters together.
 *
 * @param given `radius` ρ = 0.05, `adaptive` = false
 *
 * @example
 * const f = trace({ x: vector(2) }, ({ x }) => sum(square(x)));
 * const optimizer = sam(gradientDescent({ learningRate: 0.1 }), { radius: 0.01 });
 * minimize(f, { x: [3, 4] }, optimizer, { steps: 100 }).value < 1e-3; // true
 *
 * Foret et al., "Sharpness-aware minimization for efficiently improving generalization", ICLR 2021; Kwon et al., "ASAM", ICML
 * 2021, for `adaptive`, without its η. optax's `sam` takes a normalized step of another optimizer instead.
 *
 * @throws where the objective isn't known
 */
export function sam(optimizer: Optimizer, given: SamOptions = {}): Optimizer {
  const inner = checkOptimizer("sam", optimizer);
  const hyperparameters = readOptions("sam", samOptions, given);
  const { radius, adaptive } = hyperparameters;
  const uphill = makePart<NoSlots>({
    name: "sam",
    hyperparameters,
    changes: "gradients",
    slots: {},
    apply(places, _, landscape) {
      const scaled = places.map(({ parameter, gradient }) =>
        adaptive ? (multiply(abs(parameter), gradient) as Expr) : gradient,
      );
      const size = scaled.reduce<Expr | number>((all, one) => hypot(all, norm(one)) as Expr, 0);
      const isFlat = equal(size, 0);
      const point = places.map(({ parameter, gradient }, i) => {
        const direction = adaptive ? multiply(square(parameter), gradient) : scaled[i]!;
        const way = divide(multiply(radius, direction), where(isFlat, 1, size));
        return add(parameter, way) as Expr;
      });
      return landscape.gradient(point).map((changed) => ({ changed, slots: {} }));
    },
  });
  return intern("sam", [uphill, inner], () => {
    const { slots, treeRule } = chain(uphill, inner);
    const named = joinHyperparameters([uphill, inner]);
    return treeOptimizer({ name: "sam", hyperparameters: named, slots, treeRule: treeRule! });
  });
}
