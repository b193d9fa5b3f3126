/**
 * The driver of a loop: it lets the loop run for a while, looks at the clock and the signal, tells progress, saves
 * checkpoints, waits for callbacks, and goes on. It is written once, as a generator of what to wait for: a synchronous run
 * waits for nothing, an asynchronous one lets other tasks run whenever it may.
 */
import { AdjointError } from "../../graph/index.js";
import { describe, reading } from "../../graph/internal.js";
import type { Ended, Loop } from "./loop.js";
import { pause, type Reason, type Status, stopped } from "./reason.js";
import type { State } from "./state.js";

/** A run in the making: it gives what to wait for, a promise or (`undefined`) other tasks, and takes what the promise gave. */
export type Driven<T> = Generator<Promise<unknown> | undefined, T, unknown>;

/**
 * How far a run is.
 * @example const shareOf = ({ steps, maxSteps }: RunProgress): number => steps / maxSteps;
 */
export interface RunProgress {
  /** Steps taken. */
  readonly steps: number;
  /** The most steps that it takes. */
  readonly maxSteps: number;
  /** The value at the point, or of the last batch. */
  readonly value: number;
  /** Milliseconds since the run was started, or resumed. */
  readonly elapsed: number;
}

/**
 * How a run tells how far it is.
 * @example const options: ProgressOptions = { onProgress: ({ steps, maxSteps }) => steps / maxSteps };
 */
export interface ProgressOptions {
  /** Called about every 50 ms, or as often as an asynchronous run lets other tasks run. */
  readonly onProgress?: ((progress: RunProgress) => unknown) | undefined;
}

/**
 * What asynchronous runs take besides.
 * @example const scheduling: Scheduling = { signal: AbortSignal.timeout(1000), timeBudget: 5 };
 */
export interface Scheduling {
  /** Ends the run when it is aborted: with status `aborted`, and what was reached. */
  readonly signal?: AbortSignal;
  /** Milliseconds that the run may take at a time before it lets other tasks run; default 10. */
  readonly timeBudget?: number;
}

export const knownPace = { onProgress: "function" } as const;
export const knownAsync = { signal: "any", timeBudget: "any" } as const;

/** How a loop is driven. */
export interface Pace extends ProgressOptions, Scheduling {
  readonly isAsync: boolean;
  /** The most steps, which progress tells. */
  readonly maxSteps: number;
  readonly maxTime?: number;
  readonly answers: Answers;
  /** After how many steps, and by what, a checkpoint is saved. */
  readonly checkpoints?: { readonly every: number; save(): unknown } | undefined;
}

/** How a run ended. */
export interface Finished extends Ended {
  readonly reason: Reason;
}

/** What callbacks answer: a loop pauses for a promise, for the driver to wait. */
export class Answers {
  #awaited: { readonly callback: string; readonly promise: Promise<unknown> } | undefined;

  take(callback: string, answer: unknown): Reason | typeof pause | undefined {
    if (isPromise(answer)) {
      this.#awaited = { callback, promise: answer };
      return pause;
    }
    return answer === false ? stopped(callback) : undefined;
  }

