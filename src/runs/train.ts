import type { Dtype, Expr, NestedArray, Shape, ShapedValues, Tree } from "../../graph/index.js";
import type { ArrayOf, Listed } from "../../graph/internal.js";
import { checkOptions } from "../../graph/internal.js";
import type { Like, Optimizer, ParameterValues, Stepped, Values } from "../../optimizers/index.js";
import type { ResumeOptions } from "./checkpoint.js";
import {
  finish,
  finishAsync,
  knownAsync,
  type ProgressOptions,
  readAsync,
  type Scheduling,
} from "./drive.js";
import type { Status } from "./reason.js";
import type { StoppingOptions, Tolerance } from "./stopping.js";
import { knownTraining, training } from "./training.js";

/**
 * Samples along the first axis: nested rows, a flat array of one number a sample, or flat rows with their shape.
 * @example const samples: Samples = [[1, 2], [3, 4]];
 */
export type Samples = NestedArray | ShapedValues;

/** Samples by name, and trees of them. A list is samples where it doesn't hold records. */
type Data = { readonly [name: string]: Tree<Samples> };

/**
 * What an objective is a function of: parameters and a batch, as expressions in the trees of both.
 * @example const loss = ({ w, x }: BatchInputs<{ w: number[] }, { x: number[][] }>): Expr => sum(square(matmul(x, w))) as Expr;
 */
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

/**
 * Parameters as a training gives them: numbers for scalars, flat arrays for tensors.
 * @example const parameters: Trained<{ w: number[]; b: number }> = { w: Float64Array.of(1, 2), b: 3 };
 */
export type Trained<P, A = Float64Array> = StepIn<Stepped<P>, A>;

/** The arrays of a tree of numbers and arrays, of another kind. */
type StepIn<T, A> = T extends number
  ? T
  : T extends Float64Array
    ? A
    : { readonly [K in keyof T]: StepIn<T[K], A> };

/**
 * A set of samples that training doesn't see.
 * @example const validation: Validation = { data: { x: [[1, 2]], y: [1] } };
 */
export interface Validation<P extends ParameterValues = Values, D = Data> {
  /** Samples under the names of the training's, as many as you like. */
  readonly data: { readonly [K in keyof D]: Tree<Samples> };
  /** What is computed on all of them after each epoch, a scalar; default: the training's metric, or its objective. */
  readonly metric?: (inputs: BatchInputs<P, D>) => Expr;
  /** A larger metric is better, as for an accuracy. */
  readonly maximize?: boolean;
}

/**
 * Options of `train`.
 * @example const options: TrainOptions = { batchSize: 32, epochs: 10, shuffle: 0 };
 */
export interface TrainOptions<P extends ParameterValues = Values, D = Data, T extends Dtype = "f64">
  extends StoppingOptions,
    ProgressOptions,
    ResumeOptions {
  /** Samples a step; the last batch of an epoch holds what is left. A number beyond the samples takes all of them. */
  readonly batchSize: number;
  /** Passes over all samples, those before a checkpoint included. */
  readonly epochs: number;
  /** The elements of all tensors; default `"f64"`. See `CompileOptions`. */
  readonly dtype?: T;
  /** A seed: every epoch visits the samples in another order, the same for the same seed. Default: the order of the data. */
  readonly shuffle?: number;
  /** What to report as the loss of a batch, a scalar; default: the objective. */
  readonly metric?: (inputs: BatchInputs<P, D>) => Expr;
  /**
   * Samples to look at after each epoch: the parameters where they were fitted best are those that `train` gives back, and
   * `patience` and `valueTolerance` are about their metric instead of the epoch's loss.
   */
  readonly validation?: Validation<P, D>;
  /** Default 0: the gradient of one batch says little. */
  readonly tolerance?: Tolerance;
  /** Epochs without a lower loss (or a better metric of the validation) after which training has stalled. */
  readonly patience?: number;
  /** Training has converged where an epoch changed the loss, or the metric of the validation, by no more. */
  readonly valueTolerance?: Tolerance;
  /** The most bytes that `parametersAfterEpoch` takes (two epochs at least); default 2²⁸. See `Training.stride`. */
  readonly memoryLimit?: number;
  /** Called after each epoch; returning false stops the training. An asynchronous one waits for the promise that it gives. */
  readonly onEpoch?: (progress: EpochProgress<P, ArrayOf<T>>) => unknown;
}

/**
 * What `onEpoch` is told.
 * @example const isGood = ({ loss }: EpochProgress): boolean => loss < 0.01;
 */
