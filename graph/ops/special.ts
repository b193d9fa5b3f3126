/** The error function and the gamma function. */
import { binary, composed, fullLike, unary, type WithOp } from "../elementwise.js";
import type { Expr } from "../node.js";
import { integer, real } from "../op.js";
import type { Binary, Unary } from "../types.js";
import { abs, add, multiply, square } from "./arithmetic.js";
import { greaterEqual, where } from "./comparison.js";
import { exp } from "./exponential.js";

/** 2/√π */
const twoOverRootPi = 1.1283791670955126;

/** c·e^(−k·x²). From `end` on it is 0, and so are its derivatives, where the powers of x in them overflow. */
function bell(x: Expr, c: number, k: number, end: number): Expr {
  return where(greaterEqual(abs(x), end), 0, multiply(exp(multiply(square(x), -k)), c));
}

/**
 * The error function, 2/√π·∫₀ˣ e^(−t²) dt; its derivative is 2/√π·e^(−x²).
 *
 * @example
 * erf([0, 1]); // [0, 0.842700…]
 */
export const erf: Unary & WithOp = unary({
  name: "erf",
  compute: (x) => errorFunction(x, 0, 0),
  text: () => `(x) => (${errorFunction})(x, 0, 0)`,
  partials: (x) => [() => bell(x, twoOverRootPi, 1, 28)],
});

/**
 * 1 − erf(x), exact to the last places where erf is close to 1; its derivative is −2/√π·e^(−x²).
 *
 * @example
 * erfc(10); // 2.08848…e-45
 */
export const erfc: Unary & WithOp = unary({
  name: "erfc",
  compute: (x) => errorFunction(x, 1, 0),
  text: () => `(x) => (${errorFunction})(x, 1, 0)`,
  partials: (x) => [() => bell(x, -twoOverRootPi, 1, 28)],
});

/*
 * Rational approximations of W. J. Cody, "Rational Chebyshev approximations for the error function", Mathematics of
 * Computation 23(107), 1969: tables II to IV. `rest` is what the argument has beyond the double x. `emit` writes these functions
 * down, so they use nothing outside.
 */
export function errorFunction(x: number, complement: number, rest: number): number {
  const y = Math.abs(x);
  const isSmall = y <= 0.46875;
  const isFar = y > 4;
  const over = isSmall
    ? [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694]
    : isFar
      ? [
          0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926,
          0.016083785148742275, 0.0006587491615298378,
        ]
      : [
          2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
          881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
        ];
  // The first coefficient is 1.
  const under = isSmall
    ? [23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171]
    : isFar
      ? [
          2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132,
          0.0023352049762686918,
        ]
      : [
          15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
          4362.619090143247, 3439.3676741437216, 1230.3393548037495,
        ];
  const s = isSmall ? y * y : isFar ? 1 / (y * y) : y;
  let top = 0;
  let bottom = 1;
  for (let i = 0; i < over.length; i++) top = top * s + over[i]!;
  for (let i = 0; i < under.length; i++) bottom = bottom * s + under[i]!;
  if (isSmall) return complement ? 1 - (x * top) / bottom : (x * top) / bottom;
  // e^(−y²) without the error that rounding y² makes
  const rounded = Math.trunc(y * 16) / 16;
  const scale = Math.exp(-rounded * rounded) * Math.exp(-(y - rounded) * (y + rounded));
  const twoOverRootPi = 1.1283791670955126;
  let tail = isFar ? (scale * (twoOverRootPi / 2 - (s * top) / bottom)) / y : (scale * top) / bottom;
  tail -= twoOverRootPi * scale * (x < 0 ? -rest : rest);
  if (y > 27) tail = 0;
  if (complement) return x < 0 ? 2 - tail : tail;
  return x < 0 ? tail - 1 : 1 - tail;
}

/** Φ(x), the normal distribution's cumulative probability; its derivative is e^(−x²/2)/√(2π). */
export const normalCdf: Unary & WithOp = unary({
  name: "normalCdf",
  compute: (x) => normalProbability(x, errorFunction),
  text: () => `(x) => (${normalProbability})(x, ${errorFunction})`,
  partials: (x) => [() => bell(x, 0.3989422804014327, 0.5, 40)],
});

/*
 * ½·erfc(−x/√2), given what x/√2 loses by being rounded, which far out counts x² times: by T. J. Dekker's product, "A
 * floating-point technique for extending the available precision", Numerische Mathematik 18, 1971.
 */
