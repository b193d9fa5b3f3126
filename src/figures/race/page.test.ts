/// <reference lib="dom" />
/** A race as GIF, and its page in a real browser, where the machine has one. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findChromium, launchChromium } from "../../../property-tests/support/browser.js";
import { cubic, gradientDescent, minimize } from "../../index.js";
import { raceFigure } from "../index.js";

const chromium = findChromium();
const folder = mkdtempSync(join(tmpdir(), "race-"));
let browser: Browser;

const run = minimize(cubic.f, { x: [2, 3] }, gradientDescent({ learningRate: 0.01 }), {
  steps: 30,
  tolerance: 0,
});
const figure = raceFigure({ objective: cubic, runs: { "Gradient descent": run }, faces: [20, 20] });

const races = suite("races");
races.after(() => rmSync(folder, { recursive: true, force: true }));

races("a GIF has a frame a step, the size asked for, and is small", async () => {
  const path = join(folder, "race.gif");
  let told: [number, number] = [0, 0];
  await figure.save(path, { onProgress: (done, total) => (told = [done, total]) });
  const bytes = readFileSync(path);
  assert.is(bytes.subarray(0, 6).toString("latin1"), "GIF89a");
  assert.equal([bytes.readUInt16LE(6), bytes.readUInt16LE(8)], [800, 600]);
  assert.is(framesOf(bytes), run.steps + 1);
  assert.equal(told, [run.steps + 1, run.steps + 1]);
  assert.ok(bytes.length < 1e6 / 5);
});

/** Walks the blocks of a GIF (CompuServe's specification 89a) and counts the images. */
function framesOf(bytes: Buffer): number {
  const tableSize = (flags: number) => (flags & 128 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + tableSize(bytes[10]!);
  const skipBlocks = () => {
    while (bytes[at] !== 0) at += bytes[at]! + 1;
    at++;
  };
  let frames = 0;
  while (bytes[at] !== 0x3b) {
    if (bytes[at] === 0x21) at += 2;
    else {
      assert.is(bytes[at], 0x2c);
      frames++;
      at += 10 + tableSize(bytes[at + 9]!) + 1;
    }
    skipBlocks();
  }
  return frames;
}

races("a page is one small file that names nothing outside of itself", async () => {
  const text = Buffer.from(await figure.render("html")).toString();
  assert.ok(text.length < 300_000, `${text.length} bytes`);
  assert.not.match(text, /(src|href)\s*=\s*["']?(https?:)?\/\//);
});

/** Moves the pointer over the picture, until it is over a path. */
async function findTip(page: Page): Promise<string[]> {
  const { x, y, width, height } = (await page.locator("canvas").boundingBox())!;
  for (let row = 0.1; row < 0.95; row += 0.04) {
    for (let column = 0.1; column < 0.95; column += 0.04) {
      await page.mouse.move(x + column * width, y + row * height);
      await page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
      );
      const lines = await page.locator(".race-tip:not([hidden]) div").allTextContents();
      if (lines.length > 0) return lines;
    }
  }
  return [];
}

if (chromium === undefined) {
  process.stdout.write("No Chromium on PATH or in CHROMIUM: the page of a race isn't tested in a browser.\n");
} else {
  races.before(async () => {
    browser = await launchChromium(chromium);
  });
  races.after(() => browser.close());

  races("playing moves the dot, dragging turns the box, the pointer is told the numbers", async () => {
    const path = join(folder, "race.html");
    await figure.save(path);
    const page = await browser.newPage({ viewport: { width: 900, height: 640 } });
    const complaints: string[] = [];
    page.on("console", (message) => void complaints.push(message.text()));
    page.on("pageerror", (error) => void complaints.push(String(error)));
    await page.goto(pathToFileURL(path).href);
    const picture = async () => (await page.locator("canvas").screenshot()).toString("base64");
    const last = await picture();

    await page.getByRole("slider").fill("0");
    const first = await picture();
    assert.is.not(first, last);
    assert.is(await page.locator("output").textContent(), "0 / 30");
    await page.getByRole("button", { name: "Play" }).click();
    await page.waitForFunction(() => document.querySelector("output")!.textContent === "30 / 30");
    await page.mouse.move(0, 0);
    assert.is.not(await picture(), first);

    const lines = await findTip(page);
    const step = Number(/^Gradient descent, step (\d+)$/.exec(lines[0] ?? "")?.[1]);
    assert.ok(step >= 0 && step <= run.steps, lines.join());
    const numbers = lines.slice(1).map((line) => Number(line.split(" = ")[1]!.replace("−", "-")));
    const { parameters, values } = run.trajectory;
    const point = step < run.steps ? parameters.x.slice(2 * step, 2 * step + 2) : run.parameters.x;
    const expected = [...point, step < run.steps ? values[step]! : run.value];
    for (const [i, number] of numbers.entries()) {
      assert.ok(Math.abs(number - expected[i]!) <= 1e-5 * Math.abs(expected[i]!), lines.join());
    }

    await page.mouse.move(0, 0);
    const before = await picture();
    const box = (await page.locator("canvas").boundingBox())!;
    await page.mouse.move(box.x + 300, box.y + 300);
    await page.mouse.down();
    await page.mouse.move(box.x + 420, box.y + 330, { steps: 4 });
    await page.mouse.up();
    await page.mouse.move(0, 0);
    assert.is.not(await picture(), before);
    assert.equal(complaints, []);
    await page.close();
  });
}

races.run();
