/** A training step of a perceptron 784-128-10 on a batch of 128: relu, softmax cross-entropy, gradient descent. */
import {
  add,
  compile,
  type Dtype,
  gradientDescent,
  matmul,
  matrix,
  maximum,
  randomSource,
  softmaxCrossEntropy,
  trace,
  valueAndGrad,
  vector,
} from "adjoint";
import { loadAdnn } from "../peers/adnn.js";
import { loadJax, toJax } from "../peers/jax.js";
import { type Backend, loadTensorFlow, onBothBackends, toTensorFlow } from "../peers/tensorflow.js";
import { mapEntries, type Tensors, tensorOf, type Untyped, type UntypedMap } from "../peers/tensors.js";
import {
  type Attempt,
  type HandWritten,
  none,
  type Peer,
  type Program,
  type Results,
  type Workload,
} from "../workload.js";
import { type Floats, productByHand, transposeByHand } from "./products.js";
import { gradientProgram, valueProgram } from "./programs.js";

const batch = 128;
const inputs = 784;
const hidden = 128;
const classes = 10;
const learningRate = 0.1;

const shapes = {
  W1: matrix(inputs, hidden),
  b1: vector(hidden),
  W2: matrix(hidden, classes),
  b2: vector(classes),
};
const names = ["W1", "b1", "W2", "b2"] as const;

type Parameters = Record<(typeof names)[number], Floats>;

function makeData(dtype: Dtype) {
  const random = randomSource(2);
  const Elements = dtype === "f32" ? Float32Array : Float64Array;
  const y = new Elements(batch * classes);
  for (let i = 0; i < batch; i++) y[i * classes + random.integer(0, classes)] = 1;
  return {
    X: Elements.from(random.uniforms(batch * inputs)),
    y,
    parameters: {
      W1: Elements.from(random.normals(inputs * hidden, 0, 0.05)),
      b1: Elements.from(random.normals(hidden, 0, 0.05)),
      W2: Elements.from(random.normals(hidden * classes, 0, 0.1)),
      b2: Elements.from(random.normals(classes, 0, 0.1)),
    },
  };
}

/** What a step did, as gradients: comparing the parameters themselves would hide errors behind their size. */
function asGradients(value: ArrayLike<number>, before: Parameters, after: Parameters): Results {
  const gradients = names.map((name): [string, Float64Array] => [
    name,
    Float64Array.from(before[name], (old, i) => (old - after[name][i]!) / learningRate),
  ]);
  return { value, ...Object.fromEntries(gradients) };
}

function byHand(dtype: Dtype): HandWritten {
  const { X, y, parameters } = makeData(dtype);
  const make = (length: number): Floats =>
    dtype === "f32" ? new Float32Array(length) : new Float64Array(length);
  const { W1, b1, W2, b2 } = parameters;
  const after = {
    W1: make(inputs * hidden),
    b1: make(hidden),
    W2: make(hidden * classes),
    b2: make(classes),
  };
  const H = make(batch * hidden);
  const Z = make(batch * classes);
  const gradH = make(batch * hidden);
  const gradW1 = make(inputs * hidden);
  const gradW2 = make(hidden * classes);
  const transposedX = make(inputs * batch);
  const transposedH = make(hidden * batch);
  const transposedW2 = make(classes * hidden);
  const value = new Float64Array(1);

  const step = (): void => {
    productByHand(X, W1, H, batch, inputs, hidden);
    for (let i = 0; i < batch; i++) {
      for (let j = 0; j < hidden; j++) {
        const z = H[i * hidden + j]! + b1[j]!;
        H[i * hidden + j] = z > 0 ? z : 0;
      }
    }
    productByHand(H, W2, Z, batch, hidden, classes);
    let loss = 0;
    for (let i = 0; i < batch; i++) {
      const row = i * classes;
      let top = -Infinity;
      for (let j = 0; j < classes; j++) {
        const z = Z[row + j]! + b2[j]!;
        Z[row + j] = z;
        if (z > top) top = z;
      }
      let total = 0;
      for (let j = 0; j < classes; j++) total += Math.exp(Z[row + j]! - top);
      const logTotal = Math.log(total) + top;
      for (let j = 0; j < classes; j++) {
        const logP = Z[row + j]! - logTotal;
        loss -= y[row + j]! * logP;
        Z[row + j] = (Math.exp(logP) - y[row + j]!) / batch;
      }
    }
    value[0] = loss / batch;

    transposeByHand(H, transposedH, batch, hidden);
    productByHand(transposedH, Z, gradW2, hidden, batch, classes);
    transposeByHand(W2, transposedW2, hidden, classes);
    productByHand(Z, transposedW2, gradH, batch, classes, hidden);
    for (let i = 0; i < gradH.length; i++) if (H[i] === 0) gradH[i] = 0;
    transposeByHand(X, transposedX, batch, inputs);
    productByHand(transposedX, gradH, gradW1, inputs, batch, hidden);

    for (let i = 0; i < gradW1.length; i++) after.W1[i] = W1[i]! - learningRate * gradW1[i]!;
    for (let i = 0; i < gradW2.length; i++) after.W2[i] = W2[i]! - learningRate * gradW2[i]!;
    for (let j = 0; j < hidden; j++) {
      let total = 0;
      for (let i = 0; i < batch; i++) total += gradH[i * hidden + j]!;
      after.b1[j] = b1[j]! - learningRate * total;
    }
    for (let j = 0; j < classes; j++) {
      let total = 0;
      for (let i = 0; i < batch; i++) total += Z[i * classes + j]!;
      after.b2[j] = b2[j]! - learningRate * total;
    }
  };
  return {
    run: step,
    results: () => asGradients(value, parameters, after),
    parameters,
  };
}

