/// <reference lib="dom" />
/** The pages with a surface, of a race and of a comparison, in a real browser, where the machine has one: each is opened once. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findChromium, launchChromium } from "../../../property-tests/support/browser.js";
import {
  faultsInLooks,
  faultsZoomed,
  inked,
  openFigure,
  resize,
  settle,
} from "../../../property-tests/support/pages.js";
import { faultsOnPaper } from "../../../property-tests/support/paper.js";
import { adam, compile, cubic, gradientDescent, minimize, weightedSphere } from "../../index.js";
import { comparisonPage, raceFigure } from "../index.js";

const chromium = findChromium();
const folder = mkdtempSync(join(tmpdir(), "panels-"));
const blue = "#1b2fd8";
let browser: Browser;

const pages = suite("pages with a surface");
pages.after(() => rmSync(folder, { recursive: true, force: true }));

/** The number that a page writes. */
function numberOf(text: string): number {
  const [mantissa, power] = text.replace("−", "-").split("·10");
  const digits = [...(power ?? "⁰")]
    .map((sign) => (sign === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(sign)))
    .join("");
  return Number(`${mantissa}e${digits}`);
}
const close = (found: readonly number[], expected: ArrayLike<number>, tolerance: number) => {
  assert.is(found.length, expected.length);
  for (const [i, one] of found.entries())
    assert.ok(
      Math.abs(one - expected[i]!) <= tolerance * Math.abs(expected[i]!),
      `${one} beside ${expected[i]}`,
    );
};
const lines = (page: Page) => page.locator(".race-tip:not([hidden]) div").allTextContents();

