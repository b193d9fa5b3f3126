/** Gauss' elimination as a loop. Leading axes are batches. */
import {
  abs,
  broadcastTo,
  concatenate,
  divide,
  type Expr,
  equal,
  greater,
  greaterEqual,
  logicalAnd,
  max,
  min,
  multiply,
  subtract,
  where,
} from "../../../../graph/index.js";
import { full } from "../../../../graph/internal.js";
import type { Expansion } from "./expansion.js";
import { columnAt, isEmpty, places, rowAt, steps, swap } from "./matrices.js";

/** Row `p` in place of row `k`, and the other way round. */
function exchanged(x: Expr, k: Expr, p: Expr): Expr {
  const rows = places(x, x.shape.at(-2)!, -2);
  return where(equal(rows, k), rowAt(x, p), where(equal(rows, p), rowAt(x, k), x)) as Expr;
}

/**
 * L and U in one, behind them as a row the row that each comes from, and with `complete` the column. The first of the
 * largest elements is brought up at once, so that other rows stand elsewhere than after exchanges pair by pair.
 */
export const lu: Expansion = ([a], { complete }: { readonly complete: 0 | 1 }) => {
  const n = a!.shape.at(-1)!;
  const above = [...a!.shape.slice(0, -2), n + 1 + complete, n];
  if (isEmpty(a!)) return full(a!.builder, 0, above);
  const [i, j] = [places(a!, n, -2), places(a!, n, -1)];
  const order = broadcastTo(j, [...a!.shape.slice(0, -2), 1, n]) as Expr;
  const { m, rows, columns } = steps({ m: a!, rows: order, columns: order }, n, (state, k) => {
    const isLeft = logicalAnd(greaterEqual(i, k), complete ? greaterEqual(j, k) : equal(j, k));
    const isNumber = equal(state.m, state.m);
    const sizes = where(logicalAnd(isLeft, isNumber), abs(state.m), -1) as Expr;
    const best = max(sizes, [-2, -1], { keepDims: true }) as Expr;
    const isBest = logicalAnd(equal(sizes, best), greaterEqual(best, 0));
    const p = pivotPlace(min(where(isBest, i, n), [-2, -1], { keepDims: true }) as Expr, k, n);
    const inRow = logicalAnd(isBest, equal(i, p));
    const q = pivotPlace(min(where(inRow, j, n), [-2, -1], { keepDims: true }) as Expr, k, n);
    const byRows = exchanged(state.m, k, p);
    const moved = complete ? swap(exchanged(swap(byRows), k, q)) : byRows;
    const column = columnAt(moved, k);
    const pivot = rowAt(column, k);
    const factors = where(equal(pivot, 0), 0, divide(column, pivot)) as Expr;
    const below = greater(i, k);
    const reduced = subtract(moved, multiply(where(below, factors, 0), rowAt(moved, k)));
    const next = where(logicalAnd(below, greater(j, k)), reduced, moved);
    return {
      m: where(logicalAnd(below, equal(j, k)), factors, next) as Expr,
      rows: swap(exchanged(swap(state.rows), k, p)),
      columns: complete ? swap(exchanged(swap(state.columns), k, q)) : state.columns,
    };
  });
  return concatenate(complete ? [m, rows, columns] : [m, rows], a!.shape.length - 2) as Expr;
};

/** Where there is no number to choose, the place stays what it is. */
function pivotPlace(found: Expr, k: Expr, n: number): Expr {
  return where(equal(found, n), k, found) as Expr;
}
