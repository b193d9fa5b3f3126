/** The loop of every run: it takes the steps of a method until there is a reason to end or to pause. */
import type { Method, Proposal } from "./method.js";
import { allSteps, diverged, type pause, type Reason } from "./reason.js";
import type { Recorder } from "./recorder.js";
import type { State } from "./state.js";

export interface LoopOptions {
  /** The most steps. */
  readonly steps: number;
  /** Records the point before each step and the value there. */
  readonly recorder?: Recorder | undefined;
  /**
   * Called at each point before its step, with `state.steps` the steps taken and `state.before` the point before. What it
   * returns ends the run; having it pause, it is called there again, and has to remember what it was told.
   */
  readonly evaluated?: ((value: number, norm: number) => Reason | typeof pause | undefined) | undefined;
  /**
   * Called after each step with the value before it; what it returns ends the run, or has it pause. It is for runs whose steps see different
   * objectives (batches): that the next one isn't finite says nothing against the step before. Otherwise a point where the
   * objective isn't finite is left for the one before.
   */
  readonly accepted?: ((value: number) => Reason | typeof pause | undefined) | undefined;
}

/** Where a loop stands: why it ended (`undefined` for a pause), the value at that point, and all evaluations. */
export interface Ended {
  readonly reason: Reason | undefined;
  readonly value: number;
  readonly evaluations: number;
}

/**
 * Runs on from where it paused until there is a reason to end, or so many steps are taken and nothing at that point speaks
 * against the next one. The state is at the last finite point when it ends.
 */
export type Loop = (until: number) => Ended;

/** The loop of a method: with the step written into it where there is one like that. */
export function chooseLoop(method: Method, state: State, options: LoopOptions): Loop {
  return method.fused?.(state, options) ?? plainLoop(method, state, options);
}

/** The loop as it is, which every other form of it must equal. */
export function plainLoop(method: Method, state: State, options: LoopOptions): Loop {
  const { steps, recorder, evaluated, accepted } = options;
  let last = Number.NaN;
  let proposal: Proposal | undefined;
  return (until) => {
    for (;;) {
      proposal ??= method.step(state);
      const { value, norm, leadsOn } = proposal;
      const evaluations = state.evaluations + 1;
      if (!Number.isFinite(value) || !Number.isFinite(norm)) {
        const reason = diverged(state.steps, method.explain?.(state, "point"));
        return { reason, value: accepted ? value : leave(state, value, last), evaluations };
      }
      const reason =
        method.terminate(proposal) ??
        (state.steps >= steps ? allSteps(state.steps, norm) : undefined) ??
        evaluated?.(value, norm) ??
        (leadsOn ? undefined : diverged(state.steps, method.explain?.(state, "next")));
      if (reason || state.steps >= until) return { reason: reasonOf(reason), value, evaluations };
      recorder?.record(state.steps, value);
      state.move(1);
      state.evaluations = evaluations;
      last = value;
      proposal = undefined;
      const end = accepted?.(value);
      if (end) return { reason: reasonOf(end), value, evaluations };
    }
  };
}

/** A pause is no reason. */
export function reasonOf(given: Reason | typeof pause | undefined): Reason | undefined {
  return typeof given === "object" ? given : undefined;
}

/** Leaves a point where the objective isn't finite: the step that led there isn't taken. The value where it began. */
export function leave(state: State, value: number, last: number): number {
  if (state.steps === 0) return value;
  state.move(-1);
  return last;
}
