/** `npm run mutate -- --optimizers`: each rule made wrong in one place must leave the trajectories of other libraries. */

import type { Optimizer } from "../optimizers/index.js";
import { mutantsOfOptimizer } from "../property-tests/support/optimizer-mutants.js";
import { follow, type Trajectory, trajectories } from "../property-tests/support/trajectories.js";

function leaves(optimizer: Optimizer, trajectory: Trajectory): boolean {
  try {
    follow(optimizer, trajectory);
    return false;
  } catch {
    return true;
  }
}

const started = performance.now();
let planted = 0;
const survivors: string[] = [];
for (const trajectory of trajectories) {
  for (const optimizer of trajectory.optimizers) {
    for (const { fault, optimizer: wrong } of mutantsOfOptimizer(optimizer)) {
      planted++;
      if (!leaves(wrong, trajectory)) survivors.push(`${optimizer.name}, ${trajectory.title}: ${fault}`);
    }
  }
}
for (const survivor of survivors) console.log(`survived: ${survivor}`);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(`${planted - survivors.length} of ${planted} faults in rules were found, in ${seconds} s.`);
if (survivors.length > 0) process.exitCode = 1;
