import {
  AdjointError,
  type Expr,
  type NestedArray,
  type Shape,
  type ShapedValues,
  type Spec,
  type Specs,
  type Tree,
  tensor,
  trace,
} from "../../graph/index.js";
import {
  checkOptions,
  describe,
  flatten,
  flattenTree,
  isLength,
  isNumeric,
  isRecord,
  type Listed,
  leavesOf,
  mapTree,
  pathText,
  readCount,
  readFunction,
  readTree,
  readValues,
} from "../../graph/internal.js";
import type {
  Like,
  Optimizer,
  ParameterExprs,
  ParameterValues,
  Stepped,
  Values,
} from "../../optimizers/index.js";
import { Batches } from "./batches.js";
import {
  checkFinite,
  type Given,
  placeIn,
  readData,
  readOptimizer,
  readScalar,
  readStart,
} from "./checks.js";
import { type Program, programOf } from "./kernels.js";
import { run, type Status } from "./loop.js";
import { optimizerMethod } from "./method.js";
import { AfterEpoch } from "./progress.js";
import { defaultMemoryLimit, makeRecorder } from "./recorder.js";
import { isTensor, type State, type Tensor, type Tensors } from "./state.js";
import { type Objective, traceStep } from "./step.js";

/** Samples along the first axis: nested rows, a flat array of one number a sample, or flat rows with their shape. */
export type Samples = NestedArray | ShapedValues;

/** Samples by name, and trees of them. A list is samples where it doesn't hold records. */
type Data = { readonly [name: string]: Tree<Samples> };

/** What an objective is a function of: parameters and a batch, as expressions in the trees of both. */
export type BatchInputs<P, D> = {
  readonly [K in keyof P | keyof D]: K extends keyof P
    ? Like<P[K], Expr>
    : K extends keyof D
      ? BatchOf<D[K]>
      : never;
};

type BatchOf<D> = D extends Samples
  ? Expr
  : D extends Listed
    ? { readonly [K in keyof D]: BatchOf<D[K]> }
    : D extends readonly (infer E)[]
      ? readonly BatchOf<E>[]
      : { readonly [K in keyof D]: BatchOf<D[K]> };

export interface TrainOptions<P extends ParameterValues = Values, D = Data> {
  /** Samples a step; the last batch of an epoch holds what is left. */
  readonly batchSize: number;
  /** Passes over all samples. */
  readonly epochs: number;
  /** A seed: every epoch visits the samples in another order, the same for the same seed. Default: the order of the data. */
  readonly shuffle?: number;
  /** What to report as the loss of a batch, a scalar; default: the objective. */
  readonly metric?: (inputs: BatchInputs<P, D>) => Expr;
  /** The most bytes that `parametersAfterEpoch` takes (two epochs at least); default 2²⁸. See `Training.stride`. */
  readonly memoryLimit?: number;
  /** Called after each epoch; returning false stops the training. */
  readonly onEpoch?: (progress: EpochProgress<P>) => unknown;
}

export interface EpochProgress<P extends ParameterValues = Values> {
  /** The epoch that has just ended, from 1. */
  readonly epoch: number;
  /** The mean of the epoch's iteration losses. */
  readonly loss: number;
  /** The parameters as copies, made when they are asked for, which must be during the callback. */
  readonly parameters: Stepped<P>;
}

