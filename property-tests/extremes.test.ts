/** Where naive formulas overflow, cancel or divide 0 by 0: values and derivatives, in relative terms. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  all,
  any,
  arange,
  argmax,
  argmin,
  atan2,
  cbrt,
  clip,
  diagonal,
  digamma,
  type Expr,
  erf,
  erfc,
  expandDims,
  eye,
  flip,
  gammaln,
  gelu,
  grad,
  hypot,
  linspace,
  log,
  logSoftmax,
  logSumExp,
  matrixTrace,
  multiply,
  norm,
  oneHot,
  outer,
  polygamma,
  prod,
  relu,
  remainder,
  round,
  scalar,
  sigmoid,
  softmax,
  softplus,
  split,
  squeeze,
  std,
  stopGradient,
  sum,
  tanh,
  trace,
  tril,
  variance,
  vector,
} from "../graph/index.js";
import { type BigNumber, bigNumbers } from "./support/big-numbers.js";
import { along, flat, type Objective } from "./support/differences.js";
import { assertClose, assertSame } from "./support/tolerance.js";

const extremes = suite("extremes");

const { NaN: nan, POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: minusInfinity } = Number;

/** f, f′, f″ … of a function of one number, at a point. */
function derivatives(f: (x: Expr) => unknown, at: number, order: number): number[] {
  let current = trace({ x: scalar() }, ({ x }) => f(x) as Expr) as Objective;
  const values: number[] = [];
  for (let k = 0; k <= order; k++) {
    values.push(current({ x: at }) as number);
    if (k < order) current = along(current, { x: [1] });
  }
  return values;
}

/** The gradient by a vector `x`, at a point. */
function gradient(f: (x: Expr) => unknown, x: readonly number[]): ArrayLike<number> {
  const objective = trace({ x: vector(x.length) }, (inputs) => f(inputs.x) as Expr) as Objective;
  return flat((grad(objective) as unknown as (inputs: unknown) => { x: Float64Array })({ x }).x);
}

/** Throws where a number is off by more than the fraction `tolerance` of the other; 0 and ∞ must be met. */
function assertRelative(actual: number, expected: number, tolerance: number, what: string): void {
  const off = Math.abs(actual - expected);
  const near = Object.is(actual, expected) || off <= tolerance * Math.abs(expected);
  assert.ok(near, `${what} is ${actual} instead of ${expected}`);
}

const big = bigNumbers.constant;
const [one, two] = [big(1), big(2)];

/** What derivatives are, in 64 digits. */
const slopes: readonly (readonly [
  name: string,
  f: (x: Expr) => unknown,
  slope: (x: BigNumber) => BigNumber,
  at: readonly number[],
])[] = [
  ["tanh", tanh, (x) => x.cosh().pow(-2), [-300, -40, -6, -0.5, 1e-9, 2, 19, 25, 354]],
  [
    "sigmoid",
    sigmoid,
    (x) => x.neg().exp().div(x.neg().exp().plus(one).pow(2)),
    [-700, -50, -1, 0, 3, 36, 40, 700],
  ],
  ["softplus", softplus, (x) => one.div(x.neg().exp().plus(one)), [-700, -37, -1, 0, 2, 40, 700]],
  ["erf", erf, (x) => x.times(x).neg().exp().times(two).div(big(-1).acos().sqrt()), [-5, -1, 0, 1e-9, 3]],
  ["erfc", erfc, (x) => x.times(x).neg().exp().times(-2).div(big(-1).acos().sqrt()), [-5, 0.1, 5]],
  ["gammaln", gammaln, (x) => bigNumbers.apply(polygamma.op, [big(0), x]), [0.01, 0.9, 1.4616, 2, 7, 1e5]],
  ["digamma", digamma, (x) => bigNumbers.apply(polygamma.op, [one, x]), [0.01, 0.9, 1.4616, 2, 7, 1e5]],
  ["atan2 of y", (y) => atan2(y, 1e200), () => one.div(big(1e200)), [1, -1e100]],
  ["hypot", (x) => hypot(x, 1e-200), (x) => x.div(x.times(x).plus(big(1e-200).pow(2)).sqrt()), [1e-200, 3]],
  ["cbrt", cbrt, (x) => one.div(x.cbrt().pow(2).times(3)), [-1e200, -1, 1e-300, 8]],
];

for (const [name, f, slope, points] of slopes) {
  extremes(`${name}: its slope has its digits, wherever it is small`, () => {
    for (const x of points) {
      assertRelative(derivatives(f, x, 1)[1]!, slope(big(x)).toNumber(), 1e-14, `${name}′(${x})`);
    }
  });
}

