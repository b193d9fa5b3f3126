/**
 * A graph on tensors as a graph on their elements: the interpreter, run on the arithmetic of expressions. Elements that
 * are only moved cost nothing, and what is known of single elements (zeros of padding, constants) can be simplified.
 */
import { finish, type Graph, type Input, outputsOf } from "../graph.js";
import { interpretNodes } from "../interpret.js";
import { apply, Builder, type Expr } from "../node.js";
import type { Arithmetic } from "../op.js";
import { add, multiply } from "../ops/arithmetic.js";
import { full, input } from "../ops/constant.js";
import { type Shape, sizeOf } from "../shape.js";
import { simplifyGraph } from "../simplify.js";
import { mergeConstants } from "./merge-constants.js";

const scalarShape: Shape = [];

/** Elements of all nodes together: what the scalar graph would be made of. */
export function countElements(graph: Graph): number {
  return graph.nodes.reduce((sum, node) => sum + sizeOf(node.shape), 0);
}

/**
 * The scalar graph. Its inputs are the elements of the graph's inputs, one after the other; its outputs are named
 * `output:element`, in the order of `outputsOf`.
 */
export function scalarize(graph: Graph): Graph {
  const builder = new Builder();
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
  const outputs = outputsOf(graph).flatMap(({ id }, output) =>
    values[id]!.map((element, i) => [`${output}:${i}`, element] as const),
  );
  return simplifyGraph(finish(builder, list, Object.fromEntries(outputs)), mergeConstants);
}
