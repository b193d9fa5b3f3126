/** `leastSquares`: the parameters that make a sum of squares least, within bounds and by robust losses. */
import type { Expr, Shapes, Traced } from "../../graph/index.js";
import { checkOptions, readCount, type ValuesOf } from "../../graph/internal.js";
import { project } from "../../optimizers/solvers/internal.js";
import {
  type Evaluations,
  type LeastSquares,
  type LeastSquaresSolver,
  type LossName,
  levenbergMarquardt,
  readLeastSquaresSolver,
} from "../../optimizers/solvers/least-squares/index.js";
import { type BoundsByName, readBounds } from "./bounds.js";
import { knownResume, type ResumeOptions, readCheckpoints, restore, takeCheckpoint } from "./checkpoint.js";
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
import type { PointOf, Trajectory } from "./minimize.js";
import { pursue, type Waiting } from "./pursue.js";
import { defaultMemoryLimit } from "./recorder.js";
import {
  checkStart,
  countOf,
  nameOf,
  readLimits,
  readResidualInputs,
  readWeighing,
} from "./residual-inputs.js";
import { makeResiduals, type ResidualFunction } from "./residuals.js";
import { type LeastSquaresStatus, type Solved, stateOf, walkOf } from "./solve.js";
import type { State, Tensors } from "./state.js";
import { walkLoop } from "./walk.js";

/**
 * What a callback of `leastSquares` is told before each step.
 * @example const isLow = ({ value }: LeastSquaresProgress): boolean => value < 1e-6;
 */
export interface LeastSquaresProgress<P extends Shapes = Shapes> {
  /** The step that is about to be taken, from 1. */
  readonly step: number;
  /** ½ Σ w·s²·ρ(r²/s²) at the point: half the sum of squares. */
  readonly value: number;
  /** The largest absolute element of the gradient without those that bounds hold. */
  readonly gradientNorm: number;
  /** The point as a copy, made when it is asked for, which must be during the callback. */
  readonly parameters: PointOf<P>;
}

/**
 * Options of `leastSquares`.
 * @example const options: LeastSquaresOptions = { loss: "huber", lossScale: 0.1 };
 */
export interface LeastSquaresOptions<P extends Shapes = Shapes, D = Readonly<Record<string, never>>>
  extends ProgressOptions,
    ResumeOptions {
  /** Bounds by parameter, as in `{ k: { lower: 0 } }`: numbers, or arrays of the parameter's shape. Equal ones hold it fixed. */
  readonly bounds?: { readonly [K in keyof P]?: { readonly lower?: unknown; readonly upper?: unknown } };
  /** A weight ≥ 0 for each residual; 2 counts it twice. */
  readonly weights?: ArrayLike<number>;
  /** What becomes of large residuals; default "linear", the plain sum of squares. */
  readonly loss?: LossName;
  /** The size from which on residuals are large; default 1. SciPy's `f_scale`. */
  readonly lossScale?: number;
  /** The relative offset at which a point is a solution; default 1e-10. */
  readonly tolerance?: number;
  /** The most steps to take; default 1000. */
  readonly steps?: number;
  /** The most evaluations of the residuals. */
  readonly maxEvaluations?: number;
  /** The most milliseconds. */
  readonly maxTime?: number;
  /** Record the point and the value before each step; default true. */
  readonly trajectory?: boolean;
  /** The most bytes that the trajectory takes; default 2²⁸. */
  readonly memoryLimit?: number;
  /** Inputs of the residuals that stay as they are. */
  readonly data?: D;
  /** Called before each step; returning false stops the run. An asynchronous run waits for the promise that it gives. */
  readonly onStep?: (progress: LeastSquaresProgress<P>) => unknown;
}

/**
 * What `leastSquares` gives.
 * @example const errors = ({ residuals }: LeastSquaresRun): number[] => [...residuals];
 */
export interface LeastSquaresRun<P extends Shapes = Shapes> {
  readonly parameters: PointOf<P>;
  /** ½ Σ w·s²·ρ(r²/s²) there. */
  readonly value: number;
  /** The residuals there, without weights or loss. */
  readonly residuals: Float64Array;
  readonly status: LeastSquaresStatus;
  /** Why it ended, in a sentence. */
  readonly message: string;
  readonly steps: number;
  /** How often residuals, Jacobians and products were evaluated. */
  readonly evaluations: Readonly<Evaluations>;
  /** The part of the residuals that the free parameters can still take away: 0 where the first-order conditions hold. */
  readonly offset: number;
  /** The largest absolute element of the gradient without those that bounds hold. */
  readonly gradientNorm: number;
  /** Directions of the free parameters on which the residuals depend; NaN where only products were computed. */
  readonly rank: number;
  /** Parameters of which an element stands at a bound, by their paths. */
  readonly atBounds: readonly string[];
  /** The start as it was moved into the bounds; `undefined` where it lay within. */
  readonly movedStart: PointOf<P> | undefined;
  readonly trajectory: Trajectory<P>;
}

/**
 * Lowers ½ Σ rᵢ² from `start`, where the residuals r are a traced function's output, a vector. The inputs named in `start`
 * are the parameters; all others are `data`. Jacobians and products are exact, and compiled.
 *
 * Weights and a robust loss make it ½ Σ wᵢ·s²·ρ(rᵢ²/s²): `huber`, `softL1`, `cauchy`, `arctan` or `tukey`, with s the
 * `lossScale`. A run is `converged` only where the first-order conditions hold; its `offset` tells how well (Bates and
 * Watts, 1981).
 *
 * @example
 * const line = trace({ a: scalar(), b: scalar() }, ({ a, b }) =>
 *   subtract(add(multiply(a, [0, 1, 2, 3]), b), [1, 3, 5, 7]),
 * );
 * const run = leastSquares(line, { a: 0, b: 0 });
 * Math.round(1e9 * run.parameters.a) / 1e9; // 2
 * run.status; // "converged"
 *
 * @throws where start, data, bounds or an option can't be used, or a residual isn't finite at the start
 */
