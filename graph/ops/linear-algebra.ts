/** Systems of linear equations, inverses. Leading axes are batches. */
import type { WithOp } from "../elementwise.js";
import { apply, type Expr } from "../node.js";
import { defineOp, type Instances, type Op, real, type Two } from "../op.js";
import { withOperands } from "../operand.js";
import { sizeOf } from "../shape.js";
import type { Operand, Solving, SquareToSquare } from "../types.js";
import { madeOf } from "./algorithm.js";
import { negative, subtract } from "./arithmetic.js";
import { luOf } from "./lu.js";
import { matmul, swapLast } from "./matmul.js";
import {
  dominant,
  identityLike,
  permutation,
  squareSide,
  system,
  usedColumns,
  usedSolutions,
} from "./systems.js";
import { substituted } from "./triangular.js";

interface SolveParams {
  /** 1: Aᵀ·X = B. */
  readonly transpose: 0 | 1;
}

// Kernels eliminate A once for all systems with it, those of derivatives too.
export const solveOp: Op<SolveParams> = /* @__PURE__ */ defineOp<SolveParams, Two>({
  name: "solve",
  shape: ([, b]) => b,
  ...madeOf<SolveParams, Two>(({ operands: [a, b], params: { transpose } }) => {
    const { l, u, rows } = luOf(a);
    const exchange = permutation(rows);
    const ofL = { lower: true, unitDiagonal: true, transpose: transpose === 1 };
    if (!transpose) return substituted(u, substituted(l, matmul(exchange, b), ofL), {});
    return matmul(swapLast(exchange), substituted(l, substituted(u, b, { transpose: true }), ofL));
  }),
  work: ({ result }) => sizeOf(result) * result.at(-2)! ** 2,
  derivative: {
    kind: "forwardReverse",
    mask: usedColumns,
    // dX = A⁻¹(dB − dA·X)
    forward([da, db], { operands: [a], result, params }) {
      const moved = da && matmul(params.transpose ? swapLast(da) : da, result);
      const right = db && moved ? subtract(db, moved) : (db ?? negative(moved!));
      return apply(solveOp, [a, right], params);
    },
    // B̄ = A⁻ᵀX̄ and Ā = −B̄Xᵀ
    reverse(adjoint, [aMatters], application) {
      const { operands, params } = application;
      const [a] = operands;
      const { transpose } = params;
      const b = apply(solveOp, [a, adjoint], { transpose: transpose ? 0 : 1 });
      const x = usedSolutions(application);
      const [left, right] = transpose ? [x, b] : [b, x];
      return [aMatters ? negative(matmul(left, swapLast(right))) : undefined, b];
    },
  },
  domains: [dominant, real()],
});

export const solveInstances: Instances = {
  op: solveOp as Op,
  instances: [
    {
      shapes: [
        [1, 1],
        [1, 2],
      ],
      params: { transpose: 0 },
    },
    {
      shapes: [
        [2, 2],
        [2, 1],
      ],
      params: { transpose: 1 },
    },
    {
      shapes: [
        [3, 3],
        [3, 2],
      ],
      params: { transpose: 0 },
    },
    {
      shapes: [
        [2, 2, 2],
        [2, 2, 1],
      ],
      params: { transpose: 0 },
    },
    {
      shapes: [
        [0, 0],
        [0, 2],
      ],
      params: { transpose: 0 },
    },
  ],
};

/** A⁻¹B, whose shapes agree. */
export function solved(a: Expr, b: Expr): Expr {
  return apply(solveOp, [a, b], { transpose: 0 });
}

/**
 * X with A·X = B, by elimination with partial pivoting; B is a vector, or a matrix of columns. ∞ or NaN where A is
 * singular. Leading axes are batches, broadcast against each other.
 *
 * @example
 * solve([[2, 1], [1, 1]], [3, 2]); // [1, 1]
 *
 * @throws where A isn't square or its side differs from B's
 */
export const solve: Solving & WithOp = /* @__PURE__ */ Object.assign(
  ((a: Operand, b: Operand) => system("solve", a, b, squareSide, solved)) as Solving,
  { op: solveOp as Op },
);

/**
 * The inverse matrix. To solve equations, `solve` is faster and more exact.
 *
 * @example
 * inv([[2, 1], [1, 1]]); // [[1, -1], [-1, 2]]
 *
 * @throws where A isn't square
 */
export const inv: SquareToSquare = ((a: Operand) =>
  withOperands("inv", [a], ([x]) => inverse(x, squareSide(x, "inv")))) as SquareToSquare;

export function inverse(x: Expr, n: number): Expr {
  return solved(x, identityLike(x, n));
}
