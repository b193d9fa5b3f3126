/**
 * The main job: runs every experiment of the course, compares it with the reference, number by number, and draws the
 * course's figures into `figures/`. With `--table` it draws nothing.
 */
import { readFileSync } from "node:fs";
import { readCsv } from "../data/index.js";
import { runLinearFits, runPlaneExperiments } from "./experiments.js";
import {
  formatTable,
  type LinearReference,
  linearRow,
  type PlaneReference,
  planeRow,
  verdict,
} from "./report.js";

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const started = performance.now();
const file = "examples/data/linear-regression.csv";
const planeReference: PlaneReference = JSON.parse(read("property-tests/reference/course-trajectories.json"));
const linearReference: LinearReference = JSON.parse(read("property-tests/reference/linear-fit.json"));
const runs = runPlaneExperiments();
const fits = runLinearFits(readCsv(read(file), { file }));
const rows = [
  ...runs.map((run) => planeRow(run, planeReference)),
  ...fits.map((fit) => linearRow(fit, linearReference)),
];
const { passed, text } = verdict(rows);

console.log(formatTable(rows));
console.log(`
deviation: the largest |x − ref|/(1 + |ref|) over points and values (losses and parameters for the linear fit), as far as
the reference says that rounding lets them be compared. The end value of the linear fit is its last epoch's loss.
The cubic is unbounded below: Momentum overshoots its basin and diverges, which the course takes for an escape.

${text} (${seconds(started)})
`);
if (!passed) process.exitCode = 1;

if (!process.argv.includes("--table")) await draw();

/** Draws the course's figures. They are loaded here: a renderer that can't be mustn't hide the table. */
async function draw(): Promise<void> {
  const since = performance.now();
  try {
    const { courseFigures } = await import("./course-figures.js");
    const { saveFigures } = await import("./progress.js");
    const figures = courseFigures(runs, fits);
    const failures = await saveFigures(figures, new URL("../../figures/", import.meta.url), process.stdout);
    console.log(`${figures.length - failures.length} files in figures/ (${seconds(since)})`);
    for (const { file, error } of failures) console.error(`${file} couldn't be drawn:`, error);
    if (failures.length > 0) process.exitCode = 1;
  } catch (error) {
    console.error("The figures couldn't be drawn:", error);
    process.exitCode = 1;
  }
}
