/** Domains: the numbers from which the inputs of a function are drawn. */
import type { Arbitrary } from "fast-check";
import { AdjointError, type Domain } from "../../graph/index.js";
import {
  describe,
  isRecord,
  knownNames,
  type Path,
  pathText,
  reading,
  rowsOf,
} from "../../graph/internal.js";
import type { RandomSource } from "../data/index.js";
import { fastCheck } from "./fast-check.js";

export { boolean, type Domain } from "../../graph/internal.js";

/**
 * Real numbers from `low` to `high`.
 *
 * @example
 * const f = trace({ x: scalar() }, ({ x }) => log(x));
 * checkGradient(f, { domain: real(0.5, 2) }).ok; // true
 */
export function real(low = -3, high = 3): Domain {
  return between("real", low, high);
}

/**
 * Whole numbers from `low` to `high`.
 *
 * @example
 * const f = trace({ x: scalar(), n: scalar() }, ({ x, n }) => power(x, n));
 * checkGradient(grad(f, "x"), { domain: { x: [0.5, 2], n: integer(0, 3) } }).ok; // true
 */
export function integer(low = -3, high = 3): Domain {
  return between("integer", low, high);
}

function between(kind: "real" | "integer", low: unknown, high: unknown): Domain {
  if (typeof low === "number" && typeof high === "number") return { kind, low, high };
  throw new AdjointError(`${kind}: from ${describe(low)} to ${describe(high)}; give two numbers.`);
}

/**
 * Where the elements of an input lie: `[0.1, 2]`, `real(0.1, 2)`, `integer(0, 5)`, `boolean`, or a fast-check arbitrary
 * of numbers.
 * @example const domain: ElementDomain = [0.1, 2];
 */
export type ElementDomain = readonly [min: number, max: number] | Domain | Arbitrary<number>;

/**
 * One domain for all inputs, or those of some by their names.
 * @example const domains: InputDomains<"x" | "y"> = { x: [0.1, 2] };
 */
export type InputDomains<N extends string = string> =
  | ElementDomain
  | { readonly [input in N]?: ElementDomain };

/** Where inputs lie whose domain isn't given. */
const standard: Domain = { kind: "real", low: -2, high: 2 };

export function isArbitrary(domain: unknown): domain is Arbitrary<number> {
  if (typeof domain !== "object" || domain === null) return false;
  const { generate, shrink } = domain as { readonly generate?: unknown; readonly shrink?: unknown };
  return typeof generate === "function" && typeof shrink === "function";
}

/** A domain of each input, in order. @throws for a name that is no input, and for what is no domain */
export function resolveDomains(
  what: string,
  paths: readonly Path[],
  domain: InputDomains | undefined,
): (Domain | Arbitrary<number>)[] {
  if (domain === undefined) return paths.map(() => standard);
  const byName = isRecord(domain) ? reading(`${what}: domain`, () => ({ ...domain })) : undefined;
  if (byName === undefined || typeof byName.kind === "string") {
    const common = resolveDomain(what, "domain", byName ?? domain);
    return paths.map(() => common);
  }
  // Of an input, the names of the trees that it is in, too; the longest that has a domain counts.
  const texts = paths.map((path) => path.map((_, i) => pathText(path.slice(0, path.length - i))));
  const names = [...new Set(texts.flat())];
  const unknown = Object.keys(byName).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new AdjointError(
      `${what}: domain: there is no input "${unknown}"; ${knownNames("inputs", names, unknown)}`,
    );
  }
  return texts.map((own) => {
    const name = own.find((text) => Object.hasOwn(byName, text));
    return name === undefined ? standard : resolveDomain(what, `the domain of "${name}"`, byName[name]);
  });
}

/** A domain that was given in one of the ways. @throws for what is none */
export function resolveDomain(what: string, which: string, domain: unknown): Domain | Arbitrary<number> {
  return reading(`${what}: ${which}`, () => {
    if (isArbitrary(domain)) return domain;
    const { kind, low, high }: Readonly<Record<string, unknown>> = isRecord(domain)
      ? { ...domain }
      : toReal(domain);
    const isKnown = kind === "real" || kind === "integer" || kind === "boolean";
    if (!isKnown || typeof low !== "number" || typeof high !== "number") throw noDomain(what, which, domain);
    if (!Number.isFinite(high - low) || !(low <= high)) throw noDomain(what, which, domain);
    if (kind === "integer" && Math.ceil(low) > high) {
      throw new AdjointError(`${what}: ${which} holds no whole number: [${low}, ${high}].`);
    }
    return { kind, low, high };
  });
}

function toReal(domain: unknown): Readonly<Record<string, unknown>> {
  const ends = rowsOf(domain);
  return ends?.length === 2 ? { kind: "real", low: ends[0], high: ends[1] } : {};
}

function noDomain(what: string, which: string, found: unknown): AdjointError {
  return new AdjointError(
    `${what}: ${which} is ${describe(found)}; give two finite numbers, the smaller first, such as [0.1, 2], or integer(0, 5), ` +
      "boolean, or a fast-check arbitrary of numbers.",
  );
}

/** Whether numbers of a domain may be moved a little, so that there are slopes. */
export function isReal(domain: Domain | Arbitrary<number>): boolean {
  return isArbitrary(domain) || domain.kind === "real";
}

/**
 * The power of ten of which a few make up a real domain: 1 for [−2, 2]. Its whole multiples are the simple numbers
 * there, and others are drawn with three more decimals.
 */
export function unitOf({ low, high }: Domain): number {
  const width = high - low;
  // The power of the smallest numbers would be 0.
  return width === 0 ? 1 : 10 ** Math.max(-323, Math.floor(Math.log10(width * 1.001)));
}

/** (whole + thousandths/1000)·unit, within the domain and without the noise of the last digits. */
export function decimal(domain: Domain, whole: number, thousandths: number): number {
  const value = Number(((whole + thousandths / 1000) * unitOf(domain)).toPrecision(12));
  return Math.min(Math.max(value, domain.low), domain.high);
}

/** `count` numbers of a domain. One in four is a multiple of half a unit, since special cases lie there. */
export function draw(
  what: string,
  domain: Domain | Arbitrary<number>,
  random: RandomSource,
  count: number,
): number[] {
  if (isArbitrary(domain)) {
    const seed = random.integer(0, 2 ** 31);
    const drawn = fastCheck(what).sample<unknown>(domain, { seed, numRuns: count });
    return drawn.map((value) => {
      if (typeof value === "number") return value;
      throw new AdjointError(`${what}: the arbitrary of a domain gives ${describe(value)}, not a number.`);
    });
  }
  return Array.from({ length: count }, () => drawOne(domain, random));
}

function drawOne(domain: Domain, random: RandomSource): number {
  const { kind, low, high } = domain;
  if (kind !== "real") return random.integer(Math.ceil(low), Math.floor(high) + 1);
  const unit = unitOf(domain);
  const value = random.uniform(low, high) / unit;
  if (random.uniform() < 0.25) return decimal(domain, Math.round(2 * value) / 2, 0);
  return decimal(domain, 0, Math.round(1000 * value));
}
