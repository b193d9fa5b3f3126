export { type CompileOptions, compile, type Kernel } from "./compile/index.js";
export { applyOp, type CustomDerivative, withDerivative } from "./custom.js";
export { label } from "./debug.js";
export { binary, defineOp, unary } from "./definitions.js";
export { type Hessians, hessian, type Jacobians, jacobian } from "./derivatives/jacobian.js";
export type { Gradients, Name } from "./derivatives/selection.js";
export {
  type CotangentInputs,
  grad,
  hvp,
  jvp,
  type TangentInputs,
  valueAndGrad,
  vjp,
} from "./derivatives/transformations.js";
export type { Dtype } from "./dtype.js";
export type { ElementwiseDefinition } from "./elementwise.js";
export { AdjointError } from "./errors.js";
export type { Graph, Input, Signature } from "./graph.js";
export { nest } from "./nest.js";
export { Expr, type Node } from "./node.js";
export type { Arithmetic, Derivative, Domain, Op, OpDefinition } from "./op.js";
export * from "./ops/index.js";
export { print } from "./print.js";
export type { Recipe } from "./recipe.js";
export { type Carry, type Initial, type Scanned, type ScanOptions, scan } from "./scan/scan.js";
export type { Shape } from "./shape.js";
export { simplify } from "./simplify.js";
export {
  matrix,
  type Outputs,
  type Results,
  type Shapes,
  type Spec,
  type Specs,
  scalar,
  type Traced,
  type TraceOptions,
  tensor,
  trace,
  vector,
} from "./trace.js";
export type { Tree } from "./tree.js";
export type { NestedArray, Operand } from "./types.js";
export type { ShapedValues, Value } from "./values.js";