if (chromium === undefined) {
  process.stdout.write("No Chromium on PATH or in CHROMIUM: the pages aren't tested in a browser.\n");
} else {
  pages.before(async () => {
    browser = await launchChromium(chromium);
  });
  pages.after(() => browser.close());

  const run = minimize(cubic.f, { x: [2, 3] }, gradientDescent({ learningRate: 0.01 }), {
    steps: 30,
    tolerance: 0,
  });

  pages("a race plays, is turned, and tells its numbers to the pointer", async () => {
    const figure = raceFigure({ objective: cubic, runs: { GD: run }, faces: [20, 20] });
    const { page, events, url } = await openFigure(browser, folder, "race", figure, [900, 640]);
    const picture = async () => {
      await settle(page);
      return page.locator("canvas").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    };
    const last = await picture();
    const { rightmost } = await inked(page, "#race canvas", blue);
    await page.getByRole("slider").fill("0");
    const first = await picture();
    assert.is.not(first, last);
    assert.is(await page.locator("output").textContent(), "0 / 30");
    await page.getByRole("combobox").selectOption("4");
    await page.getByRole("button", { name: "Play" }).click();
    await page.waitForFunction(() => document.querySelector("output")!.textContent === "30 / 30");
    await page.mouse.move(0, 0);
    assert.is.not(await picture(), first);

    await page.mouse.move(...rightmost);
    await settle(page);
    const [title, ...told] = await lines(page);
    const step = Number(/^GD, step (\d+)$/.exec(title ?? "")?.[1]);
    assert.ok(step >= 0 && step <= run.steps, title);
    const { parameters, values } = run.trajectory;
    const point = step < run.steps ? parameters.x.slice(2 * step, 2 * step + 2) : run.parameters.x;
    close(
      told.map((line) => numberOf(line.split(" = ")[1]!)),
      [...point, step < run.steps ? values[step]! : run.value],
      1e-5,
    );

    // Between the steps, the surface's own value; a button's space presses the button.
    const place = (await page.locator("canvas").boundingBox())!;
    await page.mouse.move(place.x + 0.45 * place.width, place.y + 0.5 * place.height);
    await page.waitForFunction(() => /≈/.test(document.getElementById("told")!.textContent!));
    const [x1, x2, f] = (await page.locator("#told").textContent())!
      .split(", ")
      .slice(-4)
      .map((text) => numberOf(text.split(/[=≈] /)[1] ?? ""))
      .filter(Number.isFinite);
    const exact = compile(cubic.f)({ x: [x1!, x2!] });
    assert.ok(Math.abs(f! - exact) <= 0.03 * Math.max(1, Math.abs(exact)), `${f} beside ${exact}`);
    await page.getByRole("button", { name: "Reset view" }).press("Space");
    assert.is(await page.locator("output").textContent(), "30 / 30");

    await page.mouse.move(0, 0);
    const before = await picture();
    const box = (await page.locator("canvas").boundingBox())!;
    await page.mouse.move(box.x + 300, box.y + 300);
    await page.mouse.down();
    await page.mouse.move(box.x + 420, box.y + 330, { steps: 4 });
    await page.mouse.up();
    await page.mouse.move(0, 0);
    assert.is.not(await picture(), before);
    assert.equal(events, [url]);
    assert.equal(await faultsOnPaper(page, { texts: ["A race of optimizers", "GD"], pictures: 1 }), []);
    assert.equal(await faultsZoomed(page, "#race canvas", true), []);
    assert.equal(await faultsInLooks(page, [0, 390]), []);
    await page.close();
  });

  const objective = weightedSphere([1, 3]);
  const runs = {
    slow: minimize(objective.f, { x: [3, 4] }, gradientDescent({ learningRate: 0.02 }), {
      steps: 20,
      tolerance: 0,
    }),
    Adam: minimize(objective.f, { x: [3, 4] }, adam({ learningRate: 0.3 }), { steps: 30, tolerance: 0 }),
  };
  const mark = (page: Page) => page.locator("#mark").textContent();
  const marked = async (page: Page) => /^(\w+), step (\d+): /.exec((await mark(page)) ?? "");

  pages(
    "a comparison: its panels are linked, its table holds the results, and it fits every screen",
    async () => {
      const figure = comparisonPage({
        ...{ objective, runs, window: { x1: [-4, 4], x2: [-5, 5] } },
        lossScale: "above minimum",
      });
      const { page, events, url } = await openFigure(browser, folder, "comparison", figure, [1280, 1100]);
      await theStepIsMarkedInAllPanels(page);
      await hiddenInAllPanels(page);
      await playedInAllPanels(page);
      await theTable(page);
      assert.equal(events, [url]);
      assert.equal(await faultsInLooks(page, [0, 400], [2, 1280]), []);
      await page.close();
    },
  );

  async function theStepIsMarkedInAllPanels(page: Page): Promise<void> {
    const pixels = () =>
      page.evaluate(() => {
        const canvas = document.getElementById("contour") as HTMLCanvasElement;
        const copy = document.createElement("canvas");
        [copy.width, copy.height] = [canvas.width, canvas.height];
        const ctx = copy.getContext("2d", { willReadFrequently: true })!;
        ctx.drawImage(canvas, 0, 0);
        const all = new Uint32Array(ctx.getImageData(0, 0, copy.width, copy.height).data.buffer);
        const kept = window as unknown as { before?: Uint32Array };
        kept.before ??= all;
        const { before } = kept;
        const places = [...all.keys()].filter((i) => all[i] !== before[i]);
        const [across, down] = [
          places.map((i) => i % copy.width),
          places.map((i) => Math.floor(i / copy.width)),
        ];
        const bounds = canvas.getBoundingClientRect();
        const [x, y] = [across, down].map(
          (list) =>
            (list.reduce((a, b) => Math.min(a, b), 1e9) + list.reduce((a, b) => Math.max(a, b), 0)) / 2,
        ) as [number, number];
        const scale = bounds.width / copy.width;
        return { count: places.length, x: bounds.left + scale * x, y: bounds.top + scale * y };
      });
    await settle(page);
    await pixels();
    const box = (await page.locator("#loss").boundingBox())!;
    await page.mouse.move(box.x + 0.4 * box.width, box.y + 0.3 * box.height);
    await page.waitForFunction(() => /step/.test(document.getElementById("mark")!.textContent!));
    const [, name, step] = (await marked(page))!;
    const { trajectory } = runs[name as keyof typeof runs];
    const at = Number(step);
    close(
      (await mark(page))!
        .match(/−?\d+\.?\d*/g)!
        .slice(-3)
        .map(numberOf),
      [...trajectory.parameters.x.subarray(2 * at, 2 * at + 2), trajectory.values[at]!],
      1e-5,
    );
    await settle(page);
    assert.is((await lines(page))[0], `${name}, step ${step}`);
    assert.match((await page.locator("tr.marked th").textContent())!, name!);

    // The ring in the contours is where the step is: the pointer, put there, is told the same.
    const ring = await pixels();
    assert.ok(ring.count > 60, `${ring.count} pixels`);
    await page.mouse.move(ring.x, ring.y);
    await settle(page);
    assert.equal((await marked(page))!.slice(1), [name, step]);
    await page.mouse.move(5, 5);
    await page.waitForFunction(() => document.getElementById("mark")!.textContent === "");
  }

  const counts = async (page: Page) => {
    await settle(page);
    const found: number[] = [];
    for (const selector of ["#contour", "#surface canvas", "#loss"])
      found.push((await inked(page, selector, blue)).count);
    return found;
  };

  async function hiddenInAllPanels(page: Page): Promise<void> {
    const before = await counts(page);
    for (const count of before) assert.ok(count > 30, `${count} pixels`);
    const button = page.getByRole("button", { name: "slow" });
    await button.click();
    assert.is(await button.getAttribute("aria-pressed"), "false");
    assert.equal(await counts(page), [0, 0, 0]);
    await button.press("Enter");
    assert.equal(await counts(page), before);
  }

  async function playedInAllPanels(page: Page): Promise<void> {
    const [contour, , loss] = await counts(page);
    await page.getByRole("slider").fill("2");
    const [less, , lower] = await counts(page);
    assert.ok(less! > 0 && less! < 0.8 * contour! && lower! > 0 && lower! < 0.8 * loss!);
    await page.getByRole("slider").fill("30");
  }

  async function theTable(page: Page): Promise<void> {
    await resize(page, 400, 800);
    const rows = await page.locator("#results tbody tr").all();
    for (const [i, one] of Object.values(runs).entries()) {
      const cells = await rows[i]!.locator("td").allTextContents();
      assert.equal(cells.slice(0, 2), [one.status, String(one.steps)]);
      close(cells.slice(2, 5).map(numberOf), [one.value, ...one.parameters.x], 1e-3);
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
    const results = Object.values(runs).map(({ status }) => status);
    const texts = [
      (await page.locator("h1").textContent())!,
      ...Object.keys(runs),
      ...results,
      "‖∇f‖",
      "minimum",
    ];
    assert.equal(await faultsOnPaper(page, { texts, pictures: 3 }), []);
    assert.equal(await faultsZoomed(page, "#surface canvas", true), []);
  }
}

pages.run();
