/** Running sums. */
import type { WithOp } from "../elementwise.js";
import { apply } from "../node.js";
import { defineOp, type Instances, type One, type Op, real } from "../op.js";
import { withOperands } from "../operand.js";
import { checkOptions } from "../options.js";
import { type Shape, sizeOf } from "../shape.js";
import type { Operand, ResultOf, ShapeOf } from "../types.js";
import { routineOf, type Target } from "./algorithm.js";
import { normalizeAxis } from "./axes.js";

interface CumsumParams {
  readonly axis: number;
  /** 1: from the last element to the first. */
  readonly reverse: 0 | 1;
}

const cumsumOp: Op<CumsumParams> = defineOp<CumsumParams, One>({
  name: "cumsum",
  shape: ([x]) => x,
  evaluate(arithmetic, [values], { result: shape }, params) {
    const result = [...values];
    cumulate(arithmetic, result, values, sizesOf(shape, params));
    return result;
  },
  routine: ({ result }, params) =>
    routineOf(cumulate, { add: (a: number, b: number) => a + b }, 1, sizesOf(result, params)),
  derivative: {
    kind: "transpose",
    linear: "each",
    carries: true,
    transpose: (adjoint, _operand, { params: { axis, reverse } }) =>
      apply(cumsumOp, [adjoint], { axis, reverse: reverse ? 0 : 1 }),
  },
  domains: [real()],
});

/** The lengths before, along and behind the axis, and the direction. */
function sizesOf(shape: Shape, { axis, reverse }: CumsumParams): [number, number, number, number] {
  return [sizeOf(shape.slice(0, axis)), shape[axis]!, sizeOf(shape.slice(axis + 1)), reverse];
}

function cumulate<T>(
  { add }: { add(a: T, b: T): T },
  result: Target<T>,
  values: ArrayLike<T>,
  [outer, length, inner, reverse]: readonly [number, number, number, number],
): void {
  // From the end, the elements are visited from the last on.
  const step = reverse ? -1 : 1;
  let at = reverse ? outer * length * inner - 1 : 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner && length > 0; i++, at += step) result[at] = values[at]!;
    for (let i = inner; i < inner * length; i++, at += step)
      result[at] = add(result[at - step * inner]!, values[at]!);
  }
}

export const cumsumInstances: Instances = {
  op: cumsumOp as Op,
  instances: [
    { shapes: [[4]], params: { axis: 0, reverse: 0 } },
    { shapes: [[4]], params: { axis: 0, reverse: 1 } },
    { shapes: [[2, 3, 2]], params: { axis: 1, reverse: 0 } },
    { shapes: [[2, 3]], params: { axis: 0, reverse: 1 } },
    { shapes: [[0]], params: { axis: 0, reverse: 0 } },
  ],
};

export interface CumsumOptions {
  /** From the last element to the first; default false. */
  readonly reverse?: boolean;
}

interface Cumsum extends WithOp {
  <const A extends Operand>(x: A, axis?: number, options?: CumsumOptions): ResultOf<[A], ShapeOf<A>>;
}

/** Running sums along an axis, the last by default: element `i` is x₀ + … + xᵢ, or with `reverse` xᵢ + … + xₙ₋₁. */
export const cumsum: Cumsum = /* @__PURE__ */ Object.assign(
  ((x: Operand, axis = -1, options: CumsumOptions = {}) => {
    const { reverse } = checkOptions("cumsum", options, { reverse: "boolean" });
    return withOperands("cumsum", [x], ([operand]) => {
      const along = normalizeAxis(axis, operand.shape.length, "cumsum");
      return apply(cumsumOp, [operand], { axis: along, reverse: reverse ? 1 : 0 });
    });
  }) as Cumsum,
  { op: cumsumOp as Op },
);
