/** The QR factorization of tall matrices, a block of rows after the other, of which only R and Qᵀr are kept. */
import { addScaled, dot, long, norm } from "../vectors.js";

/** Rows that are reduced at once: their columns stay in the nearest cache. */
const blockRows = 512;

/** R and q of a Jacobian and its residuals: ‖J·p + r‖² = ‖R·p + q‖² + what no p changes. */
export interface Reduced {
  /** Upper triangular, size × size, row by row. */
  readonly R: Float64Array;
  readonly q: Float64Array;
}

/** Room for the columns of a block, which each reduction fills anew, and the rows of them that the last one used. */
const room: Float64Array[] = [];
let views: Float64Array[] = [];

function columnsOf(count: number, rows: number): Float64Array[] {
  while (room.length < count) room.push(new Float64Array(blockRows));
  if (views.length < count || views[0]!.length !== rows) views = room.map((one) => one.subarray(0, rows));
  return views;
}

/**
 * Reduces J, column by column, its rows times `factors`, and the residuals beside them. Each block of rows is put
 * below the R so far, and Householder's reflections clear it (Golub & Van Loan, "Matrix Computations", 4th edition,
 * sections 5.1 and 5.2; in blocks: Demmel et al., "Communication-optimal parallel and sequential QR", 2012).
 */
export function reduceRows(
  J: Float64Array,
  r: Float64Array,
  factors: Float64Array | undefined,
  { R, q }: Reduced,
): void {
  const n = q.length;
  const m = r.length;
  R.fill(0);
  q.fill(0);
  const sums = new Float64Array(2);
  for (let from = 0; from < m; from += blockRows) {
    const count = Math.min(blockRows, m - from);
    // The residuals last.
    const block = columnsOf(n + 1, count);
    for (let j = 0; j < n; j++) {
      const column = block[j]!;
      column.set(J.subarray(j * m + from, j * m + from + count));
      if (factors) for (let i = 0; i < count; i++) column[i] = factors[from + i]! * column[i]!;
    }
    block[n]!.set(r.subarray(from, from + count));
    for (let k = 0; k < n; k++) reflect(block, k, R, q, sums);
  }
}

/** Squares between these neither overflow nor vanish in a sum. */
const leastSquare = 2 ** -900;
const mostSquare = 2 ** 900;

/** Clears column k of the block by a reflection of its rows and of row k of R and q. */
function reflect(
  block: readonly Float64Array[],
  k: number,
  R: Float64Array,
  q: Float64Array,
  sums: Float64Array,
): void {
  const n = q.length;
  const own = block[k]!;
  const below = dot(own, own);
  const head = R[k * n + k]!;
  const squares = below + head * head;
  if (below === 0 && own.every((one) => one === 0)) return;
  const length =
    squares > leastSquare && squares < mostSquare ? Math.sqrt(squares) : Math.hypot(head, norm(own));
  const diagonal = head > 0 ? -length : length;
  // v = (head − diagonal, column), of which H = I − 2·v·vᵀ/‖v‖² = I + v·vᵀ/(diagonal·(head − diagonal)).
  const first = head - diagonal;
  R[k * n + k] = diagonal;
  // Two columns at a time: v is read once for both, and their sums don't wait for each other.
  for (let j = k + 1; j <= n; j += 2) {
    const left = block[j]!;
    if (j === n) {
      addScaled(left, turn(q, k, first, dot(own, left), diagonal), own);
      continue;
    }
    const right = block[j + 1]!;
    dotTwo(own, left, right, sums);
    const s = turn(R, k * n + j, first, sums[0]!, diagonal);
    const t =
      j + 1 < n ? turn(R, k * n + j + 1, first, sums[1]!, diagonal) : turn(q, k, first, sums[1]!, diagonal);
    for (let i = 0; i < own.length; i++) {
      const one = own[i]!;
      left[i] = left[i]! + s * one;
      right[i] = right[i]! + t * one;
    }
  }
}

/**
 * Turns an element of row k of R or of q, where the rest of the column has this product with that of v; how much of v is added
 * to it.
 */
function turn(row: Float64Array, at: number, first: number, along: number, diagonal: number): number {
  const top = row[at]!;
  const share = (first * top + along) / first / diagonal;
  row[at] = top + share * first;
  return share;
}

/** Writes the products of v with two others. */
function dotTwo(v: Float64Array, x: Float64Array, y: Float64Array, into: Float64Array): void {
  const even = v.length < long ? 0 : v.length - (v.length % 2);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < even; i += 2) {
    const one = v[i]!;
    const next = v[i + 1]!;
    a += one * x[i]!;
    b += one * y[i]!;
    c += next * x[i + 1]!;
    d += next * y[i + 1]!;
  }
  for (let i = even; i < v.length; i++) {
    a += v[i]! * x[i]!;
    b += v[i]! * y[i]!;
  }
  into[0] = a + c;
  into[1] = b + d;
}
