/// <reference lib="dom" />
/**
 * The pages of charts in a real browser, where the machine has one: each is opened once, and everything is tried on it. In each
 * look at each width by `npm run test:figures`.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findChromium, launchChromium } from "../../../property-tests/support/browser.js";
import {
  faultsInLooks,
  faultsOf,
  faultsZoomed,
  inked,
  openFigure,
  resize,
  settle,
  whole,
} from "../../../property-tests/support/pages.js";
import { faultsOnPaper } from "../../../property-tests/support/paper.js";
import { curveFit } from "../../fits/index.js";
import {
  adam,
  gradientDescent,
  mean,
  minimize,
  multiply,
  scalar,
  square,
  subtract,
  trace,
  train,
  weightedSphere,
} from "../../index.js";
import { contourFigure, curveFigure, fitFigure, lossFigure } from "../index.js";
import { iterationColor } from "../style.js";

const chromium = findChromium();
const folder = mkdtempSync(join(tmpdir(), "charts-"));
let browser: Browser;

const [blue, orange] = ["#1b2fd8", "#ec9311"];
const tooltip = "#333333";
const told = (page: Page) => page.locator("#told").textContent();
/** Until the page says something. */
const tells = (page: Page, pattern: RegExp) =>
  page.waitForFunction(
    (text) => new RegExp(text).test(document.getElementById("told")!.textContent!),
    pattern.source,
  );

const pages = suite("pages of charts");
pages.after(() => rmSync(folder, { recursive: true, force: true }));

