/** What is done to a graph before a backend is chosen, so that all of them see the same. */
import { fullLike } from "../elementwise.js";
import { type Graph, rebuild } from "../graph.js";
import { type Expr, nodeOf, operandOf } from "../node.js";
import { constantFactor, isPowerOfTwo, multiply } from "../ops/arithmetic.js";
import { uniformValue } from "../ops/constant.js";
import { simplifyGraph } from "../simplify.js";
import { onePassNodes } from "./limits.js";

/** Expanded and tidied: what loops, and all that is written out, are made of. */
export function prepare(graph: Graph): Graph {
  return tidy(expand(graph));
}

/** Simplified, its known factors collected: again after each rewriting. */
export function tidy(graph: Graph): Graph {
  return simplifyGraph(graph, mergeConstants, graph.nodes.length > onePassNodes ? 1 : Infinity);
}

/** Without ops that are made of others: what every backend begins with. */
export function expand(given: Graph): Graph {
  let graph = given;
  // What an op is made of may be made of others, too.
  while (graph.nodes.some(({ op }) => op.expand)) {
    graph = rebuild(graph, (node, builder) => {
      const operands = node.operands.map((id) => builder.expr(id));
      return node.op.expand?.({ operands, params: node.params }).id ?? builder.adopt(node);
    });
  }
  return graph.nodes.find(({ op }) => op.lean)?.op.lean?.(graph, prepare) ?? graph;
}

/**
 * Collects known factors: 100·(2·x) is 200·x, (100·x)·(2·y) is (200·x)·y. One of the factors being a power of two,
 * the result is the same to the last bit unless it overflows or is subnormal on the way, which is why this isn't among
 * the ops' rewrites.
 */
function mergeConstants(expr: Expr): Expr | undefined {
  if (nodeOf(expr).op !== multiply.op) return undefined;
  const [a, b] = [operandOf(expr), operandOf(expr, 1)];
  return merge(a, b) ?? merge(b, a);
}

function merge(a: Expr, b: Expr): Expr | undefined {
  const [inner, rest] = constantFactor(b);
  if (!rest) return undefined;
  const outer = uniformValue(a);
  if (outer !== undefined) {
    if (!isPowerOfTwo(outer) && !isPowerOfTwo(inner)) return undefined;
    return multiply(fullLike(b, outer * inner), rest);
  }
  const [other, left] = constantFactor(a);
  if (!left || !isPowerOfTwo(inner)) return undefined;
  return multiply(multiply(fullLike(a, other * inner), left), rest);
}
