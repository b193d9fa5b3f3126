/**
 * The quadratic model of a trust region within bounds: from face to face, as Lin and Moré's TRON does ("Newton's method for
 * large bound-constrained optimization problems", SIAM J. Optim. 9, 1999). On each face the subproblem is solved, the path
 * there is projected onto the bounds, and what it hits is fixed.
 */
import { type Bounds, isHeld } from "./bounds.js";
import { dot } from "./vectors.js";

/** μ₀: this part of what the gradient promises must come of the model (Lin & Moré, p. 1104). */
const sufficient = 0.01;

/** A step of the best face is taken if it lowers the model by this part of the Cauchy step's decrease at least. */
const cauchyShare = 0.5;

const mostFaces = 50;

export interface Model {
  /** H·direction. */
  multiply(direction: Float64Array, into: Float64Array): void;
  /** Writes the step on a face from a gradient there, no longer than the radius; whether the edge ended it. */
  solve(gradient: Float64Array, free: Uint8Array, radius: number, into: Float64Array): boolean;
  /** The lengths of steps are measured by these. */
  readonly weights: Float64Array;
}

export class Faces {
  /** The step, and H times it. */
  readonly step: Float64Array;
  readonly #product: Float64Array;
  readonly #gradient: Float64Array;
  readonly #way: Float64Array;
  readonly #image: Float64Array;
  readonly #moved: Float64Array;
  readonly #free: Uint8Array;
  readonly #bounds: Bounds;
  readonly #cauchy: Float64Array;

  constructor(bounds: Bounds, size: number) {
    const make = () => new Float64Array(size);
    [this.step, this.#product, this.#gradient] = [make(), make(), make()];
    [this.#way, this.#image, this.#moved, this.#cauchy] = [make(), make(), make(), make()];
    this.#free = new Uint8Array(size);
    this.#bounds = bounds;
  }

  /** Finds a step that lowers the model, and gives by how much, and whether the region's edge ended it. */
  solve(model: Model, x: Float64Array, g: Float64Array, radius: number): { decrease: number; edge: boolean } {
    const { step } = this;
    const free = this.#free;
    for (let i = 0; i < x.length; i++) free[i] = this.#bounds.some && isHeld(this.#bounds, x, g, i) ? 0 : 1;
    step.fill(0);
    this.#product.fill(0);
    const edge = this.#walk(model, x, g, radius);
    const decrease = this.#decrease(g);
    if (!this.#bounds.some) return { decrease, edge };
    // The Cauchy step, from which convergence follows, if the faces were worse.
    this.#cauchy.set(step);
    const found = this.#cauchyStep(model, x, g, radius);
    if (decrease >= cauchyShare * found) {
      step.set(this.#cauchy);
      return { decrease, edge };
    }
    for (let i = 0; i < x.length; i++) free[i] = this.#isInside(x, i) ? 1 : 0;
    const better = this.#walk(model, x, g, radius);
    return { decrease: this.#decrease(g), edge: better };
  }

  /** −(gᵀs + ½·sᵀHs). */
  #decrease(g: Float64Array): number {
    return -(dot(g, this.step) + 0.5 * dot(this.step, this.#product));
  }

  #isInside(x: Float64Array, i: number): boolean {
    const at = x[i]! + this.step[i]!;
    return at > this.#bounds.lower[i]! && at < this.#bounds.upper[i]!;
  }

  /** From face to face, each with fewer free elements. */
  #walk(model: Model, x: Float64Array, g: Float64Array, radius: number): boolean {
    const { step } = this;
    const gradient = this.#gradient;
    const way = this.#way;
    for (let face = 0; face < mostFaces; face++) {
      let any = false;
      for (let i = 0; i < x.length; i++) {
        gradient[i] = this.#free[i] === 1 ? g[i]! + this.#product[i]! : 0;
        any ||= gradient[i] !== 0;
      }
      if (!any) return false;
      const left = radius * radius - lengthOf(step, model.weights) ** 2;
      const rest = Math.sqrt(Math.max(left, 0.01 * radius * radius));
      const edge = model.solve(gradient, this.#free, rest, way);
      if (!this.#project(model, x, gradient)) return edge;
      if (edge) return true;
    }
    return false;
  }

  /** Goes along the way on the face, bent at the bounds, as far as the model falls. Whether an element was fixed. */
  #project(model: Model, x: Float64Array, gradient: Float64Array): boolean {
    const { step } = this;
    const way = this.#way;
    const { lower, upper, some } = this.#bounds;
    let first = Infinity;
    for (let i = 0; some && i < x.length; i++) {
      if (way[i] === 0) continue;
      const limit = way[i]! < 0 ? lower[i]! : upper[i]!;
      first = Math.min(first, (limit - x[i]! - step[i]!) / way[i]!);
    }
    for (let length = 1; ; length *= 0.5) {
      const straight = length <= first || length < 1e-9;
      if (straight && length < 1) length = Math.min(first, 1);
      for (let i = 0; i < x.length; i++) {
        const to = step[i]! + length * way[i]!;
        const least = lower[i]! - x[i]!;
        const most = upper[i]! - x[i]!;
        this.#moved[i] = (way[i] === 0 ? step[i]! : to < least ? least : to > most ? most : to) - step[i]!;
      }
      model.multiply(this.#moved, this.#image);
      const slope = dot(gradient, this.#moved);
      const change = slope + 0.5 * dot(this.#moved, this.#image);
      if (!straight && !(change <= sufficient * slope && slope < 0)) continue;
      let fixed = false;
      for (let i = 0; i < x.length; i++) {
        step[i] = step[i]! + this.#moved[i]!;
        this.#product[i] = this.#product[i]! + this.#image[i]!;
        if (this.#free[i] === 0 || way[i] === 0 || this.#isInside(x, i)) continue;
        this.#free[i] = 0;
        fixed = true;
      }
      return fixed;
    }
  }

  /** Along the projected gradient's path: backwards, or onwards while the model falls. The decrease. */
  #cauchyStep(model: Model, x: Float64Array, g: Float64Array, radius: number): number {
    const { step } = this;
    const { lower, upper } = this.#bounds;
    const { weights } = model;
    const at = (length: number) => {
      for (let i = 0; i < x.length; i++) {
        const to = x[i]! - (length * g[i]!) / weights[i]! ** 2;
        step[i] = (to < lower[i]! ? lower[i]! : to > upper[i]! ? upper[i]! : to) - x[i]!;
      }
      model.multiply(step, this.#product);
      return -dot(g, step);
    };
    const way = this.#way;
    for (let i = 0; i < x.length; i++) way[i] = isHeld(this.#bounds, x, g, i) ? 0 : g[i]! / weights[i]!;
    const size = Math.sqrt(dot(way, way));
    for (let length = radius / size, k = 0; k < 30; length *= 0.3, k++) {
      const promised = at(length);
      const decrease = this.#decrease(g);
      if (decrease >= sufficient * promised && lengthOf(step, weights) <= radius * (1 + 1e-9))
        return decrease;
    }
    step.fill(0);
    this.#product.fill(0);
    return 0;
  }
}

function lengthOf(step: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < step.length; i++) sum += (weights[i]! * step[i]!) ** 2;
  return Math.sqrt(sum);
}
