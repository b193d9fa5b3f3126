/** Pictures in terminals: what is drawn where. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Dots } from "./braille.js";
import { contourLines, curveLines } from "./drawing.js";
import { cli } from "./testing.js";

const drawing = suite("pictures in terminals");

/** The places of a picture's marks: row and column of each character. */
const placesOf = (lines: readonly string[], character: string) =>
  lines.flatMap((line, row) =>
    [...line].flatMap((one, column) => (one === character ? [[row, column] as const] : [])),
  );

drawing("a cell's eight dots are Braille's", () => {
  const orders = [
    [0, 0, 0x2801],
    [0, 1, 0x2802],
    [0, 2, 0x2804],
    [1, 0, 0x2808],
    [1, 1, 0x2810],
    [1, 2, 0x2820],
    [0, 3, 0x2840],
    [1, 3, 0x2880],
  ] as const;
  for (const [x, y, code] of orders) {
    const dots = new Dots(1, 1);
    dots.dot(x, y, 1);
    assert.equal(dots.rows(), [String.fromCharCode(code)]);
  }
  const line = new Dots(2, 1);
  line.line(0, 0, 3, 3, 1);
  assert.equal(line.rows(), ["⠑⢄"]);
  line.line(-5, 2, 1e300, Number.NaN, 1);
  assert.equal(line.rows(), ["⠑⢄"]);
});

drawing("what is drawn over the ground hides it, and inks are painted apart", () => {
  const dots = new Dots(3, 1);
  dots.line(0, 0, 5, 0, 0);
  dots.dot(2, 3, 1);
  dots.dot(3, 0, 0);
  assert.equal(
    dots.rows((ink, text) => `<${ink}:${text}>`),
    [" <1:⡀> "],
  );
});

drawing("contours are where the function says, a path from its start to its end", () => {
  const picture = {
    f: (x: number, y: number) => x * x + y * y,
    names: ["x", "y"] as const,
    window: [
      [-1, 1],
      [-1, 1],
    ] as const,
    paths: [{ mark: "A", x: [-0.85, 0.85], y: [0.85, -0.85] }],
    minima: [[0.5, 0.5] as const],
  };
  const lines = contourLines(picture, { columns: 44, rows: 22 });
  assert.is(lines.length, 22);
  assert.ok(lines.every((line) => line.length <= 44));
  const [[fromRow, fromColumn], [toRow, toColumn], [row, column]] = ["o", "A", "+"].map(
    (one) => placesOf(lines, one)[0]!,
  ) as [readonly [number, number], readonly [number, number], readonly [number, number]];
  // y upwards, x rightwards; 20 rows and 41 columns for 2 units each.
  assert.equal([fromRow, fromColumn], [1 + Math.floor(0.075 * 20), 3 + Math.floor(0.075 * 41)]);
  assert.equal([toRow, toColumn], [1 + Math.floor(0.925 * 20), 3 + Math.floor(0.925 * 41)]);
  assert.equal([row, column], [1 + Math.floor(0.25 * 20), 3 + Math.floor(0.75 * 41)]);
  assert.match(lines[1]!, /^ 1 /);
  assert.match(lines[20]!, /^-1 /);
  assert.match(lines[21]!, /^ {3}-1 +x +1$/);
  // Circles: as many dots in each quarter. Without the path, that is.
  const bare = contourLines({ ...picture, paths: [], minima: [] }, { columns: 43, rows: 22 }).slice(1, 21);
  const count = (part: readonly string[], from: number, to: number) =>
    part.flatMap((line) => [...line.padEnd(43).slice(from, to)]).filter((one) => one !== " ").length;
  const quarters = [count(bare.slice(0, 10), 3, 23), count(bare.slice(10), 23, 43)];
  assert.ok(Math.abs(quarters[0]! - quarters[1]!) < 0.15 * quarters[0]!, quarters.join());
  // Nothing is drawn of a plane, nor where nothing is a number.
  for (const f of [() => 3, () => Number.NaN])
    assert.not.match(
      contourLines({ ...picture, f, paths: [], minima: [] }, { columns: 40, rows: 10 }).join(""),
      /[⠀-⣿]/,
    );
});

