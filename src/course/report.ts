/** The experiments beside their reference, number by number: one row a run, with its largest deviation. */
import type { LinearFit, PlaneRun } from "./experiments.js";

/** The largest deviation from the reference that counts as agreement: |x − ref|/(1 + |ref|). */
export const bound = 1e-10;

/** A number as the reference files write it: what isn't finite is text. */
type Written = number | "NaN" | "Infinity" | "-Infinity";

/** `course-trajectories.json`. */
export interface PlaneReference {
  readonly runs: readonly {
    readonly objective: string;
    readonly optimizer: string;
    readonly steps: number;
    /** How many of the points rounding lets be compared. */
    readonly comparableSteps: number;
    /** The points before each step. */
    readonly points: readonly (readonly Written[])[];
    readonly values: readonly Written[];
    /** The point after the last step. */
    readonly last: readonly Written[];
  }[];
}

/** `linear-fit.json`. */
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

/** One run of the table. */
export interface Row {
  readonly cells: readonly string[];
  /** Infinite where a number is missing, or the run took another number of steps than the reference. */
  readonly deviation: number;
}

/** The largest deviation from the expected numbers; a number that is missing or NaN counts as infinite. */
export function deviation(found: ArrayLike<number>, expected: readonly Written[]): number {
  let worst = 0;
  expected.forEach((reference, i) => {
    const wanted = Number(reference);
    const difference = Math.abs(found[i]! - wanted) / (1 + Math.abs(wanted));
    if (!(difference <= worst)) worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  });
  return worst;
}

export function planeRow({ experiment, optimizer, start, run }: PlaneRun, reference: PlaneReference): Row {
  const expected = reference.runs.find((one) => one.objective === experiment && one.optimizer === optimizer);
  const { trajectory, parameters, value, steps } = run;
  const status = run.status === "diverged" ? `diverged at ${steps + 1}` : run.status;
  const cells = [experiment, optimizer, point(start), number(trajectory.values[0]!), number(value)];
  return {
    cells: [...cells, point(parameters.x), String(steps), status],
    deviation: expected ? planeDeviation(run, expected) : Number.POSITIVE_INFINITY,
  };
}

function planeDeviation(
  { trajectory, parameters, value, steps }: PlaneRun["run"],
  expected: PlaneReference["runs"][number],
): number {
  // A run ends at the last point where all is finite, so there is one more of those than steps taken.
  const diverges = expected.points.findIndex((point, i) =>
    [...point, expected.values[i]].some((written) => typeof written !== "number"),
  );
  if (steps !== (diverges < 0 ? expected.steps : diverges - 1)) return Number.POSITIVE_INFINITY;
  const comparable = Math.min(expected.comparableSteps, diverges < 0 ? expected.steps : diverges);
  const points = expected.points.slice(0, comparable);
  if (comparable === expected.steps) points.push(expected.last);
  return Math.max(
    deviation([...trajectory.parameters.x, ...parameters.x], points.flat()),
    deviation([...trajectory.values, value], expected.values.slice(0, comparable)),
  );
}

export function linearRow({ optimizer, start, training }: LinearFit, reference: LinearReference): Row {
  const { parameters, iterationLosses, epochLosses, iterations, status } = training;
  const cells = [
    "linear fit",
    optimizer,
    point([...start.W.flat(), ...start.b]),
    number(iterationLosses[0] ?? Number.NaN),
    number(epochLosses.at(-1) ?? Number.NaN),
    point([...parameters.W, ...parameters.b]),
    String(iterations),
    status,
  ];
  const expected = reference.optimizers[optimizer];
  return { cells, deviation: expected ? linearDeviation(training, expected) : Number.POSITIVE_INFINITY };
}

function linearDeviation(
  { iterations, iterationLosses, epochLosses, parametersAfterEpoch: { W, b } }: LinearFit["training"],
  expected: LinearReference["optimizers"][string],
): number {
  if (iterations !== expected.iterationLoss.length) return Number.POSITIVE_INFINITY;
  const { comparableIterations, comparableEpochs } = expected;
  const after = expected.parametersAfterEpoch.slice(0, comparableEpochs);
  return Math.max(
    deviation(iterationLosses, expected.iterationLoss.slice(0, comparableIterations)),
    deviation(epochLosses, expected.epochLoss.slice(0, comparableEpochs)),
    deviation(
      after.flatMap((_, i) => [W[2 * i]!, W[2 * i + 1]!, b[i]!]),
      after.flat(),
    ),
  );
}

/** Five digits behind the point, or four significant ones; U+2212 for minus, which is as wide as a digit. */
function number(x: number): string {
  const plain = x !== 0 && (Math.abs(x) < 1e-3 || Math.abs(x) >= 1e5) ? x.toExponential(3) : x.toFixed(5);
  return plain.replaceAll("-", "−");
}

function point(x: ArrayLike<number>): string {
  return `(${Array.from(x, number).join(", ")})`;
}

const columns = [
  { title: "experiment" },
  { title: "optimizer" },
  { title: "start" },
  { title: "start value", right: true },
  { title: "end value", right: true },
  { title: "end point" },
  { title: "steps", right: true },
  { title: "status" },
  { title: "deviation", right: true },
];

/** The table as text, a blank line between experiments. */
export function formatTable(rows: readonly Row[]): string {
  const texts = [
    columns.map(({ title }) => title),
    ...rows.map(({ cells, deviation }) => [...cells, deviation.toExponential(1).replace("-", "−")]),
  ];
  const widths = columns.map((_, column) => Math.max(...texts.map((row) => row[column]!.length)));
  const lines = texts.map((row) =>
    row
      .map((cell, i) => (columns[i]!.right ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd(),
  );
  const [header, ...body] = lines;
  const ruled = [header!, widths.map((width) => "─".repeat(width)).join("──")];
  body.forEach((line, i) => {
    if (i > 0 && rows[i]!.cells[0] !== rows[i - 1]!.cells[0]) ruled.push("");
    ruled.push(line);
  });
  return ruled.join("\n");
}

/** Whether all runs agree with the reference, and the sentence that says so or names those that don't. */
export function verdict(rows: readonly Row[]): { readonly passed: boolean; readonly text: string } {
  const wrong = rows.filter(({ deviation }) => !(deviation <= bound));
  if (wrong.length === 0)
    return { passed: true, text: `All ${rows.length} runs agree with the reference to ${bound}.` };
  const names = wrong.map(({ cells: [experiment, optimizer] }) => `${experiment} ${optimizer}`);
  return {
    passed: false,
    text: `${wrong.length} of ${rows.length} runs deviate from the reference by more than ${bound}: ${names.join(", ")}.`,
  };
}
