/**
 * Least squares of many parameters: a trust region whose steps come from products with J and Jᵀ alone, by LSMR on the
 * least-squares problem of the step.
 */
import { freeElements, projectedNorm } from "../bounds.js";
import { allFinite, dot, norm, scale } from "../vectors.js";
import { costOf, reweigh } from "./losses.js";
import { lsmr } from "./lsmr.js";
import { reduceRows } from "./qr.js";
import {
  type Engine,
  type EngineOptions,
  type Evaluations,
  type LeastSquares,
  type Move,
  vanishing,
} from "./residuals.js";

/** A step's normal equations are solved to this share of the gradient, and the nearer the smaller the offset is. */
const mostForcing = 0.1;

const leastRatio = 1e-4;
const indistinct = 1e-12;
const mostOffset = 1e-6;
/** As of `Dense`: a cosine up to which rounding may be why nothing goes further, where J loses rank. */
const mostCosine = 1e-6;
/** As of `Dense`: a column of this share of its largest size on the way is flat. */
const flatShare = 1e-10;
/** A column of this share of the largest, each by its own largest, leads nowhere: what singular values tell where J is a matrix. */
const leastShare = 1e-15;
/** So many iterations of the power method tell how far J stretches. */
const powers = 4;
const mostTries = 60;
/** Steps that gain no more than rounding may be, after which there is no more to be had. */
const mostPolishes = 30;

/**
 * What lies where in the numbers of the memory, after the point, the sizes of columns and the last step: the radius, the offset
 * (0 as long as none is known), the one before a step that only rounding could judge (or 0), and how many steps that gained no
 * more were taken one after the other.
 */
const [radius, offset, polished, polishes] = [0, 1, 2, 3];

/** What a step comes to. */
interface Step {
  readonly p: Float64Array;
  readonly promised: number;
  /** Whether the region's edge or a bound cut it. */
  readonly cut: boolean;
}

export class Products implements Engine {
  readonly evaluations: Evaluations;
  readonly x: Float64Array;
  r: Float64Array;
  cost: number;
  offset = Number.NaN;
  cosine = Number.NaN;
  norm = Number.NaN;
  readonly rank = Number.NaN;
  flat: readonly number[] = [];
  readonly #problem: LeastSquares;
  readonly #options: EngineOptions;
  readonly #gradient: Float64Array;
  readonly #next: { gradient: Float64Array; x: Float64Array };
  #trial: Float64Array;
  readonly #rows: { factors: Float64Array; r: Float64Array };
  #factors: Float64Array | undefined;
  readonly #free: Uint8Array;
  /** What columns of J are multiplied by to learn their sizes; those here, and the largest that each had. */
  readonly #probe: Float64Array;
  readonly #sizes: Float64Array;
  readonly #largest: Float64Array;
  readonly #gone: Float64Array;
  /** What rounding of the residuals alone may be worth of what can be taken away. */
  #noise = 0;
  readonly #numbers: Float64Array;

  constructor(problem: LeastSquares, memory: Float64Array, options: EngineOptions) {
    const { size: n, count: m } = problem.residuals;
    this.#problem = problem;
    this.#options = options;
    this.evaluations = options.evaluations;
    this.x = memory.subarray(0, n);
    this.#largest = memory.subarray(n, 2 * n);
    this.#gone = memory.subarray(2 * n, 3 * n);
    this.#numbers = memory.subarray(3 * n);
    this.offset = this.#numbers[offset]! || Number.NaN;
    this.r = new Float64Array(m);
    this.#gradient = new Float64Array(n);
    this.#next = { gradient: new Float64Array(n), x: new Float64Array(n) };
    this.#trial = new Float64Array(m);
    this.#rows = { factors: new Float64Array(m), r: new Float64Array(m) };
    this.#free = new Uint8Array(n);
    this.#probe = Float64Array.from({ length: m }, (_, i) => irregular(i));
    this.#sizes = new Float64Array(n);
    this.cost = this.#costAt(this.x, this.r);
    this.#arrive();
  }

  /** How many numbers go on from point to point. */
  static lengthOf(size: number): number {
    return 3 * size + 4;
  }

