/** Powers and the exponential of square matrices, and Kronecker's product. Leading axes are batches. */
import { readWhole } from "../arguments.js";
import { fullLike, type WithOp } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import { apply, type Expr } from "../node.js";
import { defineOp, type Instances, type One, type Op, real } from "../op.js";
import { withOperands } from "../operand.js";
import { noParams, type Params } from "../params.js";
import { broadcastShapes, formatShape, type Shape } from "../shape.js";
import type { Operand } from "../types.js";
import { stopGradient } from "./activation.js";
import { algorithmic, type Steps, type Target } from "./algorithm.js";
import { abs, divide, multiply } from "./arithmetic.js";
import { greater, where } from "./comparison.js";
import { concatenate } from "./indexing.js";
import { inverse } from "./linear-algebra.js";
import { matmul, swapLast } from "./matmul.js";
import { reshapeExpr } from "./moving.js";
import { max } from "./reduction.js";
import { columnsOf, identityLike, rowsOf, sidesOf, squareSide } from "./systems.js";

/**
 * Padé's approximant of order 13 to the matrix scaled by 2⁻ˢ, squared s times, with s so that the 1-norm is at most 5.37.
 * N. J. Higham, "The scaling and squaring method for the matrix exponential revisited", SIAM Journal on Matrix Analysis
 * and Applications 26, 2005.
 */
export const expmOp: Op = /* @__PURE__ */ defineOp<Params, One>({
  name: "expm",
  shape: ([a]) => a,
  ...algorithmic(exponentiate, { product, quotient }, ({ result }) => sidesOf(result)),
  work: () => Number.POSITIVE_INFINITY,
  derivative: {
    kind: "forwardReverse",
    forward: ([da], { operands: [a] }) => alongBlock(a, da),
    reverse: (adjoint, _matters, { operands: [a] }) => [alongBlock(swapLast(a), adjoint)],
  },
  domains: [real(-1, 1)],
});

/**
 * Fréchet's derivative of eᴬ along E: it stands beside eᴬ in the exponential of [[A, E], [0, A]] (R. Mathias, "A chain rule
 * for matrix functions and applications", SIAM Journal on Matrix Analysis and Applications 17, 1996). E is scaled to
 * elements of at most 1, so that one much larger than A doesn't cost digits.
 */
function alongBlock(a: Expr, e: Expr): Expr {
  const n = a.shape.at(-1)!;
  if (n === 0) return e;
  const axis = a.shape.length - 1;
  const size = stopGradient(max(abs(e), [axis - 1, axis], { keepDims: true })) as Expr;
  const scale = where(greater(size, 0), size, 1);
  const above = concatenate([a, divide(e, scale)], axis);
  const below = concatenate([fullLike(a, 0), a], axis);
  const block = apply(expmOp, [concatenate([above, below], axis - 1)]);
  return multiply(columnsOf(rowsOf(block, 0, n), n, 2 * n), scale);
}

/** A·B of n×n matrices. */
function product<T>({ add, multiply, array }: Steps<T>, a: ArrayLike<T>, b: ArrayLike<T>, n: number): T[] {
  const result = array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k]!;
      for (let j = 0; j < n; j++)
        result[i * n + j] = add(result[i * n + j]!, multiply(factor, b[k * n + j]!));
    }
  }
  return result;
}

/** A⁻¹·B of n×n matrices, by elimination with partial pivoting. */
function quotient<T>(
  { subtract, multiply, divide, abs, greater, array, exchangeRows }: Steps<T>,
  a: ArrayLike<T>,
  b: ArrayLike<T>,
  n: number,
): T[] {
  const rows: T[][] = [];
  for (let i = 0; i < n; i++) {
    const row = array(2 * n);
    for (let j = 0; j < n; j++) {
      row[j] = a[i * n + j]!;
      row[n + j] = b[i * n + j]!;
    }
    rows.push(row);
  }
  for (let k = 0; k < n; k++) {
    for (let i = k + 1; i < n; i++)
      exchangeRows(greater(abs(rows[i]![k]!), abs(rows[k]![k]!)), rows, k, i, 2 * n);
    const pivot = rows[k]!;
    for (let j = k + 1; j < 2 * n; j++) pivot[j] = divide(pivot[j]!, pivot[k]!);
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const row = rows[i]!;
      const factor = row[k]!;
      for (let j = k + 1; j < 2 * n; j++) row[j] = subtract(row[j]!, multiply(factor, pivot[j]!));
    }
  }
  const result = array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) result[i * n + j] = rows[i]![n + j]!;
  return result;
}