export interface EpochProgress<P extends ParameterValues = Values, A = Float64Array> {
  /** The epoch that has just ended, from 1. */
  readonly epoch: number;
  /** The mean of the epoch's iteration losses. */
  readonly loss: number;
  /** The metric of the validation set, where there is one. */
  readonly validation: number | undefined;
  /** The parameters as copies, made when they are asked for, which must be during the callback. */
  readonly parameters: Trained<P, A>;
}

/**
 * What `train` gives.
 * @example const hasStalled = ({ status }: Training): boolean => status === "stalled";
 */
export interface Training<P extends ParameterValues = Values, A = Float64Array> {
  /** The last parameters, or the best ones by a validation set. They are finite: numbers for scalars, flat arrays for tensors. */
  readonly parameters: Trained<P, A>;
  /**
   * Their shapes, which flat arrays don't tell: `nest(fit.parameters, fit.shapes)` makes nested arrays, which another
   * training may start from when they have been through JSON or to another thread. In one program `fit.parameters` may.
   */
  readonly shapes: Like<P, Shape>;
  /** Diverged: a loss, a gradient or the parameters that a step led to weren't finite, so it wasn't taken. */
  readonly status: Exclude<Status, "max-steps">;
  /** Why the training ended, in a sentence: of one that diverged, which gradient or parameter isn't finite, and by which op. */
  readonly message: string;
  /** Steps taken. */
  readonly iterations: number;
  /** Epochs completed. */
  readonly epochs: number;
  /** The loss of each batch, before its step. */
  readonly iterationLosses: Float64Array;
  /** The mean of an epoch's iteration losses, for each completed epoch. */
  readonly epochLosses: Float64Array;
  /** The metric of the validation set after each completed epoch; empty without one. */
  readonly validation: Float64Array;
  /** The epoch with the best metric of the validation set, from 1, of which the parameters are; 0 without one. */
  readonly bestEpoch: number;
  /**
   * The parameters after each completed epoch, row by row: epochs × size numbers each. Where that didn't fit into
   * `memoryLimit`, row i is of epoch i·stride + 1; of a training that was resumed after `start` epochs, i·stride + start + 1.
   */
  readonly parametersAfterEpoch: Like<P, A>;
  /** The epochs completed before the first row: 0 but for a training that was resumed. */
  readonly start: number;
  /** 1 unless epochs were left out of `parametersAfterEpoch`; then a power of two. */
  readonly stride: number;
}

/**
 * Fits parameters to samples by mini-batches. `objective` is an ordinary function of the parameters and a batch. It is
 * traced once for each size of a batch and not again by later calls with the same function, metric, optimizer and
 * shapes, so it must depend on its inputs only (JAX's `jit` wants the same): make a new function for another constant,
 * or pass what changes as data. Flat arrays of samples with their shape are read where they are, not copied.
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
export function train<const P extends ParameterValues, const D extends Data, T extends Dtype = "f64">(
  objective: (inputs: BatchInputs<P, D>) => Expr,
  start: P,
  data: D,
  optimizer: Optimizer,
  options: TrainOptions<P, D, T>,
): Training<P, ArrayOf<T>> {
  const run = training("train", { isAsync: false }, { objective, start, data, optimizer, options } as never);
  return finish("train", run) as Training<P, ArrayOf<T>>;
}

/**
 * `train` for programs that do something else meanwhile: every 10 ms (`timeBudget`), between two batches, it lets other
 * tasks run, it waits for promises that callbacks give, and ends when its `signal` is aborted, with what it has reached.
 * Results are those of `train`, to the bit.
 *
 * @example
 * const controller = new AbortController();
 * const fit = await trainAsync(
 *   ({ x, y, w }) => mean(square(subtract(multiply(x, w), y))),
 *   { w: 0 },
 *   { x: [1, 2, 3], y: [2, 4, 6] },
 *   adam({ learningRate: 0.1 }),
 *   { batchSize: 3, epochs: 100, signal: controller.signal },
 * );
 * fit.status; // "completed"
 *
 * @throws (rejects) where start, data or an option can't be used
 */
export async function trainAsync<
  const P extends ParameterValues,
  const D extends Data,
  T extends Dtype = "f64",
>(
  objective: (inputs: BatchInputs<P, D>) => Expr,
  start: P,
  data: D,
  optimizer: Optimizer,
  options: TrainOptions<P, D, T> & Scheduling,
): Promise<Training<P, ArrayOf<T>>> {
  const what = "trainAsync";
  const { signal, timeBudget, ...others } = checkOptions(what, options, { ...knownTraining, ...knownAsync });
  const pace = { isAsync: true, ...readAsync(what, { signal, timeBudget } as Scheduling) };
  const run = training(what, pace, { objective, start, data, optimizer, options: others } as never);
  return (await finishAsync(run)) as Training<P, ArrayOf<T>>;
}
