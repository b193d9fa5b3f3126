export type { BoundsByName, BoundsOf } from "./bounds.js";
export type { Checkpoint, CheckpointOptions, ResumeOptions } from "./checkpoint.js";
export { decodeCheckpoint, encodeCheckpoint } from "./checkpoint-bytes.js";
export type { ProgressOptions, RunProgress, Scheduling } from "./drive.js";
export {
  type MinimizeOptions,
  minimize,
  minimizeAsync,
  type PointOf,
  type Progress,
  type Run,
  type Solved,
  type SolvedBy,
  type Trajectory,
} from "./minimize.js";
export type { Status } from "./reason.js";
export type { SolverReport } from "./solving.js";
export type { StoppingOptions, Tolerance } from "./stopping.js";
export {
  type BatchInputs,
  type EpochProgress,
  type Samples,
  type Trained,
  type Training,
  type TrainOptions,
  train,
  trainAsync,
  type Validation,
} from "./train.js";
