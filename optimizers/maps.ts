/** Maps keyed by the names of parameters and slots, and what errors say of them. */
import { AdjointError } from "../graph/index.js";
import { checkKeys, describe, isRecord, reading } from "../graph/internal.js";
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

/** A user's map by name, in which what stands at a name isn't known yet. */
export type Given = Readonly<Record<string, unknown>>;

/** A copy of a map by the parameters' names, whatever these are: it is read once. @throws where there is none */
export function readMap({ name }: Named, map: unknown, what: string): Given {
  if (isRecord(map)) return reading(`${name}: ${what}`, () => ({ ...map }));
  throw new AdjointError(`${name}: ${what}: expected an object { name: value, … }, got ${describe(map)}.`);
}

/** A copy of a map of known names. @throws where one is missing or unknown */
export function readNamed({ name }: Named, map: unknown, names: readonly string[], what: string): Given {
  const where = `${name}: ${what}`;
  const own = (isRecord(map) ? reading(where, () => ({ ...map })) : map) as Given;
  // Asked first, since a step on few numbers would spend much of its time on finding out what fits.
  const fits =
    isRecord(own) &&
    Object.keys(own).length === names.length &&
    names.every((key) => Object.hasOwn(own, key));
  if (!fits) checkKeys(own, names, where);
  return own;
}

/** A copy of a map of maps: slots, and in each the parameters. */
export function readSlots(
  optimizer: WithSlots,
  slots: unknown,
  names: readonly string[],
  what: string,
): Readonly<Record<string, Given>> {
  const known = optimizer.slots.map(([slot]) => slot);
  const read = readNamed(optimizer, slots, known, what);
  return fromNames(known, (slot) => readNamed(optimizer, read[slot], names, `${what}.${slot}`));
}
