/** `npm run mutate -- --optimizers`: each rule made wrong in one place must leave the trajectories of other libraries. */

import type { Optimizer } from "../optimizers/index.js";
import { mutantsOfOptimizer } from "../property-tests/support/optimizer-mutants.js";
import { follow, type Trajectory, trajectories } from "../property-tests/support/trajectories.js";
import { randomSource } from "../src/index.js";

function leaves(optimizer: Optimizer, trajectory: Trajectory): boolean {
  try {
    follow(optimizer, trajectory);
    return false;
  } catch {
    return true;
  }
}

/** States of all kinds: of the first step and later ones, with zeros and of both signs. */
function* states({ init, slots }: Optimizer) {
  const random = randomSource(1);
  for (const step of [0, 0, 1, 6, 6, 40]) {
    const draw = (low: number) =>
      Float64Array.from({ length: 4 }, (_, i) => (i === 3 ? 0 : random.uniform(low, 1)));
    const parameters = { x: draw(-1) };
    const { shapes } = init(parameters);
    const drawn = Object.entries(slots).map(([name, { scalar }]) => [
      name,
      { x: scalar ? random.uniform(0.1, 0.9) : draw(0) },
    ]);
    yield {
      parameters,
      gradients: { x: draw(-1) },
      state: { step, shapes, slots: Object.fromEntries(drawn) },
    };
  }
}

/** Whether a fault changes any number at all; `where(v = 0, 0, √v)` for √v, say, doesn't. */
function matters(optimizer: Optimizer, wrong: Optimizer): boolean {
  for (const { parameters, gradients, state } of states(optimizer)) {
    const [right, other] = [optimizer, wrong].map((one) =>
      JSON.stringify(one.step(parameters, gradients, state)),
    );
    if (right !== other) return true;
  }
  return false;
}

const started = performance.now();
let planted = 0;
let idle = 0;
const survivors: string[] = [];
for (const trajectory of trajectories) {
  for (const optimizer of trajectory.optimizers) {
    for (const { fault, optimizer: wrong } of mutantsOfOptimizer(optimizer)) {
      if (leaves(wrong, trajectory)) {
        planted++;
        continue;
      }
      if (!matters(optimizer, wrong)) {
        idle++;
        continue;
      }
      planted++;
      survivors.push(`${optimizer.name}, ${trajectory.title}: ${fault}`);
    }
  }
}
for (const survivor of survivors) console.log(`survived: ${survivor}`);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  `${planted - survivors.length} of ${planted} faults in rules were found, in ${seconds} s. ${idle} more changed nothing.`,
);
if (survivors.length > 0) process.exitCode = 1;
