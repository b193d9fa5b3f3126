/** Numbers close to the smallest and the largest doubles: what is made of them is right as long as it is a double itself. */
import { suite } from "uvu";
import {
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cbrt,
  compile,
  type Expr,
  hypot,
  matrix,
  norm,
  power,
  sigmoid,
  softplus,
  std,
  sum,
  trace,
  valueAndGrad,
  vector,
} from "../graph/index.js";
import { direction } from "../graph/internal.js";
import { clipByGlobalNorm, clipByNorm } from "../optimizers/index.js";
import { along, type Objective } from "./support/differences.js";
import { assertClose, assertSame } from "./support/tolerance.js";

const magnitudes = suite("magnitudes");

type Of = (x: Expr) => unknown;

const unit = (i: number, length: number) => Array.from({ length }, (_, k) => (k === i ? 1 : 0));

/** A derivative of a function of a vector by some of the elements, one after the other, interpreted and compiled. */
function derivative(
  f: Of,
  at: readonly number[],
  by: readonly number[],
  dtype: "f64" | "f32" = "f64",
): number[] {
  const { length } = at;
  let current = trace({ x: vector(length) }, ({ x }) => f(x) as Expr<[]>) as unknown as Objective;
  for (const i of by) current = along(current, { x: unit(i, length) });
  const run = compile(current, { dtype }) as unknown as Objective;
  return [current, run].map((one) => one({ x: at } as never) as unknown as number);
}

const pair =
  (f: (a: Expr, b: Expr) => unknown): Of =>
  ([a, b]) =>
    f(a!, b!);

/** Functions with f(s·x) = sⁿ·f(x): the name, the function, n, and numbers to scale. */
const homogeneous: readonly (readonly [name: string, f: Of, degree: number, at: readonly number[]])[] = [
  ["hypot", pair(hypot), 1, [3.1, -0.4]],
  ["direction", pair(direction), 0, [3.1, -0.4]],
  ["atan2", pair(atan2), 0, [-0.7, 1.3]],
  ["norm", norm, 1, [3.1, -0.4, 2]],
  ["norm of one", norm, 1, [-3]],
  ["std", std, 1, [3.1, -0.4, 2]],
];

for (const [name, f, degree, at] of homogeneous) {
  magnitudes(
    `${name}: what is 10²⁹⁵ times as large or small has the same digits, and so have its derivatives`,
    () => {
      for (const by of [[], [0], [1], [0, 0], [0, 1]]) {
        // 1/s² is no double any more.
        if (degree - by.length < -1) continue;
        const usual = derivative(f, at, by);
        for (const exponent of [980, -980]) {
          const scaled = at.map((x) => x * 2 ** exponent);
          const expected = usual.map((value) => value * 2 ** (exponent * (degree - by.length)));
          assertSame(derivative(f, scaled, by), expected, `${name}, by ${by}, at ${scaled}`);
        }
      }
    },
  );
}

const byAxis: readonly (readonly [name: string, f: (x: Expr, axis: number) => Expr])[] = [
  ["norm", norm],
  ["std", std],
];

for (const [name, f] of byAxis) {
  magnitudes(`${name}: so it is in f32 kernels, and row by row`, () => {
    for (const [dtype, exponents] of [["f32", [100, -100]] as const, ["f64", [980, -980]] as const]) {
      const rows = [3.1, -0.4, 2, 5, 6, 7.5];
      const objective = trace({ x: matrix(2, 3) }, ({ x }) => sum(f(x, 1)) as Expr<[]>);
      const run = compile(valueAndGrad(objective), { dtype });
      const usual = run({ x: rows });
      for (const exponent of exponents) {
        const scaled = run({ x: rows.map((x) => x * 2 ** exponent) });
        assertSame(scaled.value, usual.value * 2 ** exponent, `${name} in ${dtype}`);
        assertSame(scaled.grad.x, usual.grad.x, `gradient of ${name} in ${dtype}`);
      }
    }
  });
}

magnitudes("gradients of any size are clipped to the same, and NaN makes all of them NaN, as torch's", () => {
  for (const size of [1, 1e200, 1e-200]) {
    for (const clip of [clipByNorm, clipByGlobalNorm]) {
      const { x } = clip({ x: [3 * size, 4 * size] }, size);
      assertClose(
        Array.from(x as number[], (value) => value / size),
        [0.6, 0.8],
        1e-15,
        `at ${size}`,
      );
    }
  }
  const nothing = clipByGlobalNorm({ x: [3, Number.NaN], y: 2 }, 1);
  assertSame([...(nothing.x as number[]), nothing.y as number], [Number.NaN, Number.NaN, Number.NaN], "NaN");
  const infinite = clipByGlobalNorm({ x: [3, Number.POSITIVE_INFINITY], y: 2 }, 1);
  assertSame([...(infinite.x as number[]), infinite.y as number], [0, Number.NaN, 0], "infinity");
});

/** Derivatives whose intermediate values over- or underflow, or cancel, in the textbook's formulas. */
const known: readonly (readonly [
  what: string,
  f: Of,
  at: readonly number[],
  by: readonly number[],
  value: number,
])[] = [
  ["asinh′", ([x]) => asinh(x!), [1e200], [0], 1e-200],
  ["acosh′", ([x]) => acosh(x!), [1e200], [0], 1e-200],
  ["atan′", ([x]) => atan(x!), [1e154], [0], 1e-308],
  ["cbrt‴", ([x]) => cbrt(x!), [1e-160], [0, 0, 0], Number.POSITIVE_INFINITY],
  ["asin″", ([x]) => asin(x!), [9e-41], [0, 0], 9e-41],
  ["atanh″", ([x]) => atanh(x!), [9e-41], [0, 0], 1.8e-40],
  ["sigmoid″", ([x]) => sigmoid(x!), [1e-30], [0, 0], -1.25e-31],
  ["softplus‴", ([x]) => softplus(x!), [1e-30], [0, 0, 0], -1.25e-31],
  ["∂²hypot/∂b²", pair(hypot), [1e-10, 1], [1, 1], 1e-20],
  ["∂²atan2/∂y²", pair(atan2), [1e-200, 1], [0, 0], -2e-200],
  ["∂²atan2/∂y∂x", pair(atan2), [1e-200, 1], [0, 1], -1],
  ["∂²atan2/∂x²", pair(atan2), [1e-200, 1], [1, 1], 2e-200],
  ["d/dx x^0.1", ([x]) => power(x!, 0.1), [1e-300], [0], 1e269],
];

for (const [what, f, at, by, value] of known) {
  magnitudes(`${what} at ${at.join(", ")} is ${value}`, () => {
    for (const actual of derivative(f, at, by)) {
      if (!Number.isFinite(value)) assertSame(actual, value, what);
      else assertClose(actual / value, 1, 1e-14, what);
    }
  });
}

magnitudes.run();
