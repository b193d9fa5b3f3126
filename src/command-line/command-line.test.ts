/** The command line as a person and as a program would use it. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { commands, run } from "./main.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "adjoint-command-line-"));

/** What a command line writes, and its exit code. */
async function cli(
  args: readonly string[],
  { input = "", isTerminal = false, env = {}, signal = new AbortController().signal } = {},
) {
  const written = { out: "", err: "" };
  const output = (name: "out" | "err") => ({
    isTerminal,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const code = await run(args, {
    out: output("out"),
    err: output("err"),
    env,
    read: async () => input,
    signal,
  });
  return { code, ...written };
}

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
    rows.map((row: { value: number }) => row.value),
    [0, 1, 4],
  );
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
  assert.match(out, /\ngd ends lowest\.\n$/);
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
  const json = JSON.parse((await cli(["fit", file, ...args, "--json"])).out);
  assert.ok(Math.abs(json.parameters[0].value - 3) < 0.1);
});

lines("check, show, emit, completion", async () => {
  assert.is((await cli(["check", "where(x > 0, sqrt(x), 0)", "--domain", "x=0.1..1"])).code, 0);
  assert.is((await cli(["show", "sin(x)^2", "--as", "tex"])).out, "\\sin^{2}\\left(x\\right)\n");
  assert.match((await cli(["show", "rosenbrock", "--as", "expression"])).out, /^x: vector\(2\)\n/);
  const { out } = await cli(["emit", valley, "--name", "rosenbrock", "--language", "js"]);
  assert.match(out, /export function rosenbrock/);
  for (const shell of ["bash", "zsh", "fish"])
    assert.match((await cli(["completion", shell])).out, /adjoint/);
});

lines("help names every command and option, with examples that run", async () => {
  const { out } = await cli(["--help"]);
  for (const [name, { options, examples }] of Object.entries(commands)) {
    assert.match(out, new RegExp(`\n  ${name} `));
    const help = await cli([name, "--help"]);
    assert.is(help.code, 0);
    for (const option of Object.keys(options))
      assert.ok(help.out.includes(`--${option}`), `${name}: ${option}`);
    assert.ok(examples.length > 0);
  }
});

const mistakes: readonly (readonly [readonly string[], RegExp])[] = [
  [["minimise", "x"], /unknown command "minimise"; did you mean minimize\?/],
  [["minimize", "x^2", "--form", "x=1"], /unknown option --form/],
  [["minimize", "x^2", "--optimiser", "adam"], /did you mean --optimizer\?/],
  [["minimize"], /there is no objective/],
  [["minimize", "x^2"], /--from is missing: --from x=…/],
  [["minimize", "x^2 + y", "--from", "x=1"], /--from: y=… is missing/],
  [["minimize", "x^2", "--from", "x=1,z=2"], /the objective has no "z"; it has x/],
  [["minimize", "x^2", "--from", "x=one"], /"x=one" isn't of the form x=1/],
  [["minimize", "x^2", "--from"], /--from needs a value/],
  [["minimize", "x^2", "--from", "x=1", "--optimizer", "adm"], /unknown "adm"; did you mean adam\?/],
  [
    ["minimize", "x^2", "--from", "x=1", "--optimizer", "adam", "--option", "beta3=1"],
    /unknown option "beta3"/,
  ],
  [["minimize", "x^2", "--from", "x=1", "--method", "lbfg"], /did you mean lbfgs\?/],
  [
    ["minimize", "x^2", "--from", "x=1", "--steps", "many"],
    /--steps must be a whole number of at least 0, not "many"/,
  ],
  [
    ["minimize", "x^2", "--from", "x=1", "--resume", "nowhere"],
    /"nowhere" can't be read: there is no such file/,
  ],
  [["minimize", "log(x)", "--from", "x=-1"], /NaN/],
  [
    ["gradient", "x + sinn(y)", "--at", "x=1,y=2"],
    /column 5: unknown function "sinn"; did you mean "sin"\?\n {2}x \+ sinn\(y\)\n {6}\^/,
  ],
  [["gradient", "x", "y"], /"y" is one word too many/],
  [["gradient", "rosenbrok"], /--at is missing|rosenbrock/],
  [["show", "x", "--as", "txt"], /did you mean text\?/],
  [
    ["fit", "nowhere.csv", "--model", "a*x", "--from", "a=1"],
    /"nowhere\.csv" can't be read: there is no such file/,
  ],
  [["race", "cubic"], /--optimizers is missing/],
  [["completion", "tcsh"], /bash, zsh or fish/],
];

for (const [args, message] of mistakes)
  lines(`a mistake is one clear error: ${args.join(" ").slice(0, 60)}`, async () => {
    const { code, out, err } = await cli(args);
    assert.is(code, 2);
    assert.is(out, "");
    assert.match(err, message);
    assert.not.match(err, /\n\s+at /);
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

lines.run();
