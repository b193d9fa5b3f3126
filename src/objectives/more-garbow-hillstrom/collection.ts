/** The collection of Moré, Garbow and Hillstrom: 35 problems, Watson's in three sizes. */
import type { ResidualProblem } from "../residual-problem.js";
import { data } from "./data.js";
import { few } from "./few.js";
import { many } from "./many.js";
import { watsons } from "./watson.js";

/**
 * The problems that solvers are measured by since 1981, as sums of squares with their residuals, starts and minima.
 *
 * @example
 * const wood = moreGarbowHillstrom.find(({ name }) => name === "wood")!;
 * wood.f(wood.start); // 19192
 */
export const moreGarbowHillstrom: readonly ResidualProblem[] = [...few, ...data, ...watsons, ...many];
