/**
 * What isn't used never changes a derivative, whatever it holds: carries of loops, whose derivatives are those of the same
 * steps written out, where each element's mask is exact; and operands of ops (`masks.test.ts` and `absence.test.ts` have
 * branches and parts, `npm run unused` every function).
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  abs,
  add,
  compile,
  divide,
  type Expr,
  grad,
  greater,
  hvp,
  index,
  jacobian,
  jvp,
  log,
  multiply,
  relu,
  scan,
  sin,
  slice,
  sqrt,
  square,
  stack,
  subtract,
  sum,
  type Traced,
  trace,
  vector,
  where,
} from "../graph/index.js";
import { calls } from "./support/calls.js";
import { flatten } from "./support/differences.js";
import { fc, forAll } from "./support/law.js";
import { loopCalls } from "./support/loop-calls.js";
import { assertSame } from "./support/tolerance.js";
import { unusedFaults } from "./support/unused.js";

const unused = suite("unused");

type Step = (carry: readonly Expr[], row: Expr, k: Expr) => Expr;

const size = 3;

/** What a carry becomes: smooth, or without a finite slope (or value) somewhere. */
const steps: readonly (readonly [text: string, step: (i: number, j: number) => Step])[] = [
  ["kept", (i) => (c) => c[i]!],
  ["another's", (_i, j) => (c) => c[j]!],
  ["a constant", () => (_c, row) => add(multiply(row, 0), 1) as Expr],
  ["doubled", (i) => (c) => multiply(c[i]!, 2) as Expr],
  ["a sum", (i, j) => (c, row) => add(c[i]!, multiply(c[j]!, row)) as Expr],
  ["a sine", (i, j) => (c, _row, k) => sin(add(c[i]!, multiply(k, c[j]!))) as Expr],
  ["a root", (i) => (c) => sqrt(c[i]!) as Expr],
  ["a logarithm", (i) => (c) => log(subtract(c[i]!, 1)) as Expr],
  ["a quotient", (i, j) => (c, row) => divide(c[i]!, multiply(c[j]!, row)) as Expr],
  ["a constant's root", (i) => (c, _row, k) => multiply(c[i]!, sqrt(k)) as Expr],
  ["a row's root", (i) => (c, row) => add(c[i]!, sqrt(row)) as Expr],
  ["a choice", (i, j) => (c) => where(greater(c[i]!, 0.5), square(c[i]!), sqrt(c[j]!)) as Expr],
  ["a choice of a row", (i, j) => (c, row) => where(greater(row, 0.5), c[i]!, log(c[j]!)) as Expr],
  ["an absolute value", (i) => (c) => abs(c[i]!) as Expr],
  ["an absolute difference", (i, j) => (c) => abs(subtract(c[i]!, c[j]!)) as Expr],
  ["what is positive", (i) => (c) => relu(c[i]!) as Expr],
  ["what of a row is positive", (i) => (c, row) => add(c[i]!, relu(row)) as Expr],
  ["what of a product is positive", (i, j) => (c, _row, k) => relu(multiply(k, c[j]!, c[i]!)) as Expr],
  [
    "a choice of what is positive",
    (i, j) => (c, row) => where(greater(row, 0.5), relu(c[i]!), c[j]!) as Expr,
  ],
];

/** What is made of the histories: rows are those of all steps, each of them all carries. */
const uses: readonly (readonly [
  text: string,
  use: (history: Expr, last: Expr, given: Expr, j: number) => Expr,
])[] = [
  ["the last of one", (_h, last, _g, j) => index(last, j) as Expr],
  ["the square of the last of one", (_h, last, _g, j) => square(index(last, j)) as Expr],
  ["all of one", (history, _l, _g, j) => sum(square(slice(history, j, j + 1, { axis: 1 }))) as Expr],
  ["the first step of one", (history, _l, _g, j) => index(history, 0, j) as Expr],
  ["every second step", (history) => sum(slice(history, 0, undefined, { step: 2 })) as Expr],
  [
    "the last of one behind a choice",
    (_h, last, given, j) => where(given, index(last, j), index(last, (j + 1) % size)) as Expr,
  ],
  [
    "steps behind a choice",
    (history, _l, given, j) => sum(where(given, slice(history, j, j + 1, { axis: 1 }), 0)) as Expr,
  ],
  ["what of all steps is positive", (history) => sum(relu(history)) as Expr],
  ["the last of all", (_h, last) => sum(multiply(last, [1, 2, 3])) as Expr],
];

const number = fc.constantFrom(0, 1, 2, 0.3, 0.7, -0.4, Number.NaN, Number.POSITIVE_INFINITY);

const loop = fc.record({
  length: fc.integer({ min: 1, max: 5 }),
  steps: fc.array(fc.tuple(fc.nat(steps.length - 1), fc.nat(size - 1)), { minLength: size, maxLength: size }),
  use: fc.tuple(fc.nat(uses.length - 1), fc.nat(size - 1)),
  options: fc.constantFrom({}, {}, { reverse: true }, { recompute: true }),
  carry: fc.array(number, { minLength: size, maxLength: size }),
  k: number,
  rows: fc.array(number, { minLength: 5, maxLength: 5 }),
  given: fc.constantFrom(0, 1),
});

type Loop = ReturnType<(typeof loop)["generate"]>["value"];

