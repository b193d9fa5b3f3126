/**
 * A problem of NIST's, certified digit by digit: MGH17, five parameters of two decays, from the start that its authors chose to
 * be hard. Plain Levenberg–Marquardt ends at a wrong answer there.
 */
import { add, exp, multiply } from "adjoint";
import { curveFit } from "adjoint/solvers";

const x = Array.from({ length: 33 }, (_, i) => 10 * i);
const y = [
  0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.85, 0.818, 0.784, 0.751, 0.718, 0.685, 0.658, 0.628,
  0.603, 0.58, 0.558, 0.538, 0.522, 0.506, 0.49, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.42, 0.414,
  0.411, 0.406,
];
const fit = curveFit(
  ({ b1, b2, b3, b4, b5, x }) =>
    add(b1, multiply(b2, exp(multiply(-1, b4, x))), multiply(b3, exp(multiply(-1, b5, x)))),
  { b1: 50, b2: 150, b3: -100, b4: 1, b5: 2 },
  { x, y },
);
console.log(String(fit));

const certified = {
  b1: [0.37541005211, 2.0723153551e-3],
  b2: [1.9358469127, 0.22031669222],
  b3: [-1.4646871366, 0.22175707739],
  b4: [0.01286753464, 4.4861358114e-4],
  b5: [0.022122699662, 8.9471996575e-4],
} as const;
console.log("\n    certified           found               digits");
for (const { name, value, standardError } of fit.estimates) {
  const [truth, error] = certified[name as keyof typeof certified];
  for (const [found, known] of [
    [value, truth],
    [Number(standardError), error],
  ] as const) {
    const digits = -Math.log10(Math.abs(found / known - 1));
    console.log(
      `${name}  ${String(known).padEnd(18)}  ${String(found).slice(0, 18).padEnd(18)}  ${digits.toFixed(1)}`,
    );
    if (!(digits >= 8)) throw new Error(`Unexpected: ${name} has ${digits} digits.`);
  }
}
if (fit.status !== "converged") throw new Error(`Unexpected: ${fit.message}`);
console.log("\ncheck passed: every parameter and every standard error has eight certified digits and more");
