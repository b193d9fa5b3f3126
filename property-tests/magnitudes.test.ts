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
  divide,
  dot,
  type Expr,
  hypot,
  index,
  layerNorm,
  logAddExp,
  logSoftmax,
  logSumExp,
  matrix,
  mean,
  multiply,
  norm,
  power,
  sigmoid,
  slice,
  softmax,
  softplus,
  stack,
  std,
  sum,
  trace,
  valueAndGrad,
  variance,
  vector,
} from "../graph/index.js";
import { direction } from "../graph/internal.js";
import { clipByGlobalNorm, clipByNorm } from "../optimizers/index.js";
import {
  binaryCrossEntropy,
  huber,
  meanAbsoluteError,
  meanSquaredError,
  softmaxCrossEntropy,
} from "../src/nn/index.js";
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
  let current = trace({ x: vector(length) }, ({ x }) => f(x) as Expr<[]>) as Objective;
  for (const i of by) current = along(current, { x: unit(i, length) });
  const run = compile(current, { dtype }) as unknown as Objective;
  return [current, run].map((one) => one({ x: at }) as number);
}

const pair =
  (f: (a: Expr, b: Expr) => unknown): Of =>
  ([a, b]) =>
    f(a!, b!);

/** Functions with f(s·x) = sⁿ·f(x): the name, the function of x and s, n, and numbers to scale. */
const homogeneous: readonly (readonly [
  name: string,
  f: (x: Expr, s: number) => unknown,
  degree: number,
  at: readonly number[],
  highestOrder?: number,
])[] = [
  ["hypot", pair(hypot), 1, [3.1, -0.4]],
  ["direction", pair(direction), 0, [3.1, -0.4]],
  ["atan2", pair(atan2), 0, [-0.7, 1.3]],
  ["norm", (x) => norm(x), 1, [3.1, -0.4, 2]],
  ["norm of one", (x) => norm(x), 1, [-3]],
  ["std", (x) => std(x), 1, [3.1, -0.4, 2]],
  ["variance", (x) => variance(x), 2, [3.1, -0.4, 2]],
  ["mean", (x) => mean(x), 1, [3.1, -0.4, 2]],
  ["layerNorm", (x) => weighed(layerNorm(x, { epsilon: 0 }) as Expr), 0, [3.1, -0.4, 2]],
  ["cosine", (x) => dot(direct(slice(x, 0, 2)), direct(slice(x, 2, 4))), 0, [3.1, -0.4, 2, 1.7]],
  ["clipByNorm", (x, unit) => weighed(clipByNorm({ x }, unit).x), 1, [3.1, -0.4, 2], 1],
  ["clipByGlobalNorm", (x, unit) => weighed(clipByGlobalNorm({ x, y: 0 }, unit).x), 1, [3.1, -0.4, 2], 1],
  ["meanAbsoluteError", (x) => meanAbsoluteError(x, multiply(x, [2, 0.5, 1.5]) as Expr), 1, [3.1, -0.4, 2]],
  ["meanSquaredError", (x) => meanSquaredError(x, multiply(x, [2, 0.5, 1.5]) as Expr), 2, [3.1, -0.4, 2]],
];

const weighed = (x: Expr) => sum(multiply(x, [0.3, -1, 2.5]) as Expr);
const direct = (x: Expr) => divide(x, norm(x)) as Expr;

for (const [name, f, degree, at, highestOrder = 2] of homogeneous) {
  magnitudes(
    `${name}: what is 10¹⁶⁰ or 10²⁹⁵ times as large or small has the same digits, and so have its derivatives`,
    () => {
      for (const by of [[], [0], [1], [0, 0], [0, 1]]) {
        if (by.length > highestOrder) continue;
        const usual = derivative((x) => f(x, 1), at, by);
        for (const exponent of [980, -980, 530, -530]) {
          const power = exponent * (degree - by.length);
          // s², and 1/s², is no double any more.
          if (Math.abs(power) > 1000) continue;
          const scaled = at.map((x) => x * 2 ** exponent);
          const expected = usual.map((value) => value * 2 ** power);
          const found = derivative((x) => f(x, 2 ** exponent), scaled, by);
          assertSame(found, expected, `${name}, by ${by}, at ${scaled}`);
        }
      }
    },
  );
}

