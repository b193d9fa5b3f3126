/** Formulas against those that one would write by hand, and KaTeX reads the formula of every op. */
import katex from "katex";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as a from "../../graph/index.js";
import {
  AdjointError,
  type Expr,
  grad,
  matrix,
  scalar,
  simplify,
  sin,
  trace,
  vector,
} from "../../graph/index.js";
import * as inner from "../../graph/internal.js";
import { sizeOf } from "../../graph/shape.js";
import { applyTo } from "../../property-tests/support/arbitraries.js";
import { forAll } from "../../property-tests/support/law.js";
import { programOf, smooth, traceObjective } from "../../property-tests/support/programs.js";
import { instancesOf, ops } from "../../property-tests/support/registry.js";
import { cubic, testFunctions } from "../objectives/index.js";
import { toTex } from "./tex.js";

const formulas = suite("toTex");

// The longest formulas have more brackets than KaTeX takes for an endless macro.
const render = (tex: string) =>
  katex.renderToString(tex, { throwOnError: true, strict: "error", displayMode: true, maxExpand: 20_000 });

/** The formula of a function of the scalars x, y, z. */
function formula(f: (x: Expr, y: Expr, z: Expr) => unknown): string {
  return toTex(trace({ x: scalar(), y: scalar(), z: scalar() }, ({ x, y, z }) => f(x, y, z) as Expr));
}

