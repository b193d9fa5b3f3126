/** A second opinion: mathjs's symbolic derivatives of random expressions, written once as text and once as a graph. */
import { derivative, type EvalFunction, type MathNode, parse } from "mathjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as adjoint from "../graph/index.js";
import { type Expr, grad, scalar, trace } from "../graph/index.js";
import { fc, forAll } from "./support/law.js";
import { assertClose } from "./support/tolerance.js";

const symbolic = suite("symbolic derivatives");

/** An expression in both languages. */
interface Both {
  readonly text: string;
  readonly build: (x: Expr, y: Expr) => Expr;
}

type Unary = (x: Expr) => unknown;

/** Functions that are defined everywhere, each by its text with `_` for the operand. */
const unary: readonly (readonly [text: string, build: Unary])[] = [
  ["sin(_)", adjoint.sin],
  ["cos(_)", adjoint.cos],
  ["tanh(_)", adjoint.tanh],
  ["atan(_)", adjoint.atan],
  ["asinh(_)", adjoint.asinh],
  ["sinh(tanh(_))", (x) => adjoint.sinh(adjoint.tanh(x) as Expr)],
  ["cosh(sin(_))", (x) => adjoint.cosh(adjoint.sin(x) as Expr)],
  ["tan(sin(_))", (x) => adjoint.tan(adjoint.sin(x) as Expr)],
  ["exp(sin(_))", (x) => adjoint.exp(adjoint.sin(x) as Expr)],
  ["log(1 + _^2)", (x) => adjoint.log(adjoint.add(1, adjoint.square(x)) as Expr)],
  ["log10(2 + cos(_))", (x) => adjoint.log10(adjoint.add(2, adjoint.cos(x)) as Expr)],
  ["sqrt(1 + _^2)", (x) => adjoint.sqrt(adjoint.add(1, adjoint.square(x)) as Expr)],
  ["asin(sin(_) / 2)", (x) => adjoint.asin(adjoint.divide(adjoint.sin(x), 2) as Expr)],
  ["acos(cos(_) / 2)", (x) => adjoint.acos(adjoint.divide(adjoint.cos(x), 2) as Expr)],
  ["acosh(2 + _^2)", (x) => adjoint.acosh(adjoint.add(2, adjoint.square(x)) as Expr)],
  ["atanh(sin(_) / 2)", (x) => adjoint.atanh(adjoint.divide(adjoint.sin(x), 2) as Expr)],
  ["(_)^3", (x) => adjoint.power(x, 3)],
  ["(1 + _^2)^(-1.5)", (x) => adjoint.power(adjoint.add(1, adjoint.square(x)) as Expr, -1.5)],
  ["-(_)", adjoint.negative],
];

const binary: readonly (readonly [text: string, build: (a: Expr, b: Expr) => unknown])[] = [
  ["(_ + #)", adjoint.add],
  ["(_ - #)", adjoint.subtract],
  ["(_ * #)", adjoint.multiply],
  ["(_ / (2 + sin(#)))", (a, b) => adjoint.divide(a, adjoint.add(2, adjoint.sin(b)) as Expr)],
  [
    "((1 + _^2)^(sin(#)))",
    (a, b) => adjoint.power(adjoint.add(1, adjoint.square(a)) as Expr, adjoint.sin(b) as Expr),
  ],
];

const { expression } = fc.letrec<{ expression: Both; leaf: Both }>((tie) => ({
  leaf: fc.oneof(
    fc.constant<Both>({ text: "x", build: (x) => x }),
    fc.constant<Both>({ text: "y", build: (_, y) => y }),
    fc.integer({ min: 1, max: 9 }).map(
      (n): Both => ({
        text: `${n / 4}`,
        build: (x) => adjoint.add(adjoint.multiply(0, x), n / 4) as Expr,
      }),
    ),
  ),
  expression: fc.oneof(
    { maxDepth: 4, depthIdentifier: "expression" },
    tie("leaf"),
    fc.tuple(fc.nat(unary.length - 1), tie("expression")).map(([i, operand]): Both => {
      const [text, build] = unary[i]!;
      return {
        text: text.replaceAll("_", () => `(${operand.text})`),
        build: (x, y) => build(operand.build(x, y)) as Expr,
      };
    }),
    fc.tuple(fc.nat(binary.length - 1), tie("expression"), tie("expression")).map(([i, a, b]): Both => {
      const [text, build] = binary[i]!;
      return {
        text: text.replaceAll(/[_#]/g, (place) => `(${place === "_" ? a.text : b.text})`),
        build: (x, y) => build(a.build(x, y), b.build(x, y)) as Expr,
      };
    }),
  ),
}));

const coordinate = fc.integer({ min: -300, max: 300 }).map((n) => n / 128);

symbolic("values, gradients and second derivatives of random expressions are mathjs's", () => {
  let compared = 0;
  forAll(450, fc.tuple(expression, coordinate, coordinate), ([{ text, build }, x, y]) => {
    const at = { x, y };
    const evaluate = (node: MathNode): number => (node.compile() as EvalFunction).evaluate(at) as number;
    const node = parse(text);
    const value = evaluate(node);
    // Towers of powers overflow in one order of operations and not in another.
    if (!(Math.abs(value) < 1e6)) return;
    const f = trace({ x: scalar(), y: scalar() }, (inputs) => build(inputs.x, inputs.y) as Expr<[]>);
    assertClose(f(at), value, 1e-11, text);
    const first = {
      x: derivative(node, "x", { simplify: false }),
      y: derivative(node, "y", { simplify: false }),
    };
    const gradient = grad(f)(at);
    for (const name of ["x", "y"] as const) {
      const expected = evaluate(first[name]);
      if (!(Math.abs(expected) < 1e6)) return;
      assertClose(gradient[name], expected, 1e-9, `∂/∂${name} of ${text}`);
    }
    if (text.length < 60) {
      const mixed = evaluate(derivative(first.x, "y", { simplify: false }));
      const second = grad(
        trace({ x: scalar(), y: scalar() }, (inputs) => grad(f)(inputs).x as Expr<[]>),
        "y",
      )(at).y;
      if (Math.abs(mixed) < 1e6) assertClose(second, mixed, 1e-8, `∂²/∂x∂y of ${text}`);
    }
    compared++;
  });
  assert.ok(compared > 100, `only ${compared} were compared`);
});

symbolic.run();
