/** What stands at each place for all elements up to it: running sums, products, extrema. */
import type { WithOp } from "../elementwise.js";
import { apply, type Expr } from "../node.js";
import {
  type Arithmetic,
  type Derivative,
  defineOp,
  type Instance,
  type Instances,
  type One,
  type Op,
  real,
  type ShapesOf,
  type ValuesOf,
} from "../op.js";
import { withOperands } from "../operand.js";
import { checkOptions } from "../options.js";
import type { Binary, Operand, ResultOf, ShapeOf } from "../types.js";
import { stopGradient } from "./activation.js";
import { applier, routineOf, type Target } from "./algorithm.js";
import { abs, add, divide, maximum, minimum, multiply, subtract } from "./arithmetic.js";
import { normalizeAxis } from "./axes.js";
import { equal, greater, less, logicalNot, where } from "./comparison.js";
import { exp, log } from "./exponential.js";
import { mark, noSlope } from "./kinks.js";
import {
  type Course,
  type CourseSizes,
  courseOf,
  firstOf,
  previous,
  recurrence,
  recurrenceOp,
} from "./recurrence.js";
import { segmentedCumsum } from "./runs.js";

interface Steps<T> {
  combine(total: T, value: T): T;
}

interface CumulativeDefinition {
  readonly name: string;
  stepsIn<T>(arithmetic: Arithmetic<T>): Steps<T>;
  readonly steps: Steps<number>;
  readonly derivative: Derivative<Course, One>;
}

/** An op that keeps what it has combined so far at each place of an axis. */
function cumulative({ name, stepsIn, steps, derivative }: CumulativeDefinition): Op<Course> {
  return defineOp<Course, One>({
    name,
    shape: ([x]) => x,
    evaluate<T>(
      arithmetic: Arithmetic<T>,
      [values]: ValuesOf<One, T>,
      { result: shape }: ShapesOf<One>,
      course: Course,
    ) {
      const result = [...values];
      cumulate(stepsIn(arithmetic), result, values, courseOf(shape, course));
      return result;
    },
    routine: ({ result }, course) => routineOf(cumulate, { ...steps }, 1, courseOf(result, course)),
    derivative,
    domains: [real()],
  });
}

function cumulate<T>(
  { combine }: Steps<T>,
  result: Target<T>,
  values: ArrayLike<T>,
  [outer, length, inner, reverse]: CourseSizes,
): void {
  // From the end, the elements are visited from the last on.
  const step = reverse ? -1 : 1;
  let at = reverse ? outer * length * inner - 1 : 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner && length > 0; i++, at += step) result[at] = values[at]!;
    for (let i = inner; i < inner * length; i++, at += step)
      result[at] = combine(result[at - step * inner]!, values[at]!);
  }
}

const instances: readonly Instance<Course>[] = [
  { shapes: [[4]], params: { axis: 0, reverse: 0 } },
  { shapes: [[4]], params: { axis: 0, reverse: 1 } },
  { shapes: [[2, 3, 2]], params: { axis: 1, reverse: 0 } },
  { shapes: [[2, 3]], params: { axis: 0, reverse: 1 } },
  { shapes: [[0]], params: { axis: 0, reverse: 0 } },
];

const cumsumOp: Op<Course> = /* @__PURE__ */ cumulative({
  name: "cumsum",
  stepsIn: ({ add }) => ({ combine: add }),
  steps: { combine: (a, b) => a + b },
  derivative: {
    kind: "transpose",
    linear: "each",
    carries: true,
    transpose: (adjoint, _operand, { params: { axis, reverse } }) =>
      apply(cumsumOp, [adjoint], { axis, reverse: reverse ? 0 : 1 }),
  },
});

/**
 * The derivative of the largest or smallest so far: elements that tie share it, and have no second one, as those of `max`
 * do. `isBehind` is `less` or `greater`: NaN is behind nothing, so that from the first one on all that isn't has a share, which is NaN.
 */
function sharedByTies(isBehind: Binary): Derivative<Course, One> {
  return {
    kind: "tangent",
    tangent([tangent], { operands: [x], params: course, result }) {
      const chosen = logicalNot(isBehind(x, result));
      // From a new extremum on, what was before it counts no more.
      const stays = logicalNot(isBehind(previous(result, course), result));
      const sumOf = (one: Expr) => segmentedCumsum(stays, where(chosen, one, 0) as Expr, course);
      const count = segmentedCumsum(stays, chosen, course);
      const tied = sumOf(x);
      const ties = where(greater(count, 1), mark(tied, tied), 1);
      return divide(multiply(sumOf(tangent!), ties), where(equal(result, result), count, noSlope(result)));
    },
  };
}

