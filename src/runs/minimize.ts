import { AdjointError, type Shape, type Shapes, type Traced } from "../../graph/index.js";
import {
  checkKeys,
  checkOptions,
  describe,
  formatShape,
  graphOf,
  isId,
  type Listed,
  leavesOf,
  readAlong,
  readCount,
  readValue,
  type ScalarOutput,
  type ValuesOf,
} from "../../graph/internal.js";
import type { Optimizer } from "../../optimizers/index.js";
import { checkFinite, type Given, placeIn, readData, readOptimizer, readStart } from "./checks.js";
import { type Program, programOf } from "./kernels.js";
import { run, type Status } from "./loop.js";
import { optimizerMethod } from "./method.js";
import { BeforeStep } from "./progress.js";
import { defaultMemoryLimit, makeRecorder } from "./recorder.js";
import { isTensor, plainValue, type State, type Tensor, type Tensors } from "./state.js";
import { type Objective, traceStep } from "./step.js";

/** A point in the parameters' tree: a number for a scalar parameter, a flat array for a tensor. */
export type PointOf<P> = P extends Shape
  ? P extends readonly []
    ? number
    : number extends P["length"]
      ? number | Float64Array
      : Float64Array
  : P extends Listed
    ? { readonly [K in keyof P]: PointOf<P[K]> }
    : P extends readonly (infer E)[]
      ? readonly PointOf<E>[]
      : { readonly [K in keyof P]: PointOf<P[K]> };

/** Rows of points in the parameters' tree. */
export type RowsOf<P> = P extends Shape
  ? Float64Array
  : P extends Listed
    ? { readonly [K in keyof P]: RowsOf<P[K]> }
    : P extends readonly (infer E)[]
      ? readonly RowsOf<E>[]
      : { readonly [K in keyof P]: RowsOf<P[K]> };

/** What a callback is told before each step: the point where the step starts, and the value there. */
export interface Progress<P extends Shapes = Shapes> {
  /** The step that is about to be taken, from 1. */
  readonly step: number;
  readonly value: number;
  /** The largest absolute element of the gradient. */
  readonly gradientNorm: number;
  /** The point as a copy, made when it is asked for, which must be during the callback. */
  readonly parameters: PointOf<P>;
}

export interface MinimizeOptions<P extends Shapes = Shapes, D = Readonly<Record<string, never>>> {
  /** The most steps to take; default 1000. */
  readonly steps?: number;
  /** The run has converged where no element of the gradient is larger; default 1e-8, and 0 takes all steps. */
  readonly tolerance?: number;
  /** Record the point and the value before each step; default true. */
  readonly trajectory?: boolean;
  /** The most bytes that the trajectory takes (two rows at least); default 2²⁸. See `Trajectory.stride`. */
  readonly memoryLimit?: number;
  /** Inputs of the objective that stay as they are. */
  readonly data?: D;
  /** Called before each step; returning false stops the run. */
  readonly onStep?: (progress: Progress<P>) => unknown;
}

/** The points before steps, row by row, and the values there. The start is the first; the last point isn't in it. */
export interface Trajectory<P = Shapes> {
  /** The number of rows: the steps that were recorded. */
  readonly steps: number;
  /**
   * Row i is of the point before step i·stride + 1. It is 1 unless the steps didn't fit into `memoryLimit`; then every
   * second row was dropped, as often as it took, and it is a power of two.
   */
  readonly stride: number;
  /** `steps` × size numbers for each parameter. */
  readonly parameters: RowsOf<P>;
  readonly values: Float64Array;
}

export interface Run<P extends Shapes = Shapes> {
  /** The last point; of a run that diverged, the last one where point, value and gradient are finite. */
  readonly parameters: PointOf<P>;
  /** The objective there. */
  readonly value: number;
  readonly status: Status;
  /** How often the objective and its gradient were evaluated. */
  readonly evaluations: number;
  /** Steps taken. A run that diverged did so in the step after these; at 0 it may be the start that isn't finite. */
  readonly steps: number;
  /** Empty unless it is recorded. */
  readonly trajectory: Trajectory<P>;
}

/**
 * Lowers a scalar objective from `start`, step by step. The inputs named in `start` are moved; all others are `data`.
 * A run whose value, gradient or point is no longer finite has diverged: it ends at the last finite point.
 *
 * @example
 * const run = minimize(cubic.f, { x: [2, 3] }, adam({ learningRate: 0.1 }), { steps: 150 });
 * run.status; run.parameters.x; run.trajectory.values;
 *
 * @throws where the start or an option can't be used: the key and the reason are named
 */
