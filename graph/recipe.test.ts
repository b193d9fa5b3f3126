/** Recipes: what every printer makes of one must compute what its function does; and records that lack something. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { scalarize } from "./compile/scalars/scalarize.js";
import { scalarText } from "./compile/text.js";
import { straightLine } from "./compile/wasm/straight.js";
import * as library from "./index.js";
import {
  binary,
  compile,
  defineOp,
  type Expr,
  multiply,
  negative,
  type Op,
  type Recipe,
  scalar,
  sum,
  trace,
  unary,
  valueAndGrad,
  vector,
} from "./index.js";
import { callCost, costOf, functionOf, type RecipeRule, recipeOf } from "./recipe.js";

const recipes = suite("recipes");

type Elementwise = ((...operands: unknown[]) => unknown) & { op: Op };

const functions = Object.entries(library as Readonly<Record<string, unknown>>).filter(
  (entry): entry is [string, Elementwise] =>
    typeof entry[1] === "function" && "op" in entry[1] && (entry[1].op as Op).scalar !== undefined,
);

const numbers = [0, -0, 1, -1, 0.5, -2.5, 3, 1e300, Number.NaN, Number.POSITIVE_INFINITY, -1 / 0];

/** All lists of so many numbers. */
function tuples(length: number): number[][] {
  if (length === 0) return [[]];
  return tuples(length - 1).flatMap((rest) => numbers.map((x) => [...rest, x]));
}

/** An op on scalars as WebAssembly; `known` operands are constants. */
function webAssembly(f: Elementwise, known: readonly (number | undefined)[]): (given: number[]) => number {
  const names = known.flatMap((value, i) => (value === undefined ? [`x${i}`] : []));
  const inputs = Object.fromEntries(names.map((name) => [name, scalar()]));
  const traced = trace(inputs, (exprs: Record<string, Expr>) => {
    return f(...known.map((value, i) => value ?? exprs[`x${i}`])) as Expr;
  });
  const run = straightLine(traced.graph, scalarize(traced.graph))!;
  return (given) => {
    const result = new Float64Array(1);
    run(...given, result);
    return result[0]!;
  };
}

for (const [name, f] of functions) {
  recipes(`${name}: WebAssembly computes what its function computes, to the bit`, () => {
    const arity = f.op.domains.length;
    const run = webAssembly(f, new Array(arity).fill(undefined));
    for (const given of tuples(arity)) {
      const expected = f.op.scalar!.compute(...given);
      assert.ok(Object.is(run(given), expected), `${name}(${given}) is ${run(given)} and not ${expected}`);
    }
    if (arity !== 2) return;
    for (const second of [...numbers, 2, -3, 32]) {
      const half = webAssembly(f, [undefined, second]);
      for (const first of numbers) {
        const expected = f.op.scalar!.compute(first, second);
        assert.ok(Object.is(half([first]), expected), `${name}(${first}, ${second}) with ${second} known`);
      }
    }
  });
}

recipes("what it costs is counted, a function of Math as a call, of two sides the dearer", () => {
  const costs = (name: string) => {
    const { scalar, domains } = functions.find(([one]) => one === name)![1].op;
    return costOf(recipeOf(scalar!, domains, () => undefined)!);
  };
  const names = ["stopGradient", "add", "where", "greater", "divide", "exp", "sigmoid"];
  assert.equal(names.map(costs), [0, 1, 1, 1, 4, callCost, 8 + callCost]);
});

recipes("operators in operators stand in parentheses, as do signs", () => {
  const text = (recipe: Recipe, ...atoms: (string | number)[]) => {
    const compute = () => 0;
    return scalarText({ key: 7, scalar: { compute, recipe }, domains: [] } as unknown as Op, atoms);
  };
  assert.is(text(["multiply", ["add", 0, 1], ["negative", 0]], "a", "b"), "(a + b) * (-a)");
  assert.is(text(["negative", ["negative", 0]], -2), "-(-(-2))");
  assert.is(text(["exp", ["subtract", 0, { value: -0 }]], "a"), "Math.exp(a - (-0))");
  assert.is(text(["select", ["greater", 0, 1], 0, ["add", 0, 1]], "a", 3), "(a > 3 ? a : a + 3)");
  assert.is(text(["add", ["round", 0], 1], "a", "b"), "f7(a, b)");
});

