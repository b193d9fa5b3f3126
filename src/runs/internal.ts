/** The door for fits, the entry of solvers and files: what they need of runs besides what `adjoint` offers. */
export { readBounds } from "./bounds.js";
export {
  type Checkpoint,
  knownResume,
  type Memory,
  type ResumeOptions,
  readCheckpoints,
  restore,
  takeCheckpoint,
} from "./checkpoint.js";
export { checkpointOf, checkpointParts } from "./checkpoint-bytes.js";
export { checkFinite, type Given, placeIn, readData, readStart } from "./checks.js";
export {
  type Driven,
  finish,
  finishAsync,
  knownAsync,
  knownPace,
  type ProgressOptions,
  readAsync,
  type Scheduling,
} from "./drive.js";
export {
  type LeastSquaresOptions,
  type LeastSquaresProgress,
  type LeastSquaresRun,
  leastSquares,
  leastSquaresAsync,
} from "./least-squares.js";
export type { Waiting } from "./pursue.js";
export { checkStart, checkUsed, nameOf, readLimits, readWeighing, readWeights } from "./residual-inputs.js";
export { makeResiduals, type ResidualFunction } from "./residuals.js";
export {
  type LeastSquaresStatus,
  type LeastSquaresTask,
  type Limits,
  type Solved,
  solve,
  solving,
  stateOf,
} from "./solve.js";
export { isTensor, plainValue, State, type Tensor, type Tensors } from "./state.js";
export { knownStops } from "./stopping.js";
