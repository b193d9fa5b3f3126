/** Numbers as users give them, nested and flat: read into flat arrays, and given back. */
import { describe, reading } from "./describe.js";
import { AdjointError } from "./errors.js";
import { Expr } from "./node.js";
import { formatShape, mostAxes, type Shape, sameShape, sizeOf, tooMany } from "./shape.js";
import type { NestedArray } from "./types.js";

/** What can be given for an input: a number for a scalar, else nested rows or a flat row-major array. */
export type Value = number | NestedArray;

/** The rows of a list or an array of numbers, `undefined` for anything else. It never throws. */
export function rowsOf(value: unknown): ArrayLike<unknown> | undefined {
  try {
    if (Array.isArray(value)) return value as readonly unknown[];
    if (ArrayBuffer.isView(value) && !/BigInt|DataView/.test(Object.prototype.toString.call(value)))
      return value as Float64Array;
  } catch {
    // A revoked proxy
  }
  return undefined;
}

/** The shape that the first rows tell. Lists that hold themselves, or too much, are refused before more is looked at. */
function shapeOfFirst(value: unknown, what: string): number[] {
  const shape: number[] = [];
  let size = 1;
  for (let first = value; typeof first !== "number"; ) {
    const rows = rowsOf(first);
    if (!rows) {
      const hint = first instanceof Expr ? "; stack([a, b]) makes one of several" : "";
      throw new AdjointError(
        `${what}: expected a number or an array of numbers, got ${describe(first)}${hint}.`,
      );
    }
    const { length } = rows;
    size *= length;
    if (shape.push(length) > mostAxes || size >= tooMany)
      throw new AdjointError(`${what}: the lists hold too many others, or themselves.`);
    if (length === 0) break;
    first = rows[0];
  }
  return shape;
}

/** Writes nested rows of a shape into `target` from `offset` on, row-major; returns the offset behind them. */
function fill(target: Float64Array, offset: number, value: unknown, shape: Shape, what: string): number {
  const [length = 1, ...inner] = shape;
  const rows = rowsOf(value) ?? [value];
  let position = offset;
  for (let i = 0; i < length; i++) {
    const row = rows[i];
    if (typeof row === "number" && inner.length === 0) {
      target[position++] = row;
      continue;
    }
    const found = shapeOfFirst(row, what);
    if (!sameShape(found, inner)) {
      throw new AdjointError(
        `${what}: row 0 has shape ${formatShape(inner)} but row ${i} has ${formatShape(found)}; rows must be equally long.`,
      );
    }
    position = fill(target, position, row, inner, what);
  }
  return position;
}

/** The shape of nested rows; throws where the rows differ in length or an entry isn't a number. */
export function shapeOfValue(value: unknown, what: string): Shape {
  return flatten(value, what).shape;
}

/** A copy of nested rows as flat row-major doubles with their shape. */
export function flatten(value: unknown, what: string): { data: Float64Array; shape: Shape } {
  return reading(what, () => {
    const shape = shapeOfFirst(value, what);
    const data = new Float64Array(sizeOf(shape));
    fill(data, 0, value, shape, what);
    return { data, shape };
  });
}

/**
 * The numbers of `value` as flat row-major doubles of the wanted shape. Nested rows must have that shape; a flat or
 * typed array must have its size. A Float64Array comes back as it is, everything else is copied.
 */
export function readValue(value: unknown, shape: Shape, what: string): Float64Array {
  const size = sizeOf(shape);
  // Asked first, as it runs none of a user's code
  if (ArrayBuffer.isView(value) && value instanceof Float64Array && value.length === size) return value;
  const { data, shape: found } = flatten(value, what);
  const flat = found.length === 1 && found[0] === size && shape.length > 0;
  if (!flat && !sameShape(found, shape)) {
    throw new AdjointError(
      `${what}: expected shape ${formatShape(shape)}, got ${formatShape(found)}` +
        (sizeOf(found) === size ? "; the count fits, so pass it flat or nested in that shape." : "."),
    );
  }
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
