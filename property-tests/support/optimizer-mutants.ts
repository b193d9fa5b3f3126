/** Faults of optimizers' rules: a rule's graph with one node made wrong. */

import { inline } from "../../graph/graph.js";
import type { Expr } from "../../graph/index.js";
import { logicalNot, multiply, negative, tensor, trace } from "../../graph/index.js";
import { graphOf, isOp, sameShape } from "../../graph/internal.js";
import type { Node } from "../../graph/node.js";
import { constantOp, fullOp, inputOp } from "../../graph/ops/constant.js";
import { defineOptimizer, type Optimizer, type Slots } from "../../optimizers/index.js";
import { slotShape } from "../../optimizers/internal.js";

const isTruth = ({ op }: Node): boolean => op.isTruth === true;
const isNumber = (node: Node): boolean => isOp(node, constantOp) || isOp(node, fullOp);

/** What can be wrong with what a node gives; `undefined` where it can't be. */
export interface Fault {
  readonly what: string;
  applies(node: Node, operands: readonly Node[]): boolean;
  change(made: Expr, operand: (i: number) => Expr): Expr;
}

export const faults: readonly Fault[] = [
  {
    what: "said the other way round",
    applies: isTruth,
    change: (made) => logicalNot(made) as Expr,
  },
  { what: "negated", applies: (node) => !isTruth(node), change: (made) => negative(made) as Expr },
  {
    what: "half as much again",
    applies: (node) => !isTruth(node),
    change: (made) => multiply(made, 1.5) as Expr,
  },
  ...[0, 1, 2].map(
    (i): Fault => ({
      what: `operand ${i} in its place`,
      applies: (node, operands) =>
        !isTruth(node) && i < operands.length && sameShape(operands[i]!.shape, node.shape),
      change: (_, operand) => operand(i),
    }),
  ),
];

export interface OptimizerMutant {
  readonly fault: string;
  /** The ops of the rule in order: with other numbers it is the same rule. */
  readonly form: string;
  readonly optimizer: Optimizer;
}

/** The rule as a graph, for parameters of a shape. */
function graphOfRule({ rule, slots }: Optimizer, shape: readonly number[]) {
  const names = Object.keys(slots);
  const specs = Object.fromEntries(names.map((name) => [name, tensor(slotShape(slots[name]!, shape, []))]));
  const traced = trace(
    { parameter: tensor(shape), gradient: tensor(shape), step: tensor([]), ...prefixed(specs) },
    (inputs) => {
      const given = inputs as Record<string, Expr>;
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
  // What looks at shapes has a graph of its own for matrices.
  const isShaped = Object.values(optimizer.slots as Slots).some(({ shape }) => shape);
  return (isShaped ? [[2], [2, 3]] : [[2]]).flatMap((shape) => mutantsAt(optimizer, shape));
}

function mutantsAt(optimizer: Optimizer, shape: readonly number[]): OptimizerMutant[] {
  const probe = graphOfRule(optimizer, shape);
  const form = `${shape.length}: ${probe.nodes.map(({ op }) => op.name).join(" ")}`;
  return probe.nodes.flatMap((node, id) => {
    if (isOp(node, inputOp)) return [];
    const name = isNumber(node) ? "a number" : node.op.name;
    const operands = node.operands.map((operand) => probe.nodes[operand]!);
    return faults
      .filter((fault) => fault.applies(node, operands))
      .map((fault) => ({
        fault: `node ${id} (${name}) ${fault.what} for ${shape.length} axes`,
        form,
        optimizer: mutated(optimizer, id, fault, shape.length),
      }));
  });
}

/** The optimizer with a rule that is wrong for parameters of so many axes. */
function mutated(optimizer: Optimizer, wrong: number, { change }: Fault, axes: number): Optimizer {
  const { name, slots, hyperparameters } = optimizer;
  return defineOptimizer({
    name,
    slots,
    hyperparameters,
    rule(parameter, gradient, now, step) {
      if (parameter.shape.length !== axes && Object.values(slots as Slots).some(({ shape }) => shape))
        return optimizer.rule(parameter, gradient, now, step);
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
        return change(builder.expr(made), (i) => builder.expr(node.operands[i]!)).id;
      });
      return result as { parameter: Expr; slots: never };
    },
  });
}
