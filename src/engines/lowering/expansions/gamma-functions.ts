/** The logarithms of the gamma and the beta function, by the series of `graph/ops/special.ts`. */
import {
  abs,
  add,
  divide,
  type Expr,
  equal,
  floor,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  log1p,
  logicalAnd,
  logicalOr,
  multiply,
  negative,
  round,
  sin,
  square,
  subtract,
  where,
} from "../../../../graph/index.js";
import type { Expansion } from "./expansion.js";
import { horner, like, repeated } from "./pieces.js";

const infinity = Number.POSITIVE_INFINITY;

/** The coefficients of Stirling's series in 1/y², the highest first. */
const stirlingSeries = [
  -3617 / 122400,
  1 / 156,
  -691 / 360360,
  1 / 1188,
  -1 / 1680,
  1 / 1260,
  -1 / 360,
  1 / 12,
];

const taylor = [
  0.4838361227238106, -0.1475877229945307, 0.06462494023891276, -0.0327885410884813, 0.017970675115210395,
  -0.010314223036636387, 0.006100536020517889, -0.0036845696083163734, 0.0022597648232218106,
  -0.001402251445904451, 0.0008782326347176812, -0.0005541949527966822, 0.00035191295683784665,
  -0.0002246534436959552, 0.000144070395420933, -0.00009276098655471749, 0.000059934733439794256,
];
/** ζ(k) − 1 from k = 2 on */
const zetas = [
  0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914,
  0.008349277381922827, 0.00407735619794434, 0.0020083928260822143, 0.0009945751278180853,
  0.0004941886041194645, 0.0002460865533080483, 0.00012271334757848915, 0.00006124813505870483,
  0.00003058823630702049, 0.00001528225940865187, 0.000007637197637899763, 0.00000381729326499984,
  0.000001908212716553939, 9.539620338727962e-7, 4.769329867878064e-7, 2.38450502727733e-7,
  1.1921992596531106e-7, 5.960818905125948e-8, 2.980350351465228e-8, 1.4901554828365043e-8,
  7.45071178983543e-9,
];
const zetaSeries = zetas.map((zeta, i) => ((i % 2 === 0 ? 1 : -1) * zeta) / (i + 2)).reverse();

export function logGamma(x: Expr): Expr {
  const y = where(less(x, 0), subtract(1, x), x) as Expr;
  const r = divide(1, square(y)) as Expr;
  const far = add(
    add(multiply(subtract(y, 0.5), subtract(log(y), 1)), 0.4189385332046727),
    divide(horner(stirlingSeries, r), y),
  );
  const isLow = less(y, 0.5) as Expr;
  const raised = where(isLow, add(y, 1), y) as Expr;
  const { y: least, product } = repeated(
    { y: raised, product: like(raised, 1) },
    11,
    (state) => logicalAnd(greaterEqual(state.y, 2.5), less(y, 13)) as Expr,
    (state) => {
      const lowered = subtract(state.y, 1) as Expr;
      return { y: lowered, product: multiply(state.product, lowered) as Expr };
    },
  );
  const z = subtract(least, where(less(least, 1.5), 1, 2)) as Expr;
  // 1 − γ
  const series = multiply(z, add(0.42278433509846713, multiply(horner(zetaSeries, z), z))) as Expr;
  // The least value between the zeros 1 and 2, and its place as a sum of two doubles
  const distance = subtract(subtract(least, 1.4616321449683622), 9.549995429965697e-17) as Expr;
  const between = add(
    -0.12148629053584961,
    multiply(horner([...taylor].reverse(), distance), square(distance)),
  );
  const close = where(
    greaterEqual(least, 1.5),
    add(series, log(product)),
    where(less(least, 1.3), subtract(series, log1p(z)), between),
  );
  const near = add(where(isLow, negative(log(y)), 0), close);
  const result = where(greaterEqual(y, 13), far, near) as Expr;
  const fraction = subtract(x, round(x)) as Expr;
  const reflected = subtract(
    log(divide(Math.PI, abs(sin(multiply(Math.PI, fraction) as Expr))) as Expr),
    result,
  );
  const size = abs(x) as Expr;
  const isPole = logicalOr(equal(size, infinity), logicalAnd(lessEqual(x, 0), equal(x, floor(x))));
  const tiny = negative(log(size));
  const regular = where(greaterEqual(x, 0), result, reflected);
  return where(isPole, infinity, where(less(size, 1e-20), tiny, regular)) as Expr;
}

