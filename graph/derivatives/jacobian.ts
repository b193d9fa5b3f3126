/** Whole matrices of derivatives. */

import { isExpr, isId } from "../graph.js";
import type { Builder, Expr } from "../node.js";
import { equal } from "../ops/comparison.js";
import { constant, full } from "../ops/constant.js";
import { concatenate } from "../ops/indexing.js";
import { reshapeExpr, transposeExpr } from "../ops/moving.js";
import { placeholder } from "../placeholder.js";
import { extract, makeScan } from "../scan/body.js";
import { scanOp } from "../scan/op.js";
import { pack, totalSize, unpack } from "../scan/pack.js";
import { type Shape, sizeOf } from "../shape.js";
import type { Shapes, Traced } from "../trace.js";
import { type Listed, type Tree, unflattenTree } from "../tree.js";
import type { ScalarOutput } from "../types.js";
import { pushforward } from "./forward.js";
import { type Masked, unmasked, zeroed } from "./masked.js";
import { pullback } from "./reverse.js";
import type { Gradients, Name, Named } from "./selection.js";
import { close, differentiate, type Opened, open, valueOr } from "./transformations.js";

/**
 * For an output of shape O, its Jacobian by each input: the output's axes, then the input's.
 * @example type Slopes = Jacobians<Expr<[3]>, { x: [2] }, "x">;
 */
export type Jacobians<O, I, N> =
  O extends Expr<infer S>
    ? ExprsAfter<S, Named<I, N>>
    : O extends Listed
      ? { [K in keyof O]: Jacobians<O[K], I, N> }
      : O extends readonly (infer E)[]
        ? readonly Jacobians<E, I, N>[]
        : { [K in keyof O]: Jacobians<O[K], I, N> };

/** Expressions with the axes of S before those of the shapes of a tree. */
type ExprsAfter<S extends Shape, T> = T extends Shape
  ? Expr<[...S, ...T]>
  : T extends Listed
    ? { [K in keyof T]: ExprsAfter<S, T[K]> }
    : T extends readonly (infer E)[]
      ? readonly ExprsAfter<S, E>[]
      : { [K in keyof T]: ExprsAfter<S, T[K]> };

/** More rows than this (or columns in forward mode) are computed by a loop instead of being written out. */
const mostRows = 16;

/**
 * The Jacobian of every output by all inputs, or by those named: `jacobian(f).x` has the output's axes, then those of
 * `x`. Where there are outputs of several names, each has its own. Rows are pulled back if there are at most as many as
 * columns, else columns are pushed forward; more than 16 of them become a loop. Outputs of one product are pulled back
 * through all of it: a NaN that only one of them sees shows in the rows of the others, too, which `grad` of each keeps out.
 *
 * @example
 * const f = trace({ x: vector(2) }, ({ x: [a, b] }) => stack([multiply(a, b), square(a)]));
 * jacobian(f)({ x: [2, 3] }); // { x: Float64Array [3, 2, 4, 0] }
 *
 * @throws where an input isn't known
 */
export function jacobian<I extends Shapes, O, const N extends Name<I> = keyof I & string>(
  f: Traced<I, O>,
  ...names: N[]
): Traced<I, Jacobians<O, I, N>> {
  const opened = open(f, names, "jacobian");
  const { exprs, tree, wanted, value, results } = opened;
  const rows = results.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const columns = wanted.reduce((sum, i) => sum + sizeOf(exprs[i]!.shape), 0);
  // By result and wanted input, flat: rows × columns.
  const blocks = rows <= columns ? byRows(opened) : byColumns(opened);
  const jacobians = results.map(({ shape }, r) =>
    unflattenTree(
      tree,
      isId,
      wanted.map((i, k) => reshapeExpr(blocks[r]![k]!, [...shape, ...exprs[i]!.shape])),
    ),
  );
  return close(opened, unflattenTree<Expr, Tree<Expr>>(value, isExpr, jacobians) as Tree<Expr>);
}