export interface Training<P extends ParameterValues = Values> {
  /** The last parameters, which are finite: numbers for scalars, flat arrays for tensors. */
  readonly parameters: Stepped<P>;
  /**
   * Their shapes, which flat arrays don't tell: `nest(fit.parameters, fit.shapes)` makes nested arrays, which another
   * training may start from when they have been through JSON or to another thread. In one program `fit.parameters` may.
   */
  readonly shapes: Like<P, Shape>;
  /** Diverged: a loss, a gradient or the parameters that a step led to weren't finite, so it wasn't taken. */
  readonly status: Extract<Status, "completed" | "diverged" | "stopped">;
  /** Steps taken. */
  readonly iterations: number;
  /** Epochs completed. */
  readonly epochs: number;
  /** The loss of each batch, before its step. */
  readonly iterationLosses: Float64Array;
  /** The mean of an epoch's iteration losses, for each completed epoch. */
  readonly epochLosses: Float64Array;
  /**
   * The parameters after each completed epoch, row by row: epochs × size numbers each. Where that didn't fit into
   * `memoryLimit`, row i is of epoch i·stride + 1.
   */
  readonly parametersAfterEpoch: Like<P, Float64Array>;
  /** 1 unless epochs were left out of `parametersAfterEpoch`; then a power of two. */
  readonly stride: number;
}

/**
 * Fits parameters to samples by mini-batches. `objective` is an ordinary function of the parameters and a batch. It is
 * traced once for each size of a batch and not again by later calls with the same function, metric, optimizer and
 * shapes, so it must depend on its inputs only (JAX's `jit` wants the same): make a new function for another constant,
 * or pass what changes as data.
 *
 * @example
 * const X = [[1, 2], [3, 4], [5, 7], [0, 1]];
 * const y = [[1], [2], [3], [0]];
 * const fit = train(
 *   ({ X, y, W, b }) => mean(square(subtract(add(matmul(X, W), b), y))),
 *   { W: [[0], [0]], b: [0] },
 *   { X, y },
 *   adam({ learningRate: 0.1 }),
 *   { batchSize: 2, epochs: 30 },
 * );
 * fit.parameters.W; fit.epochLosses;
 *
 * @throws where start, data or an option can't be used: the key and the reason are named
 */
export function train<const P extends ParameterValues, const D extends Data>(
  objective: (inputs: BatchInputs<P, D>) => Expr,
  start: P,
  data: D,
  optimizer: Optimizer,
  options: TrainOptions<P, D>,
): Training<P> {
  readFunction(objective, "train: the objective");
  readOptimizer("train", optimizer);
  const given = checkOptions("train", options, known);
  const { shuffle, metric, onEpoch, memoryLimit = defaultMemoryLimit } = given;
  const own = readStart("train", start);
  const samples = readSamples(readData("train", data, own));
  const columns = leavesOf(samples, isTensor);
  const count = columns[0]!.shape[0]!;
  const epochs = readCount(given.epochs, "train: epochs");
  const batchSize = readCount(given.batchSize, "train: batchSize", 1);
  readCount(memoryLimit, "train: memoryLimit", 0, Number.MAX_SAFE_INTEGER);
  checkShuffle(shuffle);
  if (batchSize > count) {
    throw new AdjointError(
      `train: batchSize ${batchSize} is more than the ${count} samples; take at most ${count}.`,
    );
  }
  const functions = { objective, metric, optimizer } as unknown as Functions;
  let batches!: Batches;
  const method = optimizerMethod(optimizer, 0, (state) => {
    const programFor = (size: number) => stepOf(functions, state, samples, size);
    batches = new Batches(columns, { count, size: batchSize, shuffle, programFor });
    return (step) => batches.at(step);
  });
  const state = method.init(readParameters(own));
  const recorder = makeRecorder(state, epochs, memoryLimit);
  const iterationLosses: number[] = [];
  const epochLosses: number[] = [];
  let total = 0;
  const endEpoch = (): Status | undefined => {
    const loss = total / batches.number;
    total = 0;
    recorder.record(epochLosses.length, loss);
    const epoch = epochLosses.push(loss);
    state.told = epoch;
    const goOn = onEpoch?.(new AfterEpoch(epoch, loss, state)) !== false;
    state.told = 0;
    return goOn ? (epoch === epochs ? "completed" : undefined) : "stopped";
  };
  const accepted = (loss: number) => {
    total += loss;
    return iterationLosses.push(loss) % batches.number === 0 ? endEpoch() : undefined;
  };
  const steps = epochs * batches.number;
  const { status } =
    epochs === 0 ? { status: "completed" as const } : run(method, state, { steps, accepted });
  const { parameters: rows, stride } = recorder.finish(epochLosses.length);
  return {
    parameters: state.point() as Stepped<P>,
    shapes: mapTree(state.tree.parameters, isTensor, ({ shape }) => shape.slice()) as Like<P, Shape>,
    status: status as Training["status"],
    iterations: state.steps,
    epochs: epochLosses.length,
    iterationLosses: new Float64Array(iterationLosses),
    epochLosses: new Float64Array(epochLosses),
    parametersAfterEpoch: rows as Training<P>["parametersAfterEpoch"],
    stride,
  };
}

