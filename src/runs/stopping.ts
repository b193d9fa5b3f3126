/** When a run is over besides its steps: options that all runs take, and what they mean at a point. */
import { AdjointError } from "../../graph/index.js";
import { checkOptions, describe, isRecord, readCount } from "../../graph/internal.js";
import type { Reason } from "./reason.js";
import type { State } from "./state.js";

/**
 * A bound on something that becomes small: absolute, or with one relative to a size; either is enough.
 * @example const tolerance: Tolerance = { absolute: 1e-8, relative: 1e-6 };
 */
export type Tolerance = number | { readonly absolute?: number; readonly relative?: number };

/**
 * When runs end.
 * @example const options: StoppingOptions = { tolerance: 1e-6, maxTime: 1000 };
 */
export interface StoppingOptions {
  /**
   * The run has converged where no element of the gradient is larger; relative to the largest element at the start. Default
   * 1e-8, and 0 takes all steps.
   */
  readonly tolerance?: Tolerance;
  /** It has converged where a step changed the value by no more; relative to the larger of both values. Default 0: never. */
  readonly valueTolerance?: Tolerance;
  /** It has converged where a step moved no element by more; relative to the largest element. Default 0: never. */
  readonly stepTolerance?: Tolerance;
  /** The most evaluations of the objective. */
  readonly maxEvaluations?: number;
  /** The most milliseconds. */
  readonly maxTime?: number;
  /** The run has stalled when so many steps brought no value below the least one. */
  readonly patience?: number;
}

export const knownStops = {
  tolerance: "any",
  valueTolerance: "any",
  stepTolerance: "any",
  maxEvaluations: "any",
  maxTime: "any",
  patience: "any",
} as const;

type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

interface Bounds {
  readonly absolute: number;
  readonly relative: number;
}

/** The tests of a run that depend on more than one point, with what they remember of earlier ones. */
export class Stopping {
  /** No element of the gradient above this ends a run. */
  readonly gradient: number;
  readonly maxTime: number;
  readonly #unit: string;
  readonly #relative: number;
  readonly #value: Bounds;
  readonly #step: Bounds;
  readonly #evaluations: number;
  readonly #patience: number;
  /** The largest element of the gradient at the start, the value before, the least one, and its step. */
  #first = Number.NaN;
  #before = Number.NaN;
  #least = Number.POSITIVE_INFINITY;
  #leastAt = 0;
  /** Of a run that was resumed after so many steps, the last one's length and where it led: the point before is gone. */
  #restored: readonly [steps: number, length: number, reach: number] | undefined;

  /** @throws where an option can't be used */
  constructor(what: string, options: Loose<StoppingOptions>, unit: "step" | "epoch" = "step") {
    this.#unit = unit;
    const { absolute, relative } = readTolerance(`${what}: tolerance`, options.tolerance, 1e-8);
    this.gradient = absolute;
    this.#relative = relative;
    this.#value = readTolerance(`${what}: valueTolerance`, options.valueTolerance, 0);
    this.#step = readTolerance(`${what}: stepTolerance`, options.stepTolerance, 0);
    const count = (name: "maxEvaluations" | "patience") =>
      options[name] === undefined ? Infinity : readCount(options[name], `${what}: ${name}`, 1);
    this.#evaluations = count("maxEvaluations");
    this.#patience = count("patience");
    const { maxTime = Infinity } = options;
    if (!(typeof maxTime === "number" && maxTime > 0))
      throw new AdjointError(`${what}: maxTime must be milliseconds above 0, not ${describe(maxTime)}.`);
    this.maxTime = maxTime;
  }

