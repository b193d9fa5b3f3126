/** What is trained, and a step of it as one function: the objective, its gradient and the optimizer's rule. */
import {
  AdjointError,
  type Expr,
  type Graph,
  type Shapes,
  scalar,
  type Traced,
  type Tree,
  tensor,
  trace,
  valueAndGrad,
} from "../../graph/index.js";
import {
  checkKeys,
  checkOptions,
  describe,
  formatShape,
  graphOf,
  isId,
  mapTree,
  outputsOf,
  type Path,
  readAlong,
  readValue,
} from "../../graph/internal.js";
import type { Optimizer, ParameterExprs, ParameterValues } from "../../optimizers/index.js";
import { isOptimizer } from "../../optimizers/internal.js";
import { isTensor, placeIn, readStart, type Tensor, type Tensors } from "../runs/internal.js";

/**
 * What is trained: a scalar objective, the parameters that it starts from, and the rule by which they move.
 * @example const problem: TrainingProblem<{ readonly x: readonly [2] }> = { objective: cubic.f as never, start: { x: [2, 3] }, optimizer: adam({ learningRate: 0.1 }) };
 */
export interface TrainingProblem<I extends Shapes = Shapes> {
  /** A scalar function of parameters and data; the shapes of the data are those of a batch. */
  readonly objective: Traced<I, Expr<[]>>;
  /** The parameters by name: numbers, arrays, trees of them. The objective's other inputs are data. */
  readonly start: ParameterValues;
  /** Without one, `exportJax` leaves the choice among optax's; `trainingStep` wants one. */
  readonly optimizer?: Optimizer;
}

/**
 * A step of training, and where the first one starts.
 * @example const slotsOf = ({ start }: TrainingStep): object => start.slots ?? {};
 */
export interface TrainingStep {
  /** From `{ step, parameters, slots, data }` to `{ value, parameters, slots }`, without those of them that are empty. */
  readonly step: Traced;
  /** The parameters and slots that the step number 1 takes: trees of numbers, and of arrays with the last axis first. */
  readonly start: { readonly parameters: object; readonly slots?: object };
}

type Objective = Traced<Shapes, Expr<[]>>;

/** A problem that was read. */
export interface Problem {
  readonly objective: Objective;
  readonly graph: Graph;
  readonly optimizer: Optimizer | undefined;
  readonly parameters: Tensors;
  /** The slots before the first step. */
  readonly slots: Tensors;
  /** The numbers of the inputs that are data. */
  readonly data: Readonly<Record<string, Tree<number>>>;
}

/**
 * A whole step of training as one traced function, for engines that run functions alone: the objective, the gradient that
 * Adjoint derived, and the optimizer's rule, from the step's number (1 first), the parameters, the rule's slots and the data of a
 * batch to the value before the step and the next parameters and slots. `toOnnx(step)`, `toC(step, …)` write it.
 *
 * @example
 * const objective = trace({ w: vector(3), X: matrix(32, 3), y: vector(32) }, ({ w, X, y }) =>
 *   mean(square(subtract(matmul(X, w), y))),
 * );
 * const problem = { objective, start: { w: [0, 0, 0] }, optimizer: adam({ learningRate: 0.1 }) };
 * const { step, start } = trainingStep(problem);
 * Object.keys(start); // ["parameters", "slots"]
 * toOnnx(step) instanceof Uint8Array; // true
 *
 * @throws where the objective is no scalar, the start doesn't fit it, or there is no optimizer
 */
export function trainingStep<I extends Shapes>(problem: TrainingProblem<I>): TrainingStep {
  const what = "trainingStep";
  const whole = readProblem(what, problem);
  const { optimizer, parameters, slots } = whole;
  if (!optimizer) throw new AdjointError(`${what}: there is no optimizer; pass one such as adam().`);
  const hasSlots = Object.keys(slots).length > 0;
  const start = { parameters: plain(parameters), ...(hasSlots && { slots: plain(slots) }) };
  return { step: stepOf(whole, optimizer), start };
}

