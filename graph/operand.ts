import { makeBuilder } from "./builder.js";
import { AdjointError } from "./errors.js";
import { evaluate } from "./interpret.js";
import { type Builder, Expr, otherTrace } from "./node.js";
import { constant, full } from "./ops/constant.js";
import type { Operand } from "./types.js";
import { flatten, nest, type Value } from "./values.js";

/** An operand as an expression of `builder`'s graph: numbers and arrays become constants. */
export function lift(builder: Builder, operand: Operand, what: string): Expr {
  if (operand instanceof Expr) {
    if (operand.builder !== builder) throw otherTrace({ name: what }, operand);
    return operand;
  }
  if (typeof operand === "number") return full(builder, operand, []);
  const { data, shape } = flatten(operand as Value, what);
  return constant(builder, data, shape);
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
  if (operands.length === 0) throw new AdjointError(`${what} needs at least one operand.`);
  const lifted = (builder: Builder) =>
    operands.map((operand) => lift(builder, operand, what)) as { readonly [K in keyof A]: Expr };
  for (const operand of operands) if (operand instanceof Expr) return build(lifted(operand.builder));
  const result = build(lifted(makeBuilder()));
  return nest(evaluate(result), result.shape) as unknown as Expr;
}
