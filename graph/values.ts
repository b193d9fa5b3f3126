/** Numbers as users give them, nested and flat: read into flat arrays, and given back. */
import { readShape } from "./arguments.js";
import { describe, reading } from "./describe.js";
import { AdjointError } from "./errors.js";
import { formatShape, mostAxes, type Shape, sameShape, sizeOf, tooMany } from "./shape.js";
import { isRecord, rowsOf } from "./tree.js";
import type { NestedArray, NumericArray } from "./types.js";

/**
 * Numbers row by row with their shape.
 * @example const values: ShapedValues = { data: Float64Array.of(1, 2, 3, 4), shape: [2, 2] };
 */
export interface ShapedValues {
  readonly data: readonly number[] | NumericArray;
  readonly shape: Shape;
}

/**
 * What can be given for an input, besides numbers with their shape: a number for a scalar, else nested rows or a flat array.
 * @example const value: Value = [[1, 2], [3, 4]];
 */
export type Value = number | NestedArray;

/** Whether something is a record of `data` and `shape`, and of nothing else. */
export function isShaped(value: unknown): value is Readonly<Record<keyof ShapedValues, unknown>> {
  if (!isRecord(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 2 && keys.includes("data") && rowsOf(value.shape) !== undefined;
}

/** Of arrays that were given back flat, the shape: it is known where nothing else tells it. */
const shapes = /* @__PURE__ */ new WeakMap<object, Shape>();

export function keepShape(value: number | Float64Array | Float32Array, shape: Shape): void {
  if (typeof value !== "number" && shape.length > 1) shapes.set(value, shape);
}

/** What JSON makes of a typed array, `{ "0": 1, "1": 2 }`, as a list; all else as it is. */
export function unpacked(value: unknown): unknown {
  const isPacked = isRecord(value) && Object.keys(value).every((key, i) => key === String(i));
  return isPacked ? Object.values(value) : value;
}

/**
 * The shape that the first rows tell, `known` being asked for that of what is neither a number nor a list. Lists that hold
 * themselves, or too much, are refused before more is looked at.
 */
export function shapeOfFirst(
  value: unknown,
  what: string,
  known?: (one: unknown) => Shape | false,
): number[] {
  const shape: number[] = [];
  let size = 1;
  for (let first = value; typeof first !== "number"; ) {
    const rest = known?.(first);
    if (rest) return [...shape, ...rest];
    const rows = rowsOf(first);
    if (!rows)
      throw new AdjointError(`${what}: expected a number or an array of numbers, got ${describe(first)}.`);
    const { length } = rows;
    size *= length;
    if (shape.push(length) > mostAxes || size >= tooMany)
      throw new AdjointError(`${what}: the lists hold too many others, or themselves.`);
    if (length === 0) break;
    first = rows[0];
  }
  return shape;
}

/** @throws where row `i` hasn't the shape of the first */
export function checkRow(found: Shape, shape: Shape, i: number, what: string): void {
  if (sameShape(found, shape)) return;
  throw new AdjointError(
    `${what}: row 0 has shape ${formatShape(shape)} but row ${i} has ${formatShape(found)}; rows must be equally long.`,
  );
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
    checkRow(shapeOfFirst(row, what), inner, i, what);
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
    if (isShaped(value)) {
      const shape = readShape(value.shape, what);
      return { data: readValue(value.data, shape, what).slice(), shape };
    }
    const shape = shapeOfFirst(value, what);
    const data = new Float64Array(sizeOf(shape));
    fill(data, 0, value, shape, what);
    return { data, shape };
  });
}

/**
 * The numbers of `value` as flat row-major doubles of the wanted shape. Nested rows must have that shape; a flat or
 * typed array must have its size, whatever JSON made of it. A Float64Array comes back as it is, everything else is copied.
 */
export function readValue(value: unknown, shape: Shape, what: string): Float64Array {
  const size = sizeOf(shape);
  // Asked first, as it runs none of a user's code
  if (ArrayBuffer.isView(value) && value instanceof Float64Array && value.length === size) return value;
  const { data, shape: found } = flatten(
    reading(what, () => unpacked(value)),
    what,
  );
  const flat = found.length === 1 && found[0] === size && shape.length > 0;
  if (!flat && !sameShape(found, shape)) {
    throw new AdjointError(
      `${what}: expected shape ${formatShape(shape)}, got ${formatShape(found)}` +
        (sizeOf(found) === size ? "; the count fits, so pass it flat or nested in that shape." : "."),
    );
  }
  return data;
}

/** A copy of numbers with their shape, which is that of the rows, or the one with which a flat array was given back. */
export function readNumbers(value: unknown, what: string): { data: Float64Array; shape: Shape } {
  const { data, shape } = flatten(value, what);
  const kept = shapes.get(Object(value));
  return { data, shape: kept && sizeOf(kept) === data.length ? kept : shape };
}

/** Whether something is numbers and no tree of them: a list is where it holds nothing else, however deep. */
export function isNumeric(value: unknown, depth = mostAxes, seen = new Map<unknown, number>()): boolean {
  if (typeof value === "number" || isShaped(value)) return true;
  if (!Array.isArray(value)) return rowsOf(value) !== undefined;
  if (depth <= 0) return false;
  // A list that is in many others is looked at once.
  if (seen.get(value)! <= depth) return true;
  seen.set(value, depth);
  const isRow = (one: unknown) =>
    typeof one === "number" || (Array.isArray(one) && isNumeric(one, depth - 1, seen));
  // A hole ends it: `every` would look for all that a list of 2³² − 1 of them lacks.
  for (const one of value) if (!isRow(one)) return false;
  return true;
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
