/// <reference lib="dom" />
/** The comparison page: its data, and the page in a real browser, where the machine has one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findChromium, launchChromium } from "../../../property-tests/support/browser.js";
import { color, decode, pixelsOf } from "../../../property-tests/support/picture.js";
import {
  adam,
  add,
  gradientDescent,
  minimize,
  multiply,
  saddle,
  scalar,
  square,
  trace,
  weightedSphere,
} from "../../index.js";
import { comparisonPage } from "../index.js";
import { raceScene } from "../race/prepare.js";
import { comparisonData } from "./comparison.js";
import { contourOf, lossOf, sceneOf } from "./data.js";

const objective = weightedSphere([1, 3]);
const descend = (learningRate: number, steps: number) =>
  minimize(objective.f, { x: [3, 4] }, gradientDescent({ learningRate }), { steps, tolerance: 0 });
const runs = {
  slow: descend(0.02, 20),
  Adam: minimize(objective.f, { x: [3, 4] }, adam({ learningRate: 0.3 }), { steps: 30, tolerance: 0 }),
};
const options = { objective, runs, window: { x1: [-4, 4], x2: [-5, 5] } } as const;

const comparisons = suite("comparisons");

comparisons("every panel is made of the one list of runs, point by point", () => {
  const data = comparisonData(options);
  for (const [i, [name, run]] of Object.entries(runs).entries()) {
    const { steps, parameters, value, trajectory } = run;
    const path = [...trajectory.parameters.x.subarray(0, 2 * steps), ...parameters.x];
    const values = [...trajectory.values.subarray(0, steps), value];
    const scene = sceneOf(data).racers[i]!;
    const loss = lossOf(data).runs[i]!;
    const contour = contourOf(data).runs[i]!;
    assert.equal([scene.name, loss.name, contour.name], [name, name, name]);
    assert.equal(new Set([scene.color, loss.color, contour.color]).size, 1);
    const close = (found: readonly (number | null)[], expected: readonly number[]) => {
      assert.is(found.length, expected.length);
      for (const [k, x] of found.entries())
        assert.ok(Math.abs(x! - expected[k]!) <= 1e-8 * Math.abs(expected[k]!));
    };
    close(loss.values, values);
    close(
      scene.points,
      values.flatMap((f, k) => [path[2 * k]!, path[2 * k + 1]!, f]),
    );
    close(
      contour.x1,
      contour.steps.map((k) => path[2 * k]!),
    );
    const [g1, g2] = [2 * parameters.x[0]!, 6 * parameters.x[1]!];
    close([data.runs[i]!.gradientNorm], [Math.hypot(g1, g2)]);
  }
});

comparisons("the surface taken from the contours' grid is the objective's", () => {
  const { surface } = sceneOf(comparisonData(options));
  const own = raceScene("raceFigure", options).surface;
  assert.equal([surface.columns, surface.rows], [own.columns, own.rows]);
  for (const [i, value] of surface.values.entries()) {
    assert.ok(Math.abs(value! - own.values[i]!) <= 1e-4 * Math.max(1, Math.abs(own.values[i]!)));
  }
});

comparisons(
  "the formula is the graph's in TeX, one that is given, or none where it would be too long",
  async () => {
    assert.is(
      comparisonData({ objective: saddle, runs: { a: onSaddle(3) } }).formula,
      "f(x_{1}, x_{2}) = x_{2}^{2} - 0.5 x_{1}^{2}",
    );
    const two = trace({ a: scalar(), beta: scalar() }, ({ a, beta }) => add(square(a), square(beta)));
    const run = minimize(two, { a: 1, beta: 2 }, gradientDescent({ learningRate: 0.1 }), { steps: 3 });
    assert.match(
      comparisonData({ objective: two, runs: { run } }).formula!,
      /^f\(a, .*beta\S*\) = a\^\{2\} \+ /,
    );
    const long = trace({ a: scalar(), b: scalar() }, ({ a, b }) => {
      let sum = add(a, b);
      for (let i = 0; i < 100; i++) sum = add(multiply(0.1, square(sum)), 0.1);
      return sum;
    });
    const short = minimize(long, { a: 0, b: 0 }, gradientDescent({ learningRate: 1e-9 }), { steps: 0 });
    assert.is(
      comparisonData({
        objective: long,
        runs: { short },
        window: { x1: [-0.1, 0.1], x2: [-0.1, 0.1] },
        values: [0, 1],
      }).formula,
      null,
    );
    const page = String(
      Buffer.from(await comparisonPage({ ...options, formula: "\\frac{1}{2}" }).render("html")),
    );
    assert.match(page, /<math.*<mfrac>/);
  },
);

const onSaddle = (steps: number) =>
  minimize(saddle.f, { x: [0.5, 0.5] }, gradientDescent({ learningRate: 0.1 }), { steps });

comparisons("a run that leaves the box doesn't flatten the losses of the others", () => {
  assert.is(comparisonData(options).loss.range, undefined);
  assert.equal(
    comparisonData({ objective: saddle, runs: { a: onSaddle(60) }, values: [-3, 2] }).loss.range,
    [-3, 2],
  );
});

comparisons("losses of many sizes are logarithmic, unless one isn't above 0", () => {
  assert.is(comparisonData(options).loss.scale, "log");
  assert.is(comparisonData({ ...options, lossScale: "linear" }).loss.scale, "linear");
  assert.is(comparisonData({ objective: saddle, runs: { a: onSaddle(60) } }).loss.scale, "linear");
});

comparisons("a name with markup stays text, and the data stand in the page once", async () => {
  const name = '</script><img src=x onerror="alert(1)">';
  const page = String(
    Buffer.from(
      await comparisonPage({ ...options, runs: { [name]: runs.slow }, title: name }).render("html"),
    ),
  );
  assert.not.match(page, "<img");
  assert.is(page.match(/"gradientNorm"/g)!.length, 1);
  const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)![1]!;
  assert.equal(
    JSON.parse(json),
    JSON.parse(JSON.stringify(comparisonData({ ...options, runs: { [name]: runs.slow }, title: name }))),
  );
  assert.not.match(page, /(src|href)\s*=\s*["']?(https?:)?\/\//);
  assert.ok(page.length < 500_000, `${page.length} bytes`);
});

for (const [what, wrong, message] of [
  [
    "an unknown option",
    { colour: "red" },
    /comparisonPage: unknown option "colour"; the options are objective, /,
  ],
  ["no runs", { runs: {} }, /comparisonPage: runs is empty/],
  [
    "a run of another objective",
    {
      runs: {
        a: minimize(
          trace({ y: scalar() }, ({ y }) => square(y)),
          { y: 1 },
          adam({ learningRate: 1 }),
          { steps: 1 },
        ),
      },
    },
    /run "a" has the parameters y, not the two/,
  ],
  [
    "a colour that is none",
    { runColors: ["reddish"] },
    /comparisonPage: runColors: "slow": "reddish" is no opaque CSS colour/,
  ],
  ["too many colours", { runColors: ["red", "blue", "green"] }, /runColors is a list of 3 for 2 runs/],
  [
    "a scale that is none",
    { lossScale: "cubic" },
    /comparisonPage: lossScale must be "auto" or "linear" or "log" or "symlog" or "above minimum"/,
  ],
] as const) {
  comparisons(`error: ${what}`, () => {
    assert.throws(() => comparisonPage({ ...options, ...wrong } as never), message);
  });
}

comparisons("error: logarithms of negative values, and TeX that is none", async () => {
  assert.throws(
    () => comparisonPage({ objective: saddle, runs: { a: onSaddle(60) }, lossScale: "log" }),
    /comparisonPage: "a" has the value -\S+ at step \d+; a logarithmic axis needs values above 0, so use \{ lossScale: "linear" \}/,
  );
  let reason = "";
  await comparisonPage({ ...options, formula: "\\frac{" })
    .render("html")
    .catch((error) => (reason = String(error)));
  assert.match(reason, /comparisonPage: the formula isn't TeX that can be drawn: .*end of input/);
});

const chromium = findChromium();
const folder = mkdtempSync(join(tmpdir(), "comparison-"));
comparisons.after(() => rmSync(folder, { recursive: true, force: true }));

if (chromium === undefined) {
  process.stdout.write(
    "No Chromium on PATH or in CHROMIUM: the comparison page isn't tested in a browser.\n",
  );
} else {
  let browser: Browser;
  comparisons.before(async () => {
    browser = await launchChromium(chromium);
  });
  comparisons.after(() => browser.close());

  const open = async (size: { width: number; height: number }) => {
    const path = join(folder, "comparison.html");
    await comparisonPage(options).save(path);
    const page = await browser.newPage({ viewport: size });
    const complaints: string[] = [];
    page.on("console", (message) => void complaints.push(message.text()));
    page.on("pageerror", (error) => void complaints.push(String(error)));
    await page.goto(pathToFileURL(path).href);
    return { page, complaints };
  };
  const settle = (page: Page) =>
    page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const pictureOf = async (page: Page, selector: string) => {
    await settle(page);
    return decode(await page.locator(selector).screenshot());
  };
  const told = async (page: Page) =>
    /^(\w+), step (\d+): /.exec((await page.locator("#mark").textContent()) ?? "");

  comparisons(
    "the step under the pointer in one panel is marked in the others, with its numbers",
    async () => {
      const { page, complaints } = await open({ width: 1280, height: 1100 });
      const before = await pictureOf(page, "#contour");
      const box = (await page.locator("#loss").boundingBox())!;
      await page.mouse.move(box.x + 0.4 * box.width, box.y + 0.3 * box.height);
      await settle(page);
      const [text, name, step] = (await told(page))!;
      const run = runs[name as keyof typeof runs];
      const point = run.trajectory.parameters.x.subarray(2 * Number(step), 2 * Number(step) + 2);
      const numbers = text && (await page.locator("#mark").textContent())!.match(/−?\d+\.?\d*/g)!.slice(-3);
      const expected = [...point, run.trajectory.values[Number(step)]!];
      for (const [i, number] of (numbers as string[]).entries()) {
        assert.ok(Math.abs(Number(number.replace("−", "-")) - expected[i]!) <= 1e-5 * Math.abs(expected[i]!));
      }
      assert.equal(
        (await page.locator("#surface .race-tip:not([hidden]) div").allTextContents())[0],
        `${name}, step ${step}`,
      );
      assert.match((await page.locator("tr.marked th").textContent())!, name!);

      // The ring in the contours is where the step is: the pointer, put there, is told the same.
      const after = await pictureOf(page, "#contour");
      const changed: [number, number][] = [];
      for (let y = 0; y < after.height; y++) {
        for (let x = 0; x < after.width; x++)
          if (after.at(x, y).join() !== before.at(x, y).join()) changed.push([x, y]);
      }
      assert.ok(changed.length > 60, `${changed.length} pixels`);
      const middle = [0, 1].map((axis) => {
        const places = changed.map((place) => place[axis]!);
        return (Math.min(...places) + Math.max(...places)) / 2;
      });
      const contour = (await page.locator("#contour").boundingBox())!;
      await page.mouse.move(contour.x + middle[0]!, contour.y + middle[1]!);
      await settle(page);
      const again = (await told(page))!;
      assert.equal(again.slice(1), [name, step]);
      await page.mouse.move(5, 5);
      await settle(page);
      assert.is(await told(page), null);
      assert.equal(complaints, []);
      await page.close();
    },
  );

  comparisons("the legend hides a run in all panels; playing moves the marks", async () => {
    const { page, complaints } = await open({ width: 1280, height: 1100 });
    const blue = color("#1b2fd8");
    const counts = async () => {
      await page.mouse.move(5, 5);
      const found = [];
      for (const selector of ["#contour", "#surface canvas", "#loss"]) {
        found.push(pixelsOf(await pictureOf(page, selector), blue, 12).length);
      }
      return found;
    };
    for (const count of await counts()) assert.ok(count > 30, `${count} pixels`);
    const button = page.getByRole("button", { name: "slow" });
    await button.click();
    assert.is(await button.getAttribute("aria-pressed"), "false");
    assert.equal(await counts(), [0, 0, 0]);
    await button.press("Enter");
    for (const count of await counts()) assert.ok(count > 30, `${count} pixels`);

    const rest = await page.locator("#loss").screenshot();
    await page.getByRole("slider").fill("4");
    await settle(page);
    assert.not.equal(await page.locator("#loss").screenshot(), rest);
    assert.equal(complaints, []);
    await page.close();
  });

  comparisons("the table holds the results; on a phone the panels stand below each other", async () => {
    const { page, complaints } = await open({ width: 400, height: 800 });
    const rows = await page.locator("#results tbody tr").all();
    for (const [i, run] of Object.values(runs).entries()) {
      const cells = await rows[i]!.locator("td").allTextContents();
      assert.equal(cells.slice(0, 2), [run.status, String(run.steps)]);
      const expected = [run.value, ...run.parameters.x];
      for (const [k, text] of cells.slice(2, 5).entries()) {
        const [mantissa, power] = text.replace("−", "-").split("·10");
        const digits = [...(power ?? "⁰")]
          .map((sign) => (sign === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(sign)))
          .join("");
        const value = Number(`${mantissa}e${digits}`);
        assert.ok(Math.abs(value - expected[k]!) <= 1e-3 * Math.abs(expected[k]!), `${text}: ${expected[k]}`);
      }
    }
    assert.is(await page.locator("#results strong").count(), 1);
    const boxes = await Promise.all(
      ["#contour", "#surface", "#loss", '.scroll[aria-label="Results"]'].map((selector) =>
        page.locator(selector).boundingBox(),
      ),
    );
    for (const [i, box] of boxes.entries()) {
      assert.ok(box!.x >= 0 && box!.x + box!.width <= 400);
      if (i > 0) assert.ok(box!.y >= boxes[i - 1]!.y + boxes[i - 1]!.height);
    }
    assert.equal(complaints, []);
    await page.close();
  });
}

comparisons.run();
