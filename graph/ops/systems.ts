/** What functions of systems of equations share: sides, right sides, triangles, permutations. */
import { AdjointError } from "../errors.js";
import type { Expr } from "../node.js";
import { type Application, type Domain, real } from "../op.js";
import { withOperands } from "../operand.js";
import { broadcastShapes, formatShape, type Shape, sizeOf } from "../shape.js";
import type { Operand } from "../types.js";
import { broadcastLike, insertAxes, sumAxes } from "./broadcast.js";
import { equal, logicalAnd, where } from "./comparison.js";
import { iota } from "./constant.js";
import { slice } from "./indexing.js";
import { matrixShape, placesOf } from "./matrices.js";
import { reshapeExpr } from "./moving.js";

/** Far from singular, as differences want it. */
export const dominant: Domain = { ...real(-1, 1), diagonal: 4 };

/** The rows, columns and number of matrices. */
export function sidesOf(shape: Shape): [m: number, n: number, count: number] {
  return [shape.at(-2)!, shape.at(-1)!, sizeOf(shape.slice(0, -2))];
}

/** The same matrices with another number of rows. */
export function withRows(shape: Shape, rows: number): Shape {
  return shape.with(-2, rows);
}

/** Whether anything of a whole matrix is used: what it is for operations that mix all its elements. */
export function usedMatrices(operand: number, { operands, used }: Application): Expr | undefined {
  const axes = used && [used.shape.length - 2, used.shape.length - 1];
  return axes ? usedAlong(used, operands[operand]!.shape, axes) : undefined;
}

/** Of a system's matrices all, if a solution is used; of right sides and solutions the columns. */
export function usedColumns(operand: number, application: Application): Expr | undefined {
  const { used } = application;
  if (operand === 0) return usedMatrices(operand, application);
  return used ? usedAlong(used, used.shape, [used.shape.length - 2]) : undefined;
}

function usedAlong(used: Expr, shape: Shape, axes: readonly number[]): Expr {
  return insertAxes(sumAxes(logicalAnd(used, 1), axes), shape, axes);
}

/** The solutions, 0 in columns that aren't used: a product with them adds up 0·NaN otherwise. */
export function usedSolutions(application: Application): Expr {
  const { result } = application;
  const columns = usedColumns(1, application);
  return columns ? where(columns, result, 0) : result;
}

export function squareSide(x: Expr, what: string): number {
  const [rows, columns] = matrixShape(x, what);
  if (rows === columns) return rows;
  throw new AdjointError(`${what}: ${formatShape(x.shape)} isn't square.`);
}

/**
 * X of a system A·X = B: B is a vector, or a matrix of columns, of as many rows as A; leading axes are batches, broadcast
 * against each other. `rows` is what A is checked by, and gives the rows of X.
 */
export function system(
  what: string,
  a: Operand,
  b: Operand,
  rows: (a: Expr, what: string) => number,
  solution: (a: Expr, b: Expr) => Expr,
): Expr {
  return withOperands(what, [a, b], ([x, y]) => {
    const n = rows(x, what);
    const m = x.shape.at(-2)!;
    const isVector = y.shape.length === 1;
    const right = isVector ? reshapeExpr(y, [y.shape[0]!, 1]) : y;
    const batch = broadcastShapes(x.shape.slice(0, -2), right.shape.slice(0, -2));
    if (right.shape.at(-2) !== m || !batch) {
      throw new AdjointError(
        `${what}: the rows of A ${formatShape(x.shape)} and of B ${formatShape(y.shape)} differ.`,
      );
    }
    const solved = solution(
      broadcastLike(x, [...batch, ...x.shape.slice(-2)]),
      broadcastLike(right, [...batch, m, right.shape.at(-1)!]),
    );
    return isVector ? reshapeExpr(solved, [...batch, n]) : solved;
  });
}

/** So many rows of matrices, from row `start` on. */
export function rowsOf(x: Expr, start: number, stop: number): Expr {
  return slice(x, start, stop, { axis: x.shape.length - 2 });
}

export function columnsOf(x: Expr, start: number, stop: number): Expr {
  return slice(x, start, stop, { axis: x.shape.length - 1 });
}

/** Identity matrices, one for each of the matrices of `like`. */
export function identityLike(like: Expr, n: number): Expr {
  const unit = equal(...placesOf(like.builder, n, n));
  const leading = like.shape.slice(0, -2);
  return insertAxes(
    unit,
    [...leading, n, n],
    leading.map((_, axis) => axis),
  );
}

/** The matrices whose product with others takes row `places[i]` of them for row i. */
export function permutation(places: Expr): Expr {
  const { shape, builder } = places;
  const n = shape.at(-1)!;
  const spread = insertAxes(places, [...shape, n], [shape.length]);
  return equal(spread, iota(builder, n));
}
