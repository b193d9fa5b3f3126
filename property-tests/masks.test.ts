/**
 * What isn't used has no derivative at all: the side of a `where` that isn't taken, the elements that a slice leaves
 * out. So an infinite slope there can't turn the gradient into NaN, at any order.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  acosh,
  add,
  asin,
  broadcastTo,
  cbrt,
  concatenate,
  divide,
  dot,
  type Expr,
  exp,
  grad,
  index,
  jacobian,
  jvp,
  log,
  max,
  mean,
  min,
  multiply,
  pad,
  power,
  reshape,
  scalar,
  sin,
  slice,
  sqrt,
  square,
  stack,
  sum,
  trace,
  transpose,
  vector,
  where,
} from "../graph/index.js";
import { along, flat, type Objective } from "./support/differences.js";
import { fc, forAll } from "./support/law.js";
import { assertClose, assertSame } from "./support/tolerance.js";

const masks = suite("masks");

type Function1 = (x: Expr) => Expr;

const unary = (f: unknown): Function1 => f as Function1;

/** Functions whose value or slope isn't finite at 0, and that are smooth on [0.3, 0.8]. */
const singular: readonly Function1[] = [
  unary(sqrt),
  unary(log),
  unary(cbrt),
  (x) => divide(1, x) as Expr,
  (x) => divide(x, x) as Expr,
  (x) => sqrt(square(x)) as Expr,
  (x) => power(x, -1.5) as Expr,
  (x) => multiply(x, log(x)) as Expr,
  (x) => acosh(add(x, 1)) as Expr,
  (x) => asin(add(multiply(x, -1), 1) as Expr) as Expr,
];

const smooth: readonly Function1[] = [
  unary(sin),
  unary(exp),
  unary(square),
  (x) => add(x, 2) as Expr,
  (x) => multiply(x, x) as Expr,
];

/** The same vector, by way of ops that only move and add elements. */
const carriers: readonly Function1[] = [
  (x) => x,
  (x) => slice(slice(x, undefined, undefined, { step: -1 }), undefined, undefined, { step: -1 }),
  (x) => concatenate([slice(x, 0, 1), slice(x, 1)]),
  (x) => add(pad(slice(x, 0, 1), [0, x.shape[0]! - 1]), pad(slice(x, 1), [1, 0])) as Expr,
  (x) => stack(Array.from(x)),
  (x) => reshape(transpose(reshape(x, [-1, 1])), [-1]) as Expr,
  (x) => sum(reshape(x, [1, -1]), 0),
  (x) => mean(broadcastTo(x, [2, x.shape[0]!]), 0),
  (x) => index(stack([sin(x) as Expr, x]), 1),
  (x) =>
    index(
      pad(stack([x]), [
        [2, 0],
        [0, 0],
      ]),
      2,
    ),
];

/** A function of one number, made of choices by conditions that are given beside it. */
type Choice =
  | { readonly kind: "leaf"; readonly f: number; readonly singular: boolean }
  | { readonly kind: "outer"; readonly f: number; readonly carrier: number; readonly inner: Choice }
  | { readonly kind: "where"; readonly condition: number; readonly taken: Choice; readonly other: Choice };

const conditions = 3;

const { choice } = fc.letrec<{ choice: Choice }>((tie) => ({
  choice: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({
      kind: fc.constant("leaf" as const),
      f: fc.nat(9),
      singular: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant("where" as const),
      condition: fc.nat(conditions - 1),
      taken: tie("choice"),
      other: tie("choice"),
    }),
    fc.record({
      kind: fc.constant("outer" as const),
      f: fc.nat(9),
      carrier: fc.nat(9),
      inner: tie("choice"),
    }),
  ),
}));

const leafOf = (f: number, isSingular: boolean): Function1 =>
  isSingular ? singular[f % singular.length]! : smooth[f % smooth.length]!;

/** The whole function, with its choices, on a vector. */
function build(tree: Choice, x: Expr, given: readonly Expr[]): Expr {
  if (tree.kind === "leaf") return leafOf(tree.f, tree.singular)(x);
  if (tree.kind === "outer") {
    return leafOf(tree.f, false)(carriers[tree.carrier % carriers.length]!(build(tree.inner, x, given)));
  }
  return where(given[tree.condition]!, build(tree.taken, x, given), build(tree.other, x, given)) as Expr;
}

