/** Elements at places that are known only when a graph runs: gather, and its transpose, segmentSum. */
import { readCount } from "../arguments.js";
import { fullLike, type WithOp } from "../elementwise.js";
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
import { formatShape, type Shape, sizeOf } from "../shape.js";
import type { Behind } from "../shape-types.js";
import type { Operand, ResultOf, ShapeOf } from "../types.js";
import { asNumbers, routineOf, type Target } from "./algorithm.js";
import { equal, where } from "./comparison.js";
import { knownValues } from "./constant.js";

interface GatherParams {
  /** Among the axes of what is gathered from. */
  readonly axis: number;
  /** How many leading axes both operands share, so that each index is one of its own batch. */
  readonly batch: number;
}

/** The lengths of the batches, before, along and behind the axis, and how many indices a batch has. */
type Sizes = readonly [batches: number, outer: number, length: number, inner: number, count: number];

function sizesOf(whole: Shape, indices: Shape, { axis, batch }: GatherParams): Sizes {
  const size = (shape: Shape, from: number, to?: number) => sizeOf(shape.slice(from, to));
  const outer = size(whole, batch, axis);
  return [size(whole, 0, batch), outer, whole[axis]!, size(whole, axis + 1), size(indices, batch)];
}

type Visited<T> = [result: Target<T>, values: ArrayLike<T>, first: number, index: T];

/** What is done with each index: it stands for a row of `inner` elements among `length`, the first of them at `first`. */
type Steps<T> = {
  clear(result: Target<T>, size: number): void;
  /** `next` is the row that belongs to the index, of what is gathered or scattered. */
  visit(...given: [...Visited<T>, next: number, length: number, inner: number]): void;
};

function eachIndex<T>(
  { clear, visit }: Steps<T>,
  result: Target<T>,
  values: ArrayLike<T>,
  indices: ArrayLike<T>,
  [batches, outer, length, inner, count]: Sizes,
): void {
  clear(result, batches * outer * length * inner);
  for (let row = 0, next = 0; row < batches * outer; row++) {
    const from = Math.floor(row / outer) * count;
    for (let j = 0; j < count; j++, next += inner)
      visit(result, values, row * length * inner, indices[from + j]!, next, length, inner);
  }
}

/** In any arithmetic, an index is compared with all places there are. */
function gatherIn<T>(arithmetic: Arithmetic<T>): Steps<T> {
  return {
    clear() {},
    visit(result, values, first, index, next, length, inner) {
      for (let i = 0; i < inner; i++) {
        result[next + i] = arithmetic.constant(Number.NaN);
        for (let k = 0; k < length; k++) {
          const hit = arithmetic.apply(equal.op, [index, arithmetic.constant(k)]);
          result[next + i] = arithmetic.apply(where.op, [
            hit,
            values[first + k * inner + i]!,
            result[next + i]!,
          ]);
        }
      }
    },
  };
}

const gatherNumbers: Steps<number> = {
  clear: () => {},
  visit: (result, values, first, k, next, length, inner) => {
    const inside = k >= 0 && k < length && k === Math.floor(k);
    if (inner === 1) result[next] = inside ? values[first + k]! : Number.NaN;
    else
      for (let i = 0; i < inner; i++) result[next + i] = inside ? values[first + k * inner + i]! : Number.NaN;
  },
};

function scatterIn<T>(arithmetic: Arithmetic<T>): Steps<T> {
  const zero = arithmetic.constant(0);
  return {
    clear(result, size) {
      for (let i = 0; i < size; i++) result[i] = zero;
    },
    visit(result, values, first, index, next, length, inner) {
      for (let k = 0; k < length; k++) {
        const hit = arithmetic.apply(equal.op, [index, arithmetic.constant(k)]);
        for (let i = 0; i < inner; i++) {
          const at = first + k * inner + i;
          const value = arithmetic.apply(where.op, [hit, values[next + i]!, zero]);
          result[at] = arithmetic.add(result[at]!, value);
        }
      }
    },
  };
}

const scatterNumbers: Steps<number> = {
  clear: (result, size) => {
    for (let i = 0; i < size; i++) result[i] = 0;
  },
  visit: (result, values, first, k, next, length, inner) => {
    if (!(k >= 0 && k < length && k === Math.floor(k))) return;
    if (inner === 1) result[first + k] = result[first + k]! + values[next]!;
    else
      for (let i = 0, to = first + k * inner; i < inner; i++, to++)
        result[to] = result[to]! + values[next + i]!;
  },
};

