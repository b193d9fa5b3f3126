import type { Dtype, Shape, Shapes, Traced } from "../../graph/index.js";
import {
  type ArrayOf,
  checkOptions,
  type Listed,
  leavesOf,
  readCount,
  type ScalarOutput,
  type ValuesOf,
} from "../../graph/internal.js";
import type { Optimizer } from "../../optimizers/index.js";
import { auto, type Solver } from "../../optimizers/solvers/index.js";
import { isSolver } from "../../optimizers/solvers/internal.js";
import type { BoundsByName } from "./bounds.js";
import { knownResume, type ResumeOptions, readCheckpoints, restore, takeCheckpoint } from "./checkpoint.js";
import { readDtype, readOptimizer } from "./checks.js";
import { explainPoint } from "./divergence.js";
import {
  type Driven,
  finish,
  finishAsync,
  knownAsync,
  knownPace,
  type ProgressOptions,
  readAsync,
  type Scheduling,
} from "./drive.js";
import { readInputs } from "./inputs.js";
import { chooseLoop } from "./loop.js";
import { type Method, optimizerMethod } from "./method.js";
import { pursue, type Waiting } from "./pursue.js";
import type { Status } from "./reason.js";
import { defaultMemoryLimit } from "./recorder.js";
import { checkOptimizerOptions, prepare, readTask, type SolverReport, type Solving } from "./solving.js";
import { asDtype, isTensor, plainTree, plainValue, type State } from "./state.js";
import { type Objective, stepOf } from "./step.js";
import { knownStops, Stopping, type StoppingOptions } from "./stopping.js";

/**
 * A point in the parameters' tree: a number for a scalar parameter, a flat array for a tensor.
 * @example const point: PointOf<{ x: [2]; y: [] }> = { x: Float64Array.of(1, 2), y: 3 };
 */
export type PointOf<P, A = Float64Array> = P extends Shape
  ? P extends readonly []
    ? number
    : number extends P["length"]
      ? number | A
      : A
  : P extends Listed
    ? { readonly [K in keyof P]: PointOf<P[K], A> }
    : P extends readonly (infer E)[]
      ? readonly PointOf<E, A>[]
      : { readonly [K in keyof P]: PointOf<P[K], A> };

/** Rows of points in the parameters' tree. */
export type RowsOf<P, A = Float64Array> = P extends Shape
  ? A
  : P extends Listed
    ? { readonly [K in keyof P]: RowsOf<P[K], A> }
    : P extends readonly (infer E)[]
      ? readonly RowsOf<E, A>[]
      : { readonly [K in keyof P]: RowsOf<P[K], A> };

/**
 * What a callback is told before each step: the point where the step starts, and the value there.
 * @example const isLow = ({ value }: Progress): boolean => value < 1e-6;
 */
export interface Progress<P extends Shapes = Shapes, A = Float64Array> {
  /** The step that is about to be taken, from 1. */
  readonly step: number;
  readonly value: number;
  /** The largest absolute element of the gradient. */
  readonly gradientNorm: number;
  /** The point as a copy, made when it is asked for, which must be during the callback. */
  readonly parameters: PointOf<P, A>;
}

/**
 * Options of `minimize`.
 * @example const options: MinimizeOptions = { steps: 100, tolerance: 1e-6 };
 */
export interface MinimizeOptions<
  P extends Shapes = Shapes,
  D = Readonly<Record<string, never>>,
  T extends Dtype = "f64",
> extends StoppingOptions,
    ProgressOptions,
    ResumeOptions {
  /** The most steps to take, those before a checkpoint included; default 1000. */
  readonly steps?: number;
  /** The elements of all tensors; default `"f64"`. See `CompileOptions`. */
  readonly dtype?: T;
  /** Record the point and the value before each step; default true. */
  readonly trajectory?: boolean;
  /** The most bytes that the trajectory takes (two rows at least); default 2²⁸. See `Trajectory.stride`. */
  readonly memoryLimit?: number;
  /** Inputs of the objective that stay as they are. */
  readonly data?: D;
  /**
   * Of solvers: bounds of parameters by name (`"layers.0.W"` in a tree), as numbers for all elements or one for each. One side may
   * be left out; equal ones hold a parameter fixed. A start outside is moved inside, and `run.solver.moved` tells.
   */
  readonly bounds?: BoundsByName;
  /** Called before each step; returning false stops the run. An asynchronous run waits for the promise that it gives. */
  readonly onStep?: (progress: Progress<P, ArrayOf<T>>) => unknown;
}

