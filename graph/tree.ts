/**
 * Trees of values: records and lists of them, with anything at the leaves. What a leaf is, is told by a predicate, since
 * a leaf may itself be an object or a list (a shape, an expression, a typed array). A place in a tree is a path, the list
 * of the keys on the way to it; its text is for errors alone, as two paths may have the same (`a.b`).
 */

/**
 * A value, or named or numbered trees of values.
 * @example const names: Tree<string> = { x: "a", list: ["b", { y: "c" }] };
 */
export type Tree<T> = T | readonly Tree<T>[] | { readonly [name: string]: Tree<T> };

/** A list of known items, in types. */
export type Listed = readonly [] | readonly [unknown, ...unknown[]];

/** A key of a record, or a position in a list. */
export type Key = string | number;

export type Path = readonly Key[];

export interface Leaf<T> {
  readonly path: Path;
  readonly leaf: T;
}

type IsLeaf<T> = (tree: Tree<T>) => tree is T;

/** Whether a value is a plain object, which holds others by name: no list, and nothing that has a class. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  try {
    // One of another realm inherits from that one's objects.
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === null || Object.getPrototypeOf(prototype) === null;
  } catch {
    return false;
  }
}

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

/** What a tree amounts to, from the leaves up: `join` puts together what the children of a list or a record gave. */
export function foldTree<T, U>(
  tree: Tree<T>,
  isLeaf: IsLeaf<T>,
  map: (leaf: T, path: Path) => U,
  join: (children: readonly (readonly [Key, U])[], isList: boolean, path: Path) => U,
  path: Path = [],
): U {
  if (isLeaf(tree)) return map(tree, path);
  const isList = Array.isArray(tree);
  const children: [Key, Tree<T>][] = isList ? [...tree.entries()] : Object.entries(tree);
  return join(
    children.map(([key, child]) => [key, foldTree(child, isLeaf, map, join, [...path, key])] as const),
    isList,
    path,
  );
}

/** The same tree with other leaves. */
export function mapTree<T, U>(tree: Tree<T>, isLeaf: IsLeaf<T>, map: (leaf: T, path: Path) => U): Tree<U> {
  // Entries, since an assignment to `__proto__` would be no key.
  return foldTree<T, Tree<U>>(tree, isLeaf, map, (children, isList) =>
    isList ? children.map(([, child]) => child) : Object.fromEntries(children),
  );
}

/** The leaves with their paths, in the order of the keys. */
export function flattenTree<T>(tree: Tree<T>, isLeaf: IsLeaf<T>): Leaf<T>[] {
  const list: Leaf<T>[] = [];
  mapTree(tree, isLeaf, (leaf, path) => list.push({ path, leaf }));
  return list;
}

export function leavesOf<T>(tree: Tree<T>, isLeaf: IsLeaf<T>): T[] {
  return flattenTree(tree, isLeaf).map(({ leaf }) => leaf);
}

/** The tree that is like another one, with these leaves, in the order in which `flattenTree` gives them. */
export function unflattenTree<T, U>(like: Tree<T>, isLeaf: IsLeaf<T>, leaves: readonly U[]): Tree<U> {
  let next = 0;
  return mapTree(like, isLeaf, () => leaves[next++]!);
}

/** What stands at a path, or `undefined` where a tree ends before. */
export function atPath(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    // Own keys alone: an object without a key `constructor` inherits one.
    (inner, key) =>
      Object.hasOwn(inner ?? {}, key) ? (inner as Readonly<Record<Key, unknown>>)[key] : undefined,
    tree,
  );
}

/** A path as errors tell it: `layers.0.W`. */
export function pathText(path: Path): string {
  return path.join(".");
}
