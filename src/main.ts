/** The main job: runs every experiment of the course and compares it with the reference, number by number. */
import { readFileSync } from "node:fs";
import { readCsv } from "./csv.js";
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
  return readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
}

const started = performance.now();
const file = "examples/data/linear-regression.csv";
const planeReference: PlaneReference = JSON.parse(read("property-tests/reference/course-trajectories.json"));
const linearReference: LinearReference = JSON.parse(read("property-tests/reference/linear-fit.json"));
const rows = [
  ...runPlaneExperiments().map((run) => planeRow(run, planeReference)),
  ...runLinearFits(readCsv(read(file), { file })).map((fit) => linearRow(fit, linearReference)),
];
const { passed, text } = verdict(rows);

console.log(formatTable(rows));
console.log(`
deviation: the largest |x − ref|/(1 + |ref|) over points and values (losses and parameters for the linear fit), as far as
the reference says that rounding lets them be compared. The end value of the linear fit is its last epoch's loss.
The cubic is unbounded below: Momentum overshoots its basin and diverges, which the course takes for an escape.

${text} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
if (!passed) process.exitCode = 1;
