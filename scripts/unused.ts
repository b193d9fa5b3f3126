/**
 * `npm run unused [-- --only RE]`: the law on unused parts of every public function and of loops, in full: whatever an element that isn't
 * used holds, no value and no derivative of orders 1 and 2 changes, in either mode, interpreted and compiled.
 */
import { parseArgs } from "node:util";
import { calls } from "../property-tests/support/calls.js";
import { loopCalls } from "../property-tests/support/loop-calls.js";
import { unusedFaults } from "../property-tests/support/unused.js";

const { values: options } = parseArgs({ options: { only: { type: "string" } } });
const pattern = new RegExp(options.only ?? "");

let faults = 0;
let checked = 0;
for (const call of [...calls, ...loopCalls]) {
  if (!pattern.test(call.name)) continue;
  checked++;
  for (const inner of ["inputs", "roots"] as const) {
    for (const fault of unusedFaults(call, { inner })) {
      faults++;
      console.log(fault);
    }
  }
}
console.log(`${checked} calls, ${faults} faults.`);
if (faults > 0) process.exitCode = 1;
