/** Properties and arbitraries: what they draw, and what counterexamples shrink to. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { unary } from "../../graph/elementwise.js";
import {
  abs,
  cos,
  type Expr,
  equal,
  exp,
  grad,
  greater,
  multiply,
  scalar,
  sin,
  sum,
  trace,
  vector,
  where,
} from "../../graph/index.js";
import { sizeOf } from "../../graph/shape.js";
import { validate } from "../../graph/validate.js";
import { fc, forAll } from "../../property-tests/support/law.js";
import { gradientProperty, graphs, numbers, shapes, tensors } from "./arbitraries.js";
import { checkGradient } from "./check-gradient.js";
import { boolean, integer, real } from "./domains.js";

const arbitraries = suite("arbitraries");

function sineWith(partial: (x: Expr) => Expr): (x: Expr) => Expr {
  return unary({
    name: "wrong",
    compute: (x) => Math.sin(x!),
    code: (x) => `Math.sin(${x})`,
    partials: (x) => [() => partial(x!)],
  }) as (x: Expr) => Expr;
}

const ofVector = (f: (x: Expr) => Expr) => trace({ x: vector(3) }, ({ x }): Expr => sum(f(x)));

arbitraries("a right gradient has the property", () => {
  fc.assert(
    gradientProperty(
      ofVector((x) => sin(x) as Expr),
      { order: 2 },
    ),
  );
});

arbitraries("a wrong sign shrinks to the simplest point", () => {
  const f = ofVector(sineWith((x) => multiply(cos(x), -1) as Expr));
  const details = fc.check(gradientProperty(f));
  assert.ok(details.failed);
  assert.equal(details.counterexample, [{ x: [0, 0, 0] }]);
  assert.match(
    String(details.errorInstance),
    /gradientProperty: ∂f\/∂x\[0\] is -1 by reverse mode where differences give 1\.0000000/,
  );
});

arbitraries("a fault beyond a threshold shrinks to it", () => {
  const f = ofVector(sineWith((x) => where(greater(x, 1.3), 0, cos(x)) as Expr));
  const details = fc.check(gradientProperty(f), { numRuns: 1000 });
  assert.ok(details.failed);
  const sorted = [...(details.counterexample![0].x as number[])].sort();
  assert.equal(sorted.slice(0, 2), [0, 0]);
  assert.ok(sorted[2] === 2 || (sorted[2]! > 1.3 && sorted[2]! < 1.32), String(sorted));
});

arbitraries("a fault at one point is found, since multiples of ½ are frequent", () => {
  const f = trace(
    { x: scalar() },
    ({ x }): Expr => sineWith((y) => where(equal(y, 0.5), 0, cos(y)) as Expr)(x),
  );
  assert.equal(fc.check(gradientProperty(f, { domain: [0, 1] }), { numRuns: 200 }).counterexample, [
    { x: 0.5 },
  ]);
});

arbitraries("a function that has kinks nearly everywhere gives up instead of succeeding", () => {
  const f = ofVector((x) => abs(x) as Expr);
  assert.ok(fc.check(gradientProperty(f, { domain: [0, 0] }), { numRuns: 3 }).failed);
});

arbitraries("domains bound what is drawn", () => {
  const [low, high] = [0.15, 0.4];
  forAll(300, numbers([low, high]), (x) => assert.ok(x >= low && x <= high, String(x)));
  forAll(300, numbers(real(-1e-7, 3e-7)), (x) => assert.ok(x >= -1e-7 && x <= 3e-7, String(x)));
  forAll(100, numbers(integer(-2, 2)), (x) => assert.ok(Number.isInteger(x) && Math.abs(x) <= 2));
  forAll(50, numbers(boolean), (x) => assert.ok(x === 0 || x === 1));
  forAll(50, numbers(fc.constantFrom(3, 7)), (x) => assert.ok(x === 3 || x === 7));
  const drawn = new Set(fc.sample(numbers([-2, 2]), { numRuns: 2000, seed: 1 }));
  assert.ok(drawn.size > 500 && [-2, -0.5, 0, 1].every((x) => drawn.has(x)), `${drawn.size} numbers`);
  assert.throws(() => numbers([1, 0]), /numbers: the domain is the list \[1, 0\]; give two finite numbers/);
});

arbitraries("an arbitrary may be a domain of a check, too", () => {
  const f = trace({ x: vector(2), n: scalar() }, ({ x, n }): Expr => multiply(sum(sin(x) as Expr), n));
  const report = checkGradient(f, {
    domain: { x: fc.constantFrom(0.25, 0.75), n: integer(1, 3) },
    points: 4,
  });
  assert.ok(report.ok, report.message);
  for (const x of report.worst!.at.x as number[]) assert.ok(x === 0.25 || x === 0.75);
});

arbitraries("shapes keep their limits, and reach them", () => {
  const limits = { maxRank: 4, maxLength: 5, maxSize: 40, minLength: 1 };
  const drawn = fc.sample(shapes(limits), { numRuns: 1000, seed: 1 });
  for (const shape of drawn) {
    assert.ok(shape.length <= 4 && sizeOf(shape) <= 40, String(shape));
    for (const length of shape) assert.ok(length >= 1 && length <= 5, String(shape));
  }
  assert.ok(drawn.some((shape) => shape.length === 4));
  assert.ok(drawn.some((shape) => shape.length === 0));
  assert.ok(drawn.some((shape) => shape.includes(5)));
  assert.ok(fc.sample(shapes(), { numRuns: 200, seed: 1 }).some((shape) => shape.includes(0)));
  assert.throws(
    () => shapes({ maxRank: -1 }),
    /shapes: maxRank must be a whole number of at least 0, not -1/,
  );
  assert.throws(() => shapes({ rank: 1 } as never), /unknown option "rank"/);
});

arbitraries("tensors have the size of their shape", () => {
  forAll(
    50,
    shapes().chain((shape) => fc.record({ shape: fc.constant(shape), values: tensors(shape) })),
    ({ shape, values }) => {
      assert.is(values.length, sizeOf(shape));
    },
  );
  assert.throws(() => tensors([-1]), /tensors: a length must be a whole number/);
});

arbitraries("graphs are legal, differentiable functions of the ops asked for", () => {
  const seen = new Set<string>();
  forAll(100, graphs(), ({ f, at }) => {
    validate(f.graph);
    validate(grad(f).graph);
    for (const { op } of f.graph.nodes) seen.add(op.name);
    assert.equal(
      Object.keys(at),
      f.graph.inputs.map(({ name }) => name),
    );
  });
  assert.ok(seen.size > 30, `${seen.size} ops`);
  forAll(30, graphs({ ops: [exp.op], movesOnly: false }), ({ f }) => {
    const names = f.graph.nodes.map(({ op }) => op.name);
    assert.not.ok(names.includes("tan") || names.includes("cosh"));
  });
});

arbitraries("a graph with a fault shrinks to a small one", () => {
  const wrong = sineWith((x) => multiply(cos(x), 2) as Expr) as unknown as { readonly op: typeof sin.op };
  const property = fc.property(graphs({ ops: [wrong.op, exp.op, multiply.op] }), ({ f, at }) => {
    const { wrong, message } = checkGradient(f, { at, maxSkipped: 1 });
    if (wrong > 0) throw new Error(message);
  });
  const details = fc.check(property, { numRuns: 300 });
  assert.ok(details.failed);
  const [{ f }] = details.counterexample!;
  assert.ok(f.graph.nodes.length <= 16, `${f.graph.nodes.length} nodes`);
  assert.ok(f.graph.nodes.some(({ op }) => op === wrong.op));
  assert.match(fc.stringify(details.counterexample), /wrong\(/);
});

arbitraries.run();