const traceLoss = () =>
  trace({ X: matrix(batch, inputs), y: matrix(batch, classes), ...shapes }, ({ X, y, W1, b1, W2, b2 }) => {
    const H = maximum(add(matmul(X, W1), b1), 0);
    return softmaxCrossEntropy(add(matmul(H, W2), b2), y);
  });

function byAdjoint(dtype: Dtype): Program {
  const { X, y, parameters } = makeData(dtype);
  const differentiated = valueAndGrad(traceLoss(), ...names);
  const optimizer = gradientDescent({ learningRate });
  const step = trace(
    { X: matrix(batch, inputs), y: matrix(batch, classes), ...shapes },
    ({ X, y, ...before }) => {
      const { value, grad } = differentiated({ X, y, ...before });
      return { value, after: optimizer.update(before, grad, {}, 1).parameters };
    },
  );
  const kernel = compile(step, { dtype });
  const make = (length: number): Floats =>
    dtype === "f32" ? new Float32Array(length) : new Float64Array(length);
  const value = make(1);
  const after = {
    W1: make(inputs * hidden),
    b1: make(hidden),
    W2: make(hidden * classes),
    b2: make(classes),
  };
  const given = { X, y, ...parameters };
  const outputs = { value, after };
  return {
    run: () => {
      kernel.into(given as never, outputs as never);
    },
    results: () => asGradients(value, parameters, after),
  };
}

function valueAlone(dtype: Dtype): Program {
  const { X, y, parameters } = makeData(dtype);
  return valueProgram(traceLoss(), { X, y, ...parameters }, { dtype });
}

function gradientAlone(dtype: Dtype): Program {
  const { X, y, parameters } = makeData(dtype);
  return gradientProgram(traceLoss(), { X, y, ...parameters }, { dtype, by: [...names] });
}

/** Parameters and data for peers. */
function given(): { before: Parameters; parameters: Tensors; data: Tensors } {
  const { X, y, parameters } = makeData("f64");
  const { W1, b1, W2, b2 } = parameters;
  return {
    before: parameters,
    parameters: {
      W1: tensorOf(W1, inputs, hidden),
      b1: tensorOf(b1, hidden),
      W2: tensorOf(W2, hidden, classes),
      b2: tensorOf(b2, classes),
    },
    data: { X: tensorOf(X, batch, inputs), y: tensorOf(y, batch, classes) },
  };
}

async function byJax(): Promise<Program> {
  const jax = await loadJax();
  const { nn, numpy, tree } = jax;
  const { before, parameters, data } = given();
  const loss = ({ W1, b1, W2, b2 }: UntypedMap, { X, y }: UntypedMap): Untyped => {
    const H = nn.relu(numpy.matmul(X, W1).add(b1));
    return nn
      .logSoftmax(numpy.matmul(H, W2).add(b2))
      .mul(y)
      .sum()
      .mul(-1 / batch);
  };
  const step = jax.jit((old: UntypedMap, own: UntypedMap) => {
    const [value, grad] = jax.valueAndGrad(loss)(tree.ref(old), own);
    return [value, tree.map((x: Untyped, g: Untyped) => x.sub(g.mul(learningRate)), old, grad)];
  });
  const [arrays, own] = [parameters, data].map((map) => mapEntries(map, (one) => toJax(jax, one)));
  let value: Results[string] = [];
  let after: Record<string, ArrayLike<number>> = {};
  return {
    run: () => {
      const [loss, next] = step(tree.ref(arrays), tree.ref(own));
      value = loss.dataSync();
      after = mapEntries(next as UntypedMap, (one) => one.dataSync());
    },
    results: () => asGradients(value, before, after as Parameters),
  };
}

