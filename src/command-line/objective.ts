/** What a command works on: a text, or an objective of the library by its name. */
import { AdjointError, type Traced } from "../../graph/index.js";
import { nearest, nest, sizeOf } from "../../graph/internal.js";
import { expression } from "../expression/index.js";
import { cubic, type Objective, saddle, testFunctions, weightedSphere } from "../objectives/index.js";
import { type Terminal, UsageError } from "./terminal.js";
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

/** What `-` stands for, too: a text from standard input. @throws AdjointError where a text is none */
export async function chooseObjective(
  word: string | undefined,
  { read }: Pick<Terminal, "read">,
): Promise<Chosen> {
  if (word === undefined)
    throw new UsageError(
      'there is no objective; write a text such as "x^2 + y^2", or a name such as rosenbrock.',
    );
  const text = word === "-" ? (await read()).trimEnd() : word;
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

/** Values for all inputs of a function but those that are left out, from `x=1,y=[1,2]`. */
export function readPoint(
  option: string,
  text: string,
  { f }: Chosen,
  without: ReadonlySet<string> = new Set(),
): Record<string, Value> {
  const names = f.graph.inputs.map(({ name }) => name).filter((name) => !without.has(name));
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
    const value = tree[name] as number | ArrayLike<number> | undefined;
    if (value === undefined) return [];
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

/** The names of all elements of a function's inputs. */
export function elementNames(chosen: Chosen): string[] {
  const zeros = chosen.f.graph.inputs.map(({ name, shape }) => [
    name,
    shape.length === 0 ? 0 : new Float64Array(sizeOf(shape)),
  ]);
  return elements(Object.fromEntries(zeros), chosen).map(([name]) => name);
}

/** Values as JSON has them: arrays nested in their shapes. */
export function nested(tree: Readonly<Record<string, unknown>>, { f }: Chosen): Record<string, unknown> {
  return Object.fromEntries(
    f.graph.inputs.flatMap(({ name, shape }) => {
      const value = tree[name] as number | Float64Array | undefined;
      if (value === undefined) return [];
      return [[name, typeof value === "number" ? value : nest(value as never, shape)]];
    }),
  );
}
