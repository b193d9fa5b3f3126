/** Laws of least squares: first-order conditions, invariances, losses' derivatives, honest ends, rates of convergence. */
import {
  add,
  atan,
  cos,
  divide,
  type Expr,
  exp,
  grad,
  index,
  lessEqual,
  log1p,
  matmul,
  multiply,
  scalar,
  sin,
  sqrt,
  square,
  stack,
  subtract,
  sum,
  tanh,
  trace,
  vector,
  where,
} from "adjoint";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { costOf, type LossName, losses } from "../optimizers/solvers/least-squares/index.js";
import {
  gaussNewton,
  type LeastSquaresSolver,
  leastSquares,
  levenbergMarquardt,
} from "../src/solvers/index.js";
import { fc, forAll } from "./support/law.js";

const laws = suite("least squares");

const solvers: readonly (readonly [string, LeastSquaresSolver])[] = [
  ["levenbergMarquardt", levenbergMarquardt()],
  ["without acceleration", levenbergMarquardt({ acceleration: false })],
  ["gaussNewton", gaussNewton()],
  ["by products", levenbergMarquardt({ jacobian: "products" })],
];

const m = 7;
const n = 3;
const number = fc.double({ min: -2, max: 2, noNaN: true }).map((x) => Math.round(x * 64) / 64);
const numbers = (count: number) => fc.array(number, { minLength: count, maxLength: count });

/** Smooth residuals of three parameters, of which data decide. */
const curved = trace({ x: vector(n), A: vector(m * n), y: vector(m) }, ({ x, A, y }) => {
  const rows = Array.from({ length: m }, (_, i) =>
    add(
      ...([0, 1, 2].map((j) => multiply(index(A, i * n + j), index(x, j))) as unknown as [Expr, Expr, Expr]),
      multiply(0.3, tanh(index(x, i % n))),
    ),
  );
  return subtract(stack(rows as [Expr<[]>]), y);
});
const half = trace({ x: vector(n), A: vector(m * n), y: vector(m) }, (inputs) =>
  multiply(0.5, sum(square(curved(inputs) as Expr))),
);
const gradient = grad(half, "x") as (inputs: object) => { x: Float64Array };

/** Data whose first rows keep the columns apart, and residuals that don't vanish. */
const drawn = fc.record({ A: numbers(m * n), y: numbers(m), x: numbers(n) }).map((one) => ({
  ...one,
  A: one.A.map((a, k) => a + (k % (n + 1) === 0 && k < n * n ? 5 : 0)),
}));

for (const [name, solver] of solvers) {
  laws(`${name}: at a solution the gradient is 0 but where a bound holds it, and points out there`, () => {
    forAll(15, drawn, ({ A, y, x }) => {
      const bounds = { x: { lower: [-0.25, -Infinity, 0.1], upper: [0.25, 0.5, 0.1] } };
      const run = leastSquares(curved, { x }, solver, { data: { A, y }, bounds, trajectory: false });
      assert.is(run.status, "converged", run.message);
      const at = (run.parameters as { x: Float64Array }).x;
      const g = gradient({ x: at, A, y }).x;
      assert.is(at[2], 0.1);
      for (const j of [0, 1]) {
        const low = bounds.x.lower[j]!;
        const high = bounds.x.upper[j]!;
        assert.ok(at[j]! >= low && at[j]! <= high);
        if (at[j] === low) assert.ok(g[j]! >= -1e-7, `${g[j]} at the lower bound`);
        else if (at[j] === high) assert.ok(g[j]! <= 1e-7, `${g[j]} at the upper bound`);
        // Products know the gradient only to what conjugate gradients leave of it.
        else assert.ok(Math.abs(g[j]!) < (name === "by products" ? 1e-5 : 1e-6), `${g[j]} within`);
      }
    });
  });

  laws(
    `${name}: weights of 2 are the samples twice, and a permuted problem has the permuted solution`,
    () => {
      forAll(5, drawn, ({ A, y, x }) => {
        const find = (data: object, weights?: number[], residuals: unknown = curved) => {
          const run = leastSquares(residuals as typeof curved, { x }, solver, {
            data,
            ...(weights && { weights }),
          } as never);
          assert.is(run.status, "converged", run.message);
          return (run.parameters as { x: Float64Array }).x;
        };
        const weights = [2, 1, 1, 2, 1, 1, 1];
        const twice = trace({ x: vector(n), A: vector(m * n), y: vector(m) }, (inputs) => {
          const r = curved(inputs) as Expr<[number]>;
          return stack([...weights.keys(), 0, 3].map((i) => index(r, i)) as [Expr<[]>]);
        });
        assertNear(find({ A, y }, weights), find({ A, y }, undefined, twice), 1e-6);
        const turned = trace({ x: vector(n), A: vector(m * n), y: vector(m) }, (inputs) => {
          const r = curved(inputs) as Expr<[number]>;
          return stack([6, 2, 0, 5, 1, 4, 3].map((i) => index(r, i)) as [Expr<[]>]);
        });
        assertNear(find({ A, y }), find({ A, y }, undefined, turned), 1e-6);
      });
    },
  );
}

