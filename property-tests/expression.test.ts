/** Laws of texts: what they mean by mathjs's evaluator and by differences, that they can be written and read, that none hurts. */
import {
  AdjointError,
  add,
  compile,
  cubic,
  type Expr,
  grad,
  hessian,
  print,
  saddle,
  scalar,
  square,
  sum,
  type Traced,
  testFunctions,
  trace,
  unary,
  vector,
  weightedSphere,
  zeros,
} from "adjoint";
import { expression, math, model, toExpression } from "adjoint/expression";
import { curveFit } from "adjoint/solvers";
import { assertGradient } from "adjoint/testing";
import { all, create } from "mathjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nest, sizeOf } from "../graph/internal.js";
import { functions } from "../src/expression/functions.js";
import { longHostile, shortHostile } from "./support/hostile-texts.js";
import { fc, forAll } from "./support/law.js";
import { faultOf, scalarTexts, variables, wildTexts } from "./support/texts.js";

const mathjs = create(all!, { predictable: true });
const laws = suite("texts");

const coordinate = fc.double({ min: -3, max: 3, noNaN: true }).map((x) => Math.round(x * 64) / 64);
const points = fc.tuple(coordinate, coordinate, coordinate);

/** The inputs of a text among the variables. */
const given = (
  f: { readonly graph: { readonly inputs: readonly { readonly name: string }[] } },
  point: readonly number[],
) => Object.fromEntries(f.graph.inputs.map(({ name }) => [name, point[variables.indexOf(name as "x")]!]));

laws("a text means what mathjs's evaluator says, where that is a real number", () => {
  let compared = 0;
  forAll(1200, fc.tuple(scalarTexts, points), ([text, point]) => {
    const scope = Object.fromEntries(variables.map((name, i) => [name, point[i]!]));
    const expected: unknown = mathjs.evaluate(text, scope);
    const f = expression(text);
    const found = f(given(f, point)) as number;
    const value = typeof expected === "boolean" ? Number(expected) : expected;
    if (typeof value !== "number" || !Number.isFinite(value) || !Number.isFinite(found)) return;
    compared++;
    // Each step rounds; what nearly cancels, or stands beside a jump, shows it.
    const nearby = [1 - 1e-13, 1 + 1e-13].map((factor) =>
      Number(
        mathjs.evaluate(text, Object.fromEntries(Object.entries(scope).map(([key, x]) => [key, x * factor]))),
      ),
    );
    const spread = Math.max(...nearby.map((one) => Math.abs(one - value))) || 0;
    const allowed = 1e-12 * Math.max(1, Math.abs(value)) + 1e3 * spread;
    assert.ok(
      !(Math.abs(found - value) > allowed),
      `${JSON.stringify(text)} at ${point}: ${found}, not ${value}`,
    );
  });
  assert.ok(compared > 150, `${compared} compared`);
});

laws("a text's gradient is that of differences", () => {
  const smooth = [
    "x^2*y - sin(x*y)/3",
    "exp(-(x^2 + y^2)) * z1",
    "sum(x^k/k, k, 1, 5) + prod(y + k, k, 1, 3)",
    "f(t) = t^3 - t\nf(x y) + f(z1)",
  ];
  for (const text of smooth) assertGradient(expression(text));
  assertGradient(
    expression("x: vector(3); A: matrix(2, 3); r = A*x - [1, 2]; norm(r)^2 + sum(x .^ 4) + x[2:end]*x[1:2]"),
  );
});

