/** Linear recurrences along an axis, in time linear in its length: what running products and their like are made of. */
import { fullLike } from "../elementwise.js";
import { apply, type Expr } from "../node.js";
import {
  type Arithmetic,
  defineOp,
  type Instances,
  type Op,
  real,
  type ShapesOf,
  type Two,
  type ValuesOf,
} from "../op.js";
import { type Shape, sizeOf } from "../shape.js";
import { routineOf, type Target } from "./algorithm.js";
import { add, multiply } from "./arithmetic.js";
import { assemble, box, partAt } from "./boxes.js";
import { logicalAnd, where } from "./comparison.js";
import { full } from "./constant.js";

/** Which way something runs along a tensor. */
export interface Course {
  readonly axis: number;
  /** 1: from the last element to the first. */
  readonly reverse: 0 | 1;
}

/** The lengths before, along and behind the axis, and the direction. */
export type CourseSizes = readonly [outer: number, length: number, inner: number, reverse: number];

export function courseOf(shape: Shape, { axis, reverse }: Course): CourseSizes {
  return [sizeOf(shape.slice(0, axis)), shape[axis]!, sizeOf(shape.slice(axis + 1)), reverse];
}

/** sₖ = aₖ·sₖ₋₁ + bₖ, and s₀ = b₀: the first a is never used. */
export const recurrenceOp: Op<Course> = /* @__PURE__ */ defineOp<Course, Two>({
  name: "recurrence",
  shape: ([a]) => a,
  evaluate<T>(
    arithmetic: Arithmetic<T>,
    [a, b]: ValuesOf<Two, T>,
    { result: shape }: ShapesOf<Two>,
    course: Course,
  ) {
    const result = [...b];
    recur(arithmetic, result, a, b, courseOf(shape, course));
    return result;
  },
  routine: ({ result }, course) =>
    routineOf(
      recur,
      { add: (a: number, b: number) => a + b, multiply: (a: number, b: number) => a * b },
      2,
      courseOf(result, course),
    ),
  work: ({ result }) => 2 * sizeOf(result),
  derivative: {
    kind: "forwardReverse",
    mask: (_operand, { params, used }) => (used ? usedBefore(used, params) : undefined),
    forward([da, db], { operands: [a], params, result }) {
      const byA = da && timesPrevious(da, result, params);
      const moved = byA && db ? add(byA, db) : (byA ?? db!);
      return recurrence(a, moved, params);
    },
    reverse(adjoint, [mattersA], { operands: [a], params, result, used }) {
      // λₖ = adjointₖ + aₖ₊₁·λₖ₊₁: the same, from the other end.
      const back = backOf(params);
      const factors = used ? where(usedBefore(used, params), a, 0) : a;
      const byB = recurrence(previous(factors, back), adjoint, back);
      return [mattersA ? timesPrevious(byB, result, params) : undefined, byB];
    },
  },
  domains: [real(-1.5, 1.5), real()],
});

export const backOf = (course: Course): Course => ({ ...course, reverse: course.reverse ? 0 : 1 });

/** Whether an element or one further on the way is used: how many are. */
function usedBefore(used: Expr, course: Course): Expr {
  return recurrence(fullLike(used, 1), logicalAnd(used, 1), backOf(course));
}

function recur<T>(
  { add, multiply }: { add(a: T, b: T): T; multiply(a: T, b: T): T },
  result: Target<T>,
  a: ArrayLike<T>,
  b: ArrayLike<T>,
  [outer, length, inner, reverse]: CourseSizes,
): void {
  // From the end, the elements are visited from the last on.
  const step = reverse ? -1 : 1;
  let at = reverse ? outer * length * inner - 1 : 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner && length > 0; i++, at += step) result[at] = b[at]!;
    for (let i = inner; i < inner * length; i++, at += step)
      result[at] = add(multiply(a[at]!, result[at - step * inner]!), b[at]!);
  }
}

export const recurrenceInstances: Instances = {
  op: recurrenceOp as Op,
  instances: [
    { shapes: [[4], [4]], params: { axis: 0, reverse: 0 } },
    { shapes: [[4], [4]], params: { axis: 0, reverse: 1 } },
    {
      shapes: [
        [2, 3, 2],
        [2, 3, 2],
      ],
      params: { axis: 1, reverse: 0 },
    },
    {
      shapes: [
        [2, 3],
        [2, 3],
      ],
      params: { axis: 0, reverse: 1 },
    },
    { shapes: [[0], [0]], params: { axis: 0, reverse: 0 } },
  ],
};

/** The recurrence of `a` and `b`, of one shape. */
export function recurrence(a: Expr, b: Expr, course: Course): Expr {
  return apply(recurrenceOp, [a, b], course);
}

/** All elements but the first or the last on the way. */
export function without(x: Expr, which: "first" | "last", { axis, reverse }: Course): Expr {
  const atFront = (which === "first") !== (reverse === 1);
  const { shape } = x;
  return box(
    x,
    partAt(shape.map((_, i) => (i === axis && atFront ? 1 : 0))),
    shape.with(axis, Math.max(0, shape[axis]! - 1)),
  );
}

/** The elements of `x`, which has one less, one step further on the way; the first place is 0. */
export function later(x: Expr, shape: Shape, { axis, reverse }: Course): Expr {
  return assemble([x], [partAt(shape.map((_, i) => (i === axis && !reverse ? 1 : 0)))], shape);
}

/** Of each place the element before it on the way; of the first, 0. */
export function previous(x: Expr, course: Course): Expr {
  return x.shape[course.axis] === 0 ? x : later(without(x, "last", course), x.shape, course);
}

/** Each element times that of `s` before it. The first has none, so that nothing there matters, whatever it is. */
function timesPrevious(x: Expr, s: Expr, course: Course): Expr {
  if (x.shape[course.axis] === 0) return x;
  return later(multiply(without(x, "first", course), without(s, "last", course)), x.shape, course);
}

/** The first element on the way; `rest` in place of all others. */
export function firstOf(x: Expr, rest: number, course: Course): Expr {
  const { axis, reverse } = course;
  const { shape, builder } = x;
  const length = shape[axis]!;
  if (length === 0) return x;
  const place = (from: number) => partAt(shape.map((_, i) => (i === axis ? from : 0)));
  const first = box(x, place(reverse ? length - 1 : 0), shape.with(axis, 1));
  const others = full(builder, rest, shape.with(axis, length - 1));
  return assemble([first, others], [place(reverse ? length - 1 : 0), place(reverse ? 0 : 1)], shape);
}
