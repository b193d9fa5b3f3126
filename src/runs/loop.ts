/** The loop of every run: it takes the steps of a method until there is a reason to end, and says which. */
import type { Method } from "./method.js";
import type { Recorder } from "./recorder.js";
import type { State } from "./state.js";

/**
 * Why a run ended.
 * - `converged`: no element of the gradient is larger than the tolerance.
 * - `max-steps`: all steps of `minimize` are taken.
 * - `completed`: all epochs of `train` are over.
 * - `stopped`: a callback returned false.
 * - `diverged`: the value, the gradient or the next point isn't finite.
 */
export type Status = "converged" | "max-steps" | "completed" | "stopped" | "diverged";

export interface LoopOptions {
  /** The most steps. */
  readonly steps: number;
  /** Records the point before each step and the value there. */
  readonly recorder?: Recorder | undefined;
  /** Called at each point before its step, with the number of steps taken; what it returns ends the run. */
  readonly evaluated?: ((value: number, norm: number, steps: number) => Status | undefined) | undefined;
  /**
   * Called after each step with the value before it; what it returns ends the run. It is for runs whose steps see different
   * objectives (batches): that the next one isn't finite says nothing against the step before. Otherwise a point where the
   * objective isn't finite is left for the one before.
   */
  readonly accepted?: ((value: number) => Status | undefined) | undefined;
}

/** How a run ended, the value at the point where it did, and how often the objective was evaluated. */
export interface Ended {
  readonly status: Status;
  readonly value: number;
  readonly evaluations: number;
}

export type Loop = (state: State) => Ended;

/** Runs from a state until there is a reason to end; the state is at the last finite point then. */
export function run(method: Method, state: State, options: LoopOptions): Ended {
  const loop = method.fused?.(state, options) ?? ((from: State) => plainLoop(method, from, options));
  return loop(state);
}

/** The loop as it is, which every other form of it must equal. */
export function plainLoop(method: Method, state: State, options: LoopOptions): Ended {
  const { steps, recorder, evaluated, accepted } = options;
  let last = Number.NaN;
  for (let evaluations = 1; ; evaluations++) {
    const proposal = method.step(state);
    const { value, norm, leadsOn } = proposal;
    if (!Number.isFinite(value) || !Number.isFinite(norm)) {
      const kept = accepted ? value : leave(state, value, last);
      return { status: "diverged", value: kept, evaluations };
    }
    const status =
      method.terminate(proposal) ??
      (state.steps === steps ? "max-steps" : undefined) ??
      evaluated?.(value, norm, state.steps) ??
      (leadsOn ? undefined : "diverged");
    if (status) return { status, value, evaluations };
    recorder?.record(state.steps, value);
    state.move(1);
    last = value;
    const end = accepted?.(value);
    if (end) return { status: end, value, evaluations };
  }
}

/** Leaves a point where the objective isn't finite: the step that led there isn't taken. The value where it began. */
export function leave(state: State, value: number, last: number): number {
  if (state.steps === 0) return value;
  state.move(-1);
  return last;
}
