/**
 * A thermometer calibrated against a reference, where a loose contact spoilt some readings: the plain fit follows them, a robust
 * loss doesn't, and says which rows it left aside.
 */
import { add, multiply, randomSource } from "adjoint";
import { curveFit } from "adjoint/solvers";

const random = randomSource(7);
const truth = { gain: 1.02, offset: -0.8 };
const reading = Array.from({ length: 40 }, (_, i) => 2.5 * i);
const spoilt = new Set([4, 9, 10, 23, 31, 38]);
const reference = reading.map(
  (one, i) =>
    truth.gain * one + truth.offset + 0.1 * random.normal() + (spoilt.has(i) ? 6 + 9 * random.uniform() : 0),
);

const fit = (loss: "linear" | "softL1" | "cauchy") =>
  curveFit(
    ({ gain, offset, reading }) => add(multiply(gain, reading), offset),
    { gain: 1, offset: 0 },
    { reading, y: reference },
    { sigma: 0.1, loss },
  );

console.log("loss      gain      offset   rows beyond five sigmas");
for (const loss of ["linear", "softL1", "cauchy"] as const) {
  const { parameters, residuals, status } = fit(loss);
  const beyond = [...residuals.keys()].filter((i) => Math.abs(residuals[i]!) > 5);
  const text = beyond.length > 10 ? `${beyond.length} of ${residuals.length}` : beyond.join(", ");
  console.log(
    `${loss.padEnd(8)}  ${parameters.gain.toFixed(4)}  ${parameters.offset.toFixed(3).padStart(7)}   ${text}`,
  );
  if (status !== "converged") throw new Error(`Unexpected: ${loss} is ${status}.`);
}
const { parameters, residuals } = fit("cauchy");
const found = [...residuals.keys()].filter((i) => Math.abs(residuals[i]!) > 5);
const isRight =
  Math.abs(parameters.gain - truth.gain) < 0.005 && Math.abs(parameters.offset - truth.offset) < 0.1;
if (!isRight || found.length !== spoilt.size || found.some((i) => !spoilt.has(i)))
  throw new Error(`Unexpected: ${JSON.stringify(parameters)}, rows ${found}.`);
console.log("\ncheck passed: the robust fit finds gain and offset, and the six rows that were spoilt");
