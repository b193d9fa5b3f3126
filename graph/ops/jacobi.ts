/** What Jacobi's methods for eigenvalues and singular values share, as parts of algorithms. */
import type { Steps } from "./algorithm.js";

/** After so many sweeps without an end something is wrong: six to ten are usual. */
export const sweeps = 60;

/**
 * Tangent, cosine and sine of the rotation, of at most 45°, that takes the product of two vectors to 0, or the element
 * that two rows of a symmetric matrix share, given half of how much the second one's square exceeds the first one's.
 */
export function rotation<T>(steps: Steps<T>, difference: T, product: T): [tangent: T, cosine: T, sine: T] {
  const { number, add, multiply, divide, abs, sqrt, greater, choose } = steps;
  const one = number(1);
  const ratio = divide(difference, product);
  const sum = add(abs(ratio), sqrt(add(one, multiply(ratio, ratio))));
  const tangent = divide(choose(greater(number(0), ratio), number(-1), one), sum);
  const cosine = divide(one, sqrt(add(one, multiply(tangent, tangent))));
  return [tangent, cosine, multiply(tangent, cosine)];
}

/** The places of keys in ascending order; of equal ones the first comes first. */
export function ascending<T>({ holds, greater }: Steps<T>, keys: readonly T[]): number[] {
  const order: number[] = [];
  for (let k = 0; k < keys.length; k++) {
    let at = k;
    while (at > 0 && holds(greater(keys[order[at - 1]!]!, keys[k]!))) at--;
    order.splice(at, 0, k);
  }
  return order;
}

/** Whether the largest component of a vector is negative. */
export function isTurned<T>({ number, abs, greater, choose }: Steps<T>, vector: ArrayLike<T>): T {
  let largest: T = number(0);
  for (let i = 0; i < vector.length; i++)
    largest = choose(greater(abs(vector[i]!), abs(largest)), vector[i]!, largest);
  return greater(number(0), largest);
}