extremes("at ±1000 nothing overflows, at orders 0 to 3", () => {
  assertSame(derivatives(sigmoid, 1000, 3), [1, 0, -0, 0], "sigmoid(1000)");
  assertSame(derivatives(sigmoid, -1000, 3), [0, 0, 0, 0], "sigmoid(−1000)");
  assertSame(derivatives(softplus, 1000, 3), [1000, 1, 0, -0], "softplus(1000)");
  assertSame(derivatives(softplus, -1000, 3), [0, 0, 0, 0], "softplus(−1000)");
  assertClose(derivatives(tanh, 1000, 3), [1, 0, 0, 0], 0, "tanh(1000)");
  assertClose(derivatives(tanh, -1000, 3), [-1, 0, 0, 0], 0, "tanh(−1000)");
  assertClose(derivatives(erf, 1000, 3), [1, 0, 0, 0], 0, "erf(1000)");
  assertClose(derivatives(erfc, -1000, 3), [2, 0, 0, 0], 0, "erfc(−1000)");
  assertClose(derivatives(gelu, 1000, 3), [1000, 1, 0, 0], 0, "gelu(1000)");
  assertClose(derivatives(gelu, -1000, 3), [0, 0, 0, 0], 0, "gelu(−1000)");
});

extremes("softmax, logSoftmax and logSumExp don't overflow, and take −∞ for no term", () => {
  assertSame(softmax([1000, 1000]) as number[], [0.5, 0.5], "softmax");
  assertSame(softmax([-1000, 0, -1000]) as number[], [0, 1, 0], "softmax");
  assertSame(logSoftmax([-1000, 0]) as number[], [-1000, 0], "logSoftmax");
  assertSame([logSumExp([1000, 1000]) as number], [1000 + Math.LN2], "logSumExp(1000, 1000)");
  assertSame([logSumExp([-1000, -1000]) as number], [-1000 + Math.LN2], "logSumExp(−1000, −1000)");
  assertSame([logSumExp([minusInfinity, 3]) as number], [3], "logSumExp(−∞, 3)");
  assertSame([logSumExp([minusInfinity, minusInfinity]) as number], [minusInfinity], "logSumExp(−∞, −∞)");
  assertSame([logSumExp([infinity, 3]) as number], [infinity], "logSumExp(∞, 3)");
  assertSame(softmax([minusInfinity, 2, 2]) as number[], [0, 0.5, 0.5], "softmax with −∞");

  assertSame(gradient(logSumExp, [1000, 1000]), [0.5, 0.5], "logSumExp′");
  assertSame(gradient(logSumExp, [minusInfinity, 3, 3]), [0, 0.5, 0.5], "logSumExp′ with −∞");
  assertClose(
    gradient((x) => sum(multiply(softmax(x), [0, 1, 3])), [minusInfinity, 3, 3]),
    [0, -0.5, 0.5],
    1e-15,
    "softmax′ with −∞",
  );
  // The second derivative along one element: p(1 − p).
  const second = along(trace({ x: vector(3) }, ({ x }) => logSumExp(x)) as Objective, {
    x: [0, 1, 0],
  });
  const found = grad(second)({ x: [minusInfinity, 1000, 1000] }) as { x: Float64Array };
  assertClose(found.x, [0, 0.25, -0.25], 1e-15, "logSumExp″ with −∞");
});

extremes("hypot, norm and std have slope 0 where they are 0, and no second derivative", () => {
  assertSame(
    derivatives((x) => hypot(x, 0), 0, 2),
    [0, 0, nan],
    "hypot(0, 0)",
  );
  assertSame(gradient(norm, [0, 0]), [0, 0], "norm′(0, 0)");
  assertSame(
    gradient((x) => norm(x, 0, { ord: 1 }), [0, 2, -3]),
    [0, 1, -1],
    "norm₁′",
  );
  assertSame(
    gradient((x) => norm(x, 0, { ord: infinity }), [1, -2, 2]),
    [0, -0.5, 0.5],
    "norm∞′",
  );
  assertSame(gradient(std, [4, 4, 4]), [0, 0, 0], "std′ of equals");
  assertSame(
    derivatives((x) => norm(multiply(x, [1, 0])), 0, 2),
    [0, 0, nan],
    "norm″(0)",
  );
  assertSame(
    derivatives((x) => hypot(x, 1e200), 1e200, 0),
    [Math.SQRT2 * 1e200],
    "hypot(1e200, 1e200)",
  );
});

