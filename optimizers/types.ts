/** What optimizers are: rules, slots, states, and the two ways to use them, on numbers and on expressions. */
import type { Expr, Graph, NestedArray, Operand, Shape, ShapedValues, Tree, Value } from "../graph/index.js";
import type { Listed, NumericArray, Path } from "../graph/internal.js";

/**
 * What an optimizer remembers for each parameter between steps.
 * @example const mean: Slot = { initial: 0 };
 */
export interface Slot {
  /** The number that all elements begin with, or what gives the elements for the slot's shape and the parameter's path. */
  readonly initial: number | ((shape: Shape, path: Path) => ArrayLike<number>);
  /** One number a parameter, instead of one for each of its elements. */
  readonly scalar?: boolean;
  /**
   * The slot's shape from that of its parameter; default: the same. A rule that looks at whole trees may ask for the
   * parameter's path, too. What a parameter doesn't need has the shape [0].
   */
  readonly shape?: (parameter: Shape, path: Path) => Shape;
  /** Of a hyperparameter that users may set: throws where a value isn't allowed. */
  readonly check?: (value: number) => void;
}

/**
 * Slots by name. Those that exist with some options only are optional.
 * @example const slots: Slots = { mean: { initial: 0 }, count: { initial: 0, scalar: true } };
 */
export type Slots = Readonly<Record<string, Slot>>;

/**
 * The slots of an optimizer that remembers nothing.
 * @example const optimizer: Optimizer<NoSlots> = gradientDescent({ learningRate: 0.1 });
 */
export type NoSlots = Readonly<Record<never, Slot>>;

/**
 * One `T` a slot.
 * @example const slots: BySlot<{ mean: Slot }, number> = { mean: 0 };
 */
export type BySlot<S extends Slots, T> = { readonly [K in keyof S]: T };

/**
 * What a rule gives: the next parameter, of the same shape, and the next value of every slot there is.
 * @example const parameterOf = ({ parameter }: Update): Expr => parameter;
 */
export interface Update<S extends Slots = Slots> {
  readonly parameter: Expr;
  readonly slots: BySlot<S, Expr>;
}

/** What all rules have. */
interface Definition<S extends Slots> {
  readonly name: string;
  readonly slots: S;
  /** The values that the rule uses: to be read by users, and to know whether expressions are among them. */
  readonly hyperparameters: Readonly<Record<string, unknown>>;
}

/**
 * What makes an optimizer.
 * @example const nameOf = ({ name }: OptimizerDefinition): string => name;
 */
export interface OptimizerDefinition<S extends Slots = Slots> extends Definition<S> {
  /**
   * One step for one parameter. `gradient` has its shape, and so have the slots without a shape of their own; `step` is a
   * scalar, 1 at the first step.
   */
  rule(parameter: Expr, gradient: Expr, slots: BySlot<S, Expr>, step: Expr): Update<S>;
}

/**
 * A parameter of a tree with all that belongs to it.
 * @example const gradientOf = ({ gradient }: Place): Expr => gradient;
 */
export interface Place<S extends Slots = Slots> {
  readonly path: Path;
  readonly parameter: Expr;
  readonly gradient: Expr;
  readonly slots: BySlot<S, Expr>;
}

/**
 * What is minimized, for rules that look at it themselves: points and directions are lists of expressions, one for each
 * parameter in the rule's order.
 * @example const slopesAt = (landscape: Landscape, x: Expr) => landscape.gradient([x]);
 */
export interface Landscape {
  value(point: readonly Expr[]): Expr;
  gradient(point: readonly Expr[]): readonly Expr[];
  /** The Hessian times a direction. */
  hvp(point: readonly Expr[], direction: readonly Expr[]): readonly Expr[];
}

/**
 * What makes an optimizer that looks at all parameters at once.
 * @example const nameOf = ({ name }: TreeDefinition): string => name;
 */
