import {
  AdjointError,
  type Expr,
  type NestedArray,
  type Shape,
  tensor,
  trace,
  valueAndGrad,
} from "../../graph/index.js";
import { checkOptions, flatten, readValue, sizeOf } from "../../graph/internal.js";
import type { Optimizer, Stepped, Values } from "../../optimizers/index.js";
import { randomSource } from "../data/index.js";
import { checkApart, checkCount, checkFinite, checkOptimizer, checkScalar, checkStart } from "./checks.js";
import { Recorder } from "./recorder.js";
import {
  type Exprs,
  type Proposal,
  type Step,
  Stepper,
  type Tensor,
  type Tensors,
  traceStep,
} from "./step.js";

/** Samples along the first axis: nested rows, a flat array of one number a sample, or flat rows with their shape. */
export type Samples = NestedArray | { readonly data: Float64Array; readonly shape: Shape };

/** Samples by name. */
type Data = Readonly<Record<string, Samples>>;

/** What an objective is a function of: parameters and a batch, as expressions by name. */
export type BatchInputs<P, D> = { readonly [K in keyof P | keyof D]: Expr };

export interface TrainOptions<P extends Values = Values, D = Data> {
  /** Samples a step; the last batch of an epoch holds what is left. */
  readonly batchSize: number;
  /** Passes over all samples. */
  readonly epochs: number;
  /** A seed: every epoch visits the samples in another order, the same for the same seed. Default: the order of the data. */
  readonly shuffle?: number;
  /** What to report as the loss of a batch, a scalar; default: the objective. */
  readonly metric?: (inputs: BatchInputs<P, D>) => Expr;
  /** Called after each epoch; returning false stops the training. */
  readonly onEpoch?: (progress: EpochProgress<P>) => unknown;
}

export interface EpochProgress<P extends Values = Values> {
  /** The epoch that has just ended, from 1. */
  readonly epoch: number;
  /** The mean of the epoch's iteration losses. */
  readonly loss: number;
  /** The parameters as copies. */
  readonly parameters: Stepped<P>;
}

export interface Training<P extends Values = Values> {
  /** The last parameters, which are finite: numbers for scalars, flat arrays for tensors. */
  readonly parameters: Stepped<P>;
  /** Diverged: a loss, a gradient or the parameters that a step led to weren't finite, so it wasn't taken. */
  readonly status: "completed" | "diverged" | "stopped";
  /** Steps taken. */
  readonly iterations: number;
  /** Epochs completed. */
  readonly epochs: number;
  /** The loss of each batch, before its step. */
  readonly iterationLosses: Float64Array;
  /** The mean of an epoch's iteration losses, for each completed epoch. */
  readonly epochLosses: Float64Array;
  /** The parameters after each completed epoch, row by row: epochs × size numbers each. */
  readonly parametersAfterEpoch: { readonly [K in keyof P]: Float64Array };
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
export function train<const P extends Values, const D extends Data>(
  objective: (inputs: BatchInputs<P, D>) => Expr,
  start: P,
  data: D,
  optimizer: Optimizer,
  options: TrainOptions<P, D>,
): Training<P> {
  checkOptimizer("train", optimizer);
  checkOptions("train", options, ["batchSize", "epochs", "shuffle", "metric", "onEpoch"]);
  const { batchSize, epochs, shuffle, onEpoch } = options;
  checkStart("train", start);
  checkApart("train", start, data);
  const samples = readSamples(data);
  const count = Object.values(samples)[0]!.shape[0]!;
  checkCount("train", "epochs", epochs, 0);
  checkCount("train", "batchSize", batchSize, 1);
  if (batchSize > count) {
    throw new AdjointError(
      `train: batchSize ${batchSize} is more than the ${count} samples; take at most ${count}.`,
    );
  }
  const functions = { objective, metric: options.metric } as Functions;
  const parameters = readStart(start);
  const makeBatch = (size: number) => new Batch(functions, parameters, samples, size, optimizer);
  const full = makeBatch(batchSize);
  const last = count % batchSize === 0 ? full : makeBatch(count % batchSize);
  const batches = Math.ceil(count / batchSize);

  const order = new Uint32Array(count).map((_, i) => i);
  const random = shuffle === undefined ? undefined : randomSource(shuffle);
  const stepper = new Stepper(optimizer, parameters);
  const recorder = new Recorder(parameters);
  const losses: number[] = [];
  let status: Training["status"] = "completed";
  for (let epoch = 1; epoch <= epochs && status === "completed"; epoch++) {
    if (random) order.set(random.permutation(count));
    let total = 0;
    for (let k = 0; k < batches && status === "completed"; k++) {
      const batch = k === batches - 1 ? last : full;
      const at = batch.propose(stepper, order.subarray(k * batchSize, k * batchSize + batch.size));
      if (Number.isFinite(at.value) && Number.isFinite(at.norm) && at.leadsOn) {
        total += at.value;
        losses.push(at.value);
        stepper.accept();
      } else status = "diverged";
    }
    if (status === "diverged") break;
    const loss = total / batches;
    recorder.record(stepper, loss);
    const progress = () => ({ epoch, loss, parameters: stepper.parameters() as Stepped<P> });
    if (onEpoch?.(progress()) === false) status = "stopped";
  }
  const { count: completed, rows, values } = recorder.finish();
  return {
    parameters: stepper.parameters() as Stepped<P>,
    status,
    iterations: stepper.steps,
    epochs: completed,
    iterationLosses: Float64Array.from(losses),
    epochLosses: values,
    parametersAfterEpoch: rows as Training<P>["parametersAfterEpoch"],
  };
}

/** The user's functions, free of the types of names. */
interface Functions {
  /** That it gives a scalar is checked when it is differentiated. */
  readonly objective: (inputs: Exprs) => Expr<[]>;
  readonly metric: ((inputs: Exprs) => Expr) | undefined;
}

/** The step for one size of a batch, with the arrays into which its samples are gathered. */
class Batch {
  readonly size: number;
  readonly #step: Step;
  readonly #samples: Tensors;
  readonly #gathered: Tensors;

