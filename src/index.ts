export * from "../graph/index.js";
export * from "../optimizers/index.js";
export { type CsvOptions, readCsv, type Table, tableMatrix } from "./csv.js";
export { type EmitOptions, emit } from "./emit.js";
export * from "./losses.js";
export {
  type MinimizeOptions,
  minimize,
  type PointOf,
  type Progress,
  type Run,
  type Status,
  type Trajectory,
} from "./minimize.js";
export * from "./models.js";
export * from "./objectives/index.js";
export * from "./pictures/index.js";
export { type RandomSource, randomSource } from "./random.js";
export { deserialize, serialize } from "./serialize.js";
export {
  type BatchInputs,
  type EpochProgress,
  type Samples,
  type Training,
  type TrainOptions,
  train,
} from "./train.js";
