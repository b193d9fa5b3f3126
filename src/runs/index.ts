export type { Status } from "./loop.js";
export {
  type MinimizeOptions,
  minimize,
  type PointOf,
  type Progress,
  type Run,
  type Trajectory,
} from "./minimize.js";
export {
  type BatchInputs,
  type EpochProgress,
  type Samples,
  type Training,
  type TrainOptions,
  train,
} from "./train.js";
