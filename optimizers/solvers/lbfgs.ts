/** L-BFGS: Newton's direction from the last few changes of the gradient. */
import { type OptionsOf, readOptions } from "../../graph/internal.js";
import { freeElements } from "./bounds.js";
import { firstStep, LineSearch } from "./line-search.js";
import { Pairs, pairMemory, pairOptions } from "./pairs.js";
import { newtonDirection } from "./recursion.js";
import { type Iterate, makeSolver, type Problem, type Running, type Solver } from "./solver.js";

/**
 * Options of `lbfgs`.
 * @example const options: LbfgsOptions = { memory: 20 };
 */
export type LbfgsOptions = OptionsOf<typeof pairOptions>;

/**
 * Newton's direction from the last few changes of the gradient, with Hager and Zhang's line search: for smooth functions of
 * many parameters. With bounds, elements that one holds are left out of the direction, and the search bends along them.
 *
 * @param given `memory` = 10, the pairs that are remembered
 *
 * @example
 * const run = minimize(rosenbrock.f, { x: [-1.2, 1] }, lbfgs());
 * run.status; // "converged"
 *
 * D. C. Liu and J. Nocedal, "On the limited memory BFGS method for large scale optimization", Math. Programming 45, 1989.
 */
export function lbfgs(given: LbfgsOptions = {}): Solver {
  const own = readOptions("lbfgs", pairOptions, given);
  const pairs = own.memory;
  return makeSolver({
    name: "lbfgs",
    options: own,
    memory: (size: number) => pairMemory(size, pairs),
    run(problem: Problem, iterate: Iterate): Running {
      const { functions, bounds } = problem;
      const { size } = functions;
      const known = new Pairs(iterate, size);
      const direction = new Float64Array(size);
      const free = new Uint8Array(size);
      const factors = new Float64Array(known.steps.length);
      const search = new LineSearch(problem);

      return {
        step() {
          freeElements(bounds, iterate.x, iterate.gradient, free);
          for (let attempt = 0; attempt < 2; attempt++) {
            const scaled = newtonDirection(
              known,
              iterate,
              bounds.some ? free : undefined,
              factors,
              direction,
            );
            if (search.search(iterate, direction, scaled ? 1 : firstStep(iterate))) {
              known.add(iterate, search.x, search.gradient);
              iterate.move(problem, search.x, search.value, search.gradient);
              return undefined;
            }
            if (known.count === 0) break;
            known.forget();
          }
          return "no lower point was found along the direction of steepest descent";
        },
      };
    },
  });
}
