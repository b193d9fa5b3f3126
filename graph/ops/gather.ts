/** Elements at places that are known only when a graph runs: take, and its transpose, scatterAdd. */
import type { WithOp } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import { apply, type Expr } from "../node.js";
import {
  type Arithmetic,
  defineOp,
  type Instances,
  integer,
  type Op,
  real,
  type ShapesOf,
  type Two,
  type ValuesOf,
} from "../op.js";
import { withOperands } from "../operand.js";
import { formatShape, isLength, type Shape, sizeOf } from "../shape.js";
import type { Operand } from "../types.js";
import { routineOf, type Target } from "./algorithm.js";
import { normalizeAxis } from "./axes.js";
import { equal, where } from "./comparison.js";

interface GatherParams {
  /** Among the axes of what is gathered from. */
  readonly axis: number;
  /** How many leading axes both operands share, so that each index is one of its own batch. */
  readonly batch: number;
}

/** The lengths of the batches, before, along and behind an axis, and how many indices a batch has. */
function sizesOf(
  whole: Shape,
  indices: Shape,
  { axis, batch }: GatherParams,
): [number, number, number, number, number] {
  const size = (shape: Shape, from: number, to?: number) => sizeOf(shape.slice(from, to));
  return [
    size(whole, 0, batch),
    size(whole, batch, axis),
    whole[axis]!,
    size(whole, axis + 1),
    size(indices, batch),
  ];
}

interface GatherSteps<T> {
  /** Row `index` of so many, each `inner` long, of which the first stands at `first` of `values`, to `to` of `result`. */
  copy(
    result: Target<T>,
    to: number,
    values: ArrayLike<T>,
    first: number,
    index: T,
    length: number,
    inner: number,
  ): void;
}

function gather<T>(
  { copy }: GatherSteps<T>,
  result: Target<T>,
  values: ArrayLike<T>,
  indices: ArrayLike<T>,
  batches: number,
  outer: number,
  length: number,
  inner: number,
  count: number,
): void {
  let next = 0;
  for (let row = 0; row < batches * outer; row++) {
    const from = Math.floor(row / outer) * count;
    for (let j = 0; j < count; j++) {
      copy(result, next, values, row * length * inner, indices[from + j]!, length, inner);
      next += inner;
    }
  }
}

/** Whatever the arithmetic, an index is compared with all places there are. */
function gatherIn<T>(arithmetic: Arithmetic<T>): GatherSteps<T> {
  return {
    copy(result, to, values, first, index, length, inner) {
      for (let i = 0; i < inner; i++) {
        result[to + i] = arithmetic.constant(Number.NaN);
        for (let k = 0; k < length; k++) {
          const hit = arithmetic.apply(equal.op, [index, arithmetic.constant(k)]);
          result[to + i] = arithmetic.apply(where.op, [hit, values[first + k * inner + i]!, result[to + i]!]);
        }
      }
    },
  };
}

const gatherNumbers = {
  copy: (
    result: Target<number>,
    to: number,
    values: ArrayLike<number>,
    first: number,
    k: number,
    length: number,
    inner: number,
  ) => {
    const inside = k >= 0 && k < length && k === Math.floor(k);
    if (inner === 1) result[to] = inside ? values[first + k]! : Number.NaN;
    else
      for (let i = 0; i < inner; i++) result[to + i] = inside ? values[first + k * inner + i]! : Number.NaN;
  },
};

const gatherOp: Op<GatherParams> = defineOp<GatherParams, Two>({
  name: "gather",
  shape: ([x, indices], { axis, batch }) => [
    ...x.slice(0, axis),
    ...indices.slice(batch),
    ...x.slice(axis + 1),
  ],
  evaluate<T>(
    arithmetic: Arithmetic<T>,
    [values, indices]: ValuesOf<Two, T>,
    { operands: [x, at], result }: ShapesOf<Two>,
    params: GatherParams,
  ) {
    const elements: T[] = new Array(sizeOf(result));
    gather<T>(gatherIn(arithmetic), elements, values, indices, ...sizesOf(x, at, params));
    return elements;
  },
  routine: ({ operands: [x, at] }, params) => routineOf(gather, gatherNumbers, 2, sizesOf(x, at, params)),
  work: ({ operands: [x], result }, { axis }) => 3 * sizeOf(result) * x[axis]!,
  derivative: {
    kind: "transpose",
    linear: "each",
    carries: true,
    sparse: true,
    discrete: [1],
    transpose: (adjoint, _operand, { operands: [x, indices], params: { axis, batch } }) =>
      apply(scatterOp, [adjoint, indices], { axis, batch, length: x.shape[axis]! }),
  },
  domains: [real(), integer(0, 2)],
});

