/** How an op is made of others, given its operands and parameters. */
import type { Expr } from "../../../../graph/index.js";

export type Expansion = (operands: readonly Expr[], params: never) => Expr;
