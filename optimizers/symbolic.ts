/** Steps on expressions: the rule applied to every parameter of a map, its names and shapes checked. */
import { AdjointError, Expr, type Operand, type Shape } from "../graph/index.js";
import { describe, formatShape, full, liftTo, sameShape } from "../graph/internal.js";
import { bySlot, fromNames, type Given, place, readMap, readNamed, readSlots } from "./maps.js";
import type { Exprs, Rule, Slot } from "./optimizer.js";

/** A definition without its types. */
export interface Plain {
  readonly name: string;
  readonly slots: readonly (readonly [name: string, slot: Slot])[];
  readonly rule: Rule;
}

/** What may be given for expressions: constants too. */
export type Operands = Readonly<Record<string, Operand>>;

export function update(
  optimizer: Plain,
  parameters: Exprs,
  gradients: Operands,
  slots: Readonly<Record<string, Operands>>,
  step: Expr | number,
): { parameters: Exprs; slots: Readonly<Record<string, Exprs>> } {
  const exprs = readExprs(optimizer, parameters);
  const names = Object.keys(exprs);
  const ownGradients = readNamed(optimizer, gradients, names, "gradients");
  const ownSlots = readSlots(optimizer, slots, names, "slots");
  const results = fromNames(names, (name) => {
    const parameter = exprs[name]!;
    const { builder, shape } = parameter;
    const read = (map: Given, what: string, wanted: Shape): Expr =>
      liftTo(builder, map[name] as Operand, wanted, place(optimizer, what, name));
    return applyRule(
      optimizer,
      parameter,
      read(ownGradients, "gradients", shape),
      bySlot(optimizer, (slot, { scalar }) => read(ownSlots[slot]!, `slots.${slot}`, scalar ? [] : shape)),
      liftTo(builder, step, [], `${optimizer.name}: step`),
    );
  });
  return {
    parameters: fromNames(names, (name) => results[name]!.parameter),
    slots: bySlot(optimizer, (slot) => fromNames(names, (name) => results[name]!.slots[slot]!)),
  };
}

export function initialSlots(optimizer: Plain, parameters: Exprs): Readonly<Record<string, Exprs>> {
  const exprs = readExprs(optimizer, parameters);
  return bySlot(optimizer, (_, { initial, scalar }) =>
    fromNames(Object.keys(exprs), (name) => {
      const { builder, shape } = exprs[name]!;
      return full(builder, initial, scalar ? [] : shape);
    }),
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

/** Parameters that are all expressions. */
function readExprs(optimizer: Plain, parameters: unknown): Exprs {
  const given = readMap(optimizer, parameters, "parameters");
  for (const [name, parameter] of Object.entries(given)) {
    if (parameter instanceof Expr) continue;
    throw new AdjointError(
      `${place(optimizer, "parameters", name)}: expected an expression, got ${describe(parameter)}; update works ` +
        "on expressions inside a trace, step on numbers.",
    );
  }
  return given as Exprs;
}
