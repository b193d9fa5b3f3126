/** Derivatives of traced functions: a traced function in, one out, with named inputs and outputs. */
import { makeBuilder } from "../builder.js";
import { AdjointError } from "../errors.js";
import {
  declareInputs,
  finish,
  type Graph,
  inline,
  isExpr,
  isId,
  mapOutputs,
  outputsOf,
  type Signature,
  signatureOf,
} from "../graph.js";
import type { Builder, Expr } from "../node.js";
import { full } from "../ops/constant.js";
import { formatShape, type Shape } from "../shape.js";
import { graphOf, makeTraced, type Shapes, type Traced } from "../trace.js";
import { leavesOf, type Path, pathText, type Tree, unflattenTree } from "../tree.js";
import type { ScalarOutput } from "../types.js";
import { pushforward } from "./forward.js";
import { type Masked, materialize, unmasked } from "./masked.js";
import { pullback } from "./reverse.js";
import { type Gradients, type Name, type Named, selectInputs } from "./selection.js";

/**
 * The inputs of `jvp` and `hvp` besides those of the function: `tangent.x` has the shapes of `x`.
 * @example const shapes: TangentInputs<{ x: [2]; y: [] }, "x"> = { "tangent.x": [2] };
 */
export type TangentInputs<I, N> = {
  [K in keyof Named<I, N> & string as `tangent.${K}`]: Named<I, N>[K];
};

/**
 * The inputs of `vjp` besides those of the function: `cotangent`, or `cotangent.a` for an output `a`.
 * @example const shapes: CotangentInputs<Expr<[3]>> = { cotangent: [3] };
 */
export type CotangentInputs<O, Text extends string = "cotangent"> =
  O extends Expr<infer S>
    ? { [K in Text]: S }
    : string extends keyof O
      ? Shapes
      : O extends readonly unknown[]
        ? number extends O["length"]
          ? Shapes
          : CotangentsOf<O, `${number}`, Text>
        : CotangentsOf<O, string, Text>;

type CotangentsOf<O, K, Text extends string> = Intersection<
  { [P in keyof O & K & string]: CotangentInputs<O[P], `${Text}.${P}`> }[keyof O & K & string]
>;

type Intersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer A) => void
  ? A extends Shapes
    ? A
    : never
  : never;

/**
 * The gradient of a scalar objective by all inputs, or by those named; the others are data. A name is that of an input or
 * of a tree of them (`"layers"`), or leads into one (`"layers.0.W"`, or as a list `["layers", 0, "W"]` where keys hold
 * dots). Inputs of the result are those of `f`, outputs the gradients: the part of the inputs' tree that is named, in which
 * a list of which some are left out has become a record by place.
 *
 * @example
 * const f = trace({ layers: [{ W: matrix(2, 2), b: vector(2) }], x: vector(2) }, ({ layers: [{ W, b }], x }) =>
 *   sum(add(matmul(x, W), b)),
 * );
 * const point = { layers: [{ W: [[1, 2], [3, 4]], b: [0, 0] }], x: [1, 1] };
 * grad(f, "layers")(point); // { layers: [{ W: Float64Array [1, 1, 1, 1], b: Float64Array [1, 1] }] }
 * grad(f, "layers.0.b", "x")(point).x; // Float64Array [3, 7]
 *
 * @throws where the objective isn't a scalar, or an input isn't known
 */
export function grad<I extends Shapes, O, const N extends Name<I> = keyof I & string>(
  f: Traced<I, O> & ScalarOutput<O>,
  ...names: N[]
): Traced<I, Gradients<I, N>> {
  return differentiate(f, names, "grad");
}

/**
 * The objective's value and its gradient: outputs `{ value, grad: { … } }`, sharing all work.
 *
 * @example
 * const f = trace({ x: vector(2) }, ({ x }) => sum(square(x)));
 * valueAndGrad(f)({ x: [1, 2] }); // { value: 5, grad: { x: Float64Array [2, 4] } }
 *
 * @throws where the objective isn't a scalar, or an input isn't known
 */
export function valueAndGrad<I extends Shapes, O, const N extends Name<I> = keyof I & string>(
  f: Traced<I, O> & ScalarOutput<O>,
  ...names: N[]
): Traced<I, { value: Expr<[]>; grad: Gradients<I, N> }> {
  return differentiate(f, names, "valueAndGrad", (value, gradients) => ({ value, grad: gradients }));
}

