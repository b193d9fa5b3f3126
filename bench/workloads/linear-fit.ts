/** An epoch of the linear fit: 1000 samples of 2 numbers in 16 batches of 64, a step of gradient descent after each. */
import {
  compile,
  gradientDescent,
  halfMeanSquaredError,
  linear,
  matrix,
  randomSource,
  trace,
  valueAndGrad,
} from "adjoint";
import { loadAdnn } from "../peers/adnn.js";
import { loadJax, toJax } from "../peers/jax.js";
import { type Backend, loadTensorFlow, onBothBackends, toTensorFlow } from "../peers/tensorflow.js";
import { tensorOf, type Untyped, type UntypedMap } from "../peers/tensors.js";
import { type HandWritten, none, type Program, type Workload } from "../workload.js";

const samples = 1000;
const batchSize = 64;
const learningRate = 0.03;
const batches = Math.ceil(samples / batchSize);

/** Samples X and their targets y = 0.5x₁ + 0.8x₂ + noise. */
function makeData() {
  const random = randomSource(0);
  const X = random.normals(samples * 2);
  const y = Float64Array.from(
    { length: samples },
    (_, i) => 0.5 * X[2 * i]! + 0.8 * X[2 * i + 1]! + random.normal(0, 0.01),
  );
  return { X, y };
}

/** Writes the loss ½Σ(output − y)²/K of each batch and the parameters W₁, W₂, b after the last one. */
function epochByHand(X: Float64Array, y: Float64Array, losses: Float64Array, parameters: Float64Array): void {
  let w1 = 0;
  let w2 = 0;
  let b = 0;
  for (let k = 0; k < batches; k++) {
    const from = k * batchSize;
    const to = Math.min(from + batchSize, samples);
    let loss = 0;
    let g1 = 0;
    let g2 = 0;
    let gb = 0;
    for (let i = from; i < to; i++) {
      const x1 = X[2 * i]!;
      const x2 = X[2 * i + 1]!;
      const residual = x1 * w1 + x2 * w2 + b - y[i]!;
      loss += residual * residual;
      g1 += residual * x1;
      g2 += residual * x2;
      gb += residual;
    }
    const rate = learningRate / (to - from);
    losses[k] = loss / (2 * (to - from));
    w1 -= rate * g1;
    w2 -= rate * g2;
    b -= rate * gb;
  }
  parameters[0] = w1;
  parameters[1] = w2;
  parameters[2] = b;
}

function byHand(): HandWritten {
  const { X, y } = makeData();
  const losses = new Float64Array(batches);
  const parameters = new Float64Array(3);
  return {
    run: () => {
      epochByHand(X, y, losses, parameters);
    },
    results: () => ({ losses, parameters }),
  };
}

/** One kernel a size of batch: the loss and the parameters after the step. */
function compileStep(size: number) {
  const model = linear({ inputs: 2, outputs: 1 });
  const loss = trace({ X: matrix(size, 2), y: matrix(size, 1), ...model.parameters }, ({ X, y, W, b }) =>
    halfMeanSquaredError(model(X, { W, b }), y),
  );
  const differentiated = valueAndGrad(loss, "W", "b");
  const optimizer = gradientDescent({ learningRate });
  return compile(
    trace({ X: matrix(size, 2), y: matrix(size, 1), ...model.parameters }, ({ X, y, W, b }) => {
      const { value, grad } = differentiated({ X, y, W, b });
      const { parameters } = optimizer.update({ W, b }, grad, {}, 1);
      return { value, W: parameters.W, b: parameters.b };
    }),
  );
}

