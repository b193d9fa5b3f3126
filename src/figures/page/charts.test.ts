/** The pages of charts in a real browser, where the machine has one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findChromium, launchChromium } from "../../../property-tests/support/browser.js";
import { type Color, color, decode, pixelsOf } from "../../../property-tests/support/picture.js";
import { curveFit } from "../../fits/index.js";
import {
  gradientDescent,
  mean,
  minimize,
  multiply,
  square,
  subtract,
  train,
  weightedSphere,
} from "../../index.js";
import { contourFigure, fitFigure, lossFigure } from "../index.js";

const chromium = findChromium();
const folder = mkdtempSync(join(tmpdir(), "charts-"));
let browser: Browser;

const objective = weightedSphere([1, 1]);
const descend = (x1: number) =>
  minimize(objective.f, { x: [x1, 2] }, gradientDescent({ learningRate: 0.3 }), { steps: 5, tolerance: 0 });
const fit = (learningRate: number) =>
  train(
    ({ a, y }) => mean(square(subtract(a!, y!))),
    { a: [2] },
    { y: [0, 0] },
    gradientDescent({ learningRate }),
    {
      batchSize: 1,
      epochs: 10,
    },
  );

/** Opens a figure's page; whatever it requests or complains of is in `events`. */
async function open(figure: { save(path: string): Promise<void> }, name: string) {
  const path = join(folder, `${name}.html`);
  await figure.save(path);
  const page = await browser.newPage({ viewport: { width: 900, height: 560 } });
  const events: string[] = [];
  page.on("request", (request) => void events.push(request.url()));
  page.on("console", (message) => void events.push(message.text()));
  page.on("pageerror", (error) => void events.push(String(error)));
  const url = pathToFileURL(path).href;
  await page.goto(url);
  return { page, events, url };
}

const picture = async (page: Page) => decode(await page.screenshot());

const pages = suite("pages of charts");

if (chromium === undefined) {
  process.stdout.write(
    "No Chromium on PATH or in CHROMIUM: the pages of charts aren't tested in a browser.\n",
  );
  pages("without a browser, nothing is tested", () => {});
} else {
  pages.before(async () => {
    browser = await launchChromium(chromium);
  });
  pages.after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  pages(
    "a contour page draws without a request or a complaint, and tells the step under the pointer",
    async () => {
      const runs = { left: descend(-2), right: descend(2) };
      const window = { x1: [-3, 3], x2: [-3, 3] } as const;
      const { page, events, url } = await open(
        contourFigure({ objective, runs, window, scale: "linear", colorMap: "course" }),
        "contour",
      );
      const before = await picture(page);
      // Below the legend, the rightmost point of the second run's colour is where it starts.
      const run = pixelsOf(before, color("#ec9311"), 6).filter(([, y]) => y > 60);
      assert.ok(run.length > 50, "the second run is drawn in its colour");
      const [x, y] = run.reduce((far, one) => (one[0] > far[0] ? one : far));
      await page.mouse.move(x, y);
      await page.waitForTimeout(100);
      const after = await picture(page);
      const shade: Color = [51, 51, 51];
      const added = pixelsOf(after, shade, 40).length - pixelsOf(before, shade, 40).length;
      assert.ok(added > 2000, `a dark box with the step appears: ${added} pixels`);
      assert.equal(events, [url]);
      await page.close();
    },
  );

  pages("a click in one panel's legend hides the run in both", async () => {
    const figure = lossFigure({ trainings: { slow: fit(0.05), fast: fit(0.2) } });
    const { page, events, url } = await open(figure, "loss");
    const curves = async (wanted: string) => {
      const shown = await picture(page);
      // Below the legend.
      const found = pixelsOf(shown, color(wanted), 30).filter(([, y]) => y > 110);
      const left = found.filter(([x]) => x < shown.width / 2).length;
      return [left, found.length - left] as const;
    };
    const blue = "#1b2fd8";
    const [left, right] = await curves(blue);
    assert.ok(left > 50 && right > 50);
    const [x, y] = pixelsOf(await picture(page), color(blue), 10)[0]!;
    await page.mouse.click(x + 8, y + 1);
    await page.mouse.move(2, 2);
    await page.waitForTimeout(100);
    assert.equal(await curves(blue), [0, 0]);
    const [other] = await curves("#ec9311");
    assert.ok(other > 50, "the other run stays");
    assert.equal(events, [url]);
    await page.close();
  });

  pages(
    "a fit's page tells a point's numbers, and a click hides a group with its curve and bands",
    async () => {
      const x = [1, 2, 3, 4];
      const groups = { high: { x, y: [3, 5.2, 6.8, 9] }, low: { x, y: [1, 1.6, 2.4, 2.9] } };
      const fitted = curveFit(({ a, x }) => multiply(a, x), { a: 1 }, groups, { own: ["a"] });
      const { page, events, url } = await open(fitFigure({ fit: fitted }), "fit");
      const before = await picture(page);
      const [blue, green, box]: Color[] = [color("#1b2fd8"), color("#ec9311"), [51, 51, 51]];
      const points = pixelsOf(before, green!, 10).filter(([, y]) => y > 160);
      const blues = pixelsOf(before, blue!, 10).filter(([, y]) => y > 160).length;
      assert.ok(points.length > 300 && blues > 300);
      const rightmost = points.reduce((far, one) => (one[0] > far[0] ? one : far));
      // Along the curve's end to its last point.
      for (let step = 0; step < 12; step++) {
        await page.mouse.move(rightmost[0] - 3 * step, rightmost[1] + 2);
        await page.waitForTimeout(30);
        if (pixelsOf(await picture(page), box!, 40).length > pixelsOf(before, box!, 40).length + 1000) break;
        assert.ok(step < 11, "a dark box with the point's numbers appears");
      }
      const [left, top] = pixelsOf(before, green!, 10).find(([, y]) => y < 160)!;
      await page.mouse.click(left + 8, top + 1);
      await page.mouse.move(2, 2);
      await page.waitForTimeout(100);
      const after = await picture(page);
      assert.is(pixelsOf(after, green!, 10).filter(([, y]) => y > 160).length, 0);
      assert.ok(pixelsOf(after, blue!, 10).length > 300, "the other group stays");
      assert.equal(events, [url]);
      await page.close();
    },
  );

  pages("on a narrow screen, the panels stand below each other and stay inside", async () => {
    const { page } = await open(lossFigure({ trainings: { GD: fit(0.1) } }), "narrow");
    await page.setViewportSize({ width: 380, height: 800 });
    await page.waitForTimeout(100);
    const boxes = await Promise.all([0, 1].map((i) => page.locator("canvas").nth(i).boundingBox()));
    assert.ok(boxes[1]!.y >= boxes[0]!.y + boxes[0]!.height);
    for (const box of boxes) assert.ok(box!.x >= 0 && box!.x + box!.width <= 380 && box!.height >= 300);
    await page.close();
  });
}

pages.run();
