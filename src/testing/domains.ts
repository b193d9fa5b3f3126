/** Domains: the numbers from which the inputs of a function are drawn. */
import type { Arbitrary } from "fast-check";
import { AdjointError, type Domain } from "../../graph/index.js";
import { describe, knownNames } from "../../graph/internal.js";
import type { RandomSource } from "../data/index.js";
import { fastCheck } from "./fast-check.js";

export { boolean, type Domain, integer, real } from "../../graph/internal.js";

/**
 * Where the elements of an input lie: `[0.1, 2]`, `real(0.1, 2)`, `integer(0, 5)`, `boolean`, or a fast-check arbitrary
 * of numbers.
 */
export type ElementDomain = readonly [min: number, max: number] | Domain | Arbitrary<number>;

/** One domain for all inputs, or those of some by their names. */
export type InputDomains<N extends string = string> =
  | ElementDomain
  | { readonly [input in N]?: ElementDomain };

/** Where inputs lie whose domain isn't given. */
const standard: Domain = { kind: "real", low: -2, high: 2 };

export function isArbitrary(domain: unknown): domain is Arbitrary<number> {
  return typeof domain === "object" && domain !== null && "generate" in domain && "shrink" in domain;
}

function isDomain(domain: unknown): domain is Domain {
  return typeof domain === "object" && domain !== null && typeof (domain as Domain).kind === "string";
}

/** A domain of each input, in order. @throws for a name that is no input, and for what is no domain */
export function resolveDomains(
  what: string,
  names: readonly string[],
  domain: InputDomains | undefined,
): (Domain | Arbitrary<number>)[] {
  if (domain === undefined) return names.map(() => standard);
  if (Array.isArray(domain) || isDomain(domain) || isArbitrary(domain)) {
    const common = resolveDomain(what, "domain", domain as ElementDomain);
    return names.map(() => common);
  }
  if (typeof domain !== "object" || domain === null) throw noDomain(what, "domain", domain);
  const unknown = Object.keys(domain).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new AdjointError(
      `${what}: domain: there is no input "${unknown}"; ${knownNames("inputs", names, unknown)}`,
    );
  }
  const byName = domain as { readonly [input: string]: ElementDomain };
  return names.map((name) =>
    Object.hasOwn(byName, name) ? resolveDomain(what, `the domain of "${name}"`, byName[name]!) : standard,
  );
}

/** A domain that was given in one of the ways. @throws for what is none */
export function resolveDomain(
  what: string,
  which: string,
  domain: ElementDomain,
): Domain | Arbitrary<number> {
  if (isArbitrary(domain)) return domain;
  const read = isDomain(domain) ? domain : toReal(domain);
  const known = read && ["real", "integer", "boolean"].includes(read.kind);
  if (!known || !Number.isFinite(read.high - read.low) || !(read.low <= read.high))
    throw noDomain(what, which, domain);
  if (read.kind === "integer" && Math.ceil(read.low) > read.high) {
    throw new AdjointError(`${what}: ${which} holds no whole number: [${read.low}, ${read.high}].`);
  }
  return read;
}

function toReal(domain: unknown): Domain | undefined {
  if (!Array.isArray(domain) || domain.length !== 2) return undefined;
  const [low, high] = domain as [number, number];
  return { kind: "real", low, high };
}

function noDomain(what: string, which: string, found: unknown): AdjointError {
  const shown = Array.isArray(found) ? `[${found.join(", ")}]` : describe(found);
  return new AdjointError(
    `${what}: ${which} is ${shown}; give two finite numbers, the smaller first, such as [0.1, 2], or integer(0, 5), ` +
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
  return width === 0 ? 1 : 10 ** Math.floor(Math.log10(width * 1.001));
}

/** (whole + thousandths/1000)·unit, within the domain and without the noise of the last digits. */
export function decimal(domain: Domain, whole: number, thousandths: number): number {
  const value = Number(((whole + thousandths / 1000) * unitOf(domain)).toPrecision(12));
  return Math.min(Math.max(value, domain.low), domain.high);
}

/** `count` numbers of a domain. One in four is a multiple of half a unit, since special cases lie there. */
export function draw(domain: Domain | Arbitrary<number>, random: RandomSource, count: number): number[] {
  if (isArbitrary(domain)) {
    const seed = random.integer(0, 2 ** 31);
    return fastCheck("An arbitrary as a domain").sample(domain, { seed, numRuns: count });
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
