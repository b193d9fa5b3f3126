/** The derivatives of log Γ, by the series of `graph/ops/special.ts` and `graph/ops/beta.ts`. */
import {
  add,
  ceil,
  divide,
  type Expr,
  equal,
  expm1,
  floor,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  log1p,
  logicalAnd,
  logicalOr,
  maximum,
  multiply,
  negative,
  power,
  round,
  square,
  subtract,
  tan,
  where,
} from "../../../../graph/index.js";
import type { Expansion } from "./expansion.js";
import { horner, knownNumber, knownOrder, like, repeated } from "./pieces.js";

const infinity = Number.POSITIVE_INFINITY;

/** The coefficients of the derivative of order n of π·cot(πx) in powers of the cotangent, divided by πⁿ⁺¹: lowest first. */
function cotangentPolynomial(n: number): number[] {
  let p = [0, 1];
  for (let k = 0; k < n; k++) {
    const slope = p.map((c, i) => c * i).slice(1);
    const next = new Array<number>(slope.length + 2).fill(0);
    slope.forEach((c, i) => {
      next[i]! -= c;
      next[i + 2]! -= c;
    });
    p = next;
  }
  return p;
}

/** ψ⁽ⁿ⁾ below 0 by reflection, given it at 1 − x. */
function reflected(n: number, x: Expr, above: Expr): Expr {
  const fraction = subtract(x, round(x)) as Expr;
  const cotangent = divide(1, tan(multiply(Math.PI, fraction) as Expr)) as Expr;
  const own = multiply(horner(cotangentPolynomial(n).reverse(), cotangent), Math.PI ** (n + 1));
  const value = subtract(n % 2 === 0 ? above : negative(above), own);
  const isPole = equal(x, floor(x));
  const inRange = where(greater(x, -1e5), value, Number.NaN);
  return where(logicalAnd(isPole, greater(x, -1e5)), n % 2 === 0 ? -infinity : infinity, inRange) as Expr;
}

/** Bernoulli numbers from B₂ on. */
const bernoulli = [
  1 / 6,
  -1 / 30,
  1 / 42,
  -1 / 30,
  5 / 66,
  -691 / 2730,
  7 / 6,
  -3617 / 510,
  43867 / 798,
  -174611 / 330,
  854513 / 138,
];

/** ψ for x ≥ 0, as `polygammaFunction` computes it. */
function digammaAbove(x: Expr): Expr {
  const squared = square(x) as Expr;
  let sum: Expr | number = 0;
  bernoulli.toReversed().forEach((b, i) => {
    sum = divide(add(sum, b / (2 * (11 - i))), squared) as Expr;
  });
  const far = subtract(subtract(log(x), divide(0.5, x)), sum);
  const down = repeated(
    { y: x, shifted: like(x, 0) },
    8,
    ({ y }) => logicalAnd(greater(y, 2), less(x, 10)) as Expr,
    ({ y, shifted }) => {
      const lowered = subtract(y, 1) as Expr;
      return { y: lowered, shifted: add(shifted, divide(1, lowered)) as Expr };
    },
  );
  const isLow = less(down.y, 1);
  const shifted = where(isLow, subtract(down.shifted, divide(1, down.y)), down.shifted);
  const y = where(isLow, add(down.y, 1), down.y) as Expr;
  const distance = subtract(
    subtract(subtract(y, 1.4616321446374059), 3.309564688275557e-10),
    9.016312093258695e-20,
  ) as Expr;
  const over = [
    -0.002071332116774595, -0.04525132144873906, -0.28919126444774784, -0.6503185377089651,
    -0.3255503118680449, 0.25479851061131553,
  ];
  const under = [
    -5.578984132167551e-7, 0.0021284987017821146, 0.054151797245674226, 0.43593529692665967,
    1.4606242909763516, 2.076711702373047, 1,
  ];
  const z = subtract(y, 1) as Expr;
  const near = add(
    add(
      multiply(distance, 0.9955816268920898),
      multiply(distance, divide(horner(over, z), horner(under, z))),
    ),
    shifted,
  );
  return where(greaterEqual(x, 10), where(equal(x, infinity), infinity, far), near) as Expr;
}

