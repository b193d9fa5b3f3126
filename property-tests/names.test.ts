/** Names decide nothing: ops are told by their records, so that an op of the user's may be called what it likes. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { at, plus, scaled } from "../graph/affine.js";
import {
  add,
  applyOp,
  compile,
  defineOp,
  divide,
  type Expr,
  exp,
  grad,
  jvp,
  matrix,
  type Op,
  print,
  simplify,
  sqrt,
  sum,
  type Traced,
  trace,
  unary,
  valueAndGrad,
  vector,
} from "../graph/index.js";
import { emit } from "../src/export/index.js";
import { toDot, toTex } from "../src/pictures/index.js";
import { type Applied, appliedOf, applyTo } from "./support/arbitraries.js";
import { flatten, give, objectiveOf, operandName, type Point } from "./support/differences.js";
import { forAll } from "./support/law.js";
import { ops } from "./support/registry.js";
import { assertClose, assertSame } from "./support/tolerance.js";

const names = suite("names");

/** Names of ops that the compiler, the printers and the derivatives treat in ways of their own. */
const taken =
  "reshape where scan matmul input full constant assemble slice sum max add multiply divide power transpose toString".split(
    " ",
  );

const neutral = "copied";

/** What `make` gives, or the error that it throws: a refusal, too, is the same under any name. */
function outcome(make: () => string): string {
  try {
    return make();
  } catch (error) {
    return `refused: ${(error as Error).message}`;
  }
}

/** A text in which the op's own name doesn't show, nor the number of its record, by which functions are called. */
function nameless(text: string, name: string): string {
  return text
    .replaceAll(new RegExp(`(?<![A-Za-z])${name}(?![A-Za-z])`, "g"), neutral)
    .replaceAll(/\bf\d+\b/g, "f#");
}

function traceApplied({ op, shapes, params }: Applied): Traced {
  const specs = Object.fromEntries(shapes.map((shape, i) => [operandName(i), { shape }]));
  return trace({ any: { shape: [] }, ...specs }, ({ any, ...named }): Expr => {
    const operands = shapes.map((_, i) => (named as Record<string, Expr>)[operandName(i)]!);
    return applyTo(any.builder, op, operands, params);
  }) as Traced;
}

/** An application, its derivatives, and the same among elementwise neighbours, which kernels would fuse it with. */
function functionsOf(applied: Applied): Traced[] {
  const f = traceApplied(applied);
  const objective = objectiveOf(applied) as Traced;
  const specs = Object.fromEntries(f.graph.inputs.map(({ name, shape }) => [name, { shape }]));
  const among = trace(specs, (inputs) =>
    sum(
      exp(
        f(Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, add(x, 1)])) as never) as never,
      ),
    ),
  ) as Traced;
  const o = objective;
  const derivatives = [() => valueAndGrad(o), () => jvp(o)];
  return [f, among, ...derivatives.flatMap(made)];
}

/** The transformed function; none where the op has no derivative. */
function made(make: () => unknown): Traced[] {
  try {
    return [make() as Traced];
  } catch {
    return [];
  }
}

for (const [place, op] of ops.entries()) {
  names(`${op.name}: a copy is the same whatever it is called`, () => {
    const others = [...taken.slice(place % 10), op.name].filter((_, i) => i % 10 === 0);
    forAll(1, appliedOf(op), (applied) => {
      const seenOf = (name: string) =>
        functionsOf({ ...applied, op: defineOp({ ...op, name }) as Op }).map((f) => seen(f, applied));
      const plain = seenOf(neutral);
      for (const name of others) {
        const named = seenOf(name);
        assert.is(named.length, plain.length);
        named.forEach((one, i) => {
          same(one, plain[i]!, name);
        });
      }
    });
  });
}

/** All that shows of a function: texts and numbers. */
function seen(f: Traced, { values }: Applied) {
  const kernel = compile(f);
  const texts = [
    () => print(f),
    () => print(simplify(f)),
    () => kernel.source,
    () => emit(f, { name: "f" }),
    () => toTex(f),
    () => toDot(f),
  ].map(outcome);
  const point: Point = Object.fromEntries(values.map((own, i) => [operandName(i), own]));
  const drawn = (_: unknown, i: number) => Math.cos(i);
  const inputs = Object.fromEntries(
    f.graph.inputs.map(({ name: input, shape }) => [
      input,
      point[input] ?? Array.from({ length: shape.reduce((size, length) => size * length, 1) }, drawn),
    ]),
  );
  const given = give(f, inputs);
  return { text: () => print(f), texts, interpreted: flatten(f(given)), compiled: flatten(kernel(given)) };
}

type Seen = ReturnType<typeof seen>;

/** The two functions differ in the name of an op alone, and so do all texts that are made of them. */
function same(named: Seen, plain: Seen, name: string): void {
  named.texts.forEach((text, i) => {
    assert.is(nameless(text, name), nameless(plain.texts[i]!, name));
  });
  assertSame(named.interpreted, plain.interpreted, "interpreted");
  assertSame(named.compiled, plain.compiled, "compiled");
  assertClose(named.compiled, plain.interpreted, 1e-11, named.text);
}

/** Both ways to compute, which must agree to the bit. */
function both(f: Traced, inputs: Record<string, unknown>): number[] {
  const interpreted = flatten(f(inputs as never));
  assertSame(flatten(compile(f)(inputs as never)), interpreted, "the kernel");
  return interpreted;
}

for (const size of [4, 2000]) {
  names(`a movement called reshape that reverses ${size} elements`, () => {
    const reverse = defineOp({
      name: "reshape",
      shape: ([x]) => x!,
      evaluate: (_arithmetic, [values]) => [...values!].reverse(),
      move: ([index], { operand }) => [plus(at(operand[0]! - 1), scaled(index!, -1, 0))],
      derivative: {
        kind: "transpose",
        linear: "each",
        carries: true,
        transpose: (adjoint) => applyOp(reverse, [adjoint]),
      },
      domains: [{ kind: "real", low: -3, high: 3 }],
    }) as Op;
    const x = Array.from({ length: size }, (_, i) => i);
    const f = trace({ x: vector(size) }, ({ x }) => applyOp(reverse, [x])) as Traced;
    assert.is(both(f, { x })[0], size - 1);
    const first = trace({ x: vector(size) }, ({ x }) => sum(divide(applyOp(reverse, [x]), add(x, 1))));
    const gradient = grad(first) as unknown as Traced;
    assert.is(both(gradient, { x }).length, size);
  });

  names(`an elementwise op called reshape or scan, on ${size} elements`, () => {
    for (const name of ["reshape", "scan", "where", "input"]) {
      const twice = unary({ name, compute: (x) => 2 * x, partials: () => [() => 2] });
      const f = trace({ x: matrix(2, size / 2) }, ({ x }) => sum(exp(twice(x) as Expr)));
      const x = new Array(size).fill(0.5);
      assertClose([flatten(compile(valueAndGrad(f))({ x }))[0]!], [size * Math.E], 1e-12, name);
    }
  });
}

names("an op called where is none to `debug`", () => {
  const root = unary({ name: "where", compute: Math.sqrt, partials: () => [() => 1] });
  const f = trace({ x: vector(2) }, ({ x }) => sqrt(root(x) as Expr), { debug: true });
  assert.throws(
    () => f({ x: [1, -1] }),
    /where\[1\] gives NaN of x = -1, traced at property-tests\/names\.test\.ts/,
  );
});

names.run();
