/** Cholesky's factorization of small symmetric matrices, row by row in flat arrays: A + shift·I = L·Lᵀ. */

/**
 * Writes L into the lower triangle of `into`, n×n. Gives n, or where A + shift·I isn't positive definite the row where that
 * shows; the rows before it are right then (Golub & Van Loan, Matrix Computations, 4th ed., algorithm 4.2.1).
 */
export function cholesky(into: Float64Array, a: Float64Array, n: number, shift = 0): number {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= into[i * n + k]! * into[j * n + k]!;
      into[i * n + j] = sum / into[j * n + j]!;
    }
    let pivot = a[i * n + i]! + shift;
    for (let k = 0; k < i; k++) pivot -= into[i * n + k]! ** 2;
    // What is left of a singular matrix is rounding.
    if (!(pivot > n * Number.EPSILON * Math.abs(a[i * n + i]! + shift))) {
      into[i * n + i] = pivot;
      return i;
    }
    into[i * n + i] = Math.sqrt(pivot);
  }
  return n;
}

/** x ← L⁻¹·x. */
export function solveLower(factor: Float64Array, n: number, x: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = x[i]!;
    for (let k = 0; k < i; k++) sum -= factor[i * n + k]! * x[k]!;
    x[i] = sum / factor[i * n + i]!;
  }
}

/** x ← L⁻ᵀ·x. */
export function solveUpper(factor: Float64Array, n: number, x: Float64Array): void {
  for (let i = n - 1; i >= 0; i--) {
    const value = x[i]! / factor[i * n + i]!;
    x[i] = value;
    for (let k = 0; k < i; k++) x[k] = x[k]! - factor[i * n + k]! * value;
  }
}