if (chromium === undefined) {
  process.stdout.write(
    "No Chromium on PATH or in CHROMIUM: the pages of charts aren't tested in a browser.\n",
  );
} else {
  pages.before(async () => {
    browser = await launchChromium(chromium);
  });
  pages.after(() => browser.close());

  const objective = weightedSphere([1, 3]);
  const runs = {
    slow: minimize(objective.f, { x: [3, 4] }, gradientDescent({ learningRate: 0.02 }), {
      steps: 8,
      tolerance: 0,
    }),
    Adam: minimize(objective.f, { x: [3, 4] }, adam({ learningRate: 0.3 }), { steps: 12 }),
  };

  pages("contours: no request, no complaint; pointer, keys, buttons, files, axe, dark", async () => {
    const { page, events, url } = await openFigure(
      browser,
      folder,
      "contour",
      contourFigure({ objective, runs, colorMap: "course" }),
    );
    await theStepUnderThePointer(page);
    await walkedByKeys(page);
    await theValueAndTheFiles(page);
    assert.equal(events, [url]);
    const texts = ["Contours: slow, Adam", "slow", "Adam", "○ start"];
    assert.equal(await faultsOnPaper(page, { texts, pictures: 1 }), []);
    assert.equal(await faultsZoomed(page, "canvas"), []);
    assert.equal(await faultsInLooks(page, [1, 800]), []);
    await page.close();
  });

  pages("a curve: keys walk along its runs, the pointer is told the value; paper, fingers, axe", async () => {
    const f = trace({ x: scalar() }, ({ x }) => square(x));
    const descend = (learningRate: number, steps: number) =>
      minimize(f, { x: 2 }, gradientDescent({ learningRate }), { steps, tolerance: 0 });
    const own = { slow: descend(0.1, 6), fast: descend(0.4, 3) };
    const figure = curveFigure({ objective: f, runs: own, minima: [0], window: [-3, 3] });
    const { page, events, url } = await openFigure(browser, folder, "curve", figure);
    await page.locator("canvas").focus();
    await page.keyboard.press("Home");
    assert.is(await told(page), "slow, step 0: x = 2, f = 4");
    await page.keyboard.press("ArrowRight");
    assert.is(await told(page), "slow, step 1: x = 1.6, f = 2.56");
    await page.keyboard.press("ArrowDown");
    assert.is(await told(page), "fast, step 1: x = 0.4, f = 0.16");
    await page.keyboard.press("Escape");
    const box = (await page.locator("canvas").boundingBox())!;
    await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.2 * box.height);
    await tells(page, /^x = .*, f ≈ /);
    const [x, value] = (await told(page))!.match(/−?[\d.]+/g)!.map((text) => Number(text.replace("−", "-")));
    assert.ok(Math.abs(value! - x! ** 2) < 0.01 * x! ** 2, (await told(page))!);
    // The curve is seen where runs lie on it.
    const pixels = async () => (await inked(page, "canvas", iterationColor, 60)).count;
    const buttons = ["slow", "fast"].map((name) => page.getByRole("button", { name }));
    const under = await pixels();
    for (const button of buttons) await button.press("Enter");
    const alone = await pixels();
    assert.ok(under > 0.7 * alone, `${under} of ${alone}`);
    assert.is((await inked(page, "canvas", orange, 6)).count, 0);
    for (const button of buttons) await button.press("Enter");
    assert.equal(events, [url]);
    const texts = ["Curve: slow, fast", "slow", "fast", "★ minimum"];
    assert.equal(await faultsOnPaper(page, { texts, pictures: 1 }), []);
    assert.equal(await faultsZoomed(page, "canvas"), []);
    assert.equal(await faultsInLooks(page, [0, 390], [1, 1280]), []);
    await page.close();
  });

  async function theStepUnderThePointer(page: Page): Promise<void> {
    const before = await inked(page, "canvas", tooltip);
    const run = await inked(page, "canvas", orange, 6);
    assert.ok(run.count > 50, "the second run is drawn in its colour");
    await page.mouse.move(...run.rightmost);
    await tells(page, /^Adam, step \d+: \(x1, x2\) = /);
    await settle(page);
    const added = (await inked(page, "canvas", tooltip)).count - before.count;
    assert.ok(added > 2000, `a dark box with the step appears: ${added} pixels`);
    await page.mouse.move(2, 2);
    await tells(page, /^$/);
  }

  async function walkedByKeys(page: Page): Promise<void> {
    await page.locator("canvas").focus();
    await page.keyboard.press("Home");
    assert.match((await told(page))!, /^slow, step 0: \(x1, x2\) = \(3, 4\), f = 57$/);
    await page.keyboard.press("ArrowRight");
    assert.match((await told(page))!, /^slow, step 1: /);
    await page.keyboard.press("ArrowDown");
    assert.match((await told(page))!, /^Adam, step 1: /);
    await page.keyboard.press("End");
    assert.match((await told(page))!, new RegExp(`^Adam, step ${runs.Adam.steps}: `));
    await page.keyboard.press("Escape");
    assert.is(await told(page), "");
    const button = page.getByRole("button", { name: "Adam" });
    await button.press("Enter");
    assert.is(await button.getAttribute("aria-pressed"), "false");
    await page.locator("canvas").focus();
    await page.keyboard.press("ArrowDown");
    assert.match((await told(page))!, /^slow, /);
    await page.keyboard.press("Escape");
    await button.press("Enter");
  }

  async function theValueAndTheFiles(page: Page): Promise<void> {
    const box = (await page.locator("canvas").boundingBox())!;
    await page.mouse.move(box.x + 0.6 * box.width, box.y + 0.8 * box.height);
    await tells(page, /f ≈/);
    const [x1, x2, f] = (await told(page))!
      .match(/−?[\d.]+(?=[,)]|$)/g)!
      .slice(-3)
      .map((text) => Number(text.replace("−", "-")));
    assert.ok(Math.abs(f! / (x1! ** 2 + 3 * x2! ** 2) - 1) < 0.02, (await told(page))!);
    await page.locator("summary").click();
    await page.locator("tbody tr").first().waitFor();
    assert.is(await page.locator("tbody tr").count(), runs.slow.steps + runs.Adam.steps + 2);
    const saved = async (label: string) => {
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: label }).click(),
      ]);
      return readFileSync((await file.path())!);
    };
    assert.match(String(await saved("Save CSV")), /^run,step,x1,x2,value\r\nslow,0,3,4,57\r\n/);
    assert.match(String(await saved("Save SVG")), /^<svg [^>]*viewBox[\s\S]*>slow<\/text>/);
    assert.is((await saved("Save PNG")).subarray(1, 4).toString("latin1"), "PNG");
  }

  const training = (learningRate: number) =>
    train(
      ({ a, y }) => mean(square(subtract(a!, y!))),
      { a: [2] },
      { y: [0, 0] },
      gradientDescent({ learningRate }),
      { batchSize: 1, epochs: 10 },
    );

  pages("losses: a button hides a run in both panels, which stand below each other on a phone", async () => {
    const figure = lossFigure({ trainings: { slow: training(0.05), fast: training(0.2) } });
    const { page, events, url } = await openFigure(browser, folder, "loss", figure);
    const counts = async (color: string) => {
      await settle(page);
      return Promise.all([0, 1].map(async (i) => (await inked(page, `#chart-${i}`, color, 30)).count));
    };
    assert.ok((await counts(blue)).every((count) => count > 50));
    await page.getByRole("button", { name: "slow" }).click();
    assert.equal(await counts(blue), [0, 0]);
    assert.ok(
      (await counts(orange)).every((count) => count > 50),
      "the other run stays",
    );
    assert.equal(events, [url]);
    await resize(page, 380, 800);
    const boxes = await Promise.all([0, 1].map((i) => page.locator(`#chart-${i}`).boundingBox()));
    assert.ok(boxes[1]!.y >= boxes[0]!.y + boxes[0]!.height);
    for (const box of boxes) assert.ok(box!.x >= 0 && box!.x + box!.width <= 380 && box!.height >= 300);
    assert.equal(
      await faultsOnPaper(page, { texts: ["Losses: slow, fast", "slow", "fast"], pictures: 2 }),
      [],
    );
    assert.equal(await faultsZoomed(page, "#chart-0"), []);
    assert.equal(whole ? await faultsInLooks(page) : await faultsOf(page), []);
    await page.close();
  });

  pages("a fit tells a point's numbers, and a button hides a group with its curve and bands", async () => {
    const x = [1, 2, 3, 4];
    const groups = { high: { x, y: [3, 5.2, 6.8, 9] }, low: { x, y: [1, 1.6, 2.4, 2.9] } };
    const fit = curveFit(({ a, x }) => multiply(a, x), { a: 1 }, groups, { own: ["a"] });
    const { page, events, url } = await openFigure(browser, folder, "fit", fitFigure({ fit }));
    const { rightmost } = await inked(page, "canvas", orange, 10);
    // Back along the curve, which goes beyond its last point.
    for (let step = 0; step < 20 && (await told(page)) === ""; step++) {
      await page.mouse.move(rightmost[0] - 3 * step, rightmost[1] + 2);
      await settle(page);
    }
    await tells(page, /^low, point 4: x 4, y 2.9, residual −0.166667$/);
    await page.mouse.move(2, 2);
    await page.locator("canvas").focus();
    await page.keyboard.press("End");
    assert.match((await told(page))!, /^high, point 4: x 4, y 9, /);
    await page.keyboard.press("Escape");
    // Alone, a group has the axis to itself.
    const { y } = await inked(page, "canvas", orange, 10);
    const button = page.getByRole("button", { name: "high" });
    await button.click();
    await settle(page);
    assert.is((await inked(page, "canvas", blue, 10)).count, 0);
    const alone = await inked(page, "canvas", orange, 10);
    assert.ok(alone.y[0] < y[0] - 60, `${alone.y} instead of ${y}`);
    assert.equal(events, [url]);
    assert.equal(await faultsOnPaper(page, { texts: ["Fit", "high", "low", "dark band"], pictures: 1 }), []);
    assert.equal(await faultsZoomed(page, "canvas"), []);
    assert.equal(await faultsInLooks(page, [0, 390]), []);
    await page.close();
  });
}

pages.run();