function assertNear(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  for (let i = 0; i < expected.length; i++)
    assert.ok(
      Math.abs(found[i]! - expected[i]!) <= tolerance * (1 + Math.abs(expected[i]!)),
      `${found[i]}, ${expected[i]}`,
    );
}

/** A sum of decays, whose parameters' sizes are far apart. */
const times = [0, 1, 2, 3, 5, 8, 13, 21];
const decays = (scale: number) =>
  trace({ a: scalar(), k: scalar() }, ({ a, k }) => {
    const truth = times.map((t, i) => 3 * Math.exp(-0.2 * t) + 0.01 * (i % 3));
    const model = multiply(multiply(a, scale), exp(multiply(multiply(k, -1), times)));
    return subtract(model, truth) as Expr<[number]>;
  });

laws("scaling parameters or residuals scales the solution, by the same steps", () => {
  const plain = leastSquares(decays(1), { a: 1, k: 1 });
  for (const scale of [2 ** -40, 2 ** 30]) {
    const run = leastSquares(decays(scale), { a: 1 / scale, k: 1 });
    assert.is(run.steps, plain.steps);
    assertNear([run.parameters.a * scale, run.parameters.k], [plain.parameters.a, plain.parameters.k], 1e-9);
    const small = trace({ a: scalar(), k: scalar() }, (x) => multiply(scale, decays(1)(x)) as Expr<[number]>);
    const other = leastSquares(small, { a: 1, k: 1 });
    assert.is(other.status, "converged");
    assert.is(other.steps, plain.steps, "an objective scaled down isn't converged at its start");
    assertNear([other.parameters.a, other.parameters.k], [plain.parameters.a, plain.parameters.k], 1e-9);
  }
});

laws("a linear problem is solved in one step, wherever it starts", () => {
  forAll(30, fc.record({ A: numbers(m * n), y: numbers(m), x: numbers(n) }), ({ A, y, x }) => {
    const matrix = Array.from({ length: m }, (_, i) =>
      Array.from({ length: n }, (_, j) => A[i * n + j]! + (i === j ? 4 : 0)),
    );
    const r = trace({ x: vector(n) }, ({ x }) => subtract(matmul(matrix, x), y) as Expr<[number]>);
    for (const solver of [levenbergMarquardt(), gaussNewton()]) {
      const run = leastSquares(r, { x: x.map((one) => 1e4 * one) }, solver);
      assert.is(run.status, "converged", run.message);
      assert.ok(run.steps <= 2 && run.evaluations.residuals <= 3, `${run.steps} steps`);
    }
  });
});

/** The losses by their formulas, in expressions. */
const formulas: Readonly<Record<LossName, (z: Expr<[]>) => Expr>> = {
  linear: (z) => multiply(z, 1) as Expr,
  huber: (z) => where(lessEqual(z, 1), z, subtract(multiply(2, sqrt(z)), 1)) as Expr,
  softL1: (z) => multiply(2, subtract(sqrt(add(1, z)), 1)) as Expr,
  cauchy: (z) => log1p(z) as Expr,
  arctan: (z) => atan(z) as Expr,
  tukey: (z) => {
    const rest = subtract(1, z);
    return where(lessEqual(z, 1), multiply(1 / 3, subtract(1, multiply(rest, square(rest)))), 1 / 3) as Expr;
  },
};

