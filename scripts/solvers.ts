/**
 * `npm run solvers`: NIST's 27 sets of nonlinear regression from both starts, and the 11 linear ones from zeros: the decimal
 * digits of parameters, standard errors and residual deviation (NIST's logarithm of the relative error), evaluations, and
 * milliseconds. Then what solvers make of problems with bounds and without: how many end at the least value, how many of these
 * as converged, what was evaluated; and `figures/solvers.png`, the performance profile of all over all of these problems.
 */
import {
  auto,
  conjugateGradient,
  lbfgs,
  lbfgsb,
  minimize,
  moreGarbowHillstrom,
  nelderMead,
  newtonCG,
  trustRegion,
} from "adjoint";
import { profileFigure } from "adjoint/figures";
import { curveFit, type FitReport } from "adjoint/solvers";
import { boundedProblems } from "../property-tests/support/bounded-problems.js";
import {
  digits,
  linearModel,
  type NistSet,
  nistLinearSets,
  nistModels,
  nistSets,
  predictorsOf,
  responsesOf,
} from "../property-tests/support/nist.js";

/** The rows of a table of fits, and their totals. */
function printFits(
  title: string,
  sets: readonly (Pick<NistSet, "name" | "certified"> & { readonly fit: () => FitReport })[],
): void {
  console.log(
    `\n${title.padEnd(13)} parameters  errors  deviation  residuals  Jacobians  products      ms  status`,
  );
  const totals = { residuals: 0, jacobians: 0, products: 0, solved: 0 };
  for (const { name, certified, fit: run } of sets) {
    const began = performance.now();
    const fit = run();
    const took = performance.now() - began;
    const least = (found: readonly number[], expected: readonly number[]) =>
      // Where nothing is left to be certified but rounding, there are no digits.
      Math.min(...expected.map((one, i) => (one === 0 ? 11 : digits(found[i]!, one))));
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
    console.log(`${name.padEnd(13)}  ${line}  ${took.toFixed(1).padStart(6)}  ${fit.status}`);
  }
  console.log(
    `${totals.solved} of ${sets.length} to eight digits: ${totals.residuals} residuals, ` +
      `${totals.jacobians} Jacobians, ${totals.products} products`,
  );
}

for (const start of ["start1", "start2"] as const) {
  printFits(
    `from ${start}`,
    nistSets.map((set) => ({
      ...set,
      fit: () =>
        curveFit(
          (inputs: never) =>
            nistModels[set.name]!(
              set.params.map((name) => inputs[name]!),
              inputs,
            ),
          Object.fromEntries(set.params.map((name, i) => [name, set[start][i]!])),
          { ...predictorsOf(set), y: responsesOf(set) },
        ),
    })),
  );
}
printFits(
  "linear",
  nistLinearSets.map((set) => {
    const { names, model } = linearModel(set);
    return {
      ...set,
      fit: () => curveFit(model, Object.fromEntries(names.map((name) => [name, 0])), set.data),
    };
  }),
);

const infinite = (x: readonly number[], value: number) => x.map(() => value);
const free = moreGarbowHillstrom.map(({ minimum: { value }, start, ...problem }) => ({
  ...problem,
  start,
  value,
  lower: infinite(start.x, -Infinity),
  upper: infinite(start.x, Infinity),
}));

const solvers = [auto(), trustRegion(), lbfgs(), lbfgsb(), newtonCG(), conjugateGradient(), nelderMead()];
/** What each took, problem by problem: null where it didn't end at the least value. */
const costs: Record<string, (number | null)[]> = Object.fromEntries(solvers.map(({ name }) => [name, []]));

for (const [title, problems] of [
  ["with bounds", boundedProblems],
  ["without bounds", free],
] as const) {
  console.log(
    `\n${problems.length} problems ${title}`.padEnd(30),
    "least  converged  elsewhere  gradients  values  products  Hessians",
  );
  for (const solver of solvers) {
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
      const { gradients, values, products, hessians } = run.solver;
      const cost = gradients + values + products + lower.length * hessians;
      costs[solver.name]!.push(isLeast ? cost : null);
    }
    const widths = [5, 9, 9, 9, 6, 8, 8];
    const cells = Object.values(totals).map((cell, i) => String(cell).padStart(widths[i]!));
    console.log(solver.name.padEnd(29), cells.join("  "));
  }
}

const { auto: _, ...methods } = costs;
await profileFigure({
  costs: methods,
  costLabel: "values, gradients, products, columns of Hessians",
  title: "Solvers on problems with bounds and without",
}).save("figures/solvers.png");
console.log("\nfigures/solvers.png: the performance profile");
