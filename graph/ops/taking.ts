/** Elements taken at indices: along one axis, along several, and at indices of each row's own. */

import type { WithOp } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import type { Expr } from "../node.js";
import type { Op } from "../op.js";
import { listOf, withOperands } from "../operand.js";
import { broadcastShapes, formatShape, sizeOf, stridesOf } from "../shape.js";
import type { Replaced } from "../shape-types.js";
import { rowsOf } from "../tree.js";
import type { AlongAxis, Operand, ResultOf, ShapeOf } from "../types.js";
import { add, multiply } from "./arithmetic.js";
import { normalizeAxis, readAxes } from "./axes.js";
import { broadcastLike } from "./broadcast.js";
import { equal, greaterEqual, less, logicalAnd, where } from "./comparison.js";
import { constant, knownValues } from "./constant.js";
import { checkPlaces, gather, gatherAlong, gatherOp } from "./gather.js";
import { moveAxis, permuted, reshapeExpr } from "./moving.js";
import { floor } from "./rounding.js";

/** Indices counted from the front. @throws where known ones are outside */
function fromFront(at: Expr, length: number, what: string): Expr {
  const known = knownValues(at, Number.POSITIVE_INFINITY);
  if (!known) return where(less(at, 0), add(at, length), at) as Expr;
  checkPlaces(known, -length, length, what);
  const counted = Float64Array.from(known, (one) => (one < 0 ? one + length : one));
  return constant(at.builder, counted, at.shape);
}

interface Take extends WithOp {
  <const A extends Operand, const I extends Operand, const X extends number = 0>(
    x: A,
    indices: I,
    axis?: X,
  ): ResultOf<[A, I], Replaced<ShapeOf<A>, X, ShapeOf<I>>>;
  <const A extends Operand, const I extends readonly Operand[]>(
    x: A,
    indices: I,
    axes: readonly number[],
  ): ResultOf<[A, ...I], readonly number[]>;
}

/**
 * The elements (or rows) at whole-numbered indices along an axis, the first by default: element `i` of `take(x, at)` is
 * x[at[i]]. Negative indices count from the back; outside it is NaN. With a list of axes there are as many indices,
 * which are broadcast against each other: `take(x, [i, j], [0, 1])` is NumPy's x[i, j], and as there the indices' axes
 * stand where those were, or in front if those aren't neighbours. The indices may be inputs, and have no derivative.
 * @throws where known indices are outside
 *
 * @example
 * take([5, 6, 7], [0, -1]); // [5, 7]
 * take([[1, 2], [3, 4]], [[0, 1], [1, 0]], [0, 1]); // [2, 3]
 */
export const take: Take = /* @__PURE__ */ Object.assign(
  (x: Operand, indices: Operand | readonly Operand[], axis: number | readonly number[] = 0): Expr => {
    if (rowsOf(axis)) return takePoints(x, listOf(indices, "take"), axis);
    return withOperands("take", [x, indices as Operand], ([values, at]) => {
      const along = normalizeAxis(axis, values.shape.length, "take");
      return gather(values, fromFront(at, values.shape[along]!, "take"), along);
    });
  },
  { op: gatherOp as Op },
) as Take;

function takePoints(x: Operand, indices: readonly Operand[], given: unknown): Expr {
  return withOperands("take", [x, ...indices], ([values, ...at]) => {
    const { shape } = values!;
    const axes = readAxes(given, shape.length, "take");
    if (axes.length !== at.length || axes.length === 0) {
      throw new AdjointError(
        `take: ${axes.length} axes and ${at.length} lists of indices; there must be one for each axis.`,
      );
    }
    const lengths = axes.map((axis) => shape[axis]!);
    const strides = stridesOf(lengths);
    // One index among all elements of these axes.
    const flat = at
      .map((one, i) => multiply(inside(fromFront(one, lengths[i]!, "take"), lengths[i]!), strides[i]!))
      .reduce((sum, one) => add(sum, one) as Expr);
    const others = [...shape.keys()].filter((axis) => !axes.includes(axis));
    const [low, high] = [Math.min(...axes), Math.max(...axes)];
    const place = high - low === axes.length - 1 ? low : 0;
    const rows = permuted(values!, others.toSpliced(place, 0, ...axes));
    const merged = others.map((axis) => shape[axis]!).toSpliced(place, 0, sizeOf(lengths));
    return gather(reshapeExpr(rows, merged), flat as Expr, place);
  });
}

/** NaN in place of what is no index: among all elements it could be another's. */
function inside(at: Expr, length: number): Expr {
  const isIndex = logicalAnd(logicalAnd(greaterEqual(at, 0), less(at, length)), equal(at, floor(at)));
  return where(isIndex, at, Number.NaN) as Expr;
}

/**
 * The elements at whole-numbered indices along an axis, the last by default, each row having indices of its own:
 * `takeAlongAxis(x, argsort(x))` is `sort(x)`. The other axes are broadcast against each other. Negative indices count
 * from the back; outside it is NaN. The indices may be an input, and have no derivative. NumPy's `take_along_axis`.
 * @throws where `x` and the indices differ in their number of axes, or known indices are outside
 *
 * @example
 * takeAlongAxis([[1, 2], [3, 4]], [[1], [0]]); // [[2], [3]]
 */
export function takeAlongAxis<const A extends Operand, const I extends Operand, const X extends number = -1>(
  x: A,
  indices: I,
  axis: X = -1 as X,
): ResultOf<[A, I], AlongAxis<ShapeOf<A>, ShapeOf<I>, X>> {
  return withOperands("takeAlongAxis", [x, indices], ([values, at]) => {
    const last = values.shape.length - 1;
    const along = normalizeAxis(axis, last + 1, "takeAlongAxis");
    const common =
      at.shape.length === last + 1
        ? broadcastShapes(values.shape.with(along, 1), at.shape.with(along, 1))
        : undefined;
    if (!common) {
      throw new AdjointError(
        `takeAlongAxis: indices ${formatShape(at.shape)} don't fit ${formatShape(values.shape)}; besides axis ${along} their lengths must agree, or be 1.`,
      );
    }
    const length = values.shape[along]!;
    const rows = (one: Expr) =>
      moveAxis(broadcastLike(one, common.with(along, one.shape[along]!)), along, last);
    const found = gatherAlong(rows(values), rows(fromFront(at, length, "takeAlongAxis")));
    return moveAxis(found, last, along);
  }) as never;
}
