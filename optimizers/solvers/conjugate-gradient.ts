/** Hager and Zhang's conjugate gradients: little memory, one vector besides the gradient. */
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
import { addScaled, difference, dot, scale } from "./vectors.js";

/** η: how much of the old direction must stay (Hager & Zhang, SIAM J. Optim. 23, 2013, p. 2152). */
const truncation = 0.4;

/** Places in `last`: the step and the slope of the search before, and how many there were since the start anew. */
const [step, slope, age] = [0, 1, 2];

/**
 * Conjugate gradients by Hager and Zhang (CG_DESCENT): each direction is one of descent however exact the search, and one vector
 * is all that is remembered. With bounds, elements that one holds are left out, and the method begins anew when they change.
 *
 * @param given none
 *
 * @example
 * const run = minimize(rosenbrock.f, { x: [-1.2, 1] }, conjugateGradient());
 * run.status; // "converged"
 *
 * W. W. Hager and H. Zhang, SIAM J. Optim. 16, 2005, pp. 170–192; 23, 2013, pp. 2150–2168.
 */
export function conjugateGradient(given: NoOptions = {}): Solver {
  return makeSolver({
    name: "conjugateGradient",
    options: readOptions("conjugateGradient", {}, given),
    // The direction, which elements were free for it, and the numbers above.
    memory: (size: number) => ({ direction: size, free: size, last: 3 }),
    run(problem: Problem, iterate: Iterate): Running {
      const { functions, bounds } = problem;
      const { size } = functions;
      const { direction, free: before, last } = iterate.memory as Record<string, Float64Array>;
      const free = new Uint8Array(size);
      const change = new Float64Array(size);
      const search = new LineSearch(problem);

      const steepest = () => {
        for (let i = 0; i < size; i++) direction![i] = free[i] === 1 ? -iterate.gradient[i]! : 0;
        last![age] = 0;
      };
      /** d ← −g + β·d, with β of the gradient's change y: (y − 2d·|y|²/dᵀy)ᵀg / dᵀy (2005, 1.3), not below η·dᵀg/dᵀd. */
      const turn = (changed: number, along: number, byNext: number, bySelf: number, length: number) => {
        const beta = (changed - (2 * bySelf * byNext) / along) / along;
        const least = (truncation * length) / dot(direction!, direction!);
        const factor = Math.max(beta, least);
        scale(direction!, factor, direction!);
        addScaled(direction!, -1, iterate.gradient);
        if (bounds.some) for (let i = 0; i < size; i++) if (free[i] === 0) direction![i] = 0;
      };

      return {
        step() {
          const count = freeElements(bounds, iterate.x, iterate.gradient, free);
          const same = free.every((one, i) => one === before![i]);
          if (!same || last![age] === 0 || last![age]! >= Math.max(count, 10)) steepest();
          before!.set(free);
          for (let attempt = 0; attempt < 2; attempt++) {
            const start = dot(iterate.gradient, direction!);
            // The step that would go as far down as the last one did at first (Nocedal & Wright, p. 59).
            const first = last![age] === 0 ? 0 : (last![step]! * last![slope]!) / start;
            if (start < 0 && search.search(iterate, direction!, first > 0 ? first : firstStep(iterate))) {
              finish(start);
              return undefined;
            }
            if (last![age] === 0) break;
            steepest();
          }
          return "no lower point was found along the direction of steepest descent";
        },
      };

      function finish(start: number): void {
        const { gradient } = search;
        difference(change, gradient, iterate.gradient);
        if (bounds.some) for (let i = 0; i < size; i++) if (free[i] === 0) change[i] = 0;
        const [along, squares, byGradient] = [
          dot(direction!, change),
          dot(change, change),
          dot(change, gradient),
        ];
        iterate.move(problem, search.x, search.value, search.gradient);
        const byNext = dot(direction!, iterate.gradient);
        last![step] = search.step;
        last![slope] = start;
        last![age] = along > 0 ? last![age]! + 1 : 0;
        if (along > 0) turn(byGradient, along, byNext, squares, byNext);
      }
    },
  });
}
