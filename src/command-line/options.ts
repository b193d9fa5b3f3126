/** Options of commands: how they are written, read, and explained. */
import { parseArgs } from "node:util";
import { nearest } from "../../graph/internal.js";
import { UsageError } from "./terminal.js";

/** An option: `--at x=1`, or one without a value. */
export interface Option {
  /** What stands for the value in the help; none: a switch. */
  readonly value?: string;
  readonly help: string;
  /** The words that may stand there, or be parts of a list. */
  readonly choices?: readonly string[];
}

export type Options = Readonly<Record<string, Option>>;

/** What was given: texts by the names of options, switches as `true`. */
export interface Given {
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, readonly (string | true)[]>;
}

/** How an option of the library is typed: `learningRate` as `learning-rate`. */
export const typed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const common: Options = {
  json: { help: "one JSON document instead of tables" },
  help: { help: "how this command is used" },
};

/** Words and options of a command line. @throws UsageError for an unknown option (with the nearest), or one without its value */
export function readArguments(command: string, args: readonly string[], known: Options): Given {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(known).map(([name, { value }]) => [
        name,
        { type: value === undefined ? "boolean" : "string" } as const,
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words: string[] = [];
  const options = new Map<string, (string | true)[]>();
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const { name, value, rawName } = token;
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!option) {
      const meant = likely(name, Object.keys(known));
      throw new UsageError(
        `unknown option ${rawName.slice(0, 40)}${meant === undefined ? "" : `; did you mean --${meant}?`}\n\`adjoint ${command} --help\` lists the options.`,
      );
    }
    if (option.value !== undefined && value === undefined)
      throw new UsageError(`--${name} needs a value: --${name} ${option.value}`);
    if (option.value === undefined && value !== undefined)
      throw new UsageError(`--${name} takes no value, not "${value.slice(0, 40)}".`);
    const before = options.get(name);
    if (before) throw new UsageError(`--${name} is given twice.`);
    options.set(name, [value ?? true]);
  }
  return { words, options };
}

/** The nearest name, or the one that has the word in it. */
function likely(name: string, known: readonly string[]): string | undefined {
  return nearest(name, known) ?? (name.length > 2 ? known.find((one) => one.includes(name)) : undefined);
}

/** The text behind an option. */
export function textOf({ options }: Given, name: string): string | undefined {
  const [first] = options.get(name) ?? [];
  return typeof first === "string" ? first : undefined;
}

export const has = ({ options }: Given, name: string): boolean => options.has(name);

/** Names between commas behind an option. */
export function namesOf(given: Given, name: string): readonly string[] {
  return (textOf(given, name) ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
}

/** The number behind an option. */
export function numberOf(
  given: Given,
  name: string,
  { whole = false, least = -Infinity } = {},
): number | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= least && Number.isFinite(value) && (!whole || Number.isInteger(value))) return value;
  const range = least === -Infinity ? "" : ` of at least ${least}`;
  throw new UsageError(
    `--${name} must be a ${whole ? "whole " : ""}number${range}, not "${text.slice(0, 40)}".`,
  );
}

/** One of a few words behind an option. */
export function choiceOf<T extends string>(given: Given, name: string, choices: readonly T[]): T | undefined {
  const text = textOf(given, name);
  if (text === undefined || (choices as readonly string[]).includes(text)) return text as T | undefined;
  const meant = nearest(text, choices);
  throw new UsageError(
    `--${name} must be ${choices.join(", ")}, not "${text.slice(0, 40)}"${meant === undefined ? "." : `; did you mean ${meant}?`}`,
  );
}

/** The help's lines on options. */
export function explained(options: Options): string {
  const names = Object.entries(options).map(
    ([name, { value }]) => `  --${name}${value === undefined ? "" : ` ${value}`}`,
  );
  const width = Math.max(...names.map((name) => name.length)) + 2;
  return Object.values(options)
    .map(({ help }, i) => names[i]!.padEnd(width) + help)
    .join("\n");
}
