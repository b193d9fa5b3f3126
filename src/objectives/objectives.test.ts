import { compile as compileFormula } from "mathjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, grad, valueAndGrad } from "../../graph/index.js";
import { randomSource } from "../data/random.js";
import * as objectives from "./index.js";
import { cubic, type Objective, type Point, saddle, testFunctions, weightedSphere } from "./index.js";

const test = suite("objectives");
const { PI, E, cos, exp, sin, sqrt } = Math;

/** Every objective beside its formula in plain JavaScript, written down a second time from the literature. */
const formulas: readonly (readonly [Objective, (x: number, y: number) => number])[] = [
  [weightedSphere(), (x, y) => 0.2 * x ** 2 + 2 * y ** 2],
  [cubic, (x, y) => x ** 2 + y ** 2 + y ** 3 + x * y],
  [saddle, (x, y) => -(x ** 2) / 2 + y ** 2],
  [objectives.rosenbrock, (x, y) => (1 - x) ** 2 + 100 * (y - x ** 2) ** 2],
  [
    objectives.beale,
    (x, y) => (1.5 - x + x * y) ** 2 + (2.25 - x + x * y ** 2) ** 2 + (2.625 - x + x * y ** 3) ** 2,
  ],
  [objectives.booth, (x, y) => 5 * x ** 2 + 5 * y ** 2 + 8 * x * y - 34 * x - 38 * y + 74],
  [objectives.matyas, (x, y) => 0.02 * (x * x + y * y) + 0.24 * (x - y) ** 2],
  [objectives.himmelblau, (x, y) => (x ** 2 + y - 11) ** 2 + (x + y ** 2 - 7) ** 2],
  [objectives.threeHumpCamel, (x, y) => 2 * x ** 2 - 1.05 * x ** 4 + x ** 6 / 6 + x * y + y ** 2],
  [
    objectives.sixHumpCamel,
    (x, y) => (4 - 2.1 * x ** 2 + x ** 4 / 3) * x ** 2 + x * y + (-4 + 4 * y ** 2) * y ** 2,
  ],
  [
    objectives.goldsteinPrice,
    (x, y) =>
      (1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x ** 2 - 14 * y + 6 * x * y + 3 * y ** 2)) *
      (30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x ** 2 + 48 * y - 36 * x * y + 27 * y ** 2)),
  ],
  [objectives.mccormick, (x, y) => sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1],
  [
    objectives.styblinskiTang,
    (x, y) => [x, y].reduce((sum, t) => sum + (t ** 4 - 16 * t ** 2 + 5 * t) / 2, 0),
  ],
  [
    objectives.branin,
    (x, y) => {
      const [a, b, c, r, s, t] = [1, 5.1 / (4 * PI ** 2), 5 / PI, 6, 10, 1 / (8 * PI)] as const;
      return a * (y - b * x ** 2 + c * x - r) ** 2 + s * (1 - t) * cos(x) + s;
    },
  ],
  [objectives.rastrigin, (x, y) => [x, y].reduce((sum, t) => sum + t ** 2 - 10 * cos(2 * PI * t), 10 * 2)],
  [
    objectives.ackley,
    (x, y) =>
      -20 * exp(-0.2 * sqrt(0.5 * (x ** 2 + y ** 2))) -
      exp(0.5 * (cos(2 * PI * x) + cos(2 * PI * y))) +
      E +
      20,
  ],
  [objectives.easom, (x, y) => -cos(x) * cos(y) * exp(-((x - PI) ** 2 + (y - PI) ** 2))],
  [
    objectives.levy13,
    (x, y) =>
      sin(3 * PI * x) ** 2 +
      (x - 1) ** 2 * (1 + sin(3 * PI * y) ** 2) +
      (y - 1) ** 2 * (1 + sin(2 * PI * y) ** 2),
  ],
];

test("the list holds every test function, and names are as exported", () => {
  assert.equal(
    formulas.slice(3).map(([{ name }]) => name),
    testFunctions.map(({ name }) => name),
  );
  for (const { name, f } of [...testFunctions, cubic, saddle]) {
    assert.is((objectives as unknown as Record<string, Objective>)[name]!.f, f);
  }
});

