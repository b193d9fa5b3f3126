/** Eigenvalues and eigenvectors of symmetric matrices. Leading axes are batches. */
import type { WithOp } from "../elementwise.js";
import { apply, type Expr } from "../node.js";
import { defineOp, type Instances, type One, type Op, real } from "../op.js";
import { withOperands, withResults } from "../operand.js";
import { noParams, type Params } from "../params.js";
import type { Batched, LengthAt } from "../shape-types.js";
import type { Operand, ResultOf, ShapeOf, Square } from "../types.js";
import { algorithmic, madeOf, type Steps, type Target } from "./algorithm.js";
import { abs, add, divide, multiply, subtract } from "./arithmetic.js";
import { insertAxes } from "./broadcast.js";
import { greater, where } from "./comparison.js";
import { concatenate } from "./indexing.js";
import { ascending, isTurned, rotation, sweeps } from "./jacobi.js";
import { matmul, swapLast } from "./matmul.js";
import { diagonal } from "./matrices.js";
import { reshapeExpr } from "./moving.js";
import { max } from "./reduction.js";
import { identityLike, rowsOf, sidesOf, squareSide, withRows } from "./systems.js";

/** Two rows of positive numbers have eigenvalues that differ. */
const apart = /* @__PURE__ */ real(0.5, 3);

const parts = { rotation, ascending, isTurned, sweep, sweeps };

/** The eigenvalues of (A + Aᵀ)/2, ascending, and below them the vectors as columns. */
export const eighOp: Op = /* @__PURE__ */ defineOp<Params, One>({
  name: "eigh",
  shape: ([a]) => withRows(a, a.at(-1)! + 1),
  ...algorithmic(diagonalize, parts, ({ operands: [a] }) => sidesOf(a!)),
  work: () => Number.POSITIVE_INFINITY,
  derivative: {
    kind: "tangent",
    // dλ = diag(E) and dV = V·(F ∘ E) with E = VᵀdA·V and Fᵢⱼ = 1/(λⱼ − λᵢ). M. B. Giles, "Collected matrix derivative
    // results for forward and reverse mode algorithmic differentiation", 2008, 3.1.
    tangent([da], { result }) {
      const { values, vectors } = partsOf(result);
      const moved = inBasis(vectors, da);
      const turned = matmul(vectors, multiply(inverseGaps(values), moved));
      return concatenate([asRow(diagonal(moved)), turned], da.shape.length - 2);
    },
  },
  domains: [apart],
});

/** The eigenvalues alone: their derivatives don't ask for those of the vectors. */
const eigvalshOp: Op = /* @__PURE__ */ defineOp<Params, One>({
  name: "eigvalsh",
  shape: ([a]) => a.slice(0, -1),
  ...madeOf<Params, One>(({ operands: [a] }) => partsOf(apply(eighOp, [a])).values),
  work: () => Number.POSITIVE_INFINITY,
  derivative: {
    kind: "tangent",
    tangent: ([da], { operands: [a] }) => diagonal(inBasis(partsOf(apply(eighOp, [a])).vectors, da)),
  },
  domains: [apart],
});

/** Vᵀ·S·V of the symmetric part S of A. */
function inBasis(v: Expr, a: Expr): Expr {
  return matmul(swapLast(v), matmul(multiply(add(a, swapLast(a)), 0.5), v));
}

const asRow = (x: Expr): Expr => reshapeExpr(x, x.shape.toSpliced(-1, 0, 1));

function partsOf(packed: Expr): { readonly values: Expr; readonly vectors: Expr } {
  const n = packed.shape.at(-1)!;
  return {
    values: reshapeExpr(rowsOf(packed, 0, 1), [...packed.shape.slice(0, -2), n]),
    vectors: rowsOf(packed, 1, n + 1),
  };
}

/**
 * 1/(xⱼ − xᵢ) off the diagonal, 0 on it; NaN where two are equal but for rounding: vectors that any rotation among them
 * would replace have no derivative.
 */
