/** The making of a training: batches, epochs, and a validation set after each of them. */
import { AdjointError, type Dtype, type Expr } from "../../graph/index.js";
import {
  checkOptions,
  describe,
  isLength,
  leavesOf,
  mapTree,
  readCount,
  readFunction,
  unflattenTree,
} from "../../graph/internal.js";
import type { Optimizer, ParameterExprs } from "../../optimizers/index.js";
import { type Functions, stepsOf, traceObjective } from "./batch-step.js";
import { Batches } from "./batches.js";
import { knownResume, type Memory, readCheckpoints, restore, takeCheckpoint } from "./checkpoint.js";
import { readData, readDtype, readOptimizer, readStart } from "./checks.js";
import { explainPoint } from "./divergence.js";
import { Answers, type Driven, drive, knownPace, type Scheduling } from "./drive.js";
import { chooseLoop } from "./loop.js";
import { optimizerMethod } from "./method.js";
import { AfterEpoch } from "./progress.js";
import type { pause, Reason } from "./reason.js";
import { defaultMemoryLimit, makeRecorder } from "./recorder.js";
import { readParameters, readSamples } from "./samples.js";
import { isTensor, type State } from "./state.js";
import { knownStops, Stopping } from "./stopping.js";
import type { Training, TrainOptions } from "./train.js";
import { makeValidation } from "./validation.js";

export const knownTraining = {
  ...knownStops,
  ...knownPace,
  ...knownResume,
  batchSize: "any",
  epochs: "any",
  dtype: "any",
  shuffle: "any",
  metric: "function",
  validation: "any",
  memoryLimit: "any",
  onEpoch: "function",
} as const;

/** What `train` is given. */
export interface TrainArguments {
  readonly objective: (inputs: ParameterExprs) => Expr<[]>;
  readonly start: unknown;
  readonly data: unknown;
  readonly optimizer: Optimizer;
  readonly options: TrainOptions<never, never, Dtype>;
}

/** The losses so far. */
class Losses {
  readonly iterations: number[] = [];
  readonly epochs: number[] = [];
  /** The sum of the epoch's. */
  #total = 0;

  add(loss: number): number {
    this.#total += loss;
    return this.iterations.push(loss);
  }

  /** The mean loss of an epoch of so many steps, which is over. */
  end(steps: number): number {
    const loss = this.#total / steps;
    this.#total = 0;
    return loss;
  }

