export {
  type MinimizeOptions,
  minimize,
  type PointOf,
  type Progress,
  type Run,
  type Status,
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
