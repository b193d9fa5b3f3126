import { readCount, readShape } from "./arguments.js";
import { makeBuilder } from "./builder.js";
import { interpreted, numbersOf, readInputs } from "./calls.js";
import { capturedIn, capturesOf, outside, within } from "./captured.js";
import { describe, elsewhere, isFunction, reading, shortened } from "./describe.js";
import { AdjointError, callerLine, longStack } from "./errors.js";
import { placeOf, readTree } from "./given.js";
import { declareInputs, finish, type Graph, inline, isSpec, signatureOf } from "./graph.js";
import { type Builder, Expr } from "./node.js";
import { lift, liftTo, ownerOf } from "./operand.js";
import { constant } from "./ops/constant.js";
import { checkOptions } from "./options.js";
import type { Shape } from "./shape.js";
import { isRecord, type Listed, type Path, type Tree, unflattenTree } from "./tree.js";
import type { Operand } from "./types.js";
import type { ShapedValues, Value } from "./values.js";

/**
 * What an input is: its shape.
 * @example const spec: Spec<[2]> = vector(2);
 */
export interface Spec<S extends Shape = Shape> {
  readonly shape: S;
}

/**
 * A single number.
 *
 * @example
 * const f = trace({ x: scalar() }, ({ x }) => square(x));
 * f({ x: 3 }); // 9
 */
export function scalar(): Spec<[]> {
  return { shape: [] };
}

/**
 * `length` numbers in a row.
 *
 * @example
 * const f = trace({ x: vector(2) }, ({ x }) => sum(x));
 * f({ x: [1, 2] }); // 3
 */
export function vector<const N extends number>(length: N): Spec<[N]> {
  return { shape: Object.freeze([readCount(length, "vector: the length")]) as never };
}

/**
 * A matrix of `rows` × `columns` numbers, row-major.
 *
 * @example
 * const f = trace({ A: matrix(2, 3), x: vector(3) }, ({ A, x }) => matmul(A, x));
 * f({ A: [[1, 0, 0], [0, 1, 1]], x: [1, 2, 3] }); // Float64Array [1, 5]
 */
export function matrix<const M extends number, const N extends number>(rows: M, columns: N): Spec<[M, N]> {
  const lengths = [
    readCount(rows, "matrix: the count of rows"),
    readCount(columns, "matrix: the count of columns"),
  ];
  return { shape: Object.freeze(lengths) as never };
}

/**
 * Numbers in any number of axes, row-major.
 *
 * @example
 * const f = trace({ x: tensor([2, 1, 2]) }, ({ x }) => sum(x, 2));
 * f({ x: [[[1, 2]], [[3, 4]]] }); // Float64Array [3, 7]
 *
 * @throws where a length isn't a whole number ≥ 0
 */
export function tensor<const S extends Shape>(shape: S): Spec<{ -readonly [K in keyof S]: S[K] }> {
  return { shape: Object.freeze(readShape(shape, "tensor")) as never };
}

/**
 * The kinds of named inputs: of each its spec, or a record or a list of others.
 * @example const specs: Specs = { x: vector(2), layers: [{ W: matrix(2, 2), b: vector(2) }] };
 */
export type Specs = { readonly [name: string]: Tree<Spec> };

/**
 * The shapes of named inputs, and of trees of them.
 * @example const shapes: Shapes = { x: [2], layers: [{ W: [2, 2], b: [2] }] };
 */
export type Shapes = { readonly [name: string]: Tree<Shape> };

// What is made of a tree: at its leaves, and else of its parts. A list of any length is told from one of known items
// since it is made when it is looked into, as records are; a tree of no known depth has no end otherwise.

/** The shapes of kinds of inputs. */
export type ShapesOf<I> =
  I extends Spec<infer S>
    ? S
    : I extends readonly []
      ? readonly { readonly [name: string]: never }[]
      : I extends Listed
        ? { [K in keyof I]: ShapesOf<I[K]> }
        : I extends readonly (infer E)[]
          ? readonly ShapesOf<E>[]
          : { [K in keyof I]: ShapesOf<I[K]> };

/** The expressions of kinds of inputs. */
export type ExprsOf<I> =
  I extends Spec<infer S>
    ? Expr<S>
    : I extends Listed
      ? { [K in keyof I]: ExprsOf<I[K]> }
      : I extends readonly (infer E)[]
        ? readonly ExprsOf<E>[]
        : { [K in keyof I]: ExprsOf<I[K]> };

/**
 * What a traced function returns: an expression, or a record or a list of others.
 * @example const outputs = (loss: Expr, layers: Expr[]): Outputs => ({ loss, layers });
 */
