/** What public functions take besides operands: counts, lists and shapes, each checked before anything is made of it. */
import { describe, isFunction, reading } from "./describe.js";
import { AdjointError } from "./errors.js";
import { checkSize } from "./node.js";
import { isLength, mostAxes, type Shape, tooMany } from "./shape.js";
import { rowsOf } from "./tree.js";

/**
 * A whole number of at least `least` and below 2³¹, or at most `most`. `what` names function and argument:
 * `eye: rows`.
 */
export function readCount(value: unknown, what: string, least = 0, most = tooMany - 1): number {
  const isWhole = isLength(value) && value >= least;
  if (isWhole && value <= most) return value;
  const end = isWhole ? ` and at most ${most}` : "";
  throw new AdjointError(
    `${what} must be a whole number of at least ${least}${end}, not ${describe(value)}.`,
  );
}

/** A whole number, which may be negative. */
export function readWhole(value: unknown, what: string): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw new AdjointError(`${what} must be a whole number, not ${describe(value)}.`);
}

/** A list, or an array of numbers, whose items `read` takes one by one. */
export function readList<T>(value: unknown, what: string, read: (item: unknown, i: number) => T): T[] {
  return reading(what, () => {
    const rows = rowsOf(value);
    if (!rows) throw new AdjointError(`${what} must be a list [a, b], not ${describe(value)}.`);
    const { length } = rows;
    const list: T[] = [];
    for (let i = 0; i < length; i++) {
      list.push(read(rows[i], i));
      // A list may be long and hold nothing.
      if (list[i] === undefined) throw new AdjointError(`${what}: there is nothing at place ${i}.`);
    }
    return list;
  });
}

/** A shape that an array can have. */
export function readShape(
  value: unknown,
  what: string,
  read = (length: unknown) => readCount(length, `${what}: a length`),
): Shape {
  const shape = readList(value, `${what}: the shape`, read);
  if (shape.length > mostAxes)
    throw new AdjointError(
      `${what}: ${shape.length} axes are more than the ${mostAxes} that a tensor can have.`,
    );
  checkSize(what, shape);
  return shape;
}

/** A text. */
export function readText(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw new AdjointError(`${what} must be a text, not ${describe(value)}.`);
}

/** A function that can be called. */
export function readFunction<F>(value: F, what: string): F {
  if (isFunction(value)) return value;
  throw new AdjointError(`${what} must be a function, not ${describe(value)}.`);
}
