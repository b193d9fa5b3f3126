/** Objectives of two of their elements, or of one, with the others held: what pictures are of. */
import { compile, type Expr, reshape, stack, trace } from "../../graph/index.js";
import { nearest, sizeOf } from "../../graph/internal.js";
import { type Chosen, elementNames } from "./objective.js";
import { UsageError } from "./terminal.js";
import type { Value } from "./values.js";

/** The name of an element: `x[2]`, or `x2` as formulas of the library have it. */
export function elementOf(option: string, name: string, chosen: Chosen): string {
  const names = elementNames(chosen);
  const plain = name.replace(/\s/g, "");
  const found =
    names.find((one) => one.replace(/\s/g, "") === plain) ??
    names.find((one) => one.replace(/^([^[]+)\[(\d+)\]$/, "$1$2") === plain);
  if (found !== undefined) return found;
  const meant = nearest(name, names);
  throw new UsageError(
    `${option}: the objective has no "${name.slice(0, 40)}"; it has ${names.slice(0, 12).join(", ")}${meant === undefined ? "." : `; did you mean "${meant}"?`}`,
  );
}

/** Values by elements from values by inputs or elements: `x=[1,2]` or `x[1]=1`. */
export function heldElements(
  option: string,
  given: ReadonlyMap<string, Value>,
  chosen: Chosen,
): Map<string, number> {
  const held = new Map<string, number>();
  const { inputs } = chosen.f.graph;
  for (const [name, value] of given) {
    const own = inputs.find((input) => input.name === name && input.shape.length > 0);
    if (!own) {
      if (typeof value !== "number") throw new UsageError(`${option}: "${name}" must be a number.`);
      held.set(elementOf(option, name, chosen), value);
      continue;
    }
    const flat = (Array.isArray(value) ? value.flat(Infinity) : [value]) as number[];
    const of = elementNames(chosen).filter((one) => one.startsWith(`${name}[`));
    if (flat.length !== of.length)
      throw new UsageError(`${option}: "${name}" has ${of.length} elements, not ${flat.length}.`);
    for (const [i, one] of of.entries()) held.set(one, flat[i]!);
  }
  return held;
}

/** The objective of some of its elements, in their order; all others are held. @throws where one has no value */
export function sectionOf(chosen: Chosen, free: readonly string[], held: ReadonlyMap<string, number>) {
  const names = elementNames(chosen);
  const missing = names.find((name) => !free.includes(name) && !held.has(name));
  if (missing !== undefined)
    throw new UsageError(
      `a picture is of two elements, and this objective has ${names.length}: hold the others, as in --at "${missing}=0".`,
    );
  return trace(Object.fromEntries(free.map((name) => [name, { shape: [] as const }])), (exprs) => {
    let place = 0;
    const whole = chosen.f.graph.inputs.map(({ name, shape }) => {
      const own = names.slice(place, place + sizeOf(shape));
      place += sizeOf(shape);
      const parts = own.map((one) => (exprs as Record<string, Expr>)[one] ?? held.get(one)!);
      return [name, shape.length === 0 ? parts[0]! : reshape(stack(parts as Expr[]), [...shape])] as const;
    });
    return chosen.f(Object.fromEntries(whole) as never) as unknown as Expr<[]>;
  });
}

/** The same as a function of numbers. */
export function numbersOf(
  chosen: Chosen,
  free: readonly string[],
  held: ReadonlyMap<string, number> = new Map(),
): (...values: number[]) => number {
  const kernel = compile(sectionOf(chosen, free, held) as never) as unknown as (given: object) => number;
  return (...values) => kernel(Object.fromEntries(free.map((name, i) => [name, values[i]!])));
}
