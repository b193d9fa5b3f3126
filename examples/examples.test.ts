/** Every example runs and checks itself; the README's first program is one of them, and prints what the README says. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("..", import.meta.url));
const names = readdirSync(new URL(".", import.meta.url)).filter(
  (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
);

/** What an example prints. All run in this process: one of its own takes two seconds to start. */
async function run(name: string): Promise<string> {
  const { log } = console;
  const lines: string[] = [];
  console.log = (...values: unknown[]) => void lines.push(`${format(...values)}\n`);
  try {
    await import(new URL(name, import.meta.url).href);
    return lines.join("");
  } finally {
    console.log = log;
  }
}

const printed = new Map<string, string>();

const examples = suite("examples");

for (const name of names) {
  examples(`${name} passes its own check`, async () => {
    printed.set(name, await run(name));
    assert.is(process.exitCode ?? 0, 0);
    assert.match(printed.get(name)!, /^check passed: /m);
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
  () => {
    const readme = readFileSync(`${root}README.md`, "utf8");
    const program = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
    const source = readFileSync(`${root}examples/define-an-objective.ts`, "utf8");
    assert.ok(source.startsWith(program), "the example begins with the README's program");
    const said = readme.split("```\n").find((block) => block.startsWith("f(2, 3)"));
    const stdout = printed.get("define-an-objective.ts")!;
    assert.ok(said && stdout.startsWith(said), `printed:\n${stdout}`);
  },
);

examples.run();