export interface TreeDefinition<S extends Slots = Slots> extends Definition<S> {
  /**
   * One step for all parameters, which come in the order of their paths whatever the order of keys, and so must what it
   * gives. A number for all of them, such as a step count, is a scalar slot of which each has a copy.
   */
  treeRule(places: readonly Place<S>[], step: Expr, landscape: Landscape): readonly Update<S>[];
}

/**
 * What is minimized, for optimizers that look at it besides the gradient they are given.
 * @example const problem: Problem = { objective: trace({ x: vector(2) }, ({ x }) => sum(square(x))) };
 */
export interface Problem<D = never> {
  /** A traced scalar function of the parameters, and of the data. */
  readonly objective: { readonly graph: Graph };
  readonly data?: D;
}

/**
 * The formula of an optimizer, on expressions.
 * @example const rule: Rule = (parameter, gradient) => ({ parameter: subtract(parameter, gradient) as Expr, slots: {} });
 */
export type Rule<S extends Slots = Slots> = OptimizerDefinition<S>["rule"];

/**
 * Numbers by parameter name: a number, nested rows, or a flat row-major array.
 * @example const values: Values = { x: [1, 2], y: 3 };
 */
export type Values = Readonly<Record<string, Value>>;

/**
 * Expressions by parameter name.
 * @example const both = (x: Expr, y: Expr): Exprs => ({ x, y });
 */
export type Exprs = Readonly<Record<string, Expr>>;

/**
 * Numbers of parameters, and of records and lists of them: what is numbers all through, a typed array, or one with its
 * shape is a parameter; all other records and lists are trees.
 * @example const start: ParameterValues = { x: 1, layers: [{ W: [[1, 2], [3, 4]], b: [0, 0] }] };
 */
export type ParameterValues = { readonly [name: string]: Tree<Value | ShapedValues> };

/**
 * Expressions of parameters, and of records and lists of them.
 * @example const layers = (W: Expr, b: Expr): ParameterExprs => ({ layers: [{ W, b }] });
 */
export type ParameterExprs = { readonly [name: string]: Tree<Expr> };

/** What is a parameter, and no list of some. */
type Leaf = number | NumericArray | ShapedValues | Expr | readonly number[];

/**
 * A tree like that of the parameters, with T for each.
 * @example const rates: Like<{ x: number[]; y: number }, number> = { x: 0.1, y: 0.2 };
 */
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

/**
 * What an optimizer holds between steps: plain data, in the parameters' tree.
 * @example const stepsOf = ({ step }: OptimizerState): number => step;
 */
export interface OptimizerState<S extends Slots = Slots, P = Values> {
  /** The number of steps taken. */
  readonly step: number;
  /** The parameters' shapes as `init` saw them; steps give flat arrays, and a rule may look at the shape. */
  readonly shapes: Like<P, Shape>;
  /** By slot, then by parameter: flat row-major arrays, and numbers for scalars. */
  readonly slots: BySlot<S, Like<P, number | Float64Array>>;
}

/**
 * Parameters after a step: numbers stay numbers, everything else is a flat row-major array.
 * @example const after: Stepped<{ x: number[]; y: number }> = { x: Float64Array.of(1, 2), y: 3 };
 */
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

/**
 * An update rule with its options. It holds no state: `init` makes it, `step` takes and gives it.
 * @example const optimizer: Optimizer = adam({ learningRate: 0.1 });
 */
export interface Optimizer<S extends Slots = Slots> extends OptimizerDefinition<S> {
  /** The rule for all parameters at once, where it looks at them all. */
  readonly treeRule?: TreeDefinition<S>["treeRule"];
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
    problem?: Problem<ParameterValues>,
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
    problem?: Problem<ParameterExprs>,
  ): { parameters: { [K in keyof P]: P[K] }; slots: BySlot<S, Like<P, Expr>> };
  /** The slots before the first step as expressions of the parameters' trace. */
  initialSlots<P extends ParameterExprs>(parameters: P): BySlot<S, Like<P, Expr>>;
}