interface ScatterParams extends GatherParams {
  readonly length: number;
}

interface ScatterSteps<T> {
  readonly zero: T;
  /** Adds a row of `values` to row `index` of the result's. */
  add(
    result: Target<T>,
    first: number,
    index: T,
    length: number,
    inner: number,
    values: ArrayLike<T>,
    from: number,
  ): void;
}

function scatter<T>(
  { zero, add }: ScatterSteps<T>,
  result: Target<T>,
  values: ArrayLike<T>,
  indices: ArrayLike<T>,
  batches: number,
  outer: number,
  length: number,
  inner: number,
  count: number,
): void {
  for (let i = 0; i < batches * outer * length * inner; i++) result[i] = zero;
  let next = 0;
  for (let row = 0; row < batches * outer; row++) {
    const from = Math.floor(row / outer) * count;
    for (let j = 0; j < count; j++) {
      add(result, row * length * inner, indices[from + j]!, length, inner, values, next);
      next += inner;
    }
  }
}

function scatterIn<T>(arithmetic: Arithmetic<T>): ScatterSteps<T> {
  const zero = arithmetic.constant(0);
  return {
    zero,
    add(result, first, index, length, inner, values, from) {
      for (let k = 0; k < length; k++) {
        const hit = arithmetic.apply(equal.op, [index, arithmetic.constant(k)]);
        for (let i = 0; i < inner; i++) {
          const at = first + k * inner + i;
          result[at] = arithmetic.add(
            result[at]!,
            arithmetic.apply(where.op, [hit, values[from + i]!, zero]),
          );
        }
      }
    },
  };
}

const scatterNumbers = {
  zero: 0,
  add: (
    result: Target<number>,
    first: number,
    k: number,
    length: number,
    inner: number,
    values: ArrayLike<number>,
    from: number,
  ) => {
    if (!(k >= 0 && k < length && k === Math.floor(k))) return;
    if (inner === 1) result[first + k] = result[first + k]! + values[from]!;
    else
      for (let i = 0, to = first + k * inner; i < inner; i++, to++)
        result[to] = result[to]! + values[from + i]!;
  },
};

/** Operands: values as `gather` gives them, and their indices. */
const scatterOp: Op<ScatterParams> = defineOp<ScatterParams, Two>({
  name: "scatter",
  shape: ([values, indices], { axis, batch, length }) => [
    ...values.slice(0, axis),
    length,
    ...values.slice(axis + indices.length - batch),
  ],
  evaluate<T>(
    arithmetic: Arithmetic<T>,
    [values, indices]: ValuesOf<Two, T>,
    { operands: [, at], result }: ShapesOf<Two>,
    params: ScatterParams,
  ) {
    const sums: T[] = new Array(sizeOf(result));
    scatter<T>(scatterIn(arithmetic), sums, values, indices, ...sizesOf(result, at, params));
    return sums;
  },
  routine: ({ operands: [, at], result }, params) =>
    routineOf(scatter, scatterNumbers, 2, sizesOf(result, at, params)),
  work: ({ operands: [, indices], result }) => 3 * sizeOf(result) * sizeOf(indices),
  derivative: {
    kind: "transpose",
    linear: "each",
    carries: true,
    discrete: [1],
    transpose: (adjoint, _operand, { operands: [, indices], params: { axis, batch } }) =>
      apply(gatherOp, [adjoint, indices], { axis, batch }),
  },
  domains: [real(), integer(0, 2)],
});

