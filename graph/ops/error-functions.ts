/** The inverse of the error function, and the logarithm of its complement. */
import { binary, unary, type WithOp } from "../elementwise.js";
import { integer, real } from "../op.js";
import type { Binary, Unary } from "../types.js";
import { add, multiply, square } from "./arithmetic.js";
import { exp } from "./exponential.js";
import { computedBy } from "./numeric.js";
import { errorFunction } from "./special.js";

/**
 * The inverse of erf, for −1 < x < 1: the number whose error function is x; ±∞ at ±1, NaN beyond. √2·erfinv(2p − 1) is the
 * normal distribution's quantile of p. Its derivative is √π/2·e^(erfinv²).
 *
 * @example
 * erfinv(0.5); // 0.4769362762044699
 */
export const erfinv: Unary & WithOp = /* @__PURE__ */ unary({
  name: "erfinv",
  .../* @__PURE__ */ computedBy({ errorFunction }, inverse),
  partials: () => [(result) => multiply(exp(square(result)), 0.886226925452758)],
  domains: [/* @__PURE__ */ real(-0.95, 0.95)],
});

/**
 * log(erfc(x)), where erfc alone is 0 from 27 on: about −x² − log(x√π) there. Its derivatives of every order keep their
 * digits; √2·x in place of x and − log 2 makes it the logarithm of the normal distribution's tail.
 *
 * @example
 * logErfc(30); // −903.9741171106439
 */
export const logErfc: Unary & WithOp = /* @__PURE__ */ unary({
  name: "logErfc",
  .../* @__PURE__ */ computedBy({ errorFunction, tailSeries }, logTail, 0),
  partials: (x) => [() => logErfcDerivative(1, x)],
});

/** The derivative of `logErfc` of order n, a whole number from 0 to 100. */
export const logErfcDerivative: Binary & WithOp = /* @__PURE__ */ binary({
  name: "logErfcDerivative",
  .../* @__PURE__ */ computedBy({ errorFunction, tailSeries }, logTail),
  partials: (n, x) => [undefined, () => logErfcDerivative(add(n, 1), x)],
  domains: [/* @__PURE__ */ integer(0, 3), /* @__PURE__ */ real()],
});

interface Library {
  errorFunction(x: number, complement: number, rest: number): number;
}

/**
 * Up to ¾ by a Chebyshev fit to erfinv(x)/x as a function of x². Beyond, by one to erfinv(x)/x as a function of √(−log(1 −
 * x²)), and Newton's method on erfc, since 1 − |x| is exact there. The fits are mpmath's.
 */
function inverse({ errorFunction }: Library, x: number): number {
  const y = Math.abs(x);
  if (!(y < 1)) return y === 1 ? x * Number.POSITIVE_INFINITY : Number.NaN;
  const isCentre = y <= 0.75;
  const fit = isCentre
    ? [
        48.487529137122486, -277.2170022440218, 749.3355203357095, -1267.3279988189938, 1499.856661825684,
        -1317.0928634080353, 888.6594883403416, -470.7514405907425, 198.5092127001725, -67.12157078685047,
        18.301314775050088, -3.9867756465383075, 0.7271740013990762, -0.0736450918441082, 0.03886806745655282,
        0.030756791525319117, 0.036526572558001305, 0.04283380871105215, 0.05173138113242606,
        0.06495961548569619, 0.0865521292731307, 0.127556175305364, 0.2320136665346552, 0.886226925452758,
      ]
    : [
        3.934188673781352e-8, 6.39933049391269e-7, -3.439000177568235e-6, -9.92343118969925e-6,
        6.439635403781987e-5, -4.0051897584637985e-6, -0.0003934880530355025, 0.0006951247625495998,
        -0.0004920786718109406, 0.0007591139226413162, -0.002141706128918875, 0.0034250070192249275,
        1.0073742181694105, 3.3354754075196245,
      ];
  const s = isCentre ? y * y : Math.sqrt(-Math.log((1 - y) * (1 + y))) - 3.5;
  let factor = 0;
  for (let i = 0; i < fit.length; i++) factor = factor * s + fit[i]!;
  let result = y * factor;
  for (let i = 0; i < 2 && !isCentre; i++) {
    // 2/√π
    const slope = -1.1283791670955126 * Math.exp(-result * result);
    result -= (errorFunction(result, 1, 0) - (1 - y)) / slope;
  }
  return x < 0 ? -result : result;
}

interface WithSeries extends Library {
  tailSeries(lib: Library, count: number, x: number): number[];
}

function logTail(lib: WithSeries, n: number, x: number): number {
  if (!(n >= 0 && n <= 100 && n === Math.floor(n)) || Number.isNaN(x)) return Number.NaN;
  if (n > 0) {
    if (x === Number.NEGATIVE_INFINITY) return 0;
    const coefficients = lib.tailSeries(lib, n, x);
    let derivative = -coefficients[n - 1]!;
    for (let i = 2; i < n; i++) derivative *= i;
    return derivative;
  }
  if (x < -1) return Math.log(lib.errorFunction(x, 1, 0));
  if (x < 0.5) return Math.log1p(-lib.errorFunction(x, 0, 0));
  if (x < 2) return Math.log(lib.errorFunction(x, 1, 0));
  // m is 2/√π·e^(−x²)/erfc(x).
  const m = lib.tailSeries(lib, 1, x)[0]!;
  return -x * x - Math.log(m / 1.1283791670955126);
}

/**
 * The first coefficients of m = 2/√π·e^(−x²)/erfc(x), the slope of −log erfc, in powers of a step from x. From ½ on by the
 * continued fraction m = 2x + 1/(x + 1/(x + 3/2/(x + …))), M. Abramowitz and I. Stegun, "Handbook of mathematical
 * functions", 1964, 7.1.14, on truncated series; below by m′ = m·(m − 2x), which cancels far out.
 */
function tailSeries({ errorFunction }: Library, count: number, x: number): number[] {
  if (x < 0.5) {
    const m = [(1.1283791670955126 * Math.exp(-x * x)) / errorFunction(x, 1, 0)];
    const rest = [m[0]! - 2 * x];
    for (let j = 1; j < count; j++) {
      let sum = 0;
      for (let i = 0; i < j; i++) sum += m[i]! * rest[j - 1 - i]!;
      m[j] = sum / j;
      rest[j] = j === 1 ? m[1]! - 2 : m[j]!;
    }
    return m;
  }
  const depth = Math.ceil(350 / (x * x)) + 10;
  const t = new Array<number>(count).fill(0);
  t[0] = x / 2 + Math.sqrt((x * x) / 4 + depth / 2);
  for (let k = depth; k > 0; k--) {
    // The next is x + h + k/2 · 1/t.
    const inverse = [1 / t[0]!];
    for (let j = 1; j < count; j++) {
      let sum = 0;
      for (let i = 1; i <= j; i++) sum += t[i]! * inverse[j - i]!;
      inverse[j] = -sum * inverse[0]!;
    }
    for (let j = 0; j < count; j++) t[j] = (k / 2) * inverse[j]!;
    t[0] = t[0]! + x;
    if (count > 1) t[1] = t[1]! + 1;
  }
  for (let j = 0; j < count; j++) t[j] = 2 * t[j]!;
  return t;
}
