/** Faults of optimizers' rules: a rule's graph with one node made wrong. */

import { inline } from "../../graph/graph.js";
import type { Expr } from "../../graph/index.js";
import { logicalNot, multiply, negative, tensor, trace } from "../../graph/index.js";
import { graphOf, isOp, sameShape } from "../../graph/internal.js";
import type { Node } from "../../graph/node.js";
import { constantOp, fullOp, inputOp } from "../../graph/ops/constant.js";
import { defineOptimizer, type Optimizer } from "../../optimizers/index.js";

/** What can be wrong with what a node gives. */
type Fault = readonly [
  what: string,
  change: (made: Expr, node: Node, operand: (i: number) => Expr) => Expr | undefined,
];

const isTruth = ({ op }: Node): boolean => op.isTruth === true;
const isNumber = (node: Node): boolean => isOp(node, constantOp) || isOp(node, fullOp);

const faults: readonly Fault[] = [
  ["negated", (made, node) => (isTruth(node) ? (logicalNot(made) as Expr) : (negative(made) as Expr))],
  ["off by 0.1 %", (made, node) => (isTruth(node) ? undefined : (multiply(made, 1.001) as Expr))],
  ...[0, 1, 2].map(
    (i): Fault => [
      `operand ${i} in its place`,
      (made, node, operand) => {
        if (i >= node.operands.length || isTruth(node)) return undefined;
        const other = operand(i);
        return sameShape(other.shape, made.shape) ? other : undefined;
      },
    ],
  ),
];

export interface OptimizerMutant {
  readonly fault: string;
  readonly optimizer: Optimizer;
}

/** The rule as a graph, for parameters of a shape. */
function graphOfRule({ rule, slots }: Optimizer, shape: readonly number[]) {
  const names = Object.keys(slots);
  const specs = Object.fromEntries(names.map((name) => [name, tensor(slots[name]!.scalar ? [] : shape)]));
  const traced = trace(
    { parameter: tensor(shape), gradient: tensor(shape), step: tensor([]), ...prefixed(specs) },
    (inputs) => {
      const given = inputs as unknown as Record<string, Expr>;
      const now = Object.fromEntries(names.map((name) => [name, given[`slots ${name}`]!]));
      const next = rule(given.parameter!, given.gradient!, now, given.step!);
      return { parameter: next.parameter, slots: { ...next.slots } };
    },
  );
  return graphOf(traced, "mutants");
}

const prefixed = <T>(map: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [`slots ${name}`, value]));

/** All single faults of a rule: each node of its graph made wrong in each of the ways. */
export function mutantsOfOptimizer(optimizer: Optimizer): OptimizerMutant[] {
  const probe = graphOfRule(optimizer, [2]);
  return probe.nodes.flatMap((node, id) => {
    if (isOp(node, inputOp)) return [];
    return faults.flatMap(([what, change]) => {
      const name = isNumber(node) ? "a number" : node.op.name;
      return [{ fault: `node ${id} (${name}) ${what}`, optimizer: mutated(optimizer, id, change) }];
    });
  });
}

function mutated(optimizer: Optimizer, wrong: number, change: Fault[1]): Optimizer {
  const { name, slots, hyperparameters } = optimizer;
  return defineOptimizer({
    name,
    slots,
    hyperparameters,
    rule(parameter, gradient, now, step) {
      const graph = graphOfRule(optimizer, parameter.shape);
      const { builder } = parameter;
      const names = graph.inputs.map((input) => input.name);
      const given: Record<string, Expr> = {
        parameter,
        gradient,
        step,
        ...prefixed(now as Record<string, Expr>),
      };
      const inputs = names.map((input) => given[input] ?? parameter);
      let id = inputs.length - 1;
      const result = inline(graph, builder, inputs, (node) => {
        id++;
        const made = builder.adopt(node);
        if (id !== wrong) return made;
        return (
          change(builder.expr(made), node, (i) => builder.expr(node.operands[i]!)) ?? builder.expr(made)
        ).id;
      });
      return result as unknown as { parameter: Expr; slots: never };
    },
  });
}
