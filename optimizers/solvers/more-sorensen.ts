/**
 * The trust region's subproblem, min gᵀs + ½·sᵀHs where |s| ≤ Δ, for a small dense H: Moré and Sorensen, "Computing a trust
 * region step", SIAM J. Sci. Stat. Comput. 4, 1983; algorithm 7.3.4 of Conn, Gould, Toint, Trust-Region Methods, 2000.
 */
import { cholesky, solveLower, solveUpper } from "./cholesky.js";
import { dot, norm } from "./vectors.js";

/** By this part |s| may miss Δ: more would cost factorizations and win nothing (Moré & Sorensen, p. 570). */
const tolerance = 0.1;

const mostFactorizations = 60;

/** The same matrix's work space, by its order. */
export class MoreSorensen {
  readonly #factor: Float64Array;
  readonly #w: Float64Array;
  readonly #z: Float64Array;

  constructor(order: number) {
    this.#factor = new Float64Array(order * order);
    this.#w = new Float64Array(order);
    this.#z = new Float64Array(order);
  }

  /** Writes the step for the n×n matrix h. Whether the region's edge is what ends it. */
  solve(h: Float64Array, n: number, g: Float64Array, radius: number, s: Float64Array): boolean {
    const factor = this.#factor;
    if (cholesky(factor, h, n) === n && this.#newton(n, g, s) <= radius) return false;
    const size = norm(g);
    let { least, most } = range(h, n, size, radius);
    let shift = Math.max(least, 0);
    if (shift === 0) shift = middle(least, most);
    for (let i = 0; i < mostFactorizations; i++) {
      if (cholesky(factor, h, n, shift) < n) {
        least = Math.max(least, shift);
        shift = middle(least, most);
        continue;
      }
      const length = this.#newton(n, g, s);
      if (Math.abs(length - radius) <= tolerance * radius) return true;
      if (length < radius) {
        most = Math.min(most, shift);
        const curve = this.#toEdge(n, s, radius, shift);
        if (curve === undefined) return true;
        least = Math.max(least, shift - curve);
      } else least = Math.max(least, shift);
      if (!(most - least > 1e-15 * most)) return true;
      // Newton's step for 1/Δ − 1/|s| = 0 (3.10): |w|² = sᵀ(H + λI)⁻¹s.
      const w = this.#w;
      w.set(s);
      solveLower(factor, n, w.length === n ? w : w.subarray(0, n));
      const next = shift + ((length / norm(w.subarray(0, n))) ** 2 * (length - radius)) / radius;
      shift = next > least && next < most ? next : middle(least, most);
    }
    return true;
  }

  /** s ← −(L·Lᵀ)⁻¹·g; its length. */
  #newton(n: number, g: Float64Array, s: Float64Array): number {
    for (let i = 0; i < n; i++) s[i] = -g[i]!;
    solveLower(this.#factor, n, s);
    solveUpper(this.#factor, n, s);
    return norm(s);
  }

  /**
   * For a step that is too short though H is hardly definite: goes to the edge along a direction z of small curvature, if that
   * costs little (the hard case, lemma 3.4). Gives the curvature along z where it doesn't.
   */
  #toEdge(n: number, s: Float64Array, radius: number, shift: number): number | undefined {
    const z = this.#z.length === n ? this.#z : this.#z.subarray(0, n);
    const factor = this.#factor;
    for (let i = 0; i < n; i++) z[i] = 1 + i / n;
    for (let k = 0; k < 3; k++) {
      const size = norm(z);
      for (let i = 0; i < n; i++) z[i] = z[i]! / size;
      solveLower(factor, n, z);
      // |L⁻¹z|² = zᵀ(H + λI)⁻¹z, the curvature's inverse once z is its eigenvector.
      solveUpper(factor, n, z);
    }
    const size = norm(z);
    for (let i = 0; i < n; i++) z[i] = z[i]! / size;
    const curve = quadratic(factor, n, z);
    const [along, squares] = [dot(s, z), dot(s, s)];
    const root = Math.sqrt(Math.max(along * along + radius * radius - squares, 0));
    const way =
      along > 0
        ? (radius * radius - squares) / (along + root)
        : -(radius * radius - squares) / (root - along);
    if (way * way * curve > tolerance * (quadratic(factor, n, s) + shift * radius * radius)) return curve;
    for (let i = 0; i < n; i++) s[i] = s[i]! + way * z[i]!;
    return undefined;
  }
}

/** xᵀ·L·Lᵀ·x. */
function quadratic(factor: Float64Array, n: number, x: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < n; j++) {
    let one = 0;
    for (let i = j; i < n; i++) one += factor[i * n + j]! * x[i]!;
    sum += one * one;
  }
  return sum;
}

/** Between which the multiplier lies, by Gershgorin's circles. */
function range(h: Float64Array, n: number, size: number, radius: number): { least: number; most: number } {
  let [low, high, diagonal] = [Infinity, -Infinity, Infinity];
  for (let i = 0; i < n; i++) {
    let others = 0;
    for (let j = 0; j < n; j++) if (j !== i) others += Math.abs(h[i * n + j]!);
    low = Math.min(low, h[i * n + i]! - others);
    high = Math.max(high, h[i * n + i]! + others);
    diagonal = Math.min(diagonal, h[i * n + i]!);
  }
  return {
    least: Math.max(0, -diagonal, size / radius - high),
    most: Math.max(0, size / radius - low) * (1 + 1e-12) + Number.MIN_VALUE,
  };
}

const middle = (least: number, most: number): number =>
  Math.max(Math.sqrt(least * most), least + 0.01 * (most - least));
