/** Value and gradient of the course's three objectives of two variables. */
import { add, dot, multiply, power, square, subtract, trace, vector } from "adjoint";
import { adnnGradient } from "../peers/adnn.js";
import { jaxGradient } from "../peers/jax.js";
import { mathjsGradient } from "../peers/mathjs.js";
import { roseGradient } from "../peers/rose.js";
import { simplegradGradient } from "../peers/simplegrad.js";
import { onBothBackends, tensorFlowGradient } from "../peers/tensorflow.js";
import { tensorOf } from "../peers/tensors.js";
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

const given = (at: readonly number[]) => ({ x: tensorOf(Float64Array.from(at), 2) });

export const sphere: Workload = {
  name: "sphere",
  title: "weighted sphere, 2 variables",
  hand: () => byHand(sphereByHand, sphereAt),
  adjoint: () => gradientProgram(traceSphere(), { x: Float64Array.from(sphereAt) }),
  value: () => valueProgram(traceSphere(), { x: Float64Array.from(sphereAt) }),
  peers: {
    "jax-js": () =>
      jaxGradient(given(sphereAt), ({ x }, _, { numpy }) => numpy.square(x).mul(numpy.array(weights)).sum()),
    ...onBothBackends((backend) =>
      tensorFlowGradient(backend, given(sphereAt), ({ x }, _, tf) => tf.sum(tf.mul(tf.square(x), weights))),
    ),
    rose: () =>
      roseGradient(
        Float64Array.from(sphereAt),
        ({ add, mul }) =>
          (x) =>
            add(mul(weights[0], mul(x[0], x[0])), mul(weights[1], mul(x[1], x[1]))),
      ),
    simplegrad: () =>
      simplegradGradient(given(sphereAt), ({ x }) =>
        x![0].mul(x![0]).mul(weights[0]).add(x![1].mul(x![1]).mul(weights[1])),
      ),
    adnn: () =>
      adnnGradient(given(sphereAt), ({ x }, _, { ad, toTensor }) =>
        ad.tensor.sumreduce(
          ad.tensor.mul(toTensor(tensorOf(Float64Array.from(weights), 2)), ad.tensor.mul(x, x)),
        ),
      ),
    mathjs: () => mathjsGradient("0.2 * x1^2 + 2 * x2^2", Float64Array.from(sphereAt)),
  },
};

export const cubic: Workload = {
  name: "cubic",
  title: "cubic, 2 variables",
  hand: () => byHand(cubicByHand, cubicAt),
  adjoint: () => gradientProgram(traceCubic(), { x: Float64Array.from(cubicAt) }),
  value: () => valueProgram(traceCubic(), { x: Float64Array.from(cubicAt) }),
  peers: {
    "jax-js": () =>
      jaxGradient(given(cubicAt), ({ x }) => {
        const x1 = x.ref.slice(0);
        const x2 = x.slice(1);
        const cube = x2.ref.mul(x2.ref).mul(x2.ref);
        return x1.ref.mul(x1.ref).add(x2.ref.mul(x2.ref)).add(cube).add(x1.mul(x2));
      }),
    ...onBothBackends((backend) =>
      tensorFlowGradient(backend, given(cubicAt), ({ x }, _, tf) => {
        const [x1, x2] = tf.unstack(x);
        const cube = tf.mul(x2, tf.square(x2));
        return tf.add(tf.add(tf.square(x1), tf.square(x2)), tf.add(cube, tf.mul(x1, x2)));
      }),
    ),
    rose: () =>
      roseGradient(Float64Array.from(cubicAt), ({ add, mul }) => ([x1, x2]) => {
        const square = mul(x2, x2);
        return add(add(add(mul(x1, x1), square), mul(square, x2)), mul(x1, x2));
      }),
    simplegrad: () =>
      simplegradGradient(given(cubicAt), ({ x }) => {
        const [x1, x2] = x!;
        return x1.mul(x1).add(x2.mul(x2)).add(x2.mul(x2).mul(x2)).add(x1.mul(x2));
      }),
    adnn: () =>
      adnnGradient(given(cubicAt), ({ x }, _, { ad }) => {
        const { add, mul } = ad.scalar;
        const [x1, x2] = ad.tensor.toScalars(x);
        const square = mul(x2, x2);
        return add(add(add(mul(x1, x1), square), mul(square, x2)), mul(x1, x2));
      }),
    mathjs: () => mathjsGradient("x1^2 + x2^2 + x2^3 + x1 * x2", Float64Array.from(cubicAt)),
  },
};

export const saddle: Workload = {
  name: "saddle",
  title: "saddle, 2 variables",
  hand: () => byHand(saddleByHand, saddleAt),
  adjoint: () => gradientProgram(traceSaddle(), { x: Float64Array.from(saddleAt) }),
  value: () => valueProgram(traceSaddle(), { x: Float64Array.from(saddleAt) }),
  peers: {
    "jax-js": () =>
      jaxGradient(given(saddleAt), ({ x }) => {
        const x1 = x.ref.slice(0);
        const x2 = x.slice(1);
        return x2.ref.mul(x2).sub(x1.ref.mul(x1).mul(0.5));
      }),
    ...onBothBackends((backend) =>
      tensorFlowGradient(backend, given(saddleAt), ({ x }, _, tf) => {
        const [x1, x2] = tf.unstack(x);
        return tf.sub(tf.square(x2), tf.mul(0.5, tf.square(x1)));
      }),
    ),
    rose: () =>
      roseGradient(
        Float64Array.from(saddleAt),
        ({ mul, sub }) =>
          ([x1, x2]) =>
            sub(mul(x2, x2), mul(0.5, mul(x1, x1))),
      ),
    simplegrad: () =>
      simplegradGradient(given(saddleAt), ({ x }) => {
        const [x1, x2] = x!;
        return x2.mul(x2).sub(x1.mul(x1).mul(0.5));
      }),
    adnn: () =>
      adnnGradient(given(saddleAt), ({ x }, _, { ad }) => {
        const { mul, sub } = ad.scalar;
        const [x1, x2] = ad.tensor.toScalars(x);
        return sub(mul(x2, x2), mul(0.5, mul(x1, x1)));
      }),
    mathjs: () => mathjsGradient("-x1^2 / 2 + x2^2", Float64Array.from(saddleAt)),
  },
};
