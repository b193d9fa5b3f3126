/** What the library's ops that are neither primitives nor made of others by their records are made of, by their names. */
import { errorFunctions } from "./error-functions.js";
import type { Expansion } from "./expansion.js";
import { expm } from "./exponential.js";
import { gammaFunctions } from "./gamma-functions.js";
import { incompleteGamma } from "./incomplete-gamma.js";
import { linearAlgebra } from "./linear-algebra.js";
import { lu } from "./lu.js";
import { orthogonal } from "./orthogonal.js";
import { polygammas } from "./polygamma.js";
import { running } from "./running.js";
import { scalars } from "./scalars.js";
import { sorting } from "./sorting.js";

export const expansions: Readonly<Record<string, Expansion>> = {
  ...running,
  ...scalars,
  ...errorFunctions,
  ...gammaFunctions,
  ...polygammas,
  ...incompleteGamma,
  ...sorting,
  ...linearAlgebra,
  ...orthogonal,
  lu,
  expm,
};
