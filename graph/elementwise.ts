/**
 * Elementwise ops: one scalar rule for each element. Their operands are broadcast by explicit `broadcast` nodes
 * first, so that inside the graph all operands of an elementwise node have the result's shape.
 */
import { AdjointError } from "./errors.js";
import { apply, type Expr } from "./node.js";
import { type Arithmetic, type Domain, defineOp, type Op, type Partial, real, type Scalar } from "./op.js";
import { withOperands } from "./operand.js";
import { broadcastLike } from "./ops/broadcast.js";
import { full } from "./ops/constant.js";
import { broadcastShapes, formatShape, type Shape, sameShape } from "./shape.js";
import type { Binary, Operand, Unary, Variadic } from "./types.js";

type Rewrite = (operands: readonly Expr[]) => Expr | undefined;

export interface ElementwiseDefinition extends Scalar {
  readonly name: string;
  readonly commutative?: boolean;
  readonly isTruth?: boolean;
  /** ∂result/∂operand, as thunks; or "constant" where the derivative is 0. */
  readonly partials: ((...operands: readonly Expr[]) => PartialsOf) | "constant";
  readonly rewrite?: Rewrite;
  /** Default: real numbers from −3 to 3. */
  readonly domains?: readonly Domain[];
}

/** One factor an operand, as functions of the result (`exp' = exp`); `undefined` for an operand that has none. */
type PartialsOf = readonly (((result: Expr) => Partial) | undefined)[];

export function elementwise(definition: ElementwiseDefinition, arity: number): Op {
  const { name, commutative = false, isTruth = false, partials, rewrite } = definition;
  const { compute, code, text, wasm } = definition;
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
    scalar: { compute, ...(code && { code }), ...(text && { text }), ...(wasm && { wasm }) },
    ...(rewrite && { rewrite: ({ operands }) => rewrite(operands) }),
    derivative:
      partials === "constant"
        ? { kind: "constant" }
        : {
            kind: "partials",
            partials: ({ operands, result }) =>
              partials(...operands).map((partial) => partial && (() => partial(result))),
          },
    domains: definition.domains ?? new Array<Domain>(arity).fill(real()),
  });
  return op;
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
  return apply(
    op,
    operands.map((operand) => broadcastLike(operand, shape)),
  );
}

function call(op: Op, operands: readonly Operand[]): Expr | unknown {
  if (operands.length !== op.domains.length) {
    throw new AdjointError(`${op.name} takes ${op.domains.length} operands, not ${operands.length}.`);
  }
  if (operands.every((operand) => typeof operand === "number")) return op.scalar!.compute(...operands);
  return withOperands(op.name, operands, (exprs) => applyElementwise(op, exprs));
}

/** What every public op carries: its record. */
export interface WithOp {
  readonly op: Op;
}

export function unary(definition: ElementwiseDefinition): Unary & WithOp {
  const op = elementwise(definition, 1);
  return Object.assign(((x: Operand) => call(op, [x])) as Unary, { op });
}

export function binary(definition: ElementwiseDefinition): Binary & WithOp {
  const op = elementwise(definition, 2);
  return Object.assign(((a: Operand, b: Operand) => call(op, [a, b])) as Binary, { op });
}

/** A binary op that takes more than two operands too, from the left: add(a, b, c) is add(add(a, b), c). */
export function variadic(definition: ElementwiseDefinition): Variadic & WithOp {
  const op = elementwise(definition, 2);
  const fold = (...operands: Operand[]) => {
    if (operands.length < 2)
      throw new AdjointError(`${op.name} takes two operands or more, not ${operands.length}.`);
    return operands.slice(1).reduce((left, right) => call(op, [left, right]) as Operand, operands[0]!);
  };
  return Object.assign(fold as Variadic, { op });
}

/** A function of JavaScript's Math by its name there. */
export function mathFunction(name: Exclude<keyof typeof Math, symbol>): Scalar {
  const compute = Math[name] as (...operands: number[]) => number;
  return { compute, code: (...operands) => `Math.${name}(${operands.join(", ")})` };
}

/** `value` in the shape of `like`. */
export function fullLike(like: Expr, value: number): Expr {
  return full(like.builder, value, like.shape);
}