laws("diff and gradient in a text are those of the function, at every order", () => {
  const f = expression("x^3*y^2 + sin(x*y)");
  const point = { x: 0.7, y: -1.3 };
  const slopes = grad(f)(point) as { x: number; y: number };
  const near = (a: number, b: number) =>
    assert.ok(Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(b)), `${a}, not ${b}`);
  const at = (text: string) => expression(text)(point) as number;
  near(at("diff(x^3*y^2 + sin(x*y), x)"), slopes.x);
  near(at("derivative(x^3*y^2 + sin(x*y), y)"), slopes.y);
  const both = expression("gradient(x^3*y^2 + sin(x*y), x, y)")(point) as Float64Array;
  near(both[0]!, slopes.x);
  near(both[1]!, slopes.y);
  const second = hessian(f)(point) as { x: { x: number; y: number } };
  near(at("diff(x^3*y^2 + sin(x*y), x, 2)"), second.x.x);
  near(at("diff(diff(x^3*y^2 + sin(x*y), x), y)"), second.x.y);
  // Through what was assigned, and through functions; by what was assigned, that alone.
  near(at("u = x^2; v = u*y; diff(v*u, x) + y - y"), 4 * 0.7 ** 3 * -1.3);
  near(at("u = x^2; diff(u^3 + y, u)"), 3 * 0.7 ** 4);
  near(at("f(t) = t^2*y; diff(f(x), x)"), 2 * 0.7 * -1.3);
  near(at("f(t) = diff(t^3, t); f(x*y)"), 3 * (0.7 * -1.3) ** 2);
  near(at("sum(diff(x^k, x), k, 1, 4) + y - y"), 1 + 2 * 0.7 + 3 * 0.49 + 4 * 0.343);
  const whole = expression("x: vector(3); gradient(sum(x .^ 3), x)")({
    x: [1, 2, 3],
  }) as Float64Array;
  assert.equal([...whole], [3, 12, 27]);
});

/** Whether two functions of the same inputs are the same expression of them. */
function isSame(
  f: unknown,
  g: unknown,
  inputs: readonly { readonly name: string; readonly shape: readonly number[] }[],
): boolean {
  const specs = Object.fromEntries(inputs.map(({ name, shape }) => [name, { shape }]));
  let same = false;
  trace(specs, (exprs) => {
    const [a, b] = [f, g].map((one) => (one as (given: object) => Expr)(exprs));
    same = a!.id === b!.id;
    return a!;
  });
  return same;
}

/** The same, or of the same values to the bit where ops of numbers alone were written as numbers. */
function isSameFunction(f: Traced, g: Traced): boolean {
  const { inputs } = f.graph;
  if (isSame(f, g, inputs)) return true;
  const size = inputs.reduce((all, { shape }) => all + sizeOf(shape), 0);
  return fc
    .sample(fc.array(coordinate, { minLength: size, maxLength: size }), { numRuns: 5, seed: 1 })
    .every((numbers) => {
      let place = 0;
      const point = Object.fromEntries(
        inputs.map(({ name, shape }) => {
          const own = numbers.slice(place, place + sizeOf(shape));
          place += sizeOf(shape);
          return [name, nest(Float64Array.from(own), shape)];
        }),
      );
      const [a, b] = [f, g].map((one) => one(point) as unknown);
      const bits = (value: unknown) => [value as number].flatMap((one) => Array.from([one].flat()));
      return bits(a).every((one, i) => Object.is(one, bits(b)[i]));
    });
}

