import { adam, add, compile, minimize, multiply, power, square, trace, valueAndGrad, vector } from "adjoint";

const cubic = trace({ x: vector(2) }, ({ x }) => {
  const [x1, x2] = x;
  return add(square(x1), square(x2), power(x2, 3), multiply(x1, x2));
});
const f = compile(valueAndGrad(cubic));

const { value, grad } = f({ x: [2, 3] });
const h = 1e-5;
const differences = [
  (f({ x: [2 + h, 3] }).value - f({ x: [2 - h, 3] }).value) / (2 * h),
  (f({ x: [2, 3 + h] }).value - f({ x: [2, 3 - h] }).value) / (2 * h),
];
console.log(`f(2, 3)            ${value}`);
console.log(`gradient           ${grad.x.join(", ")}`);
console.log(`finite difference  ${differences.map((slope) => slope.toFixed(6)).join(", ")}`);

const run = minimize(cubic, { x: [2, 3] }, adam({ learningRate: 0.1 }));
console.log(`minimized          ${run.value.toFixed(6)} after ${run.steps} steps: ${run.status}`);

// The lines above are the README's; here the example checks them.
const slopesAgree = differences.every((slope, i) => Math.abs(slope - grad.x[i]!) < 1e-6);
const isMinimum = run.status === "converged" && run.parameters.x.every((x) => Math.abs(x) < 1e-8);
if (!slopesAgree || !isMinimum || value !== 46 || grad.x[0] !== 7 || grad.x[1] !== 35) {
  throw new Error(
    "The gradient should be (7, 35), as the differences are, and the run should end at (0, 0).",
  );
}
console.log("check passed: the gradient is (7, 35), and the run ends at the local minimum (0, 0)");
