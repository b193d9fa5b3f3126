import {
  AdjointError,
  add,
  type Expr,
  eigh,
  eye,
  matmul,
  multiply,
  power,
  reshape,
  type Shape,
  subtract,
  transpose,
} from "../graph/index.js";
import { type OptionsOf, type Path, readOptions, sizeOf } from "../graph/internal.js";
import { placeIn } from "./maps.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, flag, fraction, learningRate, positive } from "./options.js";
import { descentGradient, rateFor } from "./terms.js";
import type { Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule. */
  learningRate,
  /** ε > 0: the statistics begin with ε times the identity. */
  epsilon: positive(1e-4),
  /** ρ in [0, 1): the share of the velocity that stays; with 0 there is none. */
  momentum: fraction(0),
  /** λ ≥ 0 adds λx to the gradient. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `shampoo`.
 * @example const options: ShampooOptions = { learningRate: 0.1 };
 */
export type ShampooOptions = OptionsOf<typeof options>;

type ShampooSlots = {
  /** ΣGGᵀ: rows by rows. */
  readonly left: Slot;
  /** ΣGᵀG: columns by columns; empty for vectors. */
  readonly right: Slot;
  /** Only with momentum. */
  readonly velocity?: Slot;
};

/** The longest side whose matrix has a place in memory, and its eigenvalues one in a day. */
const largest = 8192;

/** @throws where it would be too large */
function square(size: number, path: Path): Shape {
  if (size <= largest) return [size, size];
  throw new AdjointError(
    `${placeIn({ name: "shampoo" }, "parameters")(path)} has a side of ${size} elements, of which shampoo keeps a matrix of as ` +
      `many rows and columns; the most are ${largest}. Give it another optimizer, by groups.`,
  );
}

/** A tensor as a matrix: its first axis by all others. */
const rowsOf = (shape: Shape): number => shape[0] ?? 1;
const columnsOf = (shape: Shape): number => sizeOf(shape.slice(1));

/**
 * Shampoo: AdaGrad with a matrix for each side of a matrix instead of a number for each element.
 *
 *     L ← L + GGᵀ,   R ← R + GᵀG,   x ← x − lr·(εI + L)^(−1/4)·G·(εI + R)^(−1/4)
 *     for a vector:   L ← L + ggᵀ,   x ← x − lr·(εI + L)^(−1/2)·g
 *
 * The roots are taken by the eigenvalues at each step, which is for small matrices: it costs about 10·n³ operations a side. A
 * tensor of more axes counts as the matrix of its first axis by the others. A derivative through a step doesn't exist where two
 * eigenvalues are equal, and is NaN there.
 *
 * @param given `learningRate`; `epsilon` = 1e-4, `momentum` = 0, `weightDecay` = 0, `maximize` = false
 *
 * @example
 * const optimizer = shampoo({ learningRate: 0.1, epsilon: 1e-12 });
 * const { parameters } = optimizer.step({ W: [[1, 0]] }, { W: [[9, 0]] }, optimizer.init({ W: [[1, 0]] }));
 * parameters.W; // Float64Array [0.9…, 0]
 *
 * Gupta, Koren, Singer, "Shampoo: preconditioned stochastic tensor optimization", ICML 2018.
 */
export function shampoo(given: ShampooOptions): Optimizer<ShampooSlots> {
  const hyperparameters = readOptions("shampoo", options, given);
  const { learningRate, epsilon, momentum: rho } = hyperparameters;
  return sharedOptimizer<ShampooSlots>({
    name: "shampoo",
    hyperparameters,
    slots: {
      left: { initial: 0, shape: (shape, path) => square(rowsOf(shape), path) },
      right: {
        initial: 0,
        shape: (shape, path) => (shape.length < 2 ? [0] : square(columnsOf(shape), path)),
      },
      ...(rho !== 0 && { velocity: { initial: 0 } }),
    },
    rule(parameter, gradient, slots, step) {
      const { shape } = parameter;
      const slope = descentGradient(gradient, parameter, hyperparameters);
      const g = reshape(slope, [rowsOf(shape), columnsOf(shape)]) as Expr;
      const left = add(slots.left, matmul(g, transpose(g))) as Expr;
      const isVector = shape.length < 2;
      const right = isVector ? slots.right : (add(slots.right, matmul(transpose(g), g)) as Expr);
      const fromLeft = matmul(inverseRoot(left, epsilon, isVector ? 2 : 4), g);
      const direction = isVector ? fromLeft : matmul(fromLeft, inverseRoot(right, epsilon, 4));
      const move = reshape(direction, shape) as Expr;
      const velocity = slots.velocity && add(multiply(rho, slots.velocity), move);
      const rate = rateFor("shampoo", learningRate, step);
      return {
        parameter: subtract(parameter, multiply(rate, velocity ?? move)),
        slots: { left, right, ...(velocity && { velocity }) },
      };
    },
  });
}

/** (εI + S)^(−1/p) of a symmetric matrix that is nowhere negative. */
function inverseRoot(statistics: Expr, epsilon: number | Expr, p: number): Expr {
  const size = statistics.shape[0]!;
  const { eigenvalues, eigenvectors } = eigh(add(statistics, multiply(epsilon, eye(size))));
  return matmul(multiply(eigenvectors, power(eigenvalues, -1 / p)), transpose(eigenvectors)) as Expr;
}
