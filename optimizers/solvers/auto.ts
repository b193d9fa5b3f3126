/** The choice of a solver by what is known of a problem. */
import { readOptions } from "../../graph/internal.js";
import { lbfgs } from "./lbfgs.js";
import { lbfgsb } from "./lbfgsb.js";
import { makeSolver, methodOf, type NoOptions, type Solver, type Traits } from "./solver.js";
import { trustRegion } from "./trust-region.js";

/** Up to so many elements the Hessian as a matrix costs less than the gradients that it saves. */
const small = 50;

/**
 * The solver that fits the problem, by its size, bounds and structure: the run tells which one, and why, in `run.solver`. It is
 * what `minimize(f, start)` takes.
 *
 * @param given none
 *
 * @example
 * const run = minimize(rosenbrock.f, { x: [-1.2, 1] });
 * run.solver.name; // "trustRegion"
 * run.solver.why; // "2 elements and a smooth objective: the Hessian is small enough to be a matrix"
 */
export function auto(given: NoOptions = {}): Solver {
  return makeSolver({
    name: "auto",
    options: readOptions("auto", {}, given),
    memory: (size) => methodOf(lbfgs()).memory(size),
    run: (problem, iterate) => methodOf(lbfgs()).run(problem, iterate),
    choose({ size, bounded, smooth }: Traits) {
      const elements = size === 1 ? "1 element" : `${size} elements`;
      if (smooth && size <= small) {
        const why = `${elements} and a smooth objective: the Hessian is small enough to be a matrix`;
        return { solver: trustRegion(), why };
      }
      const about = smooth ? `${elements}: too many for a matrix` : `${elements} and an objective with kinks`;
      if (bounded) return { solver: lbfgsb(), why: `${about}, with bounds` };
      return { solver: lbfgs(), why: about };
    },
  });
}
