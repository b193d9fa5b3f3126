/** The square root of the sum of squares along axes: what norms and standard deviations are made of. */
import { fullLike } from "../elementwise.js";
import { apply, type Expr } from "../node.js";
import { type Arithmetic, defineOp, type Instances, type Op, real, type ShapesOf } from "../op.js";
import { type Shape, sizeOf } from "../shape.js";
import { type Steps, stepsOf, type Target } from "./algorithm.js";
import { divide, multiply, square, subtract } from "./arithmetic.js";
import { type ReduceParams, removeAxes } from "./axes.js";
import { insertAxes, sumAxes } from "./broadcast.js";
import { equal, greater, less, where } from "./comparison.js";
import { rooted } from "./kinks.js";
import { transposeExpr } from "./moving.js";

/**
 * √Σx², or √Σ(x − centre)², along neighbouring axes. Only where the sum is denormal or infinite, the squares of the elements times a power of
 * two are added up once more. What derivative there is at 0 is the matter of `rooted`.
 */
export const normOp: Op<ReduceParams> = /* @__PURE__ */ defineOp<ReduceParams>({
  name: "norm",
  shape: ([x], { axes }) => removeAxes(x!, axes),
  evaluate,
  routine: ({ operands: [x, centre] }, { axes }) => ({
    text: () => {
      const sizes = sizesOf(x!, axes);
      return `((f, s) => (r, x, c) => f(s, r, x, ${centre ? "c" : "undefined"}, ${sizes}))(${measure}, ${plainSquares})`;
    },
  }),
  work: ({ operands: [x] }) => 4 * sizeOf(x!),
  derivative: {
    kind: "tangent",
    tangent([dx, dCentre], { operands: [x, centre], params: { axes }, result }) {
      const all = (one: Expr) => insertAxes(one, x!.shape, axes);
      const length = where(equal(result, 0), 1, result);
      const unit = divide(centre ? subtract(x!, all(centre)) : x!, all(length));
      const moved = dCentre ? subtract(dx ?? 0, all(dCentre)) : dx!;
      return sumAxes(multiply(moved, unit), axes);
    },
  },
  domains: [/* @__PURE__ */ real(), /* @__PURE__ */ real()],
});

/** A power of two that takes numbers to where their squares are neither denormal nor infinite, in f32 kernels too. */
export function scaleOf(largest: Expr): Expr {
  const large = where(greater(largest, 2 ** 400), 2 ** -600, 2 ** -90);
  const small = where(less(largest, 2 ** -400), 2 ** 600, 2 ** 90);
  return where(greater(largest, 2 ** 50), large, where(less(largest, 2 ** -50), small, 1));
}

/** How many elements stand before the axes, along them, and behind. */
function sizesOf(x: Shape, axes: readonly number[]): readonly [number, number, number] {
  const [first, end] = [axes[0]!, axes.at(-1)! + 1];
  return [sizeOf(x.slice(0, first)), sizeOf(x.slice(first, end)), sizeOf(x.slice(end))];
}

/** Σ((x − centre)·factor)² of `n` elements, in four sums that needn't wait for each other. */
function squares<T>(
  { number, add, subtract, multiply }: Steps<T>,
  x: readonly T[],
  centre: T | undefined,
  start: number,
  n: number,
  stride: number,
  factor: T,
): T {
  const sums: T[] = [];
  for (let lane = 0; lane < 4; lane++) {
    let sum = number(0);
    for (let i = lane; i < n; i += 4) {
      const own = x[start + i * stride]!;
      const scaled = multiply(centre === undefined ? own : subtract(own, centre), factor);
      sum = add(sum, multiply(scaled, scaled));
    }
    sums.push(sum);
  }
  return add(add(sums[0]!, sums[1]!), add(sums[2]!, sums[3]!));
}

