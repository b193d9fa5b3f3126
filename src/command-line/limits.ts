/** When runs end: the library's own options, as they are typed. */
import type { knownStops } from "../runs/internal.js";
import { type Given, numberOf, type Option, type Options, textOf, typed } from "./options.js";
import { UsageError } from "./terminal.js";
import { assignments, readNumber } from "./values.js";

type Limit = keyof typeof knownStops | "steps";

// By the names that the library reads: one that it gets is missed here by the compiler.
const limits: Readonly<Record<Limit, Option>> = {
  steps: { value: "N", help: "the most steps; default 1000" },
  tolerance: { value: "T", help: "of the gradient; or as absolute=1e-8,relative=1e-6" },
  valueTolerance: { value: "T", help: "how little a step may change the value; also relative" },
  stepTolerance: { value: "T", help: "how little a step may move an element; also relative" },
  maxEvaluations: { value: "N", help: "the most evaluations" },
  maxTime: { value: "MS", help: "the most milliseconds" },
  patience: { value: "N", help: "steps that may bring nothing lower" },
};

export const stopping: Options = Object.fromEntries(
  Object.entries(limits).map(([name, option]) => [typed(name), option]),
);

/** What was given of them. */
export function limitsOf(given: Given): Readonly<Record<string, unknown>> {
  const whole = (name: Limit, least: number) => numberOf(given, typed(name), { whole: true, least });
  const read: Readonly<Record<Limit, unknown>> = {
    steps: whole("steps", 0),
    tolerance: toleranceOf(given, "tolerance"),
    valueTolerance: toleranceOf(given, "value-tolerance"),
    stepTolerance: toleranceOf(given, "step-tolerance"),
    maxEvaluations: whole("maxEvaluations", 1),
    maxTime: numberOf(given, "max-time", { least: 0 }),
    patience: whole("patience", 1),
  };
  return Object.fromEntries(Object.entries(read).filter(([, one]) => one !== undefined));
}

/** A number, or `absolute=…,relative=…`. */
function toleranceOf(given: Given, name: string): number | object | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  const plain = readNumber(text);
  if (plain !== undefined) return plain;
  const example = "1e-8, or absolute=1e-8,relative=1e-6";
  const parts = assignments(`--${name}`, text, example, readNumber);
  const odd = [...parts.keys()].find((part) => part !== "absolute" && part !== "relative");
  if (odd !== undefined) throw new UsageError(`--${name}: "${odd}" isn't absolute or relative.`);
  return Object.fromEntries(parts);
}