laws("losses and their derivatives are those of their formulas", () => {
  for (const [name, formula] of Object.entries(formulas) as [LossName, (z: Expr<[]>) => Expr][]) {
    const value = trace({ z: scalar() }, ({ z }) => formula(z) as Expr<[]>);
    const first = grad(value);
    const second = grad(trace({ z: scalar() }, ({ z }) => first({ z }).z as Expr<[]>));
    const { value: own, slope, bend } = losses[name];
    for (const z of [1e-6, 0.2, 0.7, 1.3, 5, 100]) {
      assertNear([own(z), slope(z), bend(z)], [value({ z }), first({ z }).z, second({ z }).z], 1e-10);
    }
    assert.is(own(0), 0);
    assert.is(slope(0), 1);
  }
});

laws("a robust loss finds the line that outliers hide, where its own first-order conditions hold", () => {
  const x = Float64Array.from({ length: 20 }, (_, i) => i / 2);
  const y = x.map((one, i) => 2 * one + 1 + (i % 6 === 2 ? 40 : 0.05 * ((i * 7) % 5) - 0.1));
  const line = trace(
    { a: scalar(), b: scalar() },
    ({ a, b }) => subtract(add(multiply(a, x), b), y) as Expr<[number]>,
  );
  const plain = leastSquares(line, { a: 0, b: 0 });
  assert.ok(Math.abs(plain.parameters.b - 1) > 3);
  for (const loss of ["huber", "softL1", "cauchy", "arctan", "tukey"] as const) {
    const lossScale = loss === "tukey" ? 5 : 0.3;
    const start =
      loss === "huber" || loss === "softL1" || loss === "cauchy" ? { a: 0, b: 0 } : { a: 1.9, b: 1.2 };
    const run = leastSquares(line, start, undefined, { loss, lossScale });
    assert.is(run.status, "converged", `${loss}: ${run.message}`);
    assert.ok(
      Math.abs(run.parameters.a - 2) < 0.1 && Math.abs(run.parameters.b - 1) < 0.4,
      `${loss}: ${JSON.stringify(run.parameters)}`,
    );
    // No step of 1e-4 in any direction goes down.
    const costAt = (a: number, b: number) =>
      costOf(line({ a, b }) as Float64Array, { weights: undefined, loss, scale: lossScale });
    const { a, b } = run.parameters;
    for (const [da, db] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
      [1, -1],
      [-1, 1],
    ] as const)
      assert.ok(costAt(a + 1e-4 * da, b + 1e-4 * db) >= run.value, loss);
  }
});

laws("a rank that is lost is told, and a plateau is no success", () => {
  const redundant = trace({ x: vector(2) }, ({ x: [a, b] }) =>
    stack([subtract(add(a, b), 1), subtract(add(a, b), 2)]),
  );
  const run = leastSquares(redundant, { x: [3, 4] });
  assert.is(run.status, "converged");
  assert.is(run.rank, 1);
  // NIST's BoxBOD: a step too long leads to where the exponential has gone.
  const y = [109, 149, 149, 191, 213, 224];
  const box = trace({ b: vector(2) }, ({ b: [size, rate] }) =>
    subtract(multiply(size, subtract(1, exp(multiply(multiply(rate, -1), [1, 2, 3, 5, 7, 10])))), y),
  );
  const far = leastSquares(box, { b: [1, 800] });
  assert.is(far.status, "stalled");
  assert.match(far.message, /depend/);
});

laws("plateaus are no success, whether J is a matrix or known by products alone", () => {
  type Two = { readonly x: readonly [Expr, Expr] };
  // An exponential, a reciprocal and an arctangent that flatten out on the way down, a step that leaps to where tanh or a
  // bell is flat; all beside a residual that has a solution, at scales of many sizes.
  const flats: readonly (readonly [(a: Expr) => unknown, number])[] = [
    [(a) => exp(multiply(-1, a)), 1],
    [(a) => divide(1, add(1, square(a))), 1],
    [(a) => subtract(atan(a), 2), 1],
    [(a) => subtract(tanh(a), 2), 1],
    [(a) => add(exp(multiply(-1, square(a))), 1), 1],
  ];
  for (const [flat, start] of flats) {
    for (const scale of [1, 1e-12, 1e9]) {
      const f = trace({ x: vector(2) }, (({ x: [a, b] }: Two) =>
        multiply(scale, stack([flat(a) as Expr<[]>, subtract(b, 1) as Expr<[]>]))) as never);
      const ends = solvers.map(([, solver]) => leastSquares(f as never, { x: [start, 5] }, solver));
      for (const { status, message } of ends) assert.is(status, "stalled", message);
    }
  }
});

