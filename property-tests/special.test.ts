/** Special functions and activations at known points and at their corners, in both modes and as kernels. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Expr } from "../graph/index.js";
import * as g from "../graph/index.js";
import { assertClose, assertSame } from "./support/tolerance.js";

const special = suite("special functions");

type Of = (...operands: Expr[]) => unknown;

/** Value and gradient of a function of numbers by reverse mode, the same by forward mode, and by the kernel of each. */
function slopes(f: unknown, ...at: readonly number[]): number[] {
  const names = ["a", "b"].slice(0, at.length);
  const specs = Object.fromEntries(names.map((name) => [name, g.scalar()]));
  const traced = g.trace(specs, (inputs) => (f as Of)(...names.map((name) => inputs[name]!)) as Expr<[]>);
  const point = Object.fromEntries(names.map((name, i) => [name, at[i]!]));
  const reverse = g.valueAndGrad(traced);
  const flat = (result: { value: unknown; grad: Record<string, unknown> }) => [
    result.value as number,
    ...names.map((name) => result.grad[name] as number),
  ];
  const found = flat(reverse(point));
  assertSame(flat(g.compile(reverse)(point)), found, "kernel");
  names.forEach((name, i) => {
    const forward = g.jvp(traced, name) as g.Traced;
    const result = forward({ ...point, [`tangent.${name}`]: 1 }) as { tangent: number };
    assertClose(result.tangent, found[i + 1]!, 1e-13, `forward mode by ${name} at ${at}`);
  });
  return found;
}

const infinity = Number.POSITIVE_INFINITY;
const nan = Number.NaN;

// SciPy 1.17 and mpmath 1.3; activations by JAX 0.10.2.
const values: readonly (readonly [name: string, f: unknown, at: number[], value: number, ...by: number[]])[] =
  [
    ["sinc", g.sinc, [0.5], 0.6366197723675814, -1.2732395447351628],
    ["sinc", g.sinc, [1.25], -0.18006326323142122],
    ["xlogy", g.xlogy, [2, 3], 2.1972245773362196, Math.log(3), 2 / 3],
    ["xlog1py", g.xlog1py, [2, 1e-20], 2e-20, 1e-20, 2],
    ["logAddExp", g.logAddExp, [1000, 1000], 1000.6931471805599, 0.5, 0.5],
    ["log1mexp", g.log1mexp, [1e-20], -46.051701859880914, 1e20],
    ["log1mexp", g.log1mexp, [50], -1.9287498479639178e-22, 1.9287498479639178e-22],
    ["logSigmoid", g.logSigmoid, [-1000], -1000, 1],
    ["logSigmoid", g.logSigmoid, [40], -4.248354255291589e-18, 4.248354255291589e-18],
    ["betaln", g.betaln, [2.5, 1.5], -1.6278588363903812],
    ["betaln", g.betaln, [1e12, 2], -55.262042231858096, -1.999999999999e-12],
    ["betaln", g.betaln, [1e-10, 20], 23.025850929585687, -10000000003.547739],
    ["erfinv", g.erfinv, [0.5], 0.4769362762044699],
    ["erfinv", g.erfinv, [1 - 2 ** -53], 5.8635847487551676],
    ["logErfc", g.logErfc, [30], -903.9741171106439],
    ["i0e", g.i0e, [1], 0.46575960759364043, 0.2079104153497085 - 0.46575960759364043],
    ["i0e", g.i0e, [100], 0.03994437929909668],
    ["i1e", g.i1e, [-100], -0.03974415302513025],
    ["gammainc", g.gammainc, [2.5, 1.5], 0.3000141641213724, -0.25217540042362785],
    ["gammainc", g.gammainc, [40, 45], 0.7916181799674072, -0.04462581864678252],
    ["gammaincc", g.gammaincc, [0.5, 300], 1.674167984691788e-132],
    ["silu", g.silu, [1.5], 1.2263617142904655, 1.041294154299143],
    ["silu", g.silu, [-1.5], -0.2736382857095345, -0.04129415429914296],
    ["mish", g.mish, [1.5], 1.4033782663958028, 1.0884879850078475],
    ["mish", g.mish, [-1.5], -0.2980997421668068, -0.06409781589225863],
    ["elu", g.elu, [-1.5], -0.7768698398515702, 0.2231301601484298],
    ["selu", g.selu, [-1.5], -1.3658143533672527, 0.392284987480124],
    ["selu", g.selu, [1.5], 1.5760514810332207, 1.0507009873554805],
    ["leakyRelu", g.leakyRelu, [-1.5], -0.015, 0.01],
  ];