/**
 * For a scalar objective, its second derivatives: `hessian(f).x.y` has the axes of `x`, then those of `y`.
 * @example type Curvatures = Hessians<{ x: [2] }, "x">;
 */
export type Hessians<I, N> = Jacobians<Gradients<I, N>, I, N>;

/**
 * The Hessian of a scalar objective by all inputs, or by those named: the Jacobian of its gradient.
 * `hvp` gives its product with a vector without forming it.
 *
 * @example
 * const f = trace({ x: vector(2) }, ({ x: [a, b] }) => multiply(square(a), b));
 * hessian(f)({ x: [2, 3] }); // { x: { x: Float64Array [6, 4, 4, 0] } }
 *
 * @throws where the objective isn't a scalar, or an input isn't known
 */
export function hessian<I extends Shapes, O, const N extends Name<I> = keyof I & string>(
  f: Traced<I, O> & ScalarOutput<O>,
  ...names: N[]
): Traced<I, Hessians<I, N>> {
  return jacobian(differentiate<I, Gradients<I, N>>(f, names, "hessian"), ...names) as unknown as Traced<
    I,
    Hessians<I, N>
  >;
}

/** Reverse mode: a row for each element of a result. */
function byRows({ builder, exprs, wanted, results }: Opened): Expr[][] {
  const leaves = wanted.map((i) => exprs[i]!);
  const shapes = leaves.map(({ shape }) => shape);
  return results.map((result) =>
    eachUnit(builder, result.shape, shapes, (seed) =>
      pullback(builder, [[result, seed]], leaves).map((one, k) => valueOr(builder, one, shapes[k]!)),
    ),
  );
}

/** Forward mode: a column for each element of an input. */
function byColumns({ builder, exprs, wanted, results }: Opened): Expr[][] {
  const shapes = results.map(({ shape }) => shape);
  const columns = wanted.map((i) =>
    eachUnit(builder, exprs[i]!.shape, shapes, (seed) =>
      pushforward(builder, [[exprs[i]!, seed]], results).map((one, k) => valueOr(builder, one, shapes[k]!)),
    ),
  );
  return results.map((_, k) => columns.map((blocks) => transposeExpr(blocks[k]!, [1, 0])));
}

/**
 * What `derive` gives for each unit vector of a shape, one below the other: for each of its results a matrix with a row
 * an element of that shape. A unit vector is absent, not 0, where it isn't 1.
 */
function eachUnit(
  builder: Builder,
  shape: Shape,
  shapes: readonly Shape[],
  derive: (seed: Masked) => readonly Expr[],
): Expr[] {
  const size = sizeOf(shape);
  const places = reshapeExpr(
    constant(
      builder,
      Float64Array.from({ length: size }, (_, i) => i),
      [size],
    ),
    shape,
  );
  const unit = (i: Expr | number) => equal(places, i);
  if (size === 0) return shapes.map((own) => full(builder, 0, [0, sizeOf(own)]));
  if (size <= mostRows) {
    const rows = Array.from({ length: size }, (_, i) => {
      const seed = unit(i);
      return derive(size === 1 ? unmasked(seed) : zeroed(seed, seed));
    });
    return shapes.map((own, k) => concatenate(rows.map((row) => reshapeExpr(row[k]!, [1, sizeOf(own)]))));
  }
  const total = totalSize(shapes);
  const carry = placeholder(builder, [total]);
  const number = placeholder(builder, []);
  const seed = unit(number);
  const row = pack(builder, derive(zeroed(seed, seed)));
  const { body, constants } = extract(builder, { carry, rows: [], step: number }, row);
  const history = makeScan(
    scanOp,
    { carry: full(builder, 0, [total]), rows: [], constants },
    { body, length: size, reverse: 0, last: 0 },
  );
  return unpack(
    history,
    shapes.map((own) => [sizeOf(own)]),
    size,
  );
}
