/** The collection's source, and the records of its problems. */
import { type ResidualProblem, type ResidualRecord, residualProblem } from "../residual-problem.js";

const source =
  "J. J. Moré, B. S. Garbow and K. E. Hillstrom, Testing unconstrained optimization software, " +
  "ACM Transactions on Mathematical Software 7(1), 1981, pp. 17–41";

/** Problem `number` of the paper. The bounds are those of D. M. Gay, where he gives some. */
export function problem(number: number, record: Omit<ResidualRecord, "reference">): ResidualProblem {
  return residualProblem({ ...record, reference: `${source}, problem ${number}` });
}

/** The numbers from 1 to n. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

/** A vector that holds one value. */
export const list = (value: number, n = 10): number[] => Array.from({ length: n }, () => value);
