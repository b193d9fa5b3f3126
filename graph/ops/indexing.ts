/** Taking boxes out of tensors (slice) and putting tensors together of boxes (assemble): each other's transpose. */
import { scaled } from "../affine.js";
import type { WithOp } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import { apply, type Expr, operandOf, paramsIf } from "../node.js";
import { defineOp, type Instances, type Op, real } from "../op.js";
import { withOperands } from "../operand.js";
import { checkOptions } from "../options.js";
import { forEachOffset, formatShape, type Shape, sameShape, sizeOf, stridesOf } from "../shape.js";
import type { Operand, ResultOf, ShapeOf, Tail } from "../types.js";
import { normalizeAxis } from "./axes.js";
import { full, uniformValue } from "./constant.js";
import { reshapeExpr } from "./moving.js";

interface SliceParams {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
  readonly shape: Shape;
}

/** Element `i` of axis `a` of the result is element `starts[a] + i·steps[a]` of the operand. */
export const sliceOp: Op<SliceParams> = defineOp<SliceParams>({
  name: "slice",
  shape: (_operands, { shape }) => shape,
  evaluate(_arithmetic, [values], { operands, result }, { starts, steps }) {
    const elements: (typeof values & object)[number][] = [];
    forEachBoxOffset(operands[0]!, result, starts, steps, (offset) => elements.push(values![offset]!));
    return elements;
  },
  move: (index, _shapes, { starts, steps }) =>
    index.map((position, axis) => scaled(position, steps[axis]!, starts[axis]!)),
  rewrite({ operands: [x], params: { starts, steps, shape } }) {
    if (sameShape(shape, x!.shape) && starts.every((start, axis) => start === 0 && steps[axis] === 1))
      return x;
    const value = uniformValue(x!);
    if (value !== undefined) return full(x!.builder, value, shape);
    const inner = paramsIf(x!, sliceOp);
    if (!inner) return undefined;
    return box(
      operandOf(x!),
      starts.map((start, axis) => inner.starts[axis]! + start * inner.steps[axis]!),
      steps.map((step, axis) => step * inner.steps[axis]!),
      shape,
    );
  },
  derivative: {
    kind: "transpose",
    linear: "each",
    carries: true,
    sparse: true,
    transpose: (adjoint, _operand, { operands, params: { starts, steps } }) =>
      assemble([adjoint], starts, steps, operands[0]!.shape),
  },
  domains: [real()],
});

export const sliceInstances: Instances = {
  op: sliceOp as Op,
  instances: [
    { shapes: [[5]], params: { starts: [1], steps: [1], shape: [3] } },
    { shapes: [[5]], params: { starts: [4], steps: [-2], shape: [3] } },
    { shapes: [[3, 4]], params: { starts: [1, 0], steps: [1, 3], shape: [2, 2] } },
    { shapes: [[3]], params: { starts: [2], steps: [1], shape: [0] } },
  ],
};

function forEachBoxOffset(
  whole: Shape,
  extents: Shape,
  starts: readonly number[],
  steps: readonly number[],
  visit: (offset: number) => void,
): void {
  const strides = stridesOf(whole);
  const first = starts.reduce((sum, start, axis) => sum + start * strides[axis]!, 0);
  forEachOffset(
    extents,
    strides.map((stride, axis) => stride * steps[axis]!),
    first,
    visit,
  );
}

function box(x: Expr, starts: readonly number[], steps: readonly number[], shape: Shape): Expr {
  return apply(sliceOp, [x], { starts, steps, shape });
}

export interface AssembleParams {
  /** Part `p` starts at `starts[p·rank + axis]` and advances by `steps[p·rank + axis]`. */
  readonly starts: readonly number[];
  readonly steps: readonly number[];
  readonly shape: Shape;
}

/**
 * A tensor of boxes: each part is put where its `starts` say, overlapping parts are added, what no part covers is 0.
 * It pads, concatenates and stacks, and it is the adjoint of all slices of one tensor together.
 */
