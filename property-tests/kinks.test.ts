/**
 * Second derivatives at corners. Where a slope has a documented value but the function has a kink, they are NaN, never a
 * number that nothing stands for; where the function is smooth after all, as the square of a norm is, they are right.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { applyElementwise } from "../graph/elementwise.js";
import {
  abs,
  add,
  atan2,
  clip,
  compile,
  concatenate,
  divide,
  type Expr,
  elu,
  exp,
  grad,
  greater,
  hardTanh,
  hessian,
  hvp,
  hypot,
  index,
  jvp,
  leakyRelu,
  lessEqual,
  logSumExp,
  max,
  maximum,
  mean,
  min,
  minimum,
  multiply,
  norm,
  type Op,
  power,
  relu,
  relu6,
  scalar,
  selu,
  slice,
  sqrt,
  square,
  stack,
  std,
  subtract,
  sum,
  type Traced,
  trace,
  variance,
  vector,
  where,
} from "../graph/index.js";
import { constant } from "../graph/ops/constant.js";
import { kink, noSlope, shadow, vanishing } from "../graph/ops/kinks.js";
import { huber } from "../src/nn/index.js";
import { domainOf } from "../src/testing/programs.js";
import { applyTo } from "./support/arbitraries.js";
import { along, flatten, type Objective } from "./support/differences.js";
import { elementwiseOps } from "./support/registry.js";
import { assertSame } from "./support/tolerance.js";

const kinks = suite("kinks");

const { NaN: none, POSITIVE_INFINITY: infinity } = Number;

type Build = (x: Expr) => unknown;
type Plain = (inputs: object) => unknown;

const plain = (f: unknown) => f as Plain;
const objective = (f: Build, size: number) =>
  trace({ x: vector(size) }, ({ x }) => f(x as Expr) as Expr<[]>) as Objective;

/** The second derivative along a direction, forward mode over forward mode. */
function curvature(f: Objective, x: readonly number[], direction: readonly number[]): number {
  const slope = (g: Traced) => {
    const tangent = jvp(g) as unknown as (inputs: object) => { readonly tangent: Expr<[]> };
    return trace({ x: vector(x.length) }, (inputs) => {
      return tangent({ x: inputs.x, "tangent.x": constant(inputs.x.builder, direction, [x.length]) }).tangent;
    }) as unknown as Traced;
  };
  return plain(slope(slope(f as Traced)))({ x }) as number;
}

/** The Hessian by both modes, flat, the same by the interpreter, in a kernel, and column by column. */
function hessianOf(f: Build, x: readonly number[]): number[] {
  const built = objective(f, x.length);
  const whole = hessian(built) as Traced;
  const found = flatten(plain(whole)({ x }));
  assertSame(flatten(plain(compile(whole))({ x })), found, "in a kernel");
  const products = x.flatMap((_, i) =>
    flatten(plain(hvp(built))({ x, "tangent.x": x.map((_, k) => Number(i === k)) })),
  );
  // A product adds up 0·NaN where only one of its elements is meant.
  found.forEach((value, i) => {
    if (Number.isNaN(products[i]!)) return;
    assert.ok(Math.abs(value - products[i]!) <= 1e-12, `product: ${products[i]} instead of ${value} at ${i}`);
  });
  x.forEach((_, i) => {
    const unit = x.map((_, k) => Number(i === k));
    const value = curvature(built, x, unit);
    const right = found[i * x.length + i]!;
    // A direction that is 0 at a kink is none, so that its NaN shows in all of them.
    const isRight = Number.isNaN(value) ? found.some(Number.isNaN) : Math.abs(value - right) <= 1e-12;
    assert.ok(isRight, `forward twice: ${value} instead of ${right} at ${i}`);
  });
  return found.map((value) => (value === 0 ? 0 : value));
}

const [first, second] = [(x: Expr) => index(x, 0) as Expr, (x: Expr) => index(x, 1) as Expr];