/** @throws where the objective is no scalar, the start doesn't fit it, or the optimizer is none */
export function readProblem<I extends Shapes>(what: string, problem: TrainingProblem<I>): Problem {
  const given = checkOptions(what, problem, ["objective", "start", "optimizer"]);
  const { optimizer } = given;
  const objective = given.objective as unknown as Objective;
  if (optimizer !== undefined && !isOptimizer(optimizer))
    throw new AdjointError(
      `${what}: the optimizer is ${describe(optimizer)}; pass one such as adam(), or none.`,
    );
  const graph = graphOf(objective, what);
  const shape = typeof graph.outputs === "number" ? graph.nodes[graph.outputs]!.shape : undefined;
  if (shape?.length !== 0) {
    const found = shape ? `of shape ${formatShape(shape)}; sum or mean it` : "a record of outputs";
    throw new AdjointError(`${what}: the objective must be a scalar, not ${found}.`);
  }
  const { parameters, data } = divided(what, graph, given.start);
  const slots = optimizer ? slotsOf(optimizer, parameters) : {};
  return { objective, graph, optimizer, parameters, slots, data };
}

/** The parameters as numbers, and the tree of the inputs that are data. */
function divided(what: string, { inputs, inputTree }: Graph, given: unknown) {
  const start = readStart(what, given);
  const names = Object.keys(inputTree);
  checkKeys(
    Object.fromEntries(Object.keys(start).map((key) => [key, 0])),
    names.filter((key) => Object.hasOwn(start, key)),
    `${what}: start`,
  );
  const entries = Object.entries(inputTree as Record<string, Tree<number>>);
  const like = Object.fromEntries(entries.filter(([key]) => Object.hasOwn(start, key)));
  const parameters = readAlong(like, isId, start, placeIn(what), (value, i): Tensor => {
    const { path, shape } = inputs[i]!;
    return { data: readValue(value, shape, placeIn(what)(path)).slice(), shape };
  }) as Tensors;
  const data = Object.fromEntries(entries.filter(([key]) => !Object.hasOwn(start, key)));
  return { parameters, data };
}

const specsOf = (tensors: Tensors) => mapTree(tensors, isTensor, ({ shape }) => tensor(shape)) as never;

/** Tensors as traced functions take them. */
const plain = (tensors: Tensors) =>
  mapTree(tensors, isTensor, ({ data, shape }) => (shape.length === 0 ? data[0]! : data)) as object;

/** The slots before the first step. */
function slotsOf(optimizer: Optimizer, parameters: Tensors): Tensors {
  if (Object.keys(optimizer.slots).length === 0) return {};
  const first = trace(
    specsOf(parameters),
    (inputs: ParameterExprs) => optimizer.initialSlots(inputs) as never,
  );
  const { graph } = first as unknown as { readonly graph: Graph };
  const values = (first as unknown as (inputs: unknown) => unknown)(plain(parameters));
  const at = (path: Path) =>
    path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], values);
  const leaves = outputsOf(graph).map(({ path, id }): Tensor => {
    const value = at(path);
    const data = typeof value === "number" ? Float64Array.of(value) : (value as Float64Array);
    return { data, shape: graph.nodes[id]!.shape };
  });
  let next = 0;
  return mapTree(graph.outputs, isId, () => leaves[next++]!) as Tensors;
}

/** A step of the optimizer: the objective, its gradient and the rule. */
export function stepOf({ objective, graph, parameters, slots, data }: Problem, optimizer: Optimizer): Traced {
  const differentiated = valueAndGrad(objective, ...Object.keys(parameters));
  const hasSlots = Object.keys(slots).length > 0;
  const specs = {
    step: scalar(),
    parameters: specsOf(parameters),
    ...(hasSlots && { slots: specsOf(slots) }),
    ...(Object.keys(data).length > 0 && {
      data: mapTree(data as Tree<number>, isId, (i) => tensor(graph.inputs[i]!.shape)),
    }),
  };
  return trace(specs as never, (given: Readonly<Record<string, ParameterExprs>>) => {
    const batch = given.data ?? {};
    const point = { ...given.parameters!, ...batch };
    const { value, grad } = differentiated(point as never) as unknown as {
      value: Expr;
      grad: ParameterExprs;
    };
    const own = (given.slots ?? {}) as never;
    const step = (given as unknown as { readonly step: Expr }).step;
    const next = optimizer.update(given.parameters!, grad, own, step, { objective, data: batch } as never);
    return { value, parameters: next.parameters, ...(hasSlots && { slots: next.slots }) } as never;
  }) as unknown as Traced;
}
