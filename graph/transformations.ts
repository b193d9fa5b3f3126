/** Derivatives of traced functions: a traced function in, one out, with named inputs and outputs. */
import { AdjointError } from "./errors.js";
import { declareInputs, finish, type Graph, inline, type Tree } from "./graph.js";
import { Builder, type Expr } from "./node.js";
import { full } from "./ops/constant.js";
import { materialize, pullback } from "./reverse.js";
import { formatShape } from "./shape.js";
import { graphOf, makeTraced, type Shapes, type Traced } from "./trace.js";

/** The gradients of named inputs, each shaped like its input. */
export type Gradients<I extends Shapes, N extends keyof I> = { [K in N]: Expr<I[K]> };

/**
 * The gradient of a scalar objective by all inputs, or by those named; the others are data.
 * Inputs of the result are those of `f`, outputs the gradients by name.
 * @throws where the objective isn't a scalar, or an input isn't known
 */
export function grad<I extends Shapes, N extends keyof I & string = keyof I & string>(
  f: Traced<I, Expr<[]>>,
  ...names: N[]
): Traced<I, Gradients<I, N>> {
  return differentiate(f, names, "grad", (_value, gradients) => gradients);
}

/**
 * The objective's value and its gradient: outputs `{ value, grad: { … } }`, sharing all work.
 * @throws where the objective isn't a scalar, or an input isn't known
 */
export function valueAndGrad<I extends Shapes, N extends keyof I & string = keyof I & string>(
  f: Traced<I, Expr<[]>>,
  ...names: N[]
): Traced<I, { value: Expr<[]>; grad: Gradients<I, N> }> {
  return differentiate(f, names, "valueAndGrad", (value, gradients) => ({ value, grad: gradients }));
}

function differentiate<I extends Shapes, O>(
  f: unknown,
  names: readonly string[],
  what: string,
  arrange: (value: Expr, gradients: Tree<Expr>) => Tree<Expr>,
): Traced<I, O> {
  const graph = graphOf(f, what);
  const wanted = selectInputs(graph, names, what);
  const builder = new Builder(2 * graph.nodes.length);
  const inputs = declareInputs(builder, graph.inputs);
  const moved = inline(graph, builder, inputs);
  const value = builder.expr(moved[scalarOutput(graph, what)]!);
  const adjoints = pullback(
    builder,
    [[value, { value: full(builder, 1, []), clean: true }]],
    wanted.map((i) => inputs[i]!),
  );
  const gradients = Object.fromEntries(
    wanted.map((i, k) => {
      const { name, shape } = graph.inputs[i]!;
      const adjoint = adjoints[k];
      return [name, adjoint ? materialize(adjoint) : full(builder, 0, shape)];
    }),
  );
  return makeTraced(finish(builder, graph.inputs, arrange(value, gradients)));
}

/** The positions of the named inputs, of all where none is named. */
function selectInputs(graph: Graph, names: readonly string[], what: string): number[] {
  if (names.length === 0) return graph.inputs.map((_, i) => i);
  const known = graph.inputs.map(({ name }) => name);
  return names.map((name) => {
    const i = known.indexOf(name);
    if (i < 0)
      throw new AdjointError(`${what}: there is no input "${name}"; the inputs are ${known.join(", ")}.`);
    return i;
  });
}

function scalarOutput({ nodes, outputs }: Graph, what: string): number {
  if (typeof outputs !== "number") {
    throw new AdjointError(
      `${what}: the objective must be one scalar, but there are the outputs ${Object.keys(outputs).join(", ")}; trace a function that returns the one to differentiate.`,
    );
  }
  const { shape } = nodes[outputs]!;
  if (shape.length > 0) {
    throw new AdjointError(
      `${what}: the objective must be a scalar, not of shape ${formatShape(shape)}; sum or mean it.`,
    );
  }
  return outputs;
}
