/**
 * Least squares with the Jacobian as a matrix: a trust region with Moré's scaling about Gauss and Newton's model, by QR.
 *
 * Sources: Moré, "The Levenberg–Marquardt algorithm: implementation and theory" (1978); Bates and Watts, "A relative offset
 * orthogonality convergence criterion for nonlinear least squares", Technometrics 23 (1981).
 */
import { isHeld } from "../bounds.js";
import { allFinite, dot, norm } from "../vectors.js";
import { accelerate, mix, scaledNorm } from "./acceleration.js";
import { costOf, reweigh } from "./losses.js";
import { boundedStep, freeOf, gradientOf, type Model, type Step, type Subproblem, svdOf } from "./model.js";
import { reduceRows } from "./qr.js";
import {
  type Engine,
  type EngineOptions,
  type Evaluations,
  type LeastSquares,
  type Move,
  vanishing,
} from "./residuals.js";
import { rankOf, takenOf } from "./subproblem.js";
import type { Svd } from "./svd.js";

export interface DenseOptions extends EngineOptions {
  readonly solve: Subproblem;
  readonly acceleration: boolean;
}

/** A column of this share of its largest norm on the way is flat. */
const flatShare = 1e-10;

/** A change of the cost by this share may be its rounding. */
const indistinct = 1e-12;

/** An offset up to which rounding may be why nothing goes further. */
const mostOffset = 1e-6;

/**
 * A cosine up to which it may be, where the offset says nothing: at a solution where J loses rank, as an arm's that is stretched
 * out, the model goes on promising what no step keeps.
 */
const mostCosine = 1e-6;

/** So many steps between which only rounding decides are enough. */
const mostPolishes = 100;

/** Of what it promised, a step must at least keep this (Moré, section 4, algorithm 4.1's 10⁻⁴). */
const leastRatio = 1e-4;

/** The whole of the first step is taken where its gain is within this share of what it promised. */
const faithful = 0.25;

/** The offset from which on steps of Gauss and Newton are of one linear rate, which mixing takes away. */
const mixingOffset = 0.1;

/** More tries than shrink any radius to nothing. */
const mostTries = 60;

/** What is known of a point before a step. */
interface Point {
  readonly model: Model;
  readonly free: readonly number[];
  readonly svd: Svd;
}

/** A step, and what Gauss and Newton's model proposed before it was bent. */
type Proposal = Step & { readonly raw: Float64Array };

/** What lies where in the numbers of the memory. */
const radius = 0;
/** The offset before a step that only rounding could judge, or 0. */
const polished = 1;
/** 1 where the step before is known. */
const known = 2;
/** Steps taken. */
const steps = 3;
/** How many of the last ones only rounding could judge. */
const polishes = 4;

/** All that goes on from point to point, one after the other in one array: a copy of it is a checkpoint. */
class Memory {
  readonly x: Float64Array;
  /** The largest norm that each column of J had: Moré's scaling. */
  readonly D: Float64Array;
  /** What Gauss and Newton proposed before, and how far it went. */
  readonly before: Float64Array;
  readonly gone: Float64Array;
  readonly numbers: Float64Array;

  constructor(data: Float64Array, size: number) {
    const [x, D, before, gone] = [0, 1, 2, 3].map((i) => data.subarray(i * size, (i + 1) * size));
    this.x = x!;
    this.D = D!;
    this.before = before!;
    this.gone = gone!;
    this.numbers = data.subarray(4 * size);
  }
}

export class Dense implements Engine {
  readonly evaluations: Evaluations;
  readonly memory: Memory;
  readonly x: Float64Array;
  r: Float64Array;
  cost: number;
  offset = Number.NaN;
  cosine = Number.NaN;
  norm = Number.NaN;
  rank = Number.NaN;
  flat: readonly number[] = [];
  readonly #problem: LeastSquares;
  readonly #options: DenseOptions;
  #J: Float64Array;
  #trial: { x: Float64Array; r: Float64Array; J: Float64Array };
  readonly #rows: { factors: Float64Array; r: Float64Array };
  readonly #reduced: { R: Float64Array; q: Float64Array };
  readonly #gradient: Float64Array;
  /** What rounding of the residuals alone may be worth of what can be taken away. */
  #noise = 0;
  /** What is known of the point once it was looked at; `undefined` where it is solved. */
  #point: { readonly known: Point | undefined } | undefined;

