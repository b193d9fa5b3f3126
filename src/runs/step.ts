/**
 * One step of an optimizer as one graph: the objective, its gradient and the optimizer's rule are traced together, so
 * that a step shares all work. Inputs are the step's number, the leaves of the state and the data, in order; outputs are
 * what a step tells and the leaves of the next state.
 */
import {
  abs,
  type Expr,
  max,
  maximum,
  type Shape,
  type Shapes,
  scalar,
  type Traced,
  type Tree,
  tensor,
  trace,
  valueAndGrad,
} from "../../graph/index.js";
import { atPath, graphOf, isExpr, isSpec, leavesOf, sizeOf, unflattenTree } from "../../graph/internal.js";
import type { Optimizer, ParameterExprs } from "../../optimizers/index.js";
import { type Program, programOf } from "./kernels.js";
import { isTensor, type State, type Tensors } from "./state.js";

/** A scalar objective of named inputs. */
export type Objective = Traced<Shapes, Expr<[]>>;

/** Expressions of the inputs of an objective. */
type Exprs = ParameterExprs;

/** Names that tell nothing but an order: leaves have those with `y`, data those with `d`. */
export const keys = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => letter + i);

/**
 * Traces a step for data of this tree and these shapes. It tells the value, or what `report` makes of it, the largest element
 * of the gradient, and that of the next parameters.
 */
export function traceStep(
  optimizer: Optimizer,
  { leaves, tree }: State,
  data: { readonly [name: string]: Tree<{ readonly shape: Shape }> },
  objective: Objective,
  report: (inputs: Exprs, value: Expr) => Expr | number = (_, value) => value,
): Traced {
  const differentiated = valueAndGrad(objective, ...Object.keys(tree.parameters));
  const own = keys("y", leaves.length);
  const constants = leavesOf(data, isSpec);
  const others = keys("d", constants.length);
  const specs = {
    step: scalar(),
    ...record(
      own,
      leaves.map(({ shape }) => tensor(shape)),
    ),
    ...record(
      others,
      constants.map(({ shape }) => tensor(shape)),
    ),
  };
  const traced = trace(specs, ({ step, ...inputs }: Readonly<Record<string, Expr>>) => {
    const { parameters, slots } = unflattenTree(
      tree,
      isTensor,
      own.map((key) => inputs[key]!),
    ) as unknown as Updated;
    const named = unflattenTree(
      data,
      isSpec,
      others.map((key) => inputs[key]!),
    );
    const point = { ...parameters, ...(named as Exprs) };
    const { value, grad } = differentiated(point as never) as unknown as { value: Expr; grad: Exprs };
    const problem = { objective, data: named as Exprs };
    const next = optimizer.update<Exprs>(parameters, grad, slots, step!, problem);
    return {
      value: report(point, value),
      norm: largest(leavesOf(grad, isExpr)),
      reach: largest(leavesOf(next.parameters, isExpr)),
      ...record(
        own,
        leaves.map(({ path }) => atPath(next, path) as Expr),
      ),
    };
  }) as unknown as Traced;
  // A schedule may capture what is no number when the step runs.
  graphOf(traced, optimizer.name);
  return traced;
}

interface Updated {
  readonly parameters: Exprs;
  readonly slots: Readonly<Record<string, Exprs>>;
}

export function record<T>(names: readonly string[], values: readonly T[]): Record<string, T> {
  return Object.fromEntries(names.map((name, i) => [name, values[i]!]));
}

/** The largest absolute element of all; NaN if there is one. */
function largest(tensors: readonly Expr[]): Expr | number {
  const norms: Expr[] = tensors.filter(({ shape }) => sizeOf(shape) > 0).map((one) => max(abs(one)));
  return norms.length === 0 ? 0 : norms.reduce((a, b) => maximum(a, b));
}

/** The step as a kernel: many runs of the same, as from many starts, trace and compile once. */
export function stepOf(objective: Objective, optimizer: Optimizer, state: State, data: Tensors): Program {
  const names = JSON.stringify(Object.keys(state.tree.parameters));
  return programOf("step", [objective, optimizer], names, state.dtype, () =>
    traceStep(optimizer, state, data, objective),
  );
}
