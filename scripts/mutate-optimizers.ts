/**
 * `npm run mutate -- --optimizers [--of NAMES]`: each rule made wrong in one place must leave the trajectories of other libraries,
 * in points or slots. NAMES are optimizers' names with commas between them.
 */
import { parseArgs } from "node:util";

import type { Optimizer } from "../optimizers/index.js";
import { matters } from "../property-tests/support/idle-mutants.js";
import { mutantsOfOptimizer } from "../property-tests/support/optimizer-mutants.js";
import { flatPoint, follow, type Trajectory, trajectories } from "../property-tests/support/trajectories.js";
import { mutantsOfTree } from "../property-tests/support/tree-mutants.js";

function leaves(optimizer: Optimizer, trajectory: Trajectory): boolean {
  try {
    follow(optimizer, trajectory);
    return false;
  } catch {
    return true;
  }
}

const { values } = parseArgs({ strict: false, options: { of: { type: "string", default: "" } } });
const names = String(values.of).split(",").filter(Boolean);

const started = performance.now();
/** The faults by optimizer, form of its rule and place, and by which trajectories they go unnoticed; empty where one finds them. */
const faults = new Map<
  string,
  { readonly told: string; unnoticed: string[]; isFound: boolean; matters: boolean }
>();
for (const trajectory of trajectories) {
  for (const optimizer of trajectory.optimizers) {
    if (names.length > 0 && !names.includes(optimizer.name)) continue;
    const { start, gradient, split, problem, title } = trajectory;
    const step = (one: Optimizer) =>
      void one.step(start, split(gradient(flatPoint(start))), one.init(start), problem);
    const mutants = optimizer.treeRule ? mutantsOfTree(optimizer, step) : mutantsOfOptimizer(optimizer);
    for (const { fault, form, optimizer: wrong } of mutants) {
      const key = `${optimizer.name} ${form} ${fault}`;
      const known = faults.get(key) ?? {
        told: `${optimizer.name}: ${fault}`,
        unnoticed: [],
        isFound: false,
        matters: false,
      };
      faults.set(key, known);
      if (known.isFound) continue;
      known.isFound = leaves(wrong, trajectory);
      if (known.isFound) continue;
      known.matters ||= matters(optimizer, wrong, trajectory);
      known.unnoticed.push(title);
    }
  }
}
const all = [...faults.values()];
const survivors = all.filter(({ isFound, matters }) => !isFound && matters);
const idle = all.filter(({ isFound, matters }) => !isFound && !matters).length;
const planted = all.length - idle;
for (const { told, unnoticed } of survivors) console.log(`survived: ${told}, by ${unnoticed.join(" and ")}`);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  `${planted - survivors.length} of ${planted} faults in rules were found, in ${seconds} s. ${idle} more changed nothing.`,
);
if (survivors.length > 0) process.exitCode = 1;
