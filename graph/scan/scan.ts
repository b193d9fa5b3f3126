/** Loops in a trace: `scan` and what is made of it. */
import { AdjointError } from "../errors.js";
import { declareInputs, finish, type Graph, inline, isExpr, isGiven } from "../graph.js";
import { ancestors } from "../interpret.js";
import { Builder, Expr, isOp } from "../node.js";
import { lift } from "../operand.js";
import { constant, full, inputOp } from "../ops/constant.js";
import { concatenate, slice } from "../ops/indexing.js";
import { reshapeExpr } from "../ops/moving.js";
import { placeholder, placeholderOp } from "../placeholder.js";
import { formatShape, isLength, sameShape, sizeOf } from "../shape.js";
import type { Returned } from "../trace.js";
import {
  atPath,
  flattenTree,
  isRecord,
  leavesOf,
  mapTree,
  pathText,
  type Tree,
  unflattenTree,
} from "../tree.js";
import type { Operand } from "../types.js";
import { describe } from "../values.js";
import { makeScan, type ScanParams } from "./op.js";

/** Expressions by name, or one. */
export type Carry = Expr | { readonly [name: string]: Carry };

/** What a carry may start as: numbers and arrays become constants. */
export type Initial = Operand | { readonly [name: string]: Initial };

/** The expressions that stand for what was given. */
export type CarryOf<C> = C extends Expr
  ? C
  : C extends Operand
    ? Expr
    : { readonly [K in keyof C]: CarryOf<C[K]> };

/** The same names, whatever the shapes. */
type Exprs<C> = C extends Expr | Operand ? Expr : { readonly [K in keyof C]: Exprs<C[K]> };

