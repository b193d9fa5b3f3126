/** All optimizers, with a few variants of their options: a row buys all laws. */
import {
  add,
  divide,
  type Expr,
  multiply,
  type Shape,
  sqrt,
  square,
  subtract,
  sum,
  tensor,
  trace,
} from "../../graph/index.js";
import { lru, type OptionsOf, readOptions } from "../../graph/internal.js";
import {
  adabelief,
  adadelta,
  adafactor,
  adagrad,
  adam,
  adamax,
  adamw,
  adan,
  amsgrad,
  asgd,
  dadaptAdamW,
  defineOptimizer,
  gradientDescent,
  lamb,
  lars,
  lion,
  momentum,
  muon,
  nadam,
  type Optimizer,
  type Problem,
  prodigy,
  radam,
  rateAt,
  rmsprop,
  rprop,
  scheduleFreeAdamW,
  scheduleFreeSgd,
  sgd,
  shampoo,
  sophia,
  yogi,
} from "../../optimizers/index.js";
import { learningRate } from "../../optimizers/options.js";

export interface Subject {
  readonly title: string;
  readonly options: Readonly<Record<string, unknown>>;
  make(options: object): Optimizer;
}

/** An optimizer with each of some options besides the learning rate. */
function row<O>(make: (options: O) => Optimizer, ...variants: Omit<O, "learningRate">[]): Subject[] {
  return variants.map((options) => ({
    title: `${make.name} ${JSON.stringify(options)}`,
    options: { ...options },
    make: (more) => make({ ...options, ...more } as O),
  }));
}

/** A user's own rule, which isn't elementwise: it sees the shape of the parameter and all of the gradient. */
function normalized(given: OptionsOf<{ learningRate: typeof learningRate }>): Optimizer {
  const hyperparameters = readOptions("normalized", { learningRate }, given);
  return defineOptimizer({
    name: "normalized",
    hyperparameters,
    slots: { steps: { initial: 0, scalar: true } },
    rule(parameter, gradient, { steps }, step) {
      const norm = sqrt(sum(square(gradient)));
      const scaled = divide(gradient, norm);
      const rank = Math.max(1, parameter.shape.length);
      const move = multiply(rateAt(hyperparameters.learningRate, step), divide(scaled, rank));
      return {
        parameter: subtract(parameter, move),
        slots: { steps: add(steps, 1) },
      };
    },
  });
}

export const subjects: readonly Subject[] = [
  ...row(gradientDescent, {}, { weightDecay: 0.1 }),
  ...row(
    momentum,
    {},
    { nesterov: true, weightDecay: 0.1 },
    { dampening: 0.3 },
    { learningRateInsideVelocity: false, nesterov: true },
    { learningRateInsideVelocity: false, dampening: 0.3, maximize: true },
  ),
  ...row(adagrad, {}, { epsilonInsideSqrt: true }, { initialAccumulator: 0.1, learningRateDecay: 0.1 }),
  ...row(
    rmsprop,
    {},
    { epsilonInsideSqrt: true },
    { centered: true, epsilon: 0.01 },
    { momentum: 0.5, weightDecay: 0.1 },
    { momentum: 0.5, learningRateInsideVelocity: false },
  ),
  ...row(adam, {}, { epsilonInsideSqrt: true, beta2: 0.99 }, { amsgrad: true, weightDecay: 0.1 }),
  ...row(amsgrad, {}),
  ...row(adamw, {}, { weightDecay: 0.1, amsgrad: true, maximize: true }),
  ...row(nadam, {}, { momentumDecay: 0.1, weightDecay: 0.1 }),
  // With β₂ = 0.9 the divisor is in force from step 6 on.
  ...row(radam, {}, { beta2: 0.9, weightDecay: 0.1 }),
  ...row(adamax, {}, { beta2: 0.9, epsilon: 0.01 }),
  ...row(adadelta, {}, { rho: 0.5, epsilon: 0.01, weightDecay: 0.1 }),
  ...row(adabelief, {}, { epsilonRoot: 1e-3, weightDecay: 0.1 }),
  ...row(yogi, {}, { beta2: 0.9, initialAccumulator: 0.1 }),
  ...row(adan, {}, { epsilonRoot: 1e-3, weightDecay: 0.1 }),
  ...row(asgd, {}, { lambda: 0.1, averageFrom: 2, weightDecay: 0.1 }),
  ...row(rprop, {}, { decrease: 0.3, increase: 2, smallestStep: 0.01, largestStep: 1 }),
  ...row(lion, {}, { beta2: 0.5, weightDecay: 0.1 }),
  ...row(lamb, {}, { weightDecay: 0.1 }),
  ...row(lars, {}, { trustCoefficient: 0.1, nesterov: true, weightDecay: 0.1, epsilon: 0.01 }),
  ...row(sgd, {}, { momentum: 0.5, dampening: 0.3 }, { momentum: 0.9, nesterov: true, weightDecay: 0.1 }),
  ...row(scheduleFreeSgd, {}, { weightDecay: 0.1 }),
  ...row(scheduleFreeAdamW, {}, { beta1: 0.5, weightDecay: 0.1 }),
  ...row(
    adafactor,
    {},
    { scaleByParameter: false, clippingThreshold: 0.5, momentum: 0.9, weightDecay: 0.1 },
    { factorFrom: 3, decayRate: 0.5, epsilon: 0.01 },
  ),
  ...row(muon, {}, { nesterov: false, iterations: 2, weightDecay: 0.1 }),
  ...row(shampoo, {}, { momentum: 0.5, weightDecay: 0.1, epsilon: 0.01 }),
  ...row(
    prodigy,
    { initialEstimate: 0.1 },
    { initialEstimate: 0.1, safeguardWarmup: true, weightDecay: 0.1 },
  ),
  ...row(dadaptAdamW, { initialEstimate: 0.1 }, { initialEstimate: 0.1, beta1: 0.5, weightDecay: 0.1 }),
  ...row(sophia, {}, { every: 2, gamma: 2, weightDecay: 0.1 }),
  ...row(normalized, {}),
];

/** Those that look at all elements of a tensor, or at the whole tree, as tensors of other shapes would. */
const whole = ["adafactor", "lamb", "lars", "muon", "normalized", "shampoo"];
const trees = ["dadaptAdamW", "prodigy"];

const nameOf = ({ title }: Subject): string => title.split(" ")[0]!;

/** Whether each element goes its own way. */
export const isElementwise = (subject: Subject): boolean =>
  ![...whole, ...trees, "sophia"].includes(nameOf(subject));

/** Whether a rate must be given: AdaDelta's paper has none, and some find their own. */
export const wantsRate = (subject: Subject): boolean => ![...trees, "adadelta"].includes(nameOf(subject));

/** Whether each parameter goes its own way. */
export const isSeparate = (subject: Subject): boolean => !trees.includes(nameOf(subject));

const problems = lru<string, Problem>(64);

/** Something to minimize in parameters of these shapes: ½Σx². */
export function problemOf(shapes: Readonly<Record<string, Shape>>): Problem {
  const names = Object.keys(shapes).sort();
  return problems(JSON.stringify(names.map((name) => [name, shapes[name]])), () => {
    const specs = Object.fromEntries(names.map((name) => [name, tensor(shapes[name]!)]));
    const terms = (inputs: Readonly<Record<string, Expr>>) =>
      names.map((name) => multiply(0.5, sum(square(inputs[name]!))));
    return {
      objective: trace(specs, (inputs) =>
        terms(inputs as never).reduce((a, b) => add(a, b) as never),
      ) as never,
    };
  });
}
