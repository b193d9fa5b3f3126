/** What all reductions share: axes, the fold along them, and the public form `reduce(x, axes, { keepDims })`. */
import { readList } from "../arguments.js";
import { describe } from "../describe.js";
import type { WithOp } from "../elementwise.js";
import { AdjointError } from "../errors.js";
import { apply, type Expr } from "../node.js";
import { type Arithmetic, type Derivative, defineOp, type Instance, type One, type Op, real } from "../op.js";
import { withOperands } from "../operand.js";
import { checkOptions } from "../options.js";
import type { Recipe } from "../recipe.js";
import { forEachOffset, formatShape, type Shape, stridesOf } from "../shape.js";
import type { Axes, Reduced } from "../shape-types.js";
import { isRecord, rowsOf } from "../tree.js";
import type { Operand, ResultOf, ShapeOf } from "../types.js";
import { reshapeExpr } from "./moving.js";

/** An axis counted from the front, or from the back if negative. */
export function normalizeAxis(axis: unknown, rank: number, what: string): number {
  if (typeof axis !== "number") {
    const hint = isRecord(axis) ? ": it is an argument, no option" : "";
    throw new AdjointError(`${what}: the axis is ${describe(axis)}; pass it as a number by itself${hint}.`);
  }
  const normal = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(axis) && normal >= 0 && normal < rank) return normal;
  throw new AdjointError(
    `${what}: there is no axis ${axis} in ${rank} axes, counted from 0, or from −1 at the back.`,
  );
}

/** The axes that a number or a list names, counted from the front; all of them by default. */
export function readAxes(axes: unknown, rank: number, what: string): number[] {
  if (axes === undefined) return [...Array(rank).keys()];
  if (!rowsOf(axes)) return [normalizeAxis(axes, rank, what)];
  const list = readList(axes, `${what}: the axes`, (axis) => normalizeAxis(axis, rank, what));
  if (new Set(list).size === list.length) return list;
  throw new AdjointError(`${what}: ${describe(axes)} names an axis twice.`);
}

export interface ReduceParams {
  /** The axes that vanish, ascending. */
  readonly axes: readonly number[];
}

export function removeAxes(shape: Shape, axes: readonly number[]): Shape {
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** Folds the elements along `axes` from the first on; `empty` is the value where there is none. */
function reduceAxes<T>(
  values: readonly T[],
  shape: Shape,
  axes: readonly number[],
  combine: (a: T, b: T) => T,
  empty: () => T,
): T[] {
  const strides = stridesOf(shape);
  const reduced = axes.map((axis) => shape[axis]!);
  const reducedStrides = axes.map((axis) => strides[axis]!);
  const result: T[] = [];
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  forEachOffset(
    kept.map((axis) => shape[axis]!),
    kept.map((axis) => strides[axis]!),
    0,
    (start) => {
      let total: T | undefined;
      forEachOffset(reduced, reducedStrides, start, (offset) => {
        const value = values[offset]!;
        total = total === undefined ? value : combine(total, value);
      });
      result.push(total === undefined ? empty() : total);
    },
  );
  return result;
}

/** Ways to reduce that every reduction is tested with; each leaves an element to reduce. */
export const reductionInstances: readonly Instance<ReduceParams>[] = [
  { shapes: [[4]], params: { axes: [0] } },
  { shapes: [[2, 3]], params: { axes: [0, 1] } },
  { shapes: [[2, 3]], params: { axes: [0] } },
  { shapes: [[2, 3, 2]], params: { axes: [0, 2] } },
  { shapes: [[3, 1]], params: { axes: [1] } },
  { shapes: [[0, 2]], params: { axes: [1] } },
];

interface ReductionDefinition {
  readonly name: string;
  /** What nothing reduces to. */
  readonly initial: number;
  /** Refuses what can't be reduced, such as nothing. */
  check?(operand: Shape, axes: readonly number[]): void;
  readonly recipe: Recipe;
  combine<T>(arithmetic: Arithmetic<T>, total: T, value: T): T;
  readonly derivative: Derivative<ReduceParams, One>;
}

/** An op that folds the elements along axes. */
export function defineReduction(definition: ReductionDefinition): Op<ReduceParams> {
  const { name, initial, recipe, combine, derivative } = definition;
  const op: Op<ReduceParams> = defineOp<ReduceParams, One>({
    name,
    shape([operand], { axes }) {
      definition.check?.(operand, axes);
      return removeAxes(operand, axes);
    },
    evaluate: (arithmetic, [values], { operands }, { axes }) =>
      reduceAxes(
        values,
        operands[0]!,
        axes,
        (total, value) => combine(arithmetic, total, value),
        () => arithmetic.constant(initial),
      ),
    fold: { initial, recipe, axes: ({ axes }) => axes },
    rewrite: ({ operands: [x], params: { axes } }) => dropUnitAxes(op, x, axes),
    derivative,
    domains: [real()],
  });
  return op;
}

/** @throws where there is no element along the axes */
export function checkElements(name: string, shape: Shape, axes: readonly number[]): void {
  if (axes.some((axis) => shape[axis] === 0))
    throw new AdjointError(
      `${name}: ${formatShape(shape)} has no element along the axes [${axes.join(", ")}].`,
    );
}

/** A reduction by its op along `axes` (ascending). */
export function reduceBy(op: Op<ReduceParams>, x: Expr, axes: readonly number[]): Expr {
  return axes.length === 0 ? x : apply(op, [x], { axes });
}

/** A reduction along axes of length 1 is a reshape. */
function dropUnitAxes(op: Op<ReduceParams>, x: Expr, axes: readonly number[]): Expr | undefined {
  if (axes.length === 0) return x;
  const unit = axes.filter((axis) => x.shape[axis] === 1);
  if (unit.length === 0) return undefined;
  const rest = axes.filter((axis) => !unit.includes(axis));
  return reduceBy(
    op,
    reshapeExpr(x, removeAxes(x.shape, unit)),
    rest.map((axis) => axis - unit.filter((u) => u < axis).length),
  );
}

export interface ReductionOptions<K extends boolean = boolean> {
  /** Keep the reduced axes with length 1; default false. */
  readonly keepDims?: K;
}

/** `reduce(x)` over all axes, or over those given. */
export type Reduction<O = unknown> = <
  const A extends Operand,
  const X extends Axes | undefined = undefined,
  K extends boolean = false,
>(
  x: A,
  axes?: X,
  options?: ReductionOptions<K> & O,
) => ResultOf<[A], Reduced<ShapeOf<A>, X, K>>;

/** The public form of a reduction by its op. */
export function reductionOf(op: Op<ReduceParams>): Reduction & WithOp {
  return Object.assign(
    reduction(op.name, (x, axes) => reduceBy(op, x, axes)),
    { op: op as Op },
  );
}

export function reduction(name: string, reduce: (x: Expr, axes: readonly number[]) => Expr): Reduction {
  return ((x: Operand, axes?: number | readonly number[], options: ReductionOptions = {}) => {
    const { keepDims } = checkOptions(name, options, { keepDims: "boolean" });
    return withOperands(name, [x], ([operand]) => {
      const { shape } = operand;
      const chosen = readAxes(axes, shape.length, name).sort((a, b) => a - b);
      const result = reduce(operand, chosen);
      if (!keepDims) return result;
      return reshapeExpr(
        result,
        shape.map((length, axis) => (chosen.includes(axis) ? 1 : length)),
      );
    });
  }) as Reduction;
}
