/** The main job: runs every experiment of the course and compares it with the reference, number by number. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readCsv } from "./csv.js";
import {
  type LinearFit,
  linearStart,
  type PlaneRun,
  runLinearFits,
  runPlaneExperiments,
} from "./experiments.js";

/** The largest deviation from the reference that counts as agreement: |x − ref|/(1 + |ref|). */
const bound = 1e-10;

function read(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");
}

interface PlaneReference {
  readonly runs: readonly {
    readonly objective: string;
    readonly optimizer: string;
    readonly comparableSteps: number;
    readonly points: readonly (readonly number[])[];
    readonly values: readonly number[];
  }[];
}

interface LinearReference {
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

interface Row {
  readonly cells: readonly string[];
  readonly deviation: number;
}

function planeRow({ experiment, optimizer, start, run }: PlaneRun, reference: PlaneReference): Row {
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

function linearRow({ optimizer, training }: LinearFit, reference: LinearReference): Row {
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

const header = [
  "experiment",
  "optimizer",
  "start",
  "start value",
  "end value",
  "end point",
  "steps",
  "status",
  "deviation",
];
const rightAligned = new Set(["start value", "end value", "steps", "deviation"]);

function print(rows: readonly Row[]): void {
  const table = [
    header,
    ...rows.map(({ cells, deviation }) => [...cells, deviation.toExponential(1).replace("-", "−")]),
  ];
  const widths = header.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  for (const [i, row] of table.entries()) {
    const cells = row.map((cell, column) =>
      rightAligned.has(header[column]!) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
    );
    console.log(cells.join("  ").trimEnd());
    if (i === 0) console.log(widths.map((width) => "─".repeat(width)).join("──"));
    else if (i < rows.length && rows[i - 1]!.cells[0] !== rows[i]!.cells[0]) console.log();
  }
}

const started = performance.now();
const path = "examples/data/linear-regression.csv";
const table = readCsv(read(path), { file: path });
const planeReference: PlaneReference = JSON.parse(read("property-tests/reference/course-trajectories.json"));
const linearReference: LinearReference = JSON.parse(read("property-tests/reference/linear-fit.json"));
const rows = [
  ...runPlaneExperiments().map((run) => planeRow(run, planeReference)),
  ...runLinearFits(table).map((fit) => linearRow(fit, linearReference)),
];
print(rows);

const wrong = rows.filter(({ deviation }) => !(deviation <= bound));
console.log(`
deviation: the largest |x − ref|/(1 + |ref|) over points and values (losses and parameters for the linear fit), as far as
the reference says that rounding lets them be compared. The end value of the linear fit is its last epoch's loss.
The cubic is unbounded below: Momentum overshoots its basin and diverges, which the course takes for an escape.`);
console.log(
  wrong.length === 0
    ? `\nAll ${rows.length} runs agree with the reference to ${bound} (${((performance.now() - started) / 1000).toFixed(1)} s).`
    : `\n${wrong.length} of ${rows.length} runs deviate by more than ${bound}.`,
);
if (wrong.length > 0) process.exitCode = 1;
