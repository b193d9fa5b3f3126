/**
 * Nelder and Mead's simplex, which needs values only, with the parameters of Gao and Han, "Implementing the Nelder–Mead simplex
 * algorithm with adaptive parameters", Comput. Optim. Appl. 51, 2012. Points outside the bounds are moved onto them.
 */
import { readOptions } from "../../graph/internal.js";
import { project } from "./bounds.js";
import {
  type Iterate,
  makeSolver,
  type NoOptions,
  type Problem,
  type Running,
  type Solver,
} from "./solver.js";
import { largest } from "./vectors.js";

/** The first simplex: each element apart by this part of it, or this where it is 0 (MATLAB's fminsearch). */
const [part, least] = [0.05, 0.00025];

/** A simplex that is smaller than this part of its place has shrunk to a point. */
const point = 1e-9;

/**
 * Nelder and Mead's simplex with adaptive parameters: it asks for values only, for few parameters and objectives whose derivatives
 * say nothing. Where the simplex has shrunk to a point the gradient is evaluated there: if it isn't small, the run has stalled.
 *
 * @param given none
 *
 * @example
 * const run = minimize(rosenbrock.f, { x: [-1.2, 1] }, nelderMead());
 * run.value < 1e-12; // true
 *
 * F. Gao and L. Han, Comput. Optim. Appl. 51, 2012, pp. 259–277.
 */
export function nelderMead(given: NoOptions = {}): Solver {
  return makeSolver({
    name: "nelderMead",
    options: readOptions("nelderMead", {}, given),
    usesGradients: false,
    // The corners one by one, from the best to the worst, their values, whether they stand, and the start.
    memory: (size: number) => ({ corners: (size + 1) * size, values: size + 1, ready: 1, start: size }),
    run(problem: Problem, iterate: Iterate): Running {
      const { functions, bounds } = problem;
      const { size: n } = functions;
      const { corners, values, ready, start } = iterate.memory as { [name: string]: Float64Array };
      const corner = (i: number) => corners!.subarray(i * n, (i + 1) * n);
      const [centre, x, other] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
      // Reflection, expansion, contraction, shrinkage (4.1).
      const [reflect, expand, contract, shrink] = [
        1,
        1 + 2 / n,
        0.75 - 1 / (2 * n),
        n === 1 ? 0.5 : 1 - 1 / n,
      ];

      /** What isn't a number is worse than all numbers. */
      const evaluate = (at: Float64Array) => {
        project(bounds, at);
        const value = functions.value(at);
        return Number.isNaN(value) ? Infinity : value;
      };
      const build = () => {
        values![0] = iterate.value;
        corner(0).set(iterate.x);
        for (let i = 0; i < n; i++) {
          const own = corner(i + 1);
          own.set(iterate.x);
          const way = iterate.x[i] === 0 ? least : part * iterate.x[i]!;
          own[i] = own[i]! + way;
          project(bounds, own);
          if (own[i] === iterate.x[i]) own[i] = iterate.x[i]! - way;
          values![i + 1] = evaluate(own);
        }
        ready![0] = 1;
        start!.set(iterate.x);
        sort();
      };
      const sort = () => {
        for (let i = 1; i <= n; i++) for (let j = i; j > 0 && values![j]! < values![j - 1]!; j--) exchange(j);
      };
      const exchange = (j: number) => {
        const [a, b] = [corner(j - 1), corner(j)];
        for (let i = 0; i < n; i++) [a[i], b[i]] = [b[i]!, a[i]!];
        [values![j - 1], values![j]] = [values![j]!, values![j - 1]!];
      };
      /** centre + factor·(centre − worst) */
      const along = (factor: number, into: Float64Array) => {
        const worst = corner(n);
        for (let i = 0; i < n; i++) into[i] = centre[i]! + factor * (centre[i]! - worst[i]!);
        return evaluate(into);
      };
      const replace = (by: Float64Array, value: number) => {
        corner(n).set(by);
        values![n] = value;
      };
      /** The worst corner goes to the other side, further, or nearer; or all draw in to the best. */
      const improve = () => {
        centre.fill(0);
        for (let k = 0; k < n; k++) for (let i = 0; i < n; i++) centre[i] = centre[i]! + corner(k)[i]! / n;
        const reflected = along(reflect, x);
        if (reflected < values![0]!) {
          const expanded = along(expand, other);
          if (expanded < reflected) replace(other, expanded);
          else replace(x, reflected);
        } else if (reflected < values![n - 1]!) replace(x, reflected);
        else {
          const outside = reflected < values![n]!;
          const contracted = along(outside ? contract : -contract, other);
          if (outside ? contracted <= reflected : contracted < values![n]!) replace(other, contracted);
          else {
            for (let k = 1; k <= n; k++) {
              const own = corner(k);
              for (let i = 0; i < n; i++) own[i] = corner(0)[i]! + shrink * (own[i]! - corner(0)[i]!);
              values![k] = evaluate(own);
            }
          }
        }
        sort();
      };
      const spread = () => {
        let most = 0;
        for (let k = 1; k <= n; k++)
          for (let i = 0; i < n; i++) most = Math.max(most, Math.abs(corner(k)[i]! - corner(0)[i]!));
        return most;
      };

      return {
        step() {
          if (ready![0] === 0) build();
          const flat = values![n]! - values![0]! <= 4 * Number.EPSILON * Math.abs(values![0]!);
          if (spread() <= point * largest(corner(0)) || (flat && spread() <= 1e-6 * largest(corner(0)))) {
            iterate.certify(problem, start!);
            return "the simplex has shrunk to a point";
          }
          improve();
          iterate.moveTo(corner(0), values![0]!);
          return undefined;
        },
      };
    },
  });
}
