/**
 * Trees as users give them: of no known form, or of the form of a tree that is known. What they hold is read once, part
 * by part, and what can't be read is told by its path.
 */
import { describe, reading, shortened } from "./describe.js";
import { AdjointError } from "./errors.js";
import { checkKeys } from "./names.js";
import type { Shape } from "./shape.js";
import { isRecord, type Path, pathText, rowsOf, type Tree } from "./tree.js";
import { isNumeric, readNumbers } from "./values.js";

/** How errors name a place. */
export type Place = (path: Path) => string;

/** A place told as the whole tree, or as a part that is named by its path. */
export function placeOf(whole: string, part: string): Place {
  return (path) => (path.length === 0 ? whole : `${part} "${shortened(pathText(path))}"`);
}

const [mostParts, mostLevels] = [1e5, 64];

/**
 * A tree of no known form, its leaves read by `read`: what `isLeaf` tells, and all that is neither a record nor a list.
 * @throws where a part holds itself or can't be read, or there are more parts than any program has, as lists have that hold
 * one another many times
 */
export function readTree<T>(
  tree: unknown,
  isLeaf: (value: unknown) => boolean,
  place: Place,
  read: (leaf: unknown, path: Path) => T,
): Tree<T> {
  let parts = 0;
  const walk = (get: () => unknown, path: Path, above: readonly unknown[]): Tree<T> =>
    reading(place(path), () => {
      if (++parts > mostParts)
        throw new AdjointError(`${place([])} is a tree of more than ${mostParts} parts; give a smaller one.`);
      if (path.length > mostLevels)
        throw new AdjointError(
          `${place([])} is a tree of more than ${mostLevels} levels; give a flatter one.`,
        );
      const value = get();
      const isList = Array.isArray(value);
      if (isLeaf(value) || !(isList || isRecord(value))) return read(value, path);
      if (above.includes(value)) throw new AdjointError(`${place(path)} holds itself; give a tree.`);
      const inner = (key: string | number) =>
        walk(() => (value as Readonly<Record<typeof key, unknown>>)[key], [...path, key], [...above, value]);
      if (isList) return Array.from(value, (_, i) => inner(i));
      return Object.fromEntries(Object.keys(value as object).map((key) => [key, inner(key)]));
    });
  return walk(() => tree, [], []);
}

/** A tree of numbers of no known form. */
export function readValues(
  tree: unknown,
  place: Place,
): Tree<{ readonly data: Float64Array; readonly shape: Shape }> {
  return readTree(tree, isNumeric, place, (value, path) => readNumbers(value, place(path)));
}

/**
 * A tree of the form of another one, whose leaves tell what stands there: what is a leaf may be a list, too.
 * @throws where a key or an item is missing or unknown, or can't be read
 */
export function readAlong<T, U>(
  like: Tree<T>,
  isLeaf: (tree: Tree<T>) => tree is T,
  given: unknown,
  place: Place,
  read: (value: unknown, leaf: T, path: Path) => U,
  names = "keys",
): Tree<U> {
  const walk = (inner: Tree<T>, get: () => unknown, path: Path): Tree<U> => {
    const what = place(path);
    const value = reading(what, get);
    if (isLeaf(inner)) return read(value, inner, path);
    if (Array.isArray(inner)) {
      const rows = rowsOf(value);
      if (rows?.length === inner.length)
        return inner.map((child: Tree<T>, i) => walk(child, () => rows[i], [...path, i]));
      const found = rows ? `one of ${rows.length}` : describe(value);
      throw new AdjointError(`${what}: expected a list of ${inner.length}, got ${found}.`);
    }
    const keys = Object.keys(inner);
    checkKeys(value, keys, what, names);
    const children = inner as { readonly [key: string]: Tree<T> };
    return Object.fromEntries(
      keys.map((key) => [
        key,
        walk(children[key]!, () => (value as Readonly<Record<string, unknown>>)[key], [...path, key]),
      ]),
    );
  };
  return walk(like, () => given, []);
}
