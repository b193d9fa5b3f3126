/** NIST's sets of regression, 27 nonlinear from both starts and 11 linear: certified digits, few Jacobians, no false success. */
import { type Expr, subtract, trace, vector } from "adjoint";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { curveFit, leastSquares } from "../src/solvers/index.js";
import {
  digits,
  linearModel,
  type NistSet,
  nistLinearSets,
  nistModels,
  nistSets,
  predictorsOf,
  responsesOf,
} from "./support/nist.js";

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

// What doubles can say: Filip's matrix has the condition number 1e15, Wampler5's residuals are 1e9 times what its fit changes.
const leastDigits: Readonly<Record<string, number>> = { Filip: 7, Wampler5: 6 };

for (const set of nistLinearSets) {
  nist(`${set.name}, a linear set, is solved from zeros in at most three steps`, () => {
    const { names, model } = linearModel(set);
    const fit = curveFit(model, Object.fromEntries(names.map((name) => [name, 0])), set.data);
    assert.is(fit.status, "converged", fit.message);
    assert.ok(fit.evaluations.jacobians <= 4, `${fit.evaluations.jacobians} Jacobians`);
    for (const [i, { name, value, standardError }] of fit.estimates.entries()) {
      const found = digits(value, set.certified.params[i]!);
      assert.ok(found >= (leastDigits[set.name] ?? 8), `${name}: ${found} digits`);
      const error = set.certified.std_dev[i]!;
      // Wampler1 and Wampler2 lie on their polynomials: no error is left but that of rounding.
      if (error === 0) assert.ok(Number(standardError) < 1e-9, `${name}: ${standardError}`);
      else assert.ok(digits(Number(standardError), error) >= 7, `${name}: ${standardError}, not ${error}`);
    }
  });
}

nist.run();
