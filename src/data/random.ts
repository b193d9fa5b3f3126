import { mersenne, mersenneFromState } from "pure-rand/generator/mersenne";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { AdjointError } from "../../graph/index.js";
import { describe, isRecord, readCount } from "../../graph/internal.js";

/**
 * A stream of random numbers, the same for the same seed on every machine. Each call moves the stream
 * forward.
 *
 * Source: the Mersenne Twister MT19937 (Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8(1),
 * 1998), as pure-rand implements it, read as NumPy's `numpy.random.RandomState(seed)` reads it: every
 * method gives the numbers of the NumPy method that it names, so an experiment can be repeated in Python.
 * Not for secrets.
 * @example const die = (random: RandomSource): number => Math.floor(random.uniform(1, 7));
 */
export interface RandomSource {
  /**
   * A double in [low, high), 0 and 1 by default: low + (high − low)·u, where u is a multiple of 2⁻⁵³ (53
   * random bits). Rounding of the sum may give `high` itself when the two are many orders of magnitude from
   * 1. NumPy's `uniform`.
   * @throws AdjointError where a bound or their difference isn't finite, or low > high.
   */
  uniform(low?: number, high?: number): number;
  /** `n` calls of `uniform`. */
  uniforms(n: number, low?: number, high?: number): Float64Array;
  /**
   * A normally distributed double, by Marsaglia's polar method (Knuth, "The Art of Computer Programming",
   * volume 2, 3rd edition, section 3.4.1, algorithm P), which makes two at a time: the second is kept for
   * the next call. NumPy's `normal`, but for the last place, which depends on the engine's `Math.log`.
   * @throws AdjointError where the mean isn't finite, or the standard deviation isn't a finite number ≥ 0.
   */
  normal(mean?: number, standardDeviation?: number): number;
  /** `n` calls of `normal`. */
  normals(n: number, mean?: number, standardDeviation?: number): Float64Array;
  /**
   * A whole number of [low, high): `high` is excluded. Every one is equally likely: words are masked to the
   * bits of high − low − 1, and thrown away while they are larger than that. NumPy's `randint`.
   * @throws AdjointError where a bound or their difference isn't a safe integer, or low ≥ high.
   */
  integer(low: number, high: number): number;
  /**
   * The numbers 0 to n − 1 in random order, each order equally likely (Fisher and Yates' shuffle from the
   * end). NumPy's `permutation`.
   * @throws AdjointError where n isn't a whole number from 0 to 2³¹ − 1.
   */
  permutation(n: number): Uint32Array;
  /** Where the stream is, as plain data that JSON keeps: `randomSource(random.state())` goes on from there. */
  state(): RandomState;
}

/**
 * A place in a stream: the generator's words, and the second number of a pair that `normal` made, if one is kept.
 * @example const copyOf = ({ words }: RandomState): number[] => [...words];
 */
export interface RandomState {
  readonly words: readonly number[];
  readonly spare?: number;
}

/**
 * A random source for a seed, a whole number from 0 to 2³² − 1, or one that goes on where another was.
 *
 * @example
 * const random = randomSource(0);
 * random.uniform();     // 0.5488135039273248
 * random.permutation(4);
 *
 * @throws AdjointError for any other seed; there is no default, for a run must be repeatable.
 */
export function randomSource(seed: number | RandomState): RandomSource {
  if (isState(seed)) return new MersenneSource(mersenneFromState(seed.words), seed.spare);
  if (!isWord(seed)) {
    throw new AdjointError(
      `randomSource: the seed is ${describe(seed)}, but only a whole number from 0 to 4294967295 gives a ` +
        "stream that can be repeated; pass one, such as randomSource(0).",
    );
  }
  return new MersenneSource(mersenne(seed));
}

class MersenneSource implements RandomSource {
  readonly #generator: RandomGenerator;
  /** The second number of a pair that the polar method made. */
  #spare: number | undefined;

  constructor(generator: RandomGenerator, spare?: number) {
    this.#generator = generator;
    this.#spare = spare;
  }