extremes("atan2 at the origin has gradient 0, and a slope everywhere else", () => {
  const f = trace({ y: scalar(), x: scalar() }, ({ y, x }) => atan2(y, x));
  assertSame(Object.values(grad(f)({ y: 0, x: 0 })), [0, 0], "at (0, 0)");
  assertSame(Object.values(grad(f)({ y: -0, x: 0 })), [0, 0], "at (−0, 0)");
  assertClose(Object.values(grad(f)({ y: 0, x: -2 })), [-0.5, 0], 0, "on the negative axis");
  assertClose(Object.values(grad(f)({ y: 3, x: 4 })), [0.16, -0.12], 1e-16, "at (4, 3)");
  assertSame(
    derivatives((y) => atan2(y, y), 0, 2),
    [0, 0, nan],
    "orders 0 to 2",
  );
});

extremes("relu and clip at their corners", () => {
  assertSame(derivatives(relu, 0, 2), [0, 0, nan], "relu(0)");
  assertSame(derivatives(relu, -0, 1), [0, 0], "relu(−0)");
  assertSame(derivatives(relu, nan, 0), [nan], "relu(NaN)");
  assertSame(
    derivatives((x) => clip(x, 0, 1), 1, 1),
    [1, 0.5],
    "clip at a bound",
  );
  assertSame(
    derivatives((x) => clip(x, 0, 1), 3, 1),
    [1, 0],
    "clip beyond",
  );
  assertSame(clip([-1, 0.5, 9], [0, 0, 0], 2) as number[], [0, 0.5, 2], "bounds of their own");
});

extremes("round takes the even one of two, to −0 too", () => {
  const given = [
    0.5,
    1.5,
    2.5,
    -0.5,
    -1.5,
    -2.5,
    0.49999999999999994,
    4503599627370495.5,
    -0,
    1e300,
    -infinity,
    nan,
  ];
  const expected = [0, 2, 2, -0, -2, -2, 0, 4503599627370496, -0, 1e300, -infinity, nan];
  assertSame(round(given) as number[], expected, "round");
});

extremes("remainder has the sign of the divisor, as NumPy's", () => {
  assertSame(remainder([7, -7, 7, -7], [3, 3, -3, -3]) as number[], [1, 2, -2, -1], "remainder");
  assertSame(remainder([6, -6, 6], [3, 3, -3]) as number[], [0, 0, -0], "of multiples");
  assertSame(remainder([1, -1, 1], [infinity, infinity, 0]) as number[], [1, infinity, nan], "by ∞ and 0");
  assertSame([remainder(-1e-20, 1) as number], [1], "just below 0");
});

extremes("products are exact with zeros among their factors, at every order", () => {
  assertSame(gradient(prod, [0, 3, 4]), [12, 0, 0], "one zero");
  assertSame(gradient(prod, [0, 3, 0]), [0, 0, 0], "two zeros");
  let f = trace({ x: vector(5) }, ({ x }) => prod(x)) as Objective;
  const orders: number[] = [];
  for (const direction of [0, 2, 4]) {
    f = along(f, { x: [0, 1, 2, 3, 4].map((i) => (i === direction ? 1 : 0)) });
    orders.push(f({ x: [0, 3, 0, 5, 0] }) as number);
  }
  assertSame(orders, [0, 0, 15], "three zeros, by each of them");
});

extremes("the gamma function's corners", () => {
  assertSame(
    gammaln([0, -1, -2, infinity, minusInfinity, nan]) as number[],
    [infinity, infinity, infinity, infinity, infinity, nan],
    "gammaln",
  );
  assertSame(gammaln([1, 2]) as number[], [0, 0], "its zeros");
  // log Γ(−½) = log 2√π
  assertClose([gammaln(-0.5) as number], [Math.log(2 * Math.sqrt(Math.PI))], 1e-15, "gammaln(−½)");
  const euler = 0.5772156649015329;
  assertClose(
    [digamma(1) as number, digamma(0.5) as number],
    [-euler, -euler - 2 * Math.LN2],
    1e-15,
    "digamma",
  );
  // ψ′(1) = π²/6, ψ″(1) = −2ζ(3), ψ‴(1) = π⁴/15
  const expected = [0, -euler, Math.PI ** 2 / 6, -2 * 1.2020569031595942, Math.PI ** 4 / 15];
  derivatives(gammaln, 1, 4).forEach((value, order) => {
    assertRelative(value, expected[order]!, 1e-14, `derivative of order ${order}`);
  });
  assertSame(polygamma([-1, 0.5, 171, 1], [1, 1, 1, nan]) as number[], [nan, nan, nan, nan], "polygamma");
  assertSame([polygamma(0, infinity) as number, polygamma(2, infinity) as number], [infinity, 0], "at ∞");
});

