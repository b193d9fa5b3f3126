/** Tensors of one number, and grids of coordinates. */
import { readShape } from "../arguments.js";
import { describe } from "../describe.js";
import { AdjointError } from "../errors.js";
import type { Expr } from "../node.js";
import { listOf, withOperands } from "../operand.js";
import { checkOptions } from "../options.js";
import { formatShape, type Shape } from "../shape.js";
import type { LengthAt, Writable } from "../shape-types.js";
import type { Nested, Operand, ResultOf, ShapeOf } from "../types.js";
import { insertAxes, repeatTo } from "./broadcast.js";

/**
 * `value`, a number or what can be broadcast (NumPy's `full`), in a tensor of `shape`: plain arrays, or an expression if
 * it is one.
 *
 * @example
 * full([2, 3], 0.5); // [[0.5, 0.5, 0.5], [0.5, 0.5, 0.5]]
 */
export function full<const S extends Shape, const A extends Operand>(
  shape: S,
  value: A,
): ResultOf<[A], Writable<S>> {
  return filled("full", shape, value);
}

/** The types of the public functions tell what it is. */
function filled(what: string, shape: Shape, value: Operand): never {
  return withOperands(what, [value], ([operand]) => repeatTo(operand, readShape(shape, what))) as never;
}

/**
 * Zeros in a shape, as plain arrays: `zeros([2, 3])`.
 *
 * @example
 * zeros([2, 2]); // [[0, 0], [0, 0]]
 */
export function zeros<const S extends Shape>(shape: S): Nested<Writable<S>> {
  return filled("zeros", shape, 0);
}

/**
 * Ones in a shape, as plain arrays: `ones([2, 3])`.
 *
 * @example
 * ones([2, 2]); // [[1, 1], [1, 1]]
 */
export function ones<const S extends Shape>(shape: S): Nested<Writable<S>> {
  return filled("ones", shape, 1);
}

function like(what: string, x: Operand, value: Operand): Expr {
  return withOperands(what, [x, value], ([operand, given]) => repeatTo(given, operand.shape));
}

/**
 * Zeros in the shape of `x`.
 *
 * @example
 * zerosLike([4, 5, 6]); // [0, 0, 0]
 */
export function zerosLike<const A extends Operand>(x: A): ResultOf<[A], ShapeOf<A>> {
  return like("zerosLike", x, 0) as never;
}

/**
 * Ones in the shape of `x`.
 *
 * @example
 * onesLike([4, 5, 6]); // [1, 1, 1]
 */
export function onesLike<const A extends Operand>(x: A): ResultOf<[A], ShapeOf<A>> {
  return like("onesLike", x, 1) as never;
}

/**
 * `value` in the shape of `x`: a number, or what can be broadcast to it.
 *
 * @example
 * fullLike([[1, 2], [3, 4]], 7); // [[7, 7], [7, 7]]
 */
export function fullLike<const A extends Operand, const B extends Operand>(
  x: A,
  value: B,
): ResultOf<[A, B], ShapeOf<A>> {
  return like("fullLike", x, value) as never;
}

/**
 * Options of `meshgrid`.
 * @example const options: MeshgridOptions = { indexing: "ij" };
 */
export interface MeshgridOptions<X extends "xy" | "ij" = "xy" | "ij"> {
  /**
   * "xy", the default: the first two axes are exchanged, so that rows go with the second list, as in pictures; "ij":
   * axis `i` goes with list `i`.
   */
  readonly indexing?: X;
}

/** The lengths of vectors. */
type LengthsOf<V extends readonly Operand[]> = { -readonly [I in keyof V]: LengthAt<ShapeOf<V[I]>, 0> };

/** The first two axes exchanged unless the indexing says "ij". */
type GridShape<L extends Shape, X> = X extends "ij"
  ? L
  : L extends [infer A extends number, infer B extends number, ...infer R extends Shape]
    ? [B, A, ...R]
    : L;

/**
 * The coordinates of all points of a grid, of the vectors of its axes: as many tensors as vectors, each with an axis for
 * every vector (NumPy's `meshgrid`).
 * @throws where something isn't a vector
 *
 * @example
 * meshgrid([[1, 2, 3], [4, 5]]); // [[[1, 2, 3], [1, 2, 3]], [[4, 4, 4], [5, 5, 5]]]
 */
export function meshgrid<const V extends readonly Operand[], const X extends "xy" | "ij" = "xy">(
  vectors: V,
  options: MeshgridOptions<X> = {},
): { -readonly [I in keyof V]: ResultOf<V, GridShape<LengthsOf<V>, X>> } {
  const { indexing = "xy" } = checkOptions("meshgrid", options, ["indexing"]);
  if (indexing !== "xy" && indexing !== "ij")
    throw new AdjointError(`meshgrid: indexing is ${describe(indexing)}; it must be "xy" or "ij".`);
  const operands = listOf(vectors, "meshgrid");
  return operands.map((_, i) =>
    withOperands("meshgrid", operands, (given) => {
      const lengths = given.map(({ shape }, k) => {
        if (shape.length === 1) return shape[0]!;
        throw new AdjointError(`meshgrid: operand ${k} of shape ${formatShape(shape)} is no vector.`);
      });
      const order = lengths.map((_, axis) =>
        indexing === "xy" && axis < 2 && lengths.length > 1 ? 1 - axis : axis,
      );
      const shape = readShape(
        order.map((axis) => lengths[axis]!),
        "meshgrid",
      );
      return insertAxes(
        given[i]!,
        shape,
        [...order.keys()].filter((axis) => order[axis] !== i),
      );
    }),
  ) as never;
}
