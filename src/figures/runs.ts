import { AdjointError } from "../../graph/index.js";
import { describe } from "../../graph/internal.js";
import type { Run, Training } from "../runs/index.js";

/** Runs by the names they have in the legend, as `minimize` returns them. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters' names are the user's
export type Runs = Readonly<Record<string, Run<any>>>;

/** Trainings by the names they have in the legend, as `train` returns them. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters' names are the user's
export type Trainings = Readonly<Record<string, Training<any>>>;

/** The runs with their names. @throws AdjointError where there is none, or one isn't a run */
export function readRuns(what: string, runs: unknown): [string, Runs[string]][] {
  return readNamed(what, "runs", runs, "trajectory", "{ adam: minimize(…) }") as [string, Runs[string]][];
}

/** The trainings with their names. @throws AdjointError where there is none, or one isn't a training */
export function readTrainings(what: string, trainings: unknown): [string, Trainings[string]][] {
  const read = readNamed(what, "trainings", trainings, "iterationLosses", "{ adam: train(…) }");
  return read as [string, Trainings[string]][];
}

/** The numbers of a trajectory, and the one at the end of the run. */
export function append(numbers: ArrayLike<number>, last: number): Float64Array {
  const longer = new Float64Array(numbers.length + 1);
  longer.set(numbers);
  longer[numbers.length] = last;
  return longer;
}

function readNamed(
  what: string,
  option: string,
  given: unknown,
  mark: string,
  example: string,
): [string, unknown][] {
  const isMap = typeof given === "object" && given !== null && !Array.isArray(given);
  const entries: [string, unknown][] = isMap ? Object.entries(given) : [];
  if (entries.length === 0) {
    const found = isMap ? "empty" : Array.isArray(given) ? "an array" : describe(given);
    throw new AdjointError(`${what}: ${option} is ${found}; pass them by name, such as ${example}.`);
  }
  for (const [name, one] of entries) {
    if (typeof one === "object" && one !== null && mark in one) continue;
    // A run itself in place of the map of runs is the likeliest mistake.
    const bare = mark in (given as object) ? `${option} is itself one` : `"${name}" is ${describe(one)}`;
    throw new AdjointError(`${what}: ${bare}; pass what they return by name, such as ${example}.`);
  }
  return entries;
}
