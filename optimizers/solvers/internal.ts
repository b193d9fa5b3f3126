/** The door for runs: what they need of solvers besides what users do. */
export { type Bounds, makeBounds, noBounds, project } from "./bounds.js";
export { cholesky, solveLower, solveUpper } from "./cholesky.js";
export {
  type Functions,
  hasConverged,
  Iterate,
  isSolver,
  methodOf,
  type Problem,
  type Running,
  type Solver,
  type SolverMethod,
  type Traits,
} from "./solver.js";
export { allFinite } from "./vectors.js";