const written: readonly (readonly [f: (x: Expr, y: Expr, z: Expr) => unknown, tex: string])[] = [
  // Sums and differences
  [(x, y, z) => a.add(a.add(x, y), z), "x + y + z"],
  [(x, y, z) => a.add(x, a.subtract(y, z)), "x + y - z"],
  [(x, y, z) => a.subtract(x, a.add(y, z)), "x - \\left(y + z\\right)"],
  [(x, y, z) => a.subtract(a.subtract(x, y), z), "x - y - z"],
  [(x, y, z) => a.subtract(x, a.subtract(y, z)), "x - \\left(y - z\\right)"],
  [(x, y) => a.add(x, a.negative(y)), "x - y"],
  [(x, y) => a.subtract(x, a.negative(y)), "x - \\left(-y\\right)"],
  [(x) => a.negative(a.negative(x)), "-\\left(-x\\right)"],
  [(x, y) => a.negative(a.add(x, y)), "-\\left(x + y\\right)"],
  // Products and fractions
  [(x, y) => a.multiply(x, y), "x y"],
  [(x, y, z) => a.multiply(a.add(x, y), z), "\\left(x + y\\right) \\, z"],
  [(x, y) => a.multiply(a.multiply(x, 2), y), "2 x y"],
  [(x) => a.multiply(a.multiply(2, x), 3), "3 \\cdot 2 x"],
  [(x, y) => a.multiply(a.negative(x), y), "-x y"],
  [(x, y) => a.multiply(x, a.negative(y)), "x \\, \\left(-y\\right)"],
  [(x, y) => a.add(y, a.multiply(-3, x)), "y - 3 x"],
  [(x) => a.multiply(x, -1), "-x"],
  [(x) => a.multiply(x, 1e-7), "10^{-7} x"],
  [(x) => a.multiply(x, 2.5e21), "2.5 \\cdot 10^{21} x"],
  [(x, y, z) => a.divide(a.add(x, y), a.multiply(y, z)), "\\frac{x + y}{y z}"],
  [(x, y) => a.multiply(x, a.divide(1, y)), "x \\frac{1}{y}"],
  // Powers and roots
  [(x) => a.square(x), "x^{2}"],
  [(x) => a.square(a.negative(x)), "\\left(-x\\right)^{2}"],
  [(x) => a.negative(a.square(x)), "-x^{2}"],
  [(x, y) => a.power(a.multiply(x, y), 3), "\\left(x y\\right)^{3}"],
  [(x, y, z) => a.power(a.power(x, y), z), "\\left(x^{y}\\right)^{z}"],
  [(x, y, z) => a.power(x, a.power(y, z)), "x^{y^{z}}"],
  [(x, y) => a.square(a.divide(x, y)), "\\left(\\frac{x}{y}\\right)^{2}"],
  [(x) => a.power(x, 0.5), "\\sqrt{x}"],
  [(x) => a.power(x, -1), "\\frac{1}{x}"],
  [(x) => a.power(x, -2), "x^{-2}"],
  [(x, y) => a.sqrt(a.add(x, y)), "\\sqrt{x + y}"],
  [(x) => a.square(a.sqrt(x)), "\\sqrt{x}^{2}"],
  [(x) => a.cbrt(x), "\\sqrt[3]{x}"],
  [(x) => a.exp(a.negative(a.square(x))), "e^{-x^{2}}"],
  [(x) => a.square(a.exp(x)), "\\left(e^{x}\\right)^{2}"],
  [(x, y) => a.multiply(a.expm1(x), y), "\\left(e^{x} - 1\\right) \\, y"],
  // Functions
  [(x) => a.square(a.sin(x)), "\\sin^{2}\\left(x\\right)"],
  [(x) => a.power(a.sin(x), -2), "\\left(\\sin\\left(x\\right)\\right)^{-2}"],
  [(x, y) => a.multiply(a.sin(x), y), "\\sin\\left(x\\right) \\, y"],
  [(x) => a.sin(a.multiply(x, 2 * Math.PI)), "\\sin\\left(2 \\pi x\\right)"],
  [(x) => a.log(x), "\\ln\\left(x\\right)"],
  [(x) => a.log1p(x), "\\ln\\left(1 + x\\right)"],
  [(x) => a.asinh(x), "\\operatorname{arsinh}\\left(x\\right)"],
  [(x, y) => a.atan2(y, x), "\\operatorname{atan2}\\left(y, x\\right)"],
  [(x, y) => a.maximum(x, a.abs(y)), "\\max\\left(x, \\left|y\\right|\\right)"],
  // What derivatives are made of
  [(x) => inner.sechSquared(x), "\\operatorname{sech}^{2}\\left(x\\right)"],
  [(x) => a.square(inner.sechSquared(x)), "\\left(\\operatorname{sech}^{2}\\left(x\\right)\\right)^{2}"],
  [(x) => a.multiply(2, inner.oneMinusSquare(x)), "2 \\, \\left(1 - x^{2}\\right)"],
  [(x, y) => inner.direction(x, y), "\\frac{x}{\\sqrt{x^{2} + y^{2}}}"],
  [(x) => inner.normalCdf(x), "\\Phi\\left(x\\right)"],
  [
    (x) => inner.logisticDensity(x),
    "\\operatorname{sigmoid}\\left(x\\right) \\, \\operatorname{sigmoid}\\left(-x\\right)",
  ],
  // Conditions
  [(x, y) => a.greaterEqual(x, y), "\\left[x \\ge y\\right]"],
  [(x, y) => a.multiply(2, a.less(x, y)), "2 \\, \\left[x < y\\right]"],
  [
    (x, y, z) => a.where(a.logicalAnd(a.greater(x, 0), y), x, z),
    "\\begin{cases} x & \\text{if } (x > 0) \\land y \\ne 0 \\\\ z & \\text{otherwise} \\end{cases}",
  ],
  [
    (x) => a.where(a.logicalNot(x), 1, 0),
    "\\begin{cases} 1 & \\text{if } x = 0 \\\\ 0 & \\text{otherwise} \\end{cases}",
  ],
  [
    (x, y) => a.add(a.where(x, x, y), 1),
    "\\left(\\begin{cases} x & \\text{if } x \\ne 0 \\\\ y & \\text{otherwise} \\end{cases}\\right) + 1",
  ],
  // Numbers
  [(x) => a.add(x, Number.POSITIVE_INFINITY), "x + \\infty"],
  [(x) => a.add(x, Number.NaN), "x + \\mathrm{NaN}"],
  [(x) => a.add(x, -0.5), "x - 0.5"],
  [(x) => a.add(x, Math.E), "x + e"],
];

