/** The conventions at the corners (DESIGN.md, "Numbers at the corners"), as numbers. */
import { suite } from "uvu";
import {
  abs,
  add,
  atan2,
  cbrt,
  dot,
  type Expr,
  erf,
  erfc,
  expm1,
  gelu,
  grad,
  hypot,
  index,
  log,
  log1p,
  logAddExp,
  max,
  maximum,
  min,
  minimum,
  multiply,
  power,
  scalar,
  sign,
  sqrt,
  square,
  sum,
  trace,
  vector,
  where,
  xlog1py,
  xlogy,
} from "../graph/index.js";
import { along, flat, type Objective } from "./support/differences.js";
import { fc, forAll } from "./support/law.js";
import { assertClose, assertSame } from "./support/tolerance.js";

const corners = suite("corners");

/** f, f′, f″ … of a function of one number, at a point. */
function derivatives(f: (x: Expr) => Expr, at: number, order: number): number[] {
  let current = trace({ x: scalar() }, ({ x }): Expr => f(x)) as Objective;
  const values: number[] = [];
  for (let k = 0; k <= order; k++) {
    values.push(current({ x: at }) as number);
    if (k < order) current = along(current, { x: [1] });
  }
  return values;
}

/** The gradient by a vector `x`, at a point. */
function gradient(f: (x: Expr) => Expr, x: readonly number[]): ArrayLike<number> {
  const objective = trace({ x: vector(x.length) }, (inputs): Expr => f(inputs.x)) as Objective;
  return flat((grad(objective) as unknown as (inputs: unknown) => { x: Float64Array })({ x }).x);
}

corners("where x·log y has no term, or a sum of exponentials none, there is no slope", () => {
  const both = (f: (a: Expr, b: Expr) => Expr) => (x: Expr) => f(index(x, 0) as Expr, index(x, 1) as Expr);
  const infinity = Number.POSITIVE_INFINITY;
  assertSame(gradient(both(xlogy), [0, 0]), [-infinity, 0], "xlogy");
  assertSame(gradient(both(xlog1py), [0, -1]), [-infinity, 0], "xlog1py");
  assertSame(gradient(both(logAddExp), [-infinity, -infinity]), [0, 0], "logAddExp of nothing");
  assertSame(gradient(both(logAddExp), [-infinity, 1]), [0, 1], "logAddExp of one term");
});

corners("abs and sign have slope 0 at 0, on both of its sides; abs has no second derivative there", () => {
  for (const zero of [0, -0]) {
    assertSame(
      derivatives((x) => abs(x) as Expr, zero, 2),
      [0, 0, Number.NaN],
      "abs",
    );
    assertSame(
      derivatives((x) => sign(x) as Expr, zero, 2),
      [zero, 0, 0],
      "sign",
    );
  }
  assertSame(
    derivatives((x) => abs(x) as Expr, -3, 2),
    [3, -1, 0],
    "abs at −3",
  );
});

corners("abs at ±∞ and NaN keeps the sign's slope", () => {
  assertSame(
    derivatives((x) => abs(x) as Expr, Number.NEGATIVE_INFINITY, 1),
    [Number.POSITIVE_INFINITY, -1],
    "abs",
  );
});

corners("roots and logarithms have infinite slope at 0", () => {
  const infinite = Number.POSITIVE_INFINITY;
  assertSame(
    derivatives((x) => sqrt(x) as Expr, 0, 1),
    [0, infinite],
    "sqrt",
  );
  assertSame(
    derivatives((x) => cbrt(x) as Expr, 0, 1),
    [0, infinite],
    "cbrt",
  );
  assertSame(
    derivatives((x) => log(x) as Expr, 0, 1),
    [-infinite, infinite],
    "log",
  );
  assertSame(
    derivatives((x) => power(x, 0.5) as Expr, 0, 1),
    [0, infinite],
    "power ½",
  );
});

/** n·(n − 1)·…, of `order` factors: the derivative of xⁿ of that order, over xⁿ⁻ᵒʳᵈᵉʳ. */
function falling(n: number, order: number): number {
  let product = 1;
  for (let k = 0; k < order; k++) product *= n - k;
  return product;
}

