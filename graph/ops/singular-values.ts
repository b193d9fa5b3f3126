/** The singular value decomposition, and the pseudo-inverse by it. Leading axes are batches. */
import type { WithOp } from "../elementwise.js";
import { apply, type Expr } from "../node.js";
import { type Domain, defineOp, type Instances, type One, type Op, real } from "../op.js";
import { withOperands, withResults } from "../operand.js";
import { noParams, type Params } from "../params.js";
import type { Batched, Exchanged, LengthAt, ShortSide } from "../shape-types.js";
import type { Operand, ResultOf, ShapeOf } from "../types.js";
import { stopGradient } from "./activation.js";
import { algorithmic, madeOf, type Steps, type Target } from "./algorithm.js";
import { add, divide, multiply, subtract } from "./arithmetic.js";
import { equal, greater, where } from "./comparison.js";
import { inverseGaps } from "./eigen.js";
import { orthogonalize } from "./householder.js";
import { concatenate } from "./indexing.js";
import { ascending, isTurned, rotation, sweeps } from "./jacobi.js";
import { matmul, swapLast } from "./matmul.js";
import { diagonal, matrixShape } from "./matrices.js";
import { reshapeExpr } from "./moving.js";
import { oneOrNaN, roundingOf } from "./qr.js";
import { max, min } from "./reduction.js";
import { rowsOf, sidesOf, withRows } from "./systems.js";

/** Two columns of positive numbers are never at right angles, so that their singular values differ; nor are these parallel. */
const apart: Domain = { ...real(0.1, 1), diagonal: 4 };

const parts = { orthogonalize, rotation, ascending, isTurned, sweepColumns, sweeps };

/** Of matrices m×n with m ≥ n: U, the singular values in a row, V. */
export const svdOp: Op = /* @__PURE__ */ defineOp<Params, One>({
  name: "svd",
  shape: ([a]) => withRows(a, a.at(-2)! + 1 + a.at(-1)!),
  ...algorithmic(decompose, parts, ({ operands: [a] }) => sidesOf(a!)),
  work: () => Number.POSITIVE_INFINITY,
  derivative: {
    kind: "tangent",
    // With E = Uᵀ·dA·V and Fᵢⱼ = 1/(sⱼ² − sᵢ²): ds = diag(E), dU = U·(F ∘ (E·S + S·Eᵀ)) + (1 − U·Uᵀ)·dA·V·S⁻¹ and
    // dV = V·(F ∘ (S·E + Eᵀ·S)). J. Townsend, "Differentiating the singular value decomposition", 2016.
    tangent([da], { result, operands: [a] }) {
      const { u, s, v } = partsOf(result);
      const right = matmul(da, v);
      const e = matmul(swapLast(u), right);
      const [columns, rows] = [asRow(s), reshapeExpr(s, [...s.shape, 1])];
      // Fᵢⱼ·sⱼ = 1/(sⱼ − sᵢ)·sⱼ/(sⱼ + sᵢ): squares would lose digits, or be too large.
      const f = inverseGaps(s);
      const sums = add(columns, rows);
      const [own, other] = [divide(columns, sums), divide(rows, sums)];
      const ofU = multiply(f, add(multiply(e, own), multiply(other, swapLast(e))));
      const ofV = multiply(f, add(multiply(other, e), multiply(swapLast(e), own)));
      const inside = matmul(u, ofU);
      const [m, n] = a.shape.slice(-2) as [number, number];
      const outside = () => divide(subtract(right, matmul(u, e)), columns);
      const du = m === n ? inside : add(inside, outside());
      return concatenate([du, asRow(valuesAlong(e, s)), matmul(v, ofV)], da.shape.length - 2);
    },
  },
  domains: [apart],
});

/** The singular values alone: their derivatives don't ask for those of the vectors. */
const svdvalsOp: Op = /* @__PURE__ */ defineOp<Params, One>({
  name: "svdvals",
  shape: ([a]) => [...a.slice(0, -2), a.at(-1)!],
  ...madeOf<Params, One>(({ operands: [a] }) => partsOf(apply(svdOp, [a])).s),
  work: () => Number.POSITIVE_INFINITY,
  derivative: {
    kind: "tangent",
    tangent([da], { operands: [a], result }) {
      const { u, v } = partsOf(apply(svdOp, [a]));
      return valuesAlong(matmul(swapLast(u), matmul(da, v)), result);
    },
  },
  domains: [apart],
});

