/**
 * A graph on tensors as a graph on their elements: the interpreter, run on the arithmetic of expressions. Elements that
 * are only moved cost nothing, and what is known of single elements (zeros of padding, constants) can be simplified.
 */
import { makeBuilder } from "../../builder.js";
import { finish, type Graph, numbered, outputsOf } from "../../graph.js";
import { countElements, interpretNodes } from "../../interpret.js";
import { apply, type Expr, isOp, type Node } from "../../node.js";
import type { Arithmetic } from "../../op.js";
import { add, multiply } from "../../ops/arithmetic.js";
import { full, fullOp, input, inputOp } from "../../ops/constant.js";
import { type Shape, sizeOf } from "../../shape.js";
import { tidy } from "../prepare.js";

const scalarShape: Shape = [];

/** A graph on elements. Its inputs, the first nodes, are the elements of the graph's inputs, one after the other. */
export interface ScalarGraph {
  readonly graph: Graph;
  /** Which element of which output (in the order of `outputsOf`) each node is. */
  readonly outputs: readonly { readonly id: number; readonly output: number; readonly element: number }[];
}

/**
 * The graph on elements, if there can be one: an op of a user's own whose meaning is written with JavaScript's operators
 * works on numbers alone, with which loops call it.
 */
export function scalarizeIfGeneral(graph: Graph): ScalarGraph | undefined {
  try {
    return scalarize(graph);
  } catch (error) {
    if (graph.nodes.some(({ op }) => !op.scalar && !op.fold && !op.move && !op.routine)) return undefined;
    throw error;
  }
}

/** The graph on elements of an expanded graph, tidied. */
export function scalarize(graph: Graph): ScalarGraph {
  if (graph.nodes.every(isScalar)) {
    // It is one already; all that is left to do is to number the outputs.
    const scalar = tidy(graph);
    return {
      graph: scalar,
      outputs: outputsOf(scalar).map(({ id }, output) => ({ id, output, element: 0 })),
    };
  }
  const builder = makeBuilder(countElements(graph));
  let count = 0;
  const inputs = graph.inputs.map(({ shape }) =>
    Array.from({ length: sizeOf(shape) }, () => input(builder, count++, scalarShape)),
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
  const scalar = tidy(finish(builder, numbered(new Array<Shape>(count).fill(scalarShape)), named));
  return { graph: scalar, outputs: outputsOf(scalar).map(({ id }, i) => ({ id, ...places[i]! })) };
}

/** Whether a node is one element already: of no more than scalars, and not by a rule of its own. */
function isScalar(node: Node): boolean {
  const isElement = node.op.scalar !== undefined || isOp(node, inputOp) || isOp(node, fullOp);
  return node.shape.length === 0 && isElement;
}
