/** Optimizers of users' own rules, which may be wrong in any way. */
import { AdjointError } from "../graph/index.js";
import { checkOptions, describe, isFunction } from "../graph/internal.js";
import { readMap } from "./maps.js";
import { makeOptimizer } from "./optimizer.js";
import { treeOptimizer } from "./tree.js";
import type { Optimizer, OptimizerDefinition, Slot, Slots, TreeDefinition } from "./types.js";

/**
 * An optimizer of its rule. The built-in optimizers and a user's own are made alike.
 *
 * @example
 * // Sign descent: x ← x − lr·sign(g)
 * const signDescent = (learningRate: number) =>
 *   defineOptimizer({
 *     name: "signDescent",
 *     slots: {},
 *     hyperparameters: { learningRate },
 *     rule: (parameter, gradient) => ({
 *       parameter: subtract(parameter, multiply(learningRate, sign(gradient))),
 *       slots: {},
 *     }),
 *   });
 *
 * @throws where a hyperparameter is NaN or infinite
 */
export function defineOptimizer<const S extends Slots>(
  definition: OptimizerDefinition<S> | TreeDefinition<S>,
): Optimizer<S> {
  const read = readDefinition(definition);
  return "treeRule" in read ? treeOptimizer(read) : makeOptimizer(read);
}

/** A definition each of whose parts is read once. @throws where one is missing or can't be used */
function readDefinition<S extends Slots>(
  definition: OptimizerDefinition<S> | TreeDefinition<S>,
): OptimizerDefinition<S> | TreeDefinition<S> {
  const what = "defineOptimizer";
  const functions = { rule: "function", treeRule: "function" } as const;
  const known = { name: "string", slots: "any", hyperparameters: "any", ...functions } as const;
  const all = definition as OptimizerDefinition<S> & TreeDefinition<S>;
  const { name, rule, treeRule, ...given } = checkOptions(what, all, known);
  const rules = [rule, treeRule].filter((one) => one !== undefined).length;
  if (!name || name.length > 100 || rules !== 1) {
    const count = rules === 0 ? "rule is missing" : "rule and treeRule are both given";
    const found = rules === 1 ? `name is ${describe(name)}` : count;
    throw new AdjointError(
      `${what}: ${found}; pass { name, slots, hyperparameters, rule }, a text of 1 to 100 characters and a function.`,
    );
  }
  const slots = Object.entries(readMap({ name: what }, given.slots, "slots")).map(([slot, one]) => {
    const where = `${what}: slot "${slot}"`;
    const known = { initial: "any", scalar: "boolean", shape: "function" } as const;
    const { initial, scalar, shape } = checkOptions(where, one as Slot, known);
    if (typeof initial !== "number" && !isFunction(initial))
      throw new AdjointError(`${where}: initial is ${describe(initial)}; it must be a number.`);
    const form = { ...(scalar !== undefined && { scalar }), ...(shape !== undefined && { shape }) };
    return [slot, { initial, ...form }] as const;
  });
  const hyperparameters = readMap({ name: what }, given.hyperparameters, "hyperparameters");
  for (const [option, value] of Object.entries(hyperparameters)) {
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new AdjointError(`${name}: ${option} is ${value}; it must be finite.`);
    }
  }
  const read = { name, slots: Object.fromEntries(slots) as unknown as S, hyperparameters };
  return rule === undefined ? { ...read, treeRule: treeRule! } : { ...read, rule };
}