function normalProbability(x: number, erf: typeof errorFunction): number {
  const z = x * Math.SQRT1_2;
  // To the right it is close to 1 and loses nothing; far to the left it is 0.
  if (!(z < -0.5 && z > -40)) return 0.5 * erf(-z, 1, 0);
  // The upper 26 of 53 digits, and the lower ones; √½ is 4.8e-17 less than its double.
  const upper = 134217729 * x - (134217729 * x - x);
  const lower = x - upper;
  const lost =
    upper * 0.7071067839860916 -
    z +
    upper * -2.7995440410322203e-9 +
    lower * Math.SQRT1_2 -
    x * 4.833646656726457e-17;
  return 0.5 * erf(-z, 1, -lost);
}

/**
 * log|Γ(x)|; its derivative is `digamma`. ∞ at 0, −1, −2 …
 *
 * @example
 * gammaln([1, 5, 0.5]); // [0, 3.17805…, 0.572364…]
 */
export const gammaln: Unary & WithOp = unary({
  name: "gammaln",
  compute: logGamma,
  partials: (x) => [() => polygamma(fullLike(x, 0), x)],
  domains: [real(0.2, 5)],
});

/**
 * The derivatives of log Γ(x): ψ⁽ⁿ⁾(x), of which the 0th is `digamma`. n is a whole number from 0 to 170 and has no
 * derivative; ∂/∂x = ψ⁽ⁿ⁺¹⁾(x). NaN for x ≤ −10⁵.
 *
 * @example
 * polygamma(1, 1); // 1.64493…
 */
export const polygamma: Binary & WithOp = binary({
  name: "polygamma",
  compute: polygammaFunction,
  partials: (n, x) => [undefined, () => polygamma(add(n, 1), x)],
  domains: [integer(0, 3), real(0.3, 5)],
});

/**
 * ψ(x) = d/dx log Γ(x)
 *
 * @example
 * digamma(1); // -0.577215…
 */
export const digamma: Unary = /* @__PURE__ */ composed("digamma", (x) => polygamma(0, x));

/**
 * Near 1 and 2, where it is 0, by the series of M. Abramowitz and I. Stegun, "Handbook of mathematical functions", 1964,
 * 6.1.33, between them by Taylor's series at the least value, elsewhere by recurrence to there or to Stirling's series,
 * 6.1.41; 6.1.17 below 0.
 */
export function logGamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) === Number.POSITIVE_INFINITY || (x <= 0 && x === Math.floor(x)))
    return Number.POSITIVE_INFINITY;
  // 1/Γ(x) is x here, to the last bit; 1/(πx) could overflow.
  if (Math.abs(x) < 1e-20) return -Math.log(Math.abs(x));
  let y = x < 0 ? 1 - x : x;
  let result = 0;
  if (y >= 13) {
    const r = 1 / (y * y);
    const series =
      1 / 12 +
      r *
        (-1 / 360 +
          r *
            (1 / 1260 +
              r * (-1 / 1680 + r * (1 / 1188 + r * (-691 / 360360 + r * (1 / 156 - (r * 3617) / 122400))))));
    // (y − ½)·log y − y + log √2π, without the cancellation
    result = (y - 0.5) * (Math.log(y) - 1) + 0.4189385332046727 + series / y;
  } else {
    if (y < 0.5) {
      result = -Math.log(y);
      y += 1;
    }
    let product = 1;
    while (y >= 2.5) {
      y -= 1;
      product *= y;
    }
    const z = y < 1.5 ? y - 1 : y - 2;
    // The lowest value between the zeros 1 and 2, and its place as a sum of two doubles
    const lowest = -0.12148629053584961;
    const distance = y - 1.4616321449683622 - 9.549995429965697e-17;
    const taylor = [
      0.4838361227238106, -0.1475877229945307, 0.06462494023891276, -0.0327885410884813, 0.017970675115210395,
      -0.010314223036636387, 0.006100536020517889, -0.0036845696083163734, 0.0022597648232218106,
      -0.001402251445904451, 0.0008782326347176812, -0.0005541949527966822, 0.00035191295683784665,
      -0.0002246534436959552, 0.000144070395420933, -0.00009276098655471749, 0.000059934733439794256,
    ];
    // ζ(k) − 1 from k = 2 on
    const zetas = [
      0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914,
      0.008349277381922827, 0.00407735619794434, 0.0020083928260822143, 0.0009945751278180853,
      0.0004941886041194645, 0.0002460865533080483, 0.00012271334757848915, 0.00006124813505870483,
      0.00003058823630702049, 0.00001528225940865187, 0.000007637197637899763, 0.00000381729326499984,
      0.000001908212716553939, 9.539620338727962e-7, 4.769329867878064e-7, 2.38450502727733e-7,
      1.1921992596531106e-7, 5.960818905125948e-8, 2.980350351465228e-8, 1.4901554828365043e-8,
      7.45071178983543e-9,
    ];
    let sum = 0;
    for (let k = zetas.length + 1; k >= 2; k--)
      sum = z * (((k % 2 === 0 ? 1 : -1) * zetas[k - 2]!) / k + sum);
    // 1 − γ
    const series = z * (0.42278433509846713 + sum);
    if (y >= 1.5) result += series + Math.log(product);
    else if (y < 1.3) result += series - Math.log1p(z);
    else {
      let above = 0;
      for (let k = taylor.length - 1; k >= 0; k--) above = above * distance + taylor[k]!;
      result += lowest + above * distance * distance;
    }
  }
  if (x >= 0) return result;
  const fraction = x - Math.round(x);
  return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * fraction))) - result;
}

