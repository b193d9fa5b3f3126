/** Orders by comparing all pairs, where a target has no sort of its own. NaN is larger than any number. */
import {
  type Expr,
  equal,
  less,
  logicalAnd,
  logicalNot,
  logicalOr,
  reshape,
  sum,
  where,
} from "../../../../graph/index.js";
import { iota } from "../../../../graph/internal.js";
import type { Expansion } from "./expansion.js";
import { isEmpty } from "./matrices.js";
import { like } from "./pieces.js";

/** Whether `a` is strictly before `b`. */
function isBefore(a: Expr, b: Expr): Expr {
  return logicalOr(less(a, b), logicalAnd(equal(a, a), logicalNot(equal(b, b)))) as Expr;
}

const column = (x: Expr): Expr => reshape(x, [...x.shape, 1]) as Expr;
const row = (x: Expr): Expr => reshape(x, x.shape.toSpliced(-1, 0, 1)) as Expr;

/** An element's place is the number of those before it. */
const argsort: Expansion = ([x], { descending }: { readonly descending: 0 | 1 }) => {
  if (isEmpty(x!)) return x!;
  const own = iota(x!.builder, x!.shape.at(-1)!);
  const [a, b] = [column(x!), row(x!)];
  const earlier = less(row(own), column(own));
  const first = descending ? isBefore(a, b) : isBefore(b, a);
  const second = descending ? isBefore(b, a) : isBefore(a, b);
  const isAhead = logicalOr(first, logicalAnd(logicalNot(second), earlier)) as Expr;
  const ranks = sum(isAhead, -1) as Expr;
  return sum(where(equal(row(ranks), column(own)), row(own), 0), -1) as Expr;
};

const searchsorted: Expansion = ([ascending, values], { right }: { readonly right: 0 | 1 }) => {
  if (isEmpty(values!) || isEmpty(ascending!)) return like(values!, 0);
  const [one, value] = [row(ascending!), column(values!)];
  const isBehind = right ? logicalNot(isBefore(value, one)) : isBefore(one, value);
  return sum(isBehind, -1) as Expr;
};

export const sorting: Readonly<Record<string, Expansion>> = { argsort, searchsorted };
