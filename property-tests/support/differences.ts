/** Derivatives by differences, and the comparison of gradients with them. */

import { rebuild } from "../../graph/graph.js";
import { add, type Expr, grad, multiply, print, sum, type Traced, trace } from "../../graph/index.js";
import { constant, full } from "../../graph/ops/constant.js";
import { noSlope } from "../../graph/ops/kinks.js";
import { makeTraced } from "../../graph/trace.js";
import { slopeAt } from "../../src/testing/differences.js";
import type { Objective, Point } from "../../src/testing/programs.js";
import { type Applied, applyTo, resultShape } from "./arbitraries.js";
import { assertClose } from "./tolerance.js";

export { sidesAt } from "../../src/testing/differences.js";
export type { Objective, Point } from "../../src/testing/programs.js";

/** Σ weights·op(a, b, …): every element of the result matters, each by its own share. */
export function objectiveOf(applied: Applied): Objective {
  const { op, shapes, params } = applied;
  const inputs = Object.fromEntries(shapes.map((shape, i) => [operandName(i), { shape }]));
  return trace({ weights: { shape: resultShape(applied) }, ...inputs }, ({ weights, ...named }): Expr => {
    const operands = shapes.map((_, i) => (named as Record<string, Expr>)[operandName(i)]!);
    return sum(multiply(applyTo(weights!.builder, op, operands, params), weights!) as Expr);
  }) as Objective;
}

/** The names of an application's operands: `a`, `b` … */
export const operandName = (i: number): string => String.fromCharCode(97 + i);

/** The values as a traced function takes them: a number for a scalar. */
export function give(f: Traced, point: Point): Record<string, number | readonly number[]> {
  return Object.fromEntries(
    f.graph.inputs.map(({ name, shape }) => [name, shape.length === 0 ? point[name]![0]! : point[name]!]),
  );
}

/** The result of a function with one output, flat. */
export function run(f: Traced, point: Point): ArrayLike<number> {
  return flat(f(give(f, point) as Record<string, number>) as number | Float64Array);
}

export function flat(value: number | Float64Array): ArrayLike<number> {
  return typeof value === "number" ? [value] : value;
}

/** All numbers of a tree of results, in the order of its names. */
export function flatten(results: unknown): number[] {
  if (typeof results === "number") return [results];
  if (results instanceof Float64Array) return [...results];
  return Object.values(results as Record<string, unknown>).flatMap(flatten);
}

/** point + t·direction */
function moved(point: Point, direction: Point, t: number): Point {
  return Object.fromEntries(
    Object.entries(point).map(([name, values]) => {
      const by = direction[name];
      return [name, by ? values.map((value, i) => value + t * by[i]!) : values];
    }),
  );
}

/** The slope of `f` along a direction, as a function of the same inputs: Σ ⟨∂f/∂input, direction⟩. */
export function along(f: Objective, direction: Point): Objective {
  const names = Object.keys(direction);
  const gradients = grad(f, ...names);
  const inputs = f.graph.inputs.map(({ name, shape }) => [name, { shape }] as const);
  return trace(Object.fromEntries(inputs), (exprs): Expr => {
    const byName = gradients(exprs) as Readonly<Record<string, Expr>>;
    return names
      .map((name): Expr => {
        const gradient = byName[name]!;
        const by = constant(gradient.builder, direction[name]!, gradient.shape);
        return sum(multiply(gradient, by) as Expr);
      })
      .reduce((total, term) => add(total, term) as Expr);
  }) as Objective;
}

/** The same function with 0 where a derivative is NaN because of a kink alone. */
function withoutDecree(f: Objective): Objective {
  const graph = rebuild(f.graph, (node, builder) =>
    node.op === noSlope.op ? full(builder, 0, node.shape).id : builder.adopt(node),
  );
  return makeTraced(graph) as Objective;
}

/**
 * Compares the derivative of `f` with differences: along the first direction, then the derivative of that derivative
 * along the second, and so on. One direction a step sees every element that it has a share in, so it needs no loop
 * over elements. Gives the number of orders that were compared: it ends before a kink.
 */
export function checkDerivatives(
  f: Objective,
  point: Point,
  directions: readonly Point[],
  tolerance = 1e-7,
): number {
  const [direction, ...further] = directions;
  if (!direction) return 0;
  const expected = slopeAt((t) => run(f, moved(point, direction, t))[0]!);
  if (!expected) return 0;
  const derivative = along(f, direction);
  // At a kink that differences don't see, all sides agree, and the NaN that is decreed stands for 0.
  const actual = run(withoutDecree(derivative), point)[0]!;
  const bound = tolerance + 4 * expected.error * (1 + Math.abs(expected.value));
  assertClose(
    actual,
    expected.value,
    bound,
    () => `derivative along ${JSON.stringify(direction)} of\n${print(f)}\n`,
  );
  return 1 + checkDerivatives(derivative, point, further, tolerance);
}
