import { type Builder, checkSize, Expr, isOp, type Node, nodeOf } from "../node.js";
import { type Instances, leafOp, type Op } from "../op.js";
import { type Shape, sizeOf } from "../shape.js";

interface InputParams {
  readonly index: number;
  readonly shape: Shape;
}

/** A value that comes from outside, where whoever evaluates a graph finds it. Its name stands in the graph's list of inputs, at `index`. */
export const inputOp: Op<InputParams> = leafOp<InputParams>("input", () => []);

interface FullParams {
  readonly value: number;
  readonly shape: Shape;
}

/** The same known number in every element: literals, and the zeros of an absent gradient. */
export const fullOp: Op<FullParams> = leafOp<FullParams>(
  "full",
  (arithmetic, _operands, { result }, { value }) =>
    new Array(sizeOf(result)).fill(arithmetic.constant(value)),
);

export const fullInstances: Instances = {
  op: fullOp as Op,
  instances: [
    { shapes: [], params: { value: -0, shape: [] } },
    { shapes: [], params: { value: 2.5, shape: [2, 3] } },
    { shapes: [], params: { value: 1, shape: [0, 2] } },
  ],
};

export interface ConstantParams {
  readonly values: Float64Array;
  readonly shape: Shape;
}

/** Known numbers. The values are the node's own copy. */
export const constantOp: Op<ConstantParams> = leafOp<ConstantParams>(
  "constant",
  (arithmetic, _operands, _shapes, { values }) => Array.from(values, (x) => arithmetic.constant(x)),
);

export const constantInstances: Instances = {
  op: constantOp as Op,
  instances: [
    { shapes: [], params: { values: /* @__PURE__ */ new Float64Array([1, -0, 3, 4, 5, 6]), shape: [2, 3] } },
    { shapes: [], params: { values: /* @__PURE__ */ new Float64Array(0), shape: [0] } },
  ],
};

interface IotaParams {
  readonly shape: readonly [length: number];
}

/** 0, 1, 2 …: each element is its place. Code counts instead of reading memory, so that patterns cost nothing to make. */
export const iotaOp: Op<IotaParams> = leafOp<IotaParams>("iota", (arithmetic, _operands, { result }) =>
  Array.from({ length: sizeOf(result) }, (_, place) => arithmetic.constant(place)),
);

export const iotaInstances: Instances = {
  op: iotaOp as Op,
  instances: [
    { shapes: [], params: { shape: [5] } },
    { shapes: [], params: { shape: [0] } },
  ],
};

export function leaf<P extends { readonly shape: Shape }>(builder: Builder, op: Op<P>, params: P): Expr {
  checkSize(op.name, params.shape);
  return new Expr(builder, builder.intern(op, [], params, params.shape), params.shape);
}

export function input(builder: Builder, index: number, shape: Shape): Expr {
  return leaf(builder, inputOp, { index, shape });
}

/** `value` in every element of `shape`. */
export function full(builder: Builder, value: number, shape: Shape): Expr {
  return leaf(builder, fullOp, { value, shape });
}

/** The places 0 to `length` − 1. */
export function iota(builder: Builder, length: number): Expr {
  return leaf(builder, iotaOp, { shape: [length] });
}

/** A constant tensor; `values` is copied. Equal elements make it a `full`. */
export function constant(builder: Builder, values: ArrayLike<number>, shape: Shape): Expr {
  const first = values[0];
  let uniform = first !== undefined;
  for (let i = 1; uniform && i < values.length; i++) uniform = Object.is(values[i], first);
  if (uniform) return full(builder, first, shape);
  return leaf(builder, constantOp, { values: Float64Array.from(values), shape });
}

/** The number that an expression is known to hold in every element, or `undefined`. */
export function uniformValue(expr: Expr): number | undefined {
  return numberIn(nodeOf(expr));
}

/** The number that a node holds in every element, or `undefined`. */
export function numberIn(node: Node): number | undefined {
  return isOp(node, fullOp) ? node.params.value : undefined;
}

/** The numbers that an expression is known to hold, of at most `limit` elements, or `undefined`. */
export function knownValues(expr: Expr, limit: number): ArrayLike<number> | undefined {
  const node = nodeOf(expr);
  if (isOp(node, constantOp)) return node.params.values;
  const size = sizeOf(expr.shape);
  if (!isOp(node, fullOp) || size > limit) return undefined;
  return new Float64Array(size).fill(node.params.value);
}