/** A singular value that is 0 is, as |x| at 0, at its least: the derivative is 0 there. */
function valuesAlong(e: Expr, s: Expr): Expr {
  return where(equal(s, 0), 0, diagonal(e));
}

const asRow = (x: Expr): Expr => reshapeExpr(x, x.shape.toSpliced(-1, 0, 1));

function partsOf(packed: Expr): { readonly u: Expr; readonly s: Expr; readonly v: Expr } {
  const [rows, n] = packed.shape.slice(-2) as [number, number];
  const m = rows - 1 - n;
  return {
    u: rowsOf(packed, 0, m),
    s: reshapeExpr(rowsOf(packed, m, m + 1), [...packed.shape.slice(0, -2), n]),
    v: rowsOf(packed, m + 1, rows),
  };
}

/**
 * One-sided rotations until all columns stand at right angles: A·V = U·S, whose lengths are the singular values, and U is
 * the orthogonal factor of it, in descending order of the lengths, so that vectors of values that are 0 are orthonormal,
 * too. J. Demmel and K. Veselić, "Jacobi's method is more accurate than QR", SIAM Journal on Matrix Analysis and
 * Applications 13, 1992. The largest component of each column of U is positive.
 */
function decompose<T>(
  steps: Steps<T> & typeof parts,
  result: Target<T>,
  [a]: readonly ArrayLike<T>[],
  [m, n, count]: readonly number[],
): void {
  const { number, add, multiply, divide, negative, abs, greater, equal, choose, array } = steps;
  const [zero, one] = [number(0), number(1)];
  for (let batch = 0; batch < count!; batch++) {
    // Rows here are the columns of A and of V. What isn't finite is NaN in every result, as is what doesn't converge.
    const columns: T[][] = [];
    const vectors: T[][] = [];
    let [taint, size]: [T, T] = [zero, zero];
    for (let j = 0; j < n!; j++) {
      const [column, vector] = [array(m!), array(n!)];
      for (let i = 0; i < m!; i++) {
        const x = a![(batch * m! + i) * n! + j]!;
        column[i] = x;
        taint = add(taint, multiply(zero, x));
        size = choose(greater(abs(x), size), abs(x), size);
      }
      vector[j] = one;
      columns.push(column);
      vectors.push(vector);
    }
    // Squares neither over- nor underflow then.
    const scale = choose(greater(size, zero), size, one);
    for (let j = 0; j < n!; j++) for (let i = 0; i < m!; i++) columns[j]![i] = divide(columns[j]![i]!, scale);
    let isLeft = steps.holds(equal(taint, zero));
    for (let sweep = 0; isLeft && sweep < steps.sweeps; sweep++)
      isLeft = steps.sweepColumns(steps, columns, vectors, m!);
    if (isLeft) taint = divide(zero, zero);
    const lengths: T[] = [];
    for (let j = 0; j < n!; j++) {
      let squares: T = zero;
      for (let i = 0; i < m!; i++) squares = add(squares, multiply(columns[j]![i]!, columns[j]![i]!));
      lengths.push(negative(squares));
    }
    const order = steps.ascending(steps, lengths);
    const rows: T[][] = [];
    for (let i = 0; i < m!; i++) {
      const row = array(n!);
      for (let k = 0; k < n!; k++) row[k] = columns[order[k]!]![i]!;
      rows.push(row);
    }
    const u = steps.orthogonalize(steps, rows, m!, n!);
    const to = batch * (m! + 1 + n!) * n!;
    for (let k = 0; k < n!; k++) {
      const [column, vector] = [array(m!), vectors[order[k]!]!];
      for (let i = 0; i < m!; i++) column[i] = u[i]![k]!;
      const turns = steps.isTurned(steps, column);
      for (let i = 0; i < m!; i++)
        result[to + i * n! + k] = add(choose(turns, negative(column[i]!), column[i]!), taint);
      result[to + m! * n! + k] = add(multiply(rows[k]![k]!, scale), taint);
      for (let i = 0; i < n!; i++)
        result[to + (m! + 1 + i) * n! + k] = add(choose(turns, negative(vector[i]!), vector[i]!), taint);
    }
  }
}

