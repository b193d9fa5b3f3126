/** Plain loops over flat arrays of numbers: what every solver is made of. */

/** From so many elements on sums are taken side by side: one alone would wait for each of its additions. */
export const long = 64;

/** Σ aᵢ·bᵢ. */
export function dot(a: Float64Array, b: Float64Array): number {
  const fours = a.length < long ? 0 : a.length - (a.length % 4);
  let p = 0;
  let q = 0;
  let r = 0;
  let s = 0;
  for (let i = 0; i < fours; i += 4) {
    p += a[i]! * b[i]!;
    q += a[i + 1]! * b[i + 1]!;
    r += a[i + 2]! * b[i + 2]!;
    s += a[i + 3]! * b[i + 3]!;
  }
  let sum = p + q + (r + s);
  for (let i = fours; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The largest absolute element; NaN where there is one. */
export function largest(a: Float64Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const size = Math.abs(a[i]!);
    if (!(size <= most)) most = size;
    if (Number.isNaN(most)) return most;
  }
  return most;
}

/** Squares between these neither overflow nor vanish in a sum. */
const leastSquare = 2 ** -900;
const mostSquare = 2 ** 900;

/** √(Σ aᵢ²), also where the squares overflow or vanish. */
export function norm(a: Float64Array): number {
  const squares = dot(a, a);
  if (squares > leastSquare && squares < mostSquare) return Math.sqrt(squares);
  const scale = largest(a);
  if (scale === 0 || !Number.isFinite(scale)) return scale;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! / scale) ** 2;
  return scale * Math.sqrt(sum);
}

/** into ← into + factor·a. */
export function addScaled(into: Float64Array, factor: number, a: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i] = into[i]! + factor * a[i]!;
}

/** into ← into + factor·a, and gives Σ intoᵢ·bᵢ of what comes out. */
export function addScaledDot(into: Float64Array, factor: number, a: Float64Array, b: Float64Array): number {
  const even = into.length < long ? 0 : into.length - (into.length % 2);
  let p = 0;
  let q = 0;
  for (let i = 0; i < even; i += 2) {
    const one = into[i]! + factor * a[i]!;
    const next = into[i + 1]! + factor * a[i + 1]!;
    into[i] = one;
    into[i + 1] = next;
    p += one * b[i]!;
    q += next * b[i + 1]!;
  }
  let sum = p + q;
  for (let i = even; i < into.length; i++) {
    into[i] = into[i]! + factor * a[i]!;
    sum += into[i]! * b[i]!;
  }
  return sum;
}

/** into ← factor·a. */
export function scale(into: Float64Array, factor: number, a: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i] = factor * a[i]!;
}

/** into ← a − b. */
export function difference(into: Float64Array, a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i] = a[i]! - b[i]!;
}

/** Whether no element is NaN or infinite. */
export function allFinite(a: Float64Array): boolean {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! - a[i]!;
  return sum === 0;
}
