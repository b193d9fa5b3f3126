/** Triangular systems of equations, by substitution. Leading axes are batches. */
import { fullLike, type WithOp } from "../elementwise.js";
import { apply, type Expr } from "../node.js";
import { defineOp, type Instances, type Op, real, type Two } from "../op.js";
import { checkOptions } from "../options.js";
import { sizeOf } from "../shape.js";
import type { Operand, Solving } from "../types.js";
import { algorithmic, type Steps, type Target } from "./algorithm.js";
import { negative, subtract } from "./arithmetic.js";
import { matmul, swapLast } from "./matmul.js";
import { tril, triu } from "./matrices.js";
import { dominant, sidesOf, squareSide, system, usedColumns, usedSolutions } from "./systems.js";

export interface TriangularParams {
  /** 1: the lower triangle of A is taken, 0: the upper one. The other isn't read. */
  readonly lower: 0 | 1;
  /** 1: Aᵀ·X = B. */
  readonly transpose: 0 | 1;
  /** 1: the diagonal is taken to be 1, and isn't read. */
  readonly unit: 0 | 1;
}

function substitute<T>(
  { subtract, multiply, divide }: Steps<T>,
  result: Target<T>,
  [a, b]: readonly ArrayLike<T>[],
  [n, m, count, lower, transpose, unit]: readonly number[],
): void {
  // Rows from the first on, or from the last.
  const first = lower === transpose ? n! - 1 : 0;
  const step = lower === transpose ? -1 : 1;
  for (let batch = 0; batch < count!; batch++) {
    const [from, to] = [batch * n! * n!, batch * n! * m!];
    for (let i = 0; i < n! * m!; i++) result[to + i] = b![to + i]!;
    for (let s = 0, i = first; s < n!; s++, i += step) {
      const [row, x] = [from + i * n!, to + i * m!];
      // Rows of A are read along their length: those of X before are taken off this one, or this one off those to come.
      for (let t = 0, k = first; !transpose && t < s; t++, k += step) {
        const factor = a![row + k]!;
        for (let j = 0; j < m!; j++)
          result[x + j] = subtract(result[x + j]!, multiply(factor, result[to + k * m! + j]!));
      }
      if (!unit) for (let j = 0; j < m!; j++) result[x + j] = divide(result[x + j]!, a![row + i]!);
      for (let t = s + 1, k = i + step; transpose && t < n!; t++, k += step) {
        const [factor, y] = [a![row + k]!, to + k * m!];
        for (let j = 0; j < m!; j++)
          result[y + j] = subtract(result[y + j]!, multiply(factor, result[x + j]!));
      }
    }
  }
}

export const triangularSolveOp: Op<TriangularParams> = /* @__PURE__ */ defineOp<TriangularParams, Two>({
  name: "triangularSolve",
  shape: ([, b]) => b,
  ...algorithmic(substitute, {}, ({ result }, { lower, transpose, unit }: TriangularParams) => [
    ...sidesOf(result),
    lower,
    transpose,
    unit,
  ]),
  work: ({ result }) => sizeOf(result) * (result.at(-2)! + 1),
  derivative: {
    kind: "forwardReverse",
    mask(operand, application) {
      const own = usedColumns(operand, application);
      if (operand === 1) return own;
      return triangleOf(own ?? fullLike(application.operands[0], 1), application.params);
    },
    // dX = A⁻¹(dB − dA·X)
    forward([da, db], { operands: [a], result, params }) {
      const own = da && triangleOf(da, params);
      const moved = own && matmul(params.transpose ? swapLast(own) : own, result);
      const right = db && moved ? subtract(db, moved) : (db ?? negative(moved!));
      return apply(triangularSolveOp, [a, right], params);
    },
    // B̄ = A⁻ᵀX̄ and Ā = −B̄Xᵀ, in the triangle
    reverse(adjoint, [aMatters], application) {
      const { operands, params } = application;
      const [a] = operands;
      const b = apply(triangularSolveOp, [a, adjoint], { ...params, transpose: params.transpose ? 0 : 1 });
      const x = usedSolutions(application);
      const [left, right] = params.transpose ? [x, b] : [b, x];
      return [aMatters ? negative(triangleOf(matmul(left, swapLast(right)), params)) : undefined, b];
    },
  },
  domains: [dominant, real()],
});

