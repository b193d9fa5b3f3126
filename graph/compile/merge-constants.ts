import { fullLike } from "../elementwise.js";
import { type Expr, nodeOf } from "../node.js";
import { multiply } from "../ops/arithmetic.js";
import { uniformValue } from "../ops/constant.js";
import { constantFactor } from "../ops/factor.js";

function isPowerOfTwo(x: number): boolean {
  return Number.isInteger(Math.log2(Math.abs(x)));
}

/**
 * Collects known factors: 100·(2·x) is 200·x, (100·x)·(2·y) is (200·x)·y. One of the factors being a power of two,
 * the result is the same to the last bit unless it overflows or is subnormal on the way, which is why this isn't among
 * the ops' rewrites.
 */
export function mergeConstants(expr: Expr): Expr | undefined {
  const node = nodeOf(expr);
  if (node.op !== multiply.op) return undefined;
  const [a, b] = node.operands.map((id) => expr.builder.expr(id)) as [Expr, Expr];
  return merge(a, b) ?? merge(b, a);
}

function merge(a: Expr, b: Expr): Expr | undefined {
  const [inner, rest] = constantFactor(b);
  if (!rest) return undefined;
  const outer = uniformValue(a);
  if (outer !== undefined) {
    if (!isPowerOfTwo(outer) && !isPowerOfTwo(inner)) return undefined;
    return multiply(fullLike(b, outer * inner), rest) as Expr;
  }
  const [other, left] = constantFactor(a);
  if (!left || !isPowerOfTwo(inner)) return undefined;
  return multiply(multiply(fullLike(a, other * inner), left), rest) as Expr;
}