export function logGamma1p(z: Expr): Expr {
  const y = add(1, z) as Expr;
  const lost = subtract(z, subtract(y, 1));
  return add(
    logGamma(y),
    multiply(lost, subtract(multiply(z, 1.6449340668482264), 0.5772156649015329)),
  ) as Expr;
}

/** log(1 + u) − u */
export function log1pmx(u: Expr): Expr {
  const r = divide(u, add(2, u)) as Expr;
  const squared = square(r) as Expr;
  const inverses = Array.from({ length: 18 }, (_, i) => 1 / (37 - 2 * i));
  const near = subtract(
    multiply(multiply(multiply(2, r), squared), horner(inverses, squared)),
    multiply(u, r),
  );
  return where(greaterEqual(abs(u), 0.5), subtract(log1p(u), u), near) as Expr;
}

/** What log Γ(x) has beyond (x − ½)·log x − x + ½·log 2π, from 13 on. */
export function stirling(x: Expr): Expr {
  return divide(horner(stirlingSeries, divide(1, square(x)) as Expr), x) as Expr;
}

const betaln: Expansion = ([x, y]) => {
  const isLess = less(x!, y!);
  const a = where(isLess, x!, y!) as Expr;
  const b = where(isLess, y!, x!) as Expr;
  const h = divide(a, b) as Expr;
  const rest = subtract(stirling(b), stirling(add(a, b) as Expr)) as Expr;
  const uneven = add(
    logGamma(a),
    subtract(
      subtract(subtract(rest, multiply(subtract(a, 0.5), log1p(h))), multiply(a, log(b))),
      multiply(b, log1pmx(h)),
    ),
  );
  const scale = add(subtract(0.9189385332046727, multiply(0.5, log(b))), add(stirling(a), rest));
  const both = subtract(
    add(scale, multiply(subtract(a, 0.5), log(divide(h, add(1, h)) as Expr))),
    multiply(b, log1p(h)),
  );
  const lowered = repeated(
    { b, result: like(b, 0) },
    12,
    (state) => logicalAnd(greater(state.b, 1.5), less(b, 13)) as Expr,
    (state) => {
      const next = subtract(state.b, 1) as Expr;
      return { b: next, result: subtract(state.result, log1p(divide(a, next) as Expr)) as Expr };
    },
  );
  const own = repeated(
    { a, result: lowered.result },
    12,
    (state) => logicalAnd(greater(state.a, 1.5), less(b, 13)) as Expr,
    (state) => {
      const next = subtract(state.a, 1) as Expr;
      return { a: next, result: subtract(state.result, log1p(divide(lowered.b, next) as Expr)) as Expr };
    },
  );
  const isOrdered = less(own.a, lowered.b);
  const p = where(isOrdered, own.a, lowered.b) as Expr;
  const q = where(isOrdered, lowered.b, own.a) as Expr;
  const near = subtract(add(logGamma1p(p), logGamma1p(q)), logGamma1p(add(p, q) as Expr));
  const small = subtract(add(add(own.result, near), log1p(divide(p, q) as Expr)), log(p));
  const far = where(less(a, 13), uneven, both);
  const regular = where(greaterEqual(b, 13), far, small);
  const edge = where(equal(b, infinity), where(equal(a, 0), Number.NaN, -infinity), infinity);
  const isEdge = logicalOr(equal(b, infinity), equal(a, 0));
  const isValid = logicalAnd(greaterEqual(a, 0), greaterEqual(b, 0));
  return where(isValid, where(isEdge, edge, regular), Number.NaN) as Expr;
};

export const gammaFunctions: Readonly<Record<string, Expansion>> = {
  gammaln: ([x]) => logGamma(x!),
  betaln,
};
