/** Repeating elements along new axes and adding them up along axes: each other's transpose. */
import { readShape } from "../arguments.js";
import type { WithOp } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import { apply, type Expr, operandOf, paramsIf } from "../node.js";
import { defineOp, type Instances, type One, type Op, real } from "../op.js";
import { withOperands } from "../operand.js";
import { broadcastShapes, formatShape, type Shape, sameShape, stridesOf } from "../shape.js";
import type { Writable } from "../shape-types.js";
import type { Operand, ResultOf } from "../types.js";
import {
  defineReduction,
  type ReduceParams,
  type Reduction,
  reduceBy,
  reductionInstances,
  reductionOf,
} from "./axes.js";
import { full, uniformValue } from "./constant.js";
import { pick, reshapeExpr } from "./moving.js";

interface BroadcastParams {
  readonly shape: Shape;
  readonly axes: readonly number[];
}

/** Inserts `axes` (positions in `shape`) and repeats the elements along them: the transpose of a sum. */
const broadcastOp: Op<BroadcastParams> = defineOp<BroadcastParams, One>({
  name: "broadcast",
  shape: (_operands, { shape }) => shape,
  evaluate(_arithmetic, [values], { operands, result }, { axes }) {
    const strides = stridesOf(operands[0]!);
    let next = 0;
    return pick(
      values,
      result,
      result.map((_, axis) => (axes.includes(axis) ? 0 : strides[next++]!)),
    );
  },
  move: (index, _shapes, { axes }) => index.filter((_, axis) => !axes.includes(axis)),
  rewrite({ operands: [x], params: { shape, axes } }) {
    if (axes.length === 0) return x;
    const inner = paramsIf(x, broadcastOp);
    if (!inner) return undefined;
    const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const moved = inner.axes.map((axis) => kept[axis]!);
    return insertAxes(
      operandOf(x),
      shape,
      [...axes, ...moved].sort((a, b) => a - b),
    );
  },
  derivative: {
    kind: "transpose",
    linear: "each",
    carries: true,
    transpose: (adjoint, _operand, { params: { axes } }) => sumAxes(adjoint, axes),
  },
  domains: [real()],
});

export const broadcastInstances: Instances = {
  op: broadcastOp as Op,
  instances: [
    { shapes: [[]], params: { shape: [2, 3], axes: [0, 1] } },
    { shapes: [[3]], params: { shape: [2, 3], axes: [0] } },
    { shapes: [[2]], params: { shape: [2, 3], axes: [1] } },
    { shapes: [[2, 4]], params: { shape: [1, 2, 3, 4], axes: [0, 2] } },
    { shapes: [[2]], params: { shape: [0, 2], axes: [0] } },
  ],
};

/** Inserts `axes` into the axes of `x`, giving `shape`. */
export function insertAxes(x: Expr, shape: Shape, axes: readonly number[]): Expr {
  if (axes.length === 0) return x;
  const value = uniformValue(x);
  if (value !== undefined) return full(x.builder, value, shape);
  return apply(broadcastOp, [x], { shape, axes });
}

interface BroadcastTo extends WithOp {
  <const A extends Operand, const S extends Shape>(x: A, shape: S): ResultOf<[A], Writable<S>>;
}

/**
 * Repeats `x` along new leading axes and along its axes of length 1 until it has `shape` (NumPy's `broadcast_to`).
 *
 * @example
 * broadcastTo([1, 2], [2, 2]); // [[1, 2], [1, 2]]
 *
 * @throws where an axis of another length would have to change
 */
export const broadcastTo: BroadcastTo = /* @__PURE__ */ Object.assign(
  ((x: Operand, shape: Shape) =>
    withOperands("broadcastTo", [x], ([operand]) =>
      repeatTo(operand, readShape(shape, "broadcastTo")),
    )) as BroadcastTo,
  { op: broadcastOp as Op },
);

/** The same on expressions, with its errors. */
export function repeatTo(x: Expr, shape: Shape): Expr {
  const common = broadcastShapes(x.shape, shape);
  if (common && sameShape(common, shape)) return broadcastLike(x, shape);
  throw new AdjointError(
    `broadcastTo: ${formatShape(x.shape)} can't become ${formatShape(shape)}; only axes of length 1 and new leading axes can be repeated.`,
  );
}

/** NumPy's broadcasting of an expression to a `shape` that it can become. */
export function broadcastLike(x: Expr, shape: Shape): Expr {
  if (sameShape(x.shape, shape)) return x;
  const added = shape.length - x.shape.length;
  const kept: number[] = [];
  const axes: number[] = [];
  shape.forEach((length, axis) => {
    const own = axis < added ? undefined : x.shape[axis - added];
    if (own === length) kept.push(length);
    else axes.push(axis);
  });
  return insertAxes(reshapeExpr(x, kept), shape, axes);
}

export const sumOp: Op<ReduceParams> = defineReduction({
  name: "sum",
  initial: 0,
  recipe: ["add", 0, 1],
  combine: (arithmetic, total, value) => arithmetic.add(total, value),
  derivative: {
    kind: "transpose",
    linear: "each",
    carries: true,
    transpose: (adjoint, _operand, { operands, params: { axes } }) =>
      insertAxes(adjoint, operands[0]!.shape, axes),
  },
});

export const sumInstances: Instances = {
  op: sumOp as Op,
  instances: /* @__PURE__ */ reductionInstances.concat({ shapes: [[0]], params: { axes: [0] } }),
};

/** The sum along `axes` (ascending). */
export function sumAxes(x: Expr, axes: readonly number[]): Expr {
  return reduceBy(sumOp, x, axes);
}

/**
 * The sum of the elements, of all or along axes; 0 where there is none.
 *
 * @example
 * sum([[1, 2], [3, 4]]); // 10
 * sum([[1, 2], [3, 4]], 0, { keepDims: true }); // [[4, 6]]
 */
export const sum: Reduction & WithOp = /* @__PURE__ */ reductionOf(sumOp);