/**
 * The vector-Jacobian product, reverse mode: besides the inputs of `f` the result takes a `cotangent` shaped like the
 * output (`cotangent.a` … where there are outputs of several names) and gives `{ value, grad }`, `value` being what `f`
 * gives and `grad.x` = Jₓᵀ·cotangent, by all inputs or by those named.
 *
 * @example
 * const f = trace({ x: vector(2) }, ({ x }) => square(x));
 * vjp(f)({ x: [2, 3], cotangent: [1, 10] }); // { value: Float64Array [4, 9], grad: { x: Float64Array [4, 60] } }
 *
 * @throws where an input isn't known, or the paths of two outputs read the same (`"a.b"`, and `b` of `a`)
 */
export function vjp<I extends Shapes, O, const N extends Name<I> = keyof I & string>(
  f: Traced<I, O>,
  ...names: N[]
): Traced<I & CotangentInputs<O>, { value: O; grad: Gradients<I, N> }> {
  const opened = openWith(f, names, "vjp", cotangentInputs);
  const { results, added } = opened;
  const seeds = results.map((result, i) => [result, unmasked(added[i]!)] as const);
  return close(opened, { value: opened.value, grad: gradientsOf(opened, seeds) });
}

/**
 * The Jacobian-vector product, forward mode: besides the inputs of `f` the result takes a `tangent.x` for each input
 * `x`, or for those named, and gives `{ value, tangent }`: what `f` gives, and its derivative along the tangents.
 *
 * @example
 * const f = trace({ x: vector(2) }, ({ x }) => square(x));
 * jvp(f)({ x: [2, 3], "tangent.x": [1, 10] }); // { value: Float64Array [4, 9], tangent: Float64Array [4, 60] }
 *
 * @throws where an input isn't known
 */
export function jvp<I extends Shapes, O, const N extends Name<I> = keyof I & string>(
  f: Traced<I, O>,
  ...names: N[]
): Traced<I & TangentInputs<I, N>, { value: O; tangent: O }> {
  const opened = openWith(f, names, "jvp", tangentInputs);
  return close(opened, { value: opened.value, tangent: tangentsOf(opened) });
}

/**
 * The product of a scalar objective's Hessian with a vector, forward mode over reverse mode, at about twice the cost
 * of a gradient: besides the inputs of `f` the result takes a `tangent.x` for each input, or for those named, and
 * gives the products by name.
 *
 * @example
 * const f = trace({ x: vector(2) }, ({ x: [a, b] }) => multiply(square(a), b));
 * hvp(f)({ x: [2, 3], "tangent.x": [1, 0] }); // { x: Float64Array [6, 4] }
 *
 * B. A. Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6(1), 1994.
 *
 * @throws where the objective isn't a scalar, or an input isn't known
 */
export function hvp<I extends Shapes, O, const N extends Name<I> = keyof I & string>(
  f: Traced<I, O> & ScalarOutput<O>,
  ...names: N[]
): Traced<I & TangentInputs<I, N>, Gradients<I, N>> {
  const opened = openWith(differentiate(f, names, "hvp"), names, "hvp", tangentInputs);
  return close(opened, tangentsOf(opened));
}

function cotangentInputs(graph: Graph): Specs {
  const paths = new Map<string, Path>();
  const added = outputsOf(graph).map(({ path, id }) => {
    const name = pathText(["cotangent", ...path]);
    const other = paths.get(name);
    if (other) {
      throw new AdjointError(
        `vjp: the outputs ${JSON.stringify(other)} and ${JSON.stringify(path)} would both be pulled back from an input "${name}"; rename one of them by tracing.`,
      );
    }
    paths.set(name, path);
    return [name, graph.nodes[id]!] as const;
  });
  return Object.fromEntries(added);
}

function tangentInputs({ inputs }: Graph, wanted: Tree<number>): Specs {
  const specs = mapOutputs(wanted, (i) => inputs[i]!) as Specs;
  return Object.fromEntries(Object.entries(specs).map(([key, spec]) => [`tangent.${key}`, spec]));
}

