/** Newton's method with a line search, its equations solved by products with the Hessian: no matrix is stored. */
import { readOptions } from "../../graph/internal.js";
import { freeElements } from "./bounds.js";
import { firstStep, LineSearch } from "./line-search.js";
import {
  type Iterate,
  makeSolver,
  type NoOptions,
  type Problem,
  type Running,
  type Solver,
} from "./solver.js";
import { ConjugateGradients } from "./steihaug.js";
import { dot, scale } from "./vectors.js";

/**
 * Newton's method for large problems: its equations are solved by conjugate gradients, which ask for products of the Hessian with
 * a direction only (`hvp`), as exactly as the gradient deserves, and a line search follows.
 *
 * @param given none
 *
 * @example
 * const run = minimize(rosenbrock.f, { x: [-1.2, 1] }, newtonCG());
 * run.solver.products > 0; // true
 *
 * Nocedal & Wright, Numerical Optimization, 2nd ed., algorithm 7.1; along negative curvature as Dauphin et al., "Identifying and
 * attacking the saddle point problem in high-dimensional non-convex optimization", 2014.
 */
export function newtonCG(given: NoOptions = {}): Solver {
  return makeSolver({
    name: "newtonCG",
    options: readOptions("newtonCG", {}, given),
    memory: () => ({}),
    run(problem: Problem, iterate: Iterate): Running {
      const { functions, bounds } = problem;
      const { size } = functions;
      const direction = new Float64Array(size);
      const free = new Uint8Array(size);
      const equations = new ConjugateGradients(size);
      const search = new LineSearch(problem);
      const multiply = (d: Float64Array, into: Float64Array) => functions.product(iterate.x, d, into);

      return {
        step() {
          const { gradient, x } = iterate;
          const count = freeElements(bounds, x, gradient, free);
          const length = freeNorm(gradient, free);
          // Superlinear where the equations are solved the better the smaller the gradient is (7.3).
          const least = length * Math.min(0.5, Math.sqrt(iterate.norm / iterate.firstNorm));
          const { end, products } = equations.solve(
            multiply,
            gradient,
            free,
            Infinity,
            least,
            10 + 2 * count,
            direction,
          );
          const steepest = end === "curved" && products === 1;
          let found = search.search(iterate, direction, steepest ? firstStep(iterate) : 1);
          if (!found && !steepest) {
            scale(direction, -1, gradient);
            for (let i = 0; i < size; i++) if (free[i] === 0) direction[i] = 0;
            found = search.search(iterate, direction, firstStep(iterate));
          }
          if (!found) return "no lower point was found along the direction of steepest descent";
          iterate.move(problem, search.x, search.value, search.gradient);
          return undefined;
        },
      };
    },
  });
}

function freeNorm(gradient: Float64Array, free: Uint8Array): number {
  const own = gradient.map((one, i) => (free[i] === 1 ? one : 0));
  return Math.sqrt(dot(own, own));
}