/**
 * The points before steps, row by row, and the values there. The start is the first; the last point isn't in it.
 * @example const lowest = ({ values }: Trajectory): number => Math.min(...values);
 */
export interface Trajectory<P = Shapes, A = Float64Array> {
  /** The steps taken before its first row: 0 but for a run that was resumed. */
  readonly start: number;
  /** The number of rows: the steps that were recorded. */
  readonly steps: number;
  /**
   * Row i is of the point before step start + i·stride + 1. It is 1 unless the steps didn't fit into `memoryLimit`; then every
   * second row was dropped, as often as it took, and it is a power of two.
   */
  readonly stride: number;
  /** `steps` × size numbers for each parameter. */
  readonly parameters: RowsOf<P, A>;
  readonly values: Float64Array;
}

/**
 * What `minimize` gives.
 * @example const hasConverged = ({ status }: Run): boolean => status === "converged";
 */
export interface Run<P extends Shapes = Shapes, A = Float64Array> {
  /** The last point; of a run that diverged, the last one where point, value and gradient are finite. */
  readonly parameters: PointOf<P, A>;
  /** The objective there. */
  readonly value: number;
  readonly status: Status;
  /** Why the run ended, in a sentence: of one that diverged, which gradient or parameter isn't finite, and by which op. */
  readonly message: string;
  /** How often the objective and its gradient were evaluated. */
  readonly evaluations: number;
  /** Steps taken. A run that diverged did so in the step after these; at 0 it may be the start that isn't finite. */
  readonly steps: number;
  /** Empty unless it is recorded. */
  readonly trajectory: Trajectory<P, A>;
}

/**
 * What a run of a solver tells besides.
 * @example const hessiansOf = ({ solver }: Solved): number => solver.hessians;
 */
export interface Solved {
  readonly solver: SolverReport;
}

/**
 * What a run tells besides by the kind of its method.
 * @example type Told = SolvedBy<Solver>;
 */
export type SolvedBy<M> = [M] extends [Optimizer] ? unknown : Solved;

/**
 * Lowers a scalar objective from `start`, step by step, by an optimizer or a solver. The inputs named in `start` are moved; all
 * others are `data`. Without a method it is `auto()`, which chooses a solver and says which and why.
 *
 * A run whose value, gradient or point is no longer finite has diverged: it ends at the last finite point. A solver takes no such
 * step. It has converged where the projected gradient is small for what the objective's scale says: `tolerance` times what it was
 * at the start, and worth no more than that part of the value (or as small as rounding allows). It has stalled where no step
 * leads lower and that doesn't hold.
 *
 * @example
 * const run = minimize(cubic.f, { x: [2, 3] }, adam({ learningRate: 0.1 }), { steps: 150 });
 * run.status; run.message; run.parameters.x; run.trajectory.values;
 *
 * @example
 * const run = minimize(rosenbrock.f, { x: [-1.2, 1] });
 * run.status; // "converged"
 * run.solver.name; // "trustRegion"
 *
 * @throws where the start or an option can't be used: the key and the reason are named; for a solver also where the objective
 * isn't finite at the start, or ignores a parameter
 */
export function minimize<
  I extends Shapes,
  O,
  const N extends keyof I & string,
  T extends Dtype = "f64",
  M extends Optimizer | Solver = Solver,
>(
  objective: Traced<I, O> & ScalarOutput<O>,
  start: { readonly [K in N]: ValuesOf<I[K]> },
  method?: M,
  options: MinimizeOptions<Pick<I, N>, ValuesOf<Omit<I, N>>, T> = {},
): Run<Pick<I, N>, ArrayOf<T>> & SolvedBy<M> {
  return minimizeBy(
    chooseLoop,
    objective as never,
    start,
    method ?? auto(),
    options as unknown as MinimizeOptions,
  ) as never;
}

/**
 * `minimize` for programs that do something else meanwhile: every 10 ms (`timeBudget`) it lets other tasks run, it waits for
 * promises that callbacks give, and ends when its `signal` is aborted, with what it has reached. Results are those of
 * `minimize`, to the bit.
 *
 * @example
 * const controller = new AbortController();
 * const run = await minimizeAsync(cubic.f, { x: [2, 3] }, adam({ learningRate: 0.1 }), {
 *   steps: 150,
 *   signal: controller.signal,
 * });
 * run.status; // "max-steps"
 *
 * @throws (rejects) where the start or an option can't be used
 */
export async function minimizeAsync<
  I extends Shapes,
  O,
  const N extends keyof I & string,
  T extends Dtype = "f64",
  M extends Optimizer | Solver = Solver,
