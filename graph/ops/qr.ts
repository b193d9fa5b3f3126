/** The QR factorization, and least squares by it. Leading axes are batches. */
import { fullLike, type WithOp } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import { apply, type Expr } from "../node.js";
import { defineOp, type Instances, type One, type Op } from "../op.js";
import { withResults } from "../operand.js";
import { noParams, type Params } from "../params.js";
import { formatShape } from "../shape.js";
import type { Batched, LengthAt, ShortSide } from "../shape-types.js";
import type { Operand, ResultOf, SameRows, ShapeOf, SolutionShape } from "../types.js";
import { algorithmic, type Steps, type Target } from "./algorithm.js";
import { abs, add, multiply, subtract } from "./arithmetic.js";
import { greater, where } from "./comparison.js";
import { orthogonalize } from "./householder.js";
import { concatenate } from "./indexing.js";
import { matmul, swapLast } from "./matmul.js";
import { diagonal, matrixShape, tril } from "./matrices.js";
import { reshapeExpr } from "./moving.js";
import { max, min } from "./reduction.js";
import { columnsOf, dominant, rowsOf, sidesOf, system, withRows } from "./systems.js";
import { substituted } from "./triangular.js";

/** Of matrices with m ≥ n: Q and below it R. */
export const qrOp: Op = /* @__PURE__ */ defineOp<Params, One>({
  name: "qr",
  shape: ([a]) => withRows(a, a.at(-2)! + a.at(-1)!),
  ...algorithmic(factorize, { orthogonalize }, ({ operands: [a] }) => sidesOf(a!)),
  work: ({ operands: [a] }) => {
    const [m, n, count] = sidesOf(a);
    return 4 * m * n * (n + 1) * count;
  },
  derivative: {
    kind: "tangent",
    // Of C = dA·R⁻¹ the part along Q is the triangle T = dR·R⁻¹ and the skew matrix QᵀdQ: dQ = C − Q·T. S. F. Walter,
    // L. Lehmann and R. Lamour, "On evaluating higher-order derivatives of the QR decomposition of tall matrices",
    // Optimization Methods and Software 27, 2012.
    tangent([da], { result, operands: [a] }) {
      const { q, r } = partsOf(result, a.shape.at(-2)!);
      const c = fromRight(r, da);
      const along = matmul(swapLast(q), c);
      const below = tril(along, -1);
      const t = add(subtract(along, below), swapLast(below));
      return concatenate([subtract(c, matmul(q, t)), matmul(t, r)], da.shape.length - 2);
    },
  },
  domains: [dominant],
});

/** X·R⁻¹ */
function fromRight(r: Expr, x: Expr): Expr {
  return swapLast(substituted(r, swapLast(x), { transpose: true }));
}

function factorize<T>(
  steps: Steps<T> & { readonly orthogonalize: typeof orthogonalize },
  result: Target<T>,
  [a]: readonly ArrayLike<T>[],
  [m, n, count]: readonly number[],
): void {
  for (let batch = 0; batch < count!; batch++) {
    const rows: T[][] = [];
    for (let i = 0; i < m!; i++) {
      const row = steps.array(n!);
      for (let j = 0; j < n!; j++) row[j] = a![(batch * m! + i) * n! + j]!;
      rows.push(row);
    }
    const q = steps.orthogonalize(steps, rows, m!, n!);
    const to = batch * (m! + n!) * n!;
    for (let i = 0; i < m! + n!; i++) {
      const row = i < m! ? q[i]! : rows[i - m!]!;
      for (let j = 0; j < n!; j++) result[to + i * n! + j] = row[j]!;
    }
  }
}

export const qrInstances: Instances = {
  op: qrOp,
  instances: [{ shapes: [[3, 2]], params: noParams }],
};

function partsOf(packed: Expr, m: number): { readonly q: Expr; readonly r: Expr } {
  return { q: rowsOf(packed, 0, m), r: rowsOf(packed, m, packed.shape.at(-2)!) };
}