export const assembleOp: Op<AssembleParams> = defineOp<AssembleParams>({
  name: "assemble",
  shape: (_operands, { shape }) => shape,
  evaluate(arithmetic, operands, { operands: shapes, result }, { starts, steps }) {
    type T = (typeof operands)[number][number];
    const rank = result.length;
    const elements = new Array<T | undefined>(sizeOf(result)).fill(undefined);
    operands.forEach((values, part) => {
      const from = part * rank;
      let next = 0;
      forEachBoxOffset(
        result,
        shapes[part]!,
        starts.slice(from, from + rank),
        steps.slice(from, from + rank),
        (offset) => {
          const value = values[next++]!;
          const present = elements[offset];
          elements[offset] = present === undefined ? value : arithmetic.add(present, value);
        },
      );
    });
    const zero = arithmetic.constant(0);
    return elements.map((element) => (element === undefined ? zero : element));
  },
  rewrite({ operands, params: { starts, steps, shape } }) {
    const [x] = operands;
    const whole =
      operands.length === 1 &&
      sameShape(x!.shape, shape) &&
      starts.every((start) => start === 0) &&
      steps.every((step) => step === 1);
    return whole ? x : undefined;
  },
  derivative: {
    kind: "transpose",
    linear: "jointly",
    carries: true,
    transpose(adjoint, operand, { operands, params: { starts, steps, shape } }) {
      const from = operand * shape.length;
      const to = from + shape.length;
      return box(adjoint, starts.slice(from, to), steps.slice(from, to), operands[operand]!.shape);
    },
  },
  domains: [real(), real()],
});

export const assembleInstances: Instances = {
  op: assembleOp as Op,
  instances: [
    { shapes: [[2], [3]], params: { starts: [0, 2], steps: [1, 1], shape: [5] } },
    { shapes: [[3], [3]], params: { starts: [0, 1], steps: [1, 1], shape: [5] } },
    {
      shapes: [
        [2, 2],
        [1, 3],
      ],
      params: { starts: [0, 0, 1, 0], steps: [2, 1, 1, 1], shape: [3, 4] },
    },
    { shapes: [[0], [1]], params: { starts: [0, 0], steps: [1, 1], shape: [1] } },
  ],
};

export function assemble(
  parts: readonly Expr[],
  starts: readonly number[],
  steps: readonly number[],
  shape: Shape,
): Expr {
  return apply(assembleOp, parts, { starts, steps, shape });
}

/** One `assemble` of all parts of several, none of them being built: what keeps `[x1, x2] = x` linear. */
export function mergeAssembled(assembled: readonly Expr[]): Expr {
  if (assembled.length === 1) return assembled[0]!;
  const parts: Expr[] = [];
  const starts: number[] = [];
  const steps: number[] = [];
  for (const one of assembled) {
    const { operands } = one.builder.nodes[one.id]!;
    const params = paramsIf(one, assembleOp)!;
    for (const operand of operands) parts.push(one.builder.expr(operand));
    for (const start of params.starts) starts.push(start);
    for (const step of params.steps) steps.push(step);
  }
  return assemble(parts, starts, steps, assembled[0]!.shape);
}

export function isAssembled(x: Expr): boolean {
  return paramsIf(x, assembleOp) !== undefined;
}

/** Whether every element of an assembled tensor is covered by a part. */
export function coversAll(x: Expr): boolean {
  const { starts, steps, shape } = paramsIf(x, assembleOp)!;
  const { builder } = x;
  const rank = shape.length;
  const size = sizeOf(shape);
  const parts = builder.nodes[x.id]!.operands.map((id) => builder.nodes[id]!.shape);
  if (parts.reduce((sum, part) => sum + sizeOf(part), 0) < size) return false;
  const seen = new Uint8Array(size);
  let count = 0;
  parts.forEach((part, p) => {
    const from = p * rank;
    forEachBoxOffset(
      shape,
      part,
      starts.slice(from, from + rank),
      steps.slice(from, from + rank),
      (offset) => {
        count += 1 - seen[offset]!;
        seen[offset] = 1;
      },
    );
  });
  return count === size;
}

export interface SliceOptions {
  /** The axis to cut; default 0. */
  readonly axis?: number;
  /** Take every `step`-th element, from the back if negative; default 1. */
  readonly step?: number;
}

interface Slice extends WithOp {
  (x: Operand, start?: number, stop?: number, options?: SliceOptions): Expr;
}

/**
 * The elements `start … stop − 1` of one axis, as `Array.prototype.slice` counts them (negative from the back), or
 * as Python's slices do with a negative `step`.
 */
