/**
 * Test functions on which a descent goes wrong almost everywhere: many local minima, or no slope to follow.
 */
import {
  add,
  cos,
  exp,
  greater,
  multiply,
  negative,
  sin,
  sqrt,
  square,
  subtract,
  where,
} from "../../graph/index.js";
import { type Objective, planeObjective } from "./objective.js";

/**
 * A bowl with a local minimum near every point of whole numbers.
 *
 * @example
 * rastrigin.f({ x: [1, 0] }); // 1
 */
export const rastrigin: Objective = planeObjective({
  name: "rastrigin",
  title: "Rastrigin's function",
  f: (x1, x2) => {
    const wave = (x: typeof x1) => subtract(square(x), multiply(10, cos(multiply(2 * Math.PI, x))));
    return add(20, wave(x1), wave(x2));
  },
  formula: "20 + x1^2 - 10 * cos(2 * pi * x1) + x2^2 - 10 * cos(2 * pi * x2)",
  minima: [{ x: [0, 0], value: 0 }],
  start: { x: [0.4, -0.3] },
  window: { x1: [-5.12, 5.12], x2: [-5.12, 5.12] },
  reference:
    "L. A. Rastrigin, Systems of Extremal Control (in Russian), Nauka, 1974; in two variables also in " +
    "A. Törn and A. Žilinskas, Global Optimization, Springer, 1989",
});

/**
 * A funnel in a field of small holes. Its tip is a kink: near 0 it is the cone 2√2·‖x‖ and has no
 * derivative. The root is written `where(s > 0, sqrt(s), 0)`, whose derivative at s = 0 is 0 here, not ∞·0:
 * so the gradient at the minimum is (0, 0), the middle of the subgradients, while as near to it as you like
 * its norm is 2√2.
 *
 * @example
 * ackley.f({ x: [0, 0] }); // 0
 */
export const ackley: Objective = planeObjective({
  name: "ackley",
  title: "Ackley's function",
  f: (x1, x2) => {
    const s = multiply(0.5, add(square(x1), square(x2)));
    const root = where(greater(s, 0), sqrt(s), 0);
    const waves = multiply(0.5, add(cos(multiply(2 * Math.PI, x1)), cos(multiply(2 * Math.PI, x2))));
    // Paired so that each difference is exactly 0 at the minimum.
    return add(multiply(20, subtract(1, exp(multiply(-0.2, root)))), subtract(Math.E, exp(waves)));
  },
  formula:
    "-20 * exp(-0.2 * sqrt((x1^2 + x2^2) / 2)) - exp((cos(2 * pi * x1) + cos(2 * pi * x2)) / 2) + e + 20",
  minima: [{ x: [0, 0], value: 0 }],
  start: { x: [0.5, -0.4] },
  window: { x1: [-5, 5], x2: [-5, 5] },
  reference: "D. H. Ackley, A Connectionist Machine for Genetic Hillclimbing, Kluwer, 1987",
});

/**
 * One well on a plane that is flat to the last bit a few units away.
 *
 * @example
 * easom.f({ x: [Math.PI, Math.PI] }); // -1
 */
export const easom: Objective = planeObjective({
  name: "easom",
  title: "Easom's function",
  f: (x1, x2) => {
    const distance = add(square(subtract(x1, Math.PI)), square(subtract(x2, Math.PI)));
    return negative(multiply(cos(x1), cos(x2), exp(negative(distance))));
  },
  formula: "-cos(x1) * cos(x2) * exp(-(x1 - pi)^2 - (x2 - pi)^2)",
  minima: [{ x: [Math.PI, Math.PI], value: -1 }],
  start: { x: [2, 2.5] },
  window: { x1: [-1, 7], x2: [-1, 7] },
  reference:
    "E. E. Easom, A survey of global optimization techniques, M. Eng. thesis, University of Louisville, 1990",
});

/**
 * A bowl with waves of two lengths: a local minimum about every third along x1, every half along x2.
 *
 * @example
 * levy13.f({ x: [1, 1] }); // 1.34978…e-31
 */
export const levy13: Objective = planeObjective({
  name: "levy13",
  title: "Lévy's function number 13",
  f: (x1, x2) => {
    const squaredSine = (frequency: number, x: typeof x1) => square(sin(multiply(frequency * Math.PI, x)));
    return add(
      squaredSine(3, x1),
      multiply(square(subtract(x1, 1)), add(1, squaredSine(3, x2))),
      multiply(square(subtract(x2, 1)), add(1, squaredSine(2, x2))),
    );
  },
  formula:
    "sin(3 * pi * x1)^2 + (x1 - 1)^2 * (1 + sin(3 * pi * x2)^2) + (x2 - 1)^2 * (1 + sin(2 * pi * x2)^2)",
  minima: [{ x: [1, 1], value: 0 }],
  start: { x: [1.12, 0.82] },
  window: { x1: [-1, 3], x2: [-1, 3] },
  reference:
    "A. V. Lévy and A. Montalvo, The tunneling algorithm for the global minimization of functions, SIAM " +
    "Journal on Scientific and Statistical Computing 6(1), 1985, pp. 15–29",
});
