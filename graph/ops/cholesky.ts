/** The Cholesky factor of symmetric matrices. Leading axes are batches. */
import type { WithOp } from "../elementwise.js";
import { apply, type Expr } from "../node.js";
import {
  type Arithmetic,
  defineOp,
  type Instances,
  type One,
  type Op,
  type ShapesOf,
  type ValuesOf,
} from "../op.js";
import { withOperands } from "../operand.js";
import { noParams, type Params } from "../params.js";
import { type Shape, sizeOf } from "../shape.js";
import type { Operand } from "../types.js";
import { applier, numbers, routineOf, type Steps, stepsOf, type Target } from "./algorithm.js";
import { add, multiply } from "./arithmetic.js";
import { sqrt } from "./exponential.js";
import { dominant, solveOp, squareSide } from "./linear-algebra.js";
import { matmul, swapLast } from "./matmul.js";
import { tril } from "./matrices.js";

const choleskyOp: Op = defineOp<Params, One>({
  name: "cholesky",
  shape: ([a]) => a,
  evaluate<T>(arithmetic: Arithmetic<T>, [a]: ValuesOf<One, T>, { result: shape }: ShapesOf<One>) {
    const result: T[] = new Array(sizeOf(shape));
    const steps = { ...stepsOf(arithmetic), zero: arithmetic.constant(0), sqrt: applier(arithmetic)(sqrt) };
    factorize<T>(steps, result, a, sidesOf(shape));
    return result;
  },
  routine: ({ result }) =>
    routineOf(factorize, { ...numbers, zero: 0, sqrt: (x: number) => Math.sqrt(x) }, 1, sidesOf(result)),
  work: ({ result }) => sizeOf(result) * result.at(-1)!,
  derivative: {
    kind: "tangent",
    // dL = L·Φ(L⁻¹·dA·L⁻ᵀ), Φ taking the lower triangle with half of the diagonal. I. Murray, "Differentiation of the
    // Cholesky decomposition", arXiv 1602.07527, 2016.
    tangent([da], { result: l }) {
      const symmetric = add(tril(da), swapLast(tril(da, -1)));
      const half = apply(solveOp, [l, symmetric]);
      const inner = swapLast(apply(solveOp, [l, swapLast(half)]));
      const phi = multiply(add(tril(inner), tril(inner, -1)), 0.5);
      return matmul(l, phi);
    },
  },
  domains: [dominant],
});

function sidesOf(shape: Shape): [n: number, count: number] {
  return [shape.at(-1)!, sizeOf(shape.slice(0, -2))];
}

interface FactorSteps<T> extends Steps<T> {
  readonly zero: T;
  sqrt(x: T): T;
}

function factorize<T>(
  { zero, subtract, multiply, divide, sqrt }: FactorSteps<T>,
  result: Target<T>,
  a: ArrayLike<T>,
  [n, count]: readonly [number, number],
): void {
  for (let batch = 0; batch < count; batch++) {
    const from = batch * n * n;
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < j; i++) result[from + i * n + j] = zero;
      for (let i = j; i < n; i++) {
        let rest: T = a[from + i * n + j]!;
        for (let k = 0; k < j; k++)
          rest = subtract(rest, multiply(result[from + i * n + k]!, result[from + j * n + k]!));
        result[from + i * n + j] = i === j ? sqrt(rest) : divide(rest, result[from + j * n + j]!);
      }
    }
  }
}

export const choleskyInstances: Instances = {
  op: choleskyOp,
  instances: [
    { shapes: [[1, 1]], params: noParams },
    { shapes: [[3, 3]], params: noParams },
    { shapes: [[2, 2, 2]], params: noParams },
    { shapes: [[0, 0]], params: noParams },
  ],
};

/**
 * The lower triangle L with L·Lᵀ = (A + Aᵀ)/2. NaN where that isn't positive definite.
 * @throws where A isn't square
 */
export const cholesky: ((a: Operand) => Expr) & WithOp = /* @__PURE__ */ Object.assign(
  (a: Operand): Expr =>
    withOperands("cholesky", [a], ([x]) => {
      squareSide(x, "cholesky");
      return apply(choleskyOp, [multiply(add(x, swapLast(x)), 0.5)]);
    }),
  { op: choleskyOp },
);
