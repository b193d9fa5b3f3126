/** What users may set: one table an optimizer holds the names, defaults and allowed values of its options. */
import { AdjointError, Expr } from "../graph/index.js";
import { describe } from "../graph/internal.js";

/** A number, or a scalar expression of the trace in which the rule is used. */
export type Hyperparameter = number | Expr;

/** A rate for each step, as a graph function of the step's number; the first step is 1. */
export type Schedule = (step: Expr) => Hyperparameter;

/** One rate for all steps, or one for each. */
export type LearningRate = Hyperparameter | Schedule;

/** One option: its default, `undefined` where the user must give it, and what it may be. */
export interface Option<T, D extends T | undefined = T | undefined> {
  readonly default: D;
  /** The allowed values, in words that follow "it must be". */
  readonly range: string;
  allows(value: unknown): boolean;
  /** Never there: it only carries the type of the values. */
  readonly type?: T;
}

/** The options of something by name. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

type ValueOf<O> = O extends { readonly type?: infer T } ? Exclude<T, undefined> : never;

/** What a user gives: the options without a default must be there. */
export type OptionsOf<T extends OptionTable> = {
  readonly [K in keyof T as undefined extends T[K]["default"] ? K : never]: ValueOf<T[K]>;
} & {
  readonly [K in keyof T as undefined extends T[K]["default"] ? never : K]?: ValueOf<T[K]> | undefined;
};

/** What a rule works with: every option has a value. */
export type OptionValues<T extends OptionTable> = { readonly [K in keyof T]: ValueOf<T[K]> };

/**
 * The options given, completed by the defaults.
 *
 * @throws where one is missing, unknown or out of its range; the error names `owner`, option, value and range
 */
export function readOptions<const T extends OptionTable>(
  owner: string,
  table: T,
  given: OptionsOf<T>,
): OptionValues<T> {
  const list = Object.keys(table).join(", ");
  if (typeof given !== "object" || given === null) {
    throw new AdjointError(
      `${owner}: expected an object with some of the options ${list}; got ${show(given)}.`,
    );
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(table, name)) {
      throw new AdjointError(`${owner}: unknown option "${name}"; the options are ${list}.`);
    }
  }
  const values = Object.entries(table).map(([name, option]) => {
    const own = (given as Readonly<Record<string, unknown>>)[name];
    const value = own === undefined ? option.default : own;
    if (value === undefined)
      throw new AdjointError(`${owner}: ${name} is missing; it must be ${option.range}.`);
    if (!option.allows(value)) {
      throw new AdjointError(`${owner}: ${name} is ${show(value)}; it must be ${option.range}.`);
    }
    return [name, value];
  });
  return Object.fromEntries(values) as OptionValues<T>;
}

function show(value: unknown): string {
  if (value instanceof Expr) return `an expression of shape (${value.shape.join("×")})`;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : describe(value);
}

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
export const requiredAtLeastZero: Option<Hyperparameter, undefined> = numeric(
  "a finite number ≥ 0",
  isAtLeastZero,
  undefined,
);

/** A finite number > 0 that must be given: a duration in steps. */
export const requiredPositive: Option<Hyperparameter, undefined> = numeric(
  "a finite number > 0",
  (value) => value > 0 && value < Infinity,
  undefined,
);

/** A learning rate; it must be given. */
export const learningRate: Option<LearningRate, undefined> = {
  default: undefined,
  range: "a finite number ≥ 0, a scalar expression, or a schedule (step) => rate",
  allows: (value) => typeof value === "function" || requiredAtLeastZero.allows(value),
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