for (const [objective, formula] of formulas) {
  const { name, f, minima, saddles = [], start, window } = objective;

  test(`${name}: values are those of the formula, in JavaScript and as text`, () => {
    const text = compileFormula(objective.formula);
    for (const [x1, x2] of pointsIn(objective, 200)) {
      const expected = formula(x1, x2);
      close(f({ x: [x1, x2] }), expected, 1e-12, 1e-12, `f(${x1}, ${x2})`);
      close(text.evaluate({ x1, x2 }) as number, expected, 1e-12, 1e-12, `formula at (${x1}, ${x2})`);
    }
  });

  test(`${name}: the gradient is that of the formula`, () => {
    const gradient = grad(f);
    for (const [x1, x2] of pointsIn(objective, 100)) {
      const got = gradient({ x: [x1, x2] }).x;
      const scale = 1 + Math.abs(formula(x1, x2));
      const along1 = fivePoint((t) => formula(x1 + t, x2));
      const along2 = fivePoint((t) => formula(x1, x2 + t));
      close(got[0]!, along1, 1e-8, 1e-9 * scale, `∂f/∂x1 at (${x1}, ${x2})`);
      close(got[1]!, along2, 1e-8, 1e-9 * scale, `∂f/∂x2 at (${x1}, ${x2})`);
    }
  });

  test(`${name}: the compiled kernel and the interpreter agree`, () => {
    const kernel = compile(valueAndGrad(f));
    for (const x of [...pointsIn(objective, 50), ...[...minima, ...saddles].map((point) => point.x)]) {
      const got = kernel({ x });
      const expected = valueAndGrad(f)({ x });
      close(got.value, expected.value, 1e-14, 1e-14, `value at ${x}`);
      for (const i of [0, 1]) close(got.grad.x[i]!, expected.grad.x[i]!, 1e-12, 1e-12, `slope ${i} at ${x}`);
    }
  });

  test(`${name}: value and gradient at the minima and saddles`, () => {
    for (const { x, value } of [...minima, ...saddles]) {
      const got = compile(valueAndGrad(f))({ x });
      close(got.value, value, 4e-15, 1e-15, `f(${x})`);
      close(formula(x[0]!, x[1]!), value, 4e-15, 4e-15, `formula at ${x}`);
      for (const slope of got.grad.x) close(slope, 0, 0, 1e-12, `gradient at ${x}`);
    }
  });

  test(`${name}: saddles are saddles, minima are minima`, () => {
    const h = 1e-4;
    const around = (x: readonly number[]) =>
      Array.from({ length: 16 }, (_, i) =>
        formula(x[0]! + h * cos((i * PI) / 8), x[1]! + h * sin((i * PI) / 8)),
      );
    for (const { x, value } of minima)
      assert.ok(
        around(x).every((near) => near > value),
        `minimum ${x}`,
      );
    for (const { x, value } of saddles) {
      assert.ok(
        around(x).some((near) => near > value) && around(x).some((near) => near < value),
        `saddle ${x}`,
      );
    }
  });

  test(`${name}: start, minima and saddles lie in the window`, () => {
    for (const x of [start.x, ...[...minima, ...saddles].map((point) => point.x)]) {
      assert.is(x.length, 2);
      assert.ok(window.x1[0] <= x[0]! && x[0]! <= window.x1[1], `x1 of ${x}`);
      assert.ok(window.x2[0] <= x[1]! && x[1]! <= window.x2[1], `x2 of ${x}`);
    }
  });

  test(`${name}: the minima are as low as said`, () => {
    if (minima.length === 0) return;
    assert.is(new Set(minima.map(({ value }) => value)).size, 1);
    const lower = pointsIn(objective, 20000).filter(([x1, x2]) => formula(x1, x2) < minima[0]!.value);
    assert.is(lower.length > 0, objective.minimality === "local");
  });

  test(`${name}: steepest descent from the start ends in a minimum`, () => {
    if (minima.length === 0) return;
    const x = descend(objective);
    assert.ok(
      minima.some((minimum) => Math.hypot(x[0]! - minimum.x[0]!, x[1]! - minimum.x[1]!) < 1e-2),
      `it ended at ${x}`,
    );
  });
}

test("what has no lower bound falls far below every minimum away from the window", () => {
  const far: Record<string, Point["x"]> = { cubic: [0, -100], saddle: [100, 0], mccormick: [-1000, -1001] };
  for (const [{ name, boundedBelow, minima }, formula] of formulas) {
    assert.is(boundedBelow, !(name in far), name);
    const x = far[name];
    if (x) assert.ok(formula(x[0]!, x[1]!) < (minima[0]?.value ?? 0) - 100, name);
  }
});

