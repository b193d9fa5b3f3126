/** NIST's 27 sets of nonlinear regression from both starts: certified digits, few Jacobians, no false success. */
import { type Expr, subtract, trace, vector } from "adjoint";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { leastSquares } from "../src/solvers/index.js";
import { digits, type NistSet, nistModels, nistSets, predictorsOf, responsesOf } from "./support/nist.js";

const nist = suite("NIST's nonlinear regression");

/** A set's residuals, as a function of its parameters. */
function residualsOf(set: NistSet) {
  const y = responsesOf(set);
  const predictors = predictorsOf(set);
  return trace({ b: vector(set.params.length) }, ({ b }) => {
    const parameters = Array.from(set.params, (_, i) => (b as unknown as readonly Expr[])[i]!);
    return subtract(nistModels[set.name]!(parameters, predictors as never), y) as Expr<[number]>;
  });
}

// SciPy's `least_squares` (trf) with exact derivatives takes 2,829 Jacobians from the first starts, and 594 from the second.
for (const [start, most] of [
  ["start1", 2829],
  ["start2", 594],
] as const) {
  nist(`all are solved from ${start} to eight digits, by fewer Jacobians than SciPy's`, () => {
    let jacobians = 0;
    for (const set of nistSets) {
      const run = leastSquares(residualsOf(set), { b: set[start] });
      assert.is(run.status, "converged", `${set.name}: ${run.message}`);
      const found = Math.min(
        ...set.certified.params.map((value, i) => digits((run.parameters.b as Float64Array)[i]!, value)),
      );
      assert.ok(found >= 8, `${set.name}: ${found} digits`);
      // Lanczos1's residual sum is below what the doubles of its data can say.
      if (set.name !== "Lanczos1") assert.ok(digits(2 * run.value, set.certified.rss) >= 8, set.name);
      jacobians += run.evaluations.jacobians;
    }
    assert.is(nistSets.length, 27);
    assert.ok(jacobians < most, `${jacobians} Jacobians`);
  });
}

nist.run();