for (const [name, f, at, value, ...by] of values) {
  special(`${name}(${at}) is that of others`, () => {
    const found = slopes(f, ...at);
    assert.ok(Math.abs(found[0]! - value) <= 1e-14 * Math.abs(value), `${found[0]} instead of ${value}`);
    by.forEach((slope, i) => {
      assert.ok(Math.abs(found[i + 1]! - slope) <= 2e-14 * Math.abs(slope), `${found[i + 1]}, ${slope}`);
    });
  });
}

const corners: readonly (readonly [
  name: string,
  f: unknown,
  at: number[],
  value: number,
  ...by: number[],
])[] = [
  ["sinc", g.sinc, [0], 1, 0],
  ["sinc", g.sinc, [3], 0, -1 / 3],
  ["sinc", g.sinc, [infinity], 0, 0],
  ["xlogy", g.xlogy, [0, 0], 0, -infinity, 0],
  ["xlogy", g.xlogy, [0, nan], nan, nan, nan],
  ["xlogy", g.xlogy, [0, infinity], 0, infinity, 0],
  ["xlog1py", g.xlog1py, [0, -1], 0, -infinity, 0],
  ["logAddExp", g.logAddExp, [-infinity, -infinity], -infinity, 0, 0],
  ["logAddExp", g.logAddExp, [-infinity, 2], 2, 0, 1],
  ["logAddExp", g.logAddExp, [infinity, infinity], infinity, 0.5, 0.5],
  ["log1mexp", g.log1mexp, [0], -infinity, infinity],
  ["log1mexp", g.log1mexp, [1000], 0, 0],
  ["log1mexp", g.log1mexp, [-1], nan],
  ["logSigmoid", g.logSigmoid, [infinity], 0, 0],
  ["logSigmoid", g.logSigmoid, [-infinity], -infinity, 1],
  ["betaln", g.betaln, [0, 1], infinity],
  ["betaln", g.betaln, [-1, 1], nan],
  ["betaln", g.betaln, [nan, infinity], nan],
  ["erfinv", g.erfinv, [1], infinity, infinity],
  ["erfinv", g.erfinv, [-1], -infinity, infinity],
  ["erfinv", g.erfinv, [1.5], nan, nan],
  ["logErfc", g.logErfc, [infinity], -infinity, -infinity],
  ["logErfc", g.logErfc, [-infinity], Math.LN2, 0],
  ["i0e", g.i0e, [0], 1, 0],
  ["i0e", g.i0e, [-infinity], 0, 0],
  ["i1e", g.i1e, [0], 0, 0.5],
  ["i1e", g.i1e, [infinity], 0, 0],
  ["gammainc", g.gammainc, [2, 0], 0, 0, 0],
  ["gammainc", g.gammainc, [1, 0], 0, 0, 1],
  ["gammainc", g.gammainc, [3, infinity], 1, 0, 0],
  ["gammainc", g.gammainc, [-1, 2], nan],
  ["gammaincc", g.gammaincc, [2, 0], 1, 0, 0],
  ["gammaincc", g.gammaincc, [0, 2], 0],
  ["gammaincc", g.gammaincc, [0, 0], nan],
  ["silu", g.silu, [-infinity], 0, 0],
  ["silu", g.silu, [infinity], infinity],
  ["silu", g.silu, [1e300], 1e300, 1],
  ["silu", g.silu, [-1e300], 0, 0],
  ["mish", g.mish, [-infinity], 0, 0],
  ["mish", g.mish, [1e300], 1e300, 1],
  ["mish", g.mish, [-1e300], 0, 0],
  ["elu", g.elu, [0], 0, 1],
  ["elu", g.elu, [1e300], 1e300, 1],
  ["elu", g.elu, [-infinity], -1, 0],
  ["selu", g.selu, [-1e300], -1.0507009873554805 * 1.6732632423543772, 0],
  ["leakyRelu", g.leakyRelu, [0], 0, 0.01],
  ["leakyRelu", (x: Expr) => g.leakyRelu(x, { negativeSlope: 0 }), [-infinity], 0, 0],
  ["relu6", g.relu6, [0], 0, 0],
  ["relu6", g.relu6, [6], 6, 0],
  ["relu6", g.relu6, [2], 2, 1],
  ["relu6", g.relu6, [nan], nan],
  ["hardTanh", g.hardTanh, [-1], -1, 0],
  ["hardTanh", g.hardTanh, [0.5], 0.5, 1],
  ["nanToNum", g.nanToNum, [nan], 0, 0],
  ["nanToNum", g.nanToNum, [-infinity], -Number.MAX_VALUE, 0],
  ["nanToNum", g.nanToNum, [3], 3, 1],
  // Neither the value nor the infinite slope behind what was replaced leaks.
  ["nanToNum of log", (x: Expr) => g.nanToNum(g.log(x), { negInf: -9 }), [0], -9, 0],
  ["nanToNum of sqrt", (x: Expr) => g.nanToNum(g.sqrt(x)), [-1], 0, 0],
];

