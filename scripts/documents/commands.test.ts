/** The command lines in README and docs run, and print what stands below them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { commands } from "../../src/command-line/main.js";
import { type CommandLine, commandLines, runLine, shows } from "./commands.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const guides = [
  "README.md",
  ...["docs", "docs/guide"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith(".md"))
      .map((file) => `${folder}/${file}`),
  ),
];
const linesIn = (file: string): CommandLine[] => commandLines(file, readFileSync(join(root, file), "utf8"));

const documents = suite("command lines in documents");

documents("every command line runs, and prints what is shown", async () => {
  const started = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), "adjoint-command-lines-"));
  const wrong: string[] = [];
  const used = new Set<string>();
  let count = 0;
  process.chdir(folder);
  try {
    for (const { line, place, printed } of guides.flatMap(linesIn)) {
      const [, file] = /^cat (\S+)$/.exec(line) ?? [];
      if (file !== undefined) {
        writeFileSync(file, `${printed}\n`);
        continue;
      }
      if (!line.includes("adjoint ")) continue;
      count++;
      used.add(/adjoint (\S+)/.exec(line)![1]!);
      const found = await runLine(line);
      if (printed === undefined ? found.code === 2 : !shows(printed, found.printed))
        wrong.push(`${place}: ${line}\nprints\n${found.printed}`);
    }
  } finally {
    process.chdir(started);
    rmSync(folder, { recursive: true, force: true });
  }
  assert.equal(wrong, []);
  assert.ok(count > 12, `${count} lines`);
  assert.equal(
    Object.keys(commands).filter((name) => !used.has(name)),
    [],
  );
});

documents("what is shown is compared, but for what is left out", () => {
  assert.ok(shows("a 1\n…\nb 2…", "a 1\nx\ny\nb 2345\n"));
  assert.ok(shows("took … ms", "took 12 ms"));
  assert.not.ok(shows("a 1", "a 2"));
  assert.not.ok(shows("a 1", "a 1\nb"));
  assert.equal(commandLines("f.md", "```console\n$ cat d.csv\nx\n$ npx adjoint show x\n```\n"), [
    { line: "cat d.csv", place: "f.md:2", printed: "x" },
    { line: "npx adjoint show x", place: "f.md:4", printed: "" },
  ]);
});

documents.run();
