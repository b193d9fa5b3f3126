/** What makes steps better than Gauss and Newton's: the bend of the path far from a solution, secants near one. */
import type { Svd } from "./svd.js";

/** The largest 2‖a‖/‖v‖ at which the bend is trusted (Transtrum and Sethna 2012, section 5, their α). */
const mostBend = 0.75;

/** Singular values below this share of the largest aren't used for the bend, which has the digits of Jᵀ·r″ only. */
const leastShare = 1e-12;

/** ‖D·x‖. */
export function scaledNorm(D: Float64Array, x: Float64Array): number {
  let squares = 0;
  for (let j = 0; j < x.length; j++) squares += (D[j]! * x[j]!) ** 2;
  return Math.sqrt(squares);
}

/**
 * Geodesic acceleration: adds ½a to a step v, where a = −(JᵀJ + λD²)⁻¹·Jᵀ·r″ and r″ is the second derivative of the
 * residuals along v. A bend too large to be trusted leaves the step as it is.
 *
 * Source: Transtrum and Sethna, "Improvements to the Levenberg–Marquardt algorithm" (2012).
 *
 * @param bend Jᵀ·r″
 */
export function accelerate(
  p: Float64Array,
  bend: Float64Array,
  { s, V }: Svd,
  free: readonly number[],
  D: Float64Array,
  lambda: number,
): void {
  const k = free.length;
  const a = new Float64Array(p.length);
  let largest = 0;
  for (const one of s) largest = Math.max(largest, one);
  for (let c = 0; c < k; c++) {
    if (!(s[c]! > leastShare * largest)) continue;
    let dot = 0;
    for (let i = 0; i < k; i++) dot += (V[i * k + c]! * bend[free[i]!]!) / D[free[i]!]!;
    const length = -dot / (s[c]! * s[c]! + lambda);
    for (let i = 0; i < k; i++) a[free[i]!] = a[free[i]!]! + (V[i * k + c]! * length) / D[free[i]!]!;
  }
  if (!(2 * scaledNorm(D, a) <= mostBend * scaledNorm(D, p))) return;
  for (let j = 0; j < p.length; j++) p[j] = p[j]! + a[j]! / 2;
}

/**
 * Anderson's mixing of depth one, in place: from the step p that Gauss and Newton's method proposes here, the one that it
 * proposed before and how far the run went then, the secant step, which takes what the method's linear rate leaves.
 * Whether it did: a share of 1 or more says that the two steps aren't of one such sequence.
 *
 * Source: Walker and Ni, "Anderson acceleration for fixed-point iterations", SIAM J. Numer. Anal. 49 (2011), section 2.
 */
export function mix(p: Float64Array, before: Float64Array, gone: Float64Array, D: Float64Array): boolean {
  let across = 0;
  let squares = 0;
  for (let j = 0; j < p.length; j++) {
    const change = D[j]! * (p[j]! - before[j]!);
    across += D[j]! * p[j]! * change;
    squares += change * change;
  }
  const share = across / squares;
  if (!(Math.abs(share) < 1)) return false;
  for (let j = 0; j < p.length; j++) p[j] = p[j]! - share * (gone[j]! + p[j]! - before[j]!);
  return true;
}