/** What the substitution reads of A. */
function triangleOf(a: Expr, { lower, unit }: TriangularParams): Expr {
  return lower ? tril(a, -unit) : triu(a, unit);
}

const instance = (n: number, m: number, lower: 0 | 1, transpose: 0 | 1, unit: 0 | 1) => ({
  shapes: [
    [n, n],
    [n, m],
  ],
  params: { lower, transpose, unit },
});

export const triangularSolveInstances: Instances = {
  op: triangularSolveOp as Op,
  instances: [
    instance(3, 1, 1, 0, 0),
    instance(2, 2, 0, 0, 0),
    instance(3, 1, 0, 1, 0),
    instance(3, 2, 1, 1, 1),
    instance(0, 2, 1, 0, 0),
    {
      shapes: [
        [2, 2, 2],
        [2, 2, 1],
      ],
      params: { lower: 0, transpose: 0, unit: 1 },
    },
  ],
};

/**
 * Options of `triangularSolve`.
 * @example const options: TriangularOptions = { lower: false };
 */
export interface TriangularOptions {
  /** Take the lower triangle of A; default false, the upper one. The other triangle isn't read. */
  readonly lower?: boolean;
  /** Solve Aᵀ·X = B; default false. */
  readonly transpose?: boolean;
  /** Take the diagonal to be 1, whatever it holds; default false. */
  readonly unitDiagonal?: boolean;
}

/** A⁻¹B of a triangle of A, whose shapes agree. */
export function substituted(a: Expr, b: Expr, options: TriangularOptions): Expr {
  const { lower = false, transpose = false, unitDiagonal = false } = options;
  const flag = (option: boolean) => (option ? 1 : 0);
  return apply(triangularSolveOp, [a, b], {
    lower: flag(lower),
    transpose: flag(transpose),
    unit: flag(unitDiagonal),
  });
}

/**
 * X with A·X = B for a triangular A, by substitution (SciPy's `solve_triangular`); B is a vector, or a matrix of columns.
 * ±∞ or NaN where a diagonal element is 0. Leading axes are batches, broadcast against each other. Columns of X are used as
 * a whole: one of which nothing is used may hold anything, but what is not finite shows in all derivatives of its column.
 * @throws where A isn't square or its side differs from B's
 *
 * @example
 * triangularSolve([[2, 0], [1, 4]], [2, 9], { lower: true }); // [1, 2]
 */
export const triangularSolve: Solving<[options?: TriangularOptions]> & WithOp = /* @__PURE__ */ Object.assign(
  (a: Operand, b: Operand, options: TriangularOptions = {}): never => {
    const read = checkOptions("triangularSolve", options, {
      ...{ lower: "boolean", transpose: "boolean", unitDiagonal: "boolean" },
    });
    return system("triangularSolve", a, b, squareSide, (x, y) => substituted(x, y, read)) as never;
  },
  { op: triangularSolveOp as Op },
);

/**
 * X with A·X = B for A = L·Lᵀ, given L as `cholesky` gives it: two substitutions (SciPy's `cho_solve`). The upper triangle
 * of L isn't read. Leading axes are batches, broadcast against each other.
 * @throws where L isn't square or its side differs from B's
 *
 * @example
 * choleskySolve(cholesky([[4, 2], [2, 2]]), [8, 6]); // [1, 2]
 */
export const choleskySolve: Solving = (l, b) =>
  system("choleskySolve", l, b, squareSide, (x, y) =>
    substituted(x, substituted(x, y, { lower: true }), { lower: true, transpose: true }),
  ) as never;
