/** Leaves that stand for a value inside a larger graph until that part is taken out. No finished graph holds any. */
import type { Builder, Expr } from "./node.js";
import { leafOp, type Op } from "./op.js";
import type { Shape } from "./shape.js";

interface PlaceholderParams {
  /** Tells it from the others of its builder. */
  readonly serial: number;
  readonly shape: Shape;
  readonly leak: string;
}

export const placeholderOp: Op<PlaceholderParams> = leafOp<PlaceholderParams>("placeholder", () => []);

/** `leak` is the error's message where one gets into a finished graph: a user may keep what is inside. */
export function placeholder(builder: Builder, shape: Shape, leak = ""): Expr {
  const params = { serial: builder.nodes.length, shape, leak };
  return builder.expr(builder.intern(placeholderOp, [], params, shape));
}
