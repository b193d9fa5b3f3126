/**
 * Users' programs under the strictest flags: what should compile does, against the declarations as they are published, and
 * mistakes are told in the words of the run-time errors. `npm run test:package` tries more versions of TypeScript.
 */
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { markdownBlocks } from "../scripts/documents/blocks.js";
import { checkedText, markdownPrograms } from "../scripts/documents/programs.js";
import { slopes } from "./fixtures/fluent-program.js";
import { shapes } from "./fixtures/user-program.js";
import { type Compiled, compilePrograms } from "./support/user-project.js";

const typing = suite("typing");

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");
const program = fixture("user-program.ts");
const mistakes = fixture("wrong-programs.ts");
const readme = markdownPrograms(
  markdownBlocks("README.md", readFileSync(new URL("../README.md", import.meta.url), "utf8"), "ts"),
);
const [compiled, ...ofReadme] = compilePrograms([
  {
    "user-program.ts": program,
    "fluent-program.ts": fixture("fluent-program.ts"),
    "wrong-programs.ts": mistakes.replaceAll("@ts-expect-error", "expected"),
  },
  ...readme.map((one) => ({ [`${one.name}.ts`]: checkedText(one) })),
]) as [Compiled, ...Compiled[]];

typing("a user's program compiles, and the declarations with it", () => {
  assert.equal(
    compiled.diagnostics.filter(({ file }) => file !== "wrong-programs.ts"),
    [],
  );
});

typing("so does one with methods, which does when it runs what it says", () => {
  assert.equal(slopes.x, Float64Array.of(0, 0));
  assert.equal(slopes.y, Float64Array.of(1, 2, 3).map(Math.exp));
});

typing("what the compiler knows of shapes is what they are", () => {
  assert.ok(shapes.length > 80);
  shapes.forEach(([expr, expected], i) => {
    assert.equal(expr.shape, expected, `shape ${i} of the program`);
  });
});

typing("mistakes are told in the words of the run-time errors", () => {
  const told = compiled.diagnostics.filter(({ file }) => file === "wrong-programs.ts");
  const expected = mistakes
    .split("\n")
    .flatMap((text, i) =>
      text.includes("@ts-expect-error: ")
        ? [{ line: i + 2, text: text.split(": ").slice(1).join(": ") }]
        : [],
    );
  assert.ok(expected.length > 20);
  assert.equal(
    told.map(({ line }) => line),
    expected.map(({ line }) => line),
  );
  expected.forEach(({ text }, i) => {
    assert.ok(told[i]!.text.includes(text), `${told[i]!.text}\nshould say: ${text}`);
  });
});

typing("programs of 250 lines in all, and the declarations, cost few types", () => {
  assert.ok(program.split("\n").length > 200);
  assert.ok(compiled.instantiations < 200_000, `${compiled.instantiations} instantiations`);
});

typing("each program of the README compiles by itself, and costs little more than the declarations", () => {
  assert.ok(readme.length >= 6);
  ofReadme.forEach(({ diagnostics, instantiations }, i) => {
    assert.equal(diagnostics, []);
    assert.ok(instantiations < 115_000, `${readme[i]!.name}: ${instantiations} instantiations`);
  });
});

typing.run();