/** The function that the choices come down to, on a number. */
function taken(tree: Choice, x: Expr, given: readonly number[]): Expr {
  if (tree.kind === "leaf") return leafOf(tree.f, tree.singular)(x);
  if (tree.kind === "outer") return leafOf(tree.f, false)(taken(tree.inner, x, given));
  return taken(given[tree.condition] ? tree.taken : tree.other, x, given);
}

function endsInSingular(tree: Choice, given: readonly number[]): boolean {
  if (tree.kind === "leaf") return tree.singular;
  if (tree.kind === "outer") return endsInSingular(tree.inner, given);
  return endsInSingular(given[tree.condition] ? tree.taken : tree.other, given);
}

const element = fc.record({
  zero: fc.boolean(),
  x: fc.integer({ min: 300, max: 800 }).map((k) => k / 1000),
  // Whatever isn't 0 or NaN is true.
  given: fc.array(fc.constantFrom(0, 1, -1, 2, Number.NaN, -0), {
    minLength: conditions,
    maxLength: conditions,
  }),
});

const elements = fc.array(element, { minLength: 1, maxLength: 4 });

/** Derivatives of orders 1 and 2, by x, contracted with a direction each. */
function orders(
  f: Objective,
  inputs: Readonly<Record<string, unknown>>,
  size: number,
): readonly ArrayLike<number>[] {
  const once = grad(f, "x") as (inputs: unknown) => { readonly x: number | Float64Array };
  const direction = { x: Array.from({ length: size }, (_, i) => 1 + i / 4) };
  const twice = grad(along(f, direction), "x") as typeof once;
  return [flat(once(inputs).x), flat(twice(inputs).x)];
}

masks("nested choices have the derivatives of the branch taken, element by element", () => {
  forAll(600, fc.record({ tree: choice, elements }), ({ tree, elements }) => {
    const x = elements.map(({ zero, x, given }) => (zero && !endsInSingular(tree, given) ? 0 : x));
    const size = x.length;
    const specs = Object.fromEntries(
      Array.from({ length: conditions }, (_, k) => [`c${k}`, { shape: [size] }] as const),
    );
    const f = trace({ x: { shape: [size] }, ...specs }, ({ x, ...given }): Expr => {
      return sum(build(tree, x, Object.values(given) as Expr[]));
    }) as Objective;
    const given = Object.keys(specs).map((name, k) => [name, elements.map((one) => one.given[k]!)] as const);
    const actual = orders(f, { x, ...Object.fromEntries(given) }, size);
    const expected = elements.map((one, i) => {
      const alone = trace({ x: scalar() }, ({ x }): Expr => taken(tree, x, one.given)) as Objective;
      const [first, second] = orders(alone, { x: x[i]! }, 1);
      return [first![0]!, second![0]! * (1 + i / 4)] as const;
    });
    for (const order of [0, 1] as const) {
      const list = expected.map((one) => one[order]);
      assertClose(actual[order]!, list, 1e-10, `derivative of order ${order + 1} at x = [${x}]`);
    }
  });
});

/** Linear ops that move, repeat, leave out and add elements. */
const moves: readonly ((x: Expr, k: number) => Expr)[] = [
  (x, k) => slice(x, k % 3, undefined, { axis: k % x.shape.length }),
  (x, k) => slice(x, 0, -1 - (k % 2), { axis: k % x.shape.length }),
  (x, k) => slice(x, undefined, undefined, { axis: k % x.shape.length, step: [2, -1, -2][k % 3]! }),
  (x) => transpose(x),
  (x) => reshape(x, [-1]) as Expr,
  (x, k) => (x.shape.length > 1 ? sum(x, k % x.shape.length) : stack([x, x], k % 2)),
  (x, k) => broadcastTo(x, [1 + (k % 2), ...x.shape]) as Expr,
  (x, k) => concatenate([x, slice(x, 1, undefined, { axis: k % x.shape.length })], k % x.shape.length),
  (x, k) => pad(x, [k % 2, k % 3]),
  (x) => (x.shape[0]! > 0 && x.shape.length > 1 ? index(x, -1) : x),
];

