/** Options by name, as public functions take them: one that is unknown or misspelt would be ignored in silence. */
import { readFunction } from "./arguments.js";
import { describe, reading } from "./describe.js";
import { AdjointError } from "./errors.js";
import { checkNames } from "./names.js";

/** What an option of each type is, in words. */
const types = {
  boolean: "true or false",
  function: "a function",
  number: "a number",
  string: "a text",
} as const;

type Types = Readonly<Record<string, keyof typeof types | "any">>;

/** The options that are known, with the types of those that no other check looks at. */
export type Known = readonly string[] | Types;

/**
 * A copy of the options given, so that each is read once.
 * @throws where there is no object of options, or one isn't known (the error tells the nearest) or of another type
 */
export function checkOptions<T>(owner: string, given: T, known: Known): T {
  const names: readonly string[] = Array.isArray(known) ? known : Object.keys(known);
  checkNames(owner, "options", given, names);
  const own = reading(`${owner}: the options`, () => ({ ...given }));
  for (const name of names) {
    const value = own[name as keyof T];
    const type = Array.isArray(known) ? "any" : (known as Types)[name]!;
    if (value === undefined || type === "any") continue;
    if (type === "function") readFunction(value, `${owner}: ${name}`);
    if (typeof value === type) continue;
    throw new AdjointError(`${owner}: ${name} is ${describe(value)}; it must be ${types[type]}.`);
  }
  return own;
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
  // Without any, the error tells which one is missing.
  const asked = given === undefined ? {} : given;
  const options: Readonly<Record<string, unknown>> = checkOptions(owner, asked, Object.keys(table));
  const values = Object.entries(table).map(([name, option]) => {
    const own = options[name];
    const value = own === undefined ? option.default : own;
    if (value !== undefined && option.allows(value)) return [name, value];
    const found = value === undefined ? "missing" : describe(value);
    throw new AdjointError(`${owner}: ${name} is ${found}; it must be ${option.range}.`);
  });
  return Object.fromEntries(values) as OptionValues<T>;
}
