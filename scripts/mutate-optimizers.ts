/** `npm run mutate -- --optimizers`: each rule made wrong in one place must leave the trajectories of other libraries. */

import type { Optimizer, Slots } from "../optimizers/index.js";
import { slotShape } from "../optimizers/internal.js";
import { mutantsOfOptimizer } from "../property-tests/support/optimizer-mutants.js";
import { flatPoint, follow, type Trajectory, trajectories } from "../property-tests/support/trajectories.js";
import { mutantsOfTree } from "../property-tests/support/tree-mutants.js";
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
function* states({ slots, treeRule }: Optimizer, names: readonly string[]) {
  const random = randomSource(1);
  const forms = treeRule
    ? [names.map((name) => [name, name === "W" ? [2, 3] : [3]] as const)]
    : [[4], [2, 3]].map((shape) => [["x", shape] as const]);
  for (const step of [0, 0, 1, 2, 5, 6, 6, 40]) {
    for (const form of forms) {
      const draw = (own: readonly number[], low: number) => {
        const length = own.reduce((a, b) => a * b, 1);
        const drawn = Float64Array.from({ length }, (_, i) => (i === 3 ? 0 : random.uniform(low, 1)));
        return own.length === 0 ? random.uniform(0.1, 0.9) : drawn;
      };
      const each = <T>(make: (name: string, shape: readonly number[]) => T) =>
        Object.fromEntries(form.map(([name, shape]) => [name, make(name, shape)]));
      const drawn = Object.entries(slots as Slots).map(([slot, own]) => [
        slot,
        each((name, shape) => draw(slotShape(own, shape, [name]), 0)),
      ]);
      yield {
        parameters: each((_, shape) => draw(shape, -1)),
        gradients: each((_, shape) => draw(shape, -1)),
        state: { step, shapes: each((_, shape) => shape), slots: Object.fromEntries(drawn) },
      };
    }
  }
}

/** Whether a fault changes any number at all; `where(v = 0, 0, √v)` for √v, say, doesn't. */
function matters(optimizer: Optimizer, wrong: Optimizer, { start, problem }: Trajectory): boolean {
  for (const { parameters, gradients, state } of states(optimizer, Object.keys(start))) {
    const [right, other] = [optimizer, wrong].map((one) =>
      numbersIn(one.step(parameters, gradients, state as never, problem)),
    );
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
/** The faults by optimizer, form of its rule and place, and by which trajectories they go unnoticed; empty where one finds them. */
const faults = new Map<
  string,
  { readonly told: string; unnoticed: string[]; isFound: boolean; matters: boolean }
>();
for (const trajectory of trajectories) {
  for (const optimizer of trajectory.optimizers) {
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
