export { Attempts } from "./attempts.js";
export { type Covariance, covarianceOf } from "./covariance.js";
export { costOf, type LossName, losses, reweigh, type Weighing } from "./losses.js";
export type {
  Engine,
  Evaluations,
  LeastSquares,
  Move,
  Residuals,
} from "./residuals.js";
export {
  type GaussNewtonOptions,
  gaussNewton,
  type JacobianForm,
  type LeastSquaresSolver,
  type LevenbergMarquardtOptions,
  levenbergMarquardt,
  readLeastSquaresSolver,
} from "./solvers.js";
