/** Runs of elements along an axis: sums that begin anew with each of them, and runs of equal ones. */
import type { Expr } from "../node.js";
import { apply } from "../node.js";
import {
  type Arithmetic,
  boolean,
  defineOp,
  type Instances,
  type Op,
  real,
  type ShapesOf,
  type Two,
  type ValuesOf,
} from "../op.js";
import { applier, routineOf, type Target } from "./algorithm.js";
import { add } from "./arithmetic.js";
import { equal, logicalOr, where } from "./comparison.js";
import { bentBy } from "./kinks.js";
import {
  backOf,
  type Course,
  type CourseSizes,
  courseOf,
  later,
  previous,
  recurrenceInstances,
  without,
} from "./recurrence.js";

/**
 * sₖ = sₖ₋₁ + xₖ where `stays` holds, else xₖ, as s₀ is. Unlike in the recurrence with these factors, what isn't in a run
 * doesn't matter to it, whatever it is: that is how derivatives are shared among equal elements.
 */
export const segmentedCumsumOp: Op<Course> = /* @__PURE__ */ defineOp<Course, Two>({
  name: "segmentedCumsum",
  shape: ([stays]) => stays,
  evaluate<T>(
    arithmetic: Arithmetic<T>,
    [stays, x]: ValuesOf<Two, T>,
    { result: shape }: ShapesOf<Two>,
    course: Course,
  ) {
    const result = [...x];
    const choose = applier(arithmetic)(where);
    sumRuns({ add: arithmetic.add, choose }, result, stays, x, courseOf(shape, course));
    return result;
  },
  routine: ({ result }, course) =>
    routineOf(
      sumRuns,
      {
        add: (a: number, b: number) => a + b,
        choose: (isTrue: number, a: number, b: number) => (isTrue ? a : b),
      },
      2,
      courseOf(result, course),
    ),
  derivative: {
    kind: "transpose",
    linear: "each",
    carries: true,
    discrete: [0],
    transpose(adjoint, _operand, { operands: [stays], params }) {
      const back = backOf(params);
      return segmentedCumsum(previous(stays, back), adjoint, back);
    },
  },
  domains: [boolean, real()],
});

function sumRuns<T>(
  { add, choose }: { add(a: T, b: T): T; choose(isTrue: T, a: T, b: T): T },
  result: Target<T>,
  stays: ArrayLike<T>,
  x: ArrayLike<T>,
  [outer, length, inner, reverse]: CourseSizes,
): void {
  // From the end, the elements are visited from the last on.
  const step = reverse ? -1 : 1;
  let at = reverse ? outer * length * inner - 1 : 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner && length > 0; i++, at += step) result[at] = x[at]!;
    for (let i = inner; i < inner * length; i++, at += step)
      result[at] = choose(stays[at]!, add(result[at - step * inner]!, x[at]!), x[at]!);
  }
}

export const segmentedCumsumInstances: Instances = {
  op: segmentedCumsumOp as Op,
  instances: recurrenceInstances.instances,
};

export function segmentedCumsum(stays: Expr, x: Expr, course: Course): Expr {
  return apply(segmentedCumsumOp, [stays, x], course);
}

/** Whether an element is equal to that before it on the way. */
function repeats(x: Expr, course: Course): Expr {
  return x.shape[course.axis] === 0
    ? x
    : later(equal(without(x, "first", course), without(x, "last", course)) as Expr, x.shape, course);
}

/** `x` itself, which is in order along an axis: where elements are equal, each has a kink of what moves with one of them. */
export function bentByTies(x: Expr, axis: number): Expr {
  const course = { axis, reverse: 0 } as const;
  const [again, next] = [repeats(x, course), repeats(x, backOf(course))];
  const tied = add(segmentedCumsum(again, x, course), segmentedCumsum(next, x, backOf(course)));
  return bentBy(x, logicalOr(again, next), tied);
}