laws("every function of texts is written as a text that is read as the same", () => {
  const kinds = "x: scalar\nv: vector(3)\nw: vector(3)\nA: matrix(3, 3)\nB: matrix(3, 3)";
  const given: Record<number, readonly string[]> = {
    1: ["x", "v", "A", "3"],
    2: ["x, 2", "2, x", "v, w", "A, B", "A, v", "A, 2", "v, 0.25", "v, [3, 1]"],
    3: ["x, 1, 2", "1, 2, x", "v, 1, 2", "2, 2, x"],
  };
  let count = 0;
  const known = new Set<unknown>();
  for (const [name, one] of functions)
    for (const number of [1, 2, 3]) {
      const { arity } = one;
      if (number < arity[0] || number > arity[1] || known.has(one)) continue;
      for (const args of given[number]!) {
        let f: Traced;
        try {
          f = expression(`${kinds}\n${name}(${args})`) as Traced;
        } catch {
          continue;
        }
        count++;
        assert.ok(isSameFunction(f, expression(toExpression(f)) as Traced), `${name}(${args})`);
      }
      if (number === Math.min(3, arity[1])) known.add(one);
    }
  assert.ok(count > 400, `${count} compared`);
  const own = trace({ x: scalar() }, ({ x }) =>
    unary({ name: "own", compute: (v) => v, partials: () => [() => 1] })(x),
  );
  assert.throws(() => toExpression(own), /own can't be written as text/);
});

laws("what is written is read as the same function, with the same inputs in the same order", () => {
  let count = 0;
  forAll(180, scalarTexts, (text) => {
    const f = expression(text);
    const written = toExpression(f);
    const g = expression(written);
    assert.equal(g.graph.inputs, f.graph.inputs, written);
    if (f.graph.inputs.length === 0) return;
    count++;
    assert.ok(isSameFunction(f, g), `${text}\n${written}\n${print(f)}\n${print(g)}`);
  });
  assert.ok(count > 48);
  for (const [name, { f }] of testFunctions.map(({ name, f }) => [name, { f }] as const)) {
    const g = expression(toExpression(f));
    assert.ok(isSame(f, g, f.graph.inputs), name);
  }
  const arrays = [
    "x: vector(3); A: matrix(2, 3); sum(A*x) + x*x + mean(x) + max(x) + A[1, 2] + sum(A[:, 2]) + sum(x[2:3]) + prod(x)",
    "x: vector(4); norm(x) + softmax(x)[1] + logSumExp(x) + median(x) + std(x) + sum(sort(x)) + sum(x .^ 2 ./ 3)",
    "x: vector(2); y: scalar; [x[1], y, 1]*[y, 2, x[2]] + sum(concat(x, x)) + sum(reshape(x, [2, 1]))",
    "A: matrix(3, 3); det(A) + sum(inv(A)) + sum(A') + sum(sum(A, 1)) + sum(A*A) + A[2, :]*A[:, 1]",
    "leakyRelu(x) + gelu(x) + silu(x) + clip(x, -1, y) + sec(x) + logSigmoid(y) + min(x, y, 3)",
  ];
  for (const text of arrays) {
    const f = expression(text);
    const written = toExpression(f);
    assert.ok(isSame(f, expression(written), f.graph.inputs), `${text}\n${written}`);
  }
});

laws("classic objectives, typed, are those of the library", () => {
  const texts: Record<string, string> = {
    rosenbrock: "x: vector(2); 100(x[2] - x[1]^2)^2 + (1 - x[1])^2",
    booth: "x: vector(2); (x[1] + 2x[2] - 7)^2 + (2x[1] + x[2] - 5)^2",
    himmelblau: "x: vector(2)\na = x[1]^2 + x[2] - 11\nb = x[1] + x[2]^2 - 7\na^2 + b^2",
    rastrigin: "x: vector(2); 20 + sum(x[i]^2 - 10cos(2 pi x[i]), i, 1, 2)",
    matyas: "x: vector(2); 0.26(x[1]^2 + x[2]^2) - 0.48x[1] x[2]",
    easom: "x: vector(2); -cos(x[1])cos(x[2])exp(-(x[1] - pi)^2 - (x[2] - pi)^2)",
    beale: "x: vector(2); sum(([1.5, 2.25, 2.625] - x[1]*(1 - [x[2], x[2]^2, x[2]^3])) .^ 2)",
    mccormick: "x: vector(2); sin(x[1] + x[2]) + (x[1] - x[2])^2 - 1.5x[1] + 2.5x[2] + 1",
    threeHumpCamel: "x: vector(2); 2x[1]^2 - 1.05x[1]^4 + x[1]^6/6 + x[1] x[2] + x[2]^2",
    ackley: "x: vector(2); -20exp(-0.2sqrt(sum(x .^ 2)/2)) - exp(sum(cos(2pi*x))/2) + e + 20",
  };
  for (const [name, text] of Object.entries(texts)) {
    const objective = testFunctions.find((one) => one.name === name)!;
    const [ours, theirs] = [expression(text), objective.f].map(
      (f) => compile(f) as (given: object) => number,
    );
    for (const x of [
      [0.3, -0.7],
      [2, 3],
      [-1.25, 0.5],
    ]) {
      const [a, b] = [ours!({ x }), theirs!({ x })];
      assert.ok(Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(b)), `${name} at ${x}: ${a}, not ${b}`);
    }
  }
});

laws("every objective's formula is read as the objective", () => {
  for (const { name, formula, f } of [weightedSphere(), saddle, cubic, ...testFunctions]) {
    const read = expression(formula);
    for (const x of [
      [0.3, -0.7],
      [2, 3],
      [-1.25, 0.5],
    ]) {
      const point = Object.fromEntries(
        read.graph.inputs.map((one) => [one.name, x[Number(one.name.slice(1)) - 1]!]),
      );
      const [a, b] = [read(point) as number, f({ x })];
      assert.ok(Math.abs(a - b) <= 1e-14 * Math.max(1, Math.abs(b)), `${name} at ${x}: ${a}, not ${b}`);
    }
  }
});