function byAdjoint(): Program {
  const { X, y } = makeData();
  // Two sets of parameters take turns: a kernel that writes what it reads has to copy it first.
  const sets = [0, 1].map(() => ({ W: new Float64Array(2), b: new Float64Array(1) }));
  const [first, last] = [sets[0]!, sets[batches % 2]!];
  const losses = new Float64Array(batches);
  const step = compileStep(batchSize);
  const lastStep = compileStep(samples % batchSize);
  const calls = Array.from({ length: batches }, (_, k) => {
    const from = k * batchSize;
    const to = Math.min(from + batchSize, samples);
    return {
      inputs: { X: X.subarray(2 * from, 2 * to), y: y.subarray(from, to), ...sets[k % 2]! },
      outputs: { value: losses.subarray(k, k + 1), ...sets[(k + 1) % 2]! },
    };
  });
  return {
    run: () => {
      first.W[0] = 0;
      first.W[1] = 0;
      first.b[0] = 0;
      for (let k = 0; k + 1 < batches; k++) step.into(calls[k]!.inputs, calls[k]!.outputs);
      lastStep.into(calls[batches - 1]!.inputs, calls[batches - 1]!.outputs);
    },
    results: () => ({ losses, parameters: [...last.W, ...last.b] }),
  };
}

/** The batches for peers. */
function givenBatches() {
  const { X, y } = makeData();
  return Array.from({ length: batches }, (_, k) => {
    const from = k * batchSize;
    const to = Math.min(from + batchSize, samples);
    return {
      size: to - from,
      X: tensorOf(X.slice(2 * from, 2 * to), to - from, 2),
      y: tensorOf(y.slice(from, to), to - from, 1),
    };
  });
}

async function byJax(): Promise<Program> {
  const jax = await loadJax();
  const { numpy, tree } = jax;
  const compileFor = (size: number): Untyped => {
    const loss = ({ W, b }: UntypedMap, X: Untyped, y: Untyped): Untyped =>
      numpy
        .square(numpy.matmul(X, W).add(b).sub(y))
        .sum()
        .mul(0.5 / size);
    return jax.jit((old: UntypedMap, X: Untyped, y: Untyped) => {
      const [value, grad] = jax.valueAndGrad(loss)(tree.ref(old), X, y);
      return [value, tree.map((x: Untyped, g: Untyped) => x.sub(g.mul(learningRate)), old, grad)];
    });
  };
  const steps = new Map([batchSize, samples % batchSize].map((size) => [size, compileFor(size)]));
  const given = givenBatches().map(({ size, X, y }) => ({ size, X: toJax(jax, X), y: toJax(jax, y) }));
  const start = { W: numpy.zeros([2, 1]), b: numpy.zeros([1]) };
  let losses: number[] = [];
  let parameters: number[] = [];
  return {
    run: () => {
      let current = tree.ref(start);
      losses = [];
      for (const { size, X, y } of given) {
        const [value, next] = steps.get(size)(current, X.ref, y.ref);
        losses.push(value.dataSync()[0]);
        current = next;
      }
      parameters = [...current.W.dataSync(), ...current.b.dataSync()];
    },
    results: () => ({ losses, parameters }),
  };
}

async function byTensorFlow(backend: Backend): Promise<Program> {
  const tf = await loadTensorFlow(backend);
  const given = givenBatches().map(({ size, X, y }) => ({
    size,
    X: toTensorFlow(tf, X),
    y: toTensorFlow(tf, y),
  }));
  let losses: number[] = [];
  let parameters: number[] = [];
  return {
    run: () => {
      tf.tidy(() => {
        let current = [tf.zeros([2, 1]), tf.zeros([1])];
        losses = [];
        for (const { size, X, y } of given) {
          const { value, grads } = tf.valueAndGrads((W: Untyped, b: Untyped) =>
            tf.mul(0.5 / size, tf.sum(tf.square(tf.sub(tf.add(tf.matMul(X, W), b), y)))),
          )(current);
          losses.push(value.dataSync()[0]);
          current = current.map((x, i) => tf.sub(x, tf.mul(grads[i], learningRate)));
        }
        parameters = [...current[0].dataSync(), ...current[1].dataSync()];
      });
    },
    results: () => ({ losses, parameters }),
  };
}

