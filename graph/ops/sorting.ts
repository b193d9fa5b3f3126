/** Elements in order along an axis: the places that they come from, and what is made of these. */
import { readCount } from "../arguments.js";
import type { WithOp } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import { apply, type Expr } from "../node.js";
import {
  type Arithmetic,
  defineOp,
  type Instances,
  type One,
  type Op,
  real,
  type ShapesOf,
  type ValuesOf,
} from "../op.js";
import { withOperands } from "../operand.js";
import { checkOptions } from "../options.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import type { Replaced } from "../shape-types.js";
import type { Operand, ResultOf, ShapeOf } from "../types.js";
import { applier, asNumbers, routineOf, type Target } from "./algorithm.js";
import { normalizeAxis } from "./axes.js";
import { equal, less, logicalAnd, logicalNot, logicalOr, where } from "./comparison.js";
import { gatherAlong } from "./gather.js";
import { slice } from "./indexing.js";
import { moveAxis } from "./moving.js";
import { bentByTies } from "./runs.js";

interface ArgsortParams {
  /** 1: from the largest on. */
  readonly descending: 0 | 1;
}

type Sizes = readonly [rows: number, length: number, descending: number];

/** Of each row along the last axis, the places of its elements in their order; equal ones stay in theirs. */
const argsortOp: Op<ArgsortParams> = /* @__PURE__ */ defineOp<ArgsortParams, One>({
  name: "argsort",
  shape: ([x]) => x,
  evaluate<T>(
    arithmetic: Arithmetic<T>,
    [values]: ValuesOf<One, T>,
    { result: shape }: ShapesOf<One>,
    params: ArgsortParams,
  ) {
    const sizes = sizesOf(shape, params);
    const known = asNumbers(values);
    if (!known) return rankRows(arithmetic, values, sizes);
    const places: number[] = new Array(known.length);
    mergeRows({}, places, known, sizes);
    return places.map(arithmetic.constant);
  },
  routine: ({ result }, params) => routineOf(mergeRows, {}, 1, sizesOf(result, params)),
  work: ({ result }) => 8 * sizeOf(result) * result.at(-1)!,
  derivative: { kind: "constant" },
  domains: [real()],
});

function sizesOf(shape: Shape, { descending }: ArgsortParams): Sizes {
  return [sizeOf(shape.slice(0, -1)), shape.at(-1)!, descending];
}

/** Merges runs of 1, 2, 4 … elements: n·log n steps, whatever the numbers are, and equal ones keep their order. */
function mergeRows(
  _: object,
  result: Target<number>,
  values: ArrayLike<number>,
  [rows, length, descending]: Sizes,
): void {
  let keys = new Float64Array(length);
  let places = new Float64Array(length);
  let nextKeys = new Float64Array(length);
  let nextPlaces = new Float64Array(length);
  for (let first = 0; first < rows * length; first += length) {
    for (let i = 0; i < length; i++) {
      keys[i] = values[first + i]!;
      places[i] = i;
    }
    for (let width = 1; width < length; width *= 2) {
      for (let start = 0; start < length; start += 2 * width) {
        const middle = Math.min(start + width, length);
        const end = Math.min(middle + width, length);
        let left = start;
        let right = middle;
        for (let to = start; to < end; to++) {
          let isRight = left === middle;
          if (!isRight && right < end) {
            // The right one comes first only where it is strictly before the left one. NaN is larger than any number.
            const a = keys[left]!;
            const b = keys[right]!;
            isRight = descending
              ? b > a || (Number.isNaN(b) && !Number.isNaN(a))
              : b < a || (Number.isNaN(a) && !Number.isNaN(b));
          }
          const from = isRight ? right++ : left++;
          nextKeys[to] = keys[from]!;
          nextPlaces[to] = places[from]!;
        }
      }
      const [usedKeys, usedPlaces] = [keys, places];
      keys = nextKeys;
      places = nextPlaces;
      nextKeys = usedKeys;
      nextPlaces = usedPlaces;
    }
    for (let i = 0; i < length; i++) result[first + i] = places[i]!;
  }
}

/** Whether an element is strictly before another one, NaN being larger than any number. */
export function orderIn<T>(arithmetic: Arithmetic<T>): (a: T, b: T) => T {
  const by = applier(arithmetic);
  const isNumber = (x: T) => by(equal)(x, x);
  return (a, b) => by(logicalOr)(by(less)(a, b), by(logicalAnd)(isNumber(a), by(logicalNot)(isNumber(b))));
}

