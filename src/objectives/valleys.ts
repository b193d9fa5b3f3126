/** Test functions with one minimum and no other, at the end of a valley of some kind. */
import { add, multiply, power, square, subtract } from "../../graph/index.js";
import { type Objective, planeObjective, survey } from "./objective.js";

/**
 * A curved valley, flat along its floor: easy to reach, slow to follow. Start as in the source.
 *
 * @example
 * rosenbrock.f({ x: [-1.2, 1] }); // 24.1999…
 */
export const rosenbrock: Objective = planeObjective({
  name: "rosenbrock",
  title: "Rosenbrock's valley",
  f: (x1, x2) => add(multiply(100, square(subtract(x2, square(x1)))), square(subtract(1, x1))),
  formula: "100 * (x2 - x1^2)^2 + (1 - x1)^2",
  minima: [{ x: [1, 1], value: 0 }],
  start: { x: [-1.2, 1] },
  window: { x1: [-2, 2], x2: [-1, 3] },
  reference:
    "H. H. Rosenbrock, An automatic method for finding the greatest or least value of a function, " +
    "The Computer Journal 3(3), 1960, pp. 175–184",
});

/**
 * Walls of height 10⁵ in the corners, and a flat valley along x₂ = 1 that leads away to infinity, where f
 * sinks to 0.452…; the saddle (0, 1) parts it from the minimum. Start as in Moré, Garbow and Hillstrom,
 * "Testing unconstrained optimization software", ACM TOMS 7(1), 1981, number 5.
 *
 * @example
 * beale.f({ x: [3, 0.5] }); // 0
 */
export const beale: Objective = planeObjective({
  name: "beale",
  title: "Beale's function",
  f: (x1, x2) => {
    const residual = (target: number, n: number) => subtract(target, multiply(x1, subtract(1, power(x2, n))));
    return add(square(residual(1.5, 1)), square(residual(2.25, 2)), square(residual(2.625, 3)));
  },
  formula: "(1.5 - x1 * (1 - x2))^2 + (2.25 - x1 * (1 - x2^2))^2 + (2.625 - x1 * (1 - x2^3))^2",
  minima: [{ x: [3, 0.5], value: 0 }],
  saddles: [{ x: [0, 1], value: 14.203125 }],
  start: { x: [1, 1] },
  window: { x1: [-4.5, 4.5], x2: [-4.5, 4.5] },
  reference:
    "E. M. L. Beale, On an iterative method for finding a local minimum of a function of more than one " +
    "variable, technical report 25, Statistical Techniques Research Group, Princeton University, 1958",
});

/**
 * A quadratic bowl, tilted: the Hessian's eigenvalues are 2 and 18.
 *
 * @example
 * booth.f({ x: [1, 3] }); // 0
 */
export const booth: Objective = planeObjective({
  name: "booth",
  title: "Booth's function",
  f: (x1, x2) => add(square(add(x1, multiply(2, x2), -7)), square(add(multiply(2, x1), x2, -5))),
  formula: "(x1 + 2 * x2 - 7)^2 + (2 * x1 + x2 - 5)^2",
  minima: [{ x: [1, 3], value: 0 }],
  start: { x: [-5, -6] },
  window: { x1: [-10, 10], x2: [-10, 10] },
  reference: survey,
});

/**
 * A quadratic plate, nearly flat along x1 = x2: the Hessian's eigenvalues are 0.04 and 1.
 *
 * @example
 * matyas.f({ x: [0, 0] }); // 0
 */
export const matyas: Objective = planeObjective({
  name: "matyas",
  title: "Matyas' function",
  f: (x1, x2) => subtract(multiply(0.26, add(square(x1), square(x2))), multiply(0.48, x1, x2)),
  formula: "0.26 * (x1^2 + x2^2) - 0.48 * x1 * x2",
  minima: [{ x: [0, 0], value: 0 }],
  start: { x: [8, -5] },
  window: { x1: [-10, 10], x2: [-10, 10] },
  reference: survey,
});