async function byAdnn(): Promise<Program> {
  const { ad, toTensor } = await loadAdnn();
  const { add, dot, mul, sub, sumreduce } = ad.tensor;
  const given = givenBatches().map(({ size, X, y }) => ({ size, X: toTensor(X), y: toTensor(y) }));
  let losses: number[] = [];
  let parameters: number[] = [];
  return {
    run: () => {
      let W = [0, 0];
      let b = 0;
      losses = [];
      for (const { size, X, y } of given) {
        const lifted = [ad.lift(toTensor(tensorOf(Float64Array.from(W), 2, 1))), ad.lift(b)] as const;
        const residuals = sub(add(dot(X, lifted[0]), lifted[1]), y);
        const loss = ad.scalar.mul(0.5 / size, sumreduce(mul(residuals, residuals)));
        loss.backprop();
        losses.push(ad.value(loss));
        const { data } = ad.derivative(lifted[0]);
        W = W.map((w, i) => w - learningRate * data[i]);
        b -= learningRate * ad.derivative(lifted[1]);
      }
      parameters = [...W, b];
    },
    results: () => ({ losses, parameters }),
  };
}

/** One graph of 64 samples; the last batch has a graph of its own. */
async function bySimplegrad(): Promise<Program> {
  const { Variable, ValueStorage } = await import("simplegrad");
  const build = (size: number) => {
    const storage = new ValueStorage();
    const make = (): Untyped => new Variable(storage);
    const [w1, w2, b] = [make(), make(), make()];
    const rows = Array.from({ length: size }, () => ({ x1: make(), x2: make(), y: make() }));
    let total: Untyped;
    for (const { x1, x2, y } of rows) {
      const residual = w1.mul(x1).add(w2.mul(x2)).add(b).sub(y);
      const square = residual.mul(residual);
      total = total ? total.add(square) : square;
    }
    const loss = total.mul(0.5 / size);
    loss.compile();
    return { storage, loss, rows, parameters: [w1, w2, b] };
  };
  const graphs = new Map([batchSize, samples % batchSize].map((size) => [size, build(size)]));
  const given = givenBatches();
  let losses: number[] = [];
  let current: number[] = [];
  return {
    run: () => {
      current = [0, 0, 0];
      losses = [];
      for (const { size, X, y } of given) {
        const { storage, loss, rows, parameters } = graphs.get(size)!;
        storage.gv.fill(0);
        parameters.forEach((one, i) => {
          one.setValue(current[i]);
        });
        for (let i = 0; i < size; i++) {
          rows[i]!.x1.setValue(X.data[2 * i]);
          rows[i]!.x2.setValue(X.data[2 * i + 1]);
          rows[i]!.y.setValue(y.data[i]);
        }
        storage.forward();
        loss.setGradient(1);
        storage.backward();
        losses.push(loss.getValue());
        current = current.map((x, i) => x - learningRate * parameters[i].getGradient());
      }
    },
    results: () => ({ losses, parameters: current }),
  };
}

/** Four formulas of one sample, summed over a batch. */
async function byMathjs(): Promise<Program> {
  const { derivative, parse } = await import("mathjs");
  const formula = parse("(w1 * x1 + w2 * x2 + b - y)^2 / 2");
  const value = formula.compile();
  const slopes = ["w1", "w2", "b"].map((name) => derivative(formula, name).compile());
  const given = givenBatches();
  const scope = new Map<string, number>();
  let losses: number[] = [];
  let current: number[] = [];
  return {
    run: () => {
      current = [0, 0, 0];
      losses = [];
      for (const { size, X, y } of given) {
        scope.set("w1", current[0]!).set("w2", current[1]!).set("b", current[2]!);
        let loss = 0;
        const gradient = [0, 0, 0];
        for (let i = 0; i < size; i++) {
          scope
            .set("x1", X.data[2 * i]!)
            .set("x2", X.data[2 * i + 1]!)
            .set("y", y.data[i]!);
          loss += value.evaluate(scope) as number;
          for (let k = 0; k < 3; k++) gradient[k]! += slopes[k]!.evaluate(scope) as number;
        }
        losses.push(loss / size);
        current = current.map((x, k) => x - (learningRate * gradient[k]!) / size);
      }
    },
    results: () => ({ losses, parameters: current }),
  };
}

export const linearFit: Workload = {
  name: "linear-fit",
  title: "linear fit, an epoch of 1000 samples",
  hand: byHand,
  adjoint: byAdjoint,
  peers: {
    "jax-js": byJax,
    ...onBothBackends(byTensorFlow),
    adnn: byAdnn,
    simplegrad: bySimplegrad,
    mathjs: byMathjs,
    ...none(["rose"], "no matrix product with a derivative"),
  },
};
