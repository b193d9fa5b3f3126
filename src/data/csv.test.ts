import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type CsvOptions, readCsv, tableMatrix } from "./csv.js";
import { randomSource } from "./random.js";

const csv = suite("csv");

const plain = "x1,x2,y\n1,2,0.5\n-3.25,+4e2,.125\n";

csv("a table of numbers by column", () => {
  const table = readCsv(plain);
  assert.equal(table.names, ["x1", "x2", "y"]);
  assert.is(table.rows, 2);
  assert.equal(table.columns.x1, Float64Array.of(1, -3.25));
  assert.equal(table.columns.x2, Float64Array.of(2, 400));
  assert.equal(table.columns.y, Float64Array.of(0.5, 0.125));
});

csv(
  "byte order mark, CRLF, CR, no line end, many line ends, quotes and blanks all give the same table",
  () => {
    const expected = readCsv(plain);
    for (const text of [
      `\uFEFF${plain}`,
      plain.replaceAll("\n", "\r\n"),
      plain.replaceAll("\n", "\r"),
      plain.trimEnd(),
      `${plain}\n\r\n\n`,
      'x1,"x2",y\n"1",2,"0.5"\n-3.25, "+4e2" ,\t.125\n',
      "x1,x2,y\r\n1,2,0.5\n-3.25,+4e2,.125",
    ]) {
      assert.equal(readCsv(text), expected, JSON.stringify(text));
    }
  },
);

csv("quoted names may hold the delimiter, quotes and line ends", () => {
  const table = readCsv('"a,b","say ""x""","two\nlines"\n1,2,3\n');
  assert.equal(table.names, ["a,b", 'say "x"', "two\nlines"]);
});

csv("__proto__, constructor and the like are names", () => {
  const table = readCsv("__proto__,constructor,toString\n1,2,3\n");
  assert.equal(Object.keys(table.columns), ["__proto__", "constructor", "toString"]);
  assert.equal(
    Object.values(table.columns),
    [1, 2, 3].map((value) => Float64Array.of(value)),
  );
  assert.equal(tableMatrix(table, ["toString", "__proto__"]), Float64Array.of(3, 1));
  assert.is(Object.getPrototypeOf(table.columns), Object.prototype);
  assert.throws(() => tableMatrix(table, ["hasOwnProperty"]), /there is no column "hasOwnProperty"/);
});

csv("chosen columns, in the order asked for; the others may hold anything", () => {
  const table = readCsv("id,y,x\na,1,2\nb,,3\n".replace(",,", ",4,"), { columns: ["x", "y"] });
  assert.equal(table.names, ["x", "y"]);
  assert.equal(tableMatrix(table), Float64Array.of(2, 1, 3, 4));
  assert.throws(
    () => readCsv(plain, { columns: ["x1", "z"] }),
    /no column "z"; the columns are "x1", "x2", "y"/,
  );
  assert.throws(() => readCsv(plain, { columns: ["y", "y"] }), /column "y" was asked for twice/);
});

csv("a matrix of columns is row-major", () => {
  const table = readCsv(plain);
  assert.equal(tableMatrix(table, ["y", "x1"]), Float64Array.of(0.5, 1, 0.125, -3.25));
  assert.equal(tableMatrix(table), Float64Array.of(1, 2, 0.5, -3.25, 400, 0.125));
});

csv("another delimiter", () => {
  assert.equal(readCsv("a;b\n1;2\n", { delimiter: ";" }).names, ["a", "b"]);
  assert.equal(readCsv("a\tb\n1\t2\n", { delimiter: "\t" }).columns.b, Float64Array.of(2));
  for (const delimiter of ["", ",,", '"', "\n", " "]) {
    assert.throws(() => readCsv("a\n1\n", { delimiter }), /the delimiter is/);
  }
});

csv("numbers keep every digit", () => {
  const values = Float64Array.of(0.1, -1.1258398294448853, 5e-324, 1.7976931348623157e308, 1 / 3, -0);
  const table = readCsv(
    `a\n${[...values].map((value) => (Object.is(value, -0) ? "-0" : value)).join("\n")}\n`,
  );
  assert.ok(table.columns.a!.every((value, i) => Object.is(value, values[i])));
});

csv("a long table in linear time", () => {
  const rows = 20000;
  const table = readCsv(
    `i,j\n${Array.from({ length: rows }, (_, i) => `${i},${-i}\n`).join("")}${"\n".repeat(1e5)}`,
  );
  assert.is(table.rows, rows);
  assert.is(table.columns.j![rows - 1], 1 - rows);
});

csv("the course's data set", () => {
  const path = new URL("../../examples/data/linear-regression.csv", import.meta.url);
  const { names, rows, columns } = readCsv(readFileSync(path, "utf8"));
  assert.equal(names, ["x1", "x2", "y"]);
  assert.is(rows, 1000);
  assert.equal([columns.x1![0], columns.x2![0], columns.y![0]], [-1.1258398, -1.1523602, -1.4770346]);
  // y = 0.5x1 + 0.8x2 + 0.01u with u in [0, 1), in single precision.
  const noise = columns.y!.map((y, i) => y - 0.5 * columns.x1![i]! - 0.8 * columns.x2![i]!);
  assert.ok(noise.every((u) => u > -1e-6 && u < 0.01 + 1e-6));
});

