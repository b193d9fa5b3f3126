/** Matrix products. */
import type { WithOp } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import { apply, type Expr } from "../node.js";
import {
  type Application,
  type Arithmetic,
  defineOp,
  type Instances,
  type Op,
  real,
  type Two,
} from "../op.js";
import { withOperands } from "../operand.js";
import { noParams, type Params } from "../params.js";
import { broadcastShapes, formatShape, type Shape, sameShape, sizeOf } from "../shape.js";
import type { MatmulShape, Multipliable, Operand, ResultOf, ShapeOf } from "../types.js";
import { multiply } from "./arithmetic.js";
import { broadcastLike, insertAxes, sum, sumAxes } from "./broadcast.js";
import { logicalAnd, where } from "./comparison.js";
import { reshapeExpr, transposeExpr } from "./moving.js";

/** (…×m×k)·(…×k×n) → (…×m×n); leading axes are batches and agree. */
export const matmulOp: Op = defineOp<Params, Two>({
  name: "matmul",
  shape([a, b]) {
    const [m, k] = a.slice(-2);
    const [rows, n] = b.slice(-2);
    if (k !== rows) throw mismatch(a, b);
    return [...a.slice(0, -2), m, n];
  },
  evaluate: multiplyMatrices,
  derivative: {
    kind: "transpose",
    linear: "each",
    mask: usedPart,
    transpose(adjoint, operand, application) {
      const other = operand === 0 ? 1 : 0;
      const used = usedPart(other, application);
      const x = application.operands[other];
      // 0 times what isn't used isn't 0 if that is NaN.
      const factor = swapLast(used ? where(used, x, 0) : x);
      return operand === 0 ? product(adjoint, factor) : product(factor, adjoint);
    },
  },
  domains: [real(), real()],
});

/** The rows of the first operand, the columns of the second, of which an element of the product is used: how many are. */
function usedPart(operand: number, { operands, used }: Application<Params, Two>): Expr | undefined {
  if (!used) return undefined;
  const axes = [used.shape.length - 1 - operand];
  return insertAxes(sumAxes(logicalAnd(used, 1), axes), operands[operand as 0 | 1].shape, axes);
}

export const matmulInstances: Instances = {
  op: matmulOp as Op,
  instances: [
    {
      shapes: [
        [2, 3],
        [3, 4],
      ],
      params: noParams,
    },
    {
      shapes: [
        [1, 3],
        [3, 1],
      ],
      params: noParams,
    },
    {
      shapes: [
        [2, 0],
        [0, 2],
      ],
      params: noParams,
    },
    {
      shapes: [
        [2, 2, 3],
        [2, 3, 2],
      ],
      params: noParams,
    },
  ],
};

function multiplyMatrices<T>(
  arithmetic: Arithmetic<T>,
  [a, b]: readonly (readonly T[])[],
  { operands, result }: { readonly operands: readonly Shape[]; readonly result: Shape },
  _params: Params,
): readonly T[] {
  const k = operands[0]!.at(-1)!;
  const [m, n] = result.slice(-2) as [number, number];
  const elements: T[] = [];
  for (let batch = 0; batch < sizeOf(result.slice(0, -2)); batch++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let total: T | undefined;
        for (let l = 0; l < k; l++) {
          const term = arithmetic.multiply(a[(batch * m + i) * k + l]!, b[(batch * k + l) * n + j]!);
          total = total === undefined ? term : arithmetic.add(total, term);
        }
        elements.push(total === undefined ? arithmetic.constant(0) : total);
      }
    }
  }
  return elements;
}

function product(a: Expr, b: Expr): Expr {
  return apply(matmulOp, [a, b]);
}

/** The matrix transpose of the last two axes. */
export function swapLast(x: Expr): Expr {
  const rank = x.shape.length;
  return transposeExpr(
    x,
    x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis)),
  );
}

function mismatch(a: Shape, b: Shape): AdjointError {
  return new AdjointError(
    `matmul: columns of a ${formatShape(a)} and rows of b ${formatShape(b)} differ; transpose one of them?`,
  );
}

interface Matmul extends WithOp {
  <const A extends Operand, const B extends Operand>(
    a: A,
    b: B & Multipliable<A, B>,
  ): ResultOf<[A, B], MatmulShape<ShapeOf<A>, ShapeOf<B>>>;
}

/**
 * The matrix product, by NumPy's rules: (m×k)·(k×n) → (m×n); a vector on the left is a row, on the right a column,
 * and that axis vanishes again; leading axes are batches, broadcast against each other.
 *
 * @example
 * matmul([[1, 2], [3, 4]], [5, 6]); // [17, 39]
 * matmul([[1, 2], [3, 4]], [[0, 1], [1, 0]]); // [[2, 1], [4, 3]]
 *
 * @throws where the columns of `a` and the rows of `b` differ, or an operand is a scalar
 */
export const matmul: Matmul = /* @__PURE__ */ Object.assign(
  ((a: Operand, b: Operand) => withOperands("matmul", [a, b], ([x, y]) => matmulExpr(x, y))) as Matmul,
  { op: matmulOp },
);

/** The product of expressions by NumPy's rules. */
export function matmulExpr(a: Expr, b: Expr): Expr {
  if (a.shape.length === 0 || b.shape.length === 0) {
    throw new AdjointError(
      `matmul: ${formatShape(a.shape)} and ${formatShape(b.shape)}: a scalar has no rows; use multiply for it.`,
    );
  }
  const left = a.shape.length === 1 ? reshapeExpr(a, [1, a.shape[0]!]) : a;
  const right = b.shape.length === 1 ? reshapeExpr(b, [b.shape[0]!, 1]) : b;
  if (left.shape.at(-1) !== right.shape.at(-2)) throw mismatch(a.shape, b.shape);
  const batch = broadcastShapes(left.shape.slice(0, -2), right.shape.slice(0, -2));
  if (!batch) {
    throw new AdjointError(
      `matmul: the batches of ${formatShape(a.shape)} and ${formatShape(b.shape)} don't broadcast.`,
    );
  }
  const result = product(
    broadcastLike(left, [...batch, ...left.shape.slice(-2)]),
    broadcastLike(right, [...batch, ...right.shape.slice(-2)]),
  );
  const shape = [...batch];
  if (a.shape.length > 1) shape.push(left.shape.at(-2)!);
  if (b.shape.length > 1) shape.push(right.shape.at(-1)!);
  return reshapeExpr(result, shape);
}

/**
 * Σᵢ aᵢbᵢ of two vectors of one length.
 *
 * @example
 * dot([1, 2, 3], [4, 5, 6]); // 32
 *
 * @throws where they aren't
 */
export function dot<const A extends Operand, const B extends Operand>(
  a: A,
  b: B & Multipliable<A, B>,
): ResultOf<[A, B], []> {
  return withOperands("dot", [a, b], ([x, y]) => {
    if (x.shape.length === 1 && sameShape(x.shape, y.shape)) return sum(multiply(x, y));
    throw new AdjointError(
      `dot: shapes ${formatShape(x.shape)} and ${formatShape(y.shape)} aren't two vectors of one length; use matmul for matrices.`,
    );
  }) as ResultOf<[A, B], []>;
}
