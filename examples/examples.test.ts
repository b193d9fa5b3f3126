/** Every example runs and checks itself; the README's first program is one of them, and prints what the README says. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("..", import.meta.url));
const names = readdirSync(new URL(".", import.meta.url)).filter(
  (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
);

const run = (path: string) =>
  promisify(execFile)(process.execPath, ["-C", "adjoint-source", "--import", "tsx", path], { cwd: root });

// All at once: a process takes most of its time to start.
const runs = new Map(names.map((name) => [name, run(`examples/${name}`)]));
for (const pending of runs.values()) pending.catch(() => undefined);

const examples = suite("examples");

for (const name of names) {
  examples(`${name} passes its own check`, async () => {
    const { stdout } = await runs.get(name)!;
    assert.match(stdout, /^check passed: /m);
  });
}

examples("they import nothing but the package's public entries and Node's modules", () => {
  for (const name of names) {
    const source = readFileSync(new URL(name, import.meta.url), "utf8");
    for (const [, target] of source.matchAll(/ from "([^"]+)"/g)) {
      assert.match(target!, /^(adjoint(\/(graph|optimizers|solvers|figures))?|node:.*)$/, name);
    }
  }
});

examples(
  "the README's first program stands in define-an-objective.ts, and prints what the README says",
  async () => {
    const readme = readFileSync(`${root}README.md`, "utf8");
    const program = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
    const source = readFileSync(`${root}examples/define-an-objective.ts`, "utf8");
    assert.ok(source.startsWith(program), "the example begins with the README's program");
    const { stdout } = await runs.get("define-an-objective.ts")!;
    const printed = readme.split("```\n").find((block) => block.startsWith("f(2, 3)"));
    assert.ok(printed && stdout.startsWith(printed), `printed:\n${stdout}`);
  },
);

examples.run();
