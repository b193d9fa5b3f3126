/** What loops over matrices share: rows and columns at places that are known only when a step runs. */
import { type Expr, equal, reshape, scan, sum, transpose, where } from "../../../../graph/index.js";
import { iota } from "../../../../graph/internal.js";

/** The last two axes exchanged. */
export const swap = (x: Expr): Expr => {
  const rank = x.shape.length;
  const axes = [...x.shape.keys()];
  return transpose(x, axes.with(rank - 2, rank - 1).with(rank - 1, rank - 2)) as Expr;
};

/** The places along an axis, of length `n`, counted from the back: −1 along columns, −2 along rows. */
export function places(x: Expr, n: number, axis: -1 | -2): Expr {
  const counted = iota(x.builder, n);
  return axis === -1 ? (reshape(counted, [1, n]) as Expr) : (reshape(counted, [n, 1]) as Expr);
}

/** Column `k` of `x`, as a column. */
export const columnAt = (x: Expr, k: Expr): Expr =>
  sum(where(equal(places(x, x.shape.at(-1)!, -1), k), x, 0), -1, { keepDims: true }) as Expr;

/** Row `k` of `x`, as a row. */
export const rowAt = (x: Expr, k: Expr): Expr =>
  sum(where(equal(places(x, x.shape.at(-2)!, -2), k), x, 0), -2, { keepDims: true }) as Expr;

type Step<S> = (state: S, k: Expr) => S;

/** What becomes of some matrices in so many steps. */
export function steps<S extends Readonly<Record<string, Expr>>>(
  start: S,
  length: number,
  step: Step<S>,
  reverse = false,
): S {
  const { last } = scan((carry, _x, k) => step(carry as unknown as S, k as unknown as Expr) as never, start, {
    length,
    reverse,
  }) as unknown as { readonly last: S };
  return last;
}

export const isEmpty = (x: Expr): boolean => x.shape.includes(0);
