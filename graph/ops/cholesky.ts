/** The Cholesky factor of symmetric matrices. Leading axes are batches. */
import type { WithOp } from "../elementwise.js";
import { apply, type Expr } from "../node.js";
import { type Arithmetic, defineOp, type Instances, type Op } from "../op.js";
import { withOperands } from "../operand.js";
import { noParams } from "../params.js";
import { type Shape, sizeOf } from "../shape.js";
import type { Operand } from "../types.js";
import { add, divide, multiply, subtract } from "./arithmetic.js";
import { sqrt } from "./exponential.js";
import { dominant, eachBatch, solveOp, squareSide } from "./linear-algebra.js";
import { matmul, swapLast } from "./matmul.js";
import { tril } from "./matrices.js";

const choleskyOp: Op = defineOp({
  name: "cholesky",
  shape: ([a]) => a!,
  evaluate<T>(
    arithmetic: Arithmetic<T>,
    operands: readonly (readonly T[])[],
    { result }: { readonly result: Shape },
  ) {
    const n = result.at(-1)!;
    const op = (one: WithOp, ...given: T[]) => arithmetic.apply(one.op, given);
    return eachBatch<T>(operands, [n * n], sizeOf(result.slice(0, -2)), (a) => {
      const l = new Array<T>(n * n).fill(arithmetic.constant(0));
      for (let j = 0; j < n; j++) {
        for (let i = j; i < n; i++) {
          let rest = a[i * n + j] as T;
          for (let k = 0; k < j; k++) rest = op(subtract, rest, op(multiply, l[i * n + k]!, l[j * n + k]!));
          l[i * n + j] = i === j ? op(sqrt, rest) : op(divide, rest, l[j * n + j]!);
        }
      }
      return l;
    });
  },
  routine({ result: shape }) {
    const n = shape.at(-1)!;
    const count = sizeOf(shape.slice(0, -2));
    return {
      run: (result, a) => choleskyNumbers(result, a!, n, count),
      text: () => `(r, a) => (${choleskyNumbers})(r, a, ${n}, ${count})`,
    };
  },
  work: ({ result }) => sizeOf(result) * result.at(-1)!,
  derivative: {
    kind: "tangent",
    // dL = L·Φ(L⁻¹·dA·L⁻ᵀ), Φ taking the lower triangle with half of the diagonal. I. Murray, "Differentiation of the
    // Cholesky decomposition", arXiv 1602.07527, 2016.
    tangent([da], { result: l }) {
      const symmetric = add(tril(da!), swapLast(tril(da!, -1))) as Expr;
      const half = apply(solveOp, [l, symmetric]);
      const inner = swapLast(apply(solveOp, [l, swapLast(half)]));
      const phi = multiply(add(tril(inner), tril(inner, -1)), 0.5) as Expr;
      return matmul(l, phi) as Expr;
    },
  },
  domains: [dominant],
});

function choleskyNumbers(
  result: { [i: number]: number },
  a: ArrayLike<number>,
  n: number,
  count: number,
): void {
  for (let batch = 0; batch < count; batch++) {
    const from = batch * n * n;
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < j; i++) result[from + i * n + j] = 0;
      for (let i = j; i < n; i++) {
        let rest = a[from + i * n + j]!;
        for (let k = 0; k < j; k++) rest -= result[from + i * n + k]! * result[from + j * n + k]!;
        result[from + i * n + j] = i === j ? Math.sqrt(rest) : rest / result[from + j * n + j]!;
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
      squareSide(x!, "cholesky");
      return apply(choleskyOp, [multiply(add(x!, swapLast(x!)), 0.5) as Expr]);
    }) as Expr,
  { op: choleskyOp },
);
