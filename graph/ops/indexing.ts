/** Slices, elements, and tensors made of others side by side. */

import { readWhole } from "../arguments.js";
import { describe } from "../describe.js";
import type { WithOp } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import type { Expr } from "../node.js";
import type { Op } from "../op.js";
import { listOf, withOperands } from "../operand.js";
import { checkOptions } from "../options.js";
import { formatShape, type Shape, sameShape } from "../shape.js";
import type { Behind, Sliced } from "../shape-types.js";
import type { Concatenated, Operand, ResultOf, ShapeOf, Stacked } from "../types.js";
import { normalizeAxis } from "./axes.js";
import { assemble, box, element, partAt, sliceOp } from "./boxes.js";
import { reshapeExpr } from "./moving.js";

export interface SliceOptions<X extends number = number, Step extends number = number> {
  /** The axis to cut; default 0. */
  readonly axis?: X;
  /** Take every `step`-th element, from the back if negative; default 1. */
  readonly step?: Step;
}

interface Slice extends WithOp {
  <
    const A extends Operand,
    const From extends number | undefined = undefined,
    const To extends number | undefined = undefined,
    const X extends number = 0,
    const Step extends number = 1,
  >(
    x: A,
    start?: From,
    stop?: To,
    options?: SliceOptions<X, Step>,
  ): ResultOf<[A], Sliced<ShapeOf<A>, From, To, X, Step>>;
}

/**
 * The elements `start … stop − 1` of one axis, as `Array.prototype.slice` counts them (negative from the back), or
 * as Python's slices do with a negative `step`.
 *
 * @example
 * slice([1, 2, 3, 4], 1, -1); // [2, 3]
 * slice([[1, 2, 3], [4, 5, 6]], undefined, undefined, { axis: 1, step: -1 }); // [[3, 2, 1], [6, 5, 4]]
 */
export const slice: Slice = /* @__PURE__ */ Object.assign(
  ((x: Operand, start?: number, stop?: number, options: SliceOptions = {}) => {
    const { axis = 0, step = 1 } = checkOptions("slice", options, ["axis", "step"]);
    return withOperands("slice", [x], ([operand]) => {
      const { shape } = operand;
      const cut = normalizeAxis(axis, shape.length, "slice");
      if (!Number.isInteger(step) || step === 0) {
        throw new AdjointError(`slice: the step must be a whole number other than 0, not ${describe(step)}.`);
      }
      const [first, count] = resolveRange(start, stop, step, shape[cut]!);
      const part = {
        starts: shape.map((_, i) => (i === cut ? first : 0)),
        steps: shape.map((_, i) => (i === cut ? step : 1)),
      };
      return box(operand, part, shape.with(cut, count));
    });
  }) as Slice,
  { op: sliceOp as Op },
);

/** First element and count of a Python slice of an axis. */
function resolveRange(
  start: number | undefined,
  stop: number | undefined,
  step: number,
  length: number,
): [number, number] {
  if (start !== undefined) readWhole(start, "slice: the start");
  if (stop !== undefined) readWhole(stop, "slice: the stop");
  const low = step > 0 ? 0 : -1;
  const high = step > 0 ? length : length - 1;
  const clamp = (bound: number) => Math.min(Math.max(bound < 0 ? bound + length : bound, low), high);
  const first = start === undefined ? (step > 0 ? low : high) : clamp(start);
  const last = stop === undefined ? (step > 0 ? high : low) : clamp(stop);
  const count = Math.max(0, Math.ceil((last - first) / step));
  return [count === 0 ? 0 : first, count];
}

type Index = <const A extends Operand, const I extends readonly number[]>(
  x: A,
  ...indices: I
) => ResultOf<[A], Behind<ShapeOf<A>, I>>;

/**
 * The element or sub-tensor at `indices`, one an axis from the first on: `index(x, 2)` is x[2], `index(a, 0, -1)` is
 * a[0][last].
 *
 * @example
 * index([[1, 2], [3, 4]], 0, -1); // 2
 * index([[1, 2], [3, 4]], 1); // [3, 4]
 */
export const index: Index = ((x: Operand, ...indices: readonly number[]) =>
  withOperands("index", [x], ([operand]) => {
    let result = operand;
    const places = indices.map((i) => readWhole(i, "index: each place"));
    for (const i of places) {
      const length = result.shape[0] ?? 0;
      const at = i < 0 ? i + length : i;
      if (at < 0 || at >= length)
        throw new AdjointError(`index: [${places.join(", ")}] is outside ${formatShape(operand.shape)}.`);
      result = element(result, at);
    }
    return result;
  })) as Index;

/**
 * Joins tensors along an axis; their other axes must agree.
 *
 * @example
 * concatenate([[1, 2], [3]]); // [1, 2, 3]
 * concatenate([[[1], [2]], [[3], [4]]], 1); // [[1, 3], [2, 4]]
 *
 * @throws where they don't, or where there is none
 */
export function concatenate<const P extends readonly Operand[], const X extends number = 0>(
  parts: P,
  axis: X = 0 as X,
): ResultOf<P, Concatenated<P, X>> {
  return withOperands("concatenate", listOf(parts, "concatenate"), (operands) => {
    const first = operands[0]!;
    const along = normalizeAxis(axis, first.shape.length, "concatenate");
    let length = 0;
    const offsets = operands.map(({ shape }) => {
      const offset = length;
      length += shape[along] ?? 0;
      if (
        shape.length !== first.shape.length ||
        !sameShape(shape.with(along, 0), first.shape.with(along, 0))
      ) {
        throw new AdjointError(
          `concatenate: shapes ${formatShape(first.shape)} and ${formatShape(shape)} differ besides axis ${along}.`,
        );
      }
      return offset;
    });
    return placeAlong(operands, offsets, along, first.shape.with(along, length));
  }) as never;
}

/**
 * Joins tensors of one shape along a new axis.
 *
 * @example
 * stack([[1, 2], [3, 4]]); // [[1, 2], [3, 4]]
 * stack([[1, 2], [3, 4]], 1); // [[1, 3], [2, 4]]
 *
 * @throws where their shapes differ, or where there is none
 */
export function stack<const P extends readonly Operand[], const X extends number = 0>(
  parts: P,
  axis: X = 0 as X,
): ResultOf<P, Stacked<P, X>> {
  return withOperands("stack", listOf(parts, "stack"), (operands) => {
    const { shape } = operands[0]!;
    const along = normalizeAxis(axis, shape.length + 1, "stack");
    for (const other of operands) {
      if (sameShape(other.shape, shape)) continue;
      throw new AdjointError(`stack: shapes ${formatShape(shape)} and ${formatShape(other.shape)} differ.`);
    }
    const slab = shape.toSpliced(along, 0, 1);
    return placeAlong(
      operands.map((operand) => reshapeExpr(operand, slab)),
      operands.map((_, i) => i),
      along,
      slab.with(along, operands.length),
    );
  }) as never;
}

function placeAlong(parts: readonly Expr[], offsets: readonly number[], axis: number, shape: Shape): Expr {
  return assemble(
    parts,
    offsets.map((offset) => partAt(shape.map((_, i) => (i === axis ? offset : 0)))),
    shape,
  );
}