laws(
  "an arm of two links that can't reach its goal ends stretched out, where the Jacobian loses rank",
  () => {
    const away = trace({ a: scalar(), b: scalar(), goal: vector(2) }, ({ a, b, goal }) =>
      subtract(stack([add(cos(a), cos(add(a, b))), add(sin(a), sin(add(a, b)))]), goal),
    );
    const angle = fc.double({ min: -2, max: 2, noNaN: true });
    const far = fc.double({ min: 2.2, max: 5, noNaN: true });
    forAll(60, fc.tuple(angle, angle, angle, far), ([turn, a, b, far]) => {
      // Links that are folded point the other way: a slope of 0 as well, which no step leaves.
      fc.pre(Math.abs(b) > 0.1);
      for (const [, solver] of solvers) {
        const start = { a: turn + a, b };
        const data = { goal: [far * Math.cos(turn), far * Math.sin(turn)] };
        const run = leastSquares(away, start, solver, { data });
        assert.is(run.status, "converged", run.message);
        assert.ok(Math.abs(run.value / ((far - 2) ** 2 / 2) - 1) < 1e-9, `${run.value}: ${run.message}`);
        assert.ok(run.steps < 200, `${run.steps} steps`);
      }
    });
  },
);

laws(
  "residuals whose squares alone vanish in some direction are solved by steps of a linear rate, to rounding",
  () => {
    // Powell's singular function, and squares alone: Gauss and Newton's steps halve the distance.
    const singular = trace({ x: vector(4) }, ({ x: [p, q, r, s] }) =>
      stack([
        add(p, multiply(10, q)),
        multiply(Math.sqrt(5), subtract(r, s)),
        square(subtract(q, multiply(2, r))),
        multiply(Math.sqrt(10), square(subtract(p, s))),
      ]),
    );
    const squares = trace({ x: vector(2) }, ({ x: [a, b] }) => stack([square(a), subtract(b, 1)]));
    for (const [name, solver] of solvers) {
      for (const scale of [1, 1e6]) {
        const start = { x: [3 * scale, -scale, 0, scale] };
        const run = leastSquares(singular, start, solver);
        assert.is(run.status, "converged", `${name}: ${run.message}`);
        assert.ok(run.steps < 120, `${name}: ${run.steps} steps`);
        assertNear(run.parameters.x, [0, 0, 0, 0], 1e-7 * scale);
      }
      const run = leastSquares(squares, { x: [1, 5] }, solver);
      assert.is(run.status, "converged", `${name}: ${run.message}`);
      assert.ok(run.steps < 300, `${name}: ${run.steps} steps`);
      assertNear(run.parameters.x, [0, 1], 1e-7);
    }
  },
);

laws("runs are the same to the bit each time, and take no more evaluations than they did", () => {
  const rosenbrock = trace({ x: vector(2) }, ({ x: [a, b] }) =>
    stack([multiply(10, subtract(b, square(a))), subtract(1, a)]),
  );
  const most = { levenbergMarquardt: 14, "without acceleration": 24, gaussNewton: 16, "by products": 40 };
  for (const [name, solver] of solvers) {
    const [one, two] = [1, 2].map(() => leastSquares(rosenbrock, { x: [-1.2, 1] }, solver));
    assert.equal(one, two);
    assert.is(one!.status, "converged", name);
    assert.ok(
      one!.evaluations.residuals <= most[name as keyof typeof most],
      `${name}: ${one!.evaluations.residuals}`,
    );
    assertNear(one!.parameters.x, [1, 1], 1e-9);
  }
});

laws.run();