const cummaxOp: Op<Course> = /* @__PURE__ */ cumulative({
  name: "cummax",
  stepsIn: (arithmetic) => ({ combine: applier(arithmetic)(maximum) }),
  steps: { combine: (a, b) => Math.max(a, b) },
  derivative: sharedByTies(less),
});

const cumminOp: Op<Course> = /* @__PURE__ */ cumulative({
  name: "cummin",
  stepsIn: (arithmetic) => ({ combine: applier(arithmetic)(minimum) }),
  steps: { combine: (a, b) => Math.min(a, b) },
  derivative: sharedByTies(greater),
});

export const cumsumInstances: Instances = { op: cumsumOp as Op, instances };
export const cummaxInstances: Instances = { op: cummaxOp as Op, instances };
export const cumminInstances: Instances = { op: cumminOp as Op, instances };

/**
 * Options of cumulative ops.
 * @example const options: CumulativeOptions = { reverse: true };
 */
export interface CumulativeOptions {
  /** From the last element to the first; default false. */
  readonly reverse?: boolean;
}

interface Cumulative extends WithOp {
  <const A extends Operand>(x: A, axis?: number, options?: CumulativeOptions): ResultOf<[A], ShapeOf<A>>;
}

/** The public form of what `build` makes along an axis, the last by default. */
function cumulating(name: string, op: Op<Course>, build: (x: Expr, course: Course) => Expr): Cumulative {
  return Object.assign(
    ((x: Operand, axis = -1, options: CumulativeOptions = {}) => {
      const { reverse } = checkOptions(name, options, { reverse: "boolean" });
      return withOperands(name, [x], ([operand]) =>
        build(operand, { axis: normalizeAxis(axis, operand.shape.length, name), reverse: reverse ? 1 : 0 }),
      );
    }) as Cumulative,
    { op: op as Op },
  );
}

const byOp =
  (op: Op<Course>) =>
  (x: Expr, course: Course): Expr =>
    apply(op, [x], course);

/**
 * Running sums along an axis, the last by default: element `i` is x₀ + … + xᵢ, or with `reverse` xᵢ + … + xₙ₋₁.
 *
 * @example
 * cumsum([1, 2, 3]); // [1, 3, 6]
 */
export const cumsum: Cumulative = /* @__PURE__ */ cumulating("cumsum", cumsumOp, byOp(cumsumOp));

/**
 * The largest element so far along an axis, the last by default; with `reverse` the largest from there on. From a NaN on
 * it is NaN. Elements that tie share the derivative equally, and have no second one: NaN.
 *
 * @example
 * cummax([1, 3, 2, 5]); // [1, 3, 3, 5]
 */
export const cummax: Cumulative = /* @__PURE__ */ cumulating("cummax", cummaxOp, byOp(cummaxOp));

/**
 * The smallest element so far along an axis, the last by default; as `cummax`.
 *
 * @example
 * cummin([3, 1, 2, 0]); // [3, 1, 1, 0]
 */
export const cummin: Cumulative = /* @__PURE__ */ cumulating("cummin", cumminOp, byOp(cumminOp));

/**
 * Running products along an axis, the last by default: element `i` is x₀·…·xᵢ, or with `reverse` xᵢ·…·xₙ₋₁. The
 * derivatives of every order are exact with zeros among the factors, and take time linear in the elements: they are
 * recurrences, and nothing is divided by.
 *
 * @example
 * cumprod([2, 3, 4]); // [2, 6, 24]
 */
export const cumprod: Cumulative = /* @__PURE__ */ cumulating("cumprod", recurrenceOp, (x, course) =>
  // x + (−0) is x, also where that is −0.
  recurrence(x, firstOf(x, -0, course), course),
);

/**
 * The logarithm of the running sums of eˣ along an axis, the last by default, without overflow; with `reverse` from the
 * end. −∞ counts as no term, and has no derivative where there is no other.
 *
 * @example
 * logCumsumExp([1000, 1000]); // [1000, 1000.6931471805599]
 */
export const logCumsumExp: Cumulative = /* @__PURE__ */ cumulating(
  "logCumsumExp",
  recurrenceOp,
  (x, course) => {
    // All terms so far are divided by the largest one's exponential. An infinite one would give ∞ − ∞.
    const largest = stopGradient(apply(cummaxOp, [x], course));
    const shift = where(less(abs(largest), Number.POSITIVE_INFINITY), largest, 0);
    const before = previous(shift, course);
    const isNew = equal(previous(largest, course), Number.NEGATIVE_INFINITY);
    const total = recurrence(where(isNew, 0, exp(subtract(before, shift))), exp(subtract(x, shift)), course);
    return where(equal(total, 0), Number.NEGATIVE_INFINITY, add(log(total), shift));
  },
);
