/** What runs cost besides their kernels: training, recording, callbacks, and optimizers that are made anew. */
import {
  adam,
  add,
  compile,
  type Expr,
  gradientDescent,
  halfMeanSquaredError,
  matmul,
  minimize,
  multiply,
  type Optimizer,
  randomSource,
  type Spec,
  slice,
  square,
  subtract,
  sum,
  tensor,
  trace,
  train,
  valueAndGrad,
  vector,
} from "adjoint";
import { type HandWritten, none, type Peer, type Program, type Workload } from "../workload.js";
import { cubicAt, traceCubic } from "./course.js";

const peers: Record<Peer, string> = none(
  ["jax-js", "tfjs-wasm", "tfjs-cpu", "rose", "simplegrad", "adnn", "mathjs"],
  "what Adjoint's runs cost, beside other runs of Adjoint",
);

const samples = 1000;
const batchSize = 64;
const epochs = 30;
const batches = Math.ceil(samples / batchSize);
const steps = epochs * batches;

function makeData() {
  const random = randomSource(0);
  const X = random.normals(samples * 2);
  const y = Float64Array.from({ length: samples }, (_, i) => 0.5 * X[2 * i]! + 0.8 * X[2 * i + 1]!);
  return { X, y };
}

type Inputs = Readonly<Record<"X" | "y" | "W" | "b", Expr>>;

const loss = ({ X, y, W, b }: Inputs): Expr => halfMeanSquaredError(add(matmul(X, W), b), y);

/** The shapes of a step's inputs: the batch, the parameters, and a slot's values for each of these. */
const shapes = { W: [2, 1], b: [1] };
const start = { W: [[0], [0]], b: [0] };

type Arrays = Record<string, number | Float64Array>;

/** The kernel of a step on a batch: loss, gradient and the optimizer's rule, its slots by `slot name`. */
function compileStep(optimizer: Optimizer, size: number) {
  const { slots } = optimizer.init(start);
  const own = Object.entries(slots).flatMap(([slot, values]) =>
    Object.entries<number | Float64Array>(values).map(([name, value]) => ({ slot, name, value })),
  );
  const keyOf = ({ slot, name }: { slot: string; name: string }) => `${slot} ${name}`;
  const shapeOf = ({ name, value }: (typeof own)[number]) =>
    typeof value === "number" ? [] : shapes[name as keyof typeof shapes];
  const data = { X: [size, 2], y: [size, 1] };
  const specs = Object.entries({ ...shapes, ...data }).map(([name, shape]) => [name, tensor(shape)] as const);
  const gradient = valueAndGrad(
    trace(Object.fromEntries(specs), (inputs) => loss(inputs as unknown as Inputs) as Expr<[]>),
    ...Object.keys(shapes),
  );
  const all = [["step", tensor([])], ...specs, ...own.map((one) => [keyOf(one), tensor(shapeOf(one))])];
  const step = trace(Object.fromEntries(all) as Record<string, Spec>, (inputs: Record<string, Expr>) => {
    const { X, y, W, b } = inputs as unknown as Inputs;
    const { value, grad } = gradient({ X, y, W, b } as never) as unknown as { value: Expr; grad: never };
    const given = Object.keys(slots).map((slot) => [
      slot,
      { W: inputs[`${slot} W`]!, b: inputs[`${slot} b`]! },
    ]);
    const next = optimizer.update({ W, b }, grad, Object.fromEntries(given), inputs.step!);
    return {
      value,
      ...next.parameters,
      ...Object.fromEntries(own.map((one) => [keyOf(one), next.slots[one.slot]![one.name as "W"]])),
    };
  });
  const kernel = compile(step) as unknown as { into(inputs: Arrays, outputs: Arrays): void };
  return { kernel, slots: own.map((one) => [keyOf(one), one.value] as const) };
}

/** The kernels of all steps, one after the other, on arrays that are there already. */
function kernelsAlone(makeOptimizer: () => Optimizer): HandWritten {
  const { X, y } = makeData();
  const { kernel, slots } = compileStep(makeOptimizer(), batchSize);
  const last = compileStep(makeOptimizer(), samples % batchSize).kernel;
  const initial = [...slots, ["W", new Float64Array(2)], ["b", new Float64Array(1)]] as const;
  const copy = () => initial.map(([key, value]) => [key, typeof value === "number" ? value : value.slice()]);
  // Two sets of arrays take turns; scalars are numbers where they are read.
  const sets = [0, 1].map(() => {
    const inputs = Object.fromEntries(copy()) as Arrays;
    const arrays = Object.entries(inputs).map(([key, value]) => [
      key,
      typeof value === "number" ? new Float64Array(1) : value,
    ]);
    return { inputs, outputs: Object.fromEntries(arrays) as Record<string, Float64Array> };
  });
  const scalars = initial.flatMap(([key, value]) => (typeof value === "number" ? [key] : []));
  const value = new Float64Array(1);
  const losses = new Float64Array(steps);
  const calls = Array.from({ length: 2 * batches }, (_, k) => {
    const from = (k % batches) * batchSize;
    const to = Math.min(from + batchSize, samples);
    const [read, written] = [sets[Math.floor(k / batches)]!, sets[1 - Math.floor(k / batches)]!];
    return {
      inputs: { ...read.inputs, step: 0, X: X.subarray(2 * from, 2 * to), y: y.subarray(from, to) } as Arrays,
      written: written.outputs,
      outputs: { value, ...written.outputs },
    };
  });
  return {
    run: () => {
      for (const [key, value] of initial) {
        if (typeof value !== "number") sets[0]!.outputs[key]!.set(value);
        else sets[0]!.outputs[key]![0] = value;
      }
      for (let step = 0; step < steps; step++) {
        const k = step % batches;
        const { inputs, outputs } = calls[(step % 2) * batches + k]!;
        inputs.step = step + 1;
        const read = sets[step % 2]!.outputs;
        for (const key of scalars) inputs[key] = read[key]![0]!;
        (k === batches - 1 ? last : kernel).into(inputs, outputs);
        losses[step] = value[0]!;
      }
    },
    results: () => {
      const { W, b } = sets[steps % 2]!.outputs;
      return { losses, parameters: [...W!, ...b!] };
    },
  };
}

