/** The checker of derivatives, on right ones, on planted faults, and where there is nothing to compare. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { unary, variadic } from "../../graph/elementwise.js";
import {
  AdjointError,
  abs,
  add,
  cos,
  divide,
  type Expr,
  equal,
  exp,
  log,
  matmul,
  matrix,
  multiply,
  scalar,
  sin,
  sqrt,
  square,
  stack,
  subtract,
  sum,
  trace,
  vector,
  where,
} from "../../graph/index.js";
import { apply } from "../../graph/node.js";
import { defineOp, type Op } from "../../graph/op.js";
import { reshapeExpr } from "../../graph/ops/moving.js";
import { testFunctions } from "../objectives/index.js";
import { assertGradient, checkGradient } from "./check-gradient.js";
import { boolean, integer, real } from "./domains.js";

const gradients = suite("checkGradient");

type Function1 = (x: Expr) => Expr;

/** x ↦ Math.sin(x) with a derivative of the tester's making. */
function sineWith(name: string, partial: Function1): Function1 {
  return unary({
    name,
    compute: (x) => Math.sin(x!),
    code: (x) => `Math.sin(${x})`,
    partials: (x) => [() => partial(x!)],
  }) as Function1;
}

const cosine = cos as Function1;

const faults: Readonly<Record<string, Function1>> = {
  "a flipped sign": (x) => multiply(cosine(x), -1) as Expr,
  "a factor too much": (x) => multiply(cosine(x), 1.0001) as Expr,
  "a term too much": (x) => add(cosine(x), 1e-4) as Expr,
  "another function": (x) => x,
  "no derivative": (x) => multiply(x, 0) as Expr,
  "NaN at some points": (x) => multiply(cosine(x), divide(sqrt(x), sqrt(x))) as Expr,
};

const ofVector = (f: Function1) => trace({ x: vector(3) }, ({ x }): Expr => f(x));

const ofScalar = (f: Function1) => trace({ x: scalar() }, ({ x }): Expr => f(x));

gradients(
  "right derivatives are all compared: each number of the result by each element, order by order",
  () => {
    const report = checkGradient(ofVector(sin as Function1), { order: 3 });
    assert.ok(report.ok, report.message);
    // 3 numbers by 3 elements; then 9 of them by 3; then 27, all of which are below the limit of 32, by 3.
    assert.is(report.compared, 20 * (9 + 27 + 81));
    assert.is(report.skipped, 0);
    assert.is(report.points, 20);
    assert.ok(report.worst!.error < 1e-2, report.message);
  },
);

for (const { name, f } of testFunctions) {
  gradients(`${name}: right up to order 2`, () => {
    assertGradient(f, { order: 2 });
  });
}

for (const [fault, partial] of Object.entries(faults)) {
  gradients(`${fault} is found`, () => {
    const wrong = sineWith("wrong", partial);
    for (const f of [ofScalar(wrong), ofVector(wrong), ofVector((x) => sum(exp(wrong(x)) as Expr))]) {
      const report = checkGradient(f);
      assert.not.ok(report.ok, report.message);
      assert.ok(report.wrong > 0);
      assert.ok(report.worst!.error > 1);
      assert.throws(
        () => assertGradient(f),
        (error: Error) => error instanceof AdjointError,
      );
    }
  });
}

gradients("a deviation within the tolerance is none", () => {
  const f = ofScalar(sineWith("close", (x) => add(cosine(x), 5e-5) as Expr));
  assert.not.ok(checkGradient(f, { tolerance: 1e-5 }).ok);
  assert.ok(checkGradient(f, { tolerance: 1e-4 }).ok);
});

gradients("a derivative that is wrong at one point only is found there", () => {
  const f = ofScalar(sineWith("pointwise", (x) => where(equal(x, 0.5), 5, cosine(x)) as Expr));
  assert.ok(checkGradient(f, { at: { x: 0.4 } }).ok);
  const report = checkGradient(f, { at: [{ x: 0.4 }, { x: 0.5 }, { x: 0.6 }] });
  assert.is(report.wrong, 1);
  assert.is(report.worst!.found, 5);
  assert.is(report.worst!.at.x, 0.5);
  // Multiples of ½ are among the points drawn.
  assert.not.ok(checkGradient(f, { domain: [0, 1], points: 50 }).ok);
});

