/** `npm run mutate -- --solvers`: each formula of a solver made wrong in one place must change what is counted of its runs. */
import { collect, type Test, tests } from "../property-tests/support/collected.js";
import { solverFaults } from "../property-tests/support/solver-faults.js";
import { plantFaults } from "../property-tests/support/switches.js";

collect();
plantFaults("optimizers/solvers", solverFaults);
await import("../property-tests/solver-counts.test.js");

async function passes({ run }: Test): Promise<boolean> {
  try {
    await run();
    return true;
  } catch {
    return false;
  }
}

for (const test of tests)
  if (!(await passes(test))) throw new Error(`"${test.name}" fails without any fault.`);

const started = performance.now();
let found = 0;
for (const [number, { file, right, wrong }] of solverFaults.entries()) {
  globalThis.plantedFault = number;
  let killed = false;
  for (const test of tests) killed ||= !(await passes(test));
  globalThis.plantedFault = undefined;
  if (killed) found++;
  else console.log(`survived: ${file}: ${wrong} instead of ${right}`);
}
for (const test of tests) if (!(await passes(test))) throw new Error(`"${test.name}" fails after all.`);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(`${found} of ${solverFaults.length} faults in formulas of solvers were found, in ${seconds} s.`);
if (found < solverFaults.length) process.exitCode = 1;
