/** Values of the JAX source: Python expressions, with what NumPy's broadcasting spares. */
import type { Shape, Tree } from "../../../graph/index.js";
import { foldTree, type Path } from "../../../graph/internal.js";
import type { Value } from "../lowering/dialect.js";

/** How tightly an expression of Python binds. */
export const levels = { compare: 1, or: 2, and: 3, add: 5, multiply: 6, unary: 7, atom: 9 } as const;

export interface PythonValue extends Value {
  /** Of a spread value that of what is repeated; of a literal the number. */
  readonly text: string;
  readonly level: number;
  /** A number that stands for a whole tensor of it. */
  readonly isLiteral?: boolean;
  /** The axes along which `text`, which lacks them, is repeated. */
  readonly axes?: readonly number[];
}

export function atom(text: string, shape: Shape, kind: Value["kind"] = "number"): PythonValue {
  return { text, shape, kind, level: levels.atom };
}

/** A double as Python writes it. */
export function numberText(x: number): string {
  if (Number.isNaN(x)) return "jnp.nan";
  if (!Number.isFinite(x)) return x > 0 ? "jnp.inf" : "-jnp.inf";
  if (Object.is(x, -0)) return "-0.0";
  const text = String(x);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** A tuple of whole numbers. */
export function tuple(numbers: readonly (number | string)[]): string {
  return numbers.length === 1 ? `(${numbers[0]},)` : `(${numbers.join(", ")})`;
}

/** A tree as dictionaries and lists. */
export function treeText<T>(
  tree: Tree<T>,
  isLeaf: (one: Tree<T>) => one is T,
  leaf: (path: Path) => string,
): string {
  return foldTree(
    tree,
    isLeaf,
    (_, path) => leaf(path),
    (children, isList) =>
      isList
        ? `[${children.map(([, child]) => child).join(", ")}]`
        : `{${children.map(([key, child]) => `${JSON.stringify(key)}: ${child}`).join(", ")}}`,
  );
}

/** An expression that stands where something binds as tightly as `level` says. */
export function wrapped({ text, level }: Pick<PythonValue, "text" | "level">, least: number): string {
  return level >= least ? text : `(${text})`;
}

/** What is repeated, with new axes of length 1 where NumPy wouldn't find them by itself. */
export function aligned(value: PythonValue): PythonValue {
  const { axes, shape } = value;
  if (!axes) return value;
  const first = [...shape.keys()].find((axis) => !axes.includes(axis)) ?? shape.length;
  const index = shape.map((_, axis) => (axes.includes(axis) ? "None" : ":")).slice(first);
  if (!index.includes("None")) return value;
  return { ...value, text: `${wrapped(value, levels.atom)}[${index.join(", ")}]`, level: levels.atom };
}
