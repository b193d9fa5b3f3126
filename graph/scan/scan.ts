/** Loops in a trace: `scan` and what is made of it. */
import { readCount, readFunction } from "../arguments.js";
import { describe, reading } from "../describe.js";
import { AdjointError } from "../errors.js";
import { isExpr, isGiven } from "../graph.js";
import { type Builder, Expr } from "../node.js";
import { lift, ownerOf } from "../operand.js";
import { checkOptions } from "../options.js";
import { placeholder } from "../placeholder.js";
import { formatShape, sameShape } from "../shape.js";
import type { LengthAt, Tail } from "../shape-types.js";
import type { Returned } from "../trace.js";
import {
  atPath,
  flattenTree,
  isRecord,
  leavesOf,
  mapTree,
  type Path,
  pathText,
  type Tree,
  unflattenTree,
} from "../tree.js";
import type { Operand, ShapeOf } from "../types.js";
import { resultsOf } from "./loop.js";
import { totalSize, unpack } from "./pack.js";

/**
 * Expressions by name, or one.
 * @example const start = (x: Expr, v: Expr): Carry => ({ x, v });
 */
export type Carry = Expr | { readonly [name: string]: Carry };

/**
 * What a carry may start as: numbers and arrays become constants.
 * @example const start: Initial = { x: 0, v: [1, 2] };
 */
export type Initial = Operand | { readonly [name: string]: Initial };

/** The same names with expressions; of their shapes without the first axis, or with one more. */
type Exprs<C> = C extends Operand ? Expr<ShapeOf<C>> : { readonly [K in keyof C]: Exprs<C[K]> };
type RowsOf<C> = C extends Operand ? Expr<Tail<ShapeOf<C>>> : { readonly [K in keyof C]: RowsOf<C[K]> };
type AllOf<C, L extends number> = C extends Operand
  ? Expr<[L, ...ShapeOf<C>]>
  : { readonly [K in keyof C]: AllOf<C[K], L> };

/** How many steps there are. */
type StepsOf<X, L extends number> = X extends Operand ? LengthAt<ShapeOf<X>, 0> : L;

/**
 * Options of `scan`.
 * @example const options: ScanOptions = { length: 10 };
 */
export interface ScanOptions<X = undefined, L extends number = number> {
  /** The number of steps; needed where there are no `xs`. */
  readonly length?: L;
  /** Tensors of which step `i` sees row `i`: their first axis is as long as there are steps. */
  readonly xs?: X;
  /** From the last row to the first; the history stays in the order of the rows. Default: false. */
  readonly reverse?: boolean;
  /**
   * The reverse mode keeps the carries of about √length steps and computes the others anew, segment by segment: a
   * second forward computation instead of memory. It pays for `last`; a `history` that is used is stored anyway.
   * Default: false.
   */
  readonly recompute?: boolean;
}

/** The last carry, and the carry after each step along a new first axis. What isn't used costs nothing. */
interface Carries<C, L extends number> {
  readonly last: Exprs<C>;
  readonly history: AllOf<C, L>;
}

/** What a step of a loop may return: the next carry, or that and a y. */
export type Stepped<C> = Next<C> | readonly [carry: Next<C>, y: Returned];

type Next<C> = Returned | Exprs<C>;

/**
 * What a scan gives; `ys`, where its steps return some, along a new first axis.
 * @example type Path = Scanned<{ x: Expr<[2]> }, unknown, 10>;
 */
export type Scanned<C, R = unknown, L extends number = number> = Carries<C, L> &
  ([R] extends [readonly [unknown, infer Y]] ? { readonly ys: AllOf<Y, L> } : unknown);

/**
 * A loop of a fixed number of steps as one node, whatever their number: carry ← step(carry, x, i). The body is traced
 * once; it may use expressions of the trace around it. It is differentiable in both modes, to any order.
 *
 * @param step the carry before, the row of `xs` (`undefined` without them) and the number of the step → the next carry,
 * with the names and shapes of `initial`; or `[carry, y]`, y being an expression or expressions by name: the result has
 * those of all steps as `ys`, where a y of shape (s…) has become (length, s…)
 * @param initial an expression, or expressions by name
 *
 * @example
 * // Explicit Euler for y' = −k·y
 * const decay = trace({ k: scalar(), y0: scalar() }, ({ k, y0 }) =>
 *   scan((y) => subtract(y, multiply(0.01, k, y)), y0, { length: 100 }).last,
 * );
 * // The means of the first 1, 2, … numbers
 * const means = trace({ x: vector(5) }, ({ x }) => {
 *   const zero = multiply(0, index(x, 0));
 *   return scan((total, one, i) => [add(total, one), divide(add(total, one), add(i, 1))], zero, { xs: x }).ys;
 * });
 *
 * `ys` are those of `jax.lax.scan`, whose steps always return both.
 *
 * @throws where the carry changes its names or shapes, lengths differ, or no expression is among what is given
 */
export function scan<
  const C extends Initial,
  const X extends Initial | undefined = undefined,
  const R extends Stepped<C> = Stepped<C>,
  const L extends number = number,
>(
  step: (carry: Exprs<C>, x: X extends undefined ? undefined : RowsOf<X>, i: Expr<[]>) => R,
  initial: C,
  options: ScanOptions<X, L> = {},
): Scanned<C, R, StepsOf<X, L>> {
  const types = { length: "any", xs: "any", reverse: "boolean", recompute: "boolean" } as const;
  const { length, xs, reverse = false, recompute = false } = checkOptions("scan", options, types);
  readFunction(step, "scan: the step");
  const [own, other] = [ownerIn(initial, "scan: the first carry"), ownerIn(xs, "scan: xs")];
  const builder = own && other && other.running > own.running ? other : (own ?? other);
  if (!builder) {
    throw new AdjointError(
      "scan: neither the first carry nor xs hold an expression, so there is no trace to add the loop to; start from an input, or from multiply(0, input).",
    );
  }
  const known = { length, reverse: reverse ? 1 : 0, recompute } as const;
  return traceLoop(builder, step as Step, initial, xs, known) as unknown as Scanned<C, R, StepsOf<X, L>>;
}

