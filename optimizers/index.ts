export { type AdagradOptions, adagrad } from "./adagrad.js";
export { type AdamOptions, adam } from "./adam.js";
export { type Clipped, clipByGlobalNorm, clipByNorm, clipByValue } from "./clipping.js";
export { type GradientDescentOptions, gradientDescent } from "./gradient-descent.js";
export { type MomentumOptions, momentum } from "./momentum.js";
export {
  type BySlot,
  defineOptimizer,
  type Exprs,
  type NoSlots,
  type Optimizer,
  type OptimizerDefinition,
  type OptimizerState,
  type Rule,
  type Slot,
  type Slots,
  type Stepped,
  type Update,
  type Values,
} from "./optimizer.js";
export type { Hyperparameter, LearningRate, Schedule } from "./options.js";
export { type RmspropOptions, rmsprop } from "./rmsprop.js";
export {
  constantSchedule,
  cosineDecay,
  exponentialDecay,
  linearSchedule,
  type NumericSchedule,
  stepDecay,
  warmup,
} from "./schedules.js";
export { rateAt } from "./terms.js";
