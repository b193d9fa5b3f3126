/** What a least-squares solver is given, and what one is at work: flat arrays, knowing nothing of graphs. */
import type { Bounds } from "../bounds.js";
import type { Weighing } from "./losses.js";

/** Residuals r of parameters x: `count` numbers of `size` others. Each function is computed by itself. */
export interface Residuals {
  /** How many parameters there are. */
  readonly size: number;
  /** How many residuals there are. */
  readonly count: number;
  residuals(x: Float64Array, into: Float64Array): void;
  /** The Jacobian, column by column: the derivatives by a parameter lie side by side. */
  jacobian(x: Float64Array, into: Float64Array): void;
  /** J·v. */
  forward(x: Float64Array, v: Float64Array, into: Float64Array): void;
  /** Jᵀ·u. */
  backward(x: Float64Array, u: Float64Array, into: Float64Array): void;
  /** The second derivative of r along v: d²r(x + t·v)/dt² at t = 0. */
  curvature(x: Float64Array, v: Float64Array, into: Float64Array): void;
}

/** What is to be made least: ½ Σ w·s²·ρ(r²/s²) within bounds. */
export interface LeastSquares {
  readonly residuals: Residuals;
  readonly weighing: Weighing;
  readonly bounds: Bounds;
}

/** A cost this small is that of residuals whose squares vanish: it counts as 0. */
export const vanishing = 1e-280;

/** How often each function of the residuals was evaluated. */
export interface Evaluations {
  residuals: number;
  jacobians: number;
  /** Products with the Jacobian or with its transpose, and second derivatives along a direction. */
  products: number;
}

/**
 * A solver at work: `solved` where the first-order conditions hold, `moved` to a lower point, or `stuck` where no step goes
 * down and the conditions don't hold.
 */
export type Move = "solved" | "moved" | "stuck";

/** A solver at work at a point. */
export interface Engine {
  readonly x: Float64Array;
  /** The residuals there. */
  readonly r: Float64Array;
  /** ½ Σ w·s²·ρ(r²/s²) there. */
  readonly cost: number;
  readonly evaluations: Evaluations;
  /** The part of the residuals that the free parameters can still take away, of all (Bates and Watts' relative offset). */
  readonly offset: number;
  /** The largest cosine between the residuals and what a free parameter changes of them (MINPACK's gtol); by products, that of Jᵀr and r with J as it stretches most. NaN where unknown. */
  readonly cosine: number;
  /** The largest element of the projected gradient of the cost. */
  readonly norm: number;
  /** How many directions of the free parameters the residuals depend on; NaN where that isn't known. */
  readonly rank: number;
  /** Parameters on which the residuals no longer depend, as they did on the way. */
  readonly flat: readonly number[];
  /** Looks at the point: offset, norm and rank are those there then. Whether it is known to be solved without another step. */
  look(): boolean;
  /** R of the Jacobian's QR factorization at the point, its rows reweighed by the loss: size × size, row by row. */
  reduced(): Float64Array;
  /** Goes on to a better point if this one isn't solved. */
  step(): Move;
}

/** What a solver is made with. */
export interface EngineOptions {
  /** Where it counts. */
  readonly evaluations: Evaluations;
  /** The relative offset at which a point counts as solved. */
  readonly tolerance: number;
  /** The first radius of the trust region, times ‖D·x‖. */
  readonly initialRadius: number;
}
