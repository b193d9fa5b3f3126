/**
 * `npm run corners [-- --only RE] [--json]`: values and derivatives of orders 1 to 3 at the corners (0, ties, singular and
 * empty, 1e±160, 1e±300, ±∞, NaN): functions of one or two numbers against series of as many digits as it takes, functions
 * of tensors against one-sided differences in 64 digits, in both modes, interpreted and compiled. It prints what is wrong
 * and in no row of property-tests/support/corner-exceptions.ts, and what of these rows nothing needs any more; exit code 1
 * if there is any. `--json` writes all faults, the excepted ones too.
 */
import { parseArgs } from "node:util";
import { type Call, calls } from "../property-tests/support/calls.js";
import { excepted, exceptionFor } from "../property-tests/support/corner-exceptions.js";
import { cornerFaults, type Fault } from "../property-tests/support/corners.js";
import { subjects } from "../property-tests/support/precise/subjects.js";
import { tensorFaults } from "../property-tests/support/tensor-corners.js";
import { emptyFaults, limitFaults } from "../property-tests/support/tensor-limits.js";

const { values: options } = parseArgs({
  options: { only: { type: "string" }, json: { type: "boolean", default: false } },
});
const pattern = new RegExp(options.only ?? "");

interface Work {
  readonly name: string;
  run(): Fault[];
}

/** Elementwise ones are subjects by themselves; 64 digits of polygamma and digamma at 10⁻³⁰⁰ take hours. */
const isSubject = ({ name, op }: Call) => op?.scalar !== undefined || name.endsWith("gamma");

const work: Work[] = [
  ...subjects.map((subject) => ({ name: subject.name, run: () => cornerFaults(subject) })),
  ...calls.map((call) => ({
    name: call.name,
    run: () => [
      ...limitFaults(call),
      ...(isSubject(call) ? [] : [...emptyFaults(call), ...tensorFaults(call)]),
    ],
  })),
].filter(({ name }) => pattern.test(name));

const started = performance.now();
const all: Fault[] = [];
let beyond = 0;
for (const { name, run } of work) {
  const before = performance.now();
  const faults = run();
  all.push(...faults);
  const unknown = faults.filter((fault) => !exceptionFor(fault));
  beyond += unknown.length;
  const seconds = ((performance.now() - before) / 1000).toFixed(1);
  if (options.json) continue;
  console.log(`${name.padEnd(40)} ${seconds.padStart(6)} s ${String(faults.length).padStart(6)} excepted`);
  for (const { kind, text } of unknown) console.log(`  ${kind}: ${text}`);
}

const idle = excepted.filter(
  (row) => work.some(({ name }) => name === row.name) && !all.some((fault) => exceptionFor(fault) === row),
);
if (options.json) console.log(JSON.stringify(all));
else {
  for (const { name, kind, order, reason } of idle)
    console.log(`The exception of ${name}, ${kind} in order ${order}, isn't needed any more: ${reason}.`);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `${work.length} functions in ${seconds} s: ${all.length - beyond} numbers excepted by ${excepted.length} rows, ` +
      `${beyond} wrong, ${idle.length} exceptions that aren't needed.`,
  );
}
if (beyond + idle.length > 0) process.exitCode = 1;
