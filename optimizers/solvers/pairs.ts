/** The last few steps and what they changed of the gradient: what limited-memory methods know of the Hessian. */
import { count, type Iterate, type Memory } from "./solver.js";
import { dot } from "./vectors.js";

/** A pair that curves less than this part of what its lengths allow says nothing sure (as L-BFGS-B's ε). */
const leastCurvature = 2.2e-16;

/** The options of methods that remember pairs. */
export const pairOptions = {
  /** How many pairs of steps and changes are remembered. */
  memory: count(10),
};

/** What an iterate must remember for `count` pairs. */
export const pairMemory = (size: number, count: number): Memory => ({
  steps: count * size,
  changes: count * size,
  counts: 2,
});

export class Pairs {
  readonly steps: readonly Float64Array[];
  readonly changes: readonly Float64Array[];
  /** The product of each pair. */
  readonly products: Float64Array;
  readonly #counts: Float64Array;

  constructor({ memory }: Iterate, size: number) {
    const rows = (all: Float64Array) =>
      Array.from({ length: all.length / size }, (_, i) => all.subarray(i * size, (i + 1) * size));
    this.steps = rows(memory.steps!);
    this.changes = rows(memory.changes!);
    this.products = Float64Array.from(this.steps, (step, i) => dot(step, this.changes[i]!));
    this.#counts = memory.counts!;
  }

  /** How many there are. */
  get count(): number {
    return this.#counts[0]!;
  }

  /** Where the pair of this age lies; 0 is the latest. */
  at(age: number): number {
    const all = this.steps.length;
    return (this.#counts[1]! - 1 - age + 2 * all) % all;
  }

  forget(): void {
    this.#counts[0] = 0;
  }

  /** Adds the pair of a step from an iterate, in place of the oldest, if it tells of a positive curvature. */
  add({ x, gradient }: Iterate, nextX: Float64Array, nextGradient: Float64Array): boolean {
    const place = this.#counts[1]!;
    const step = this.steps[place]!;
    const change = this.changes[place]!;
    // The oldest pair lies where the next is written.
    if (this.count === this.steps.length) this.#counts[0] = this.count - 1;
    for (let i = 0; i < x.length; i++) {
      step[i] = nextX[i]! - x[i]!;
      change[i] = nextGradient[i]! - gradient[i]!;
    }
    const product = dot(step, change);
    if (!(product > leastCurvature * Math.sqrt(dot(step, step)) * Math.sqrt(dot(change, change))))
      return false;
    this.products[place] = product;
    this.#counts[0] = this.count + 1;
    this.#counts[1] = (place + 1) % this.steps.length;
    return true;
  }
}
