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
const all = [0, ...fromFirst];

/** To mend: rules that lose digits when they are differentiated again, or over- or underflow on the way. */
const toMend: readonly Exception[] = [
  ...because("to mend: (1 − x)(1 + x) differentiates to 1 − x − (1 + x), 0 for small x", {
    asin: [2, 4],
    acos: [2, 4],
    atanh: [2, 4],
  }),
  ...because("to mend: the square of x overflows, later its powers do", {
    atan: fromFirst,
    asinh: fromFirst,
    acosh: fromFirst,
    erf: [4, 5],
  }),
  ...because("to mend: powers of the root under- and overflow", { cbrt: [3, 4, 5] }),
  ...because("to mend: e⁻ˣ overflows below −709, and σ(−x) − σ(x) cancels near 0", {
    sigmoid: all,
    softplus: fromFirst,
    "binaryCrossEntropy(·, 0)": [3, 5],
  }),
  ...because(
    "to mend: powers of x overflow; kernels fold constant factors that the interpreter applies in turn",
    { erfc: [2, 3, 4, 5], gelu: all },
    true,
  ),
  ...because(
    "to mend: powers of x over- and underflow in Stirling's series; 1/(πx) overflows; zeros below 0",
    {
      gammaln: [0, 3, 4, 5],
      polygamma: [2, 3, 4, 5],
      "polygamma(1, ·)": fromFirst,
      "polygamma(2, ·)": [0, 1, 2, 3, 4],
    },
  ),
  ...because("to mend: 1/x⁻ⁿ is 0 where xⁿ overflows and 1/xⁿ is denormal", {
    "power(·, −1)": fromFirst,
    "power(·, −2)": [0, 1, 2, 3, 4],
    "power(·, −5)": [0, 1, 3],
  }),
  ...because("to mend: the derivative's power underflows before its factor makes it larger", {
    "power(·, 40)": [1, 4, 5],
  }),
  ...because("to mend: 0.1 − 1 as a double moves the derivative's exponent", { "power(·, 0.1)": [1, 2] }),
  ...because(
    "to mend: as for constant exponents, and 0·∞; kernels leave whole exponents that are data to Math.pow",
    { power: fromFirst },
    true,
  ),
  ...because("to mend: quotients by turns over- and underflow; 0/b² is 0/0", {
    divide: fromFirst,
    atan2: fromFirst,
    hypot: fromFirst,
  }),
  ...because("to mend: squares over- and underflow, and a² − a²b²/(a² + b²) cancels", {
    "norm [a, b]": all,
    "std [a, b, 1]": all,
    "variance [a, b, 1]": [1],
  }),
  ...because("to mend: log Σ isn't log1p of the rest, 1 − p cancels, and p·(1 − p) again and again", {
    "logSumExp [a, b]": [0, 2, 3, 4, 5],
    "logSoftmax [a, b]": all,
    "softmax [a, b]": fromFirst,
    "logSumExp [a, b, 1]": [2, 3, 4, 5],
    "logSoftmax [a, b, 1]": all,
    "softmax [a, b, 1]": all,
  }),
];

export const exceptions: readonly Exception[] = toMend;

export function exceptionFor(name: string, order: number): Exception | undefined {
  return exceptions.find((one) => one.name === name && one.orders.includes(order));
}
