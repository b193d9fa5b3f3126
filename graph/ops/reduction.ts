/** The largest, the smallest and the mean along axes. */
import { scalarText } from "../compile/text.js";
import { fullLike, type WithOp } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import { apply, type Expr } from "../node.js";
import { type Arithmetic, defineOp, type Instances, type Op, real } from "../op.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import { divide, maximum, minimum } from "./arithmetic.js";
import {
  dropUnitAxes,
  type ReduceParams,
  type Reduction,
  reduceAxes,
  reduction,
  reductionInstances,
  removeAxes,
} from "./axes.js";
import { insertAxes, sumAxes } from "./broadcast.js";
import { equal, where } from "./comparison.js";

/**
 * The largest (smallest) elements along axes. Elements that tie share the derivative equally.
 * `choose` is a thunk because the files of ops import each other.
 */
function extremum(name: string, choose: () => WithOp, initial: number): Op<ReduceParams> {
  const op: Op<ReduceParams> = defineOp<ReduceParams>({
    name,
    shape([operand], { axes }) {
      if (axes.every((axis) => operand![axis]! > 0)) return removeAxes(operand!, axes);
      throw new AdjointError(
        `${name}: ${formatShape(operand!)} has no element along the axes [${axes.join(", ")}].`,
      );
    },
    evaluate: <T>(
      arithmetic: Arithmetic<T>,
      [values]: readonly (readonly T[])[],
      shapes: { operands: readonly Shape[] },
      { axes }: ReduceParams,
    ) =>
      reduceAxes(
        values!,
        shapes.operands[0]!,
        axes,
        (a, b) => arithmetic.apply(choose().op, [a, b]),
        () => arithmetic.constant(Number.NaN),
      ),
    fold: { initial, code: (total, value) => scalarText(choose().op, [total, value]) },
    rewrite: ({ operands: [x], params: { axes } }) =>
      dropUnitAxes((y, rest) => apply(op, [y], { axes: rest }), x!, axes),
    derivative: {
      kind: "tangent",
      tangent([tangent], { operands: [x], params: { axes }, result }) {
        const chosen = equal(x!, insertAxes(result, x!.shape, axes)) as Expr;
        const count = sumAxes(chosen, axes);
        return divide(sumAxes(where(chosen, tangent!, fullLike(tangent!, 0)) as Expr, axes), count) as Expr;
      },
    },
    domains: [real()],
  });
  return op;
}

const maxOp = extremum("max", () => maximum, Number.NEGATIVE_INFINITY);
const minOp = extremum("min", () => minimum, Number.POSITIVE_INFINITY);

export const maxInstances: Instances = { op: maxOp as Op, instances: reductionInstances };
export const minInstances: Instances = { op: minOp as Op, instances: reductionInstances };

/** The largest element, of all or along axes. Ties share the gradient equally. @throws where there is none */
export const max: Reduction & WithOp = Object.assign(
  reduction("max", (x, axes) => (axes.length === 0 ? x : apply(maxOp, [x], { axes }))),
  { op: maxOp as Op },
);

/** The smallest element, of all or along axes. Ties share the gradient equally. @throws where there is none */
export const min: Reduction & WithOp = Object.assign(
  reduction("min", (x, axes) => (axes.length === 0 ? x : apply(minOp, [x], { axes }))),
  { op: minOp as Op },
);

/** The arithmetic mean, Σx/n, of all or along axes. @throws where there is no element */
export const mean: Reduction = reduction("mean", (x, axes) => {
  const count = sizeOf(axes.map((axis) => x.shape[axis]!));
  if (count === 0)
    throw new AdjointError(
      `mean: ${formatShape(x.shape)} has no element along the axes [${axes.join(", ")}].`,
    );
  const total = sumAxes(x, axes);
  return divide(total, fullLike(total, count)) as Expr;
});
