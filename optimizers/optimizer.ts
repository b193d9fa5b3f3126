/**
 * The core: a rule on expressions becomes an optimizer. The rule is all there is to an optimizer; running it on numbers,
 * fusing it with a gradient and differentiating through it are three ways to use that one graph function.
 */
import {
  AdjointError,
  Expr,
  type NestedArray,
  type Operand,
  type Shape,
  type ShapedValues,
  type Tree,
  type Value,
} from "../graph/index.js";
import { checkOptions, describe, type Listed, type NumericArray } from "../graph/internal.js";
import { intern } from "./intern.js";
import { readMap } from "./maps.js";
import { numeric } from "./numeric.js";
import { initialSlots, type Plain, update } from "./symbolic.js";

/** What an optimizer remembers for each parameter between steps. */
export interface Slot {
  readonly initial: number;
  /** One number a parameter, instead of one for each of its elements. */
  readonly scalar?: boolean;
}

/** Slots by name. Those that exist with some options only are optional. */
export type Slots = Readonly<Record<string, Slot>>;

/** The slots of an optimizer that remembers nothing. */
export type NoSlots = Readonly<Record<never, Slot>>;

/** One `T` a slot. */
export type BySlot<S extends Slots, T> = { readonly [K in keyof S]: T };

/** What a rule gives: the next parameter, of the same shape, and the next value of every slot there is. */
export interface Update<S extends Slots = Slots> {
  readonly parameter: Expr;
  readonly slots: BySlot<S, Expr>;
}

/** What makes an optimizer. */
export interface OptimizerDefinition<S extends Slots = Slots> {
  readonly name: string;
  readonly slots: S;
  /** The values that the rule uses: to be read by users, and to know whether expressions are among them. */
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  /**
   * One step for one parameter. `gradient` has its shape, and so have the slots that aren't scalar; `step` is a
   * scalar, 1 at the first step.
   */
  rule(parameter: Expr, gradient: Expr, slots: BySlot<S, Expr>, step: Expr): Update<S>;
}

/** The formula of an optimizer, on expressions. */
export type Rule<S extends Slots = Slots> = OptimizerDefinition<S>["rule"];

/** Numbers by parameter name: a number, nested rows, or a flat row-major array. */
export type Values = Readonly<Record<string, Value>>;

/** Expressions by parameter name. */
export type Exprs = Readonly<Record<string, Expr>>;

/**
 * Numbers of parameters, and of records and lists of them: what is numbers all through, a typed array, or one with its
 * shape is a parameter; all other records and lists are trees.
 */
export type ParameterValues = { readonly [name: string]: Tree<Value | ShapedValues> };

/** Expressions of parameters, and of records and lists of them. */
export type ParameterExprs = { readonly [name: string]: Tree<Expr> };

/** What is a parameter, and no list of some. */
type Leaf = number | NumericArray | ShapedValues | Expr | readonly number[];

/** A tree like that of the parameters, with T for each. */
export type Like<P, T> = P extends Leaf
  ? T
  : P extends readonly NumericArray[]
    ? { [K in keyof P]: T }
    : P extends NestedArray
      ? T
      : P extends Listed
        ? { [K in keyof P]: Like<P[K], T> }
        : P extends readonly (infer E)[]
          ? readonly Like<E, T>[]
          : { readonly [K in keyof P]: Like<P[K], T> };

/** What an optimizer holds between steps: plain data, in the parameters' tree. */
export interface OptimizerState<S extends Slots = Slots, P = Values> {
  /** The number of steps taken. */
  readonly step: number;
  /** The parameters' shapes as `init` saw them; steps give flat arrays, and a rule may look at the shape. */
  readonly shapes: Like<P, Shape>;
  /** By slot, then by parameter: flat row-major arrays, and numbers for scalars. */
  readonly slots: BySlot<S, Like<P, number | Float64Array>>;
}

/** Parameters after a step: numbers stay numbers, everything else is a flat row-major array. */
export type Stepped<P> = P extends number
  ? number
  : P extends Leaf
    ? Float64Array
    : P extends readonly NumericArray[]
      ? { [K in keyof P]: Float64Array }
      : P extends NestedArray
        ? Float64Array
        : P extends Listed
          ? { [K in keyof P]: Stepped<P[K]> }
          : P extends readonly (infer E)[]
            ? readonly Stepped<E>[]
            : { [K in keyof P]: Stepped<P[K]> };