async function byTensorFlow(backend: Backend): Promise<Program> {
  const tf = await loadTensorFlow(backend);
  const { before, parameters, data } = given();
  const { X, y } = mapEntries(data, (one) => toTensorFlow(tf, one));
  const arrays = names.map((name) => toTensorFlow(tf, parameters[name]!));
  const differentiated = tf.valueAndGrads((W1: Untyped, b1: Untyped, W2: Untyped, b2: Untyped) => {
    const H = tf.relu(tf.add(tf.matMul(X, W1), b1));
    const logP = tf.logSoftmax(tf.add(tf.matMul(H, W2), b2));
    return tf.mul(tf.sum(tf.mul(logP, y)), -1 / batch);
  });
  let value: Results[string] = [];
  let after: Record<string, ArrayLike<number>> = {};
  return {
    run: () => {
      tf.tidy(() => {
        const { value: loss, grads } = differentiated(arrays);
        value = loss.dataSync();
        const next = names.map((name, i): [string, ArrayLike<number>] => [
          name,
          tf.sub(arrays[i], tf.mul(grads[i], learningRate)).dataSync(),
        ]);
        after = Object.fromEntries(next);
      });
    },
    results: () => asGradients(value, before, after as Parameters),
  };
}

async function byAdnn(): Promise<Program> {
  const { ad, toTensor } = await loadAdnn();
  const { before, parameters, data } = given();
  const { abs, add, dot, log, mul, softmax, sumreduce } = ad.tensor;
  // It multiplies a matrix by one column and adds no row to all, so that biases are products with a column of ones.
  const ones = toTensor(tensorOf(new Float64Array(batch).fill(1), batch, 1));
  const rows = Array.from({ length: batch }, (_, i) =>
    toTensor(tensorOf(new Float64Array(batch).fill(0).with(i, 1), 1, batch)),
  );
  const X = toTensor(data.X!);
  const y = Array.from({ length: batch }, (_, i) =>
    toTensor(tensorOf(data.y!.data.slice(i * classes, (i + 1) * classes), classes, 1)),
  );
  const plain = mapEntries(parameters, (one) =>
    toTensor(one.shape.length === 1 ? tensorOf(one.data, 1, one.shape[0]!) : one),
  );
  let value: Results[string] = [];
  let after: Record<string, ArrayLike<number>> = {};
  return {
    run: () => {
      const { W1, b1, W2, b2 } = mapEntries(plain, (one) => ad.lift(one));
      // Its maximum has no derivative.
      const Z1 = add(dot(X, W1), dot(ones, b1));
      const H = mul(add(Z1, abs(Z1)), 0.5);
      const Z = add(dot(H, W2), dot(ones, b2));
      let loss: Untyped = 0;
      for (let i = 0; i < batch; i++) {
        const logits = ad.tensor.transpose(dot(rows[i], Z));
        loss = ad.scalar.sub(loss, sumreduce(mul(log(softmax(logits)), y[i])));
      }
      loss = ad.scalar.mul(loss, 1 / batch);
      loss.backprop();
      value = [ad.value(loss)];
      after = mapEntries({ W1, b1, W2, b2 }, (one) => {
        const { data: old } = ad.value(one);
        const { data: gradient } = ad.derivative(one);
        return old.map((x: number, i: number) => x - learningRate * gradient[i]);
      });
    },
    results: () => asGradients(value, before, after as Parameters),
  };
}

const peersOf = (dtype: Dtype): Record<Peer, Attempt> => ({
  ...(dtype === "f32"
    ? { "jax-js": byJax, ...onBothBackends(byTensorFlow), adnn: "f64 only" }
    : { ...none(["jax-js", "tfjs-wasm", "tfjs-cpu"], "f32 only"), adnn: byAdnn }),
  ...none(["rose", "simplegrad", "mathjs"], "no matrix product with a derivative"),
});

const workload = (dtype: Dtype): Workload => ({
  name: `mlp-${dtype}`,
  title: `MLP training step 128×784-128-10, ${dtype}`,
  dtype,
  hand: () => byHand(dtype),
  adjoint: () => byAdjoint(dtype),
  value: () => valueAlone(dtype),
  gradient: () => gradientAlone(dtype),
  peers: peersOf(dtype),
});

export const perceptron: readonly Workload[] = [workload("f32"), workload("f64")];
