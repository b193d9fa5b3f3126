/**
 * Solvers take exactly as many evaluations and steps as when their formulas were checked. The problems are polynomials, whose
 * bits are the same everywhere: any other condition, update, ratio or scaling is seen in the counts.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as a from "../src/index.js";
import {
  gaussNewton,
  type LeastSquaresSolver,
  leastSquares,
  levenbergMarquardt,
} from "../src/solvers/index.js";

const { add, multiply, square, stack, subtract, sum, trace, unstack, vector } = a;
type E = a.Expr<[]>;

const residuals = {
  rosenbrock: (x: readonly E[]) => [multiply(10, subtract(x[1]!, square(x[0]!))), subtract(1, x[0]!)],
  wood: ([p, q, r, s]: readonly E[]) => [
    multiply(10, subtract(q!, square(p!))),
    subtract(1, p!),
    multiply(9, subtract(s!, square(r!))),
    subtract(1, r!),
    multiply(3, subtract(add(q!, s!), 2)),
    multiply(0.3, subtract(q!, s!)),
  ],
  beale: ([x, y]: readonly E[]) =>
    [1.5, 2.25, 2.625].map((c, i) => subtract(c, multiply(x!, subtract(1, a.power(y!, i + 1))))),
  freudenstein: ([x, y]: readonly E[]) => [
    add(subtract(x!, 13), multiply(y!, subtract(multiply(subtract(5, y!), y!), 2))),
    add(subtract(x!, 29), multiply(y!, subtract(multiply(add(y!, 1), y!), 14))),
  ],
  singular: ([p, q, r, s]: readonly E[]) => [
    add(p!, multiply(10, q!)),
    multiply(2, subtract(r!, s!)),
    square(subtract(q!, multiply(2, r!))),
    multiply(3, square(subtract(p!, s!))),
  ],
};
/** Sums of squares that take a path along bounds, to and fro. */
const others = {
  chain: (x: readonly E[]) =>
    x.flatMap((one, i) => [
      subtract(one, (i % 3) - 1),
      ...(i > 0 ? [multiply(2, subtract(square(x[i - 1]!), one))] : []),
    ]),
  mixed: (x: readonly E[]) => [
    ...x.map((one, i) => multiply(1 + i, subtract(one, i % 2 === 0 ? -2 : 2))),
    add(...(x as [E, E])),
    multiply(x[0]!, x[1]!),
    multiply(x[2]!, square(x[3]!)),
  ],
  away: ([x, y]: readonly E[]) => [
    a.divide(x!, add(1, square(square(x!)))),
    subtract(y!, a.divide(1, square(square(square(add(1, square(x!))))))),
  ],
  hill: ([x, y]: readonly E[]) => [
    a.divide(3, square(add(1, square(x!)))),
    subtract(y!, 1),
    multiply(1.5, y!),
  ],
};
const problems = [
  { name: "rosenbrock", x: [-1.2, 1], lower: [-2, 0.5], upper: [0.5, 3] },
  { name: "wood", x: [-3, -1, -3, -1], lower: [-10, -1.5, -10, -10], upper: [0.8, 10, 10, 0.9] },
  { name: "beale", x: [1, 1], lower: [0.6, 0.5], upper: [10, 100] },
  { name: "freudenstein", x: [0.5, -2], lower: [0, -20], upper: [20, -0.9] },
  { name: "singular", x: [3, -1, 0, 1], lower: [0.1, -20, -20, -20], upper: [100, 20, 20, 20] },
] as const;

const functions = problems.map(({ name, x, lower, upper }) => {
  const of = (inputs: { readonly x: a.Expr<[number]> }) =>
    stack(residuals[name](unstack(inputs.x)) as [E]) as a.Expr<[number]>;
  const r = trace({ x: vector(x.length) }, of as never) as Parameters<typeof leastSquares>[0];
  const f = trace({ x: vector(x.length) }, (inputs) => sum(square(of(inputs))));
  return { r, f, x: [...x], bounds: { x: { lower: [...lower], upper: [...upper] } } };
});

const solvers: Readonly<Record<string, a.Solver>> = {
  lbfgs: a.lbfgs({ memory: 4 }),
  lbfgsb: a.lbfgsb({ memory: 4 }),
  conjugateGradient: a.conjugateGradient(),
  newtonCG: a.newtonCG(),
  trustRegion: a.trustRegion(),
  products: a.trustRegion({ dense: 0 }),
  nelderMead: a.nelderMead(),
};

const methods = {
  levenbergMarquardt: levenbergMarquardt(),
  near: levenbergMarquardt({ initialRadius: 0.05 }),
  plain: levenbergMarquardt({ acceleration: false, initialRadius: 0.3 }),
  gaussNewton: gaussNewton({ initialRadius: 0.1 }),
  byProducts: levenbergMarquardt({ jacobian: "products", initialRadius: 0.3 }),
};

