/** Operands of public ops: expressions, or numbers and arrays that become constants. */
import { readList } from "./arguments.js";
import { makeBuilder } from "./builder.js";
import { within } from "./captured.js";
import { describe, reading } from "./describe.js";
import { AdjointError, inNameOf } from "./errors.js";
import { evaluate } from "./interpret.js";
import { type Builder, Expr } from "./node.js";
import { assemble, partAt } from "./ops/boxes.js";
import { constant, full } from "./ops/constant.js";
import { reshapeExpr } from "./ops/moving.js";
import { formatShape, mostAxes, type Shape, sameShape } from "./shape.js";
import type { Operand } from "./types.js";
import { checkRow, flatten, nest, shapeOfFirst } from "./values.js";

/** An operand as an expression of `builder`'s graph: numbers and arrays become constants. */
export function lift(builder: Builder, operand: Operand, what: string): Expr {
  if (operand instanceof Expr) return within(builder, operand, what);
  if (typeof operand === "number") return full(builder, operand, []);
  if (ownerOf(operand, what)) return assembleRows(builder, operand as readonly Operand[], what);
  const { data, shape } = flatten(operand, what);
  return constant(builder, data, shape);
}

/** The trace to which an operand belongs; of nested lists, the innermost of those to which what they hold does. */
export function ownerOf(operand: unknown, what: string): Builder | undefined {
  const seen = new Set<unknown>();
  let owner: Builder | undefined;
  const look = (one: unknown, depth: number): void => {
    if (one instanceof Expr) {
      if (!owner || owner.running < one.builder.running) owner = one.builder;
    } else if (depth > 0 && Array.isArray(one) && !seen.has(one)) {
      seen.add(one);
      for (let i = 0; i < one.length; i++) {
        const row: unknown = one[i];
        if (typeof row === "object") look(row, depth - 1);
        // What else there is, a hole among others, is no row.
        else if (typeof row !== "number") break;
      }
    }
  };
  reading(what, () => look(operand, mostAxes + 1));
  return owner;
}

/** A list in which there are expressions. */
function assembleRows(builder: Builder, list: readonly Operand[], what: string): Expr {
  const shapeOf = (one: unknown) => shapeOfFirst(one, what, (known) => known instanceof Expr && known.shape);
  return reading(what, () => {
    const shape = shapeOf(list);
    const inner = shape.slice(1);
    const rows = Array.from(list, (one, i) => {
      checkRow(shapeOf(one), inner, i, what);
      return reshapeExpr(lift(builder, one, `${what}: row ${i}`), [1, ...inner]);
    });
    return assemble(
      rows,
      rows.map((_, i) => partAt([i, ...inner.map(() => 0)])),
      shape,
    );
  });
}

/** An operand as an expression of a shape that is known. @throws where it has another */
export function liftTo(builder: Builder, operand: Operand, shape: Shape, what: string): Expr {
  const expr = lift(builder, operand, what);
  if (sameShape(expr.shape, shape)) return expr;
  throw new AdjointError(`${what}: expected shape ${formatShape(shape)}, got ${describe(expr)}.`);
}

/** One number, known or not: an option that is an operand. */
export function readScalar(value: unknown, what: string): Operand {
  const isScalar = typeof value === "number" || (value instanceof Expr && value.shape.length === 0);
  if (isScalar) return value;
  throw new AdjointError(`${what} must be a number or an expression of shape (), not ${describe(value)}.`);
}

/** The operands of an op that takes a list of them. */
export function listOf(operands: unknown, what: string): Operand[] {
  return readList(operands, `${what}: the operands`, (operand) => operand as Operand);
}

/**
 * The shared wrapper of all public ops. With an expression among the operands, the others become constants of its
 * graph and the result is an expression. Without one, the op computes at once, on numbers and nested arrays: then the
 * result is a value, which only the types of the public ops tell.
 */
export function withOperands<const A extends readonly Operand[]>(
  what: string,
  operands: A,
  build: (operands: { readonly [K in keyof A]: Expr }) => Expr,
): Expr {
  return withResults(what, operands, (exprs) => ({ result: build(exprs) })).result;
}

/** The same for a function with several results. */
export function withResults<const A extends readonly Operand[], R extends Readonly<Record<string, Expr>>>(
  what: string,
  operands: A,
  build: (operands: { readonly [K in keyof A]: Expr }) => R,
): R {
  if (operands.length === 0) throw new AdjointError(`${what} needs at least one operand.`);
  const owner = ownerOf(operands, what);
  const builder = owner ?? makeBuilder();
  const exprs = operands.map((operand, i) =>
    lift(builder, operand, operands.length > 1 ? `${what}: operand ${i + 1}` : what),
  );
  return inNameOf(what, () => {
    const results = build(exprs as { readonly [K in keyof A]: Expr });
    if (owner) return results;
    const values = evaluate(Object.values(results));
    const named = Object.entries(results).map(([name, { shape }], i) => [name, nest(values[i]!, shape)]);
    return Object.fromEntries(named) as R;
  });
}
