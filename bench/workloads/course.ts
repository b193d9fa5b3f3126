/** Value and gradient of the course's three objectives of two variables. */
import { add, dot, multiply, power, square, subtract, trace, vector } from "adjoint";
import type { HandWritten, Workload } from "../workload.js";
import { gradientProgram, valueProgram } from "./programs.js";

/** A hand-written objective: returns the value and writes the gradient. */
type Hand = (x: Float64Array, gradient: Float64Array) => number;

const sphereByHand: Hand = (x, gradient) => {
  const x1 = x[0]!;
  const x2 = x[1]!;
  gradient[0] = 0.4 * x1;
  gradient[1] = 4 * x2;
  return 0.2 * x1 * x1 + 2 * x2 * x2;
};

export const cubicByHand: Hand = (x, gradient) => {
  const x1 = x[0]!;
  const x2 = x[1]!;
  gradient[0] = 2 * x1 + x2;
  gradient[1] = 2 * x2 + 3 * x2 * x2 + x1;
  return x1 * x1 + x2 * x2 + x2 * x2 * x2 + x1 * x2;
};

const saddleByHand: Hand = (x, gradient) => {
  const x1 = x[0]!;
  const x2 = x[1]!;
  gradient[0] = -x1;
  gradient[1] = 2 * x2;
  return x2 * x2 - 0.5 * x1 * x1;
};

function byHand(hand: Hand, start: readonly number[]): HandWritten {
  const x = Float64Array.from(start);
  const value = new Float64Array(1);
  const gradient = new Float64Array(2);
  return {
    run: () => {
      value[0] = hand(x, gradient);
    },
    results: () => ({ value, x: gradient }),
    parameters: { x },
  };
}

const weights = [0.2, 2];

const traceSphere = () => trace({ x: vector(2) }, ({ x }) => dot(weights, square(x)));

export const traceCubic = () =>
  trace({ x: vector(2) }, ({ x }) => {
    const [x1, x2] = x;
    return add(square(x1), square(x2), power(x2, 3), multiply(x1, x2));
  });

const traceSaddle = () =>
  trace({ x: vector(2) }, ({ x }) => {
    const [x1, x2] = x;
    return subtract(square(x2), multiply(0.5, square(x1)));
  });

const sphereAt = [3, 4];
export const cubicAt = [2, 3];
const saddleAt = [1e-5, 0.5];

export const sphere: Workload = {
  name: "sphere",
  title: "weighted sphere, 2 variables",
  hand: () => byHand(sphereByHand, sphereAt),
  adjoint: () => gradientProgram(traceSphere(), { x: Float64Array.from(sphereAt) }),
  value: () => valueProgram(traceSphere(), { x: Float64Array.from(sphereAt) }),
  peers: {},
};

export const cubic: Workload = {
  name: "cubic",
  title: "cubic, 2 variables",
  hand: () => byHand(cubicByHand, cubicAt),
  adjoint: () => gradientProgram(traceCubic(), { x: Float64Array.from(cubicAt) }),
  value: () => valueProgram(traceCubic(), { x: Float64Array.from(cubicAt) }),
  peers: {},
};

export const saddle: Workload = {
  name: "saddle",
  title: "saddle, 2 variables",
  hand: () => byHand(saddleByHand, saddleAt),
  adjoint: () => gradientProgram(traceSaddle(), { x: Float64Array.from(saddleAt) }),
  value: () => valueProgram(traceSaddle(), { x: Float64Array.from(saddleAt) }),
  peers: {},
};
