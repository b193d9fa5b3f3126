/** The documents name what there is: all of it, and nothing else. */
import { readdirSync, readFileSync } from "node:fs";
import * as adjoint from "adjoint";
import * as engines from "adjoint/export";
import * as figures from "adjoint/figures";
import * as storage from "adjoint/files";
import * as testing from "adjoint/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as ops from "../graph/ops/index.js";
import { testFunctions } from "../src/objectives/index.js";

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
const guides = readdirSync(new URL("../docs/guide", import.meta.url)).map((file) => `docs/guide/${file}`);
// Texts have functions of their own.
const pages = [
  "README.md",
  "docs/ops.md",
  "docs/optimizers.md",
  ...guides.filter((file) => !/texts/.test(file)),
];

/** What stands under a heading of a page, down to the next one. */
function section(file: string, title: string): string {
  const [, found] = read(file).split(`\n## ${title}\n`);
  assert.ok(found, `${file} has a section "${title}"`);
  return found.split("\n## ")[0]!;
}

/** The names in backticks of a piece of text, in alphabetical order. */
const namesIn = (piece: string) =>
  [...new Set([...piece.matchAll(/`(\w+)`/g)].map(([, name]) => name!))].sort();

/** The rows of a page's first table, cell by cell. */
function rowsOf(file: string): string[][] {
  const lines = read(file)
    .split("\n")
    .filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}

const documents = suite("documents' names");

documents("the table of ops holds every op, and nothing that isn't exported", () => {
  const listed = namesIn(
    rowsOf("docs/ops.md")
      .map(([, names]) => names)
      .join(),
  );
  const exported = Object.entries(ops);
  const records = exported.filter(([, op]) => "op" in op).map(([name]) => name);
  assert.equal(
    records.filter((name) => !listed.includes(name)),
    [],
  );
  assert.equal(
    listed.filter((name) => !exported.some(([other]) => other === name)),
    [],
  );
});

documents("the table of optimizers holds every optimizer, with its defaults", () => {
  const rows = rowsOf("docs/optimizers.md");
  const made = Object.entries(adjoint as Readonly<Record<string, unknown>>).flatMap(([name, make]) => {
    try {
      const given = (make as (options: object) => adjoint.Optimizer)({ learningRate: 1 });
      // An asynchronous function rejects what it can't use.
      if (given instanceof Promise) given.catch(() => {});
      const { hyperparameters, rule } = given;
      return typeof rule === "function" ? [{ name, hyperparameters }] : [];
    } catch {
      return [];
    }
  });
  assert.equal(rows.map(([name]) => name).sort(), made.map(({ name }) => `\`${name}\``).sort());
  for (const { name, hyperparameters } of made) {
    const [, , defaults] = rows.find(([title]) => title === `\`${name}\``)!;
    for (const [, option, value] of defaults!.matchAll(/`(\w+)` ([\de.-]+)/g)) {
      assert.is(hyperparameters[option!], Number(value), `${name}: ${option}`);
    }
    for (const option of namesIn(/off: (.*)/.exec(defaults!)?.[1] ?? "")) {
      assert.ok([false, 0].includes(hyperparameters[option] as number), `${name}: ${option}`);
    }
  }
});

documents("the guide lists every objective", () => {
  const listed = section("docs/guide/runs.md", "Objectives to try").split("Each holds")[0]!;
  const names = [
    "weightedSphere",
    "cubic",
    "saddle",
    "testFunctions",
    ...testFunctions.map(({ name }) => name),
  ];
  assert.equal(namesIn(listed.replace("(weights)", "")), names.sort());
});

documents("every function that is shown with operands exists", () => {
  const prose = pages.map((page) => read(page).replaceAll(/```[\s\S]*?```/g, "")).join("\n");
  const called = [...prose.matchAll(/`(\w+)\(/g)].map(([, name]) => name!);
  assert.ok(called.length > 0);
  assert.equal(
    called.filter((name) => ![adjoint, testing, figures, storage, engines].some((entry) => name in entry)),
    [],
  );
});

documents.run();
