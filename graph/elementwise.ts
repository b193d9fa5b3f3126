/**
 * Elementwise ops: one scalar rule for each element. Their operands are broadcast by explicit `broadcast` nodes
 * first, so that inside the graph all operands of an elementwise node have the result's shape.
 */
import { AdjointError } from "./errors.js";
import { apply, type Expr } from "./node.js";
import {
  type Arithmetic,
  type Domain,
  defineOp,
  type Factor,
  type MaskedRules,
  type Op,
  type OpDefinition,
  type Operands,
  real,
  type Scalar,
} from "./op.js";
import { withOperands } from "./operand.js";
import { broadcastLike } from "./ops/broadcast.js";
import { full } from "./ops/constant.js";
import type { Params } from "./params.js";
import { functionOf, generalRecipe, type RecipeRule } from "./recipe.js";
import { broadcastShapes, formatShape, type Shape, sameShape } from "./shape.js";
import type { Binary, Operand, Unary, Variadic } from "./types.js";

/**
 * What an elementwise op is, on operands of the types A: `readonly [Expr]` of one, `readonly [Expr, Expr]` of two.
 *
 * @example
 * const cube: ElementwiseDefinition<readonly [Expr]> = {
 *   name: "cube",
 *   compute: (x) => x ** 3,
 *   partials: (x) => [() => multiply(3, square(x)) as Expr],
 * };
 */
export interface ElementwiseDefinition<A extends readonly Expr[] = readonly Expr[]>
  extends Pick<OpDefinition<Params, Operands>, "expand" | "applied" | "squared"> {
  readonly name: string;
  readonly commutative?: boolean;
  readonly isTruth?: boolean;
  /** What an element is, as data: all code is made of it, and `compute` too. */
  readonly recipe?: RecipeRule;
  /** What an element is, as a function, where there is no recipe. */
  compute?(...operands: { readonly [K in keyof A]: number }): number;
  /** `compute` as JavaScript on atoms (a name, an index or a parenthesized number); without it kernels call `compute`. */
  code?(...operands: { readonly [K in keyof A]: string }): string;
  /** `compute` as `emit` writes it down; without it, its own text, so that it must use nothing outside itself. */
  text?(): string;
  /**
   * ∂result/∂operand, as thunks of the result (`exp' = exp`), `undefined` for an operand that has none; or "constant"
   * where the derivative is 0; or rules of both modes.
   */
  readonly partials: ((...operands: A) => PartialsOf<A>) | "constant" | MaskedRules;
  rewrite?(operands: A): Expr | undefined;
  /** Default: real numbers from −3 to 3. */
  readonly domains?: readonly Domain[];
}

type PartialsOf<A extends readonly Expr[]> = {
  readonly [K in keyof A]: ((result: Expr) => Factor) | undefined;
};

export function elementwise<A extends readonly Expr[]>(
  definition: ElementwiseDefinition<A>,
  arity: A["length"],
): Op {
  const {
    name,
    commutative = false,
    isTruth = false,
    partials,
    rewrite,
    expand,
    applied,
    squared,
  } = definition;
  const op: Op = defineOp({
    name,
    commutative,
    isTruth,
    shape(operands) {
      const shape = operands[0]!;
      for (const other of operands) if (!sameShape(shape, other)) throw misfit(name, operands);
      return shape;
    },
    evaluate<T>(arithmetic: Arithmetic<T>, operands: readonly (readonly T[])[]): readonly T[] {
      const size = operands[0]!.length;
      const result = new Array<T>(size);
      for (let i = 0; i < size; i++) {
        result[i] = arithmetic.apply(
          op,
          operands.map((values) => values[i]!),
        );
      }
      return result;
    },
    scalar: scalarOf(definition),
    ...(rewrite && { rewrite: ({ operands }) => rewrite(operands as A) }),
    ...({ expand, applied, squared } as Pick<OpDefinition, "expand" | "applied" | "squared">),
    derivative:
      typeof partials === "function"
        ? {
            kind: "partials",
            partials: ({ operands, result }) =>
              partials(...(operands as A)).map((partial) => partial && (() => partial(result))),
          }
        : partials === "constant"
          ? { kind: "constant" }
          : partials,
    domains: definition.domains ?? new Array<Domain>(arity).fill(real()),
  });
  return op;
}

function scalarOf<A extends readonly Expr[]>({
  recipe,
  compute,
  code,
  text,
}: ElementwiseDefinition<A>): Scalar {
  return {
    compute: (compute as Scalar["compute"] | undefined) ?? functionOf(generalRecipe(recipe)!),
    ...{ recipe, code: code as Scalar["code"], text },
  };
}

function misfit(name: string, shapes: readonly Shape[]): AdjointError {
  const list = shapes.map(formatShape).join(" and ");
  return new AdjointError(
    `${name}: shapes ${list} don't broadcast; lengths must agree from the last axis on, or be 1.`,
  );
}

/** Applies an elementwise op after broadcasting its operands. */
export function applyElementwise(op: Op, operands: readonly Expr[]): Expr {
  let shape = operands[0]!.shape;
  for (let i = 1; i < operands.length; i++) {
    const common = broadcastShapes(shape, operands[i]!.shape);
    if (!common)
      throw misfit(
        op.name,
        operands.map((operand) => operand.shape),
      );
    shape = common;
  }
  const broadcast = operands.map((operand) => broadcastLike(operand, shape));
  return op.applied?.(broadcast) ?? apply(op, broadcast);
}

function call(op: Op, operands: readonly Operand[]): Expr | unknown {
  const { length } = op.domains;
  if (operands.length !== length)
    throw new AdjointError(
      `${op.name} takes ${length === 1 ? "an operand" : `${length} operands`}, not ${operands.length}.`,
    );
  if (operands.every((operand) => typeof operand === "number")) return op.scalar!.compute(...operands);
  return withOperands(op.name, operands, (exprs) => applyElementwise(op, exprs));
}

/** What every public op carries: its record. */
export interface WithOp {
  readonly op: Op;
}

function publicForm(op: Op): ((...operands: Operand[]) => unknown) & WithOp {
  // What follows the operands is left out, so that `numbers.map(sqrt)` can pass what it likes.
  return Object.assign((...operands: Operand[]) => call(op, operands.slice(0, op.domains.length)), { op });
}

export function unary(definition: ElementwiseDefinition<readonly [Expr]>): Unary & WithOp {
  return publicForm(elementwise(definition, 1)) as Unary & WithOp;
}

export function binary(definition: ElementwiseDefinition<readonly [Expr, Expr]>): Binary & WithOp {
  return publicForm(elementwise(definition, 2)) as Binary & WithOp;
}

/** A binary op that takes one operand or more than two, too, from the left: add(a, b, c) is add(add(a, b), c). */
export function variadic(definition: ElementwiseDefinition<readonly [Expr, Expr]>): Variadic & WithOp {
  const op = elementwise(definition, 2);
  const fold = (...operands: Operand[]) =>
    operands.length < 2
      ? withOperands(op.name, operands, ([x]) => x!)
      : operands.reduce((left, right) => call(op, [left, right]) as Operand);
  return Object.assign(fold as Variadic, { op });
}

/** A function of one operand that is made of other ops. */
export function composed(name: string, f: (x: Expr) => Expr): Unary {
  return ((x: Operand) => withOperands(name, [x], ([expr]) => f(expr))) as Unary;
}

/** `value` in the shape of `like`. */
export function fullLike(like: Expr, value: number): Expr {
  return full(like.builder, value, like.shape);
}
