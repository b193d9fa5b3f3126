import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decode } from "../../property-tests/support/picture.js";
import { readCsv } from "../data/index.js";
import { courseFigures } from "./course-figures.js";
import { runLinearFits, runPlaneExperiments } from "./experiments.js";

const data = readFileSync(new URL("../../examples/data/linear-regression.csv", import.meta.url), "utf8");
const figures = courseFigures(runPlaneExperiments(), runLinearFits(readCsv(data)));

const course = suite("figures of the course");

course(
  "each optimizer has a contour and a loss figure, and so have all together, as pictures and pages",
  () => {
    const subjects = ["gd", "adagrad", "rmsprop", "momentum", "adam", "all"];
    const files = figures.map(({ file }) => file);
    for (const kind of ["contour", "loss"]) {
      for (const subject of subjects) {
        for (const ending of ["png", "html"])
          assert.ok(files.includes(`${kind}-${subject}.${ending}`), `${kind} ${subject}`);
      }
    }
    for (const race of ["cubic", "saddle"]) {
      for (const ending of ["png", "gif", "html"]) assert.ok(files.includes(`race-${race}.${ending}`));
      assert.ok(files.includes(`comparison-${race}.html`));
    }
    assert.is(new Set(files).size, files.length);
  },
);

course("a contour figure is 10×6 in, a loss figure 10×4 in, at 100 dots per inch", async () => {
  for (const [file, height] of [
    ["contour-adam.png", 600],
    ["loss-adam.png", 400],
  ] as const) {
    const { figure } = figures.find((one) => one.file === file)!;
    const picture = await decode(await figure.render("png"));
    assert.equal([picture.width, picture.height], [1000, height]);
  }
});

course.run();