  /** Whether there is something to test at each point. */
  get isAsked(): boolean {
    const tolerances = [this.#value, this.#step].some((one) => one.absolute > 0 || one.relative > 0);
    return tolerances || this.#relative > 0 || this.#evaluations < Infinity || this.#patience < Infinity;
  }

  /** Why to end at a point after so many steps (or epochs, without a state); each is to be asked for once. */
  test(value: number, norm: number, steps: number, state?: State): Reason | undefined {
    const before = this.#before;
    this.#before = value;
    if (steps === 0) this.#first = norm;
    if (value < this.#least) {
      this.#least = value;
      this.#leastAt = steps;
    }
    const reason = this.#converged(value, norm, before, steps, state);
    if (reason) return reason;
    if (state && state.evaluations + 1 >= this.#evaluations) {
      const message = `The objective was evaluated ${state.evaluations + 1} times, as often as maxEvaluations allows.`;
      return { status: "max-evaluations", message };
    }
    if (steps - this.#leastAt < this.#patience) return undefined;
    return {
      status: "stalled",
      message: `No ${this.#unit} of the last ${this.#patience} was better than the one with ${this.#least}.`,
    };
  }

  #converged(value: number, norm: number, before: number, steps: number, state?: State): Reason | undefined {
    const converged = (message: string): Reason => ({ status: "converged", message });
    if (this.#relative > 0 && norm <= this.#relative * this.#first) {
      return converged(
        `The largest element of the gradient is ${norm}, ${this.#relative} times that at the start or less.`,
      );
    }
    if (steps === 0) return undefined;
    const change = Math.abs(value - before);
    if (isWithin(change, Math.max(Math.abs(value), Math.abs(before)), this.#value))
      return converged(
        `The last ${this.#unit} changed the value by ${change}, which is within valueTolerance.`,
      );
    if (!state || (this.#step.absolute === 0 && this.#step.relative === 0)) return undefined;
    const [length, reach] = this.#lengths(state);
    if (!isWithin(length, reach, this.#step)) return undefined;
    return converged(`The last step moved no element by more than ${length}, which is within stepTolerance.`);
  }

  /** What is remembered, as numbers. */
  save(state?: State): number[] {
    const lengths = state ? this.#lengths(state) : [0, 0];
    return [this.#first, this.#before, this.#least, this.#leastAt, ...lengths];
  }

  restore(saved: ArrayLike<number>, steps: number): void {
    const [first, before, least, leastAt, length, reach] = Array.from(saved);
    this.#first = first!;
    this.#before = before!;
    this.#least = least!;
    this.#leastAt = leastAt!;
    this.#restored = [steps, length!, reach!];
  }

  #lengths(state: State): [length: number, reach: number] {
    if (this.#restored?.[0] !== state.steps) return lengths(state);
    return [this.#restored[1], this.#restored[2]];
  }
}

/** An absolute bound and a relative one: a number, or `absent` where nothing is given, is absolute. */
export function readTolerance(what: string, given: unknown, absent: number): Bounds {
  const isBound = (one: unknown) => typeof one === "number" && Number.isFinite(one) && one >= 0;
  if (!isRecord(given)) {
    const absolute = given === undefined ? absent : given;
    if (isBound(absolute)) return { absolute: absolute as number, relative: 0 };
    throw new AdjointError(`${what} must be a finite number ≥ 0, not ${describe(given)}.`);
  }
  const { absolute = 0, relative = 0 } = checkOptions(what, given as unknown as Bounds, [
    "absolute",
    "relative",
  ]);
  const wrong = [absolute, relative].find((one) => !isBound(one));
  if (wrong === undefined) return { absolute, relative };
  throw new AdjointError(`${what}: a bound must be a finite number ≥ 0, not ${describe(wrong)}.`);
}

function isWithin(change: number, size: number, { absolute, relative }: Bounds): boolean {
  if (absolute === 0 && relative === 0) return false;
  return change <= absolute || change <= relative * size;
}

/** The largest element of the last step, and of the point where it led. */
function lengths({ now, before, parameters }: State): [number, number] {
  let length = 0;
  let reach = 0;
  for (const { offset, size } of parameters) {
    for (let i = offset; i < offset + size; i++) {
      length = Math.max(length, Math.abs(now[i]! - before[i]!));
      reach = Math.max(reach, Math.abs(now[i]!));
    }
  }
  return [length, reach];
}
