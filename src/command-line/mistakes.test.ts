/** What is typed wrongly is told in a line or two, and to programs as a document. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cli } from "./testing.js";

const mistakes = suite("command line: mistakes");

const wrong: readonly (readonly [readonly string[], RegExp])[] = [
  [["minimise", "x"], /unknown command "minimise"; did you mean minimize\?/],
  [["minimize", "x^2", "--form", "x=1"], /unknown option --form/],
  [["minimize", "x^2", "--optimiser", "adam"], /did you mean --optimizer\?/],
  [["minimize"], /there is no objective/],
  [
    ["minimize", "x^2", "--from", "x=1", "--beta1", "1"],
    /--beta1 is no option of auto, which has no options; adam, .* have it/,
  ],
  [["minimize", "x^2", "--from", "x=1", "--evaluations", "9"], /did you mean --max-evaluations\?/],
  [["minimize", "x^2", "--from", "x=1", "--fix", "x"], /there is nothing to be moved/],
  [
    ["minimize", "x^2", "--from", "x=1", "--optimizer", "adam", "--beta1", "2"],
    /adam: beta1 is 2; it must be a number in \[0, 1\)/,
  ],
  [["minimize", "x^2", "--from", "x=1", "--tolerance", "relativ=2"], /"relativ" isn't absolute or relative/],
  [
    ["minimize", "log(x)", "--from", "x=-1", "--optimizer", "adam"],
    /log gives NaN of x = -1\. Start elsewhere\./,
  ],
  [["plot", "x^2 + y + z", "--window", "x=0..1,y=0..1"], /hold the others, as in --at "z=0"/],
  [["plot", "sin(x)", "--window", "x=0..1", "--out", "f.gif"], /it must end with \.png or \.svg/],
  [["plot", "x + y", "--window", "x=1..0,y=0..1"], /two numbers with low < high/],
  [["minimize", "x^2"], /--from is missing: --from x=…/],
  [["minimize", "x^2 + y", "--from", "x=1"], /--from: y=… is missing/],
  [["minimize", "x^2", "--from", "x=1,z=2"], /the objective has no "z"; it has x/],
  [["minimize", "x^2", "--from", "x=one"], /"x=one" isn't of the form x=1/],
  [["minimize", "x^2", "--from"], /--from needs a value/],
  [["minimize", "x^2", "--from", "x=1", "--optimizer", "adm"], /unknown "adm"; did you mean adam\?/],
  [
    ["minimize", "x^2", "--from", "x=1", "--optimizer", "adam", "--beta3", "1"],
    /--beta3 is no option of adam, which has --learning-rate, --beta1, .*; did you mean --beta1\?/,
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

for (const [args, message] of wrong)
  mistakes(`a mistake is one clear error: ${args.join(" ").slice(0, 60)}`, async () => {
    const { code, out, err } = await cli(args);
    assert.is(code, 2);
    assert.is(out, "");
    assert.match(err, message);
    assert.not.match(err, /\n\s+at /);
  });

const failures: readonly (readonly string[])[] = [
  ["gradient", "x +", "--at", "x=1"],
  ["minimize", "x^2"],
  ["race", "cubic"],
  ["fit", "nowhere.csv", "--model", "x", "--from", "a=1"],
  ["check", "x", "--domain", "z=0..1"],
  ["emit", "x"],
  ["show", "x", "--as", "nothing"],
  ["plot", "x"],
  ["completion", "none"],
  ["unknown"],
  ["minimize", "x^2", "--from", "x=1", "--draw"],
];

mistakes("programs get one document, also of what fails", async () => {
  for (const args of failures) {
    const { code, out, err } = await cli([...args, "--json"]);
    assert.is(code, 2, args[0]);
    assert.is(err, "");
    assert.type(JSON.parse(out).error.message, "string");
  }
  const { error } = JSON.parse((await cli(["gradient", "x +\n  sinn(x)", "--json"])).out);
  assert.equal([error.line, error.column], [2, 3]);
  const keys = async (...args: string[]) =>
    Object.keys(JSON.parse((await cli([...args, "--json"])).out)).join();
  const run = "status,message,value,parameters,fixed,steps,evaluations,method,why";
  assert.is(await keys("minimize", "x^2", "--from", "x=1"), run);
  assert.is(await keys("minimize", "x^2", "--from", "x=1", "--optimizer", "adam"), run);
  assert.is(await keys("race", "cubic", "--optimizers", "gd"), "lowest,quickest,results");
  assert.is(await keys("gradient", "x^2", "--at", "x=1"), "value,gradient");
  assert.is(await keys("show", "x^2", "--as", "tex"), "form,text");
  assert.is(await keys("emit", "x^2", "--name", "f"), "code");
  assert.is(JSON.parse((await cli(["gradient", "1/x", "--at", "x=0", "--json"])).out).value, "Infinity");
});

mistakes.run();
