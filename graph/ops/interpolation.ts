/** Places among ascending numbers, and lines between them. */
import { describe } from "../describe.js";
import type { WithOp } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import { apply, type Expr } from "../node.js";
import {
  type Arithmetic,
  defineOp,
  type Instances,
  integer,
  type Op,
  type ShapesOf,
  type Two,
  type ValuesOf,
} from "../op.js";
import { readScalar, withOperands } from "../operand.js";
import { checkOptions } from "../options.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../shape.js";
import type { Operand, ResultOf, ShapeOf } from "../types.js";
import { applier, asNumbers, routineOf, type Target } from "./algorithm.js";
import { abs, add, divide, maximum, minimum, multiply, subtract } from "./arithmetic.js";
import { element } from "./boxes.js";
import { sumAxes } from "./broadcast.js";
import { equal, greater, less, logicalNot, where } from "./comparison.js";
import { gather } from "./gather.js";
import { bentBy, noSlope } from "./kinks.js";
import { reshapeExpr } from "./moving.js";
import { orderIn } from "./sorting.js";

interface SearchParams {
  /** 1: behind equal elements. */
  readonly right: 0 | 1;
}

type Sizes = readonly [rows: number, length: number, count: number, right: number];

/** Operands: rows of ascending numbers, and for each row the values to be placed. */
const searchOp: Op<SearchParams> = /* @__PURE__ */ defineOp<SearchParams, Two>({
  name: "searchsorted",
  shape: ([, values]) => values,
  evaluate<T>(
    arithmetic: Arithmetic<T>,
    [ascending, values]: ValuesOf<Two, T>,
    { operands: [rows], result }: ShapesOf<Two>,
    params: SearchParams,
  ) {
    const sizes = sizesOf(rows, result, params);
    const [known, given] = [asNumbers(ascending), asNumbers(values)];
    if (!known || !given) return searchIn(arithmetic, ascending, values, sizes);
    const places: number[] = new Array(given.length);
    searchRows({}, places, known, given, sizes);
    return places.map(arithmetic.constant);
  },
  routine: ({ operands: [rows], result }, params) =>
    routineOf(searchRows, {}, 2, sizesOf(rows, result, params)),
  work: ({ operands: [rows], result }) => 8 * sizeOf(result) * rows.at(-1)!,
  derivative: { kind: "constant" },
  domains: [integer(), integer()],
});

function sizesOf(ascending: Shape, values: Shape, { right }: SearchParams): Sizes {
  return [sizeOf(ascending.slice(0, -1)), ascending.at(-1)!, values.at(-1)!, right];
}

/** Halves the places that are left until there is one. NaN is larger than any number. */
function searchRows(
  _: object,
  result: Target<number>,
  ascending: ArrayLike<number>,
  values: ArrayLike<number>,
  [rows, length, count, right]: Sizes,
): void {
  for (let row = 0; row < rows; row++) {
    for (let at = row * count; at < (row + 1) * count; at++) {
      const value = values[at]!;
      let low = 0;
      let high = length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        const one = ascending[row * length + middle]!;
        const isBehind = right
          ? !(value < one || (Number.isNaN(one) && !Number.isNaN(value)))
          : one < value || (Number.isNaN(value) && !Number.isNaN(one));
        if (isBehind) low = middle + 1;
        else high = middle;
      }
      result[at] = low;
    }
  }
}

/** The same halvings in any arithmetic, as choices: the tree of all ways to go. */
function searchIn<T>(
  arithmetic: Arithmetic<T>,
  ascending: readonly T[],
  values: readonly T[],
  [rows, length, count, right]: Sizes,
): T[] {
  const by = applier(arithmetic);
  const isBefore = orderIn(arithmetic);
  const place = (row: number, value: T, low: number, high: number): T => {
    if (low === high) return arithmetic.constant(low);
    const middle = (low + high) >>> 1;
    const one = ascending[row * length + middle]!;
    const isBehind = right ? by(logicalNot)(isBefore(value, one)) : isBefore(one, value);
    return by(where)(isBehind, place(row, value, middle + 1, high), place(row, value, low, middle));
  };
  const result: T[] = [];
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < count; i++) result.push(place(row, values[row * count + i]!, 0, length));
  return result;
}

export const searchInstances: Instances = {
  op: searchOp as Op,
  instances: [
    { shapes: [[4], [3]], params: { right: 0 } },
    { shapes: [[5], [2]], params: { right: 1 } },
    {
      shapes: [
        [2, 3],
        [2, 2],
      ],
      params: { right: 0 },
    },
    { shapes: [[0], [2]], params: { right: 1 } },
    { shapes: [[2], [0]], params: { right: 0 } },
  ],
};

/** The places in a vector of values of any shape. */
function placesIn(ascending: Expr, values: Expr, right: 0 | 1): Expr {
  const flat = reshapeExpr(values, [sizeOf(values.shape)]);
  return reshapeExpr(apply(searchOp, [ascending, flat], { right }), values.shape);
}

/**
 * Options of `searchsorted`.
 * @example const options: SearchOptions = { side: "right" };
 */
export interface SearchOptions {
  /** Whether an equal element comes behind the place ("left", the default) or before it ("right"). */
  readonly side?: "left" | "right";
}

type Searching = <const A extends Operand, const V extends Operand>(
  ascending: A,
  values: V,
  options?: SearchOptions,
) => ResultOf<[A, V], ShapeOf<V>>;