  constructor(problem: LeastSquares, memory: Float64Array, options: DenseOptions) {
    const { size: n, count: m } = problem.residuals;
    this.#problem = problem;
    this.#options = options;
    this.evaluations = options.evaluations;
    this.memory = new Memory(memory, n);
    this.x = this.memory.x;
    this.r = new Float64Array(m);
    this.#J = new Float64Array(m * n);
    this.#trial = { x: new Float64Array(n), r: new Float64Array(m), J: new Float64Array(m * n) };
    this.#rows = { factors: new Float64Array(m), r: new Float64Array(m) };
    this.#reduced = { R: new Float64Array(n * n), q: new Float64Array(n) };
    this.#gradient = new Float64Array(n);
    this.cost = this.#costAt(this.x, this.r);
    this.#jacobianAt(this.x, this.#J);
  }

  /** How many numbers go on from point to point. */
  static lengthOf(size: number): number {
    return 4 * size + 5;
  }

  look(): boolean {
    this.#point ??= { known: this.#examine() };
    return !this.#point.known;
  }

  reduced(): Float64Array {
    this.look();
    return this.#reduced.R;
  }

  step(): Move {
    if (this.look()) return "solved";
    const point = this.#point!.known!;
    if (this.memory.numbers[steps] === 0 && this.#leaps(point)) return "moved";
    for (let tries = 0; tries < mostTries; tries++) {
      const made = this.#propose(point, this.memory.numbers[radius]!);
      if (!made) break;
      if (this.#judge(made)) return "moved";
    }
    return this.offset <= mostOffset || this.cosine <= mostCosine ? "solved" : "stuck";
  }

  /** Takes the whole of the first step where it keeps what it promises: of a linear problem it is the solution. */
  #leaps(point: Point): boolean {
    const made = this.#propose(point, Infinity);
    const first = this.memory.numbers[radius]!;
    if (!made || scaledNorm(this.memory.D, made.p) <= first) return false;
    return this.#judge(made, faithful);
  }

  #costAt(x: Float64Array, into: Float64Array): number {
    this.evaluations.residuals++;
    this.#problem.residuals.residuals(x, into);
    return costOf(into, this.#problem.weighing);
  }

  #jacobianAt(x: Float64Array, into: Float64Array): boolean {
    this.evaluations.jacobians++;
    this.#problem.residuals.jacobian(x, into);
    return allFinite(into);
  }