type Step = (carry: Tree<Expr>, x: Tree<Expr> | undefined, i: Expr) => unknown;

/** The loop in a trace, or in that within it of which the step turns out to use expressions. */
function traceLoop(
  builder: Builder,
  step: Step,
  initial: unknown,
  xs: unknown,
  known: { readonly length: number | undefined; readonly reverse: 0 | 1; readonly recompute: boolean },
): ReturnType<typeof resultsOf> {
  const first = liftTree(builder, initial, "scan: the first carry");
  const xTree = xs === undefined ? undefined : liftTree(builder, xs, "scan: xs");
  const rows = leavesOf(xTree ?? {}, isExpr);

  const leak = "scan: an expression of the step is used outside of it; carry it.";
  // The body is traced on placeholders among the nodes around it; what doesn't depend on them is the same at all steps.
  const shapes = leavesOf(first, isExpr).map(({ shape }) => shape);
  const inputs = {
    carry: placeholder(builder, [totalSize(shapes)], leak),
    rows: rows.map(({ shape }) => placeholder(builder, shape.slice(1), leak)),
    step: placeholder(builder, [], leak) as Expr<[]>,
  };
  const length = lengthOf(known.length, rows);
  const x = xTree && unflattenTree(xTree, isExpr, inputs.rows);
  const returned = step(unflattenTree(first, isExpr, unpack(inputs.carry, shapes)), x, inputs.step);
  const inner = ownerIn(returned, "scan: what the step returns");
  if (inner && inner.running > builder.running) return traceLoop(inner, step, initial, xs, known);
  const [next, y] = splitReturned(returned);
  const carry = reading("scan: what the step returns", () => likeFirst(builder, next, first));
  const yTree = y === undefined ? undefined : liftTree(builder, y, "scan: the y of a step");
  return resultsOf({ ...known, length, first, xs: rows, inputs, carry, y: yTree });
}

/** The innermost trace to which expressions of a tree belong. */
function ownerIn(tree: unknown, what: string): Builder | undefined {
  return reading(what, () => ownerOf(leavesOf<unknown>(tree, isGiven), what));
}

/** A step's carry, and its y if there is one. */
function splitReturned(returned: unknown): readonly [carry: unknown, y: unknown] {
  if (!Array.isArray(returned)) return [returned, undefined];
  if (returned.length === 2) return returned as [unknown, unknown];
  throw new AdjointError(
    `scan: the step returns an array of ${returned.length}; return the next carry, or [carry, y].`,
  );
}

function liftTree(builder: Builder, given: unknown, what: string): Tree<Expr> {
  const lifted = (leaf: unknown, path: Path) => {
    const place = pathText([what, ...path]);
    if (typeof leaf === "number" || (typeof leaf === "object" && leaf !== null))
      return lift(builder, leaf as Operand, place);
    throw new AdjointError(
      `${place} is ${describe(leaf)}; give expressions, numbers or arrays, or a record of them.`,
    );
  };
  return reading(what, () => mapTree<unknown, Expr>(given, isGiven, lifted));
}

function lengthOf(given: number | undefined, rows: readonly Expr[]): number {
  for (const { shape } of rows) {
    if (shape.length === 0)
      throw new AdjointError("scan: xs hold a scalar, which has no rows to go through.");
  }
  const known = given ?? rows[0]?.shape[0];
  if (known === undefined)
    throw new AdjointError("scan: there is neither a length nor xs; give a whole number of steps ≥ 0.");
  const length = readCount(known, "scan: the length");
  const other = rows.find(({ shape }) => shape[0] !== length);
  if (!other) return length;
  throw new AdjointError(
    `scan: ${length} steps, but xs of shape ${formatShape(other.shape)}; its first axis must be as long.`,
  );
}

/** What a step returned, its names and shapes being those of the first carry. */
function likeFirst(builder: Builder, returned: unknown, first: Tree<Expr>): Tree<Expr> {
  const namesOf = (tree: unknown) => flattenTree(tree, isGiven).map(({ path }) => pathText(path));
  const differ = () => {
    const [names, found] = [namesOf(first), namesOf(returned)];
    const odd = [...names, ...found]
      .filter((name) => !names.includes(name) || !found.includes(name))
      .join(", ");
    return new AdjointError(
      `scan: the carry has the names ${names.join(", ")}, but the step returns ${isRecord(returned) ? `others (${odd})` : describe(returned)}; return a record of the same names.`,
    );
  };
  if (!isExpr(first) && leavesOf(returned, isGiven).length !== leavesOf(first, isExpr).length) throw differ();
  return mapTree(first, isExpr, ({ shape }, path) => {
    const what = pathText(["the carry", ...path]);
    const given = atPath(returned, path);
    if (given === undefined && path.length > 0) throw differ();
    if (!(given instanceof Expr) && typeof given !== "number") {
      throw new AdjointError(
        `scan: ${what} that the step returns is ${describe(given)}; return an expression.`,
      );
    }
    const expr = lift(builder, given, `scan: ${what}`);
    if (sameShape(expr.shape, shape)) return expr;
    throw new AdjointError(
      `scan: ${what} begins with shape ${formatShape(shape)}, but the step returns ${formatShape(expr.shape)}; a carry keeps its shape.`,
    );
  });
}
