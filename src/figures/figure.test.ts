import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { AdjointError } from "../../graph/index.js";
import { type Format, makeFigure } from "./figure.js";

const folder = mkdtempSync(join(tmpdir(), "figure-"));
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (content: string) => new TextEncoder().encode(content);

async function refused(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
  } catch (error) {
    assert.instance(error, AdjointError);
    return (error as AdjointError).message;
  }
  return assert.unreachable() as never;
}

const figure = makeFigure({
  png: async (onProgress) => {
    onProgress(1, 2);
    onProgress(2, 2);
    return bytes("a picture");
  },
  html: async () => bytes("a page"),
});

const figures = suite("figures");
figures.after(() => rmSync(folder, { recursive: true, force: true }));

figures("a figure renders what it has, and tells its progress", async () => {
  assert.equal(figure.formats, ["png", "html"]);
  const told: number[][] = [];
  const onProgress = (done: number, total: number) => void told.push([done, total]);
  assert.is(text(await figure.render("png", { onProgress })), "a picture");
  assert.equal(told, [
    [1, 2],
    [2, 2],
  ]);
  assert.is(text(await figure.render("html")), "a page");
});

figures("save goes by the ending, makes the folder, leaves the file alone in it", async () => {
  const path = join(folder, "new", "deeper", "a.b.PNG");
  await figure.save(path);
  assert.is(readFileSync(path, "utf8"), "a picture");
  await figure.save(path);
  assert.equal(readdirSync(join(folder, "new", "deeper")), ["a.b.PNG"]);
});

figures("several saves of one file at the same time leave one whole file", async () => {
  const path = join(folder, "same.html");
  await Promise.all(Array.from({ length: 8 }, () => figure.save(path)));
  assert.is(readFileSync(path, "utf8"), "a page");
  assert.not.ok(readdirSync(folder).some((name) => name.startsWith(".")));
});

figures("a drawing that fails leaves nothing, not even the folder", async () => {
  const failing = makeFigure({ png: () => Promise.reject(new Error("no ink")) });
  try {
    await failing.save(join(folder, "none", "a.png"));
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, "no ink");
  }
  assert.not.ok(existsSync(join(folder, "none")));
});

figures("a path that can't be written, or an unknown ending, is told before anything is drawn", async () => {
  writeFileSync(join(folder, "file"), "");
  mkdirSync(join(folder, "folder.png"));
  let drawn = 0;
  const counted = makeFigure({
    png: async () => {
      drawn++;
      return bytes("a picture");
    },
  });
  const before = readdirSync(folder, { recursive: true }).sort();
  for (const [path, reason] of [
    [join(folder, "file", "a.png"), /save: ".*a\.png" can't be written: (EEXIST|ENOTDIR)/],
    [join(folder, "file", "b", "a.png"), /can't be written: ENOTDIR/],
    [join(folder, "folder.png"), /can't be written: there is a folder of that name/],
    [join(folder, "new", `${"a".repeat(300)}.png`), /can't be written: ENAMETOOLONG/],
    [join(folder, "new2", "a.gif"), /it must end with \.png/],
  ] as const)
    assert.match(await refused(() => counted.save(path)), reason);
  assert.is(drawn, 0);
  assert.equal(readdirSync(folder, { recursive: true }).sort(), before);
});

figures(
  "an ending or a format that the figure doesn't have is one error that names those it has",
  async () => {
    for (const name of ["a.gif", "a", "png", "a.html.txt", ".png", "a."]) {
      const message = await refused(() => figure.save(join(folder, name)));
      assert.match(message, "it must end with .png or .html");
      assert.match(message, name);
    }
    assert.match(await refused(() => figure.save(3 as never)), "the path is 3");
    assert.match(
      await refused(() => figure.render("gif")),
      /^render: the format is the text "gif"; this figure has "png", "html"/,
    );
    assert.match(await refused(() => figure.render("toString" as Format)), /this figure has "png", "html"/);
    assert.match(
      await refused(() => figure.save(join(folder, "a.png"), { progress: 1 } as never)),
      /^save: unknown option "progress"; the options are onProgress/,
    );
  },
);

figures.run();
