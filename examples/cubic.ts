/**
 * The cubic race, x₁² + x₂² + x₂³ + x₁x₂ from (2, 3). The course takes (0, 0) for a saddle that Momentum alone
 * escapes. It is a strict local minimum; Momentum runs past the true saddle, beyond which f has no lower bound, and
 * diverges.
 */
import {
  adagrad,
  adam,
  cubic,
  grad,
  gradientDescent,
  index,
  minimize,
  momentum,
  rmsprop,
  trace,
  vector,
} from "adjoint";

// The Hessian, a row a component of the gradient: the gradient is a graph, so its components have gradients, too.
const gradient = grad(cubic.f);
const rows = [0, 1].map((i) => grad(trace({ x: vector(2) }, ({ x }) => index(gradient({ x }).x, i))));

/** The eigenvalues of the Hessian at a point, the smaller first. */
function curvatures(x: readonly number[]): [number, number] {
  const [[a, b], [, d]] = rows.map((row) => row({ x }).x) as unknown as [[number, number], [number, number]];
  const middle = (a + d) / 2;
  const radius = Math.hypot((a - d) / 2, b);
  return [middle - radius, middle + radius];
}

const origin = curvatures([0, 0]);
const saddle = curvatures([0.25, -0.5]);
const slopes = [...gradient({ x: [0, 0] }).x, ...gradient({ x: [0.25, -0.5] }).x];
console.log(
  `(0, 0): f = ${cubic.f({ x: [0, 0] })}, curvatures ${origin.join(" and ")}: a strict local minimum`,
);
console.log(
  `(0.25, −0.5): f = ${cubic.f({ x: [0.25, -0.5] })}, curvatures ${saddle.map((c) => c.toFixed(3)).join(" and ")}: a saddle`,
);
console.log(
  `beyond it f falls without bound: f(0, −10) = ${cubic.f({ x: [0, -10] })}, f(0, −100) = ${cubic.f({ x: [0, -100] })}\n`,
);

const course = { epsilon: 1e-7, epsilonInsideSqrt: true };
const optimizers = {
  "gradient descent": gradientDescent({ learningRate: 0.01 }),
  AdaGrad: adagrad({ learningRate: 0.5, ...course }),
  RMSprop: rmsprop({ learningRate: 0.1, beta: 0.9, ...course }),
  Momentum: momentum({ learningRate: 0.01, momentum: 0.9 }),
  Adam: adam({ learningRate: 0.1, beta1: 0.9, beta2: 0.99, ...course }),
};
const near: string[] = [];
const diverged: string[] = [];
for (const [name, optimizer] of Object.entries(optimizers)) {
  const run = minimize(cubic.f, { x: [2, 3] }, optimizer, { steps: 150, tolerance: 0 });
  const [x1, x2] = run.parameters.x as unknown as [number, number];
  if (run.status === "diverged") {
    diverged.push(`${name} in step ${run.steps + 1}`);
    const passed = run.trajectory.parameters.x.findIndex((x, i) => i % 2 === 1 && x < -0.5);
    console.log(
      `${name.padEnd(17)} diverged in step ${run.steps + 1}: past the saddle, x2 < −0.5, after ${(passed - 1) / 2} steps, ` +
        `f = ${run.value.toExponential(0)} after ${run.steps}`,
    );
  } else {
    if (Math.hypot(x1, x2) < 0.15) near.push(name);
    console.log(
      `${name.padEnd(17)} after ${run.steps} steps at (${x1.toFixed(4)}, ${x2.toFixed(4)}), f = ${run.value.toFixed(5)}`,
    );
  }
}

const isMinimum = origin[0] === 1 && origin[1] === 3;
const isSaddle = saddle[0] < 0 && saddle[1] > 0 && slopes.every((slope) => slope === 0);
if (!isMinimum || !isSaddle || near.length !== 4 || diverged.join() !== "Momentum in step 25") {
  throw new Error(
    `Unexpected: curvatures ${origin}, ${saddle}; near (0, 0): ${near}; diverged: ${diverged}.`,
  );
}
console.log(
  "\ncheck passed: a minimum at (0, 0), a saddle at (0.25, −0.5), Momentum diverges in step 25, four stay",
);
