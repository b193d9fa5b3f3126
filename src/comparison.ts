/** The course's experiments against their reference, number by number, as the rows of a table. */
import { type LinearFit, linearStart, type PlaneRun } from "./experiments.js";

/** The largest deviation from the reference that counts as agreement: |x − ref|/(1 + |ref|). */
export const bound = 1e-10;

export interface PlaneReference {
  readonly runs: readonly {
    readonly objective: string;
    readonly optimizer: string;
    readonly comparableSteps: number;
    readonly points: readonly (readonly number[])[];
    readonly values: readonly number[];
  }[];
}

export interface LinearReference {
  readonly optimizers: Readonly<
    Record<
      string,
      {
        readonly iterationLoss: readonly number[];
        readonly epochLoss: readonly number[];
        readonly parametersAfterEpoch: readonly (readonly number[])[];
        readonly comparableIterations: number;
        readonly comparableEpochs: number;
      }
    >
  >;
}

/** The largest deviation of the first `count` numbers; NaN counts as infinite. */
function deviation(found: ArrayLike<number>, expected: readonly number[], count: number): number {
  let worst = 0;
  for (let i = 0; i < count; i++) {
    const difference = Math.abs(found[i]! - expected[i]!) / (1 + Math.abs(expected[i]!));
    if (!(difference <= worst)) worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return worst;
}

export interface Row {
  readonly cells: readonly string[];
  readonly deviation: number;
}

export function planeRow({ experiment, optimizer, start, run }: PlaneRun, reference: PlaneReference): Row {
  const expected = reference.runs.find((one) => one.objective === experiment && one.optimizer === optimizer)!;
  const steps = Math.min(expected.comparableSteps, run.trajectory.steps);
  const worst = Math.max(
    deviation(run.trajectory.values, expected.values, steps),
    deviation(run.trajectory.parameters.x, expected.points.flat(), 2 * steps),
  );
  const status = run.status === "diverged" ? `diverged at ${run.steps + 1}` : run.status;
  const cells = [experiment, optimizer, point(start), number(run.trajectory.values[0]!), number(run.value)];
  return { cells: [...cells, point(run.parameters.x), String(run.steps), status], deviation: worst };
}

export function linearRow({ optimizer, training }: LinearFit, reference: LinearReference): Row {
  const expected = reference.optimizers[optimizer]!;
  const { W, b } = training.parametersAfterEpoch;
  const worst = Math.max(
    deviation(training.iterationLosses, expected.iterationLoss, expected.comparableIterations),
    deviation(training.epochLosses, expected.epochLoss, expected.comparableEpochs),
    deviation(
      expected.parametersAfterEpoch.flatMap((_, i) => [W[2 * i]!, W[2 * i + 1]!, b[i]!]),
      expected.parametersAfterEpoch.flat(),
      3 * expected.comparableEpochs,
    ),
  );
  const { parameters, iterationLosses, epochLosses, iterations, status } = training;
  const end = [...(parameters.W as Float64Array), ...(parameters.b as Float64Array)];
  const start = [...linearStart.W.flat(), ...linearStart.b];
  const cells = [
    "linear fit",
    optimizer,
    point(start),
    number(iterationLosses[0]!),
    number(epochLosses.at(-1)!),
  ];
  return { cells: [...cells, point(end), String(iterations), status], deviation: worst };
}

/** Five significant digits; U+2212 for minus, which is as wide as a digit. */
function number(x: number): string {
  const plain = x !== 0 && (Math.abs(x) < 1e-3 || Math.abs(x) >= 1e5) ? x.toExponential(3) : x.toFixed(5);
  return plain.replaceAll("-", "−");
}

function point(x: ArrayLike<number>): string {
  return `(${Array.from(x, number).join(", ")})`;
}
