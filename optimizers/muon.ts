import {
  add,
  divide,
  type Expr,
  matmul,
  multiply,
  norm,
  power,
  type Shape,
  square,
  subtract,
  transpose,
} from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, count, flag, fraction, type Hyperparameter, learningRate } from "./options.js";
import { decayed, descentGradient, rateFor, rootPlusEpsilon, runningMean } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule. */
  learningRate,
  /** β in [0, 1): the share of the running mean of a matrix's gradients that stays. */
  beta: fraction(0.95),
  /** Whether to step by where the next mean would be. */
  nesterov: flag(true),
  /** How often the iteration towards an orthogonal matrix is repeated. */
  iterations: count(5),
  /** ε ≥ 0 keeps divisors from 0. */
  epsilon: atLeastZero(1e-8),
  /** λ ≥ 0 takes lr·λ of a matrix away at each step. */
  weightDecay: atLeastZero(0),
  /** β₁ in [0, 1) of what isn't a matrix. */
  beta1: fraction(0.9),
  /** β₂ in [0, 1) of what isn't a matrix. */
  beta2: fraction(0.999),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `muon`.
 * @example const options: MuonOptions = { learningRate: 0.02 };
 */
export type MuonOptions = OptionsOf<typeof options>;

/**
 * Muon: for matrices, the running mean of gradients made orthogonal, so that a step is as long in all directions; for all other
 * tensors Adam with Nesterov's momentum.
 *
 *     M ← βM + (1−β)g,   M̂ = β·M/(1−βᵗ⁺¹) + (1−β)·g/(1−βᵗ),   X₀ = M̂/(‖M̂‖ + ε)
 *     A = XXᵀ,   X ← aX + (bA + cA²)X   five times,   a = 3.4445, b = −4.775, c = 2.0315
 *     x ← x − lr·(√max(1, columns/rows)·X + λx)
 *
 * @param given `learningRate`; `beta` = 0.95, `nesterov` = true, `iterations` = 5, `epsilon` = 1e-8, `weightDecay` λ = 0;
 * `beta1` = 0.9 and `beta2` = 0.999 for what isn't a matrix; `maximize` = false
 *
 * @example
 * const optimizer = muon({ learningRate: 0.1 });
 * const { parameters } = optimizer.step({ W: [[1, 0]] }, { W: [[9, 0]] }, optimizer.init({ W: [[1, 0]] }));
 * parameters.W; // Float64Array [0.90150…, 0]
 *
 * Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024. As optax's `muon`; torch's has no correction
 * of the mean, and takes matrices only.
 */
export function muon(given: MuonOptions): Optimizer<{
  readonly mean: Slot;
  /** Empty for matrices. */
  readonly meanSquare: Slot;
}> {
  const hyperparameters = readOptions("muon", options, given);
  const { learningRate, beta, nesterov, iterations, epsilon } = hyperparameters;
  const { weightDecay, beta1, beta2, maximize } = hyperparameters;
  /** The running mean of gradients, corrected for its start at 0. */
  const corrected = (mean: Expr, g: Expr, rate: Hyperparameter, step: Expr): Expr => {
    const correction = (t: Expr) => subtract(1, power(rate, t));
    if (!nesterov) return divide(mean, correction(step));
    return runningMean(divide(mean, correction(add(step, 1))), divide(g, correction(step)), rate);
  };
  return sharedOptimizer({
    name: "muon",
    hyperparameters,
    slots: {
      mean: { initial: 0 },
      meanSquare: { initial: 0, shape: (shape: Shape) => (shape.length === 2 ? [0] : shape) },
    },
    rule(parameter, gradient, slots, step) {
      const g = descentGradient(gradient, parameter, { weightDecay: 0, maximize });
      const rate = rateFor("muon", learningRate, step);
      if (parameter.shape.length === 2) {
        const [rows, columns] = parameter.shape as [number, number];
        const mean = runningMean(slots.mean, g, beta);
        const direction = orthogonal(corrected(mean, g, beta, step), iterations, epsilon);
        const scaled = multiply(Math.sqrt(Math.max(1, columns / rows)), direction);
        return {
          parameter: subtract(decayed(parameter, rate, weightDecay), multiply(rate, scaled)),
          slots: { mean, meanSquare: slots.meanSquare },
        };
      }
      const mean = runningMean(slots.mean, g, beta1);
      const meanSquare = runningMean(slots.meanSquare, square(g), beta2);
      const divisor = rootPlusEpsilon(divide(meanSquare, subtract(1, power(beta2, step))), epsilon, false);
      const direction = divide(corrected(mean, g, beta1, step), divisor);
      return { parameter: subtract(parameter, multiply(rate, direction)), slots: { mean, meanSquare } };
    },
  });
}

/**
 * Newton and Schulz's iteration: about UVᵀ of a matrix UΣVᵀ. The polynomial has the steepest slope at 0, and so leaves singular
 * values between 0.7 and 1.2 instead of 1.
 */
function orthogonal(matrix: Expr, iterations: number, epsilon: Hyperparameter): Expr {
  const isTall = matrix.shape[0]! > matrix.shape[1]!;
  let x = divide(matrix, add(norm(matrix), epsilon)) as Expr;
  if (isTall) x = transpose(x) as Expr;
  for (let i = 0; i < iterations; i++) {
    const a = matmul(x, transpose(x)) as Expr;
    const b = add(multiply(-4.775, a), multiply(2.0315, matmul(a, a)));
    x = add(multiply(3.4445, x), matmul(b, x)) as Expr;
  }
  return isTall ? (transpose(x) as Expr) : x;
}
