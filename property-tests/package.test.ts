/** The package as it is built: what is quick of `npm run test:package`. */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as graph from "../graph/index.js";
import * as optimizers from "../optimizers/index.js";
import * as engines from "../src/engines/index.js";
import * as expressions from "../src/expression/index.js";
import * as figures from "../src/figures/index.js";
import * as storage from "../src/files/index.js";
import * as fluent from "../src/fluent/fluent.js";
import * as library from "../src/index.js";
import * as solvers from "../src/solvers/index.js";
import * as testing from "../src/testing/index.js";

import { hasTerminal, readFirst, runInTerminal, runProgram } from "./support/processes.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "adjoint package "));
const home = join(project, "node_modules/adjoint");
const dist = join(home, "dist");

const built = suite("the package as it is built");
built.before(() => {
  mkdirSync(home, { recursive: true });
  cpSync(join(root, "package.json"), join(home, "package.json"));
  execFileSync(process.execPath, [join(root, "scripts/build.js"), dist, "--code"], { stdio: "inherit" });
});
built.after(() => rmSync(project, { recursive: true, force: true }));

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const sources = {
  adjoint: library,
  "adjoint/graph": graph,
  "adjoint/optimizers": optimizers,
  "adjoint/solvers": solvers,
  "adjoint/expression": expressions,
  "adjoint/fluent": fluent,
  "adjoint/testing": testing,
  "adjoint/figures": figures,
  "adjoint/files": storage,
  "adjoint/export": engines,
};

/** What a program writes that stands in the project. */
function run(file: string, text: string): string {
  writeFileSync(join(project, file), text);
  return execFileSync(process.execPath, [file], { cwd: project, encoding: "utf8", stdio: "pipe" });
}

built("it brings no package, and has every file that it names", () => {
  assert.is(manifest.dependencies, undefined);
  for (const name of Object.keys(manifest.peerDependencies))
    assert.equal(manifest.peerDependenciesMeta[name], { optional: true });
  const named = JSON.stringify([manifest.exports, manifest.browser, manifest.main]).matchAll(
    /"\.\/(dist\/[\w.-]+\.[cm]?js)"/g,
  );
  const files = [...named].map(([, file]) => file!);
  assert.equal(Object.keys(manifest.exports), [
    ...Object.keys(sources).map((name) => name.replace("adjoint", ".")),
    "./package.json",
  ]);
  assert.ok(files.length > 20);
  for (const file of files) assert.ok(existsSync(join(home, file)), file);
});

built("import and require give the same library, which has all that its source has", () => {
  const names = JSON.stringify(Object.keys(sources));
  const found = run(
    "same.mjs",
    `import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const found = {};
for (const name of ${names}) {
  const imported = await import(name);
  const required = require(name);
  for (const key of Object.keys(required)) if (imported[key] !== required[key]) throw new Error(name + " " + key);
  found[name] = Object.keys(imported).sort();
}
console.log(JSON.stringify(found));`,
  );
  const exported = JSON.parse(found) as Record<string, string[]>;
  for (const [entry, source] of Object.entries(sources))
    assert.equal(exported[entry], Object.keys(source).sort(), entry);
});

built("what another version of the library made is told as such, whichever way it comes", () => {
  const other = join(project, "node_modules/another");
  cpSync(home, other, { recursive: true });
  writeFileSync(join(other, "package.json"), JSON.stringify({ ...manifest, version: "0.0.1" }));
  const said = run(
    "versions.mjs",
    `import * as one from "adjoint";
import * as two from "another";
const said = (run) => {
  try {
    run();
    return "nothing";
  } catch (error) {
    return error.message;
  }
};
const inputs = { x: two.vector(2) };
const f = two.trace(inputs, ({ x }) => two.sum(x));
console.log(
  JSON.stringify([
    said(() => two.trace(inputs, ({ x }) => one.square(x))),
    said(() => two.trace(inputs, ({ x }) => one.add(1, x))),
    said(() => one.trace({ x: one.vector(2) }, ({ x }) => f({ x }))),
    said(() => one.trace({ x: one.vector(2) }, (inputs) => two.square(inputs.x))),
    said(() => two.trace(inputs, ({ x }) => one.trace({ y: one.scalar() }, () => x))),
    said(() => two.trace(inputs, ({ x }) => one.label(x, "x"))),
    said(() => one.grad(f)),
    said(() => one.compile(f)),
    said(() => one.minimize(f, { x: [1, 2] }, one.adam({ learningRate: 0.1 }), { steps: 1 })),
  ]),
);`,
  );
  for (const message of JSON.parse(said)) assert.match(message, /of another copy of adjoint/);
});

built("it is small, and what went wrong is told by lines that can be read", () => {
  const sizes = readdirSync(dist).map((file) => statSync(join(dist, file)).size);
  const others = 0.52e6; // types, which take long, and what stands beside `dist`
  assert.ok(sizes.reduce((all, size) => all + size) < 3e6 - others);
  const [file, line] = run(
    "stack.cjs",
    `process.setSourceMapsEnabled(true);
const { trace, vector } = require("adjoint");
try {
  trace({ x: vector(2) }, 1);
} catch (error) {
  const [, file, line] = /dist\\/([\\w-]+\\.js):(\\d+)/.exec(error.stack);
  console.log(file + " " + line);
}`,
  ).split(" ");
  assert.match(
    readFileSync(join(dist, file!), "utf8").split("\n")[Number(line) - 1]!,
    /throw new AdjointError/,
  );
});

built("without the figures' packages all else works, and figures say what to install", async () => {
  const { cjs, core, esm, lacking } = await import("../scripts/package/cases/programs.js");
  assert.is(run("program.mjs", core(esm) + lacking), "lacking: ok\n");
  assert.is(run("program.cjs", core(cjs) + lacking), "lacking: ok\n");
});