export function inverseGaps(x: Expr): Expr {
  const n = x.shape.at(-1)!;
  const pairs = [...x.shape, n];
  const gaps = subtract(insertAxes(x, pairs, [pairs.length - 2]), insertAxes(x, pairs, [pairs.length - 1]));
  if (n === 0) return gaps;
  const least = multiply(max(abs(x), x.shape.length - 1), n * Number.EPSILON);
  const areApart = greater(abs(gaps), reshapeExpr(least, [...least.shape, 1, 1]));
  return where(identityLike(gaps, n), 0, divide(1, where(areApart, gaps, Number.NaN)));
}

/**
 * Jacobi's method: rotations, each of which takes an element off the diagonal to 0, in turn until none is left that would
 * change what it is added to. H. Rutishauser, "The Jacobi method for real symmetric matrices", Numerische Mathematik 9,
 * 1966. Each vector's largest component is positive.
 */
function diagonalize<T>(
  steps: Steps<T> & typeof parts,
  result: Target<T>,
  [a]: readonly ArrayLike<T>[],
  [n, , count]: readonly number[],
): void {
  const { number, add, multiply, divide, negative, equal, choose, array } = steps;
  const [zero, half] = [number(0), number(0.5)];
  for (let batch = 0; batch < count!; batch++) {
    // The vectors are the rows here. What isn't finite is NaN in every result, as is what doesn't converge.
    const rows: T[][] = [];
    const vectors: T[][] = [];
    let taint: T = zero;
    for (let i = 0; i < n!; i++) {
      const [row, vector] = [array(n!), array(n!)];
      for (let j = 0; j < n!; j++) {
        const [x, y] = [a![(batch * n! + i) * n! + j]!, a![(batch * n! + j) * n! + i]!];
        row[j] = add(multiply(half, x), multiply(half, y));
        taint = add(taint, multiply(zero, row[j]!));
      }
      vector[i] = number(1);
      rows.push(row);
      vectors.push(vector);
    }
    let isLeft = steps.holds(equal(taint, zero));
    for (let sweep = 0; isLeft && sweep < steps.sweeps; sweep++) isLeft = steps.sweep(steps, rows, vectors);
    if (isLeft) taint = divide(zero, zero);
    const values: T[] = [];
    for (let k = 0; k < n!; k++) values.push(rows[k]![k]!);
    const order = steps.ascending(steps, values);
    const to = batch * (n! + 1) * n!;
    for (let k = 0; k < n!; k++) {
      result[to + k] = add(values[order[k]!]!, taint);
      const vector = vectors[order[k]!]!;
      const turns = steps.isTurned(steps, vector);
      for (let i = 0; i < n!; i++)
        result[to + (i + 1) * n! + k] = add(choose(turns, negative(vector[i]!), vector[i]!), taint);
    }
  }
}

