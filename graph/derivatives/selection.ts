/** The inputs by which to differentiate: names and paths, and what of the inputs' tree these leave. */
import { describe, reading, shortened } from "../describe.js";
import { AdjointError } from "../errors.js";
import { type Graph, isId } from "../graph.js";
import { knownNames } from "../names.js";
import type { Expr } from "../node.js";
import { isLength, type Shape } from "../shape.js";
import { foldTree, type Key, type Listed, type Path, pathText, rowsOf, type Tree } from "../tree.js";

/**
 * The name of an input or of a tree of them, `"layers"` or `"layers.0.W"`, or its path: `["layers", 0, "W"]`.
 * @example const name: Name<{ x: [2]; y: [] }> = "y";
 */
export type Name<I> =
  | (keyof I & string)
  | (I[keyof I] extends Shape ? never : Path | `${keyof I & string}.${string}`);

/** What of a tree of shapes is named. */
export type Named<I, N> = [N] extends [keyof I] ? { [K in N]: I[K] } : Parts<I, Keys<I, N>>;

type Keys<I, N> = N extends Path ? N : N extends keyof I ? [N] : Split<N>;
type Split<N> = N extends `${infer First}.${infer Rest}` ? [First, ...Split<Rest>] : [N];

/** What lies at paths and below; `S` is a union of them. */
type Parts<T, S> = [] extends S
  ? T
  : T extends readonly unknown[]
    ? { readonly [K in FirstOf<S>]: Parts<K extends keyof T ? T[K] : T[number], Below<S, K>> }
    : { readonly [K in keyof T as K & FirstOf<S>]: Parts<T[K], Below<S, K>> };
type FirstOf<S> = S extends readonly [infer First extends string | number, ...unknown[]] ? `${First}` : never;
type Below<S, K> = S extends readonly [infer First extends string | number, ...infer Rest]
  ? `${First}` extends K
    ? Rest
    : never
  : never;

/** Expressions of the shapes of a tree: gradients. */
export type ExprsLike<T> = T extends Shape
  ? Expr<T>
  : T extends Listed
    ? { [K in keyof T]: ExprsLike<T[K]> }
    : T extends readonly (infer E)[]
      ? readonly ExprsLike<E>[]
      : { [K in keyof T]: ExprsLike<T[K]> };

/**
 * The gradients of named inputs, each shaped like its input: the part of their tree that is named.
 * @example type Slopes = Gradients<{ x: [2]; y: [] }, "x">;
 */
export type Gradients<I, N> = ExprsLike<Named<I, N>>;

/** The part of the inputs' tree that is named, of which all names are paths; all of it where there is none. */
export function selectInputs({ inputTree }: Graph, names: readonly unknown[], what: string): Tree<number> {
  if (names.length === 0) return inputTree;
  const known: Path[] = [];
  const note = (_: unknown, path: Path) => path.length > 0 && known.push(path);
  foldTree<number, unknown>(inputTree, isId, note, (_, _isList, path) => note(_, path));
  const paths = names.map((given) => {
    const isText = typeof given === "string";
    if (isText && Object.hasOwn(inputTree as object, given)) return [given];
    const list = isText ? [] : keysIn(given, what);
    if (!list.every((key): key is Key => typeof key === "string" || isLength(key))) {
      throw new AdjointError(
        `${what}: inputs are named one by one, as in ${what}(f, "x"), not by ${describe(given)}.`,
      );
    }
    const [text, exact] = isText ? [given] : [pathText(list), list.join("\0")];
    const found = known.filter((path) =>
      exact === undefined ? pathText(path) === text : path.join("\0") === exact,
    );
    if (found.length === 1) return found[0]!;
    const texts = known.map(pathText);
    throw new AdjointError(
      found.length > 1
        ? `${what}: "${shortened(text)}" names ${found.length} inputs; give the path of one as a list, ${found.map((path) => JSON.stringify(path)).join(" or ")}.`
        : `${what}: there is no input "${shortened(text)}"; ${knownNames("inputs", texts, text)}`,
    );
  });
  return pruned(inputTree, paths);
}

/** No tree is so deep that its paths are longer. */
const longest = 1000;

/** What a list of keys holds; `undefined` for what is none. */
function keysIn(given: unknown, what: string): unknown[] {
  return reading(`${what}: inputs`, () => {
    const rows = Array.isArray(given) ? rowsOf(given) : undefined;
    return rows && rows.length <= longest ? Array.from(rows) : [undefined];
  });
}

/** What of a tree lies at paths and below. A list of which a part is left out is a record of what is left by place. */
function pruned(tree: Tree<number>, paths: readonly Path[]): Tree<number> {
  if (isId(tree) || paths.some((path) => path.length === 0)) return tree;
  const keys = new Set(paths.map(([first]) => String(first)));
  const left = Object.fromEntries(
    Array.from(keys, (key) => {
      const below = paths.filter(([first]) => String(first) === key);
      const child = (tree as { readonly [key: string]: Tree<number> })[key]!;
      return [
        key,
        pruned(
          child,
          below.map((path) => path.slice(1)),
        ),
      ];
    }),
  );
  return Array.isArray(tree) && keys.size === tree.length ? Object.values(left) : left;
}
