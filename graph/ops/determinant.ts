/** Determinants, their logarithms and their derivatives, the cofactors. Leading axes are batches. */
import type { WithOp } from "../elementwise.js";
import { apply, type Expr } from "../node.js";
import { defineOp, type Instances, type One, type Op } from "../op.js";
import { withOperands, withResults } from "../operand.js";
import { noParams, type Params } from "../params.js";
import { sizeOf } from "../shape.js";
import type { Batched } from "../shape-types.js";
import type { Operand, ResultOf, ShapeOf, Square } from "../types.js";
import { madeOf } from "./algorithm.js";
import { abs, add, divide, multiply, negative, sign, subtract } from "./arithmetic.js";
import { insertAxes, sumAxes } from "./broadcast.js";
import { equal, where } from "./comparison.js";
import { log } from "./exponential.js";
import { concatenate, slice } from "./indexing.js";
import { solved } from "./linear-algebra.js";
import { luOf, parity } from "./lu.js";
import { matmul, swapLast } from "./matmul.js";
import { diag, diagonal, matrixTrace, tril, triu } from "./matrices.js";
import { reshapeExpr } from "./moving.js";
import { prod } from "./statistics.js";
import { columnsOf, dominant, identityLike, permutation, rowsOf, squareSide } from "./systems.js";
import { substituted } from "./triangular.js";

/** The product along the last axis. */
const product = (x: Expr): Expr => prod(x, x.shape.length - 1);

const detOp: Op = /* @__PURE__ */ defineOp<Params, One>({
  name: "det",
  shape: ([a]) => a.slice(0, -2),
  ...madeOf<Params, One>(({ operands: [a] }) => {
    const { u, rows } = luOf(a);
    return multiply(parity(rows), product(diagonal(u)));
  }),
  work: ({ operands: [a] }) => sizeOf(a) * a.at(-1)!,
  derivative: {
    kind: "tangent",
    tangent: ([da], { operands: [a] }) => {
      const rank = a.shape.length;
      return sumAxes(multiply(apply(cofactorsOp, [a]), da), [rank - 2, rank - 1]);
    },
  },
  domains: [dominant],
});

/**
 * The determinants of all minors, with their signs: det(A)·A⁻ᵀ where there is an inverse, and just as exact where there is
 * none. By elimination with complete pivoting, P·A·Qᵀ = L·D·R, they are those of the diagonal D, since
 * cof(X·Y) = cof(X)·cof(Y).
 */
export const cofactorsOp: Op = /* @__PURE__ */ defineOp<Params, One>({
  name: "cofactors",
  shape: ([a]) => a,
  ...madeOf<Params, One>(({ operands: [a] }) => {
    const factors = factorsOf(a);
    const { n, pivots } = factors;
    // Of each place the product of the others: no pivot is divided by.
    const others = where(identityLike(a, n), 1, insertAxes(pivots, a.shape, [a.shape.length - 2]));
    return factors.back(diag(product(others)));
  }),
  work: ({ result }) => 4 * sizeOf(result) * result.at(-1)!,
  derivative: {
    kind: "tangent",
    tangent: ([da], { operands: [a] }) => {
      const factors = factorsOf(a);
      return factors.back(cofactorsAlong(factors.pivots, factors.forth(da)));
    },
  },
  domains: [dominant],
});

interface DiagonalForm {
  readonly n: number;
  /** The diagonal of D; all zeros stand at its end. */
  readonly pivots: Expr;
  /** L⁻¹·P·X·Qᵀ·R⁻¹ */
  forth(x: Expr): Expr;
  /** The cofactors of A, given those of D. */
  back(x: Expr): Expr;
}

function factorsOf(a: Expr): DiagonalForm {
  const n = a.shape.at(-1)!;
  const { l, u, rows, columns } = luOf(a, 1);
  const [p, q] = [permutation(rows), permutation(columns!)];
  const pivots = diagonal(u);
  const spread = insertAxes(pivots, a.shape, [a.shape.length - 1]);
  // Beside a pivot that is 0, everything is.
  const r = where(equal(spread, 0), 0, divide(u, spread));
  const unit = { unitDiagonal: true };
  const signs = multiply(parity(rows), parity(columns!));
  return {
    ...{ n, pivots },
    forth(x) {
      const left = substituted(l, matmul(matmul(p, x), swapLast(q)), { ...unit, lower: true });
      return swapLast(substituted(r, swapLast(left), { ...unit, transpose: true }));
    },
    back(x) {
      const right = swapLast(substituted(r, swapLast(x), unit));
      const both = substituted(l, right, { ...unit, lower: true, transpose: true });
      const turned = matmul(matmul(swapLast(p), both), q);
      return multiply(reshapeExpr(signs, [...signs.shape, 1, 1]), turned);
    },
  };
}

/**
 * How the cofactors of a diagonal matrix move along a matrix F: on the diagonal Σ Pᵢₖ·Fₖₖ over k ≠ i, elsewhere −Pᵢⱼ·Fⱼᵢ,
 * where Pᵢⱼ is the product of all pivots but i and j. Only the last two may be 0, or all of P is.
 */
