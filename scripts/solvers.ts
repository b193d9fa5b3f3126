/**
 * `npm run solvers`: NIST's 27 sets of nonlinear regression from both starts: the decimal digits of parameters, standard errors
 * and residual deviation (NIST's logarithm of the relative error), evaluations, and milliseconds. Then what solvers make of
 * problems with bounds and without: how many end at the least value, how many of these as converged, what was evaluated.
 */
import { auto, lbfgs, lbfgsb, minimize, moreGarbowHillstrom, trustRegion } from "adjoint";
import { curveFit } from "adjoint/solvers";
import { boundedProblems } from "../property-tests/support/bounded-problems.js";
import { digits, nistModels, nistSets, predictorsOf, responsesOf } from "../property-tests/support/nist.js";

for (const start of ["start1", "start2"] as const) {
  console.log(
    `\nfrom ${start}   parameters  errors  deviation  residuals  Jacobians  products      ms  status`,
  );
  const totals = { residuals: 0, jacobians: 0, products: 0, solved: 0 };
  for (const set of nistSets) {
    const model = (inputs: never) =>
      nistModels[set.name]!(
        set.params.map((name) => inputs[name]!),
        inputs,
      );
    const from = Object.fromEntries(set.params.map((name, i) => [name, set[start][i]!]));
    const began = performance.now();
    const fit = curveFit(model, from, { ...predictorsOf(set), y: responsesOf(set) });
    const took = performance.now() - began;
    const { certified } = set;
    const least = (found: readonly number[], expected: readonly number[]) =>
      Math.min(...expected.map((one, i) => digits(found[i]!, one)));
    const parameters = least(
      fit.estimates.map(({ value }) => value),
      certified.params,
    );
    const errors = least(
      fit.estimates.map(({ standardError }) =>
        typeof standardError === "number" ? standardError : Number.NaN,
      ),
      certified.std_dev,
    );
    const deviation = least([Number(fit.quality.residualDeviation)], [certified.residual_std_dev]);
    const { residuals, jacobians, products } = fit.evaluations;
    totals.residuals += residuals;
    totals.jacobians += jacobians;
    totals.products += products;
    if (fit.status === "converged" && parameters >= 8) totals.solved++;
    const cells = [
      parameters.toFixed(1),
      errors.toFixed(1),
      deviation.toFixed(1),
      residuals,
      jacobians,
      products,
    ];
    const widths = [10, 6, 9, 9, 9, 8];
    const line = cells.map((cell, i) => String(cell).padStart(widths[i]!)).join("  ");
    console.log(`${set.name.padEnd(13)}  ${line}  ${took.toFixed(1).padStart(6)}  ${fit.status}`);
  }
  console.log(
    `${totals.solved} of ${nistSets.length} to eight digits: ${totals.residuals} residuals, ` +
      `${totals.jacobians} Jacobians, ${totals.products} products`,
  );
}

const infinite = (x: readonly number[], value: number) => x.map(() => value);
const free = moreGarbowHillstrom.map(({ minimum: { value }, start, ...problem }) => ({
  ...problem,
  start,
  value,
  lower: infinite(start.x, -Infinity),
  upper: infinite(start.x, Infinity),
}));

for (const [title, problems] of [
  ["with bounds", boundedProblems],
  ["without bounds", free],
] as const) {
  console.log(
    `\n${problems.length} problems ${title}`.padEnd(30),
    "least  converged  elsewhere  gradients  values  products  Hessians",
  );
  for (const solver of [auto(), trustRegion(), lbfgs(), lbfgsb()]) {
    const totals = {
      least: 0,
      converged: 0,
      elsewhere: 0,
      gradients: 0,
      values: 0,
      products: 0,
      hessians: 0,
    };
    for (const { f, start, lower, upper, value } of problems) {
      const run = minimize(f, start, solver, { bounds: { x: { lower, upper } }, trajectory: false });
      const isLeast = run.value <= value + 1e-6 * Math.max(1e-6, Math.abs(value));
      totals.least += Number(isLeast);
      totals.converged += Number(isLeast && run.status === "converged");
      totals.elsewhere += Number(!isLeast && run.status === "converged");
      for (const count of ["gradients", "values", "products", "hessians"] as const)
        totals[count] += run.solver[count];
    }
    const widths = [5, 9, 9, 9, 6, 8, 8];
    const cells = Object.values(totals).map((cell, i) => String(cell).padStart(widths[i]!));
    console.log(solver.name.padEnd(29), cells.join("  "));
  }
}
