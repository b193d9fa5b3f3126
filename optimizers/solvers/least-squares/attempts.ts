/** A solver of least squares at work, with further attempts from the same start where one stalls. */
import { type Engine, type Evaluations, type LeastSquares, vanishing } from "./residuals.js";
import { type LeastSquaresSolver, methodOf } from "./solvers.js";

/**
 * Attempts, by the share of the solver's first radius: one that stalls is begun again at its start with a longer reach, then
 * with a shorter one. Where a trust region leads depends much on its first radius when a start is far off.
 */
const shares = [1, 10, 0.1];

/** What lies where in the numbers: which attempt it is, whether any stands, the least cost of those before, and counts. */
const [attempt, begun, least, counts] = [0, 1, 2, 3];

/**
 * All that a run remembers lies in one array, of which a copy is a checkpoint: what the engine keeps, with the point first,
 * the start, the best end of an attempt, and numbers.
 */
export class Attempts {
  engine: Engine;
  /** Of all attempts together. */
  readonly evaluations: Evaluations = { residuals: 0, jacobians: 0, products: 0 };
  readonly #problem: LeastSquares;
  readonly #solver: LeastSquaresSolver;
  readonly #tolerance: number;
  readonly #memory: Float64Array;
  readonly #start: Float64Array;
  readonly #best: Float64Array;
  readonly #numbers: Float64Array;
  /** Whether the attempt is at its end where it doesn't solve anything. */
  #isStuck = false;

  /** @param data all zero but for the start, which comes first; or a copy of what another one remembered */
  constructor(problem: LeastSquares, solver: LeastSquaresSolver, data: Float64Array, tolerance: number) {
    const { size } = problem.residuals;
    const own = methodOf(solver).memory(problem);
    this.#problem = problem;
    this.#solver = solver;
    this.#tolerance = tolerance;
    this.#memory = data.subarray(0, own);
    this.#start = data.subarray(own, own + size);
    this.#best = data.subarray(own + size, own + 2 * size);
    this.#numbers = data.subarray(own + 2 * size);
    const isResumed = this.#numbers[begun] === 1;
    const [residuals, jacobians, products] = this.#numbers.slice(counts) as unknown as [
      number,
      number,
      number,
    ];
    if (!isResumed) this.#start.set(this.#memory.subarray(0, size));
    this.engine = this.#begin();
    if (isResumed) Object.assign(this.evaluations, { residuals, jacobians, products });
    else this.#numbers.set([0, 1, Infinity]);
    this.#count();
  }

  /** How long the array is. */
  static lengthOf(problem: LeastSquares, solver: LeastSquaresSolver): number {
    return methodOf(solver).memory(problem) + 2 * problem.residuals.size + 6;
  }

  /** Whether the point is one that no step leads away from: solved, or flat, or stuck in the last attempt. */
  get isAtEnd(): boolean {
    if (!this.#isStuck && !this.engine.look()) return false;
    return this.isSolved || this.#numbers[attempt] === shares.length - 1;
  }

  /** Whether the first-order conditions hold at a point that is an end, and not because the residuals are flat there. */
  get isSolved(): boolean {
    const { flat, cost } = this.engine;
    return !this.#isStuck && (flat.length === 0 || cost <= vanishing);
  }

  /** Goes to a better point, or back to the start for another attempt. Whether it went anywhere: it is at its end if not. */
  step(): boolean {
    const move = this.#isStuck ? "stuck" : this.engine.step();
    this.#count();
    if (move === "moved") return true;
    this.#isStuck = move === "stuck";
    return !this.isSolved && this.#again();
  }

  /** Goes back to the best end of an attempt where that is lower than the point. Whether it did. */
  settle(): boolean {
    const lower = this.engine.cost <= this.#numbers[least]!;
    if (lower) return false;
    this.#memory.fill(0);
    this.#memory.set(this.#best);
    this.engine = this.#begin();
    this.engine.look();
    this.#count();
    return true;
  }

  #again(): boolean {
    const numbers = this.#numbers;
    if (numbers[attempt] === shares.length - 1) return false;
    numbers[attempt] = numbers[attempt]! + 1;
    if (this.engine.cost < numbers[least]!) {
      numbers[least] = this.engine.cost;
      this.#best.set(this.engine.x);
    }
    this.#isStuck = false;
    this.#memory.fill(0);
    this.#memory.set(this.#start);
    this.engine = this.#begin();
    this.#count();
    return true;
  }

  #begin(): Engine {
    const share = shares[this.#numbers[attempt]!]!;
    const task = { tolerance: this.#tolerance, share, evaluations: this.evaluations };
    return methodOf(this.#solver).start(this.#problem, this.#memory, task);
  }

  #count(): void {
    const { residuals, jacobians, products } = this.evaluations;
    this.#numbers.set([residuals, jacobians, products], counts);
  }
}
