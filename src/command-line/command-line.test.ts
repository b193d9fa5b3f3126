/** The command line as a person and as a program would use it. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as optimizers from "../../optimizers/index.js";
import { commands } from "./main.js";
import { typed } from "./options.js";
import { cli } from "./testing.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "adjoint-command-line-"));

const lines = suite("command line");
lines.after(() => rmSync(folder, { recursive: true, force: true }));

const valley = "100(y - x^2)^2 + (1 - x)^2";

lines("gradient: value, gradient, Hessian, differences, a grid", async () => {
  const cubic = "x1^2 + x2^2 + x2^3 + x1*x2";
  const { code, out } = await cli(["gradient", cubic, "--at", "x1=2,x2=3", "--order", "2", "--verify"]);
  assert.is(code, 0);
  assert.match(out, /value {2}46\n/);
  assert.match(out, /∂\/∂x1 +7 +7\n∂\/∂x2 +35 +35\n/);
  assert.match(out, /Hessian +x1 +x2\nx1 +2 +1\nx2 +1 +20\n/);
  const json = await cli(["gradient", "x: vector(2); x[1]^2*x[2]", "--at", "x=[3,2]", "--json"]);
  assert.equal(JSON.parse(json.out), { value: 18, gradient: { x: [12, 9] } });
  const rows = JSON.parse((await cli(["gradient", "x^2", "--table", "x=0:1:2", "--json"])).out);
  assert.equal(
    rows.table.map((row: { value: number }) => row.value),
    [0, 1, 4],
  );
  const part = await cli(["gradient", "x^2*y", "--table", "x=0:1:2", "--at", "y=3", "--json"]);
  assert.equal(JSON.parse(part.out).table[2], { point: { x: 2 }, value: 12, gradient: { x: 12, y: 4 } });
});

lines("minimize: by itself, by an optimizer, within bounds, an objective of the library", async () => {
  const free = await cli(["minimize", valley, "--from", "x=-1.2,y=1"]);
  assert.is(free.code, 0);
  assert.match(free.out, /^converged {2}.*\n\nvalue {2}\S+\ny +1\nx +1\n/);
  const bounded = await cli([
    "minimize",
    valley,
    "--from",
    "x=-1.2,y=1",
    "--method",
    "lbfgsb",
    "--bounds",
    "x=..0.5",
    "--json",
  ]);
  const { status, parameters } = JSON.parse(bounded.out);
  assert.equal([status, parameters], ["converged", { y: 0.25, x: 0.5 }]);
  const few = await cli([
    "minimize",
    valley,
    "--from",
    "x=-1.2,y=1",
    "--optimizer",
    "adam",
    "--learning-rate",
    "0.01",
    "--steps",
    "20",
  ]);
  assert.is(few.code, 1);
  assert.match(few.out, /^max-steps/);
  const file = join(folder, "run.csv");
  const known = await cli(["minimize", "himmelblau", "--csv", file]);
  assert.is(known.code, 0);
  const [head, first] = readFileSync(file, "utf8").split("\n");
  assert.is(head, "step,value,x[1],x[2]");
  assert.match(first!, /^0,/);
});

lines(
  "a run that is stopped and resumed ends as one that wasn't; Ctrl-C gives the best point so far",
  async () => {
    const file = join(folder, "state.safetensors");
    const base = ["minimize", valley, "--from", "x=-1.2,y=1", "--optimizer", "adam", "--json"];
    const whole = JSON.parse((await cli([...base, "--steps", "300"])).out);
    await cli([...base, "--steps", "200", "--checkpoint", file]);
    const resumed = JSON.parse((await cli([...base, "--steps", "300", "--resume", file])).out);
    assert.equal([resumed.value, resumed.parameters], [whole.value, whole.parameters]);
    const stopped = new AbortController();
    stopped.abort();
    const { code, out } = await cli(base, { signal: stopped.signal });
    assert.is(code, 1);
    assert.is(JSON.parse(out).status, "aborted");
  },
);

lines("race tells who ends lowest, and crowns nobody who diverged", async () => {
  const { code, out } = await cli(["race", "cubic", "--optimizers", "gd,momentum,adam", "--steps", "150"]);
  assert.is(code, 0);
  assert.match(out, /momentum .* diverged\n/);
  assert.match(out, /\nBy value, gd wins: it ends lowest\.\nBy evaluations, gd wins: after \d+ /);
  const both = await cli([
    "race",
    "himmelblau",
    "--optimizers",
    "gd,adam",
    "--methods",
    "lbfgs,nelderMead",
    ...["--learning-rate", "0.02", "--memory", "5", "--json"],
  ]);
  const { lowest, quickest, results } = JSON.parse(both.out);
  assert.is(both.code, 0);
  assert.is(lowest, results[0].name);
  const by = Object.fromEntries(
    results.map((one: { name: string; reached: number }) => [one.name, one.reached]),
  );
  assert.equal(Object.keys(by).sort(), ["adam", "gd", "lbfgs", "nelderMead"]);
  assert.is(by[quickest], Math.min(...(Object.values(by) as number[])));
  // By hand: the first point within a thousandth of the way from 170 to 0, and an evaluation at each.
  const csv = join(folder, "adam.csv");
  await cli(["minimize", "himmelblau", "--optimizer", "adam", "--learning-rate", "0.02", "--csv", csv]);
  const values = readFileSync(csv, "utf8")
    .split("\n")
    .slice(1)
    .map((line) => Number(line.split(",")[1]));
  assert.is(by.adam, values.findIndex((value) => value <= 0.001 * values[0]!) + 1);
});

lines("fit prints the report of a table from a file or standard input", async () => {
  const csv = "x,y\n1,5\n2,14\n3,29\n4,50.1\n";
  const file = join(folder, "data.csv");
  writeFileSync(file, csv);
  const args = ["--model", "a*x^2 + b", "--from", "a=1,b=0"];
  const [one, two] = [await cli(["fit", file, ...args]), await cli(["fit", "-", ...args], { input: csv })];
  assert.is(one.code, 0);
  assert.is(one.out, two.out);
  assert.match(one.out, /parameter +value +std\. error/);
  const more = [
    ...["--sigma", "0.1", "--absolute-sigma", "--loss", "huber", "--loss-scale", "2", "--level", "0.9"],
    ...["--bounds", "a=0..10", "--starts", "3", "--seed", "1", "--solver", "gaussNewton", "--fix", "b"],
    ...["--steps", "50", "--tolerance", "1e-9", "--initial-radius", "2"],
  ];
  assert.match((await cli(["fit", file, ...args, ...more])).out, /90 %|\nb +0 +fixed/);
  const tied = await cli([
    "fit",
    file,
    "--model",
    "a*x^2 + b",
    "--from",
    "a=1",
    "--ties",
    "b=2*a - 4",
    "--json",
  ]);
  assert.ok(Math.abs(JSON.parse(tied.out).parameters[0].value - 3) < 0.2);
  const other = join(folder, "semicolons.csv");
  writeFileSync(other, "name;x;y;w\nm;1;5;1\nn;2;14;1\no;3;29;2\np;4;50.1;1\n");
  const semicolons = await cli(["fit", other, ...args, "--delimiter", ";", "--weights", "w"]);
  assert.is(semicolons.code, 0);
  const stopped = new AbortController();
  stopped.abort();
  const ended = await cli(["fit", file, ...args, "--json"], { signal: stopped.signal });
  assert.equal([ended.code, JSON.parse(ended.out).status], [1, "aborted"]);
  const state = join(folder, "fit.safetensors");
  const curved = ["fit", file, "--model", "a*exp(b*x)", "--from", "a=1,b=0", "--json"];
  assert.is(
    (await cli([...curved, "--steps", "3", "--checkpoint", state, "--checkpoint-every", "1"])).code,
    1,
  );
  const [whole, resumed] = [await cli(curved), await cli([...curved, "--resume", state])];
  assert.equal(JSON.parse(resumed.out).parameters, JSON.parse(whole.out).parameters);
  const json = JSON.parse((await cli(["fit", file, ...args, "--json"])).out);
  assert.ok(Math.abs(json.parameters[0].value - 3) < 0.1);
});

lines(
  "the completion for bash completes commands, options, objectives, methods and lists of them",
  async () => {
    if (!existsSync("/bin/bash")) return;
    const script = join(folder, "adjoint.bash");
    writeFileSync(script, (await cli(["completion", "bash"])).out);
    const asked = [
      ["adjoint mini", "minimize"],
      ["adjoint minimize --opt", "--optimizer"],
      ["adjoint minimize ros", "rosenbrock"],
      ["adjoint minimize x --optimizer adag", "adagrad"],
      ["adjoint race cubic --methods lbfgs,tru", "lbfgs,trustRegion"],
      ["adjoint fit d.csv --loss hu", "huber"],
      ["adjoint show x --as mer", "mermaid"],
      ["adjoint completion z", "zsh"],
    ] as const;
    const program = asked.map(
      ([line]) =>
        `COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMPREPLY=(); _adjoint; echo "\${COMPREPLY[@]}"`,
    );
    const { stdout } = await promisify(execFile)("/bin/bash", [
      "-c",
      [`source ${script}`, ...program].join("\n"),
    ]);
    assert.equal(
      stdout.trimEnd().split("\n"),
      asked.map(([, found]) => found),
    );
  },
);

lines("check, show, emit, completion", async () => {
  assert.is((await cli(["check", "where(x > 0, sqrt(x), 0)", "--domain", "x=0.1..1"])).code, 0);
  assert.is((await cli(["show", "sin(x)^2", "--as", "tex"])).out, "\\sin^{2}\\left(x\\right)\n");
  assert.match((await cli(["show", "rosenbrock", "--as", "expression"])).out, /^x: vector\(2\)\n/);
  const { out } = await cli(["emit", valley, "--name", "rosenbrock", "--language", "js"]);
  assert.match(out, /export function rosenbrock/);
  for (const shell of ["bash", "zsh", "fish"])
    assert.match((await cli(["completion", shell])).out, /adjoint/);
});

lines("the options of every optimizer and solver can be typed, and every optimizer is there", async () => {
  const help = (await cli(["minimize", "--help"])).out;
  for (const [name, make] of Object.entries(optimizers)) {
    let options: Readonly<Record<string, unknown>> | undefined;
    for (const given of [{}, { learningRate: 0.1 }])
      try {
        options ??= (make as (given: object) => { hyperparameters?: object }).call(undefined, given)
          .hyperparameters as never;
      } catch {}
    if (!options || !("learningRate" in options)) continue;
    const row = new RegExp(`^  ${name} .*$`, "m").exec(help)?.[0];
    assert.ok(row, name);
    for (const option of Object.keys(options))
      assert.match(row, new RegExp(` --(no-)?${typed(option)}`), name);
  }
  const value = async (...args: string[]) =>
    JSON.parse((await cli(["minimize", "x^2", "--from", "x=1", "--steps", "3", "--json", ...args])).out)
      .value;
  const adam = ["--optimizer", "adam", "--learning-rate", "0.1"];
  assert.is.not(await value(...adam), await value(...adam, "--beta1", "0.8"));
  assert.is.not(await value(...adam), await value(...adam, "--amsgrad", "--weight-decay", "2"));
  assert.is(await value("--optimizer", "torch.adam", "--learning-rate", "0.1"), await value(...adam));
  const adafactor = ["--optimizer", "adafactor"];
  assert.is.not(await value(...adafactor), await value(...adafactor, "--no-scale-by-parameter"));
});

lines("runs end by every criterion, hold what is fixed, and take bounds of each element", async () => {
  const status = async (...args: string[]) => {
    const run = ["minimize", valley, "--from", "x=-1.2,y=1", "--optimizer", "adam", "--json", ...args];
    return JSON.parse((await cli(run)).out).status;
  };
  assert.is(await status("--max-evaluations", "5"), "max-evaluations");
  assert.is(await status("--tolerance", "relative=0.9"), "converged");
  assert.is(await status("--value-tolerance", "absolute=1e-9,relative=0.5"), "converged");
  assert.is(await status("--step-tolerance", "1"), "converged");
  assert.is(await status("--steps", "100000", "--max-time", "1"), "max-time");
  assert.is(await status("--patience", "1", "--learning-rate", "3"), "stalled");
  const held = await cli(["minimize", valley, "--from", "x=-1.2,y=1", "--fix", "x", "--json"]);
  assert.equal(JSON.parse(held.out).fixed, { x: -1.2 });
  assert.ok(Math.abs(JSON.parse(held.out).parameters.y - 1.44) < 1e-6);
  const text = "x: vector(2); sum((x - 3) .^ 2)";
  const each = ["minimize", text, "--from", "x=[0,0]", "--bounds", "x=[-1,-1]..[1,5]", "--json"];
  assert.equal(JSON.parse((await cli(each)).out).parameters, { x: [1, 3] });
});

lines("what can't be written is told, before a long run where that can be known", async () => {
  const run = ["minimize", "x^2", "--from", "x=1"];
  for (const [option, path, reason] of [
    ["--csv", join(folder, "none/run.csv"), /there is no such file or folder/],
    ["--csv", folder, /it is a folder/],
    ["--checkpoint", folder, /it is a folder/],
  ] as const) {
    const { code, out, err } = await cli([...run, option, path]);
    assert.equal([code, out], [2, ""]);
    assert.match(err, reason);
  }
  if (!existsSync("/dev/full")) return;
  // The run isn't lost.
  const full = await cli([...run, "--csv", "/dev/full"]);
  assert.is(full.code, 2);
  assert.match(full.out, /^converged/);
  assert.match(full.err, /"\/dev\/full" can't be written: the disk is full/);
  const json = JSON.parse((await cli([...run, "--csv", "/dev/full", "--json"])).out);
  assert.is(json.status, "converged");
  assert.match(json.error.message, /the disk is full/);
});

lines("an objective may come by standard input", async () => {
  const input = "f(t) = t^2\nf(x) + 1\n";
  assert.is(JSON.parse((await cli(["gradient", "-", "--at", "x=3", "--json"], { input })).out).value, 10);
});

lines("help names every command and option, with examples that run", async () => {
  const { out } = await cli(["--help"]);
  for (const [name, { options, examples }] of Object.entries(commands)) {
    assert.match(out, new RegExp(`\n  ${name} `));
    const help = await cli([name, "--help"]);
    assert.is(help.code, 0);
    for (const option of Object.keys(options))
      assert.match(help.out, new RegExp(`--(no-)?${option.replace(/^no-/, "")}`), `${name}: ${option}`);
    assert.ok(examples.length > 0);
  }
});

lines("colours only on a terminal, and not where NO_COLOR is set", async () => {
  const args = ["minimize", "x^2", "--from", "x=1"];
  const isColoured = ({ out }: { out: string }) => out.includes("\u001b[");
  assert.is(isColoured(await cli(args)), false);
  assert.is(isColoured(await cli(args, { isTerminal: true })), true);
  assert.is(isColoured(await cli(args, { isTerminal: true, env: { NO_COLOR: "1" } })), false);
});

lines(
  "the program runs in a checkout without a build, and its exit codes are those of its commands",
  async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["bin/adjoint.js", "gradient", "x^2", "--at", "x=3"],
      { cwd: root },
    );
    assert.match(stdout, /∂\/∂x +6\n/);
    const failed = await promisify(execFile)(process.execPath, ["bin/adjoint.js", "gradient", "x^"], {
      cwd: root,
    }).catch((error) => error);
    assert.is(failed.code, 2);
    assert.match(failed.stderr, /unexpected end of expression/);
  },
);

lines("export: a program as a folder for JAX, as StableHLO, ONNX and C, what can't be exported", async () => {
  const program = join(folder, "model.mjs");
  const [graph, optimizers] = ["graph", "optimizers"].map(
    (name) => new URL(`../../${name}/index.ts`, import.meta.url),
  );
  writeFileSync(
    program,
    `import { square, sum, trace, vector } from "${graph}";
import { adam } from "${optimizers}";
export const objective = trace({ w: vector(2), x: vector(2) }, ({ w, x }) => sum(square(w)));
export const start = { w: [1, 2] };
export const optimizer = adam({ learningRate: 0.1 });
export const epochs = 3;
`,
  );
  const out = join(folder, "model");
  const jax = await cli(["export", program, "--to", "jax", "--out", out, "--name", "loss", "--json"]);
  assert.equal(jax.code, 0, jax.err);
  assert.equal(JSON.parse(jax.out).files, ["model.py", "start.safetensors", "checkpoint.py", "train.py"]);
  assert.match(readFileSync(join(out, "model.py"), "utf8"), /def loss\(inputs\)/);
  const again = await cli(["export", program, "--to", "stablehlo", "--out", out]);
  assert.match(again.err, /is there and isn't empty/);
  assert.is((await cli(["export", program, "--to", "stablehlo", "--out", out, "--force"])).code, 0);
  assert.match(readFileSync(join(out, "model.mlir"), "utf8"), /func.func public @main/);
  const others = join(out, "others");
  assert.is((await cli(["export", program, "--to", "onnx", "--out", others, "--name", "fit"])).code, 0);
  assert.match(readFileSync(join(others, "model.onnx"), "latin1"), /adjoint.*fit.*grad\.w/s);
  // A whole step of training, and where it starts.
  const named = /adjoint.*fit_step.*parameters\.w_out.*slots\..*\.w/s;
  assert.match(readFileSync(join(others, "model_step.onnx"), "latin1"), named);
  assert.match(readFileSync(join(others, "start.npz"), "latin1"), /parameters\.w\.npy.*slots\..*\.w\.npy/s);
  assert.is(
    (await cli(["export", program, "--to", "c", "--out", others, "--name", "fit", "--force"])).code,
    0,
  );
  assert.match(readFileSync(join(others, "fit.c"), "utf8"), /^void fit\(/m);
  assert.match(readFileSync(join(others, "fit_step.c"), "utf8"), /^void fit_step\(double step, /m);
  assert.match(readFileSync(join(out, "model_step.mlir"), "utf8"), /^\/\/ %arg\d is .*parameters.*w.*\.$/m);
  const foreign = join(folder, "foreign.mjs");
  writeFileSync(foreign, "export const f = Object.assign(() => 0, { graph: {} });");
  for (const [args, message] of [
    [[foreign, "--to", "c", "--out", out], /of another copy of adjoint/],
    [[program, "--to", "tpu", "--out", out], /--to must be jax, stablehlo, onnx, c, not "tpu"/],
    [
      [program, "--to", "c", "--out", others, "--name", "double", "--force"],
      /toC: .* can't name a function of C/,
    ],
    [
      [program, "--to", "onnx", "--out", others, "--dtype", "bf16", "--force"],
      /toOnnx: dtype is "f64" or "f32", not/,
    ],
    [[program, "--out", out], /--to is missing/],
    [[program, "--to", "jax"], /--out is missing/],
    [[join(folder, "none.json"), "--to", "jax", "--out", out], /can't be read/],
    [[join(folder, "none.mjs"), "--to", "jax", "--out", out], /can't be loaded/],
  ] as const) {
    const { code, err } = await cli(["export", ...args]);
    assert.is(code, 2);
    assert.match(err, message);
  }
});

lines.run();
