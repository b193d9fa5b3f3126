/** rose: vectors of numbers, compiled to WebAssembly. */
import type { Program, Results } from "../workload.js";
import type { Untyped } from "./tensors.js";

/** Value and gradient of a function of one vector `x`, which is made by a function of rose: its parts come first. */
export async function roseGradient(
  x: Float64Array,
  make: (rose: Untyped) => (x: Untyped) => Untyped,
): Promise<Program> {
  const rose = await import("rose");
  const { compile, fn, Real, Vec, vjp } = rose;
  const Vector = Vec(x.length, Real);
  const objective = fn([Vector], Real, make(rose));
  const both = fn([Vector], { value: Real, gradient: Vector }, (x: Untyped) => {
    const { ret, grad } = vjp(objective)(x);
    return { value: ret, gradient: grad(1) };
  });
  const kernel = await compile(both);
  const given = Array.from(x);
  let results: Results = {};
  return {
    run: () => {
      const { value, gradient } = kernel(given);
      results = { value: [value], x: gradient };
    },
    results: () => results,
  };
}
