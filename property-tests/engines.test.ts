/**
 * Every engine computes what the interpreter does: kernels of both dtypes, the loop of `minimize`, and emitted modules; for
 * each op of the library and for users' own, on scalars alone, on vectors short and long, and on both together.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Builder } from "../graph/node.js";
import type { Domain } from "../graph/op.js";
import { constant } from "../graph/ops/constant.js";
import type { Shape } from "../graph/shape.js";
import {
  add,
  compile,
  type Expr,
  emit,
  gradientDescent,
  minimize,
  multiply,
  sum,
  type Traced,
  trace,
  valueAndGrad,
} from "../src/index.js";
import { numbers, tensors } from "../src/testing/arbitraries.js";
import { domainOf } from "../src/testing/programs.js";
import { type Applied, appliedOf, applyTo } from "./support/arbitraries.js";
import { flatten, give, operandName, type Point } from "./support/differences.js";
import { fc, forAll } from "./support/law.js";
import { type OwnOp, ownOps } from "./support/own-ops.js";
import { elementwiseOps, ops } from "./support/registry.js";
import { assertClose } from "./support/tolerance.js";

const engines = suite("engines");

type Objective = Traced<Record<string, Shape>, Expr<[]>>;

/** Σ cos(i)·result, so that every element of the result has a share of its own. */
function objective(
  shapes: readonly Shape[],
  call: (operands: readonly Expr[], builder: Builder) => Expr,
): Objective {
  const specs = Object.fromEntries(shapes.map((shape, i) => [operandName(i), { shape }]));
  // What has no operands finds the builder by an input that doesn't count.
  return trace({ any: { shape: [] }, ...specs }, ({ any, ...named }) => {
    const exprs = named as Readonly<Record<string, Expr>>;
    const result = call(
      shapes.map((_, i) => exprs[operandName(i)]!),
      any.builder,
    );
    const size = result.shape.reduce((product, length) => product * length, 1);
    const weights = constant(
      any.builder,
      Float64Array.from({ length: size }, (_, i) => Math.cos(i)),
      result.shape,
    );
    return add(sum(multiply(result, weights)), multiply(0, any)) as Expr<[]>;
  }) as Objective;
}

/** What was emitted on the way, to be run together. */
const emitted: { readonly text: string; readonly inputs: object; readonly expected: readonly number[] }[] =
  [];

function check(f: Objective, point: Point): void {
  const whole = valueAndGrad(f) as Traced;
  const rounded = Object.fromEntries(
    Object.entries(point).map(([name, values]) => [name, values.map(Math.fround)]),
  );
  const inputs = give(whole, { any: [0], ...rounded });
  const expected = flatten(whole(inputs));
  const kernel = compile(whole);
  const what = () => kernel.source;
  assertClose(flatten(kernel(inputs)), expected, 1e-12, what);
  const single = flattenAny(compile(whole, { dtype: "f32" })(inputs));
  assertClose(single, expected.map(Math.fround), 1e-3, () => `f32 of ${what()}`);
  const arrays = Object.fromEntries(
    Object.entries(inputs).map(([name, one]) => [
      name,
      typeof one === "number" ? one : Float64Array.from(one),
    ]),
  );
  emitted.push({
    text: emit(whole, { name: `f${emitted.length}`, language: "js" }),
    inputs: arrays,
    expected,
  });
  const [value, ...gradient] = expected;
  if (![value, ...gradient].every(Number.isFinite)) return;
  const run = minimize(f, inputs, gradientDescent({ learningRate: 0.125 }), {
    steps: 1,
    tolerance: 0,
    trajectory: false,
  });
  if (run.steps === 0) return;
  const start = flatten(inputs);
  const stepped = start.map((x, i) => x - 0.125 * gradient[i]!);
  assertClose(flatten(run.parameters), stepped, 1e-12, () => `a step of minimize: ${what()}`);
}

function flattenAny(results: unknown): number[] {
  if (typeof results === "number") return [results];
  if (ArrayBuffer.isView(results)) return [...(results as Float32Array)];
  return Object.values(results as object).flatMap(flattenAny);
}

/** Values of operands. */
function drawn(domains: readonly Domain[], shapes: readonly Shape[]): Point {
  const values = shapes.map((shape, i) => tensors(shape, numbers(domains[i]!)));
  const [point] = fc.sample(fc.tuple(...values), 1);
  return Object.fromEntries(point!.map((one, i) => [operandName(i), one]));
}

const pointOfApplied = ({ values }: Applied): Point =>
  Object.fromEntries(values.map((one, i) => [operandName(i), one]));

for (const op of ops) {
  engines(`${op.name}: as its instances say, or on any shape`, () => {
    forAll(2, appliedOf(op), (applied) => {
      const f = objective(applied.shapes, (operands, builder) =>
        applyTo(builder, op, operands, applied.params),
      );
      check(f, pointOfApplied(applied));
    });
  });
}

const elementwise: readonly OwnOp[] = elementwiseOps.map((op) => ({
  name: op.name,
  domains: op.domains.map((_, i) => domainOf(op, i)),
  call: (...operands) => applyTo(operands[0]!.builder, op, operands, {}),
}));

const shapesOf = (count: number, shape: Shape): Shape[] => Array.from({ length: count }, () => shape);

/** Of the library's ops every other one meets the short vector, the others the long one; with RUNS above 1 each meets both. */
const isWhole = Number(process.env.RUNS ?? 1) > 1;

for (const [i, { name, domains, call }] of [...elementwise, ...ownOps].entries()) {
  const isScalar = name !== "ownReverse";
  const isLibrary = i < elementwise.length;
  const vectors = isWhole || !isLibrary ? [[5], [900]] : [[i % 2 === 0 ? 5 : 900]];
  for (const shape of isScalar ? [[], ...vectors] : vectors) {
    engines(`${name} on operands of shape (${shape})`, () => {
      const shapes = shapesOf(domains.length, shape);
      // Not a property to shrink: of 900 elements, that would take minutes.
      const f = objective(shapes, (operands) => call(...operands));
      check(f, drawn(domains, shapes));
    });
  }
  if (!isScalar) continue;
  engines(`${name} on scalars and a vector together`, () => {
    const shapes = [...shapesOf(domains.length, []), ...shapesOf(domains.length, [40])];
    const both = [...domains, ...domains];
    const f = objective(shapes, (operands) => {
      const count = domains.length;
      return multiply(call(...operands.slice(0, count)), call(...operands.slice(count)));
    });
    check(f, drawn(both, shapes));
  });
}

engines("emitted modules, all of them", async () => {
  const text = emitted.map(
    (one, i) =>
      `export const f${i} = (() => { ${one.text.replace("export function", "function")}; return f${i}; })();`,
  );
  const module: Record<string, (inputs: object) => unknown> = await import(
    `data:text/javascript;base64,${Buffer.from(text.join("\n")).toString("base64")}`
  );
  emitted.forEach(({ inputs, expected }, i) => {
    assertClose(flatten(module[`f${i}`]!(inputs)), expected, 1e-12, () => emitted[i]!.text);
  });
  assert.ok(emitted.length > 3 * ops.length);
});

engines.run();
