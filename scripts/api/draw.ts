/** Calls that are nearly right: a valid one of which one or two places, keys or counts are made wrong. */
import { types } from "node:util";
import { add, type Expr, type RandomSource } from "adjoint";
import { cannotBe, type Hostile, hostiles, isExpr, isPlainArray, isRecord, kindOf, trap } from "./hostile.js";
import type { Target } from "./targets.js";

type Path = readonly (string | number)[];

export interface Call {
  readonly args: unknown[];
  /** The call as one would write it. */
  readonly text: string;
  /** The hostile values in it. */
  readonly flaws: readonly string[];
  /** Why a value would be wrong, whatever it is; `undefined` where it may be right. */
  readonly refused: string | undefined;
  /** What the given callbacks threw: a user's own errors. */
  readonly thrown: Set<unknown>;
}

const pick = <T>(random: RandomSource, list: readonly T[]): T => list[random.integer(0, list.length)]!;

/** One call of a target. `inside` is an expression of the trace in which it happens. */
export function drawCall(random: RandomSource, target: Target, inside?: Expr): Call {
  return new Draft(random, target, inside).finish();
}

class Draft {
  readonly #random: RandomSource;
  readonly #target: Target;
  readonly #names = new Map<unknown, string>();
  readonly #thrown = new Set<unknown>();
  readonly #flaws: string[] = [];
  /** Where something wrong stands already. */
  readonly #spoilt: Path[] = [];
  #args: unknown[];
  readonly #refusals: { readonly path: Path; readonly value: unknown; readonly why: string }[] = [];

