/** Ops on tensors where an element of an operand is NaN, infinite or −0: each op that isn't elementwise, once an operand. */
import type { Op } from "../../../graph/op.js";
import { type ExportCase, opCases } from "../exported.js";

/** Whose NaN, ±∞ and pivots of singular or not finite matrices are elsewhere, and places in what isn't sorted. */
const others = new Set(["lu", "cholesky", "choleskyAdjoint", "triangularSolve", "searchsorted"]);

const corners = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0];

export function* tensorCornerCases(chosen?: readonly Op[]): Generator<ExportCase> {
  for (const { name, f, inputs } of opCases(chosen)) {
    const isAlone = f.graph.nodes.every(({ op }) => op.scalar === undefined && !others.has(op.name));
    if (!isAlone || name.endsWith("adjoint")) continue;
    for (const [key, values] of Object.entries(inputs)) {
      if (typeof values === "number" || values.length < 2) continue;
      for (const corner of corners) {
        const changed = values.with(values.length >> 1, corner);
        yield {
          name: `${name}, ${key} with ${Object.is(corner, -0) ? "-0" : corner}`,
          f,
          inputs: { ...inputs, [key]: changed },
        };
      }
    }
  }
}