laws("a template reads its places, once for each place in a program", () => {
  const make = () =>
    trace({ x: vector(2) }, ({ x: [x1, x2] }) => math`${x1}^2 + ${x2}^2 + ${x2}^3 + ${x1} ${x2}`);
  assert.is(make()({ x: [2, 3] }), 46);
  assert.is(make()({ x: [1, 1] }), 4);
  assert.is(math`2 + ${3}*4` as unknown, 14);
  const matrixForm = trace({ x: vector(2) }, ({ x }) => math`${[[1, 2], [3, 4]]} * ${x}`);
  assert.equal(matrixForm({ x: [1, 1] }), Float64Array.of(3, 7));
  const same = trace({ x: scalar() }, ({ x }) => add(math`y = ${x}^2; y + 1`, square(x)));
  assert.is(same({ x: 3 }), 19);
  assert.throws(
    () => math`2 + ${3}*z`,
    /math: line 1, column 10: "z" isn't known; what isn't in the text stands in a place, as \$\{z\}/,
  );
  assert.throws(() => math`diff(${3}^2, ${3})`, /needs the text of what it is of/);
});

laws("a model's text is computed row by row, each as the text of its numbers", () => {
  forAll(60, fc.tuple(scalarTexts, fc.array(points, { minLength: 1, maxLength: 4 })), ([text, rows]) => {
    const one = expression(text);
    if (one.graph.inputs.length === 0) return;
    const kinds = Object.fromEntries(one.graph.inputs.map(({ name }) => [name, vector(rows.length)]));
    const columns = trace(
      kinds,
      (inputs) => add(model(text)(inputs), zeros([rows.length])) as Expr<[number]>,
    );
    const of = (name: string) => rows.map((row) => row[variables.indexOf(name as "x")]!);
    const found = columns(Object.fromEntries(one.graph.inputs.map(({ name }) => [name, of(name)])));
    for (const [i, row] of rows.entries()) {
      const expected = one(given(one, row)) as number;
      assert.ok(
        Object.is(found[i], expected) || found[i] === expected,
        `${text}, row ${i}: ${found[i]}, not ${expected}`,
      );
    }
  });
  const fit = curveFit(model("a*x^2 + b"), { a: 1, b: 1 }, { x: [1, 2, 3, 4], y: [5, 14, 29, 50] });
  assert.ok(Math.abs(fit.parameters.a - 3) < 1e-9 && Math.abs(fit.parameters.b - 2) < 1e-9);
  const text = "diff(a*x^3, x) + diff(a^2*x, a)";
  const slope = trace({ x: vector(3), a: scalar() }, (inputs) => model(text)(inputs) as Expr<[3]>);
  assert.equal(slope({ x: [1, 2, 3], a: 2 }), Float64Array.of(6 + 4, 24 + 8, 54 + 12));
  for (const [text, message] of [
    ["b*sum(x)", /sum is of arrays; a model is of the numbers of one row/],
    ["b*x[1]", /there are no arrays in a model/],
    ["b*x + c", /column 7: "c" is neither a parameter nor a predictor/],
    ["2", /depends on no parameter and no predictor/],
  ] as const)
    assert.throws(() => curveFit(model(text), { b: 1 }, { x: [1, 2], y: [1, 2] }), message);
  const ownKeys = (): never => {
    throw new Error("no keys");
  };
  assert.throws(() => model("b*x")(new Proxy({}, { ownKeys })), /model: the inputs can't be read: .*no keys/);
});

// `npm run fuzz -- --text` draws many more, and looks at the time and the memory that each takes.
laws("any text ends in a function or one clear error", () => {
  forAll(300, wildTexts, (text) => assert.is(faultOf(text), undefined));
});

// Each within a second, as `npm run fuzz -- --text` asserts of these and of 10⁵ others.
laws("hostile texts end in a function or one clear error", () => {
  assert.ok(shortHostile.length > 250);
  const quick = longHostile.filter((_, i) => i % 4 === 0);
  for (const text of [...shortHostile, ...quick]) assert.is(faultOf(text), undefined);
});

const mistakes: readonly (readonly [string, RegExp])[] = [
  [
    "x + sinn(y)",
    /^expression: line 1, column 5: unknown function "sinn"; did you mean "sin"\?\n {2}x \+ sinn\(y\)\n {6}\^/,
  ],
  ["x +", /line 1, column 4: unexpected end of expression/],
  ["a = 1\nx + ab + b + a", /line 2, column 5: "ab" isn't known; did you mean a\*b\?/],
  ["sinx + x", /"sinx" isn't known; did you mean sin\(x\)\?/],
  ["x(y + 1)", /unknown function "x"; a product with a bracket is x\*\(…\)/],
  ["sin x", /"sin" is a function; call it, as in sin\(x\)/],
  ["|x|", /\|x\| is abs\(x\)/],
  ["x ** 2", /a power is x\^2/],
  ["x & y", /"and" joins conditions/],
  ["'x'", /texts in quotes are no values/],
  ["x.y", /values have no properties/],
  ["{a: 1}", /objects in braces are no values/],
  ["x to y", /there are no units/],
  ["__proto__ + 1", /"__proto__" is no name here/],
  ["constructor(x)", /"constructor" is no name here/],
  ["sin(x, y)", /sin takes 1 argument, not 2/],
  ["y + x; y = 2", /"y" is used before it is assigned/],
  ["f(x) = f(x); f(y)", /f calls itself/],
  ["x: vector(2); x[3]", /3 is outside; the indices go from 1 to 2/],
  ["x: vector(2); x^2", /\.\^ raises each element/],
  ["x: vector(2); y: vector(3); x + y", /add: /],
  ["x[1] = 2; x", /an element can't be assigned to/],
  ["sum(x, i, 1, 1e12)", /1000000000000 terms are more than 10000/],
  ["(".repeat(10_000), /brackets are nested deeper than 200/],
  [`${"-".repeat(50_000)}x`, /nested too deeply/],
  ["x".repeat(100_001), /has 100001 characters/],
  [
    "f(x) = x + x\n" +
      "g".repeat(3) +
      "(x) = f(f(f(x)))\n" +
      Array.from({ length: 16 }, (_, i) => `h${i}(x) = ${i ? `h${i - 1}(h${i - 1}(x))` : "ggg(x)"}`).join(
        "\n",
      ) +
      "\nh15(y)",
    /unfolds to more than/,
  ],
  ["", /the text is empty/],
  ["x: vector(2.5); x", /a length must be a whole number/],
];

for (const [text, message] of mistakes)
  laws(`a mistake is told: ${JSON.stringify(text.slice(0, 40))}`, () => {
    assert.throws(
      () => expression(text),
      (error: Error) =>
        error instanceof AdjointError && (message.test(error.message) || assert.unreachable(error.message)),
    );
  });

laws("10⁵ characters, and chains of 50,000 operators, are read", () => {
  const f = expression(`${"x + ".repeat(24_000)}x`);
  assert.is(f({ x: 1 }) as unknown, 24_001);
  assert.is(expression("9^9^9")({}) as unknown, Infinity);
});

laws("inputs stand in the text's order, and options tell kinds and constants", () => {
  assert.equal(
    expression("y + x*a").graph.inputs.map(({ name }) => name),
    ["y", "x", "a"],
  );
  const f = expression("A*x + b", {
    inputs: { x: vector(2) },
    constants: {
      A: [
        [1, 2],
        [3, 4],
      ],
      b: [1, 1],
    },
  });
  assert.equal(f({ x: [1, 1] }), Float64Array.of(4, 8));
  assert.throws(
    () => expression("x + y", { inputs: { z: scalar() } }),
    /"z" is declared, but the text has no such name/,
  );
  assert.throws(
    () => expression("x + y", { inputs: { x: 3 as never } }),
    /inputs\.x must be a kind such as vector\(3\), not 3/,
  );
  assert.throws(
    () => expression("k x", { inputs: { k: scalar() }, constants: { k: 2 } }),
    /"k" is both an input and a constant/,
  );
  assert.throws(
    () => toExpression(trace({ "a.b": scalar() }, (inputs) => square(inputs["a.b"]))),
    /"a\.b" has a name that a text can't/,
  );
  assert.throws(
    () => toExpression(trace({ x: vector(2) }, ({ x }) => ({ a: sum(x), b: x }))),
    /a tree of 2 outputs/,
  );
});

laws.run();
