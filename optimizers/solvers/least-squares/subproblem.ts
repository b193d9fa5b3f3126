/**
 * The step of a trust region by the singular values of the scaled Jacobian A = J·D⁻¹: the z with ‖z‖ ≤ Δ that makes
 * ‖A·z + q‖ least (Levenberg and Marquardt), or Powell's dogleg between steepest descent and Gauss and Newton.
 */
import { norm } from "../vectors.js";
import type { Svd } from "./svd.js";

/** Singular values below this share of the largest say nothing: their directions are left out. */
export const rankTolerance = 1e-15;

/** The share of the radius by which a step's length may differ from it (Moré's σ). */
const closeness = 0.1;

/** What singular values must exceed to count. */
function leastOf({ s }: Svd): number {
  let largest = 0;
  for (const one of s) largest = Math.max(largest, one);
  return rankTolerance * s.length * largest;
}

/** How many singular values count. */
export function rankOf(svd: Svd): number {
  const least = leastOf(svd);
  let rank = 0;
  for (const one of svd.s) if (one > least) rank++;
  return rank;
}

/** The norm of what a step can take away of q: its part along directions that count. */
export function takenOf(svd: Svd): number {
  const least = leastOf(svd);
  return norm(svd.UtQ.filter((_, j) => svd.s[j]! > least));
}

/** z = −V·(s·UᵀQ/(s² + λ)), without the directions that don't count. */
function dampedStep(svd: Svd, lambda: number, into: Float64Array): number {
  const { s, V, UtQ } = svd;
  const n = s.length;
  const least = leastOf(svd);
  into.fill(0);
  let squares = 0;
  for (let j = 0; j < n; j++) {
    if (!(s[j]! > least)) continue;
    const length = -(s[j]! * UtQ[j]!) / (s[j]! * s[j]! + lambda);
    squares += length * length;
    for (let i = 0; i < n; i++) into[i] = into[i]! + V[i * n + j]! * length;
  }
  return Math.sqrt(squares);
}

/**
 * The step of length Δ, or shorter where that of Gauss and Newton is; the λ that it takes. λ comes by Newton's method on
 * 1/‖z(λ)‖ = 1/Δ, kept between bounds (Hebden; Moré, "The Levenberg–Marquardt algorithm", 1978, section 5).
 */
export function levenbergStep(svd: Svd, radius: number, into: Float64Array): number {
  let length = dampedStep(svd, 0, into);
  if (length <= radius * (1 + closeness)) return 0;
  const { s, UtQ } = svd;
  let gradient = 0;
  for (let j = 0; j < s.length; j++) gradient += (s[j]! * UtQ[j]!) ** 2;
  let low = 0;
  let high = Math.sqrt(gradient) / radius;
  let lambda = 0;
  for (let i = 0; i < 100 && Math.abs(length - radius) > closeness * radius; i++) {
    if (length > radius) low = lambda;
    else high = lambda;
    let slope = 0;
    for (let j = 0; j < s.length; j++) {
      if (s[j] !== 0) slope += (s[j]! * UtQ[j]!) ** 2 / (s[j]! * s[j]! + lambda) ** 3;
    }
    const next = lambda + (length / radius - 1) * ((length * length) / slope);
    // Where Newton's steps are as short as singular values are small, the middle of the exponents is nearer.
    const isQuick = next > low && next < high && (i < 10 || next > 2 * low);
    lambda = isQuick ? next : Math.sqrt(Math.max(low, high * 1e-30) * high);
    length = dampedStep(svd, lambda, into);
  }
  return lambda;
}

/** Powell's dogleg (Nocedal & Wright, "Numerical Optimization", 2nd edition, section 4.1). */
export function doglegStep(svd: Svd, radius: number, into: Float64Array): number {
  const full = dampedStep(svd, 0, into);
  if (full <= radius) return 0;
  const { s, V, UtQ } = svd;
  const n = s.length;
  // Steepest descent −Aᵀq = −V·s·UᵀQ, to where the model is least along it.
  let gradient = 0;
  let curved = 0;
  for (let j = 0; j < n; j++) {
    gradient += (s[j]! * UtQ[j]!) ** 2;
    curved += (s[j]! * s[j]! * UtQ[j]!) ** 2;
  }
  const descent = new Float64Array(n);
  const share = -Math.min(gradient / curved, radius / Math.sqrt(gradient));
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) descent[i] = descent[i]! + V[i * n + j]! * s[j]! * UtQ[j]! * share;
  }
  // From there towards Gauss and Newton's, up to the radius.
  let aa = 0;
  let ab = 0;
  let bb = -radius * radius;
  for (let i = 0; i < n; i++) {
    const way = into[i]! - descent[i]!;
    aa += way * way;
    ab += way * descent[i]!;
    bb += descent[i]! * descent[i]!;
  }
  const t = bb >= 0 ? 0 : -bb / (ab + Math.sqrt(ab * ab - aa * bb));
  for (let i = 0; i < n; i++) into[i] = descent[i]! + t * (into[i]! - descent[i]!);
  return Number.NaN;
}