for (const [f, tex] of written) {
  formulas(tex, () => {
    assert.is(formula(f), tex);
    render(tex);
  });
}

formulas("the course's objective, and its gradient", () => {
  assert.is(toTex(cubic.f), "x_{1}^{2} + x_{2}^{2} + x_{2}^{3} + x_{1} x_{2}");
  assert.is(
    toTex(simplify(grad(cubic.f))),
    "\\begin{aligned} {\\text{x}}_{1} &= x_{2} + 2 x_{1} \\\\ {\\text{x}}_{2} &= x_{1} + 3 x_{2}^{2} + 2 x_{2} \\end{aligned}",
  );
});

/** The formula of a function of a vector x of 20 elements and a matrix W of 20 × 5. */
function tensorFormula(f: (x: Expr, W: Expr) => unknown): string {
  return toTex(trace({ x: vector(20), W: matrix(20, 5) }, ({ x, W }) => f(x, W) as Expr));
}

const indexed: readonly (readonly [f: (x: Expr, W: Expr) => unknown, tex: string])[] = [
  [(x) => a.sum(a.square(x)), "\\sum_{i=1}^{20} x_{i}^{2}"],
  [(x) => a.add(a.sum(x), 1), "\\left(\\sum_{i=1}^{20} x_{i}\\right) + 1"],
  [(x) => a.add(1, a.sum(x)), "1 + \\sum_{i=1}^{20} x_{i}"],
  [(x) => a.sum(a.add(x, 1)), "\\sum_{i=1}^{20} \\left(x_{i} + 1\\right)"],
  [(_, W) => a.sum(W), "\\sum_{i=1}^{20} \\sum_{j=1}^{5} W_{i,j}"],
  [(_, W) => a.sum(a.exp(a.sum(W, 0))), "\\sum_{i=1}^{5} e^{\\sum_{j=1}^{20} W_{j,i}}"],
  [(x) => a.max(x), "\\max_{1 \\le i \\le 20} x_{i}"],
  [(x) => a.sum(a.multiply(a.slice(x, 1), a.slice(x, 0, -1))), "\\sum_{i=1}^{19} x_{i+1} x_{i}"],
  [(x) => a.sum(a.slice(x, 0, 20, { step: 2 })), "\\sum_{i=1}^{10} x_{2i-1}"],
  [(x) => a.sum(a.slice(x, undefined, undefined, { step: -1 })), "\\sum_{i=1}^{20} x_{-i+21}"],
  [(x, W) => a.sum(a.matmul(x, W)), "\\sum_{i=1}^{5} \\sum_{j=1}^{20} x_{j} W_{j,i}"],
  [(_, W) => a.index(a.transpose(W), 4, 0), "W_{1,5}"],
  [(x) => a.index(a.concatenate([x, a.square(x)]), 21), "x_{2}^{2}"],
  [(x) => a.index(a.pad(x, [[2, 0]]), 1), "0"],
  [
    (x) => a.sum(a.square(a.concatenate([x, x]))),
    "\\sum_{i=1}^{40} {\\operatorname{assemble}\\left(x, x\\right)}_{i}^{2}",
  ],
  [
    (x) => a.sum(a.multiply(a.slice(x, 0, 3), [1, 2, 4])),
    "\\sum_{i=1}^{3} x_{i} \\, {\\left(1, 2, 4\\right)}_{i}",
  ],
  [(x) => a.square(x), "\\begin{aligned} {\\text{f}}_{i} &= x_{i}^{2} \\end{aligned}"],
];

for (const [f, tex] of indexed) {
  formulas(tex, () => {
    assert.is(tensorFormula(f), tex);
    render(tex);
  });
}

