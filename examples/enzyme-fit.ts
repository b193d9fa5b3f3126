/**
 * How fast an enzyme works at each concentration of what it works on, with Puromycin and without (Treloar 1974; Bates & Watts,
 * "Nonlinear Regression Analysis and Its Applications", 1988, table A1.3). The treated cells are fitted with their bands; then
 * both groups together, with one half saturation and with two, which tells what Puromycin changes. Two figures are drawn.
 */
import { add, divide, type Expr, multiply } from "adjoint";
import { fitFigure } from "adjoint/figures";
import { curveFit, guessStart } from "adjoint/solvers";

const treated = {
  concentration: [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.1, 1.1],
  velocity: [76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200],
};
const untreated = {
  concentration: [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.1],
  velocity: [67, 51, 84, 86, 98, 115, 131, 124, 144, 158, 160],
};

interface Inputs {
  readonly top: Expr;
  readonly half: Expr;
  readonly concentration: Expr;
}
const michaelisMenten = ({ top, half, concentration }: Inputs) =>
  divide(multiply(top, concentration), add(half, concentration));
const { top, half } = guessStart("michaelisMenten", { x: treated.concentration, y: treated.velocity });
const start = { top: top!, half: half! };
const options = { response: "velocity" } as const;

const fit = curveFit(michaelisMenten, start, treated, options);
console.log(`Treated cells\n\n${fit}\n`);
const labels = ["concentration (ppm)", "velocity (counts/min²)"] as const;
await fitFigure({ fit, labels, title: "Velocity of an enzyme, treated with Puromycin" }).save(
  "figures/enzyme-fit.png",
);

const groups = { treated, untreated };
const shared = curveFit(michaelisMenten, start, groups, { ...options, own: ["top"] });
const apart = curveFit(michaelisMenten, start, groups, { ...options, own: ["top", "half"] });
console.log(`Both, with one half saturation\n\n${shared}\n`);
await fitFigure({ fit: shared, labels, title: "One half saturation, a top for each" }).save(
  "figures/enzyme-groups.png",
);

// What the second half saturation takes away of χ², beside what is left for each degree of freedom.
const left = apart.quality.chiSquare / apart.quality.degreesOfFreedom;
const F = (shared.quality.chiSquare - apart.quality.chiSquare) / left;
console.log(
  `A half saturation for each group: F = ${F.toFixed(2)} with 1 and 19 degrees of freedom, below 4.38 (5%):`,
);
console.log("Puromycin raises the top; that it changes the half saturation isn't shown.\n");

// Bates & Watts, section 2.2.1; R's nls of the same model.
const known = { top: [212.7, 6.947], half: [0.06412, 0.008281] } as const;
for (const { name, value, standardError } of fit.estimates) {
  const [truth, error] = known[name as keyof typeof known];
  if (Math.abs(value / truth - 1) > 5e-4 || Math.abs(Number(standardError) / error - 1) > 5e-4)
    throw new Error(`Unexpected: ${name} is ${value} ± ${standardError}, not ${truth} ± ${error}.`);
}
const rise = shared.parameters.top.treated! - shared.parameters.top.untreated!;
if (Math.abs(rise - 42.03) > 0.01 || !(F > 1 && F < 4.38)) throw new Error(`Unexpected: ${rise}, F = ${F}.`);
console.log("check passed: parameters and standard errors are the book's, and the figures are drawn");
