/** Tensors one after the other in a vector, which is how a carry holds several. */
import type { Builder, Expr } from "../node.js";
import { full } from "../ops/constant.js";
import { concatenate, slice } from "../ops/indexing.js";
import { reshapeExpr } from "../ops/moving.js";
import { type Shape, sizeOf } from "../shape.js";

export function totalSize(shapes: readonly Shape[]): number {
  return shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
}

export function pack(builder: Builder, tensors: readonly Expr[]): Expr {
  const flat = tensors.map((one) => reshapeExpr(one, [sizeOf(one.shape)]));
  if (flat.length === 0) return full(builder, 0, [0]);
  return flat.length === 1 ? flat[0]! : concatenate(flat);
}

/** The tensors that were packed, from a vector or from each row of a history of so many. */
export function unpack(packed: Expr, shapes: readonly Shape[], ...length: readonly number[]): Expr[] {
  let from = 0;
  return shapes.map((shape) => {
    const part = slice(packed, from, from + sizeOf(shape), { axis: length.length });
    from += sizeOf(shape);
    return reshapeExpr(part, [...length, ...shape]);
  });
}