/** The gradient, or what `arrange` makes of it and the value, for the function that errors name. */
export function differentiate<I extends Shapes, O>(
  f: unknown,
  names: readonly unknown[],
  what: string,
  arrange: (value: Expr, gradients: Tree<Expr>) => Tree<Expr> = (_value, gradients) => gradients,
): Traced<I, O> {
  scalarOutput(graphOf(f, what, true), what);
  const opened = open(f, names, what);
  const value = opened.results[0]!;
  const gradients = gradientsOf(opened, [[value, unmasked(full(opened.builder, 1, []))]]);
  return close(opened, arrange(value, gradients));
}

/** A function's nodes in a builder of their own, to be differentiated. */
export interface Opened {
  readonly builder: Builder;
  /** The inputs of the result: those of the function, and those added. */
  readonly signature: Signature;
  readonly exprs: readonly Expr[];
  /** The inputs by which to differentiate, by position: a tree, and its leaves. */
  readonly tree: Tree<number>;
  readonly wanted: readonly number[];
  /** The added inputs. */
  readonly added: readonly Expr[];
  readonly value: Tree<Expr>;
  /** The leaves of `value`. */
  readonly results: readonly Expr[];
}

/** Kinds of inputs by name. */
type Specs = Readonly<Record<string, Tree<{ readonly shape: Shape }>>>;

export function open(f: unknown, names: readonly unknown[], what: string): Opened {
  const graph = graphOf(f, what, true);
  return opened(graph, selectInputs(graph, names, what), graph);
}

/** The same with inputs added. */
function openWith(
  f: unknown,
  names: readonly unknown[],
  what: string,
  add: (graph: Graph, wanted: Tree<number>) => Specs,
): Opened {
  const graph = graphOf(f, what, true);
  const tree = selectInputs(graph, names, what);
  const own = mapOutputs(graph.inputTree, (i) => graph.inputs[i]!) as Specs;
  const added = add(graph, tree);
  const taken = Object.keys(added).find((name) => Object.hasOwn(own, name));
  if (taken !== undefined) {
    throw new AdjointError(
      `${what}: the function has an input "${taken}" of its own, which is the name that ${what} gives to one it adds; rename it by tracing.`,
    );
  }
  return opened(graph, tree, signatureOf({ ...own, ...added }));
}

function opened(graph: Graph, tree: Tree<number>, signature: Signature): Opened {
  const builder = makeBuilder(2 * graph.nodes.length);
  const exprs = declareInputs(builder, signature.inputs);
  const value = inline(graph, builder, exprs);
  return {
    builder,
    signature,
    exprs,
    tree,
    wanted: leavesOf(tree, isId),
    added: exprs.slice(graph.inputs.length),
    value,
    results: leavesOf(value, isExpr),
  };
}

export function close<I extends Shapes, O>(
  { builder, signature }: Opened,
  outputs: Tree<Expr>,
): Traced<I, O> {
  return makeTraced(finish(builder, signature, outputs));
}

/** What a derivative holds, zeros where there is none. */
export function valueOr(builder: Builder, masked: Masked | undefined, shape: Shape): Expr {
  return masked ? materialize(masked) : full(builder, 0, shape);
}

function gradientsOf(
  { builder, exprs, tree, wanted }: Opened,
  seeds: readonly (readonly [Expr, Masked])[],
): Tree<Expr> {
  const adjoints = pullback(
    builder,
    seeds,
    wanted.map((i) => exprs[i]!),
  );
  return unflattenTree(
    tree,
    isId,
    wanted.map((i, k) => valueOr(builder, adjoints[k], exprs[i]!.shape)),
  );
}

function tangentsOf({ builder, exprs, wanted, added, value, results }: Opened): Tree<Expr> {
  const inputs = wanted.map((i, k) => [exprs[i]!, unmasked(added[k]!)] as const);
  const tangents = pushforward(builder, inputs, results).map((tangent, i) =>
    valueOr(builder, tangent, results[i]!.shape),
  );
  return unflattenTree(value, isExpr, tangents);
}

/** Throws where a function's output isn't one scalar. */
export function scalarOutput({ nodes, outputs }: Graph, what: string): void {
  if (typeof outputs !== "number") {
    throw new AdjointError(
      `${what}: the objective must be one scalar, not the outputs ${Object.keys(outputs).join(", ")}; return the one to differentiate.`,
    );
  }
  const { shape } = nodes[outputs]!;
  if (shape.length > 0) {
    throw new AdjointError(
      `${what}: the objective must be a scalar, not of shape ${formatShape(shape)}; sum or mean it.`,
    );
  }
}
