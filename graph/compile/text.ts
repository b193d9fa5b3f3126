import type { Op } from "../op.js";
import { slotName } from "./names.js";

/** An application of a scalar op: its own code, or a call of it by its slot. */
export function scalarText({ key, scalar }: Op, operands: readonly string[]): string {
  return scalar!.code?.(...operands) ?? `${slotName(key)}(${operands.join(", ")})`;
}

/** A number as JavaScript that stands for the same double anywhere in an expression. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.startsWith("-") ? `(${text})` : text;
}
