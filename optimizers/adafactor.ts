import {
  add,
  divide,
  type Expr,
  mean,
  multiply,
  norm,
  power,
  type Shape,
  sqrt,
  square,
  subtract,
} from "../graph/index.js";
import { type OptionsOf, readOptions, sizeOf } from "../graph/internal.js";
import { sharedOptimizer } from "./optimizer.js";
import { atLeastZero, count, flag, fraction, learningRate, positive } from "./options.js";
import { descentGradient, larger, rateFor, runningMean } from "./terms.js";
import type { BySlot, Optimizer, Slot } from "./types.js";

const options = {
  /** lr ≥ 0: a number, an expression or a schedule; with `scaleByParameter` a share of the parameter's size. */
  learningRate,
  /** c ≥ 0: the share 1 − t⁻ᶜ of the mean of squares stays at step t. */
  decayRate: atLeastZero(0.8),
  /** ε ≥ 0 is added to squared gradients. */
  epsilon: atLeastZero(1e-30),
  /** d > 0: the largest root mean square of a direction. */
  clippingThreshold: positive(1),
  /** Whether the rate is a share of the parameter's root mean square, which counts as 10⁻³ at least. */
  scaleByParameter: flag(true),
  /** ρ in [0, 1): the share of the running mean of steps that stays; with 0 there is none. */
  momentum: fraction(0),
  /** Tensors whose two longest axes have so many elements at least are factored. */
  factorFrom: count(1),
  /** λ ≥ 0 takes λ of the parameter away at each step, whatever the rate. */
  weightDecay: atLeastZero(0),
  /** Whether to climb instead. */
  maximize: flag(false),
};

/**
 * Options of `adafactor`.
 * @example const options: AdafactorOptions = { learningRate: 0.01 };
 */
export type AdafactorOptions = OptionsOf<typeof options>;

type AdafactorSlots = {
  /** Means of squares along the longest axis, and along the next one; empty where nothing is factored. */
  readonly rows: Slot;
  readonly columns: Slot;
  /** The mean of squares of what isn't factored. */
  readonly meanSquare: Slot;
  /** Only with momentum. */
  readonly velocity?: Slot;
};

/**
 * Adafactor: instead of a mean square for each element of a matrix, one for each row and each column, whose product stands for
 * it; the rate is a share of the parameter's own size.
 *
 *     R ← βR + (1−β)·mean_j(g² + ε),   C ← βC + (1−β)·mean_i(g² + ε),   β = 1 − t⁻ᶜ
 *     V = R·Cᵀ/mean(R),   u = g/√V,   u ← u/max(1, rms(u)/d)
 *     x ← x − lr·max(10⁻³, rms(x))·u
 *
 * @param given `learningRate`; `decayRate` c = 0.8, `epsilon` = 1e-30, `clippingThreshold` d = 1, `scaleByParameter` = true,
 * `momentum` = 0, `factorFrom` = 1, `weightDecay` λ = 0, `maximize` = false
 *
 * @example
 * const optimizer = adafactor({ learningRate: 0.1 });
 * const { state } = optimizer.step({ W: [[3, 4]] }, { W: [[2, 1]] }, optimizer.init({ W: [[3, 4]] }));
 * state.slots.columns; // { W: Float64Array [4, 1] }: the mean square of each column
 *
 * Shazeer, Stern, "Adafactor: adaptive learning rates with sublinear memory cost", ICML 2018. As optax's `adafactor`, which
 * factors from 128 elements on. torch's adds no ε to a row's mean and has a rate of 0.01 or 1/√t, whichever is less.
 */
export function adafactor(given: AdafactorOptions): Optimizer<AdafactorSlots> {
  const hyperparameters = readOptions("adafactor", options, given);
  const { learningRate, decayRate, epsilon, clippingThreshold, scaleByParameter } = hyperparameters;
  const { momentum, factorFrom, weightDecay, maximize } = hyperparameters;
  const along = (place: 0 | 1) => (shape: Shape) => {
    const axes = longest(shape, factorFrom);
    return axes ? shape.with(axes[place], 1) : [0];
  };
  /** The divisor of the gradient, and the means that it is made of. */
  const scale = (squares: Expr, slots: BySlot<AdafactorSlots, Expr>, beta: Expr) => {
    const axes = longest(squares.shape, factorFrom);
    if (!axes) {
      const meanSquare = runningMean(slots.meanSquare, squares, beta);
      return { root: sqrt(meanSquare), slots: { rows: slots.rows, columns: slots.columns, meanSquare } };
    }
    const [rows, columns] = axes.map((axis, i) =>
      runningMean([slots.rows, slots.columns][i]!, mean(squares, axis, { keepDims: true }), beta),
    ) as [Expr, Expr];
    const root = multiply(sqrt(divide(rows, mean(rows, axes[1], { keepDims: true }))), sqrt(columns));
    return { root, slots: { rows, columns, meanSquare: slots.meanSquare } };
  };
  return sharedOptimizer<AdafactorSlots>({
    name: "adafactor",
    hyperparameters,
    slots: {
      rows: { initial: 0, shape: along(0) },
      columns: { initial: 0, shape: along(1) },
      meanSquare: { initial: 0, shape: (shape) => (longest(shape, factorFrom) ? [0] : shape) },
      ...(momentum !== 0 && { velocity: { initial: 0 } }),
    },
    rule(parameter, gradient, slots, step) {
      const g = descentGradient(gradient, parameter, { weightDecay: 0, maximize });
      const beta = subtract(1, power(step, multiply(decayRate, -1)));
      const { root, slots: means } = scale(add(square(g), epsilon), slots, beta);
      const direction = divide(g, root);
      const clipped = divide(direction, larger(divide(rms(direction), clippingThreshold), 1));
      const rate = rateFor("adafactor", learningRate, step);
      const own = scaleByParameter ? multiply(rate, larger(rms(parameter), 1e-3)) : rate;
      const taken = multiply(own, clipped);
      const velocity = slots.velocity && runningMean(slots.velocity, taken, momentum);
      const moved = subtract(parameter, velocity ?? taken);
      return {
        parameter: weightDecay === 0 ? moved : subtract(moved, multiply(weightDecay, parameter)),
        slots: { ...means, ...(velocity && { velocity }) },
      };
    },
  });
}

/** The longest axis and the next one, where both are so long; of equal ones the last counts as the longest. */
function longest(shape: Shape, from: number): readonly [longest: number, next: number] | undefined {
  const axes = shape.map((_, axis) => axis).sort((a, b) => shape[b]! - shape[a]! || b - a);
  const [first, next] = axes;
  return next !== undefined && shape[next]! >= from ? [first!, next] : undefined;
}

/** √(mean of squares), by the norm, whose derivative at 0 is no NaN. */
function rms(x: Expr): Expr {
  return divide(norm(x), Math.sqrt(Math.max(1, sizeOf(x.shape))));
}