/*
 * By recurrence to where the asymptotic series hold: M. Abramowitz and I. Stegun, 6.3.18 and 6.4.11, with 6.4.6; and below
 * 10, for n = 0, to [1, 2], where a rational function times the distance from the zero keeps its digits: J. Maddock and
 * others, Boost.Math 1.35, boost/math/special_functions/digamma.hpp.
 */
export function polygammaFunction(n: number, x: number): number {
  // Below, the recurrence would take too long (or, at −∞, forever).
  if (!(n >= 0 && n <= 170 && n === Math.floor(n) && x > -1e5)) return Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return n === 0 ? x : 0;
  // Bernoulli numbers B₂, B₄ …
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
  let y = x;
  let shifted = 0;
  let sum = 0;
  if (n === 0 && x >= 10) {
    for (let k = bernoulli.length; k >= 1; k--) sum = (sum + bernoulli[k - 1]! / (2 * k)) / (y * y);
    return Math.log(y) - 0.5 / y - sum;
  }
  if (n === 0) {
    for (; y > 2; shifted += 1 / y) y -= 1;
    for (; y < 1; y += 1) shifted -= 1 / y;
    // The zero, 1.4616321449683623…, as a sum of three doubles
    const distance = y - 1.4616321446374059 - 3.309564688275557e-10 - 9.016312093258695e-20;
    const over = [
      -0.002071332116774595, -0.04525132144873906, -0.28919126444774784, -0.6503185377089651,
      -0.3255503118680449, 0.25479851061131553,
    ];
    const under = [
      -5.578984132167551e-7, 0.0021284987017821146, 0.054151797245674226, 0.43593529692665967,
      1.4606242909763516, 2.076711702373047, 1,
    ];
    let [top, bottom] = [0, 0];
    for (let i = 0; i < over.length; i++) top = top * (y - 1) + over[i]!;
    for (let i = 0; i < under.length; i++) bottom = bottom * (y - 1) + under[i]!;
    return distance * 0.9955816268920898 + distance * (top / bottom) + shifted;
  }
  let factorial = 1;
  for (let i = 2; i <= n; i++) factorial *= i;
  // Of the series only the first term is left, whose power could overflow.
  if (y > 1e17) {
    let value = factorial / n;
    for (let i = 0; i < n && value > 0; i++) value /= y;
    return n % 2 === 0 ? -value : value;
  }
  const steps = Math.max(0, Math.ceil(n + 15 - x));
  y = x + steps;
  let coefficient = (factorial * (n + 1)) / 2;
  let power = y ** (n + 2);
  for (let k = 1; k <= bernoulli.length; k++) {
    sum += (coefficient * bernoulli[k - 1]!) / power;
    coefficient *= ((2 * k + n + 1) * (2 * k + n)) / ((2 * k + 2) * (2 * k + 1));
    power *= y * y;
  }
  let value = sum + factorial / (2 * y ** (n + 1)) + factorial / n / y ** n;
  // The largest last, so that less is lost
  for (let i = steps - 1; i >= 0; i--) value += factorial / (x + i) ** (n + 1);
  return n % 2 === 0 ? -value : value;
}
