/** An objective as a function of all its elements in a row. */
import { AdjointError, compile, grad } from "../../graph/index.js";
import { atPath, isId, readValue, sizeOf, unflattenTree } from "../../graph/internal.js";

export interface Field {
  /** Of each element: `x2` of a vector, `W[1, 3]` of a matrix, `a` of a number; counted from 1. */
  readonly names: readonly string[];
  /** The value at the point that `point` holds now: one row of the elements. */
  readonly point: Float64Array;
  readonly value: () => number;
  /** ‖∇f‖ at parameters as a run holds them. */
  readonly gradientNorm: (parameters: unknown) => number;
  /** The rows of a tree of parameters, of a point or of points one below the other, input by input. */
  readonly listsOf: (parameters: unknown) => readonly ArrayLike<number>[] | undefined;
  /** Where an input's elements begin in a row, and the end of all. */
  readonly offsets: readonly number[];
  /** What is given for the inputs, as a row. */
  readonly read: (what: string, given: unknown) => Float64Array;
}

// biome-ignore lint/suspicious/noExplicitAny: names and shapes of the inputs are the user's
type AnyTraced = any;

/** The elements of a traced function that gives one number. */
export function fieldOf(traced: AnyTraced): Field {
  const { inputs, inputTree } = traced.graph as {
    readonly inputs: readonly {
      readonly name: string;
      readonly path: readonly (string | number)[];
      readonly shape: readonly number[];
    }[];
    readonly inputTree: never;
  };
  const sizes = inputs.map(({ shape }) => sizeOf(shape));
  const offsets = [0];
  for (const size of sizes) offsets.push(offsets.at(-1)! + size);
  const point = new Float64Array(offsets.at(-1)!);
  const kernel = compile(traced) as unknown as (given: unknown) => number;
  const parts = sizes.map((size, i) => point.subarray(offsets[i]!, offsets[i]! + size));
  const treeOf = (lists: readonly ArrayLike<number>[]) =>
    unflattenTree<number, unknown>(
      inputTree,
      isId,
      inputs.map(({ shape }, i) => (shape.length === 0 ? lists[i]![0]! : lists[i])),
    );
  // Without numbers by themselves, one tree serves for all points: pictures ask for tens of thousands.
  const shared = inputs.every(({ shape }) => shape.length > 0) ? treeOf(parts) : undefined;
  const listsOf = (parameters: unknown) => {
    const lists = inputs.map(({ path }) => listOf(atPath(parameters, path)));
    const count = (lists[0]?.length ?? 0) / sizes[0]!;
    const fits = lists.every((list, i) => list !== undefined && list.length === count * sizes[i]!);
    return fits && Number.isInteger(count) ? (lists as ArrayLike<number>[]) : undefined;
  };
  let gradient: ((given: unknown) => unknown) | undefined;
  return {
    names: inputs.flatMap(({ name, shape }) =>
      Array.from({ length: sizeOf(shape) }, (_, i) => elementName(name, shape, i)),
    ),
    ...{ point, offsets, listsOf },
    value: () => kernel(shared ?? treeOf(parts)),
    gradientNorm: (parameters) => {
      gradient ??= compile(grad(traced)) as never;
      const slopes = listsOf(gradient!(treeOf(listsOf(parameters)!)))!;
      return Math.hypot(...slopes.map((list) => Math.hypot(...Array.from(list))));
    },
    read: (what, given) => {
      const row = new Float64Array(point.length);
      inputs.forEach(({ path, name, shape }, i) => {
        const value = atPath(given, path);
        if (value === undefined) throw new AdjointError(`${what}: there is no value for "${name}".`);
        row.set(readValue(value, shape, `${what}: "${name}"`), offsets[i]!);
      });
      return row;
    },
  };
}

function elementName(name: string, shape: readonly number[], i: number): string {
  if (shape.length === 0) return name;
  const places: number[] = [];
  let rest = i;
  for (const length of [...shape].reverse()) {
    places.unshift((rest % length) + 1);
    rest = Math.floor(rest / length);
  }
  return shape.length === 1 ? `${name}${places[0]}` : `${name}[${places.join(", ")}]`;
}

function listOf(value: unknown): ArrayLike<number> | undefined {
  if (typeof value === "number") return [value];
  return value instanceof Float64Array ? value : undefined;
}

/** A row of the lists of points. */
export function rowOf(
  { point, offsets }: Field,
  lists: readonly ArrayLike<number>[],
  row: number,
): Float64Array {
  const found = new Float64Array(point.length);
  lists.forEach((list, i) => {
    const size = offsets[i + 1]! - offsets[i]!;
    for (let k = 0; k < size; k++) found[offsets[i]! + k] = list[row * size + k]!;
  });
  return found;
}
