/** Plain loops over flat arrays of numbers: what every solver is made of. */

/** Σ aᵢ·bᵢ. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
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
