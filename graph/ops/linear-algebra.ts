/** Systems of linear equations and determinants. Leading axes are batches. */
import type { WithOp } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import { apply, type Expr } from "../node.js";
import {
  type Arithmetic,
  type Domain,
  defineOp,
  type Instances,
  type One,
  type Op,
  real,
  type ShapesOf,
  type Two,
  type ValuesOf,
} from "../op.js";
import { withOperands } from "../operand.js";
import { noParams, type Params } from "../params.js";
import { broadcastShapes, formatShape, type Shape, sizeOf } from "../shape.js";
import type { Operand } from "../types.js";
import { applier, numbers, routineOf, type Steps, stepsOf, type Target } from "./algorithm.js";
import { abs, add, multiply, negative, subtract } from "./arithmetic.js";
import { broadcastLike, insertAxes } from "./broadcast.js";
import { greater, where } from "./comparison.js";
import { constant } from "./constant.js";
import { index } from "./indexing.js";
import { matmul, swapLast } from "./matmul.js";
import { eye, matrixShape, matrixTrace } from "./matrices.js";
import { reshapeExpr } from "./moving.js";

/** Far from singular, as differences want it. */
export const dominant: Domain = { ...real(-1, 1), diagonal: 4 };

interface EliminationSteps<T> extends Steps<T> {
  readonly one: T;
  row(length: number): T[];
  /** Brings the one of two rows up that is larger in a column; `sign` times that of the exchange. */
  exchange(rows: T[][], upper: number, lower: number, column: number, sign: T): T;
  eliminate: typeof eliminate;
}

/**
 * Gauss' elimination below the diagonal: `rows` become an upper triangle, and whatever stands right of it goes along. Of
 * each column the row with the largest element is brought up, pair by pair, so that it needs no decision that depends on
 * numbers. Gives the sign of the exchange of rows.
 */
function eliminate<T>(steps: EliminationSteps<T>, rows: T[][], n: number, width: number): T {
  const { subtract, multiply, divide, exchange } = steps;
  let sign = steps.one;
  for (let k = 0; k < n; k++) {
    for (let i = k + 1; i < n; i++) sign = exchange(rows, k, i, k, sign);
    const pivot = rows[k]!;
    for (let i = k + 1; i < n; i++) {
      const row = rows[i]!;
      const factor = divide(row[k]!, pivot[k]!);
      for (let j = k + 1; j < width; j++) row[j] = subtract(row[j]!, multiply(factor, pivot[j]!));
    }
  }
  return sign;
}

function solveSystems<T>(
  steps: EliminationSteps<T>,
  result: Target<T>,
  a: ArrayLike<T>,
  b: ArrayLike<T>,
  [n, m, count]: readonly [number, number, number],
): void {
  const { subtract, multiply, divide } = steps;
  for (let batch = 0; batch < count; batch++) {
    const rows: T[][] = [];
    for (let i = 0; i < n; i++) {
      const row = steps.row(n + m);
      for (let j = 0; j < n; j++) row[j] = a[(batch * n + i) * n + j]!;
      for (let j = 0; j < m; j++) row[n + j] = b[(batch * n + i) * m + j]!;
      rows.push(row);
    }
    steps.eliminate(steps, rows, n, n + m);
    for (let i = n - 1; i >= 0; i--) {
      const row = rows[i]!;
      for (let j = n; j < n + m; j++) {
        let rest: T = row[j]!;
        for (let k = i + 1; k < n; k++) rest = subtract(rest, multiply(row[k]!, rows[k]![j]!));
        row[j] = divide(rest, row[i]!);
        result[(batch * n + i) * m + j - n] = row[j]!;
      }
    }
  }
}

function determinants<T>(
  steps: EliminationSteps<T>,
  result: Target<T>,
  a: ArrayLike<T>,
  [n, count]: readonly [number, number],
): void {
  for (let batch = 0; batch < count; batch++) {
    const rows: T[][] = [];
    for (let i = 0; i < n; i++) {
      const row = steps.row(n);
      for (let j = 0; j < n; j++) row[j] = a[(batch * n + i) * n + j]!;
      rows.push(row);
    }
    let product = steps.eliminate(steps, rows, n, n);
    for (let i = 0; i < n; i++) product = steps.multiply(product, rows[i]![i]!);
    result[batch] = product;
  }
}

