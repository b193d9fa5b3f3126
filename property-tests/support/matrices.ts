/**
 * What laws on matrices share: matrices, objectives of results, their gradients in both ways to run, their slopes.
 */
import * as assert from "uvu/assert";
import {
  compile,
  type Expr,
  grad,
  hessian,
  matmul,
  multiply,
  sum,
  type Traced,
  tensor,
  trace,
  transpose,
} from "../../graph/index.js";
import { randomSource } from "../../src/index.js";
import { checkDerivatives, flat, flatten, type Objective } from "./differences.js";
import { assertSame } from "./tolerance.js";

export type Matrix = readonly (readonly number[])[];

/** Neither symmetric nor singular. */
export const A: Matrix = [
  [2, -1, 0.5],
  [1, 3, -2],
  [0, 1.5, 4],
];
/** Of full rank, and taller than wide. */
export const T: Matrix = [
  [1, 2],
  [3, -1],
  [0.5, 4],
];
/** A·Aᵀ + 1 on the diagonal. */
export const P: Matrix = [
  [6.25, -2, 0.5],
  [-2, 15, -3.5],
  [0.5, -3.5, 19.25],
];

export const flatOf = (x: unknown): number[] => [x].flat(Number.POSITIVE_INFINITY) as number[];

/** Σ weights·f(x), with the weights 1, ½, ⅓ …: each element matters by its own share. */
export function objective(f: (x: Expr) => Expr, shape: readonly number[]): Objective {
  return trace({ x: tensor(shape) }, ({ x }) => {
    const y = f(x);
    const size = y.shape.reduce((product, length) => product * length, 1);
    const weights = Array.from({ length: size }, (_, i) => (i % 2 === 0 ? 1 : -1) / (i + 1));
    return sum(multiply(y, shaped(weights, y.shape) as number)) as Expr;
  }) as Objective;
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
  const gradient = grad(f) as Traced;
  const values = (gradient as Plain)({ x }).x!;
  assertSame((compile(gradient) as Plain)({ x }).x!, values, "the kernel's gradient");
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

const random = randomSource(7);

/** Normally distributed, of the seed 7. */
export const normals = (m: number, n: number, scale = 1): number[][] =>
  Array.from({ length: m }, () => Array.from(random.normals(n), (x) => x * scale));
export const times = (...factors: unknown[]): unknown =>
  factors.reduce((a, b) => matmul(a as Matrix, b as number[][]));
export const turned = (a: unknown): unknown => transpose(a as Matrix);
export const largest = (a: unknown): number => flatOf(a).reduce((size, x) => Math.max(size, Math.abs(x)), 0);

/** Two matrices differ by so many roundings of `size` at most. */
export function assertEqual(actual: unknown, expected: unknown, size: number, what: string): void {
  const [a, b] = [flatOf(actual), flatOf(expected)];
  assert.is(a.length, b.length, what);
  const apart = Math.max(0, ...a.map((x, i) => Math.abs(x - b[i]!)));
  assert.ok(apart <= 200 * Number.EPSILON * size, `${what}: ${apart} apart at a size of ${size}`);
}
