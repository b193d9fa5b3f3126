/** The exponential of a matrix: Padé's approximant of order 13, scaled and squared (Higham, 2005). Leading axes are batches. */
import {
  abs,
  add,
  ceil,
  type Expr,
  equal,
  greater,
  less,
  log2,
  matmul,
  max,
  maximum,
  multiply,
  power,
  solve,
  subtract,
  sum,
  where,
} from "../../../../graph/index.js";
import type { Expansion } from "./expansion.js";
import { isEmpty, places, steps } from "./matrices.js";
import { like } from "./pieces.js";

/** The largest 1-norm for which the order 13 has all digits, and so many squarings are done; of what needs more, NaN. */
const [limit, most] = [4.25, 64];

export const expm: Expansion = ([a]) => {
  if (isEmpty(a!)) return a!;
  const n = a!.shape.at(-1)!;
  const norm = max(sum(abs(a!), -2, { keepDims: true }), -1, { keepDims: true }) as Expr;
  const squarings = maximum(0, ceil(log2(multiply(norm, 1 / limit) as Expr) as Expr)) as Expr;
  const scaled = multiply(a!, power(2, multiply(squarings, -1))) as Expr;
  const order = 13;
  const coefficients = new Array<number>(order + 1).fill(2 ** -56);
  for (let k = order; k > 0; k--)
    coefficients[k - 1] = (coefficients[k]! * k * (2 * order - k + 1)) / (order - k + 1);
  const identity = where(equal(places(a!, n, -2), places(a!, n, -1)), 1, like(a!, 0)) as Expr;
  const second = matmul(scaled, scaled) as Expr;
  const fourth = matmul(second, second) as Expr;
  const sixth = matmul(second, fourth) as Expr;
  const powers = [identity, second, fourth, sixth];
  const combined = (parity: number): Expr => {
    const part = (from: number) =>
      powers
        .slice(from > 0 ? 1 : 0)
        .map((one, k) => multiply(coefficients[2 * (k + (from > 0 ? 4 : 0)) + parity]!, one) as Expr)
        .reduce((x, y) => add(x, y) as Expr);
    return add(part(0), matmul(sixth, part(4))) as Expr;
  };
  const even = combined(0);
  const odd = matmul(scaled, combined(1)) as Expr;
  const first = solve(subtract(even, odd), add(even, odd)) as Expr;
  const { x } = steps({ x: first }, most, ({ x }, k) => ({
    x: where(less(k, squarings), matmul(x, x), x) as Expr,
  }));
  const taint = sum(multiply(a!, 0), [-2, -1], { keepDims: true });
  return add(x, where(greater(squarings, most), Number.NaN, taint)) as Expr;
};
