/** Options by name, as public functions take them: one that is unknown or misspelt would be ignored in silence. */
import { AdjointError } from "./errors.js";
import { checkNames } from "./names.js";
import { describe } from "./values.js";

/** @throws where what is given is no object of options, or one isn't known; the error tells the nearest */
export function checkOptions(owner: string, given: unknown, known: readonly string[]): void {
  checkNames(owner, "options", given, known);
}

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
  checkOptions(owner, given, Object.keys(table));
  const values = Object.entries(table).map(([name, option]) => {
    const own = (given as Readonly<Record<string, unknown>>)[name];
    const value = own === undefined ? option.default : own;
    if (value === undefined)
      throw new AdjointError(`${owner}: ${name} is missing; it must be ${option.range}.`);
    if (!option.allows(value)) {
      throw new AdjointError(`${owner}: ${name} is ${describe(value)}; it must be ${option.range}.`);
    }
    return [name, value];
  });
  return Object.fromEntries(values) as OptionValues<T>;
}

/** Throws where a count isn't a whole number of at least `least`. */
export function checkCount(what: string, name: string, count: unknown, least: number): void {
  if (Number.isSafeInteger(count) && (count as number) >= least) return;
  throw new AdjointError(
    `${what}: ${name} must be a whole number of at least ${least}, not ${describe(count)}.`,
  );
}
