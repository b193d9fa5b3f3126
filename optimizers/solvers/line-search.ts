/**
 * How far to go along a direction: Hager and Zhang's search, "A new conjugate gradient method with guaranteed descent and an
 * efficient line search", SIAM J. Optim. 16, 2005, section 4. Where bounds are in the way the path bends along them, and a
 * step onto the bend need only lower the objective enough (Bertsekas, SIAM J. Control Optim. 20, 1982).
 */
import { project } from "./bounds.js";
import type { Iterate, Problem } from "./solver.js";
import { dot, largest } from "./vectors.js";

/** δ and σ of Wolfe's conditions (Hager & Zhang 2005, p. 184). */
export const sufficientDecrease = 0.1;
const curvature = 0.9;

/** By so much of its size may the value grow where approximate Wolfe conditions hold: differences below are rounding. */
const valueNoise = 1e-10;

/** An interval that secants don't shrink to this part is halved (γ, p. 184). */
const shrink = 0.66;

/** Bounds for the factors by which a step grows while the slope stays negative; the paper's ρ is 5. */
const leastGrowth = 2;
const mostGrowth = 10;

/** A step where the objective isn't finite is shortened to this part. */
const retreat = 0.1;

const mostTrials = 60;

/** A step with the value and the slope there; `bent` where a bound holds an element that it would move. */
interface Trial {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
  readonly bent: boolean;
}

export class LineSearch {
  /** The point that was found, with value and gradient. */
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  value = 0;
  /** The step that led there. */
  step = 0;

  readonly #problem: Problem;
  /** The lowest point below the start that no condition accepted, for where none does. */
  readonly #low: { x: Float64Array; gradient: Float64Array; value: number; step: number };
  #from!: Iterate;
  #direction!: Float64Array;
  #slope = 0;
  #trials = 0;
  #found = false;

  constructor(problem: Problem) {
    const { size } = problem.functions;
    this.#problem = problem;
    this.x = new Float64Array(size);
    this.gradient = new Float64Array(size);
    this.#low = { x: new Float64Array(size), gradient: new Float64Array(size), value: 0, step: 0 };
  }

