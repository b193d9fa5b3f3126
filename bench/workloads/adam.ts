/** Adam on the cubic: one step with value and gradient as one kernel, and many steps in one call of `minimize`. */
import { adam, compile, minimize, scalar, trace, valueAndGrad, vector } from "adjoint";
import { loadJax } from "../peers/jax.js";
import { type Backend, loadTensorFlow, onBothBackends } from "../peers/tensorflow.js";
import { mapEntries, type Untyped, type UntypedMap } from "../peers/tensors.js";
import { type HandWritten, none, type Program, type Results, type Workload } from "../workload.js";
import { cubicAt, cubicByHand, traceCubic } from "./course.js";

const learningRate = 0.1;
const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

/** The state of a step in the middle of a run: the powers are those of the ninth step. */
const state = () => ({
  x: Float64Array.from(cubicAt),
  mean: Float64Array.of(0.5, -0.25),
  meanSquare: Float64Array.of(0.125, 2),
  beta1Power: beta1 ** 9,
  beta2Power: beta2 ** 9,
});

interface State {
  readonly x: Float64Array;
  readonly mean: Float64Array;
  readonly meanSquare: Float64Array;
  /** β₁ᵗ and β₂ᵗ, kept as products: a power costs more than all the rest. */
  readonly powers: Float64Array;
}

const makeState = (): State => ({
  x: new Float64Array(2),
  mean: new Float64Array(2),
  meanSquare: new Float64Array(2),
  powers: new Float64Array(2),
});

function adamByHand(from: State, to: State, gradient: Float64Array): number {
  const value = cubicByHand(from.x, gradient);
  const power1 = from.powers[0]! * beta1;
  const power2 = from.powers[1]! * beta2;
  to.powers[0] = power1;
  to.powers[1] = power2;
  for (let i = 0; i < 2; i++) {
    const g = gradient[i]!;
    const mean = beta1 * from.mean[i]! + (1 - beta1) * g;
    const meanSquare = beta2 * from.meanSquare[i]! + (1 - beta2) * g * g;
    to.mean[i] = mean;
    to.meanSquare[i] = meanSquare;
    const corrected = mean / (1 - power1);
    const rate = learningRate / (Math.sqrt(meanSquare / (1 - power2)) + epsilon);
    to.x[i] = from.x[i]! - rate * corrected;
  }
  return value;
}

function stepByHand(): HandWritten {
  const { x, mean, meanSquare, beta1Power, beta2Power } = state();
  const from = { x, mean, meanSquare, powers: Float64Array.of(beta1Power, beta2Power) };
  const to = makeState();
  const gradient = new Float64Array(2);
  const value = new Float64Array(1);
  return {
    run: () => {
      value[0] = adamByHand(from, to, gradient);
    },
    results: () => ({ value, ...to }),
  };
}

function stepByAdjoint(): Program {
  const differentiated = valueAndGrad(traceCubic());
  const optimizer = adam({ learningRate, beta1, beta2, epsilon });
  const inputs = state();
  const step = trace(
    { x: vector(2), mean: vector(2), meanSquare: vector(2), beta1Power: scalar(), beta2Power: scalar() },
    ({ x, ...slots }) => {
      const { value, grad } = differentiated({ x });
      const named = Object.fromEntries(Object.entries(slots).map(([slot, expr]) => [slot, { x: expr }]));
      const next = optimizer.update({ x }, grad, named as never, 1);
      const { mean, meanSquare, beta1Power, beta2Power } = next.slots;
      return {
        value,
        x: next.parameters.x,
        mean: mean.x,
        meanSquare: meanSquare.x,
        beta1Power: beta1Power.x,
        beta2Power: beta2Power.x,
      };
    },
  );
  const kernel = compile(step);
  const outputs = {
    value: new Float64Array(1),
    x: new Float64Array(2),
    mean: new Float64Array(2),
    meanSquare: new Float64Array(2),
    beta1Power: new Float64Array(1),
    beta2Power: new Float64Array(1),
  };
  return {
    run: () => {
      kernel.into(inputs, outputs);
    },
    results: () => {
      const { beta1Power, beta2Power, ...rest } = outputs;
      return { ...rest, powers: [beta1Power[0]!, beta2Power[0]!] };
    },
  };
}

/** The same step for peers, whose own optimizers, where there are some, keep their state to themselves. */
const givenState = () => {
  const { x, mean, meanSquare, beta1Power, beta2Power } = state();
  return { x, mean, meanSquare, powers: Float64Array.of(beta1Power, beta2Power) };
};

