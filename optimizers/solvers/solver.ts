/**
 * What solvers are given and what they keep. They work on flat arrays and know nothing of graphs; a solver's direction and
 * distance are its own, what runs share (counting, ends, records, checkpoints) is the loop's.
 */
import type { Option } from "../../graph/internal.js";
import { intern } from "../intern.js";
import { type Bounds, projectedNorm, projectedWork } from "./bounds.js";

/** A smooth function of `size` numbers. Each of these is computed by itself, and counted. */
export interface Functions {
  readonly size: number;
  value(x: Float64Array): number;
  /** Writes the gradient; gives the value. */
  gradient(x: Float64Array, into: Float64Array): number;
  /** Writes the Hessian's product with a direction. */
  product(x: Float64Array, direction: Float64Array, into: Float64Array): void;
  /** Writes the Hessian row by row. */
  hessian(x: Float64Array, into: Float64Array): void;
}

/** What is to be solved: min f(x) where lower ≤ x ≤ upper. */
export interface Problem {
  readonly functions: Functions;
  readonly bounds: Bounds;
}

/** Where the numbers of every solver lie. */
const places = {
  value: 0,
  norm: 1,
  firstValue: 2,
  firstNorm: 3,
  decrease: 4,
  rounding: 5,
  work: 6,
  begun: 7,
} as const;

/** Shorter ways, as a part of the point, tell nothing of the gradient's change. */
const leastShare = 1e-8;

const counted = 4;

/**
 * The point where a solver stands and all that it remembers, in one array of a fixed layout: a copy of it is a checkpoint, and
 * a run that goes on from it gives the same bits. Point, value and gradient are always finite after `begin`.
 */
export class Iterate {
  /** The point, the gradient there, the numbers, the counts, then the memory. */
  readonly data: Float64Array;
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  /** How often values, gradients, products and Hessians were computed. */
  readonly counts: Float64Array;
  readonly memory: Readonly<Record<string, Float64Array>>;
  readonly #numbers: Float64Array;

  constructor(data: Float64Array, size: number, memory: Memory) {
    let offset = 0;
    const take = (length: number) => {
      offset += length;
      return data.subarray(offset - length, offset);
    };
    this.data = data;
    this.x = take(size);
    this.gradient = take(size);
    this.#numbers = take(Object.keys(places).length);
    this.counts = take(counted);
    this.memory = Object.fromEntries(Object.entries(memory).map(([name, length]) => [name, take(length)]));
  }

  /** How long the array is. */
  static lengthOf(size: number, memory: Memory): number {
    const own = Object.values(memory).reduce((sum, length) => sum + length, 0);
    return 2 * size + Object.keys(places).length + counted + own;
  }

  get value(): number {
    return this.#numbers[places.value]!;
  }

  /** The largest element of the projected gradient: how far the first-order conditions are from holding. */
  get norm(): number {
    return this.#numbers[places.norm]!;
  }

  /** The same at the start. */
  get firstNorm(): number {
    return this.#numbers[places.firstNorm]!;
  }

  /** The value at the start. */
  get firstValue(): number {
    return this.#numbers[places.firstValue]!;
  }

  /** By how much the last step lowered the value; ∞ before the first. */
  get decrease(): number {
    return this.#numbers[places.decrease]!;
  }

  /** The largest of |gᵢ·xᵢ|, g being projected: what a change of the point by its own size would be worth. */
  get work(): number {
    return this.#numbers[places.work]!;
  }

  /** How much the gradient changes where the point does by an ulp; 0 as long as that isn't known. */
  get rounding(): number {
    return this.#numbers[places.rounding]!;
  }

  /** Whether it stands: an iterate of a checkpoint does. */
  get begun(): boolean {
    return this.#numbers[places.begun] === 1;
  }

  /** Stands at its point for the first time, by its value alone where there is no use for gradients. Whether all is finite. */
  begin({ functions, bounds }: Problem, usesGradients = true): boolean {
    if (!usesGradients) {
      const alone = functions.value(this.x);
      this.#numbers.set([alone, Number.NaN, alone, Number.NaN, Infinity, 0, Number.NaN, 1]);
      return Number.isFinite(alone);
    }
    const value = functions.gradient(this.x, this.gradient);
    const norm = projectedNorm(bounds, this.x, this.gradient);
    const work = projectedWork(bounds, this.x, this.gradient);
    this.#numbers.set([value, norm, value, norm, Infinity, 0, work, 1]);
    return Number.isFinite(value) && this.gradient.every(Number.isFinite);
  }

  /** Moves to a point by its value alone: of the gradient nothing is known there. */
  moveTo(x: Float64Array, value: number): void {
    this.x.set(x);
    this.#numbers[places.decrease] = this.value - value;
    this.#numbers[places.value] = value;
    this.#numbers[places.norm] = Number.NaN;
  }

