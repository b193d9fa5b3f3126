/** Runs of least squares: the state that their solvers work in, why they end, and how fits have one. */

import type {
  Engine,
  Evaluations,
  LeastSquares,
  LeastSquaresSolver,
} from "../../optimizers/solvers/least-squares/index.js";
import { Attempts } from "../../optimizers/solvers/least-squares/index.js";
import { Answers, type Driven, drive, finish, type Pace } from "./drive.js";
import type { Reason, Status } from "./reason.js";
import { State, type Tensors } from "./state.js";
import { type Walk, walkLoop } from "./walk.js";

/**
 * Why a run of least squares ended.
 * - `converged`: the first-order conditions hold: what the parameters can still take away is less than `tolerance` of the
 *   residuals, or than the residuals' rounding.
 * - `stalled`: no step goes down any more, or the residuals no longer depend on a parameter, and the conditions don't hold.
 * - `max-steps`, `max-evaluations`, `max-time`: all that was allowed is used up.
 * - `stopped`: a callback returned false.
 * - `aborted`: the signal of an asynchronous run was aborted.
 * @example const status: LeastSquaresStatus = "converged";
 */
export type LeastSquaresStatus = Exclude<Status, "completed" | "diverged">;

/** How far a run may go. */
export interface Limits {
  readonly steps: number;
  readonly maxEvaluations: number;
  readonly maxTime: number;
  readonly tolerance: number;
}

export interface Solved {
  readonly engine: Engine;
  readonly status: LeastSquaresStatus;
  readonly message: string;
  readonly steps: number;
  /** Of all attempts together. */
  readonly evaluations: Readonly<Evaluations>;
}

/** What is to be solved, by what, and what its parameters are called. */
export interface LeastSquaresTask {
  readonly problem: LeastSquares;
  readonly solver: LeastSquaresSolver;
  readonly limits: Limits;
  readonly nameOf: (parameter: number) => string;
}

/** The state of a run from a start: the parameters, and all that the solver remembers. */
export function stateOf({ problem, solver }: LeastSquaresTask, parameters: Tensors): State {
  const length = Attempts.lengthOf(problem, solver) - problem.residuals.size;
  const all = { data: new Float64Array(length), shape: [length] };
  return new State({ parameters, slots: { [solver.name]: { all } } });
}

/** A solver on its way through a state, which it begins or goes on with. */
export interface LeastSquaresWalk extends Walk {
  /** What was reached, and why it went no further: the best point of all attempts. */
  finish(reason: Reason): Omit<Solved, "steps">;
}

export function walkOf(
  { problem, solver, limits: { tolerance, maxEvaluations }, nameOf }: LeastSquaresTask,
  state: State,
): LeastSquaresWalk {
  const attempts = new Attempts(problem, solver, state.now as Float64Array, tolerance);
  const ending = () =>
    attempts.isSolved ? solved(attempts.engine, tolerance) : stalled(attempts.engine, nameOf);
  return {
    get value() {
      return attempts.engine.cost;
    },
    get norm() {
      return attempts.engine.norm;
    },
    get evaluations() {
      return attempts.evaluations.residuals;
    },
    conclude(end) {
      if (attempts.isAtEnd || end !== undefined) return ending();
      if (attempts.evaluations.residuals < maxEvaluations) return undefined;
      const message = "The residuals were evaluated as often as maxEvaluations allows.";
      return { status: "max-evaluations", message };
    },
    step: () => (attempts.step() ? undefined : "no step goes down"),
    finish(reason) {
      const isLeft = reason.status !== "converged" && attempts.settle();
      const { engine, evaluations } = attempts;
      const { status, message } = isLeft && reason.status === "stalled" ? stalled(engine, nameOf) : reason;
      return { engine, status: status as LeastSquaresStatus, message, evaluations: { ...evaluations } };
    },
  };
}

/** Solves from a start within the bounds, waiting for nothing. An attempt that stalls is followed by another one. */
export function solve(
  problem: LeastSquares,
  start: Float64Array,
  solver: LeastSquaresSolver,
  limits: Limits,
  nameOf: (parameter: number) => string,
): Solved {
  const task = { problem, solver, limits, nameOf };
  const state = stateOf(task, { x: { data: start, shape: [start.length] } });
  return finish("solve", solving(task, state, { isAsync: false, maxTime: limits.maxTime })).finish();
}

/** A solve at its end. */
export interface Ending {
  /** What was reached: of all attempts the best, which changes the state. */
  finish(): Solved;
}

/** Solves from where a state is. */
export function* solving(
  task: LeastSquaresTask,
  state: State,
  pace: Omit<Pace, "maxSteps" | "answers">,
): Driven<Ending> {
  const walk = walkOf(task, state);
  const { steps } = task.limits;
  const { reason } = yield* drive(walkLoop(walk, state, { steps }), state, {
    ...{ ...pace, maxSteps: steps, answers: new Answers() },
  });
  return { finish: () => ({ ...walk.finish(reason), steps: state.steps }) };
}

function solved({ offset, cosine }: Engine, tolerance: number): Reason {
  if (offset > Math.sqrt(tolerance) && cosine < offset) {
    return {
      status: "converged",
      message: `The residuals are orthogonal to what the parameters change of them, to ${short(cosine)}, and no step goes down.`,
    };
  }
  const why =
    offset <= tolerance ? `which is within ${tolerance}` : "which is what the residuals' rounding leaves";
  return {
    status: "converged",
    message: `The parameters can take away ${short(offset)} of the residuals, ${why}.`,
  };
}

function stalled({ flat, offset }: Engine, nameOf: (parameter: number) => string): Reason {
  const names = flat.map(nameOf).join(", ");
  const message =
    flat.length > 0
      ? `The residuals no longer depend on ${names}, as they did on the way: the run went where they are flat.`
      : `No step goes down, though the parameters could take away ${short(offset)} of the residuals.`;
  return { status: "stalled", message };
}

function short(x: number): string {
  return Number.isNaN(x) ? "unknown" : x.toPrecision(2);
}
