import type { Graph } from "../graph.js";
import type { Op } from "../op.js";
import { slotName } from "./names.js";

/** An application of a scalar op: its own code, or a call of it by its slot. */
export function scalarText({ key, scalar }: Op, operands: readonly string[]): string {
  return scalar!.code?.(...operands) ?? `${slotName(key)}(${operands.join(", ")})`;
}

/** The scalar ops of a graph that are called. */
export function slotsOf({ nodes }: Graph): Op[] {
  return [...new Set(nodes.map(({ op }) => op))].filter(({ scalar }) => scalar && !scalar.code);
}

/** A number as JavaScript that stands for the same double anywhere in an expression. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.startsWith("-") ? `(${text})` : text;
}
