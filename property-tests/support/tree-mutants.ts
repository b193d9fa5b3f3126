/** Faults of rules that look at whole trees: what such a rule adds to a trace, with one node made wrong. */
import type { Expr } from "../../graph/index.js";
import { isOp } from "../../graph/internal.js";
import type { Builder, Node } from "../../graph/node.js";
import { constantOp, fullOp, inputOp } from "../../graph/ops/constant.js";
import type { Landscape, Optimizer, Update } from "../../optimizers/index.js";
import { treeOptimizer } from "../../optimizers/tree.js";
import { type Fault, faults, type OptimizerMutant } from "./optimizer-mutants.js";

/** A node that a rule has made, counted from its first. */
interface Made {
  readonly place: number;
  readonly node: Node;
  readonly operands: readonly Node[];
}

/**
 * All single faults of a rule of a whole tree, each node that it makes being wrong in each of the ways. `step` takes a step by
 * an optimizer, from which the nodes are known; the objective's own derivative is no part of the rule.
 */
export function mutantsOfTree(optimizer: Optimizer, step: (optimizer: Optimizer) => void): OptimizerMutant[] {
  let found: readonly Made[] = [];
  const watched = changed(optimizer, (builder, from, theirs) => {
    found = builder.nodes.slice(from).flatMap((node, i): Made[] => {
      if (isOp(node, inputOp) || theirs.has(from + i)) return [];
      return [{ place: i, node, operands: node.operands.map((id) => builder.nodes[id]!) }];
    });
    return undefined;
  });
  step(watched);
  const form = found.map(({ node }) => node.op.name).join(" ");
  return found.flatMap(({ place, node, operands }) =>
    faults
      .filter((fault) => fault.applies(node, operands))
      .map((fault) => {
        const name = isOp(node, constantOp) || isOp(node, fullOp) ? "a number" : node.op.name;
        const wrong = changed(optimizer, (builder, from) => replaced(builder, from, place, fault));
        return { fault: `node ${place} (${name}) ${fault.what}`, form, optimizer: wrong };
      }),
  );
}

/** What becomes of the nodes from one on: the place of each; nothing where they stay. */
type Change = (
  builder: Builder,
  from: number,
  theirs: ReadonlySet<number>,
) => ReadonlyMap<number, number> | undefined;

/** The optimizer with what its rule makes changed. */
function changed(optimizer: Optimizer, change: Change): Optimizer {
  const { name, slots, hyperparameters, treeRule } = optimizer;
  return treeOptimizer({
    name,
    slots: { ...slots },
    hyperparameters: { ...hyperparameters },
    treeRule(places, step, landscape) {
      const { builder } = step;
      const from = builder.nodes.length;
      const theirs = new Set<number>();
      const updates = treeRule!(places, step, watch(landscape, builder, theirs));
      const moved = change(builder, from, theirs);
      if (!moved) return updates;
      const at = (expr: Expr): Expr => builder.expr(moved.get(expr.id) ?? expr.id);
      return updates.map(
        ({ parameter, slots }): Update => ({
          parameter: at(parameter),
          slots: Object.fromEntries(Object.entries(slots).map(([slot, expr]) => [slot, at(expr)])),
        }),
      );
    },
  });
}

/** A landscape that notes the nodes which it makes. */
function watch(landscape: Landscape, builder: Builder, theirs: Set<number>): Landscape {
  const noted =
    <A extends unknown[], R>(look: (...operands: A) => R) =>
    (...operands: A): R => {
      const from = builder.nodes.length;
      const result = look(...operands);
      for (let id = from; id < builder.nodes.length; id++) theirs.add(id);
      return result;
    };
  return {
    value: noted((point) => landscape.value(point)),
    gradient: noted((point) => landscape.gradient(point)),
    hvp: noted((point, direction) => landscape.hvp(point, direction)),
  };
}

/** Makes all nodes from one on again, with one of them wrong. */
function replaced(
  builder: Builder,
  from: number,
  place: number,
  { change }: Fault,
): ReadonlyMap<number, number> {
  const moved = new Map<number, number>();
  for (const [i, node] of builder.nodes.slice(from).entries()) {
    const operands = node.operands.map((id) => moved.get(id) ?? id);
    const made = builder.adopt({ ...node, operands });
    const expr = builder.expr(made);
    moved.set(from + i, i === place ? change(expr, (k) => builder.expr(operands[k]!)).id : made);
  }
  return moved;
}