/** The steps in any arithmetic: whether rows are exchanged is a choice for each of their elements. */
function stepsIn<T>(arithmetic: Arithmetic<T>): EliminationSteps<T> {
  const by = applier(arithmetic);
  const [choose, size, isGreater, opposite] = [by(where), by(abs), by(greater), by(negative)];
  return {
    ...stepsOf(arithmetic),
    one: arithmetic.constant(1),
    row: (length) => new Array<T>(length),
    exchange(rows, upper, lower, column, sign) {
      const [above, below] = [rows[upper]!, rows[lower]!];
      const exchanges = isGreater(size(below[column]!), size(above[column]!));
      rows[upper] = above.map((x, j) => choose(exchanges, below[j]!, x));
      rows[lower] = below.map((x, j) => choose(exchanges, above[j]!, x));
      return choose(exchanges, opposite(sign), sign);
    },
    eliminate,
  };
}

/** The steps of kernels, for the text of routines. */
const stepsOfNumbers = {
  ...numbers,
  one: 1,
  row: (length: number) => new Float64Array(length),
  exchange: (rows: Float64Array[], upper: number, lower: number, column: number, sign: number) => {
    const row = rows[lower]!;
    if (!(Math.abs(row[column]!) > Math.abs(rows[upper]![column]!))) return sign;
    rows[lower] = rows[upper]!;
    rows[upper] = row;
    return -sign;
  },
  eliminate,
};

export const solveOp: Op = defineOp<Params, Two>({
  name: "solve",
  shape: ([, b]) => b,
  evaluate<T>(arithmetic: Arithmetic<T>, [a, b]: ValuesOf<Two, T>, { result: shape }: ShapesOf<Two>) {
    const result: T[] = new Array(sizeOf(shape));
    solveSystems<T>(stepsIn(arithmetic), result, a, b, sidesOf(shape));
    return result;
  },
  routine: ({ result }) => routineOf(solveSystems, stepsOfNumbers, 2, sidesOf(result)),
  work: ({ result }) => sizeOf(result) * result.at(-2)! ** 2,
  derivative: {
    kind: "forwardReverse",
    // dX = A⁻¹(dB − dA·X)
    forward([da, db], { operands: [a], result }) {
      const moved = da && matmul(da, result);
      const right = db && moved ? subtract(db, moved) : (db ?? negative(moved!));
      return apply(solveOp, [a, right]);
    },
    // B̄ = A⁻ᵀX̄ and Ā = −B̄Xᵀ
    reverse(adjoint, [aMatters], { operands: [a], result }) {
      const b = apply(solveOp, [swapLast(a), adjoint]);
      return [aMatters ? negative(matmul(b, swapLast(result))) : undefined, b];
    },
  },
  domains: [dominant, real()],
});

function sidesOf(shape: Shape): [n: number, m: number, count: number] {
  return [shape.at(-2)!, shape.at(-1)!, sizeOf(shape.slice(0, -2))];
}

export const solveInstances: Instances = {
  op: solveOp,
  instances: [
    {
      shapes: [
        [1, 1],
        [1, 2],
      ],
      params: noParams,
    },
    {
      shapes: [
        [2, 2],
        [2, 1],
      ],
      params: noParams,
    },
    {
      shapes: [
        [3, 3],
        [3, 2],
      ],
      params: noParams,
    },
    {
      shapes: [
        [2, 2, 2],
        [2, 2, 1],
      ],
      params: noParams,
    },
    {
      shapes: [
        [0, 0],
        [0, 2],
      ],
      params: noParams,
    },
  ],
};

