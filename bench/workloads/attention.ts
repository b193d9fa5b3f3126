/**
 * Attention and the normalization of a layer, f32: 32 batches (or heads) of 128 queries, keys and values of 32 numbers,
 * f = Σ w·layerNorm(attention(q, k, v)) and its gradient.
 */
import { attention, type Expr, layerNorm, multiply, randomSource, sum, tensor, trace } from "adjoint";
import { jaxGradient } from "../peers/jax.js";
import { onBothBackends, tensorFlowGradient } from "../peers/tensorflow.js";
import { tensorOf } from "../peers/tensors.js";
import { type HandWritten, none, type Workload } from "../workload.js";
import { productByHand, transposeByHand } from "./products.js";
import { gradientProgram, valueProgram } from "./programs.js";

const [batch, n, d] = [32, 128, 32];
const epsilon = 1e-5;
const scale = 1 / Math.sqrt(d);
const names = ["q", "k", "v"] as const;

function makeData() {
  const random = randomSource(5);
  const draw = () => Float32Array.from(random.normals(batch * n * d));
  return { q: draw(), k: draw(), v: draw(), w: draw() };
}

function byHand(): HandWritten {
  const { q, k, v, w } = makeData();
  const make = (length: number) => new Float32Array(length);
  const [weights, slopes, turned, attended, arrived, swapped] = [
    ...[make(n * n), make(n * n), make(n * n)],
    ...[make(n * d), make(n * d), make(n * d)],
  ] as const;
  const gradients = { q: make(q.length), k: make(q.length), v: make(q.length) };
  const value = new Float64Array(1);
  const forward = (qb: Float32Array, kb: Float32Array, vb: Float32Array) => {
    transposeByHand(kb, swapped, n, d);
    productByHand(qb, swapped, weights, n, d, n);
    for (let i = 0; i < n; i++) {
      const row = weights.subarray(i * n, (i + 1) * n);
      let most = Number.NEGATIVE_INFINITY;
      for (let j = 0; j < n; j++) most = Math.max(most, row[j]!);
      let total = 0;
      for (let j = 0; j < n; j++) {
        row[j] = Math.exp((row[j]! - most) * scale);
        total += row[j]!;
      }
      for (let j = 0; j < n; j++) row[j]! /= total;
    }
    productByHand(weights, vb, attended, n, n, d);
  };
  /** The adjoint of what was attended to, by that of its normalized rows, `wb`; adds to the value. */
  const normalize = (wb: Float32Array) => {
    for (let i = 0; i < n; i++) {
      const at = i * d;
      let mean = 0;
      for (let c = 0; c < d; c++) mean += attended[at + c]! / d;
      let variance = 0;
      for (let c = 0; c < d; c++) variance += (attended[at + c]! - mean) ** 2 / d;
      const factor = 1 / Math.sqrt(variance + epsilon);
      let [meanOfW, meanOfBoth] = [0, 0];
      for (let c = 0; c < d; c++) {
        const normal = (attended[at + c]! - mean) * factor;
        meanOfW += wb[at + c]! / d;
        meanOfBoth += (wb[at + c]! * normal) / d;
      }
      value[0]! += meanOfBoth * d;
      for (let c = 0; c < d; c++) {
        const normal = (attended[at + c]! - mean) * factor;
        arrived[at + c] = factor * (wb[at + c]! - meanOfW - normal * meanOfBoth);
      }
    }
  };
  const backward = (b: number, qb: Float32Array, kb: Float32Array, vb: Float32Array) => {
    const part = (whole: Float32Array) => whole.subarray(b * n * d, (b + 1) * n * d);
    transposeByHand(weights, turned, n, n);
    productByHand(turned, arrived, part(gradients.v), n, n, d);
    transposeByHand(vb, swapped, n, d);
    productByHand(arrived, swapped, slopes, n, d, n);
    for (let i = 0; i < n; i++) {
      let mean = 0;
      for (let j = 0; j < n; j++) mean += weights[i * n + j]! * slopes[i * n + j]!;
      for (let j = 0; j < n; j++)
        slopes[i * n + j] = scale * weights[i * n + j]! * (slopes[i * n + j]! - mean);
    }
    productByHand(slopes, kb, part(gradients.q), n, n, d);
    transposeByHand(slopes, turned, n, n);
    productByHand(turned, qb, part(gradients.k), n, n, d);
  };
  return {
    run: () => {
      value[0] = 0;
      for (let b = 0; b < batch; b++) {
        const part = (whole: Float32Array) => whole.subarray(b * n * d, (b + 1) * n * d);
        forward(part(q), part(k), part(v));
        normalize(part(w));
        backward(b, part(q), part(k), part(v));
      }
    },
    results: () => ({ value, ...gradients }),
    parameters: { q, k, v },
  };
}

const traceAttention = () => {
  const shape = tensor([batch, n, d]);
  return trace({ q: shape, k: shape, v: shape, w: shape }, ({ q, k, v, w }) =>
    sum(multiply(w, layerNorm(attention(q, k, v) as Expr, { epsilon }) as Expr)),
  );
};

const tensors = (): Record<"q" | "k" | "v" | "w", ReturnType<typeof tensorOf>> => {
  const { q, k, v, w } = makeData();
  const of = (data: Float32Array) => tensorOf(data, batch, n, d);
  return { q: of(q), k: of(k), v: of(v), w: of(w) };
};

const parametersAndData = () => {
  const { w, ...parameters } = tensors();
  return [parameters, { w }] as const;
};

export const attentionLayer: Workload = {
  name: "attention",
  title: "attention 32×128×32, layer norm, gradient, f32",
  dtype: "f32",
  hand: byHand,
  adjoint: () => gradientProgram(traceAttention(), makeData(), { by: [...names], dtype: "f32" }),
  value: () => valueProgram(traceAttention(), makeData(), { dtype: "f32" }),
  peers: {
    "jax-js": () => {
      const [parameters, data] = parametersAndData();
      return jaxGradient(
        parameters,
        ({ q, k, v }, { w }, { numpy, nn }) => {
          // Its own `dotProductAttention` doesn't run in Node 20.
          const scores = numpy.matmul(q, numpy.transpose(k, [0, 2, 1])).mul(scale);
          const attended = numpy.matmul(nn.softmax(scores, -1), v);
          return numpy.multiply(w, nn.standardize(attended, -1, { epsilon })).sum();
        },
        data,
      );
    },
    ...onBothBackends((backend) => {
      const [parameters, data] = parametersAndData();
      return tensorFlowGradient(
        backend,
        parameters,
        ({ q, k, v }, { w }, tf) => {
          const scores = tf.mul(tf.matMul(q, k, false, true), scale);
          const attended = tf.matMul(tf.softmax(scores), v);
          const centred = tf.sub(attended, tf.mean(attended, -1, true));
          const variance = tf.mean(tf.square(centred), -1, true);
          return tf.sum(tf.mul(w, tf.div(centred, tf.sqrt(tf.add(variance, epsilon)))));
        },
        data,
      );
    }),
    adnn: "f64 only",
    ...none(["rose", "simplegrad", "mathjs"], "no tensors"),
  },
};
