/** Householder's reflections and Jacobi's rotations as loops, by the formulas of `graph/ops/`. Leading axes are batches. */
import {
  abs,
  add,
  argsort,
  broadcastTo,
  concatenate,
  divide,
  type Expr,
  equal,
  greater,
  greaterEqual,
  less,
  logicalAnd,
  logicalOr,
  max,
  min,
  multiply,
  negative,
  reshape,
  scan,
  slice,
  sqrt,
  square,
  subtract,
  sum,
  takeAlongAxis,
  where,
} from "../../../../graph/index.js";
import { constant, full } from "../../../../graph/internal.js";
import type { Expansion } from "./expansion.js";
import { columnAt, isEmpty, places, rowAt, steps, swap } from "./matrices.js";
import { like } from "./pieces.js";

const keep = { keepDims: true } as const;

interface Factors {
  readonly q: Expr;
  readonly r: Expr;
}

/** Q, m×n with orthonormal columns, and R, whose diagonal isn't negative, for m ≥ n. */
function orthogonalized(a: Expr): Factors {
  const [m, n] = a.shape.slice(-2) as [number, number];
  const [i, j] = [places(a, m, -2), places(a, n, -1)];
  const zeros = full(a.builder, 0, a.shape.with(-2, 1));
  const start = { r: a, v: like(a, 0), factors: zeros, signs: zeros };
  const { r, v, factors, signs } = steps(start, n, (state, k) => {
    const [isBelow, here] = [greater(i, k), equal(j, k)];
    const column = where(greaterEqual(i, k), columnAt(state.r, k), 0) as Expr;
    const size = max(abs(column), -2, keep) as Expr;
    const scale = where(greater(size, 0), size, 1) as Expr;
    const norm = multiply(scale, sqrt(sum(square(divide(column, scale)), -2, keep) as Expr)) as Expr;
    const head = rowAt(column, k);
    const isNegative = less(head, 0);
    // The reflection takes the column to its norm with the sign that the head hasn't, so that nothing cancels.
    const target = where(isNegative, norm, negative(norm)) as Expr;
    const isNone = equal(norm, 0);
    const first = where(isNone, 1, subtract(head, target));
    const vector = where(equal(i, k), 1, where(isBelow, divide(column, first), 0)) as Expr;
    const factor = where(isNone, 0, divide(subtract(target, head), target)) as Expr;
    const reduced = subtract(
      state.r,
      multiply(vector, multiply(factor, sum(multiply(vector, state.r), -2, keep))),
    );
    const own = where(equal(i, k), target, where(isBelow, 0, state.r));
    return {
      r: where(greater(j, k), reduced, where(here, own, state.r)) as Expr,
      v: where(here, vector, state.v) as Expr,
      factors: where(here, factor, state.factors) as Expr,
      signs: where(here, where(isNegative, 1, -1), state.signs) as Expr,
    };
  });
  const identity = where(equal(i, j), 1, like(a, 0)) as Expr;
  const { q } = steps(
    { q: identity },
    n,
    ({ q }, k) => {
      const vector = columnAt(v, k);
      const sums = multiply(columnAt(factors, k), sum(multiply(vector, q), -2, keep));
      return { q: where(greaterEqual(j, k), subtract(q, multiply(vector, sums)), q) as Expr };
    },
    true,
  );
  const top = slice(r, 0, n, { axis: -2 }) as Expr;
  const upper = where(greaterEqual(j, places(a, n, -2)), multiply(swap(signs), top), 0) as Expr;
  return { q: multiply(q, signs) as Expr, r: upper };
}

const qr: Expansion = ([a]) => {
  const rows = a!.shape.length - 2;
  if (isEmpty(a!))
    return broadcastTo(
      full(a!.builder, 0, []),
      a!.shape.with(rows, a!.shape[rows]! + a!.shape[rows + 1]!),
    ) as Expr;
  const { q, r } = orthogonalized(a!);
  return concatenate([q, r], rows) as Expr;
};

/** So many sweeps are more than Jacobi's methods take; what is left after them is NaN. */
const sweeps = 16;