masks(
  "elements of a computed tensor that nobody uses have gradient 0, even where their slope is infinite",
  () => {
    const steps = fc.array(fc.tuple(fc.nat(moves.length - 1), fc.nat(20)), { minLength: 1, maxLength: 6 });
    forAll(400, fc.tuple(steps, fc.nat(singular.length - 1)), ([chain, which]) => {
      const shape = [3, 4];
      const move = (x: Expr) => chain.reduce((moved, [kind, k]) => moves[kind]!(moved, k), x);
      const used = trace({ x: { shape } }, ({ x }): Expr => sum(move(x))) as Objective;
      const counts = orders(used, { x: new Array<number>(12).fill(1) }, 12)[0]!;
      const x = Array.from(counts, (count, i) => (count === 0 ? 0 : 0.3 + i / 30));
      const f = trace({ x: { shape } }, ({ x }): Expr => sum(move(singular[which]!(x)))) as Objective;
      const actual = orders(f, { x }, 12);
      const one = trace({ x: scalar() }, ({ x }): Expr => singular[which]!(x)) as Objective;
      x.forEach((at, i) => {
        const alone = counts[i] === 0 ? [[0], [0]] : orders(one, { x: at }, 1);
        assertClose(actual[0]![i]!, alone[0]![0]! * counts[i]!, 1e-12, `slope ${i} at [${x}]`);
        assertClose(
          actual[1]![i]!,
          alone[1]![0]! * counts[i]! * (1 + i / 4),
          1e-12,
          `curvature ${i} at [${x}]`,
        );
      });
    });
  },
);

/** A whole vector behind one condition that is false. */
const reductions: Readonly<Record<string, Function1>> = {
  sum: (x) => sum(x),
  mean: (x) => mean(x),
  max: (x) => max(x) as Expr,
  min: (x) => min(x) as Expr,
  index: (x) => index(x, 1),
  dot: (x) => dot(x, [1, 2, 3]),
  "sum of products": (x) => sum(multiply(x, x) as Expr),
};

for (const [name, reduce] of Object.entries(reductions)) {
  masks(`${name} of what isn't used has gradient 0, at orders 1 and 2`, () => {
    for (const f of singular) {
      const objective = trace(
        { x: vector(3), c: scalar() },
        ({ x, c }): Expr => where(c, reduce(f(x)), sum(square(x)) as Expr),
      ) as Objective;
      const [first, second] = orders(objective, { x: [0, 0, 0.5], c: 0 }, 3);
      assertSame(first!, [0, 0, 1], `gradient behind ${f}`);
      assertSame(second!, [2, 2.5, 3], `second derivative behind ${f}`);
    }
  });
}

masks("`where(x > 0, sqrt(x), 0)` has gradient 0 at 0", () => {
  const f = trace({ x: vector(2) }, ({ x }): Expr => sum(where(x, sqrt(x), 0) as Expr)) as Objective;
  assert.equal(orders(f, { x: [0, 4] }, 2), [Float64Array.of(0, 0.25), Float64Array.of(0, -0.0390625)]);
});

const steep = [sqrt, cbrt] as readonly unknown[] as readonly Function1[];

masks("the elements between two that are used have no derivative", () => {
  for (const f of steep) {
    const g = trace({ x: vector(3) }, ({ x }): Expr => {
      const y = f(x);
      return add(index(y, 0), index(y, 2)) as Expr;
    }) as Objective;
    const [first, second] = orders(g, { x: [1, 0, 1] }, 3);
    assert.ok(
      [first![1], second![1]].every((x) => x === 0),
      `${first} and ${second} by ${f}`,
    );
  }
});

masks("what pads has no tangent", () => {
  const f = trace({ x: vector(2) }, ({ x }) => sum(cbrt(pad(x, [1, 1]))) as Expr<[]>);
  assertClose(jvp(f)({ x: [1, 8], "tangent.x": [3, 12] }).tangent, 2, 1e-15, "tangent");
});

masks(
  "a Jacobian of more rows, or columns, than are written out takes only the elements that each depends on",
  () => {
    const size = 20;
    const x = Array.from({ length: size }, (_, i) => i % 2);
    for (const f of steep)
      for (const copies of [1, 2]) {
        const g = trace({ x: vector(size) }, ({ x }) =>
          concatenate(new Array<Expr>(copies).fill(f(x as Expr))),
        );
        const found = flat(jacobian(g)({ x }).x as Float64Array);
        const alone = trace({ x: scalar() }, ({ x }): Expr => f(x as Expr)) as Objective;
        const slopes = x.map((at) => orders(alone, { x: at }, 1)[0]![0]!);
        const right = Array.from({ length: copies * size * size }, (_, k) =>
          k % size === Math.floor(k / size) % size ? slopes[k % size]! : 0,
        );
        assertSame(found, right, `${copies * size} rows of ${f}`);
      }
  },
);

masks.run();
