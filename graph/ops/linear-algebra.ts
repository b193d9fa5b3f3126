/** Systems of linear equations and determinants. Leading axes are batches. */
import type { WithOp } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import { apply, type Expr } from "../node.js";
import { type Arithmetic, type Domain, defineOp, type Instances, type Op, real } from "../op.js";
import { withOperands } from "../operand.js";
import { noParams } from "../params.js";
import { broadcastShapes, formatShape, type Shape, sizeOf } from "../shape.js";
import type { Operand } from "../types.js";
import { abs, add, divide, multiply, negative, subtract } from "./arithmetic.js";
import { broadcastLike, insertAxes } from "./broadcast.js";
import { greater, where } from "./comparison.js";
import { constant } from "./constant.js";
import { index } from "./indexing.js";
import { matmul, swapLast } from "./matmul.js";
import { eye, matrixShape, matrixTrace } from "./matrices.js";
import { reshapeExpr } from "./moving.js";

/** Far from singular, as differences want it. */
export const dominant: Domain = { ...real(-1, 1), diagonal: 4 };

/**
 * Gauss' elimination below the diagonal, in any arithmetic: `rows` become an upper triangle, and whatever stands right
 * of it goes along. Of each column the row with the largest element is brought up, pair by pair, so that it needs no
 * decision that depends on numbers. Gives the sign of the exchange of rows.
 */
function eliminate<T>(arithmetic: Arithmetic<T>, rows: T[][], n: number): T {
  const op = (one: WithOp, ...operands: T[]) => arithmetic.apply(one.op, operands);
  let sign = arithmetic.constant(1);
  for (let k = 0; k < n; k++) {
    for (let i = k + 1; i < n; i++) {
      const [upper, lower] = [rows[k]!, rows[i]!];
      const swaps = op(greater, op(abs, lower[k]!), op(abs, upper[k]!));
      rows[k] = upper.map((x, j) => op(where, swaps, lower[j]!, x));
      rows[i] = lower.map((x, j) => op(where, swaps, upper[j]!, x));
      sign = op(where, swaps, op(negative, sign), sign);
    }
    for (let i = k + 1; i < n; i++) {
      const factor = op(divide, rows[i]![k]!, rows[k]![k]!);
      rows[i] = rows[i]!.map((x, j) => (j <= k ? x : op(subtract, x, op(multiply, factor, rows[k]![j]!))));
    }
  }
  return sign;
}

/** The operands and results of each batch as functions of flat arrays. */
export function eachBatch<T>(
  operands: readonly (readonly T[])[],
  sizes: readonly number[],
  count: number,
  compute: (...matrices: T[][]) => readonly T[],
): T[] {
  return Array.from({ length: count }, (_, batch) =>
    compute(...operands.map((values, i) => values.slice(batch * sizes[i]!, (batch + 1) * sizes[i]!))),
  ).flat();
}

export const solveOp: Op = defineOp({
  name: "solve",
  shape: ([, b]) => b!,
  evaluate<T>(
    arithmetic: Arithmetic<T>,
    operands: readonly (readonly T[])[],
    { result }: { readonly result: Shape },
  ) {
    const [n, m] = result.slice(-2) as [number, number];
    const op = (one: WithOp, ...given: T[]) => arithmetic.apply(one.op, given);
    return eachBatch<T>(operands, [n * n, n * m], sizeOf(result.slice(0, -2)), (a, b) => {
      const rows = Array.from({ length: n }, (_, i) => [
        ...a.slice(i * n, (i + 1) * n),
        ...b.slice(i * m, (i + 1) * m),
      ]);
      eliminate(arithmetic, rows, n);
      for (let i = n - 1; i >= 0; i--) {
        const row = rows[i]!;
        for (let j = n; j < n + m; j++) {
          let rest = row[j] as T;
          for (let k = i + 1; k < n; k++) rest = op(subtract, rest, op(multiply, row[k]!, rows[k]![j]!));
          row[j] = op(divide, rest, row[i]!);
        }
      }
      return rows.flatMap((row) => row.slice(n));
    });
  },
  routine({ result: shape }) {
    const [n, m] = shape.slice(-2) as [number, number];
    const count = sizeOf(shape.slice(0, -2));
    return {
      run: (result, a, b) => solveNumbers(result, a!, b!, n, m, count),
      text: () => `(r, a, b) => (${solveNumbers})(r, a, b, ${n}, ${m}, ${count})`,
    };
  },
  work: ({ result }) => sizeOf(result) * result.at(-2)! ** 2,
  derivative: {
    kind: "forwardReverse",
    // dX = A⁻¹(dB − dA·X)
    forward([da, db], { operands: [a], result }) {
      const moved = da && (matmul(da, result) as Expr);
      const right = db && moved ? (subtract(db, moved) as Expr) : (db ?? (negative(moved!) as Expr));
      return apply(solveOp, [a!, right]);
    },
    // B̄ = A⁻ᵀX̄ and Ā = −B̄Xᵀ
    reverse(adjoint, [aMatters], { operands: [a], result }) {
      const b = apply(solveOp, [swapLast(a!), adjoint]);
      return [aMatters ? (negative(matmul(b, swapLast(result)) as Expr) as Expr) : undefined, b];
    },
  },
  domains: [dominant, real()],
});

