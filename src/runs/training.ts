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
import { type Functions, stepOf, traceObjective } from "./batch-step.js";
import { Batches } from "./batches.js";
import { readData, readDtype, readOptimizer, readStart } from "./checks.js";
import { explainPoint } from "./divergence.js";
import { Answers, type Driven, drive, knownPace, type Scheduling } from "./drive.js";
import { chooseLoop } from "./loop.js";
import { optimizerMethod } from "./method.js";
import { AfterEpoch } from "./progress.js";
import type { pause, Reason } from "./reason.js";
import { defaultMemoryLimit, makeRecorder } from "./recorder.js";
import { readParameters, readSamples } from "./samples.js";
import { isTensor } from "./state.js";
import { knownStops, Stopping } from "./stopping.js";
import type { Training, TrainOptions } from "./train.js";
import { makeValidation } from "./validation.js";

export const knownTraining = {
  ...knownStops,
  ...knownPace,
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

/** A training in the making. */
export function* training(
  what: string,
  pace: Scheduling & { readonly isAsync: boolean },
  { objective, start, data, optimizer, options }: TrainArguments,
): Driven<Training<never, never>> {
  readFunction(objective, `${what}: the objective`);
  readOptimizer(what, optimizer);
  const given = checkOptions(what, options, knownTraining);
  const { dtype = "f64", shuffle, metric, onEpoch, onProgress, memoryLimit = defaultMemoryLimit } = given;
  readDtype(what, dtype);
  const own = readStart(what, start);
  const samples = readSamples(what, readData(what, data, own), dtype);
  const columns = leavesOf(samples, isTensor);
  const count = columns[0]!.shape[0]!;
  const epochs = readCount(given.epochs, `${what}: epochs`);
  const size = Math.min(count, readCount(given.batchSize, `${what}: batchSize`, 1));
  readCount(memoryLimit, `${what}: memoryLimit`, 0, Number.MAX_SAFE_INTEGER);
  checkShuffle(what, shuffle);
  const { valueTolerance, patience, tolerance = 0, ...others } = given;
  const ofSteps = new Stopping(what, { ...others, tolerance });
  const ofEpochs = new Stopping(what, { tolerance: 0, valueTolerance, patience }, "epoch");
  const functions = { objective, metric, optimizer } as unknown as Functions;
  let batches!: Batches;
  const method = optimizerMethod(optimizer, {
    tolerance: ofSteps.gradient,
    dtype,
    inputsFor(state) {
      const programFor = (size: number) => stepOf(what, functions, state, samples, size);
      batches = new Batches(columns, { count, size, shuffle, programFor });
      return (step) => batches.at(step);
    },
    explain(point, data) {
      const rows = (data[0] as Float64Array).length / (columns[0]!.data.length / count);
      const traced = traceObjective(what, objective, state.tree.parameters, samples, rows, true);
      const batch = unflattenTree(samples, isTensor, data);
      return explainPoint(traced as never, Object.keys(own), { ...point, ...(batch as typeof point) });
    },
  });
  const state = method.init(readParameters(what, own));
  const validation = makeValidation(what, functions, state, samples, given.validation);
  const recorder = makeRecorder(state, epochs, memoryLimit);
  const answers = new Answers();
  const iterationLosses: number[] = [];
  const epochLosses: number[] = [];
  let total = 0;
  const tell = (epoch: number, loss: number) => {
    state.told = epoch;
    const answer = onEpoch!(new AfterEpoch(epoch, loss, validation?.metrics.at(-1), state));
    state.told = 0;
    return answers.take("onEpoch", answer);
  };
  const endEpoch = (): Reason | typeof pause | undefined => {
    const loss = total / batches.number;
    total = 0;
    recorder.record(epochLosses.length, loss);
    const epoch = epochLosses.push(loss);
    const rated = validation?.rate(epoch);
    const ended = ofEpochs.test(rated ?? loss, 0, epoch);
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
    accepted(loss) {
      total += loss;
      return iterationLosses.push(loss) % batches.number === 0 ? endEpoch() : undefined;
    },
  });
  const { maxTime } = ofSteps;
  const { reason } =
    state.steps >= maxSteps
      ? { reason: completed(epochs) }
      : yield* drive(loop, state, { ...pace, maxSteps, maxTime, answers, onProgress });
  const { parameters: rows, stride, start: before } = recorder.finish(epochLosses.length);
  return {
    parameters: state.point(validation?.best) as never,
    shapes: mapTree(state.tree.parameters, isTensor, ({ shape }) => shape.slice()) as never,
    status: reason.status as Training["status"],
    message: reason.message,
    iterations: state.steps,
    epochs: epochLosses.length,
    iterationLosses: new Float64Array(iterationLosses),
    epochLosses: new Float64Array(epochLosses),
    validation: new Float64Array(validation?.metrics ?? []),
    bestEpoch: validation?.bestEpoch ?? 0,
    parametersAfterEpoch: rows as never,
    start: before,
    stride,
  };
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