export interface ScanOptions<X = undefined> {
  /** The number of steps; needed where there are no `xs`. */
  readonly length?: number;
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
export interface Scanned<C> {
  readonly last: Exprs<C>;
  readonly history: Exprs<C>;
}

/**
 * A loop of a fixed number of steps as one node, whatever their number: carry ← step(carry, x, i). The body is traced
 * once; it may use expressions of the trace around it. It is differentiable in both modes, to any order.
 *
 * @param step the carry before, the row of `xs` (`undefined` without them) and the number of the step → the next carry,
 * with the names and shapes of `initial`
 * @param initial an expression, or expressions by name
 *
 * @example
 * // Explicit Euler for y' = −k·y
 * const decay = trace({ k: scalar(), y0: scalar() }, ({ k, y0 }) =>
 *   scan((y) => subtract(y, multiply(0.01, k, y)), y0, { length: 100 }).last,
 * );
 *
 * @throws where the carry changes its names or shapes, lengths differ, or no expression is among what is given
 */
export function scan<const C extends Initial, const X extends Initial | undefined = undefined>(
  step: (carry: Exprs<C>, x: X extends undefined ? undefined : Exprs<X>, i: Expr<[]>) => Returned | Exprs<C>,
  initial: C,
  options: ScanOptions<X> = {},
): Scanned<C> {
  const { xs, reverse = false, recompute = false } = options;
  const builder = [initial, xs]
    .flatMap((one) => leavesOf<unknown>(one, isGiven))
    .find((one) => one instanceof Expr)?.builder;
  if (!builder) {
    throw new AdjointError(
      "scan: neither the first carry nor xs hold an expression, so there is no trace to add the loop to; start from an input, or from multiply(0, input).",
    );
  }
  const first = liftTree(builder, initial as Initial, "scan: the first carry");
  const rows = xs === undefined ? undefined : liftTree(builder, xs as Initial, "scan: xs");
  const rowLeaves = leavesOf(rows ?? {}, isExpr);
  const length = lengthOf(options.length, rowLeaves);

  // The body is traced on placeholders among the nodes around it; what doesn't depend on them is the same at all steps.
  const leaves = leavesOf(first, isExpr);
  const carry = placeholder(builder, [leaves.reduce((sum, { shape }) => sum + sizeOf(shape), 0)]);
  const rowExprs = rowLeaves.map(({ shape }) => placeholder(builder, shape.slice(1)));
  const number = placeholder(builder, []) as Expr<[]>;
  const x = rows && unflattenTree(rows, isExpr, rowExprs);
  const returned = step(unpack(carry, first) as never, x as never, number) as Returned;
  const result = pack(builder, likeFirst(builder, returned, first));

  const { body, captured } = extract(builder, [carry, ...rowExprs, number], result);
  const operands = [pack(builder, first), ...rowLeaves, ...captured];
  const params = { body, length, rows: rowLeaves.length, reverse: reverse ? 1 : 0 } as const;
  const steps = { ...params, last: 0 } as const;
  return {
    get last() {
      const end = recompute
        ? segmented(operands, { ...params, last: 1 })
        : makeScan(operands, { ...params, last: 1 });
      return unpack(end, first) as never;
    },
    get history() {
      return unpack(makeScan(operands, steps), first, length) as never;
    },
  };
}

/** The last carry of a scan over segments, each a scan of its own: what a segment keeps is its first carry alone. */
function segmented(given: readonly Expr[], params: ScanParams): Expr {
  const { length, reverse } = params;
  const count = Math.floor(Math.sqrt(length));
  if (count < 2) return makeScan(given, params);
  const { builder } = given[0]!;
  const { operands, body } = numbered(given, params);
  const rows = params.rows + 1;
  const segment = Math.floor(length / count);
  const whole = count * segment;
  // The steps that don't fill a segment come last.
  const cut = (x: Expr, from: number, to: number) =>
    reverse ? slice(x, length - to, length - from) : slice(x, from, to);
  const all = operands.slice(1, 1 + rows);
  const segments = all.map((x) => reshapeExpr(cut(x, 0, whole), [count, segment, ...x.shape.slice(1)]));
  const constants = operands.slice(1 + rows);

  const carry = placeholder(builder, operands[0]!.shape);
  const inner = segments.map(({ shape }) => placeholder(builder, shape.slice(1)));
  const scanned = makeScan([carry, ...inner, ...constants], { ...params, body, rows, length: segment });
  const outer = extract(builder, [carry, ...inner, placeholder(builder, [])], scanned);
  const end = makeScan([operands[0]!, ...segments, ...outer.captured], {
    ...{ body: outer.body, length: count, rows, reverse, last: 1 },
  });
  if (whole === length) return end;
  const rest = all.map((x) => cut(x, whole, length));
  return makeScan([end, ...rest, ...constants], { ...params, body, rows, length: length - whole });
}

/** The same scan with the number of the step as a row like others, so that it stays what it is in a segment. */
function numbered(
  operands: readonly Expr[],
  { body, length, rows }: ScanParams,
): { operands: Expr[]; body: Graph } {
  const step = 1 + rows;
  const inputs = body.inputs.toSpliced(step + 1, 0, { name: "number", shape: [] });
  const builder = new Builder();
  const exprs = declareInputs(builder, inputs);
  const moved = inline(body, builder, exprs.toSpliced(step + 1, 1));
  const numbers = Float64Array.from({ length }, (_, i) => i);
  return {
    operands: operands.toSpliced(step, 0, constant(operands[0]!.builder, numbers, [length])),
    body: finish(builder, inputs, builder.expr(moved[body.outputs as number]!)),
  };
}

/** The nodes between placeholders and a result as a graph, with what they need from around them as further inputs. */
export function extract(
  builder: Builder,
  placeholders: readonly Expr[],
  result: Expr,
): { body: Graph; captured: Expr[] } {
  const { nodes } = builder;
  const places = new Map(placeholders.map(({ id }, i) => [id, i]));
  const needed = ancestors(builder, [result.id]);
  const inside = new Uint8Array(result.id + 1);
  const captured: Expr[] = [];
  const capture = (id: number) => {
    if (inside[id] || places.has(id)) return;
    const node = nodes[id]!;
    const isKnown = node.operands.length === 0 && !isOp(node, inputOp) && !isOp(node, placeholderOp);
    if (isKnown) inside[id] = 1;
    else places.set(id, placeholders.length + captured.push(builder.expr(id)) - 1);
  };
  for (let id = 0; id <= result.id; id++) {
    if (!needed[id] || places.has(id)) continue;
    const { operands } = nodes[id]!;
    if (!operands.some((operand) => inside[operand] || isPlaceholder(operand))) continue;
    for (const operand of operands) capture(operand);
    inside[id] = 1;
  }
  function isPlaceholder(id: number): boolean {
    return (places.get(id) ?? placeholders.length) < placeholders.length;
  }
  capture(result.id);

  const inputs = [...placeholders, ...captured].map(({ shape }, i) => ({ name: String(i), shape }));
  const own = new Builder();
  const exprs = declareInputs(own, inputs);
  const moved = new Int32Array(result.id + 1);
  for (const [id, place] of places) if (id <= result.id) moved[id] = exprs[place]!.id;
  for (let id = 0; id <= result.id; id++) {
    if (!inside[id]) continue;
    const node = nodes[id]!;
    moved[id] = own.adopt({ ...node, operands: node.operands.map((operand) => moved[operand]!) });
  }
  return { body: finish(own, inputs, own.expr(moved[result.id]!)), captured };
}

function liftTree(builder: Builder, given: unknown, what: string): Tree<Expr> {
  return mapTree<unknown, Expr>(given, isGiven, (leaf, path) => {
    const place = pathText([what, ...path]);
    if (typeof leaf === "number" || (typeof leaf === "object" && leaf !== null))
      return lift(builder, leaf as Operand, place);
    throw new AdjointError(
      `${place} is ${describe(leaf)}; give expressions, numbers or arrays, or a record of them.`,
    );
  });
}

function lengthOf(given: number | undefined, rows: readonly Expr[]): number {
  for (const { shape } of rows) {
    if (shape.length === 0)
      throw new AdjointError("scan: xs hold a scalar, which has no rows to go through.");
  }
  const length = given ?? rows[0]?.shape[0];
  if (!isLength(length)) {
    throw new AdjointError(
      `scan: ${length === undefined ? "there is neither a length nor xs" : `the length is ${String(length)}`}; give a whole number of steps ≥ 0.`,
    );
  }
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

/** All leaves one after the other, as a vector. */
function pack(builder: Builder, tree: Tree<Expr>): Expr {
  const flat = leavesOf(tree, isExpr).map((leaf) => reshapeExpr(leaf, [sizeOf(leaf.shape)]));
  if (flat.length === 0) return full(builder, 0, [0]);
  return flat.length === 1 ? flat[0]! : concatenate(flat);
}

/** The leaves in a vector, or in each row of a history, as the tree that was packed. */
function unpack(packed: Expr, like: Tree<Expr>, ...length: readonly number[]): Tree<Expr> {
  let from = 0;
  return mapTree(like, isExpr, ({ shape }) => {
    const part = slice(packed, from, from + sizeOf(shape), { axis: length.length });
    from += sizeOf(shape);
    return reshapeExpr(part, [...length, ...shape]);
  });
}
