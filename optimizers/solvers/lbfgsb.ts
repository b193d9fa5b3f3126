/**
 * L-BFGS-B: Byrd, Lu, Nocedal and Zhu, "A limited memory algorithm for bound constrained optimization", SIAM J. Sci. Comput.
 * 16, 1995. The model's first minimum along the projected path of steepest descent (the generalized Cauchy point) says which
 * bounds hold; among the other elements the model is minimized. Its end is projected as by Morales and Nocedal, ACM Trans.
 * Math. Softw. 38, 2011.
 */
import { type OptionsOf, readOptions } from "../../graph/internal.js";
import type { Bounds } from "./bounds.js";
import { Compact } from "./compact.js";
import { firstStep, LineSearch } from "./line-search.js";
import { Pairs, pairMemory, pairOptions } from "./pairs.js";
import { newtonDirection } from "./recursion.js";
import { type Iterate, makeSolver, type Problem, type Running, type Solver } from "./solver.js";
import { dot } from "./vectors.js";

/**
 * Options of `lbfgsb`.
 * @example const options: LbfgsbOptions = { memory: 20 };
 */
export type LbfgsbOptions = OptionsOf<typeof pairOptions>;

/**
 * L-BFGS for parameters within bounds: the bounds that hold are found along the projected path of steepest descent, so that many
 * change in one step. Without bounds it is as `lbfgs`.
 *
 * @param given `memory` = 10, the pairs that are remembered
 *
 * @example
 * const run = minimize(rosenbrock.f, { x: [-1.2, 1] }, lbfgsb(), { bounds: { x: { upper: 0.5 } } });
 * run.parameters.x; // Float64Array [0.5, 0.25]
 *
 * Byrd, Lu, Nocedal and Zhu, "A limited memory algorithm for bound constrained optimization", SIAM J. Sci. Comput. 16, 1995.
 */
export function lbfgsb(given: LbfgsbOptions = {}): Solver {
  const own = readOptions("lbfgsb", pairOptions, given);
  const pairs = own.memory;
  return makeSolver({
    name: "lbfgsb",
    options: own,
    memory: (size: number) => pairMemory(size, pairs),
    run(problem: Problem, iterate: Iterate): Running {
      const { functions, bounds } = problem;
      const { size } = functions;
      const known = new Pairs(iterate, size);
      const model = new Compact(known);
      const corner = new CauchyPoint(size, 2 * pairs);
      const direction = new Float64Array(size);
      const search = new LineSearch(problem);

      return {
        step() {
          for (let attempt = 0; attempt < 2; attempt++) {
            const sound = model.begin(1 / firstStep(iterate));
            if (sound && corner.find(model, bounds, iterate)) {
              corner.minimize(model, known, bounds, iterate, direction);
              if (search.search(iterate, direction, 1)) {
                known.add(iterate, search.x, search.gradient);
                iterate.move(problem, search.x, search.value, search.gradient);
                return undefined;
              }
            }
            if (known.count === 0) break;
            known.forget();
          }
          return "no lower point was found along the projected path of steepest descent";
        },
      };
    },
  });
}

/** The generalized Cauchy point, and the minimum of the model among the elements that are free there. */
class CauchyPoint {
  readonly #x: Float64Array;
  readonly #free: Uint8Array;
  readonly #times: Float64Array;
  readonly #direction: Float64Array;
  readonly #queue: Int32Array;
  /** c = Wᵀ(x − x₀), p = Wᵀd, and work space. */
  readonly #c: Float64Array;
  readonly #p: Float64Array;
  readonly #v: Float64Array;
  readonly #factors: Float64Array;

  constructor(size: number, width: number) {
    this.#factors = new Float64Array(width);
    this.#x = new Float64Array(size);
    this.#free = new Uint8Array(size);
    this.#times = new Float64Array(size);
    this.#direction = new Float64Array(size);
    this.#queue = new Int32Array(size);
    this.#c = new Float64Array(width);
    this.#p = new Float64Array(width);
    this.#v = new Float64Array(width);
  }