function exponentiate<T>(
  steps: Steps<T> & { readonly product: typeof product; readonly quotient: typeof quotient },
  result: Target<T>,
  [a]: readonly ArrayLike<T>[],
  [n, , count]: readonly number[],
): void {
  const { number, add, subtract, multiply, abs, greater, equal, choose, array } = steps;
  const [zero, half, limit] = [number(0), number(0.5), number(5.371920351148152)];
  // The coefficients of Padé's numerator of order 13, from that of the constant on.
  const coefficients = [
    64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
    670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
  ].map(number);
  const size = n! * n!;
  for (let batch = 0; batch < count!; batch++) {
    let [norm, taint]: [T, T] = [zero, zero];
    for (let j = 0; j < n!; j++) {
      let sum: T = zero;
      for (let i = 0; i < n!; i++) sum = add(sum, abs(a![batch * size + i * n! + j]!));
      norm = choose(greater(sum, norm), sum, norm);
      taint = add(taint, multiply(zero, sum));
    }
    const isKnown = steps.holds(equal(taint, zero));
    let [scale, squarings]: [T, number] = [number(1), 0];
    for (; isKnown && steps.holds(greater(norm, limit)); squarings++) {
      norm = multiply(norm, half);
      scale = multiply(scale, half);
    }
    const scaled = array(size);
    for (let i = 0; i < size; i++) scaled[i] = multiply(a![batch * size + i]!, scale);
    const second = steps.product(steps, scaled, scaled, n!);
    const fourth = steps.product(steps, second, second, n!);
    const sixth = steps.product(steps, second, fourth, n!);
    // The odd terms but for their factor A, and the even ones, those from the eighth power on through the sixth.
    const sums: T[][] = [];
    for (let parity = 1; parity >= 0; parity--) {
      const high = array(size);
      const low = array(size);
      for (let i = 0; i < size; i++) {
        const [x, y, z] = [second[i]!, fourth[i]!, sixth[i]!];
        const upper = add(multiply(coefficients[10 + parity]!, y), multiply(coefficients[8 + parity]!, x));
        high[i] = add(multiply(coefficients[12 + parity]!, z), upper);
        const lower = add(multiply(coefficients[4 + parity]!, y), multiply(coefficients[2 + parity]!, x));
        low[i] = add(multiply(coefficients[6 + parity]!, z), lower);
      }
      const sum = steps.product(steps, sixth, high, n!);
      for (let i = 0; i < size; i++) {
        const own = i % (n! + 1) === 0 ? add(low[i]!, coefficients[parity]!) : low[i]!;
        sum[i] = add(sum[i]!, own);
      }
      sums.push(sum);
    }
    const odd = steps.product(steps, scaled, sums[0]!, n!);
    const even = sums[1]!;
    const [above, below] = [array(size), array(size)];
    for (let i = 0; i < size; i++) {
      above[i] = add(even[i]!, odd[i]!);
      below[i] = subtract(even[i]!, odd[i]!);
    }
    let exponential = steps.quotient(steps, below, above, n!);
    for (let k = 0; k < squarings; k++) exponential = steps.product(steps, exponential, exponential, n!);
    for (let i = 0; i < size; i++) result[batch * size + i] = add(exponential[i]!, taint);
  }
}

export const expmInstances: Instances = {
  op: expmOp,
  instances: [{ shapes: [[2, 2]], params: noParams }],
};

/**
 * The exponential of a square matrix, 1 + A + A²/2! + A³/3! + … (SciPy's `expm`), by scaling and squaring with Padé's
 * approximant. Its derivatives are Fréchet's, exact at every order. What isn't finite makes all of a matrix NaN. Leading
 * axes are batches.
 * @throws where A isn't square
 *
 * @example
 * expm([[0, 1], [0, 0]]); // [[1, 1], [0, 1]]
 */
export const expm: ((a: Operand) => Expr) & WithOp = /* @__PURE__ */ Object.assign(
  (a: Operand): Expr =>
    withOperands("expm", [a], ([x]) => {
      squareSide(x, "expm");
      return apply(expmOp, [x]);
    }),
  { op: expmOp },
);

/**
 * Aⁿ of a square matrix for a whole n, by repeated squaring (NumPy's `matrix_power`): of n = 0 the identity, of a negative
 * one the power of the inverse. Leading axes are batches.
 * @throws where A isn't square, or n isn't whole
 *
 * @example
 * matrixPower([[1, 1], [1, 0]], 10); // [[89, 55], [55, 34]]: Fibonacci's numbers
 */
export function matrixPower(a: Operand, n: number): Expr {
  return withOperands("matrixPower", [a], ([x]) => {
    const side = squareSide(x, "matrixPower");
    let left = Math.abs(readWhole(n, "matrixPower: n"));
    if (left === 0) return identityLike(x, side);
    let power = n < 0 ? inverse(x, side) : x;
    let result: Expr | undefined;
    // The bits of n, the lowest first.
    for (; left > 0; left = Math.floor(left / 2)) {
      if (left % 2 === 1) result = result ? matmul(result, power) : power;
      if (left > 1) power = matmul(power, power);
    }
    return result!;
  });
}

/**
 * Kronecker's product: each element of A times all of B, of matrices m×n and p×q one of mp×nq; of two vectors, a vector
 * (NumPy's `kron`). Leading axes are batches, broadcast against each other.
 * @throws where an operand is a scalar, or only one of them is a vector
 *
 * @example
 * kron([1, 10], [1, 2]); // [1, 2, 10, 20]
 */
export function kron(a: Operand, b: Operand): Expr {
  return withOperands("kron", [a, b], ([x, y]) => {
    const rank = Math.min(2, x.shape.length, y.shape.length);
    const batch = broadcastShapes(x.shape.slice(0, -rank), y.shape.slice(0, -rank));
    if (rank === 0 || (rank === 1 && x.shape.length + y.shape.length > 2) || !batch) {
      throw new AdjointError(
        `kron: ${formatShape(x.shape)} and ${formatShape(y.shape)} aren't two vectors or two matrices whose batches broadcast.`,
      );
    }
    const [own, other] = [x.shape.slice(-rank), y.shape.slice(-rank)];
    const lengths = own.map((length, axis) => length * other[axis]!);
    // Axes of A and B in turn; each has length 1 where the other's stands.
    const spread = (z: Expr, lies: (length: number) => Shape) =>
      reshapeExpr(z, [...z.shape.slice(0, -rank), ...z.shape.slice(-rank).flatMap(lies)]);
    const products = multiply(
      spread(x, (length) => [length, 1]),
      spread(y, (length) => [1, length]),
    );
    return reshapeExpr(products, [...batch, ...lengths]);
  });
}