  look(): boolean {
    this.norm = projectedNorm(this.#problem.bounds, this.x, this.#gradient);
    freeElements(this.#problem.bounds, this.x, this.#gradient, this.#free);
    this.#leaveFlat();
    this.#noise = this.#roundingOf();
    if (!this.#gradient.some((slope, j) => this.#free[j] === 1 && slope !== 0) || this.cost <= vanishing)
      this.offset = 0;
    return this.offset === 0 || (this.#numbers[polishes]! >= mostPolishes && this.#isNear());
  }

  reduced(): Float64Array {
    const { size, count } = this.#problem.residuals;
    const J = new Float64Array(count * size);
    const R = new Float64Array(size * size);
    this.#problem.residuals.jacobian(this.x, J);
    reduceRows(J, this.r, this.#factors, { R, q: new Float64Array(size) });
    return R;
  }

  step(): Move {
    if (this.look()) return "solved";
    const numbers = this.#numbers;
    numbers[radius] ||= this.#options.initialRadius * (norm(this.x) || 1);
    for (let tries = 0; tries < mostTries; tries++) {
      const made = this.#propose();
      if (!made.cut) {
        this.offset = Math.sqrt(Math.max(0, made.promised) / this.cost);
        numbers[offset] = this.offset;
        const ended =
          numbers[polished]! > 0 && this.offset <= mostOffset && this.offset >= numbers[polished]!;
        const isRounding = 2 * made.promised <= this.#noise ** 2;
        if (this.offset <= this.#options.tolerance || isRounding || ended) return "solved";
      }
      if (!(made.promised > 0)) break;
      if (this.#judge(made)) return "moved";
    }
    return this.#isNear() ? "solved" : "stuck";
  }

  /** Whether rounding may be why nothing goes further. */
  #isNear(): boolean {
    if (this.offset <= mostOffset) return true;
    if (Number.isNaN(this.cosine)) this.cosine = this.#orthogonality();
    return this.cosine <= mostCosine;
  }

  /**
   * ‖Jᵀr‖ as a part of ‖J‖·‖r‖, the second stopping rule of LSQR and LSMR, with ‖J‖ by the power method, which never finds
   * too much of it.
   */
  #orthogonality(): number {
    const slope = norm(this.#gradient.filter((_, j) => this.#free[j]));
    const along = new Float64Array(this.r.length);
    const v = this.x.map((_, j) => irregular(j));
    let stretch = 0;
    for (let i = 0; i < powers; i++) {
      for (let j = 0; j < v.length; j++) if (!this.#free[j]) v[j] = 0;
      scale(v, 1 / (norm(v) || 1), v);
      this.#ahead(v, along);
      stretch = Math.max(stretch, norm(along));
      this.#back(along, v);
    }
    return stretch > 0 ? slope / stretch / Math.sqrt(2 * this.cost) : Number.NaN;
  }

  #costAt(x: Float64Array, into: Float64Array): number {
    this.evaluations.residuals++;
    this.#problem.residuals.residuals(x, into);
    return costOf(into, this.#problem.weighing);
  }

  /** Weighs the residuals of a point, and learns its gradient and the sizes of J's columns. */
  #arrive(): void {
    this.#factors = reweigh(this.r, this.#problem.weighing, this.#rows.factors, this.#rows.r);
    this.#back(this.#rows.r, this.#gradient);
    const [sizes, largest] = [this.#sizes, this.#largest];
    this.#back(this.#probe, sizes);
    for (let j = 0; j < sizes.length; j++) {
      sizes[j] = Math.abs(sizes[j]!);
      largest[j] = Math.max(largest[j]!, sizes[j]!) || 1;
    }
  }

  /** What rounding of the point may be worth of the residuals: as of `Dense`, by the columns' sizes as the probe tells them. */
  #roundingOf(): number {
    let noise = 0;
    for (let j = 0; j < this.x.length; j++)
      if (this.#free[j]) noise += this.#sizes[j]! * (Math.abs(this.x[j]!) + Math.abs(this.#gone[j]!));
    return 4 * Number.EPSILON * Math.sqrt(12) * noise;
  }

  /** Tells which columns are flat, and keeps steps from those that lead nowhere beside the others. */
  #leaveFlat(): void {
    const { lower, upper } = this.#problem.bounds;
    const shares = this.#sizes.map((size, j) => size / this.#largest[j]!);
    const most = shares.reduce((a, b) => Math.max(a, b), 0);
    const isLow = (j: number) => shares[j]! < flatShare && lower[j] !== upper[j];
    this.flat = [...shares.keys()].filter(isLow);
    for (const j of this.flat) if (shares[j]! <= leastShare * most) this.#free[j] = 0;
  }

  /** J·v, its rows times their factors. */
  #ahead(v: Float64Array, into: Float64Array): void {
    this.evaluations.products++;
    this.#problem.residuals.forward(this.x, v, into);
    if (this.#factors) for (let i = 0; i < into.length; i++) into[i] = into[i]! * this.#factors[i]!;
  }

  /** Jᵀ·u of those rows, which changes u. */
  #back(u: Float64Array, into: Float64Array): void {
    this.evaluations.products++;
    const own = this.#factors ? u.map((one, i) => one * this.#factors![i]!) : u;
    this.#problem.residuals.backward(this.x, own, into);
  }

  /** The step of the free parameters within the radius, then within the bounds. */
  #propose(): Step {
    const { x } = this;
    const { lower, upper, some } = this.#problem.bounds;
    const solved = this.#solve();
    if (!some) return solved;
    const { p } = solved;
    if (this.#project(p) === 0) return solved;
    const promised = this.#decrease(p);
    // Along the projected gradient: what every step must nearly keep, lest the run end where nothing is solved.
    const g = this.#gradient;
    const safe = new Float64Array(x.length);
    for (let t = this.#numbers[radius]! / this.norm, tries = 0; tries < mostTries; tries++, t /= 4) {
      let slope = 0;
      for (let j = 0; j < x.length; j++) {
        const wanted = this.#free[j] ? x[j]! - t * g[j]! : x[j]!;
        safe[j] = Math.min(Math.max(wanted, lower[j]!), upper[j]!) - x[j]!;
        slope -= g[j]! * safe[j]!;
      }
      const least = this.#decrease(safe);
      if (least < 0.1 * slope) continue;
      return promised >= 0.1 * least ? { p, promised, cut: true } : { p: safe, promised: least, cut: true };
    }
    return { p, promised, cut: true };
  }

  /** Shortens p to the bounds; how many elements were. */
  #project(p: Float64Array): number {
    const { lower, upper } = this.#problem.bounds;
    let cut = 0;
    for (let j = 0; j < p.length; j++) {
      const inside = Math.min(Math.max(p[j]!, lower[j]! - this.x[j]!), upper[j]! - this.x[j]!);
      if (inside !== p[j]) cut++;
      p[j] = inside;
    }
    return cut;
  }

  /** How much lower the model is at p: −gᵀp − ½‖J·p‖². */
  #decrease(p: Float64Array): number {
    const along = new Float64Array(this.r.length);
    this.#ahead(p, along);
    return -dot(this.#gradient, p) - dot(along, along) / 2;
  }

  /** The step within the radius, as if there were no bounds. */
  #solve(): Step {
    const { p, cut } = lsmr({
      residuals: this.#rows.r,
      gradient: this.#gradient,
      free: this.#free,
      radius: this.#numbers[radius]!,
      goal: Math.min(mostForcing, Number.isNaN(this.offset) ? 1 : this.offset),
      ahead: (v, into) => this.#ahead(v, into),
      back: (u, into) => this.#back(u, into),
    });
    return { p, promised: this.#decrease(p), cut };
  }

  #judge({ p, promised, cut }: Step): boolean {
    const { x } = this;
    const next = this.#next;
    const numbers = this.#numbers;
    for (let j = 0; j < x.length; j++) next.x[j] = x[j]! + p[j]!;
    this.#clip(next.x);
    const length = norm(p);
    const cost = this.#costAt(next.x, this.#trial);
    const gained = this.cost - cost;
    const ratio = gained / promised;
    const polishing = promised <= indistinct * this.cost && Math.abs(gained) <= indistinct * this.cost;
    const good = (polishing || ratio > leastRatio) && allFinite(this.#trial);
    if (!polishing && !(ratio >= 0.25)) numbers[radius] = Math.min(length, numbers[radius]!) / 4;
    else if (ratio > 0.75 || !cut) numbers[radius] = Math.max(numbers[radius]!, 2 * length);
    if (!good) return false;
    const { r } = this;
    this.r = this.#trial;
    this.#trial = r;
    this.cost = cost;
    for (let j = 0; j < x.length; j++) this.#gone[j] = next.x[j]! - x[j]!;
    x.set(next.x);
    this.cosine = Number.NaN;
    numbers[polishes] = gained <= indistinct * cost ? numbers[polishes]! + 1 : 0;
    numbers[polished] = promised <= indistinct * cost ? this.offset : 0;
    this.#arrive();
    return allFinite(this.#gradient);
  }

  /** What rounding took out of the bounds goes back. */
  #clip(x: Float64Array): void {
    const { lower, upper } = this.#problem.bounds;
    for (let j = 0; j < x.length; j++) x[j] = Math.min(Math.max(x[j]!, lower[j]!), upper[j]!);
  }
}

/** Numbers between ∓½ of all sizes, whose squares are 1/12 on average, which no column or direction of a model is likely to cancel. */
function irregular(i: number): number {
  const goldenRatio = 0.6180339887498949;
  return (((i + 1) * goldenRatio) % 1) - 0.5;
}
