/** A convolution of 32 images of 28 × 28 × 16 by a kernel of 3 × 3 × 16 × 32, f32: f = ½Σ(x ∗ k)², alone and with its gradient. */
import { conv2d, multiply, randomSource, square, sum, tensor, trace } from "adjoint";
import { jaxGradient, jaxValue } from "../peers/jax.js";
import { onBothBackends, tensorFlowGradient, tensorFlowValue } from "../peers/tensorflow.js";
import { tensorOf, type Untyped, type UntypedMap } from "../peers/tensors.js";
import { type HandWritten, none, type Workload } from "../workload.js";
import { gradientProgram, valueProgram } from "./programs.js";

const [batch, size, inputs, outputs, side] = [32, 28, 16, 32, 3];
const count = size - side + 1;
const shapes = {
  x: [batch, size, size, inputs],
  k: [side, side, inputs, outputs],
} as const;

function makeData() {
  const random = randomSource(4);
  return {
    x: Float32Array.from(random.normals(batch * size * size * inputs)),
    k: Float32Array.from(random.normals(side * side * inputs * outputs, 0, 0.1)),
  };
}

/**
 * Loops over the images, the channels of the result innermost: they lie beside each other, and so do the kernel's. Four
 * channels of the image at a time: a quarter of the traffic to a pixel of the result.
 */
function byHand(withGradient: boolean): HandWritten {
  const { x, k } = makeData();
  const y = new Float32Array(batch * count * count * outputs);
  const gradX = new Float32Array(x.length);
  const gradK = new Float32Array(k.length);
  const value = new Float64Array(1);
  const forward = (xAt: number, kAt: number, yAt: number) => {
    for (let c = 0; c < inputs; c += 4) {
      const [x0, x1, x2, x3] = [x[xAt + c]!, x[xAt + c + 1]!, x[xAt + c + 2]!, x[xAt + c + 3]!];
      const k0 = kAt + c * outputs;
      const [k1, k2, k3] = [k0 + outputs, k0 + 2 * outputs, k0 + 3 * outputs];
      for (let o = 0; o < outputs; o++)
        y[yAt + o]! += x0 * k[k0 + o]! + x1 * k[k1 + o]! + x2 * k[k2 + o]! + x3 * k[k3 + o]!;
    }
  };
  const backward = (xAt: number, kAt: number, yAt: number) => {
    for (let c = 0; c < inputs; c++) {
      const factor = x[xAt + c]!;
      const row = kAt + c * outputs;
      let slope = 0;
      for (let o = 0; o < outputs; o++) {
        const adjoint = y[yAt + o]!;
        slope += adjoint * k[row + o]!;
        gradK[row + o]! += factor * adjoint;
      }
      gradX[xAt + c]! += slope;
    }
  };
  const eachPixel = (visit: typeof forward) => {
    for (let b = 0; b < batch; b++) {
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < count; j++) {
          const yAt = ((b * count + i) * count + j) * outputs;
          for (let u = 0; u < side; u++) {
            for (let v = 0; v < side; v++) {
              const xAt = ((b * size + i + u) * size + j + v) * inputs;
              visit(xAt, (u * side + v) * inputs * outputs, yAt);
            }
          }
        }
      }
    }
  };
  return {
    run: () => {
      y.fill(0);
      eachPixel(forward);
      let total = 0;
      for (let i = 0; i < y.length; i++) total += y[i]! * y[i]!;
      value[0] = total / 2;
      if (!withGradient) return;
      gradX.fill(0);
      gradK.fill(0);
      eachPixel(backward);
    },
    results: () => (withGradient ? { value, x: gradX, k: gradK } : { value }),
    ...(withGradient && { parameters: { x, k } }),
  };
}

const traceConvolution = () =>
  trace({ x: tensor(shapes.x), k: tensor(shapes.k) }, ({ x, k }) => multiply(0.5, sum(square(conv2d(x, k)))));

const given = () => {
  const { x, k } = makeData();
  return { x: tensorOf(x, ...shapes.x), k: tensorOf(k, ...shapes.k) };
};

/** Channels come first in jax-js. */
const ofJax = ({ x, k }: UntypedMap, _data: UntypedMap, { lax, numpy }: Untyped) => {
  const y = lax.convGeneralDilated(
    numpy.transpose(x, [0, 3, 1, 2]),
    numpy.transpose(k, [3, 2, 0, 1]),
    [1, 1],
    "VALID",
  );
  return numpy.square(y).sum().mul(0.5);
};

const ofTensorFlow = ({ x, k }: UntypedMap, _data: UntypedMap, tf: Untyped) =>
  tf.mul(0.5, tf.sum(tf.square(tf.conv2d(x, k, 1, "valid"))));

const others = none(["rose", "simplegrad", "mathjs"], "no tensors");

export const convolution: readonly Workload[] = [
  {
    name: "convolution-forward",
    title: "convolution 32×28²×16 by 3²×16×32, f32",
    dtype: "f32",
    hand: () => byHand(false),
    adjoint: () => valueProgram(traceConvolution(), makeData(), { dtype: "f32" }),
    peers: {
      "jax-js": () => jaxValue(given(), ofJax),
      ...onBothBackends((backend) => tensorFlowValue(backend, given(), ofTensorFlow)),
      adnn: "f64 only",
      ...others,
    },
  },
  {
    name: "convolution",
    title: "the same and its gradient, f32",
    dtype: "f32",
    hand: () => byHand(true),
    adjoint: () => gradientProgram(traceConvolution(), makeData(), { dtype: "f32" }),
    value: () => valueProgram(traceConvolution(), makeData(), { dtype: "f32" }),
    peers: {
      "jax-js": () => jaxGradient(given(), ofJax),
      ...onBothBackends((backend) => tensorFlowGradient(backend, given(), ofTensorFlow)),
      adnn: "f64 only",
      ...others,
    },
  },
];
