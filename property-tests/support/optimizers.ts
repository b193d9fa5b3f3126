/** All optimizers, with a few variants of their options: a row buys all laws. */
import {
  add,
  divide,
  type Expr,
  multiply,
  type Shape,
  type Specs,
  sqrt,
  square,
  subtract,
  sum,
  type Tree,
  tensor,
  trace,
} from "../../graph/index.js";
import {
  flattenTree,
  isExpr,
  isSpec,
  lru,
  mapTree,
  type OptionsOf,
  readOptions,
} from "../../graph/internal.js";
import {
  accumulateGradients,
  adabelief,
  adadelta,
  adafactor,
  adagrad,
  adam,
  adamax,
  adamw,
  adan,
  addNoise,
  adjustable,
  amsgrad,
  asgd,
  centralizeGradients,
  chain,
  clipAdaptively,
  clipByGlobalNorm,
  clipByNorm,
  clipByValue,
  dadaptAdamW,
  decayWeights,
  defineOptimizer,
  exponentialAverage,
  frozen,
  gradientDescent,
  groups,
  type LearningRate,
  lamb,
  lars,
  lion,
  lookahead,
  momentum,
  muon,
  nadam,
  type Optimizer,
  type Problem,
  prodigy,
  radam,
  rateAt,
  reduceOnPlateau,
  rmsprop,
  rprop,
  sam,
  scheduleFreeAdamW,
  scheduleFreeSgd,
  sgd,
  shampoo,
  sophia,
  stochasticWeightAverage,
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

interface Rate {
  readonly learningRate: LearningRate;
}

const clippedAdamW = (given: Rate) =>
  chain(
    clipByGlobalNorm(1),
    centralizeGradients(),
    clipAdaptively({ ratio: 0.5 }),
    decayWeights({ weightDecay: 0.01, learningRate: given.learningRate }),
    adam(given),
    stochasticWeightAverage({ from: 2 }),
  );
const heldBack = (given: Rate) =>
  chain(
    clipByNorm(2),
    clipByValue(1),
    adamw(given),
    lookahead({ every: 2 }),
    exponentialAverage({ decay: 0.5 }),
  );
const noisySgd = (given: Rate) =>
  chain(addNoise({ variance: 1e-4, seed: 1 }), sgd({ ...given, momentum: 0.5 }));
const watched = (given: Rate) => chain(adam(given), reduceOnPlateau({ factor: 0.5, patience: 2 }));
const sharpnessAware = (given: Rate) => sam(sgd({ ...given, momentum: 0.5 }), { radius: 0.1 });
const grouped = (given: Rate) => groups(["*", adam(given)], [/./, frozen()]);
const accumulated = (given: Rate) => accumulateGradients(adam(given), 1);
const adjusted = (given: Rate) => adjustable(adam, { beta1: 0.8 }, given);

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
  // Chains, by what they are of.
  ...row(clippedAdamW, {}),
  ...row(heldBack, {}),
  ...row(noisySgd, {}),
  ...row(watched, {}),
  ...row(sharpnessAware, {}),
  ...row(grouped, {}),
  ...row(accumulated, {}),
  ...row(adjusted, {}),
];

/** Those that look at all elements of a tensor, or at the whole tree, as tensors of other shapes would. */
const whole = ["adafactor", "lamb", "lars", "muon", "normalized", "shampoo"];
const trees = ["dadaptAdamW", "prodigy"];
const shared = ["clippedAdamW", "sharpnessAware"];
const composed = [...shared, "heldBack", "noisySgd", "watched", "grouped", "accumulated", "adjusted"];

const nameOf = ({ title }: Subject): string => title.split(" ")[0]!;

/** Whether each element goes its own way. */
export const isElementwise = (subject: Subject): boolean =>
  ![...whole, ...trees, ...composed, "sophia"].includes(nameOf(subject));

/** Whether a step on a few numbers is a few lines: what eigenvalues and random numbers need isn't. */
export const isShort = (subject: Subject): boolean =>
  !["shampoo", "sophia", "noisySgd"].includes(nameOf(subject));

/** Whether a rate must be given: AdaDelta's paper has none, and some find their own. */
export const wantsRate = (subject: Subject): boolean =>
  ![...trees, ...composed, "adadelta"].includes(nameOf(subject));

/** Whether each parameter goes its own way. */
export const isSeparate = (subject: Subject): boolean =>
  ![...trees, ...shared, "watched"].includes(nameOf(subject));

/** Whether it is one rule, whose hyperparameters are its options. */
export const isRule = (subject: Subject): boolean => !composed.includes(nameOf(subject));

/** Whether it draws random numbers, other ones for each element. */
export const isRandom = (subject: Subject): boolean => nameOf(subject) === "noisySgd";

/** Whether a gradient of 0 moves nothing by what it is: no decay, no gradient of its own. */
export const rests = (subject: Subject): boolean =>
  !("weightDecay" in subject.options) &&
  !["adamw", "asgd", "clippedAdamW", "heldBack", "normalized", "noisySgd", "sharpnessAware", "yogi"].includes(
    nameOf(subject),
  );

const problems = lru<string, Problem>(64);

/** Something to minimize in parameters of these shapes, or a tree of them: ½Σx². */
export function problemOf(shapes: Tree<Shape>): Problem {
  return problems(JSON.stringify(shapes), () => {
    const isShape = (tree: Tree<Shape>): tree is Shape => isSpec({ shape: tree });
    const specs = mapTree(shapes, isShape, (shape) => tensor(shape)) as Specs;
    const objective = trace(specs, (inputs) =>
      flattenTree<Expr>(inputs, isExpr)
        .sort((a, b) => (String(a.path) < String(b.path) ? -1 : 1))
        .map(({ leaf: x }) => multiply(0.5, sum(square(x))) as Expr)
        .reduce((a, b) => add(a, b) as Expr),
    );
    return { objective };
  });
}