  save(): Memory {
    return { iterationLosses: this.iterations, epochLosses: this.epochs, total: [this.#total] };
  }

  restore({ iterationLosses = [], epochLosses = [], total }: Memory): void {
    for (let i = 0; i < iterationLosses.length; i++) this.iterations.push(iterationLosses[i]!);
    for (let i = 0; i < epochLosses.length; i++) this.epochs.push(epochLosses[i]!);
    this.#total = total?.[0] ?? 0;
  }
}

/** The arguments of `train`, read. */
function readTraining(what: string, { objective, start, data, optimizer, options }: TrainArguments) {
  readFunction(objective, `${what}: the objective`);
  readOptimizer(what, optimizer);
  const given = checkOptions(what, options, knownTraining);
  const { dtype = "f64", shuffle, metric, memoryLimit = defaultMemoryLimit } = given;
  readDtype(what, dtype);
  const own = readStart(what, start);
  const samples = readSamples(what, readData(what, data, own), dtype);
  const columns = leavesOf(samples, isTensor);
  const count = columns[0]!.shape[0]!;
  const epochs = readCount(given.epochs, `${what}: epochs`);
  const size = Math.min(count, readCount(given.batchSize, `${what}: batchSize`, 1));
  readCount(memoryLimit, `${what}: memoryLimit`, 0, Number.MAX_SAFE_INTEGER);
  checkShuffle(what, shuffle);
  const functions = { objective, metric, optimizer } as unknown as Functions;
  return { given, dtype, shuffle, own, samples, columns, count, epochs, size, memoryLimit, functions };
}

/** The method of a training, with the batches that its steps ask for. */
function makeMethod(what: string, read: ReturnType<typeof readTraining>, tolerance: number) {
  const { dtype, shuffle, own, samples, columns, count, size, functions } = read;
  let batches: Batches | undefined;
  let state: State | undefined;
  const method = optimizerMethod(functions.optimizer, {
    tolerance,
    dtype,
    inputsFor(from) {
      state = from;
      const programFor = stepsOf(what, functions, from, samples);
      batches = new Batches(columns, { count, size, shuffle, programFor });
      return (step) => batches!.at(step);
    },
    explain(point, data) {
      const rows = (data[0] as Float64Array).length / (columns[0]!.data.length / count);
      const { parameters } = state!.tree;
      const traced = traceObjective(what, functions.objective, parameters, samples, rows, true);
      const batch = unflattenTree(samples, isTensor, data) as typeof point;
      return explainPoint(traced as never, Object.keys(own), { ...point, ...batch });
    },
  });
  state = method.init(readParameters(what, own));
  return { method, state, batches: batches! };
}

/** A training in the making. */
export function* training(
  what: string,
  pace: Scheduling & { readonly isAsync: boolean },
  args: TrainArguments,
): Driven<Training<never, never>> {
  const read = readTraining(what, args);
  const { given, samples, epochs, functions } = read;
  const { valueTolerance, patience, tolerance = 0, onEpoch, onProgress, ...others } = given;
  const ofSteps = new Stopping(what, { ...others, tolerance });
  const ofEpochs = new Stopping(what, { tolerance: 0, valueTolerance, patience }, "epoch");
  const { method, state, batches } = makeMethod(what, read, ofSteps.gradient);
  const validation = makeValidation(what, functions, state, samples, given.validation);
  const losses = new Losses();
  const parts = { batches, losses, validation, ofSteps, ofEpochs };
  if (given.resume !== undefined) resume(what, given.resume, read, state, parts);
  const recorder = makeRecorder(state, epochs, read.memoryLimit, losses.epochs.length);
  const answers = new Answers();
  const tell = (epoch: number, loss: number) => {
    state.told = epoch;
    const answer = onEpoch!(new AfterEpoch(epoch, loss, validation?.metrics.at(-1), state));
    state.told = 0;
    return answers.take("onEpoch", answer);
  };
  const endEpoch = (): Reason | typeof pause | undefined => {
    const loss = losses.end(batches.number);
    recorder.record(losses.epochs.length, loss);
    const epoch = losses.epochs.push(loss);
    const ended = ofEpochs.test(validation?.rate(epoch) ?? loss, 0, epoch);
    const told = onEpoch && tell(epoch, loss);
    return told ?? ended ?? (epoch === epochs ? completed(epochs) : undefined);
  };
  const evaluated = (value: number, norm: number) => {
    if (state.seen === state.steps) return undefined;
    state.seen = state.steps;
    return ofSteps.test(value, norm, state.steps, state);
  };
  const maxSteps = epochs * batches.number;
  const loop = chooseLoop(method, state, {
    steps: maxSteps,
    evaluated: ofSteps.isAsked ? evaluated : undefined,
    accepted: (loss) => (losses.add(loss) % batches.number === 0 ? endEpoch() : undefined),
  });
  const saving = readCheckpoints(what, given.checkpoint, batches.number);
  const checkpoints = saving && {
    every: saving.every,
    save: () =>
      saving.save(takeCheckpoint("train", functions.optimizer.name, state, memoryOf(read, state, parts))),
  };
  const { maxTime } = ofSteps;
  const driving = { ...pace, maxSteps, maxTime, answers, onProgress, checkpoints };
  const isOver = state.steps >= maxSteps;
  const { reason } = isOver ? { reason: completed(epochs) } : yield* drive(loop, state, driving);
  const { parameters: rows, stride, start } = recorder.finish(losses.epochs.length);
  return {
    parameters: state.point(validation?.best) as never,
    shapes: mapTree(state.tree.parameters, isTensor, ({ shape }) => shape.slice()) as never,
    status: reason.status as Training["status"],
    message: reason.message,
    iterations: state.steps,
    epochs: losses.epochs.length,
    iterationLosses: new Float64Array(losses.iterations),
    epochLosses: new Float64Array(losses.epochs),
    validation: new Float64Array(validation?.metrics ?? []),
    bestEpoch: validation?.bestEpoch ?? 0,
    parametersAfterEpoch: rows as never,
    start,
    stride,
  };
}

/** What remembers something from step to step. */
interface Parts {
  readonly batches: Batches;
  readonly losses: Losses;
  readonly validation: ReturnType<typeof makeValidation>;
  readonly ofSteps: Stopping;
  readonly ofEpochs: Stopping;
}

/** How samples are visited, on which the steps depend. */
function visits({ count, size, shuffle }: ReturnType<typeof readTraining>): number[] {
  return [count, size, shuffle ?? -1];
}

function memoryOf(
  read: ReturnType<typeof readTraining>,
  state: State,
  { batches, losses, validation, ofSteps, ofEpochs }: Parts,
): Memory {
  return {
    ...losses.save(),
    ...validation?.save(),
    ofSteps: ofSteps.save(state),
    ofEpochs: ofEpochs.save(),
    visits: visits(read),
    random: batches.randomAt(state.steps)?.words ?? [],
  };
}

function resume(
  what: string,
  checkpoint: unknown,
  read: ReturnType<typeof readTraining>,
  state: State,
  { batches, losses, validation, ofSteps, ofEpochs }: Parts,
): void {
  const memory = restore(what, checkpoint, "train", read.functions.optimizer.name, state);
  const now = visits(read);
  const then = Array.from(memory.visits ?? []);
  const names = ["samples", "batchSize", "shuffle"];
  const other = names.findIndex((_, i) => now[i] !== then[i]);
  if (other >= 0) {
    const told = (value: number | undefined) => (value === -1 ? "none" : value);
    throw new AdjointError(
      `${what}: resume is a checkpoint of another run: ${names[other]} was ${told(then[other])}, and is ${told(now[other])} here.`,
    );
  }
  losses.restore(memory);
  validation?.restore(memory);
  ofSteps.restore(memory.ofSteps ?? [], state.steps);
  ofEpochs.restore(memory.ofEpochs ?? [], state.steps);
  const { random = [] } = memory;
  if (random.length > 0) batches.restore({ words: Array.from(random) });
}

function completed(epochs: number): Reason {
  return { status: "completed", message: `All ${epochs} epochs are over.` };
}

/** Throws where what is given isn't a seed: a flag, which other libraries take here, would say nothing of the order. */
function checkShuffle(what: string, shuffle: unknown): void {
  if (shuffle === undefined || (isLength(shuffle) && shuffle < 2 ** 32)) return;
  throw new AdjointError(
    `${what}: shuffle is ${describe(shuffle)}; it takes a seed, a whole number from 0 to 4294967295 such as shuffle: 0.`,
  );
}
