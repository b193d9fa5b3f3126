/**
 * The trust region's subproblem by conjugate gradients, which need products with the Hessian only: Steihaug, "The conjugate
 * gradient method and trust regions in large scale optimization", SIAM J. Numer. Anal. 20, 1983; Nocedal & Wright, algorithm
 * 7.2. A radius of ∞ makes it Newton's equations for a line search (algorithm 7.1).
 */
import { addScaled, dot } from "./vectors.js";

/** A way along a negative curvature that is at most so many times as long as the rest. */
const mostTimes = 100;

export interface Steihaug {
  /** Why it ended: the equations hold, or a direction of negative curvature, the region's edge, or too many products. */
  readonly end: "solved" | "curved" | "edge" | "long";
  /** How many products it took. */
  readonly products: number;
}

export class ConjugateGradients {
  readonly #residual: Float64Array;
  readonly #direction: Float64Array;
  readonly #product: Float64Array;

  constructor(size: number) {
    this.#residual = new Float64Array(size);
    this.#direction = new Float64Array(size);
    this.#product = new Float64Array(size);
  }

  /** Writes s until |Hs + g| ≤ `least`, among the elements where g isn't 0 by `free`; `most` products at most. */
  solve(
    multiply: (direction: Float64Array, into: Float64Array) => void,
    g: Float64Array,
    free: Uint8Array,
    radius: number,
    least: number,
    most: number,
    s: Float64Array,
  ): Steihaug {
    const [r, d, h] = [this.#residual, this.#direction, this.#product];
    for (let i = 0; i < g.length; i++) {
      s[i] = 0;
      r[i] = free[i] === 1 ? g[i]! : 0;
      d[i] = -r[i]!;
    }
    let squares = dot(r, r);
    for (let products = 0; ; products++) {
      if (Math.sqrt(squares) <= least) return { end: "solved", products };
      if (products >= most) return { end: "long", products };
      multiply(d, h);
      const curve = dot(d, h);
      if (!(curve > 0)) {
        if (radius < Infinity) toEdge(s, d, radius);
        else if (products === 0) s.set(d);
        // Away from what a saddle curves down, by Newton's length with the curvature's size (Dauphin et al., 2014): what was found
        // so far leads into it.
        else if (curve <= 0) {
          const most = mostTimes * Math.sqrt(dot(s, s) / dot(d, d));
          addScaled(s, Math.min(squares / Math.abs(curve), most), d);
        }
        return { end: "curved", products: products + 1 };
      }
      const way = squares / curve;
      let length = 0;
      for (let i = 0; i < s.length; i++) length += (s[i]! + way * d[i]!) ** 2;
      if (!(Math.sqrt(length) < radius)) {
        toEdge(s, d, radius);
        return { end: "edge", products: products + 1 };
      }
      for (let i = 0; i < s.length; i++) {
        s[i] = s[i]! + way * d[i]!;
        if (free[i] === 1) r[i] = r[i]! + way * h[i]!;
      }
      const next = dot(r, r);
      const beta = next / squares;
      for (let i = 0; i < s.length; i++) d[i] = beta * d[i]! - r[i]!;
      squares = next;
    }
  }
}

/** Goes from inside along a direction to where |s| is the radius. */
function toEdge(s: Float64Array, direction: Float64Array, radius: number): void {
  const [a, b, c] = [dot(direction, direction), dot(s, direction), dot(s, s) - radius * radius];
  const root = Math.sqrt(Math.max(b * b - a * c, 0));
  const way = b > 0 ? -c / (b + root) : (root - b) / a;
  for (let i = 0; i < s.length; i++) s[i] = s[i]! + way * direction[i]!;
}
