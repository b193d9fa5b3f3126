/**
 * Singular values by one-sided Jacobi rotations, which find small ones to full relative accuracy where columns are of
 * like length (Demmel and Veselić, "Jacobi's method is more accurate than QR", 1992).
 */

/** A = U·diag(s)·Vᵀ, in the order of the rotations: `UtQ` = Uᵀq, V by rows, size × size. */
export interface Svd {
  readonly s: Float64Array;
  readonly V: Float64Array;
  readonly UtQ: Float64Array;
}

/** More sweeps than any matrix was seen to take. */
const mostSweeps = 60;

/** Of a matrix of `rows` × `size`, given by columns, which are overwritten by U·diag(s). */
export function jacobiSvd(columns: Float64Array, rows: number, size: number, q: Float64Array): Svd {
  const V = new Float64Array(size * size);
  for (let j = 0; j < size; j++) V[j * size + j] = 1;
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let turned = false;
    for (let a = 0; a < size - 1; a++) {
      for (let b = a + 1; b < size; b++) if (rotate(columns, V, rows, size, a, b)) turned = true;
    }
    if (!turned) break;
  }
  const s = new Float64Array(size);
  const UtQ = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    const own = j * rows;
    let largest = 0;
    for (let i = 0; i < rows; i++) largest = Math.max(largest, Math.abs(columns[own + i]!));
    if (largest === 0) continue;
    let squares = 0;
    let dot = 0;
    for (let i = 0; i < rows; i++) {
      const one = columns[own + i]! / largest;
      squares += one * one;
      dot += one * q[i]!;
    }
    s[j] = largest * Math.sqrt(squares);
    UtQ[j] = dot / Math.sqrt(squares);
  }
  return { s, V, UtQ };
}

/** Makes two columns orthogonal; whether they weren't. Golub & Van Loan, section 8.6.3. */
function rotate(
  columns: Float64Array,
  V: Float64Array,
  rows: number,
  size: number,
  a: number,
  b: number,
): boolean {
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let i = 0; i < rows; i++) {
    const x = columns[a * rows + i]!;
    const y = columns[b * rows + i]!;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  if (!(Math.abs(ab) > 1e-15 * Math.sqrt(aa) * Math.sqrt(bb)) || ab === 0) return false;
  const zeta = (bb - aa) / (2 * ab);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = c * t;
  if (s === 0) return false;
  for (let i = 0; i < rows; i++) {
    const x = columns[a * rows + i]!;
    const y = columns[b * rows + i]!;
    columns[a * rows + i] = c * x - s * y;
    columns[b * rows + i] = s * x + c * y;
  }
  for (let i = 0; i < size; i++) {
    const x = V[i * size + a]!;
    const y = V[i * size + b]!;
    V[i * size + a] = c * x - s * y;
    V[i * size + b] = s * x + c * y;
  }
  return true;
}