export const gatherOp: Op<GatherParams> = defineOp<GatherParams, Two>({
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
    const sizes = sizesOf(x, at, params);
    const [known, places] = [asNumbers(values), asNumbers(indices)];
    if (known && places) {
      const found: number[] = new Array(sizeOf(result));
      eachIndex(gatherNumbers, found, known, places, sizes);
      return found.map(arithmetic.constant);
    }
    const elements: T[] = new Array(sizeOf(result));
    eachIndex(gatherIn(arithmetic), elements, values, indices, sizes);
    return elements;
  },
  routine: ({ operands: [x, at] }, params) => routineOf(eachIndex, gatherNumbers, 2, sizesOf(x, at, params)),
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
    const sizes = sizesOf(result, at, params);
    const [known, places] = [asNumbers(values), asNumbers(indices)];
    if (known && places) {
      const found: number[] = new Array(sizeOf(result));
      eachIndex(scatterNumbers, found, known, places, sizes);
      return found.map(arithmetic.constant);
    }
    const sums: T[] = new Array(sizeOf(result));
    eachIndex(scatterIn(arithmetic), sums, values, indices, sizes);
    return sums;
  },
  routine: ({ operands: [, at], result }, params) =>
    routineOf(eachIndex, scatterNumbers, 2, sizesOf(result, at, params)),
  work: ({ operands: [, indices], result }) => 3 * sizeOf(result) * sizeOf(indices),
  derivative: {
    kind: "transpose",
    linear: "each",
    carries: true,
    sparse: true,
    discrete: [1],
    // What is dropped, its index being outside, has no derivative.
    transpose(adjoint, _operand, { operands: [, indices], params: { axis, batch } }) {
      const from = (x: Expr) => apply(gatherOp, [x, indices], { axis, batch });
      return where(equal(from(fullLike(adjoint, 1)), 1), from(adjoint), 0) as Expr;
    },
  },
  // An index of −1 is dropped.
  domains: [real(), integer(-1, 2)],
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

/** The elements of `x` at whole-numbered indices along an axis. */
export function gather(x: Expr, indices: Expr, axis: number): Expr {
  return apply(gatherOp, [x, indices], { axis, batch: 0 });
}

/** The elements of each row of `x` along the last axis, at indices of the row's own. */
export function gatherAlong(x: Expr, indices: Expr): Expr {
  const axis = x.shape.length - 1;
  return apply(gatherOp, [x, indices], { axis, batch: axis });
}

type SegmentSum = (<const V extends Operand, const I extends Operand, const N extends number>(
  values: V,
  indices: I,
  count: N,
) => ResultOf<[V, I], [N, ...Behind<ShapeOf<V>, ShapeOf<I>>]>) &
  WithOp;

/**
 * Sums by segment (JAX's `segment_sum`): row `k` of the result, of `count` in all, is the sum of the rows `i` of `values`
 * with `indices[i]` = k, 0 where there is none. The transpose of `take` along the first axis; what falls outside is
 * dropped. The indices may be an input, and have no derivative.
 * @throws where the indices aren't as many as there are values, or known ones are outside
 *
 * @example
 * segmentSum([1, 2, 3], [0, 2, 0], 3); // [4, 0, 2]
 */
export const segmentSum: SegmentSum = /* @__PURE__ */ segmentSumBy("segmentSum");

/**
 * @deprecated It is called `segmentSum`.
 *
 * @example
 * scatterAdd([1, 2, 3], [0, 2, 0], 3); // [4, 0, 2]
 */
export const scatterAdd: SegmentSum = /* @__PURE__ */ segmentSumBy("scatterAdd");

function segmentSumBy(name: string): SegmentSum {
  const call = (values: Operand, indices: Operand, count: number): never =>
    withOperands(name, [values, indices], ([given, at]) => {
      const leading = given.shape.slice(0, at.shape.length);
      if (formatShape(leading) !== formatShape(at.shape)) {
        throw new AdjointError(
          `${name}: values ${formatShape(given.shape)} and indices ${formatShape(at.shape)} differ; there must be an index for each value (or row).`,
        );
      }
      readCount(count, `${name}: the count`);
      checkPlaces(knownValues(at, Number.POSITIVE_INFINITY) ?? [], 0, count, name);
      return apply(scatterOp, [given, at], { axis: 0, batch: 0, length: count });
    }) as never;
  return Object.assign(call, { op: scatterOp as Op });
}

/** Indices that are known when a graph is made are checked then. */
export function checkPlaces(known: ArrayLike<number>, least: number, length: number, what: string): void {
  for (let i = 0; i < known.length; i++) {
    const one = known[i]!;
    if (Number.isInteger(one) && one >= least && one < length) continue;
    const fromBack = least < 0 ? `, or −${length} to −1 from the back` : "";
    throw new AdjointError(
      `${what}: the index ${one} is none of the ${length} places, 0 to ${length - 1}${fromBack}.`,
    );
  }
}
