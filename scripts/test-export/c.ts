/**
 * C sources, compiled as C99 by gcc and clang, as far as they are here, with every warning an error, and run. What needs nothing
 * of the mathematical library but roots and rounding must have the interpreter's bits.
 */
import { compilers, hasExactBits, othersOf, runC } from "../../property-tests/support/engines/run-c.js";
import type { ExportCase } from "../../property-tests/support/exported.js";
import { runKinds } from "./kinds.js";
import { type Setting, tell } from "./support.js";

function complaint({ f }: ExportCase, found: readonly number[], expected: readonly number[]) {
  const others = hasExactBits(f) ? othersOf(found, expected) : 0;
  return others === 0 ? undefined : `${others} numbers have other bits`;
}

export async function testC(setting: Setting): Promise<void> {
  const here = compilers();
  if (here.length === 0) tell("skipped", "C", "neither gcc nor clang is here; set CC to a compiler");
  for (const compiler of here) {
    const name = `C by ${compiler}`;
    runKinds(
      { name, dtype: "f64", bound: 1e-13, complaint, run: (cases) => runC(cases, compiler, "f64", ["-O2"]) },
      setting,
    );
    runKinds({ name, dtype: "f32", bound: 1e-5, run: (cases) => runC(cases, compiler, "f32") }, setting);
  }
}