corners("whole powers are exact at 0, at every order, and 0⁰ is 1", () => {
  for (let n = 0; n <= 6; n++) {
    const orders = Array.from({ length: n + 3 }, (_, k) => (k === n ? falling(n, k) : 0));
    assertSame(
      derivatives((x) => power(x, n) as Expr, 0, n + 2),
      orders,
      `x^${n}, constant exponent`,
    );
    // The exponent is known only when the graph runs.
    const known = trace({ x: scalar(), n: scalar() }, (inputs): Expr => power(inputs.x, inputs.n) as Expr);
    let f = known as Objective;
    const found: number[] = [];
    for (let k = 0; k <= n + 2; k++) {
      found.push(f({ x: 0, n }) as number);
      f = along(f, { x: [1] });
    }
    assertClose(found, orders, 0, `x^${n}, given exponent`);
  }
});

corners("whole powers elsewhere: products and their derivatives", () => {
  forAll(200, fc.tuple(fc.integer({ min: -6, max: 8 }), fc.integer({ min: 1, max: 48 })), ([n, k]) => {
    for (const x of [k / 16, -k / 16]) {
      const expected = [0, 1, 2, 3].map((order) => falling(n, order) * x ** (n - order));
      assertClose(
        derivatives((y) => power(y, n) as Expr, x, 3),
        expected,
        1e-13,
        `x^${n} at ${x}`,
      );
    }
  });
});

corners("by its exponent, 0ⁿ has slope 0", () => {
  const f = trace({ x: scalar(), n: scalar() }, (inputs): Expr => power(inputs.x, inputs.n) as Expr);
  const both = grad(f as unknown as Objective) as unknown as (inputs: unknown) => { x: number; n: number };
  assertSame(flatValues(both({ x: 0, n: 2 })), [0, 0], "0²");
  assertSame(flatValues(both({ x: 0, n: 1 })), [1, 0], "0¹");
  assertSame(flatValues(both({ x: 0, n: 0 })), [0, 0], "0⁰");
  assertSame(flatValues(both({ x: -2, n: 3 })), [12, Number.NaN], "(−2)³");
});

corners("slopes by base and exponent can be taken in either order, where the exponent is 0 too", () => {
  const f = trace({ x: scalar(), n: scalar() }, (inputs): Expr => power(inputs.x, inputs.n) as Expr);
  const objective = f as Objective;
  for (const n of [0, 1, 2, 2.5]) {
    for (const x of [0.5, 2]) {
      const expected = x ** (n - 1) * (1 + n * Math.log(x));
      for (const [first, second] of [
        ["x", "n"],
        ["n", "x"],
      ] as const) {
        const mixed = along(along(objective, { [first]: [1] }), { [second]: [1] });
        assertClose(mixed({ x, n }) as number, expected, 1e-14, `∂∂${x}^${n}, by ${first} first`);
      }
    }
  }
});

function flatValues(record: { x: number; n: number }): number[] {
  return [record.x, record.n];
}

corners("ties of maximum and minimum share the slope equally", () => {
  for (const extremum of [maximum, minimum]) {
    const f = trace({ a: scalar(), b: scalar() }, ({ a, b }): Expr => extremum(a, b) as Expr) as Objective;
    const slopes = grad(f) as unknown as (inputs: unknown) => { a: number; b: number };
    const { a, b } = slopes({ a: 2, b: 2 });
    assertSame([a, b], [0.5, 0.5], extremum.op.name);
    const zeros = slopes({ a: 0, b: -0 });
    assertSame([zeros.a, zeros.b], [0.5, 0.5], `${extremum.op.name} of 0 and −0`);
  }
  assertSame(
    gradient((x) => sum(maximum(x, [1, 1, 1]) as Expr), [0, 1, 2]),
    [0, 0.5, 1],
    "maximum(x, 1)",
  );
  assertSame(
    gradient((x) => sum(minimum(x, [1, 1, 1]) as Expr), [0, 1, 2]),
    [1, 0.5, 0],
    "minimum(x, 1)",
  );
});

