/** Parameters that follow from others, with the errors that these give them. */
import { makeResiduals, type Tensors } from "../runs/internal.js";
import type { Fit } from "./assemble.js";
import { traceExpressions } from "./problem.js";
import type { Derived, Estimate } from "./report.js";

/** The values of all expressions, with √(gᵀ·C·g) of their gradients g; the word of a parameter on which one depends. */
export function derivedOf(
  { form, table, found: { engine } }: Fit,
  estimates: readonly Estimate[],
  covariance: Float64Array,
  t: number,
): Derived[] {
  const traced = traceExpressions(form, table.groups);
  if (!traced) return [];
  const { f, names } = traced;
  const { x } = engine;
  const n = x.length;
  const all = makeResiduals(f, { parameters: form.parameters } as unknown as Tensors, {});
  const values = new Float64Array(names.length);
  const J = new Float64Array(names.length * n);
  all.residuals(x, values);
  all.jacobian(x, J);
  return names.map((name, row) => {
    const slopes = estimates.map((_, j) => J[j * names.length + row]!);
    const moving = estimates.map((_, j) => j).filter((j) => slopes[j] !== 0);
    const value = values[row]!;
    // What stays as it is adds nothing.
    const free = moving.filter((j) => !["fixed", "at bound"].includes(String(estimates[j]!.standardError)));
    const why = free.map((j) => estimates[j]!.standardError).find((one) => typeof one === "string");
    const still = moving[0] === undefined ? "fixed" : estimates[moving[0]]!.standardError;
    const word = why ?? (free.length === 0 ? still : undefined);
    if (typeof word === "string") return { name, value, standardError: word, interval: word };
    let variance = 0;
    for (const i of free) for (const j of free) variance += slopes[i]! * covariance[i * n + j]! * slopes[j]!;
    const standardError = Math.sqrt(variance);
    const half = t * standardError;
    return { name, value, standardError, interval: [value - half, value + half] as const };
  });
}