/** What is smooth in spite of what it is made of, with its Hessian by hand. */
const smooth: readonly (readonly [
  name: string,
  f: Build,
  at: readonly number[],
  right: readonly number[],
])[] = [
  ["‖x‖²", (x) => square(norm(x)), [0, 0], [2, 0, 0, 2]],
  ["‖x‖·‖x‖", (x) => multiply(norm(x), norm(x)), [0, 0], [2, 0, 0, 2]],
  ["power(‖x‖, 2)", (x) => power(norm(x), 2), [0, 0], [2, 0, 0, 2]],
  ["power(‖x‖, 4)", (x) => power(norm(x), 4), [0, 0], [0, 0, 0, 0]],
  ["power(‖x‖, 4)", (x) => power(norm(x), 4), [1, 2], [28, 16, 16, 52]],
  ["√(1 + ‖x‖²)", (x) => sqrt(add(1, square(norm(x)))), [0, 0], [1, 0, 0, 1]],
  ["a zero row", (x) => sum(square(norm(stack([x, multiply(x, [3, 0])]), 1))), [0, 0], [20, 0, 0, 2]],
  [
    "rows, kept and moved",
    (x) => sum(square(slice(norm(stack([x, x]), 1, { keepDims: true }), 0, 1))),
    [0, 0],
    [2, 0, 0, 2],
  ],
  ["hypot²", (x) => square(hypot(first(x), second(x))), [0, 0], [2, 0, 0, 2]],
  ["|x|²", (x) => sum(square(abs(x))), [0, 0], [2, 0, 0, 2]],
  ["|x|·|x|", (x) => sum(multiply(abs(x), abs(x))), [0, -1], [2, 0, 0, 2]],
  ["std²", (x) => square(std(x)), [3, 3], [0.5, -0.5, -0.5, 0.5]],
  ["variance", (x) => variance(x), [3, 3], [0.5, -0.5, -0.5, 0.5]],
  ["logSumExp of a tie", (x) => logSumExp(x), [1, 1], [0.25, -0.25, -0.25, 0.25]],
  ["Huber's loss", (x) => huber(x, multiply(x, 0) as Expr), [0, 2], [0.5, 0, 0, 0]],
  ["least squares with |x|, away from 0", (x) => add(sum(square(x)), sum(abs(x))), [1, -1], [2, 0, 0, 2]],
  ["relu away from 0", (x) => sum(square(relu(x))), [1, -1], [2, 0, 0, 0]],
  [
    "relu6 and hardTanh away from their bounds",
    (x) => sum(square(hardTanh(relu6(x)))),
    [0.5, 7],
    [2, 0, 0, 0],
  ],
  ["elu with α = 1, from below", (x) => sum(elu(x)), [0, 1], [1, 0, 0, 0]],
  [
    "leakyRelu with the slope 1",
    (x) => sum(square(leakyRelu(x, { negativeSlope: 1 }))),
    [0, -1],
    [2, 0, 0, 2],
  ],
  ["max without a tie", (x) => square(max(x)), [1, 2], [0, 0, 0, 2]],
  ["no tie of one with itself", (x) => sum(square(maximum(x, x))), [1, 0], [2, 0, 0, 2]],
  ["clip inside and outside", (x) => sum(square(clip(x, 0, 1))), [0.5, 2], [2, 0, 0, 0]],
  ["a norm of a zero beside a number", (x) => norm(x), [0, 2], [0.5, 0, 0, 0]],
  [
    "a kink in a branch that isn't taken",
    (x) => sum(where(greater(x, 0.5), square(x), abs(subtract(x, 0.75)))),
    [0.75, 1],
    [2, 0, 0, 2],
  ],
  [
    "a kink in a branch that isn't taken, at it",
    (x) => sum(where(greater(abs(x), 5), abs(x), square(x))),
    [0, 1],
    [2, 0, 0, 2],
  ],
  [
    "a tie in a branch that isn't taken",
    (x) => where(lessEqual(sum(x), 5), sum(square(x)), add(max(x), norm(subtract(x, 1)))),
    [1, 1],
    [2, 0, 0, 2],
  ],
];

for (const [name, f, at, right] of smooth) {
  kinks(`${name} at [${at}] has its Hessian`, () => {
    const found = hessianOf(f, at);
    right.forEach((value, i) => {
      assert.ok(Math.abs(found[i]! - value) <= 1e-12, `${found[i]} instead of ${value} at ${i}`);
    });
  });
}

