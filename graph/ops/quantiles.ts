/** What lies at given parts of the elements in their order. */
import { readList } from "../arguments.js";
import { describe } from "../describe.js";
import { AdjointError } from "../errors.js";
import type { Expr } from "../node.js";
import { withOperands } from "../operand.js";
import { checkOptions } from "../options.js";
import { sizeOf } from "../shape.js";
import type { Axes, Reduced } from "../shape-types.js";
import { rowsOf } from "../tree.js";
import type { Operand, ResultOf, ShapeOf } from "../types.js";
import { abs, add, multiply, subtract } from "./arithmetic.js";
import { checkElements, type Reduction, type ReductionOptions, readAxes, reduction } from "./axes.js";
import { insertAxes, sumAxes } from "./broadcast.js";
import { equal, less, where } from "./comparison.js";
import { constant } from "./constant.js";
import { gather } from "./gather.js";
import { slice } from "./indexing.js";
import { noSlope } from "./kinks.js";
import { moveAxis, permuted, reshapeExpr } from "./moving.js";
import { sorted } from "./sorting.js";

/** By its method's name, how far between the elements below and above the place `h` a quantile lies. */
const methods = {
  linear: (part: number) => part,
  lower: () => 0,
  higher: (part: number) => (part > 0 ? 1 : 0),
  midpoint: (part: number) => (part > 0 ? 0.5 : 0),
  // Halves go to the even place.
  nearest: (part: number, below: number) => (part > 0.5 || (part === 0.5 && below % 2 === 1) ? 1 : 0),
} as const;

/**
 * What a quantile between two elements is.
 * @example const method: QuantileMethod = "midpoint";
 */
export type QuantileMethod = keyof typeof methods;

/** The quantiles `parts` of all elements along `axes`, along a new first axis. */
function quantilesAlong(
  x: Expr,
  axes: readonly number[],
  parts: readonly number[],
  method: QuantileMethod,
  what: string,
): Expr {
  const { shape, builder } = x;
  const kept = [...shape.keys()].filter((axis) => !axes.includes(axis));
  const rest = kept.map((axis) => shape[axis]!);
  const last = rest.length;
  const count = sizeOf(axes.map((axis) => shape[axis]!));
  checkElements(what, shape, axes);
  const rows = sorted(reshapeExpr(permuted(x, [...kept, ...axes]), [...rest, count]));
  const places = parts.map((part) => part * (count - 1));
  const list = (of: (place: number, below: number) => number) =>
    constant(
      builder,
      places.map((place) => of(place, Math.floor(place))),
      [parts.length],
    );
  const low = gather(
    rows,
    list((_, below) => below),
    last,
  );
  const high = gather(
    rows,
    list((_, below) => Math.min(below + 1, count - 1)),
    last,
  );
  const value = between(
    low,
    high,
    list((place, below) => methods[method](place - below, below)),
  );
  // NaN is sorted behind all numbers; where there is one, nothing is known, nor is any element's share.
  const largest = slice(rows, count - 1, count, { axis: last });
  const unknown = noSlope(insertAxes(sumAxes(rows, [last]), largest.shape, [last]));
  return moveAxis(where(equal(largest, largest), value, unknown), last, 0);
}

/**
 * From `a` to `b`, from the nearer end, so that equal ends give that number. What is infinite, or too far away, is weighed
 * instead; at an end the other one doesn't matter.
 */
function between(a: Expr, b: Expr, part: Expr): Expr {
  const difference = subtract(b, a);
  const rest = subtract(1, part);
  const near = where(
    less(part, 0.5),
    add(a, multiply(difference, part)),
    subtract(b, multiply(difference, rest)),
  );
  const weighed = add(multiply(a, rest), multiply(b, part));
  const inside = where(less(abs(difference), Number.POSITIVE_INFINITY), near, weighed);
  return where(equal(part, 0), a, where(equal(part, 1), b, inside)) as Expr;
}

/**
 * The element in the middle of their order, of two the mean; of all or along axes. The derivative goes to these elements,
 * of equal ones in the order of their places, which have no second one: NaN. NaN where there is one.
 * @throws where there is no element
 *
 * @example
 * median([3, 1, 2, 10]); // 2.5
 */
export const median: Reduction = /* @__PURE__ */ reduction("median", (x, axes) =>
  first(quantilesAlong(x, axes, [0.5], "linear", "median")),
);

const first = (x: Expr): Expr => reshapeExpr(x, x.shape.slice(1));

/**
 * Options of `quantile`.
 * @example const options: QuantileOptions = { method: "lower", keepDims: true };
 */
export interface QuantileOptions<K extends boolean = boolean> extends ReductionOptions<K> {
  /**
   * What lies between two elements: "linear", the default, is proportional (R. J. Hyndman and Y. Fan, "Sample quantiles
   * in statistical packages", The American Statistician 50, 1996, definition 7); "lower", "higher", "nearest" (halves to
   * the even place) take one of them, "midpoint" their mean. NumPy's names.
   */
  readonly method?: QuantileMethod;
}

/**
 * The quantiles of all elements, or along axes: below the part `q` of them, q·(n − 1) places behind the smallest. A list
 * of parts gives the quantiles along a new first axis. The derivative goes to the elements on both sides, of equal ones
 * in the order of their places, which have no second one: NaN. NaN where there is one.
 * @throws where a part isn't between 0 and 1, or there is no element
 *
 * @example
 * quantile([1, 2, 3, 4, 10], 0.25); // 2
 * quantile([1, 2, 3, 4, 10], [0, 0.5, 0.75]); // [1, 3, 4]
 */
export function quantile<
  const A extends Operand,
  const Q extends number | readonly number[],
  const X extends Axes | undefined = undefined,
  K extends boolean = false,
>(
  x: A,
  q: Q,
  axes?: X,
  options: QuantileOptions<K> = {},
): ResultOf<[A], [...(Q extends readonly number[] ? [Q["length"]] : []), ...Reduced<ShapeOf<A>, X, K>]> {
  const { method = "linear", ...rest } = checkOptions("quantile", options, {
    keepDims: "boolean",
    method: "string",
  });
  if (!Object.hasOwn(methods, method)) {
    const names = Object.keys(methods).join(", ");
    throw new AdjointError(`quantile: the method is ${describe(method)}; it must be one of ${names}.`);
  }
  const isList = rowsOf(q) !== undefined;
  const parts = isList ? readList(q, "quantile: q", readPart) : [readPart(q)];
  return withOperands("quantile", [x], ([operand]) => {
    const { shape } = operand;
    const along = readAxes(axes, shape.length, "quantile").sort((a, b) => a - b);
    const found = quantilesAlong(operand, along, parts, method, "quantile");
    const kept = rest.keepDims
      ? [parts.length, ...shape.map((length, axis) => (along.includes(axis) ? 1 : length))]
      : found.shape;
    return reshapeExpr(found, isList ? kept : kept.slice(1));
  }) as never;
}

function readPart(q: unknown): number {
  if (typeof q === "number" && q >= 0 && q <= 1) return q;
  throw new AdjointError(`quantile: q must be a number from 0 to 1, or a list of such, not ${describe(q)}.`);
}