drawing("losses fall from left to right, over powers of ten where they span decades", () => {
  const series = (y: readonly number[]) => [{ mark: "", x: y.map((_, i) => i), y }];
  const canvas = { columns: 30, rows: 7 };
  const straight = curveLines({ series: series([1, 1e-2, 1e-4, 1e-6]), names: ["step", "value"] }, canvas);
  assert.equal(straight, [
    "value (logarithmic)",
    "       1 ⠉⠒⠤⣀⡀",
    "             ⠈⠑⠢⢄⡀",
    "                 ⠈⠑⠢⢄⡀",
    "                     ⠈⠑⠢⢄⡀",
    "0.000001                 ⠈⠉⠒⠤⣀",
    "         0       step        3",
  ]);
  const flat = curveLines({ series: series([3, 2, 1]), names: ["step", "value"] }, canvas);
  assert.match(flat[0]!, /^value$/);
  assert.match(flat[1]!, /^3 ⠉/);
  // A value of 0, and values that aren't finite.
  const odd = curveLines({ series: series([100, 1, Infinity, Number.NaN, 0]), names: ["s", "v"] }, canvas);
  assert.is(odd.length, 7);
  assert.match(odd[1]!, /^100 /);
  assert.is(curveLines({ series: series([Number.NaN]), names: ["s", "v"] }, canvas).length, 7);
});

drawing("a run is drawn as wide as the terminal, 80 without one; colours are for terminals", async () => {
  const run = ["minimize", "100(y - x^2)^2 + (1 - x)^2", "--from", "x=-1.2,y=1", "--draw"];
  const widthOf = (out: string) =>
    Math.max(
      ...out
        .split("\n\n")
        .slice(3)
        .join("\n")
        .split("\n")
        .map((line) => line.length),
    );
  const plain = await cli(run);
  assert.not.ok(plain.out.includes("\u001b"));
  assert.is(widthOf(plain.out), 80);
  assert.match(plain.out, /x {3,}.*\n/);
  const narrow = await cli(run, { columns: 50 });
  assert.is(widthOf(narrow.out), 50);
  const coloured = await cli(run, { isTerminal: true, columns: 80 });
  assert.match(coloured.out.replaceAll("\u001b", "ESC"), /ESC\[31m[⠀-⣿]+ESC\[0m/);
  const bare = await cli(run, { isTerminal: true, env: { NO_COLOR: "1" } });
  assert.not.ok(bare.out.includes("\u001b"));
  const raced = await cli(["race", "himmelblau", "--optimizers", "gd,adam", "--steps", "20", "--draw"]);
  assert.match(raced.out, /\n {2}?A gd {3}B adam\n$|\nA gd {3}B adam\n$/);
  assert.is(placesOf(raced.out.split("\n"), "+").length, 4);
});

drawing("plot draws the axes in the order of the window, others held; one element is a curve", async () => {
  const text = "y^2*z + x";
  const axes = async (...args: string[]) => (await cli(["plot", text, ...args])).out.trimEnd().split("\n");
  const lines = await axes("--window", "x=-2..2,y=-1..3", "--at", "z=1");
  assert.match(lines[0]!, /^ *y$/);
  assert.match(lines.at(-1)!, /-2 +x +2$/);
  const turned = await axes("--window", "y=-1..3,x=-2..2", "--at", "z=1");
  assert.match(turned[0]!, /^ *x$/);
  assert.match(turned.at(-1)!, /-1 +y +3$/);
  const curve = await cli(["plot", "sin(x)", "--window", "x=0..6.28"]);
  assert.match(curve.out, /^value\n +1 .*⠉/);
  const element = await cli(["plot", "himmelblau", "--window", "x2=-4..4,x1=-4..4"]);
  assert.match(element.out, /^ *x\[1\]\n/);
  assert.match((await cli(["plot", "log(x)", "--window", "x=-2..-1"])).out, /^No value is finite/);
});

drawing("a race of three elements draws the plane of its runs, or the two that are named", async () => {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-race-"));
  const file = join(folder, "race.svg");
  const race = [
    "race",
    "x^2 + 2*y^2 + 5*z^2",
    "--from",
    "x=2,y=1,z=1",
    "--optimizers",
    "adam",
    "--steps",
    "9",
  ];
  const textsOf = async (...args: string[]) => {
    assert.is((await cli([...race, "--out", file, ...args])).code, 0);
    return [...readFileSync(file, "utf8").matchAll(/>([^<]+)<\/text>/g)].map(([, text]) => text);
  };
  assert.ok((await textsOf()).some((text) => /^principal component 1 \(/.test(text!)));
  const named = await textsOf("--axes", "z,x");
  for (const text of ["z", "x", "f, others as at the end of adam"]) assert.ok(named.includes(text), text);
  assert.match((await cli([...race, "--out", file, "--axes", "z,w"])).err, /the objective has no "w"/);
  rmSync(folder, { recursive: true });
});

drawing.run();