const known = {
  batchSize: "any",
  epochs: "any",
  shuffle: "any",
  metric: "function",
  memoryLimit: "any",
  onEpoch: "function",
} as const;

/** Throws where what is given isn't a seed: a flag, which other libraries take here, would say nothing of the order. */
function checkShuffle(shuffle: unknown): void {
  if (shuffle === undefined || (isLength(shuffle) && shuffle < 2 ** 32)) return;
  throw new AdjointError(
    `train: shuffle is ${describe(shuffle)}; it takes a seed, a whole number from 0 to 4294967295 such as shuffle: 0.`,
  );
}

/** The user's functions, free of the types of names. */
interface Functions {
  readonly objective: (inputs: ParameterExprs) => Expr<[]>;
  readonly metric: ((inputs: ParameterExprs) => Expr) | undefined;
  readonly optimizer: Optimizer;
}

/** The step on a batch of `size` samples. */
function stepOf(functions: Functions, state: State, samples: Tensors, size: number): Program {
  const { objective, metric, optimizer } = functions;
  const specsOf = (tensors: Tensors, shapeOf: (shape: Shape) => Shape) =>
    mapTree(tensors, isTensor, ({ shape }): Spec => tensor(shapeOf(shape))) as Specs;
  const own = specsOf(state.tree.parameters, (shape) => shape);
  const batch = specsOf(samples, (shape) => [size, ...shape.slice(1)]);
  const others = metric ? [optimizer, metric] : [optimizer];
  return programOf("step", [objective, ...others], JSON.stringify([own, batch]), () => {
    const traced = trace({ ...own, ...batch }, (inputs) =>
      readScalar("train", "the objective", objective(inputs)),
    ) as unknown as Objective;
    return traceStep(optimizer, state, batch, traced, (inputs, value) =>
      metric ? readScalar("train", "the metric", metric(inputs)) : value,
    );
  });
}

function readParameters(start: Given): Tensors {
  const read = readValues(start, placeIn("train"));
  for (const { path, leaf } of flattenTree(read, isTensor)) checkFinite("train", path, leaf.data);
  return read as Tensors;
}

function readSamples(data: Given): Tensors {
  const place = placeIn("train");
  const isSamples = (value: unknown) => isNumeric(value) || (Array.isArray(value) && !isRecord(value[0]));
  const samples = readTree(data, isSamples, place, (value, path): Tensor => flatten(value, place(path)));
  const entries = flattenTree(samples, isTensor);
  const [first] = entries;
  if (!first) throw new AdjointError("train: there is no data; pass the samples by name, such as { X, y }.");
  const count = first.leaf.shape[0];
  for (const { path, leaf } of entries) {
    const { shape, data: values } = leaf;
    if (shape.length === 0 || shape[0] === 0) throw new AdjointError(`${place(path)} holds no samples.`);
    if (shape[0] !== count) {
      throw new AdjointError(
        `${place(first.path)} holds ${count} samples and "${pathText(path)}" ${shape[0]}; they must be as many.`,
      );
    }
    checkFinite("train", path, values);
  }
  return samples as Tensors;
}
