/** What a command works on: a text, or an objective of the library by its name. */
import { AdjointError, type Traced } from "../../graph/index.js";
import { nearest, nest } from "../../graph/internal.js";
import { expression } from "../expression/index.js";
import { cubic, type Objective, saddle, testFunctions, weightedSphere } from "../objectives/index.js";
import { UsageError } from "./terminal.js";
import { assignments, readValue, type Value } from "./values.js";

export interface Chosen {
  readonly f: Traced;
  /** What was typed. */
  readonly text: string;
  /** Where it is of the library. */
  readonly known?: Objective;
}

export const library = (): ReadonlyMap<string, Objective> =>
  new Map([weightedSphere(), saddle, cubic, ...testFunctions].map((one) => [one.name, one]));

/** @throws AdjointError where a text is none */
export function chooseObjective(text: string | undefined): Chosen {
  if (text === undefined)
    throw new UsageError(
      'there is no objective; write a text such as "x^2 + y^2", or a name such as rosenbrock.',
    );
  const known = library().get(text);
  if (known) return { f: known.f as unknown as Traced, text, known };
  try {
    return { f: expression(text), text };
  } catch (error) {
    if (!(error instanceof AdjointError)) throw error;
    const meant = /^\w+$/.test(text) ? nearest(text, [...library().keys()]) : undefined;
    const more = meant === undefined ? "" : `\nThe library has an objective "${meant}".`;
    throw new UsageError(plainMessage(error) + more);
  }
}

/** An error of the library, without the place in a program. */
export function plainMessage(error: Error): string {
  return error.message.replace(/ {2}at \S+:\d+$/, "").replace(/^expression: /, "");
}

/** Values for all inputs of a function, from `x=1,y=[1,2]`. */
export function readPoint(option: string, text: string, { f }: Chosen): Record<string, Value> {
  const names = f.graph.inputs.map(({ name }) => name);
  const found = assignments(option, text, `${names[0] ?? "x"}=1`, readValue);
  for (const name of found.keys()) {
    if (names.includes(name)) continue;
    const meant = nearest(name, names);
    throw new UsageError(
      `${option}: the objective has no "${name}"; it has ${names.join(", ")}${meant === undefined ? "" : `; did you mean "${meant}"?`}.`,
    );
  }
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0)
    throw new UsageError(`${option}: ${missing.map((name) => `${name}=…`).join(", ")} is missing.`);
  return Object.fromEntries(names.map((name) => [name, found.get(name)!]));
}

/** The elements of results or gradients with their names: x, or x[2] as texts have it. */
export function elements(tree: Readonly<Record<string, unknown>>, { f }: Chosen): [string, number][] {
  return f.graph.inputs.flatMap(({ name, shape }) => {
    const value = tree[name] as number | ArrayLike<number>;
    if (typeof value === "number") return [[name, value] as [string, number]];
    return Array.from(value, (one, i): [string, number] => [`${name}[${placeOf(i, shape)}]`, one]);
  });
}

function placeOf(i: number, shape: readonly number[]): string {
  const places: number[] = [];
  let rest = i;
  for (const length of [...shape].reverse()) {
    places.unshift((rest % length) + 1);
    rest = Math.floor(rest / length);
  }
  return places.join(", ");
}

/** Values as JSON has them: arrays nested in their shapes. */
export function nested(tree: Readonly<Record<string, unknown>>, { f }: Chosen): Record<string, unknown> {
  return Object.fromEntries(
    f.graph.inputs.map(({ name, shape }) => {
      const value = tree[name] as number | Float64Array;
      return [name, typeof value === "number" ? value : nest(value as never, shape)];
    }),
  );
}
