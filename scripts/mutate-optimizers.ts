/** `npm run mutate -- --optimizers`: each rule made wrong in one place must leave the trajectories of other libraries. */

import type { Optimizer, Slots } from "../optimizers/index.js";
import { slotShape } from "../optimizers/internal.js";
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
function* states({ slots }: Optimizer) {
  const random = randomSource(1);
  for (const step of [0, 0, 1, 6, 6, 40]) {
    for (const shape of [[4], [2, 3]]) {
      const draw = (own: readonly number[], low: number) => {
        const length = own.reduce((a, b) => a * b, 1);
        const drawn = Float64Array.from({ length }, (_, i) => (i === 3 ? 0 : random.uniform(low, 1)));
        return own.length === 0 ? random.uniform(0.1, 0.9) : drawn;
      };
      const drawn = Object.entries(slots as Slots).map(([name, slot]) => [
        name,
        { x: draw(slotShape(slot, shape, ["x"]), 0) },
      ]);
      yield {
        parameters: { x: draw(shape, -1) },
        gradients: { x: draw(shape, -1) },
        state: { step, shapes: { x: shape }, slots: Object.fromEntries(drawn) },
      };
    }
  }
}

/** Whether a fault changes any number at all; `where(v = 0, 0, √v)` for √v, say, doesn't. */
function matters(optimizer: Optimizer, wrong: Optimizer): boolean {
  for (const { parameters, gradients, state } of states(optimizer)) {
    const [right, other] = [optimizer, wrong].map((one) => numbersIn(one.step(parameters, gradients, state)));
    // What only rounds otherwise, as a length that is divided out again, is no fault.
    const isSame = (x: number, i: number) =>
      Object.is(x, other![i]) || Math.abs(x - other![i]!) <= 1e-13 * (1 + Math.abs(x));
    if (!right!.every(isSame)) return true;
  }
  return false;
}

function numbersIn(tree: unknown): number[] {
  return typeof tree === "number" ? [tree] : Object.values(tree as object).flatMap(numbersIn);
}

const started = performance.now();
let planted = 0;
let idle = 0;
const survivors: string[] = [];
/** What looks at whole trees. */
const whole = new Set<string>();
for (const trajectory of trajectories) {
  for (const optimizer of trajectory.optimizers) {
    // Faults are planted in rules of one parameter.
    if (optimizer.treeRule) {
      whole.add(optimizer.name);
      continue;
    }
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
if (whole.size > 0) console.log(`without faults in rules of whole trees: ${[...whole].join(", ")}`);
for (const survivor of survivors) console.log(`survived: ${survivor}`);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  `${planted - survivors.length} of ${planted} faults in rules were found, in ${seconds} s. ${idle} more changed nothing.`,
);
if (survivors.length > 0) process.exitCode = 1;
