/**
 * Newton's method in a trust region: the model is trusted within a radius that follows how well it foretold (Nocedal & Wright,
 * algorithm 4.1; Conn, Gould, Toint, Trust-Region Methods, 2000, algorithm 6.1.1).
 */
import { type OptionsOf, readOptions } from "../../graph/internal.js";
import { project } from "./bounds.js";
import { Faces, type Model } from "./faces.js";
import { MoreSorensen } from "./more-sorensen.js";
import { count, type Iterate, makeSolver, type Problem, type Running, type Solver } from "./solver.js";
import { ConjugateGradients } from "./steihaug.js";
import { dot, largest, norm } from "./vectors.js";

/** A step is taken from this ratio on of the decrease to what the model foretold (η, p. 69). */
const acceptable = 1e-4;

/** Below the first ratio the region shrinks, above the second it may grow (pp. 69). */
const [poor, good] = [0.25, 0.75];

/** Decreases below so many ulps of the value say nothing (Conn, Gould, Toint, 17.4.2). */
const valueNoise = 10 * Number.EPSILON;

const mostTrials = 80;

const options = {
  /** Up to how many elements the Hessian is a matrix. */
  dense: count(64, 0),
};

/**
 * Options of `trustRegion`.
 * @example const options: TrustRegionOptions = { dense: 100 };
 */
export type TrustRegionOptions = OptionsOf<typeof options>;

/**
 * Newton's method in a trust region: few evaluations, and it leaves saddles. Up to `dense` elements the Hessian is a matrix and
 * each step the exact one (Moré and Sorensen); above, it is known by products and the steps are Steihaug's. Within bounds it goes
 * from face to face (Lin and Moré).
 *
 * @param given `dense` = 64, up to how many elements the Hessian is a matrix; 0 for never
 *
 * @example
 * const run = minimize(rosenbrock.f, { x: [-1.2, 1] }, trustRegion());
 * run.solver.gradients < 40; // true
 *
 * Nocedal & Wright, Numerical Optimization, 2nd ed., chapter 4; Conn, Gould and Toint, Trust-Region Methods, SIAM, 2000.
 */
export function trustRegion(given: TrustRegionOptions = {}): Solver {
  const own = readOptions("trustRegion", options, given);
  const { dense } = own;
  return makeSolver({
    name: "trustRegion",
    options: own,
    // The radius; 0 before the first step.
    memory: () => ({ radius: 1 }),
    run(problem: Problem, iterate: Iterate): Running {
      const { functions, bounds } = problem;
      const { size } = functions;
      const radius = iterate.memory.radius!;
      const faces = new Faces(bounds, size);
      const model = size <= dense ? denseModel(problem, iterate) : freeModel(problem, iterate);
      const x = new Float64Array(size);
      const gradient = new Float64Array(size);

      /** Whether the trial point is better, by which part of what was foretold, and its value. */
      const judge = (decrease: number, byValue: boolean) => {
        const noise = valueNoise * Math.abs(iterate.value);
        let value = byValue ? functions.value(x) : functions.gradient(x, gradient);
        let ratio = (iterate.value - value) / decrease;
        const tiny = decrease <= noise && Math.abs(iterate.value - value) <= noise;
        if (byValue && (ratio > acceptable || tiny)) value = functions.gradient(x, gradient);
        const finite =
          Number.isFinite(value) && (!(ratio > acceptable || tiny) || Number.isFinite(largest(gradient)));
        if (!finite) return { value, ratio: Number.NaN, better: false };
        if (iterate.rounding === 0 && (!byValue || ratio > acceptable || tiny)) iterate.feel(x, gradient);
        // Where values can't tell, the gradient does.
        if (tiny) ratio = iterate.isCloser(problem, x, gradient) ? 1 : 0;
        // A gradient of 0 that the model didn't foretell is that of a plain beyond which nothing is seen.
        const lost = !tiny && Math.abs(ratio - 1) > 0.1 && largest(gradient) === 0;
        return { value, ratio, better: ratio > acceptable && !lost };
      };

      return {
        step() {
          model.begin();
          if (radius[0] === 0) radius[0] = firstRadius(iterate, model);
          for (let trial = 0; trial < mostTrials; trial++) {
            const { decrease, edge } = faces.solve(model, iterate.x, iterate.gradient, radius[0]!);
            for (let i = 0; i < size; i++) x[i] = iterate.x[i]! + faces.step[i]!;
            project(bounds, x);
            if (!(decrease > 0) || x.every((one, i) => one === iterate.x[i])) break;
            const length = weighted(faces.step, model.weights);
            const { value, ratio, better } = judge(decrease, trial > 0);
            if (!(ratio >= poor)) {
              radius[0] = Math.min(radius[0]!, length) * shrinkage(iterate, faces.step, value);
            } else if (ratio > good && edge)
              radius[0] = Math.max(radius[0]!, 2 * length, ratio > 0.95 && ratio < 1.05 ? 4 * length : 0);
            if (!better) continue;
            iterate.move(problem, x, value, gradient);
            return undefined;
          }
          return "the model's steps no longer lower the objective";
        },
      };
    },
  });
}

