import { AdjointError } from "../graph/errors.js";
import { type Expr, type NestedArray, tensor, trace, valueAndGrad } from "../graph/index.js";
import { formatShape, type Shape, sizeOf } from "../graph/shape.js";
import { flatten, type Value } from "../graph/values.js";
import type { Optimizer } from "../optimizers/index.js";
import { randomSource } from "./random.js";
import { checkCount, checkFinite, compileStep, Stepper, type Tensor, type Tensors } from "./step.js";

type Exprs = Readonly<Record<string, Expr>>;

/** Samples along the first axis: nested rows, a flat array of one number a sample, or flat rows with their shape. */
export type Samples = NestedArray | { readonly data: Float64Array; readonly shape: Shape };

export interface TrainOptions {
  /** Samples a step; the last batch of an epoch holds what is left. */
  readonly batchSize: number;
  /** Passes over all samples. */
  readonly epochs: number;
  /** A seed: every epoch visits the samples in another order, the same for the same seed. Default: the order of the data. */
  readonly shuffle?: number;
  /** What to report as the loss of a batch; default: the objective. */
  readonly metric?: (inputs: Exprs) => Expr;
  /** Called after each epoch; returning false stops the training. */
  readonly onEpoch?: (progress: EpochProgress) => unknown;
}

export interface EpochProgress {
  /** The epoch that has just ended, from 1. */
  readonly epoch: number;
  /** The mean of the epoch's iteration losses. */
  readonly loss: number;
  readonly parameters: Readonly<Record<string, number | Float64Array>>;
}

export interface Training<N extends string = string> {
  /** The last finite parameters: numbers for scalars, flat arrays for tensors. */
  readonly parameters: { readonly [K in N]: number | Float64Array };
  readonly status: "completed" | "diverged" | "stopped";
  /** Steps taken. A training that diverged did so in the step behind these. */
  readonly iterations: number;
  /** Epochs completed. */
  readonly epochs: number;
  /** The loss of each batch, before its step. */
  readonly iterationLosses: Float64Array;
  /** The mean of an epoch's iteration losses, for each completed epoch. */
  readonly epochLosses: Float64Array;
  /** The parameters after each completed epoch, row by row: epochs × size numbers each. */
  readonly parametersAfterEpoch: { readonly [K in N]: Float64Array };
}

/**
 * Fits parameters to samples by mini-batches. `objective` is an ordinary function of the parameters and a batch; it is
 * traced once for each size of a batch.
 *
 * @example
 * const fit = train(
 *   ({ X, y, W, b }) => mean(square(subtract(add(matmul(X, W), b), y))),
 *   { W: [[0], [0]], b: [0] },
 *   { X, y },
 *   adam({ learningRate: 0.1 }),
 *   { batchSize: 64, epochs: 30 },
 * );
 * fit.parameters.W; fit.epochLosses;
 *
 * @throws where start, data or an option can't be used: the key and the reason are named
 */
export function train<const N extends string>(
  objective: (inputs: Exprs) => Expr,
  start: { readonly [K in N]: Value },
  data: Readonly<Record<string, Samples>>,
  optimizer: Optimizer,
  options: TrainOptions,
): Training<N> {
  const { batchSize, epochs, shuffle, metric, onEpoch } = options;
  const samples = readSamples(data, start);
  const count = Object.values(samples)[0]!.shape[0]!;
  checkCount("train", "epochs", epochs, 0);
  checkCount("train", "batchSize", batchSize, 1);
  if (batchSize > count) {
    throw new AdjointError(
      `train: batchSize ${batchSize} is more than the ${count} samples; take at most ${count}.`,
    );
  }
  const parameters = Object.fromEntries(
    Object.entries<Value>(start).map(([name, value]) => {
      const read = flatten(value, `train: "${name}"`);
      checkFinite("train", name, read.data);
      return [name, read];
    }),
  );
  const batches = Math.ceil(count / batchSize);
  const makeBatch = (size: number) => new Batch(objective, metric, parameters, samples, size, optimizer);
  const full = makeBatch(batchSize);
  const last = count % batchSize === 0 ? full : makeBatch(count % batchSize);

  const order = new Uint32Array(count).map((_, i) => i);
  const random = shuffle === undefined ? undefined : randomSource(shuffle);
  const stepper = new Stepper(optimizer, parameters);
  const iterationLosses: number[] = [];
  const epochLosses: number[] = [];
  const rows = new Map<string, Float64Array[]>(Object.keys(parameters).map((name) => [name, []]));
  let status: Training["status"] = "completed";
  for (let epoch = 1; epoch <= epochs && status === "completed"; epoch++) {
    if (random) order.set(random.permutation(count));
    let total = 0;
    for (let k = 0; k < batches; k++) {
      const batch = k === batches - 1 ? last : full;
      const loss = batch.propose(stepper, order.subarray(k * batchSize, k * batchSize + batch.size));
      if (!Number.isFinite(loss)) {
        status = "diverged";
        if (stepper.steps > 0) stepper.revert();
        iterationLosses.length = stepper.steps;
        break;
      }
      total += loss;
      iterationLosses.push(loss);
      stepper.accept();
    }
    if (status === "diverged") break;
    epochLosses.push(total / batches);
    for (const [name, list] of rows) list.push(stepper.values(name).slice());
    const progress = { epoch, loss: total / batches, parameters: stepper.parameters() };
    if (onEpoch?.(progress) === false) status = "stopped";
  }
  return {
    parameters: stepper.parameters() as Training<N>["parameters"],
    status,
    iterations: stepper.steps,
    epochs: epochLosses.length,
    iterationLosses: Float64Array.from(iterationLosses),
    epochLosses: Float64Array.from(epochLosses),
    parametersAfterEpoch: Object.fromEntries(
      [...rows].map(([name, list]) => [name, Float64Array.from(list.flatMap((row) => [...row]))]),
    ) as Training<N>["parametersAfterEpoch"],
  };
}

