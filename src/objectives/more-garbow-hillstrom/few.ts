/** Problems of the collection that are formulas of two to four coordinates. */
import {
  add,
  atan,
  divide,
  type Expr,
  exp,
  hypot,
  less,
  multiply,
  negative,
  power,
  square,
  subtract,
  where,
} from "../../../graph/index.js";
import { problem, upTo } from "./paper.js";

type Scalar = Expr<[]>;

/** Rosenbrock's residuals, for one pair of coordinates. */
export const valley = (x1: Scalar, x2: Scalar) => [multiply(10, subtract(x2, square(x1))), subtract(1, x1)];

/** Powell's singular residuals, for four coordinates. */
export const singular = (x1: Scalar, x2: Scalar, x3: Scalar, x4: Scalar) => [
  add(x1, multiply(10, x2)),
  multiply(Math.sqrt(5), subtract(x3, x4)),
  square(subtract(x2, multiply(2, x3))),
  multiply(Math.sqrt(10), square(subtract(x1, x4))),
];

/** The angle of the helical valley in turns, from −1/4 to 3/4. */
const turns = (x1: Scalar, x2: Scalar) =>
  add(divide(atan(divide(x2, x1)), 2 * Math.PI), where(less(x1, 0), 0.5, 0));

export const few = [
  problem(1, {
    name: "rosenbrock",
    title: "Rosenbrock",
    residuals: valley,
    start: [-1.2, 1],
    minimum: { x: [1, 1], value: 0 },
    bounded: { lower: [-50, 0], upper: [0.5, 100], value: 0.25 },
  }),
  problem(2, {
    name: "freudensteinRoth",
    title: "Freudenstein and Roth",
    residuals: (x1, x2) => [
      add(x1, -13, multiply(x2, subtract(multiply(x2, subtract(5, x2)), 2))),
      add(x1, -29, multiply(x2, subtract(multiply(x2, add(x2, 1)), 14))),
    ],
    start: [0.5, -2],
    minimum: { x: [11.412778986902094, -0.8968052532744765], value: 48.98425367924002 },
    bounded: { lower: [0, -30], upper: [20, -0.9], value: 48.985202 },
  }),
  problem(3, {
    name: "powellBadlyScaled",
    title: "Powell, badly scaled",
    residuals: (x1, x2) => [
      subtract(multiply(1e4, x1, x2), 1),
      subtract(add(exp(negative(x1)), exp(negative(x2))), 1.0001),
    ],
    start: [0, 1],
    minimum: { x: [1.0981593296998175e-5, 9.106146739866524], value: 0 },
    bounded: { lower: [0, 1], upper: [1, 9], value: 1.5125936724396718e-10 },
  }),
  problem(4, {
    name: "brownBadlyScaled",
    title: "Brown, badly scaled",
    residuals: (x1, x2) => [subtract(x1, 1e6), subtract(x2, 2e-6), subtract(multiply(x1, x2), 2)],
    start: [1, 1],
    minimum: { x: [1000000, 2e-6], value: 0 },
    bounded: { lower: [0, 3e-5], upper: [1000000, 100], value: 784.0000000007841 },
  }),
  problem(5, {
    name: "beale",
    title: "Beale",
    residuals: (x1, x2) =>
      [1.5, 2.25, 2.625].map((y, i) => subtract(y, multiply(x1, subtract(1, power(x2, i + 1))))),
    start: [1, 1],
    minimum: { x: [3, 0.5], value: 0 },
    bounded: { lower: [0.6, 0.5], upper: [10, 100], value: 0 },
  }),
  problem(6, {
    name: "jennrichSampson",
    title: "Jennrich and Sampson",
    residuals: (x1, x2) =>
      upTo(10).map((i) => subtract(2 + 2 * i, add(exp(multiply(i, x1)), exp(multiply(i, x2))))),
    start: [0.3, 0.4],
    minimum: { x: [0.2578252136703641, 0.2578252136703641], value: 124.36218235561485 },
    bounded: { lower: [0.26, 0], upper: [10, 20], value: 124.3831129163779 },
  }),
  problem(7, {
    name: "helicalValley",
    title: "Helical valley",
    residuals: (x1, x2, x3) => [
      multiply(10, subtract(x3, multiply(10, turns(x1, x2)))),
      multiply(10, subtract(hypot(x1, x2), 1)),
      x3,
    ],
    start: [-1, 0, 0],
    minimum: { x: [1, 0, 0], value: 0 },
    bounded: { lower: [-100, -1, -1], upper: [0.8, 1, 1], value: 0.9904221209613999 },
  }),
  problem(13, {
    name: "powellSingular",
    title: "Powell, singular",
    residuals: singular,
    start: [3, -1, 0, 1],
    minimum: { x: [0, 0, 0, 0], value: 0 },
    bounded: { lower: [0.1, -20, -1, -1], upper: [100, 20, 1, 50], value: 0.00018781963005830334 },
  }),
  problem(14, {
    name: "wood",
    title: "Wood",
    residuals: (x1, x2, x3, x4) => [
      ...valley(x1, x2),
      multiply(Math.sqrt(90), subtract(x4, square(x3))),
      subtract(1, x3),
      multiply(Math.sqrt(10), add(x2, x4, -2)),
      divide(subtract(x2, x4), Math.sqrt(10)),
    ],
    start: [-3, -1, -3, -1],
    minimum: { x: [1, 1, 1, 1], value: 0 },
    bounded: { lower: [-100, -100, -100, -100], upper: [0, 10, 100, 100], value: 1.5567008004385652 },
  }),
];
