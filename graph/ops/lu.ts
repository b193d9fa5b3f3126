/** Gauss' elimination: P·A·Q = L·U, with row L's diagonal 1. Leading axes are batches. */
import { apply, type Expr } from "../node.js";
import { defineOp, type Instances, type One, type Op } from "../op.js";
import { sizeOf } from "../shape.js";
import { algorithmic, type Steps, type Target } from "./algorithm.js";
import { add, multiply, subtract } from "./arithmetic.js";
import { insertAxes, sumAxes } from "./broadcast.js";
import { equal, greater, less, logicalAnd, where } from "./comparison.js";
import { full } from "./constant.js";
import { concatenate } from "./indexing.js";
import { matmul, swapLast } from "./matmul.js";
import { placesOf, tril, triu } from "./matrices.js";
import { reshapeExpr } from "./moving.js";
import { remainder } from "./rounding.js";
import { dominant, permutation, rowsOf, sidesOf, withRows } from "./systems.js";
import { substituted } from "./triangular.js";

interface LuParams {
  /** 1: the largest of all that is left is brought up, by rows and columns; 0: the largest of its column, by rows alone. */
  readonly complete: 0 | 1;
}

/**
 * L below the diagonal and U on it and above; then the row of A that each row comes from, and where columns are exchanged
 * too, the column that each column comes from.
 */
export const luOp: Op<LuParams> = /* @__PURE__ */ defineOp<LuParams, One>({
  name: "lu",
  shape: ([a], { complete }) => withRows(a, a.at(-1)! + 1 + complete),
  ...algorithmic(eliminate, {}, ({ operands: [a] }, { complete }: LuParams) => [...sidesOf(a!), complete]),
  // Exchanging rows and columns for each element that is left would make much code of a small matrix.
  work: ({ operands: [a] }, { complete }) =>
    complete ? Number.POSITIVE_INFINITY : 2 * sizeOf(a) * a.at(-1)!,
  derivative: { kind: "tangent", tangent: ([da], { result, params }) => luTangent(da, result, params) },
  domains: [dominant],
});

/**
 * The largest element, the first of several, changes places with the one at the pivot, by conditions alone: nothing here is decided
 * by numbers. An empty column has nothing to eliminate.
 */
function eliminate<T>(
  steps: Steps<T>,
  result: Target<T>,
  [a]: readonly ArrayLike<T>[],
  [n, , count, complete]: readonly number[],
): void {
  const { number, subtract, multiply, divide, abs, greater, equal, choose, array } = steps;
  const zero = number(0);
  for (let batch = 0; batch < count!; batch++) {
    // Behind each row the place that it comes from, below them those of the columns.
    const rows: T[][] = [];
    for (let i = 0; i <= n!; i++) {
      const row = array(n! + 1);
      for (let j = 0; j < n!; j++) row[j] = i < n! ? a![(batch * n! + i) * n! + j]! : number(j);
      row[n!] = number(i);
      rows.push(row);
    }
    for (let k = 0; k < n!; k++) {
      // The largest is known before anything moves: rows that are exchanged on the way would take elements along that nobody has
      // seen. Once it is at k, nothing more is exchanged.
      let largest = abs(rows[k]![k]!);
      for (let i = k; i < n!; i++) {
        for (let j = k; j < (complete ? n! : k + 1); j++) {
          const size = abs(rows[i]![j]!);
          largest = choose(greater(size, largest), size, largest);
        }
      }
      for (let i = k; i < n!; i++) {
        for (let j = k; j < (complete ? n! : k + 1); j++) {
          const isThere = equal(abs(rows[k]![k]!), largest);
          const isHere = choose(isThere, zero, equal(abs(rows[i]![j]!), largest));
          if (i > k) steps.exchangeRows(isHere, rows, k, i, n! + 1);
          if (j > k) steps.exchangeColumns(isHere, rows, k, j);
        }
      }
      const pivot = rows[k]!;
      const isEmpty = equal(pivot[k]!, zero);
      for (let i = k + 1; i < n!; i++) {
        const row = rows[i]!;
        const factor = choose(isEmpty, zero, divide(row[k]!, pivot[k]!));
        row[k] = factor;
        for (let j = k + 1; j < n!; j++) row[j] = subtract(row[j]!, multiply(factor, pivot[j]!));
      }
    }
    const to = batch * (n! + 1 + complete!) * n!;
    for (let i = 0; i < n!; i++) {
      for (let j = 0; j < n!; j++) result[to + i * n! + j] = rows[i]![j]!;
      result[to + n! * n! + i] = rows[i]![n!]!;
      if (complete) result[to + (n! + 1) * n! + i] = rows[n!]![i]!;
    }
  }
}

/**
 * L⁻¹·P·dA·Q = M·U + dU with M = L⁻¹·dL strictly lower. The last pivot isn't divided by: of a matrix that lacks one in its
 * rank, it is 0.
 */
function luTangent(da: Expr, result: Expr, { complete }: LuParams): Expr {
  const { l, u, rows, columns } = partsOf(result, complete);
  const moved = matmul(permutation(rows), da);
  const inner = columns ? matmul(moved, swapLast(permutation(columns))) : moved;
  const left = substituted(l, inner, { lower: true, unitDiagonal: true });
  const n = da.shape.at(-1)!;
  const [row, column] = placesOf(da.builder, n, n);
  const isLast = equal(add(row, column), 2 * n - 2);
  const safe = where(isLast, 1, u);
  const ratio = tril(swapLast(substituted(safe, swapLast(left), { transpose: true })), -1);
  const lower = add(matmul(tril(l, -1), ratio), ratio);
  const upper = triu(subtract(left, matmul(ratio, triu(u))));
  const still = full(da.builder, 0, withRows(da.shape, 1 + complete));
  return concatenate([add(lower, upper), still], da.shape.length - 2);
}

/** The factors, of which only the triangles may be read, and the places. */
interface Factors {
  readonly l: Expr;
  readonly u: Expr;
  readonly rows: Expr;
  readonly columns: Expr | undefined;
}

function partsOf(lu: Expr, complete: 0 | 1): Factors {
  const n = lu.shape.at(-1)!;
  const factors = rowsOf(lu, 0, n);
  const places = (row: number) => reshapeExpr(rowsOf(lu, row, row + 1), [...lu.shape.slice(0, -2), n]);
  return {
    l: factors,
    u: factors,
    rows: places(n),
    columns: complete ? places(n + 1) : undefined,
  };
}

/** P·A = L·U, rows being exchanged; with `complete` P·A·Qᵀ, columns too. */
export function luOf(a: Expr, complete: 0 | 1 = 0): Factors {
  return partsOf(apply(luOp, [a], { complete }), complete);
}

/** 1 or −1: whether so many exchanges bring numbers into an order. */
export function parity(places: Expr): Expr {
  const { shape, builder } = places;
  const n = shape.at(-1)!;
  const [rank, pairs] = [shape.length, [...shape, n]];
  const isBefore = less(...placesOf(builder, n, n));
  const isLarger = greater(insertAxes(places, pairs, [rank]), insertAxes(places, pairs, [rank - 1]));
  const inversions = sumAxes(logicalAnd(isBefore, isLarger), [rank - 1, rank]);
  return subtract(1, multiply(remainder(inversions, 2), 2));
}

export const luInstances: Instances = {
  op: luOp as Op,
  instances: [
    { shapes: [[3, 3]], params: { complete: 0 } },
    { shapes: [[2, 2, 2]], params: { complete: 1 } },
  ],
};