/** What has no Hessian, with its documented gradient; NaN where there is none, numbers where there is. */
const kinked: readonly (readonly [
  name: string,
  f: Build,
  at: readonly number[],
  gradient: readonly number[],
  hessian: readonly number[],
])[] = [
  ["|x|", (x) => sum(abs(x)), [0, 1], [0, 1], [none, 0, 0, 0]],
  ["√|x|", (x) => sum(sqrt(abs(x))), [0, 1], [0, 0.5], [none, 0, 0, -0.25]],
  ["x + |x|", (x) => sum(add(x, abs(x))), [0, 1], [1, 2], [none, 0, 0, 0]],
  ["‖x‖", (x) => norm(x), [0, 0], [0, 0], [none, none, none, none]],
  ["e^‖x‖", (x) => exp(norm(x)), [0, 0], [0, 0], [none, none, none, none]],
  ["‖x‖₁", (x) => norm(x, 0, { ord: 1 }), [0, 2], [0, 1], [none, 0, 0, 0]],
  ["hypot", (x) => hypot(first(x), second(x)), [0, 0], [0, 0], [none, none, none, none]],
  ["std", (x) => std(x), [3, 3], [0, 0], [none, none, none, none]],
  ["atan2", (x) => atan2(first(x), second(x)), [0, 0], [0, 0], [none, none, none, none]],
  ["max² of a tie", (x) => square(max(x)), [1, 1], [1, 1], [none, none, none, none]],
  ["min of a tie", (x) => min(x), [1, 1, 2], [0.5, 0.5, 0], [none, none, 0, none, none, 0, 0, 0, 0]],
  ["max(x, 0)²", (x) => sum(square(maximum(x, 0))), [0, 1], [0, 2], [none, 0, 0, 2]],
  ["min(x, y)", (x) => minimum(first(x), second(x)), [1, 1], [0.5, 0.5], [none, none, none, none]],
  ["relu²", (x) => sum(square(relu(x))), [0, 1], [0, 2], [none, 0, 0, 2]],
  ["clip²", (x) => sum(square(clip(x, 0, 1))), [0, 0.5], [0, 1], [none, 0, 0, 2]],
  ["leakyRelu", (x) => sum(leakyRelu(x)), [0, 1], [0.01, 1], [none, 0, 0, 0]],
  [
    "leakyRelu with the slope 0",
    (x) => sum(leakyRelu(x, { negativeSlope: 0 })),
    ...([
      [0, -1],
      [0, 0],
      [none, 0, 0, 0],
    ] as const),
  ],
  ["elu with α = 2", (x) => sum(elu(x, { alpha: 2 })), [0, 1], [2, 1], [none, 0, 0, 0]],
  [
    "selu",
    (x) => sum(selu(x)),
    ...([
      [0, 1],
      [1.0507009873554805 * 1.6732632423543772, 1.0507009873554805],
      [none, 0, 0, 0],
    ] as const),
  ],
  [
    "relu6² at both bounds",
    (x) => sum(square(relu6(x))),
    [0, 6, 2],
    [0, 0, 4],
    [none, 0, 0, 0, none, 0, 0, 0, 2],
  ],
  ["hardTanh at both bounds", (x) => sum(hardTanh(x)), [-1, 1], [0, 0], [none, 0, 0, none]],
  ["leakyRelu of |x|", (x) => sum(leakyRelu(abs(x))), [0, 1], [0, 1], [none, 0, 0, 0]],
  ["hardTanh of max(x, −1)", (x) => sum(hardTanh(maximum(x, -1))), [-1, 2], [0, 0], [none, 0, 0, 0]],
  [
    "a part of |x| that is chosen",
    (x) => sum(where([1], slice(abs(x), 0, 1), 2)),
    ...([
      [0, 1],
      [0, 0],
      [none, 0, 0, 0],
    ] as const),
  ],
  [
    "|x| beside more, chosen",
    (x) => sum(where([1, 1, 0, 0], concatenate([abs(x), add(x, 5)]), 2)),
    ...([
      [0, 1],
      [0, 1],
      [none, 0, 0, 0],
    ] as const),
  ],
  [
    "a part of |x|, bounded",
    (x) => sum(maximum(slice(abs(x), 0, 1), -1)),
    ...([
      [0, 1],
      [0, 0],
      [none, 0, 0, 0],
    ] as const),
  ],
  [
    "|x| beside more, bounded",
    (x) => sum(maximum(concatenate([abs(x), add(x, 5)]), -1)),
    ...([
      [0, 1],
      [1, 2],
      [none, 0, 0, 0],
    ] as const),
  ],
  [
    "|x| in two parts, chosen",
    (x) => sum(where([1, 1], add(relu(x), relu(subtract(0, x))), 2)),
    ...([
      [0, 1],
      [0, 1],
      [none, 0, 0, 0],
    ] as const),
  ],
  ["the mean of |x|·x", (x) => mean(multiply(abs(x), x)), [0, 1], [0, 1], [none, 0, 0, 1]],
];