  /** Algorithm CP (p. 1195). Whether the model falls along the path at all. */
  find(model: Compact, { lower, upper }: Bounds, { x, gradient }: Iterate): boolean {
    const d = this.#direction;
    const times = this.#times;
    let waiting = 0;
    for (let i = 0; i < x.length; i++) {
      const g = gradient[i]!;
      times[i] = g === 0 ? Infinity : (x[i]! - (g < 0 ? upper[i]! : lower[i]!)) / g;
      d[i] = times[i]! > 0 ? -g : 0;
      this.#x[i] = x[i]!;
      this.#free[i] = times[i]! > 0 && lower[i] !== upper[i] ? 1 : 0;
      if (times[i]! > 0 && times[i]! < Infinity) this.#queue[waiting++] = i;
    }
    const [c, p] = [this.#c.fill(0), this.#p];
    model.project(d, p);
    let slope = -dot(d, d);
    if (!(slope < 0)) return false;
    const least = -Number.EPSILON * model.theta * slope;
    let curve = Math.max(-model.theta * slope - model.between(p, p), least);
    heapify(this.#queue, waiting, times);
    let [now, way] = [0, -slope / curve];
    while (waiting > 0) {
      const b = this.#queue[0]!;
      const wait = times[b]! - now;
      if (way < wait) break;
      waiting = pop(this.#queue, waiting, times);
      const g = gradient[b]!;
      this.#x[b] = d[b]! > 0 ? upper[b]! : lower[b]!;
      this.#free[b] = 0;
      const z = this.#x[b]! - x[b]!;
      const w = model.row(b);
      for (let j = 0; j < model.width; j++) c[j] = c[j]! + wait * p[j]!;
      slope += wait * curve + g * g + model.theta * g * z - g * model.between(w, c);
      curve += -model.theta * g * g - 2 * g * model.between(w, p) - g * g * model.between(w, w);
      curve = Math.max(curve, least);
      for (let j = 0; j < model.width; j++) p[j] = p[j]! + g * w[j]!;
      d[b] = 0;
      way = -slope / curve;
      now = times[b]!;
    }
    way = Math.max(way, 0);
    if (!(way < Infinity)) return false;
    now += way;
    for (let i = 0; i < x.length; i++) if (d[i] !== 0) this.#x[i] = x[i]! + now * d[i]!;
    for (let j = 0; j < model.width; j++) c[j] = c[j]! + way * p[j]!;
    return true;
  }

  /** Writes the way to the model's minimum among the free elements, held back by the bounds. */
  minimize(model: Compact, known: Pairs, bounds: Bounds, iterate: Iterate, direction: Float64Array): void {
    const { x, gradient } = iterate;
    const free = this.#free;
    const corner = this.#x;
    const r = this.#direction;
    // Where the path meets no bound, the minimum is Newton's direction, which two loops over the pairs give with more digits.
    const isStraight = free.every((one, i) => one === 1 || corner[i] === x[i]);
    if (
      isStraight &&
      newtonDirection(known, iterate, bounds.some ? free : undefined, this.#factors, direction)
    )
      for (let i = 0; i < x.length; i++) direction[i] = direction[i]! - (corner[i]! - x[i]!);
    else this.#solve(model, iterate, direction);
    const { lower, upper } = bounds;
    let [most, slope] = [1, 0];
    for (let i = 0; i < x.length; i++) {
      const way = free[i] === 1 ? direction[i]! : 0;
      const limit = way < 0 ? lower[i]! : upper[i]!;
      if (way !== 0) most = Math.min(most, (limit - corner[i]!) / way);
      const to = corner[i]! + way;
      const end = to < lower[i]! ? lower[i]! : to > upper[i]! ? upper[i]! : to;
      slope += gradient[i]! * (end - x[i]!);
      r[i] = way;
      direction[i] = end - x[i]!;
    }
    if (slope < 0 || most === 1) return;
    for (let i = 0; i < x.length; i++) direction[i] = corner[i]! + most * r[i]! - x[i]!;
  }

  /** Writes the way from the corner to that minimum, by the direct primal method (p. 1199). */
  #solve(model: Compact, { x, gradient }: Iterate, direction: Float64Array): void {
    const { theta } = model;
    const free = this.#free;
    const v = this.#v;
    // r = g + θ(x_c − x) − W·M·c, within the free elements.
    const r = this.#direction;
    for (let i = 0; i < x.length; i++) r[i] = gradient[i]! + theta * (this.#x[i]! - x[i]!);
    model.middle(this.#c, v);
    model.expand(v, -1, r);
    for (let i = 0; i < x.length; i++) if (free[i] === 0) r[i] = 0;
    model.project(r, v);
    for (let i = 0; i < x.length; i++) direction[i] = -r[i]! / theta;
    if (model.width > 0 && model.subspace(free, v)) model.expand(v, -1 / (theta * theta), direction);
  }
}

/** Makes a heap of places, the one with the least time first. */
function heapify(heap: Int32Array, count: number, times: Float64Array): void {
  for (let i = (count >> 1) - 1; i >= 0; i--) sink(heap, i, count, times);
}

/** Takes the first away; how many are left. */
function pop(heap: Int32Array, count: number, times: Float64Array): number {
  heap[0] = heap[count - 1]!;
  sink(heap, 0, count - 1, times);
  return count - 1;
}

function sink(heap: Int32Array, from: number, count: number, times: Float64Array): void {
  const one = heap[from]!;
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= count) break;
    if (child + 1 < count && times[heap[child + 1]!]! < times[heap[child]!]!) child++;
    if (!(times[heap[child]!]! < times[one]!)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = one;
}