const byAxis: readonly (readonly [name: string, f: (x: Expr, axis: number) => Expr])[] = [
  ["norm", norm],
  ["std", std],
  ["layerNorm", (x, axis) => multiply(layerNorm(x, { axes: axis, epsilon: 0 }) as Expr, [1, 2, 4]) as Expr],
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
        const [value, slope] = name === "layerNorm" ? [1, 2 ** -exponent] : [2 ** exponent, 1];
        assertSame(scaled.value, usual.value * value, `${name} in ${dtype}`);
        assertSame(
          scaled.grad.x,
          usual.grad.x.map((x) => x * slope),
          `gradient of ${name} in ${dtype}`,
        );
      }
    }
  });
}

magnitudes("layerNorm: a variance far above or below epsilon, or nothing but epsilon", () => {
  const f: Of = (x) => weighed(layerNorm(x) as Expr);
  const usual = derivative((x) => weighed(layerNorm(x, { epsilon: 0 }) as Expr), [3, -1, 2], [0]);
  const slope = (0.3 - (0.3 - 1 + 2.5) / 3) / Math.sqrt(1e-5);
  for (const size of [1e160, 1e300]) {
    const [huge, tiny] = [size, 1 / size].map((s) => derivative(f, [3 * s, -s, 2 * s], [0]));
    assertClose(
      huge!.map((x) => x * size),
      usual,
      1e-14,
      `at ${size}`,
    );
    assertClose(tiny!, [slope, slope], 1e-12, `at ${1 / size}`);
  }
  assertClose(derivative(f, [5e-324, 0, 0], [0]), [slope, slope], 1e-12, "denormal");
  assertSame(derivative(f, [Number.POSITIVE_INFINITY, 1, 2], []), [Number.NaN, Number.NaN], "infinity");
});

/** What is all but decided where its operands are far apart, or all but equal. */
const decided: readonly (readonly [
  name: string,
  f: Of,
  at: readonly number[],
  value: number,
  by: readonly number[],
])[] = [160, 300].flatMap((exponent) => {
  const [s, tiny] = [10 ** exponent, 10 ** -exponent];
  const [far, near] = [
    [2 * s, -s, s],
    [2 * tiny, -tiny, tiny],
  ];
  return [
    ["logSumExp", logSumExp, far, 2 * s, [1, 0, 0]],
    ["logSumExp", logSumExp, near, Math.log(3), [1 / 3, 1 / 3, 1 / 3]],
    ["logSoftmax", (x: Expr) => index(logSoftmax(x), 1), far, -3 * s, [-1, 1, 0]],
    ["softmax", (x: Expr) => index(softmax(x), 0), far, 1, [0, 0, 0]],
    ["softmax", (x: Expr) => index(softmax(x), 0), near, 1 / 3, [2 / 9, -1 / 9, -1 / 9]],
    ["softmaxCrossEntropy", (x: Expr) => softmaxCrossEntropy(stack([x]), [1]), far, 3 * s, [1, -1, 0]],
    ["binaryCrossEntropy", (x: Expr) => binaryCrossEntropy(x, [0, 1, 1]), far, s, [1 / 3, -1 / 3, 0]],
    ["huber", (x: Expr) => huber(x, [0, 0, 0]), far, (4 / 3) * s, [1 / 3, -1 / 3, 1 / 3]],
    ["softplus", ([x]: Expr) => softplus(x!), far, 2 * s, [1, 0, 0]],
    ["logAddExp", ([a, b]: Expr) => logAddExp(a!, b!), far, 2 * s, [1, 0, 0]],
  ] as const;
});

for (const [name, f, at, value, by] of decided) {
  magnitudes(`${name} of ${at} is ${value}`, () => {
    for (const actual of derivative(f, at, [])) assertClose(actual / value, 1, 1e-15, name);
    by.forEach((slope, i) => {
      assertClose(derivative(f, at, [i]), [slope, slope], 1e-15, `${name}, by ${i}`);
    });
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