  constructor(
    { objective, metric }: Functions,
    parameters: Tensors,
    samples: Tensors,
    size: number,
    optimizer: Optimizer,
  ) {
    this.size = size;
    this.#samples = samples;
    this.#gathered = Object.fromEntries(
      Object.entries(samples).map(([name, { shape }]) => {
        const own = [size, ...shape.slice(1)];
        return [name, { data: new Float64Array(sizeOf(own)), shape: own }];
      }),
    );
    const specs = Object.entries({ ...parameters, ...this.#gathered }).map(
      ([name, { shape }]) => [name, tensor(shape)] as const,
    );
    const traced = trace(Object.fromEntries(specs), objective);
    const differentiated = valueAndGrad(traced, ...Object.keys(parameters));
    this.#step = traceStep(optimizer, parameters, this.#gathered, (inputs) => {
      const { value, grad } = differentiated(inputs);
      const reported = metric ? metric(inputs) : value;
      checkScalar("train", "the metric", reported);
      return { gradients: grad, reported };
    });
  }

  /** The next step, by the samples at `rows`. */
  propose(stepper: Stepper, rows: Uint32Array): Proposal {
    for (const [name, { data, shape }] of Object.entries(this.#samples)) {
      const width = sizeOf(shape.slice(1));
      const target = this.#gathered[name]!.data;
      for (let i = 0; i < rows.length; i++) {
        const from = rows[i]! * width;
        for (let j = 0; j < width; j++) target[i * width + j] = data[from + j]!;
      }
    }
    return stepper.propose(this.#step, this.#gathered);
  }
}

function readStart(start: Values): Tensors {
  return Object.fromEntries(
    Object.entries(start).map(([name, value]) => {
      const read = flatten(value, `train: "${name}"`);
      checkFinite("train", name, read.data);
      return [name, read];
    }),
  );
}

function readSamples(data: Data): Tensors {
  const entries = Object.entries(data).map(([name, value]) => [name, readOne(name, value)] as const);
  const [first] = entries;
  if (!first) throw new AdjointError("train: there is no data; pass the samples by name, such as { X, y }.");
  const [firstName, { shape: firstShape }] = first;
  for (const [name, { shape, data: values }] of entries) {
    if (shape.length === 0 || shape[0] === 0) throw new AdjointError(`train: "${name}" holds no samples.`);
    if (shape[0] !== firstShape[0]) {
      throw new AdjointError(
        `train: "${firstName}" holds ${firstShape[0]} samples and "${name}" ${shape[0]}; they must be as many.`,
      );
    }
    checkFinite("train", name, values);
  }
  return Object.fromEntries(entries);
}

function readOne(name: string, value: Samples): Tensor {
  const what = `train: "${name}"`;
  if (typeof value !== "object" || value === null || !("shape" in value)) return flatten(value, what);
  const { shape } = tensor(value.shape);
  return { data: readValue(value.data, shape, what), shape };
}