/** The step for one size of a batch, with the arrays into which its samples are gathered. */
class Batch {
  readonly size: number;
  readonly #kernel: ReturnType<typeof compileStep>;
  readonly #samples: Tensors;
  readonly #data: Record<string, Float64Array>;

  constructor(
    objective: (inputs: Exprs) => Expr,
    metric: ((inputs: Exprs) => Expr) | undefined,
    parameters: Tensors,
    samples: Tensors,
    size: number,
    optimizer: Optimizer,
  ) {
    this.size = size;
    this.#samples = samples;
    const shapes = Object.fromEntries(
      Object.entries(samples).map(([name, { shape }]) => [name, [size, ...shape.slice(1)]]),
    );
    const own = Object.fromEntries(
      Object.entries(parameters).map(([name, { shape }]) => [name, tensor(shape)]),
    );
    const batch = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, tensor(shape)]));
    const traced = valueAndGrad(
      trace({ ...own, ...batch }, objective) as never,
      ...(Object.keys(parameters) as never[]),
    );
    this.#kernel = compileStep(optimizer, parameters, shapes, (inputs) => {
      const { value, grad } = (traced as unknown as (inputs: Exprs) => { value: Expr; grad: Exprs })(inputs);
      return { gradients: grad, reported: metric ? metric(inputs) : value };
    });
    this.#data = Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [name, new Float64Array(sizeOf(shape))]),
    );
  }

  /** The loss of the samples at `rows`; NaN where it or the gradient isn't finite. */
  propose(stepper: Stepper, rows: Uint32Array): number {
    for (const [name, { data, shape }] of Object.entries(this.#samples)) {
      const width = sizeOf(shape.slice(1));
      const target = this.#data[name]!;
      for (let i = 0; i < rows.length; i++) {
        const from = rows[i]! * width;
        for (let j = 0; j < width; j++) target[i * width + j] = data[from + j]!;
      }
    }
    const { value, norm } = stepper.propose(this.#kernel, this.#data);
    return Number.isFinite(norm) ? value : Number.NaN;
  }
}

function readSamples(data: Readonly<Record<string, Samples>>, start: object): Tensors {
  const entries = Object.entries(data).map(([name, value]) => [name, readOne(name, value)] as const);
  const [first] = entries;
  if (!first) throw new AdjointError("train: there is no data; pass the samples by name, such as { X, y }.");
  for (const [name, { shape, data: values }] of entries) {
    if (Object.hasOwn(start, name)) {
      throw new AdjointError(`train: "${name}" is in both start and data; a name is a parameter or data.`);
    }
    if (shape.length === 0 || shape[0] === 0) throw new AdjointError(`train: "${name}" holds no samples.`);
    if (shape[0] !== first[1].shape[0]) {
      throw new AdjointError(
        `train: "${first[0]}" holds ${first[1].shape[0]} samples and "${name}" ${shape[0]}; they must be as many.`,
      );
    }
    checkFinite("train", name, values);
  }
  return Object.fromEntries(entries);
}

function readOne(name: string, value: Samples): Tensor {
  if (typeof value !== "object" || value === null || !("shape" in value))
    return flatten(value, `train: "${name}"`);
  if (value.data.length === sizeOf(value.shape)) return value;
  throw new AdjointError(
    `train: "${name}" has ${value.data.length} numbers, but its shape ${formatShape(value.shape)} has ${sizeOf(value.shape)}.`,
  );
}
