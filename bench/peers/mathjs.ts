/** mathjs: symbolic derivatives of a formula. */
import type { Program } from "../workload.js";

/** Value and gradient of a formula in x1, x2, …: one formula a derivative. */
export async function mathjsGradient(formula: string, x: Float64Array): Promise<Program> {
  const { derivative, parse } = await import("mathjs");
  const parsed = parse(formula);
  const names = Array.from(x, (_, i) => `x${i + 1}`);
  const compiled = parsed.compile();
  const derivatives = names.map((name) => derivative(parsed, name).compile());
  const value = new Float64Array(1);
  const gradient = new Float64Array(x.length);
  const scope = new Map<string, number>();
  return {
    run: () => {
      for (let i = 0; i < x.length; i++) scope.set(names[i]!, x[i]!);
      value[0] = compiled.evaluate(scope) as number;
      for (let i = 0; i < x.length; i++) gradient[i] = derivatives[i]!.evaluate(scope) as number;
    },
    results: () => ({ value, x: gradient }),
  };
}