export function minimize<I extends Shapes, O, const N extends keyof I & string>(
  objective: Traced<I, O> & ScalarOutput<O>,
  start: { readonly [K in N]: ValuesOf<I[K]> },
  optimizer: Optimizer,
  options: MinimizeOptions<Pick<I, N>, ValuesOf<Omit<I, N>>> = {},
): Run<Pick<I, N>> {
  return minimizeBy(
    run,
    objective as unknown as Objective,
    start,
    optimizer,
    options as unknown as MinimizeOptions,
  );
}

const known = {
  steps: "any",
  tolerance: "any",
  trajectory: "boolean",
  memoryLimit: "any",
  data: "any",
  onStep: "function",
} as const;

/** `minimize` without its types, by a loop: `run` or, for laws that compare the two, `plainLoop`. */
export function minimizeBy(
  loop: typeof run,
  objective: Objective,
  start: unknown,
  optimizer: Optimizer,
  options: MinimizeOptions<Shapes, object>,
): Run<never> {
  readOptimizer("minimize", optimizer);
  const given = checkOptions("minimize", options, known);
  const { steps = 1000, tolerance = 1e-8, trajectory = true, onStep } = given;
  const { memoryLimit = defaultMemoryLimit, data: constants = {} } = given;
  readCount(steps, "minimize: steps");
  readCount(memoryLimit, "minimize: memoryLimit", 0, Number.MAX_SAFE_INTEGER);
  if (!(Number.isFinite(tolerance) && tolerance >= 0)) {
    throw new AdjointError(`minimize: tolerance must be a finite number ≥ 0, not ${describe(tolerance)}.`);
  }
  const { parameters, data } = readInputs(objective, start, constants);
  const method = optimizerMethod(optimizer, tolerance, (state) => ({
    program: stepOf(objective, optimizer, state, data),
    data: leavesOf(data, isTensor).map(plainValue),
  }));
  const state = method.init(parameters);
  const recorder = makeRecorder(state, trajectory ? steps : 0, memoryLimit);
  const { status, value, evaluations } = loop(method, state, {
    steps,
    recorder: trajectory ? recorder : undefined,
    evaluated:
      onStep &&
      ((value, norm, taken) => {
        state.told = taken + 1;
        const goOn = onStep(new BeforeStep<never>(taken + 1, value, norm, state)) !== false;
        state.told = 0;
        return goOn ? undefined : "stopped";
      }),
  });
  const numbers = { value, status, evaluations, steps: state.steps };
  return {
    parameters: state.point() as never,
    ...numbers,
    trajectory: recorder.finish(state.steps) as never,
  };
}

/** The step as a kernel: many runs of the same, as from many starts, trace and compile once. */
function stepOf(objective: Objective, optimizer: Optimizer, state: State, data: Tensors): Program {
  const names = JSON.stringify(Object.keys(state.tree.parameters));
  return programOf("step", [objective, optimizer], names, () => traceStep(optimizer, state, data, objective));
}

/** The objective's inputs as numbers of their own, those of the start apart: trees of its inputs' form. */
function readInputs(
  objective: unknown,
  start: unknown,
  data: unknown,
): { parameters: Tensors; data: Tensors } {
  const { inputs, inputTree, outputs, nodes } = graphOf(objective, "minimize");
  const own = readStart("minimize", start);
  const others = readData("minimize", data, own);
  checkKeys({ ...own, ...others }, Object.keys(inputTree), "minimize: start and data");
  const shape = typeof outputs === "number" ? nodes[outputs]!.shape : undefined;
  if (shape?.length !== 0) {
    const found = shape ? `of shape ${formatShape(shape)}; sum or mean it` : "a record of outputs";
    throw new AdjointError(`minimize: the objective must be a scalar, not ${found}.`);
  }
  const read = (given: Given): Tensors => {
    const like = Object.fromEntries(Object.entries(inputTree).filter(([key]) => Object.hasOwn(given, key)));
    return readAlong(like, isId, given, placeIn("minimize"), (value, i): Tensor => {
      const { path, shape } = inputs[i]!;
      const data = readValue(value, shape, placeIn("minimize")(path));
      checkFinite("minimize", path, data);
      return { data: data.slice(), shape };
    }) as Tensors;
  };
  return { parameters: read(own), data: read(others) };
}