/** Goes once through all pairs of columns; whether there was one to be turned to right angles. */
function sweepColumns<T>(
  steps: Steps<T> & { readonly rotation: typeof rotation },
  columns: T[][],
  vectors: T[][],
  m: number,
): boolean {
  const { number, add, subtract, multiply, divide, abs, sqrt, greater, choose } = steps;
  const [zero, half, n] = [number(0), number(0.5), columns.length];
  let isLeft = false;
  for (let p = 0; p < n - 1; p++) {
    for (let q = p + 1; q < n; q++) {
      const [left, right] = [columns[p]!, columns[q]!];
      let [x, y, product]: [T, T, T] = [zero, zero, zero];
      for (let i = 0; i < m; i++) {
        const [g, h] = [left[i]!, right[i]!];
        x = add(x, multiply(g, g));
        y = add(y, multiply(h, h));
        product = add(product, multiply(g, h));
      }
      // At right angles, but for what rounding leaves of a sum of m products; or one is as good as 0.
      const both = multiply(sqrt(x), sqrt(y));
      const rest = divide(abs(product), number(2 * m));
      if (!steps.holds(choose(greater(both, zero), greater(add(both, rest), both), zero))) continue;
      isLeft = true;
      const [, cosine, sine] = steps.rotation(steps, multiply(half, subtract(y, x)), product);
      for (let i = 0; i < m; i++) {
        const [g, h] = [left[i]!, right[i]!];
        left[i] = subtract(multiply(cosine, g), multiply(sine, h));
        right[i] = add(multiply(sine, g), multiply(cosine, h));
      }
      const [v, w] = [vectors[p]!, vectors[q]!];
      for (let i = 0; i < n; i++) {
        const [g, h] = [v[i]!, w[i]!];
        v[i] = subtract(multiply(cosine, g), multiply(sine, h));
        w[i] = add(multiply(sine, g), multiply(cosine, h));
      }
    }
  }
  return isLeft;
}

const instances: Instances["instances"] = [{ shapes: [[3, 2]], params: noParams }];

export const svdInstances: Instances = { op: svdOp, instances };
export const svdvalsInstances: Instances = { op: svdvalsOp, instances };

const isWide = (x: Expr): boolean => x.shape.at(-2)! < x.shape.at(-1)!;

/**
 * A = U·diag(S)·Vh
 * @example const largest = ({ S }: SVDResult) => max(S);
 */
export interface SVDResult<U = Expr, S = Expr, V = Expr> {
  readonly U: U;
  readonly S: S;
  readonly Vh: V;
}

/**
 * A = U·diag(S)·Vh of a matrix m×n, reduced: the singular values S descend, and U, m×min(m, n), and the transpose of Vh,
 * min(m, n)×n, have orthonormal columns; the largest component of each of U is positive, of a wide matrix of each of Vh
 * (NumPy's `svd` with `full_matrices=False`, which leaves the signs open). By Jacobi's method.
 *
 * Derivatives of S are exact; at values that are equal, so is what treats these alike, in its gradient, and at those that
 * are 0 they are 0, as abs′(0) is. U and Vh have derivatives where the values differ and, if the matrix isn't square, none
 * is 0: elsewhere these are NaN, or ±∞. What isn't finite makes all of a matrix NaN. Leading axes are batches.
 * @throws where A is no matrix
 *
 * @example
 * svd([[0, 2], [3, 0]]); // { U: [[0, 1], [1, 0]], S: [3, 2], Vh: [[1, 0], [0, 1]] }
 */
export const svd: (<const A extends Operand>(
  a: A,
) => SVDResult<
  ResultOf<[A], Batched<ShapeOf<A>, [LengthAt<ShapeOf<A>, -2>, ShortSide<ShapeOf<A>>]>>,
  ResultOf<[A], Batched<ShapeOf<A>, [ShortSide<ShapeOf<A>>]>>,
  ResultOf<[A], Batched<ShapeOf<A>, [ShortSide<ShapeOf<A>>, LengthAt<ShapeOf<A>, -1>]>>
>) &
  WithOp = /* @__PURE__ */ Object.assign(
  (a: Operand): never =>
    withResults("svd", [a], ([x]) => {
      matrixShape(x, "svd");
      const { S, U, V } = decomposed(x);
      return { U, S, Vh: swapLast(V) };
    }) as never,
  { op: svdOp },
);

function decomposed(x: Expr): { readonly U: Expr; readonly S: Expr; readonly V: Expr } {
  if (isWide(x)) {
    const { U: V, S, V: U } = decomposed(swapLast(x));
    return { U, S, V };
  }
  const { u: U, v: V } = partsOf(apply(svdOp, [x]));
  return { U, S: apply(svdvalsOp, [x]), V };
}