export type Outputs = Tree<Expr>;

/** What a user's function may return: numbers become constants. */
export type Returned = Tree<Expr | number>;

type Lifted<O> = O extends Expr
  ? O
  : O extends number
    ? Expr<[]>
    : O extends Listed
      ? { [K in keyof O]: Lifted<O[K]> }
      : O extends readonly (infer E)[]
        ? readonly Lifted<E>[]
        : { [K in keyof O]: Lifted<O[K]> };

/**
 * The numbers of outputs: a scalar is a number, a tensor a flat row-major array.
 * @example const results: Results<{ f: Expr<[]>; g: Expr<[2]> }> = { f: 1, g: Float64Array.of(1, 2) };
 */
export type Results<O, A = Float64Array> =
  O extends Expr<infer S>
    ? number extends S["length"]
      ? number | A
      : S extends readonly []
        ? number
        : A
    : O extends Listed
      ? { [K in keyof O]: Results<O[K], A> }
      : O extends readonly (infer E)[]
        ? readonly Results<E, A>[]
        : { [K in keyof O]: Results<O[K], A> };

/** What may be given for an input of shape S. */
export type ValueOf<S extends Shape> = S extends readonly [] ? number : Value | ShapedValues;

/** What may be given for inputs of these shapes. */
export type ValuesOf<I> = I extends Shape
  ? ValueOf<I>
  : I extends Listed
    ? // A list in a variable is of no known length.
      { readonly [K in keyof I]: ValuesOf<I[K]> } | readonly ValuesOf<I[number]>[]
    : I extends readonly (infer E)[]
      ? readonly ValuesOf<E>[]
      : { readonly [K in keyof I]: ValuesOf<I[K]> };

/** What may be given for them inside another trace. */
export type OperandsOf<I> = I extends Shape
  ? Operand | ShapedValues
  : I extends Listed
    ? { readonly [K in keyof I]: OperandsOf<I[K]> }
    : I extends readonly (infer E)[]
      ? readonly OperandsOf<E>[]
      : { readonly [K in keyof I]: OperandsOf<I[K]> };

/**
 * A function that has become a graph. On numbers it computes (by the interpreter: `compile` it to do so fast), on
 * expressions of another trace it composes.
 * @example const f: Traced<{ x: [2] }, Expr<[]>> = trace({ x: vector(2) }, ({ x }) => sum(x));
 */
export interface Traced<I extends Shapes = Shapes, O = Outputs> {
  (inputs: ValuesOf<I>): Results<O>;
  (inputs: OperandsOf<I>): O;
  readonly graph: Graph;
}

/**
 * Options of `trace`.
 * @example const options: TraceOptions = { debug: true };
 */
export interface TraceOptions {
  /**
   * Each node remembers the line that made it, and so do the nodes of its derivatives. Calls then throw where a result
   * isn't finite, naming the op, the line and the numbers; kernels are interpreted for it, slowly. Default: false.
   */
  readonly debug?: boolean;
}

/**
 * Runs `f` once on expressions and records what it does as a graph. Inputs are kinds by name, or records and lists of
 * them, as deep as you like; so is what `f` returns. What is given for them later has the same form.
 *
 * In `f`, JavaScript sees expressions, not their numbers, which come only when the graph runs. So a choice by a value is
 * `where(greater(x, 0), a, b)`, not `if (greater(x, 0))` or `? :`, to which every expression is true; `&&`, `||` and `!` are
 * `logicalAnd`, `logicalOr` and `logicalNot`; `===` compares handles, `equal(a, b)` values. Both branches of `where` are
 * computed. Loops run as often as JavaScript says (`for (const row of X)`, a `scan` for many steps): no length can depend
 * on a value; mask what is too much instead. Operators (`x + 1`, `x > 0`) and Math's functions throw and name the op.
 *
 * `f` may trace functions of its own, and these may use its expressions: to derivatives of the inner function they are
 * constants, and derivatives of the outer one go through them. Such a function can be called, differentiated and simplified
 * while `f` runs; what a call gives is an expression, also where all that is given are numbers.
 *
 * @example
 * const cubic = trace({ x: vector(2) }, ({ x }) => {
 *   const [x1, x2] = x;
 *   return add(square(x1), square(x2), power(x2, 3), multiply(x1, x2));
 * });
 * // ∂/∂x of w·x² at x = 3w is 6w², whose slope by w is 12w
 * const slope = trace({ w: scalar() }, ({ w }) => {
 *   const inner = trace({ x: scalar() }, ({ x }) => multiply(w, square(x)));
 *   return grad(inner)({ x: multiply(w, 3) }).x;
 * });
 * grad(slope)({ w: 1 }); // { w: 12 }
 */
