/** Bounds of parameters: what lies within, what of a gradient they leave, how far a step may go. */

/** A lower and an upper bound for each element, ∓∞ where there is none; where they are equal it is fixed. */
export interface Bounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Whether any is finite. */
  readonly some: boolean;
}

export function makeBounds(lower: Float64Array, upper: Float64Array): Bounds {
  return {
    lower,
    upper,
    some: lower.some((low) => low > -Infinity) || upper.some((high) => high < Infinity),
  };
}

/** Bounds that bound nothing. */
export function noBounds(size: number): Bounds {
  return makeBounds(new Float64Array(size).fill(-Infinity), new Float64Array(size).fill(Infinity));
}

/** Moves a point to the nearest one within the bounds. How many elements were moved. */
export function project({ lower, upper, some }: Bounds, x: Float64Array): number {
  let moved = 0;
  if (!some) return moved;
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    const inside = value < lower[i]! ? lower[i]! : value > upper[i]! ? upper[i]! : value;
    if (inside === value) continue;
    x[i] = inside;
    moved++;
  }
  return moved;
}

/** Whether a bound holds element i where a descent by this gradient would push it out. */
export function isHeld(
  { lower, upper }: Bounds,
  x: Float64Array,
  gradient: Float64Array,
  i: number,
): boolean {
  return gradient[i]! > 0
    ? x[i]! <= lower[i]!
    : gradient[i]! < 0
      ? x[i]! >= upper[i]!
      : lower[i] === upper[i];
}

/**
 * The largest absolute element of the projected gradient: of the gradient without the elements that a bound holds. It is 0
 * exactly where the first-order conditions hold (Nocedal & Wright, Numerical Optimization, 2nd ed., section 16.7), and it
 * scales as the objective does. NaN where the gradient has one.
 */
export function projectedNorm(bounds: Bounds, x: Float64Array, gradient: Float64Array): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) {
    const size = Math.abs(gradient[i]!);
    if (size <= most || (bounds.some && isHeld(bounds, x, gradient, i))) continue;
    most = size;
    if (Number.isNaN(most)) return most;
  }
  return most;
}

/** The largest of |gᵢ·xᵢ| among the elements that no bound holds. */
export function projectedWork(bounds: Bounds, x: Float64Array, gradient: Float64Array): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) {
    const work = Math.abs(gradient[i]! * x[i]!);
    if (work > most && !(bounds.some && isHeld(bounds, x, gradient, i))) most = work;
  }
  return most;
}

/** 1 for the elements that may move, 0 for those that a bound holds. How many may move. */
export function freeElements(
  bounds: Bounds,
  x: Float64Array,
  gradient: Float64Array,
  into: Uint8Array,
): number {
  if (!bounds.some) {
    into.fill(1);
    return x.length;
  }
  let free = 0;
  for (let i = 0; i < x.length; i++) {
    into[i] = isHeld(bounds, x, gradient, i) ? 0 : 1;
    free += into[i]!;
  }
  return free;
}
