/** Parts of chains that change gradients or parameters one by one: decay, noise, centralization. */
import { add, divide, type Expr, mean, multiply, power, sqrt, subtract } from "../graph/index.js";
import { type OptionsOf, readOptions } from "../graph/internal.js";
import { makePart, type Part, plainPart } from "./chain.js";
import { atLeastZero, type LearningRate, learningRate, requiredAtLeastZero, seed } from "./options.js";
import { matches, only } from "./patterns.js";
import { normal, randomSlot } from "./random.js";
import { decayed, rateFor } from "./terms.js";
import type { Slot } from "./types.js";

const decayOptions = {
  /** λ ≥ 0. */
  weightDecay: requiredAtLeastZero,
  /** A factor of λ, such as the optimizer's rate: a number, an expression or a schedule. */
  learningRate: { ...learningRate, default: 1 as LearningRate },
  /** Which parameters decay: `"**.W"`, say, and no biases. */
  only,
};

/**
 * Options of `decayWeights`.
 * @example const options: DecayWeightsOptions = { weightDecay: 0.01, only: "**.W" };
 */
export type DecayWeightsOptions = OptionsOf<typeof decayOptions>;

/**
 * A part of a chain: parameters decay by themselves, all of them or some. Before an optimizer at its rate it is the decay of AdamW.
 *
 *     x ← x − lr·λx
 *
 * @param given `weightDecay` λ; `learningRate` = 1, `only` = "*"
 *
 * @example
 * const decay = decayWeights({ weightDecay: 0.5, learningRate: 0.1, only: "**.W" });
 * const optimizer = chain(decay, adam({ learningRate: 0.1 }));
 * const start = { W: 4, b: 4 };
 * optimizer.step(start, { W: 0, b: 0 }, optimizer.init(start)).parameters; // { W: 3.8, b: 4 }
 *
 * Loshchilov, Hutter, "Decoupled weight decay regularization", ICLR 2019. optax's `add_decayed_weights` with its mask stands before
 * the rate.
 */
export function decayWeights(given: DecayWeightsOptions): Part {
  const hyperparameters = readOptions("decayWeights", decayOptions, given);
  const { weightDecay, learningRate, only } = hyperparameters;
  return plainPart({ name: "decayWeights", hyperparameters, changes: "parameters" }, (place, step) =>
    matches(only, place.path)
      ? decayed(place.parameter, rateFor("decayWeights", learningRate, step), weightDecay)
      : place.parameter,
  );
}

/**
 * A part of a chain: from each slice along the first axis of a matrix or longer tensor its mean is taken away; vectors stay.
 *
 *     g ← g − mean of g over all axes but the first
 *
 * @example
 * const optimizer = chain(centralizeGradients(), gradientDescent({ learningRate: 1 }));
 * const start = { W: [[0, 0]] };
 * optimizer.step(start, { W: [[1, 3]] }, optimizer.init(start)).parameters.W; // Float64Array [1, -1]
 *
 * Yong et al., "Gradient centralization: a new optimization technique for deep neural networks", ECCV 2020. optax's
 * `centralize`. With weights as in `matmul(X, W)` the paper's slices are the columns.
 */
export function centralizeGradients(): Part {
  return plainPart(
    { name: "centralizeGradients", hyperparameters: {}, changes: "gradients" },
    ({ gradient }) => {
      let average = gradient;
      for (let axis = 1; axis < gradient.shape.length; axis++)
        average = mean(average, axis, { keepDims: true }) as Expr;
      return gradient.shape.length < 2 ? gradient : subtract(gradient, average);
    },
  );
}

const noiseOptions = {
  /** η ≥ 0: the variance at the first step. */
  variance: requiredAtLeastZero,
  /** γ ≥ 0: it falls as t^−γ. */
  decay: atLeastZero(0.55),
  /** The same seed makes the same noise, whatever else a program draws. */
  seed: seed(0),
};

/**
 * Options of `addNoise`.
 * @example const options: AddNoiseOptions = { variance: 0.01, seed: 1 };
 */
export type AddNoiseOptions = OptionsOf<typeof noiseOptions>;

/**
 * A part of a chain: normal noise on every gradient, less from step to step. What is drawn next is in the state, so that a run
 * that is resumed draws what one without a stop does.
 *
 *     g ← g + N(0, η/tᵞ)
 *
 * @param given `variance` η; `decay` γ = 0.55, `seed` = 0
 *
 * @example
 * const optimizer = chain(addNoise({ variance: 0.01, seed: 1 }), gradientDescent({ learningRate: 1 }));
 * const start = { x: [0, 0] };
 * const noisy = () => optimizer.step(start, { x: [1, 1] }, optimizer.init(start)).parameters.x;
 * noisy()[0] === noisy()[0]; // true
 *
 * Neelakantan et al., "Adding gradient noise improves learning for very deep networks", 2015. optax's `add_noise`. The numbers are
 * Wichmann and Hill's (AS 183, 1982), an own generator for each element, by Box and Muller's formula.
 */
export function addNoise(given: AddNoiseOptions): Part<{ readonly generators: Slot }> {
  const hyperparameters = readOptions("addNoise", noiseOptions, given);
  const { variance, decay } = hyperparameters;
  return makePart({
    name: "addNoise",
    hyperparameters,
    changes: "gradients",
    slots: { generators: randomSlot(hyperparameters.seed) },
    apply: (places, step) =>
      places.map(({ gradient, slots }) => {
        const { numbers, generators } = normal(slots.generators);
        const deviation = sqrt(divide(variance, power(step, decay)));
        return { changed: add(gradient, multiply(deviation, numbers)) as Expr, slots: { generators } };
      }),
  });
}
