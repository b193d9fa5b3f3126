/** Maps by the names of slots, trees of the parameters' form, and what errors say of them. */
import { AdjointError, type Shape, type Tree } from "../graph/index.js";
import {
  checkKeys,
  describe,
  flattenTree,
  isRecord,
  type Path,
  type Place,
  placeOf,
  readAlong,
  reading,
  sizeOf,
  unflattenTree,
} from "../graph/internal.js";
import type { Slot } from "./types.js";

interface Named {
  readonly name: string;
}

interface WithSlots extends Named {
  readonly slots: readonly (readonly [name: string, slot: Slot])[];
}

/** A record by slot. Unlike assignments, this makes a key of `__proto__` as of any other name. */
export function bySlot<T>({ slots }: WithSlots, make: (name: string, slot: Slot) => T): Record<string, T> {
  return Object.fromEntries(slots.map(([name, slot]) => [name, make(name, slot)]));
}

/** The shape of a slot for a parameter. */
export function slotShape({ scalar, shape }: Slot, parameter: Shape, path: Path): Shape {
  return shape?.(parameter, path) ?? (scalar ? [] : parameter);
}

/** What a slot of this shape holds before the first step. */
export function initialOf({ initial }: Slot, shape: Shape, path: Path): Float64Array {
  return typeof initial === "number"
    ? new Float64Array(sizeOf(shape)).fill(initial)
    : Float64Array.from(initial(shape, path));
}

/** How errors name an entry: `adam: gradients "x"`. */
export function placeIn({ name }: Named, what: string): Place {
  const whole = `${name}: ${what}`;
  return placeOf(whole, whole);
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
  const own = isRecord(map) ? reading(where, () => ({ ...map })) : map;
  checkKeys(own, names, where);
  return own as Given;
}

/** Trees of the form of the parameters', which are told by `like`. */
export interface Form<T> {
  readonly like: Tree<T>;
  readonly isLeaf: (tree: Tree<T>) => tree is T;
}

/** What stands at the leaves of a tree of this form, read by `read`, which is told how errors name it. */
export function readLeaves<T, U>(
  optimizer: Named,
  { like, isLeaf }: Form<T>,
  given: unknown,
  what: string,
  read: (value: unknown, leaf: T, what: string, path: Path) => U,
): U[] {
  const place = placeIn(optimizer, what);
  const leaves: U[] = [];
  readAlong(like, isLeaf, given, place, (value, leaf, path) =>
    leaves.push(read(value, leaf, place(path), path)),
  );
  return leaves;
}

/** For each leaf what belongs to it: its number and its gradient, of its shape, and a record by slot, of the slots' shapes. */
export function readPlaces<T extends { readonly shape: Shape }, U>(
  optimizer: WithSlots,
  form: Form<T>,
  given: { readonly parameters: unknown; readonly gradients: unknown; readonly slots: unknown },
  slotsName: string,
  read: (value: unknown, shape: Shape, what: string, leaf: T) => U,
) {
  const [point, slopes] = (["parameters", "gradients"] as const).map((name) =>
    readLeaves(optimizer, form, given[name], name, (value, leaf, what) =>
      read(value, leaf.shape, what, leaf),
    ),
  );
  const names = optimizer.slots.map(([name]) => name);
  const slots = readNamed(optimizer, given.slots, names, slotsName);
  const columns = bySlot(optimizer, (name, slot) =>
    readLeaves(optimizer, form, slots[name], `${slotsName}.${name}`, (value, leaf, what, path) =>
      read(value, slotShape(slot, leaf.shape, path), what, leaf),
    ),
  );
  return flattenTree(form.like, form.isLeaf).map(({ path, leaf: { shape } }, i) => ({
    path,
    shape,
    parameter: point![i]!,
    gradient: slopes![i]!,
    slots: bySlot(optimizer, (name) => columns[name]![i]!),
  }));
}

/** What a rule gave for each leaf, as trees. */
export function joinUpdates<T, U>(
  optimizer: WithSlots,
  { like, isLeaf }: Form<T>,
  updates: readonly { readonly parameter: U; readonly slots: Readonly<Record<string, U>> }[],
): { readonly parameters: Tree<U>; readonly slots: Readonly<Record<string, Tree<U>>> } {
  const join = (pick: (update: (typeof updates)[number]) => U) =>
    unflattenTree(like, isLeaf, updates.map(pick));
  return {
    parameters: join(({ parameter }) => parameter),
    slots: bySlot(optimizer, (name) => join(({ slots }) => slots[name]!)),
  };
}
