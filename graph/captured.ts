/**
 * Leaves that stand in a trace for expressions of a trace around it: to the inner function they are constants, and a call
 * of it puts these expressions there, so that derivatives of the outer function go through them.
 */
import { AdjointError } from "./errors.js";
import type { Graph } from "./graph.js";
import { type Builder, type Expr, isOp, type Node, otherTrace } from "./node.js";
import { leafOp, type Op } from "./op.js";
import { leaf } from "./ops/constant.js";
import { formatShape, type Shape } from "./shape.js";

/** Its params are the expression. */
export const capturedOp: Op<Expr> = leafOp<Expr>("captured", (_arithmetic, _operands, _shapes, params) => {
  throw outside("captured", params);
});

/** An expression in a trace: as it is, or for one of a trace around it what stands for it. @throws for any other */
export function within(builder: Builder, expr: Expr, what: string): Expr {
  if (expr.builder === builder) return expr;
  // Of functions that run at the same time, the later one is called in the earlier.
  const { running } = expr.builder;
  if (!running || running > builder.running) throw otherTrace({ name: what }, expr);
  return leaf(builder, capturedOp, expr);
}

/** The expression for which a leaf stands; of any other node `undefined`. */
export function capturedIn(node: Node): Expr | undefined {
  return isOp(node, capturedOp) ? node.params : undefined;
}

/** The expressions that a graph captures. */
export function capturesOf({ nodes }: Graph): Expr[] {
  return nodes.map(capturedIn).filter((expr) => expr !== undefined);
}

/** What is said of a function that captures an expression, where that isn't there. */
export function outside(what: string, { shape }: { readonly shape: Shape }): AdjointError {
  return new AdjointError(
    `${what}: the function captures an expression of shape ${formatShape(shape)} of the trace around it; ` +
      "it lives only inside the function that is traced, so pass it in as an input.",
  );
}
