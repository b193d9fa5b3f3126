/** Whether a rule made wrong gives other numbers at all, in states of all kinds. */
import type { Optimizer, Slots } from "../../optimizers/index.js";
import { slotShape } from "../../optimizers/internal.js";
import { randomSource } from "../../src/index.js";
import type { Trajectory } from "./trajectories.js";

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
export function matters(optimizer: Optimizer, wrong: Optimizer, { start, problem }: Trajectory): boolean {
  for (const { parameters, gradients, state } of states(optimizer, Object.keys(start))) {
    const [right, other] = [optimizer, wrong].map((one) =>
      numbersIn(one.step(parameters, gradients, state, problem)),
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