/** Of a wide matrix, the factor of its left square goes for all of it. */
function qrOf(x: Expr): { readonly q: Expr; readonly r: Expr } {
  const [m, n] = x.shape.slice(-2) as [number, number];
  const { q, r } = partsOf(apply(qrOp, [columnsOf(x, 0, Math.min(m, n))]), m);
  if (m >= n) return { q, r };
  return { q, r: concatenate([r, matmul(swapLast(q), columnsOf(x, m, n))], x.shape.length - 1) };
}

/**
 * The factors of a QR factorization.
 * @example const factor = ({ R }: QRResult): Expr => R;
 */
export interface QRResult<Q = Expr, R = Expr> {
  readonly Q: Q;
  readonly R: R;
}

/**
 * A = Q·R of a matrix m×n by Householder's reflections, reduced: Q has orthonormal columns, m×min(m, n), and R, min(m, n)×n,
 * is an upper triangle whose diagonal isn't negative, which makes both unique (NumPy's `qr` leaves the signs open). The
 * derivative is that of full rank, of a wide matrix in its first m columns; else it is ±∞ or NaN. Leading axes are batches.
 * A matrix is used as a whole: what is not finite in it shows in all its derivatives.
 * @throws where A is no matrix
 *
 * @example
 * qr([[3, 1], [4, 2]]); // { Q: [[0.60…, -0.8], [0.8, 0.6]], R: [[5, 2.2], [0, 0.39…]] }
 */
export const qr: (<const A extends Operand>(
  a: A,
) => QRResult<
  ResultOf<[A], Batched<ShapeOf<A>, [LengthAt<ShapeOf<A>, -2>, ShortSide<ShapeOf<A>>]>>,
  ResultOf<[A], Batched<ShapeOf<A>, [ShortSide<ShapeOf<A>>, LengthAt<ShapeOf<A>, -1>]>>
>) &
  WithOp = /* @__PURE__ */ Object.assign(
  (a: Operand): never =>
    withResults("qr", [a], ([x]) => {
      matrixShape(x, "qr");
      const { q: Q, r: R } = qrOf(x);
      return { Q, R };
    }) as never,
  { op: qrOp },
);

/** What is left of the digits of numbers whose largest is 1, in a matrix of such sides. */
export function roundingOf(m: number, n: number): number {
  return Math.max(m, n) * Number.EPSILON;
}

function tallSide(x: Expr, what: string): number {
  const [m, n] = matrixShape(x, what);
  if (m >= n) return n;
  throw new AdjointError(
    `${what}: ${formatShape(x.shape)} has fewer rows than columns, so that many X fit best; the shortest is matmul(pinv(A), B).`,
  );
}

/**
 * X for which ‖A·X − B‖ is least, by the QR factorization, which keeps the digits that the normal equations lose; B is a
 * vector, or a matrix of columns. A has at least as many rows as columns, and these are independent: where a diagonal
 * element of R is below max(m, n)·2⁻⁵² times the largest, X and its derivatives are NaN. Leading axes are batches,
 * broadcast against each other.
 * @throws where A has fewer rows than columns, or other rows than B
 *
 * @example
 * lstsq([[1, 0], [1, 1], [1, 2]], [1, 3, 5]); // [1, 2]: the line 1 + 2t through three points
 */
export function lstsq<const A extends Operand, const B extends Operand>(
  a: A,
  b: B & SameRows<A, B>,
): ResultOf<[A, B], SolutionShape<ShapeOf<A>, ShapeOf<B>>> {
  return system("lstsq", a, b, tallSide, (x, y) => {
    const [m, n] = x.shape.slice(-2) as [number, number];
    if (n === 0) return matmul(swapLast(x), y);
    const { q, r } = qrOf(x);
    const solution = substituted(r, matmul(swapLast(q), y), {});
    const sizes = abs(diagonal(r));
    const axis = sizes.shape.length - 1;
    const isFull = greater(min(sizes, axis), multiply(max(sizes, axis), roundingOf(m, n)));
    return multiply(solution, oneOrNaN(isFull, solution));
  }) as never;
}

/** For each matrix of `like` 1 or NaN, by a condition. */
export function oneOrNaN(condition: Expr, like: Expr): Expr {
  const spread = reshapeExpr(condition, [...condition.shape, 1, 1]);
  return where(spread, fullLike(like, 1), fullLike(like, Number.NaN));
}
