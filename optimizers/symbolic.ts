/** Steps on expressions: the rule applied to every parameter of a tree, its paths and shapes checked. */
import { AdjointError, Expr, type Operand, type Shape, type Tree } from "../graph/index.js";
import {
  describe,
  formatShape,
  full,
  isExpr,
  isNumeric,
  leavesOf,
  liftTo,
  mapTree,
  readTree,
  sameShape,
} from "../graph/internal.js";
import { bySlot, joinUpdates, placeIn, readLeaves, readMap, readSlots } from "./maps.js";
import type { Exprs, Rule, Slot } from "./optimizer.js";

/** A definition without its types. */
export interface Plain {
  readonly name: string;
  readonly slots: readonly (readonly [name: string, slot: Slot])[];
  readonly rule: Rule;
}

export function update(
  optimizer: Plain,
  parameters: unknown,
  gradients: unknown,
  slots: unknown,
  step: Expr | number,
): ReturnType<typeof joinUpdates<Expr, Expr>> {
  const form = { like: readExprs(optimizer, parameters), isLeaf: isExpr };
  const read = (value: unknown, { builder }: Expr, shape: Shape, what: string): Expr =>
    liftTo(builder, value as Operand, shape, what);
  const slopes = readLeaves(optimizer, form, gradients, "gradients", (value, parameter, what) =>
    read(value, parameter, parameter.shape, what),
  );
  const memory = readSlots(optimizer, form, slots, "slots", (value, parameter, { scalar }, what) =>
    read(value, parameter, scalar ? [] : parameter.shape, what),
  );
  const updates = leavesOf(form.like, isExpr).map((parameter, i) => {
    const time = liftTo(parameter.builder, step, [], `${optimizer.name}: step`);
    return applyRule(optimizer, parameter, slopes[i]!, memory[i]!, time);
  });
  return joinUpdates(optimizer, form, updates);
}

export function initialSlots(optimizer: Plain, parameters: unknown): Readonly<Record<string, Tree<Expr>>> {
  const exprs = readExprs(optimizer, parameters);
  return bySlot(optimizer, (_, { initial, scalar }) =>
    mapTree(exprs, isExpr, ({ builder, shape }) => full(builder, initial, scalar ? [] : shape)),
  );
}

/** The rule for one parameter, with what it gives checked: a user's own may be wrong. */
export function applyRule(
  optimizer: Plain,
  parameter: Expr,
  gradient: Expr,
  slots: Exprs,
  step: Expr,
): { parameter: Expr; slots: Exprs } {
  const result = optimizer.rule(parameter, gradient, slots, step);
  const check = (given: unknown, what: string, wanted: Shape): Expr => {
    if (given instanceof Expr && sameShape(given.shape, wanted)) return given;
    throw new AdjointError(
      `${optimizer.name}: the rule must give ${what} as an expression of shape ${formatShape(wanted)}, not ${describe(given)}.`,
    );
  };
  const { parameter: next, slots: given } = readMap(optimizer, result, "what the rule gives");
  // A rule without slots needn't give any.
  const nextSlots =
    optimizer.slots.length === 0 ? {} : readMap(optimizer, given, "the slots that the rule gives");
  return {
    parameter: check(next, "the parameter", parameter.shape),
    slots: bySlot(optimizer, (slot) => check(nextSlots[slot], `the slot "${slot}"`, slots[slot]!.shape)),
  };
}

/** Whether lists hold nothing but lists. */
function isEmpty(list: readonly unknown[]): boolean {
  return list.every((one) => Array.isArray(one) && isEmpty(one));
}

/** Parameters that are all expressions. */
function readExprs(optimizer: Plain, parameters: unknown): Tree<Expr> {
  const place = placeIn(optimizer, "parameters");
  return readTree(
    readMap(optimizer, parameters, "parameters"),
    (one) => one instanceof Expr || (isNumeric(one) && !(Array.isArray(one) && isEmpty(one))),
    place,
    (leaf, path) => {
      if (leaf instanceof Expr) return leaf;
      throw new AdjointError(
        `${place(path)}: expected an expression, got ${describe(leaf)}; update works ` +
          "on expressions inside a trace, step on numbers.",
      );
    },
  );
}
