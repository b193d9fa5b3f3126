/** What options of optimizers and schedules may be. */
import { Expr } from "../graph/index.js";
import { isFunction, isLength, type Option } from "../graph/internal.js";

/**
 * A number, or a scalar expression of the trace in which the rule is used.
 * @example const rate: Hyperparameter = 0.01;
 */
export type Hyperparameter = number | Expr;

/**
 * A rate for each step, as a graph function of the step's number; the first step is 1.
 * @example const schedule: Schedule = (step) => divide(0.1, step);
 */
export type Schedule = (step: Expr) => Hyperparameter;

/**
 * One rate for all steps, or one for each.
 * @example const rate: LearningRate = (step) => divide(0.1, step);
 */
export type LearningRate = Hyperparameter | Schedule;

/** A number with a range, or a scalar expression, whose number can't be known yet. */
function numeric<D extends number | undefined>(
  range: string,
  allows: (value: number) => boolean,
  initial: D,
): Option<Hyperparameter, D> {
  return {
    default: initial,
    range,
    allows: (value) =>
      value instanceof Expr ? value.shape.length === 0 : typeof value === "number" && allows(value),
  };
}

const isAtLeastZero = (value: number): boolean => value >= 0 && value < Infinity;

/** Finite and ≥ 0, such as ε. */
export function atLeastZero(initial: number): Option<Hyperparameter, number> {
  return numeric("a finite number ≥ 0", isAtLeastZero, initial);
}

/** In [0, 1): the share of a running mean that stays. */
export function fraction(initial: number): Option<Hyperparameter, number> {
  return numeric("a number in [0, 1)", (value) => value >= 0 && value < 1, initial);
}

/** In [0, 1]. */
export function share(initial: number): Option<Hyperparameter, number> {
  return numeric("a number in [0, 1]", (value) => value >= 0 && value <= 1, initial);
}

/** A finite number ≥ 0 that must be given. */
export const requiredAtLeastZero: Option<Hyperparameter, undefined> = /* @__PURE__ */ numeric(
  "a finite number ≥ 0",
  isAtLeastZero,
  undefined,
);

/** A finite number > 0 that must be given: a duration in steps. */
export const requiredPositive: Option<Hyperparameter, undefined> = /* @__PURE__ */ numeric(
  "a finite number > 0",
  (value) => value > 0 && value < Infinity,
  undefined,
);

/** A learning rate; it must be given. */
export const learningRate: Option<LearningRate, undefined> = {
  default: undefined,
  range: "a finite number ≥ 0, a scalar expression, or a schedule (step) => rate",
  allows: (value) => isFunction(value) || atLeastZero(0).allows(value),
};

/** true or false. */
export function flag(initial: boolean): Option<boolean, boolean> {
  return { default: initial, range: "true or false", allows: (value) => typeof value === "boolean" };
}

/** A number that is fixed when the state is made, so that it can't be an expression. */
export function fixedAtLeastZero(initial: number): Option<number, number> {
  return {
    default: initial,
    range: "a finite number ≥ 0",
    allows: (value) => typeof value === "number" && isAtLeastZero(value),
  };
}

/** A whole number ≥ 1 that is fixed when the rule is made. */
export function count(initial: number): Option<number, number> {
  return {
    default: initial,
    range: "a whole number ≥ 1",
    allows: (value) => isLength(value) && value >= 1,
  };
}

/** A finite number > 0. */
export function positive(initial: number): Option<Hyperparameter, number> {
  return numeric("a finite number > 0", (value) => value > 0 && value < Infinity, initial);
}

/** A seed of random numbers. */
export function seed(initial: number): Option<number, number> {
  return {
    default: initial,
    range: "a whole number from 0 to 4294967295",
    allows: (value) => isLength(value) && value < 2 ** 32,
  };
}

/** A number > 0 that is fixed when the state is made. */
export function fixedPositive(initial: number): Option<number, number> {
  return {
    default: initial,
    range: "a finite number > 0",
    allows: (value) => typeof value === "number" && value > 0 && value < Infinity,
  };
}
