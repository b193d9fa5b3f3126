/** Parts and patterns of matrices. Leading axes are batches. */

import { readCount, readWhole } from "../arguments.js";
import { AdjointError } from "../errors.js";
import { type Builder, checkSize, type Expr } from "../node.js";
import { withOperands } from "../operand.js";
import { formatShape, tooManyPlain } from "../shape.js";
import type { Batched, DiagonalShape, LengthAt } from "../shape-types.js";
import type { Operand, ResultOf, ShapeOf } from "../types.js";
import { multiply, subtract } from "./arithmetic.js";
import { insertAxes, sumAxes } from "./broadcast.js";
import { equal, greaterEqual, lessEqual, where } from "./comparison.js";
import { iota } from "./constant.js";
import { slice } from "./indexing.js";
import { reshapeExpr } from "./moving.js";

/** The last two lengths. @throws where there are fewer axes */
export function matrixShape(x: Expr, what: string): [rows: number, columns: number] {
  if (x.shape.length < 2) {
    throw new AdjointError(`${what}: ${formatShape(x.shape)} is no matrix; it needs two axes or more.`);
  }
  return x.shape.slice(-2) as [number, number];
}

/**
 * Rows of the identity matrix: `eye(2)` is [[1, 0], [0, 1]]. A plain array, as those of `arange` and `linspace` are.
 *
 * @example
 * eye(2, 3); // [[1, 0, 0], [0, 1, 0]]
 */
export function eye(rows: number, columns = rows): number[][] {
  const shape = [readCount(rows, "eye: rows"), readCount(columns, "eye: columns")];
  checkSize("eye", shape, tooManyPlain, "a plain array");
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => (i === j ? 1 : 0)));
}

/**
 * The elements on the `offset`-th diagonals, along a last axis of their own; 0 is the main diagonal, positive ones lie
 * above it. @throws where `x` is no matrix
 *
 * @example
 * diagonal([[1, 2, 3], [4, 5, 6]], 1); // [2, 6]
 */
export function diagonal<const A extends Operand, const K extends number = 0>(
  x: A,
  offset: K = 0 as K,
): ResultOf<[A], DiagonalShape<ShapeOf<A>, K>> {
  return withOperands("diagonal", [x], ([operand]) => {
    const [rows, columns] = matrixShape(operand, "diagonal");
    readWhole(offset, "diagonal: the offset");
    const batch = operand.shape.slice(0, -2);
    const [row, column] = [Math.max(0, -offset), Math.max(0, offset)];
    const count = Math.max(0, Math.min(rows - row, columns - column));
    const flat = reshapeExpr(operand, [...batch, rows * columns]);
    const first = count === 0 ? 0 : row * columns + column;
    return slice(flat, first, count === 0 ? 0 : first + (count - 1) * (columns + 1) + 1, {
      axis: batch.length,
      step: columns + 1,
    });
  }) as never;
}

/**
 * Matrices with the last axis on their main diagonals and 0 elsewhere.
 *
 * @example
 * diag([1, 2]); // [[1, 0], [0, 2]]
 *
 * @throws where `x` is a scalar
 */
export function diag<const A extends Operand>(
  x: A,
): ResultOf<[A], [...ShapeOf<A>, LengthAt<ShapeOf<A>, -1>]> {
  return withOperands("diag", [x], ([operand]) => {
    const { shape, builder } = operand;
    if (shape.length === 0) throw new AdjointError("diag: a scalar has no axis to put on a diagonal.");
    const n = shape.at(-1)!;
    const [rows, columns] = placesOf(builder, n, n);
    const spread = insertAxes(operand, [...shape, n], [shape.length]);
    return where(equal(rows, columns), spread, 0);
  }) as never;
}

/**
 * The sum of the `offset`-th diagonal, the main one by default (NumPy's `trace`, a name that is taken here).
 *
 * @example
 * matrixTrace([[1, 2], [3, 4]]); // 5
 *
 * @throws where `x` is no matrix
 */
export function matrixTrace<const A extends Operand>(
  x: A,
  offset = 0,
): ResultOf<[A], Batched<ShapeOf<A>, []>> {
  return withOperands("matrixTrace", [x], ([operand]) => {
    matrixShape(operand, "matrixTrace");
    const elements = diagonal(operand, offset);
    return sumAxes(elements, [elements.shape.length - 1]);
  }) as never;
}

/** The row and the column of each element of a matrix. */
export function placesOf(builder: Builder, rows: number, columns: number): [rows: Expr, columns: Expr] {
  return [
    insertAxes(iota(builder, rows), [rows, columns], [1]),
    insertAxes(iota(builder, columns), [rows, columns], [0]),
  ];
}

/** What is on one side of a diagonal, on which the column minus the row is `k`. */
function triangle(what: string, x: Operand, k: number, keeps: typeof lessEqual): never {
  return withOperands(what, [x], ([operand]) => {
    const [rows, columns] = matrixShape(operand, what);
    readWhole(k, `${what}: the diagonal's number`);
    const [row, column] = placesOf(operand.builder, rows, columns);
    return where(keeps(subtract(column, row), k), operand, 0);
  }) as never;
}

/**
 * The elements on and below the `k`-th diagonal, 0 above; diagonal 0 is the main one, positive ones lie above it.
 *
 * @example
 * tril([[1, 2], [3, 4]]); // [[1, 0], [3, 4]]
 */
export function tril<const A extends Operand>(x: A, k = 0): ResultOf<[A], ShapeOf<A>> {
  return triangle("tril", x, k, lessEqual);
}

/**
 * The elements on and above the `k`-th diagonal, 0 below.
 *
 * @example
 * triu([[1, 2], [3, 4]]); // [[1, 2], [0, 4]]
 */
export function triu<const A extends Operand>(x: A, k = 0): ResultOf<[A], ShapeOf<A>> {
  return triangle("triu", x, k, greaterEqual);
}

/**
 * All products aᵢbⱼ of the elements of two vectors.
 *
 * @example
 * outer([1, 2], [3, 4]); // [[3, 4], [6, 8]]
 *
 * @throws where they aren't vectors
 */
export function outer<const A extends Operand, const B extends Operand>(
  a: A,
  b: B,
): ResultOf<[A, B], [...ShapeOf<A>, ...ShapeOf<B>]> {
  return withOperands("outer", [a, b], ([x, y]) => {
    if (x.shape.length !== 1 || y.shape.length !== 1) {
      throw new AdjointError(
        `outer: ${formatShape(x.shape)} and ${formatShape(y.shape)} aren't two vectors; reshape them.`,
      );
    }
    const [m, n] = [x.shape[0]!, y.shape[0]!];
    return multiply(reshapeExpr(x, [m, 1]), reshapeExpr(y, [1, n]));
  }) as never;
}

/**
 * 1 at the place that each index names along a new last axis of length `depth`, else 0; all 0 for an index outside.
 * It has no derivative.
 *
 * @example
 * oneHot([2, 0], 3); // [[0, 0, 1], [1, 0, 0]]
 *
 * @throws where `depth` is no whole number
 */
export function oneHot<const A extends Operand, const N extends number>(
  indices: A,
  depth: N,
): ResultOf<[A], [...ShapeOf<A>, N]> {
  return withOperands("oneHot", [indices], ([operand]) => {
    const { builder, shape } = operand;
    readCount(depth, "oneHot: the depth");
    const spread = insertAxes(operand, [...shape, depth], [shape.length]);
    return equal(
      spread,
      insertAxes(
        iota(builder, depth),
        [...shape, depth],
        shape.map((_, axis) => axis),
      ),
    );
  }) as never;
}