function training(makeOptimizer: () => Optimizer): Program {
  const { X, y } = makeData();
  const data = { X: { data: X, shape: [samples, 2] }, y: { data: y, shape: [samples, 1] } };
  let fit: ReturnType<typeof fitOnce>;
  const fitOnce = () => train(loss, start, data, makeOptimizer(), { batchSize, epochs });
  return {
    run: () => {
      fit = fitOnce();
    },
    results: () => ({ losses: fit.iterationLosses, parameters: [...fit.parameters.W, ...fit.parameters.b] }),
  };
}

const trainingBy = (name: string, title: string, makeOptimizer: () => Optimizer): Workload => ({
  name,
  title,
  hand: () => kernelsAlone(makeOptimizer),
  adjoint: () => training(makeOptimizer),
  peers,
});

/** Runs of the same objective and optimizer, compared with each other. */
function running<R>(run: () => R, results: (last: R) => ReturnType<Program["results"]>): Program {
  let last: R;
  return {
    run: () => {
      last = run();
    },
    results: () => results(last),
  };
}

const variables = 1000;
const rosenbrockStart = Float64Array.from({ length: variables }, (_, i) => (i % 2 === 0 ? -1.2 : 1));

function traceRosenbrock() {
  return trace({ x: vector(variables) }, ({ x }) => {
    const head = slice(x, 0, variables - 1);
    const tail = slice(x, 1, variables);
    const valley = multiply(100, square(subtract(tail, square(head))));
    return sum(add(valley, square(subtract(1, head))));
  });
}

function longRun(trajectory: boolean): Program {
  const f = traceRosenbrock();
  const optimizer = adam({ learningRate: 0.01 });
  return running(
    () => minimize(f, { x: rosenbrockStart }, optimizer, { steps: 2000, tolerance: 0, trajectory }),
    ({ value, parameters }) => ({ value: [value], x: parameters.x }),
  );
}

function observed(onStep?: (progress: { readonly value: number }) => unknown): Program {
  const f = traceCubic();
  const optimizer = adam({ learningRate: 0.1 });
  const options = { steps: 10_000, tolerance: 0, trajectory: false, ...(onStep && { onStep }) };
  return running(
    () => minimize(f, { x: cubicAt }, optimizer, options),
    ({ parameters }) => ({ x: parameters.x }),
  );
}

/** A callback that reads the value only. */
function observedByValue(): Program {
  let least = Number.POSITIVE_INFINITY;
  return observed(({ value }) => {
    least = Math.min(least, value);
  });
}

function manyRuns(makeOptimizer: () => Optimizer): Program {
  const f = traceCubic();
  return running(
    () => {
      let value = 0;
      for (let i = 0; i < 300; i++) {
        value = minimize(f, { x: [2, 3 + i / 300] }, makeOptimizer(), { steps: 150 }).value;
      }
      return value;
    },
    (value) => ({ value: [value] }),
  );
}

const makeAdam = (): Optimizer => adam({ learningRate: 0.1 }) as unknown as Optimizer;

export const runs: readonly Workload[] = [
  trainingBy("train-adam", "linear fit, 30 epochs by train and Adam, to its kernels alone", makeAdam),
  trainingBy(
    "train-gd",
    "the same by gradient descent",
    () => gradientDescent({ learningRate: 0.03 }) as unknown as Optimizer,
  ),
  {
    name: "recorded",
    title: "2000 Adam steps on Rosenbrock 1000, recorded, to those that aren't",
    hand: () => longRun(false),
    adjoint: () => longRun(true),
    peers,
  },
  {
    name: "on-step",
    title: "10 000 Adam steps on the cubic with onStep, to those without",
    hand: () => observed(),
    adjoint: observedByValue,
    peers,
  },
  {
    name: "anew",
    title: "300 runs, Adam made anew for each, to Adam made before",
    hand: () => {
      const optimizer = makeAdam();
      return manyRuns(() => optimizer);
    },
    adjoint: () => manyRuns(makeAdam),
    peers,
  },
];