export const slice: Slice = /* @__PURE__ */ Object.assign(
  ((x: Operand, start?: number, stop?: number, options: SliceOptions = {}) => {
    checkOptions("slice", options, ["axis", "step"]);
    const { axis = 0, step = 1 } = options;
    return withOperands("slice", [x], ([operand]) => {
      const { shape } = operand!;
      const cut = normalizeAxis(axis, shape.length, "slice");
      if (!Number.isInteger(step) || step === 0) {
        throw new AdjointError(`slice: the step must be a whole number other than 0, not ${step}.`);
      }
      const [first, count] = resolveRange(start, stop, step, shape[cut]!);
      return box(
        operand!,
        shape.map((_, i) => (i === cut ? first : 0)),
        shape.map((_, i) => (i === cut ? step : 1)),
        shape.with(cut, count),
      );
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
  for (const bound of [start, stop]) {
    if (bound !== undefined && !Number.isInteger(bound)) {
      throw new AdjointError(`slice: bounds are whole numbers, not ${bound}.`);
    }
  }
  const low = step > 0 ? 0 : -1;
  const high = step > 0 ? length : length - 1;
  const clamp = (bound: number) => Math.min(Math.max(bound < 0 ? bound + length : bound, low), high);
  const first = start === undefined ? (step > 0 ? low : high) : clamp(start);
  const last = stop === undefined ? (step > 0 ? high : low) : clamp(stop);
  const count = Math.max(0, Math.ceil((last - first) / step));
  return [count === 0 ? 0 : first, count];
}

/** `x[i]` along the first axis. */
export function element(x: Expr, i: number): Expr {
  const { shape } = x;
  const starts = new Array<number>(shape.length).fill(0);
  starts[0] = i;
  const steps = new Array<number>(shape.length).fill(1);
  return reshapeExpr(box(x, starts, steps, shape.with(0, 1)), shape.slice(1));
}

interface Index {
  <const A extends Operand>(x: A, i: number): ResultOf<[A], Tail<ShapeOf<A>>>;
  (x: Operand, ...indices: readonly number[]): Expr;
}

/**
 * The element or sub-tensor at `indices`, one an axis from the first on: `index(x, 2)` is x[2], `index(a, 0, -1)` is
 * a[0][last].
 */
export const index: Index = ((x: Operand, ...indices: readonly number[]) =>
  withOperands("index", [x], ([operand]) => {
    let result = operand!;
    for (const i of indices) {
      const length = result.shape[0];
      const at = i < 0 ? i + (length ?? 0) : i;
      if (length === undefined || !Number.isInteger(i) || at < 0 || at >= length) {
        throw new AdjointError(`index: [${indices.join(", ")}] is outside ${formatShape(operand!.shape)}.`);
      }
      result = element(result, at);
    }
    return result;
  })) as Index;

/**
 * Joins tensors along an axis; their other axes must agree.
 * @throws where they don't, or where there is none
 */
export function concatenate(parts: readonly Operand[], axis = 0): Expr {
  return withOperands("concatenate", parts, (operands) => {
    const [first] = operands;
    const along = normalizeAxis(axis, first!.shape.length, "concatenate");
    let length = 0;
    const offsets = operands.map(({ shape }) => {
      const offset = length;
      length += shape[along] ?? 0;
      if (
        shape.length !== first!.shape.length ||
        !sameShape(shape.with(along, 0), first!.shape.with(along, 0))
      ) {
        throw new AdjointError(
          `concatenate: shapes ${formatShape(first!.shape)} and ${formatShape(shape)} differ besides axis ${along}.`,
        );
      }
      return offset;
    });
    return placeAlong(operands, offsets, along, first!.shape.with(along, length));
  }) as Expr;
}

/**
 * Joins tensors of one shape along a new axis.
 * @throws where their shapes differ, or where there is none
 */
export function stack(parts: readonly Operand[], axis = 0): Expr {
  return withOperands("stack", parts, (operands) => {
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
  }) as Expr;
}

function placeAlong(parts: readonly Expr[], offsets: readonly number[], axis: number, shape: Shape): Expr {
  const starts = offsets.flatMap((offset) => shape.map((_, i) => (i === axis ? offset : 0)));
  return assemble(parts, starts, new Array<number>(starts.length).fill(1), shape);
}

/**
 * Puts zeros around a tensor: `before[a]` of them ahead of axis `a` and `after[a]` behind it.
 */
export function pad(x: Operand, before: readonly number[], after: readonly number[]): Expr {
  return withOperands("pad", [x], ([operand]) => {
    const { shape } = operand!;
    const counts = [...before, ...after];
    if (
      before.length !== shape.length ||
      after.length !== shape.length ||
      !counts.every((n) => Number.isInteger(n) && n >= 0)
    ) {
      throw new AdjointError(
        `pad: ${formatShape(shape)} needs ${shape.length} counts before and after, whole and not negative.`,
      );
    }
    return assemble(
      [operand!],
      before,
      new Array<number>(shape.length).fill(1),
      shape.map((length, axis) => length + before[axis]! + after[axis]!),
    );
  }) as Expr;
}
