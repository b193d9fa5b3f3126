/** Where the accuracy table's bounds aren't kept, and why. */

export interface Exception {
  /** Of the table. */
  readonly name: string;
  readonly orders: readonly number[];
  /** Whether the interpreter may differ from the kernel in a bit. */
  readonly differs: boolean;
  readonly reason: string;
}

type Orders = Readonly<Record<string, readonly number[]>>;

const because = (reason: string, orders: Orders, differs = false): Exception[] =>
  Object.entries(orders).map(([name, list]) => ({ name, orders: list, differs, reason }));

const fromFirst = [1, 2, 3, 4, 5];

/** Where results, or factors on the way to them, are denormal or beyond all doubles. */
const extremes: readonly Exception[] = [
  ...because(
    "kernels fold powers of two into other factors, which is exact unless the product is denormal",
    { erfc: [2, 3] },
    true,
  ),
  ...because("π³ multiplies a slope that is denormal already", { sincDerivative: [2] }),
  ...because("e^(−x²/2) is denormal at −38.5, before x or its powers make the product larger", {
    gelu: [0, 2],
  }),
  ...because(
    "e^(−x²/2) is denormal at −38.5, before powers of x make the product larger; kernels fold powers of two, too",
    { normalCdf: [4, 5], gelu: [3, 4, 5] },
    true,
  ),
  ...because("xⁿ overflows where the result 1/xⁿ is denormal", {
    "power(·, −1)": fromFirst,
    "power(·, −2)": [0, 1, 2, 3, 4],
    "power(·, −5)": [0, 1, 3],
  }),
  ...because("xⁿ is denormal before its factor (40, … 40·39·38·37·36) makes it larger", {
    "power(·, 40)": [1, 4, 5],
  }),
  ...because(
    "x^(n − 1) overflows before a denormal n makes it smaller; whole exponents that are data are products where they are interpreted and Math.pow in kernels",
    { power: fromFirst },
    true,
  ),
  ...because("a/b is denormal before 1/b makes it larger; 1/bⁿ overflows, and 0·∞ is NaN", {
    divide: fromFirst,
  }),
  ...because("1/rⁿ overflows, and ∞ − ∞ is NaN; one factor of the result is denormal", {
    hypot: [2, 3, 4, 5],
    direction: fromFirst,
    atan2: fromFirst,
  }),
];

/** Near zeros, where terms cancel. */
const zeros: readonly Exception[] = [
  ...because("the error is absolute near the zeros below 0: log(π/|sin πx|) less log Γ(1 − x)", {
    gammaln: [0],
  }),
  ...because("Φ(x) + x·φ(x) cancels near its zero −0.75", { gelu: [1] }),
  ...because("p·(1 − p)·(1 − 2p) is 0 where both are equal, and the error is absolute beside it", {
    "logSumExp [a, b]": [3, 5],
    "logSoftmax [a, b]": [3, 5],
    "softmax [a, b]": [2, 4],
  }),
  ...because("the mean is rounded against the constant 1, of which the condition number knows nothing", {
    "variance [a, b, 1]": [1],
  }),
];

/** Where a more exact form would cost every use more than it gains a few. */
const costly: readonly Exception[] = [
  ...because(
    "1/r − x²/r³ cancels where one number is nearly all (hypot keeps it): the error is absolute, an ulp of 1/rⁿ; the gradient x/r has no more digits than a denormal r",
    { "norm [a, b]": fromFirst },
  ),
  ...because("1/r − x²/r³ cancels, and is 0 by symmetry where a is the mean: the error is absolute", {
    "std [a, b, 1]": [2, 3, 4, 5],
  }),
];

/** What no formula in doubles reaches, or none worth its price. */
const special: readonly Exception[] = [
  ...because("log x − ψ(a) has an absolute error, and so have sums of one sign and the other", {
    gammainc: [0, 1, 2],
    gammaincc: [1, 2],
    gammaByShape: [0, 1, 2],
    gammaDensity: [1],
  }),
  ...because("its op is a derivative itself: the bound is one of higher orders", {
    logErfcDerivative: [1, 2, 4, 5],
    polygammaDifference: [1],
  }),
  ...because("the error is absolute, and the fifth derivative is 0 at 0.02", { logErfc: [5] }),
  ...because("powers of 1/y over- and underflow, as those of quotients do", { xlogy: [2, 3, 4, 5] }),
];

export const exceptions: readonly Exception[] = [...extremes, ...zeros, ...costly, ...special];

export function exceptionFor(name: string, order: number): Exception | undefined {
  return exceptions.find((one) => one.name === name && one.orders.includes(order));
}
