/** Ops that move elements without computing: reshape, transpose. All are linear and carry masks. */

import { type Affine, at, isFixed, plus, scaled } from "../affine.js";
import { AdjointError } from "../errors.js";
import { apply, type Expr, operandOf, paramsIf } from "../node.js";
import { defineOp, type Instances, type One, type Op, real } from "../op.js";
import { forEachOffset, formatShape, type Shape, sameShape, sizeOf, stridesOf, unravel } from "../shape.js";

/** The elements of a box at `strides`, in row-major order. */
export function pick<T>(values: readonly T[], extents: Shape, strides: readonly number[]): T[] {
  const result: T[] = [];
  forEachOffset(extents, strides, 0, (offset) => result.push(values[offset]!));
  return result;
}

interface ReshapeParams {
  readonly shape: Shape;
}

export const reshapeOp: Op<ReshapeParams> = defineOp<ReshapeParams, One>({
  name: "reshape",
  shape([operand], { shape }) {
    if (sizeOf(shape) === sizeOf(operand)) return shape;
    throw new AdjointError(
      `reshape: ${formatShape(operand)} has ${sizeOf(operand)} elements and ${formatShape(shape)} has ${sizeOf(shape)}; the counts must agree.`,
    );
  },
  evaluate: (_arithmetic, [values]) => values,
  move: (index, { operand, result }) =>
    sizeOf(operand) === 0 ? operand.map(() => at(0)) : reshapeIndex(index, operand, result),
  rewrite({ operands: [x], params: { shape } }) {
    if (sameShape(x.shape, shape)) return x;
    return paramsIf(x, reshapeOp) && reshapeExpr(operandOf(x), shape);
  },
  derivative: {
    kind: "transpose",
    linear: "each",
    carries: true,
    transpose: (adjoint, _operand, { operands }) => reshapeExpr(adjoint, operands[0]!.shape),
  },
  domains: [real()],
});

export const reshapeInstances: Instances = {
  op: reshapeOp as Op,
  instances: [
    { shapes: [[2, 3]], params: { shape: [3, 2] } },
    { shapes: [[6]], params: { shape: [1, 6, 1] } },
    { shapes: [[1]], params: { shape: [] } },
    { shapes: [[0, 3]], params: { shape: [2, 0] } },
  ],
};

/**
 * Axes are matched in groups of equal size. Where a group is one axis of the operand, the place along it is affine;
 * where it is several, only a fixed place can be taken apart.
 */
function reshapeIndex(
  index: readonly Affine[],
  operand: Shape,
  result: Shape,
): readonly Affine[] | undefined {
  const places: Affine[] = [];
  let next = 0;
  for (let axis = 0; axis < operand.length; ) {
    const first = axis;
    let size = operand[axis++]!;
    let count = 1;
    let place = at(0);
    while (count !== size) {
      if (count < size) {
        place = plus(scaled(place, result[next]!, 0), index[next]!);
        count *= result[next++]!;
      } else size *= operand[axis++]!;
    }
    const lengths = operand.slice(first, axis);
    const wide = lengths.filter((length) => length !== 1).length;
    if (wide <= 1) for (const length of lengths) places.push(length === 1 ? at(0) : place);
    else if (isFixed(place)) places.push(...unravel(place.offset, lengths).map(at));
    else return undefined;
  }
  return places;
}

export function reshapeExpr(x: Expr, shape: Shape): Expr {
  return sameShape(x.shape, shape) ? x : apply(reshapeOp, [x], { shape });
}

interface TransposeParams {
  readonly axes: readonly number[];
}

export const transposeOp: Op<TransposeParams> = defineOp<TransposeParams, One>({
  name: "transpose",
  shape: ([operand], { axes }) => axes.map((axis) => operand[axis]!),
  evaluate(_arithmetic, [values], { operands, result }, { axes }) {
    const strides = stridesOf(operands[0]!);
    return pick(
      values,
      result,
      axes.map((axis) => strides[axis]!),
    );
  },
  move: (index, _shapes, { axes }) => axes.map((_, axis) => index[axes.indexOf(axis)]!),
  rewrite({ operands: [x], params: { axes } }) {
    if (axes.every((axis, i) => axis === i)) return x;
    const inner = paramsIf(x, transposeOp);
    return (
      inner &&
      transposeExpr(
        operandOf(x),
        axes.map((axis) => inner.axes[axis]!),
      )
    );
  },
  derivative: {
    kind: "transpose",
    linear: "each",
    carries: true,
    transpose: (adjoint, _operand, { params: { axes } }) =>
      transposeExpr(
        adjoint,
        axes.map((_, i) => axes.indexOf(i)),
      ),
  },
  domains: [real()],
});

export const transposeInstances: Instances = {
  op: transposeOp as Op,
  instances: [
    { shapes: [[2, 3]], params: { axes: [1, 0] } },
    { shapes: [[2, 3, 4]], params: { axes: [2, 0, 1] } },
    { shapes: [[]], params: { axes: [] } },
    { shapes: [[0, 2]], params: { axes: [1, 0] } },
  ],
};

export function transposeExpr(x: Expr, axes: readonly number[]): Expr {
  return apply(transposeOp, [x], { axes });
}

/** The axes in another order, `x` itself where that is theirs. */
export function permuted(x: Expr, axes: readonly number[]): Expr {
  return axes.every((axis, i) => axis === i) ? x : transposeExpr(x, axes);
}

/** Axis `from` of `x` becomes axis `to`. */
export function moveAxis(x: Expr, from: number, to: number): Expr {
  const others = x.shape.map((_, axis) => axis).filter((axis) => axis !== from);
  return permuted(x, others.toSpliced(to, 0, from));
}