/** The objective by `scan`, or with its steps written out; or the last carries by themselves. */
function objective({ length, steps: chosen, use, options }: Loop, isLooped: boolean, isLast = false): Traced {
  const own = chosen.map(([which, j], i) => steps[which]![1](i, j));
  const inputs = { c: vector(size), k: vector(1), x: vector(length), given: vector(1) };
  return trace(inputs, ({ c, k, x, given }) => {
    const first = [...(c as Expr)];
    const factor = index(k, 0) as Expr;
    const next = (carry: readonly Expr[], row: Expr) => own.map((step) => step(carry, row, factor));
    const finish = (history: Expr, last: Expr): Expr =>
      isLast ? last : uses[use[0]]![1](history, last, index(given, 0) as Expr, use[1]);
    if (isLooped) {
      const start = Object.fromEntries(first.map((one, i) => [`c${i}`, one]));
      const looped = scan(
        (carry, row) => Object.fromEntries(next(Object.values(carry), row).map((one, i) => [`c${i}`, one])),
        start,
        { xs: x as Expr, ...options },
      );
      return finish(
        stack(Object.values(looped.history as Record<string, Expr>), 1),
        stack(Object.values(looped.last as Record<string, Expr>)),
      );
    }
    const rows = [...(x as Expr)];
    const order = "reverse" in options ? rows.map((_, i) => rows.length - 1 - i) : rows.map((_, i) => i);
    let carry: readonly Expr[] = first;
    const history = new Array<Expr>(length);
    for (const i of order) {
      carry = next(carry, rows[i]!);
      history[i] = stack(carry);
    }
    return finish(stack(history), stack(carry));
  }) as Traced;
}

type Plain = (inputs: object) => unknown;

const names = ["c", "k", "x"] as never[];

/** Derivatives of both modes and orders, flat, by the interpreter and by a kernel. */
function derivatives(f: Traced, at: object, tangents: object): Record<string, number[]> {
  const given = { ...at, ...tangents };
  const list: Record<string, readonly [Plain, object]> = {
    gradient: [grad(f, ...names) as Plain, at],
    tangent: [jvp(f, ...names) as Plain, given],
    "Hessian product": [hvp(f, ...names) as Plain, given],
  };
  return Object.fromEntries(
    Object.entries(list).flatMap(([what, [g, inputs]]) => {
      const interpreted = flatten(g(inputs));
      assertSame(flatten((compile(g as never) as Plain)(inputs)), interpreted, `${what} in a kernel`);
      return [[what, interpreted.map((x) => (x === 0 ? 0 : x))]];
    }),
  );
}

/** To the last digits but a few: sums are made in another order. */
function assertAlike(actual: readonly number[], expected: readonly number[], what: string): void {
  expected.forEach((x, i) => {
    const y = actual[i]!;
    const isClose = Object.is(x, y) || Math.abs(x - y) <= 1e-9 * (1 + Math.abs(x));
    assert.ok(isClose, `${what}: ${y} instead of ${x} at ${i} of [${expected}] and [${actual}]`);
  });
}

unused("a loop's derivatives are those of its steps written out, whatever the unused carries hold", () => {
  let finite = 0;
  forAll(75, loop, (drawn) => {
    const at = { c: drawn.carry, k: [drawn.k], x: drawn.rows.slice(0, drawn.length), given: [drawn.given] };
    const tangents = {
      "tangent.c": [1, 0.5, -2],
      "tangent.k": [0.25],
      "tangent.x": [1, 2, 3, 4, 5].slice(0, drawn.length),
    };
    const [looped, written] = [true, false].map((one) => derivatives(objective(drawn, one), at, tangents));
    const text = () =>
      `${drawn.steps.map(([which, j]) => `${steps[which]![0]} (${j})`)}; ${uses[drawn.use[0]]![0]} (${drawn.use[1]})`;
    for (const what of Object.keys(written!)) {
      assertAlike(looped![what]!, written![what]!, `${what} of ${text()}`);
      if (written![what]!.every(Number.isFinite)) finite++;
    }
  });
  assert.ok(finite > 30, `only ${finite} were finite`);
});

unused("a Jacobian's columns and rows see what each element depends on", () => {
  forAll(30, loop, (drawn) => {
    const at = { c: drawn.carry, k: [drawn.k], x: drawn.rows.slice(0, drawn.length), given: [drawn.given] };
    const [looped, written] = [true, false].map((one) =>
      flatten((jacobian(objective(drawn, one, true), "c") as Plain)(at)),
    );
    assertAlike(looped!, written!, "Jacobian");
  });
});

/** One of each kind of rule that masks what isn't used; `npm run unused` has every function, and twice as many places. */
const sampled = new Set([
  ...["matmul", "tensordot", "conv1d, padded", "attention, with a bias", "cumprod"],
  ...["solve", "inv", "triangularSolve", "cholesky", "expm"],
  ...["a loop of products", "a loop over rows, of a history"],
]);

unused("operands that aren't used never change a value or a derivative, whatever they hold", () => {
  const chosen = [...calls, ...loopCalls].filter(({ name }) => sampled.has(name));
  assert.is(chosen.length, sampled.size);
  assert.equal(
    chosen.flatMap((call) => unusedFaults(call, { every: 2 })),
    [],
  );
  // Products give zeros for what isn't used: only an infinite slope on the way to the inputs tells them from nothing.
  const product = calls.filter(({ name }) => name === "matmul");
  assert.equal(
    product.flatMap((call) => unusedFaults(call, { every: 2, inner: "roots" })),
    [],
  );
});

unused.run();
