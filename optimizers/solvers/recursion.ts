/** Newton's direction of limited memory, by the two loops over the pairs. */
import type { Pairs } from "./pairs.js";
import type { Iterate } from "./solver.js";
import { addScaled, addScaledDot, dot, scale } from "./vectors.js";

/**
 * Writes −H·g, H being the inverse Hessian of the pairs (Nocedal & Wright, algorithm 7.4), within the elements that are free.
 * Whether the pairs gave it a length.
 */
export function newtonDirection(
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