/** What `rotate` makes of a state for each pair of n places in turn, in all sweeps; `left` begins each of them as 0. */
function rotated<S extends Readonly<Record<string, Expr>> & { readonly left: Expr }>(
  start: S,
  n: number,
  rotate: (state: S, p: Expr, q: Expr) => S,
): S {
  const pairs = Array.from({ length: n }, (_, p) =>
    Array.from({ length: n - 1 - p }, (_, k) => [p, p + 1 + k]),
  ).flat();
  if (pairs.length === 0) return start;
  const { builder } = start.left;
  const [ps, qs] = [0, 1].map((side) =>
    constant(
      builder,
      pairs.map((pair) => pair[side]!),
      [pairs.length],
    ),
  );
  return steps(start, sweeps, (state) => {
    const fresh = { ...state, left: like(state.left, 0) };
    const { last } = scan(
      (carry, row) => {
        const { p, q } = row as unknown as { readonly p: Expr; readonly q: Expr };
        return rotate(carry as unknown as S, p, q) as never;
      },
      fresh,
      { xs: { p: ps!, q: qs! } },
    ) as unknown as { readonly last: S };
    return last;
  });
}

interface Rotation {
  readonly tangent: Expr;
  readonly cosine: Expr;
  readonly sine: Expr;
}

/** The rotation of at most 45° that takes a product to 0, given half of the difference of the squares. */
function rotation(difference: Expr, product: Expr): Rotation {
  const ratio = divide(difference, product) as Expr;
  const size = add(abs(ratio), sqrt(add(1, square(ratio)) as Expr));
  const tangent = divide(where(less(ratio, 0), -1, 1), size) as Expr;
  const cosine = divide(1, sqrt(add(1, square(tangent)) as Expr)) as Expr;
  return { tangent, cosine, sine: multiply(tangent, cosine) as Expr };
}

/** 0, or NaN where a matrix has something that isn't finite, or was left unfinished. */
function taintOf(a: Expr, left: Expr): Expr {
  const taint = sum(multiply(a, 0), [-2, -1], keep) as Expr;
  return where(greater(left, 0), Number.NaN, taint) as Expr;
}

/** −1 for columns whose largest component is negative, else 1; of components of one size the first counts. */
function turns(vectors: Expr): Expr {
  const m = vectors.shape.at(-2)!;
  const rows = places(vectors, m, -2);
  const size = abs(vectors);
  const isLargest = equal(size, max(size, -2, keep));
  const first = min(where(isLargest, rows, m), -2, keep);
  const largest = sum(where(equal(rows, first), vectors, 0), -2, keep);
  return where(less(largest, 0), -1, 1) as Expr;
}

/** Columns in another order. */
function ordered(x: Expr, order: Expr): Expr {
  const wanted = broadcastTo(reshape(order, order.shape.toSpliced(-1, 0, 1)), x.shape);
  return takeAlongAxis(x, wanted, -1) as Expr;
}

