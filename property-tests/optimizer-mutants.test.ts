/** A sample of `npm run mutate -- --optimizers`: rules made wrong in one place leave the trajectories of other libraries. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Optimizer } from "../optimizers/index.js";
import { matters } from "./support/idle-mutants.js";
import { mutantsOfOptimizer } from "./support/optimizer-mutants.js";
import { flatPoint, follow, type Trajectory, trajectories } from "./support/trajectories.js";
import { mutantsOfTree } from "./support/tree-mutants.js";

const mutants = suite("mutants of optimizers");

/** All faults of a trajectory's rule. */
function faultsOf({ start, gradient, split, problem, optimizers: [optimizer] }: Trajectory) {
  if (!optimizer!.treeRule) return mutantsOfOptimizer(optimizer!);
  const step = (one: Optimizer) =>
    void one.step(start, split(gradient(flatPoint(start))), one.init(start), problem);
  return mutantsOfTree(optimizer!, step);
}

const samples: readonly (readonly [title: string, every: number])[] = [
  [`["adagrad",{"learningRate":0.1,"epsilon":0.2}]`, 4],
  ['["chain",["sgd",{"learningRate":0.1,"momentum":0.5}],["exponentialAverage",{"decay":0.8}]]', 8],
];
for (const [title, every] of samples) {
  mutants(`${title}: each fault ${every} after the other is found`, () => {
    const trajectory = trajectories.find((one) => one.title === title)!;
    const faults = faultsOf(trajectory).filter((_, i) => i % every === every - 1);
    assert.ok(faults.length >= 5);
    const [own] = trajectory.optimizers;
    const found = faults.filter(({ fault, optimizer }) => {
      if (!matters(own!, optimizer, trajectory)) return false;
      assert.throws(() => follow(optimizer, trajectory), / after step /, fault);
      return true;
    });
    assert.ok(found.length > faults.length / 2);
  });
}

mutants.run();
