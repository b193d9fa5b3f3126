import { AdjointError } from "./errors.js";
import { evaluate } from "./interpret.js";
import { Builder, Expr, otherTrace } from "./node.js";
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
 * graph and the result is an expression. Without one, the op computes at once, on numbers and nested arrays.
 */
export function withOperands(
  what: string,
  operands: readonly Operand[],
  build: (operands: readonly Expr[]) => Expr,
): Expr | Value {
  if (operands.length === 0) throw new AdjointError(`${what} needs at least one operand.`);
  for (const operand of operands) {
    if (!(operand instanceof Expr)) continue;
    const { builder } = operand;
    return build(operands.map((other) => lift(builder, other, what)));
  }
  const builder = new Builder();
  const result = build(operands.map((operand) => lift(builder, operand, what)));
  return nest(evaluate(result), result.shape);
}
