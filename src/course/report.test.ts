import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readCsv } from "../data/index.js";
import { type PlaneRun, runLinearFits, runPlaneExperiments } from "./experiments.js";
import { bound, deviation, formatTable, linearRow, planeRow, type Row, verdict } from "./report.js";

const root = new URL("../..", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const planeText = read("property-tests/reference/course-trajectories.json");
const linearText = read("property-tests/reference/linear-fit.json");
const runs = runPlaneExperiments();
const fits = runLinearFits(readCsv(read("examples/data/linear-regression.csv")));

/** A copy of the reference with something changed in the run of `runs[i]`. */
function tampered(
  i: number,
  change: (run: { points: number[][]; values: number[]; last: number[] }) => void,
) {
  const reference = JSON.parse(planeText);
  const { experiment, optimizer } = runs[i]!;
  change(
    reference.runs.find(
      (run: { objective: string; optimizer: string }) =>
        run.objective === experiment && run.optimizer === optimizer,
    ),
  );
  return reference;
}

const diverging = runs.findIndex(({ run }) => run.status === "diverged");

const report = suite("report");

report("a deviation is relative to 1 + |ref|; what is missing or NaN is infinitely far", () => {
  assert.is(deviation([1, 3], [1, 1]), 1);
  assert.is(deviation([1, 3, 5], [1, 3]), 0);
  assert.is(deviation([1], [1, 2]), Number.POSITIVE_INFINITY);
  assert.is(deviation([Number.NaN, 1], [1, 1]), Number.POSITIVE_INFINITY);
  assert.is(deviation([1], ["NaN"]), Number.POSITIVE_INFINITY);
});

report("one number of a trajectory that differs is seen: of a point, a value, the last point", () => {
  assert.ok(planeRow(runs[0]!, JSON.parse(planeText)).deviation <= bound);
  for (const change of [
    (run: { points: number[][] }) => (run.points[7]![1]! += 1e-8),
    (run: { values: number[] }) => (run.values[19]! += 1e-8),
    (run: { last: number[] }) => (run.last[0]! += 1e-8),
  ]) {
    assert.ok(planeRow(runs[0]!, tampered(0, change)).deviation > bound);
  }
});

report("up to the step where it diverges, a run is compared, too", () => {
  const change = (run: { points: number[][] }) => (run.points[24]![0]! *= 1 + 1e-8);
  assert.ok(planeRow(runs[diverging]!, JSON.parse(planeText)).deviation <= bound);
  assert.ok(planeRow(runs[diverging]!, tampered(diverging, change)).deviation > bound);
});

report("a run that ends early, or too late, doesn't agree", () => {
  for (const i of [0, diverging]) {
    const { run } = runs[i]!;
    const one = { ...runs[i]!, run: { ...run, steps: run.steps - 1 } } as PlaneRun;
    assert.is(planeRow(one, JSON.parse(planeText)).deviation, Number.POSITIVE_INFINITY);
  }
  const reference = JSON.parse(linearText);
  const training = { ...fits[0]!.training, iterations: 479 };
  assert.is(linearRow({ ...fits[0]!, training }, reference).deviation, Number.POSITIVE_INFINITY);
});

report("a run that the reference doesn't have doesn't agree", () => {
  assert.is(planeRow(runs[0]!, { runs: [] }).deviation, Number.POSITIVE_INFINITY);
  assert.is(linearRow(fits[0]!, { optimizers: {} }).deviation, Number.POSITIVE_INFINITY);
});

report("one number of a fit that differs is seen: of either loss, of the parameters", () => {
  assert.ok(linearRow(fits[0]!, JSON.parse(linearText)).deviation <= bound);
  for (const part of ["iterationLoss", "epochLoss"]) {
    const reference = JSON.parse(linearText);
    reference.optimizers.gd[part][29] += 1e-8;
    assert.ok(linearRow(fits[0]!, reference).deviation > bound, part);
  }
  for (const i of [0, 1, 2]) {
    const reference = JSON.parse(linearText);
    reference.optimizers.gd.parametersAfterEpoch[29][i] += 1e-8;
    assert.ok(linearRow(fits[0]!, reference).deviation > bound);
  }
});

const row = (experiment: string, optimizer: string, deviation: number): Row => ({
  cells: [experiment, optimizer, "(1)", "1", "0.5", "(0)", "3", "max-steps"],
  deviation,
});

report("the verdict counts and names the runs that deviate", () => {
  assert.equal(verdict([row("a", "gd", 0), row("a", "adam", bound)]), {
    passed: true,
    text: "All 2 runs agree with the reference to 1e-10.",
  });
  const { passed, text } = verdict([row("a", "gd", 2e-10), row("a", "adam", 0), row("b", "gd", Number.NaN)]);
  assert.not.ok(passed);
  assert.is(text, "2 of 3 runs deviate from the reference by more than 1e-10: a gd, b gd.");
});

report("the table has one line a run, numbers to the right, a blank line between experiments", () => {
  assert.is(
    formatTable([row("a", "gd", 1e-16), row("bc", "adam", 0)]),
    [
      "experiment  optimizer  start  start value  end value  end point  steps  status     deviation",
      "────────────────────────────────────────────────────────────────────────────────────────────",
      "a           gd         (1)              1        0.5  (0)            3  max-steps    1.0e−16",
      "",
      "bc          adam       (1)              1        0.5  (0)            3  max-steps     0.0e+0",
    ].join("\n"),
  );
});

report(
  "npm start prints twenty runs that agree, those of the page on the course among them, and exits with 0",
  () => {
    const [command, ...options] = JSON.parse(read("package.json")).scripts.start.split(" ") as [string];
    assert.is(command, "node");
    const printed = execFileSync(process.execPath, [...options, "--table"], {
      cwd: fileURLToPath(root),
      encoding: "utf8",
    });
    const lines = printed.split("\n").filter((line) => /^(sphere|cubic|saddle|linear fit) /.test(line));
    assert.is(lines.length, 20);
    assert.is(lines.filter((line) => line.includes("diverged at 25")).length, 1);
    assert.match(printed, /^All 20 runs agree with the reference to 1e-10\./m);
    const shown = /```\n(experiment [\s\S]*?)```/.exec(read("docs/course.md"))![1]!.trimEnd().split("\n");
    assert.is(shown.length, 5);
    for (const line of shown) assert.ok(printed.includes(`${line}\n`), `docs/course.md shows: ${line}`);
  },
);

report.run();