formulas("names become variables, words and subscripts, and are escaped", () => {
  const names = {
    x1: "x_{1}",
    w_12: "w_{12}",
    theta: "\\theta",
    sigma2: "\\sigma_{2}",
    loss: "\\mathrm{loss}",
    "learning rate": "\\text{learning rate}",
    "50%_{#}&$~^\\": "\\text{50\\%\\_\\{\\#\\}\\&\\$\\textasciitilde{}\\textasciicircum{}\\textbackslash{}}",
  };
  for (const [name, tex] of Object.entries(names)) {
    const f = trace({ [name]: scalar() }, (inputs) => inputs[name]!);
    assert.is(toTex(f), tex);
    render(tex);
  }
  assert.is(toTex(trace({ x1: vector(3) }, ({ x1 }) => a.index(x1, 2))), "x_{1,3}");
});

formulas("what stands in a tree is named by its path, whatever the keys", () => {
  const f = trace({ layers: [{ W: vector(2), b: scalar() }] }, ({ layers: [{ W, b }] }) => ({
    out: [a.add(a.sum(W), b)],
  }));
  assert.is(
    toTex(f),
    "\\begin{aligned} \\text{out.0} &= \\left(\\sum_{i=1}^{2} \\text{layers.0.W}_{i}\\right) + \\text{layers.0.b} \\end{aligned}",
  );
  for (const name of ["", "__proto__", "a.b", "0", "50%_{#}&$~^\\", "<b>", 'say "x"', "naïve", "\n"]) {
    const named = trace({ deep: [{ [name]: vector(2) }] }, ({ deep }) => ({
      [name]: [a.square(deep[0]![name]!)],
    }));
    render(toTex(named));
    render(toTex(grad(trace({ deep: [{ [name]: vector(2) }] }, ({ deep }) => a.sum(deep[0]![name]!)))));
  }
});

formulas("indices avoid the names of inputs", () => {
  const f = trace({ i: vector(3), x: vector(3) }, ({ i, x }) => a.dot(i, x));
  assert.is(toTex(f), "\\sum_{j=1}^{3} i_{j} x_{j}");
});

for (const op of ops) {
  formulas(`${op.name} and its derivative are legal TeX`, () => {
    const instances = instancesOf(op) ?? [
      { shapes: op.domains.map(() => []), params: {} },
      { shapes: op.domains.map(() => [2, 12]), params: {} },
    ];
    for (const { shapes, params } of instances) {
      const specs = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, { shape }]));
      const f = trace({ any: scalar(), ...specs }, ({ any, ...inputs }) =>
        applyTo(any.builder, op, Object.values(inputs) as Expr[], params),
      );
      render(toTex(f));
      const size = sizeOf(f.graph.nodes[f.graph.outputs as number]!.shape);
      if (size > 0)
        render(toTex(simplify(grad(trace({ any: scalar(), ...specs }, (inputs) => a.sum(f(inputs)))))));
    }
  });
}

formulas("random graphs are legal TeX, or too long", () => {
  let rendered = 0;
  forAll(180, programOf({ ...smooth, steps: 5 }), (program) => {
    try {
      render(toTex(traceObjective(program)));
      rendered++;
    } catch (error) {
      if (!(error instanceof AdjointError)) throw error;
    }
  });
  assert.ok(rendered > 30, `${rendered} of 60`);
});

for (const { name, f } of testFunctions) {
  formulas(`${name} is legal TeX`, () => {
    render(toTex(f));
  });
}

formulas("a formula that would fill pages is an error", () => {
  for (const grow of [(x: Expr) => a.multiply(a.add(x, 1), x) as Expr, (x: Expr) => sin(x) as Expr]) {
    const f = trace({ x: scalar() }, ({ x }) => {
      let y: Expr = x;
      for (let i = 0; i < 10_000; i++) y = grow(y);
      return y;
    });
    assert.throws(
      () => toTex(f),
      /toTex: the formula of this graph of \d+ nodes would fill pages; print\(f\)/,
    );
  }
  assert.throws(() => toTex((() => 1) as never), /toTex: expected a traced function/);
});

formulas.run();
