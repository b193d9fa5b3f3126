/**
 * `npm run test:unit [-- PATTERN]`: all suites, or those whose paths fit a pattern, in shares that a process for each processor
 * (four at most) takes one after the other; `--whole` adds what is too long for `npm test` (`npm run test:figures`), `--checks` types and
 * lint, which take turns with them (`npm test`). Ends with what failed, once more, and the totals, written as uvu writes its own.
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);
if (args.includes("--whole")) process.env.FIGURES = "all";
const pattern = new RegExp(args.find((arg) => !arg.startsWith("--")) ?? "");
const folders = ["bench", "examples", "graph", "optimizers", "property-tests", "scripts", "src"];

const files = folders
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
  .map((entry) =>
    relative(root, join(entry.parentPath ?? entry.path, entry.name))
      .split(sep)
      .join("/"),
  )
  .filter((file) => !file.includes("node_modules/") && pattern.test(file))
  .sort();

/** What suites take of a processor, in seconds, where that is more than a few: measured, to share them out evenly. */
const longer = {
  "examples/examples.test.ts": 14,
  "graph/custom.test.ts": 3,
  "graph/large.test.ts": 5,
  "graph/scan/scan.test.ts": 9,
  "optimizers/invariance.test.ts": 3,
  "optimizers/laws.test.ts": 6,
  "property-tests/accuracy.test.ts": 6,
  "property-tests/api-fuzz.test.ts": 15,
  "property-tests/arranging.test.ts": 4,
  "property-tests/backends.test.ts": 7,
  "property-tests/big-numbers.test.ts": 10,
  "property-tests/broadcasting.test.ts": 3,
  "property-tests/closures.test.ts": 3,
  "property-tests/collection.test.ts": 4,
  "property-tests/derivatives.test.ts": 15,
  "property-tests/engines.test.ts": 6,
  "property-tests/export-c.test.ts": 2,
  "property-tests/export-onnx.test.ts": 6,
  "property-tests/export-own-ops.test.ts": 2,
  "property-tests/export.test.ts": 4,
  "property-tests/expression.test.ts": 9,
  "property-tests/graphs.test.ts": 4,
  "property-tests/kernels.test.ts": 12,
  "property-tests/kinks-of-kinks.test.ts": 8,
  "property-tests/large.test.ts": 7,
  "property-tests/linear-algebra.test.ts": 3,
  "property-tests/loops.test.ts": 3,
  "property-tests/masks.test.ts": 3,
  "property-tests/modes.test.ts": 11,
  "property-tests/names.test.ts": 5,
  "property-tests/networks.test.ts": 4,
  "property-tests/package.test.ts": 10,
  "property-tests/precise.test.ts": 6,
  "property-tests/serialize.test.ts": 10,
  "property-tests/simplify.test.ts": 7,
  "property-tests/typing.test.ts": 13,
  "property-tests/unused.test.ts": 8,
  "scripts/documents/documents.test.ts": 15,
  "src/figures/drawn.test.ts": 5,
  "src/figures/sizes.test.ts": 8,
};
const secondsOf = (file) => longer[file] ?? 0.5;

/** How many processes run at a time, and what each of them takes next. The longest suites are dealt first, each to the least. */
const count = Math.max(1, Math.min(4, availableParallelism(), files.length));
const parts = Array.from({ length: Math.min(4 * count, files.length) }, () => ({ share: [], seconds: 0 }));
for (const file of files.toSorted((a, b) => secondsOf(b) - secondsOf(a))) {
  const least = parts.reduce((found, part) => (part.seconds < found.seconds ? part : found));
  least.share.push(file);
  least.seconds += secondsOf(file);
}
const shares = parts.map(({ share }) => share);

/** Runs a share of the files. */
function run(share) {
  const escaped = share.map((file) => file.replace(/[.\\/]/g, "\\$&").replaceAll("\\/", "[\\\\/]"));
  const own = [
    "-C",
    "adjoint-source",
    "--import",
    "tsx",
    "node_modules/uvu/bin.js",
    ".",
    `^(${escaped.join("|")})$`,
  ];
  return node(own);
}

/** Runs Node; what it writes is passed on when it is complete, so that suites don't mix. */
function node(own) {
  const child = spawn(process.execPath, own, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part) => {
    text += part;
  });
  return new Promise((resolve) => {
    child.on("close", (status) => {
      process.stdout.write(text);
      resolve({ text, status });
    });
  });
}

/** Each command of `npm run typecheck` and `npm run lint`, as Node takes it. */
const { typecheck, lint } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts;
const commands =
  `${typecheck} && ${lint.replace(/^biome/, "node node_modules/@biomejs/biome/bin/biome")}`.split(" && ");
const checks = args.includes("--checks") ? commands.map((command) => command.split(" ").slice(1)) : [];

const results = [];
async function work() {
  for (let share = shares.shift(); share; share = shares.shift()) results.push(await run(share));
  // Short ones come last: they fill what the shares leave uneven.
  for (let check = checks.shift(); check; check = checks.shift()) results.push(await node(check));
}
await Promise.all(Array.from({ length: count }, work));
/** The number behind a word in what uvu wrote, of all processes together; colours may stand around it. */
const total = (word) =>
  results.reduce((sum, { text }) => {
    const plain = stripVTControlCharacters(text);
    return sum + Number([...plain.matchAll(new RegExp(`^ *${word}: +(\\d+)`, "gm"))].at(-1)?.[1] ?? 0);
  }, 0);
/** The reports of failed tests, which stand between suites that passed: here they end what a log's end shows. */
const failures = results.flatMap(({ text }) =>
  stripVTControlCharacters(text)
    .split(/^(?= +FAIL )/m)
    .slice(1)
    .map((report) => report.split(/\n\n\n/)[0].slice(0, 2000)),
);
if (failures.length > 0) console.log(`\nFailed:\n\n${failures.slice(0, 10).join("\n\n")}`);
console.log(
  `\n  Total:     ${total("Total")}\n  Passed:    ${total("Passed")}\n  Skipped:   ${total("Skipped")}`,
);
if (results.some(({ status }) => status !== 0)) process.exitCode = 1;
