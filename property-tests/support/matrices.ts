/** What laws on matrices share: objectives of results, their gradients in both ways to run, their slopes. */
import * as assert from "uvu/assert";
import {
  compile,
  type Expr,
  grad,
  hessian,
  multiply,
  sum,
  type Traced,
  tensor,
  trace,
} from "../../graph/index.js";
import { checkDerivatives, flat, flatten, type Objective } from "./differences.js";
import { assertSame } from "./tolerance.js";

export type Matrix = readonly (readonly number[])[];

export const flatOf = (x: unknown): number[] => [x].flat(Number.POSITIVE_INFINITY) as number[];

/** Σ weights·f(x), with the weights 1, ½, ⅓ …: each element matters by its own share. */
export function objective(f: (x: Expr) => Expr, shape: readonly number[]): Objective {
  return trace({ x: tensor(shape) }, ({ x }) => {
    const y = f(x);
    const size = y.shape.reduce((product, length) => product * length, 1);
    const weights = Array.from({ length: size }, (_, i) => (i % 2 === 0 ? 1 : -1) / (i + 1));
    return sum(multiply(y, shaped(weights, y.shape) as number)) as Expr;
  }) as unknown as Objective;
}

function shaped(values: readonly number[], shape: readonly number[]): unknown {
  if (shape.length === 0) return values[0]!;
  const [count, ...rest] = shape as [number, ...number[]];
  const width = values.length / Math.max(1, count);
  return Array.from({ length: count }, (_, i) => shaped(values.slice(i * width, (i + 1) * width), rest));
}

export const shapeOf = (x: unknown): number[] => (Array.isArray(x) ? [x.length, ...shapeOf(x[0])] : []);

type Plain = (inputs: unknown) => Record<string, Float64Array>;

/** The gradient by reverse mode, which kernels compute to the last bit alike. */
export function gradientOf(f: Objective, x: unknown): number[] {
  const gradient = grad(f) as unknown as Traced;
  const values = (gradient as unknown as Plain)({ x }).x!;
  assertSame((compile(gradient) as unknown as Plain)({ x }).x!, values, "the kernel's gradient");
  return Array.from(flat(values));
}

export const hessianOf = (f: Objective, x: unknown): number[] =>
  flatten((hessian(f) as unknown as Plain)({ x }));

/** First and second derivatives are those of differences, along directions in which every element moves. */
export function checkSlopes(f: Objective, x: unknown, tolerance = 1e-7): void {
  const values = flatOf(x);
  const direction = (k: number) => ({ x: values.map((_, i) => Math.cos(k * i + 1)) });
  const orders = checkDerivatives(f, { x: values }, [direction(1), direction(2)], tolerance);
  assert.is(orders, 2, "smooth");
}
