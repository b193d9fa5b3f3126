export { type AdaBeliefOptions, adabelief } from "./adabelief.js";
export { type AdadeltaOptions, adadelta } from "./adadelta.js";
export { type AdafactorOptions, adafactor } from "./adafactor.js";
export { type AdagradOptions, adagrad } from "./adagrad.js";
export { type AdamOptions, type AmsgradOptions, adam, amsgrad } from "./adam.js";
export { type AdamaxOptions, adamax } from "./adamax.js";
export { type AdamWOptions, adamw } from "./adamw.js";
export { type AdanOptions, adan } from "./adan.js";
export { adjustable, setHyperparameters } from "./adjustable.js";
export { type AsgdOptions, asgd } from "./asgd.js";
export {
  type ExponentialAverageOptions,
  exponentialAverage,
  type LookaheadOptions,
  lookahead,
  type ReduceOnPlateauOptions,
  reduceOnPlateau,
  type StochasticWeightAverageOptions,
  stochasticWeightAverage,
} from "./averages.js";
export { type Changed, chain, type Part, type Passing } from "./chain.js";
export {
  type ClipAdaptivelyOptions,
  type Clipped,
  clipAdaptively,
  clipByGlobalNorm,
  clipByNorm,
  clipByValue,
} from "./clipping.js";
export { cosineRestarts, joinSchedules, oneCycle } from "./cycles.js";
export { defineOptimizer } from "./define.js";
export { type GradientDescentOptions, gradientDescent } from "./gradient-descent.js";
export { frozen, type Group, groups } from "./groups.js";
export { type LambOptions, lamb } from "./lamb.js";
export { type LarsOptions, lars } from "./lars.js";
export { type LionOptions, lion } from "./lion.js";
export { type MomentumOptions, momentum } from "./momentum.js";
export { type MuonOptions, muon } from "./muon.js";
export { type NAdamOptions, nadam } from "./nadam.js";
export type { Hyperparameter, LearningRate, Schedule } from "./options.js";
export {
  type AddNoiseOptions,
  addNoise,
  centralizeGradients,
  type DecayWeightsOptions,
  decayWeights,
} from "./parts.js";
export type { Pattern } from "./patterns.js";
export { course, optax, torch } from "./presets.js";
export { type DAdaptAdamWOptions, dadaptAdamW, type ProdigyOptions, prodigy } from "./prodigy.js";
export { type RAdamOptions, radam } from "./radam.js";
export { type RmspropOptions, rmsprop } from "./rmsprop.js";
export { type RpropOptions, rprop } from "./rprop.js";
export {
  type ScheduleFreeAdamWOptions,
  type ScheduleFreeSgdOptions,
  scheduleFreeAdamW,
  scheduleFreeSgd,
} from "./schedule-free.js";
export {
  constantSchedule,
  cosineDecay,
  exponentialDecay,
  linearSchedule,
  type NumericSchedule,
  polynomialDecay,
  stepDecay,
  warmup,
} from "./schedules.js";
export { type SgdOptions, sgd } from "./sgd.js";
export { type ShampooOptions, shampoo } from "./shampoo.js";
export { type SophiaOptions, sophia } from "./sophia.js";
export { rateAt } from "./terms.js";
export type {
  BySlot,
  Exprs,
  Landscape,
  Like,
  NoSlots,
  Optimizer,
  OptimizerDefinition,
  OptimizerState,
  ParameterExprs,
  ParameterValues,
  Place,
  Problem,
  Rule,
  Slot,
  Slots,
  Stepped,
  TreeDefinition,
  Update,
  Values,
} from "./types.js";
export { accumulateGradients, type SamOptions, sam } from "./wrappers.js";
export { type YogiOptions, yogi } from "./yogi.js";