/** Steps, then values, gradients, products and Hessians; of least squares steps, then residuals, Jacobians and products. */
const expected: Readonly<Record<string, string>> = {
  lbfgs:
    "46 0 66 0 0, 16 0 32 0 0, 122 0 188 0 0, 78 0 122 0 0, 23 0 26 0 0, 4 0 8 0 0, 18 0 20 0 0, 15 0 17 0 0, 87 0 105 0 0, 29 0 37 0 0",
  lbfgsb:
    "46 0 66 0 0, 12 0 20 0 0, 119 0 187 0 0, 73 0 104 0 0, 23 0 26 0 0, 4 0 7 0 0, 18 0 20 0 0, 15 0 17 0 0, 85 0 101 0 0, 32 0 37 0 0",
  conjugateGradient:
    "97 0 221 0 0, 14 0 27 0 0, 966 0 1296 0 0, 35 0 53 0 0, 49 0 77 0 0, 6 0 11 0 0, 103 0 182 0 0, 44 0 87 0 0, 248 0 382 0 0, 103 0 146 0 0",
  newtonCG:
    "31 0 79 51 0, 10 0 16 15 0, 45 0 107 159 0, 30 0 68 102 0, 10 0 15 18 0, 8 0 12 12 0, 8 0 9 12 0, 8 0 9 10 0, 26 0 27 104 0, 15 0 18 45 0",
  trustRegion:
    "25 6 32 0 25, 7 1 9 0 7, 38 4 42 0 38, 23 3 26 0 23, 8 1 10 0 8, 15 6 22 0 15, 7 0 8 0 7, 6 0 7 0 6, 24 0 25 0 24, 12 0 13 0 12",
  products:
    "28 7 36 99 0, 8 0 9 75 0, 43 10 54 231 0, 26 4 30 296 0, 9 2 12 34 0, 11 4 16 107 0, 9 0 10 24 0, 7 0 9 90 0, 25 0 26 134 0, 12 0 13 141 0",
  nelderMead:
    "122 231 2 0 0, 58 107 2 0 0, 549 950 2 0 0, 276 501 2 0 0, 87 170 2 0 0, 55 102 2 0 0, 79 153 2 0 0, 79 149 2 0 0, 1000 1699 0 0 0, 474 825 2 0 0",
  levenbergMarquardt:
    "9 13 10 11, 140 141 141 1, 16 23 17 21, 52 59 53 55, 31 35 32 25, 17 22 18 14, 6 8 7 6, 2 3 3 1, 7 11 8 9, 13 83 14 81, 7 8 8 1, 17 95 18 93, 50 51 51 49, 13 14 14 6, 52 55 53 53",
  near: "11 15 12 13, 8 9 9 4, 17 22 18 20, 52 59 53 55, 31 35 32 25, 29 34 30 26, 7 9 8 7, 2 3 3 1, 9 11 10 9, 14 91 15 89, 11 12 12 1, 17 87 18 85, 50 51 51 49, 13 14 14 6, 53 55 54 53",
  plain:
    "12 16 13 0, 6 7 7 0, 21 25 22 0, 57 68 58 0, 30 33 31 0, 27 33 28 0, 7 9 8 0, 2 3 3 0, 10 13 11 0, 19 90 20 0, 11 12 12 0, 18 102 19 0, 48 49 49 0, 13 14 14 0, 53 56 54 0",
  gaussNewton:
    "11 14 12 0, 7 8 8 0, 14 16 15 0, 52 58 53 0, 30 34 31 0, 26 32 27 0, 8 10 9 0, 2 3 3 0, 11 13 12 0, 18 94 19 0, 11 12 12 0, 21 95 22 0, 48 49 49 0, 13 14 14 0, 53 55 54 0",
  byProducts:
    "24 28 0 169, 29 30 0 312, 23 27 0 156, 72 84 0 776, 46 51 0 482, 14 17 0 123, 17 18 0 97, 4 5 0 24, 18 19 0 109, 58 68 0 445, 12 13 0 100, 57 67 0 440, 30 31 0 379, 64 65 0 829, 33 35 0 409",
};

const counts = suite("counts of solvers");

for (const [name, solver] of Object.entries(solvers)) {
  counts(`${name}: steps and evaluations, without bounds and within`, () => {
    const found = functions.flatMap(({ f, x, bounds }) =>
      [undefined, bounds].map((own) => {
        const run = a.minimize(f, { x }, solver, { ...(own && { bounds: own }), trajectory: false });
        const { values, gradients, products, hessians } = run.solver;
        return [run.steps, values, gradients, products, hessians].join(" ");
      }),
    );
    assert.is(found.join(", "), expected[name]);
  });
}

