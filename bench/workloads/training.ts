/** What `train` costs besides its kernels: a small linear fit, and a network on as many images as MNIST has. */
import {
  adam,
  add,
  compile,
  type Dtype,
  type Expr,
  gradientDescent,
  halfMeanSquaredError,
  matmul,
  maximum,
  type Optimizer,
  randomSource,
  type Spec,
  softmaxCrossEntropy,
  tensor,
  trace,
  train,
  valueAndGrad,
} from "adjoint";
import { type HandWritten, none, type Peer, type Program, type Workload } from "../workload.js";
import type { Floats } from "./products.js";

const peers: Record<Peer, string> = none(
  ["jax-js", "tfjs-wasm", "tfjs-cpu", "rose", "simplegrad", "adnn", "mathjs"],
  "what Adjoint's runs cost, beside its kernels",
);

type Shapes = Readonly<Record<string, readonly number[]>>;
type Inputs = Readonly<Record<string, Expr>>;
type Arrays = Readonly<Record<string, Floats>>;

/** What is fitted to what. */
interface Problem {
  readonly dtype: Dtype;
  readonly samples: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly parameters: Shapes;
  /** The shapes of a sample. */
  readonly sample: Shapes;
  readonly start: () => Arrays;
  readonly data: () => Arrays;
  readonly loss: (inputs: Inputs) => Expr;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const makeFloats = (dtype: Dtype, length: number): Floats =>
  dtype === "f32" ? new Float32Array(length) : new Float64Array(length);

/** Of what a step reads and writes besides the batch: a name, a shape, and the numbers to begin with. */
interface Own {
  readonly key: string;
  readonly shape: readonly number[];
  readonly initial: Floats;
}

function ownOf({ dtype, parameters, start }: Problem, { slots }: Optimizer): Own[] {
  const given = start();
  const names = Object.keys(parameters);
  return [
    ...names.map((name) => ({ key: name, shape: parameters[name]!, initial: given[name]! })),
    ...Object.entries(slots).flatMap(([slot, { initial, scalar }]) =>
      names.map((name): Own => {
        const shape = scalar ? [] : parameters[name]!;
        return {
          key: `${slot} ${name}`,
          shape,
          initial: makeFloats(dtype, sizeOf(shape)).fill(initial as number),
        };
      }),
    ),
  ];
}

interface Kernel {
  into(inputs: object, outputs: object): void;
}

/** The kernel of a step on a batch of so many samples: loss, gradient and the optimizer's rule. */
function compileStep(problem: Problem, optimizer: Optimizer, own: readonly Own[], size: number): Kernel {
  const { dtype, parameters, sample, loss } = problem;
  const specsOf = (shapes: Shapes, lead: readonly number[] = []) =>
    Object.entries(shapes).map(([name, shape]): [string, Spec] => [name, tensor([...lead, ...shape])]);
  const batch = specsOf(sample, [size]);
  const objective = trace(Object.fromEntries([...specsOf(parameters), ...batch]), (inputs) =>
    loss(inputs as Inputs),
  );
  const gradient = valueAndGrad(objective as never, ...(Object.keys(parameters) as never[]));
  const all = [["step", tensor([])], ...own.map(({ key, shape }) => [key, tensor(shape)]), ...batch];
  const step = trace(Object.fromEntries(all) as Record<string, Spec>, (inputs: Inputs) => {
    const pick = (names: readonly string[], prefix = "") =>
      Object.fromEntries(names.map((name) => [name, inputs[prefix + name]!]));
    const names = Object.keys(parameters);
    const point = pick(names);
    const { value, grad } = gradient({ ...point, ...pick(Object.keys(sample)) } as never) as never as {
      readonly value: Expr;
      readonly grad: never;
    };
    const slots = Object.fromEntries(
      Object.keys(optimizer.slots).map((slot) => [slot, pick(names, `${slot} `)]),
    );
    const next = optimizer.update(point, grad, slots, inputs.step!);
    const nextSlots = Object.entries(next.slots).flatMap(([slot, map]) =>
      Object.entries<Expr>(map as never).map(([name, expr]) => [`${slot} ${name}`, expr]),
    );
    return { value, ...next.parameters, ...Object.fromEntries(nextSlots) };
  });
  return compile(step, { dtype }) as unknown as Kernel;
}

/** The kernels of all steps, one after the other, on arrays that are there already. */
function kernelsAlone(problem: Problem, makeOptimizer: () => Optimizer): HandWritten {
  const { dtype, samples, batchSize, epochs, parameters, sample } = problem;
  const batches = Math.ceil(samples / batchSize);
  const steps = epochs * batches;
  const data = problem.data();
  const optimizer = makeOptimizer();
  const own = ownOf(problem, optimizer);
  const kernel = compileStep(problem, optimizer, own, batchSize);
  const last = samples % batchSize === 0 ? kernel : compileStep(problem, optimizer, own, samples % batchSize);
  // Two sets of arrays take turns; scalars are numbers where they are read.
  const sets = [0, 1].map(() =>
    Object.fromEntries(own.map(({ key, initial }) => [key, makeFloats(dtype, initial.length)])),
  );
  const scalars = own.flatMap(({ key, shape }) => (shape.length === 0 ? [key] : []));
  const value = makeFloats(dtype, 1);
  const losses = new Float64Array(steps);
  const calls = Array.from({ length: 2 * batches }, (_, k) => {
    const from = (k % batches) * batchSize;
    const to = Math.min(from + batchSize, samples);
    const turn = Math.floor(k / batches);
    const batch = Object.entries(sample).map(([name, shape]) => {
      const width = sizeOf(shape);
      return [name, data[name]!.subarray(from * width, to * width)];
    });
    const inputs: Record<string, unknown> = { step: 0, ...sets[turn], ...Object.fromEntries(batch) };
    return { inputs, outputs: { value, ...sets[1 - turn] } };
  });
  return {
    run: () => {
      for (const { key, initial } of own) sets[0]![key]!.set(initial);
      for (let step = 0; step < steps; step++) {
        const k = step % batches;
        const { inputs, outputs } = calls[(step % 2) * batches + k]!;
        inputs.step = step + 1;
        const read = sets[step % 2]!;
        for (const key of scalars) inputs[key] = read[key]![0]!;
        (k === batches - 1 ? last : kernel).into(inputs, outputs);
        losses[step] = value[0]!;
      }
    },
    results: () => {
      const reached = sets[steps % 2]!;
      return { losses, parameters: Object.keys(parameters).flatMap((name) => [...reached[name]!]) };
    },
  };
}

function training(problem: Problem, makeOptimizer: () => Optimizer): Program {
  const { dtype, samples, batchSize, epochs, parameters, sample, loss } = problem;
  const given = problem.data();
  const data = Object.fromEntries(
    Object.entries(sample).map(([name, shape]) => [name, { data: given[name]!, shape: [samples, ...shape] }]),
  );
  const first = problem.start();
  const start = Object.fromEntries(
    Object.entries(parameters).map(([name, shape]) => [name, { data: first[name]!, shape }]),
  );
  const fitOnce = () =>
    train(loss as never, start, data as never, makeOptimizer(), { batchSize, epochs, dtype });
  let fit: ReturnType<typeof fitOnce>;
  return {
    run: () => {
      fit = fitOnce();
    },
    results: () => {
      const reached = fit.parameters as unknown as Arrays;
      return {
        losses: fit.iterationLosses,
        parameters: Object.keys(parameters).flatMap((name) => [...reached[name]!]),
      };
    },
  };
}

const linearFit: Problem = {
  dtype: "f64",
  samples: 1000,
  batchSize: 64,
  epochs: 30,
  parameters: { W: [2, 1], b: [1] },
  sample: { X: [2], y: [1] },
  start: () => ({ W: new Float64Array(2), b: new Float64Array(1) }),
  data: () => {
    const X = randomSource(0).normals(1000 * 2);
    return { X, y: Float64Array.from({ length: 1000 }, (_, i) => 0.5 * X[2 * i]! + 0.8 * X[2 * i + 1]!) };
  },
  loss: ({ X, y, W, b }) => halfMeanSquaredError(add(matmul(X!, W!), b!), y!) as Expr,
};

const images = 60_000;
let drawn: Arrays | undefined;

/** Noise in place of images: what they show costs nothing. They take 190 MB, of which one process has one. */
function drawImages(): Arrays {
  if (drawn) return drawn;
  const random = randomSource(5);
  const X = new Float32Array(images * 784);
  for (let i = 0; i < X.length; i++) X[i] = random.uniform(0, 1);
  const y = new Float32Array(images * 10);
  for (let i = 0; i < images; i++) y[10 * i + random.integer(0, 10)] = 1;
  drawn = { X, y };
  return drawn;
}

const network: Problem = {
  dtype: "f32",
  samples: images,
  batchSize: 128,
  epochs: 1,
  parameters: { W1: [784, 128], b1: [128], W2: [128, 10], b2: [10] },
  sample: { X: [784], y: [10] },
  start: () => {
    const random = randomSource(2);
    const normals = (count: number, deviation: number) =>
      Float32Array.from(random.normals(count, 0, deviation));
    return {
      W1: normals(784 * 128, 0.05),
      b1: normals(128, 0.05),
      W2: normals(128 * 10, 0.1),
      b2: normals(10, 0.1),
    };
  },
  data: drawImages,
  loss: ({ X, y, W1, b1, W2, b2 }) => {
    const H = maximum(add(matmul(X!, W1!), b1!), 0);
    return softmaxCrossEntropy(add(matmul(H, W2!), b2!), y!) as Expr;
  },
};

const row = (name: string, title: string, problem: Problem, makeOptimizer: () => unknown): Workload => ({
  name,
  title,
  dtype: problem.dtype,
  hand: () => kernelsAlone(problem, makeOptimizer as () => Optimizer),
  adjoint: () => training(problem, makeOptimizer as () => Optimizer),
  peers,
});

export const trainings: readonly Workload[] = [
  row("train-adam", "linear fit, 30 epochs by train and Adam, to its kernels alone", linearFit, () =>
    adam({ learningRate: 0.1 }),
  ),
  row("train-gd", "the same by gradient descent", linearFit, () => gradientDescent({ learningRate: 0.03 })),
  row(
    "train-mlp",
    "MLP on 60 000 × 784, f32, an epoch by train and gradient descent, to its kernels alone",
    network,
    () => gradientDescent({ learningRate: 0.1 }),
  ),
  row("train-mlp-adam", "the same by Adam", network, () => adam({ learningRate: 0.001 })),
];