recipes("a user's op by its recipe: in kernels of all kinds, known operands and all", () => {
  const swish = unary({
    name: "swish",
    recipe: ["divide", 0, ["add", { value: 1 }, ["exp", ["negative", 0]]]],
    partials: (x) => [
      (result) => library.add(library.sigmoid(x), multiply(result, library.sigmoid(negative(x)))),
    ],
  });
  const scaled: RecipeRule = (_x, factor) => (factor === 1 ? 0 : ["multiply", 0, 1]);
  const scale = binary({
    name: "scale",
    recipe: scaled,
    partials: (x, factor) => [() => factor, () => x],
  });
  assert.is(swish(1), 1 / (1 + Math.exp(-1)));
  for (const n of [3, 1000]) {
    const f = trace(
      { x: vector(n), s: scalar() },
      ({ x, s }) => sum(scale(scale(swish(x), 1), s)) as Expr<[]>,
    );
    const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i));
    const expected = valueAndGrad(f)({ x, s: 2 });
    const kernel = compile(valueAndGrad(f));
    const actual = kernel({ x, s: 2 });
    assert.ok(Math.abs(actual.value - expected.value) < 1e-12 * n);
    assert.equal(actual.grad.x, expected.grad.x);
    assert.match(kernel.source, /= v\d+ \/ \(1 \+ Math\.exp\(-v\d+\)\);/);
  }
});

recipes("a function of a recipe is the instruction's own where it can be", () => {
  assert.is(functionOf(["exp", 0]), Math.exp);
  assert.is(functionOf(["atan2", 1, 0])(1, 2), Math.atan2(2, 1));
  assert.is(functionOf(["convert", ["greater", 0, 1]])(2, 1), 1);
  assert.is(functionOf({ value: 3 })(2), 3);
});

const partials = () => [() => 1] as const;
const derivative = { kind: "constant" } as const;
const shape = () => [];
const evaluate = () => [];

for (const [what, define, message] of [
  [
    "neither recipe nor function",
    () => unary({ name: "odd", partials }),
    /unary: the op odd lacks recipe or compute/,
  ],
  ["no partials", () => unary({ name: "odd", recipe: 0 } as never), /unary: the op odd lacks partials/],
  [
    "an unknown instruction",
    () => unary({ name: "odd", recipe: ["sine", 0] as never, partials }),
    /odd: the recipe has an unknown sine of 1 operands/,
  ],
  [
    "too few operands",
    () => unary({ name: "odd", recipe: ["add", 0] as never, partials }),
    /odd: the recipe has an unknown add of 1 operands/,
  ],
  [
    "an operand beyond",
    () => unary({ name: "odd", recipe: ["exp", 1], partials }),
    /odd: the recipe has an unknown operand 1/,
  ],
  [
    "no evaluate",
    () => defineOp({ name: "odd", shape, derivative, domains: [] } as never),
    /defineOp: the op odd lacks evaluate\./,
  ],
  [
    "no derivative",
    () => defineOp({ name: "odd", shape, evaluate, domains: [] } as never),
    /defineOp: the op odd lacks derivative\./,
  ],
  [
    "a derivative of an unknown kind",
    () => defineOp({ name: "odd", shape, evaluate, derivative: { kind: "linear" }, domains: [] } as never),
    /defineOp: the op odd lacks derivative\.kind that is known/,
  ],
  [
    "a derivative without its rule",
    () =>
      defineOp({
        ...{ name: "odd", shape, evaluate, domains: [] },
        derivative: { kind: "forwardReverse", forward: () => undefined },
      } as never),
    /defineOp: the op odd lacks derivative\.reverse/,
  ],
  [
    "no domains",
    () => defineOp({ name: "odd", shape, evaluate, derivative } as never),
    /defineOp: the op odd lacks domains/,
  ],
  [
    "a fold without its first total",
    () =>
      defineOp({
        name: "odd",
        shape,
        evaluate,
        derivative,
        domains: [],
        fold: { recipe: ["add", 0, 1] },
      } as never),
    /defineOp: the op odd lacks fold\.initial/,
  ],
  [
    "a fold without its recipe",
    () => defineOp({ name: "odd", shape, evaluate, derivative, domains: [], fold: { initial: 0 } } as never),
    /defineOp: the op odd lacks fold.recipe/,
  ],
  [
    "no name",
    () => defineOp({ shape, evaluate, derivative, domains: [] } as never),
    /defineOp: name is missing; it must be a text of 1 to 100 characters/,
  ],
] as const) {
  recipes(`an op with ${what} isn't made`, () => {
    assert.throws(define, message);
  });
}

recipes.run();