  /** Waits for the callback that made the loop pause, if one did. */
  *settle(): Driven<Reason | undefined> {
    if (!this.#awaited) return undefined;
    const { callback, promise } = this.#awaited;
    this.#awaited = undefined;
    return (yield promise) === false ? stopped(callback) : undefined;
  }
}

/** Ends from which a run would go on. From the others, one that was killed and resumed comes to the same end by itself. */
const unfinished: readonly Status[] = ["max-steps", "completed", "max-time", "aborted"];

const usualBudget = 10;
const progressBudget = 50;

/** @throws where a signal or a budget isn't one */
export function readAsync(what: string, { signal, timeBudget }: Scheduling): Scheduling {
  const aborted = reading(`${what}: signal`, () => (signal === undefined ? false : Object(signal).aborted));
  if (typeof aborted !== "boolean")
    throw new AdjointError(`${what}: signal is ${describe(signal)}; pass the signal of an AbortController.`);
  if (timeBudget !== undefined && !(typeof timeBudget === "number" && timeBudget >= 0))
    throw new AdjointError(`${what}: timeBudget must be milliseconds, not ${describe(timeBudget)}.`);
  return { ...(signal && { signal }), ...(timeBudget !== undefined && { timeBudget }) };
}

/** Runs a loop to its end. */
export function* drive(loop: Loop, state: State, pace: Pace): Driven<Finished> {
  const { isAsync, signal, maxTime = Infinity, maxSteps, onProgress, answers, checkpoints } = pace;
  const budget = isAsync ? (pace.timeBudget ?? usualBudget) : progressBudget;
  const isSliced = isAsync || onProgress !== undefined || maxTime < Infinity;
  const began = Date.now();
  let slice = isSliced ? 1 : Infinity;
  let saved = state.steps;
  let checkpointError: unknown;

  function* save(): Driven<void> {
    saved = state.steps;
    checkpointError = undefined;
    try {
      const answer = checkpoints!.save();
      if (isPromise(answer)) yield answer;
    } catch (error) {
      // A full disk must not cost the run its result.
      checkpointError = error;
    }
  }

  for (;;) {
    const from = state.steps;
    const started = Date.now();
    const due = checkpoints ? saved + checkpoints.every : Infinity;
    const ended = loop(signal?.aborted ? from : Math.min(from + slice, due));
    const now = Date.now();
    const reason =
      ended.reason ??
      (yield* answers.settle()) ??
      (signal?.aborted ? aborted(signal) : undefined) ??
      (now - began >= maxTime ? outOfTime(maxTime) : undefined);
    const isDue = checkpoints && state.steps !== saved && (reason || state.steps >= due);
    if (isDue && (!reason || unfinished.includes(reason.status))) yield* save();
    if (reason) return { ...ended, reason: withUnsaved(reason, checkpointError) };
    // Pauses of callbacks and checkpoints tell nothing of the time that a slice takes.
    if (state.steps - from >= slice) slice = nextSlice(slice, now - started, budget);
    if (!isSliced) continue;
    const answer = onProgress?.({ steps: state.steps, maxSteps, value: ended.value, elapsed: now - began });
    if (isPromise(answer)) yield answer;
    yield undefined;
  }
}

/** A reason that tells of a checkpoint that couldn't be saved as well. */
function withUnsaved(reason: Reason, error: unknown): Reason {
  if (error === undefined) return reason;
  const told = error instanceof Error ? error.message : String(error);
  return { ...reason, message: `${reason.message} The last checkpoint couldn't be saved: ${told}` };
}

/** Slices double while they are short of the budget: the clock is looked at rarely, and never late for long. */
function nextSlice(slice: number, took: number, budget: number): number {
  if (took > budget) return Math.max(1, Math.floor(slice / 2));
  return 2 * took < budget ? Math.min(2 * slice, 2 ** 30) : slice;
}

function aborted({ reason }: AbortSignal): Reason {
  const told = reason instanceof Error ? `: ${reason.message}` : "";
  return { status: "aborted", message: `The signal was aborted${told}${told.endsWith(".") ? "" : "."}` };
}

function outOfTime(maxTime: number): Reason {
  return { status: "max-time", message: `The run took the ${maxTime} ms that maxTime allows.` };
}

function isPromise(given: unknown): given is Promise<unknown> {
  return (
    typeof given === "object" && given !== null && typeof (given as PromiseLike<unknown>).then === "function"
  );
}

/** A run that waits for nothing. @throws where a callback gives a promise */
export function finish<T>(what: string, run: Driven<T>): T {
  for (;;) {
    const { done, value } = run.next();
    if (done) return value;
    if (!value) continue;
    // Nobody else listens to what becomes of it.
    value.catch(() => {});
    throw new AdjointError(
      `${what}: a callback gives a promise, for which ${what} can't wait; use ${what}Async.`,
    );
  }
}

/** A run that lets other tasks run in between, and waits for its callbacks. */
export async function finishAsync<T>(run: Driven<T>): Promise<T> {
  let next = run.next();
  while (!next.done) {
    try {
      const answer = await (next.value ?? nextTask());
      next = run.next(answer);
    } catch (error) {
      next = run.throw(error);
    }
  }
  return next.value;
}

/** The next turn of the event loop. Timers would wait for milliseconds in browsers. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
