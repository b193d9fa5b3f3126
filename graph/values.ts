import { AdjointError } from "./errors.js";
import { Expr } from "./node.js";
import { formatShape, type Shape, sameShape, sizeOf } from "./shape.js";
import type { NestedArray } from "./types.js";

/** What can be given for an input: a number for a scalar, else nested rows or a flat row-major array. */
export type Value = number | NestedArray;

function isTyped(value: unknown): value is Float64Array | Float32Array {
  return value instanceof Float64Array || value instanceof Float32Array;
}

/** The shape of nested rows; throws where the rows differ in length or an entry isn't a number. */
export function shapeOfValue(value: unknown, what: string): Shape {
  if (typeof value === "number") return [];
  if (isTyped(value)) return [value.length];
  if (!Array.isArray(value)) {
    throw new AdjointError(`${what}: expected a number or an array of numbers, got ${describe(value)}.`);
  }
  if (value.length === 0) return [0];
  const first = shapeOfValue(value[0], what);
  for (let i = 1; i < value.length; i++) {
    const next = shapeOfValue(value[i], what);
    if (!sameShape(first, next)) {
      throw new AdjointError(
        `${what}: row 0 has shape ${formatShape(first)} but row ${i} has ${formatShape(next)}; rows must be equally long.`,
      );
    }
  }
  return [value.length, ...first];
}

/** Writes nested rows into `target` from `offset` on, row-major; returns the offset behind them. */
function flattenInto(value: unknown, target: Float64Array, offset: number): number {
  if (typeof value === "number") {
    target[offset] = value;
    return offset + 1;
  }
  const rows = value as ArrayLike<unknown>;
  let position = offset;
  for (let i = 0; i < rows.length; i++) position = flattenInto(rows[i], target, position);
  return position;
}

/** A copy of nested rows as flat row-major doubles with their shape. */
export function flatten(value: Value, what: string): { data: Float64Array; shape: Shape } {
  const shape = shapeOfValue(value, what);
  const data = new Float64Array(sizeOf(shape));
  flattenInto(value, data, 0);
  return { data, shape };
}

/**
 * The numbers of `value` as flat row-major doubles of the wanted shape. Nested rows must have that shape; a flat or
 * typed array must have its size. A Float64Array comes back as it is, everything else is copied.
 */
export function readValue(value: unknown, shape: Shape, what: string): Float64Array {
  const size = sizeOf(shape);
  if (value instanceof Float64Array && value.length === size) return value;
  const found = shapeOfValue(value, what);
  const flat = found.length === 1 && found[0] === size && shape.length > 0;
  if (!flat && !sameShape(found, shape)) {
    throw new AdjointError(
      `${what}: expected shape ${formatShape(shape)}, got ${formatShape(found)}` +
        (sizeOf(found) === size ? "; the count fits, so pass it flat or nested in that shape." : "."),
    );
  }
  const data = new Float64Array(size);
  flattenInto(value, data, 0);
  return data;
}

/** Flat row-major values as nested rows (a number for a scalar). */
export function nest(data: ArrayLike<number>, shape: Shape): Value {
  let offset = 0;
  const build = (axis: number): Value =>
    axis === shape.length
      ? data[offset++]!
      : (Array.from({ length: shape[axis]! }, () => build(axis + 1)) as NestedArray);
  return build(0);
}

/** What errors say of a value: short, and it never throws, whatever the value is. */
export function describe(value: unknown): string {
  try {
    if (typeof value === "string") return `the text ${JSON.stringify(value.slice(0, 40))}`;
    if (typeof value === "function" || typeof value === "bigint") return `a ${typeof value}`;
    if (typeof value !== "object" || value === null) return String(value);
    if (value instanceof Expr) return `an expression of shape ${formatShape(value.shape)}`;
    if (Array.isArray(value)) return `the list [${value.slice(0, 5).map(describe)}]`;
    return `an object (${Object.keys(value).slice(0, 3).join(", ")})`;
  } catch {
    return "something that can't be read";
  }
}
