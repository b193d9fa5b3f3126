/** Leaves that stand for a value inside a larger graph until that part is taken out. No finished graph holds any. */
import { AdjointError } from "./errors.js";
import type { Builder, Expr } from "./node.js";
import { leafOp, type Op } from "./op.js";
import type { Shape } from "./shape.js";

interface PlaceholderParams {
  /** Tells it from the others of its builder. */
  readonly serial: number;
  readonly shape: Shape;
}

export const placeholderOp: Op<PlaceholderParams> = leafOp<PlaceholderParams>("placeholder", leaked);

/** Throws, what a placeholder stands for not being there any more. */
export function leaked(): never {
  throw new AdjointError("scan: an expression of the step is used outside of it; carry it.");
}

export function placeholder(builder: Builder, shape: Shape): Expr {
  const params = { serial: builder.nodes.length, shape };
  return builder.expr(builder.intern(placeholderOp, [], params, shape));
}
