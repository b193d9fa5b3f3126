import { type Expr, nodeOf } from "../node.js";
import { multiply } from "./arithmetic.js";
import { uniformValue } from "./constant.js";

/** The known factor of a product with one, and the rest: [c, x] of c·x. */
export function constantFactor(x: Expr): readonly [number, Expr?] {
  const node = nodeOf(x);
  if (node.op !== multiply.op) return [1];
  const [a, b] = node.operands.map((id) => x.builder.expr(id)) as [Expr, Expr];
  const left = uniformValue(a);
  if (left !== undefined) return [left, b];
  const right = uniformValue(b);
  return right === undefined ? [1] : [right, a];
}
