import { suite } from "uvu";
import * as assert from "uvu/assert";
import { minimize, moreGarbowHillstrom } from "../src/index.js";
import { boundedProblems } from "./support/bounded-problems.js";

const laws = suite("collections of problems");

/** Whether a value is one of those at which a descent may end. */
const isAmong = (value: number, ends: readonly number[]) =>
  ends.some((end) => value <= end + 1e-6 * Math.max(1e-6, Math.abs(end)));

/** Local minima that the paper tells of besides the least one, where the usual start leads to them. */
const local: Readonly<Record<string, readonly number[]>> = { biggsExp6: [5.65565e-3] };

for (const { name, f, start, lower, upper, value, others = [] } of boundedProblems) {
  laws(`${name} with bounds: the least value, and no success that is none`, () => {
    const run = minimize(f, start, undefined, { bounds: { x: { lower, upper } } });
    assert.ok(run.parameters.x.every((v, i) => v >= lower[i]! && v <= upper[i]!));
    assert.ok(isAmong(run.value, [value, ...others]), `${run.value}, not ${value}: ${run.message}`);
    // Where values are as small as rounding, there may be no certificate, and then it isn't claimed.
    assert.ok(run.status === "converged" || run.value < 1e-20, run.message);
  });
}

for (const { name, f, start, minimum } of moreGarbowHillstrom) {
  laws(`${name}: a minimum, and no success that is none`, () => {
    const run = minimize(f, start);
    assert.ok(isAmong(run.value, [minimum.value, ...(local[name] ?? [])]), `${run.value}: ${run.message}`);
    assert.ok(run.status === "converged" || run.value < 1e-20, run.message);
  });
}

laws.run();
