/** What a training computes on a batch: the step of its optimizer, traced for a number of samples. */
import { type Expr, type Shape, type Spec, type Specs, tensor, trace } from "../../graph/index.js";
import { mapTree } from "../../graph/internal.js";
import type { Optimizer, ParameterExprs } from "../../optimizers/index.js";
import { readScalar } from "./checks.js";
import { type Program, programOf } from "./kernels.js";
import { isTensor, type State, type Tensors } from "./state.js";
import { type Objective, traceStep } from "./step.js";

/** The user's functions, free of the types of names. */
export interface Functions {
  readonly objective: (inputs: ParameterExprs) => Expr<[]>;
  readonly metric: ((inputs: ParameterExprs) => Expr) | undefined;
  readonly optimizer: Optimizer;
}

function specsOf(tensors: Tensors, shapeOf: (shape: Shape) => Shape): Specs {
  return mapTree(tensors, isTensor, ({ shape }): Spec => tensor(shapeOf(shape))) as Specs;
}

/** The inputs of an objective on a batch of `size` samples. */
export function batchSpecs(
  parameters: Tensors,
  samples: Tensors,
  size: number,
): { own: Specs; batch: Specs } {
  return {
    own: specsOf(parameters, (shape) => shape),
    batch: specsOf(samples, (shape) => [size, ...shape.slice(1)]),
  };
}

/** The objective on a batch of `size` samples. */
export function traceObjective(
  what: string,
  objective: Functions["objective"],
  parameters: Tensors,
  samples: Tensors,
  size: number,
  debug: boolean,
): Objective {
  const { own, batch } = batchSpecs(parameters, samples, size);
  const traced = trace(
    { ...own, ...batch },
    (inputs) => readScalar(what, "the objective", objective(inputs as ParameterExprs)),
    { debug },
  );
  return traced as unknown as Objective;
}

/** The steps on batches of as many samples as they are asked for. */
export function stepsOf(
  what: string,
  functions: Functions,
  state: State,
  samples: Tensors,
): (size: number) => Program {
  const { objective, metric, optimizer } = functions;
  const { parameters } = state.tree;
  const { own, batch } = batchSpecs(parameters, samples, 1);
  const form = JSON.stringify([own, batch]);
  const all = metric ? ([objective, optimizer, metric] as const) : ([objective, optimizer] as const);
  return (size) =>
    programOf("step", all, `${form} ${size}`, state.dtype, () => {
      const { batch } = batchSpecs(parameters, samples, size);
      const traced = traceObjective(what, objective, parameters, samples, size, false);
      return traceStep(optimizer, state, batch, traced, (inputs, value) =>
        metric ? readScalar(what, "the metric", metric(inputs)) : value,
      );
    });
}
