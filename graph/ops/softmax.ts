/** Exponentials that are weighed against each other along axes, stable for arguments of any size. */
import { apply, type Expr } from "../node.js";
import { defineOp, type Instances, type One, type Op, real } from "../op.js";
import { withOperands } from "../operand.js";
import type { Shape } from "../shape.js";
import type { Operand, ResultOf, ShapeOf } from "../types.js";
import { madeOf } from "./algorithm.js";
import { abs, add, divide, multiply, subtract } from "./arithmetic.js";
import {
  checkElements,
  normalizeAxis,
  type ReduceParams,
  type Reduction,
  reduceBy,
  reduction,
  reductionInstances,
  removeAxes,
} from "./axes.js";
import { insertAxes, sumAxes } from "./broadcast.js";
import { equal, greater, less, where } from "./comparison.js";
import { exp, log1p } from "./exponential.js";
import { max } from "./reduction.js";

/** What all are made of. */
interface Weighed {
  /** The largest of each group along the axes, or 0 where that is infinite, which would give ∞ − ∞. */
  readonly shift: Expr;
  /** x − shift */
  readonly shifted: Expr;
  /** e^(x − shift) */
  readonly weights: Expr;
  /** The sum of all weights but 1, which is that of the largest: those of the others are added up by themselves. */
  readonly rest: Expr;
}

function weigh(x: Expr, axes: readonly number[]): Weighed {
  const largest = max(x, axes);
  const shift = where(less(abs(largest), Number.POSITIVE_INFINITY), largest, 0);
  const shifted = subtract(x, insertAxes(shift, x.shape, axes));
  const weights = exp(shifted);
  const isLargest = equal(x, insertAxes(largest, x.shape, axes));
  const [others, own] = [where(isLargest, 0, weights), where(isLargest, weights, 0)];
  const rest = add(sumAxes(others, axes), subtract(sumAxes(own, axes), 1));
  return { shift, shifted, weights, rest };
}

/** An op along axes that is made of weights. Its derivative is a rule of its own, by the shares of the weights. */
function weighing({
  name,
  shape,
  of,
  tangent,
}: {
  readonly name: string;
  readonly shape: (x: Shape, axes: readonly number[]) => Shape;
  readonly of: (weighed: Weighed, x: Expr, axes: readonly number[]) => Expr;
  readonly tangent: (shares: Expr, dx: Expr, axes: readonly number[]) => Expr;
}): Op<ReduceParams> {
  return defineOp<ReduceParams, One>({
    name,
    shape([x], { axes }) {
      checkElements(name, x, axes);
      return shape(x, axes);
    },
    ...madeOf<ReduceParams, One>(({ operands: [x], params: { axes } }) => of(weigh(x, axes), x, axes)),
    derivative: {
      kind: "tangent",
      tangent: ([dx], { operands: [x], params: { axes } }) =>
        tangent(apply(softmaxOp, [x], { axes }), dx, axes),
    },
    domains: [/* @__PURE__ */ real()],
  });
}

/**
 * dx less its mean, weighed by the shares. Where one has more than a half, all count from that one's: then 1 − p, which its
 * own would be multiplied by, is never formed, however close to 1 the share p is.
 */
function deviations(shares: Expr, dx: Expr, axes: readonly number[]): Expr {
  const all = (one: Expr) => insertAxes(one, dx.shape, axes);
  const leading = sumAxes(where(greater(shares, 0.5), dx, 0), axes);
  const relative = subtract(dx, all(leading));
  return subtract(relative, all(sumAxes(multiply(shares, relative), axes)));
}

export const softmaxOp: Op<ReduceParams> = /* @__PURE__ */ weighing({
  name: "softmax",
  shape: (x) => x,
  // Nothing but −∞ has no shares.
  of: ({ weights, rest }, x, axes) =>
    divide(weights, insertAxes(where(equal(rest, -1), 1, add(rest, 1)), x.shape, axes)),
  tangent: (shares, dx, axes) => multiply(shares, deviations(shares, dx, axes)),
});

export const logSoftmaxOp: Op<ReduceParams> = /* @__PURE__ */ weighing({
  name: "logSoftmax",
  shape: (x) => x,
  of: ({ shifted, rest }, x, axes) => subtract(shifted, insertAxes(log1p(rest), x.shape, axes)),
  tangent: deviations,
});

export const logSumExpOp: Op<ReduceParams> = /* @__PURE__ */ weighing({
  name: "logSumExp",
  shape: removeAxes,
  of: ({ shift, rest }) => add(shift, log1p(rest)),
  tangent: (shares, dx, axes) => sumAxes(multiply(shares, dx), axes),
});

export const softmaxInstances: Instances = { op: softmaxOp as Op, instances: reductionInstances };
export const logSoftmaxInstances: Instances = { op: logSoftmaxOp as Op, instances: reductionInstances };
export const logSumExpInstances: Instances = { op: logSumExpOp as Op, instances: reductionInstances };

/**
 * log Σ eˣ, of all elements or along axes, without overflow; its gradient is the softmax. −∞ counts as no term;
 * where there is no other, the gradient is 0.
 *
 * @example
 * logSumExp([1000, 1000]); // 1000.69…
 *
 * @throws where there is no element
 */
export const logSumExp: Reduction = /* @__PURE__ */ reduction("logSumExp", (x, axes) => {
  const result = reduceBy(logSumExpOp, x, axes);
  // Of nothing but −∞ it stays −∞ wherever those move: no derivative at all.
  return where(equal(result, Number.NEGATIVE_INFINITY), Number.NEGATIVE_INFINITY, result);
});

/**
 * x − logSumExp(x) along an axis, the last by default: the logarithm of `softmax`, exact where that is close to 0.
 *
 * @example
 * logSoftmax([1000, 1000]); // [-0.693147…, -0.693147…]
 */
export function logSoftmax<const A extends Operand>(x: A, axis = -1): ResultOf<[A], ShapeOf<A>> {
  return along("logSoftmax", logSoftmaxOp, x, axis) as never;
}

/**
 * eˣ/Σeˣ along an axis, the last by default.
 *
 * @example
 * softmax([0, 0, 0, 0]); // [0.25, 0.25, 0.25, 0.25]
 */
export function softmax<const A extends Operand>(x: A, axis = -1): ResultOf<[A], ShapeOf<A>> {
  return along("softmax", softmaxOp, x, axis) as never;
}

function along(name: string, op: Op<ReduceParams>, x: Operand, axis: number): unknown {
  return withOperands(name, [x], ([operand]) =>
    apply(op, [operand], { axes: [normalizeAxis(axis, operand.shape.length, name)] }),
  );
}
