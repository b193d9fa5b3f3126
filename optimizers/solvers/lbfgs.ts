/** L-BFGS: Newton's direction from the last few changes of the gradient. */
import { type OptionsOf, readOptions } from "../../graph/internal.js";
import { freeElements } from "./bounds.js";
import { firstStep, LineSearch } from "./line-search.js";
import { Pairs, pairMemory, pairOptions } from "./pairs.js";
import { type Iterate, makeSolver, type Problem, type Running, type Solver } from "./solver.js";
import { addScaled, addScaledDot, dot, scale } from "./vectors.js";

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

/**
 * Writes −H·g, H being the inverse Hessian of the pairs (Nocedal & Wright, algorithm 7.4), within the elements that are free.
 * Whether the pairs gave it a length.
 */
function newtonDirection(
  known: Pairs,
  { gradient }: Iterate,
  free: Uint8Array | undefined,
  factors: Float64Array,
  direction: Float64Array,
): boolean {
  const inner = free ? (a: Float64Array, b: Float64Array) => dotWithin(a, b, free) : dot;
  const clear = () => {
    if (free) for (let i = 0; i < direction.length; i++) if (free[i] === 0) direction[i] = 0;
  };
  /** Adds a vector, and gives the product of what comes out with another one. */
  const turn = (factor: number, by: Float64Array, next: Float64Array): number => {
    if (!free) return addScaledDot(direction, factor, by, next);
    addScaled(direction, factor, by);
    clear();
    return dot(direction, next);
  };
  scale(direction, -1, gradient);
  clear();
  // The pairs that tell of a positive curvature among the free elements, the latest first.
  const pairs: { readonly step: Float64Array; readonly change: Float64Array; readonly product: number }[] =
    [];
  for (let age = 0; age < known.count; age++) {
    const [step, change] = [known.steps[known.at(age)]!, known.changes[known.at(age)]!];
    const product = free ? inner(step, change) : known.products[known.at(age)]!;
    if (product > 0) pairs.push({ step, change, product });
  }
  const latest = pairs[0];
  if (!latest) return false;
  let along = dot(latest.step, direction);
  pairs.forEach(({ change, product }, i) => {
    factors[i] = along / product;
    along = turn(-factors[i]!, change, pairs[i + 1]?.step ?? change);
  });
  // The scale of the latest pair (7.20).
  const length = latest.product / inner(latest.change, latest.change);
  scale(direction, length, direction);
  along *= length;
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, product } = pairs[i]!;
    along = turn(factors[i]! - along / product, step, pairs[i - 1]?.change ?? step);
  }
  return true;
}

function dotWithin(a: Float64Array, b: Float64Array, free: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (free[i] === 1) sum += a[i]! * b[i]!;
  return sum;
}
