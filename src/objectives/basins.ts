/** Test functions with a few minima, each in a basin of its own. */
import { add, cos, divide, multiply, power, sin, square, subtract } from "../../graph/index.js";
import { type Objective, planeObjective, survey } from "./objective.js";

const dixonAndSzego =
  "L. C. W. Dixon and G. P. Szegő, The global optimisation problem: an introduction, " +
  "Towards Global Optimisation 2, North-Holland, 1978, pp. 1–15";

// Minima that have no closed form were found by Newton's method at 60 digits, then rounded.

/**
 * Four minima, all of them zero.
 *
 * @example
 * himmelblau.f({ x: [3, 2] }); // 0
 */
export const himmelblau: Objective = planeObjective({
  name: "himmelblau",
  title: "Himmelblau's function",
  f: (x1, x2) => add(square(add(square(x1), x2, -11)), square(add(x1, square(x2), -7))),
  formula: "(x1^2 + x2 - 11)^2 + (x1 + x2^2 - 7)^2",
  minima: [
    { x: [3, 2], value: 0 },
    { x: [-2.805118086952745, 3.131312518250573], value: 0 },
    { x: [-3.779310253377747, -3.2831859912861696], value: 0 },
    { x: [3.5844283403304917, -1.8481265269644036], value: 0 },
  ],
  start: { x: [0, 0] },
  window: { x1: [-5, 5], x2: [-5, 5] },
  reference: "D. M. Himmelblau, Applied Nonlinear Programming, McGraw-Hill, 1972",
});

/**
 * The global minimum between two local ones at ±(1.7475…, −0.8737…), where f = 0.2986….
 *
 * @example
 * threeHumpCamel.f({ x: [0, 1] }); // 1
 */
export const threeHumpCamel: Objective = planeObjective({
  name: "threeHumpCamel",
  title: "three-hump camel",
  f: (x1, x2) =>
    add(
      multiply(2, square(x1)),
      multiply(-1.05, power(x1, 4)),
      divide(power(x1, 6), 6),
      multiply(x1, x2),
      square(x2),
    ),
  formula: "2 * x1^2 - 1.05 * x1^4 + x1^6 / 6 + x1 * x2 + x2^2",
  minima: [{ x: [0, 0], value: 0 }],
  start: { x: [1, 2] },
  window: { x1: [-2.5, 2.5], x2: [-2.5, 2.5] },
  reference: survey,
});

/**
 * Six minima, two of them global; the other two pairs have f = −0.2154… and 2.1042….
 *
 * @example
 * sixHumpCamel.f({ x: [0, 1] }); // 0
 */
export const sixHumpCamel: Objective = planeObjective({
  name: "sixHumpCamel",
  title: "six-hump camel",
  f: (x1, x2) =>
    add(
      multiply(4, square(x1)),
      multiply(-2.1, power(x1, 4)),
      divide(power(x1, 6), 3),
      multiply(x1, x2),
      multiply(-4, square(x2)),
      multiply(4, power(x2, 4)),
    ),
  formula: "4 * x1^2 - 2.1 * x1^4 + x1^6 / 3 + x1 * x2 - 4 * x2^2 + 4 * x2^4",
  minima: [
    { x: [0.08984201310031806, -0.7126564030207396], value: -1.0316284534898774 },
    { x: [-0.08984201310031806, 0.7126564030207396], value: -1.0316284534898774 },
  ],
  start: { x: [0.5, 1] },
  window: { x1: [-2, 2], x2: [-1.5, 1.5] },
  reference: dixonAndSzego,
});

/**
 * Values from 3 to 10⁶ in a small window; local minima at (−0.6, −0.4), (1.8, 0.2) and (1.2, 0.8): f = 30,
 * 84, 840.
 *
 * @example
 * goldsteinPrice.f({ x: [0, -1] }); // 3
 */