/**
 * The singular values of `svd` alone, descending, with the same derivatives.
 *
 * @example
 * svdvals([[3, 0], [0, -4]]); // [4, 3]
 *
 * @throws where A is no matrix
 */
export const svdvals: (<const A extends Operand>(
  a: A,
) => ResultOf<[A], Batched<ShapeOf<A>, [ShortSide<ShapeOf<A>>]>>) &
  WithOp = /* @__PURE__ */ Object.assign(
  (a: Operand): never =>
    withOperands("svdvals", [a], ([x]) => {
      matrixShape(x, "svdvals");
      return apply(svdvalsOp, [isWide(x) ? swapLast(x) : x]);
    }) as never,
  { op: svdvalsOp },
);

/** The pseudo-inverse of matrices m×n with m ≥ n. */
const pinvOp: Op = /* @__PURE__ */ defineOp<Params, One>({
  name: "pinv",
  shape: ([a]) => [...a.slice(0, -2), a.at(-1)!, a.at(-2)!],
  ...madeOf<Params, One>(({ operands: [a] }) => {
    const { u, s, v } = partsOf(apply(svdOp, [a]));
    const inverses = where(greater(s, leastOf(s, a)), divide(1, s), multiply(s, 0));
    return matmul(multiply(v, asRow(inverses)), swapLast(u));
  }),
  work: () => Number.POSITIVE_INFINITY,
  derivative: {
    kind: "tangent",
    // dP = −P·dA·P + P·Pᵀ·dAᵀ·(1 − A·P). G. H. Golub and V. Pereyra, "The differentiation of pseudo-inverses and nonlinear
    // least squares problems whose variables separate", SIAM Journal on Numerical Analysis 10, 1973. Where the rank is less
    // than n, it grows along almost all directions, and P with it beyond all bounds.
    tangent([da], { operands: [a], result: p }) {
      const transposed = swapLast(da);
      if (a.shape.at(-1) === 0) return transposed;
      const s = apply(svdvalsOp, [a]);
      const axis = s.shape.length - 1;
      // A·P is about 1; what is multiplied by one of them alone would be squared in size, or vanish.
      const size = stopGradient(asRow(max(s, axis, { keepDims: true })));
      const unit = where(greater(size, 0), size, 1);
      const outside = subtract(transposed, matmul(matmul(transposed, divide(a, unit)), multiply(p, unit)));
      const moved = subtract(matmul(matmul(p, swapLast(p)), outside), matmul(p, matmul(da, p)));
      const least = min(s, axis);
      return multiply(moved, oneOrNaN(greater(least, reshapeExpr(leastOf(s, a), least.shape)), moved));
    },
  },
  domains: [apart],
});

/** Singular values up to this are taken for 0: max(m, n)·2⁻⁵² times the largest. */
function leastOf(s: Expr, a: Expr): Expr {
  if (s.shape.at(-1) === 0) return s;
  const [m, n] = a.shape.slice(-2) as [number, number];
  return multiply(max(s, s.shape.length - 1, { keepDims: true }), roundingOf(m, n));
}

export const pinvInstances: Instances = { op: pinvOp, instances };

/**
 * The pseudo-inverse of a matrix m×n, of Moore and Penrose, n×m: matmul(pinv(A), B) is the shortest of the X for which
 * ‖A·X − B‖ is least. Singular values up to max(m, n)·2⁻⁵² times the largest are taken for 0, as by NumPy. Its derivative
 * is that of full rank; of less it is NaN, since there the pseudo-inverse jumps. Leading axes are batches.
 * @throws where A is no matrix
 *
 * @example
 * pinv([[1, 0], [0, 2], [0, 0]]); // [[1, 0, 0], [0, 0.5, 0]]
 */
export const pinv: (<const A extends Operand>(a: A) => ResultOf<[A], Exchanged<ShapeOf<A>, -1, -2>>) &
  WithOp = /* @__PURE__ */ Object.assign(
  (a: Operand): never =>
    withOperands("pinv", [a], ([x]) => {
      matrixShape(x, "pinv");
      return isWide(x) ? swapLast(apply(pinvOp, [swapLast(x)])) : apply(pinvOp, [x]);
    }) as never,
  { op: pinvOp },
);
