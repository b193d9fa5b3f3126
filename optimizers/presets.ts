/**
 * The same rules with the defaults and forms of other libraries and of the course: `torch.rmsprop({ learningRate })` takes the
 * steps of `torch.optim.RMSprop`. Whatever is given still counts.
 */
import { reading } from "../graph/internal.js";
import { adadelta } from "./adadelta.js";
import { type AdafactorOptions, adafactor } from "./adafactor.js";
import { type AdagradOptions, adagrad } from "./adagrad.js";
import { type AdamOptions, adam, amsgrad } from "./adam.js";
import { adamax } from "./adamax.js";
import { type AdamWOptions, adamw } from "./adamw.js";
import { type AdanOptions, adan } from "./adan.js";
import { asgd } from "./asgd.js";
import { gradientDescent } from "./gradient-descent.js";
import { type LionOptions, lion } from "./lion.js";
import { momentum } from "./momentum.js";
import { nadam } from "./nadam.js";
import { radam } from "./radam.js";
import { type RmspropOptions, rmsprop } from "./rmsprop.js";
import { rprop } from "./rprop.js";
import { sgd } from "./sgd.js";

/** What is given, read where an error of a getter's or a Proxy's is told. */
const own = <O extends object>(name: string, given: O): O =>
  reading(`${name}: the options`, () => ({ ...given }));

const courseForm = { epsilon: 1e-7, epsilonInsideSqrt: true };

/**
 * PyTorch's `torch.optim`, in f64 to the last digits.
 *
 * @example
 * torch.rmsprop({ learningRate: 0.01 }).hyperparameters.beta; // 0.99
 */
export const torch = {
  sgd,
  adagrad,
  rmsprop: (given: RmspropOptions) =>
    rmsprop({ beta: 0.99, learningRateInsideVelocity: false, ...own("rmsprop", given) }),
  adadelta,
  adam,
  adamw,
  amsgrad,
  nadam,
  radam,
  adamax,
  asgd,
  rprop,
};

/**
 * optax's optimizers of these names. Its `amsgrad` isn't among them: it takes the largest of corrected means, another rule.
 *
 * @example
 * optax.adamw({ learningRate: 0.01 }).hyperparameters.weightDecay; // 0.0001
 */
export const optax = {
  sgd,
  adagrad: (given: AdagradOptions) =>
    adagrad({ initialAccumulator: 0.1, epsilon: 1e-7, epsilonInsideSqrt: true, ...own("adagrad", given) }),
  rmsprop: (given: RmspropOptions) => rmsprop({ epsilonInsideSqrt: true, ...own("rmsprop", given) }),
  adadelta,
  adam,
  adamw: (given: AdamWOptions) => adamw({ weightDecay: 1e-4, ...own("adamw", given) }),
  adamax,
  lion: (given: LionOptions) => lion({ weightDecay: 1e-3, ...own("lion", given) }),
  adan: (given: AdanOptions) => adan({ epsilonRoot: 1e-8, ...own("adan", given) }),
  adafactor: (given: AdafactorOptions) => adafactor({ factorFrom: 128, ...own("adafactor", given) }),
};

/**
 * The course's five, with ε inside the root.
 *
 * @example
 * course.adam({ learningRate: 0.1 }).hyperparameters.beta2; // 0.99
 */
export const course = {
  gradientDescent,
  momentum,
  adagrad: (given: AdagradOptions) => adagrad({ ...courseForm, ...own("adagrad", given) }),
  rmsprop: (given: RmspropOptions) => rmsprop({ ...courseForm, ...own("rmsprop", given) }),
  adam: (given: AdamOptions) => adam({ ...courseForm, beta2: 0.99, ...own("adam", given) }),
};