export function trace<const I extends Specs, const O extends Returned>(
  inputs: I,
  f: (inputs: ExprsOf<I>) => O,
  options: TraceOptions = {},
  // `as K`: TypeScript 5.0 would infer I from what is wanted of the result, without end, where a call of `grad` holds this one.
): Traced<{ [K in keyof I as K]: ShapesOf<I[K]> }, Lifted<O>> {
  if (!isFunction(f) || !isRecord(inputs)) {
    throw new AdjointError(
      `trace: expected inputs and a function, got ${describe(inputs)} and ${describe(f)}; write trace({ x: vector(2) }, ({ x }) => …).`,
    );
  }
  const { debug } = checkOptions("trace", options, { debug: "boolean" });
  const builder = makeBuilder();
  const specs = readTree(inputs, (one) => one !== inputs && isSpec(one), inputPlace, readSpec);
  const signature = signatureOf(specs);
  const exprs = declareInputs(builder, signature.inputs);
  if (debug) builder.origin = () => callerLine(longStack());
  builder.running = ++begun;
  try {
    const returned = f(unflattenTree(specs, isSpec, exprs) as ExprsOf<I>);
    return makeTraced(finish(builder, signature, liftReturned(builder, returned)));
  } finally {
    builder.running = 0;
  }
}

/** How many functions were begun to be traced. */
let begun = 0;

const inputPlace = /* @__PURE__ */ placeOf("trace: the inputs", "trace: input");

function readSpec(spec: unknown, path: Path): Spec {
  if (isSpec(spec)) return { shape: readShape(spec.shape, inputPlace(path)) };
  throw new AdjointError(
    `${inputPlace(path)} is ${describe(spec)}; give its kind, scalar(), vector(2), matrix(3, 2) or tensor([2, 3, 4]), or a record or a list of kinds.`,
  );
}

function liftReturned(builder: Builder, returned: unknown): Tree<Expr> {
  const place = placeOf("trace: the result", "trace: output");
  return readTree(
    returned,
    (one) => one instanceof Expr,
    place,
    (leaf, path) => {
      if (leaf instanceof Expr || typeof leaf === "number") return lift(builder, leaf, place(path));
      throw new AdjointError(
        `${place(path)} is ${describe(leaf)}; return an expression, or a record or a list of expressions. stack([a, b]) makes one vector of several scalars.`,
      );
    },
  );
}

/** The callable form of a graph. */
export function makeTraced<I extends Shapes, O>(graph: Graph): Traced<I, O> {
  const captured = capturesOf(graph);
  const call = (given: unknown): unknown => {
    const values = readInputs(graph, given);
    for (const expr of captured) if (!expr.builder.running) throw outside("inputs", expr);
    const builder = ownerOf([...values, ...captured], "inputs");
    return builder ? compose(graph, builder, values) : interpreted(graph, values);
  };
  tracedGraphs.set(call, graph);
  return Object.assign(call, { graph }) as unknown as Traced<I, O>;
}

/** What tells a traced function, whatever else may have a graph: a Proxy isn't asked for anything. */
const tracedGraphs = new WeakMap<object, Graph>();

function compose(graph: Graph, builder: Builder, values: readonly unknown[]): Tree<Expr> {
  const given = graph.inputs.map(({ name, shape }, i) => {
    const what = `input "${shortened(name)}"`;
    const value = values[i];
    return ownerOf(value, what)
      ? liftTo(builder, value as Operand, shape, what)
      : constant(builder, numbersOf(graph, i, value), shape);
  });
  return inline(graph, builder, given, (node) => {
    const outer = capturedIn(node);
    return outer ? within(builder, outer, "inputs").id : builder.adopt(node);
  });
}

/** Whether something is a traced function. */
export function isTraced(f: unknown): f is Traced {
  return typeof f === "function" && tracedGraphs.has(f);
}

/** The graph of a traced function; a clear error for anything else, and for one that captures, where none may. */
export function graphOf(f: unknown, what: string, mayCapture = false): Graph {
  const graph = typeof f === "function" && tracedGraphs.get(f);
  const [outer] = graph && !mayCapture ? capturesOf(graph) : [];
  if (outer) throw outside(what, outer);
  if (graph) return graph;
  const plain = () => (reading(what, () => "graph" in (f as object)) ? `one${elsewhere}` : "a plain one");
  throw new AdjointError(
    `${what}: expected a traced function, got ${typeof f === "function" ? plain() : describe(f)}; ` +
      `write ${what}(trace({ x: vector(2) }, ({ x }) => …)).`,
  );
}
