/**
 * A learning-rate schedule tuned by gradient descent: fifty rates, one for each step of SGD with momentum through
 * Rosenbrock's valley, follow the gradient of the loss after the last step, which goes back through all fifty (as in
 * Maclaurin, Duvenaud and Adams, "Gradient-based hyperparameter optimization through reversible learning", ICML 2015).
 */
import { adam, add, exp, grad, minimize, rosenbrock, scan, sgd, trace, vector } from "adjoint";

const steps = 50;
const start = [-1.2, 1];
const momentum = 0.9;
const slope = grad(trace({ x: vector(2) }, rosenbrock.f));

/** What the training ends at. Rates are given as logarithms: so they stay positive, and move by factors. */
const finalLoss = trace({ logRates: vector(steps) }, ({ logRates }) => {
  const { last } = scan(
    ({ x, velocity }, logRate, i) => {
      const rule = sgd({ learningRate: exp(logRate), momentum });
      const { parameters, slots } = rule.update(
        { x },
        slope({ x }),
        { velocity: { x: velocity } },
        add(i, 1),
      );
      return { x: parameters.x, velocity: slots.velocity!.x };
    },
    { x: start, velocity: [0, 0] },
    { xs: logRates, recompute: true },
  );
  return rosenbrock.f({ x: last.x });
});

/** The same in plain numbers. */
function train(rates: ArrayLike<number>): number {
  let [x1, x2, v1, v2] = [start[0]!, start[1]!, 0, 0];
  for (let i = 0; i < steps; i++) {
    v1 = momentum * v1 - 400 * x1 * (x2 - x1 * x1) - 2 * (1 - x1);
    v2 = momentum * v2 + 200 * (x2 - x1 * x1);
    x1 -= rates[i]! * v1;
    x2 -= rates[i]! * v2;
  }
  return 100 * (x2 - x1 * x1) ** 2 + (1 - x1) ** 2;
}

// The best of many constant rates, to start from and to compare with.
const constants = Array.from({ length: 200 }, (_, i) => 1e-4 * 1.025 ** i);
const ends = constants.map((rate) => train(new Float64Array(steps).fill(rate)));
const best = constants[ends.indexOf(Math.min(...ends.filter(Number.isFinite)))]!;
const constant = new Float64Array(steps).fill(best);

const run = minimize(finalLoss, { logRates: constant.map(Math.log) }, adam({ learningRate: 0.01 }), {
  steps: 1000,
});
const rates = run.parameters.logRates.map(Math.exp);

console.log(`rate ${best.toExponential(2)} at all steps: f = ${train(constant).toExponential(3)}`);
for (const i of [0, 200, 400, 600, 800]) {
  console.log(
    `after ${String(i).padStart(4)} steps of Adam on the rates: f = ${run.trajectory.values[i]?.toExponential(3)}`,
  );
}
console.log(`tuned: f = ${run.value.toExponential(3)} (${run.status})`);
const shown = (i: number) => `step ${i + 1}: ${rates[i]!.toExponential(2)}`;
console.log([0, 9, 19, 29, 39, 49].map(shown).join(", "));

const checks = {
  "the graph's loss is that of the loop in plain numbers": Math.abs(train(rates) / run.value - 1) < 1e-6,
  "tuned rates end a hundred times lower than the best constant one": run.value < train(constant) / 100,
};
for (const [check, holds] of Object.entries(checks)) {
  if (!holds) throw new Error(`It doesn't hold that ${check}.`);
}
console.log(`\ncheck passed: ${Object.keys(checks).join("; ")}`);
