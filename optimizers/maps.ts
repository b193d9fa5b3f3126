/** Maps keyed by the names of parameters and slots, and what errors say of them. */
import { AdjointError, Expr } from "../graph/index.js";
import { checkKeys, describe, isRecord } from "../graph/internal.js";
import type { Slot } from "./optimizer.js";

interface Named {
  readonly name: string;
}

interface WithSlots extends Named {
  readonly slots: readonly (readonly [name: string, slot: Slot])[];
}

/** A record by name. Unlike an assignment, this makes a key of `__proto__` as of any other name. */
export function fromNames<T>(names: readonly string[], make: (name: string) => T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)]));
}

/** A record by slot. */
export function bySlot<T>({ slots }: WithSlots, make: (name: string, slot: Slot) => T): Record<string, T> {
  return Object.fromEntries(slots.map(([name, slot]) => [name, make(name, slot)]));
}

/** How errors name an entry: `adam: gradients "x"`. */
export function place({ name }: Named, what: string, key: string): string {
  return `${name}: ${what} "${key}"`;
}

/** The parameters' names. @throws where there is no map */
export function namesOf({ name }: Named, parameters: unknown): string[] {
  const isExpr = parameters instanceof Expr;
  if (isRecord(parameters) && !isExpr) return Object.keys(parameters);
  const isArray = typeof parameters === "object" && parameters !== null;
  const found = isArray ? "an array or an expression" : describe(parameters);
  throw new AdjointError(`${name}: parameters: expected an object { name: value, … }, got ${found}.`);
}

/** @throws where a name is missing from a map or unknown */
export function checkNames({ name }: Named, map: unknown, names: readonly string[], what: string): void {
  checkKeys(map, names, `${name}: ${what}`);
}

/** Checks a map of maps: slots, and in each the parameters. */
export function checkSlots(
  optimizer: WithSlots,
  slots: unknown,
  names: readonly string[],
  what: string,
): void {
  const known = optimizer.slots.map(([slot]) => slot);
  checkNames(optimizer, slots, known, what);
  for (const slot of known) {
    checkNames(optimizer, (slots as Readonly<Record<string, unknown>>)[slot], names, `${what}.${slot}`);
  }
}
