/** Factorizations and substitutions as loops over columns, whose steps take all rows at once. Leading axes are batches. */
import {
  add,
  divide,
  type Expr,
  equal,
  greater,
  less,
  lessEqual,
  logicalAnd,
  matmul,
  multiply,
  sqrt,
  subtract,
  where,
} from "../../../../graph/index.js";
import type { Expansion } from "./expansion.js";
import { columnAt, isEmpty, places, rowAt, steps, swap } from "./matrices.js";
import { like } from "./pieces.js";

/** Column by column: the outer product of each with itself is taken off what is left. */
const cholesky: Expansion = ([a]) => {
  if (isEmpty(a!)) return a!;
  const n = a!.shape.at(-1)!;
  const { l } = steps({ rest: a!, l: like(a!, 0) }, n, ({ rest, l }, k) => {
    const [rows, columns] = [places(a!, n, -2), places(a!, n, -1)];
    const column = columnAt(rest, k);
    const pivot = sqrt(rowAt(column, k)) as Expr;
    const own = where(equal(rows, k), pivot, where(greater(rows, k), divide(column, pivot), 0)) as Expr;
    const below = where(greater(rows, k), own, 0) as Expr;
    const taken = where(
      logicalAnd(greater(rows, k), greater(columns, k)),
      subtract(rest, multiply(below, swap(below))),
      rest,
    ) as Expr;
    return { rest: taken, l: where(equal(columns, k), own, l) as Expr };
  });
  return l;
};

/** Row by row of the solution, that off all rows to come. */
const triangularSolve: Expansion = ([a, b], params: { lower: number; transpose: number; unit: number }) => {
  const { lower, transpose: isTransposed, unit } = params;
  const n = a!.shape.at(-1)!;
  if (isEmpty(b!)) return b!;
  const matrix = isTransposed ? swap(a!) : a!;
  const isForward = lower !== isTransposed;
  const { x } = steps(
    { x: b! },
    n,
    ({ x }, k) => {
      const rows = places(a!, n, -2);
      const column = columnAt(matrix, k);
      const own = rowAt(x, k);
      const solved = unit ? own : (divide(own, rowAt(column, k)) as Expr);
      const isLater = isForward ? greater(rows, k) : less(rows, k);
      const rest = subtract(x, multiply(where(isLater, column, 0), solved));
      return { x: where(equal(rows, k), solved, where(isLater, rest, x)) as Expr };
    },
    !isForward,
  );
  return x;
};

/** The lower triangle of M + Mᵀ with half of the diagonal, M = L⁻ᵀ·P·L⁻¹ and P the symmetric part of Φ(LᵀL̄). */
const choleskyAdjoint: Expansion = ([l, adjoint]) => {
  if (isEmpty(l!)) return l!;
  const n = l!.shape.at(-1)!;
  const [rows, columns] = [places(l!, n, -2), places(l!, n, -1)];
  const lowerOf = (x: Expr) => where(lessEqual(columns, rows), x, 0) as Expr;
  const product = lowerOf(matmul(swap(lowerOf(l!)), lowerOf(adjoint!)) as Expr);
  const halved = where(equal(rows, columns), multiply(product, 0.5), product) as Expr;
  const symmetric = multiply(add(halved, swap(halved)), 0.5) as Expr;
  const upwards = { lower: 1, transpose: 1, unit: 0 } as never;
  const left = triangularSolve([l!, symmetric], upwards);
  const both = swap(triangularSolve([l!, swap(left)], upwards));
  const total = add(both, swap(both)) as Expr;
  return lowerOf(where(equal(rows, columns), multiply(total, 0.5), total) as Expr);
};

export const linearAlgebra: Readonly<Record<string, Expansion>> = {
  cholesky,
  triangularSolve,
  choleskyAdjoint,
};