  constructor(random: RandomSource, target: Target, inside: Expr | undefined) {
    this.#random = random;
    this.#target = target;
    const { calls } = target;
    const nothingKnown = calls.length === 0 || random.uniform() < 0.06;
    this.#args = nothingKnown
      ? Array.from({ length: random.integer(0, 4) }, () => this.#hostile().value)
      : pick(random, calls)();
    if (nothingKnown) return;
    if (inside) this.#args = this.#args.map((arg, i) => this.#traced(arg, inside, i === 0 ? 0.8 : 0.3, 2));
    const flaws = random.uniform() < 0.04 ? 0 : random.uniform() < 0.7 ? 1 : 2;
    for (let i = 0; i < flaws; i++) this.#spoil();
  }

  finish(): Call {
    const args = this.#args.map((arg) => this.#guarded(arg, 3));
    // What was made wrong first may be gone by what was made wrong then.
    const refused = this.#refusals.find(
      ({ path, value }) => value !== undefined && Object.is(at(this.#args, path), value),
    )?.why;
    const text = `${this.#target.name}(${this.#args.map((arg) => this.#show(arg, 3)).join(", ")})`;
    return { args, text, flaws: this.#flaws, refused, thrown: this.#thrown };
  }

  #hostile(): { value: unknown; hostile: Hostile } {
    const hostile = pick(this.#random, hostiles);
    const value = hostile.make();
    this.#flaws.push(hostile.text);
    if (typeof value === "object" || typeof value === "function") this.#names.set(value, hostile.text);
    return { value, hostile };
  }

  /** Numbers in it become expressions, some of them. */
  #traced(value: unknown, inside: Expr, share: number, depth: number): unknown {
    const kind = kindOf(value);
    if ((kind === "number" || kind === "numbers") && this.#random.uniform() < share) {
      const expr = add(inside, value as number);
      this.#names.set(expr, `expr(${this.#show(value, 3)})`);
      return expr;
    }
    if (depth === 0) return value;
    const inner = (child: unknown) => this.#traced(child, inside, share, depth - 1);
    if (isPlainArray(value) && kind !== "numbers") return value.map(inner);
    if (isRecord(value) && !isObjective(value))
      return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, inner(child)]));
    return value;
  }

  #spoil(): void {
    const random = this.#random;
    const choice = random.uniform();
    if (choice < 0.04) {
      this.#spoilt.push([this.#args.length]);
      this.#args = [...this.#args, this.#hostile().value];
    } else if (choice < 0.08) this.#args = this.#args.slice(0, -1);
    else if (choice < 0.12) this.#args = this.#args.toReversed();
    else if (choice < 0.28) this.#spoilRecord();
    else this.#replace();
  }

  #replace(): void {
    const places = [...placesIn(this.#args)];
    if (places.length === 0) return;
    const path = pick(this.#random, places);
    const original = at(this.#args, path);
    const { value, hostile } = this.#hostile();
    if (isHuge(value) && this.#target.work?.test(path.join("."))) return;
    this.#args = put(this.#args, path, value) as unknown[];
    const first = !this.#isSpoilt(path);
    this.#spoilt.push(path);
    // What has names of a user's own may be any record, and a tree of any form a list or a record everywhere.
    const fits = (isRecord(value) && this.#areNames(path)) || (isPart(value) && this.#isInTree(path));
    if (first && !fits && cannotBe(hostile, isExpr(original) ? "number" : kindOf(original)))
      this.#mustFail(path, value, hostile.text);
  }

  /** A key that is unknown, missing or dangerous, or one that throws when it is read. */
  #spoilRecord(): void {
    const random = this.#random;
    const paths = [...placesIn(this.#args)].filter((path) => isRecord(at(this.#args, path)));
    if (paths.length === 0) {
      this.#replace();
      return;
    }
    const path = pick(random, paths);
    let record = copyOf(at(this.#args, path) as object) as Record<string, unknown>;
    const keys = Object.keys(record);
    const key = keys.length === 0 ? "x" : pick(random, keys);
    const choice = random.uniform();
    if (choice < 0.2) delete record[key];
    else if (choice < 0.4) {
      // What it gives may be taken for a callback.
      const get = () => this.#guarded(this.#hostile().value, 1);
      Object.defineProperty(record, key, { get, enumerable: true });
    } else if (choice < 0.5) {
      record = new Proxy(record, { ownKeys: trap });
      this.#names.set(record, "a Proxy whose keys can't be listed");
    } else {
      const wrong = pick(random, [
        misspelt(key),
        "__proto__",
        "constructor",
        "toString",
        "hasOwnProperty",
        "",
      ]);
      const known = Object.hasOwn(record, wrong);
      const value = choice < 0.75 ? at(record, [key]) : this.#hostile().value;
      Object.defineProperty(record, wrong, { value, enumerable: true, writable: true, configurable: true });
      if (!known && this.#areOptions(path) && !this.#isSpoilt(path))
        this.#mustFail([...path, wrong], value, `an unknown key ${JSON.stringify(wrong)}`);
      // Whatever may stand there then, nobody asked for it.
      if (!known) this.#spoilt.push([...path, wrong]);
    }
    this.#args = put(this.#args, path, record) as unknown[];
  }

  #isSpoilt(path: Path): boolean {
    return this.#spoilt.some((other) => other.every((key, i) => key === path[i]));
  }

  #mustFail(path: Path, value: unknown, why: string): void {
    if (!this.#target.free?.test(path.join("."))) this.#refusals.push({ path, value, why });
  }

  /** Whether the keys of a record are names that a user gives, of whatever they please. */
  #areNames(path: Path): boolean {
    const { maps = [], free } = this.#target;
    return (
      (path.length === 1 && maps.includes(path[0] as number)) || free?.test(`${path.join(".")}.x`) === true
    );
  }

  #isInTree([first]: Path): boolean {
    return this.#target.trees?.includes(first as number) === true;
  }

  /** Whether a record has keys of its own, and not names that a user gives. */
  #areOptions(path: Path): boolean {
    const { maps = [] } = this.#target;
    if (path.length === 1) return !maps.includes(path[0] as number);
    return path.length === 2 && /^(camera|window)$/.test(String(path[1]));
  }

  /** Callbacks tell what they threw, so that a user's own error isn't taken for the library's. */
  #guarded(value: unknown, depth: number): unknown {
    if (types.isProxy(value)) return value;
    if (typeof value === "function") {
      if (isPlain(value)) return this.#listened(value);
      return this.#names.has(value) && !isClass(value) ? this.#overheard(value) : value;
    }
    if (depth === 0) return value;
    if (isPlainArray(value) && value.some((child) => typeof child === "function"))
      return value.map((child) => this.#guarded(child, depth - 1));
    if (!isRecord(value) || isObjective(value)) return value;
    const copy = copyOf(value);
    for (const key of Reflect.ownKeys(copy)) {
      const descriptor = Object.getOwnPropertyDescriptor(copy, key)!;
      if ("value" in descriptor)
        Object.defineProperty(copy, key, {
          ...descriptor,
          value: this.#guarded(descriptor.value, depth - 1),
        });
    }
    return copy;
  }

  #listened(callback: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
    return (...args: unknown[]) => {
      try {
        return callback(...args);
      } catch (error) {
        this.#thrown.add(error);
        throw error;
      }
    };
  }

  /** The same for a function that has properties: a traced one where a callback is wanted, say. */
  #overheard(given: object): unknown {
    const call = this.#listened(given as (...args: unknown[]) => unknown);
    return new Proxy(given, { apply: (_, __, args: unknown[]) => call(...args) });
  }

  #show(value: unknown, depth: number): string {
    const name = this.#names.get(value);
    if (name !== undefined) return name;
    if (types.isProxy(value)) return "a Proxy";
    if (typeof value === "string")
      return value.length > 40 ? `"${value.slice(0, 20)}…"` : JSON.stringify(value);
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value !== "object" || value === null) return showPrimitive(value);
    if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${(value as Float64Array).length})`;
    if (Array.isArray(value)) {
      if (depth === 0 || value.length > 12 || !isPlainArray(value)) return `[… ${value.length}]`;
      return `[${value.map((child) => this.#show(child, depth - 1)).join(", ")}]`;
    }
    if (!isRecord(value) || depth === 0 || isObjective(value) || "trajectory" in value) return "{…}";
    const entries = Object.entries(Object.getOwnPropertyDescriptors(value)).map(
      ([key, { value: child, get }]) => {
        const shown = /^\w+$/.test(key) ? key : JSON.stringify(key);
        return get ? `get ${shown}() {…}` : `${shown}: ${this.#show(child, depth - 1)}`;
      },
    );
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
}

function showPrimitive(value: unknown): string {
  if (typeof value === "function") return "graph" in value ? "f" : value.name || "() => …";
  return Object.is(value, -0) ? "-0" : String(value);
}

/** A callback as users write them: no class, nothing of the library's. */
function isPlain(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === "function" && Object.keys(value).length === 0 && !isClass(value);
}

/** A whole number that says to work for long, or too large to be one. */
const isHuge = (value: unknown) => typeof value === "number" && value > 1e4;

function isClass(value: object): boolean {
  return Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
}

function misspelt(key: string): string {
  return key.endsWith("s") ? key.slice(0, -1) : `${key}s`;
}

/** The places in arguments, the outermost first. */
function* placesIn(args: readonly unknown[]): Generator<Path> {
  for (const i of args.keys()) yield* placesUnder(args[i], [i]);
}

function* placesUnder(value: unknown, path: Path): Generator<Path> {
  yield path;
  if (path.length === 3 || types.isProxy(value)) return;
  const keys = isPlainArray(value)
    ? [...value.slice(0, 3).keys()]
    : isRecord(value)
      ? Object.keys(value)
      : [];
  for (const key of keys) {
    // What a getter gives is drawn when it is asked for.
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    if (descriptor && "value" in descriptor) yield* placesUnder(descriptor.value, [...path, key]);
  }
}

/** What a tree may have anywhere: an object that anyone may have written, whatever its keys are. */
const isPart = (value: unknown) => !types.isProxy(value) && (isRecord(value) || isPlainArray(value));

/** One of the library's records, which are shown and copied as one thing. */
function isObjective(record: object): boolean {
  return typeof at(record, ["f"]) === "function";
}

/** What stands at a path; `undefined` where nothing does, or a getter. */
function at(value: unknown, path: Path): unknown {
  return path.reduce((inner: unknown, key) => {
    if (typeof inner !== "object" || inner === null || types.isProxy(inner)) return undefined;
    return Object.getOwnPropertyDescriptor(inner, key)?.value as unknown;
  }, value);
}

/** A copy of `container` with another value at a path; what it is made of stays as it is. */
function put(container: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const copy = copyOf(container as object);
  const inner = at(container, [key]);
  const whole = { enumerable: true, writable: true, configurable: true };
  return Object.defineProperty(copy, key, { ...whole, value: put(inner, rest, value) });
}

/** A copy that can be written to, with the getters of what it is a copy of. */
function copyOf(value: object): object {
  if (Array.isArray(value)) return value.slice();
  const copy = Object.create(Object.getPrototypeOf(value) as object | null) as object;
  // Symbols, too, which entries leave out
  for (const key of Reflect.ownKeys(value)) {
    const descriptor = Object.getOwnPropertyDescriptor(value, key)!;
    const writable = "value" in descriptor ? { writable: true } : {};
    Object.defineProperty(copy, key, { ...descriptor, ...writable, configurable: true });
  }
  return copy;
}
