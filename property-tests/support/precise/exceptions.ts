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

/** What is wrong only where results, or factors on the way to them, are denormal or beyond all doubles. */
const extremes: readonly Exception[] = [
  ...because("a factor of the result is denormal, or infinite, where the result is a number", {
    "power(·, 40)": [1, 4, 5],
    "power(·, −1)": fromFirst,
    "power(·, −2)": [0, 1, 2, 3, 4],
    "power(·, −5)": [0, 1, 3],
    divide: fromFirst,
    xlogy: [2, 3, 4, 5],
    hypot: [2, 3, 4, 5],
    direction: fromFirst,
    atan2: fromFirst,
    sincDerivative: [2],
    gelu: [0, 2],
  }),
  ...because(
    "kernels fold powers of two into other factors, which is exact unless the product is denormal, as it is where e^(−x²) is",
    { erfc: [2, 3], normalCdf: [4, 5], gelu: [3, 4, 5] },
    true,
  ),
  ...because(
    "x^(n − 1) overflows before a denormal n makes it smaller; whole exponents that are data are products where they are interpreted and Math.pow in kernels",
    { power: fromFirst },
    true,
  ),
];

/** Near zeros, where the error is absolute. */
const zeros: readonly Exception[] = [
  ...because(
    "terms cancel near a zero that is none of the operands'; exact terms would cost every use more",
    {
      // Below 0
      gammaln: [0],
      // Near −0.75
      gelu: [1],
      // Near 0.02
      logErfc: [5],
      // p·(1 − p)·(1 − 2p), where both operands are equal
      "logSumExp [a, b]": [3, 5],
      "logSoftmax [a, b]": [3, 5],
      "softmax [a, b]": [2, 4],
      // By symmetry where a is the mean
      "std [a, b, 1]": [2, 3, 4, 5],
    },
  ),
  ...because(
    "1/r − x²/r³ cancels where one number is nearly all (hypot keeps it): the error is absolute, an ulp of 1/rⁿ; the gradient x/r has no more digits than a denormal r",
    { "norm [a, b]": fromFirst },
  ),
  ...because("the mean is rounded against the constant 1, of which the condition number knows nothing", {
    "variance [a, b, 1]": [1],
  }),
];

/** No function that users call: the orders stand one below or more what they are orders of. */
const inner: readonly Exception[] = because(
  "its op is a derivative itself: the bound is one of higher orders",
  {
    logErfcDerivative: [1, 2, 4, 5],
    polygammaDifference: [1],
    gammaByShape: [1, 2],
  },
);

export const exceptions: readonly Exception[] = [...extremes, ...zeros, ...inner];

export function exceptionFor(name: string, order: number): Exception | undefined {
  return exceptions.find((one) => one.name === name && one.orders.includes(order));
}