export function leastSquares<I extends Shapes, O extends Expr, const N extends keyof I & string>(
  residuals: Traced<I, O>,
  start: { readonly [K in N]: ValuesOf<I[K]> },
  solver: LeastSquaresSolver = levenbergMarquardt(),
  options: LeastSquaresOptions<Pick<I, N>, ValuesOf<Omit<I, N>>> = {},
): LeastSquaresRun<Pick<I, N>> {
  return finish(
    "leastSquares",
    leastSquaring(
      "leastSquares",
      { isAsync: false },
      residuals as unknown as ResidualFunction,
      start,
      solver,
      checkOptions("leastSquares", options as never, known),
    ),
  ) as never;
}

/**
 * `leastSquares` for programs that do something else meanwhile: every 10 ms (`timeBudget`) it lets other tasks run, it waits
 * for promises that callbacks give, and ends when its `signal` is aborted, with the best point so far. Results are those of
 * `leastSquares`, to the bit.
 *
 * @example
 * const line = trace({ a: scalar(), b: scalar() }, ({ a, b }) =>
 *   subtract(add(multiply(a, [0, 1, 2, 3]), b), [1, 3, 5, 7]),
 * );
 * const controller = new AbortController();
 * const run = await leastSquaresAsync(line, { a: 0, b: 0 }, gaussNewton(), { signal: controller.signal });
 * run.status; // "converged"
 *
 * @throws (rejects) where start, data, bounds or an option can't be used, or a residual isn't finite at the start
 */
export async function leastSquaresAsync<I extends Shapes, O extends Expr, const N extends keyof I & string>(
  residuals: Traced<I, O>,
  start: { readonly [K in N]: ValuesOf<I[K]> },
  solver: LeastSquaresSolver = levenbergMarquardt(),
  options: LeastSquaresOptions<Pick<I, N>, ValuesOf<Omit<I, N>>> & Scheduling = {},
): Promise<LeastSquaresRun<Pick<I, N>>> {
  const what = "leastSquaresAsync";
  const { signal, timeBudget, ...others } = checkOptions(what, options as Scheduling, {
    ...known,
    ...knownAsync,
  });
  const waiting = { isAsync: true, ...readAsync(what, { signal, timeBudget } as Scheduling) };
  const f = residuals as unknown as ResidualFunction;
  return finishAsync(leastSquaring(what, waiting, f, start, solver, others)) as never;
}

/** A run in the making. */
function* leastSquaring(
  what: string,
  waiting: Waiting,
  f: ResidualFunction,
  start: unknown,
  solver: LeastSquaresSolver,
  given: LeastSquaresOptions<Shapes, object>,
): Driven<object> {
  readLeastSquaresSolver(solver, what);
  const { parameters, data } = readResidualInputs(what, f, start, given.data === undefined ? {} : given.data);
  const problem: LeastSquares = {
    weighing: readWeighing(what, given, countOf(what, f)),
    bounds: readBounds(what, given.bounds as BoundsByName | undefined, parameters),
    residuals: makeResiduals(f, parameters, data),
  };
  const limits = readLimits(what, given);
  const { trajectory = true, memoryLimit = defaultMemoryLimit, onStep, onProgress } = given;
  readCount(memoryLimit, `${what}: memoryLimit`, 0, Number.MAX_SAFE_INTEGER);
  const task = { problem, solver, limits, nameOf: (j: number) => nameOf(parameters, j) };
  const state = stateOf(task, parameters);
  const first = (state.now as Float64Array).subarray(0, problem.residuals.size);
  const movedStart = project(problem.bounds, first) > 0 ? state.point() : undefined;
  checkStart(what, problem, first);
  const saving = readCheckpoints(what, given.checkpoint, 1000);
  if (given.resume !== undefined) restore(what, given.resume, "leastSquares", solver.name, state);
  const walk = walkOf(task, state);
  const pursued = yield* pursue({
    state,
    waiting,
    wishes: { steps: limits.steps, trajectory, memoryLimit, onStep, onProgress, maxTime: limits.maxTime },
    loop: (options) => walkLoop(walk, state, options),
    checkpoints: saving && {
      every: saving.every,
      save: () => saving.save(takeCheckpoint("leastSquares", solver.name, state, {})),
    },
  });
  return runOf(walk.finish(pursued.reason), state, parameters, problem, movedStart, pursued.trajectory);
}

const known = {
  bounds: "any",
  weights: "any",
  loss: "any",
  lossScale: "any",
  tolerance: "any",
  steps: "any",
  maxEvaluations: "any",
  maxTime: "any",
  trajectory: "boolean",
  memoryLimit: "any",
  data: "any",
  onStep: "function",
  ...knownPace,
  ...knownResume,
} as const;

function runOf(
  { engine, status, message, evaluations }: Omit<Solved, "steps">,
  state: State,
  parameters: Tensors,
  { bounds: { lower, upper } }: LeastSquares,
  movedStart: unknown,
  trajectory: unknown,
): object {
  const held = new Set<string>();
  for (let j = 0; j < engine.x.length; j++)
    if (engine.x[j] === lower[j] || engine.x[j] === upper[j]) held.add(nameOf(parameters, j));
  return {
    parameters: state.point(),
    value: engine.cost,
    residuals: engine.r.slice(),
    status,
    message,
    steps: state.steps,
    evaluations,
    offset: engine.offset,
    gradientNorm: engine.norm,
    rank: engine.rank,
    atBounds: [...held],
    movedStart,
    trajectory,
  };
}
