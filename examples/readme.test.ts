/** The README names what there is: all of it, and nothing else. */
import { readFileSync } from "node:fs";
import * as adjoint from "adjoint";
import * as testing from "adjoint/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as ops from "../graph/ops/index.js";
import { testFunctions } from "../src/objectives/index.js";

const text = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** What stands under a heading, down to the next one. */
function section(title: string): string {
  const [, found] = text.split(`\n## ${title}\n`);
  assert.ok(found, `there is a section "${title}"`);
  return found.split("\n## ")[0]!;
}

/** The names in backticks of a piece of text, in alphabetical order. */
const namesIn = (piece: string) =>
  [...new Set([...piece.matchAll(/`(\w+)`/g)].map(([, name]) => name!))].sort();

/** The rows of a section's table, cell by cell. */
function rowsOf(title: string): string[][] {
  const lines = section(title)
    .split("\n")
    .filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}

const readme = suite("README");

readme("its table of ops holds every op, and nothing that isn't exported", () => {
  const listed = namesIn(
    rowsOf("Ops")
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

readme("its table of optimizers holds every optimizer, with its defaults", () => {
  const rows = rowsOf("Optimizers");
  const made = Object.entries(adjoint as Readonly<Record<string, unknown>>).flatMap(([name, make]) => {
    try {
      const { hyperparameters, rule } = (make as unknown as (options: object) => adjoint.Optimizer)({
        learningRate: 1,
      });
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

readme("it lists every objective", () => {
  const listed = section("Objectives").split("Each\nholds")[0]!;
  const names = [
    "weightedSphere",
    "cubic",
    "saddle",
    "testFunctions",
    ...testFunctions.map(({ name }) => name),
  ];
  assert.equal(namesIn(listed.replace("(weights)", "")), names.sort());
});

readme("every function that it shows with operands exists", () => {
  const prose = text.replaceAll(/```[\s\S]*?```/g, "");
  const called = [...prose.matchAll(/`(\w+)\(/g)].map(([, name]) => name!);
  assert.ok(called.length > 0);
  assert.equal(
    called.filter((name) => !(name in adjoint || name in testing)),
    [],
  );
});

readme.run();
