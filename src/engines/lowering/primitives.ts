/** Graphs of primitives alone: what an op is made of, by its record's `expand` or by the tables of this room. */
import { AdjointError, type Expr, type Graph, type Node, type Shape } from "../../../graph/index.js";
import { apply, isOp, rebuild, scanOp, simplifyGraph } from "../../../graph/internal.js";
import { expansions } from "./expansions/table.js";
import { isPrimitive, libraryName } from "./lower.js";

/** What a target has by itself. */
export type HasNative = (node: Node, shapes: readonly Shape[]) => boolean;

/**
 * A graph of the same meaning, of primitives and of what a target has. Bodies of loops, too.
 * @throws AdjointError for an op that nothing says how to make
 */
export function primitivesOf(graph: Graph, target: string, hasNative: HasNative): Graph {
  const bodies = new Map<Graph, Graph>();
  const known = (node: Node, nodes: readonly Node[]) =>
    hasNative(
      node,
      node.operands.map((id) => nodes[id]!.shape),
    ) || isPrimitive(node);
  const bodyOf = (body: Graph): Graph => {
    const made = bodies.get(body) ?? expanded(body);
    bodies.set(body, made);
    bodies.set(made, made);
    return made;
  };
  const expanded = (given: Graph): Graph => {
    let current = simplifyGraph(given);
    // What an op is made of may be made of others.
    for (;;) {
      let changed = false;
      current = rebuild(current, (node, builder) => {
        const operands = node.operands.map((id) => builder.expr(id));
        if (isOp(node, scanOp)) {
          const body = bodyOf(node.params.body);
          return body === node.params.body
            ? builder.adopt(node)
            : apply(scanOp, operands, { ...node.params, body }).id;
        }
        if (known(node, builder.nodes)) return builder.adopt(node);
        changed = true;
        return expandedNode(node, operands, target).id;
      });
      if (!changed) return current;
      current = simplifyGraph(current);
    }
  };
  return expanded(graph);
}

function expandedNode({ op, params }: Node, operands: readonly Expr[], target: string): Expr {
  if (Object.hasOwn(expansions, libraryName(op))) return expansions[op.name]!(operands, params as never);
  if (op.expand) return op.expand({ operands, params });
  const recipe = op.scalar ? "a `recipe`, or " : "";
  throw new AdjointError(
    `${target}: the op "${op.name}" has only JavaScript code; give its record ${recipe}an \`expand\` that makes it of other ops.`,
  );
}
