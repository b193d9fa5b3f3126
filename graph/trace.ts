import { readCount, readShape } from "./arguments.js";
import { makeBuilder } from "./builder.js";
import { interpretedCalls, makeHelpers } from "./calls.js";
import { describe, isFunction, reading, shortened } from "./describe.js";
import { AdjointError, callerLine, longStack } from "./errors.js";
import { declareInputs, finish, type Graph, inline, isGiven } from "./graph.js";
import { checkKeys } from "./names.js";
import { type Builder, Expr } from "./node.js";
import { lift, liftTo } from "./operand.js";
import { checkOptions } from "./options.js";
import type { Shape } from "./shape.js";
import { isRecord, mapTree, type Path, pathText, type Tree } from "./tree.js";
import type { Operand } from "./types.js";
import { rowsOf, type Value } from "./values.js";

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
  return { shape: Object.freeze([readCount(length, "vector: the length")]) as never };
}

/** A matrix of `rows` × `columns` numbers, row-major. */
export function matrix<const M extends number, const N extends number>(rows: M, columns: N): Spec<[M, N]> {
  const lengths = [
    readCount(rows, "matrix: the count of rows"),
    readCount(columns, "matrix: the count of columns"),
  ];
  return { shape: Object.freeze(lengths) as never };
}

/** Numbers in any number of axes, row-major. @throws where a length isn't a whole number ≥ 0 */
export function tensor<const S extends Shape>(shape: S): Spec<{ -readonly [K in keyof S]: S[K] }> {
  return { shape: Object.freeze(readShape(shape, "tensor")) as never };
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
 * In `f`, JavaScript sees expressions, not their numbers, which come only when the graph runs. So a choice by a value is
 * `where(greater(x, 0), a, b)`, not `if (greater(x, 0))` or `? :`, to which every expression is true; `&&`, `||` and `!` are
 * `logicalAnd`, `logicalOr` and `logicalNot`; `===` compares handles, `equal(a, b)` values. Both branches of `where` are
 * computed. Loops run as often as JavaScript says (`for (const row of X)`, a `scan` for many steps): no length can depend
 * on a value; mask what is too much instead. Operators (`x + 1`, `x > 0`) and Math's functions throw and name the op.
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
  if (!isFunction(f) || !isRecord(inputs)) {
    throw new AdjointError(
      `trace: expected inputs and a function, got ${describe(inputs)} and ${describe(f)}; write trace({ x: vector(2) }, ({ x }) => …).`,
    );
  }
  const { debug } = checkOptions("trace", options, { debug: "boolean" });
  const builder = makeBuilder();
  const list = reading("trace: the inputs", () =>
    Object.entries(inputs).map(([name, spec]) => ({ name, shape: specShape(name, spec) })),
  );
  const exprs = declareInputs(builder, list);
  if (debug) builder.origin = () => callerLine(longStack());
  const named = Object.fromEntries(list.map(({ name }, i) => [name, exprs[i]!]));
  const returned = f(named as { [K in keyof I]: Expr<I[K]["shape"]> });
  const outputs = liftReturned(builder, returned);
  builder.origin = undefined;
  return makeTraced(finish(builder, list, outputs));
}

function specShape(name: string, spec: unknown): Shape {
  const shape = isRecord(spec) ? spec.shape : undefined;
  if (rowsOf(shape)) return readShape(shape, `trace: input "${shortened(name)}"`);
  throw new AdjointError(
    `trace: input "${shortened(name)}" is ${describe(spec)}; give its kind: scalar(), vector(2), matrix(3, 2) or tensor([2, 3, 4]).`,
  );
}

function liftReturned(builder: Builder, returned: unknown): Tree<Expr> {
  const lifted = (leaf: unknown, path: Path) => {
    const what = path.length === 0 ? "the result" : `output "${pathText(path)}"`;
    if (leaf instanceof Expr || typeof leaf === "number") return lift(builder, leaf, `trace: ${what}`);
    throw new AdjointError(
      `trace: ${what} is ${describe(leaf)}; return an expression, or a record of ` +
        "named expressions. stack([a, b]) makes one vector of several scalars.",
    );
  };
  return reading("trace: the result", () => mapTree<unknown, Expr>(returned, isGiven, lifted));
}

/** The callable form of a graph. */
export function makeTraced<I extends Shapes, O>(graph: Graph): Traced<I, O> {
  const names = graph.inputs.map(({ name }) => name);
  const call = (given: Readonly<Record<string, unknown>>): unknown => {
    checkKeys(given, names, "inputs");
    const inputs = reading("inputs: what is given", () => ({ ...given }));
    const builder = Object.values(inputs).find((value) => value instanceof Expr)?.builder;
    return builder
      ? compose(graph, builder, inputs)
      : interpretedCalls(graph, makeHelpers(graph)).call(inputs);
  };
  tracedGraphs.set(call, graph);
  return Object.assign(call, { graph }) as unknown as Traced<I, O>;
}

/** What tells a traced function, whatever else may have a graph: a Proxy isn't asked for anything. */
const tracedGraphs = new WeakMap<object, Graph>();

function compose(graph: Graph, builder: Builder, inputs: Readonly<Record<string, unknown>>): Tree<Expr> {
  const given = graph.inputs.map(({ name, shape }) =>
    liftTo(builder, inputs[name] as Operand, shape, `input "${name}"`),
  );
  return inline(graph, builder, given);
}

/** Whether something is a traced function. */
export function isTraced(f: unknown): f is Traced {
  return typeof f === "function" && tracedGraphs.has(f);
}

/** The graph of a traced function; a clear error for anything else. */
export function graphOf(f: unknown, what: string): Graph {
  const graph = typeof f === "function" && tracedGraphs.get(f);
  if (graph) return graph;
  throw new AdjointError(
    `${what}: expected a traced function, got ${typeof f === "function" ? "a plain one" : describe(f)}; ` +
      `write ${what}(trace({ x: vector(2) }, ({ x }) => …)).`,
  );
}