/**
 * The places at which values go into ascending numbers, so that these stay in order: how many of them are smaller, or
 * with side "right" not larger (NumPy's `searchsorted`). `ascending` is a vector and the values have any shape, or both
 * have the same axes but for the last one. NaN is larger than any number. The places have no derivative.
 * @throws where the shapes don't go together
 *
 * @example
 * searchsorted([1, 2, 2, 5], [2, 9]); // [1, 4]
 * searchsorted([1, 2, 2, 5], 2, { side: "right" }); // 3
 */
export const searchsorted: Searching & WithOp = /* @__PURE__ */ Object.assign(
  (ascending: Operand, values: Operand, options: SearchOptions = {}): never => {
    const { side = "left" } = checkOptions("searchsorted", options, ["side"]);
    if (side !== "left" && side !== "right")
      throw new AdjointError(`searchsorted: side is ${describe(side)}; it must be "left" or "right".`);
    const right = side === "right" ? 1 : 0;
    return withOperands("searchsorted", [ascending, values], ([rows, given]) => {
      if (rows.shape.length === 1) return placesIn(rows, given, right);
      if (rows.shape.length > 1 && sameShape(rows.shape.slice(0, -1), given.shape.slice(0, -1)))
        return apply(searchOp, [rows, given], { right });
      throw new AdjointError(
        `searchsorted: values ${formatShape(given.shape)} don't go into ${formatShape(rows.shape)}; pass a vector, or the same axes but for the last one.`,
      );
    }) as never;
  },
  { op: searchOp as Op },
);

/**
 * Options of `interp`.
 * @example const options: InterpOptions = { left: 0 };
 */
export interface InterpOptions {
  /** The value in front of the first place; default: the value there. */
  readonly left?: Operand;
  /** The value behind the last place; default: the value there. */
  readonly right?: Operand;
}

/**
 * The lines through the points (xp, fp), xp ascending, at `x` of any shape; outside of them the values at the ends, or
 * `left` and `right` (NumPy's `interp`). It has derivatives by x (at a point that of the line behind it, and no second one:
 * NaN; outside 0), by fp, by xp and by the values outside.
 * @throws where xp and fp aren't vectors of one length, or have no element
 *
 * @example
 * interp([0.5, 3], [0, 1, 2], [10, 20, 40]); // [15, 40]
 */
export function interp<const A extends Operand, const P extends Operand, const F extends Operand>(
  x: A,
  xp: P,
  fp: F,
  options: InterpOptions = {},
): ResultOf<[A, P, F], ShapeOf<A>> {
  const { left, right } = checkOptions("interp", options, ["left", "right"]);
  const outside = [
    ...(left === undefined ? [] : [readScalar(left, "interp: left")]),
    ...(right === undefined ? [] : [readScalar(right, "interp: right")]),
  ];
  return withOperands("interp", [x, xp, fp, ...outside], (given) => {
    const [at, places, values, ...others] = given as readonly [Expr, Expr, Expr, ...Expr[]];
    const count = places.shape[0];
    if (places.shape.length !== 1 || count === 0 || !sameShape(places.shape, values.shape)) {
      throw new AdjointError(
        `interp: xp ${formatShape(places.shape)} and fp ${formatShape(values.shape)} aren't two vectors of one length, with an element at least.`,
      );
    }
    const last = count! - 1;
    const [first, end] = [element(places, 0), element(places, last)];
    const low = left === undefined ? element(values, 0) : others[0]!;
    const high = right === undefined ? element(values, last) : others.at(-1)!;
    const inner = last === 0 ? at : line(at, places, values, last);
    // At the last place no line begins.
    const from = where(equal(at, end), element(values, last), inner);
    // On which line NaN lies isn't known, nor what share any point has.
    const all = add(at, add(sumAxes(places, [0]), sumAxes(values, [0]))) as Expr;
    const known = bentAtPlaces(where(equal(at, at), from, noSlope(all)) as Expr, at, places, values);
    return where(less(at, first), low, where(greater(at, end), high, known)) as Expr;
  }) as never;
}

/** At a place two lines meet: there is a kink of all that makes them, and none where `x` lies between two. */
function bentAtPlaces(value: Expr, x: Expr, xp: Expr, fp: Expr): Expr {
  const last = xp.shape[0]! - 1;
  const here = subtract(placesIn(xp, x, 1), 1);
  const near = [-1, 0, 1].map((step) => minimum(maximum(add(here, step), 0), last) as Expr);
  const ends = near.flatMap((place) => [gather(xp, place, 0), gather(fp, place, 0)]);
  const isPlace = equal(x, gather(xp, near[1]!, 0)) as Expr;
  return bentBy(
    value,
    isPlace,
    ends.reduce((sum, end) => add(sum, end) as Expr, x),
  );
}

/** The line that begins at or in front of `x`, of those between `last` + 1 points. */
function line(x: Expr, xp: Expr, fp: Expr, last: number): Expr {
  const begin = minimum(maximum(subtract(placesIn(xp, x, 1), 1), 0), last - 1) as Expr;
  const end = add(begin, 1) as Expr;
  const [x0, x1, y0, y1] = [
    gather(xp, begin, 0),
    gather(xp, end, 0),
    gather(fp, begin, 0),
    gather(fp, end, 0),
  ];
  const [part, width] = [subtract(x, x0), subtract(x1, x0)];
  const slope = divide(subtract(y1, y0), width);
  // What is infinite, or overflows, is weighed; at the place itself the other end doesn't matter.
  const weight = divide(part, width);
  const weighed = where(equal(part, 0), y0, add(multiply(y0, subtract(1, weight)), multiply(y1, weight)));
  return where(less(abs(slope), Number.POSITIVE_INFINITY), add(y0, multiply(slope, part)), weighed) as Expr;
}