for (const [name, f, at, gradient, right] of kinked) {
  kinks(`${name} at [${at}] keeps its gradient and has no Hessian, which isn't hidden`, () => {
    const slopes = flatten(plain(grad(objective(f, at.length)))({ x: at })).map((x) => (x === 0 ? 0 : x));
    assertSame(slopes, gradient, "gradient");
    assertSame(hessianOf(f, at), right, "Hessian");
  });
}

kinks("of all higher orders, too", () => {
  for (const f of [(x: Expr) => sum(abs(x)), (x: Expr) => square(max(x)), (x: Expr) => norm(x)]) {
    let current = objective(f, 2);
    for (let order = 1; order <= 4; order++) {
      current = along(current, { x: [1, 0.5] });
      const value = plain(current)({ x: [0, 0] }) as number;
      assert.is(Number.isNaN(value), order > 1, `order ${order} of ${f}: ${value}`);
    }
  }
});

kinks("what stands for a missing derivative is 0 or NaN, whatever it is given", () => {
  for (const [op, value] of [
    [kink, 0],
    [noSlope, none],
  ] as const) {
    for (const x of [0, -2, infinity, none]) {
      const f = trace({ x: scalar() }, (inputs) => op(inputs.x)) as Objective;
      assertSame([plain(f)({ x }) as number], [value], "value");
      assertSame([plain(compile(f))({ x }) as number], [value], "in a kernel");
      assertSame(flatten(plain(grad(f))({ x })), [none], "slope");
    }
  }
});

/** Ops whose derivative is 0 by decree, or that choose by a condition: they have no kinks of their own. */
const decreed = (op: Op) => op.derivative.kind === "constant" || op.name === "where";

/** From a corner to here, the slope is compared with that on both sides. */
const near = [1e-4, 1e-5, 1e-6];

for (const op of elementwiseOps) {
  if (decreed(op)) continue;
  kinks(`${op.name}: at its corners no second derivative is a number where the slope jumps`, () => {
    const reals = op.domains.map((_, i) => domainOf(op, i).kind === "real");
    const corners = [-1, 0, 1];
    const points = op.domains.reduce<number[][]>(
      (list) => list.flatMap((point) => corners.map((x) => [...point, x])),
      [[]],
    );
    const f = trace(
      Object.fromEntries(op.domains.map((_, i) => [`a${i}`, scalar()])),
      (inputs) => applyTo(inputs.a0!.builder, op, Object.values(inputs), {}) as Expr<[]>,
    ) as Objective;
    const height = plain(f);
    const slopesOf = plain(compile(grad(f)));
    const hessiansOf = plain(hessian(f));
    for (const point of points) {
      const give = (at: readonly number[]) => Object.fromEntries(at.map((x, i) => [`a${i}`, x]));
      const slopes = (at: readonly number[]) => flatten(slopesOf(give(at)));
      const at = slopes(point);
      const found = flatten(hessiansOf(give(point)));
      point.forEach((_, by) => {
        if (!reals[by]) return;
        const sides = [1, -1].map((sign) =>
          near.map((h) => slopes(point.with(by, point[by]! + sign * h))),
        ) as [number[][], number[][]];
        point.forEach((_, of) => {
          if (!reals[of]) return;
          // The slope's limits from both sides, as far as three points tell them.
          const [right, left] = sides.map((side) => side.map((list) => list[of]!)) as [number[], number[]];
          const all = [...right, ...left, at[of]!];
          const jump = Math.abs(right[2]! - left[2]!);
          const isJump = all.every(Number.isFinite) && jump > 0.1 && Math.abs(right[1]! - left[1]!) > 0.1;
          const values = [1, -1].map(
            (sign) => height(give(point.with(by, point[by]! + sign * near[2]!))) as number,
          );
          // Where the function itself jumps, its slope is one by decree.
          if (!isJump || Math.abs(values[0]! - values[1]!) > 0.1) return;
          const value = found[of * point.length + by]!;
          assert.not(
            Number.isFinite(value),
            `∂²/∂${of}∂${by} at [${point}] is ${value}, where the slope jumps by ${jump}`,
          );
        });
      });
    }
  });
}

