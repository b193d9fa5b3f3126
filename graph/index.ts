export { compile, type Kernel } from "./compile/kernel.js";
export { AdjointError } from "./errors.js";
export type { Graph, Input, Tree } from "./graph.js";
export { Expr, type Node } from "./node.js";
export { type Arithmetic, defineOp, type Derivative, type Domain, type Op, type OpDefinition } from "./op.js";
export * from "./ops/index.js";
export { print } from "./print.js";
export type { Shape } from "./shape.js";
export { simplify } from "./simplify.js";
export {
  matrix,
  type Outputs,
  type Results,
  scalar,
  type Shapes,
  type Spec,
  tensor,
  trace,
  type Traced,
  vector,
} from "./trace.js";
export { type Gradients, grad, valueAndGrad } from "./transformations.js";
export type { NestedArray, Operand } from "./types.js";
export type { Value } from "./values.js";
