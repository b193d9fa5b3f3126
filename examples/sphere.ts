/**
 * Five optimizers on the weighted sphere 0.2·x₁² + 2·x₂², with the course's learning rates and steps and its form of
 * each rule (ε inside the root). The end points were computed outside of this project, by the rules on paper.
 */
import { adagrad, adam, gradientDescent, minimize, momentum, rmsprop, weightedSphere } from "adjoint";

const course = { epsilon: 1e-7, epsilonInsideSqrt: true };
const start = [3, 4];
const runs = [
  {
    name: "gradient descent",
    optimizer: gradientDescent({ learningRate: 0.2 }),
    steps: 20,
    end: [0.5660799874883894, 4.1943039999999777e-14],
  },
  {
    name: "AdaGrad",
    optimizer: adagrad({ learningRate: 0.5, ...course }),
    steps: 50,
    end: [0.03837004656772864, 0.24998813591525315],
  },
  {
    name: "RMSprop",
    optimizer: rmsprop({ learningRate: 0.1, beta: 0.9, ...course }),
    steps: 50,
    end: [0.0025296505915120273, 0.10352260504475189],
  },
  {
    name: "Momentum",
    optimizer: momentum({ learningRate: 0.01, momentum: 0.9 }),
    steps: 50,
    end: [0.2027576170648538, -0.272584103629764],
  },
  {
    name: "Adam",
    optimizer: adam({ learningRate: 0.2, beta1: 0.9, beta2: 0.99, ...course }),
    steps: 20,
    end: [-0.29364447129076987, 0.4244347386688645],
  },
];

const sphere = weightedSphere([0.2, 2]).f;
let worst = 0;
console.log("optimizer         steps      x1         x2         f");
for (const { name, optimizer, steps, end } of runs) {
  const { parameters, value } = minimize(sphere, { x: start }, optimizer, { steps, tolerance: 0 });
  const numbers = [...parameters.x, value].map((number) => number.toFixed(6).padStart(9)).join("  ");
  console.log(`${name.padEnd(17)} ${String(steps).padStart(5)}  ${numbers}`);
  for (const [i, x] of parameters.x.entries()) worst = Math.max(worst, Math.abs(x - end[i]!));
}

// Gradient descent has a closed form here: each step multiplies xᵢ by 1 − 2·lr·wᵢ.
const { trajectory } = minimize(sphere, { x: start }, runs[0]!.optimizer, { steps: 20, tolerance: 0 });
for (let k = 0; k < trajectory.steps; k++) {
  for (const [i, weight] of [0.2, 2].entries()) {
    const byLaw = start[i]! * (1 - 2 * 0.2 * weight) ** k;
    worst = Math.max(worst, Math.abs(trajectory.parameters.x[2 * k + i]! - byLaw));
  }
}

if (!(worst < 1e-12)) throw new Error(`Points deviate by ${worst} from the reference or the law.`);
console.log(
  "\ncheck passed: five end points are the reference's, and gradient descent keeps its law, to 1e-12",
);
