/**
 * The saddle race, −x₁²/2 + x₂² from (10⁻⁵, 0.5): who leaves the saddle at (0, 0), how soon and how far. There is no
 * minimum to find: f falls without bound as |x₁| grows.
 */
import {
  adagrad,
  adam,
  grad,
  gradientDescent,
  index,
  minimize,
  momentum,
  rmsprop,
  saddle,
  trace,
  vector,
} from "adjoint";

const gradient = grad(saddle.f);
const rows = [0, 1].map((i) => grad(trace({ x: vector(2) }, ({ x }) => index(gradient({ x }).x, i))));
const hessian = rows.map((row) => [...row({ x: [0, 0] }).x]);
console.log(`at (0, 0) the Hessian is ${JSON.stringify(hessian)}: downhill along x1, uphill along x2\n`);

const course = { epsilon: 1e-7, epsilonInsideSqrt: true };
const optimizers = {
  Momentum: momentum({ learningRate: 0.05, momentum: 0.9 }),
  RMSprop: rmsprop({ learningRate: 0.05, beta: 0.9, ...course }),
  Adam: adam({ learningRate: 0.05, beta1: 0.9, beta2: 0.99, ...course }),
  AdaGrad: adagrad({ learningRate: 0.05, ...course }),
  "gradient descent": gradientDescent({ learningRate: 0.05 }),
};
const ends = new Map<string, { x1: number; left: number }>();
for (const [name, optimizer] of Object.entries(optimizers)) {
  const { parameters, trajectory, value, status } = minimize(saddle.f, { x: [1e-5, 0.5] }, optimizer, {
    steps: 100,
  });
  const x1 = parameters.x[0]!;
  const left = trajectory.parameters.x.findIndex((x, i) => i % 2 === 0 && Math.abs(x) > 1) / 2;
  ends.set(name, { x1, left });
  const when = left < 0 ? "hasn't left" : `beyond |x1| = 1 after ${left} steps`;
  console.log(
    `${name.padEnd(17)} ${when.padEnd(32)} x1 = ${x1.toFixed(5).padStart(9)}, f = ${value.toPrecision(4)} (${status})`,
  );
}

console.log(`
Gradient descent multiplies x1 by 1 + lr = 1.05 a step, which takes 236 steps from 10⁻⁵ to 1. Momentum comes to a
factor of 1.2 a step: slow to leave, then farthest. The other three divide the slope by its own size, so that a tiny one
makes full steps: they leave first, and then walk on at their learning rate or slower.`);

const far = (name: string) => ends.get(name)!.x1;
const when = (name: string) => ends.get(name)!.left;
const law = 1e-5 * 1.05 ** 100;
const checks = {
  "gradient descent follows 10⁻⁵·1.05ᵏ": Math.abs(far("gradient descent") - law) < 1e-15,
  "gradient descent hasn't left": when("gradient descent") < 0,
  "RMSprop, Adam and AdaGrad leave before Momentum":
    Math.max(when("RMSprop"), when("Adam"), when("AdaGrad")) < when("Momentum"),
  "Momentum ends farthest": far("Momentum") > 80 * Math.max(far("RMSprop"), far("Adam"), far("AdaGrad")),
  "the Hessian is diag(−1, 2)": JSON.stringify(hessian) === "[[-1,0],[0,2]]",
};
for (const [what, holds] of Object.entries(checks))
  if (!holds) throw new Error(`This doesn't hold: ${what}.`);
console.log(
  "\ncheck passed: four leave, RMSprop first and Momentum farthest; gradient descent keeps its law and doesn't",
);
