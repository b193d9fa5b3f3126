export {
  branin,
  goldsteinPrice,
  himmelblau,
  mccormick,
  sixHumpCamel,
  styblinskiTang,
  threeHumpCamel,
} from "./basins.js";
export { cubic, saddle, weightedSphere } from "./course.js";
export { moreGarbowHillstrom } from "./more-garbow-hillstrom/collection.js";
export type { Interval, Objective, ObjectiveFunction, Point } from "./objective.js";
export type { ResidualFunction, ResidualProblem } from "./residual-problem.js";
export { ackley, easom, levy13, rastrigin } from "./rugged.js";
export { testFunctions } from "./test-functions.js";
export { beale, booth, matyas, rosenbrock } from "./valleys.js";