test("the cubic's origin is a strict local minimum: its Hessian's eigenvalues are 1 and 3", () => {
  const gradient = grad(cubic.f);
  const h = 1e-3;
  // The gradient is quadratic, so that its central difference is exact but for rounding.
  const column = (dx: number, dy: number) => {
    const [after, before] = [gradient({ x: [dx, dy] }).x, gradient({ x: [-dx, -dy] }).x];
    return [(after[0]! - before[0]!) / (2 * h), (after[1]! - before[1]!) / (2 * h)] as const;
  };
  const [[a, b], [c, d]] = [column(h, 0), column(0, h)];
  close(a + d, 4, 1e-12, 0, "trace");
  close(a * d - b * c, 3, 1e-12, 0, "determinant");
});

test("Ackley's kink: the gradient is 0 at the minimum and 2√2 long beside it", () => {
  const gradient = grad(objectives.ackley.f);
  assert.equal([...gradient({ x: [0, 0] }).x], [0, 0]);
  const [g1, g2] = gradient({ x: [3e-9, -4e-9] }).x;
  close(g1!, 0.6 * 2 * Math.SQRT2, 1e-6, 0, "along x1");
  close(g2!, -0.8 * 2 * Math.SQRT2, 1e-6, 0, "along x2");
});

test("the weighted sphere in any dimension", () => {
  for (const weights of [[3], [1, 2, 3], Array.from({ length: 100 }, (_, i) => 1 / (i + 1))]) {
    const { f, minima, start } = weightedSphere(weights);
    const x = [...randomSource(weights.length).normals(weights.length)];
    close(
      f({ x }),
      weights.reduce((sum, w, i) => sum + w * x[i]! ** 2, 0),
      1e-13,
      0,
      "value",
    );
    for (const [i, slope] of grad(f)({ x }).x.entries()) {
      close(slope, 2 * weights[i]! * x[i]!, 1e-13, 0, `slope ${i}`);
    }
    assert.ok(f({ x: start.x }) > 0);
    assert.is(f({ x: minima[0]!.x }), 0);
  }
  assert.equal(weightedSphere().start.x, [3, 4]);
  assert.is(weightedSphere([1, 2, 3]).formula, "1 * x1^2 + 2 * x2^2 + 3 * x3^2");
});

test("the weighted sphere keeps its weights when the caller changes the array", () => {
  const weights = [1, 1];
  const { f } = weightedSphere(weights);
  weights[0] = 5;
  assert.is(f({ x: [1, 1] }), 2);
});

test("bad weights are named", () => {
  assert.throws(() => weightedSphere([]), /weightedSphere: no weights/);
  for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(
      () => weightedSphere([1, bad]),
      new RegExp(`weight 1 is ${bad}; without a finite weight above 0`),
    );
  }
});

/** Random points in the window, the same every time. */
function pointsIn({ window }: Objective, n: number): (readonly [number, number])[] {
  const random = randomSource(20);
  return Array.from(
    { length: n },
    () => [random.uniform(...window.x1), random.uniform(...window.x2)] as const,
  );
}

/** f′(0) by the five-point formula. */
function fivePoint(f: (t: number) => number): number {
  const h = 3e-4;
  return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
}

/**
 * Steepest descent with a step that shrinks until the value falls, and grows again slowly; it can't leap a
 * ridge.
 */
function descend({ f, start, window }: Objective): readonly number[] {
  const evaluate = compile(valueAndGrad(f));
  const longest = 0.005 * (window.x1[1] - window.x1[0]);
  let x = start.x;
  let here = evaluate({ x });
  let rate = 1e-3;
  for (let step = 0; step < 5000; step++) {
    const slope = Math.hypot(...here.grad.x);
    if (slope < 1e-6 || rate < 1e-15) break;
    const length = Math.min(rate, longest / slope);
    const next = x.map((xi, i) => xi - length * here.grad.x[i]!);
    const there = evaluate({ x: next });
    if (there.value < here.value) {
      x = next;
      here = there;
      rate = length * 1.5;
    } else rate = length / 3;
  }
  return x;
}

function close(got: number, expected: number, relative: number, absolute: number, what: string): void {
  const bound = absolute + relative * Math.abs(expected);
  assert.ok(Math.abs(got - expected) <= bound, `${what} is ${got}, not ${expected} within ${bound}`);
}

test.run();
