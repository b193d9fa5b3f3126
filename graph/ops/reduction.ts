/** The largest, the smallest and the mean along axes. */
import { fullLike, type WithOp } from "../elementwise.js";
import type { Instances, Op } from "../op.js";
import { meaningOf } from "../recipe.js";
import { sizeOf } from "../shape.js";
import { add, divide, maximum, minimum, multiply, subtract } from "./arithmetic.js";
import {
  checkElements,
  defineReduction,
  type ReduceParams,
  type Reduction,
  reduction,
  reductionInstances,
  reductionOf,
} from "./axes.js";
import { insertAxes, sumAxes } from "./broadcast.js";
import { equal, greater, less, logicalNot, where } from "./comparison.js";
import { kink, noSlope } from "./kinks.js";

/**
 * The largest (smallest) elements along axes. Elements that tie share the derivative equally, and have no second one: NaN.
 * `choose` is a thunk because the files of ops import each other.
 */
function extremum(name: string, instruction: "maximum" | "minimum", choose: () => WithOp): Op<ReduceParams> {
  return defineReduction({
    name,
    // Of no numbers, −∞ and ∞
    initial: meaningOf(instruction)(),
    check: (operand, axes) => checkElements(name, operand, axes),
    recipe: [instruction, 0, 1],
    combine: (arithmetic, total, value) => arithmetic.apply(choose().op, [total, value]),
    derivative: {
      kind: "tangent",
      tangent([tangent], { operands: [x], params: { axes }, result }) {
        const largest = insertAxes(result, x.shape, axes);
        // NaN isn't equal to itself, nor anything larger or smaller: there all count, none of them a known number of times.
        const loses = instruction === "maximum" ? less : greater;
        const chosen = logicalNot(loses(x, largest));
        const count = where(equal(result, result), sumAxes(equal(x, largest), axes), noSlope(result));
        // A tie has no second derivative.
        const ties = where(greater(insertAxes(count, x.shape, axes), 1), kink(subtract(x, largest)), 0);
        const own = multiply(tangent, add(ties, 1));
        return divide(sumAxes(where(chosen, own, fullLike(tangent, 0)), axes), count);
      },
    },
  });
}

const maxOp = /* @__PURE__ */ extremum("max", "maximum", () => maximum);
const minOp = /* @__PURE__ */ extremum("min", "minimum", () => minimum);

export const maxInstances: Instances = { op: maxOp as Op, instances: reductionInstances };
export const minInstances: Instances = { op: minOp as Op, instances: reductionInstances };

/**
 * The largest element, of all or along axes. Ties share the gradient equally.
 *
 * @example
 * max([[1, 5], [7, 3]]); // 7
 * max([[1, 5], [7, 3]], 0); // [7, 5]
 *
 * @throws where there is none
 */
export const max: Reduction & WithOp = /* @__PURE__ */ reductionOf(maxOp);

/**
 * The smallest element, of all or along axes. Ties share the gradient equally.
 *
 * @example
 * min([[1, 5], [7, 3]]); // 1
 * min([[1, 5], [7, 3]], 0); // [1, 3]
 *
 * @throws where there is none
 */
export const min: Reduction & WithOp = /* @__PURE__ */ reductionOf(minOp);

/**
 * The arithmetic mean, Σx/n, of all or along axes.
 *
 * @example
 * mean([[1, 2], [3, 6]]); // 3
 * mean([[1, 2], [3, 6]], 1); // [1.5, 4.5]
 *
 * @throws where there is no element
 */
export const mean: Reduction = /* @__PURE__ */ reduction("mean", (x, axes) => {
  const count = sizeOf(axes.map((axis) => x.shape[axis]!));
  checkElements("mean", x.shape, axes);
  const total = sumAxes(x, axes);
  return divide(total, fullLike(total, count));
});
