import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeFigure } from "../figures/figure.js";
import { saveFigures } from "./progress.js";

const path = mkdtempSync(join(tmpdir(), "progress-"));
const folder = pathToFileURL(`${path}/`);

function output(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 40, written, write: (text: string) => written.push(text) };
}

const animation = makeFigure({
  gif: async (onProgress) => {
    for (let frame = 1; frame <= 3; frame++) onProgress(frame, 3);
    return new Uint8Array(3);
  },
});
const failing = makeFigure({ png: () => Promise.reject(new Error("no ink")) });
const files = [
  { file: "broken.png", figure: failing },
  { file: "race.gif", figure: animation },
];

const progress = suite("progress");
progress.after(() => rmSync(path, { recursive: true, force: true }));

progress("each figure has a line once it is saved; one that fails doesn't stop the others", async () => {
  const plain = output(false);
  const failures = await saveFigures(files, folder, plain);
  assert.equal(plain.written, ["[2/2] race.gif\n"]);
  assert.equal(
    failures.map(({ file, error }) => [file, (error as Error).message]),
    [["broken.png", "no ink"]],
  );
  assert.equal(readdirSync(path), ["race.gif"]);
});

progress("a terminal shows the frames in one line, no wider than itself, and is left clean", async () => {
  const terminal = output(true);
  await saveFigures(files.slice(1), folder, terminal);
  const lines = terminal.written.map((text) => text.replaceAll("\r\u001b[K", ""));
  assert.equal(lines, [
    "[1/1] race.gif",
    "[1/1] race.gif  frame 1 of 3",
    "[1/1] race.gif  frame 2 of 3",
    "[1/1] race.gif  frame 3 of 3",
    "",
  ]);
  assert.ok(terminal.written.every((text) => text.startsWith("\r\u001b[K")));
  assert.ok(existsSync(join(path, "race.gif")));
});

progress.run();