interface Prepared extends Model {
  /** Takes the model at the iterate's point. */
  begin(): void;
}

/** A parabola's guess of how much of a step would do, between a tenth and a half (Moré & Sorensen 1983, p. 569). */
function shrinkage({ value, gradient }: Iterate, step: Float64Array, reached: number): number {
  const slope = dot(gradient, step);
  const guess = (-0.5 * slope) / (reached - value - slope);
  return Number.isFinite(reached) ? Math.min(Math.max(guess, 0.1), 0.5) : 0.1;
}

/** As far as the point is from 0, or as the gradient's path falls where it curves upwards. */
function firstRadius({ x, gradient }: Iterate, model: Model): number {
  const direction = gradient.map((one, i) => one / model.weights[i]! ** 2);
  const image = new Float64Array(x.length);
  model.multiply(direction, image);
  const curve = dot(direction, image);
  const cauchy = curve > 0 ? (dot(gradient, direction) / curve) * weighted(direction, model.weights) : 0;
  const own = weighted(x, model.weights);
  return Math.max(own, 10 * cauchy) || weighted(direction, model.weights) || 1;
}

function weighted(step: Float64Array, weights: Float64Array): number {
  return norm(step.map((one, i) => one * weights[i]!));
}

/** The Hessian as a matrix; lengths are measured by the root of its diagonal, so that units of elements don't matter. */
function denseModel({ functions }: Problem, iterate: Iterate): Prepared {
  const { size: n } = functions;
  const hessian = new Float64Array(n * n);
  const part = new Float64Array(n * n);
  const weights = new Float64Array(n).fill(1);
  const [g, s] = [new Float64Array(n), new Float64Array(n)];
  const places = new Uint32Array(n);
  const exact = new MoreSorensen(n);
  return {
    weights,
    begin() {
      functions.hessian(iterate.x, hessian);
    },
    multiply(direction, into) {
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += hessian[i * n + j]! * direction[j]!;
        into[i] = sum;
      }
    },
    solve(gradient, free, radius, into) {
      let count = 0;
      for (let i = 0; i < n; i++) if (free[i] === 1) places[count++] = i;
      for (let a = 0; a < count; a++) {
        const i = places[a]!;
        g[a] = gradient[i]! / weights[i]!;
        for (let b = 0; b < count; b++) {
          const j = places[b]!;
          part[a * count + b] = hessian[i * n + j]! / (weights[i]! * weights[j]!);
        }
      }
      const step = s.subarray(0, count);
      const edge = exact.solve(part, count, g.subarray(0, count), radius, step);
      into.fill(0);
      for (let a = 0; a < count; a++) into[places[a]!] = step[a]! / weights[places[a]!]!;
      return edge;
    },
  };
}

/** The Hessian by its products only. */
function freeModel({ functions }: Problem, iterate: Iterate): Prepared {
  const { size } = functions;
  const equations = new ConjugateGradients(size);
  const multiply = (direction: Float64Array, into: Float64Array) =>
    functions.product(iterate.x, direction, into);
  return {
    weights: new Float64Array(size).fill(1),
    begin() {},
    multiply,
    solve(gradient, free, radius, into) {
      const least = norm(gradient) * Math.min(0.1, Math.sqrt(iterate.norm / iterate.firstNorm));
      const { end } = equations.solve(multiply, gradient, free, radius, least, 10 + 2 * size, into);
      return end === "edge" || end === "curved";
    },
  };
}