function cofactorsAlong(pivots: Expr, f: Expr): Expr {
  const n = f.shape.at(-1)!;
  if (n < 2) return multiply(f, 0);
  const axis = pivots.shape.length - 1;
  const head = slice(pivots, 0, n - 2, { axis });
  const [y, z] = [slice(pivots, n - 2, n - 1, { axis }), slice(pivots, n - 1, n, { axis })];
  const all = reshapeExpr(product(head), y.shape);
  const without = where(equal(head, 0), 0, divide(all, head));
  const column = (x: Expr) => reshapeExpr(x, [...x.shape, 1]);
  const row = (x: Expr) => reshapeExpr(x, x.shape.toSpliced(-1, 0, 1));
  const pairs = multiply(column(without), row(where(equal(head, 0), 0, divide(multiply(y, z), head))));
  const zero = multiply(all, 0);
  const beside = (list: readonly Expr[]) => concatenate(list, axis);
  const last = [beside([multiply(without, z), zero, all]), beside([multiply(without, y), all, zero])];
  const top = concatenate([pairs, column(multiply(without, z)), column(multiply(without, y))], axis + 1);
  const products = concatenate([top, ...last.map(row)], axis);
  const apart = add(tril(products, -1), triu(products, 1));
  const along = matmul(apart, column(diagonal(f)));
  return subtract(diag(reshapeExpr(along, pivots.shape)), multiply(apart, swapLast(f)));
}

/** log|det A|, whose derivative is A⁻ᵀ. */
export const logAbsDetOp: Op = /* @__PURE__ */ defineOp<Params, One>({
  name: "logAbsDet",
  shape: ([a]) => a.slice(0, -2),
  ...madeOf<Params, One>(({ operands: [a] }) => {
    const pivots = diagonal(luOf(a).u);
    return sumAxes(log(abs(pivots)), [pivots.shape.length - 1]);
  }),
  work: ({ operands: [a] }) => sizeOf(a) * a.at(-1)!,
  derivative: {
    kind: "tangent",
    tangent: ([da], { operands: [a] }) => matrixTrace(solved(a, da)),
  },
  domains: [dominant],
});

const instances: Instances["instances"] = [{ shapes: [[3, 3]], params: noParams }];

export const detInstances: Instances = { op: detOp, instances };
export const cofactorsInstances: Instances = { op: cofactorsOp, instances };
export const logAbsDetInstances: Instances = { op: logAbsDetOp, instances };

/**
 * The determinant. Its gradient, the matrix of cofactors, is exact for singular matrices of any size too, and so are its
 * second derivatives; those of higher order are NaN where the rank lacks two or more.
 *
 * @example
 * det([[1, 2], [3, 4]]); // -2
 *
 * @throws where A isn't square
 */
export const det: (<const A extends Operand>(a: A & Square<A>) => ResultOf<[A], Batched<ShapeOf<A>, []>>) &
  WithOp = /* @__PURE__ */ Object.assign(
  (a: Operand): never =>
    withOperands("det", [a], ([x]) => {
      const n = squareSide(x, "det");
      return n > 3 || n === 0 ? apply(detOp, [x]) : writtenOut(x, n);
    }) as never,
  { op: detOp },
);

/** By minors: for matrices of up to 3×3, whose derivatives of all orders are exact then. */
function writtenOut(x: Expr, n: number): Expr {
  const batch = x.shape.slice(0, -2);
  const at = (i: number, j: number) => reshapeExpr(columnsOf(rowsOf(x, i, i + 1), j, j + 1), batch);
  if (n === 1) return at(0, 0);
  const minor = (i: number, k: number, j: number, l: number) =>
    subtract(multiply(at(i, j), at(k, l)), multiply(at(i, l), at(k, j)));
  if (n === 2) return minor(0, 1, 0, 1);
  const terms = [minor(1, 2, 1, 2), negative(minor(1, 2, 0, 2)), minor(1, 2, 0, 1)];
  return terms.map((term, j) => multiply(at(0, j), term)).reduce((s, t) => add(s, t));
}

/**
 * A determinant as its sign, 1, −1 or 0, and the logarithm of its absolute value.
 * @example const signOf = ({ sign }: SlogdetResult): Expr => sign;
 */
export interface SlogdetResult<R = Expr> {
  readonly sign: R;
  readonly logabsdet: R;
}

/**
 * The sign of the determinant and log|det A|, which don't overflow where the determinant would (NumPy's `slogdet`): of a
 * singular matrix 0 and −∞. The sign has derivative 0, the logarithm the gradient A⁻ᵀ, ∞ or NaN where A is singular.
 * @throws where A isn't square
 *
 * @example
 * slogdet([[0, 2], [3, 0]]); // { sign: -1, logabsdet: 1.791759469228055 }
 */
export function slogdet<const A extends Operand>(
  a: A & Square<A>,
): SlogdetResult<ResultOf<[A], Batched<ShapeOf<A>, []>>> {
  return withResults("slogdet", [a], ([x]) => {
    squareSide(x, "slogdet");
    const { u, rows } = luOf(x);
    return {
      sign: multiply(parity(rows), product(sign(diagonal(u)))),
      logabsdet: apply(logAbsDetOp, [x]),
    };
  }) as never;
}
