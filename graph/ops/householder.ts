/**
 * Orthogonal triangularization of matrices by Householder's reflections, as a part of algorithms. G. H. Golub and C. F. Van
 * Loan, "Matrix computations", 4th edition, 2013, 5.1 and 5.2.
 */
import type { Steps } from "./algorithm.js";

/**
 * Takes `rows`, those of an m×n matrix with m ≥ n, to R, whose diagonal isn't negative, in the first n of them; gives the
 * rows of Q, m×n, with Q·R the matrix. Columns are scaled, so that no square over- or underflows. Of a matrix that lacks
 * columns in its rank, Q has orthonormal ones nevertheless.
 */
export function orthogonalize<T>(steps: Steps<T>, rows: T[][], m: number, n: number): T[][] {
  const { number, add, subtract, multiply, divide, negative, abs, sqrt, greater, equal, choose, array } =
    steps;
  const [zero, one] = [number(0), number(1)];
  const factors = array(n);
  const signs = array(n);
  for (let k = 0; k < n; k++) {
    let size: T = zero;
    for (let i = k; i < m; i++) {
      const x = abs(rows[i]![k]!);
      size = choose(greater(x, size), x, size);
    }
    const scale = choose(greater(size, zero), size, one);
    let squares: T = zero;
    for (let i = k; i < m; i++) {
      const x = divide(rows[i]![k]!, scale);
      squares = add(squares, multiply(x, x));
    }
    const norm = multiply(scale, sqrt(squares));
    const head = rows[k]![k]!;
    // The reflection takes the column to its norm with the sign that the head hasn't, so that nothing cancels.
    const isNegative = greater(zero, head);
    const target = choose(isNegative, norm, negative(norm));
    const isEmpty = equal(norm, zero);
    const first = choose(isEmpty, one, subtract(head, target));
    for (let i = k + 1; i < m; i++) rows[i]![k] = divide(rows[i]![k]!, first);
    const factor = choose(isEmpty, zero, divide(subtract(target, head), target));
    factors[k] = factor;
    signs[k] = choose(isNegative, one, number(-1));
    rows[k]![k] = target;
    const sums = array(n);
    for (let j = k + 1; j < n; j++) sums[j] = rows[k]![j]!;
    for (let i = k + 1; i < m; i++) {
      const row = rows[i]!;
      const x = row[k]!;
      for (let j = k + 1; j < n; j++) sums[j] = add(sums[j]!, multiply(x, row[j]!));
    }
    for (let j = k + 1; j < n; j++) {
      sums[j] = multiply(factor, sums[j]!);
      rows[k]![j] = subtract(rows[k]![j]!, sums[j]!);
    }
    for (let i = k + 1; i < m; i++) {
      const row = rows[i]!;
      const x = row[k]!;
      for (let j = k + 1; j < n; j++) row[j] = subtract(row[j]!, multiply(x, sums[j]!));
    }
  }
  const q: T[][] = [];
  for (let i = 0; i < m; i++) {
    q.push(array(n));
    if (i < n) q[i]![i] = one;
  }
  for (let k = n - 1; k >= 0; k--) {
    const sums = array(n);
    for (let j = k; j < n; j++) sums[j] = q[k]![j]!;
    for (let i = k + 1; i < m; i++) {
      const x = rows[i]![k]!;
      for (let j = k; j < n; j++) sums[j] = add(sums[j]!, multiply(x, q[i]![j]!));
    }
    for (let j = k; j < n; j++) {
      sums[j] = multiply(factors[k]!, sums[j]!);
      q[k]![j] = subtract(q[k]![j]!, sums[j]!);
    }
    for (let i = k + 1; i < m; i++) {
      const x = rows[i]![k]!;
      for (let j = k; j < n; j++) q[i]![j] = subtract(q[i]![j]!, multiply(x, sums[j]!));
    }
  }
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < k; j++) rows[k]![j] = zero;
    for (let j = k; j < n; j++) rows[k]![j] = multiply(signs[k]!, rows[k]![j]!);
    for (let i = 0; i < m; i++) q[i]![k] = multiply(signs[k]!, q[i]![k]!);
  }
  return q;
}
