import { makeBuilder } from "./builder.js";
import { interpretedCalls, makeHelpers } from "./calls.js";
import { AdjointError, callerLine, longStack } from "./errors.js";
import { declareInputs, finish, type Graph, inline, isGiven } from "./graph.js";
import { checkKeys } from "./names.js";
import { type Builder, Expr } from "./node.js";
import { lift } from "./operand.js";
import { checkOptions } from "./options.js";
import { formatShape, isLength, type Shape, sameShape } from "./shape.js";
import { mapTree, pathText, type Tree } from "./tree.js";
import type { Operand } from "./types.js";
import { describe, type Value } from "./values.js";

/** What an input is: its shape. */
export interface Spec<S extends Shape = Shape> {
  readonly shape: S;
}

/** A single number. */
export function scalar(): Spec<[]> {
  return { shape: [] };
}

/** `length` numbers in a row. */
export function vector<const N extends number>(length: N): Spec<[N]> {
  return tensor([length]) as unknown as Spec<[N]>;
}

/** A matrix of `rows` × `columns` numbers, row-major. */
export function matrix<const M extends number, const N extends number>(rows: M, columns: N): Spec<[M, N]> {
  return tensor([rows, columns]) as unknown as Spec<[M, N]>;
}

/** Numbers in any number of axes, row-major. @throws where a length isn't a whole number ≥ 0 */
export function tensor<const S extends Shape>(shape: S): Spec<{ -readonly [K in keyof S]: S[K] }> {
  if (!Array.isArray(shape) || !shape.every(isLength)) {
    throw new AdjointError(`tensor: a shape is a list of whole lengths ≥ 0, not [${String(shape)}].`);
  }
  return { shape: Object.freeze([...shape]) as unknown as { -readonly [K in keyof S]: S[K] } };
}

/** The shapes of named inputs. */
export type Shapes = Readonly<Record<string, Shape>>;

/** What a traced function returns: an expression, or named trees of them. */
export type Outputs = Expr | { readonly [name: string]: Outputs };

/** What a user's function may return: numbers become constants. */
export type Returned = Expr | number | { readonly [name: string]: Returned };

type Lifted<O> = O extends Expr ? O : O extends number ? Expr<[]> : { [K in keyof O]: Lifted<O[K]> };

/** The numbers of outputs: a scalar is a number, a tensor a flat row-major array. */
export type Results<O, A = Float64Array> =
  O extends Expr<infer S>
    ? number extends S["length"]
      ? number | A
      : S extends readonly []
        ? number
        : A
    : { [K in keyof O]: Results<O[K], A> };

/** What may be given for an input of shape S. */
export type ValueOf<S extends Shape> = S extends readonly [] ? number : Value;

/**
 * A function that has become a graph. On numbers it computes (by the interpreter: `compile` it to do so fast), on
 * expressions of another trace it composes.
 */
export interface Traced<I extends Shapes = Shapes, O = Outputs> {
  (inputs: { readonly [K in keyof I]: ValueOf<I[K]> }): Results<O>;
  (inputs: { readonly [K in keyof I]: Operand }): O;
  readonly graph: Graph;
}

export interface TraceOptions {
  /**
   * Each node remembers the line that made it, and so do the nodes of its derivatives. Calls then throw where a result
   * isn't finite, naming the op, the line and the numbers; kernels are interpreted for it, slowly. Default: false.
   */
  readonly debug?: boolean;
}

/**
 * Runs `f` once on expressions and records what it does as a graph.
 *
 * @example
 * const cubic = trace({ x: vector(2) }, ({ x }) => {
 *   const [x1, x2] = x;
 *   return add(square(x1), square(x2), power(x2, 3), multiply(x1, x2));
 * });
 */
export function trace<const I extends Readonly<Record<string, Spec>>, const O extends Returned>(
  inputs: I,
  f: (inputs: { [K in keyof I]: Expr<I[K]["shape"]> }) => O,
  options: TraceOptions = {},
): Traced<{ [K in keyof I]: I[K]["shape"] }, Lifted<O>> {
  checkOptions("trace", options, ["debug"]);
  const builder = makeBuilder();
  const list = Object.entries(inputs).map(([name, spec]) => ({ name, shape: specShape(name, spec) }));
  const exprs = declareInputs(builder, list);
  if (options.debug) builder.origin = () => callerLine(longStack());
  const named = Object.fromEntries(list.map(({ name }, i) => [name, exprs[i]!]));
  const returned = f(named as { [K in keyof I]: Expr<I[K]["shape"]> });
  const outputs = liftReturned(builder, returned);
  builder.origin = undefined;
  return makeTraced(finish(builder, list, outputs));
}

function specShape(name: string, spec: Spec): Shape {
  if (spec && Array.isArray(spec.shape)) return tensor(spec.shape).shape;
  throw new AdjointError(
    `trace: input "${name}" is ${describe(spec)}; give its kind: scalar(), vector(2), matrix(3, 2) or tensor([2, 3, 4]).`,
  );
}

function liftReturned(builder: Builder, returned: unknown): Tree<Expr> {
  return mapTree<unknown, Expr>(returned, isGiven, (leaf, path) => {
    const what = path.length === 0 ? "the result" : `output "${pathText(path)}"`;
    if (leaf instanceof Expr || typeof leaf === "number") return lift(builder, leaf, `trace: ${what}`);
    throw new AdjointError(
      `trace: ${what} is ${Array.isArray(leaf) ? "an array" : describe(leaf)}; return an expression, or a record of ` +
        "named expressions. stack([a, b]) makes one vector of several scalars.",
    );
  });
}

/** The callable form of a graph. */
export function makeTraced<I extends Shapes, O>(graph: Graph): Traced<I, O> {
  const names = graph.inputs.map(({ name }) => name);
  const call = (inputs: Readonly<Record<string, unknown>>): unknown => {
    checkKeys(inputs, names, "inputs");
    const builder = Object.values(inputs).find((value) => value instanceof Expr)?.builder;
    return builder
      ? compose(graph, builder, inputs)
      : interpretedCalls(graph, makeHelpers(graph)).call(inputs);
  };
  return Object.assign(call, { graph }) as unknown as Traced<I, O>;
}

function compose(graph: Graph, builder: Builder, inputs: Readonly<Record<string, unknown>>): Tree<Expr> {
  const given = graph.inputs.map(({ name, shape }) => {
    const expr = lift(builder, inputs[name] as Operand, `input "${name}"`);
    if (sameShape(expr.shape, shape)) return expr;
    throw new AdjointError(
      `input "${name}": expected shape ${formatShape(shape)}, got an expression of shape ${formatShape(expr.shape)}.`,
    );
  });
  return inline(graph, builder, given);
}

/** The graph of a traced function; a clear error for anything else. */
export function graphOf(f: unknown, what: string): Graph {
  if (typeof f === "function" && "graph" in f) return f.graph as Graph;
  throw new AdjointError(
    `${what}: expected a traced function, got ${typeof f === "function" ? "a plain one" : describe(f)}; ` +
      `write ${what}(trace({ x: vector(2) }, ({ x }) => …)).`,
  );
}
