/**
 * A least-squares problem ‖J·p + r‖ by products with J and Jᵀ alone, within a radius.
 *
 * Sources: Fong and Saunders, "LSMR: an iterative algorithm for sparse least-squares problems", SIAM J. Sci. Comput. 33 (2011);
 * Steihaug, "The conjugate gradient method and trust regions in large scale optimization" (1983).
 */
import { addScaled, dot, norm, scale } from "../vectors.js";

/** What is solved. */
export interface Linear {
  readonly residuals: Float64Array;
  /** Jᵀ·r. */
  readonly gradient: Float64Array;
  /** 1 for elements of p that may differ from 0. */
  readonly free: Uint8Array;
  /** The longest that p may be. */
  readonly radius: number;
  /** ‖Jᵀ(J·p + r)‖ is to be this share of what it is at p = 0. */
  readonly goal: number;
  /** J·v. */
  ahead(v: Float64Array, into: Float64Array): void;
  /** Jᵀ·u. */
  back(u: Float64Array, into: Float64Array): void;
}

/**
 * Fong and Saunders' LSMR until ‖Jᵀ(J·p + r)‖ is small enough or ‖p‖, which grows from iterate to iterate, is the radius. It
 * makes that norm least in each Krylov space, and stops earlier than conjugate gradients where residuals don't vanish.
 */
export function lsmr({ residuals, gradient, free, radius, goal, ahead, back }: Linear): {
  readonly p: Float64Array;
  /** Whether the radius cut it. */
  readonly cut: boolean;
} {
  const n = gradient.length;
  const p = new Float64Array(n);
  const u = Float64Array.from(residuals, (one) => -one);
  const v = Float64Array.from(gradient, (one, j) => (free[j] ? -one : 0));
  let beta = norm(u);
  let alpha = norm(v) / beta;
  scale(u, 1 / beta, u);
  scale(v, 1 / (alpha * beta), v);
  let [zetaBar, alphaBar, rho, rhoBar, cBar, sBar] = [alpha * beta, alpha, 1, 1, 1, 0];
  const first = zetaBar;
  const h = v.slice();
  const hBar = new Float64Array(n);
  const along = new Float64Array(residuals.length);
  const returned = new Float64Array(n);
  for (let i = 0; i < 4 * n + 20 && Math.abs(zetaBar) > goal * first; i++) {
    // Golub and Kahan's bidiagonalization.
    ahead(v, along);
    for (let k = 0; k < u.length; k++) u[k] = along[k]! - alpha * u[k]!;
    beta = norm(u);
    if (beta > 0) scale(u, 1 / beta, u);
    back(u, returned);
    for (let j = 0; j < n; j++) v[j] = free[j] ? returned[j]! - beta * v[j]! : 0;
    alpha = norm(v);
    if (alpha > 0) scale(v, 1 / alpha, v);
    // Two rotations (their section 2.6).
    const before = rho;
    rho = Math.hypot(alphaBar, beta);
    const theta = (beta / rho) * alpha;
    alphaBar *= alpha / rho;
    const barBefore = rhoBar;
    const thetaBar = sBar * rho;
    rhoBar = Math.hypot(cBar * rho, theta);
    cBar = (cBar * rho) / rhoBar;
    sBar = theta / rhoBar;
    const zeta = cBar * zetaBar;
    zetaBar *= -sBar;
    for (let j = 0; j < n; j++) hBar[j] = h[j]! - ((thetaBar * rho) / (before * barBefore)) * hBar[j]!;
    const way = zeta / (rho * rhoBar);
    const side = way < 0 ? -1 : 1;
    const reach = toEdge(p, hBar, side, radius);
    if (!(side * way < reach)) {
      addScaled(p, side * reach, hBar);
      return { p, cut: true };
    }
    addScaled(p, way, hBar);
    for (let j = 0; j < n; j++) h[j] = v[j]! - (theta / rho) * h[j]!;
  }
  return { p, cut: false };
}

/** How far along d, or −d, from p the edge of the region is. */
function toEdge(p: Float64Array, d: Float64Array, side: 1 | -1, radius: number): number {
  const dd = dot(d, d);
  const pd = side * dot(p, d);
  const left = radius * radius - dot(p, p);
  return left <= 0 ? 0 : left / (pd + Math.sqrt(pd * pd + dd * left));
}
