/** What peers are given. */

/** What comes from a peer: their types aren't there when the project is checked. */
export type Untyped = typeof import("simplegrad");

export type UntypedMap = Readonly<Record<string, Untyped>>;

/** Numbers with their shape, row-major. */
export interface Tensor {
  readonly data: Float64Array | Float32Array;
  readonly shape: readonly number[];
}

export type Tensors = Readonly<Record<string, Tensor>>;

/** A tensor of that shape. */
export function tensorOf(data: Float64Array | Float32Array, ...shape: number[]): Tensor {
  return { data, shape };
}

/** The same for every entry of a map. */
export function mapEntries<T, U>(
  map: Readonly<Record<string, T>>,
  f: (entry: T, name: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(map).map(([name, entry]) => [name, f(entry, name)]));
}
