/** Checkpoints: all that a run needs to go on to the same bits, as plain data. */
import { AdjointError } from "../../graph/index.js";
import {
  checkNames,
  checkOptions,
  describe,
  formatShape,
  isRecord,
  type Path,
  readCount,
  readFunction,
  reading,
} from "../../graph/internal.js";
import type { StoredTensor } from "../data/index.js";
import type { State } from "./state.js";

/** The version of what checkpoints hold. */
const version = 1;

/** What can be run. */
const runs = ["minimize", "train", "leastSquares", "curveFit"] as const;

export function isRunName(given: unknown): given is Checkpoint["run"] {
  return (runs as readonly unknown[]).includes(given);
}

/**
 * All that a run needs to go on to the same bits: parameters, the optimizer's or the solver's state, the steps taken, where the random source
 * and the epoch are, the best so far. It is plain data, and shares none with the run.
 * @example const stepsOf = ({ steps }: Checkpoint): number => steps;
 */
export interface Checkpoint {
  readonly version: number;
  /** What was run. */
  readonly run: (typeof runs)[number];
  /** The name of the optimizer, or of the solver that it was or that was chosen. */
  readonly method: string;
  /** Steps taken. */
  readonly steps: number;
  /** By path: `parameters.x`, `slots.mean.x`, and under `run` what else the run remembers. */
  readonly tensors: Readonly<Record<string, StoredTensor>>;
}

/**
 * When checkpoints are made, and what becomes of them.
 * @example const options: CheckpointOptions = { every: 100, save: (checkpoint) => encodeCheckpoint(checkpoint) };
 */
export interface CheckpointOptions {
  /**
   * The steps from one to the next; default 1000, and an epoch in `train`. There is one more where the run ends by its
   * steps, its time or its signal.
   */
  readonly every?: number;
  /**
   * Keeps a checkpoint: `checkpointFile(path).save` does so in a file, of `adjoint/files`. An asynchronous run waits for the
   * promise that it gives. Where it fails, the run goes on, and tells so in its message.
   */
  readonly save: (checkpoint: Checkpoint) => unknown;
}

/**
 * Options of runs that are saved and resumed.
 * @example const options: ResumeOptions = { resume: undefined };
 */
export interface ResumeOptions {
  /** Has the run saved as it goes. */
  readonly checkpoint?: CheckpointOptions;
  /** Goes on from there instead of the start, to the same bits, if function, method, data and options are the same. */
  readonly resume?: Checkpoint | undefined;
}

export const knownResume = { checkpoint: "any", resume: "any" } as const;

/** @throws where the options can't be used */
export function readCheckpoints(
  what: string,
  given: unknown,
  usual: number,
): { readonly every: number; readonly save: CheckpointOptions["save"] } | undefined {
  if (given === undefined) return undefined;
  const place = `${what}: checkpoint`;
  const known = { every: "any", save: "function" } as const;
  const { every = usual, save } = checkOptions(place, given as CheckpointOptions, known);
  return { every: readCount(every, `${place}: every`, 1), save: readFunction(save, `${place}: save`) };
}

/** What a run remembers besides its state, by names of its own. */
export type Memory = Readonly<Record<string, ArrayLike<number>>>;

/** The name of a path, in which a dot within a key is told from one between two. */
const nameOf = (path: Path) => path.map((key) => String(key).replaceAll(/[\\.]/g, "\\$&")).join(".");

export function takeCheckpoint(
  run: Checkpoint["run"],
  method: string,
  state: State,
  memory: Memory,
): Checkpoint {
  const { steps, evaluations, seen, now, leaves } = state;
  const own = leaves.map(({ path, shape, offset, size }) => [
    nameOf(path),
    { data: now.slice(offset, offset + size), shape },
  ]);
  const rest = Object.entries({ ...memory, counts: [steps, evaluations, seen] }).map(([name, numbers]) => [
    `run.${name}`,
    { data: Float64Array.from(numbers), shape: [numbers.length] },
  ]);
  return { version, run, method, steps, tensors: Object.fromEntries([...own, ...rest]) };
}

/**
 * Puts a state where a checkpoint was taken, and gives what else the run remembers.
 * @throws where it is none, or of another run, optimizer or tree: what differs, by path
 */
export function restore(
  what: string,
  checkpoint: unknown,
  run: Checkpoint["run"],
  method: string,
  state: State,
): Memory {
  return reading(`${what}: resume`, () => restored(what, checkpoint, run, method, state));
}

function restored(
  what: string,
  checkpoint: unknown,
  run: Checkpoint["run"],
  method: string,
  state: State,
): Memory {
  const given = readCheckpoint(`${what}: resume`, checkpoint);
  if (given.run !== run) throw new AdjointError(`${what}: resume is a checkpoint of ${given.run}.`);
  const differs = (found: string) =>
    new AdjointError(`${what}: resume is a checkpoint of another run: ${found}.`);
  if (given.method !== method)
    throw differs(`its method is ${describe(given.method)}, and here it is ${method}`);
  const tensors = new Map(Object.entries(given.tensors));
  for (const { path, shape, offset, size } of state.leaves) {
    const name = nameOf(path);
    const tensor = tensors.get(name);
    if (!tensor) throw differs(`it has no "${name}"`);
    const { data, shape: found } = tensor;
    if (data.length !== size || found.join() !== shape.join())
      throw differs(`"${name}" has shape ${formatShape(found)} there and ${formatShape(shape)} here`);
    if (data.constructor !== state.now.constructor)
      throw differs(`"${name}" is a ${data.constructor.name}, and this run's dtype is ${state.dtype}`);
    state.now.set(data, offset);
    tensors.delete(name);
  }
  const memory: Record<string, ArrayLike<number>> = {};
  for (const [name, { data }] of tensors) {
    if (!name.startsWith("run.")) throw differs(`it has "${name}" besides`);
    memory[name.slice("run.".length)] = data;
  }
  const [steps, evaluations, seen] = Array.from(memory.counts ?? []);
  if (seen === undefined) throw differs(`it has no "run.counts"`);
  state.steps = steps!;
  state.evaluations = evaluations!;
  state.seen = seen;
  return memory;
}

/** @throws where something is no checkpoint, or of another version */
export function readCheckpoint(what: string, given: unknown): Checkpoint {
  const read = reading(what, () => (isRecord(given) ? { ...given } : {}));
  const { version: own, run, method, steps, tensors } = read;
  if (
    !isRunName(run) ||
    typeof method !== "string" ||
    !isRecord(tensors) ||
    typeof own !== "number" ||
    typeof steps !== "number"
  )
    throw new AdjointError(`${what} is ${describe(given)}; pass what a run gave to checkpoint.save.`);
  if (own !== version)
    throw new AdjointError(
      `${what} is a checkpoint of version ${own}, and this version of the library reads version ${version}.`,
    );
  checkNames(what, "keys", given, ["version", "run", "method", "steps", "tensors"]);
  return { version, run, method, steps, tensors: tensors as Checkpoint["tensors"] };
}