for (const [name, f, at, value, ...by] of corners) {
  special(`${name} at (${at})`, () => {
    const found = slopes(f, ...at);
    const expected = [value, ...by];
    assertClose(found.slice(0, expected.length), expected, 1e-15, name);
  });
}

special("slopes by the logarithm's factor can be taken in either order, where the factor is 0 too", () => {
  for (const [f, mixed] of [
    [g.xlogy, 1 / 3],
    [g.xlog1py, 1 / 4],
  ] as const) {
    const traced = g.trace({ a: g.scalar(), b: g.scalar() }, ({ a, b }) => f(a, b));
    const { a, b } = g.hessian(traced)({ a: 0, b: 3 }) as {
      a: { a: number; b: number };
      b: { a: number; b: number };
    };
    assert.equal([a.a, a.b, b.a], [0, mixed, mixed]);
  }
});

special("derivatives of every order at ties and at 0; at a kink the second is NaN", () => {
  const curvature = (f: Of, at: number) => {
    const once = g.grad(g.trace({ x: g.scalar() }, ({ x }) => f(x) as Expr<[]>));
    const twice = g.grad(g.trace({ x: g.scalar() }, ({ x }) => once({ x }).x));
    return (twice({ x: at }) as { x: number }).x;
  };
  assertClose(curvature(g.sinc as Of, 0), -(Math.PI ** 2) / 3, 1e-15, "sinc");
  assertClose(curvature(g.i0e as Of, 0), Number.NaN, 0, "i0e");
  assertClose(curvature(g.i1e as Of, 0), 0, 0, "i1e");
  assertClose(
    curvature((x) => g.logAddExp(x, 2), 2),
    0.25,
    1e-15,
    "logAddExp",
  );
  assertClose(
    curvature((x) => g.gammainc(3, x), 0),
    0,
    0,
    "gammainc",
  );
  assertClose(
    curvature((x) => g.gammainc(2, x), 0),
    1,
    1e-15,
    "gammainc",
  );
});

special("large shapes take no time that grows with them, and stay symmetric around the median", () => {
  for (const a of [1e3, 1e6, 1e12, 1e300]) {
    const [p, q] = [g.gammainc(a, a), g.gammaincc(a, a)];
    // P(a, a) = ½ + 1/(3·√(2πa)) + …, NIST Handbook of mathematical functions, 2010, 8.11.12
    assertClose(
      p,
      0.5 + 1 / (3 * Math.sqrt(2 * Math.PI) * Math.sqrt(a)),
      1e-15 + 1e-5 / Math.sqrt(a),
      `${a}`,
    );
    assertClose(p + q, 1, 1e-15, `${a}`);
  }
});

special("isNaN and isFinite tell numbers apart, and options are checked by name", () => {
  assert.equal(g.isNaN([1, nan, infinity, -infinity]), [0, 1, 0, 0]);
  assert.equal(g.isFinite([1, nan, infinity, -infinity]), [1, 0, 0, 0]);
  assert.equal(g.nanToNum([nan, infinity, 2], { nan: 5, posInf: 9 }), [5, 9, 2]);
  assert.throws(() => g.nanToNum(1, { posinf: 2 } as never), /^nanToNum: .*"posinf".*did you mean "posInf"/);
  assert.throws(
    () => g.elu(1, { alpha: "1" } as never),
    /^elu: alpha is the text "1"; it must be a finite number/,
  );
  assert.throws(() => g.leakyRelu(1, 0.1), /^leakyRelu: .*0\.1/);
  assert.throws(() => g.sinc("1" as never), /^sinc: .*the text "1"/);
  // @ts-expect-error: shapes (2) and (3) don't broadcast
  assert.throws(() => g.gammainc([1, 2], [1, 2, 3]), /^gammainc: .*\(2\) and \(3\)/);
});

special.run();