async function stepByJax(): Promise<Program> {
  const jax = await loadJax();
  const { numpy, tree } = jax;
  const cubic = (x: Untyped): Untyped => {
    const x1 = x.ref.slice(0);
    const x2 = x.slice(1);
    const cube = x2.ref.mul(x2.ref).mul(x2.ref);
    return x1.ref.mul(x1.ref).add(x2.ref.mul(x2.ref)).add(cube).add(x1.mul(x2));
  };
  const step = jax.jit(({ x, mean, meanSquare, powers }: UntypedMap) => {
    const [value, g] = jax.valueAndGrad(cubic)(x.ref);
    const nextMean = mean.mul(beta1).add(g.ref.mul(1 - beta1));
    const nextSquare = meanSquare.mul(beta2).add(numpy.square(g).mul(1 - beta2));
    const nextPowers = powers.mul(numpy.array([beta1, beta2]));
    const rest = numpy.array(1).sub(nextPowers.ref);
    const divisor = numpy.sqrt(nextSquare.ref.div(rest.ref.slice(1))).add(epsilon);
    const moved = x.sub(nextMean.ref.div(rest.slice(0)).mul(learningRate).div(divisor));
    return { value, x: moved, mean: nextMean, meanSquare: nextSquare, powers: nextPowers };
  });
  const given = mapEntries(givenState(), (data) => numpy.array(Float32Array.from(data)));
  let results: Results = {};
  return {
    run: () => {
      results = mapEntries(step(tree.ref(given)) as UntypedMap, (one) => one.dataSync());
    },
    results: () => results,
  };
}

async function stepByTensorFlow(backend: Backend): Promise<Program> {
  const tf = await loadTensorFlow(backend);
  const { x, mean, meanSquare, powers } = mapEntries<Float64Array, Untyped>(givenState(), (data) =>
    tf.tensor1d(Float32Array.from(data)),
  );
  const betas = tf.tensor1d([beta1, beta2]);
  const differentiated = tf.valueAndGrad((x: Untyped) => {
    const [x1, x2] = tf.unstack(x);
    const cube = tf.mul(x2, tf.square(x2));
    return tf.add(tf.add(tf.square(x1), tf.square(x2)), tf.add(cube, tf.mul(x1, x2)));
  });
  let results: Results = {};
  return {
    run: () => {
      tf.tidy(() => {
        const { value, grad } = differentiated(x);
        const nextMean = tf.add(tf.mul(mean, beta1), tf.mul(grad, 1 - beta1));
        const nextSquare = tf.add(tf.mul(meanSquare, beta2), tf.mul(tf.square(grad), 1 - beta2));
        const nextPowers = tf.mul(powers, betas);
        const [rest1, rest2] = tf.unstack(tf.sub(1, nextPowers));
        const divisor = tf.add(tf.sqrt(tf.div(nextSquare, rest2)), epsilon);
        const moved = tf.sub(x, tf.div(tf.mul(tf.div(nextMean, rest1), learningRate), divisor));
        const all = { value, x: moved, mean: nextMean, meanSquare: nextSquare, powers: nextPowers };
        results = mapEntries<Untyped, ArrayLike<number>>(all, (one) => one.dataSync());
      });
    },
    results: () => results,
  };
}

const steps = 100_000;

/** What is compared: Adam circles the minimum in the end, and rounding grows from step to step. */
const beginning = (trajectory: Float64Array, values: Float64Array) => ({
  length: [values.length],
  trajectory: trajectory.subarray(0, 2000),
  values: values.subarray(0, 1000),
});

/** All steps in one loop, the points and values before each recorded as `minimize` does. */
function manyByHand(): HandWritten {
  let trajectory = new Float64Array(0);
  let values = new Float64Array(0);
  const gradient = new Float64Array(2);
  const many = (): void => {
    trajectory = new Float64Array(2 * steps);
    values = new Float64Array(steps);
    let from = makeState();
    let to = makeState();
    from.x.set(cubicAt);
    from.powers.fill(1);
    for (let step = 0; step < steps; step++) {
      trajectory[2 * step] = from.x[0]!;
      trajectory[2 * step + 1] = from.x[1]!;
      const value = adamByHand(from, to, gradient);
      values[step] = value;
      if (!Number.isFinite(value) || !Number.isFinite(to.x[0]!) || !Number.isFinite(to.x[1]!)) break;
      [from, to] = [to, from];
    }
  };
  return { run: many, results: () => beginning(trajectory, values) };
}

function manyByAdjoint(): Program {
  let run: ReturnType<typeof minimizeCubic>;
  const cubic = traceCubic();
  const minimizeCubic = () =>
    minimize(cubic, { x: cubicAt }, adam({ learningRate, beta1, beta2, epsilon }), { steps, tolerance: 0 });
  return {
    run: () => {
      run = minimizeCubic();
    },
    results: () => beginning(run.trajectory.parameters.x, run.trajectory.values),
  };
}

export const adamStep: Workload = {
  name: "adam-step",
  title: "Adam step on the cubic",
  hand: stepByHand,
  adjoint: stepByAdjoint,
  peers: {
    "jax-js": stepByJax,
    ...onBothBackends(stepByTensorFlow),
    ...none(["rose", "simplegrad", "adnn", "mathjs"], "no optimizer that can be called for one step"),
  },
};

export const manySteps: Workload = {
  name: "minimize",
  title: "100 000 Adam steps in one call, recorded",
  steps,
  hand: manyByHand,
  adjoint: manyByAdjoint,
  peers: none(
    ["jax-js", "tfjs-wasm", "tfjs-cpu", "rose", "simplegrad", "adnn", "mathjs"],
    "no optimizer that takes many steps in one call",
  ),
};
