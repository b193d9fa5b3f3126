/// <reference lib="dom" />
/** Pages for everyone: by keyboard, told to a screen reader, in dark, on paper; without a browser nothing is tested. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findChromium, launchChromium } from "../../../property-tests/support/browser.js";
import { adam, gradientDescent, minimize, weightedSphere } from "../../index.js";
import { comparisonPage, contourFigure, type Figure, lossFigure, raceFigure } from "../index.js";

const chromium = findChromium();
const folder = mkdtempSync(join(tmpdir(), "pages-"));
const objective = weightedSphere([1, 3]);
const descend = (learningRate: number) =>
  minimize(objective.f, { x: [3, 4] }, gradientDescent({ learningRate }), { steps: 8, tolerance: 0 });
const runs = {
  slow: descend(0.02),
  Adam: minimize(objective.f, { x: [3, 4] }, adam({ learningRate: 0.3 }), { steps: 12 }),
};
const figures: Readonly<Record<string, Figure>> = {
  contour: contourFigure({ objective, runs }),
  loss: lossFigure({ runs }),
  race: raceFigure({ objective, runs, faces: [12, 12] }),
  comparison: comparisonPage({ objective, runs, lossScale: "above minimum" }),
};

const pages = suite("pages for everyone");
pages.after(() => rmSync(folder, { recursive: true, force: true }));

if (chromium === undefined) {
  process.stdout.write("No Chromium on PATH or in CHROMIUM: the pages aren't tested in a browser.\n");
} else {
  let browser: Browser;
  pages.before(async () => {
    browser = await launchChromium(chromium);
    for (const [name, figure] of Object.entries(figures)) await figure.save(join(folder, `${name}.html`));
  });
  pages.after(() => browser.close());

  const open = async (context: Browser | BrowserContext, name: string) => {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => void complaints.push(message.text()));
    page.on("pageerror", (error) => void complaints.push(String(error)));
    await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
    return { page, complaints };
  };
  const settle = (page: Page) =>
    page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

  pages(
    "axe finds nothing in light, dark and forced colours (`FIGURES=all`: each at three widths); nothing is wider than the screen",
    async () => {
      let axe = "";
      try {
        axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
      } catch {
        process.stdout.write("axe-core isn't installed (npm ci): the pages aren't tested by it.\n");
      }
      for (const [looks, own] of [
        [{ colorScheme: "light" }, 390],
        [{ colorScheme: "dark" }, 1280],
        [{ forcedColors: "active" }, 800],
      ] as const) {
        const context = await browser.newContext(looks);
        for (const name of Object.keys(figures)) {
          const { page, complaints } = await open(context, name);
          await page.evaluate(axe);
          for (const width of process.env.FIGURES === "all" ? [390, 800, 1280] : [own]) {
            await page.setViewportSize({ width, height: 800 });
            // Charts follow the size of the window.
            await page.waitForTimeout(100);
            await settle(page);
            const found = await page.evaluate(async () => {
              const { axe } = window as unknown as {
                axe?: { run(): Promise<{ violations: { id: string }[] }> };
              };
              return axe ? (await axe.run()).violations.map(({ id }) => id) : [];
            });
            assert.equal(found, [], `${name} at ${width}`);
            assert.ok(
              (await page.evaluate(() => document.documentElement.scrollWidth)) <= width,
              `${name} at ${width}`,
            );
          }
          assert.equal(complaints, []);
          await page.close();
        }
        await context.close();
      }
    },
  );

  pages("by keyboard: arrows step through a run's points, which are told; buttons hide runs", async () => {
    const { page, complaints } = await open(browser, "contour");
    await page.locator("canvas").focus();
    await page.keyboard.press("Home");
    const told = () => page.locator("#told").textContent();
    assert.match((await told())!, /^slow, step 0: \(x1, x2\) = \(3, 4\), f = 57$/);
    await page.keyboard.press("ArrowRight");
    assert.match((await told())!, /^slow, step 1: /);
    await page.keyboard.press("ArrowDown");
    assert.match((await told())!, /^Adam, step 1: /);
    await page.keyboard.press("End");
    assert.match((await told())!, new RegExp(`^Adam, step ${runs.Adam.steps}: `));
    await page.keyboard.press("Escape");
    assert.is(await told(), "");
    const button = page.getByRole("button", { name: "Adam" });
    await button.press("Enter");
    assert.is(await button.getAttribute("aria-pressed"), "false");
    await page.locator("canvas").focus();
    await page.keyboard.press("ArrowDown");
    assert.match((await told())!, /^slow, /);
    assert.equal(complaints, []);
    await page.close();
  });

  pages(
    "the value under the pointer is told, and the numbers are there as a table and as files",
    async () => {
      const context = await browser.newContext({ acceptDownloads: true });
      const { page } = await open(context, "contour");
      const box = (await page.locator("canvas").boundingBox())!;
      await page.mouse.move(box.x + 0.6 * box.width, box.y + 0.8 * box.height);
      const told = (await page.locator("#told").textContent())!;
      const [x1, x2, f] = told
        .match(/−?[\d.]+(?=[,)]|$)/g)!
        .slice(-3)
        .map((text) => Number(text.replace("−", "-")));
      assert.ok(Math.abs(f! / (x1! ** 2 + 3 * x2! ** 2) - 1) < 0.02, told);
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
      await context.close();
    },
  );

  pages(
    "playing grows the paths in all panels; touch scrolls; a page prints whole, on one sheet or two",
    async () => {
      const { page } = await open(browser, "comparison");
      await settle(page);
      const inked = (id: string) =>
        page.evaluate((name) => {
          const canvas = document.getElementById(name) as HTMLCanvasElement;
          const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
          let count = 0;
          for (let i = 0; i < data.length; i += 4)
            if (data[i] === 27 && data[i + 1] === 47 && data[i + 2] === 216) count++;
          return count;
        }, id);
      const whole = [await inked("contour"), await inked("loss")];
      await page.getByRole("slider").fill("2");
      await settle(page);
      const part = [await inked("contour"), await inked("loss")];
      for (const i of [0, 1]) assert.ok(part[i]! > 0 && part[i]! < 0.8 * whole[i]!, `${part} of ${whole}`);
      const touch = await page.evaluate(
        () => getComputedStyle(document.querySelector("#surface canvas")!).touchAction,
      );
      assert.is(touch, "pan-y");
      await page.emulateMedia({ media: "print" });
      const sheet = await page.pdf({ format: "A4" });
      const sheets = String(sheet.toString("latin1")).match(/\/Type\s*\/Page\b/g)!.length;
      assert.ok(sheets >= 1 && sheets <= 3, `${sheets} sheets`);
      await page.close();
    },
  );
}

pages.run();
