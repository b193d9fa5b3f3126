/** Rules that are called by hand, inside a trace: what they take, and what they say of anything else. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Expr, scalar, trace, vector } from "../graph/index.js";
import { subjects } from "../property-tests/support/optimizers.js";
import type { Landscape, Optimizer } from "./index.js";

const rules = suite("optimizers: rules");

/** Runs a check in a trace that has a parameter, its gradient and a step. */
function inTrace(check: (given: { x: Expr; g: Expr; short: Expr; step: Expr }) => void): void {
  trace({ x: vector(3), g: vector(3), short: vector(2), step: scalar() }, (given) => {
    check(given);
    return given.x;
  });
}

const slotsOf = (optimizer: Optimizer, x: Expr): Record<string, Expr> =>
  Object.fromEntries(Object.entries(optimizer.initialSlots({ x })).map(([slot, map]) => [slot, map!.x!]));

const fails = (act: () => unknown, name: string, told: string) =>
  assert.throws(act, (error: Error) => {
    assert.is(error.name, "AdjointError");
    assert.ok(error.message.startsWith(`${name}: `) && error.message.includes(told), error.message);
    return true;
  });

for (const { title, make } of subjects) {
  const optimizer = make({ learningRate: 0.1 });
  const { name } = optimizer;
  const rule = optimizer.rule as (...given: unknown[]) => unknown;

  rules(`what isn't an argument of the rule is told: ${title}`, () => {
    inTrace(({ x, g, short, step }) => {
      const slots = slotsOf(optimizer, x);
      fails(() => rule(x, g, slots, 1), name, "the step of the rule is 1; pass an expression of shape ()");
      fails(() => rule(x, g, slots), name, "the step of the rule is undefined");
      fails(() => rule(x, g, slots, g), name, "the step of the rule is an expression of shape (3)");
      fails(() => rule(2, g, slots, step), name, "the parameter of the rule is 2; pass an expression");
      fails(
        () => rule(x, 3, slots, step),
        name,
        "the gradient of the rule is 3; pass an expression of shape (3)",
      );
      fails(
        () => rule(x, short, slots, step),
        name,
        "the gradient of the rule is an expression of shape (2)",
      );
      fails(() => rule(x, g, 5, step), name, "the slots of the rule");
      fails(() => rule(x, g, { ...slots, more: x }, step), name, 'the slots of the rule: unknown key "more"');
      for (const slot of Object.keys(slots))
        fails(() => rule(x, g, { ...slots, [slot]: 1 }, step), name, `the slot "${slot}" of the rule is 1`);
    });
  });

  const treeRule = optimizer.treeRule as ((...given: unknown[]) => unknown) | undefined;
  if (!treeRule) continue;
  rules(`what isn't an argument of the rule of the tree is told: ${title}`, () => {
    inTrace(({ x, g, step }) => {
      const place = { path: ["x"], parameter: x, gradient: g, slots: slotsOf(optimizer, x) };
      const landscape = {} as Landscape;
      fails(() => treeRule(7, step, landscape), name, "the places of the rule must be a list [a, b], not 7");
      fails(() => treeRule([7], step, landscape), name, "a place of the rule");
      fails(() => treeRule([place], 1, landscape), name, "the step of the rule is 1");
      fails(
        () => treeRule([{ ...place, gradient: 1 }], step, landscape),
        name,
        "the gradient of the rule is 1",
      );
    });
  });
}

rules.run();