corners("ties of max and min share the slope equally, however many they are", () => {
  const third = 1 / 3;
  assertSame(
    gradient((x) => max(x) as Expr, [1, 3, 3, 2, 3]),
    [0, third, third, 0, third],
    "max",
  );
  assertSame(
    gradient((x) => min(x) as Expr, [1, 3, 1, 2]),
    [0.5, 0, 0.5, 0],
    "min",
  );
  assertSame(
    gradient((x) => max(x) as Expr, [4, 4, 4, 4]),
    [0.25, 0.25, 0.25, 0.25],
    "max of equals",
  );
  assertSame(
    gradient((x) => max(multiply(x, x) as Expr) as Expr, [-2, 2, 1]),
    [-2, 2, 0],
    "max of squares",
  );
});

corners("relu as maximum(x, 0) has the mean of its slopes at 0, as `where` the one that it chooses", () => {
  assertSame(
    derivatives((x) => maximum(x, 0) as Expr, 0, 2),
    [0, 0.5, Number.NaN],
    "maximum(x, 0)",
  );
  assertSame(
    derivatives((x) => where(x, maximum(x, 0), 0) as Expr, 0, 2),
    [0, 0, 0],
    "where(x, …, 0)",
  );
});

corners("a norm that is guarded has gradient 0 at 0, at orders 1 and 2", () => {
  const norm = (x: Expr): Expr => {
    const s = dot(x, x) as Expr;
    return where(s, sqrt(s), 0) as Expr;
  };
  assertSame(gradient(norm, [0, 0]), [0, 0], "norm′(0)");
  assertClose(gradient(norm, [3, 4]), [0.6, 0.8], 1e-15, "norm′(3, 4)");
  assertSame(
    derivatives((x) => norm(add(x, [0, 0]) as Expr), 0, 2),
    [0, 0, 0],
    "orders 0 to 2",
  );
});

corners("NaN isn't hidden", () => {
  const nan = Number.NaN;
  assertSame(
    [max([1, nan, 2]) as number, min([1, nan, 2]) as number, maximum(nan, 1)],
    [nan, nan, nan],
    "values",
  );
  assertSame(
    derivatives((x) => square(x) as Expr, nan, 1),
    [nan, nan],
    "square",
  );
});

corners(
  "at NaN a slope is NaN, too, also where the function is flat far out or has a branch without a term",
  () => {
    const nan = Number.NaN;
    for (const f of [erf, erfc, gelu]) {
      const found = derivatives((x) => f(x) as Expr, nan, 3);
      assertSame(found, [nan, nan, nan, nan], "of one number");
    }
    const both = (f: (a: Expr, b: Expr) => Expr) => (x: Expr) => f(index(x, 0) as Expr, index(x, 1) as Expr);
    for (const point of [
      [0, nan],
      [nan, 0],
    ])
      assertSame(gradient(both(logAddExp), point), [nan, nan], "logAddExp");
    assertSame(gradient(both(power), [0, nan]), [nan, nan], "0 to the power of NaN");
  },
);

corners("differences from 1 keep their digits", () => {
  for (const x of [1e-12, -1e-12]) {
    assertSame(
      derivatives((y) => expm1(y) as Expr, x, 1),
      [Math.expm1(x), Math.exp(x)],
      "expm1",
    );
    assertSame(
      derivatives((y) => log1p(y) as Expr, x, 1),
      [Math.log1p(x), 1 / (1 + x)],
      "log1p",
    );
  }
});

corners("atan2 has a slope on the negative axis", () => {
  assertClose(
    derivatives((y) => atan2(y, -1) as Expr, 0, 1),
    [Math.PI, -1],
    1e-15,
    "atan2(y, −1)",
  );
});

corners("the angle and the length of no vector have slope 0, also behind an infinite one", () => {
  for (const f of [atan2, hypot]) {
    const of = (x: Expr) => f(index(x, 0), index(x, 1)) as Expr;
    assertSame(gradient(of, [0, 0]), [0, 0], "at the origin");
    assertSame(
      gradient((x) => sqrt(of(x)) as Expr, [0, 0]),
      [0, 0],
      "under a root",
    );
  }
});

corners("nothing summed is 0, and has an empty gradient", () => {
  assertSame(
    gradient((x) => sum(square(x) as Expr), []),
    [],
    "gradient",
  );
});

corners.run();
