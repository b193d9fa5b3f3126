/** A race as GIF, and how large its page is. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cubic, gradientDescent, minimize } from "../../index.js";
import { raceFigure } from "../index.js";

const folder = mkdtempSync(join(tmpdir(), "race-"));

const run = minimize(cubic.f, { x: [2, 3] }, gradientDescent({ learningRate: 0.01 }), {
  steps: 12,
  tolerance: 0,
});
const figure = raceFigure({
  ...{ objective: cubic, runs: { "Gradient descent": run }, faces: [20, 20] },
  ...{ width: 400, height: 300 },
});

const races = suite("races");
races.after(() => rmSync(folder, { recursive: true, force: true }));

races("a GIF has a frame a step, the size asked for, and is small", async () => {
  const path = join(folder, "race.gif");
  let told: [number, number] = [0, 0];
  await figure.save(path, { onProgress: (done, total) => (told = [done, total]) });
  const bytes = readFileSync(path);
  assert.is(bytes.subarray(0, 6).toString("latin1"), "GIF89a");
  assert.equal([bytes.readUInt16LE(6), bytes.readUInt16LE(8)], [400, 300]);
  assert.is(framesOf(bytes), run.steps + 1);
  assert.equal(told, [run.steps + 1, run.steps + 1]);
  assert.ok(bytes.length < 40_000);
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

races.run();