gradients("a wrong derivative of a right derivative is found at order 2, or at order 3", () => {
  const second = sineWith("second", (x) =>
    (
      unary({
        name: "its derivative",
        compute: (y) => Math.cos(y!),
        code: (y) => `Math.cos(${y})`,
        partials: (y) => [() => sin(y!)],
      }) as Function1
    )(x),
  );
  const f = ofVector((x) => sum(second(x)));
  assert.ok(checkGradient(f).ok);
  const report = checkGradient(f, { order: 2 });
  assert.not.ok(report.ok);
  assert.is(report.worst!.order, 2);
  const [, first, last] = /^∂²f\/∂x\[(\d)\]∂x\[(\d)\]$/.exec(report.worst!.derivative)!;
  assert.is(first, last, "sums of sines have no mixed derivatives");
  const integral = ofScalar(
    unary({
      name: "integral",
      compute: (x) => -Math.cos(x!),
      code: (x) => `-Math.cos(${x})`,
      partials: (x) => [() => second(x!)],
    }) as Function1,
  );
  assert.ok(checkGradient(integral, { order: 2 }).ok);
  assert.not.ok(checkGradient(integral, { order: 3 }).ok);
});

gradients("the input, the element and the number of the result that are wrong are named", () => {
  const wrong = variadic({
    name: "product",
    compute: (a, b) => a! * b!,
    code: (a, b) => `${a} * ${b}`,
    partials: (_a, b) => [() => b!, () => b!],
  }) as (a: Expr, b: Expr) => Expr;
  const f = trace({ a: vector(2), b: vector(2), c: scalar() }, ({ a, b, c }) => {
    const [first, last] = b;
    return { right: multiply(a, c), nested: { wrong: stack([multiply(first, c), wrong(c, last)]) } };
  });
  const report = checkGradient(f, { at: { a: [1, 2], b: [3, 5], c: 2 } });
  assert.is(report.wrong, 1);
  assert.equal(report.worst, {
    derivative: "∂nested.wrong[1]/∂b[1]",
    order: 1,
    input: "b",
    element: [1],
    at: { a: [1, 2], b: [3, 5], c: 2 },
    expected: report.worst!.expected,
    found: 5,
    mode: "reverse",
    error: report.worst!.error,
  });
  assert.ok(Math.abs(report.worst!.expected - 2) < 1e-9);
  assert.ok(Math.abs(report.worst!.error - 1.5e6) < 10);
});

gradients("a wrong transpose of an op on tensors is found", () => {
  const rolled: Op = defineOp({
    name: "rolled",
    shape: ([x]) => x!,
    evaluate: (_arithmetic, [x]) => [...x!.slice(1), ...x!.slice(0, 1)],
    derivative: { kind: "transpose", linear: "each", transpose: (adjoint) => apply(rolled, [adjoint]) },
    domains: [{ kind: "real", low: -1, high: 1 }],
  });
  // Rolling is its own transpose for two elements, not for three.
  const ofLength = (n: number) =>
    trace({ x: vector(n) }, ({ x }): Expr => apply(rolled, [reshapeExpr(x, [n])]));
  assert.ok(checkGradient(ofLength(2)).ok);
  assert.not.ok(checkGradient(ofLength(3)).ok);
});

