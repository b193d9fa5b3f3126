/** Boxes of tensors: taking them out (slice) and putting tensors together of them (assemble), each other's transpose. */
import { type Affine, scaled } from "../affine.js";
import { describe } from "../describe.js";
import { AdjointError } from "../errors.js";
import { apply, type Expr, nodeOf, operandOf, paramsIf } from "../node.js";
import { defineOp, type Instances, type One, type Op, real } from "../op.js";
import { forEachOffset, type Shape, sameShape, sizeOf, stridesOf } from "../shape.js";
import { reshapeExpr } from "./moving.js";

/** Where a box lies: element `i` of its axis `a` is element `starts[a] + i·steps[a]` of the whole. */
export interface Part {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
}

function isWhole({ starts, steps }: Part): boolean {
  return starts.every((start, axis) => start === 0 && steps[axis] === 1);
}

/** The box that begins at `starts`, element by element. */
export function partAt(starts: readonly number[]): Part {
  return { starts, steps: starts.map(() => 1) };
}

function forEachBoxOffset(whole: Shape, extents: Shape, part: Part, visit: (offset: number) => void): void {
  const strides = stridesOf(whole);
  const first = part.starts.reduce((sum, start, axis) => sum + start * strides[axis]!, 0);
  forEachOffset(
    extents,
    strides.map((stride, axis) => stride * part.steps[axis]!),
    first,
    visit,
  );
}

/** The place in the whole of one in a box. */
function placeInBox(index: readonly Affine[], { starts, steps }: Part): readonly Affine[] {
  return index.map((position, axis) => scaled(position, steps[axis]!, starts[axis]!));
}

interface SliceParams extends Part {
  readonly shape: Shape;
}

export const sliceOp: Op<SliceParams> = defineOp<SliceParams, One>({
  name: "slice",
  shape: (_operands, { shape }) => shape,
  evaluate(_arithmetic, [values], { operands: [whole], result }, part) {
    const elements: (typeof values)[number][] = [];
    forEachBoxOffset(whole, result, part, (offset) => elements.push(values[offset]!));
    return elements;
  },
  move: (index, _shapes, part) => placeInBox(index, part),
  rewrite({ operands: [x], params }) {
    const { starts, steps, shape } = params;
    if (sameShape(shape, x.shape) && isWhole(params)) return x;
    const inner = paramsIf(x, sliceOp);
    if (!inner) return undefined;
    const composed = {
      starts: starts.map((start, axis) => inner.starts[axis]! + start * inner.steps[axis]!),
      steps: steps.map((step, axis) => step * inner.steps[axis]!),
    };
    return box(operandOf(x), composed, shape);
  },
  derivative: {
    kind: "transpose",
    linear: "each",
    carries: true,
    sparse: true,
    transpose: (adjoint, _operand, { operands: [x], params: { starts, steps } }) =>
      assemble([adjoint], [{ starts, steps }], x.shape),
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

export function box(x: Expr, { starts, steps }: Part, shape: Shape): Expr {
  return apply(sliceOp, [x], { starts, steps, shape });
}

export interface AssembleParams {
  /** Where each operand lies. */
  readonly parts: readonly Part[];
  readonly shape: Shape;
}

/**
 * A tensor of boxes: each operand is put where its part says, overlapping ones are added, what none covers is 0.
 * It pads, concatenates and stacks, and it is the adjoint of all slices of one tensor together.
 */
export const assembleOp: Op<AssembleParams> = defineOp<AssembleParams>({
  name: "assemble",
  shape: (_operands, { shape }) => shape,
  evaluate(arithmetic, operands, { operands: shapes, result }, { parts }) {
    type T = (typeof operands)[number][number];
    const elements = new Array<T | undefined>(sizeOf(result)).fill(undefined);
    operands.forEach((values, i) => {
      let next = 0;
      forEachBoxOffset(result, shapes[i]!, parts[i]!, (offset) => {
        const value = values[next++]!;
        const present = elements[offset];
        elements[offset] = present === undefined ? value : arithmetic.add(present, value);
      });
    });
    const zero = arithmetic.constant(0);
    return elements.map((element) => element ?? zero);
  },
  accumulate: (index, { parts }, operand) => placeInBox(index, parts[operand]!),
  rewrite({ operands, params: { parts, shape } }) {
    const [x] = operands;
    return operands.length === 1 && sameShape(x!.shape, shape) && isWhole(parts[0]!) ? x : undefined;
  },
  derivative: {
    kind: "transpose",
    linear: "jointly",
    carries: true,
    transpose: (adjoint, i, { operands, params: { parts } }) => box(adjoint, parts[i]!, operands[i]!.shape),
  },
  domains: [real(), real()],
});

export const assembleInstances: Instances = {
  op: assembleOp as Op,
  instances: [
    {
      shapes: [[2], [3]],
      params: {
        parts: [
          { starts: [0], steps: [1] },
          { starts: [2], steps: [1] },
        ],
        shape: [5],
      },
    },
    {
      shapes: [[3], [3]],
      params: {
        parts: [
          { starts: [0], steps: [1] },
          { starts: [1], steps: [1] },
        ],
        shape: [5],
      },
    },
    {
      shapes: [
        [2, 2],
        [1, 3],
      ],
      params: {
        parts: [
          { starts: [0, 0], steps: [2, 1] },
          { starts: [1, 0], steps: [1, 1] },
        ],
        shape: [3, 4],
      },
    },
    {
      shapes: [[0], [1]],
      params: {
        parts: [
          { starts: [0], steps: [1] },
          { starts: [0], steps: [1] },
        ],
        shape: [1],
      },
    },
  ],
};

export function assemble(operands: readonly Expr[], parts: readonly Part[], shape: Shape): Expr {
  return apply(assembleOp, operands, { parts, shape });
}

/** One `assemble` of all parts of several, none of them being built: what keeps `[x1, x2] = x` linear. */
export function mergeAssembled(assembled: readonly Expr[]): Expr {
  const [first] = assembled;
  if (assembled.length === 1) return first!;
  return assemble(
    assembled.flatMap((one) => nodeOf(one).operands.map((id) => one.builder.expr(id))),
    assembled.flatMap((one) => paramsIf(one, assembleOp)!.parts),
    first!.shape,
  );
}

export function isAssembled(x: Expr): boolean {
  return paramsIf(x, assembleOp) !== undefined;
}

/** Whether every element of an assembled tensor is covered by a part. */
export function coversAll(x: Expr): boolean {
  const { parts, shape } = paramsIf(x, assembleOp)!;
  const size = sizeOf(shape);
  const extents = nodeOf(x).operands.map((id) => x.builder.nodes[id]!.shape);
  if (extents.reduce((sum, one) => sum + sizeOf(one), 0) < size) return false;
  const seen = new Uint8Array(size);
  let count = 0;
  parts.forEach((part, i) => {
    forEachBoxOffset(shape, extents[i]!, part, (offset) => {
      count += 1 - seen[offset]!;
      seen[offset] = 1;
    });
  });
  return count === size;
}

/** `x[i]` along the first axis. */
export function element(x: Expr, i: number): Expr {
  const { shape } = x;
  if (!(i >= 0 && i < shape[0]!)) throw new AdjointError(`x[${i}]: ${describe(x)} has no such element.`);
  const part = partAt(shape.map((_, axis) => (axis === 0 ? i : 0)));
  return reshapeExpr(box(x, part, shape.with(0, 1)), shape.slice(1));
}
