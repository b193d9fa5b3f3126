/** Derivatives of traced functions: a traced function in, one out, with named inputs and outputs. */
import { makeBuilder } from "../builder.js";
import { describe, shortened } from "../describe.js";
import { AdjointError } from "../errors.js";
import { declareInputs, finish, type Graph, type Input, inline, isExpr, outputsOf } from "../graph.js";
import { knownNames } from "../names.js";
import type { Builder, Expr } from "../node.js";
import { full } from "../ops/constant.js";
import { formatShape, type Shape } from "../shape.js";
import { graphOf, makeTraced, type Shapes, type Traced } from "../trace.js";
import { leavesOf, type Path, pathText, type Tree, unflattenTree } from "../tree.js";
import type { ScalarOutput } from "../types.js";
import { pushforward } from "./forward.js";
import { type Masked, materialize, unmasked } from "./masked.js";
import { pullback } from "./reverse.js";

/** The gradients of named inputs, each shaped like its input. */
export type Gradients<I extends Shapes, N extends keyof I> = { [K in N]: Expr<I[K]> };

/** The inputs of `jvp` and `hvp` besides those of the function: `tangent.x` has the shape of `x`. */
export type TangentInputs<I extends Shapes, N extends keyof I & string> = {
  [K in N as `tangent.${K}`]: I[K];
};

/** The inputs of `vjp` besides those of the function: `cotangent`, or `cotangent.a` for an output `a`. */
export type CotangentInputs<O, Path extends string = "cotangent"> =
  O extends Expr<infer S>
    ? { [K in Path]: S }
    : string extends keyof O
      ? Shapes
      : Intersection<{ [K in keyof O & string]: CotangentInputs<O[K], `${Path}.${K}`> }[keyof O & string]>;

type Intersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer A) => void
  ? A extends Shapes
    ? A
    : never
  : never;

/**
 * The gradient of a scalar objective by all inputs, or by those named; the others are data.
 * Inputs of the result are those of `f`, outputs the gradients by name.
 * @throws where the objective isn't a scalar, or an input isn't known
 */
export function grad<I extends Shapes, O, N extends keyof I & string = keyof I & string>(
  f: Traced<I, O> & ScalarOutput<O>,
  ...names: N[]
): Traced<I, Gradients<I, N>> {
  return differentiate(f, names, "grad");
}

/**
 * The objective's value and its gradient: outputs `{ value, grad: { … } }`, sharing all work.
 * @throws where the objective isn't a scalar, or an input isn't known
 */
export function valueAndGrad<I extends Shapes, O, N extends keyof I & string = keyof I & string>(
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
 * vjp(f)({ x: [2, 3], cotangent: [1, 10] }); // { value: [4, 9], grad: { x: [4, 60] } }
 *
 * @throws where an input isn't known, or the paths of two outputs read the same (`"a.b"`, and `b` of `a`)
 */
export function vjp<I extends Shapes, O, N extends keyof I & string = keyof I & string>(
  f: Traced<I, O>,
  ...names: N[]
): Traced<I & CotangentInputs<O>, { value: O; grad: Gradients<I, N> }> {
  const opened = open(f, names, "vjp", cotangentInputs);
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
 * jvp(f)({ x: [2, 3], "tangent.x": [1, 10] }); // { value: [4, 9], tangent: [4, 60] }
 *
 * @throws where an input isn't known
 */
export function jvp<I extends Shapes, O, N extends keyof I & string = keyof I & string>(
  f: Traced<I, O>,
  ...names: N[]
): Traced<I & TangentInputs<I, N>, { value: O; tangent: O }> {
  const opened = open(f, names, "jvp", tangentInputs);
  return close(opened, { value: opened.value, tangent: tangentsOf(opened) });
}

/**
 * The product of a scalar objective's Hessian with a vector, forward mode over reverse mode, at about twice the cost
 * of a gradient: besides the inputs of `f` the result takes a `tangent.x` for each input, or for those named, and
 * gives the products by name.
 *
 * @example
 * const f = trace({ x: vector(2) }, ({ x: [a, b] }) => multiply(square(a), b));
 * hvp(f)({ x: [2, 3], "tangent.x": [1, 0] }); // { x: [6, 4] }
 *
 * B. A. Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6(1), 1994.
 *
 * @throws where the objective isn't a scalar, or an input isn't known
 */
export function hvp<I extends Shapes, O, N extends keyof I & string = keyof I & string>(
  f: Traced<I, O> & ScalarOutput<O>,
  ...names: N[]
): Traced<I & TangentInputs<I, N>, Gradients<I, N>> {
  const opened = open(differentiate(f, names, "hvp"), names, "hvp", tangentInputs);
  return close(opened, tangentsOf(opened));
}

function cotangentInputs(graph: Graph): readonly Input[] {
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
    return { name, shape: graph.nodes[id]!.shape };
  });
  return apart(graph.inputs, added, "vjp");
}

