/** A product of 512 × 512 matrices, forward and backward: f = ½Σ(AB)², ∂A = (AB)Bᵀ, ∂B = Aᵀ(AB). */
import { type Dtype, matmul, matrix, multiply, randomSource, square, sum, trace } from "adjoint";
import { adnnGradient } from "../peers/adnn.js";
import { jaxGradient } from "../peers/jax.js";
import { onBothBackends, tensorFlowGradient } from "../peers/tensorflow.js";
import { tensorOf } from "../peers/tensors.js";
import { type Attempt, type HandWritten, none, type Peer, type Workload } from "../workload.js";
import { type Floats, productByHand, transposeByHand } from "./products.js";
import { gradientProgram, valueProgram } from "./programs.js";

const n = 512;

function makeData(dtype: Dtype) {
  const random = randomSource(1);
  const Elements = dtype === "f32" ? Float32Array : Float64Array;
  return { A: Elements.from(random.normals(n * n)), B: Elements.from(random.normals(n * n)) };
}

function byHand(dtype: Dtype): HandWritten {
  const { A, B } = makeData(dtype);
  const make = (length: number): Floats =>
    dtype === "f32" ? new Float32Array(length) : new Float64Array(length);
  const C = make(n * n);
  const transposed = make(n * n);
  const gradA = make(n * n);
  const gradB = make(n * n);
  const value = new Float64Array(1);
  return {
    run: () => {
      productByHand(A, B, C, n, n, n);
      let total = 0;
      for (let i = 0; i < n * n; i++) total += C[i]! * C[i]!;
      value[0] = total / 2;
      transposeByHand(B, transposed, n, n);
      productByHand(C, transposed, gradA, n, n, n);
      transposeByHand(A, transposed, n, n);
      productByHand(transposed, C, gradB, n, n, n);
    },
    results: () => ({ value, A: gradA, B: gradB }),
    parameters: { A, B },
  };
}

const traceProduct = () =>
  trace({ A: matrix(n, n), B: matrix(n, n) }, ({ A, B }) => multiply(0.5, sum(square(matmul(A, B)))));

const given = () => {
  const { A, B } = makeData("f64");
  return { A: tensorOf(A, n, n), B: tensorOf(B, n, n) };
};

const peersOf = (dtype: Dtype): Record<Peer, Attempt> => ({
  ...(dtype === "f32"
    ? {
        "jax-js": () =>
          jaxGradient(given(), ({ A, B }, _, { numpy }) => numpy.square(numpy.matmul(A, B)).sum().mul(0.5)),
        ...onBothBackends((backend) =>
          tensorFlowGradient(backend, given(), ({ A, B }, _, tf) =>
            tf.mul(0.5, tf.sum(tf.square(tf.matMul(A, B)))),
          ),
        ),
        adnn: "f64 only",
      }
    : {
        ...none(["jax-js", "tfjs-wasm", "tfjs-cpu"], "f32 only"),
        adnn: () =>
          adnnGradient(given(), ({ A, B }, _, { ad }) => {
            const C = ad.tensor.dot(A, B);
            return ad.scalar.mul(0.5, ad.tensor.sumreduce(ad.tensor.mul(C, C)));
          }),
      }),
  ...none(["rose", "simplegrad", "mathjs"], "no matrix product with a derivative"),
});

const workload = (dtype: Dtype): Workload => ({
  name: `matmul-${dtype}`,
  title: `matmul 512³ forward, backward, ${dtype}`,
  dtype,
  hand: () => byHand(dtype),
  adjoint: () => gradientProgram(traceProduct(), makeData(dtype), { dtype }),
  value: () => valueProgram(traceProduct(), makeData(dtype), { dtype }),
  peers: peersOf(dtype),
});

export const matrixProduct: readonly Workload[] = [workload("f32"), workload("f64")];