csv("any text gives a table, or one error with a place in it", () => {
  const random = randomSource(4);
  const pieces = [...'0123456789,,,,\n\n\n\r""";. \t-e', "\r\n", "é", "x,y\n", "NaN", "\uFEFF", '"1"', "𝛼"];
  pieces.push(..."1,2\n ".repeat(20).split(" "));
  let tables = 0;
  for (let run = 0; run < 800; run++) {
    const piece = () => pieces[random.integer(0, pieces.length)];
    const text = `x,y\n${Array.from({ length: random.integer(0, 6) }, piece).join("")}`;
    try {
      const table = readCsv(text);
      tables++;
      assert.ok(
        Object.values(table.columns).every((column) => column.every(Number.isFinite)),
        JSON.stringify(text),
      );
    } catch (error) {
      const place = /^readCsv: <csv>:(\d+):(\d+): /.exec((error as Error).message);
      assert.ok(place, `${JSON.stringify(text)}: ${error}`);
      const line = text.split(/\r\n|\n|\r/)[Number(place[1]) - 1];
      assert.ok(
        line !== undefined && Number(place[2]) <= line.length + 1,
        `${JSON.stringify(text)}: ${error}`,
      );
    }
  }
  assert.ok(tables > 10, `${tables} tables`);
});

/** Text, what the error must start with, and what else it must say. */
const faults: readonly (readonly [text: string, place: string, says: RegExp, options?: CsvOptions])[] = [
  ["", "1:1", /there is no text here; expected a header line/],
  ["\uFEFF", "1:1", /there is no text here/],
  [" \n\r\n", "1:1", /there is no text here/],
  ["x1,x2\n", "1:1", /there is a header but no row/],
  ["x1,,y\n1,2,3\n", "1:4", /column 2 of the header has no name/],
  ["x,y,x\n1,2,3\n", "1:5", /the header names "x" twice/],
  ["0.5,-1\n2,3\n", "1:1", /the first line holds numbers only, not names; put a header line/],
  ["x,y\n1,2\n3\n", "3:1", /row 2 has 1 cell, but the header has 2 \(x, y\); add the missing/],
  ["x,y\n1,2\n3,4,5\n", "3:5", /row 2 has 3 cells, but the header has 2 \(x, y\); remove/],
  ["x,y\n1,2\n\n3,4\n", "3:1", /a blank line stands among the rows/],
  ["\nx,y\n1,2\n", "1:1", /column 1 of the header has no name/],
  ["x\n1\n\n3\n", "3:1", /the cell in column "x", row 2 is empty/],
  ["x,y\r\n1,2\r\n3,\r\n5,6\r\n", "3:3", /the cell in column "y", row 2 is empty; fill it in/],
  ["x,y\n1,two\n", "2:3", /"two" in column "y", row 1 is no finite decimal number/],
  ['\uFEFFα,"b\nc"\r\n1,2\r\n"3",  4x\r\n', "4:5", /"4x" in column "b\\nc", row 2/],
  ["𝛼β,y\n1,2\n3, 4 5\n", "3:3", /"4 5"/],
  ["x,y\n1,NaN\n", "2:3", /"NaN" in column "y", row 1 is no finite/],
  ["x,y\n1,-Infinity\n", "2:3", /"-Infinity"/],
  ["x,y\n1,0x1f\n", "2:3", /"0x1f"/],
  ["x,y\n1e999,1\n", "2:1", /"1e999" in column "x", row 1 is beyond the range of doubles/],
  ['x,y\n1,2\n3,"4\n5,6\n', "3:3", /a cell starts with a quote that nothing closes/],
  ['x,y\n"1,2\n', "2:1", /a quote that nothing closes/],
  ['"x,y\n1,2\n', "1:1", /a quote that nothing closes/],
  ['x,y\n1,2"3\n', "2:3", /a quote stands inside a cell that doesn't start with one/],
  ['x,y\n1,"2"3\n', "2:3", /text follows a cell's closing quote/],
  ["a;b\n1;x\n", "2:3", /"x" in column "b"/, { delimiter: ";" }],
];

for (const [text, place, says, options] of faults) {
  csv(`${JSON.stringify(text)} is refused at ${place}`, () => {
    try {
      readCsv(text, { ...options, file: "data/set.csv" });
    } catch (error) {
      assert.instance(error, Error);
      const { name, message } = error as Error;
      assert.is(name, "AdjointError");
      assert.ok(message.startsWith(`readCsv: data/set.csv:${place}: `), message);
      assert.match(message, says);
      return;
    }
    assert.unreachable("no error");
  });
}

csv("a text without a file's name, and a very long cell, still give a readable error", () => {
  assert.throws(() => readCsv(`x\n${"z".repeat(1000)}\n`), /^readCsv: <csv>:2:1: "z{40}…" in column "x"/);
});

csv.run();
