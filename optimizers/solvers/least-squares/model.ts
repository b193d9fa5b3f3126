/** The quadratic model ½‖R·p + q‖² of the cost about a point, in a box: which parameters may move, and its best step. */
import { type Bounds, isHeld } from "../bounds.js";
import { jacobiSvd, type Svd } from "./svd.js";

/** A point's model. Arrays are of all parameters; what is in `free` may move. */
export interface Model {
  readonly x: Float64Array;
  readonly bounds: Bounds;
  readonly R: Float64Array;
  readonly q: Float64Array;
  /** Moré's scaling: a step's length is ‖D·p‖. */
  readonly D: Float64Array;
}

/** Rᵀq, the gradient of the cost. */
export function gradientOf({ R, q }: Model, into: Float64Array): Float64Array {
  const n = q.length;
  into.fill(0);
  for (let k = 0; k < n; k++) {
    for (let j = k; j < n; j++) into[j] = into[j]! + R[k * n + j]! * q[k]!;
  }
  return into;
}

/** The parameters that may move: neither fixed nor held at a bound by the gradient. */
export function freeOf({ x, bounds }: Model, gradient: Float64Array): number[] {
  const free: number[] = [];
  for (let j = 0; j < x.length; j++) {
    if (bounds.lower[j] !== bounds.upper[j] && !isHeld(bounds, x, gradient, j)) free.push(j);
  }
  return free;
}

/** The singular values of the free columns of R·D⁻¹. */
export function svdOf({ R, D }: Model, free: readonly number[], q: Float64Array): Svd {
  const n = q.length;
  const columns = new Float64Array(n * free.length);
  for (let k = 0; k < free.length; k++) {
    const j = free[k]!;
    for (let i = 0; i <= j; i++) columns[k * n + i] = R[i * n + j]! / D[j]!;
  }
  return jacobiSvd(columns, n, free.length, q);
}

/** q + R·p, where p is known of some parameters only and 0 elsewhere. */
export function movedBy({ R, q }: Model, p: Float64Array): Float64Array {
  const n = q.length;
  const moved = q.slice();
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) if (p[j] !== 0) moved[i] = moved[i]! + R[i * n + j]! * p[j]!;
  }
  return moved;
}

/** How much lower the model is at p: ½‖q‖² − ½‖R·p + q‖² = −(R·p)ᵀ(q + ½R·p). */
export function decreaseOf(model: Model, p: Float64Array): number {
  const moved = movedBy(model, p);
  let sum = 0;
  for (let i = 0; i < moved.length; i++) sum += (model.q[i]! - moved[i]!) * (model.q[i]! + moved[i]!);
  return sum / 2;
}

/**
 * The same of a step z of free parameters, in their scaling, by singular values: what lies outside of their reach, however
 * large, takes no part in it.
 */
function decreaseAlong({ s, V, UtQ }: Svd, z: Float64Array): number {
  const n = z.length;
  let sum = 0;
  for (let c = 0; c < n; c++) {
    let along = 0;
    for (let i = 0; i < n; i++) along += V[i * n + c]! * z[i]!;
    const change = s[c]! * along;
    sum -= change * (UtQ[c]! + change / 2);
  }
  return sum;
}

/** A step of the free parameters as long as the radius allows; its λ. */
export type Subproblem = (svd: Svd, radius: number, into: Float64Array) => number;

/** A step within the box and the radius. */
export interface Step {
  readonly p: Float64Array;
  readonly lambda: number;
  /** What the model promises. */
  readonly promised: number;
  /** Whether a bound cut it off. */
  readonly cut: boolean;
}

/**
 * The step in the box. What would leave it is set to its bound, and the others are solved for again, until all are inside;
 * where that promises less than a tenth of the projected gradient's step, it is that one, so that the run goes down as
 * surely as steepest descent does (Conn, Gould and Toint, "Trust-Region Methods", 2000, section 12.2).
 */
export function boundedStep(
  model: Model,
  gradient: Float64Array,
  free: readonly number[],
  svd: Svd,
  radius: number,
  solve: Subproblem,
): Step {
  const { x, bounds, D } = model;
  const p = new Float64Array(x.length);
  let open = free;
  let own = svd;
  let left = radius;
  let lambda = 0;
  let cut = false;
  for (;;) {
    const z = new Float64Array(open.length);
    lambda = solve(own, left, z);
    const crossed = new Set<number>();
    for (let k = 0; k < open.length; k++) {
      const j = open[k]!;
      p[j] = z[k]! / D[j]!;
      if (x[j]! + p[j]! < bounds.lower[j]! || x[j]! + p[j]! > bounds.upper[j]!) crossed.add(j);
    }
    if (crossed.size === 0 && !cut) return { p, lambda, promised: decreaseAlong(own, z), cut };
    if (crossed.size === 0) break;
    cut = true;
    for (const j of crossed) p[j] = (p[j]! < 0 ? bounds.lower[j]! : bounds.upper[j]!) - x[j]!;
    open = open.filter((j) => !crossed.has(j));
    if (open.length === 0) break;
    for (const j of open) p[j] = 0;
    let squares = 0;
    for (let j = 0; j < x.length; j++) squares += (D[j]! * p[j]!) ** 2;
    left = Math.sqrt(Math.max(radius * radius - squares, (0.01 * radius) ** 2));
    own = svdOf(model, open, movedBy(model, p));
  }
  const promised = decreaseOf(model, p);
  const safe = projectedStep(model, gradient, free, radius);
  return promised >= 0.1 * safe.promised ? { p, lambda, promised, cut } : safe;
}

/** Along −D⁻²·gradient, projected into the box, shortened until it promises a tenth of what its slope does. */
function projectedStep(model: Model, gradient: Float64Array, free: readonly number[], radius: number): Step {
  const { x, bounds, D } = model;
  let squares = 0;
  for (const j of free) squares += (gradient[j]! / D[j]!) ** 2;
  let t = radius / Math.sqrt(squares);
  const p = new Float64Array(x.length);
  for (let i = 0; i < 100; i++, t /= 2) {
    let slope = 0;
    for (const j of free) {
      const wanted = x[j]! - (t * gradient[j]!) / (D[j]! * D[j]!);
      p[j] = Math.min(Math.max(wanted, bounds.lower[j]!), bounds.upper[j]!) - x[j]!;
      slope -= gradient[j]! * p[j]!;
    }
    const promised = decreaseOf(model, p);
    if (promised >= 0.1 * slope) return { p, lambda: Number.NaN, promised, cut: true };
  }
  return { p: p.fill(0), lambda: Number.NaN, promised: 0, cut: true };
}
