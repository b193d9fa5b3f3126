import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readCsv } from "../data/index.js";
import { runLinearFits, runPlaneExperiments } from "./experiments.js";
import { bound, type LinearReference, linearRow, type PlaneReference, planeRow } from "./report.js";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const plane: PlaneReference = JSON.parse(read("property-tests/reference/course-trajectories.json"));
const linear: LinearReference = JSON.parse(read("property-tests/reference/linear-fit.json"));
const runs = runPlaneExperiments();
const fits = runLinearFits(readCsv(read("examples/data/linear-regression.csv")));

const experiments = suite("experiments");

experiments("every run of the reference is made, and only those", () => {
  const made = runs.map(({ experiment, optimizer }) => `${experiment} ${optimizer}`).sort();
  assert.equal(made, plane.runs.map(({ objective, optimizer }) => `${objective} ${optimizer}`).sort());
  assert.equal(fits.map(({ optimizer }) => optimizer).sort(), Object.keys(linear.optimizers).sort());
});

for (const run of runs) {
  experiments(`${run.experiment}, ${run.optimizer}: the trajectory is the reference's`, () => {
    assert.ok(planeRow(run, plane).deviation <= bound);
  });
}

for (const fit of fits) {
  experiments(`linear fit, ${fit.optimizer}: losses and parameters are the reference's`, () => {
    assert.ok(linearRow(fit, linear).deviation <= bound);
    assert.is(fit.training.status, "completed");
  });
}

experiments("Momentum on the cubic is reported as diverged, with the step, at its last finite point", () => {
  const { run } = runs.find(
    ({ experiment, optimizer }) => experiment === "cubic" && optimizer === "momentum",
  )!;
  assert.is(run.status, "diverged");
  assert.is(run.steps, 24);
  assert.ok(run.parameters.x.every(Number.isFinite));
  assert.ok(Number.isFinite(run.value));
});

experiments.run();
