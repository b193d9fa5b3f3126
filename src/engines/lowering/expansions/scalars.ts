/** Other functions of numbers: hyperbolic secant, cardinal sine, Bessel functions, and their derivatives of known orders. */
import {
  abs,
  add,
  cos,
  divide,
  type Expr,
  equal,
  exp,
  greater,
  less,
  logicalAnd,
  multiply,
  negative,
  power,
  reshape,
  round,
  scan,
  sin,
  sqrt,
  square,
  subtract,
  sum,
  where,
} from "../../../../graph/index.js";
import { constant } from "../../../../graph/internal.js";
import type { Expansion } from "./expansion.js";
import { knownOrder, like, repeated } from "./pieces.js";

const sechSquared: Expansion = ([x]) => {
  const e = exp(multiply(-2, abs(x!)) as Expr);
  return divide(multiply(4, e), square(add(1, e))) as Expr;
};

/** The derivative of sinc of order n, as `graph/ops/sinc.ts` has it. */
function sincOf(n: number, x: Expr): Expr {
  if (!(n >= 0 && n <= 170 && Number.isInteger(n))) return multiply(x, Number.NaN) as Expr;
  const y = abs(x) as Expr;
  const t = multiply(Math.PI, y) as Expr;
  const rest = subtract(y, multiply(2, round(divide(y, 2) as Expr))) as Expr;
  const turn = abs(rest) as Expr;
  const across = multiply(Math.PI, subtract(0.5, turn)) as Expr;
  const beyond = multiply(Math.PI, subtract(1, turn)) as Expr;
  const own = multiply(Math.PI, turn) as Expr;
  const isMiddle = greater(turn, 0.25);
  const isFar = greater(turn, 0.75);
  const positive = where(isFar, sin(beyond), where(isMiddle, cos(across), sin(own)));
  const sine = where(less(rest, 0), negative(positive), positive) as Expr;
  const cosine = where(isFar, negative(cos(beyond)), where(isMiddle, sin(across), cos(own))) as Expr;
  const waves = [sine, cosine, negative(sine) as Expr, negative(cosine) as Expr];
  let up = divide(divide(sine, Math.PI), y) as Expr;
  let scale = 1;
  for (let k = 1; k <= n; k++) {
    up = divide(subtract(multiply(scale, waves[k % 4]!), multiply(k, up)), y) as Expr;
    scale *= Math.PI;
  }
  // From any start far above, downwards
  const count = 30 + Math.ceil(8 * Math.sqrt(n));
  const parts = (of: readonly number[]) =>
    constant(
      x.builder,
      Float64Array.from({ length: count }, (_, i) => of[(n + 1 + i) % 4]!),
      [count],
    );
  const { last: down } = scan(
    (value, rows, i) => {
      const { s, c } = rows as unknown as { readonly s: Expr; readonly c: Expr };
      const wave = add(multiply(s, sine), multiply(c, cosine));
      return divide(subtract(wave, multiply(t, value as unknown as Expr)), add(i, n + 1)) as never;
    },
    like(x, 0),
    { xs: { s: parts([1, 0, -1, 0]), c: parts([0, 1, 0, -1]) }, reverse: true },
  ) as unknown as { readonly last: Expr };
  const value = where(greater(t, n), up, multiply(down, Math.PI ** n)) as Expr;
  const signed = n % 2 === 1 ? where(less(x, 0), negative(value), value) : value;
  const atZero = n === 0 ? where(less(y, 1e-9), 1, signed) : signed;
  return where(equal(y, Number.POSITIVE_INFINITY), 0, atZero) as Expr;
}

const besselDerivative: Expansion = ([first, second, x]) => {
  const [order, n] = [knownOrder(first!, "besselDerivative"), knownOrder(second!, "besselDerivative")];
  const isKnown = (order === 0 || order === 1) && n >= 0 && n <= 100 && Number.isInteger(n);
  if (!isKnown) return multiply(x!, Number.NaN) as Expr;
  const y = abs(x!) as Expr;
  const isOdd = (order + n) % 2 === 1;
  let start = 1;
  for (let i = 0; i < n; i++) start *= -0.5 - i;
  const series = repeated(
    { sum: like(y, 0), term: like(y, start) },
    80,
    ({ sum, term }) => logicalAnd(greater(abs(term), multiply(1e-18, abs(sum))), greater(y, 30 + n)) as Expr,
    ({ sum, term }, i) => {
      const k = add(i, 1);
      const odd = subtract(multiply(2, k), 1);
      const ratio = divide(divide(subtract(square(odd), 4 * order), multiply(8, k)), y);
      const shift = divide(add(subtract(k, 0.5), n), subtract(k, 0.5));
      return { sum: add(sum, term) as Expr, term: multiply(term, multiply(ratio, shift)) as Expr };
    },
  );
  const far = divide(divide(divide(series.sum, Math.sqrt(2 * Math.PI)), sqrt(y)), power(y, n)) as Expr;
  const sum = midpoints(order, n, y);
  const near = divide(n % 2 === 0 ? sum : negative(sum), 32 + 4 * n) as Expr;
  const value = where(greater(y, 30 + n), far, near) as Expr;
  if (!isOdd) return value;
  return where(equal(y, 0), x!, where(less(x!, 0), negative(value), value)) as Expr;
};

/** The sum over the midpoint rule's points, along a new last axis. */
function midpoints(order: number, n: number, y: Expr): Expr {
  const count = 32 + 4 * n;
  const points = Float64Array.from({ length: count }, (_, j) => {
    const half = Math.sin(((2 * j + 1) * Math.PI) / (4 * count));
    return 2 * half * half;
  });
  // 1 − cos θ
  const below = constant(y.builder, points, [count]);
  const column = reshape(y, [...y.shape, 1]) as Expr;
  const weight = constant(
    y.builder,
    points.map((one) => one ** n),
    [count],
  );
  let term = multiply(exp(negative(multiply(column, below)) as Expr), weight) as Expr;
  if (order === 1) {
    const rising = subtract(2, below);
    const factor =
      n === 0
        ? multiply(multiply(column, below), rising)
        : multiply(subtract(multiply(column, below), n), rising);
    term = multiply(term, factor) as Expr;
  }
  return sum(term, -1) as Expr;
}

export const scalars: Readonly<Record<string, Expansion>> = {
  sechSquared,
  sinc: ([x]) => sincOf(0, x!),
  sincDerivative: ([order, x]) => sincOf(knownOrder(order!, "sincDerivative"), x!),
  besselDerivative,
};
