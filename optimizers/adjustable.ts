/** Hyperparameters in the state instead of the kernel. */
import { AdjointError, type Tree } from "../graph/index.js";
import { describe, isFunction, isRecord, mapTree, reading } from "../graph/internal.js";
import { joinSlots, type Links, takeSlots } from "./chain.js";
import { applyTo, treeOptimizer } from "./tree.js";
import type { Optimizer, OptimizerState, Place, Slot, Slots } from "./types.js";
import { checkOptimizer } from "./wrappers.js";

/**
 * An optimizer whose hyperparameters stand in its state instead of its kernel: they may change from step to step, and optimizers
 * that differ by them alone share one kernel, as in a sweep over rates. Each is a slot of its name, with a number for each
 * parameter; `setHyperparameters` changes them.
 *
 * @param make what makes the optimizer of options, such as `adam`
 * @param values the hyperparameters to be held in the state, with their numbers to begin with
 * @param fixed all other options
 *
 * @example
 * const optimizer = adjustable(adam, { learningRate: 0.1, beta1: 0.8 }, { amsgrad: true });
 * const state = optimizer.init({ x: 3 });
 * state.slots.learningRate; // { x: 0.1 }
 * const slower = setHyperparameters(optimizer, state, { learningRate: 0.01 });
 * slower.slots.learningRate; // { x: 0.01 }
 *
 * optax's `inject_hyperparams`.
 *
 * @throws where a value isn't a number that the optimizer allows, or can't be an expression there
 */
export function adjustable<O extends object>(
  make: (options: O) => Optimizer,
  values: { readonly [K in keyof O]?: number },
  fixed: { readonly [K in keyof O]?: O[K] } = {},
): Optimizer {
  if (!isFunction(make))
    throw new AdjointError(
      `adjustable: make is ${describe(make)}; pass what makes an optimizer, such as adam.`,
    );
  const read = readRecord("values", values) as Readonly<Record<string, number>>;
  const others = readRecord("fixed", fixed);
  for (const [name, value] of Object.entries(read)) {
    if (typeof value === "number") continue;
    throw new AdjointError(`adjustable: ${name} is ${describe(value)}; it must be a number.`);
  }
  const makeOf = (options: object) => make({ ...others, ...options } as O);
  const first = checkOptimizer("adjustable", makeOf(read));
  const own = Object.keys(read).map((name): [string, Slot] => [
    name,
    { initial: read[name]!, scalar: true, check: (value) => void makeOf({ ...read, [name]: value }) },
  ]);
  const { slots, links } = joinSlots([{ slots: Object.fromEntries(own) }, first]);
  const [given, inner] = links as [Links, Links];
  return treeOptimizer({
    name: "adjustable",
    hyperparameters: first.hyperparameters,
    slots,
    treeRule(places, step, landscape) {
      if (places.length === 0) return [];
      // Rules that look at one parameter see its own numbers, others those of the first.
      const stepOf = (some: readonly Place[]) => {
        const plain = some.map((place): Place => ({ ...place, slots: takeSlots(place.slots, inner) }));
        return applyTo(makeOf(takeSlots(some[0]!.slots, given)), plain, step, landscape);
      };
      const next = first.treeRule ? stepOf(places) : places.flatMap((place) => stepOf([place]));
      return next.map((one, i) => ({
        parameter: one.parameter,
        slots: {
          ...Object.fromEntries(given.map(([, outer]) => [outer, places[i]!.slots[outer]!])),
          ...Object.fromEntries(inner.map(([name, outer]) => [outer, one.slots[name]!])),
        },
      }));
    },
  });
}

/**
 * A state with other hyperparameters, for all parameters alike. The state given stays as it is.
 *
 * @example
 * const optimizer = adjustable(adam, { learningRate: 0.1 });
 * const state = setHyperparameters(optimizer, optimizer.init({ x: 3 }), { learningRate: 0.5 });
 * optimizer.step({ x: 3 }, { x: 2 }, state).parameters.x.toFixed(6); // "2.500000"
 *
 * @throws where a hyperparameter isn't adjustable, or may not have that value
 */
export function setHyperparameters<S extends Slots, P>(
  optimizer: Optimizer<S>,
  state: OptimizerState<S, P>,
  values: Readonly<Record<string, number>>,
): OptimizerState<S, P> {
  checkOptimizer("setHyperparameters", optimizer);
  const slots: Record<string, unknown> = { ...state.slots };
  const known = Object.entries(optimizer.slots as Slots).filter(([, { check }]) => check);
  for (const [name, value] of Object.entries(values)) {
    const check = known.find(([other]) => other === name)?.[1].check;
    if (!check) {
      const names = known.map(([other]) => other).join(", ") || "none";
      throw new AdjointError(`setHyperparameters: ${name} isn't adjustable; adjustable are: ${names}.`);
    }
    check(value);
    slots[name] = mapTree(slots[name] as Tree<number>, isNumber, () => value);
  }
  return { ...state, slots: slots as OptimizerState<S, P>["slots"] };
}

const isNumber = (tree: Tree<number>): tree is number => typeof tree === "number";

/** A copy of an argument of `adjustable`, so that it is read once. @throws where it is no record */
function readRecord(name: string, given: unknown): Readonly<Record<string, unknown>> {
  if (isRecord(given)) return reading(`adjustable: ${name}`, () => ({ ...given }));
  throw new AdjointError(
    `adjustable: ${name} is ${describe(given)}; pass options by name, such as { learningRate: 0.1 }.`,
  );
}
