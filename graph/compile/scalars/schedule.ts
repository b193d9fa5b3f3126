import type { Graph } from "../../graph.js";
import { isOp } from "../../node.js";
import { fullOp } from "../../ops/constant.js";

/**
 * An order of computation of a scalar graph in which few values are alive at a time: what `roots` need, depth first,
 * and as soon as something is the last to wait for a value, it is computed too. Known numbers aren't in it.
 */
export function schedule({ nodes }: Graph, roots: Iterable<number>): Int32Array {
  const done = new Uint8Array(nodes.length);
  // How many nodes still wait for a value, and the sum of their positions: of a single one, that is its position.
  const waiting = new Int32Array(nodes.length);
  const waitingSum = new Float64Array(nodes.length);
  nodes.forEach((node, id) => {
    const { operands } = node;
    if (isOp(node, fullOp)) done[id] = 1;
    for (let i = 0; i < operands.length; i++) {
      if (operands.indexOf(operands[i]!) < i) continue;
      waiting[operands[i]!]!++;
      waitingSum[operands[i]!]! += id;
    }
  });
  const order = new Int32Array(nodes.length);
  let count = 0;
  const isReady = (id: number) => nodes[id]!.operands.every((operand) => done[operand] === 1);
  const ready: number[] = [];
  const compute = (first: number) => {
    ready.push(first);
    for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
      if (done[id]) continue;
      done[id] = 1;
      order[count++] = id;
      const { operands } = nodes[id]!;
      for (let i = 0; i < operands.length; i++) {
        const operand = operands[i]!;
        if (operands.indexOf(operand) < i) continue;
        waiting[operand]!--;
        waitingSum[operand]! -= id;
        if (waiting[operand] === 1 && isReady(waitingSum[operand]!)) ready.push(waitingSum[operand]!);
      }
      if (waiting[id] === 1 && isReady(waitingSum[id]!)) ready.push(waitingSum[id]!);
    }
  };
  const stack: number[] = [];
  for (const root of roots) {
    stack.push(root);
    while (stack.length > 0) {
      const id = stack[stack.length - 1]!;
      if (done[id]) {
        stack.pop();
        continue;
      }
      const { operands } = nodes[id]!;
      const before = stack.length;
      for (let i = operands.length - 1; i >= 0; i--) if (!done[operands[i]!]) stack.push(operands[i]!);
      if (stack.length > before) continue;
      stack.pop();
      compute(id);
    }
  }
  return order.subarray(0, count);
}