function evaluate<T>(
  arithmetic: Arithmetic<T>,
  [x, centres]: readonly (readonly T[])[],
  { operands: [shape] }: ShapesOf,
  { axes }: ReduceParams,
): T[] {
  const steps = stepsOf(arithmetic);
  const { number, divide, sqrt, greater, equal, choose, either } = steps;
  const [outer, n, stride] = sizesOf(shape!, axes);
  const [one, least, greatest] = [number(1), number(2 ** -900), number(Number.MAX_VALUE)];
  const [shrink, grow] = [number(2 ** -600), number(2 ** 600)];
  return Array.from({ length: outer * stride }, (_, place) => {
    const start = Math.floor(place / stride) * n * stride + (place % stride);
    const sum = (factor: T) => squares(steps, x!, centres?.[place], start, n, stride, factor);
    const total = sum(one);
    const factor = choose(greater(least, total), grow, choose(greater(total, greatest), shrink, one));
    return either(
      equal(factor, one),
      () => sqrt(total),
      () => divide(sqrt(sum(factor)), factor),
    );
  });
}

/** The same for kernels, where steps that are calls would take five times as long. They use nothing outside themselves. */
function plainSquares(
  x: ArrayLike<number>,
  centre: number,
  start: number,
  n: number,
  stride: number,
  factor: number,
): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = start;
  for (let left = n; left > 0; left -= 4, i += 4 * stride) {
    const p = (x[i]! - centre) * factor;
    a += p * p;
    if (left < 2) break;
    const q = (x[i + stride]! - centre) * factor;
    b += q * q;
    if (left < 3) break;
    const r = (x[i + 2 * stride]! - centre) * factor;
    c += r * r;
    if (left < 4) break;
    const s = (x[i + 3 * stride]! - centre) * factor;
    d += s * s;
  }
  return a + b + (c + d);
}

function measure(
  squares: typeof plainSquares,
  result: Target<number>,
  x: ArrayLike<number>,
  centres: ArrayLike<number> | undefined,
  outer: number,
  n: number,
  stride: number,
): void {
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < stride; k++) {
      const place = o * stride + k;
      const start = o * n * stride + k;
      const centre = centres ? centres[place]! : 0;
      const total = squares(x, centre, start, n, stride, 1);
      const factor = total < 2 ** -900 ? 2 ** 600 : total > Number.MAX_VALUE ? 2 ** -600 : 1;
      result[place] =
        factor === 1 ? Math.sqrt(total) : Math.sqrt(squares(x, centre, start, n, stride, factor)) / factor;
    }
  }
}

export const normInstances: Instances = {
  op: normOp as Op,
  instances: [
    { shapes: [[5]], params: { axes: [0] } },
    { shapes: [[2, 3]], params: { axes: [0, 1] } },
    { shapes: [[2, 3]], params: { axes: [0] } },
    { shapes: [[2, 3, 2]], params: { axes: [1] } },
    { shapes: [[3, 1]], params: { axes: [1] } },
    { shapes: [[0, 2]], params: { axes: [1] } },
    { shapes: [[2, 0]], params: { axes: [1] } },
    { shapes: [[7], []], params: { axes: [0] } },
    {
      shapes: [
        [2, 3, 2],
        [2, 2],
      ],
      params: { axes: [1] },
    },
  ],
};

/** √(Σ(x − centre)²/count), without over- or underflow on the way, with the slope 0 at 0. */
export function rootMeanSquare(x: Expr, axes: readonly number[], count: number, centre?: Expr): Expr {
  const all = x.shape.map((_, axis) => axis);
  const order = [...all.filter((axis) => !axes.includes(axis)), ...axes];
  const isBlock = axes.every((axis, i) => axis === axes[0]! + i);
  const [operand, along] = isBlock ? [x, axes] : [transposeExpr(x, order), all.slice(-axes.length)];
  const root = apply(normOp, centre ? [operand, centre] : [operand], { axes: along });
  const residuals = centre ? subtract(x, insertAxes(centre, x.shape, axes)) : x;
  return rooted(divide(root, fullLike(root, Math.sqrt(count))), meanSquare(residuals, axes, count));
}

/** Σx²/count */
export function meanSquare(x: Expr, axes: readonly number[], count: number): Expr {
  const squared = sumAxes(square(x), axes);
  return divide(squared, fullLike(squared, count));
}
