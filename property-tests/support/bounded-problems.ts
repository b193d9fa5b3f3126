/**
 * Problems with bounds, and the least values within: those of the collection of Moré, Garbow and Hillstrom with D. M. Gay's
 * bounds, and the ones without other constraints of W. Hock and K. Schittkowski, "Test Examples for Nonlinear Programming
 * Codes", Lecture Notes in Economics and Mathematical Systems 187, 1981.
 */
import {
  add,
  divide,
  type Expr,
  log,
  moreGarbowHillstrom,
  multiply,
  type ObjectiveFunction,
  power,
  prod,
  sin,
  square,
  subtract,
  sum,
  trace,
  unstack,
  vector,
} from "../../src/index.js";

export interface BoundedProblem {
  readonly name: string;
  readonly f: ObjectiveFunction;
  readonly start: { readonly x: readonly number[] };
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** The least value within the bounds. */
  readonly value: number;
  /** Values of other points where the first-order conditions hold: a descent may end in these, and may say so. */
  readonly others?: readonly number[];
}

const ofCollection = (name: string) => moreGarbowHillstrom.find((problem) => problem.name === name)!;

const gays: readonly BoundedProblem[] = moreGarbowHillstrom.flatMap(({ name, f, start, bounded }) =>
  bounded ? [{ name, f, start, ...bounded }] : [],
);

const objective = (n: number, f: (...x: readonly Expr<[]>[]) => Expr<[]>): ObjectiveFunction =>
  trace({ x: vector(n) }, ({ x }) => f(...unstack(x)));

const ten = (value: number): number[] => Array.from({ length: 10 }, () => value);

const hocksAndSchittkowskis: readonly BoundedProblem[] = [
  {
    name: "hs1",
    f: ofCollection("rosenbrock").f,
    start: { x: [-2, 1] },
    lower: [-Infinity, -1.5],
    upper: [Infinity, Infinity],
    value: 0,
  },
  {
    name: "hs2",
    f: ofCollection("rosenbrock").f,
    start: { x: [-2, 1] },
    lower: [-Infinity, 1.5],
    upper: [Infinity, Infinity],
    value: 0.05042618789360849,
    others: [4.94122931798919],
  },
  {
    name: "hs3",
    f: objective(2, (x1, x2) => add(x2, multiply(1e-5, square(subtract(x2, x1))))),
    start: { x: [10, 1] },
    lower: [-Infinity, 0],
    upper: [Infinity, Infinity],
    value: 0,
  },
  {
    name: "hs4",
    f: objective(2, (x1, x2) => add(divide(power(add(x1, 1), 3), 3), x2)),
    start: { x: [1.125, 0.125] },
    lower: [1, 0],
    upper: [Infinity, Infinity],
    value: 8 / 3,
  },
  {
    name: "hs5",
    f: objective(2, (x1, x2) =>
      add(sin(add(x1, x2)), square(subtract(x1, x2)), multiply(-1.5, x1), multiply(2.5, x2), 1),
    ),
    start: { x: [0, 0] },
    lower: [-1.5, -3],
    upper: [4, 3],
    value: -Math.sqrt(3) / 2 - Math.PI / 3,
  },
  {
    // Flat at its start, where the value is 32.8: a solver that looks at the gradient alone calls it a minimum.
    name: "hs25",
    f: ofCollection("gulf").f,
    start: { x: [100, 12.5, 3] },
    lower: [0.1, 0, 0],
    upper: [100, 25.6, 5],
    value: 0,
  },
  {
    name: "hs38",
    f: ofCollection("wood").f,
    start: { x: [-3, -1, -3, -1] },
    lower: [-10, -10, -10, -10],
    upper: [10, 10, 10, 10],
    value: 0,
  },
  {
    name: "hs45",
    f: trace({ x: vector(5 as number) }, ({ x }) => subtract(2, divide(prod(x), 120))),
    start: { x: [2, 2, 2, 2, 2] },
    lower: [0, 0, 0, 0, 0],
    upper: [1, 2, 3, 4, 5],
    value: 1,
  },
  {
    name: "hs110",
    f: trace({ x: vector(10 as number) }, ({ x }) =>
      subtract(add(sum(square(log(subtract(x, 2)))), sum(square(log(subtract(10, x))))), power(prod(x), 0.2)),
    ),
    start: { x: ten(9) },
    lower: ten(2.001),
    upper: ten(9.999),
    value: -45.77846970744627,
  },
];

export const boundedProblems: readonly BoundedProblem[] = [...gays, ...hocksAndSchittkowskis];
