/** The kinds of cases on an engine: a line for each kind, and one for each case that is beyond the bound. */
import type { Dtype } from "../../graph/index.js";
import { caseKinds, some } from "../../property-tests/support/engines/cases.js";
import { errorOf, expectedOf } from "../../property-tests/support/engines/random-cases.js";
import type { ExportCase } from "../../property-tests/support/exported.js";
import { type Setting, tell } from "./support.js";

/** The numbers of all outputs of a case, or what the engine or its checker says instead. */
export type Found = readonly number[] | { readonly failure: string };

export interface Engine {
  readonly name: string;
  readonly dtype: Dtype;
  readonly bound: number;
  run(cases: readonly ExportCase[]): readonly Found[];
  /** What is wrong beside the error. */
  complaint?(one: ExportCase, found: readonly number[], expected: readonly number[]): string | undefined;
}

/** Corners beyond what single precision has are no cases for it. */
const wide = new Set(["corners", "tensorCorners"]);

export function runKinds(
  { name, dtype, bound, run, complaint }: Engine,
  { count, seed, every }: Setting,
): void {
  for (const [kind, make] of Object.entries(caseKinds)) {
    if (dtype === "f32" && wide.has(kind)) continue;
    const cases = some(make({ count, seed }), every);
    let [worst, same, all, beyond] = [0, 0, 0, 0];
    for (const [i, found] of run(cases).entries()) {
      const one = cases[i]!;
      const expected = expectedOf(one);
      const numbers = "failure" in found ? [] : found;
      const error = errorOf(numbers, expected);
      all += expected.length;
      same += expected.filter((x, k) => Object.is(x, numbers[k])).length;
      const far = error <= bound ? undefined : `${error} from the interpreter`;
      const text = "failure" in found ? found.failure : (far ?? complaint?.(one, numbers, expected));
      if (text === undefined) worst = Math.max(worst, error);
      else {
        beyond++;
        tell("failed", one.name, `${name} ${dtype}: ${text}`);
      }
    }
    const bits = `${same} of ${all} numbers have the same bits`;
    const note = `${cases.length - beyond} of ${cases.length}, worst ${worst.toExponential(1)}, ${bits}`;
    if (beyond === 0) tell("passed", `${name} ${dtype}, ${kind}`, note);
  }
}
