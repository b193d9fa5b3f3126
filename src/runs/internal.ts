/** The door for fits, the entry of solvers and files: what they need of runs besides what `adjoint` offers. */
export { readBounds } from "./bounds.js";
export { checkpointOf, checkpointParts } from "./checkpoint-bytes.js";
export { checkFinite, type Given, placeIn, readData, readStart } from "./checks.js";
export {
  type LeastSquaresOptions,
  type LeastSquaresProgress,
  type LeastSquaresRun,
  leastSquares,
  leastSquaresAsync,
} from "./least-squares.js";
export { checkStart, checkUsed, nameOf, readLimits, readWeighing, readWeights } from "./residual-inputs.js";
export { makeResiduals, type ResidualFunction } from "./residuals.js";
export { type LeastSquaresStatus, type Limits, type Solved, solve } from "./solve.js";
export { isTensor, plainValue, State, type Tensor, type Tensors } from "./state.js";
