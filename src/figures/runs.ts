import { AdjointError } from "../../graph/index.js";
import {
  describe,
  flatten,
  isNumeric,
  isRecord,
  type Path,
  pathText,
  readAlong,
  readCount,
  reading,
  readText,
  readTree,
  readValue,
  unpacked,
} from "../../graph/internal.js";
import type { Run, Training } from "../runs/index.js";

/**
 * Runs by the names they have in the legend, as `minimize` returns them.
 * @example const namesOf = (runs: Runs): string[] => Object.keys(runs);
 */
// biome-ignore lint/suspicious/noExplicitAny: the parameters' names are the user's
export type Runs = Readonly<Record<string, Run<any>>>;

/**
 * Trainings by the names they have in the legend, as `train` returns them; no more of one is needed than how it ended and its losses.
 * @example const namesOf = (trainings: Trainings): string[] => Object.keys(trainings);
 */
export type Trainings = Readonly<
  // biome-ignore lint/suspicious/noExplicitAny: the parameters' names are the user's
  Record<string, Pick<Training<any>, "status" | "iterationLosses" | "epochLosses">>
>;

/** The runs with their names, each read once. @throws AdjointError where there is none, or one isn't a run */
export function readRuns(what: string, runs: unknown): [string, Runs[string]][] {
  return readNamed(what, "runs", runs, "trajectory", "{ adam: minimize(…) }").map(([name, run]) => [
    name,
    reading(`${what}: run "${name}"`, () => readRun(`${what}: run "${name}"`, run)),
  ]);
}

/** The trainings with their names. @throws AdjointError where there is none, or one isn't a training */
export function readTrainings(what: string, trainings: unknown): [string, Trainings[string]][] {
  const read = readNamed(what, "trainings", trainings, "iterationLosses", "{ adam: train(…) }");
  return read.map(([name, training]) => {
    const where = `${what}: training "${name}"`;
    const { status, iterationLosses, epochLosses } = reading(where, () => ({ ...training }));
    return [
      name,
      {
        status: readText(status, `${where}: status`) as Trainings[string]["status"],
        iterationLosses: readNumbers(iterationLosses, `${where}: iterationLosses`),
        epochLosses: readNumbers(epochLosses, `${where}: epochLosses`),
      },
    ];
  });
}

/** The numbers of a trajectory, and the one at the end of the run. */
export function append(numbers: ArrayLike<number>, last: number): Float64Array {
  const longer = new Float64Array(numbers.length + 1);
  longer.set(numbers);
  longer[numbers.length] = last;
  return longer;
}

type Given = Readonly<Record<string, unknown>>;

function readRun(what: string, run: Given): Runs[string] {
  const { parameters, value, status, evaluations, steps } = run;
  const trajectory = isRecord(run.trajectory) ? run.trajectory : {};
  if (!isRecord(parameters) || !isRecord(trajectory.parameters) || typeof value !== "number") {
    throw new AdjointError(
      `${what} lacks its parameters, its value or its trajectory; pass what minimize returns.`,
    );
  }
  const rows = readCount(trajectory.steps, `${what}: the steps of the trajectory`);
  const place = (path: Path) => `${what}: the parameter "${pathText(path)}"`;
  const read = (one: unknown, path: Path) => readNumbers(one, place(path));
  const points = readTree(
    trajectory.parameters,
    (one) => one !== trajectory.parameters && isNumeric(unpacked(one)),
    place,
    read,
  );
  return {
    // JSON makes records of arrays: the trajectory tells which are parameters of a tree, and which numbers of one.
    parameters: readAlong(points, isArray, parameters, place, (one, _, path) => read(one, path)) as never,
    value,
    status: readText(status, `${what}: status`) as Runs[string]["status"],
    evaluations: readCount(evaluations, `${what}: evaluations`),
    steps: readCount(steps, `${what}: steps`),
    message: "",
    trajectory: {
      start: 0,
      steps: rows,
      stride: readCount(trajectory.stride, `${what}: the stride of the trajectory`, 1),
      parameters: points as never,
      values: readValue(trajectory.values, [rows], `${what}: the values of the trajectory`),
    },
  };
}

/** A list of numbers, or one, as an array, whatever JSON made of it. */
function readNumbers(value: unknown, what: string): Float64Array {
  return isArray(value)
    ? value
    : flatten(
        reading(what, () => unpacked(value)),
        what,
      ).data;
}

function isArray(value: unknown): value is Float64Array {
  return ArrayBuffer.isView(value) && value instanceof Float64Array;
}

function readNamed(
  what: string,
  option: string,
  given: unknown,
  mark: string,
  example: string,
): [string, Given][] {
  const map = isRecord(given) ? reading(`${what}: ${option}`, () => ({ ...given })) : undefined;
  const entries = map ? Object.entries(map) : [];
  if (entries.length === 0) {
    const found = map ? "empty" : describe(given);
    throw new AdjointError(`${what}: ${option} is ${found}; pass them by name, such as ${example}.`);
  }
  return entries.map(([name, one]) => {
    if (isRecord(one) && reading(`${what}: "${name}"`, () => mark in one)) return [name, one];
    // A run itself in place of the map of runs is the likeliest mistake.
    const bare = map && mark in map ? `${option} is itself one` : `"${name}" is ${describe(one)}`;
    throw new AdjointError(`${what}: ${bare}; pass what they return by name, such as ${example}.`);
  });
}
