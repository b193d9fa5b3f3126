import { fullLike, type WithOp } from "../elementwise.js";
import { apply, type Expr } from "../node.js";
import { defineOp, type Instances, type One, type Op, real } from "../op.js";
import { withOperands } from "../operand.js";
import { noParams, type Params } from "../params.js";
import type { Operand, SquareToSquare } from "../types.js";
import { stopGradient } from "./activation.js";
import { algorithmic, type Steps, type Target } from "./algorithm.js";
import { abs, divide, multiply } from "./arithmetic.js";
import { greater, where } from "./comparison.js";
import { concatenate } from "./indexing.js";
import { swapLast } from "./matmul.js";
import { max } from "./reduction.js";
import { columnsOf, rowsOf, sidesOf, squareSide, usedMatrices } from "./systems.js";

/**
 * Padé's approximant to the matrix scaled by 2⁻ˢ, squared s times. Its order is 3, 5, 7 or 9 where the 1-norm allows it, else
 * 13, and s is as small as the norms of the matrix's powers allow, which tell more than that of the matrix itself: what is
 * scaled by more than it needs loses digits. N. J. Higham, "The scaling and squaring method for the matrix exponential
 * revisited", SIAM Journal on Matrix Analysis and Applications 26, 2005; A. H. Al-Mohy and N. J. Higham, "A new scaling and
 * squaring algorithm for the matrix exponential", the same 31, 2009 (their norms are estimates; these are exact).
 */
export const expmOp: Op = /* @__PURE__ */ defineOp<Params, One>({
  name: "expm",
  shape: ([a]) => a,
  ...algorithmic(
    exponentiate,
    { scale, evenPowers, product, quotient, columnNorm, powerNorm, freedom, approximate },
    ({ result }) => sidesOf(result),
  ),
  work: () => Number.POSITIVE_INFINITY,
  derivative: {
    kind: "forwardReverse",
    mask: usedMatrices,
    forward: ([da], { operands: [a] }) => alongBlock(a, da),
    reverse: (adjoint, _matters, { operands: [a] }) => [alongBlock(swapLast(a), adjoint)],
  },
  domains: [real(-1, 1)],
});

/**
 * Fréchet's derivative of eᴬ along E: it stands beside eᴬ in the exponential of [[A, E], [0, A]] (R. Mathias, "A chain rule
 * for matrix functions and applications", SIAM Journal on Matrix Analysis and Applications 17, 1996). E is scaled to
 * elements of at most 1, so that one much larger than A doesn't cost digits.
 */
function alongBlock(a: Expr, e: Expr): Expr {
  const n = a.shape.at(-1)!;
  if (n === 0) return e;
  const axis = a.shape.length - 1;
  const size = stopGradient(max(abs(e), [axis - 1, axis], { keepDims: true })) as Expr;
  const scale = where(greater(size, 0), size, 1);
  const above = concatenate([a, divide(e, scale)], axis);
  const below = concatenate([fullLike(a, 0), a], axis);
  const block = apply(expmOp, [concatenate([above, below], axis - 1)]);
  return multiply(columnsOf(rowsOf(block, 0, n), n, 2 * n), scale);
}

/** A·B of n×n matrices. */
function product<T>({ add, multiply, array }: Steps<T>, a: ArrayLike<T>, b: ArrayLike<T>, n: number): T[] {
  const result = array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k]!;
      for (let j = 0; j < n; j++)
        result[i * n + j] = add(result[i * n + j]!, multiply(factor, b[k * n + j]!));
    }
  }
  return result;
}

/** A⁻¹·B of n×n matrices, by elimination with partial pivoting. */
function quotient<T>(
  { subtract, multiply, divide, abs, greater, array, exchangeRows }: Steps<T>,
  a: ArrayLike<T>,
  b: ArrayLike<T>,
  n: number,
): T[] {
  const rows: T[][] = [];
  for (let i = 0; i < n; i++) {
    const row = array(2 * n);
    for (let j = 0; j < n; j++) {
      row[j] = a[i * n + j]!;
      row[n + j] = b[i * n + j]!;
    }
    rows.push(row);
  }
  for (let k = 0; k < n; k++) {
    for (let i = k + 1; i < n; i++)
      exchangeRows(greater(abs(rows[i]![k]!), abs(rows[k]![k]!)), rows, k, i, 2 * n);
    const pivot = rows[k]!;
    for (let j = k + 1; j < 2 * n; j++) pivot[j] = divide(pivot[j]!, pivot[k]!);
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const row = rows[i]!;
      const factor = row[k]!;
      for (let j = k + 1; j < 2 * n; j++) row[j] = subtract(row[j]!, multiply(factor, pivot[j]!));
    }
  }
  const result = array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) result[i * n + j] = rows[i]![n + j]!;
  return result;
}

