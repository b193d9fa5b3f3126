/**
 * Slopes by differences: what a derivative is compared with. A five-point central difference is taken at ever smaller
 * steps, and the one whose error estimate is least is kept; the slopes on both sides tell kinks and jumps.
 */

/** A derivative by differences. */
export interface Slope {
  readonly value: number;
  /** An estimate of its error: truncation by comparison with the step twice as large, and rounding. */
  readonly error: number;
}

export interface SlopeOptions {
  /** The largest step. The default suits functions that vary on a scale of 1. */
  readonly step?: number;
  /** Slopes of both sides that differ by less, absolutely, count as equal. */
  readonly tolerance?: number;
}

/** No power of two: a function that oscillates must not meet the steps in phase. */
const defaultStep = 0.0113;

/** Halvings of the step: as far as doubles carry a slope at all. */
const levels = 42;

/** Where the slopes of both sides differ by more than this fraction, there is a kink or a jump. */
const kink = 2e-3;

/**
 * The derivative at 0 of each number that `f` gives; `undefined` for one that has a kink or a jump there, or isn't
 * finite, so that it has none.
 *
 * With fₖ = f(k·h): the slope is (8(f₁ − f₋₁) − (f₂ − f₋₂))/12h, whose error is O(h⁴) (Abramowitz and Stegun, "Handbook
 * of Mathematical Functions", 25.3.6), on the right (4f₁ − 3f₀ − f₂)/2h, on the left (3f₀ − 4f₋₁ + f₋₂)/2h.
 */
export function slopesAt(
  f: (t: number) => ArrayLike<number>,
  { step = defaultStep, tolerance = 1e-6 }: SlopeOptions = {},
): (Slope | undefined)[] {
  const middle = f(0);
  const searches = Array.from(middle, (value) => new Search(value, tolerance));
  let h = step;
  let [up2, down2] = [f(h), f(-h)];
  for (let level = 0; level < levels && searches.some((search) => search.goesOn); level++) {
    h /= 2;
    const [up, down] = [f(h), f(-h)];
    searches.forEach((search, i) => {
      if (search.goesOn) search.narrow(h, down2[i]!, down[i]!, up[i]!, up2[i]!);
    });
    [up2, down2] = [up, down];
  }
  return searches.map(({ result }) => result);
}

/** The derivative of a function of one number at 0, or `undefined` where it has none. */
export function slopeAt(f: (t: number) => number, options?: SlopeOptions): Slope | undefined {
  return slopesAt((t) => [f(t)], options)[0];
}

/** The search for the best step of one number. */
class Search {
  goesOn: boolean;
  readonly #middle: number;
  readonly #tolerance: number;
  #best: Slope | undefined;
  #previous = Number.NaN;
  /** How many steps in a row weren't better than the best. */
  #worse = 0;

  constructor(middle: number, tolerance: number) {
    this.#middle = middle;
    this.#tolerance = tolerance;
    this.goesOn = Number.isFinite(middle);
  }

  /** A slope that doesn't settle is none: it grows beyond all bounds, or noise is all there is. */
  get result(): Slope | undefined {
    if (!this.#best || this.#best.error > kink * Math.max(1, Math.abs(this.#best.value))) return undefined;
    return this.#best;
  }

  narrow(h: number, down2: number, down: number, up: number, up2: number): void {
    const right = (4 * up - 3 * this.#middle - up2) / (2 * h);
    const left = (3 * this.#middle - 4 * down + down2) / (2 * h);
    const value = (8 * (up - down) - (up2 - down2)) / (12 * h);
    const change = Math.abs(value - this.#previous);
    this.#previous = value;
    const size = Math.max(Math.abs(left), Math.abs(right));
    const rounding = (Math.abs(up2) + Math.abs(down2) + Math.abs(this.#middle)) * (Number.EPSILON / h);
    // From here on, rounding hides what the two sides are.
    if (16 * rounding > this.#tolerance + kink * size) {
      this.goesOn = false;
      return;
    }
    // Written so that NaN, from a step out of the function's domain, counts as a jump. Smaller steps may do, and what
    // larger ones said isn't to be trusted.
    if (!(Math.abs(right - left) <= this.#tolerance + kink * size)) {
      this.#best = undefined;
      this.#worse = 0;
      return;
    }
    const error = change + rounding;
    if (Number.isNaN(error)) return;
    if (this.#best && error >= this.#best.error) {
      this.goesOn = ++this.#worse < 3;
      return;
    }
    this.#best = { value, error };
    this.#worse = 0;
    // Good enough by far.
    this.goesOn = error > 1e-4 * this.#tolerance * Math.max(1, Math.abs(value));
  }
}

/** The slopes on both sides of 0, each from three points. */
export function sidesAt(f: (t: number) => number): [left: number, right: number] {
  const h = 2 ** -14;
  const middle = f(0);
  const left = (3 * middle - 4 * f(-h) + f(-2 * h)) / (2 * h);
  const right = (4 * f(h) - 3 * middle - f(2 * h)) / (2 * h);
  return [left, right];
}