  state(): RandomState {
    const words = [...this.#generator.getState()];
    return this.#spare === undefined ? { words } : { words, spare: this.#spare };
  }

  uniform(low = 0, high = 1): number {
    checkUniform("uniform", low, high);
    return low + (high - low) * this.#unit();
  }

  uniforms(n: number, low = 0, high = 1): Float64Array {
    checkUniform("uniforms", low, high);
    const values = new Float64Array(readCount(n, "uniforms: n"));
    for (let i = 0; i < n; i++) values[i] = low + (high - low) * this.#unit();
    return values;
  }

  normal(mean = 0, standardDeviation = 1): number {
    checkNormal("normal", mean, standardDeviation);
    return mean + standardDeviation * this.#standardNormal();
  }

  normals(n: number, mean = 0, standardDeviation = 1): Float64Array {
    checkNormal("normals", mean, standardDeviation);
    const values = new Float64Array(readCount(n, "normals: n"));
    for (let i = 0; i < n; i++) values[i] = mean + standardDeviation * this.#standardNormal();
    return values;
  }

  integer(low: number, high: number): number {
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || low >= high) {
      throw new AdjointError(
        `integer: [${describe(low)}, ${describe(high)}) holds no number to draw; ` +
          "pass two whole numbers, the smaller first (the second is excluded).",
      );
    }
    if (!Number.isSafeInteger(high - low)) {
      throw new AdjointError(
        `integer: ${low} and ${high} are more than 2⁵³ − 1 apart; pass a narrower range.`,
      );
    }
    return low + this.#upTo(high - low - 1);
  }

  permutation(n: number): Uint32Array {
    const order = new Uint32Array(readCount(n, "permutation: n"));
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const j = this.#upTo(i);
      const swapped = order[i]!;
      order[i] = order[j]!;
      order[j] = swapped;
    }
    return order;
  }

  /** The next 32 bits, as a whole number from 0 to 2³² − 1. */
  #word(): number {
    return this.#generator.next() >>> 0;
  }

  /**
   * 27 bits of one word and 26 of the next. pure-rand's uniformFloat64 takes other bits; NumPy takes these.
   */
  #unit(): number {
    const high = this.#word() >>> 5;
    const low = this.#word() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  #standardNormal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    let x: number;
    let y: number;
    let radius: number;
    do {
      x = 2 * this.#unit() - 1;
      y = 2 * this.#unit() - 1;
      radius = x * x + y * y;
    } while (radius >= 1 || radius === 0);
    const factor = Math.sqrt((-2 * Math.log(radius)) / radius);
    this.#spare = factor * x;
    return factor * y;
  }

  /**
   * A whole number from 0 to `largest`, itself included. One that leaves no choice takes nothing of the
   * stream.
   */
  #upTo(largest: number): number {
    if (largest === 0) return 0;
    const largestHigh = Math.floor(largest / 2 ** 32);
    const mask = bitsBelow(largestHigh > 0 ? largestHigh : largest);
    let value: number;
    do {
      value = (this.#word() & mask) >>> 0;
      if (largestHigh > 0) value = value * 2 ** 32 + this.#word();
    } while (value > largest);
    return value;
  }
}

/** The smallest 2ᵏ − 1 that is at least `n`, for n from 1 to 2³² − 1. */
function bitsBelow(n: number): number {
  return 0xffffffff >>> Math.clz32(n);
}

/** The generator's place in its 624 words, and these, which it reads as signed. */
const stateLength = 625;

function isState(given: unknown): given is RandomState {
  if (!isRecord(given)) return false;
  const { words, spare } = given;
  const fits =
    Array.isArray(words) &&
    words.length === stateLength &&
    words.every((word) => Number.isInteger(word) && word === (word | 0)) &&
    words[0] >= 0 &&
    words[0] < stateLength;
  return fits && (spare === undefined || Number.isFinite(spare));
}

function isWord(n: unknown): n is number {
  return Number.isInteger(n) && (n as number) >= 0 && (n as number) <= 0xffffffff;
}

function checkUniform(what: string, low: number, high: number): void {
  if (typeof low === "number" && typeof high === "number" && low <= high && Number.isFinite(high - low))
    return;
  throw new AdjointError(
    `${what}: the bounds are ${describe(low)} and ${describe(high)}; ` +
      "pass two finite numbers, the smaller first, whose difference is finite.",
  );
}

function checkNormal(what: string, mean: number, standardDeviation: number): void {
  if (Number.isFinite(mean) && Number.isFinite(standardDeviation) && standardDeviation >= 0) return;
  throw new AdjointError(
    `${what}: the mean is ${describe(mean)} and the standard deviation ${describe(standardDeviation)}; ` +
      "pass finite numbers, the deviation not below 0.",
  );
}