export const goldsteinPrice: Objective = planeObjective({
  name: "goldsteinPrice",
  title: "Goldstein and Price's function",
  f: (x1, x2) => {
    const polynomial = (constant: number, a: number, b: number, c: number, d: number, e: number) =>
      add(
        constant,
        multiply(a, x1),
        multiply(b, square(x1)),
        multiply(c, x2),
        multiply(d, x1, x2),
        multiply(e, square(x2)),
      );
    const sum = square(add(x1, x2, 1));
    const difference = square(subtract(multiply(2, x1), multiply(3, x2)));
    return multiply(
      add(1, multiply(sum, polynomial(19, -14, 3, -14, 6, 3))),
      add(30, multiply(difference, polynomial(18, -32, 12, 48, -36, 27))),
    );
  },
  formula:
    "(1 + (x1 + x2 + 1)^2 * (19 - 14 * x1 + 3 * x1^2 - 14 * x2 + 6 * x1 * x2 + 3 * x2^2)) * " +
    "(30 + (2 * x1 - 3 * x2)^2 * (18 - 32 * x1 + 12 * x1^2 + 48 * x2 - 36 * x1 * x2 + 27 * x2^2))",
  minima: [{ x: [0, -1], value: 3 }],
  start: { x: [1, -1.5] },
  window: { x1: [-2, 2], x2: [-2, 2] },
  reference:
    "A. A. Goldstein and J. F. Price, On descent from local minima, Mathematics of Computation 25(115), " +
    "1971, pp. 569–574",
});

/**
 * A sine on a slope across a parabolic trough. Along the trough it falls for ever, by π a wave, so the
 * minimum (½ − π/3, −½ − π/3), where f = −√3/2 − π/3, is one of many: the lowest in the usual window.
 *
 * @example
 * mccormick.minima[0]!.value; // -1.91322…
 */
export const mccormick: Objective = planeObjective({
  name: "mccormick",
  title: "McCormick's function",
  f: (x1, x2) => add(sin(add(x1, x2)), square(subtract(x1, x2)), multiply(-1.5, x1), multiply(2.5, x2), 1),
  formula: "sin(x1 + x2) + (x1 - x2)^2 - 1.5 * x1 + 2.5 * x2 + 1",
  minima: [{ x: [-0.5471975511965977, -1.5471975511965979], value: -1.9132229549810364 }],
  minimality: "window",
  boundedBelow: false,
  start: { x: [1, -1] },
  window: { x1: [-1.5, 4], x2: [-3, 4] },
  reference: survey,
});

/**
 * Two double wells, one a variable; of the four minima the one with both variables negative is the lowest.
 *
 * @example
 * styblinskiTang.f({ x: [0, 1] }); // -5
 */
export const styblinskiTang: Objective = planeObjective({
  name: "styblinskiTang",
  title: "Styblinski and Tang's function",
  f: (x1, x2) => {
    const well = (x: typeof x1) => add(power(x, 4), multiply(-16, square(x)), multiply(5, x));
    return multiply(0.5, add(well(x1), well(x2)));
  },
  formula: "(x1^4 - 16 * x1^2 + 5 * x1 + x2^4 - 16 * x2^2 + 5 * x2) / 2",
  minima: [{ x: [-2.903534027771177, -2.903534027771177], value: -78.33233140754282 }],
  start: { x: [0, 0] },
  window: { x1: [-5, 5], x2: [-5, 5] },
  reference:
    "M. A. Styblinski and T.-S. Tang, Experiments in nonconvex optimization: stochastic approximation with " +
    "function smoothing and simulated annealing, Neural Networks 3(4), 1990, pp. 467–483",
});

/**
 * A cosine along a parabolic valley: a minimum at every x₁ = (2k + 1)π, each with f = 10/(8π). Three of
 * them lie in the usual window: (−π, 12.275), (π, 2.275) and (3π, 2.475).
 *
 * @example
 * branin.f({ x: [Math.PI, 2.275] }); // 0.397887…
 */
export const branin: Objective = planeObjective({
  name: "branin",
  title: "Branin's function",
  f: (x1, x2) => {
    const valley = add(x2, multiply(-5.1 / (4 * Math.PI ** 2), square(x1)), multiply(5 / Math.PI, x1), -6);
    return add(square(valley), multiply(10 * (1 - 1 / (8 * Math.PI)), cos(x1)), 10);
  },
  formula: "(x2 - 5.1 / (4 * pi^2) * x1^2 + 5 / pi * x1 - 6)^2 + 10 * (1 - 1 / (8 * pi)) * cos(x1) + 10",
  minima: [
    { x: [-Math.PI, 12.275], value: 0.3978873577297383 },
    { x: [Math.PI, 2.275], value: 0.3978873577297383 },
    { x: [9.42477796076938, 2.475], value: 0.3978873577297383 },
  ],
  minimality: "window",
  start: { x: [2.5, 7.5] },
  window: { x1: [-5, 10], x2: [0, 15] },
  reference:
    "F. H. Branin, Widely convergent method for finding multiple solutions of simultaneous nonlinear " +
    "equations, IBM Journal of Research and Development 16(5), 1972, pp. 504–522",
});
