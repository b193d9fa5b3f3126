export * from "../../optimizers/solvers/index.js";
export {
  type GaussNewtonOptions,
  gaussNewton,
  type JacobianForm,
  type LeastSquaresSolver,
  type LevenbergMarquardtOptions,
  type LossName,
  levenbergMarquardt,
} from "../../optimizers/solvers/least-squares/index.js";
export * from "../fits/index.js";
export {
  type LeastSquaresOptions,
  type LeastSquaresProgress,
  type LeastSquaresRun,
  type LeastSquaresStatus,
  leastSquares,
  leastSquaresAsync,
} from "../runs/internal.js";