/** Goes once through all elements above the diagonal of a symmetric matrix; whether there was one to rotate away. */
function sweep<T>(
  steps: Steps<T> & { readonly rotation: typeof rotation },
  rows: T[][],
  vectors: T[][],
): boolean {
  const { number, add, subtract, multiply, divide, abs, greater, choose } = steps;
  const [zero, one, half, n] = [number(0), number(1), number(0.5), rows.length];
  let isLeft = false;
  for (let p = 0; p < n - 1; p++) {
    for (let q = p + 1; q < n; q++) {
      const [up, low] = [rows[p]!, rows[q]!];
      const x = up[q]!;
      const [size, first, last] = [abs(x), abs(up[p]!), abs(low[q]!)];
      const matters = choose(greater(add(first, size), first), one, greater(add(last, size), last));
      up[q] = zero;
      low[p] = zero;
      if (!steps.holds(matters)) continue;
      isLeft = true;
      const difference = subtract(multiply(half, low[q]!), multiply(half, up[p]!));
      const [tangent, cosine, sine] = steps.rotation(steps, difference, x);
      const part = divide(sine, add(one, cosine));
      const change = multiply(tangent, x);
      up[p] = subtract(up[p]!, change);
      low[q] = add(low[q]!, change);
      const [v, w] = [vectors[p]!, vectors[q]!];
      for (let k = 0; k < n; k++) {
        const [g, h] = [v[k]!, w[k]!];
        v[k] = subtract(g, multiply(sine, add(h, multiply(part, g))));
        w[k] = add(h, multiply(sine, subtract(g, multiply(part, h))));
      }
      for (let k = 0; k < n; k++) {
        if (k === p || k === q) continue;
        const [g, h] = [up[k]!, low[k]!];
        up[k] = subtract(g, multiply(sine, add(h, multiply(part, g))));
        low[k] = add(h, multiply(sine, subtract(g, multiply(part, h))));
        rows[k]![p] = up[k]!;
        rows[k]![q] = low[k]!;
      }
    }
  }
  return isLeft;
}

const instances: Instances["instances"] = [{ shapes: [[2, 2]], params: noParams }];

export const eighInstances: Instances = { op: eighOp, instances };
export const eigvalshInstances: Instances = { op: eigvalshOp, instances };

/**
 * Eigenvalues, ascending, and eigenvectors as columns.
 * @example const largest = ({ eigenvalues }: EighResult) => max(eigenvalues);
 */
export interface EighResult<V = Expr, M = Expr> {
  readonly eigenvalues: V;
  readonly eigenvectors: M;
}

/**
 * V·diag(λ)·Vᵀ = (A + Aᵀ)/2: the eigenvalues λ of a symmetric matrix, ascending, and the eigenvectors, columns of V, of
 * length 1 and with a positive largest component (NumPy's `eigh`, which leaves the signs open). By Jacobi's method.
 *
 * Derivatives of eigenvalues are exact; where some are equal, so is what treats these alike, as log det or a sum of all
 * powers does, in its gradient: each one's own depends on the vectors that were chosen. Eigenvectors of eigenvalues that
 * are equal, but for n·2⁻⁵² of the largest, have no derivative: it is NaN, also for functions that don't depend on which
 * vectors are chosen, since what reaches the vectors doesn't tell these. What isn't finite makes all of a matrix NaN.
 * Leading axes are batches.
 * @throws where A isn't square
 *
 * @example
 * eigh([[2, 1], [1, 2]]).eigenvalues; // [1, 3]
 */
export const eigh: (<const A extends Operand>(
  a: A & Square<A>,
) => EighResult<ResultOf<[A], Batched<ShapeOf<A>, [LengthAt<ShapeOf<A>, -1>]>>, ResultOf<[A], ShapeOf<A>>>) &
  WithOp = /* @__PURE__ */ Object.assign(
  (a: Operand): never =>
    withResults("eigh", [a], ([x]) => {
      squareSide(x, "eigh");
      return { eigenvalues: apply(eigvalshOp, [x]), eigenvectors: partsOf(apply(eighOp, [x])).vectors };
    }) as never,
  { op: eighOp },
);

/**
 * The eigenvalues of `eigh` alone, ascending, with the same derivatives.
 *
 * @example
 * eigvalsh([[2, 1], [1, 2]]); // [1, 3]
 *
 * @throws where A isn't square
 */
export const eigvalsh: (<const A extends Operand>(
  a: A & Square<A>,
) => ResultOf<[A], Batched<ShapeOf<A>, [LengthAt<ShapeOf<A>, -1>]>>) &
  WithOp = /* @__PURE__ */ Object.assign(
  (a: Operand): never =>
    withOperands("eigvalsh", [a], ([x]) => {
      squareSide(x, "eigvalsh");
      return apply(eigvalshOp, [x]);
    }) as never,
  { op: eigvalshOp },
);
