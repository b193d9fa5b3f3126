/** Powers of square matrices, and Kronecker's product. Leading axes are batches. */
import { readWhole } from "../arguments.js";
import { AdjointError } from "../errors.js";
import type { Expr } from "../node.js";
import { withOperands } from "../operand.js";
import { broadcastShapes, formatShape, type Shape } from "../shape.js";
import type { Rank } from "../shape-types.js";
import type { Broadcast, Operand, ResultOf, ShapeOf, Square } from "../types.js";
import { multiply } from "./arithmetic.js";
import { inverse } from "./linear-algebra.js";
import { matmul } from "./matmul.js";
import { reshapeExpr } from "./moving.js";
import { identityLike, squareSide } from "./systems.js";

/**
 * Aⁿ of a square matrix for a whole n, by repeated squaring (NumPy's `matrix_power`): of n = 0 the identity, of a negative
 * one the power of the inverse. Leading axes are batches.
 * @throws where A isn't square, or n isn't whole
 *
 * @example
 * matrixPower([[1, 1], [1, 0]], 10); // [[89, 55], [55, 34]]: Fibonacci's numbers
 */
export function matrixPower<const A extends Operand>(a: A & Square<A>, n: number): ResultOf<[A], ShapeOf<A>> {
  return withOperands("matrixPower", [a as Operand], ([x]) => {
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
  }) as never;
}

/**
 * Kronecker's product: each element of A times all of B, of matrices m×n and p×q one of mp×nq; of two vectors, a vector
 * (NumPy's `kron`). Leading axes are batches, broadcast against each other.
 * @throws where an operand is a scalar, or only one of them is a vector
 *
 * @example
 * kron([1, 10], [1, 2]); // [1, 2, 10, 20]
 */
export function kron<const A extends Operand, const B extends Operand>(
  a: A,
  b: B,
): ResultOf<[A, B], Broadcast<Rank<ShapeOf<A>>, Rank<ShapeOf<B>>>> {
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
  }) as never;
}