extremes("the error function's ends", () => {
  assertSame(erf([infinity, minusInfinity, nan, 0, -0]) as number[], [1, -1, nan, 0, -0], "erf");
  assertSame(erfc([infinity, minusInfinity, nan, 0]) as number[], [0, 2, nan, 1], "erfc");
});

extremes("what stopGradient holds counts as given", () => {
  assertSame(
    gradient((x) => sum(multiply(stopGradient(x), x)), [2, 3]),
    [2, 3],
    "x·stop(x)",
  );
  assertSame(
    derivatives((x) => log(stopGradient(x)), 0, 1),
    [minusInfinity, 0],
    "log stop(x)",
  );
});

extremes("finding: ties, NaN and nothing", () => {
  assertSame([argmax([1, 3, 3]), argmin([2, 1, 1])] as number[], [1, 1], "ties");
  assertSame([argmax([1, nan, 3]), argmin([nan, 1])] as number[], [1, 0], "NaN");
  assertSame([any([]), all([]), any([0, nan]), all([1, nan])] as number[], [0, 1, 0, 0], "truths");
  assertSame([any(0), any(2), all(0), all(2)] as number[], [0, 1, 0, 1], "of a number");
});

extremes("evenly spaced numbers and patterns", () => {
  assert.equal(linspace(0, 1, 5), [0, 0.25, 0.5, 0.75, 1]);
  assert.equal(linspace(2, 3, 1), [2]);
  assert.equal(linspace(2, 3, 0), []);
  assert.is(linspace(-1, 1).length, 50);
  assert.is(linspace(0, 0.7, 8).at(-1), 0.7);
  assert.equal(arange(4), [0, 1, 2, 3]);
  assert.equal(arange(1, 2, 0.25), [1, 1.25, 1.5, 1.75]);
  assert.equal(arange(3, 0, -1), [3, 2, 1]);
  assert.equal(arange(3, 0), []);
  assert.equal(eye(2, 3), [
    [1, 0, 0],
    [0, 1, 0],
  ]);
  assert.equal(oneHot([2, 0, 5, -1], 3), [
    [0, 0, 1],
    [1, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ]);
  assert.equal(oneHot(1, 2), [0, 1]);
  assert.equal(split([1, 2, 3, 4], 2), [
    [1, 2],
    [3, 4],
  ]);
  assert.equal(split([1, 2, 3, 4], [1, 1, 3]), [[1], [], [2, 3], [4]]);
  assert.equal(squeeze([[[1], [2]]]), [1, 2]);
  assert.equal(squeeze([[1, 2, 3]]), [1, 2, 3]);
  assert.equal(expandDims([1, 2], -1), [[1], [2]]);
});

extremes("refused: what has no answer, with the reason", () => {
  const refused: readonly (readonly [() => unknown, RegExp])[] = [
    [() => squeeze([[1, 2]], 1), /squeeze: axis 1 of \(1×2\) has length 2; only axes of length 1 can go/],
    [() => split([1, 2, 3], 2), /split: axis 0 of \(3\) can't be cut into 2 equal parts/],
    [() => split([1, 2, 3], 0), /split: the parts.* must be a whole number of at least 1, not 0/],
    [() => split(1, 1), /split: there is no axis 0 in 0 axes/],
    [() => split([1, 2], [0.5]), /split: a place must be a whole number, not 0.5/],
    [() => linspace(0, 1, 2.5), /linspace: the count must be a whole number of at least 0, not 2.5/],
    [() => linspace(0, infinity), /linspace: .* pass finite ends/],
    [() => arange(0, 1, 0), /arange: 0 to 1 by 0 has no end/],
    [() => norm([1], 0, { ord: 3 }), /norm: ord is 1, 2 or Infinity, not 3/],
    [() => variance([1], 0, { ddof: 1 }), /variance: \(1\) has too few elements .* for ddof 1/],
    [() => oneHot([1], -1), /oneHot: the depth must be a whole number of at least 0, not -1/],
    [() => diagonal([1]), /diagonal: \(1\) is no matrix/],
    [() => matrixTrace([1]), /matrixTrace: \(1\) is no matrix/],
    [() => tril([[1]], 0.5), /tril: .* must be a whole number, not 0.5/],
    [() => outer([[1]], [1]), /outer: \(1×1\) and \(1\) aren't two vectors/],
    [() => flip([1], 1), /flip: there is no axis 1/],
    [() => argmax([]), /argmax: \(0\) has no element along axis -1/],
    [() => argmin(3), /argmin: there is no axis/],
    [() => logSumExp([]), /no element/],
    [() => softmax(3), /logSoftmax|softmax: there is no axis/],
  ];
  for (const [call, message] of refused) assert.throws(call, message);
});

extremes.run();