/** Gives the product of the determinants, too. */
function solveNumbers(
  result: { [i: number]: number },
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  n: number,
  m: number,
  count: number,
): number {
  const width = n + m;
  let sign = 1;
  for (let batch = 0; batch < count; batch++) {
    const rows: Float64Array[] = [];
    for (let i = 0; i < n; i++) {
      const row = new Float64Array(width);
      for (let j = 0; j < n; j++) row[j] = a[(batch * n + i) * n + j]!;
      for (let j = 0; j < m; j++) row[n + j] = b[(batch * n + i) * m + j]!;
      rows.push(row);
    }
    for (let k = 0; k < n; k++) {
      for (let i = k + 1; i < n; i++) {
        if (Math.abs(rows[i]![k]!) > Math.abs(rows[k]![k]!)) {
          const row = rows[i]!;
          rows[i] = rows[k]!;
          rows[k] = row;
          sign = -sign;
        }
      }
      const pivot = rows[k]!;
      sign *= pivot[k]!;
      for (let i = k + 1; i < n; i++) {
        const row = rows[i]!;
        const factor = row[k]! / pivot[k]!;
        for (let j = k + 1; j < width; j++) row[j] = row[j]! - factor * pivot[j]!;
      }
    }
    for (let i = n - 1; i >= 0; i--) {
      const row = rows[i]!;
      for (let j = n; j < width; j++) {
        let rest = row[j]!;
        for (let k = i + 1; k < n; k++) rest -= row[k]! * rows[k]![j]!;
        row[j] = rest / row[i]!;
        result[(batch * n + i) * m + j - n] = row[j]!;
      }
    }
  }
  return sign;
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

const detOp: Op = defineOp({
  name: "det",
  shape: ([a]) => a!.slice(0, -2),
  evaluate<T>(
    arithmetic: Arithmetic<T>,
    operands: readonly (readonly T[])[],
    shapes: { readonly operands: readonly Shape[] },
  ) {
    const [shape] = shapes.operands as [Shape];
    const n = shape.at(-1)!;
    return eachBatch<T>(operands, [n * n], sizeOf(shape.slice(0, -2)), (a) => {
      const rows = Array.from({ length: n }, (_, i) => a.slice(i * n, (i + 1) * n));
      const sign = eliminate(arithmetic, rows, n);
      return [rows.reduce((product, row, i) => arithmetic.multiply(product, row[i]!), sign)];
    });
  },
  routine({ operands: [a], result: shape }) {
    const n = a!.at(-1)!;
    const batches = sizeOf(shape);
    return {
      run(result, values) {
        for (let i = 0; i < batches; i++) {
          const matrix = Array.prototype.slice.call(values, i * n * n, (i + 1) * n * n);
          result[i] = solveNumbers([], matrix, [], n, 0, 1);
        }
      },
      text: () =>
        `(r, a) => { for (let i = 0; i < ${batches}; i++) r[i] = (${solveNumbers})([], a.slice(i * ${n * n}, (i + 1) * ${n * n}), [], ${n}, 0, 1); }`,
    };
  },
  work: ({ operands: [a] }) => sizeOf(a!) * a!.at(-1)!,
  derivative: {
    kind: "tangent",
    // d det A = det A·tr(A⁻¹·dA)
    tangent: ([da], { operands: [a], result }) =>
      multiply(result, matrixTrace(apply(solveOp, [a!, da!]))) as Expr,
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
      const n = squareSide(x!, "solve");
      const isVector = y!.shape.length === 1;
      const right = isVector ? reshapeExpr(y!, [y!.shape[0]!, 1]) : y!;
      const batch = broadcastShapes(x!.shape.slice(0, -2), right.shape.slice(0, -2));
      if (right.shape.at(-2) !== n || !batch) {
        throw new AdjointError(
          `solve: the sides of A ${formatShape(x!.shape)} and the rows of B ${formatShape(y!.shape)} differ.`,
        );
      }
      const solved = apply(solveOp, [
        broadcastLike(x!, [...batch, n, n]),
        broadcastLike(right, [...batch, n, right.shape.at(-1)!]),
      ]);
      return isVector ? reshapeExpr(solved, [...batch, n]) : solved;
    }) as Expr,
  { op: solveOp },
);

/** The inverse matrix. To solve equations, `solve` is faster and more exact. @throws where A isn't square */
export function inv(a: Operand): Expr {
  return withOperands("inv", [a], ([x]) => {
    const n = squareSide(x!, "inv");
    const unit = constant(x!.builder, eye(n).flat(), [n, n]);
    const leading = x!.shape.slice(0, -2).map((_, axis) => axis);
    return apply(solveOp, [x!, insertAxes(unit, x!.shape, leading)]);
  }) as Expr;
}

/**
 * The determinant. Up to 3×3 it is written out, so that its derivatives are exact for singular matrices too; of larger
 * ones these have the gradient NaN there. @throws where A isn't square
 */
export const det: ((a: Operand) => Expr) & WithOp = /* @__PURE__ */ Object.assign(
  (a: Operand): Expr =>
    withOperands("det", [a], ([x]) => {
      const n = squareSide(x!, "det");
      if (x!.shape.length > 2 || n > 3 || n === 0) return apply(detOp, [x!]);
      const at = (i: number, j: number) => index(x!, i, j) as Expr;
      if (n === 1) return at(0, 0);
      const minor = (i: number, k: number, j: number, l: number) =>
        subtract(multiply(at(i, j), at(k, l)), multiply(at(i, l), at(k, j))) as Expr;
      if (n === 2) return minor(0, 1, 0, 1);
      const terms = [minor(1, 2, 1, 2), negative(minor(1, 2, 0, 2)) as Expr, minor(1, 2, 0, 1)];
      return terms.map((term, j) => multiply(at(0, j), term) as Expr).reduce((s, t) => add(s, t) as Expr);
    }) as Expr,
  { op: detOp },
);
