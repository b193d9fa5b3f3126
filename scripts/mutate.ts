/**
 * The tester tested: each derivative rule of each op is made wrong in one place, or with `--walks` each walk that applies
 * them; the laws of derivatives must fail. A mutant that they don't kill says which fault they would let through.
 *
 * npm run mutate -- [--op NAMES | --share K/N | --walks [--of TEXT] | --optimizers [--of NAMES] | --solvers]: some ops, or
 * every N-th op from the K-th (what N processes share); with a text, faults in whose file or right words it occurs; then each
 * rule of an optimizer, whose trajectories must leave those of other libraries; with the last, each formula of a solver, whose
 * evaluations are counted
 */
import { parseArgs } from "node:util";
import { collect, type Test, tests } from "../property-tests/support/collected.js";
import { plantSwitches, walkFaults } from "../property-tests/support/walk-faults.js";

const { values } = parseArgs({
  options: {
    ...({
      op: { type: "string" },
      share: { type: "string", default: "1/1" },
      walks: { type: "boolean" },
    } as const),
    ...({ of: { type: "string", default: "" }, optimizers: { type: "boolean" } } as const),
    solvers: { type: "boolean" },
  },
});
// Laws draw all that they say here, not the third that `npm test` has time for.
process.env.RUNS ??= "1";
if (values.optimizers) {
  await import("./mutate-optimizers.js");
  process.exit();
}
if (values.solvers) {
  await import("./mutate-solvers.js");
  process.exit();
}

collect();
if (values.walks) plantSwitches();
// The laws of single ops come first: they kill most, and fast.
for (const file of [
  ...[
    "derivatives",
    "modes",
    "absence",
    "corners",
    "extremes",
    "masks",
    "kinks-of-kinks",
    "kinks",
    "unused",
    "loops",
    "graphs",
  ],
])
  await import(new URL(`../property-tests/${file}.test.ts`, import.meta.url).href);
const { fc } = await import("../property-tests/support/law.js");
const { mutantsOf } = await import("../property-tests/support/mutants.js");
const { ops } = await import("../property-tests/support/registry.js");

// What fails needn't be shrunk.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

async function passes({ run }: Test): Promise<boolean> {
  try {
    await run();
    return true;
  } catch {
    return false;
  }
}

const isOf = (name: string) => (test: Test) => test.name.startsWith(`${name}: `);
const general = tests.filter((test) => !ops.some(({ name }) => isOf(name)(test)));

const started = performance.now();
const survivors: string[] = [];
let planted = 0;
let equivalent = 0;
const chosen = values.op?.split(",") ?? ops.map(({ name }) => name);
const [share, shares] = values.share.split("/").map(Number) as [number, number];
for (const op of ops.filter(({ name }, i) => chosen.includes(name) && i % shares === share - 1)) {
  if (values.walks) break;
  const began = performance.now();
  const [plantedBefore, survivedBefore] = [planted, survivors.length];
  const own = tests.filter(isOf(op.name));
  const lawsOfOp = [...own, ...general];
  for (const test of own) {
    if (!(await passes(test))) throw new Error(`${test.suite}: "${test.name}" fails without any fault.`);
  }
  for (const mutant of mutantsOf(op)) {
    mutant.plant();
    let killer: Test | undefined;
    let mattered = false;
    for (const test of lawsOfOp) {
      if (!(await passes(test))) killer = test;
      mattered ||= mutant.touched();
      // A fault that no law of its op has met isn't one: there was nothing there to make wrong.
      if (killer || (test === own.at(-1) && !mattered)) break;
    }
    mutant.remove();
    if (!mattered) {
      equivalent++;
      continue;
    }
    planted++;
    if (!killer) survivors.push(`${op.name}: ${mutant.fault}`);
    else if (!(await passes(killer))) {
      throw new Error(
        `${killer.suite}: "${killer.name}" still fails after ${op.name}: ${mutant.fault} is mended.`,
      );
    }
  }
  const found = planted - plantedBefore - (survivors.length - survivedBefore);
  const taken = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${op.name}: ${found} of ${planted - plantedBefore}, ${taken} s`);
}
/** Those of masks, kinks and loops first: most of what walks do is done for them. */
const lawsOfWalks = [
  "kinks of kinks",
  "loops",
  "masks",
  "absence",
  "kinks",
  "unused",
  "modes",
  "derivatives",
].flatMap((name) => tests.filter(({ suite }) => suite === name));
for (const [number, { file, right, wrong }] of walkFaults.entries()) {
  if (!values.walks) break;
  if (!`${file} ${right}`.includes(values.of)) continue;
  globalThis.plantedFault = number;
  let killer: Test | undefined;
  for (const test of lawsOfWalks) {
    if (!(await passes(test))) killer = test;
    if (killer) break;
  }
  globalThis.plantedFault = undefined;
  planted++;
  if (!killer) survivors.push(`${file}: ${wrong} instead of ${right}`);
  else if (!(await passes(killer)))
    throw new Error(`${killer.suite}: "${killer.name}" fails without ${wrong}.`);
}

const killed = planted - survivors.length;
const score = planted === 0 ? 100 : Math.floor((1000 * killed) / planted) / 10;
const seconds = ((performance.now() - started) / 1000).toFixed(0);
for (const survivor of survivors) console.log(`survived: ${survivor}`);
console.log(
  `${killed} of ${planted} faults in derivative rules and walks were found: ${score} %, in ${seconds} s. ` +
    `${equivalent} more changed nothing.`,
);
if (survivors.length > 0) process.exitCode = 1;