/** The 1-norm of an n×n matrix: the largest sum of a column's sizes. */
function columnNorm<T>({ number, add, abs, greater, choose }: Steps<T>, a: ArrayLike<T>, n: number): T {
  let norm: T = number(0);
  for (let j = 0; j < n; j++) {
    let sum: T = number(0);
    for (let i = 0; i < n; i++) sum = add(sum, abs(a[i * n + j]!));
    norm = choose(greater(sum, norm), sum, norm);
  }
  return norm;
}

/** The 1-norm of a power of the matrix of sizes |aᵢⱼ|. */
function powerNorm<T>(steps: Steps<T>, a: ArrayLike<T>, n: number, power: number): T {
  const { number, add, multiply, abs, greater, choose, array } = steps;
  let sums = array(n);
  for (let j = 0; j < n; j++) sums[j] = number(1);
  for (let step = 0; step < power; step++) {
    const next = array(n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) next[j] = add(next[j]!, multiply(sums[i]!, abs(a[i * n + j]!)));
    sums = next;
  }
  let norm: T = number(0);
  for (let j = 0; j < n; j++) norm = choose(greater(sums[j]!, norm), sums[j]!, norm);
  return norm;
}

/** An array times a power of two. */
function scale<T>({ number, multiply }: Steps<T>, target: T[], length: number, factor: number): void {
  for (let i = 0; i < length; i++) target[i] = multiply(target[i]!, number(factor));
}

/** The identity, A², A⁴ …, so many of them behind the identity. */
function evenPowers<T>(
  steps: Steps<T> & Pick<Exponentiation, "product">,
  a: ArrayLike<T>,
  n: number,
  count: number,
): T[][] {
  const identity = steps.array(n * n);
  for (let i = 0; i < n; i++) identity[i * n + i] = steps.number(1);
  const powers = [identity, steps.product(steps, a, a, n)];
  while (powers.length <= count) powers.push(steps.product(steps, powers[1]!, powers.at(-1)!, n));
  return powers;
}

interface Exponentiation {
  readonly evenPowers: typeof evenPowers;
  readonly scale: typeof scale;
  readonly product: typeof product;
  readonly quotient: typeof quotient;
  readonly columnNorm: typeof columnNorm;
  readonly powerNorm: typeof powerNorm;
  readonly freedom: typeof freedom;
  readonly approximate: typeof approximate;
}

/** How often, up to `most` times, a matrix whose 1-norm is at most 4.25 may be doubled before the order 13 is too low. */
function freedom<T>(
  steps: Steps<T> & Exponentiation,
  a: ArrayLike<T>,
  powers: readonly ArrayLike<T>[],
  n: number,
  most: number,
): number {
  const { number, multiply, greater, columnNorm, powerNorm, product, holds } = steps;
  const [, , fourth, sixth] = powers;
  const eighth = product(steps, fourth!, fourth!, n);
  const tenth = product(steps, fourth!, sixth!, n);
  const norms = [sixth!, eighth, tenth].map((power) => columnNorm(steps, power, n));
  let doublings = 0;
  for (; doublings < most; doublings++) {
    const limit = 4.25 / 2 ** (doublings + 1);
    const [bySixth, byEighth, byTenth] = norms.map((norm, i) =>
      holds(greater(norm, number(limit ** (6 + 2 * i)))),
    );
    if (byEighth || (bySixth && byTenth)) break;
  }
  // The leading term of the error in the exponent, with sizes in place of numbers: below half an ulp of the matrix itself.
  const term = powerNorm(steps, a, n, 27);
  const norm = columnNorm(steps, a, n);
  const least = 1.1325077560602111e35;
  while (doublings > 0) {
    if (!holds(greater(term, multiply(norm, number(least * 2 ** (-53 - 26 * doublings)))))) break;
    doublings--;
  }
  return doublings;
}