export const gatherInstances: Instances = {
  op: gatherOp as Op,
  instances: [
    { shapes: [[3], []], params: { axis: 0, batch: 0 } },
    { shapes: [[3, 2], [2]], params: { axis: 0, batch: 0 } },
    {
      shapes: [
        [2, 3],
        [2, 2],
      ],
      params: { axis: 1, batch: 0 },
    },
    {
      shapes: [
        [2, 2, 3, 2],
        [2, 4],
      ],
      params: { axis: 2, batch: 1 },
    },
    { shapes: [[3], [0]], params: { axis: 0, batch: 0 } },
  ],
};

export const scatterInstances: Instances = {
  op: scatterOp as Op,
  instances: [
    { shapes: [[], []], params: { axis: 0, batch: 0, length: 3 } },
    { shapes: [[2, 2], [2]], params: { axis: 0, batch: 0, length: 3 } },
    {
      shapes: [
        [2, 2, 2],
        [2, 2],
      ],
      params: { axis: 1, batch: 0, length: 3 },
    },
    {
      shapes: [
        [2, 3, 2],
        [2, 3],
      ],
      params: { axis: 1, batch: 1, length: 3 },
    },
    { shapes: [[0], [0]], params: { axis: 0, batch: 0, length: 2 } },
  ],
};

/**
 * The elements (or rows) at whole-numbered indices along an axis, the first by default: element `i` of `take(x, at)` is
 * x[at[i]], NaN for an index outside. The indices may be an input, and have no derivative.
 * @throws where known indices are outside
 */
export const take: ((x: Operand, indices: Operand, axis?: number) => Expr) & WithOp =
  /* @__PURE__ */ Object.assign(
    (x: Operand, indices: Operand, axis = 0): Expr =>
      withOperands("take", [x, indices], ([values, at]) => {
        const along = normalizeAxis(axis, values.shape.length, "take");
        checkKnown("take", indices, values.shape[along]!);
        return apply(gatherOp, [values, at], { axis: along, batch: 0 });
      }),
    { op: gatherOp as Op },
  );

type SegmentSum = ((values: Operand, indices: Operand, count: number) => Expr) & WithOp;

/**
 * Sums by segment (JAX's `segment_sum`): row `k` of the result, of `count` in all, is the sum of the rows `i` of `values`
 * with `indices[i]` = k, 0 where there is none. The transpose of `take` along the first axis; what falls outside is
 * dropped. The indices may be an input, and have no derivative.
 * @throws where the indices aren't as many as there are values, or known ones are outside
 *
 * @example
 * segmentSum([1, 2, 3], [0, 2, 0], 3); // [4, 0, 2]
 */
export const segmentSum: SegmentSum = /* @__PURE__ */ Object.assign(
  (values: Operand, indices: Operand, count: number): Expr =>
    withOperands("segmentSum", [values, indices], ([given, at]) => {
      const leading = given.shape.slice(0, at.shape.length);
      if (formatShape(leading) !== formatShape(at.shape)) {
        throw new AdjointError(
          `segmentSum: values ${formatShape(given.shape)} and indices ${formatShape(at.shape)} differ; there must be an index for each value (or row).`,
        );
      }
      if (!isLength(count)) throw new AdjointError(`segmentSum: the count is a whole number, not ${count}.`);
      checkKnown("segmentSum", indices, count);
      return apply(scatterOp, [given, at], { axis: 0, batch: 0, length: count });
    }),
  { op: scatterOp as Op },
);

/** @deprecated It is called `segmentSum`. */
export const scatterAdd: SegmentSum = segmentSum;

/** Indices that are known when a graph is made are checked then. */
function checkKnown(what: string, indices: unknown, length: number): void {
  const visit = (one: unknown): void => {
    if (typeof one === "number" && !(Number.isInteger(one) && one >= 0 && one < length)) {
      throw new AdjointError(
        `${what}: the index ${one} is none of the ${length} places, 0 to ${length - 1}.`,
      );
    }
    if (Array.isArray(one) || ArrayBuffer.isView(one))
      for (const child of one as unknown as Iterable<unknown>) visit(child);
  };
  visit(indices);
}