/** Where nothing can be decided: each element's place is the number of those before it, found by comparing all pairs. */
function rankRows<T>(
  arithmetic: Arithmetic<T>,
  values: readonly T[],
  [rows, length, descending]: Sizes,
): readonly T[] {
  const by = applier(arithmetic);
  const isBefore = orderIn(arithmetic);
  const result: T[] = [];
  for (let row = 0; row < rows; row++) {
    const keys = values.slice(row * length, (row + 1) * length);
    const ranks = keys.map(() => arithmetic.constant(0));
    for (let j = 1; j < length; j++) {
      for (let i = 0; i < j; i++) {
        const [a, b] = [keys[i]!, keys[j]!];
        const exchanged = descending ? isBefore(a, b) : isBefore(b, a);
        ranks[i] = arithmetic.add(ranks[i]!, exchanged);
        ranks[j] = arithmetic.add(ranks[j]!, by(logicalNot)(exchanged));
      }
    }
    for (let place = 0; place < length; place++) {
      result.push(
        ranks.reduce(
          (found, rank, i) =>
            by(where)(by(equal)(rank, arithmetic.constant(place)), arithmetic.constant(i), found),
          arithmetic.constant(0),
        ),
      );
    }
  }
  return result;
}

export const argsortInstances: Instances = {
  op: argsortOp as Op,
  instances: [
    { shapes: [[4]], params: { descending: 0 } },
    { shapes: [[5]], params: { descending: 1 } },
    { shapes: [[2, 3]], params: { descending: 0 } },
    { shapes: [[2, 2, 1]], params: { descending: 1 } },
    { shapes: [[0]], params: { descending: 0 } },
    { shapes: [[2, 0]], params: { descending: 1 } },
  ],
};

/** The places along the last axis. */
function placesOf(x: Expr, descending: boolean | undefined): Expr {
  return apply(argsortOp, [x], { descending: descending ? 1 : 0 });
}

/** The elements along the last axis in order. */
export function sorted(x: Expr, descending?: boolean): Expr {
  return bentByTies(gatherAlong(x, placesOf(x, descending)), x.shape.length - 1);
}

/**
 * Options of `sort` and `argsort`.
 * @example const options: SortOptions = { descending: true };
 */
export interface SortOptions {
  /** From the largest element to the smallest; default false. */
  readonly descending?: boolean;
}

type Sorting = <const A extends Operand>(
  x: A,
  axis?: number,
  options?: SortOptions,
) => ResultOf<[A], ShapeOf<A>>;

/** The public form of what `build` makes along the last axis. */
function sorting(name: string, build: (x: Expr, descending: boolean | undefined) => Expr): Sorting {
  return ((x: Operand, axis = -1, options: SortOptions = {}) => {
    const { descending } = checkOptions(name, options, { descending: "boolean" });
    return withOperands(name, [x], ([operand]) => {
      const last = operand.shape.length - 1;
      const along = normalizeAxis(axis, last + 1, name);
      return moveAxis(build(moveAxis(operand, along, last), descending), last, along);
    });
  }) as Sorting;
}

/**
 * The elements in ascending order along an axis, the last by default; `descending` from the largest on. NaN is larger
 * than any number, as in NumPy; 0 and −0 are equal. The derivative goes to the element that stands there, of equal ones
 * in the order of their places; these have no second one: NaN.
 *
 * @example
 * sort([3, 1, 2]); // [1, 2, 3]
 */
export const sort: Sorting = /* @__PURE__ */ sorting("sort", sorted);

/**
 * The places of the elements in the order of `sort`, equal ones in the order in which they stand: `take(x, argsort(x))`
 * is `sort(x)`. It has no derivative.
 *
 * @example
 * argsort([3, 1, 2]); // [1, 2, 0]
 */
export const argsort: Sorting & WithOp = /* @__PURE__ */ Object.assign(sorting("argsort", placesOf), {
  op: argsortOp as Op,
});

/**
 * The largest elements along an axis and their places.
 * @example const sumOf = ({ values }: TopK) => sum(values);
 */
export interface TopK<R = Expr> {
  readonly values: R;
  readonly indices: R;
}

/**
 * The `k` largest elements along an axis, the last by default, from the largest on, and their places; of equal ones the
 * first (`jax.lax.top_k`). NaN counts as the largest. The derivative goes to the elements that are taken; where one has an
 * equal there is no second one: NaN.
 * @throws where `k` isn't a whole number up to the length of the axis
 *
 * @example
 * topK([3, 1, 2], 2); // { values: [3, 2], indices: [0, 2] }
 */
export function topK<const A extends Operand, const K extends number, const X extends number = -1>(
  x: A,
  k: K,
  axis: X = -1 as X,
): TopK<ResultOf<[A], Replaced<ShapeOf<A>, X, [K]>>> {
  const first = (wanted: keyof TopK) =>
    withOperands("topK", [x], ([operand]) => {
      const last = operand.shape.length - 1;
      const along = normalizeAxis(axis, last + 1, "topK");
      const length = operand.shape[along]!;
      if (readCount(k, "topK: k") > length) {
        throw new AdjointError(
          `topK: ${formatShape(operand.shape)} has ${length} elements along axis ${along}, not ${k}.`,
        );
      }
      const rows = moveAxis(operand, along, last);
      const all = wanted === "indices" ? placesOf(rows, true) : sorted(rows, true);
      return moveAxis(slice(all, 0, k, { axis: last }), last, along);
    });
  return { values: first("values"), indices: first("indices") } as never;
}