/** ψ⁽ⁿ⁾ for n ≥ 1 and x ≥ 0, n being a number or an expression; `most` is what n can be. */
function polygammaAbove(n: Expr | number, x: Expr, most: number): Expr {
  const factorial = factorialOf(n, x, most);
  const steps = maximum(0, ceil(subtract(add(n, 15), x) as Expr)) as Expr;
  const y = add(x, steps) as Expr;
  const squared = square(y);
  let coefficient: Expr | number = divide(multiply(factorial, add(n, 1)), 2) as Expr | number;
  let powered = power(y, add(n, 2)) as Expr;
  let sum: Expr | number = 0;
  bernoulli.forEach((b, i) => {
    const k = i + 1;
    sum = add(sum, divide(multiply(coefficient, b), powered)) as Expr;
    const grown = multiply(add(2 * k + 1, n), add(2 * k, n));
    coefficient = divide(multiply(coefficient, grown), (2 * k + 2) * (2 * k + 1)) as Expr;
    powered = multiply(powered, squared) as Expr;
  });
  const rest = add(
    add(sum, divide(factorial, multiply(2, power(y, add(n, 1))))),
    divide(divide(factorial, n), power(y, n)),
  ) as Expr;
  const { value } = repeated(
    { value: rest },
    most + 15,
    (_, i) => less(i, steps) as Expr,
    ({ value }, i) => ({ value: add(value, divide(factorial, power(add(x, i), add(n, 1)))) as Expr }),
    true,
  );
  const { far } = repeated(
    { far: divide(multiply(factorial, like(x, 1)), n) as Expr },
    most,
    (_, i) => less(i, n) as Expr,
    ({ far }) => ({ far: divide(far, x) as Expr }),
  );
  const size = where(greater(x, 1e17), where(equal(x, infinity), 0, far), value);
  const isEven = equal(multiply(2, floor(divide(n, 2) as Expr)), n);
  return where(isEven, negative(size), size) as Expr;
}

function factorialOf(n: Expr | number, x: Expr, most: number): Expr | number {
  if (typeof n === "number") {
    let factorial = 1;
    for (let i = 2; i <= n; i++) factorial *= i;
    return factorial;
  }
  return repeated(
    { factorial: like(x, 1) },
    most,
    (_, i) => less(i, n) as Expr,
    ({ factorial }, i) => ({ factorial: multiply(factorial, add(i, 1)) as Expr }),
  ).factorial;
}

/** ψ⁽ⁿ⁾ of a known order. */
export function polygammaOf(n: number, x: Expr): Expr {
  if (!(n >= 0 && n <= 170 && Number.isInteger(n))) return multiply(x, Number.NaN) as Expr;
  const isBelow = less(x, 0);
  const mirrored = where(isBelow, subtract(1, x), x) as Expr;
  const above = n === 0 ? digammaAbove(mirrored) : polygammaAbove(n, mirrored, n);
  return where(isBelow, reflected(n, x, above), above) as Expr;
}

const polygamma: Expansion = ([n, x]) => {
  const known = knownNumber(n!);
  if (known !== undefined) return polygammaOf(known, x!);
  // Below 0 the lowest orders alone have a formula each; of others the poles are known.
  const above = polygammaAbove(maximum(n!, 1) as Expr, where(less(x!, 0), 1, x!) as Expr, 170);
  const isOrder = logicalAnd(
    logicalAnd(greaterEqual(n!, 0), lessEqual(n!, 170)),
    logicalAnd(equal(n!, floor(n!)), greater(x!, -1e5)),
  );
  const isEven = equal(multiply(2, floor(divide(n!, 2) as Expr)), n!);
  const pole = where(equal(x!, floor(x!)), where(isEven, -infinity, infinity), Number.NaN);
  const general = where(isOrder, where(less(x!, 0), pole, above), Number.NaN) as Expr;
  return [0, 1, 2, 3].reduce<Expr>(
    (other, order) => where(equal(n!, order), polygammaOf(order, x!), other) as Expr,
    general,
  );
};

const polygammaDifference: Expansion = ([order, a, b]) => {
  const n = knownOrder(order!, "polygammaDifference");
  if (!(n >= 0 && n <= 100 && Number.isInteger(n))) return multiply(a!, Number.NaN) as Expr;
  const factorial = factorialOf(n, a!, n) as number;
  const term = (m: number, step: Expr, y: Expr) =>
    divide(expm1(multiply(-m, step) as Expr), power(y, m)) as Expr;
  const { y, sum: shifted } = repeated(
    { y: a!, sum: like(a!, 0) },
    n + 15,
    (state) => less(state.y, n + 15) as Expr,
    ({ y, sum }) => ({
      y: add(y, 1) as Expr,
      sum: subtract(sum, multiply(factorial, term(n + 1, log1p(divide(b!, y) as Expr) as Expr, y))) as Expr,
    }),
  );
  const step = log1p(divide(b!, y) as Expr) as Expr;
  let sum = add(shifted, n === 0 ? step : multiply(-factorial / n, term(n, step, y))) as Expr;
  sum = subtract(sum, multiply(factorial / 2, term(n + 1, step, y))) as Expr;
  let coefficient = (factorial * (n + 1)) / 2;
  for (let k = 0; k < 9; k++) {
    const m = 2 * k + 2 + n;
    sum = subtract(sum, multiply(coefficient * bernoulli[k]!, term(m, step, y))) as Expr;
    coefficient *= ((m + 1) * m) / ((2 * k + 4) * (2 * k + 3));
  }
  const value = n % 2 === 0 ? negative(sum) : sum;
  const isEdge = logicalOr(equal(b!, 0), equal(a!, infinity));
  const edge = where(less(b!, infinity), 0, Number.NaN);
  const isValid = logicalAnd(greater(a!, 0), greaterEqual(b!, 0));
  return where(isValid, where(isEdge, edge, value), Number.NaN) as Expr;
};

export const polygammas: Readonly<Record<string, Expansion>> = { polygamma, polygammaDifference };