const eigh: Expansion = ([a]) => {
  const shape = a!.shape;
  const n = shape.at(-1)!;
  if (isEmpty(a!)) return full(a!.builder, 0, shape.with(-2, n + 1));
  const [i, j] = [places(a!, n, -2), places(a!, n, -1)];
  const symmetric = add(multiply(0.5, a!), multiply(0.5, swap(a!))) as Expr;
  const none = full(a!.builder, 0, [...shape.slice(0, -2), 1, 1]);
  const identity = where(equal(i, j), 1, like(a!, 0)) as Expr;
  // The vectors are rows until the end.
  const { m, v, left } = rotated({ m: symmetric, v: identity, left: none }, n, (state, p, q) => {
    const [up, low] = [rowAt(state.m, p), rowAt(state.m, q)];
    const [x, first, last] = [columnAt(up, q), columnAt(up, p), columnAt(low, q)];
    const size = abs(x) as Expr;
    const matters = logicalOr(
      greater(add(abs(first), size), abs(first)),
      greater(add(abs(last), size), abs(last)),
    ) as Expr;
    const { tangent, cosine, sine } = rotation(
      subtract(multiply(0.5, last), multiply(0.5, first)) as Expr,
      x,
    );
    const part = divide(sine, add(1, cosine)) as Expr;
    const turned = (g: Expr, h: Expr) => [
      subtract(g, multiply(sine, add(h, multiply(part, g)))) as Expr,
      add(h, multiply(sine, subtract(g, multiply(part, h)))) as Expr,
    ];
    const [above, below] = turned(up, low);
    const change = multiply(tangent, x);
    const isPair = logicalOr(equal(j, p), equal(j, q));
    const ownUp = where(isPair, where(equal(j, p), subtract(first, change), 0), above!) as Expr;
    const ownLow = where(isPair, where(equal(j, q), add(last, change), 0), below!) as Expr;
    const byRows = where(equal(i, p), ownUp, where(equal(i, q), ownLow, state.m));
    const byColumns = where(
      logicalOr(equal(i, p), equal(i, q)),
      byRows,
      where(equal(j, p), swap(ownUp), where(equal(j, q), swap(ownLow), byRows)),
    );
    const cleared = where(
      logicalOr(logicalAnd(equal(i, p), equal(j, q)), logicalAnd(equal(i, q), equal(j, p))),
      0,
      state.m,
    );
    const [v, w] = turned(rowAt(state.v, p), rowAt(state.v, q));
    const vectors = where(equal(i, p), v!, where(equal(i, q), w!, state.v));
    return {
      m: where(matters, byColumns, cleared) as Expr,
      v: where(matters, vectors, state.v) as Expr,
      left: where(matters, 1, state.left) as Expr,
    };
  });
  const values = sum(where(equal(i, j), m, 0), -2) as Expr;
  const order = argsort(values) as Expr;
  const columns = ordered(swap(v), order);
  const sorted = reshape(takeAlongAxis(values, order, -1), shape.with(-2, 1)) as Expr;
  const all = concatenate([sorted, multiply(columns, turns(columns))], shape.length - 2);
  return add(all, taintOf(a!, left)) as Expr;
};

/** One-sided rotations until all columns stand at right angles; U is the orthogonal factor of them in their order. */
const svd: Expansion = ([a]) => {
  const shape = a!.shape;
  const [m, n] = shape.slice(-2) as [number, number];
  if (isEmpty(a!)) return full(a!.builder, 0, shape.with(-2, m + 1 + n));
  const largest = max(abs(a!), [-2, -1], keep) as Expr;
  const scale = where(greater(largest, 0), largest, 1) as Expr;
  const j = places(a!, n, -1);
  const square_ = shape.with(-2, n);
  const identity = where(equal(places(a!, n, -2), j), 1, full(a!.builder, 0, square_)) as Expr;
  const none = full(a!.builder, 0, [...shape.slice(0, -2), 1, 1]);
  const start = { c: divide(a!, scale) as Expr, v: identity, left: none };
  const { c, v, left } = rotated(start, n, (state, p, q) => {
    const [g, h] = [columnAt(state.c, p), columnAt(state.c, q)];
    const product = sum(multiply(g, h), -2, keep) as Expr;
    const [x, y] = [sum(square(g), -2, keep) as Expr, sum(square(h), -2, keep) as Expr];
    const both = multiply(sqrt(x), sqrt(y));
    const rest = divide(abs(product), 2 * m);
    const matters = logicalAnd(greater(both, 0), greater(add(both, rest), both)) as Expr;
    const { cosine, sine } = rotation(multiply(0.5, subtract(y, x)) as Expr, product);
    const turned = (all: Expr) => {
      const [l, r] = [columnAt(all, p), columnAt(all, q)];
      const own = subtract(multiply(cosine, l), multiply(sine, r));
      const other = add(multiply(sine, l), multiply(cosine, r));
      return where(matters, where(equal(j, p), own, where(equal(j, q), other, all)), all) as Expr;
    };
    return { c: turned(state.c), v: turned(state.v), left: where(matters, 1, state.left) as Expr };
  });
  const order = argsort(negative(sum(square(c), -2))) as Expr;
  const { q, r } = orthogonalized(ordered(c, order));
  const signs = turns(q);
  const values = sum(where(equal(places(a!, n, -2), j), r, 0), -2, keep);
  const vectors = multiply(ordered(v, order), signs);
  const parts = [multiply(q, signs), multiply(values, scale), vectors] as Expr[];
  return add(concatenate(parts, shape.length - 2), taintOf(a!, left)) as Expr;
};

export const orthogonal: Readonly<Record<string, Expansion>> = { qr, eigh, svd };