  /** Searches from an iterate, beginning with a step. Whether a better point was found. */
  search(from: Iterate, direction: Float64Array, first: number): boolean {
    this.#from = from;
    this.#direction = direction;
    this.#slope = dot(from.gradient, direction);
    this.#trials = 0;
    this.#found = false;
    this.#low.value = from.value;
    if (!(this.#slope < 0) || !Number.isFinite(this.#slope)) return false;
    this.#bracket(first);
    if (this.#found) return true;
    if (!(this.#low.value < from.value)) return false;
    this.x.set(this.#low.x);
    this.gradient.set(this.#low.gradient);
    this.value = this.#low.value;
    this.step = this.#low.step;
    return true;
  }

  /** Evaluates at a step, and looks whether the point there will do. */
  #try(step: number): Trial {
    const { x, gradient } = this;
    const { bounds, functions } = this.#problem;
    const from = this.#from;
    const direction = this.#direction;
    const start = from.x;
    let moved = false;
    for (let i = 0; i < x.length; i++) {
      const next = start[i]! + step * direction[i]!;
      moved ||= next !== start[i];
      x[i] = next;
    }
    const bent = moved && project(bounds, x) > 0;
    if (bent) moved = x.some((one, i) => one !== start[i]);
    this.#trials = moved ? this.#trials + 1 : mostTrials;
    if (!moved) return { step, value: from.value, slope: this.#slope, bent };
    const value = functions.gradient(x, gradient);
    let slope = 0;
    let predicted = 0;
    if (!bent) slope = dot(gradient, direction);
    for (let i = 0; bent && i < x.length; i++) {
      predicted += from.gradient[i]! * (x[i]! - start[i]!);
      const clipped = direction[i] !== 0 && (x[i] === bounds.lower[i] || x[i] === bounds.upper[i]);
      slope += clipped ? 0 * gradient[i]! : gradient[i]! * direction[i]!;
    }
    // One of the gradient's elements that isn't finite makes the slope so, too: 0·∞ is NaN.
    if (!Number.isFinite(value) || !Number.isFinite(slope)) {
      return { step, value: Infinity, slope: Infinity, bent };
    }
    if (from.rounding === 0) from.feel(x, gradient);
    this.value = value;
    this.step = step;
    this.#found = bent
      ? predicted < 0 && value <= from.value + sufficientDecrease * predicted
      : this.#accepts(step, value, slope);
    if (!this.#found && value < this.#low.value) this.#keep(value, step);
    return { step, value, slope, bent };
  }

  /** Wolfe's conditions, or near the end, where differences of values are rounding, the approximate ones (p. 178). */
  #accepts(step: number, value: number, slope: number): boolean {
    const { value: first } = this.#from;
    const start = this.#slope;
    if (slope < curvature * start) return false;
    // Where all is flat though a parabola would be lower by half of the slope's promise, there is a plain, and no minimum.
    if (slope === 0 && Math.abs(2 * (value - first) - step * start) > 0.1 * Math.abs(step * start)) {
      if (largest(this.gradient) === 0) return false;
    }
    if (value - first <= sufficientDecrease * step * start) return true;
    return value <= first + valueNoise * Math.abs(first) && slope <= (2 * sufficientDecrease - 1) * start;
  }

  #keep(value: number, step: number): void {
    this.#low.x.set(this.x);
    this.#low.gradient.set(this.gradient);
    this.#low.value = value;
    this.#low.step = step;
  }

  #over(): boolean {
    return this.#found || this.#trials >= mostTrials;
  }

  /** Whether a trial is higher than the start by more than rounding. */
  #isHigh({ value }: Trial): boolean {
    const { value: first } = this.#from;
    return value > first + valueNoise * Math.abs(first);
  }

  /** Finds an interval in which a step must be (procedure "bracket", p. 185), then that step. */
  #bracket(first: number): void {
    let low = this.#origin();
    let trial = this.#try(first);
    while (trial.value === Infinity && !this.#over()) trial = this.#try(retreat * trial.step);
    let ceiling = Infinity;
    if (trial.step < first) ceiling = trial.step / retreat;
    while (!this.#over()) {
      // A bent path is not followed on: it is shortened until it lowers the objective.
      if (trial.bent || trial.slope >= 0 || this.#isHigh(trial)) {
        this.#narrow(low, trial);
        return;
      }
      // Where the slopes' secant meets 0, within limits.
      const secant = (low.step * trial.slope - trial.step * low.slope) / (trial.slope - low.slope);
      const aim = secant > trial.step ? secant : Infinity;
      let next = Math.min(Math.max(aim, leastGrowth * trial.step), mostGrowth * trial.step);
      if (next >= ceiling) next = (trial.step + ceiling) / 2;
      low = trial;
      trial = this.#try(next);
      if (trial.value === Infinity) {
        ceiling = next;
        trial = low;
        if (ceiling - low.step < 1e-3 * low.step) return;
      }
    }
  }

  #origin(): Trial {
    return { step: 0, value: this.#from.value, slope: this.#slope, bent: false };
  }

  /** Finds the step in an interval that ends where the path bends, rises or is too high. */
  #narrow(low: Trial, high: Trial): void {
    if (high.bent) this.#halve(high);
    else if (high.slope >= 0) this.#zoom(low, high);
    else this.#split(low, high);
  }

  /** Shortens a bent path by the parabola through its ends. */
  #halve(trial: Trial): void {
    while (!this.#over()) {
      const rise = trial.value - this.#from.value - this.#slope * trial.step;
      const parabola = (-this.#slope * trial.step * trial.step) / (2 * rise);
      const most = 0.5 * trial.step;
      trial = this.#try(parabola > 0.1 * trial.step ? Math.min(parabola, most) : 0.1 * trial.step);
      // Low enough, but for the condition on its slope, which the bend hides.
      if (trial.slope < 0 && !trial.bent && !this.#isHigh(trial)) return;
      if (!trial.bent) this.#narrow(this.#origin(), trial);
    }
  }

  /** Between a low step and one that is high though it still falls: halves until the slope turns (U3, p. 183). */
  #split(low: Trial, high: Trial): void {
    let [a, b] = [low, high];
    while (!this.#over() && b.step - a.step > 4 * Number.EPSILON * b.step) {
      const middle = this.#try((a.step + b.step) / 2);
      if (this.#over()) return;
      if (middle.slope >= 0 && middle.value !== Infinity) this.#zoom(a, middle);
      else if (this.#isHigh(middle)) b = middle;
      else a = middle;
    }
  }

  /** Shrinks an interval with a falling low end and a rising end by secants, or halves it (p. 184). */
  #zoom(low: Trial, high: Trial): void {
    let [a, b] = [low, high];
    while (!this.#over()) {
      const width = b.step - a.step;
      if (!(width > 4 * Number.EPSILON * b.step)) return;
      const [a0, b0] = [a, b];
      [a, b] = this.#update(a, b, secantOf(a, b));
      if (this.#over()) return;
      // The second of two secants (S2, S3): from the end that has just moved.
      const second = b !== b0 ? secantOf(b0, b) : a !== a0 ? secantOf(a0, a) : Number.NaN;
      [a, b] = this.#update(a, b, second);
      if (this.#over()) return;
      if (b.step - a.step > shrink * width) [a, b] = this.#update(a, b, (a.step + b.step) / 2);
    }
  }

  /** The interval with a step inside as one of its ends (procedure "update", p. 183). */
  #update(a: Trial, b: Trial, step: number): [Trial, Trial] {
    if (!(step > a.step && step < b.step)) return [a, b];
    const trial = this.#try(step);
    if (trial.slope >= 0) return [a, trial];
    if (!this.#isHigh(trial)) return [trial, b];
    let [low, high] = [a, trial];
    while (!this.#over() && high.step - low.step > 4 * Number.EPSILON * high.step) {
      const middle = this.#try((low.step + high.step) / 2);
      if (middle.slope >= 0) return [low, middle];
      if (this.#isHigh(middle)) high = middle;
      else low = middle;
    }
    return [low, high];
  }
}

/** Where the line through two slopes is 0. */
function secantOf(a: Trial, b: Trial): number {
  return (a.step * b.slope - b.step * a.slope) / (b.slope - a.slope);
}

/**
 * The length of the first step along −g, by the sizes of point, gradient and value, as nothing else is known (Hager & Zhang
 * 2005, p. 185, I0): it scales as the problem does.
 */
export function firstStep({ x, gradient, value, norm }: Iterate): number {
  const size = largest(x);
  if (size > 0) return (0.01 * size) / norm;
  const squares = dot(gradient, gradient);
  return value !== 0 && Number.isFinite(squares) ? (0.01 * Math.abs(value)) / squares : 1 / norm;
}
