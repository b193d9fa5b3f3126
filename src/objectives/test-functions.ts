import {
  branin,
  goldsteinPrice,
  himmelblau,
  mccormick,
  sixHumpCamel,
  styblinskiTang,
  threeHumpCamel,
} from "./basins.js";
import type { Objective } from "./objective.js";
import { ackley, easom, levy13, rastrigin } from "./rugged.js";
import { beale, booth, matyas, rosenbrock } from "./valleys.js";

/**
 * The usual test functions of two variables.
 *
 * @example
 * testFunctions.length; // 15
 */
export const testFunctions: readonly Objective[] = [
  rosenbrock,
  beale,
  booth,
  matyas,
  himmelblau,
  threeHumpCamel,
  sixHumpCamel,
  goldsteinPrice,
  mccormick,
  styblinskiTang,
  branin,
  rastrigin,
  ackley,
  easom,
  levy13,
];