const detOp: Op = defineOp<Params, One>({
  name: "det",
  shape: ([a]) => a.slice(0, -2),
  evaluate<T>(
    arithmetic: Arithmetic<T>,
    [a]: ValuesOf<One, T>,
    { operands: [shape], result }: ShapesOf<One>,
  ) {
    const elements: T[] = new Array(sizeOf(result));
    determinants<T>(stepsIn(arithmetic), elements, a, [shape.at(-1)!, elements.length]);
    return elements;
  },
  routine: ({ operands: [a], result }) =>
    routineOf(determinants, stepsOfNumbers, 1, [a.at(-1)!, sizeOf(result)]),
  work: ({ operands: [a] }) => sizeOf(a) * a.at(-1)!,
  derivative: {
    kind: "tangent",
    // d det A = det A·tr(A⁻¹·dA)
    tangent: ([da], { operands: [a], result }) => multiply(result, matrixTrace(apply(solveOp, [a, da]))),
  },
  domains: [dominant],
});

export const detInstances: Instances = {
  op: detOp,
  instances: [
    { shapes: [[1, 1]], params: noParams },
    { shapes: [[3, 3]], params: noParams },
    { shapes: [[2, 4, 4]], params: noParams },
    { shapes: [[0, 0]], params: noParams },
  ],
};

export function squareSide(x: Expr, what: string): number {
  const [rows, columns] = matrixShape(x, what);
  if (rows === columns) return rows;
  throw new AdjointError(`${what}: ${formatShape(x.shape)} isn't square.`);
}

/**
 * X with A·X = B, by elimination with partial pivoting; B is a vector, or a matrix of columns. ∞ or NaN where A is
 * singular. Leading axes are batches, broadcast against each other.
 * @throws where A isn't square or its side differs from B's
 */
export const solve: ((a: Operand, b: Operand) => Expr) & WithOp = /* @__PURE__ */ Object.assign(
  (a: Operand, b: Operand): Expr =>
    withOperands("solve", [a, b], ([x, y]) => {
      const n = squareSide(x, "solve");
      const isVector = y.shape.length === 1;
      const right = isVector ? reshapeExpr(y, [y.shape[0]!, 1]) : y;
      const batch = broadcastShapes(x.shape.slice(0, -2), right.shape.slice(0, -2));
      if (right.shape.at(-2) !== n || !batch) {
        throw new AdjointError(
          `solve: the sides of A ${formatShape(x.shape)} and the rows of B ${formatShape(y.shape)} differ.`,
        );
      }
      const solved = apply(solveOp, [
        broadcastLike(x, [...batch, n, n]),
        broadcastLike(right, [...batch, n, right.shape.at(-1)!]),
      ]);
      return isVector ? reshapeExpr(solved, [...batch, n]) : solved;
    }),
  { op: solveOp },
);

/** The inverse matrix. To solve equations, `solve` is faster and more exact. @throws where A isn't square */
export function inv(a: Operand): Expr {
  return withOperands("inv", [a], ([x]) => {
    const n = squareSide(x, "inv");
    const unit = constant(x.builder, eye(n).flat(), [n, n]);
    const leading = x.shape.slice(0, -2).map((_, axis) => axis);
    return apply(solveOp, [x, insertAxes(unit, x.shape, leading)]);
  });
}

/**
 * The determinant. Up to 3×3 it is written out, so that its derivatives are exact for singular matrices too; of larger
 * ones these have the gradient NaN there. @throws where A isn't square
 */
export const det: ((a: Operand) => Expr) & WithOp = /* @__PURE__ */ Object.assign(
  (a: Operand): Expr =>
    withOperands("det", [a], ([x]) => {
      const n = squareSide(x, "det");
      if (x.shape.length > 2 || n > 3 || n === 0) return apply(detOp, [x]);
      const at = (i: number, j: number) => index(x, i, j);
      if (n === 1) return at(0, 0);
      const minor = (i: number, k: number, j: number, l: number) =>
        subtract(multiply(at(i, j), at(k, l)), multiply(at(i, l), at(k, j)));
      if (n === 2) return minor(0, 1, 0, 1);
      const terms = [minor(1, 2, 1, 2), negative(minor(1, 2, 0, 2)), minor(1, 2, 0, 1)];
      return terms.map((term, j) => multiply(at(0, j), term)).reduce((s, t) => add(s, t));
    }),
  { op: detOp },
);
