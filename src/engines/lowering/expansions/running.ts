/** Running sums and extrema, recurrences and norms along an axis, as loops. */
import {
  add,
  concatenate,
  divide,
  type Expr,
  equal,
  greater,
  maximum,
  minimum,
  multiply,
  reshape,
  scan,
  slice,
  sqrt,
  square,
  subtract,
  sum,
  transpose,
  where,
} from "../../../../graph/index.js";
import type { Expansion } from "./expansion.js";

interface Course {
  readonly axis: number;
  readonly reverse: 0 | 1;
}

/** `next` of what was before and the rows of all operands, along an axis; the first is that of the last operand. */
function along(
  operands: readonly Expr[],
  { axis, reverse }: Course,
  next: (before: Expr, rows: readonly Expr[]) => Expr,
): Expr {
  const last = operands.at(-1)!;
  const length = last.shape[axis]!;
  if (last.shape.includes(0) || length === 1) return last;
  const order = [axis, ...[...last.shape.keys()].filter((one) => one !== axis)];
  const moved = operands.map((x) => transpose(x, order) as Expr);
  const [from, to, start] = reverse ? [0, length - 1, length - 1] : [1, length, 0];
  const at = (x: Expr, low: number, high: number) => slice(x, low, high) as Expr;
  const first = at(moved.at(-1)!, start, start + 1);
  const xs = Object.fromEntries(moved.map((x, i) => [`x${i}`, at(x, from, to)]));
  const { history } = scan(
    (before, rows) => next(before as Expr, Object.values(rows as Record<string, Expr>)) as never,
    reshape(first, first.shape.slice(1)),
    { xs, reverse: reverse === 1 },
  ) as { readonly history: Expr };
  const all = concatenate(reverse ? [history, first] : [first, history]) as Expr;
  return transpose(
    all,
    [...order.keys()].map((one) => order.indexOf(one)),
  ) as Expr;
}

interface NormParams {
  readonly axes: readonly number[];
}

/** √Σ(x − centre)², of numbers times a power of two where the sum is denormal or infinite. */
const norm: Expansion = ([x, centre], { axes }: NormParams) => {
  const moved = centre ? subtract(x!, keep(centre, x!, axes)) : x!;
  const total = sum(square(moved), axes) as Expr;
  const factor = where(
    greater(2 ** -900, total),
    2 ** 600,
    where(greater(total, Number.MAX_VALUE), 2 ** -600, 1),
  ) as Expr;
  const scaled = sum(square(multiply(moved, keep(factor, x!, axes))), axes);
  return where(equal(factor, 1), sqrt(total), divide(sqrt(scaled), factor)) as Expr;
};

/** With axes of length 1 where `x` has its axes. */
function keep(reduced: Expr, x: Expr, axes: readonly number[]): Expr {
  return reshape(
    reduced,
    x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)),
  ) as Expr;
}

export const running: Readonly<Record<string, Expansion>> = {
  cumsum: (operands, course) => along(operands, course, (before, [x]) => add(before, x!)),
  cummax: (operands, course) => along(operands, course, (before, [x]) => maximum(before, x!) as Expr),
  cummin: (operands, course) => along(operands, course, (before, [x]) => minimum(before, x!) as Expr),
  recurrence: (operands, course) =>
    along(operands, course, (before, [a, b]) => add(multiply(a!, before), b!) as Expr),
  segmentedCumsum: (operands, course) =>
    along(operands, course, (before, [stays, x]) => where(stays!, add(before, x!), x!) as Expr),
  norm,
};