/** An update rule with its options. It holds no state: `init` makes it, `step` takes and gives it. */
export interface Optimizer<S extends Slots = Slots> extends OptimizerDefinition<S> {
  /**
   * The state before the first step.
   *
   * @throws where a parameter isn't made of numbers, or a hyperparameter is an expression
   */
  init<const P extends ParameterValues>(parameters: P): OptimizerState<S, P>;
  /**
   * One step on numbers, with gradients from anywhere. Nothing given is changed or kept; the order of keys doesn't
   * matter.
   *
   * @example
   * const optimizer = adam({ learningRate: 0.1 });
   * let parameters: Values = { x: [2, 3] };
   * let state = optimizer.init(parameters);
   * ({ parameters, state } = optimizer.step(parameters, { x: [7, 35] }, state));
   * parameters.x; // Float64Array [1.90000…, 2.90000…]
   *
   * @throws where a key of the gradients or of the state is missing, unknown or misshapen, or a hyperparameter is
   * an expression
   */
  step<P extends ParameterValues>(
    parameters: P,
    gradients: Like<P, Value | ShapedValues>,
    state: OptimizerState<S, P> | OptimizerState<S, ParameterValues>,
  ): { parameters: Stepped<P>; state: OptimizerState<S, P> };
  /**
   * One step on expressions, inside a trace: to be compiled together with the gradient, or differentiated.
   * `step` is 1 at the first one.
   *
   * @example
   * const loss = trace({ x: vector(2) }, ({ x }) => sum(square(x)));
   * // The derivative of the loss after ten steps by the learning rate.
   * const final = trace({ rate: scalar(), x: vector(2) }, ({ rate, x }) => {
   *   const optimizer = gradientDescent({ learningRate: rate });
   *   let parameters = { x };
   *   let slots = optimizer.initialSlots(parameters);
   *   for (let step = 1; step <= 10; step++) {
   *     ({ parameters, slots } = optimizer.update(parameters, grad(loss)(parameters), slots, step));
   *   }
   *   return loss(parameters);
   * });
   * grad(final, "rate");
   *
   * @throws where a key is missing, unknown or misshapen
   */
  update<P extends ParameterExprs>(
    parameters: P,
    gradients: Like<P, Operand>,
    slots: BySlot<S, Like<P, Operand>>,
    step: Expr | number,
  ): { parameters: { [K in keyof P]: P[K] }; slots: BySlot<S, Like<P, Expr>> };
  /** The slots before the first step as expressions of the parameters' trace. */
  initialSlots<P extends ParameterExprs>(parameters: P): BySlot<S, Like<P, Expr>>;
}

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
export function defineOptimizer<const S extends Slots>(definition: OptimizerDefinition<S>): Optimizer<S> {
  return makeOptimizer(readDefinition(definition));
}

/** An optimizer of a definition that is right, which becomes part of it. */
function makeOptimizer<S extends Slots>(definition: OptimizerDefinition<S>): Optimizer<S> {
  const { name, slots, hyperparameters, rule } = definition;
  const plain: Plain = { name, slots: Object.entries(slots), rule: rule as Rule };
  const onNumbers = numeric(plain);
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
    init(parameters: unknown) {
      refuseExpressions("init");
      return onNumbers.init(parameters);
    },
    step(parameters: unknown, gradients: unknown, state: unknown) {
      refuseExpressions("step");
      return onNumbers.step(parameters, gradients, state);
    },
    update: (parameters: unknown, gradients: unknown, slots: unknown, step: Expr | number) =>
      update(plain, parameters, gradients, slots, step),
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

/** A definition each of whose parts is read once. @throws where one is missing or can't be used */
function readDefinition<S extends Slots>(definition: OptimizerDefinition<S>): OptimizerDefinition<S> {
  const what = "defineOptimizer";
  const known = { name: "string", slots: "any", hyperparameters: "any", rule: "function" } as const;
  const { name, rule, ...given } = checkOptions(what, definition, known);
  if (!name || name.length > 100 || rule === undefined) {
    const found = rule === undefined ? "rule is missing" : `name is ${describe(name)}`;
    throw new AdjointError(
      `${what}: ${found}; pass { name, slots, hyperparameters, rule }, a text of 1 to 100 characters and a function.`,
    );
  }
  const slots = Object.entries(readMap({ name: what }, given.slots, "slots")).map(([slot, one]) => {
    const where = `${what}: slot "${slot}"`;
    const { initial, scalar } = checkOptions(where, one as Slot, { initial: "any", scalar: "boolean" });
    if (typeof initial !== "number")
      throw new AdjointError(`${where}: initial is ${describe(initial)}; it must be a number.`);
    return [slot, { initial, ...(scalar !== undefined && { scalar }) }] as const;
  });
  const hyperparameters = readMap({ name: what }, given.hyperparameters, "hyperparameters");
  for (const [option, value] of Object.entries(hyperparameters)) {
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new AdjointError(`${name}: ${option} is ${value}; it must be finite.`);
    }
  }
  return { name, slots: Object.fromEntries(slots) as unknown as S, hyperparameters, rule };
}

/** An optimizer of the library, whose name and hyperparameters tell all: where they are equal, it is the same object. */
export function sharedOptimizer<const S extends Slots>(definition: OptimizerDefinition<S>): Optimizer<S> {
  const { name, hyperparameters } = definition;
  return intern(name, hyperparameters, () => makeOptimizer(definition));
}
