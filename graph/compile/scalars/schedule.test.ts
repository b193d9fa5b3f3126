import { suite } from "uvu";
import * as assert from "uvu/assert";
import { add, type Expr, multiply, scalar, sin, trace } from "../../../src/index.js";
import { prepare } from "../prepare.js";
import { scalarize } from "./scalarize.js";
import { schedule } from "./schedule.js";

const schedules = suite("schedule");

/** The most values alive at a time: computed, and waited for. */
function alive(order: Int32Array, nodes: readonly { readonly operands: readonly number[] }[]): number {
  const last = new Map<number, number>();
  order.forEach((id, i) => {
    for (const operand of nodes[id]!.operands) last.set(operand, i);
  });
  let most = 0;
  order.forEach((_, i) => {
    const count = order.subarray(0, i + 1).filter((id) => (last.get(id) ?? -1) > i).length;
    most = Math.max(most, count);
  });
  return most;
}

/** Σ sin(k·x)², its terms all traced before the first is added. */
const sumOfMany = (count: number) =>
  prepare(
    trace({ x: scalar() }, ({ x }) => {
      const terms = Array.from({ length: count }, (_, k) => sin(multiply(k + 2.5, x)) as Expr);
      return terms.map((term) => multiply(term, term) as Expr).reduce((a, b) => add(a, b) as Expr);
    }).graph,
  );

schedules("every node that is needed comes once, behind its operands; known numbers don't", () => {
  const { graph, outputs } = scalarize(sumOfMany(20));
  const order = schedule(
    graph,
    outputs.map(({ id }) => id),
  );
  const known = (id: number) => graph.nodes[id]!.op.name === "full";
  assert.is(new Set(order).size, order.length);
  assert.equal(
    [...order].sort((a, b) => a - b),
    graph.nodes.map((_, id) => id).filter((id) => !known(id)),
  );
  order.forEach((id, i) => {
    for (const operand of graph.nodes[id]!.operands) {
      assert.ok(known(operand) || order.indexOf(operand) < i, `${operand} before ${id}`);
    }
  });
});

schedules("few values are alive at a time, however many are traced side by side", () => {
  for (const count of [10, 100]) {
    const { graph, outputs } = scalarize(sumOfMany(count));
    assert.ok(
      alive(
        schedule(
          graph,
          outputs.map(({ id }) => id),
        ),
        graph.nodes,
      ) <= 4,
    );
    assert.ok(alive(Int32Array.from(graph.nodes.keys()), graph.nodes) >= count);
  }
});

schedules("what two results are made of is used by both while it is there", () => {
  const graph = prepare(
    trace({ x: scalar() }, ({ x }) => {
      const terms = Array.from({ length: 50 }, (_, k) => sin(multiply(k + 2.5, x)) as Expr);
      return {
        sum: terms.reduce((a, b) => add(a, b) as Expr),
        squares: terms.map((term) => multiply(term, term) as Expr).reduce((a, b) => add(a, b) as Expr),
      };
    }).graph,
  );
  const scalars = scalarize(graph);
  const order = schedule(
    scalars.graph,
    scalars.outputs.map(({ id }) => id),
  );
  assert.ok(alive(order, scalars.graph.nodes) <= 6);
});

schedules.run();
