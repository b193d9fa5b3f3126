/**
 * A graph on tensors as a graph on their elements: the interpreter, run on the arithmetic of expressions. Elements that
 * are only moved cost nothing, and what is known of single elements (zeros of padding, constants) can be simplified.
 */
import { finish, type Graph, type Input, outputsOf } from "../../graph.js";
import { interpretNodes } from "../../interpret.js";
import { apply, Builder, type Expr } from "../../node.js";
import type { Arithmetic } from "../../op.js";
import { add, multiply } from "../../ops/arithmetic.js";
import { full, input } from "../../ops/constant.js";
import { type Shape, sizeOf } from "../../shape.js";
import { simplifyGraph } from "../../simplify.js";
import { mergeConstants } from "../merge-constants.js";

const scalarShape: Shape = [];

/** Elements of all nodes together: what the scalar graph would be made of. */
export function countElements(graph: Graph): number {
  return graph.nodes.reduce((sum, { op, operands, params, shape }) => {
    if (!op.work) return sum + sizeOf(shape);
    const shapes = { operands: operands.map((id) => graph.nodes[id]!.shape), result: shape };
    return sum + op.work(shapes, params);
  }, 0);
}

/** A graph on elements. Its inputs, the first nodes, are the elements of the graph's inputs, one after the other. */
export interface ScalarGraph {
  readonly graph: Graph;
  /** Which element of which output (in the order of `outputsOf`) each node is. */
  readonly outputs: readonly { readonly id: number; readonly output: number; readonly element: number }[];
}

export function scalarize(graph: Graph): ScalarGraph {
  if (graph.nodes.every(({ shape }) => shape.length === 0)) {
    // It is one already; all that is left to do is to number the outputs.
    const named = outputsOf(graph).map(({ id }, i) => [`element ${i}`, id] as const);
    return simplified({ ...graph, outputs: Object.fromEntries(named) }, (i) => ({ output: i, element: 0 }));
  }
  const builder = new Builder(countElements(graph));
  const list: Input[] = [];
  const inputs = graph.inputs.map(({ shape }) =>
    Array.from({ length: sizeOf(shape) }, () => {
      list.push({ name: String(list.length), shape: scalarShape });
      return input(builder, list.length - 1, scalarShape);
    }),
  );
  const arithmetic: Arithmetic<Expr> = {
    constant: (value) => full(builder, value, scalarShape),
    add: (a, b) => apply(add.op, [a, b]),
    multiply: (a, b) => apply(multiply.op, [a, b]),
    apply,
  };
  const values = interpretNodes(graph.nodes, arithmetic, inputs);
  const places: { output: number; element: number }[] = [];
  const named: Record<string, Expr> = {};
  outputsOf(graph).forEach(({ id }, output) => {
    values[id]!.forEach((expr, element) => {
      named[`element ${places.length}`] = expr;
      places.push({ output, element });
    });
  });
  return simplified(finish(builder, list, named), (i) => places[i]!);
}

/** Beyond this many nodes one pass of simplification must do. */
const largeGraph = 50_000;

function simplified(graph: Graph, placeOf: (i: number) => { output: number; element: number }): ScalarGraph {
  const passes = graph.nodes.length > largeGraph ? 1 : Number.POSITIVE_INFINITY;
  const result = simplifyGraph(graph, mergeConstants, passes);
  return { graph: result, outputs: outputsOf(result).map(({ id }, i) => ({ id, ...placeOf(i) })) };
}
