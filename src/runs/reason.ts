/** Why a run ends, as a word to ask for and a sentence to read. */

/**
 * Why a run ended.
 * - `converged`: the gradient, or the change of the value or of the point, is within its tolerance.
 * - `max-steps`: all steps of `minimize` are taken.
 * - `completed`: all epochs of `train` are over.
 * - `max-evaluations`, `max-time`: the objective was evaluated as often, or the run took as long, as was allowed.
 * - `stalled`: there was nothing better for as long as `patience` says.
 * - `stopped`: a callback returned false.
 * - `aborted`: the signal of an asynchronous run was aborted.
 * - `diverged`: the value, the gradient or the next point isn't finite.
 * @example const status: Status = "converged";
 */
export type Status =
  | "converged"
  | "max-steps"
  | "completed"
  | "max-evaluations"
  | "max-time"
  | "stalled"
  | "stopped"
  | "aborted"
  | "diverged";

/** Why a run ends. */
export interface Reason {
  readonly status: Status;
  readonly message: string;
}

/** What a callback gives to have the loop wait, for the driver to go on with later. */
export const pause = "pause";

/** The end of a run whose gradient is small. */
export function small(norm: number, tolerance: number): Reason {
  return {
    status: "converged",
    message: `No element of the gradient is larger than ${tolerance}; the largest is ${norm}.`,
  };
}

/** The end of a run that took all steps. */
export function allSteps(steps: number, norm: number): Reason {
  return {
    status: "max-steps",
    message: `All ${steps} steps are taken; the largest element of the gradient is ${norm}.`,
  };
}

/** The end of a run that left the finite numbers in the step after `steps`, with what is known of where. */
export function diverged(steps: number, where: string | undefined): Reason {
  const told = where ?? "the value, the gradient or the next point isn't finite.";
  return { status: "diverged", message: `After ${steps} steps, ${told}` };
}

/** The end of a run that a callback ended. */
export function stopped(callback: string): Reason {
  return { status: "stopped", message: `${callback} returned false.` };
}