  /** Evaluates the gradient at a point that was found without, and at the start, so that the end can be told. */
  certify({ functions, bounds }: Problem, start: Float64Array): void {
    functions.gradient(start, this.gradient);
    this.#numbers[places.firstNorm] = projectedNorm(bounds, start, this.gradient);
    functions.gradient(this.x, this.gradient);
    this.#numbers[places.norm] = projectedNorm(bounds, this.x, this.gradient);
  }

  /** Whether the first-order conditions are nearer to hold at another point. */
  isCloser({ bounds }: Problem, x: Float64Array, gradient: Float64Array): boolean {
    return projectedNorm(bounds, x, gradient) < this.norm;
  }

  /**
   * Learns from another point what rounding does: a way to it as short as an ulp would change the gradient by that part of
   * the change.
   */
  feel(x: Float64Array, gradient: Float64Array): void {
    let share = 0;
    let change = 0;
    const from = this.x;
    const before = this.gradient;
    for (let i = 0; i < x.length; i++) {
      const size = Math.max(Math.abs(x[i]!), Math.abs(from[i]!));
      const way = Math.abs(x[i]! - from[i]!);
      // A quotient takes longer than all else here.
      if (way > share * size) share = way / size;
      change = Math.max(change, Math.abs(gradient[i]! - before[i]!));
    }
    // Of a way that is hardly longer than rounding the change is noise, or a kink's.
    if (share > leastShare) this.#numbers[places.rounding] = (Number.EPSILON * change) / share;
  }

  /** Moves to a point where value and gradient are finite. */
  move({ bounds }: Problem, x: Float64Array, value: number, gradient: Float64Array): void {
    this.feel(x, gradient);
    this.#numbers[places.decrease] = this.value - value;
    this.x.set(x);
    this.gradient.set(gradient);
    this.#numbers[places.value] = value;
    this.#numbers[places.norm] = projectedNorm(bounds, x, gradient);
    this.#numbers[places.work] = projectedWork(bounds, x, gradient);
  }
}

/** What a solver remembers besides: how many numbers by name. */
export type Memory = Readonly<Record<string, number>>;

/** A solver at work on a problem, at an iterate. What it holds besides is scratch: nothing there outlives a step. */
export interface Running {
  /** Goes to a better point. A sentence's end where there is none to be found: the iterate stays as it is then. */
  step(): string | undefined;
}

/** What is known of a problem before it is solved. */
export interface Traits {
  readonly size: number;
  readonly bounded: boolean;
  /** Whether second derivatives are of use: false where the objective has kinks. */
  readonly smooth: boolean;
}

/**
 * A method for smooth functions, to be given where an optimizer may be.
 * @example const solver: Solver = lbfgs();
 */
export interface Solver {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a solver does. */
export interface SolverMethod {
  /** Whether it asks for gradients at all; by default it does. */
  readonly usesGradients?: boolean;
  memory(size: number): Memory;
  /** To go on from an iterate, which `begin` has made finite. */
  run(problem: Problem, iterate: Iterate): Running;
  /** For a solver that leaves the choice to what is known of the problem: another one, and why. */
  choose?(traits: Traits): { readonly solver: Solver; readonly why: string };
}

/** All that were made here, which is what tells a solver from an object of the same names, with what they do. */
const made = new WeakMap<object, SolverMethod>();

/** A solver of its parts; those of equal options are the same object. */
export function makeSolver({ name, options, ...method }: Solver & SolverMethod): Solver {
  return intern(name, options, () => {
    const solver: Solver = { name, options: Object.freeze({ ...options }) };
    made.set(solver, method);
    return solver;
  });
}

/** Whether something is a solver. */
export function isSolver(given: unknown): given is Solver {
  return typeof given === "object" && given !== null && made.has(given);
}

/** What a solver does. */
export function methodOf(solver: Solver): SolverMethod {
  return made.get(solver)!;
}

/**
 * For solvers that have no options.
 * @example const options: NoOptions = {};
 */
export type NoOptions = Readonly<Record<never, never>>;

/** A whole number from `least` on. */
export function count(initial: number, least = 1): Option<number, number> {
  return {
    default: initial,
    range: `a whole number from ${least} on`,
    allows: (value) => Number.isSafeInteger(value) && (value as number) >= least,
  };
}

/** So many ulps of the point the gradient may be off where it is as small as rounding allows. */
const ulps = 4;

/**
 * Whether a minimum is found by a tolerance t: the projected gradient is 0 or as small as rounding allows, or it is by t smaller
 * than at the start and what it is worth, |gᵢ·xᵢ|, no more than t·|f| or t² of all that was won; nor did the last step win
 * more. All of it scales as the objective does. `ended` where there is no further step.
 */
export function hasConverged(iterate: Iterate, tolerance: number, ended = false): boolean {
  const { norm, firstNorm, rounding, value, firstValue, decrease, work } = iterate;
  if (norm === 0) return true;
  const little = Math.max(tolerance * Math.abs(value), tolerance ** 2 * Math.abs(firstValue - value));
  const small = norm <= ulps * rounding || (norm <= tolerance * firstNorm && (ended || work <= little));
  return small && (ended || decrease <= little);
}