  /** Reduces J and looks whether the first-order conditions hold: then there is nothing to do. */
  #examine(): Point | undefined {
    const { weighing, bounds } = this.#problem;
    const { D, numbers, x, gone } = this.memory;
    const factors = reweigh(this.r, weighing, this.#rows.factors, this.#rows.r);
    reduceRows(this.#J, this.#rows.r, factors, this.#reduced);
    const norms = columnNorms(this.#reduced.R, x.length);
    const flat: number[] = [];
    for (let j = 0; j < x.length; j++) {
      D[j] = Math.max(D[j]!, norms[j]!) || 1;
      if (norms[j]! < flatShare * D[j]! && bounds.lower[j] !== bounds.upper[j]) flat.push(j);
    }
    const model: Model = { x, bounds, ...this.#reduced, D };
    const gradient = gradientOf(model, this.#gradient);
    const free = freeOf(model, gradient);
    const svd = svdOf(model, free, model.q);
    const taken = takenOf(svd);
    const whole = Math.sqrt(2 * this.cost);
    let noise = 0;
    let largest = 0;
    // A point is rounded as what it was reached from and by was.
    let cosine = 0;
    for (const j of free) {
      noise += norms[j]! * (Math.abs(x[j]!) + Math.abs(gone[j]!));
      if (norms[j]! > 0) cosine = Math.max(cosine, Math.abs(gradient[j]!) / norms[j]!);
    }
    for (let j = 0; j < x.length; j++)
      if (!isHeld(bounds, x, gradient, j)) largest = Math.max(largest, Math.abs(gradient[j]!));
    this.#noise = 4 * Number.EPSILON * noise;
    this.offset = this.cost <= vanishing ? 0 : taken / whole;
    this.cosine = this.cost <= vanishing ? 0 : cosine / whole;
    this.norm = largest;
    this.rank = rankOf(svd);
    this.flat = flat;
    // After a step that only rounding could judge: it was the last one if the offset fell no further.
    const fellNoFurther = numbers[polished]! > 0 && this.offset >= numbers[polished]!;
    const ended = this.offset <= mostOffset && (fellNoFurther || numbers[polishes]! >= mostPolishes);
    if (this.offset <= this.#options.tolerance || taken <= this.#noise || ended) return undefined;
    if (numbers[radius] === 0) numbers[radius] = this.#options.initialRadius * (scaledNorm(D, x) || 1);
    return { model, free, svd };
  }

  /** The step of the radius, with its bend; `undefined` where none promises anything. */
  #propose({ model, free, svd }: Point, reach: number): Proposal | undefined {
    const { D, numbers, before, gone } = this.memory;
    const { solve, acceleration } = this.#options;
    const made = boundedStep(model, this.#gradient, free, svd, reach, solve);
    const { p, lambda, promised, cut } = made;
    if (!(promised > 0)) return undefined;
    const raw = p.slice();
    const isNear = this.offset < mixingOffset && numbers[known] === 1;
    const mixes = isNear && lambda === 0 && !cut && mix(p, before, gone, D);
    if (acceleration && !mixes && !cut && lambda >= 0 && numbers[steps]! + lambda > 0) {
      const along = this.#trial.r;
      this.evaluations.products++;
      this.#problem.residuals.curvature(this.x, p, along);
      const bend = this.#transposed(along);
      if (allFinite(bend)) accelerate(p, bend, svd, free, D, lambda);
    }
    return { ...made, raw };
  }

  /** Jᵀ·u, with the squares of the rows' factors, which change u. */
  #transposed(u: Float64Array): Float64Array {
    const { loss, weights } = this.#problem.weighing;
    const factors = loss === "linear" && !weights ? undefined : this.#rows.factors;
    if (factors) for (let i = 0; i < u.length; i++) u[i] = u[i]! * factors[i]! ** 2;
    const m = u.length;
    return this.x.map((_, j) => dot(this.#J.subarray(j * m, (j + 1) * m), u));
  }

  /**
   * Evaluates at the end of a step, takes it if it goes down as promised, and sets the next radius. Whether it moved.
   * `exact` refuses, and leaves all as it is, a step whose gain differs by more than this share from what was promised.
   */
  #judge({ p, raw, lambda, promised, cut }: Proposal, exact = Infinity): boolean {
    const { x, D, numbers, before, gone } = this.memory;
    const { lower, upper } = this.#problem.bounds;
    const trial = this.#trial;
    for (let j = 0; j < x.length; j++) trial.x[j] = Math.min(Math.max(x[j]! + p[j]!, lower[j]!), upper[j]!);
    const length = scaledNorm(D, p);
    const cost = this.#costAt(trial.x, trial.r);
    const gained = this.cost - cost;
    const ratio = gained / promised;
    if (exact < Infinity && !(Math.abs(ratio - 1) <= exact)) return false;
    const rounding = indistinct * this.cost + 2 * this.#noise * Math.sqrt(2 * this.cost);
    // A step that the radius cuts short would go on up and down.
    const polishing = lambda === 0 && promised <= rounding && Math.abs(gained) <= rounding;
    const good = (polishing || ratio > leastRatio) && this.#jacobianAt(trial.x, trial.J);
    if (polishing && good) numbers[radius] = Math.max(numbers[radius]!, 2 * length);
    else if (!good || ratio < 0.25)
      numbers[radius] = Math.min(length, numbers[radius]!) * this.#shrinking(p, cost, gained);
    else if (ratio > 0.75 || lambda === 0) numbers[radius] = Math.max(numbers[radius]!, 2 * length);
    if (!good) return false;
    numbers[known] = lambda === 0 && !cut ? 1 : 0;
    numbers[polished] = promised <= rounding ? this.offset : 0;
    numbers[polishes] = promised <= rounding ? numbers[polishes]! + 1 : 0;
    numbers[steps] = numbers[steps]! + 1;
    for (let j = 0; j < x.length; j++) gone[j] = trial.x[j]! - x[j]!;
    before.set(raw);
    x.set(trial.x);
    const { r, J } = trial;
    this.#trial = { x: trial.x, r: this.r, J: this.#J };
    this.r = r;
    this.#J = J;
    this.cost = cost;
    this.#point = undefined;
    return true;
  }

  /** To where the parabola through both values and the slope is least, from a tenth to a half (Moré, section 4). */
  #shrinking(p: Float64Array, cost: number, gained: number): number {
    let slope = 0;
    for (let j = 0; j < p.length; j++) slope += this.#gradient[j]! * p[j]!;
    const share = Number.isFinite(cost) ? slope / (2 * (gained + slope)) : 0;
    return share >= 0.1 ? Math.min(share, 0.5) : 0.1;
  }
}

/** The norms of the columns of R, which are those of J. */
function columnNorms(R: Float64Array, n: number): Float64Array {
  const norms = new Float64Array(n);
  const column = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) column[i] = R[i * n + j]!;
    norms[j] = norm(column);
  }
  return norms;
}