gradients("a fault of forward mode alone is found, and said to be one", () => {
  /** a·b, which is linear in each operand and not in both together. */
  const productOf = (linear: "each" | "jointly"): Op =>
    defineOp({
      name: "product",
      shape: ([x]) => x!,
      evaluate: (arithmetic, [x, y]) => x!.map((one, i) => arithmetic.multiply(one, y![i]!)),
      derivative: {
        kind: "transpose",
        linear,
        transpose: (adjoint, operand, { operands }) => multiply(adjoint, operands[1 - operand]!) as Expr,
      },
      domains: [real(), real()],
    });
  const f = (linear: "each" | "jointly") =>
    trace({ x: vector(2), y: vector(2) }, ({ x, y }) => sum(apply(productOf(linear), [x, y])));
  assert.ok(checkGradient(f("each")).ok);
  const report = checkGradient(f("jointly"));
  assert.not.ok(report.ok);
  assert.is(report.worst!.mode, "forward");
  assert.match(
    report.message,
    /^checkGradient: ∂f\/∂[xy]\[[01]\] is 0 by forward mode where differences give /,
  );
});

gradients("kinks are skipped and counted, near ones are not", () => {
  const kinked = ofScalar(abs as Function1);
  const there = checkGradient(kinked, { at: { x: 0 } });
  assert.equal([there.ok, there.compared, there.skipped, there.wrong], [false, 0, 1, 0]);
  for (const x of [1e-3, -1e-5, 1e-8]) {
    const near = checkGradient(kinked, { at: { x } });
    assert.equal([near.ok, near.compared, near.skipped], [true, 1, 0], near.message);
  }
  // 0 is among the points drawn.
  const drawn = checkGradient(ofVector(abs as Function1));
  assert.ok(drawn.ok, drawn.message);
  assert.ok(drawn.skipped > 0 && drawn.skipped < drawn.compared);
});

gradients("at order 2, the kinks of the derivative are skipped", () => {
  const f = ofScalar((x) => multiply(x, abs(x)) as Expr);
  const report = checkGradient(f, { order: 2, at: { x: 0 } });
  assert.equal([report.ok, report.compared, report.skipped], [true, 1, 1], report.message);
});

gradients(
  "jumps, infinite slopes and values that aren't finite are skipped; a kink hides no wrong neighbour",
  () => {
    const singular: readonly Function1[] = [
      (x) => sqrt(x) as Expr,
      (x) => log(x) as Expr,
      (x) => divide(1, x) as Expr,
      (x) => where(x, 1, 0) as Expr,
      (x) => sqrt(subtract(x, 1)) as Expr,
    ];
    for (const f of singular) {
      const report = checkGradient(ofScalar(f), { at: { x: 0 } });
      assert.equal([report.compared, report.skipped], [0, 1], `${f}`);
      // The other elements are compared all the same.
      const beside = checkGradient(ofVector(f), { at: { x: [0, 2, 3] } });
      assert.ok(beside.ok, beside.message);
      assert.ok(beside.compared >= 6);
    }
  },
);

gradients("a check that skips too much is none", () => {
  const f = ofScalar((x) => sqrt(x) as Expr);
  const report = checkGradient(f, { domain: [-9, 1] });
  assert.not.ok(report.ok);
  assert.is(report.wrong, 0);
  assert.ok(checkGradient(f, { domain: [-9, 1], maxSkipped: 0.98, points: 100 }).ok);
  assert.not.ok(checkGradient(ofScalar(abs), { at: [{ x: 0 }, { x: 1 }, { x: 2 }], maxSkipped: 0 }).ok);
});

gradients("a check that compares nothing is none", () => {
  const data = trace({ n: scalar() }, ({ n }): Expr => square(n) as Expr);
  assert.not.ok(checkGradient(data, { domain: { n: integer(0, 5) } }).ok);
  assert.not.ok(checkGradient(ofScalar(sin), { points: 0 }).ok);
  const empty = trace({ x: vector(0) }, ({ x }): Expr => sum(x));
  assert.not.ok(checkGradient(empty).ok);
});

gradients("whole numbers and booleans are data", () => {
  const f = trace(
    { x: scalar(), n: scalar(), c: scalar() },
    ({ x, n, c }): Expr => where(c, multiply(sin(x), n), abs(n)) as Expr,
  );
  const report = assertGradient(f, { domain: { n: integer(-3, 3), c: boolean }, points: 40 });
  assert.is(report.compared, 40, "by x alone");
});