>(
  objective: Traced<I, O> & ScalarOutput<O>,
  start: { readonly [K in N]: ValuesOf<I[K]> },
  method?: M,
  options: MinimizeOptions<Pick<I, N>, ValuesOf<Omit<I, N>>, T> & Scheduling = {},
): Promise<Run<Pick<I, N>, ArrayOf<T>> & SolvedBy<M>> {
  const { signal, timeBudget, ...others } = checkOptions("minimizeAsync", options, {
    ...known,
    ...knownAsync,
  });
  const pace = { isAsync: true, ...readAsync("minimizeAsync", { signal, timeBudget } as Scheduling) };
  return finishAsync(
    minimizing(
      "minimizeAsync",
      chooseLoop,
      pace,
      objective as never,
      start,
      method ?? auto(),
      others as never,
    ),
  ) as never;
}

const known = {
  steps: "any",
  ...knownStops,
  ...knownPace,
  ...knownResume,
  dtype: "any",
  trajectory: "boolean",
  memoryLimit: "any",
  data: "any",
  bounds: "any",
  onStep: "function",
} as const;

/** `minimize` without its types, by a loop: the best or, for laws that compare the two, `plainLoop`. */
export function minimizeBy(
  makeLoop: typeof chooseLoop,
  objective: Objective,
  start: unknown,
  method: Optimizer | Solver,
  options: MinimizeOptions<Shapes, object>,
): Run<never, never> {
  const run = minimizing("minimize", makeLoop, { isAsync: false }, objective, start, method, options);
  return finish("minimize", run);
}

/** A run in the making. */
function* minimizing(
  what: string,
  makeLoop: typeof chooseLoop,
  waiting: Waiting,
  objective: Objective,
  start: unknown,
  given: Optimizer | Solver,
  asked: MinimizeOptions<Shapes, object, Dtype>,
): Driven<Run<never, never>> {
  const solver = isSolver(given) ? given : undefined;
  const optimizer = solver ? undefined : readOptimizer(what, given);
  const options = checkOptions(what, asked, known);
  const { steps = 1000, trajectory: isRecorded = true, dtype = "f64", onStep, onProgress } = options;
  const { memoryLimit = defaultMemoryLimit, data: constants = {} } = options;
  readCount(steps, `${what}: steps`);
  readCount(memoryLimit, `${what}: memoryLimit`, 0, Number.MAX_SAFE_INTEGER);
  readDtype(what, dtype);
  // A solver has a test of its own for the gradient.
  const stopping = new Stopping(what, solver ? { ...options, tolerance: 0 } : options);
  const { parameters, data } = readInputs(what, objective, start, constants);
  const names = Object.keys(parameters);
  const explain = (point: ReturnType<State["point"]>) =>
    explainPoint(objective, names, { ...point, ...plainTree(data) });
  let solving: Solving | undefined;
  let method: Method | undefined;
  let state: State;
  if (optimizer) {
    checkOptimizerOptions(what, options);
    method = optimizerMethod(optimizer, {
      tolerance: stopping.gradient,
      dtype,
      inputsFor: (from) => ({
        program: stepOf(objective, optimizer, from, data),
        data: leavesOf(data, isTensor).map((one) => plainValue(asDtype(one, dtype))),
      }),
      explain,
    });
    state = method.init(parameters);
  } else {
    solving = prepare(readTask(what, solver!, options, objective, parameters, data));
    state = solving.state;
  }
  const { name } = optimizer ?? solving!;
  const saving = readCheckpoints(what, options.checkpoint, 1000);
  if (options.resume !== undefined) {
    const memory = restore(what, options.resume, "minimize", name, state);
    stopping.restore(memory.stopping ?? [], state.steps);
  }
  const save = () =>
    saving!.save(takeCheckpoint("minimize", name, state, { stopping: stopping.save(state) }));
  const { reason, value, evaluations, trajectory } = yield* pursue({
    state,
    waiting,
    wishes: { steps, trajectory: isRecorded, memoryLimit, onStep, onProgress, maxTime: stopping.maxTime },
    test: stopping.isAsked ? (value, norm) => stopping.test(value, norm, state.steps, state) : undefined,
    loop: (own) => (method ? makeLoop(method, state, own) : solving!.loop(own, () => explain(state.point()))),
    checkpoints: saving && { every: saving.every, save },
  });
  return {
    parameters: state.point() as never,
    value,
    status: reason.status,
    message: reason.message,
    evaluations,
    steps: state.steps,
    trajectory: trajectory as never,
    ...(solving && { solver: solving.report() }),
  };
}
