/** The solve of a fit: from its start, or from many, of which the best is taken. A checkpoint holds the best so far as well. */
import { AdjointError } from "../../graph/index.js";
import { readCount } from "../../graph/internal.js";
import { project } from "../../optimizers/solvers/internal.js";
import { randomSource } from "../data/index.js";
import {
  type Driven,
  type LeastSquaresTask,
  type Memory,
  type ProgressOptions,
  type ResumeOptions,
  readCheckpoints,
  restore,
  type Solved,
  type State,
  solving,
  stateOf,
  type Tensors,
  takeCheckpoint,
  type Waiting,
} from "../runs/internal.js";

/** How a fit is searched for, saved and told of. */
export interface SearchOptions extends ProgressOptions, ResumeOptions {
  /** From so many starts about the given one; default 1, the given one alone. The best that converges is taken. */
  readonly starts?: number;
  /** Decides the other starts; it must be given with `starts`. */
  readonly seed?: number;
}

/** An end from a start, and what a checkpoint keeps of it: the steps, the evaluations, the state before `finish` changed it. */
interface Attempt {
  readonly solved: Solved;
  readonly kept: readonly number[];
}

/** The best of all starts that were asked for. */
export function* search(
  what: string,
  task: LeastSquaresTask,
  start: Float64Array,
  parameters: Tensors,
  waiting: Waiting,
  { starts = 1, seed, checkpoint, resume, onProgress }: SearchOptions,
): Driven<Solved> {
  readCount(starts, `${what}: starts`, 1);
  if (starts > 1 && seed === undefined)
    throw new AdjointError(
      `${what}: starts needs a seed, so that a fit can be repeated; give a whole number.`,
    );
  if (seed !== undefined) readCount(seed, `${what}: seed`, 0, 2 ** 32 - 1);
  const saving = readCheckpoints(what, checkpoint, 1000);
  const began = Date.now();
  const begin = (from: Float64Array): State => {
    const state = stateOf(task, parameters);
    state.now.set(from);
    return state;
  };
  const { solver, limits } = task;
  function* run(state: State, memory: Memory): Driven<Attempt> {
    const ending = yield* solving(task, state, {
      ...waiting,
      maxTime: Math.max(0, limits.maxTime - (Date.now() - began)),
      onProgress: onProgress && ((told) => onProgress({ ...told, elapsed: Date.now() - began })),
      checkpoints: saving && {
        every: saving.every,
        save: () => saving.save(takeCheckpoint("curveFit", solver.name, state, memory)),
      },
    });
    const now = saving && starts > 1 ? state.now.slice() : [];
    const solved = ending.finish();
    const { residuals, jacobians, products } = solved.evaluations;
    return { solved, kept: [state.steps, residuals, jacobians, products, ...now] };
  }
  const first = begin(start);
  const memory = resume === undefined ? {} : restore(what, resume, "curveFit", solver.name, first);
  const from = memory.start?.[0] ?? 0;
  if (from >= starts)
    throw new AdjointError(`${what}: resume is a checkpoint of another run: it was at start ${from + 1}.`);
  let best = memory.best && (yield* again(begin(start), Array.from(memory.best), run));
  // A source takes longer to make than a small fit may.
  const random = starts > 1 ? randomSource(seed!) : undefined;
  for (let k = 0; k < starts; k++) {
    const other = random && k > 0 ? drawn(task, start, random) : start;
    if (k < from || (k > from && !isFiniteAt(task, other))) continue;
    const remembered: Memory = starts === 1 ? {} : { start: [k], ...(best && { best: best.kept }) };
    const next = yield* run(k === from ? first : begin(other), remembered);
    if (!best || isBetter(next.solved, best.solved)) best = next;
    const { status, message } = next.solved;
    if (status === "aborted") return { ...best.solved, status, message };
    if (Date.now() - began >= limits.maxTime) break;
  }
  return best!.solved;
}

/** The best end before a checkpoint: solved from where it was, it ends the same way at once. */
function* again(
  state: State,
  kept: readonly number[],
  run: (state: State, memory: Memory) => Driven<Attempt>,
): Driven<Attempt> {
  const [steps, residuals, jacobians, products, ...now] = kept as [number, number, number, number];
  state.now.set(now);
  state.steps = steps;
  const { solved } = yield* run(state, {});
  return { solved: { ...solved, steps, evaluations: { residuals, jacobians, products } }, kept };
}

function isBetter(next: Solved, best: Solved): boolean {
  const isLower = next.engine.cost < best.engine.cost;
  if (next.status === "converged") return best.status !== "converged" || isLower;
  return best.status !== "converged" && isLower;
}

/** Another start: within finite bounds anywhere; else of the start's sign, and up to a hundred times as large or as small. */
function drawn(
  { problem: { bounds } }: LeastSquaresTask,
  first: Float64Array,
  random: ReturnType<typeof randomSource>,
): Float64Array {
  const { lower, upper } = bounds;
  const from = first.map((one, j) => {
    if (upper[j]! - lower[j]! < Infinity) return random.uniform(lower[j], upper[j]);
    return one === 0 ? random.normal() : one * 10 ** random.uniform(-2, 2);
  });
  project(bounds, from);
  return from;
}

function isFiniteAt({ problem: { residuals } }: LeastSquaresTask, from: Float64Array): boolean {
  const r = new Float64Array(residuals.count);
  residuals.residuals(from, r);
  return r.every(Number.isFinite);
}
