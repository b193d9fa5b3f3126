/** Sees what a call changed that isn't its own: its arguments, and the objects that everything inherits from. */
import { types } from "node:util";
import { isRecord } from "./hostile.js";

/** Remembers arguments; what comes back tells the place of a change, if there is one. */
export function watch(args: readonly unknown[], writes: readonly number[] = []): () => string | undefined {
  const checks: (() => string | undefined)[] = [];
  const seen = new Set<unknown>();
  for (const [i, arg] of args.entries()) {
    if (!writes.includes(i)) remember(arg, `argument ${i + 1}`, 5, checks, seen);
  }
  return () => {
    for (const check of checks) {
      const place = check();
      if (place !== undefined) return place;
    }
    return undefined;
  };
}

function remember(
  value: unknown,
  place: string,
  depth: number,
  checks: (() => string | undefined)[],
  seen: Set<unknown>,
): void {
  if (typeof value !== "object" || value === null || types.isProxy(value) || seen.has(value)) return;
  seen.add(value);
  if (ArrayBuffer.isView(value)) {
    const numbers = value as Float64Array;
    // Nothing is in it, or it was detached; then it can't be asked for its elements.
    if (value instanceof DataView || numbers.length === 0) return;
    const before = numbers.slice();
    checks.push(() => {
      const same = numbers.length === before.length && before.every((x, i) => Object.is(x, numbers[i]));
      return same ? undefined : place;
    });
    return;
  }
  if (!Array.isArray(value) && !isRecord(value)) return;
  const keys = Reflect.ownKeys(value);
  const before = keys.map((key) => Object.getOwnPropertyDescriptor(value, key)!);
  const prototype: unknown = Object.getPrototypeOf(value);
  checks.push(() => {
    if (Object.getPrototypeOf(value) !== prototype) return `${place}'s prototype`;
    if (Reflect.ownKeys(value).length !== keys.length) return place;
    for (const [i, key] of keys.entries()) {
      const now = Object.getOwnPropertyDescriptor(value, key);
      const { value: held, get } = before[i]!;
      if (!now || !Object.is(now.value, held) || now.get !== get) return `${place}.${String(key)}`;
    }
    return undefined;
  });
  if (depth === 0) return;
  for (const [i, key] of keys.slice(0, 50).entries()) {
    remember(before[i]!.value, `${place}.${String(key)}`, depth - 1, checks, seen);
  }
}

const shared = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  Number.prototype,
  String.prototype,
  Float64Array.prototype,
  Object.getPrototypeOf(Float64Array.prototype) as object,
  Promise.prototype,
  Error,
  Math,
] as const;
const keysBefore = shared.map((object) => new Set(Reflect.ownKeys(object)));
const limitBefore = Error.stackTraceLimit;

/** What is on a shared object that wasn't before, and is taken off again. */
export function pollution(): string | undefined {
  if (Error.stackTraceLimit !== limitBefore) {
    const found = Error.stackTraceLimit;
    Error.stackTraceLimit = limitBefore;
    return `Error.stackTraceLimit is ${found}`;
  }
  for (const [i, object] of shared.entries()) {
    const keys = Reflect.ownKeys(object);
    if (keys.length === keysBefore[i]!.size) continue;
    const added = keys.find((key) => !keysBefore[i]!.has(key));
    if (added !== undefined) Reflect.deleteProperty(object, added);
    return `a shared object has the new key ${String(added)}`;
  }
  return undefined;
}