/** Padé's approximant of an order, given the matrix and its even powers from the identity on. */
function approximate<T>(
  steps: Steps<T> & Exponentiation,
  a: ArrayLike<T>,
  powers: readonly ArrayLike<T>[],
  n: number,
  order: number,
): T[] {
  const { number, add, subtract, multiply, array, product, quotient } = steps;
  const size = n * n;
  // Whole numbers but for a power of two, which keeps the largest below 1.
  const coefficients = new Array<number>(order + 1).fill(2 ** -56);
  for (let k = order; k > 0; k--)
    coefficients[k - 1] = (coefficients[k]! * k * (2 * order - k + 1)) / (order - k + 1);
  // Those from the eighth power on are taken through the sixth, where there are no more.
  const given = powers.length;
  const sums: T[][] = [];
  for (let parity = 0; parity < 2; parity++) {
    const [low, high] = [array(size), array(size)];
    for (let k = 0; 2 * k + parity <= order; k++) {
      const [target, power] = k < given ? [low, powers[k]!] : [high, powers[k - 3]!];
      const factor = number(coefficients[2 * k + parity]!);
      for (let i = 0; i < size; i++) target[i] = add(target[i]!, multiply(factor, power[i]!));
    }
    const above = 2 * given <= order ? product(steps, powers[3]!, high, n) : high;
    for (let i = 0; i < size; i++) low[i] = add(low[i]!, above[i]!);
    sums.push(low);
  }
  const [even, odd] = [sums[0]!, product(steps, a, sums[1]!, n)];
  const [above, below] = [array(size), array(size)];
  for (let i = 0; i < size; i++) {
    above[i] = add(even[i]!, odd[i]!);
    below[i] = subtract(even[i]!, odd[i]!);
  }
  return quotient(steps, below, above, n);
}

function exponentiate<T>(
  steps: Steps<T> & Exponentiation,
  result: Target<T>,
  [a]: readonly ArrayLike<T>[],
  [side, , count]: readonly number[],
): void {
  const { number, add, multiply, greater, equal, array, holds, product, columnNorm } = steps;
  const n = side!;
  const size = n * n;
  // What is not more than these 1-norms has all digits by the order 3, 5, 7, 9.
  const limits = [0.01495585217958292, 0.253939833006323, 0.9504178996162932, 2.097847961257068];
  for (let batch = 0; batch < count!; batch++) {
    const scaled = array(size);
    let taint: T = number(0);
    for (let i = 0; i < size; i++) {
      scaled[i] = a![batch * size + i]!;
      taint = add(taint, multiply(number(0), scaled[i]!));
    }
    if (!holds(equal(taint, number(0)))) {
      for (let i = 0; i < size; i++) result[batch * size + i] = taint;
      continue;
    }
    // Before the sums, which may overflow.
    let squarings = 0;
    while (holds(greater(columnNorm(steps, scaled, n), number(4.25)))) {
      steps.scale(steps, scaled, size, 0.5);
      squarings++;
    }
    const norm = columnNorm(steps, scaled, n);
    let small = squarings > 0 ? limits.length : 0;
    while (small < limits.length && holds(greater(norm, number(limits[small]!)))) small++;
    const most = Math.min(small + 1, 3);
    let powers = steps.evenPowers(steps, scaled, n, most);
    if (small === 3) powers.push(product(steps, powers[2]!, powers[2]!, n));
    // In steps in which no power that matters becomes 0.
    const step = 32;
    for (let doublings = step; squarings > 0 && doublings === step; ) {
      doublings = steps.freedom(steps, scaled, powers, n, Math.min(step, squarings));
      if (doublings > 0) steps.scale(steps, scaled, size, 2 ** doublings);
      if (doublings > 0) powers = steps.evenPowers(steps, scaled, n, most);
      squarings -= doublings;
    }
    let exponential = steps.approximate(steps, scaled, powers, n, small < limits.length ? 2 * small + 3 : 13);
    for (let k = 0; k < squarings; k++) exponential = product(steps, exponential, exponential, n);
    for (let i = 0; i < size; i++) result[batch * size + i] = exponential[i]!;
  }
}

export const expmInstances: Instances = {
  op: expmOp,
  instances: [{ shapes: [[2, 2]], params: noParams }],
};

/**
 * The exponential of a square matrix, 1 + A + A²/2! + A³/3! + … (SciPy's `expm`), by scaling and squaring with Padé's
 * approximant. Its derivatives are Fréchet's, exact at every order. What isn't finite makes all of a matrix NaN. Leading
 * axes are batches.
 * @throws where A isn't square
 *
 * @example
 * expm([[0, 1], [0, 0]]); // [[1, 1], [0, 1]]
 */
export const expm: SquareToSquare & WithOp = /* @__PURE__ */ Object.assign(
  ((a: Operand) =>
    withOperands("expm", [a], ([x]) => {
      squareSide(x, "expm");
      return apply(expmOp, [x]);
    })) as SquareToSquare,
  { op: expmOp },
);