/** Where a formula matters that the problems above don't ask for: the start, bounds, and the counts. */
const rare = [
  [
    "lbfgsb",
    "mixed",
    [1.2, -0.35, 0.2, 1.6, -0.2, -1.25],
    [0.7, -1.6, -1.75, 0, -0.95, -20],
    [2, 0.7, 1.9, 2.05, 1.25, 0.95],
    "10 0 14 0 0",
  ],
  [
    "lbfgsb",
    "chain",
    [0.1, -0.5, 1.8, -0.65, 1.7, 0.9],
    [-20, -0.85, 1.25, -1.2, -1.55, -20],
    [1.3, 1.9, 20, -0.2, 20, 1.75],
    "15 0 17 0 0",
  ],
  [
    "lbfgsb",
    "wood",
    [0.65, -1.7, -1.2, -0.85],
    [0.35, -2, -1.65, -20],
    [20, -0.05, -0.2, 0.9],
    "16 0 24 0 0",
  ],
  ["conjugateGradient", "hill", [1.15, 1.55], [0.7, 0.85], [20, 20], "10 0 22 0 0"],
  ["nelderMead", "hill", [0.5, -0.55], [-Infinity, -Infinity], [Infinity, Infinity], "130 278 2 0 0"],
  [
    "lbfgs",
    "wood",
    [0.35, -1.1, -1.05, 1.45],
    [-Infinity, -Infinity, -Infinity, -Infinity],
    [Infinity, Infinity, Infinity, Infinity],
    "100 0 134 0 0",
  ],
  ["trustRegion", "rosenbrock", [0.35, 0.85], [-1.6, 0.05], [1.05, 1.5], "5 0 6 0 5"],
  [
    "trustRegion",
    "chain",
    [1.75, 1.3, 0.6, 1.45, -0.7, -0.8],
    [-20, -1.1, -1.2, -20, -1.9, -1.6],
    [1.9, 20, 1.75, 1.85, 1.95, 0.95],
    "11 1 13 0 11",
  ],
] as const;

for (const [name, problem, x, lower, upper, wanted] of rare) {
  counts(`${name}: steps and evaluations on ${problem}, where bounds or roundings decide`, () => {
    const of = { ...residuals, ...others }[problem] as (x: readonly E[]) => readonly E[];
    const f = trace({ x: vector(x.length) }, (inputs) => sum(square(stack(of(unstack(inputs.x)) as [E]))));
    const bounds = { x: { lower: [...lower], upper: [...upper] } };
    const run = a.minimize(f, { x: [...x] }, solvers[name]!, { bounds, trajectory: false });
    const { values, gradients, products, hessians } = run.solver;
    assert.is([run.steps, values, gradients, products, hessians].join(" "), wanted);
  });
}

counts("byProducts: a plateau, which is told by how columns were before, and where steps end", () => {
  const plateau = trace({ x: vector(2) }, ({ x: [x, y] }) =>
    stack([a.divide(1, add(1, square(x))), subtract(y, 1)]),
  );
  const { status, evaluations } = leastSquares(plateau, { x: [1, 5] }, methods.byProducts);
  const { residuals, jacobians, products } = evaluations;
  assert.is([status, residuals, jacobians, products].join(" "), "stalled 98 0 487");
});

counts(
  "levenbergMarquardt: a bound that takes nearly the whole radius, and attempts after one that stalls",
  () => {
    const find = (
      of: (x: readonly E[]) => readonly E[],
      x: readonly number[],
      options: object,
      solver: LeastSquaresSolver = methods.levenbergMarquardt,
    ) => {
      const r = trace({ x: vector(x.length) }, (inputs) => stack(of(unstack(inputs.x)) as [E]));
      const run = leastSquares(r, { x: [...x] }, solver, { ...options, trajectory: false });
      const { residuals, jacobians, products } = run.evaluations;
      return [run.status, run.steps, residuals, jacobians, products].join(" ");
    };
    const lower = [-0.176, -2000, 1.523, -2000, -2000, -0.92];
    const x = [0, -0.75, 1.55, 1.7, -0.7, -0.85];
    assert.is(find(others.chain, x, { bounds: { x: { lower } } }), "converged 46 61 47 57");
    assert.is(find(others.away, [-0.6, -1.1], {}, methods.near), "converged 40 43 41 39");
  },
);

for (const [name, solver] of Object.entries(methods)) {
  counts(`${name}: steps and evaluations, without bounds, within, and by a robust loss with weights`, () => {
    const found = functions.flatMap(({ r, x, bounds }) => {
      const weights = Array.from(
        { length: r.graph.nodes[r.graph.outputs as number]!.shape[0]! },
        (_, i) => 1 + i,
      );
      return [{}, { bounds }, { loss: "softL1", weights }].map((options) => {
        const run = leastSquares(r, { x }, solver, { ...options, trajectory: false } as never);
        const { residuals, jacobians, products } = run.evaluations;
        return [run.steps, residuals, jacobians, products].join(" ");
      });
    });
    assert.is(found.join(", "), expected[name]);
  });
}

counts.run();
