/**
 * The core: a rule on expressions becomes an optimizer. The rule is all there is to an optimizer; running it on numbers,
 * fusing it with a gradient and differentiating through it are three ways to use that one graph function.
 */
import { AdjointError, Expr } from "../graph/index.js";
import { intern } from "./intern.js";
import { eachStepper, init, type Stepper, step } from "./numeric.js";
import {
  type Apply,
  applyRule,
  checkedRule,
  checkedTreeRule,
  initialSlots,
  type Plain,
  update,
} from "./symbolic.js";
import type {
  Optimizer,
  OptimizerDefinition,
  ParameterExprs,
  ParameterValues,
  Problem,
  Rule,
  Slots,
  TreeDefinition,
} from "./types.js";

/** How an optimizer applies its rule: to expressions, and to numbers. */
export type Engine = (optimizer: Plain) => { readonly apply: Apply; readonly stepper: Stepper };

/** Rules that look at one parameter at a time. */
const each =
  (rule: Rule): Engine =>
  (optimizer) => ({
    apply: (places, step) => places.map((place) => applyRule(optimizer, rule, place, step)),
    stepper: eachStepper(optimizer, rule),
  });

/** An optimizer of a definition that is right, which becomes part of it. */
export function makeOptimizer<S extends Slots>(
  definition: OptimizerDefinition<S>,
  engine: Engine = each(definition.rule as Rule),
): Optimizer<S> {
  const { name, slots, hyperparameters } = definition;
  const { treeRule } = definition as Partial<TreeDefinition>;
  const plain: Plain = { name, slots: Object.entries(slots) };
  const { apply, stepper } = engine(plain);
  const refuseExpressions = (method: string) => {
    const traced = Object.keys(hyperparameters).find((option) => hyperparameters[option] instanceof Expr);
    if (traced === undefined) return;
    throw new AdjointError(
      `${name}: ${traced} is an expression, which has no number for ${method}; use update inside its trace, or give a number.`,
    );
  };
  // What is shared can't be changed.
  for (const one of [slots, hyperparameters, ...Object.values(slots)]) Object.freeze(one);
  const optimizer = Object.freeze({
    ...definition,
    rule: checkedRule(plain, definition.rule as Rule),
    ...(treeRule && { treeRule: checkedTreeRule(plain, treeRule) }),
    init(parameters: unknown) {
      refuseExpressions("init");
      return init(plain, parameters);
    },
    step(parameters: unknown, gradients: unknown, state: unknown, problem?: Problem<ParameterValues>) {
      refuseExpressions("step");
      return step(plain, stepper, parameters, gradients, state, problem);
    },
    update: (
      parameters: unknown,
      gradients: unknown,
      slots: unknown,
      step: Expr | number,
      problem?: Problem<ParameterExprs>,
    ) => update(plain, apply, parameters, gradients, slots, step, problem),
    initialSlots: (parameters: unknown) => initialSlots(plain, parameters),
  });
  made.add(optimizer);
  return optimizer as unknown as Optimizer<S>;
}

/** All that were made here, which is what tells an optimizer from an object of functions of the same names. */
const made = new WeakSet<object>();

/** Whether something is an optimizer of `defineOptimizer`'s or of the library's. */
export function isOptimizer(given: unknown): given is Optimizer {
  return typeof given === "object" && given !== null && made.has(given);
}

/** An optimizer of the library, whose name and hyperparameters tell all: where they are equal, it is the same object. */
export function sharedOptimizer<const S extends Slots>(definition: OptimizerDefinition<S>): Optimizer<S> {
  const { name, hyperparameters } = definition;
  return intern(name, hyperparameters, () => makeOptimizer(definition));
}
