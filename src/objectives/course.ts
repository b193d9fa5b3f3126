/** The objectives of the course that this project grew out of. */
import {
  AdjointError,
  add,
  dot,
  multiply,
  power,
  square,
  subtract,
  trace,
  vector,
} from "../../graph/index.js";
import { describe, readList } from "../../graph/internal.js";
import { type Objective, planeObjective } from "./objective.js";

const reference = "a course on neural networks, chapter on optimization algorithms";

/**
 * The weighted sphere f(x) = wᵀ(x∘x) = Σ wᵢxᵢ² in as many dimensions as there are weights; by default the
 * course's, (0.2, 2). Its gradient is 2w∘x, its Hessian 2 diag(w): the largest weight over the smallest
 * says how hard it is.
 *
 * @example
 * const { f } = weightedSphere();
 * grad(f)({ x: [3, 4] }); // { x: Float64Array [1.20000…, 16] }
 *
 * @throws AdjointError where there is no weight, or one isn't a finite number above 0 (0 would leave a line
 *   of minima).
 */
export function weightedSphere(weights: readonly number[] = [0.2, 2]): Objective {
  const w = readList(weights, "weightedSphere: the weights", (weight, i) => {
    if (typeof weight === "number" && weight > 0 && weight < Infinity) return weight;
    throw new AdjointError(
      `weightedSphere: weight ${i} is ${describe(weight)}; without a finite weight above 0 there is no single minimum.`,
    );
  });
  if (w.length === 0) throw new AdjointError("weightedSphere: no weights; pass one a variable.");
  return {
    name: "weightedSphere",
    title: "weighted sphere",
    f: trace({ x: vector(w.length) }, ({ x }) => dot(w, square(x))),
    formula: w.map((weight, i) => `${weight} * x${i + 1}^2`).join(" + "),
    minima: [{ x: w.map(() => 0), value: 0 }],
    minimality: "global",
    boundedBelow: true,
    // The course's (3, 4), repeated where there are more variables.
    start: { x: w.map((_, i) => 3 + (i % 2)) },
    window: { x1: [-5, 5], x2: [-5, 5] },
    reference,
  };
}

/**
 * f(x) = x₁² + x₂² + x₂³ + x₁x₂. The course takes the origin for a saddle that Momentum alone escapes. It
 * is a strict local minimum: the Hessian there has the eigenvalues 1 and 3. The saddle is (0.25, −0.5), and
 * beyond it f falls without bound as x₂ → −∞, so that a run with too much momentum leaves the basin and
 * diverges.
 *
 * @example
 * const { f } = cubic;
 * grad(f)({ x: [2, 3] }); // { x: Float64Array [7, 35] }
 */
export const cubic: Objective = planeObjective({
  name: "cubic",
  title: "cubic",
  f: (x1, x2) => add(square(x1), square(x2), power(x2, 3), multiply(x1, x2)),
  formula: "x1^2 + x2^2 + x2^3 + x1 * x2",
  minima: [{ x: [0, 0], value: 0 }],
  minimality: "local",
  boundedBelow: false,
  saddles: [{ x: [0.25, -0.5], value: 0.0625 }],
  start: { x: [2, 3] },
  window: { x1: [-3, 3], x2: [-3, 3] },
  reference,
});

/**
 * f(x) = −x₁²/2 + x₂²: a saddle at the origin and no minimum, f falls without bound as |x₁| grows.
 *
 * @example
 * saddle.f({ x: [1, 2] }); // 3.5
 */
export const saddle: Objective = planeObjective({
  name: "saddle",
  title: "saddle",
  f: (x1, x2) => subtract(square(x2), multiply(0.5, square(x1))),
  formula: "-x1^2 / 2 + x2^2",
  minima: [],
  minimality: "local",
  boundedBelow: false,
  saddles: [{ x: [0, 0], value: 0 }],
  start: { x: [1e-5, 0.5] },
  window: { x1: [-1, 2], x2: [-1, 1] },
  reference,
});