built("an animation is drawn from either half, where the figures' packages are", () => {
  // Beside the packages of this checkout, as if it were one of them.
  const beside = mkdtempSync(join(root, "node_modules/.drawing-"));
  try {
    cpSync(dist, join(beside, "dist"), { recursive: true });
    const drawing = (library: string, figures: string) => `${library}${figures}
const run = minimize(cubic.f, cubic.start, adam({ learningRate: 0.1 }), { steps: 2 });
const race = raceFigure({ objective: cubic, runs: { run }, frames: 2, width: 200, height: 200, faces: [4, 4] });
race.render("gif").then((gif) => console.log(Buffer.from(gif.subarray(0, 6)).toString()));`;
    const names = ["{ adam, cubic, minimize }", "{ raceFigure }"] as const;
    const files = {
      "draw.mjs": drawing(
        `import ${names[0]} from "./dist/index.mjs";`,
        `import ${names[1]} from "./dist/figures.mjs";`,
      ),
      "draw.cjs": drawing(
        `const ${names[0]} = require("./dist/index.cjs");`,
        `const ${names[1]} = require("./dist/figures.cjs");`,
      ),
    };
    for (const [file, text] of Object.entries(files)) {
      writeFileSync(join(beside, file), text);
      const said = execFileSync(process.execPath, [file], { cwd: beside, encoding: "utf8", stdio: "pipe" });
      assert.is(said, "GIF89a\n", file);
    }
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
});

built("bundles made of it are as small as those of the source, and lack what isn't used", async () => {
  const names =
    "trace, vector, matrix, add, multiply, square, sum, matmul, grad, valueAndGrad, compile, adam";
  const { outputFiles } = await build({
    stdin: { contents: `export { ${names} } from "adjoint";`, resolveDir: project },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  const [{ contents, text }] = outputFiles as [(typeof outputFiles)[0]];
  const size = gzipSync(contents, { level: 9 }).length;
  assert.ok(size < 34 * 1024, `${size} bytes`);
  assert.not.match(text, /(^|[;}])import[\s{"*]/);
  for (const name of ["gammaln", "cumsum", "solve", "cholesky"]) assert.not.match(text, `name:"${name}"`);
  assert.not.match(text, /scan: xs|logSumExp|CsvError/);
});

const valley = "100(y - x^2)^2 + (1 - x)^2";
const program = join(dist, "command-line.cjs");

built(
  "its command line needs no package, not even to check, and ends well where its reader or the disk does",
  async () => {
    const at = ["gradient", "x1^2 + x2^2 + x2^3 + x1*x2", "--at", "x1=2,x2=3", "--json"];
    const { out } = runProgram(program, at, project);
    assert.equal(JSON.parse(out), { value: 46, gradient: { x1: 7, x2: 35 } });
    const check = runProgram(program, ["check", "where(x > 0, sqrt(x), 0)", "--domain", "x=-1..1"], project);
    assert.equal([check.code, check.err], [0, ""]);
    const figure = runProgram(program, ["plot", "cubic", "--out", "f.png"], project);
    assert.is(figure.code, 2);
    assert.match(figure.err, /npm install .*chart\.js/);
    // More than a pipe holds.
    const table = ["gradient", "x^2*y", "--table", "x=0:0.01:3,y=0:0.05:3"];
    const first = await readFirst(program, table, project);
    assert.equal([first.code, first.err], [0, ""]);
    assert.match(first.out, /^ +x +y +value/);
    if (!existsSync("/dev/full")) return;
    const full = runProgram(program, at, project, "/dev/full");
    assert.equal([full.code, full.err], [2, "error: standard output can't be written: the disk is full.\n"]);
  },
);

built("its command line loads a user's module", () => {
  const text = `import { scalar, square, trace } from "adjoint";
    export const f = trace({ x: scalar() }, ({ x }) => square(x));`;
  writeFileSync(join(project, "model.mjs"), text);
  const made = runProgram(program, ["export", "model.mjs", "--to", "jax", "--out", "model"], project);
  assert.equal([made.code, made.err, made.out], [0, "", "model/model.py\n"]);
});

built(
  "in a terminal a run tells how far it is, and Ctrl-C leaves its best and a state to go on from",
  async () => {
    if (!hasTerminal()) {
      process.stdout.write("no terminal is tried: this machine has no script of util-linux\n");
      return;
    }
    const start = [
      "minimize",
      valley,
      "--from",
      "x=-1.2,y=1",
      "--optimizer",
      "gd",
      "--learning-rate",
      "1e-5",
    ];
    const run = [...start, "--tolerance", "0"];
    const saved = ["--steps", "100000000", "--checkpoint", "run.safetensors"];
    const ended = await runInTerminal(program, [...run, ...saved], project, {
      until: /step \d+, value/,
      keys: "\u0003",
    });
    assert.is(ended.code, 1);
    const shown = ended.out.replaceAll("\u001b", "ESC");
    assert.match(shown, /\rESC\[Kstep \d+, value \d/);
    assert.match(shown, /ESC\[31mabortedESC\[0m {2}The signal was aborted: Ctrl-C/);
    const [, steps] = /(\d+) steps, \d+ evaluations/.exec(shown)!;
    const more = [...run, "--steps", String(Number(steps) + 100), "--json"];
    const [whole, resumed] = [[], ["--resume", "run.safetensors"]].map((rest) =>
      JSON.parse(runProgram(program, [...more, ...rest], project).out),
    );
    assert.equal([resumed.value, resumed.parameters], [whole.value, whole.parameters]);
  },
);

built.run();