gradients("small scales, large numbers and fast oscillations are measured with steps that fit", () => {
  const narrow = { domain: [1e-9, 1e-8] } as const;
  assertGradient(
    ofScalar((x) => log(x) as Expr),
    narrow,
  );
  assertGradient(
    ofScalar((x) => sin(multiply(x, 3000)) as Expr),
    { order: 2 },
  );
  assertGradient(
    ofScalar((x) => square(x) as Expr),
    { domain: [-1e8, 1e8], order: 2 },
  );
  assertGradient(
    ofScalar((x) => exp(x) as Expr),
    { domain: [-40, 40] },
  );
});

gradients("large functions are compiled, and 32 numbers by 32 elements compared at each point", () => {
  const f = trace({ a: matrix(40, 20), b: matrix(20, 30) }, ({ a, b }): Expr => matmul(a, b));
  const report = assertGradient(f, { points: 2 });
  assert.is(report.compared, 2 * 32 * 32);
});

gradients("the same seed draws the same points, another others", () => {
  const f = ofScalar((x) => multiply(x, sin(x)) as Expr);
  const worst = (seed: number) => checkGradient(f, { seed }).worst!.at;
  assert.equal(worst(1), worst(1));
  assert.not.equal(worst(1), worst(2));
});

gradients("the messages say what is wrong and where, or what was found", () => {
  const wrong = ofVector(sineWith("flipped", (x) => multiply(cosine(x), -1) as Expr));
  assert.is(
    checkGradient(wrong, { at: { x: [0, 1, 2] } }).message,
    "checkGradient: ∂f[0]/∂x[0] is -1 by reverse mode where differences give 1.0000000, at x = [0, 1, 2]. That is off by 2e+6 times " +
      "the tolerance 1e-6. 3 of 9 derivatives at 1 point are wrong.",
  );
  assert.match(
    checkGradient(ofScalar(abs), { at: [{ x: 0 }, { x: 1 }] }).message,
    /^checkGradient: 1 derivative at 2 points agrees with differences; 1 was skipped, at a kink, a jump or a value that isn't finite\. The furthest off is ∂f\/∂x, by \S+ of the tolerance 1e-6\.$/,
  );
  assert.is(
    checkGradient(ofScalar(abs), { at: { x: 0 } }).message,
    "checkGradient: 1 of 1 derivative at 1 point couldn't be compared: differences meet a kink, a jump or a value " +
      "that isn't finite there. Choose a domain where the function is smooth, such as { domain: [0.1, 2] }, or allow " +
      "more by maxSkipped.",
  );
});

gradients("wrong options are errors", () => {
  const f = ofScalar(sin as Function1);
  const refused: readonly [unknown, RegExp][] = [
    [{ orders: 2 }, /unknown option "orders"; the options are domain, order/],
    [{ order: 4 }, /order must be 1, 2 or 3, not 4/],
    [{ domain: [2, 1] }, /domain is the list \[2, 1\]; give two finite numbers, the smaller first/],
    [{ domain: { y: [0, 1] } }, /there is no input "y"; the inputs are x/],
    [{ domain: { x: "positive" } }, /the domain of "x" is the text "positive"/],
    [{ domain: integer(0.2, 0.8) }, /domain holds no whole number: \[0.2, 0.8\]/],
    [{ tolerance: 0 }, /tolerance must be above 0/],
    [{ points: 1.5 }, /points must be a whole number of at least 0, not 1.5/],
    [{ at: { x: [1, 2] } }, /input "x": expected shape \(\), got \(2\)/],
    [{ at: {} }, /at: "x" is missing; the keys are x/],
  ];
  for (const [options, message] of refused) {
    assert.throws(
      () => checkGradient(f, options as object),
      (error: Error) => error instanceof AdjointError && message.test(error.message),
      JSON.stringify(options),
    );
  }
  assert.throws(() => checkGradient((() => 1) as never), /checkGradient: expected a traced function/);
});

gradients.run();
