/** A user's own ops, by the record that the built-in ones use. */
import { readFunction } from "./arguments.js";
import { makeBuilder } from "./builder.js";
import { checkedOp } from "./definitions.js";
import { describe } from "./describe.js";
import type { WithOp } from "./elementwise.js";
import { AdjointError } from "./errors.js";
import { declareInputs, finish, type Graph, inline, numbered } from "./graph.js";
import { interpretNodes } from "./interpret.js";
import { apply, type Expr } from "./node.js";
import {
  type Arithmetic,
  type Derivative,
  type Domain,
  defineOp,
  isMadeOp,
  type Op,
  type OpDefinition,
  real,
} from "./op.js";
import { lift, listOf, withOperands } from "./operand.js";
import { checkOptions } from "./options.js";
import type { Shape } from "./shape.js";
import { isRecord } from "./tree.js";
import type { Operand } from "./types.js";

/**
 * What `withDerivative` takes.
 * @example const rule: CustomDerivative = { name: "sawtooth", derivative: { kind: "constant" } };
 */
export interface CustomDerivative {
  /** The function's name in prints and errors. */
  readonly name: string;
  /** The rule: partials, a transpose, a tangent, both modes, or none. Its operands are those of the function. */
  readonly derivative: Derivative<{ readonly body: Graph }>;
  /** Where property tests draw the operands, one for each; default: real numbers from −3 to 3. */
  readonly domains?: readonly Domain[];
}

/**
 * A function of expressions with a derivative of your own, where the exact one is known to be better than what the
 * graph gives, or to be wanted otherwise. The function itself stays made of ops: kernels see through it.
 * `checkGradient` of adjoint/testing proves the rule.
 *
 * @example
 * // √x whose derivative is cut off at 0
 * const gentleRoot = withDerivative((x) => sqrt(x), {
 *   name: "gentleRoot",
 *   derivative: {
 *     kind: "partials",
 *     partials: ({ result }) => [() => divide(0.5, maximum(result, 1e-3))],
 *   },
 * });
 */
export function withDerivative<const A extends readonly Expr[]>(
  f: (...operands: A) => Expr,
  options: CustomDerivative,
): ((...operands: { readonly [K in keyof A]: Operand }) => Expr) & WithOp {
  const own = checkOptions("withDerivative", options, { name: "string", derivative: "any", domains: "any" });
  const { name, derivative, domains = [real()] } = own;
  readFunction(f, "withDerivative: the first argument");
  const record: OpDefinition<{ readonly body: Graph }> = {
    name,
    shape: (_shapes, { body }) => body.nodes[body.outputs as number]!.shape,
    evaluate: <T>(
      arithmetic: Arithmetic<T>,
      operands: readonly (readonly T[])[],
      _shapes: unknown,
      { body }: { readonly body: Graph },
    ) => interpretNodes(body.nodes, arithmetic, operands)[body.outputs as number]!,
    expand: ({ operands, params: { body } }) => {
      return inline(body, operands[0]!.builder, operands) as Expr;
    },
    derivative,
    domains,
  };
  const op = defineOp(checkedOp("withDerivative", record));
  // One body for operands of the same shapes, so that equal calls are one node.
  const bodies = new Map<string, Graph>();
  const bodyFor = (shapes: readonly Shape[]): Graph => {
    const key = JSON.stringify(shapes);
    const known = bodies.get(key);
    if (known) return known;
    const builder = makeBuilder();
    const signature = numbered(shapes);
    const returned: unknown = f(...(declareInputs(builder, signature.inputs) as unknown as A));
    const body = finish(
      builder,
      signature,
      lift(builder, returned as Operand, `${name}: what the function returns`),
    );
    bodies.set(key, body);
    return body;
  };
  const call = (...operands: { readonly [K in keyof A]: Operand }) =>
    withOperands(name, operands as unknown as readonly Operand[], (exprs) =>
      apply(op, exprs, { body: bodyFor(exprs.map(({ shape }) => shape)) }),
    );
  return Object.assign(call, { op: op as Op });
}

/**
 * Applies an op's record to operands: how a user's own op, made by `defineOp`, becomes a function. Numbers and arrays
 * become constants; shapes are the op's business (elementwise ops made by `unary` and `binary` broadcast by themselves).
 *
 * @example
 * const countOp = defineOp({
 *   name: "count",
 *   shape: () => [],
 *   evaluate: (arithmetic, [x]) => [arithmetic.constant(x!.length)],
 *   derivative: { kind: "constant" },
 *   domains: [{ kind: "real", low: -1, high: 1 }],
 * });
 * const count = (x: Operand) => applyOp(countOp, [x]);
 * count([5, 6, 7]); // 3
 */
export function applyOp<P extends object>(op: Op<P>, operands: readonly Operand[], params?: P): Expr {
  if (!isMadeOp(op))
    throw new AdjointError(`applyOp: expected an op that defineOp made, got ${describe(op)}.`);
  if (params !== undefined && !isRecord(params))
    throw new AdjointError(`applyOp: the params are ${describe(params)}; pass an object, or nothing.`);
  return withOperands(op.name, listOf(operands, "applyOp"), (exprs) => apply(op, exprs, params));
}