function tangentInputs({ inputs }: Graph, wanted: readonly number[], what: string): readonly Input[] {
  const added = wanted.map((i) => ({ name: `tangent.${inputs[i]!.name}`, shape: inputs[i]!.shape }));
  return apart(inputs, added, what);
}

function apart(inputs: readonly Input[], added: readonly Input[], what: string): readonly Input[] {
  const taken = added.find(({ name }) => inputs.some((input) => input.name === name));
  if (!taken) return added;
  throw new AdjointError(
    `${what}: the function has an input "${taken.name}" of its own, which is the name that ${what} gives to one it adds; rename it by tracing.`,
  );
}

/** The gradient, or what `arrange` makes of it and the value, for the function that errors name. */
export function differentiate<I extends Shapes, O>(
  f: unknown,
  names: readonly string[],
  what: string,
  arrange: (value: Expr, gradients: Tree<Expr>) => Tree<Expr> = (_value, gradients) => gradients,
): Traced<I, O> {
  scalarOutput(graphOf(f, what), what);
  const opened = open(f, names, what);
  const value = opened.results[0]!;
  const gradients = gradientsOf(opened, [[value, unmasked(full(opened.builder, 1, []))]]);
  return close(opened, arrange(value, gradients));
}

/** A function's nodes in a builder of their own, to be differentiated. */
export interface Opened {
  readonly builder: Builder;
  /** The inputs of the result: those of the function, and those added. */
  readonly inputs: readonly Input[];
  readonly exprs: readonly Expr[];
  /** The inputs by which to differentiate, by position. */
  readonly wanted: readonly number[];
  /** The added inputs. */
  readonly added: readonly Expr[];
  readonly value: Tree<Expr>;
  /** The leaves of `value`. */
  readonly results: readonly Expr[];
}

export function open(
  f: unknown,
  names: readonly string[],
  what: string,
  add: (graph: Graph, wanted: readonly number[], what: string) => readonly Input[] = () => [],
): Opened {
  const graph = graphOf(f, what);
  const wanted = selectInputs(graph, names, what);
  const inputs = [...graph.inputs, ...add(graph, wanted, what)];
  const builder = makeBuilder(2 * graph.nodes.length);
  const exprs = declareInputs(builder, inputs);
  const value = inline(graph, builder, exprs);
  return {
    builder,
    inputs,
    exprs,
    wanted,
    added: exprs.slice(graph.inputs.length),
    value,
    results: leavesOf(value, isExpr),
  };
}

export function close<I extends Shapes, O>({ builder, inputs }: Opened, outputs: Tree<Expr>): Traced<I, O> {
  return makeTraced(finish(builder, inputs, outputs));
}

/** What a derivative holds, zeros where there is none. */
export function valueOr(builder: Builder, masked: Masked | undefined, shape: Shape): Expr {
  return masked ? materialize(masked) : full(builder, 0, shape);
}

function gradientsOf(
  { builder, inputs, exprs, wanted }: Opened,
  seeds: readonly (readonly [Expr, Masked])[],
): Tree<Expr> {
  const adjoints = pullback(
    builder,
    seeds,
    wanted.map((i) => exprs[i]!),
  );
  return Object.fromEntries(
    wanted.map((i, k) => [inputs[i]!.name, valueOr(builder, adjoints[k], inputs[i]!.shape)] as const),
  );
}

function tangentsOf({ builder, exprs, wanted, added, value, results }: Opened): Tree<Expr> {
  const inputs = wanted.map((i, k) => [exprs[i]!, unmasked(added[k]!)] as const);
  const tangents = pushforward(builder, inputs, results).map((tangent, i) =>
    valueOr(builder, tangent, results[i]!.shape),
  );
  return unflattenTree(value, isExpr, tangents);
}

/** The positions of the named inputs, of all where none is named. */
function selectInputs(graph: Graph, names: readonly string[], what: string): number[] {
  if (names.length === 0) return graph.inputs.map((_, i) => i);
  const known = graph.inputs.map(({ name }) => name);
  return [...new Set<unknown>(names)].map((given) => {
    if (typeof given !== "string") {
      throw new AdjointError(
        `${what}: inputs are named one by one, as in ${what}(f, "x"), not by ${describe(given)}.`,
      );
    }
    const i = known.indexOf(given);
    if (i >= 0) return i;
    throw new AdjointError(
      `${what}: there is no input "${shortened(given)}"; ${knownNames("inputs", known, given)}`,
    );
  });
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
