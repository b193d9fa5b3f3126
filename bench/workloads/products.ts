/** Matrix products as an expert writes them in plain JavaScript: rows streamed in order, four at a time. */

export type Floats = Float64Array | Float32Array;

/** C ← A·B for row-major A (m×k) and B (k×n). Four rows of B at a time: a quarter of the traffic to a row of C. */
export function productByHand(A: Floats, B: Floats, C: Floats, m: number, k: number, n: number): void {
  const whole = k - (k % 4);
  for (let i = 0; i < m; i++) {
    const row = i * n;
    for (let j = 0; j < n; j++) C[row + j] = 0;
    for (let p = 0; p < whole; p += 4) {
      const at = i * k + p;
      const a0 = A[at]!;
      const a1 = A[at + 1]!;
      const a2 = A[at + 2]!;
      const a3 = A[at + 3]!;
      const b0 = p * n;
      const b1 = b0 + n;
      const b2 = b1 + n;
      const b3 = b2 + n;
      for (let j = 0; j < n; j++) {
        C[row + j]! += a0 * B[b0 + j]! + a1 * B[b1 + j]! + a2 * B[b2 + j]! + a3 * B[b3 + j]!;
      }
    }
    for (let p = whole; p < k; p++) {
      const a = A[i * k + p]!;
      for (let j = 0; j < n; j++) C[row + j]! += a * B[p * n + j]!;
    }
  }
}

/** The columns × rows transpose of a row-major matrix. */
export function transposeByHand(from: Floats, to: Floats, rows: number, columns: number): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) to[j * rows + i] = from[i * columns + j]!;
  }
}
