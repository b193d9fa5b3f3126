/** The loop of solvers, of functions and of least squares: they change their point in place, and only to finite ones. */
import { type Loop, type LoopOptions, reasonOf } from "./loop.js";
import { allSteps, type Reason } from "./reason.js";
import type { State } from "./state.js";

/** A solver at work at a point of a state. */
export interface Walk {
  /** Evaluates at the start, unless it has; called once before all else. @throws where something isn't finite there */
  begin?(): void;
  /** The value at the point. */
  readonly value: number;
  /** The largest element of the projected gradient there; NaN where that isn't known. */
  readonly norm: number;
  /** All evaluations so far. */
  readonly evaluations: number;
  /** Why to end at the point, if that is so; `end` says why there is no further step. */
  conclude(end: string | undefined): Reason | undefined;
  /** Goes to a better point; a sentence's end where there is none to be found. */
  step(): string | undefined;
}

/** The loop of a solver's steps. */
export function walkLoop(walk: Walk, state: State, { steps, recorder, evaluated }: LoopOptions): Loop {
  const { offset, size } = state.parameters.at(-1)!;
  const point = state.now.subarray(0, offset + size);
  let begun = false;
  let end: string | undefined;
  return (until) => {
    if (!begun) walk.begin?.();
    begun = true;
    for (;;) {
      const { value, evaluations } = walk;
      // What stopping tests count is one more than those before the point.
      state.evaluations = evaluations - 1;
      const found = walk.conclude(end);
      const { norm } = walk;
      const asked = found ?? (state.steps >= steps ? allSteps(state.steps, norm) : evaluated?.(value, norm));
      if (asked || state.steps >= until) return { reason: reasonOf(asked), value, evaluations };
      recorder?.record(state.steps, value);
      state.before.set(point);
      end = walk.step();
      if (end === undefined) state.steps++;
    }
  };
}