kinks("what stands for a 0 that is known to be one has the derivatives of that", () => {
  const f = trace({ x: scalar() }, ({ x }) => shadow(square(x))) as Objective;
  for (const x of [0, -2]) {
    assertSame([plain(f)({ x }) as number, plain(compile(f))({ x }) as number], [0, 0], "value");
    assertSame(flatten(plain(grad(f))({ x })), [2 * x], "slope");
    assertSame(flatten(plain(hessian(f))({ x })), [2], "second derivative");
  }
});

kinks("0 times something has no derivative where that has none for a kink, and else the derivative 0", () => {
  const f = trace({ x: scalar(), y: scalar() }, ({ x, y }) =>
    vanishing(multiply(y, maximum(x, 1))),
  ) as Objective;
  const slopes = plain(grad(f));
  assertSame(flatten(slopes({ x: 1, y: 2 })), [0, 0], "first");
  const second = trace({ x: scalar(), y: scalar() }, ({ x, y }) => {
    const inner = grad(trace({ x: scalar(), y: scalar() }, (at) => multiply(at.y, maximum(at.x, 1))));
    return vanishing(inner({ x, y }).x);
  }) as Objective;
  for (const [x, expected] of [
    [1, [none, 0]],
    [2, [0, 0]],
  ] as const) {
    assertSame(flatten(plain(grad(second))({ x, y: 2 })), expected, `behind a kink, at ${x}`);
    const along = plain(jvp(second))({ x, y: 2, "tangent.x": 1, "tangent.y": 0 });
    assertSame([(along as { tangent: number }).tangent], [expected[0]], `forward, at ${x}`);
  }
});

kinks("powers at 0: slopes by the exponent, and a Hessian that doesn't depend on the order", () => {
  const f = trace({ x: scalar(), n: scalar() }, ({ x, n }) => power(x, n)) as Objective;
  const slopes = plain(grad(f));
  assertSame(flatten(slopes({ x: 0, n: -1 })), [-infinity, -infinity], "(0, −1)");
  assertSame(flatten(slopes({ x: 0, n: 2 })), [0, 0], "(0, 2)");
  const second = plain(hessian(f));
  for (const [x, n] of [
    [0, 1],
    [0, 2],
    [0, 3],
    [2, 1],
    [0.5, -1],
  ]) {
    const [, mixed, other] = flatten(second({ x, n }));
    assert.ok(
      Object.is(mixed, other) || Math.abs(mixed! - other!) <= 1e-12,
      `${mixed} and ${other} at ${x}, ${n}`,
    );
  }
});

kinks("a term that vanishes whatever its parameters are has the slopes 0 by them", () => {
  const f = trace({ c: scalar(), d: scalar(), x: scalar() }, ({ c, d, x }) =>
    add(1, power(divide(c, x), d)),
  ) as Objective;
  for (const at of [
    { c: 2, d: -1.5, x: 0 },
    { c: 3, d: -2, x: 0 },
  ]) {
    for (const g of [
      plain(grad(f, ...(["c", "d"] as never[]))),
      plain(compile(grad(f, ...(["c", "d"] as never[])))),
    ])
      assertSame(
        flatten(g(at)).map((x) => x + 0),
        [0, 0],
        "slopes",
      );
  }
});

/** Corners of two numbers at once: on both of ops' special points, beside and off them. */
const corner = [0, 1, -1, 2, 0.5];

for (const op of elementwiseOps.filter(({ domains, derivative }) => {
  return domains.length === 2 && derivative.kind === "partials";
})) {
  kinks(`${op.name}: its mixed second derivatives are one, or none, whichever operand comes first`, () => {
    const f = trace({ a: scalar(), b: scalar() }, ({ a, b }) => applyElementwise(op, [a, b]) as Expr<[]>);
    const second = plain(hessian(f));
    for (const a of corner) {
      for (const b of corner) {
        const [, ab, ba] = flatten(second({ a, b })) as [number, number, number];
        const isOne = Number.isFinite(ab) && Math.abs(ab - ba) <= 1e-12 * (1 + Math.abs(ab));
        const isNone = !Number.isFinite(ab) && !Number.isFinite(ba);
        assert.ok(isOne || isNone, `${ab} and ${ba} at ${a}, ${b}`);
      }
    }
  });
}

kinks.run();
